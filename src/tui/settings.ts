/** How settings, schedules and ends are written on every screen. */
import type { Question, Size } from "../core/lesson.js";
import { commonBeginning } from "../report/labels.js";
import { width } from "../report/span.js";
import type { Setting } from "../report/views.js";
import { say, screenWords } from "./words.js";

type Speaking = Parameters<typeof say>[1];

/** `2 tasks, 3 each`: sizes by the names that are typed on the command line. */
export const sizeWords = (size: Readonly<Record<string, number>>, context: Speaking): string =>
  Object.entries(size)
    .map(([name, value]) => say(screenWords.sized(name, value), context))
    .join(", ");

/** `none   2 tasks, 3 each   1 expire` */
export function settingText({ strategy, size: over, faults = {} }: Setting, size: Size, context: Speaking): string {
  const given = Object.keys(faults).length > 0 ? [sizeWords(faults, context)] : [];
  return [strategy, sizeWords({ ...size, ...over }, context), ...given].join("   ");
}

/** The choices of a schedule, each as its text. Unlike `parseSchedule` it never throws: a saved schedule may be damaged. */
export const choicesOf = (schedule: string): readonly string[] => schedule.match(/\.[^.]*\.|[^\s.]/g) ?? [];

/** The words that all labels begin with; empty if what follows is a list, because half a list would be misread. */
export function sharedWords(labels: readonly string[]): string {
  const shared = commonBeginning(labels);
  // The rest of a list of several things would be misread without its first words.
  return labels.some((label) => label.slice(shared.length).includes(",")) ? "" : shared;
}

/** The labels without the words that `all` begin with, sorted by their numbers. */
export function shortLabels(labels: readonly string[], all: readonly string[]): string[] {
  const shared = sharedWords(all).length;
  return labels.map((label) => label.slice(shared)).sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
}

/** The same labels in one text, with ` · ` between them where a label contains a blank. */
export function endsText(labels: readonly string[], all: readonly string[]): string {
  const short = shortLabels(labels, all);
  return short.join(short.some((label) => label.includes(" ")) ? " · " : " ");
}

/** The ends that are still possible, as texts for the cells of a picture: the longest form in which all of them fit. */
interface EndCells {
  readonly cells: readonly string[];
  /** Where the cells hold letters, what each stands for: `a = 300 points, 1 paid`; else empty. */
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

/** The setting that a question is about; null: it is about none, and its author answers it. */
export const settingOfQuestion = (lesson: string, question: Question): Setting | null =>
  question.kind === "choice"
    ? null
    : {
        lesson,
        strategy: question.strategy,
        ...(question.size && { size: question.size }),
        ...(question.faults && { faults: question.faults }),
      };
