/** One schedule, and where in it the learner looks. */
import { cells } from "../../../report/timeline.js";
import { isAccident } from "../../../report/trace.js";
import type { ConductedView, ReplayView, Searched, SentView, TraceStep, TraceView } from "../../../report/views.js";
import type { BrokenWithSchedule } from "../../broken-properties.js";
import type { InterleavingGiven } from "../../given.js";
import { cellFor, laneNames } from "../../parts/lanes-of-trace.js";
import type { Context } from "../../state.js";
import type { BeforeMenu } from "./menu.js";

export interface InterleavingState {
  /** What would open the screen on the schedule that it shows. */
  readonly given: InterleavingGiven;
  readonly view: TraceView | null;
  /** The schedule of another strategy, in whose order this one was played; null: it is the one on screen. */
  readonly original: TraceView | null;
  /** The order of the original under each strategy of the lesson; null: not asked yet. */
  readonly replays: readonly ReplayView[] | null;
  /** The menu that is open: its marked line, and what Esc goes back to; null: none is. */
  readonly menu: { readonly marked: number; readonly before: BeforeMenu } | null;
  readonly searched: Searched | null;
  /** The search has failed or was stopped before there was a schedule to show. */
  readonly failed: boolean;
  /** Index of the current step; -1: nothing has happened yet. */
  readonly cursor: number;
  /** The task that left and right follow; null: every step. */
  readonly follow: number | null;
  readonly table: boolean;
  /** Columns for one step; null: as it fits. */
  readonly cell: number | null;
  /** Milliseconds a step when it plays by itself. */
  readonly pace: number;
  /** What a real database did, which is shown, and the model's trace to go back to; null: the model's is shown. */
  readonly real: { readonly conducted: ConductedView; readonly model: TraceView } | null;
  /** The screen shows what each store is sent, and that, for each step; null: not asked yet. */
  readonly showsSent: boolean;
  readonly sent: readonly (readonly SentView[])[] | null;
  /** It is being played on a database. */
  readonly playing: boolean;
  /** Why it could not be played on a database, in a sentence. */
  readonly refused: string | null;
  /** The broken properties of the setting, and the one whose counterexample was asked for; null: none was. */
  readonly broken: readonly BrokenWithSchedule[];
  readonly property: string | null;
  /** Schedules with the same end, for [ and ]. */
  readonly others: { readonly label: string; readonly schedules: readonly string[] } | null;
}

/** Milliseconds a step, from slow to fast. */
const paces: readonly number[] = [1200, 600, 300, 150];

export const interleavingOf = (given: InterleavingGiven): InterleavingState => ({
  given,
  view: null,
  original: null,
  replays: null,
  menu: null,
  searched: null,
  failed: false,
  cursor: 0,
  follow: null,
  table: false,
  cell: null,
  pace: 600,
  real: null,
  showsSent: false,
  sent: null,
  playing: false,
  refused: null,
  broken: [],
  property: null,
  others: null,
});

/** The same state with another picture; the cursor stays within it. */
export const withView = (state: InterleavingState, view: TraceView): InterleavingState => ({
  ...state,
  view,
  cursor: Math.min(state.cursor, view.steps.length - 1),
});

/**
 * The step loses an update or breaks a property, meets a conflict, fails, is an event of the environment or a wait, or is
 * the one after which nobody can go on.
 */
export const isProblemOf =
  ({ view }: InterleavingState) =>
  (step: TraceStep): boolean =>
    isAccident(step) ||
    step.note.conflict === true ||
    step.event === null ||
    "error" in step.event.reply ||
    (view?.standstill != null && step === view.steps.at(-1));

export const stepsIn = ({ view }: InterleavingState): readonly TraceStep[] => view?.steps ?? [];

/** Goes to a step; past either end, to the first or the last. */
export const toStep = (state: InterleavingState, cursor: number): InterleavingState => ({
  ...state,
  cursor: Math.max(-1, Math.min(stepsIn(state).length - 1, cursor)),
});

/** Goes to the next step in that direction that passes the test, else to the last one there. */
export function toNextStep(
  state: InterleavingState,
  by: 1 | -1,
  test: (step: TraceStep, index: number) => boolean,
): InterleavingState {
  const hits = stepsIn(state).flatMap((step, index) => (test(step, index) ? [index] : []));
  const next = by > 0 ? hits.find((index) => index > state.cursor) : hits.findLast((index) => index < state.cursor);
  return toStep(state, next ?? (by > 0 ? stepsIn(state).length - 1 : -1));
}

/** One step on or back; while a task is followed, one of its steps. */
export const stepBy = (state: InterleavingState, by: 1 | -1): InterleavingState =>
  state.follow === null ? toStep(state, state.cursor + by) : toNextStep(state, by, ({ task }) => task === state.follow);

/** Goes to where another task goes on than before. */
export const toNextSwitch = (state: InterleavingState, by: 1 | -1): InterleavingState =>
  toNextStep(state, by, ({ task }, index) => index > 0 && stepsIn(state)[index - 1]?.task !== task);

type Zoomed = Pick<Context, "size" | "language">;

/** Wider or narrower steps; `by` null: as wide as they fit. */
export function zoomed(state: InterleavingState, by: number | null, { size, language }: Zoomed): InterleavingState {
  if (by === null) return { ...state, cell: null };
  const fitted = state.view
    ? cellFor(state.view.steps, state.view.tally, size.columns, { language }, laneNames(state.view))
    : cells.fit;
  const cell = state.cell ?? fitted;
  return { ...state, cell: Math.max(cells.smallest, Math.min(cells.largest, cell + by)) };
}

/** The next slower or faster pace, in milliseconds a step; at either end the same one. */
export const otherPace = ({ pace }: InterleavingState, by: number): number =>
  paces[Math.max(0, Math.min(paces.length - 1, paces.indexOf(pace) + by))] ?? pace;
