/** "You decide" in sentences: read aloud, and as explanations on screen. */

import type { TraceView } from "../../../report/views.js";
import { endSentences, stepLine } from "../../parts/explanation.js";
import { intention } from "../../parts/state-pane.js";
import type { Context } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { type DecideOption, type DecideState, decideOptions, isWrong, switchesIn } from "./state.js";
import { decideWords } from "./words.js";

/** What the learner has to bring about. */
export function goalOf({ explored }: DecideState, context: Context): string {
  if (!explored?.counterexample) return say(decideWords.goalHolds, context);
  return say(decideWords.goalBreak(explored.counterexample.property), context);
}

/** Why a task cannot go now, in a few words. */
export function reasonOf(view: TraceView, { task }: DecideOption, context: Context): string {
  if (!task) return "";
  if (task.status === "blocked") {
    const [by] = task.blockedBy;
    const since =
      by === undefined
        ? null
        : (view.steps.findLast(
            (step) => step.task === by && step.event && /acquire|select-for-update|write|update/.test(step.event.operation.kind),
          )?.n ?? null);
    return say(decideWords.blockedBy(task.blockedBy, since), context);
  }
  return say(task.status === "ended" || task.status === "cut" ? decideWords.hasEnded : decideWords.notItsTurn, context);
}

/** The same as a sentence, with the keys that can be pressed instead. */
export function whyNot(view: TraceView, option: DecideOption, context: Context): string {
  const able = decideOptions(view)
    .filter(({ choice }) => choice !== null)
    .map(({ key }) => String(key));
  return say(decideWords.cannotGo(option.key, reasonOf(view, option, context), able), context);
}

/** How the order ended, and how many switches it took beside the best. */
export function endOf({ explored }: DecideState, view: TraceView, context: Context): string {
  const best = explored?.counterexample;
  if (!isWrong(view))
    return say(best ? decideWords.endedRight(view.label ?? "") : decideWords.endedRightAlways(view.label ?? ""), context);
  const score = best ? ` ${say(decideWords.yourScore(switchesIn(view.schedule), best.switches, best.minimal), context)}` : "";
  return `${endSentences(view, context).join(" ") || `✗ ${view.label}.`}${score}`;
}

export function spokenDecide(before: DecideState | null, after: DecideState, context: Context): string[] {
  const { view } = after;
  if (!view) return before ? [] : [`${say(decideWords.title, context)}. ${say(screenWords.searching, context)}.`];
  if (after.replays && after.replays !== before?.replays)
    return [
      `${say(decideWords.sameOrderElsewhere, context)}:`,
      ...after.replays.map(({ strategy, label, broken, refused, stuck }) =>
        refused === null
          ? `${strategy}: ${stuck ? say(decideWords.deadlock, context) : label}, ${broken.length > 0 || stuck ? "FAIL" : "ok"}.`
          : `${strategy}: ${say(decideWords.doesNotApply, context)}.`,
      ),
    ];
  if (before?.view !== view) {
    const opening = before?.view
      ? []
      : [`${say(decideWords.title, context)}. ${say(decideWords.goal, context)}: ${goalOf(after, context)}.`];
    const step = stepLine(view, view.steps.length - 1, context).replace(/ [^.]*\.$/, "");
    if (view.over)
      return [...opening, stepLine(view, view.steps.length - 1, context), endOf(after, view, context).replace(/^✗ /, "")];
    return [...opening, ...(view.steps.length > 0 ? [step] : []), ...choices(after, view, context)];
  }
  if (before.peek !== after.peek || before.marked !== after.marked) return choices(after, view, context);
  return [];
}

const choices = ({ peek }: DecideState, view: TraceView, context: Context): string[] =>
  decideOptions(view).map((option) => {
    const does = option.task ? intention(option.task.operation) : "";
    const able = option.choice === null ? reasonOf(view, option, context) : say(decideWords.free, context);
    const leads = peek && option.choice !== null ? ` ${say(decideWords.leads(option.wrong, option.schedules), context)}.` : "";
    return `${option.key}. ${option.name}: ${does ? `${does}, ` : ""}${able}.${leads}`;
  });
