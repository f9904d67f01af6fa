/** The table of screens. A new screen is one folder (screen.ts, state.ts, view.ts, spoken.ts, words.ts) and one line here. */
import type { Screen } from "../state.js";
import { compareScreen } from "./compare/screen.js";
import { decide } from "./decide/screen.js";
import { exercise } from "./exercise/screen.js";
import { interleaving } from "./interleaving/screen.js";
import { lessons } from "./lessons/screen.js";
import { opening } from "./opening/screen.js";
import { predict } from "./predict/screen.js";
import { present } from "./present/screen.js";
import { schedules } from "./schedules/screen.js";
import { story } from "./story/screen.js";
import { threads } from "./threads/screen.js";

/** The stages of a lesson, in their order. */
export const stages: readonly Screen[] = [story, predict, interleaving, decide, schedules, threads, compareScreen, exercise];
export const screens: readonly Screen[] = [lessons, opening, present, ...stages];

/** The state of a screen, with its type. */
export const screenState = <State, M>(
  { states }: { readonly states: Readonly<Record<string, unknown>> },
  { id }: Screen<State, M>,
): State => states[id] as State;
