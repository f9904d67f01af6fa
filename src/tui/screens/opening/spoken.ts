/** The first minute as lines to be read aloud. */
import { rowsText, spokenIn } from "../../../report/text.js";
import { markdown } from "../../parts/markdown.js";
import type { Context, OpenLesson } from "../../state.js";
import { say } from "../../words.js";
import { isOver, type OpeningState } from "./state.js";
import { sentencesOnSteps } from "./told.js";
import { openingStory } from "./view.js";
import { openingWords } from "./words.js";

export function spokenOpening(before: OpeningState | null, after: OpeningState, context: Context): string[] {
  const lesson = context.lesson as OpenLesson;
  const { result, met, shown, running } = after;
  if (!before) {
    const { number, title } = lesson.summary;
    const told = rowsText(markdown(openingStory(lesson), 76), spokenIn(context.language)).split("\n");
    return [say(openingWords.spoken.lesson(number, title), context), ...told, say(openingWords.spoken.howToOpen, context)];
  }
  if (running && !before.running) return [`${say(openingWords.opened, context)}.`];
  if (result && result !== before.result) {
    const { succeeded, tally } = result.observation;
    const lost = tally.actual !== tally.expected;
    return [
      say(lost ? openingWords.result(succeeded, tally.actual) : openingWords.luck, context),
      say(met ? openingWords.spoken.how : openingWords.spoken.on, context),
    ];
  }
  if (met && shown !== before.shown) {
    const said = sentencesOnSteps(met, context);
    const from = shown > before.shown ? before.shown : shown - 1;
    return [...said.slice(from, shown), ...(isOver(after) ? [say(openingWords.spoken.on, context)] : [])];
  }
  return [];
}
