import { visible } from "../report/span.js";
import { screens } from "./screens/index.js";
import type { Model } from "./state.js";

/** One line for the normal screen: what was done, and the command that goes on with it. */
export function closingLine({ lesson, states }: Model, command: string): string {
  const done = screens.flatMap((screen) => (screen.id in states ? (screen.done?.(states[screen.id]) ?? []) : []));
  if (!lesson || done.length === 0) return `Nothing was run. Come back with: ${command}`;
  return visible(`${lesson.summary.title}: ${done.join("; ")}. Go on with: ${command}`);
}
