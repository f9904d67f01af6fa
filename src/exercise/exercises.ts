/**
 * A learner's own file for the screens: it is watched, checked on each save, and no version of it is lost. A version whose check
 * was stopped, or whose check a newer save made useless, is kept as a try all the same.
 */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Language } from "../core/language.js";
import { messageIn } from "../core/messages.js";
import { findLesson } from "../course/catalog.js";
import { exerciseStart, sourceName } from "../course/sources.js";
import { whyNoText } from "../files/reading.js";
import {
  type Exercises,
  type FileVersion,
  nothingPrinted,
  type Problem,
  unjudged,
  type Verification,
} from "../report/judgement.js";
import type { LearnerProgress } from "../saved/progress.js";
import { begin, ownFile } from "./own-file.js";
import { onEachSave } from "./saves.js";
import { verify } from "./verify.js";

/** Failing schedules that a learner can look at: the smallest, one for each wrong end, then the first in order of tasks. */
export const FAILING = 8;

/** `changed` is called when a lesson has a new try, or was opened. */
export function exercises(progress: LearnerProgress, language: Language, changed: (lesson: string) => void): Exercises {
  /** The last save whose check has not begun. Two saves may come before one frame. */
  let waiting: { readonly lesson: string; readonly seen: FileVersion } | null = null;

  const record = (verification: Verification): boolean => {
    changed(verification.lesson);
    return progress.recordTry(verification);
  };
  /** Keeps a version that was not judged, so that the learner finds it again. False: it could not be kept. */
  const keep = (lesson: string, { path, text }: Pick<FileVersion, "path" | "text">, sentence: string): boolean => {
    if (text === null) return true;
    const problem: Problem = { kind: "stopped", sentence, line: null };
    return record({ lesson, file: path, text, printed: nothingPrinted, ms: 0, ...unjudged(problem) });
  };

  return {
    watch(lesson, on, signal) {
      const entry = findLesson(lesson);
      const path = ownFile(entry);
      begin(entry, path);
      progress.opened(lesson);
      changed(lesson);
      return new Promise((_, reject) => {
        let saves = -1;
        const stop = (): void => reject(new Error("stopped"));
        if (signal.aborted) return stop();
        signal.addEventListener("abort", stop, { once: true });
        onEachSave(
          path,
          (text) => {
            saves++;
            const savedAt = saves === 0 ? null : new Date().toISOString();
            const seen: FileVersion = { name: sourceName(path), path, text, saves, savedAt };
            if (waiting) keep(waiting.lesson, waiting.seen, "saved again before it was checked");
            waiting = saves > 0 ? { lesson, seen } : null;
            on(seen);
          },
          signal,
        );
      });
    },

    async check(lesson, seen, on, signal) {
      const { path, text, saves } = seen;
      const isSave = saves > 0;
      if (waiting?.seen === seen) waiting = null;
      const results: Verification["results"][number][] = [];
      const before = textBefore(progress, lesson, text ?? "");
      try {
        const onResult = (result: Verification["results"][number]): void => {
          results.push(result);
          on([...results]);
        };
        const judged = await verify({ lesson, file: path, text: text ?? "", language, failing: FAILING }, onResult, signal);
        if (isSave) record(judged);
        return {
          judged,
          before,
          tries: progress.load(lesson).tries,
          notices: progress.notices().map((notice) => messageIn(notice, language)),
        };
      } catch (error) {
        if (isSave && signal.aborted) keep(lesson, seen, "the check was stopped before it was over");
        throw error;
      }
    },

    async reset(lesson) {
      const entry = findLesson(lesson);
      const path = ownFile(entry);
      if (!keep(lesson, { path, text: textOf(path) }, "as it was before the reset"))
        throw new Error(`not reset: what is in ${sourceName(path)} could not be kept. ${progress.notices().join(" ")}`);
      replace(path, exerciseStart(entry) ?? "");
    },
  };
}

function textOf(path: string): string | null {
  try {
    return whyNoText(path) ? null : readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** The last saved version that is different from `now`, else the start of the exercise; null: there is none. */
function textBefore(progress: LearnerProgress, lesson: string, now: string): string | null {
  for (const { copy } of [...progress.load(lesson).tries].reverse()) {
    const text = textOf(copy);
    if (text !== null && text !== now) return text;
  }
  const start = exerciseStart(findLesson(lesson));
  return start === now ? null : start;
}

/** Renames a new file over the old one, so that a reader never sees half a file. */
function replace(path: string, text: string): void {
  const folder = mkdtempSync(join(dirname(path), ".racelab-"));
  try {
    writeFileSync(join(folder, "new"), text);
    renameSync(join(folder, "new"), path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
