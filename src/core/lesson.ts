import type { Rows } from "./operation.js";
import type { End, Property } from "./property.js";
import type { Work } from "./work.js";

/** How many of everything a scenario has. Every lesson has `tasks`; some have more (items, attempts…). */
export type Size = { readonly tasks: number; readonly [name: string]: number };

/** Initial rows, the clients, and what must be true. */
export interface Scenario {
  readonly rows: Rows;
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

/** One folder in `lessons/`: `NN-id/lesson.ts`, default export. */
export interface Lesson {
  readonly title: string;
  /** One sentence for the list. */
  readonly summary: string;
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
