/** How a setting and its ends are written on screen, for every screen the same. */
import type { Size } from "../core/lesson.js";
import { width } from "../report/span.js";
import type { Setting } from "../report/views.js";
import { say, screenWords } from "./words.js";

type Speaking = Parameters<typeof say>[1];

/** `2 tasks, 3 each`: the size, by the names that the command line takes. */
export const sizeWords = (size: Readonly<Record<string, number>>, context: Speaking): string =>
  Object.entries(size)
    .map(([name, value]) => say(screenWords.sized(name, value), context))
    .join(", ");

/** `none   2 tasks, 3 each   1 expire` */
export function settingText({ strategy, size: over, faults = {} }: Setting, size: Size, context: Speaking): string {
  const given = Object.keys(faults).length > 0 ? [sizeWords(faults, context)] : [];
  return [strategy, sizeWords({ ...size, ...over }, context), ...given].join("   ");
}

/** The choices of a schedule, each as its text. What was saved may be no schedule at all, so nothing is thrown here. */
export const choicesOf = (schedule: string): readonly string[] => schedule.match(/\.[^.]*\.|[^\s.]/g) ?? [];

/** The words that all labels begin with: "stock " of "stock 97" and "stock 98". */
export function sharedWords(labels: readonly string[]): string {
  const [first = ""] = labels;
  const words = first.split(" ").slice(0, -1);
  while (words.length > 0 && !labels.every((label) => label.startsWith(`${words.join(" ")} `))) words.pop();
  const shared = words.length > 0 ? `${words.join(" ")} ` : "";
  // Half a list would be read as something else.
  return labels.some((label) => label.slice(shared.length).includes(",")) ? "" : shared;
}

/** Labels without the words that all of them begin with, in the order of their numbers. */
export function shortLabels(labels: readonly string[], all: readonly string[]): string[] {
  const shared = sharedWords(all).length;
  return labels.map((label) => label.slice(shared)).sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
}

/** The same in a sentence: kept apart where they have spaces of their own. */
export function endsText(labels: readonly string[], all: readonly string[]): string {
  const short = shortLabels(labels, all);
  return short.join(short.some((label) => label.includes(" ")) ? " · " : " ");
}

/** How what is still possible is written in the cells of a picture: all in the first way in which all fit. */
interface EndCells {
  readonly cells: readonly string[];
  /** What letters stand for, where numbers do not fit: `a = 300 points, 1 paid`. */
  readonly key: readonly string[];
}

export function endCellsOf(steps: readonly (readonly string[])[], all: readonly string[], columns: number): EndCells {
  const names = shortLabels(all, all);
  const short = steps.map((labels) => shortLabels(labels, all));
  const fits = (cells: readonly string[]): boolean => cells.every((cell) => width(cell) < columns);
  const spaced = short.map((labels) => labels.join(names.some((name) => name.includes(" ")) ? ", " : " "));
  if (fits(spaced)) return { cells: spaced, key: [] };
  const joined = short.map((labels) => labels.join(""));
  if (names.every((name) => name.length === 1) && fits(joined)) return { cells: joined, key: [] };
  const letter = (name: string): string => String.fromCharCode(97 + names.indexOf(name));
  const letters = short.map((labels) => labels.map(letter).join(""));
  if (names.length <= 26 && fits(letters)) return { cells: letters, key: names.map((name) => `${letter(name)} = ${name}`) };
  return { cells: short.map((labels) => String(labels.length)), key: [] };
}
