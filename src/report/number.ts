/** Three significant digits in at most five columns: 5.08M, 13.2k, 640. */
export function si(value: number): string {
  if (value >= 999_500) return `${short(value / 1e6)}M`;
  if (value >= 9_995) return `${short(value / 1e3)}k`;
  return String(Math.round(value));
}

/** From microseconds: 128µs, 1.4ms, 2.1s. */
export function shortDuration(microseconds: number): string {
  if (microseconds >= 999_500) return `${short(microseconds / 1e6)}s`;
  if (microseconds >= 999.5) return `${short(microseconds / 1e3)}ms`;
  return `${Math.round(microseconds)}µs`;
}

const short = (value: number): string =>
  value.toFixed(value < 9.95 ? 2 : value < 99.5 ? 1 : 0).replace(/\.0+$|(\.\d*[1-9])0+$/, "$1");

/** 12345 as 12,345. By hand, because the first number that the locale's rules are asked for is a tenth of a start. */
export const grouped = (value: number | bigint): string => {
  const digits = String(value);
  return /^-?\d+$/.test(digits) ? digits.replace(/\B(?=(\d{3})+$)/g, ",") : value.toLocaleString("en-US");
};

/** `1 request`, `2 requests`, `3 switches`. */
export const count = (value: number | bigint, noun: string, nouns = `${noun}s`): string =>
  `${grouped(value)} ${Number(value) === 1 ? noun : nouns}`;
