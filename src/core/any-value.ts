/** A value of whatever kind as text. It never throws: a sentence about a wrong value must come out for every wrong value. */
export function valueText(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  try {
    if (value instanceof Error) return String(value);
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A bigint inside, a circle, a `toJSON` that throws.
  }
  try {
    return String(value);
  } catch {
    return "an object without a text"; // Its `toString` is no function, or throws.
  }
}

/** The same, short enough for a sentence. */
export const shortText = (value: unknown): string => {
  const text = valueText(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};
