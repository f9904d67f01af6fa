/** `racelab trace … --store URL`: one schedule, played on a real database, with its waits and wake-ups as they are. */

import { notes } from "../checkers/notes.js";
import { broken } from "../checkers/properties.js";
import { rowsAfter } from "../checkers/versions.js";
import { outcomeText } from "../core/work.js";
import type { ExploreRequest } from "../explore.js";
import { type Beside, conductLesson, said } from "../fidelity.js";
import { rowsText } from "../report/text.js";
import { timeline } from "../report/timeline.js";
import { stepsOf, tallies } from "../report/trace.js";
import type { ModelStep } from "../simulator/index.js";
import { withoutCredentials } from "../stores/open.js";
import { sizeText } from "./explore.js";
import { exit, type Out, paragraph } from "./out.js";

const WIDTH = 80;
const LABEL = 9;

export async function traceOn(
  store: string,
  request: ExploreRequest,
  schedule: string,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const { lesson, size, scenario, conducted, order, beside } = await conductLesson(store, request, schedule, signal);
  const { traces, same } = beside;
  const { steps, history } = conducted;
  const over = history.outcomes.every((outcome) => outcome !== undefined);
  const violates = over
    ? broken(
        scenario.properties.filter(({ kind }) => kind === "outcome"),
        history,
        [],
      )
    : [];
  const verdict = violates.length > 0 ? "violated" : over ? "holds" : "open";
  if (out.json) {
    out.object({
      ...{ command: "trace", lesson, strategy: request.strategy, size, store: withoutCredentials(store), schedule: order },
      steps: steps.map(({ n, task, operation, reply, blockedBy, released, rows }) => ({
        ...{ n, task, operation, response: reply, blockedBy, releasedAt: released, rows },
      })),
      ...{ verdict, violates: violates.map(({ property }) => property), model: { traces, same } },
    });
    return verdict === "violated" ? exit.violated : exit.right;
  }
  out.line(`trace: ${lesson}, strategy ${request.strategy}, ${sizeText(size)}`);
  out.line(paragraph(`conducted on ${withoutCredentials(store)}: schedule ${order} (${steps.length} steps)`));
  out.line();
  const tallied = tallies(history, rowsAfter(history), scenario.tally);
  const drawn = stepsOf(
    { history, notes: notes(history), tallies: tallied },
    scenario.tasks.map((_, i) => i + 1),
  );
  if (drawn.length > 0) {
    const { name: actual, done } = scenario.tally;
    const picture = timeline(drawn, {
      ...{ width: WIDTH, label: LABEL, cursor: drawn.length - 1, tasks: scenario.tasks.map((_, i) => i + 1) },
      ...{ name: (task: number) => `task ${task}`, names: { actual, done, lost: "lost" } },
    });
    out.line(rowsText([picture.step, ...picture.lanes, picture.actual, picture.done, picture.lost]));
    out.line();
  }
  for (const step of steps) out.line(paragraph(`${String(step.n).padStart(4)}  task ${step.task}  ${said(step)}`));
  out.line();
  for (const [i, outcome] of history.outcomes.entries())
    out.line(paragraph(`task ${i + 1}: ${outcome ? outcomeText(outcome) : "has not ended"}`));
  for (const line of comparedText(beside, conducted.steps)) out.line(paragraph(line));
  for (const { property, sentence } of violates) out.line(paragraph(`FAIL ${property}: ${sentence}`));
  if (verdict === "holds") out.line("ok   every property holds at this end");
  if (verdict === "open") out.line("open: the schedule stops before everybody has ended");
  return verdict === "violated" ? exit.violated : exit.right;
}

/** How what was conducted compares with the model. */
function comparedText({ traces, same, outside, differs, model }: Beside, steps: readonly ModelStep[]): readonly string[] {
  if (outside !== null) return [`not compared with the model: ${outside}`];
  if (same && traces > 1) return [`the model allows ${traces} ways for this to go (a race), and this is one of them`];
  if (same || differs === null) return ["the model says the same, step by step"];
  const [theirs, ours] = [model.steps[differs], steps[differs]];
  if (!theirs || !ours) return ["the model says the same, step by step, but other rows in the end"];
  return [
    `the model says otherwise, first at step ${differs + 1}:`,
    `the model:    ${said(theirs)}`,
    `the database: ${said(ours)}`,
  ];
}
