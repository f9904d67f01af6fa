/**
 * Finds and loads lessons and strategies, by folder and file name: those of the course, and the lessons that an author
 * keeps in folders of their own.
 */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Impossible, LessonFault } from "../core/failure.js";
import type { Language, Text } from "../core/language.js";
import type { Lesson } from "../core/lesson.js";
import { lessonIn } from "../core/lesson-in.js";
import { seenFrom, sourceLinesIn } from "../core/source-line.js";
import type { Strategy } from "../core/strategy.js";
import { suggest } from "../core/suggest.js";
import { codeFolder, extension, rootFolder } from "./folders.js";
import { placeOf } from "./groups.js";

/** An id that names nothing. The message suggests ids that exist. */
export class Unknown extends Error {
  override readonly name = "Unknown";
}

/** A folder `NN-id`. People find the lesson by number or id; `groups.ts` orders the course, the number an author's folder. */
export interface LessonEntry {
  readonly number: number;
  readonly id: string;
  /** The sources. A lesson of the course runs from its build; an author's lesson is compiled from here when it is opened. */
  readonly folder: string;
  /** The author's folder that the lesson is in; null: a lesson of the course. */
  readonly authorFolder: string | null;
  /** Why it cannot be opened, as far as its name alone tells; null: no fault is known. */
  readonly fault: string | null;
}

/** The folders of `--lessons`. Read before commander reads the rest, because the first word may name a lesson in them. */
export function lessonFolders(words: readonly string[]): readonly string[] {
  const { values } = parseArgs({
    args: [...words],
    strict: false,
    options: { lessons: { type: "string", multiple: true } },
  });
  return (values.lessons ?? []).filter((folder) => typeof folder === "string");
}

/** The folders given by `--lessons` in this command. */
let given: readonly string[] = [];

/**
 * Puts the folders of `--lessons` before those of RACELAB_LESSONS. They are kept in the environment, so that threads and
 * processes find them.
 */
export function addLessons(folders: readonly string[]): void {
  given = folders;
  process.env["RACELAB_LESSONS"] = [...new Set([...folders.map(realPath), ...authorFolders()])].join(delimiter);
}

