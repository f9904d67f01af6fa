/** One schedule as lines to be read aloud. */

import { capital } from "../../../core/capital.js";
import { stepLine } from "../../parts/explanation.js";
import { taskNameOf } from "../../parts/state-pane.js";
import { settingText } from "../../settings.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import type { InterleavingState } from "./state.js";
import { comparedText } from "./view.js";
import { interleavingWords } from "./words.js";

export function spokenInterleaving(before: InterleavingState | null, after: InterleavingState, context: Context): string[] {
  const { view, cursor } = after;
  const { summary, content } = context.lesson as OpenLesson;
  if (!before && !view) return [`${say(screenWords.interleaving, context)}. ${say(screenWords.searching, context)}.`];
  if (!view) return [];
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
      say(
        interleavingWords.openingOf(
          summary.number,
          summary.title,
          settingText(view.setting, content.size, context).replaceAll("   ", ", "),
          view.schedule,
        ),
        context,
      ),
      ...(after.property === null ? [] : [`${say(screenWords.breaks(after.property), context)}.`]),
      ...(view.pointOfNoReturn === null ? [] : [sentence(say(screenWords.noReturnSince(view.pointOfNoReturn), context))]),
      stepLine(view, cursor, context),
    ];
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
