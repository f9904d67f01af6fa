/** "You decide" in sentences: read aloud, and as explanations on screen. */

import type { TraceView } from "../../../report/views.js";
import { brokenIn, toldFirst } from "../../broken-properties.js";
import { endSentences, stepLine } from "../../parts/explanation.js";
import { replayLine } from "../../parts/replays.js";
import { intention, taskNameOf } from "../../parts/state-pane.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import {
  type DecideOption,
  type DecideState,
  decidedAt,
  decideOptions,
  goalIn,
  isAnnounced,
  isReached,
  isWrong,
  starsOf,
  switchesIn,
} from "./state.js";
import { decideWords } from "./words.js";

/** What the learner has to bring about. */
export function goalOf(state: DecideState, context: Context): string {
  const goal = goalIn(state);
  const { goals } = (context.lesson as OpenLesson).content;
  if (goal) return goals[goal.property] ?? say(decideWords.goals[goal.property] ?? decideWords.goalBreak(goal.property), context);
  return say(state.round === 2 ? decideWords.goalAgain(state.given.setting.strategy) : decideWords.goalHolds, context);
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
    return say(decideWords.blockedBy(task.blockedBy.map(taskNameOf(view)), since), context);
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

/** How the order ended, in sentences; where the goal is reached, how many switches it took beside the best comes first. */
export function endOf(state: DecideState, view: TraceView, context: Context): readonly string[] {
  const best = goalIn(state);
  if (!isWrong(view))
    return [say(best ? decideWords.endedRight(view.label ?? "") : decideWords.endedRightAlways(view.label ?? ""), context)];
  const broken = endSentences(toldFirst(view, best?.property), context);
  const told = broken.length > 0 ? broken : [`✗ ${view.label}.`];
  if (!best) return told;
  if (!isReached(state, view)) return [...told, say(decideWords.otherBroken(best.property), context)];
  // Winning is no alarm: what was broken is told without its cross.
  const score = say(decideWords.yourScore(switchesIn(view.schedule), best.switches, best.minimal), context);
  return [`✓ ${score}`, ...told.map((each) => each.replace(/^✗ /, ""))];
}

export function spokenDecide(before: DecideState | null, after: DecideState, context: Context): string[] {
  const { view } = after;
  if (!view) return before ? [] : [`${say(decideWords.title, context)}. ${say(screenWords.searching, context)}.`];
  if (after.replays && after.replays !== before?.replays)
    return [`${say(decideWords.sameOrderElsewhere, context)}:`, ...after.replays.map((each) => replayLine(each, context))];
  if (before?.view !== view) {
    const opening = before?.view
      ? []
      : [`${say(decideWords.title, context)}. ${say(decideWords.goal, context)}: ${goalOf(after, context)}.`];
    const step = stepLine(view, view.steps.length - 1, context).replace(/ [^.]*\.$/, "");
    if (view.over)
      return [
        ...opening,
        stepLine(view, view.steps.length - 1, context),
        endOf(after, view, context)
          .join(" ")
          .replace(/^[✗✓] /, ""),
      ];
    if (isAnnounced(after)) return [...opening, ...(view.steps.length > 0 ? [step] : []), wonLine(after, view, context)];
    if (view.beyondModel !== null) return [...opening, stepLine(view, view.steps.length - 1, context)];
    return [...opening, ...(view.steps.length > 0 ? [step] : []), ...choices(after, view, context)];
  }
  if (before.goesOn !== after.goesOn) return choices(after, view, context);
  if (before.peek !== after.peek || before.marked !== after.marked) return choices(after, view, context);
  return [];
}

/** That it is decided, the stars so far, and what one can do. */
const wonLine = (state: DecideState, view: TraceView, context: Context): string =>
  [
    `${say(decideWords.youBrokeIt, context)}. ${say(decideWords.decided(decidedAt(state, view) ?? 0), context)}`,
    `${starsTold(state, view, context)}.`,
    `${say(decideWords.decidedKeys, context)}.`,
  ].join(" ");

function starsTold(state: DecideState, view: TraceView, context: Context): string {
  const got = starsOf(state, view)?.filter((star) => star === "got").length ?? 0;
  return say(decideWords.stars.told(got), context);
}

/** What a choice leads to. Where several properties are broken, a wrong schedule need not break the one of the goal. */
export const leadsTo = ({ explored }: DecideState, option: DecideOption, context: Context): string =>
  say(decideWords.leads(option, brokenIn(explored).length > 1), context);

const choices = (state: DecideState, view: TraceView, context: Context): string[] =>
  decideOptions(view).map((option) => {
    const does = option.task ? intention(option.task.operation) : "";
    const able = option.choice === null ? reasonOf(view, option, context) : say(decideWords.free, context);
    const leads = state.peek && option.choice !== null ? ` ${leadsTo(state, option, context)}.` : "";
    return `${option.key}. ${option.name}: ${does ? `${does}, ` : ""}${able}.${leads}`;
  });
