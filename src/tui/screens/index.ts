/** The table of screens. Adding one is a file in this folder and a line here. */
import type { Screen } from "../state.js";
import { compareScreen } from "./compare.js";
import { decide } from "./decide.js";
import { exercise } from "./exercise.js";
import { interleaving } from "./interleaving.js";
import { lessons } from "./lessons.js";
import { predict } from "./predict.js";
import { schedules } from "./schedules.js";
import { story } from "./story.js";
import { threads } from "./threads.js";

/** The stages of a lesson in the order in which they are gone through. */
export const stages: readonly Screen[] = [story, predict, interleaving, decide, schedules, threads, compareScreen, exercise];
export const screens: readonly Screen[] = [lessons, ...stages];

/** The state of a screen, as what it is. */
export const stateOf = <State, M>(
  { states }: { readonly states: Readonly<Record<string, unknown>> },
  { id }: Screen<State, M>,
): State => states[id] as State;
