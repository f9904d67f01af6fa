/**
 * What racelab remembers of a learner, lesson by lesson: `load`, and a method for each fact. A fact is on disk when its
 * method returns.
 */
import { createHash } from "node:crypto";
import type { Try, Verification } from "../report/judgement.js";
import { Folder, stateFolder } from "./folder.js";

/** Where the learner stopped: enough to show the same picture again. */
interface SavedPosition {
  readonly screen: string;
  readonly strategy?: string;
  readonly size?: Readonly<Record<string, number>>;
  readonly faults?: Readonly<Record<string, number>>;
  readonly step?: number;
  readonly schedule?: string;
}

/** A point in a schedule that the learner wants to come back to; `at` is ISO 8601, as in all facts. */
export interface Bookmark {
  readonly strategy: string;
  readonly size?: Readonly<Record<string, number>>;
  readonly faults?: Readonly<Record<string, number>>;
  /** The choices made so far. */
  readonly schedule: string;
  readonly at: string;
}

/** The last answer to one question of a lesson; questions count from 0. `given` are indexes of options. */
export interface SavedAnswer {
  readonly question: number;
  readonly given: readonly number[];
  readonly score: number;
  readonly of: number;
  /** Of the whole prediction: 0 a guess, 1 fairly sure, 2 sure. */
  readonly sure?: number;
  readonly at: string;
}

/** A try, with a copy of the file as it was then. */
interface SavedTry extends Try {
  /** Absolute path of the copy. */
  readonly copy: string;
}

export interface LessonProgress {
  /** When the lesson was first opened; null: never. */
  readonly opened: string | null;
  readonly position: SavedPosition | null;
  readonly answers: readonly SavedAnswer[];
  /** Oldest first. */
  readonly bookmarks: readonly Bookmark[];
  /** Oldest first. */
  readonly tries: readonly SavedTry[];
  /** When the first right try was made; null: none was. */
  readonly solved: string | null;
  /** The stages that were done, by the ids of their screens. */
  readonly stages: readonly string[];
}

/**
 * The shapes of saved facts. A file may come from a later racelab, from an editor or from the judged code, and the screens take
 * every field at its word: so each is looked at. What this racelab does not know of is left alone.
 */
type Is = (value: unknown) => boolean;
type Shape<T> = { readonly [field in keyof T]-?: Is };
const isText: Is = (value) => typeof value === "string";
const isNumber: Is = (value) => Number.isFinite(value);
const isTime: Is = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
const isNumbers: Is = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isNumber);
const maybe =
  (is: Is): Is =>
  (value) =>
    value === undefined || is(value);
const orNull =
  (is: Is): Is =>
  (value) =>
    value === null || is(value);
const isDigits: Is = (value) => typeof value === "string" && /^\d+$/.test(value);

const shaped =
  <T>(shape: Shape<T>) =>
  (value: Partial<T>): boolean =>
    (Object.entries(shape) as [keyof T, Is][]).every(([field, is]) => is(value[field]));

const isOpening = shaped<{ at: string }>({ at: isTime });
const isPosition = shaped<SavedPosition>({
  screen: isText,
  strategy: maybe(isText),
  size: maybe(isNumbers),
  faults: maybe(isNumbers),
  step: maybe(isNumber),
  schedule: maybe(isText),
});
const isAnswer = shaped<SavedAnswer>({
  question: isNumber,
  given: (value) => Array.isArray(value) && value.every(isNumber),
  score: isNumber,
  of: isNumber,
  sure: maybe(isNumber),
  at: isTime,
});
const isBookmark = shaped<Bookmark>({
  strategy: isText,
  size: maybe(isNumbers),
  faults: maybe(isNumbers),
  schedule: isText,
  at: isTime,
});
const verdicts: readonly unknown[] = ["right", "wrong", "incomplete", "error"] satisfies Try["verdict"][];
const isTry = shaped<SavedTry>({
  at: isTime,
  verdict: (value) => verdicts.includes(value),
  summary: isText,
  schedules: orNull(isDigits),
  violating: orNull(isDigits),
  steps: orNull(isNumber),
  overProtected: (value) => typeof value === "boolean",
  copy: isText,
});

/** What is remembered of the learner whose environment this is. */
export const learnerProgress = (env: Parameters<typeof stateFolder>[0]): LearnerProgress =>
  new LearnerProgress(new Folder(stateFolder(env)));

export class LearnerProgress {
  readonly #folder: Folder;
  #tries = 0;
  #last: string | null = null;

  constructor(folder = new Folder()) {
    this.#folder = folder;
  }

  /** Takes the sentences for the learner that were not taken yet. */
  notices(): readonly string[] {
    return this.#folder.notices.splice(0);
  }

