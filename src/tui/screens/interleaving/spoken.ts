/** One schedule as lines to be read aloud. */
import { lost } from "../../../report/trace.js";
import type { TraceView } from "../../../report/views.js";
import { gradedText } from "../../parts/graded.js";
import { labelsOf } from "../../parts/lanes-of-trace.js";
import { momentAt } from "../../parts/moment.js";
import { settingText, shortLabels } from "../../settings.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import type { InterleavingState } from "./screen.js";
import { comparedText } from "./view.js";

export function spokenInterleaving(before: InterleavingState | null, after: InterleavingState, context: Context): string[] {
  const { view, cursor } = after;
  const { summary, content } = context.lesson as OpenLesson;
  if (!before && !view) return [`${say(screenWords.interleaving, context)}. ${say(screenWords.searching, context)}.`];
  if (!view) return [];
  if (after.playing && !before?.playing) return [sentence(say(screenWords.playingOnDatabase, context))];
  if (after.refused !== null && before?.refused !== after.refused) return [after.refused];
  if (before?.view && before.real !== after.real && before.asked === after.asked)
    return [
      after.real
        ? `${comparedText(after.real.conducted.compared, context)} ${after.real.conducted.store}.`
        : sentence(say(screenWords.modelAgain, context)),
      stepLine(view, cursor, context),
    ];
  if (!before?.view || before.view !== view)
    return [
      say(
        screenWords.openingOf(
          summary.number,
          summary.title,
          settingText(view.setting, content.size, context).replaceAll("   ", ", "),
          view.schedule,
        ),
        context,
      ),
      ...(view.pointOfNoReturn === null ? [] : [sentence(say(screenWords.noReturnSince(view.pointOfNoReturn), context))]),
      stepLine(view, cursor, context),
    ];
  if (before.cursor !== cursor) return [stepLine(view, cursor, context)];
  if (before.follow !== after.follow)
    return [after.follow === null ? say(screenWords.followingAll, context) : say(screenWords.following(after.follow), context)];
  if (before.table !== after.table) return view.steps.map((_, index) => stepLine(view, index, context));
  return [];
}

export function stepLine(view: TraceView, cursor: number, context: Context): string {
  const now = momentAt(view, cursor);
  const head =
    cursor < 0 ? say(screenWords.atTheStart, context) : say(screenWords.stepOf(cursor + 1, view.steps.length), context);
  const why = view.steps[cursor]?.why ?? "";
  const damage = lost(now) > 0 ? ` ${say(screenWords.lost(lost(now)), context)}.` : "";
  const graded = cursor === view.steps.length - 1 ? gradedText(view.end, context) : "";
  const labels = shortLabels(now.canEndAt, labelsOf(view)).join(", ");
  const ends = labels === "" ? "" : ` ${capital(say(screenWords.canEnd, context))} ${labels}.`;
  return `${head}. ${why} ${view.tally.name} ${now.actual}, ${now.done} ${view.tally.done}.${damage}${ends}${graded === "" ? "" : ` ${capital(graded)}`}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (text: string): string => `${capital(text)}.`;
