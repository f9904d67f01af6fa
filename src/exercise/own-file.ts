/** The learner's own file: `racelab/<lesson>.ts` in the current folder, unless another is named. It is never overwritten. */
import { dirname, join, resolve } from "node:path";
import type { LessonEntry } from "../course/catalog.js";
import { exerciseStart } from "../course/sources.js";
import { makeFolder, writeNew } from "../files/writing.js";

export const ownFile = ({ id }: LessonEntry, named?: string): string => resolve(named ?? join("racelab", `${id}.ts`));

/** Writes the start of the exercise if the file is missing. True: it was written. */
export function begin(entry: LessonEntry, file: string): boolean {
  const start = exerciseStart(entry);
  if (start === null) throw new TypeError(`lesson ${entry.id} has no exercise`);
  makeFolder(dirname(file));
  try {
    writeNew(file, start);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
