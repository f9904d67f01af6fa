import type { Rows } from "./operation.js";
import type { End, Property } from "./property.js";
import type { Strategy } from "./strategy.js";
import type { Tables } from "./table.js";
import type { Work } from "./work.js";

/** How many of everything a scenario has. Every lesson has `tasks`; some have more (items, attempts…). */
export type Size = { readonly tasks: number; readonly [name: string]: number };

/** Initial rows, the clients, and what must be true. */
export interface Scenario {
  readonly rows: Rows;
  /** Keys and constraints, where the rows need any. */
  readonly tables?: Tables;
  readonly tasks: readonly Work[];
  readonly properties: readonly Property[];
  /** The one number that the picture shows: what the store says against what it should say. */
  readonly tally: Tally;
}

export interface Tally {
  /** What is counted, one word: "stock". */
  readonly name: string;
  /** What a request that was told "ok" has done to it, one word: "sold". */
  readonly done: string;
  actual(rows: Rows): number;
  /** What it should be, given who was told "ok". */
  expected(end: Omit<End, "rows">): number;
}

/** How good an end is: what the author hoped for, can live with, finds worth a look, must never happen. */
export type Grade = "expected" | "acceptable" | "interesting" | "forbidden";

/** What a learner reads, in the languages of the course. A bare string is English only. */
export type Text = string | { readonly en: string; readonly ko: string };
export type Language = "en" | "ko";

/** The text in this language, or in English where there is none. */
export const inLanguage = (text: Text, language: Language): string => (typeof text === "string" ? text : text[language]);

/**
 * What the explorer must find: a claim of the author that `check` proves, in both directions. A broken
 * variant that no longer breaks is as wrong as a right one that does.
 */
export type Claim = {
  /** A strategy of the course, or one of this lesson's own `variants`. */
  readonly strategy: string;
  /** Over the lesson's own size. */
  readonly size?: Readonly<Record<string, number>>;
  /** What may go wrong around the code, and how often. */
  readonly faults?: Readonly<Record<string, number>>;
  /** One sentence for the learner: why. */
  readonly because: Text;
} & ({ readonly holds: true } | { readonly breaks: string });

/**
 * A question that is asked before anything is shown. Scored and kept; the right answer is computed by the
 * explorer wherever it can be.
 */
export type Question =
  /** Which of these ends are possible? The possible ones are computed; `also` adds some that may not be. */
  | { readonly kind: "ends"; readonly strategy: string; readonly ask: Text; readonly also: readonly string[] }
  /** How many of all orders end right: all, most, about half, few, none. Computed. */
  | { readonly kind: "how-many"; readonly strategy: string; readonly ask: Text }
  | {
      readonly kind: "choice";
      readonly ask: Text;
      readonly options: readonly Text[];
      readonly answer: number;
      readonly because: Text;
    };

/** One folder in `lessons/`: `NN-id/lesson.ts`, default export. */
export interface Lesson {
  readonly title: Text;
  /** One sentence for the list. */
  readonly summary: Text;
  /** What `check` proves. */
  readonly claims?: readonly Claim[];
  /** Ways to protect this lesson's work that are its own: mostly broken on purpose, each for a reason. */
  readonly variants?: Readonly<Record<string, Strategy>>;
  readonly questions?: readonly Question[];
  /** What the protection gives up. */
  readonly cost?: Text;
  /** How good an end is, with a sentence; without it, right or wrong is what the properties say. */
  readonly grade?: (end: End) => { readonly grade: Grade; readonly says: Text } | null;
  /** What the explorer uses unless told otherwise: small. */
  readonly size: Size;
  /** What the hammer uses unless told otherwise: as big as the real service. */
  readonly load: { readonly requests: number; readonly think: number };
  scenario(size: Size): Scenario;
  /** The short name of an end: "stock 97". */
  label(end: End): string;
}

/** Declares a lesson; gives an author types and nothing else. */
export const lesson = (lesson: Lesson): Lesson => lesson;
