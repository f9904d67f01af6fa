/** Laws of the `!` in a picture. */
import { expect } from "vitest";
import { rowsAfter } from "../../src/checkers/versions.js";
import { traceText } from "../../src/commands/steps-text.js";
import { firstBreak } from "../../src/core/monitor.js";
import type { Property } from "../../src/core/property.js";
import type { TracedLesson } from "../../src/explore/explore.js";
import { lanesOf } from "../../src/report/lanes.js";
import { lanesSvg } from "../../src/report/svg.js";
import { stepTable } from "../../src/report/table.js";
import { rowText } from "../../src/report/text.js";
import { acts, progressOf, took } from "../../src/report/trace.js";
import type { ExploredClaim } from "./explored-claims.js";

/** Is the property broken as things stand after each step? */
function brokenAfter(property: Property, { stepper }: TracedLesson): readonly boolean[] {
  const { history, schedule } = stepper;
  if (property.kind === "monitor") {
    const { n } = firstBreak(property.monitor, history)!;
    return schedule.map((_, i) => stepper.goTo(i + 1).event?.n ?? 0).map((_, i, events) => events.slice(0, i + 1).includes(n));
  }
  const [rows, outcomes] = [rowsAfter(history), Array.from(progressOf(history), (each) => [...each.outcomes])];
  const answered = schedule.map((_, i) => (stepper.goTo(i + 1).event ? 1 : 0));
  stepper.goTo(schedule.length);
  let events = 0;
  return answered.map((one) => {
    events += one;
    const after = rows[events - 1] ?? history.before;
    const so = { before: history.before, outcomes: outcomes[events - 1] ?? history.outcomes.map(() => undefined) };
    if (property.kind === "invariant") return property.test(after, history.before) !== null;
    if (property.kind === "outcome") return property.test({ ...so, rows: after }) !== null;
    return property.test({ ...history, ...so, events: history.events.slice(0, events), after }) !== null;
  });
}

function lawful(property: Property, step: number, traced: TracedLesson, lost: readonly number[]): boolean {
  const broken = brokenAfter(property, traced);
  if (property.kind === "invariant" || property.kind === "monitor") return broken.indexOf(true) === step - 1;
  const { right: canEndRight, lostFrom } = traced.prospects;
  // Which ends are right does not say which histories are.
  const isSeen = property.kind !== "history" || canEndRight.includes(false);
  const noMore = lostFrom.get(property.name) ?? Number.POSITIVE_INFINITY;
  const isLost = (after: number) => !isSeen || (property.kind === "outcome" ? after >= noMore : !canEndRight[after]);
  // From the step on it is broken and cannot be mended; no step before is so.
  const isFrom = (from: number) =>
    broken.slice(from - 1).every(Boolean) && broken.slice(from - 1).every((_, i) => isLost(from + i));
  const first = broken.findIndex((_, i) => isFrom(i + 1)) + 1;
  if (property.kind === "history") return step === first;
  // Or an update is lost before that, and none is left that keeps it. A look breaks nothing: what is then written does.
  const losing = lost.find(isLost);
  const { schedule } = traced.stepper;
  const events = schedule.map((_, i) => traced.stepper.goTo(i + 1).event);
  traced.stepper.goTo(schedule.length);
  const at = events[first - 1];
  if (!at || acts(at)) return step === Math.min(first, losing ?? first);
  const written = events.findIndex((event, i) => i >= first && event?.task === at.task && took(event)) + 1;
  return step === (losing ?? (written || first));
}

/** The mark stands on the step that breaks the property, in view, lanes, picture, table and text. */
export function marksStand({ found, broken }: ExploredClaim): void {
  const { lesson: id, strategy } = found;
  for (const { property: name, counterexample, traced, steps, view } of broken) {
    if (!traced.stepper.position.over) continue;
    const marked = steps.filter(({ marks }) => marks.includes("breaks")).map(({ n }) => n);
    const property = traced.scenario.properties.find((one) => one.name === name);
    if (!property) continue;
    const lost = steps.filter(({ note }) => note.overwrites?.length).map(({ n }) => n);
    const mine = view.steps.filter(({ breaks = [] }) => breaks.includes(name)).map(({ n }) => n);
    expect([id, strategy, counterexample.schedule, name, mine.length]).toEqual([id, strategy, counterexample.schedule, name, 1]);
    expect([counterexample.schedule, name, mine[0], lawful(property, mine[0]!, traced, lost)]).toEqual([
      counterexample.schedule,
      name,
      mine[0],
      true,
    ]);

    const tasks = view.start.tasks.map(({ task }) => task);
    const words = { tasks, name: (task: number) => `w${task}`, names: { actual: "a", done: "d", off: "o", step: "step" } };
    expect(view.steps.filter(({ breaks = [] }) => breaks.length > 0).map(({ n }) => n)).toEqual(marked);
    const drawn = lanesOf(view.steps, tasks).marks.flatMap(({ marks, column }) => (marks[0]!.endsWith("!") ? column + 1 : []));
    expect([id, strategy, drawn]).toEqual([id, strategy, marked]);
    const svg = lanesSvg(view.steps, { ...words, cursor: null, room: 4000, title: "", description: "" }).svg;
    expect(svg.match(/<g class="mark [^"]*">.*?!<\/text><\/g>/g)?.length ?? 0).toBe(marked.length);
    const table = stepTable(view.steps, { ...words, width: 400, height: 400, cursor: 0 }).map((row) => rowText(row, "unicode"));
    const lines = traceText(traced, steps, "en")
      .split("\n")
      .filter((line) => /^ *\d+ {2}/.test(line));
    for (const [i, line] of lines.slice(0, steps.length).entries())
      expect([line, /!(?= )/.test(line.slice(0, -1)) || line.includes("…")]).toEqual([
        line,
        marked.includes(i + 1) || line.includes("…"),
      ]);
    expect(table.length).toBe(steps.length + 1);
  }
}
