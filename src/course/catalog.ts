/**
 * Finds lessons and strategies by folder and file name. Works from the built program and from source
 * alike: it looks beside itself.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { LessonFault } from "../core/failure.js";
import { inLanguage, type Language, type Lesson, lessonIn, type Text } from "../core/lesson.js";
import { seenFrom, sourceLinesIn } from "../core/source-line.js";
import type { Strategy } from "../core/strategy.js";
import { suggest } from "../core/suggest.js";

/** An id that names nothing: the sentence says what there is. */
export class Unknown extends Error {
  override readonly name = "Unknown";
}

/** `--lang` (kept in RACELAB_LANG, so that threads know it too), else what the locale says. */
export const language = (): Language =>
  /^ko/i.test(process.env["RACELAB_LANG"] || process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"] || "")
    ? "ko"
    : "en";

/** The text in the course's language. */
export const say = (text: Text): string => inLanguage(text, language());

const here = fileURLToPath(new URL("..", import.meta.url));
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
/** The TypeScript that people read: in a clone and in the package it lies beside `dist`. */
const sources = extension === ".ts" ? join(here, "..") : join(here, "..", "..");

/** `NN-id`: the number orders the course. */
export interface LessonEntry {
  readonly number: number;
  readonly id: string;
  /** What people read; of a lesson from outside it is also what is compiled when it is opened. */
  readonly folder: string;
  /** The folder of the user's own that it is in; null: the course. */
  readonly outside: string | null;
  /** Why it cannot be opened, known by its name alone; null: nothing is known. */
  readonly fault: string | null;
}

/** `--lessons` goes before what the environment says. Kept there, so that threads know it too. */
export function addLessons(folders: readonly string[]): void {
  asked = folders;
  const given = [...folders.map(realPath), ...outsideFolders()];
  process.env["RACELAB_LESSONS"] = [...new Set(given)].join(delimiter);
}
let asked: readonly string[] = [];

/** The folders of the user's own, in their order. */
export const outsideFolders = (): readonly string[] =>
  (process.env["RACELAB_LESSONS"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map(realPath);

/** As stacks name it: without symbolic links. */
const realPath = (folder: string): string => (existsSync(folder) ? realpathSync(folder) : resolve(folder));

/** What a command that is to be typed next has to say so that this lesson is found: ` --lessons DIR`, or nothing. */
export const lessonsOption = (id: string): string =>
  lessonEntries().some((entry) => entry.id === id && entry.outside) ? lessonsAsked() : "";
export const lessonsAsked = (): string => asked.map((folder) => ` --lessons ${word(folder)}`).join("");

/** As a shell takes it for one word. */
export const word = (text: string): string => (/^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** Was this lesson asked for by `--lessons`? */
export const isAsked = ({ outside }: LessonEntry): boolean => asked.some((folder) => realPath(folder) === outside);

/** The course alone. */
export const courseEntries = (): readonly LessonEntry[] => namesIn(join(sources, "lessons")).map((name) => entryOf(name, null));

/** The course, and the lessons of the user's own folders. An id that is taken is a fault of the one that comes later. */
export function lessonEntries(): readonly LessonEntry[] {
  const entries = [...courseEntries()];
  for (const outside of outsideFolders())
    for (const entry of namesIn(usable(outside)).map((name) => entryOf(name, outside))) {
      const same = entries.find(({ id }) => id === entry.id);
      const where = same?.outside ? seenFrom(process.cwd(), same.folder) : "the course";
      const fault = same
        ? `${seenFrom(process.cwd(), entry.folder)}: there is a lesson "${entry.id}" already, in ${where}; rename this folder`
        : null;
      entries.push({ ...entry, fault });
    }
  return entries.sort((a, b) => a.number - b.number);
}

const NAME = /^(\d+)-(.+)$/;
const namesIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => NAME.test(name));

function entryOf(name: string, outside: string | null): LessonEntry {
  const [, number, id] = NAME.exec(name)!;
  return { number: Number(number), id: id!, folder: join(outside ?? join(sources, "lessons"), name), outside, fault: null };
}

/** A folder that was given for lessons, and has some. */
function usable(folder: string): string {
  const what = `"${folder}" (--lessons, RACELAB_LESSONS)`;
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Unknown(`there is no folder ${what}`);
  if (namesIn(folder).length > 0) return folder;
  if (existsSync(join(folder, "lesson.ts")))
    throw new Unknown(`${what} is a lesson itself: give the folder it is in, ${dirname(folder)}, and name it NN-id`);
  throw new Unknown(`${what} has no lessons, no folder named NN-id: racelab new lesson my-first --in ${folder} writes one`);
}

/** Where the code of a lesson from outside threw, while racelab was in the middle of something; null: it was not such code. */
export function thrownOutside(error: unknown): string | null {
  const [place] = sourceLinesIn(error instanceof Error ? (error.stack ?? "") : "");
  if (!place) return null;
  const own = outsideFolders().some((folder) => place.path.startsWith(`${folder}/`));
  return own || !place.path.startsWith(`${sources}/`) ? `${seenFrom(process.cwd(), place.path)}:${place.line}` : null;
}

/** A lesson by its id or its number; where two have the number, the course's own. */
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

/** The lesson, in the course's language; of one from outside that cannot be used a `LessonFault`, one sentence with file and line. */
export const loadLesson = async (entry: LessonEntry): Promise<Lesson> => lessonIn(language(), await written(entry));

/** As its author wrote it. */
async function written({ folder, outside, fault }: LessonEntry): Promise<Lesson<Text>> {
  if (!outside) return ((await import(moduleOf(folder, "lesson"))) as { default: Lesson<Text> }).default;
  if (fault) throw new LessonFault(fault);
  return (await import("./outside.js")).loadOutside(folder, strategyIds());
}

/** A module of the course, by the folder and the name that people know. */
const moduleOf = (folder: string, name: string): string =>
  pathToFileURL(join(here, "..", "lessons", basename(folder), `${name}${extension}`)).href;

/** `none` first, because everything starts there; the rest by name. */
export const strategyIds = (): readonly string[] => {
  const ids = readdirSync(join(here, "strategies")).flatMap((file) =>
    file.endsWith(extension) && !file.endsWith(".d.ts") ? [file.slice(0, -3)] : [],
  );
  return ["none", ...ids.filter((id) => id !== "none").sort()];
};

export async function loadStrategy(id: string): Promise<Strategy> {
  const ids = strategyIds();
  if (!ids.includes(id)) throw new Unknown(`no strategy is called "${id}": ${suggest(id, ids)}`);
  return ((await import(new URL(`../strategies/${id}${extension}`, import.meta.url).href)) as { default: Strategy }).default;
}

/** A strategy of the course, or one of the lesson's own. */
export const strategyOf = async ({ variants = {} }: Lesson, id: string): Promise<Strategy> => variants[id] ?? loadStrategy(id);

/** The strategies that a lesson is about, in the order of its claims; all of the course where it claims nothing. */
export const strategiesOf = ({ claims }: Lesson): readonly string[] =>
  claims && claims.length > 0 ? [...new Set(claims.map(({ strategy }) => strategy))] : strategyIds();

/** A lesson's exercise: what the learner begins with, one solution, and answers that are wrong for a reason. */
export interface Exercise {
  readonly start: Strategy;
  readonly solution: Strategy;
  readonly wrong: readonly {
    readonly id: string;
    readonly strategy: Strategy;
    readonly misconception: string;
    readonly breaks: string;
  }[];
}

/** Null where the lesson has none. Of one from outside that cannot be used a `LessonFault`. */
export async function exerciseOf({ folder, outside }: LessonEntry): Promise<Exercise | null> {
  if (!existsSync(join(folder, "exercise"))) return null;
  const load = async (name: string): Promise<Answer> =>
    outside
      ? (await import("./outside.js")).loadOutsideStrategy(folder, `exercise/${name}`)
      : import(moduleOf(folder, `exercise/${name}`));
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

/** What a file of an exercise exports. */
type Answer = { readonly default: Strategy; readonly misconception?: string; readonly breaks?: string };

/** What `racelab new lesson` copies, and where the types are that it is written against. */
export const skeleton = {
  folder: join(sources, "lessons", "skeleton"),
  types: join(here, "api", extension === ".ts" ? "index.ts" : "index.d.ts"),
};

/** What a person reads: the source as its author wrote it, and the story. */
export const lessonSource = ({ folder }: LessonEntry) =>
  readSource(["lesson.ts", "lesson.js"].map((file) => join(folder, file)).find((file) => existsSync(file)) ?? folder);
export const lessonStory = ({ folder }: LessonEntry) => {
  const stories = [`README.${language()}.md`, "README.md"].map((file) => join(folder, file));
  const story = stories.find((file) => existsSync(file));
  if (!story) throw new LessonFault(`${seenFrom(process.cwd(), stories[1]!)} is missing: the story that the learner reads first`);
  return readSource(story);
};
/** Three hints, each of which says more than the one before. */
export const lessonHints = ({ folder }: LessonEntry): readonly string[] => {
  const translated = join(folder, `hints.${language()}.md`);
  const { text } = readSource(existsSync(translated) ? translated : join(folder, "hints.md"));
  return text
    .split(/^## \d+$/m)
    .slice(1)
    .map((hint) => hint.trim());
};
/** What a learner begins with, as its author wrote it; null where the lesson has no exercise. */
export const exerciseStart = ({ folder }: LessonEntry): string | null => {
  const path = join(folder, "exercise", "start.ts");
  return existsSync(path) ? readFileSync(path, "utf8") : null;
};
export const exerciseSolution = ({ folder }: LessonEntry) => readSource(join(folder, "exercise", "solution.ts"));
export const strategySource = (id: string) => readSource(strategyFile(id));

/** What threads and processes start with: as the last build made it, also from source (tests, `tsx`). */
export const builtModule = (path: string): URL => pathToFileURL(join(sources, "dist", "src", path));

/** The script and the style of an exported page, as the last build made them. */
export const pageAssets = () => {
  const folder = join(sources, "dist", "src", "export", "page");
  const read = (file: string) => readFileSync(join(folder, file), "utf8").trim();
  return { script: read("browser.js"), style: read("style.css") };
};

const strategyFile = (id: string) => join(sources, "src", "strategies", `${id}.ts`);
/** The TypeScript of every strategy of the course. */
export const strategyFiles = (): readonly string[] => strategyIds().map(strategyFile);

/** Racelab's own by its place in the clone, somebody's own as seen from where they are. */
export const sourceName = (path: string): string =>
  path.startsWith(`${sources}/`) ? relative(sources, path) : seenFrom(process.cwd(), path);
const readSource = (path: string) => ({ file: sourceName(path), text: readFileSync(path, "utf8") });
