/** What the speaker reads on a beat, and the room does not. */
import { inLanguage } from "../../../core/language.js";
import type { Context, OpenLesson } from "../../state.js";
import { say } from "../../words.js";
import { optionsOf } from "./options.js";
import { beatAt, type PresentState } from "./state.js";
import { presentWords } from "./words.js";

export function notesOn(state: PresentState, context: Context): readonly string[] {
  const { summary, content } = context.lesson as OpenLesson;
  const { explored, view, exact } = state.found;
  const beat = beatAt(state);
  switch (beat?.kind) {
    case undefined:
      return [];
    case "title":
      return [summary.summary, say(presentWords.liveHere, context)];
    case "story":
    case "rule":
      return [say(presentWords.letThemRead, context)];
    case "question": {
      const { question, index } = beat;
      const rightOnes = optionsOf(question, exact?.[index] ?? null, context).flatMap(({ text, right }) => (right ? [text] : []));
      const because = question.kind === "choice" ? [inLanguage(question.because, context.language)] : [];
      if (beat.answered) return because.length > 0 ? because : [say(presentWords.letThemRead, context)];
      return [`${say(presentWords.askTheRoom, context)} ${rightOnes.join(" · ")}`, ...because];
    }
    case "steps": {
      const step = view?.steps[beat.shown - 1];
      const at = step?.sites[0];
      return step ? [step.why, ...(at ? [`${at.file}:${at.line}`] : [])] : [];
    }
    case "count": {
      const schedule = explored?.counterexample?.schedule;
      return schedule === undefined
        ? []
        : [say(presentWords.smallest(schedule), context), `racelab trace ${summary.id} ${schedule}`];
    }
    case "strategies": {
      const one = content.strategies[beat.shown - 1];
      const next = content.strategies[beat.shown];
      return [
        ...(one ? [`${one.id}: ${content.because[one.id] ?? one.summary}`, say(presentWords.itsPrice(one.cost), context)] : []),
        ...(next ? [presentWords.askHolds[context.language](next.id)] : []),
      ];
    }
    case "end":
      return [...(content.exercise?.hints.slice(0, 1) ?? []), say(presentWords.liveHere, context)];
  }
}
