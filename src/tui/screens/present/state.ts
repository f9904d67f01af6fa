/** A presentation: where it is, and what was found for it. */
import type { ExploredView, Searched, TraceView } from "../../../report/views.js";
import type { Place } from "../../services.js";
import type { OpenLesson } from "../../state.js";
import { type Beat, beatsOf } from "./beats.js";

export interface PresentState {
  /** The lesson as beats. */
  readonly beats: readonly Beat[];
  readonly place: Place;
  /** This terminal is the speaker's. */
  readonly notes: boolean;
  /** Seconds since the presentation was opened here. */
  readonly seconds: number;
  readonly searched: Searched | null;
  readonly found: Found;
}

export interface Found {
  /** The picture of the lesson; null: it is still searched. */
  readonly view: TraceView | null;
  /** Every order of the picture's setting. */
  readonly explored: ExploredView | null;
  /** For each question every order of its setting; null: its author answers it. */
  readonly exact: readonly (ExploredView | null)[] | null;
  /** By strategy, every order of the picture's setting under it. */
  readonly under: Readonly<Record<string, ExploredView>>;
}

const nothingFound: Found = { view: null, explored: null, exact: null, under: {} };

export const presentationOf = (lesson: OpenLesson, notes: boolean): PresentState => ({
  beats: beatsOf(lesson, nothingFound),
  place: { beat: 0, blank: false },
  notes,
  seconds: 0,
  searched: null,
  found: nothingFound,
});

/** The other terminal may be at a beat that is still searched for here. */
const indexOf = ({ beats, place }: Pick<PresentState, "beats" | "place">): number => Math.min(place.beat, beats.length - 1);
export const beatAt = (state: Pick<PresentState, "beats" | "place">, by = 0): Beat | undefined =>
  state.beats[indexOf(state) + by];
export const numberOf = (state: PresentState): number => indexOf(state) + 1;

/** So many beats on; past either end, to the first or the last. The screen is shown again. */
export const beatBy = (state: PresentState, by: number): PresentState => ({
  ...state,
  place: { beat: Math.max(0, Math.min(state.beats.length - 1, indexOf(state) + by)), blank: false },
});

/** The same place with more found. What comes later gets beats of its own; the beats before it stay as they were. */
export const withFound = (state: PresentState, lesson: OpenLesson, found: Found): PresentState => ({
  ...state,
  found,
  beats: beatsOf(lesson, found),
});