  load(lesson: string): LessonProgress {
    const folder = this.#folder;
    // Removes drafts that a killed racelab left.
    folder.names(lesson);
    const answers = folder.names(`${lesson}/answers`).flatMap((name) => {
      if (!/^\d+\.json$/.test(name)) return [];
      return folder.read<SavedAnswer>(`${lesson}/answers/${name}`, isAnswer) ?? [];
    });
    const bookmarks = folder.names(`${lesson}/bookmarks`).flatMap((name) => {
      if (!/^[\da-f]+\.json$/.test(name)) return [];
      return folder.read<Bookmark>(`${lesson}/bookmarks/${name}`, isBookmark) ?? [];
    });
    const tries = folder.names(`${lesson}/tries`).flatMap((name) => {
      if (!/^[\dTZ.-]+\.json$/.test(name)) return [];
      return folder.read<SavedTry>(`${lesson}/tries/${name}`, isTry) ?? [];
    });
    return {
      opened: folder.read<{ at: string }>(`${lesson}/opened.json`, isOpening)?.at ?? null,
      position: folder.read<SavedPosition>(`${lesson}/place.json`, isPosition),
      answers: answers.sort((a, b) => a.question - b.question),
      bookmarks: bookmarks.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
      tries,
      solved: tries.find(({ verdict }) => verdict === "right")?.at ?? null,
      stages: folder.names(`${lesson}/stages`).flatMap((name) => /^([a-z]+)\.json$/.exec(name)?.[1] ?? []),
    };
  }

  /** Saves when the lesson was opened, the first time only. */
  opened(lesson: string): void {
    if (!this.#folder.names(lesson).includes("opened.json")) this.#folder.save(`${lesson}/opened.json`, { at: now() });
  }

  /** Saves when a stage of the lesson was done, the first time only. */
  stageDone(lesson: string, stage: string): void {
    const folder = `${lesson}/stages`;
    if (!this.#folder.names(folder).includes(`${stage}.json`)) this.#folder.save(`${folder}/${stage}.json`, { at: now() });
  }

  /** Saves the position, and this lesson as the last one. */
  savePosition(lesson: string, position: SavedPosition): void {
    this.#folder.save(`${lesson}/place.json`, position);
    if (this.#last === lesson) return;
    this.#folder.save("last.json", { lesson });
    this.#last = lesson;
  }

  /** The lesson whose position was saved last; null: none. */
  last(): string | null {
    return this.#folder.read<{ lesson: string }>("last.json", ({ lesson }) => isText(lesson))?.lesson ?? null;
  }

  /** The theme that the learner has chosen for all lessons; null: none. */
  theme(): string | null {
    return this.#folder.read<{ theme: string }>("theme.json", ({ theme }) => isText(theme))?.theme ?? null;
  }

  saveTheme(theme: string): void {
    this.#folder.save("theme.json", { theme });
  }

  /** Saves a copied text, for terminals that do not take it. The path; null: it cannot be saved. */
  keepCopy(text: string): string | null {
    return this.#folder.write("copied.txt", text) ? `${this.#folder.path}/copied.txt` : null;
  }

  recordAnswer(lesson: string, answer: Omit<SavedAnswer, "at">): void {
    this.#folder.save(`${lesson}/answers/${answer.question}.json`, { ...answer, at: now() });
  }

  /** Saves a bookmark; one that is kept already is replaced. */
  keepBookmark(lesson: string, bookmark: Omit<Bookmark, "at">): void {
    this.#folder.save(`${lesson}/bookmarks/${bookmarkName(bookmark)}`, { ...bookmark, at: now() });
  }

  dropBookmark(lesson: string, bookmark: Omit<Bookmark, "at">): void {
    this.#folder.remove(`${lesson}/bookmarks/${bookmarkName(bookmark)}`);
  }

  /** Saves a copy of the file, then the result. False: it could not be saved. */
  recordTry(verification: Verification): boolean {
    const { lesson, text, verdict, results, failure, overProtected } = verification;
    const at = now();
    // Process and number make the name unique: two racelabs may watch one file, and two tries may have one time.
    const name = `${lesson}/tries/${at.replaceAll(":", ".")}-${process.pid}-${this.#tries++}`;
    const failed = results.find(({ status }) => status === "violated");
    const kept: SavedTry = {
      at,
      verdict,
      summary: summaryOf(verification),
      schedules: failed?.schedules?.toString() ?? null,
      violating: failed?.violating?.toString() ?? null,
      steps: failure?.steps.length ?? null,
      overProtected: Boolean(overProtected?.length),
      copy: `${this.#folder.path}/${name}.ts`,
    };
    return this.#folder.write(`${name}.ts`, text) && this.#folder.save(`${name}.json`, kept);
  }
}

/** The name of a bookmark is a hash of its point, so the same point is one file, from two racelabs as well. */
export function bookmarkName({ strategy, size = {}, faults = {}, schedule }: Omit<Bookmark, "at">): string {
  const sorted = (values: Readonly<Record<string, number>>) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const point = JSON.stringify([strategy, sorted(size), sorted(faults), schedule]);
  return `${createHash("sha256").update(point).digest("hex").slice(0, 16)}.json`;
}

/** The result of a try in a few words. */
export function summaryOf({ verdict, problem, failure, looksLike, overProtected }: Verification): string {
  if (problem) return problem.sentence;
  if (failure) return looksLike?.misconception ?? failure.property;
  return verdict === "right" && overProtected?.length ? "right, but it does more than it has to" : verdict;
}

/** How far the learner is with a lesson. */
export type LessonState = "new" | "opened" | "predicted" | "tried" | "solved";

export function lessonState({ opened, answers, tries, solved }: LessonProgress): LessonState {
  if (solved) return "solved";
  if (tries.length > 0) return "tried";
  if (answers.length > 0) return "predicted";
  return opened ? "opened" : "new";
}

const now = (): string => new Date().toISOString();
