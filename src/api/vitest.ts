/**
 * Matchers for vitest: `import "racelab/vitest"`, then `expect(await explore({ … })).toHold()`. What fails
 * prints the smallest counterexample as lanes, and what went wrong in it, in sentences.
 */
import { expect } from "vitest";
import { anomalies } from "../checkers/anomalies.js";
import { notes } from "../checkers/notes.js";
import { rowsText } from "../report/text.js";
import { timeline } from "../report/timeline.js";
import type { Explored } from "./explore.js";

const WIDTH = 96;
const LABEL = 8;

interface RaceMatchers<R = unknown> {
  /** The verdict is `holds`: over every interleaving, no property is violated, and no limit was hit. */
  toHold(): R;
  /** Some interleaving violates this property (any, without a name). */
  toBreak(property?: string): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: vitest declares its own so
  interface Matchers<T = any> extends RaceMatchers<T> {}
}

expect.extend({
  toHold(result: Explored) {
    return { pass: result.verdict === "holds", message: () => (result.verdict === "holds" ? held(result) : broke(result)) };
  },
  toBreak(result: Explored, property?: string) {
    const broken = result.violations.filter((violation) => property === undefined || violation.property === property);
    const asked = property === undefined ? "some property" : `"${property}"`;
    return {
      pass: broken.length > 0,
      message: () => (broken.length > 0 ? broke(result) : `expected an interleaving that violates ${asked}; ${held(result)}`),
    };
  },
});

const held = ({ verdict, schedules, states, limits }: Explored): string =>
  verdict === "inconclusive"
    ? `nothing was found, but not everything was looked at: ${limits.map(({ limit, value }) => `limit ${limit}=${value}`).join(", ")}`
    : `it ${verdict} in ${schedules} interleavings (${states} states)`;

function broke(result: Explored): string {
  const { violations, violating, schedules, counterexample, history } = result;
  if (violations.length === 0 || !counterexample || !history) return held(result);
  const said = violations.map(({ property, explanation }) => `  ${property}: ${explanation}`);
  const [first] = anomalies(history, { manner: { who: "task" } });
  const { schedule, switches, preemptions } = counterexample;
  return [
    `${violating} of ${schedules} interleavings go wrong:`,
    ...said,
    "",
    `the smallest, ${schedule} (${switches} switches${preemptions === null ? "" : `, ${preemptions} preemptions`}):`,
    lanes(history),
    ...(first ? ["", `${first.anomaly}: ${first.explanation}`] : []),
    ...history.events.flatMap(({ at, n, task, operation }) =>
      at ? [`  step ${n}  task ${task}  ${operation.kind}  ${at}`] : [],
    ),
  ].join("\n");
}

function lanes(history: NonNullable<Explored["history"]>): string {
  const noted = notes(history);
  const steps = history.events.map((event, i) => ({
    n: event.n,
    task: event.task,
    event,
    note: noted[i] ?? {},
    hidden: 0,
    actual: 0,
    expected: 0,
    done: 0,
  }));
  const tasks = [...new Set(history.events.map(({ task }) => task))].sort((a, b) => a - b);
  const picture = timeline(steps, {
    width: WIDTH,
    label: LABEL,
    cursor: steps.length - 1,
    tasks,
    name: (task) => `task ${task}`,
  });
  return rowsText([picture.step, ...picture.lanes], "unicode");
}
