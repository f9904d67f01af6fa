/** What the screens ask of a learner's own file: watched, checked on each save, and no version of it ever lost. */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exerciseStart, findLesson, sourceName } from "../course/catalog.js";
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

/** Failing schedules that a learner can look at. */
export const FAILING = 8;

/** `changed` is called when something new is known of a lesson. */
export function exercises(progress: LearnerProgress, changed: (lesson: string) => void): Exercises {
  /** Saved, and not taken up by a check yet: two saves may come before one frame. */
  let waiting: { readonly lesson: string; readonly seen: FileVersion } | null = null;

  const record = (verification: Verification): boolean => {
    changed(verification.lesson);
    return progress.recordTry(verification);
  };
  /** A version that nobody has judged, so that it can be found again. */
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
        const judged = await verify({ lesson, file: path, text: text ?? "", failing: FAILING }, onResult, signal);
        if (isSave) record(judged);
        return { judged, before, tries: progress.load(lesson).tries, notices: progress.notices() };
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
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** The last version that was saved and was different; before the first one, what everybody begins with. */
function textBefore(progress: LearnerProgress, lesson: string, now: string): string | null {
  for (const { copy } of [...progress.load(lesson).tries].reverse()) {
    const text = textOf(copy);
    if (text !== null && text !== now) return text;
  }
  const start = exerciseStart(findLesson(lesson));
  return start === now ? null : start;
}

/** The new file or the old one, never half of one. */
function replace(path: string, text: string): void {
  const folder = mkdtempSync(join(dirname(path), ".racelab-"));
  try {
    writeFileSync(join(folder, "new"), text);
    renameSync(join(folder, "new"), path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
