/** What the screens keep of a learner between two visits: under which key, and in which shape. All of it is plain data. */
import type { DecideGiven } from "./given.js";
import type { Resumable } from "./state.js";

/** The theme that the learner has chosen, by name. */
export const themeKey = "theme";
/** The id of the lesson that was open last. */
export const lastLessonKey = "last";
/** A `ScreenPosition`: where the learner was in the lesson. */
export const positionKey = (lesson: string): string => `${lesson}.place`;
/** A `KeptPrediction`. */
export const predictionKey = (lesson: string): string => `${lesson}.predict`;
/** A list of `KeptPoint`. */
export const bookmarksKey = (lesson: string): string => `${lesson}.bookmarks`;
/** A `Standing`; it is computed from the other facts, never set. */
export const standingKey = (lesson: string): string => `${lesson}.standing`;

/** A screen of a lesson, and what would open it there again, where that can be said. */
export interface ScreenPosition {
  readonly screen: string;
  readonly given?: Resumable;
}

export interface KeptPrediction {
  /** Indexes of the options chosen, per question. */
  readonly answers: readonly (readonly number[])[];
  /** 0 a guess, 1 fairly sure, 2 sure. */
  readonly sure: number;
  /** Per question. */
  readonly scores: readonly PredictionScore[];
}

/** How many points of a question, or of all of them, are right. */
export interface PredictionScore {
  readonly right: number;
  readonly all: number;
}

/** A point in a schedule that has a bookmark: what opens "you decide" there. */
export type KeptPoint = DecideGiven;

/** How far the learner is with a lesson. */
export interface Standing {
  readonly state: "new" | "opened" | "predicted" | "tried" | "solved";
  /** Points of the prediction that are right, of so many. */
  readonly right: number;
  readonly all: number;
  readonly tries: number;
  /** The last right try protects more than it has to. */
  readonly overProtected: boolean;
}
