import { visible } from "../report/span.js";
import { screens } from "./screens/index.js";
import type { Model } from "./state.js";
import { say, screenWords } from "./words.js";

/** One line for the normal screen when the program has ended: what the learner did, and the command to go on with. */
export function closingLine({ lesson, states, language }: Model, command: string): string {
  const done = screens.flatMap((screen) => (screen.id in states ? (screen.done?.(states[screen.id], { language }) ?? []) : []));
  if (!lesson || done.length === 0) return say(screenWords.closing.nothing(command), { language });
  return visible(say(screenWords.closing.all(lesson.summary.title, done.join("; "), command), { language }));
}
