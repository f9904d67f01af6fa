/**
 * What racelab remembers of a learner, lesson by lesson. A small API for screens and commands: `load`, and one
 * function for each fact. Everything is saved when the function returns.
 */
import { createHash } from "node:crypto";
import type { Try, Verification } from "../report/judgement.js";
import { Folder } from "./folder.js";

/** Where a learner stopped: enough to show the same picture again. */
export interface SavedPosition {
  readonly screen: string;
  readonly strategy?: string;
  readonly size?: Readonly<Record<string, number>>;
  readonly faults?: Readonly<Record<string, number>>;
  readonly step?: number;
  readonly schedule?: string;
}

/** A point in a schedule that the learner wants to come back to. */
export interface Bookmark {
  readonly strategy: string;
  readonly size?: Readonly<Record<string, number>>;
  readonly faults?: Readonly<Record<string, number>>;
  /** The choices made so far. */
  readonly schedule: string;
  readonly at: string;
}

/** One answer to one question of a lesson, by the number of the question from 0. The last answer counts. */
export interface SavedAnswer {
  readonly question: number;
  readonly given: readonly number[];
  readonly score: number;
  readonly of: number;
  /** 0 a guess, 1 fairly sure, 2 sure; of the whole prediction. */
  readonly sure?: number;
  readonly at: string;
}

/** A try; the file as it was then lies beside it. */
interface SavedTry extends Try {
  /** Absolute path of the copy. */
  readonly copy: string;
}

export interface LessonProgress {
  readonly opened: string | null;
  readonly position: SavedPosition | null;
  readonly answers: readonly SavedAnswer[];
  /** Oldest first. */
  readonly bookmarks: readonly Bookmark[];
  /** Oldest first. */
  readonly tries: readonly SavedTry[];
  /** When the first right try was made. */
  readonly solved: string | null;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";

export class LearnerProgress {
  readonly #folder: Folder;
  #tries = 0;
  #last: string | null = null;

  constructor(folder = new Folder()) {
    this.#folder = folder;
  }

  /** Sentences for a person, each once: take them away when they have been said. */
  notices(): readonly string[] {
    return this.#folder.notices.splice(0);
  }

  load(lesson: string): LessonProgress {
    const folder = this.#folder;
    // Sweeps what a killed racelab left half written beside the place.
    folder.names(lesson);
    const answers = folder.names(`${lesson}/answers`).flatMap((name) => {
      if (!/^\d+\.json$/.test(name)) return [];
      return folder.read<SavedAnswer>(`${lesson}/answers/${name}`, (one) => isNumber(one.question) && isNumber(one.score)) ?? [];
    });
    const bookmarks = folder.names(`${lesson}/bookmarks`).flatMap((name) => {
      if (!/^[\da-f]+\.json$/.test(name)) return [];
      const is = (one: Partial<Bookmark>) => isText(one.strategy) && isText(one.schedule) && isText(one.at);
      return folder.read<Bookmark>(`${lesson}/bookmarks/${name}`, is) ?? [];
    });
    const tries = folder.names(`${lesson}/tries`).flatMap((name) => {
      if (!/^[\dTZ.-]+\.json$/.test(name)) return [];
      return folder.read<SavedTry>(`${lesson}/tries/${name}`, (one) => isText(one.at) && isText(one.verdict)) ?? [];
    });
    return {
      opened: folder.read<{ at: string }>(`${lesson}/opened.json`, ({ at }) => isText(at))?.at ?? null,
      position: folder.read<SavedPosition>(`${lesson}/place.json`, ({ screen }) => isText(screen)),
      answers: answers.sort((a, b) => a.question - b.question),
      bookmarks: bookmarks.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
      tries,
      solved: tries.find(({ verdict }) => verdict === "right")?.at ?? null,
    };
  }

  /** The first time counts. */
  opened(lesson: string): void {
    if (!this.#folder.names(lesson).includes("opened.json")) this.#folder.save(`${lesson}/opened.json`, { at: now() });
  }

  /** Makes this lesson the last one, too. */
  savePosition(lesson: string, place: SavedPosition): void {
    this.#folder.save(`${lesson}/place.json`, place);
    if (this.#last === lesson) return;
    this.#folder.save("last.json", { lesson });
    this.#last = lesson;
  }

  /** The lesson in which a place was saved last. */
  last(): string | null {
    return this.#folder.read<{ lesson: string }>("last.json", ({ lesson }) => isText(lesson))?.lesson ?? null;
  }

  /** Of no lesson: how the learner wants the screens to look; null: nothing has been chosen. */
  theme(): string | null {
    return this.#folder.read<{ theme: string }>("theme.json", ({ theme }) => isText(theme))?.theme ?? null;
  }

  saveTheme(theme: string): void {
    this.#folder.save("theme.json", { theme });
  }

  /** Something copied, for terminals that do not take it. Where it is; null: it cannot be kept. */
  keepCopy(text: string): string | null {
    return this.#folder.write("copied.txt", text) ? `${this.#folder.path}/copied.txt` : null;
  }

  recordAnswer(lesson: string, answer: Omit<SavedAnswer, "at">): void {
    this.#folder.save(`${lesson}/answers/${answer.question}.json`, { ...answer, at: now() });
  }

  /** The same point twice is one bookmark. */
  keepBookmark(lesson: string, bookmark: Omit<Bookmark, "at">): void {
    this.#folder.save(`${lesson}/bookmarks/${bookmarkName(bookmark)}`, { ...bookmark, at: now() });
  }

  dropBookmark(lesson: string, bookmark: Omit<Bookmark, "at">): void {
    this.#folder.remove(`${lesson}/bookmarks/${bookmarkName(bookmark)}`);
  }

  /** A copy of the file, and then what it came to. False: it could not be kept. */
  recordTry(verification: Verification): boolean {
    const { lesson, text, verdict, results, failure, overProtected } = verification;
    const at = now();
    // Two racelabs may watch the same file, and a clock may stand still: process and number are part of the name.
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

/** Named after the point: keeping it twice, or from two racelabs, is keeping it once. */
export function bookmarkName({ strategy, size = {}, faults = {}, schedule }: Omit<Bookmark, "at">): string {
  const sorted = (values: Readonly<Record<string, number>>) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const point = JSON.stringify([strategy, sorted(size), sorted(faults), schedule]);
  return `${createHash("sha256").update(point).digest("hex").slice(0, 16)}.json`;
}

/** A try in a few words. */
export function summaryOf({ verdict, problem, failure, looksLike, overProtected }: Verification): string {
  if (problem) return problem.sentence;
  if (failure) return looksLike?.misconception ?? failure.property;
  return verdict === "right" && overProtected?.length ? "right, but it does more than it has to" : verdict;
}

/** How far a learner is with a lesson, in a word. */
export type LessonState = "new" | "opened" | "predicted" | "tried" | "solved";

export function lessonState({ opened, answers, tries, solved }: LessonProgress): LessonState {
  if (solved) return "solved";
  if (tries.length > 0) return "tried";
  if (answers.length > 0) return "predicted";
  return opened ? "opened" : "new";
}

const now = (): string => new Date().toISOString();
