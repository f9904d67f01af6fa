/** What the screen of comparisons knows: who takes part, under what circumstances, and what was measured so far. */
import type { Comparison, ComparisonProgress, Sweep, SweepName } from "../../../core/comparison.js";
import type { ScreenCompareRequest } from "../../../report/views.js";
import type { Context, OpenLesson, ScreenSize } from "../../state.js";

/** Everything that changes by itself. Who holds the numbers holds all of them. */
interface Measured {
  /** Of complete rounds only. */
  readonly comparison: Comparison | null;
  readonly progress: ComparisonProgress | null;
  readonly sweeps: Partial<Readonly<Record<SweepName, Sweep>>>;
  /** What is swept now; null: strategies are compared at one place. */
  readonly at: { readonly over: SweepName; readonly value: number } | null;
}

type ComparePane = "figures" | "time" | SweepName;

export interface CompareState {
  readonly request: ScreenCompareRequest;
  /** All that could take part, and those of them that do not. */
  readonly strategies: readonly string[];
  readonly out: readonly string[];
  /** Index of the marked one. */
  readonly marked: number;
  readonly latest: Measured;
  /** The numbers as they were when they were held; null: they are live. */
  readonly held: Measured | null;
  /** What is swept, over which values. */
  readonly over: readonly { readonly over: SweepName; readonly values: readonly number[] }[];
  readonly pane: ComparePane;
}

export const nothingMeasured: Measured = { comparison: null, progress: null, sweeps: {}, at: null };

export const shownMeasured = ({ held, latest }: CompareState): Measured => held ?? latest;

export const takingPart = ({ strategies, out }: CompareState): readonly string[] => strategies.filter((id) => !out.includes(id));

export const isComparing = ({ working }: Context): boolean => working.includes("compare");

/** Rows that one of the tables takes: a rule, the names of its columns, the strategies. */
const tableRows = ({ strategies }: CompareState): number => 2 + strategies.length;
/** Rows below the tables: a rule, two sentences at least, how far it is, the notice. */
export const BELOW = 5;
/** Everything at once: figures, where the time goes, and two charts side by side. */
export const isWide = ({ columns, rows }: ScreenSize): boolean => columns >= 150 && rows >= 44;

/** The pictures that Tab goes through, where they do not all fit. */
export function comparePanes(state: CompareState, { columns, rows }: ScreenSize): readonly ComparePane[] {
  const both = 2 * tableRows(state) + BELOW <= rows - 4;
  if (isWide({ columns, rows }) && both) return ["figures"];
  return [...(both ? (["figures"] as const) : (["figures", "time"] as const)), ...state.over.map(({ over }) => over)];
}
export const comparePaneIn = (state: CompareState, size: ScreenSize): ComparePane =>
  comparePanes(state, size).includes(state.pane) ? state.pane : "figures";

/** Share of the slices that are done, warm-up and the one under way included. */
export function shareDone(state: CompareState, { progress }: Measured): number {
  if (!progress) return 0;
  const names = takingPart(state);
  const slices = (progress.warmUp + progress.rounds) * names.length;
  const before = progress.round * names.length + Math.max(0, names.indexOf(progress.strategy));
  return Math.min(1, (before + progress.slice.done / Math.max(1, progress.slice.requests)) / Math.max(1, slices));
}

/** The circumstances as they are now, whoever decided them: the learner, the lesson, or the hammer. */
export function circumstancesOf({ request, latest }: CompareState, { content }: OpenLesson) {
  const measured = latest.progress?.sofar ?? latest.comparison;
  return {
    workers: request.workers,
    think: request.think ?? content.load.think,
    keys: request.size?.["keys"] ?? content.size["keys"] ?? null,
    inFlight: request.inFlight ?? measured?.inFlight ?? null,
  };
}
