/** The comparison: which strategies take part, under what circumstances, and what was measured so far. */
import type { Comparison, ComparisonProgress, Sweep, SweepName } from "../../../core/comparison.js";
import type { ScreenCompareRequest } from "../../../report/views.js";
import type { Context, OpenLesson, ScreenSize } from "../../state.js";

/** Everything that changes by itself, so that holding the numbers holds all of them. */
interface Measured {
  /** Of complete rounds; null: there is none yet. */
  readonly comparison: Comparison | null;
  readonly progress: ComparisonProgress | null;
  /** Milliseconds since the comparison under way began; 0: not known. */
  readonly elapsedMs: number;
  readonly sweeps: Partial<Readonly<Record<SweepName, Sweep>>>;
  /** The value that a sweep measures now; null: no sweep is under way. */
  readonly at: { readonly over: SweepName; readonly value: number } | null;
}

type ComparePane = "figures" | "time" | SweepName;

export interface CompareState {
  readonly request: ScreenCompareRequest;
  /** All strategies that can take part, and those that the learner left out. */
  readonly strategies: readonly string[];
  readonly out: readonly string[];
  /** Index of the marked strategy. */
  readonly marked: number;
  readonly latest: Measured;
  /** The numbers at the moment they were held; null: they are live. */
  readonly held: Measured | null;
  /** The sweeps, each over its values. */
  readonly over: readonly { readonly over: SweepName; readonly values: readonly number[] }[];
  readonly pane: ComparePane;
}

export const nothingMeasured: Measured = { comparison: null, progress: null, elapsedMs: 0, sweeps: {}, at: null };

export const shownMeasured = ({ held, latest }: CompareState): Measured => held ?? latest;

export const takingPart = ({ strategies, out }: CompareState): readonly string[] => strategies.filter((id) => !out.includes(id));

export const isComparing = ({ working }: Context): boolean => working.includes("compare");

/** Rows of one table: a rule, the heads of its columns, the strategies. */
const tableRows = ({ strategies }: CompareState): number => 2 + strategies.length;
/** Rows around the tables: a rule with two rows of results above, and below a rule and at least one sentence. */
export const BELOW = 5;
/** Rounds from which a strategy can win so many that it is no luck: six of six are rarer than 1 in 20. */
export const ENOUGH = 6;
/** Room for everything at once: both tables, and two charts side by side. */
export const isWide = ({ columns, rows }: ScreenSize): boolean => columns >= 150 && rows >= 44;

/** The panes that Tab goes through; one where everything fits. */
export function comparePanes(state: CompareState, { columns, rows }: ScreenSize): readonly ComparePane[] {
  const both = 2 * tableRows(state) + BELOW <= rows - 4;
  if (isWide({ columns, rows }) && both) return ["figures"];
  return [...(both ? (["figures"] as const) : (["figures", "time"] as const)), ...state.over.map(({ over }) => over)];
}
export const comparePaneIn = (state: CompareState, size: ScreenSize): ComparePane =>
  comparePanes(state, size).includes(state.pane) ? state.pane : "figures";

/** Share of all slices that is done, with the warm-up and the part of the slice under way. */
export function shareDone(state: CompareState, { progress }: Measured): number {
  if (!progress) return 0;
  const names = takingPart(state);
  const slices = (progress.warmUp + progress.rounds) * names.length;
  const before = progress.round * names.length + Math.max(0, names.indexOf(progress.strategy));
  return Math.min(1, (before + progress.slice.done / Math.max(1, progress.slice.requests)) / Math.max(1, slices));
}

/** The circumstances of the comparison, as the learner, the lesson or the run has set them; null: not known, or no such size. */
export function circumstancesOf({ request, latest }: CompareState, { content }: OpenLesson) {
  const measured = latest.progress?.sofar ?? latest.comparison;
  return {
    workers: request.workers,
    think: request.think ?? content.load.think,
    keys: request.size?.["keys"] ?? content.size["keys"] ?? null,
    inFlight: request.inFlight ?? measured?.inFlight ?? null,
  };
}
