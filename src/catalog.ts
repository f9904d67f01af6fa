/**
 * Finds lessons and strategies by folder and file name. Works from the built program and from source
 * alike: it looks beside itself.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Language, Lesson } from "./core/lesson.js";
import type { Strategy } from "./core/strategy.js";

/** An id that names nothing: the sentence says what there is. */
export class Unknown extends Error {
  override readonly name = "Unknown";
}

/** `--lang` (kept in RACELAB_LANG, so that threads know it too), else what the locale says. */
export const language = (): Language =>
  /^ko/i.test(process.env["RACELAB_LANG"] || process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"] || "")
    ? "ko"
    : "en";

const here = fileURLToPath(new URL(".", import.meta.url));
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
/** The TypeScript that people read: in a clone and in the package it lies beside `dist`. */
const sources = extension === ".ts" ? join(here, "..") : join(here, "..", "..");

/** `NN-id`: the number orders the course. */
export interface LessonEntry {
  readonly number: number;
  readonly id: string;
  /** The module to import, and the folder with what people read. */
  readonly module: string;
  readonly folder: string;
}

/** The course, and the lessons of `RACELAB_LESSONS`, a folder of the user's own. */
export const lessonEntries = (): readonly LessonEntry[] => {
  const own = process.env["RACELAB_LESSONS"];
  const course = entriesIn(join(here, "..", "lessons"), join(sources, "lessons"));
  return [...course, ...(own ? entriesIn(resolve(own), resolve(own)) : [])].sort((a, b) => a.number - b.number);
};

const entriesIn = (modules: string, folders: string): LessonEntry[] =>
  readdirSync(modules).flatMap((name) => {
    const [, number, id] = /^(\d+)-(.+)$/.exec(name) ?? [];
    return number && id
      ? [{ number: Number(number), id, module: join(modules, name, `lesson${extension}`), folder: join(folders, name) }]
      : [];
  });

/** A lesson by its id or its number. */
export function findLesson(name: string): LessonEntry {
  const entries = lessonEntries();
  const found = entries.find(({ id, number }) => name === id || Number(name) === number);
  if (!found)
    throw new Unknown(
      `no lesson is called "${name}": ${suggest(
        name,
        entries.map(({ id }) => id),
      )}`,
    );
  return found;
}

export async function loadLesson({ module }: LessonEntry): Promise<Lesson> {
  return ((await import(pathToFileURL(module).href)) as { default: Lesson }).default;
}

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
  return ((await import(new URL(`./strategies/${id}${extension}`, import.meta.url).href)) as { default: Strategy }).default;
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

/** Null where the lesson has none. */
export async function exerciseOf({ module }: LessonEntry): Promise<Exercise | null> {
  const folder = join(dirname(module), "exercise");
  if (!existsSync(folder)) return null;
  const load = async (file: string) =>
    (await import(pathToFileURL(join(folder, file)).href)) as { default: Strategy; misconception?: string; breaks?: string };
  const names = existsSync(join(folder, "wrong"))
    ? readdirSync(join(folder, "wrong")).filter((file) => file.endsWith(extension) && !file.endsWith(".d.ts"))
    : [];
  const wrong = names.map(async (file) => {
    const { default: strategy, misconception = "", breaks = "" } = await load(join("wrong", file));
    return { id: file.slice(0, -3), strategy, misconception, breaks };
  });
  return {
    start: (await load(`start${extension}`)).default,
    solution: (await load(`solution${extension}`)).default,
    wrong: await Promise.all(wrong),
  };
}

/** What a person reads: the source as its author wrote it, and the story. */
export const lessonSource = ({ folder }: LessonEntry) => readSource(join(folder, "lesson.ts"));
export const lessonStory = ({ folder }: LessonEntry) => {
  const translated = join(folder, `README.${language()}.md`);
  return readSource(existsSync(translated) ? translated : join(folder, "README.md"));
};
export const strategySource = (id: string) => readSource(join(sources, "src", "strategies", `${id}.ts`));

const readSource = (path: string) => ({ file: relative(sources, path), text: readFileSync(path, "utf8") });

/** "did you mean …" where one is near, else the list. */
export function suggest(name: string, known: readonly string[]): string {
  const near = known.find((id) => distance(name, id) <= 2 || (name.length > 2 && id.startsWith(name)));
  return near ? `did you mean ${near}?` : `there is ${known.join(", ")}`;
}

/** Levenshtein's edit distance; ids are short. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
