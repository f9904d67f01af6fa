/** `racelab trace … --store URL`: one schedule, played on a real database, with its waits and wake-ups as they are. */

import { notes } from "../checkers/notes.js";
import { broken } from "../checkers/properties.js";
import { rowsAfter } from "../checkers/versions.js";
import { conductLesson, type ModelAnswer, said } from "../conduct/fidelity.js";
import { outcomeText } from "../core/work.js";

import type { ExploreRequest } from "../explore/explore.js";
import { rowsText, spokenIn } from "../report/text.js";
import { timeline } from "../report/timeline.js";
import { stepsOf, tallies } from "../report/trace.js";
import type { ModelStep } from "../simulator/index.js";
import { withoutCredentials } from "../stores/open.js";
import { sizeText } from "./explore.js";
import { exit, type Out, paragraph } from "./out.js";
import { commandWords, language, say } from "./words.js";

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
  out.line(say(commandWords.heading("trace", lesson, request.strategy, sizeText(size))));
  out.line(paragraph(say(commandWords.conductedOn(withoutCredentials(store), order, steps.length))));
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
      ...{ name: (task: number) => say(commandWords.task(task)), names: { actual, done, lost: say(commandWords.lost) } },
      language: language(),
    });
    const rows = [picture.step, ...picture.lanes, picture.actual, picture.done, picture.lost];
    out.line(rowsText(rows, spokenIn(language())));
    out.line();
  }
  for (const step of steps)
    out.line(paragraph(`${String(step.n).padStart(4)}  ${say(commandWords.task(step.task))}  ${said(step, language())}`));
  out.line();
  for (const [i, outcome] of history.outcomes.entries())
    out.line(
      paragraph(
        `${say(commandWords.task(i + 1))}: ${outcome ? outcomeText(outcome, language()) : say(commandWords.hasNotEnded)}`,
      ),
    );
  for (const line of comparedText(beside, conducted.steps)) out.line(paragraph(line));
  for (const { property, sentence } of violates) out.line(paragraph(`FAIL ${property}: ${sentence}`));
  if (verdict === "holds") out.line(say(commandWords.allHoldHere));
  if (verdict === "open") out.line(say(commandWords.stopsEarly));
  return verdict === "violated" ? exit.violated : exit.right;
}

/** How what was conducted compares with the model. */
function comparedText(
  { traces, same, notCompared, differs, model }: ModelAnswer,
  steps: readonly ModelStep[],
): readonly string[] {
  if (notCompared !== null) return [say(commandWords.notCompared(notCompared))];
  if (same && traces > 1) return [say(commandWords.modelRace(traces))];
  if (same || differs === null) return [say(commandWords.modelSame)];
  const [theirs, ours] = [model.steps[differs], steps[differs]];
  if (!theirs || !ours) return [say(commandWords.modelOtherRows)];
  return [
    say(commandWords.modelDiffers(differs + 1)),
    say(commandWords.theModel(said(theirs, language()))),
    say(commandWords.theDatabase(said(ours, language()))),
  ];
}
