/**
 * Matchers for vitest: `import "racelab/vitest"`, then `expect(await explore({ … })).toHold()`. What fails
 * prints, for each violated property, its smallest counterexample as lanes, and what went wrong in it, in sentences.
 */
import { expect } from "vitest";
import { builtInNames } from "../core/exploration.js";
import { Impossible } from "../core/failure.js";
import { beyondModelSaid, stopsOf } from "../report/limits.js";
import type { Explored } from "./explore.js";
import { known } from "./options.js";

interface RaceMatchers<R = unknown> {
  /**
   * Over every interleaving, no property is violated (this one is not, with a name: yours, or one of `builtInNames`). Where a
   * limit was hit and nothing was found, neither this nor `not.toBreak` passes: it is not decided.
   */
  toHold(property?: string): R;
  /** Some interleaving violates this property (any, without a name). */
  toBreak(property?: string): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: vitest declares its own so
  interface Matchers<T = any> extends RaceMatchers<T> {}
}

expect.extend({
  toHold(result: Explored, property?: string) {
    const broken = brokenIn(result, property);
    if (result.verdict === "nothing asked" && property === undefined)
      throw new Impossible(
        "nothing was asked, so nothing holds: give `properties` to explore, or name one that is always tested, as in " +
          `toHold("${builtInNames.deadlock}")`,
      );
    return verdictOf(result, broken, (some) => !some);
  },
  toBreak(result: Explored, property?: string) {
    const asked = property === undefined ? "some property" : `"${property}"`;
    const missing = `expected an interleaving that violates ${asked}; `;
    return verdictOf(result, brokenIn(result, property), (some) => some, missing);
  },
});

/** The violations of this property, or of any. Throws, also behind `not`, where the question itself is a mistake. */
function brokenIn(result: Explored, property: string | undefined): Explored["violations"] {
  const isExplored = Array.isArray(result?.asked);
  if (!isExplored)
    throw new Impossible(
      "this is no answer of explore: write expect(await explore({ … })). A promise, or a sample, proves nothing",
    );
  if (property !== undefined) known("property", [property], result.asked);
  return result.violations.filter((violation) => property === undefined || violation.property === property);
}

/** Passing or not; where nothing was found and a limit was hit, the question is not decided, and an error is thrown. */
function verdictOf(
  result: Explored,
  broken: Explored["violations"],
  passes: (some: boolean) => boolean,
  missing = "",
): { pass: boolean; message: () => string } {
  const some = broken.length > 0;
  if (!some && (result.limits.length > 0 || result.schedules === 0n)) throw new Impossible(`not decided: ${held(result)}`);
  return { pass: passes(some), message: () => (some ? broke(result) : `${missing}${held(result)}`) };
}

const held = ({ verdict, schedules, states, limits }: Explored): string =>
  limits.length > 0
    ? `nothing was found, but not everything was looked at: ${[
        ...stopsOf(limits).map(({ limit, value }) => `limit ${limit}=${value}`),
        ...[beyondModelSaid(limits)].flatMap((text) => text?.en ?? []),
      ].join(", ")}`
    : `${verdict === "nothing asked" ? "nothing was asked" : "it holds"} in ${schedules} interleavings (${states} states)`;

function broke(result: Explored): string {
  const { violations, violating, schedules, counterexample, explained, history } = result;
  if (violations.length === 0 || !counterexample || !history) return held(result);
  const said = violations.map(({ property, explanation }) => `  ${property}: ${explanation}`);
  // The smallest first; several properties that break in one schedule share its picture.
  const pictures = new Map(
    [counterexample.schedule, ...explained.map(({ schedule }) => schedule)].map((one) => [one, [] as Explained[]]),
  );
  for (const one of explained) pictures.get(one.schedule)?.push(one);
  return [
    violating === 0n ? "an interleaving goes wrong:" : `${violating} of ${schedules} interleavings go wrong:`,
    ...said,
    ...[...pictures].flatMap(([schedule, told]) => drawn(schedule, told, violations)),
    ...history.events.flatMap(({ at, n, task, operation }) =>
      at ? [`  step ${n}  task ${task}  ${operation.kind}  ${at}`] : [],
    ),
  ].join("\n");
}

type Explained = Explored["explained"][number];

/** One counterexample under the names of the properties that it violates. */
function drawn(schedule: string, told: readonly Explained[], violations: Explored["violations"]): string[] {
  const found = violations.find(({ counterexample }) => counterexample?.schedule === schedule)?.counterexample;
  const { switches = 0, preemptions = null, minimal = true } = found ?? {};
  const size = `${counted(switches, "switch", "switches")}${preemptions === null ? "" : `, ${counted(preemptions, "preemption")}`}`;
  const sentences = [...new Set(told.map(({ anomaly, sentences }) => `${anomaly ? `${anomaly}: ` : ""}${sentences}`))];
  return [
    "",
    `${told.map(({ property }) => property).join(", ")}: ${minimal ? "the smallest" : "an example"}, ${schedule} (${size}):`,
    told[0]?.picture ?? "",
    "",
    ...sentences,
  ];
}

const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
