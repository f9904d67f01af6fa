/** The learner's own file, the result of its check, and the help that was given. */
import { type DiffLine, diff } from "../../../report/diff.js";
import type { CheckedFile, Failure, FileVersion, SizeResult, Try, Verification } from "../../../report/judgement.js";
import type { OpenLesson } from "../../state.js";

/** What is beside or below the file; "file": the answer to it, and ↑↓ scroll the file. */
type ExercisePane = "file" | "diff" | "hints" | "methods" | "solution";

export interface ExerciseState {
  /** The file as it was read last; null: it has not been read yet. */
  readonly seen: FileVersion | null;
  /** While a check runs, the results of the sizes so far. */
  readonly results: readonly SizeResult[];
  /** The result of the last check; while a check runs, that of an earlier save. */
  readonly checked: CheckedFile | null;
  /** The check of the file as it is now was stopped. */
  readonly stopped: boolean;
  /** Index of the failing schedule on screen; 0 is the smallest. */
  readonly failing: number;
  /** The number of hints that were given. */
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

/** The judgement of the file as it is now; null: it has none yet. */
export const judgedNow = ({ seen, checked }: ExerciseState): Verification | null =>
  checked && seen?.text === checked.judged.text ? checked.judged : null;

export const triesOf = ({ checked }: ExerciseState): readonly Try[] => checked?.tries ?? [];

/** The failing schedules, the smallest first. */
export const failuresOf = (judged: Verification | null): readonly Failure[] =>
  judged?.failure ? [judged.failure, ...judged.others] : [];
export const failureNow = (state: ExerciseState): Failure | null => failuresOf(judgedNow(state))[state.failing] ?? null;

/** The line of the problem, or of the step that decided the failure; null: not known. */
export const decisiveLine = (state: ExerciseState): number | null =>
  judgedNow(state)?.problem?.line ?? failureNow(state)?.line ?? null;

export const hintsIn = ({ content }: OpenLesson): readonly string[] => content.exercise?.hints ?? [];

/** The changes since the last version that was different; empty: there is none. */
export const changes = ({ seen, checked }: ExerciseState): readonly DiffLine[] =>
  checked?.before === null || checked?.before === undefined || seen?.text == null ? [] : diff(checked.before, seen.text);

/** The panes that have something to show, in the order of Tab. */
export const panesOf = (state: ExerciseState): readonly ExercisePane[] => [
  "file",
  ...(changes(state).length > 0 ? (["diff"] as const) : []),
  ...(state.hints > 0 ? (["hints"] as const) : []),
  "methods",
  ...(state.solution ? (["solution"] as const) : []),
];

/** The number of schedules at all sizes together. */
export const schedulesOf = ({ results }: Pick<Verification, "results">): bigint =>
  results.reduce((sum, { schedules }) => sum + (schedules ?? 0n), 0n);

/** The number of schedules that go wrong at the size that failed; 0: none failed. */
export const violatingOf = ({ results }: Pick<Verification, "results">): bigint =>
  results.find(({ status }) => status === "violated")?.violating ?? 0n;

/** Local time: `14:02:31`. */
export const clock = (at: string): string => new Date(at).toTimeString().slice(0, 8);
