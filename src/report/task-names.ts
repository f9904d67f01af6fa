/** What pictures and sentences call the tasks: the lesson's word for who sends the request, and the digit of schedules. */
import { inLanguage, type Language } from "../core/language.js";
import { serverOf } from "../core/server.js";
import type { Work } from "../core/work.js";

/** "buyer 2"; "w2" where the lesson has no word. */
export const taskNames = (works: readonly Pick<Work, "who">[], language: Language): readonly string[] =>
  works.map(({ who }, index) => (who === undefined ? plainName(index + 1) : `${inLanguage(who, language)} ${index + 1}`));

const plainName = (task: number): string => `w${task}`;

/** The name of a task in a list of names. */
export const nameIn = (names: readonly string[], task: number): string => names[task - 1] ?? plainName(task);

/** The same above a lane: with the server that serves it, where there is more than one. */
export const laneNameIn = (names: readonly string[], task: number, servers = 1): string =>
  servers > 1 ? `${nameIn(names, task)} s${serverOf(task - 1, servers)}` : nameIn(names, task);
