/** `racelab trace … --store URL`: one schedule played on a real database, with its waits and wake-ups as they are there. */

import { notes } from "../checkers/notes.js";
import { rowsAfter } from "../checkers/versions.js";
import { type ConductedLesson, conductLesson, type ModelAnswer, said } from "../conduct/fidelity.js";
import { type JudgedConducted, judgeConducted } from "../conduct/judge.js";
import { corrections } from "../core/correction.js";
import { withoutCredentials } from "../core/credentials.js";
import type { Language, Text } from "../core/language.js";
import { outcomeText } from "../core/work.js";
import type { ExploreRequest } from "../explore/explore.js";
import { legendRows } from "../report/legend.js";
import { figureNames } from "../report/tally.js";
import { rowsText, spokenIn } from "../report/text.js";
import { timeline } from "../report/timeline.js";
import { stepsOf, tallies } from "../report/trace.js";
import type { ModelStep } from "../simulator/index.js";
import { exit, type Out } from "./out.js";
import { sizeText } from "./scenario.js";
import { commandWords } from "./words.js";

const WIDTH = 80;
/** Columns for the names of the lanes. */
const LABEL = 9;

export async function traceOnDatabase(
  store: string,
  request: ExploreRequest,
  schedule: string,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const answer = await conductLesson(store, request, schedule, signal);
  const verdict = verdictOf(await judgeConducted(answer, out.language));
  if (out.json) out.object(conductedJson(answer, request.strategy, store, verdict));
  else print(answer, request.strategy, store, verdict, out);
  return exitOfConducted(verdict, answer.beside);
}

/** 1: a property is broken, or the database did something else than the model, and not because it is older. */
export const exitOfConducted = (
  { verdict }: Pick<Verdict, "verdict">,
  { same, notCompared, allowed }: Pick<ModelAnswer, "same" | "notCompared" | "allowed">,
): number => (verdict === "violated" || !(same || notCompared !== null || allowed !== null) ? exit.violated : exit.right);

/** `open`: nothing is broken yet, and not all tasks have ended. */
const verdictOf = ({ over, broken, unseen }: JudgedConducted) =>
  ({ verdict: broken.length > 0 ? "violated" : over ? "holds" : "open", violates: broken, unseen }) as const;
type Verdict = ReturnType<typeof verdictOf>;

function conductedJson(
  { lesson, size, conducted, order, server, beside: { traces, same, allowed, notCompared } }: ConductedLesson,
  strategy: string,
  store: string,
  { verdict, violates, unseen }: Verdict,
) {
  return {
    command: "trace",
    lesson,
    strategy,
    size,
    store: withoutCredentials(store),
    server,
    schedule: order,
    steps: conducted.steps.map(({ n, task, operation, reply, blockedBy, released, rows }) => ({
      n,
      task,
      operation,
      response: reply,
      blockedBy,
      releasedAt: released,
      rows,
    })),
    verdict,
    violates: violates.map(({ property }) => property),
    unseen,
    model: { traces, same, allowed, notCompared },
  };
}

function print(
  { lesson, size, conducted, order, server, beside, scenario }: ConductedLesson,
  strategy: string,
  store: string,
  { verdict, violates, unseen }: Verdict,
  out: Out,
): void {
  const { say, language } = out;
  const { steps, history } = conducted;
  out.line(commandWords.heading("trace", lesson, strategy, sizeText(size, out)));
  out.paragraph(commandWords.conductedOn(server, store, order, steps.length));
  out.line();
  const tasks = scenario.tasks.map((_, i) => i + 1);
  const { tally } = scenario;
  const drawn = stepsOf({ history, notes: notes(history), tallies: tallies(history, rowsAfter(history), tally) }, tasks);
  if (drawn.length > 0) {
    const picture = timeline(drawn, {
      width: WIDTH,
      label: LABEL,
      cursor: drawn.length - 1,
      tasks,
      name: (task) => say(commandWords.task(task)),
      names: figureNames(tally, language),
      language,
    });
    out.line(
      rowsText(
        [
          picture.step,
          ...picture.lanes,
          picture.actual,
          picture.done,
          picture.off,
          ...legendRows(picture.drawn, WIDTH, language),
        ],
        spokenIn(language),
      ),
    );
    out.line();
  }
  for (const step of steps)
    out.paragraph(`${String(step.n).padStart(4)}  ${say(commandWords.task(step.task))}  ${said(step, language)}`);
  out.line();
  for (const [i, outcome] of history.outcomes.entries())
    out.paragraph(
      `${say(commandWords.task(i + 1))}: ${outcome ? outcomeText(outcome, language) : say(commandWords.hasNotEnded)}`,
    );
  for (const text of comparedTexts(beside, steps, language)) out.paragraph(text);
  for (const { property, sentence, after } of violates)
    out.paragraph(`FAIL ${property}: ${sentence}${after === undefined ? "" : say(commandWords.afterStep(after))}`);
  if (verdict === "holds") out.line(commandWords.allHoldHere);
  if (verdict === "open") out.line(commandWords.stopsEarly);
  if (unseen.length > 0) out.paragraph(commandWords.unseen(unseen.join(", ")));
}

/** How the steps on the database compare with the model's. */
function comparedTexts(
  { traces, same, notCompared, allowed, differs, model }: ModelAnswer,
  steps: readonly ModelStep[],
  language: Language,
): readonly Text[] {
  if (notCompared !== null) return [commandWords.notCompared(notCompared)];
  if (same && traces > 1) return [commandWords.modelRace(traces)];
  if (same || differs === null) return [commandWords.modelSame];
  const [theirs, ours] = [model.steps[differs], steps[differs]];
  const why = allowed === null ? [] : [commandWords.modelAllowed(corrections[allowed])];
  if (!theirs || !ours) return [commandWords.modelOtherRows, ...why];
  return [
    ...why,
    commandWords.modelDiffers(differs + 1),
    commandWords.theModel(said(theirs, language)),
    commandWords.theDatabase(said(ours, language)),
  ];
}
