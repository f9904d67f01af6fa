/** Strategies side by side, as rows: what they did, where their time went, and what may be said of it. */
import type { Comparison, Contender, Pair, Sweep, TimeSpent } from "../core/comparison.js";
import { chart } from "./chart.js";
import { count, duration, si } from "./number.js";
import { left, type Role, type Row, right, row, span } from "./span.js";

export interface Column {
  readonly name: string;
  readonly width: number;
  readonly cell: (contender: Contender) => readonly [text: string, role?: Role];
}

export const figures: readonly Column[] = [
  { name: "served/s", width: 10, cell: ({ perSecond }) => [si(perSecond.median), "strong"] },
  { name: "min-max", width: 14, cell: ({ perSecond }) => [`${si(perSecond.min)}-${si(perSecond.max)}`] },
  { name: "p50", width: 8, cell: ({ p50Us }) => [duration(p50Us)] },
  { name: "p99", width: 8, cell: ({ p99Us }) => [duration(p99Us)] },
  { name: "told ok", width: 9, cell: ({ succeeded }) => [si(succeeded)] },
  { name: "lost", width: 9, cell: ({ lost }) => (lost === 0 ? ["✓ 0", "good"] : [`✗ ${si(lost)}`, "bad"]) },
];

export const shares: readonly (readonly [name: string, of: keyof TimeSpent, role: Role])[] = [
  ["working", "working", "text"],
  ["waiting", "waiting", "wait"],
  ["redone", "redone", "retry"],
  ["thinking", "thinking", "dim"],
];

export const percent = (share: number): string => (share === 0 ? "-" : `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)}%`);

/** What is worth a column where there is room for more than a page of paper has. */
export const more: readonly Column[] = [
  { name: "retries", width: 9, cell: ({ retries }) => [retries ? si(retries) : "-"] },
  { name: "final/expected", width: 15, cell: ({ tally }) => [`${si(tally.actual)}/${si(tally.expected)}`] },
];

export const prices: readonly Column[] = [
  ...shares.map(([name, of, role]): Column => ({ name, width: 10, cell: ({ time }) => [percent(time[of]), role] })),
  { name: "conflicts", width: 11, cell: ({ conflicts }) => [conflicts ? si(conflicts) : "-"] },
  { name: "waits", width: 8, cell: ({ lockWaits }) => [lockWaits ? si(lockWaits) : "-"] },
];

function table(title: string, columns: readonly Column[], contenders: readonly Contender[]): Row[] {
  const first = Math.max(title.length, ...contenders.map(({ strategy }) => strategy.length), 14) + 1;
  const narrow = Math.min(first, 80 - columns.reduce((total, { width }) => total + width, 0));
  return [
    row(span(left(title, narrow), "title"), ...columns.map(({ name, width }) => span(right(name, width), "dim"))),
    ...contenders.map((contender) =>
      row(
        left(contender.strategy, narrow),
        ...columns.map(({ width, cell }) => {
          const [text, role] = cell(contender);
          return span(right(text, width), role);
        }),
      ),
    ),
  ];
}

/** The fastest first, as the eye looks for it. */
const ranked = ({ strategies }: Comparison): Contender[] =>
  [...strategies].sort((one, other) => other.perSecond.median - one.perSecond.median);

export function comparisonRows(comparison: Comparison): Row[] {
  const contenders = ranked(comparison);
  return [...table("strategy", figures, contenders), [], ...table("their time", prices, contenders)];
}

/** What may be said of strategies next to each other in rank, and what may not. */
export function standing(comparison: Comparison): string[] {
  const order = ranked(comparison).map(({ strategy }) => strategy);
  return order.slice(1).flatMap((slower, index) => {
    const faster = order[index]!;
    const pair = comparison.pairs.find((each) => isOf(each, faster, slower));
    if (!pair) return [];
    const rounds = `${pair.faster} was faster in ${pair.won} of ${count(pair.of, "round")}`;
    return pair.apart ? `${rounds} than ${pair.slower}.` : `${faster} and ${slower} cannot be told apart here: ${rounds}.`;
  });
}

const isOf = ({ faster, slower }: Pair, one: string, other: string): boolean =>
  (faster === one && slower === other) || (faster === other && slower === one);

/** Letters for the strategies in a chart. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** A strategy with its letter, and what it served at each value; null: not measured there. */
const seriesOf = ({ points }: Pick<Sweep, "points">) =>
  [...new Set(points.flatMap(({ comparison }) => comparison.strategies.map(({ strategy }) => strategy)))].map((name, index) => ({
    name,
    mark: LETTERS[index] ?? "?",
    points: points.map(({ comparison }) => comparison.strategies.find(({ strategy }) => strategy === name)?.perSecond ?? null),
  }));

/** Throughput over what was swept: a letter a strategy, with the range of its slices. */
export const sweepChart = (swept: Pick<Sweep, "over" | "points">, width: number, height: number): Row[] =>
  chart(
    seriesOf(swept),
    swept.points.map(({ value }) => String(value)),
    { width, height, x: swept.over, y: "served/s" },
  );

/** The same in figures; it also says whose the letters are. */
export function sweepTable(swept: Pick<Sweep, "over" | "points">, width: number): Row[] {
  const { over, points } = swept;
  const label = Math.max(10, Math.min(24, width - 9 * points.length));
  const head = row(span(left(over, label), "title"), ...points.map(({ value }) => span(right(String(value), 9), "dim")));
  const lines = seriesOf(swept).map(({ name, mark, points }) =>
    row(span(`${mark} `, "key"), left(name, label - 2), ...points.map((spread) => right(spread ? si(spread.median) : "-", 9))),
  );
  return [head, ...lines];
}

export const sweepRows = (swept: Sweep, width: number, height: number): Row[] => [
  ...sweepChart(swept, width, height),
  [],
  ...sweepTable(swept, width),
];

/** `A mutex   B cas`: whose the letters are, where there is no room for the figures. */
export const sweepKey = (swept: Pick<Sweep, "points">): Row =>
  seriesOf(swept).flatMap(({ name, mark }) => row(span(`${mark} `, "key"), span(`${name}   `, "dim")));

/** Who broke what. Threads refute, they do not prove. */
export function brokenSentences({ strategies }: Comparison): Row[] {
  const wrong = strategies.filter(({ violated, failed }) => violated + failed > 0);
  const right = strategies.filter((each) => !wrong.includes(each)).map(({ strategy }) => strategy);
  return [
    ...wrong.map(({ strategy, violations, violated, slices, failed }) => {
      const broke = violations[0] && `"${violations[0].property}" in ${violated} of ${count(slices.length, "slice")}`;
      return row(
        span(`✗ ${strategy}: ${[broke, failed ? `${count(failed, "request")} failed` : ""].filter(Boolean).join("; ")}.`, "bad"),
      );
    }),
    ...(right.length > 0 ? [row(span(`✓ nothing wrong was observed: ${right.join(", ")}.`, "good"))] : []),
  ];
}

/** Where the lead changes, in sentences; or that it does not. */
export function crossoverSentences({ over, crossovers, points }: Sweep): string[] {
  if (crossovers.length > 0)
    return crossovers.map(
      ({ before, after, from, to }) =>
        `${before} is ahead of ${after} at ${over} ${from}, ${after} is ahead of ${before} at ${over} ${to}: they cross in between.`,
    );
  const values = points.map(({ value }) => value).join(", ");
  return [`No two strategies that can be told apart change places over ${over} ${values}.`];
}
