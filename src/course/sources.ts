/** The texts that people read: stories, hints, and source as its author wrote it. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { LessonFault } from "../core/failure.js";
import type { Language } from "../core/language.js";
import { seenFrom } from "../core/source-line.js";
import type { Source } from "../report/views.js";
import { type LessonEntry, strategyIds } from "./catalog.js";
import { rootFolder } from "./folders.js";

export const lessonSource = ({ folder }: LessonEntry): Source =>
  readSource(["lesson.ts", "lesson.js"].map((file) => join(folder, file)).find((file) => existsSync(file)) ?? folder);

/** The story that a learner reads first. */
export const lessonStory = ({ folder }: LessonEntry, language: Language): Source => {
  const stories = [`README.${language}.md`, "README.md"].map((file) => join(folder, file));
  const story = stories.find((file) => existsSync(file));
  if (!story) throw new LessonFault(`${seenFrom(process.cwd(), stories[1]!)} is missing: the story that the learner reads first`);
  return readSource(story);
};

/** Three hints, each of which says more than the one before. */
export const lessonHints = ({ folder }: LessonEntry, language: Language): readonly string[] => {
  const translated = join(folder, `hints.${language}.md`);
  const { text } = readSource(existsSync(translated) ? translated : join(folder, "hints.md"));
  return text
    .split(/^## \d+$/m)
    .slice(1)
    .map((hint) => hint.trim());
};

/** What a learner begins with; null where the lesson has no exercise. */
export const exerciseStart = ({ folder }: LessonEntry): string | null => {
  const path = join(folder, "exercise", "start.ts");
  return existsSync(path) ? readFileSync(path, "utf8") : null;
};
export const exerciseSolution = ({ folder }: LessonEntry): Source => readSource(join(folder, "exercise", "solution.ts"));

/** A strategy of the course. */
export const strategySource = (id: string): Source => readSource(strategyFile(id));
/** The TypeScript of every strategy of the course. */
export const strategyFiles = (): readonly string[] => strategyIds().map(strategyFile);
const strategyFile = (id: string) => join(rootFolder, "src", "strategies", `${id}.ts`);

/** The name of a file for a reader: of racelab's own files the path in the clone, of others as seen from the current folder. */
export const sourceName = (path: string): string =>
  path.startsWith(`${rootFolder}/`) ? relative(rootFolder, path) : seenFrom(process.cwd(), path);

const readSource = (path: string): Source => ({ file: sourceName(path), text: readFileSync(path, "utf8") });
