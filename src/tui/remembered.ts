/** What the screens keep of a learner between two visits: the keys for `Remember`, and the shapes of the values (plain data). */
import type { DecideGiven } from "./given.js";
import type { Resumable } from "./state.js";

/** The name of the theme that the learner has chosen. */
export const themeKey = "theme";
/** The id of the lesson that was open last. */
export const lastLessonKey = "last";
/** A `ScreenPosition`. */
export const positionKey = (lesson: string): string => `${lesson}.place`;
/** A `KeptPrediction`. */
export const predictionKey = (lesson: string): string => `${lesson}.predict`;
/** A list of `KeptPoint`. */
export const bookmarksKey = (lesson: string): string => `${lesson}.bookmarks`;
/** A list of the ids of the stages that were done. */
export const stagesDoneKey = (lesson: string): string => `${lesson}.stages`;
/** A `Standing`. It is computed from the other facts and never set. */
export const standingKey = (lesson: string): string => `${lesson}.standing`;

/** Where the learner was in a lesson: a screen, and what opens it there again; without `given` it opens as new. */
export interface ScreenPosition {
  readonly screen: string;
  readonly given?: Resumable;
}

export interface KeptPrediction {
  /** For each question the indexes of the chosen options. */
  readonly answers: readonly (readonly number[])[];
  /** 0 a guess, 1 fairly sure, 2 sure. */
  readonly sure: number;
  /** For each question. */
  readonly scores: readonly PredictionScore[];
}

/** Right points, of all points of a question or of a prediction. */
export interface PredictionScore {
  readonly right: number;
  readonly all: number;
}

/** A bookmark: what opens "you decide" at that point of a schedule. */
export type KeptPoint = DecideGiven;

/** How far the learner is with a lesson. */
export interface Standing {
  readonly state: "new" | "opened" | "predicted" | "tried" | "solved";
  /** Right points of the prediction, of `all`; 0 of 0 without a prediction. */
  readonly right: number;
  readonly all: number;
  readonly tries: number;
  /** The last right try protects more than needed. */
  readonly overProtected: boolean;
}
