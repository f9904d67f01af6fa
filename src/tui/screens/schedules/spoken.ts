/** Every schedule, as lines to be read aloud. */

import { grouped } from "../../../report/number.js";
import { reportWords } from "../../../report/words.js";
import { gradedText } from "../../parts/graded.js";
import { settingText, sizeWords } from "../../settings.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { RUNS, type SchedulesState, schedulesOfChosen } from "./state.js";
import { coverage, realSentences, verdictText } from "./view.js";
import { schedulesWords } from "./words.js";

export function spokenSchedules(before: SchedulesState | null, after: SchedulesState, context: Context): string[] {
  const { explored } = after;
  if (!explored)
    return before && !before.explored ? [] : [`${say(schedulesWords.title, context)}. ${say(screenWords.searching, context)}.`];
  const share = (value: number | null): string => (value === null ? "-" : `${(value * 100).toFixed(2)}%`);
  const end = (index: number): string => {
    const one = explored.ends[index];
    if (!one) return "";
    const real = after.real
      ? `, ${after.real.ends.get(one.label) ?? 0} / ${after.real.runs} ${say(schedulesWords.realRuns, context)}`
      : "";
    const verdict = one.right < one.schedules ? "FAIL" : "ok";
    return `${one.label}: ${grouped(one.schedules)} ${say(reportWords.schedules, context)}, ${share(one.share)}, ${say(schedulesWords.fairWalk, context)} ${share(one.fair)}${real}: ${verdict}.`;
  };
  if (before?.explored !== explored)
    return [
      `${say(schedulesWords.title, context)}, ${settingText(after.setting, (context.lesson as OpenLesson).content.size, context).replaceAll("   ", ", ")}.`,
      ...explored.ends.map((_, index) => end(index)),
      `${coverage(explored, context)}.`,
      ...[verdictText(explored, context)].filter(Boolean),
      ...explored.violations.map(({ property }) => `FAIL ${property}.`),
    ];
  if (before.example !== after.example && after.example?.property !== undefined)
    return [`${say(screenWords.breaks(after.example.property), context)}: ${after.example.view.schedule}.`];
  if (before.chosen !== after.chosen) {
    const graded = gradedText(explored.ends[after.chosen] ?? null, context);
    return [end(after.chosen), ...(graded === "" ? [] : [graded])];
  }
  if (before.example !== after.example && after.example) {
    const { label, nth, view } = after.example;
    const all = explored.limits.length === 0 ? grouped(schedulesOfChosen(after)) : null;
    const which = nth === 0 ? schedulesWords.smallestTo(label) : schedulesWords.scheduleTo(label);
    return [`${say(which, context)}, ${say(schedulesWords.ofThem(nth + 1, all), context)}: ${view.schedule}.`];
  }
  if (before.growth !== after.growth && after.growth.every((one) => one.explored))
    return after.growth.map(
      ({ size, explored: of }) =>
        `${sizeWords(size, context)}: ${grouped(of?.schedules ?? 0n)} ${say(reportWords.schedules, context)}.`,
    );
  // Runs are told when all of them are done.
  if (before.real !== after.real && after.real && after.real.runs >= RUNS) return realSentences(after.real, explored, context);
  return [];
}