/** The folders of lessons that are not the course's own. */
export const authorFolders = (): readonly string[] =>
  (process.env["RACELAB_LESSONS"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map(realPath);

/** Without symbolic links, because stacks name files so. */
const realPath = (folder: string): string => (existsSync(folder) ? realpathSync(folder) : resolve(folder));

/** ` --lessons DIR`, which the next command needs to find this lesson; empty for a lesson of the course. */
export const lessonsOption = (id: string): string =>
  lessonEntries().some((entry) => entry.id === id && entry.authorFolder) ? lessonsAsked() : "";
export const lessonsAsked = (): string => given.map((folder) => ` --lessons ${shellWord(folder)}`).join("");

/** Quoted, so that a shell reads the text as one word. */
export const shellWord = (text: string): string => (/^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** Is the lesson in a folder that `--lessons` names? */
export const isAsked = ({ authorFolder }: LessonEntry): boolean => given.some((folder) => realPath(folder) === authorFolder);

/** The lessons of the course alone, in the order of its groups. */
export const courseEntries = (): readonly LessonEntry[] =>
  entriesIn(join(rootFolder, "lessons"), null).toSorted((a, b) => placeOf(a.id) - placeOf(b.id));

/**
 * The lessons of the course, then those of each author's folder by number. Where two lessons have one id, the later one has a
 * fault.
 */
export function lessonEntries(): readonly LessonEntry[] {
  const entries = [...courseEntries()];
  for (const folder of authorFolders())
    for (const entry of entriesIn(usable(folder), folder)) {
      const same = entries.find(({ id }) => id === entry.id);
      const where = same?.authorFolder ? seenFrom(process.cwd(), same.folder) : "the course";
      const fault = same
        ? `${seenFrom(process.cwd(), entry.folder)}: there is a lesson "${entry.id}" already, in ${where}; rename this folder`
        : null;
      entries.push({ ...entry, fault });
    }
  return entries;
}

const NAME = /^(\d+)-(.+)$/;
const entryNames = (folder: string): readonly string[] => readdirSync(folder).filter((name) => NAME.test(name));

const entriesIn = (folder: string, authorFolder: string | null): readonly LessonEntry[] =>
  entryNames(folder)
    .map((name): LessonEntry => {
      const [, number, id] = NAME.exec(name)!;
      return { number: Number(number), id: id!, folder: join(folder, name), authorFolder, fault: null };
    })
    .sort((a, b) => a.number - b.number);

/** The author's folder, if it exists and has lessons; else `Unknown` with what to do. */
function usable(folder: string): string {
  const what = `"${folder}" (--lessons, RACELAB_LESSONS)`;
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Unknown(`there is no folder ${what}`);
  if (entryNames(folder).length > 0) return folder;
  if (existsSync(join(folder, "lesson.ts")))
    throw new Unknown(`${what} is a lesson itself: give the folder it is in, ${dirname(folder)}, and name it NN-id`);
  throw new Unknown(`${what} has no lessons, no folder named NN-id: racelab new lesson my-first --in ${folder} writes one`);
}

/** The `file:line` where an author's code threw this error; null: racelab's own code did. */
export function thrownByAuthor(error: unknown): string | null {
  const [place] = sourceLinesIn(error instanceof Error ? (error.stack ?? "") : "");
  if (!place) return null;
  const isAuthors = authorFolders().some((folder) => place.path.startsWith(`${folder}/`));
  return isAuthors || !place.path.startsWith(`${rootFolder}/`) ? `${seenFrom(process.cwd(), place.path)}:${place.line}` : null;
}

/** A lesson by its id or its number. Where two have the number, the lesson of the course. */
export function findLesson(name: string): LessonEntry {
  const entries = lessonEntries();
  const sound = entries.filter(({ fault }) => !fault);
  const found = [...sound, ...entries].find(({ id, number }) => name === id || Number(name) === number);
  if (!found)
    throw new Unknown(
      `no lesson is called "${name}": ${suggest(
        name,
        entries.map(({ id }) => id),
      )}`,
    );
  return found;
}

/**
 * The lesson as the rest of the program takes it: what its properties answer is one sentence, in this language. An author's
 * lesson that cannot be used is a `LessonFault`: one sentence with file and line.
 */
export async function loadLesson(entry: LessonEntry, language: Language): Promise<Lesson> {
  const lesson = await asWritten(entry);
  if (!entry.authorFolder) return lessonIn(language, lesson);
  const { propertyFault } = await import("./author-lessons.js");
  return lessonIn(language, lesson, (property, says) => propertyFault(entry.folder, property, says));
}

/** The lesson as its author wrote it, in both languages. */
async function asWritten({ folder, authorFolder, fault }: LessonEntry): Promise<Lesson<Text>> {
  if (!authorFolder) {
    const path = moduleOf(folder, "lesson");
    if (!existsSync(path)) throw new LessonFault(notBuilt(`lessons/${basename(folder)}`));
    return ((await import(pathToFileURL(path).href)) as { default: Lesson<Text> }).default;
  }
  if (fault) throw new LessonFault(fault);
  return (await import("./author-lessons.js")).loadAuthorLesson(folder, strategyIds());
}

/** The module of a lesson that runs, for a process that knows no lesson but this. */
export async function lessonModule({ folder, authorFolder }: LessonEntry): Promise<string> {
  if (!authorFolder) return moduleOf(folder, "lesson");
  return (await import("./author-lessons.js")).compiledLesson(folder);
}

/** The path of a module of the course that runs, by the folder of its source and its name. */
const moduleOf = (folder: string, name: string): string =>
  join(codeFolder, "..", "lessons", basename(folder), `${name}${extension}`);

/** A clone runs what `npm run prepare` has built of it. */
const notBuilt = (what: string): string => `${what} is not built yet: run npm run prepare, then try again`;

/** The strategies of the course by name, `none` first. */
export const strategyIds = (): readonly string[] => {
  const ids = readdirSync(join(codeFolder, "strategies")).flatMap((file) =>
    file.endsWith(extension) && !file.endsWith(".d.ts") ? [file.slice(0, -3)] : [],
  );
  return ["none", ...ids.filter((id) => id !== "none").sort()];
};

export async function loadStrategy(id: string): Promise<Strategy> {
  const ids = strategyIds();
  if (!ids.includes(id)) throw new Unknown(`no strategy is called "${id}": ${suggest(id, ids)}`);
  const { default: strategy } = (await import(new URL(`../strategies/${id}${extension}`, import.meta.url).href)) as {
    default?: Strategy;
  };
  if (!strategy) throw new Impossible(`src/strategies/${id}.ts has no default export: write export default strategy({ … })`);
  return strategy;
}

/** A variant of the lesson, or a strategy of the course. */
export const strategyOf = async ({ variants = {} }: Lesson, id: string): Promise<Strategy> => variants[id] ?? loadStrategy(id);

/** The strategies that a lesson makes claims about, in their order; where it claims nothing, all of the course. */
export const strategiesOf = ({ claims }: Lesson): readonly string[] =>
  claims && claims.length > 0 ? [...new Set(claims.map(({ strategy }) => strategy))] : strategyIds();

/** A lesson's exercise: what the learner begins with, one solution, and wrong answers with their misconceptions. */
export interface Exercise {
  readonly start: Strategy;
  readonly solution: Strategy;
  readonly wrong: readonly {
    readonly id: string;
    readonly strategy: Strategy;
    readonly misconception: string;
    /** The property that it breaks. */
    readonly breaks: string;
  }[];
}

/** What a file of an exercise exports. */
type Answer = { readonly default: Strategy; readonly misconception?: string; readonly breaks?: string };

/** Null where the lesson has no exercise. One of an author's that cannot be used is a `LessonFault`. */
export async function exerciseOf({ folder, authorFolder }: LessonEntry): Promise<Exercise | null> {
  if (!existsSync(join(folder, "exercise"))) return null;
  const load = async (name: string): Promise<Answer> =>
    authorFolder
      ? (await import("./author-lessons.js")).loadAuthorStrategy(folder, `exercise/${name}`)
      : import(pathToFileURL(moduleOf(folder, `exercise/${name}`)).href);
  const wrongs = join(folder, "exercise", "wrong");
  const files = existsSync(wrongs) ? readdirSync(wrongs).filter((file) => /\.[jt]s$/.test(file) && !file.endsWith(".d.ts")) : [];
  const [start, solution] = [(await load("start")).default, (await load("solution")).default];
  const wrong: Exercise["wrong"][number][] = [];
  for (const file of files) {
    const id = file.slice(0, -3);
    const { default: strategy, misconception = "", breaks = "" } = await load(`wrong/${id}`);
    wrong.push({ id, strategy, misconception, breaks });
  }
  return { start, solution, wrong };
}
