/** The learner's own file, what it came to, and what helps. */
import { type DiffLine, diff } from "../../../report/diff.js";
import type { CheckedFile, Failure, FileVersion, SizeResult, Try, Verification } from "../../../report/judgement.js";
import type { OpenLesson } from "../../state.js";

/** What stands where the file is, or beside it. */
type ExercisePane = "file" | "diff" | "hints" | "solution";

export interface ExerciseState {
  /** Null: it has not been looked at yet. */
  readonly seen: FileVersion | null;
  /** What is known of the sizes so far, while a check runs. */
  readonly results: readonly SizeResult[];
  /** What the last check came to; of an earlier save while one runs. */
  readonly checked: CheckedFile | null;
  /** The check of what is in the file now was stopped. */
  readonly stopped: boolean;
  /** Which of the failing schedules is on screen; 0 is the smallest. */
  readonly failing: number;
  /** Hints given so far. */
  readonly hints: number;
  readonly solution: boolean;
  readonly pane: ExercisePane;
  readonly scroll: number;
}

export const opened: ExerciseState = {
  seen: null,
  results: [],
  checked: null,
  stopped: false,
  failing: 0,
  hints: 0,
  solution: false,
  pane: "file",
  scroll: 0,
};

/** The judgement of what is in the file now; null: it has not been judged. */
export const judgedNow = ({ seen, checked }: ExerciseState): Verification | null =>
  checked && seen?.text === checked.judged.text ? checked.judged : null;

export const triesOf = ({ checked }: ExerciseState): readonly Try[] => checked?.tries ?? [];

/** The schedules in which it goes wrong, the smallest first. */
export const failuresOf = (judged: Verification | null): readonly Failure[] =>
  judged?.failure ? [judged.failure, ...judged.others] : [];
export const failureNow = (state: ExerciseState): Failure | null => failuresOf(judgedNow(state))[state.failing] ?? null;

/** The line of the file at which it was decided. */
export const decisiveLine = (state: ExerciseState): number | null =>
  judgedNow(state)?.problem?.line ?? failureNow(state)?.line ?? null;

export const hintsIn = ({ content }: OpenLesson): readonly string[] => content.exercise?.hints ?? [];

/** What has changed since the last version that was different; none: there is none. */
export const changes = ({ seen, checked }: ExerciseState): readonly DiffLine[] =>
  checked?.before === null || checked?.before === undefined || seen?.text == null ? [] : diff(checked.before, seen.text);

/** What there is to look at, in the order in which Tab goes through it. */
export const panesOf = (state: ExerciseState): readonly ExercisePane[] => [
  "file",
  ...(changes(state).length > 0 ? (["diff"] as const) : []),
  ...(state.hints > 0 ? (["hints"] as const) : []),
  ...(state.solution ? (["solution"] as const) : []),
];

/** How many schedules there were in all. */
export const schedulesOf = ({ results }: Pick<Verification, "results">): bigint =>
  results.reduce((sum, { schedules }) => sum + (schedules ?? 0n), 0n);

/** How many schedules go wrong at the size that failed. */
export const violatingOf = ({ results }: Pick<Verification, "results">): bigint =>
  results.find(({ status }) => status === "violated")?.violating ?? 0n;

/** By the clock on the wall: `14:02:31`. */
export const clock = (at: string): string => new Date(at).toTimeString().slice(0, 8);
