/** The `!` of every picture stands on the step that breaks the property, whatever else goes wrong before or after. */
import { describe, expect, it } from "vitest";
import { rowsAfter } from "../../src/checkers/versions.js";
import { traceText } from "../../src/commands/steps-text.js";
import type { Property } from "../../src/core/property.js";
import { lessonEntries, loadLesson } from "../../src/course/catalog.js";
import { type ExploreRequest, exploreLesson, type TracedLesson, traceExplored, traceSteps } from "../../src/explore/explore.js";
import { traceViewOf } from "../../src/explore/views.js";
import { lanesOf } from "../../src/report/lanes.js";
import { lanesSvg } from "../../src/report/svg.js";
import { stepTable } from "../../src/report/table.js";
import { rowText } from "../../src/report/text.js";
import { progressOf } from "../../src/report/trace.js";

/** Is the property broken as things stand after each step? */
function brokenAfter(property: Property, { stepper }: TracedLesson): readonly boolean[] {
  const { history, schedule } = stepper;
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
  // Which ends are right does not say which histories are.
  const isSeen = property.kind !== "history" || traced.prospects.right.includes(false);
  const right = isSeen ? traced.prospects.right : broken.map(() => false);
  if (property.kind === "invariant") return broken.indexOf(true) === step - 1;
  // From the step on it is broken and cannot be mended, or an update is lost and no right end is left; no step before is so.
  const loses = (from: number) => property.kind === "outcome" && !right[from] && lost.includes(from);
  const isFrom = (from: number) =>
    loses(from) || (broken.slice(from - 1).every(Boolean) && right.slice(from).every((can) => !can));
  return isFrom(step) && Array.from({ length: step - 1 }, (_, i) => i + 1).every((before) => !isFrom(before));
}

describe("the mark of a broken property", () => {
  it.each(lessonEntries().map(({ id }) => id))(
    "stands on the step that breaks it, in every form: %s",
    { timeout: 120_000 },
    async (id) => {
      const { claims = [] } = await loadLesson(lessonEntries().find((one) => one.id === id)!, "en");
      for (const claim of claims.filter((one) => "breaks" in one)) {
        const { strategy, size = {}, faults = {} } = claim;
        const request: ExploreRequest = { lesson: id, strategy, size, faults, language: "en", limit: { states: 20_000 } };
        const found = await exploreLesson(request);
        for (const { counterexample, property: name } of found.exploration.violations) {
          if (!counterexample) continue;
          const traced = await traceExplored(found, counterexample.schedule);
          if (!traced.stepper.position.over) continue;
          const steps = traceSteps(traced);
          const view = await traceViewOf(traced, { lesson: id, strategy });
          const marked = steps.filter(({ marks }) => marks.includes("breaks")).map(({ n }) => n);
          const property = traced.scenario.properties.find((one) => one.name === name);
          if (!property) continue;
          const lost = steps.filter(({ note }) => note.overwrites?.length).map(({ n }) => n);
          const mine = view.steps.filter(({ breaks = [] }) => breaks.includes(name)).map(({ n }) => n);
          expect([id, strategy, counterexample.schedule, name, mine.length]).toEqual([
            id,
            strategy,
            counterexample.schedule,
            name,
            1,
          ]);
          expect([counterexample.schedule, name, mine[0], lawful(property, mine[0]!, traced, lost)]).toEqual([
            counterexample.schedule,
            name,
            mine[0],
            true,
          ]);

          const tasks = view.start.tasks.map(({ task }) => task);
          const words = { tasks, name: (task: number) => `w${task}`, names: { actual: "a", done: "d", off: "o", step: "step" } };
          expect(view.steps.filter(({ breaks = [] }) => breaks.length > 0).map(({ n }) => n)).toEqual(marked);
          const drawn = lanesOf(view.steps, tasks).marks.flatMap(({ marks, column }) =>
            marks[0]!.endsWith("!") ? column + 1 : [],
          );
          expect([id, strategy, drawn]).toEqual([id, strategy, marked]);
          const svg = lanesSvg(view.steps, { ...words, cursor: null, room: 4000, title: "", description: "" }).svg;
          expect(svg.match(/<g class="mark [^"]*">.*?!<\/text><\/g>/g)?.length ?? 0).toBe(marked.length);
          const table = stepTable(view.steps, { ...words, width: 400, height: 400, cursor: 0 }).map((row) =>
            rowText(row, "unicode"),
          );
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
    },
  );
});
