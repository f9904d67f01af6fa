/** One schedule as lines to be read aloud. */

import { capital } from "../../../core/capital.js";
import type { TraceView } from "../../../report/views.js";
import { stepLine } from "../../parts/explanation.js";
import { replayLine } from "../../parts/replays.js";
import { taskNameOf } from "../../parts/state-pane.js";
import { settingText } from "../../settings.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { differenceOf } from "./difference.js";
import { menuOptions, type Option } from "./menu.js";
import { faultName, sizeName } from "./menu-view.js";
import type { InterleavingState } from "./state.js";
import { comparedText } from "./view.js";
import { interleavingWords } from "./words.js";

export function spokenInterleaving(before: InterleavingState | null, after: InterleavingState, context: Context): string[] {
  const { view, cursor } = after;
  const { summary } = context.lesson as OpenLesson;
  if (!before && !view) return [`${say(screenWords.interleaving, context)}. ${say(screenWords.searching, context)}.`];
  if (!view) return [];
  if (after.menu) return spokenMenu(before, after, view, context);
  if (before?.menu && before.view === view) return [sentence(settingOf(after, context)), stepLine(view, cursor, context)];
  if (after.playing && !before?.playing) return [sentence(say(interleavingWords.playingOnDatabase, context))];
  if (after.refused !== null && before?.refused !== after.refused) return [after.refused];
  if (before?.view && before.real !== after.real && before.given === after.given)
    return [
      after.real
        ? `${comparedText(after.real.conducted.compared, context)} ${after.real.conducted.store}.`
        : sentence(say(interleavingWords.modelAgain, context)),
      stepLine(view, cursor, context),
    ];
  if (!before?.view || before.view !== view)
    return [
      say(interleavingWords.openingOf(summary.number, summary.title, settingOf(after, context), view.schedule), context),
      ...(after.property === null ? [] : [`${say(screenWords.breaks(after.property), context)}.`]),
      ...(view.pointOfNoReturn === null ? [] : [sentence(say(screenWords.noReturnSince(view.pointOfNoReturn), context))]),
      stepLine(view, cursor, context),
    ];
  if (after.showsSent && (before.sent !== after.sent || !before.showsSent || before.cursor !== cursor))
    return [...(before.cursor === cursor ? [] : [stepLine(view, cursor, context)]), ...sentLines(after)];
  if (before.cursor !== cursor) return [stepLine(view, cursor, context)];
  if (before.follow !== after.follow)
    return [
      after.follow === null
        ? say(interleavingWords.followingAll, context)
        : say(interleavingWords.following(taskNameOf(view)(after.follow)), context),
    ];
  if (before.table !== after.table) return view.steps.map((_, index) => stepLine(view, index, context));
  return [];
}

const sentence = (text: string): string => `${capital(text)}.`;

/** What each store is sent at the current step. */
const sentLines = ({ sent, cursor }: InterleavingState): string[] =>
  (sent?.[cursor] ?? []).map(({ store, lines, says }) => `${store}: ${says ?? lines.join("; ")}`);

/** The lines of the menu when it opens or its results come, then the marked one, and what is different under it. */
function spokenMenu(before: InterleavingState | null, after: InterleavingState, view: TraceView, context: Context): string[] {
  const options = menuOptions(after, context);
  const line = (option: Option, index: number): string => `${index + 1}. ${optionText(option, after, context)}`;
  const isNew = !before?.menu || before.replays !== after.replays;
  const marked = after.menu?.marked ?? 0;
  const { original } = after;
  return [
    ...(isNew ? options.map(line) : []),
    ...(!isNew && before?.menu?.marked !== marked && options[marked] ? [line(options[marked], marked)] : []),
    ...(before?.view !== view && original && original !== view ? [sentence(say(differenceOf(original, view), context))] : []),
  ];
}

function optionText(option: Option, state: InterleavingState, context: Context): string {
  if (option.kind === "strategy") return option.replay ? replayLine(option.replay, context) : `${option.name}.`;
  if (option.kind === "size") return `${sizeName(option.name, state, context)}: ${option.value}.`;
  return `${faultName(option.name, context)}: ${say(option.on ? interleavingWords.on : interleavingWords.off, context)}.`;
}

const settingOf = ({ given }: InterleavingState, context: Context): string =>
  settingText(given.setting, (context.lesson as OpenLesson).content.size, context).replaceAll("   ", ", ");
