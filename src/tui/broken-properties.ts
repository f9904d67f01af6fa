/** The broken properties of a setting. Each has a counterexample of its own, and the screens go from one to the next. */
import type { ExploredView, TraceView } from "../report/views.js";

export interface BrokenWithSchedule {
  readonly property: string;
  readonly schedule: string;
  readonly switches: number;
  readonly minimal: boolean;
}

/** The broken properties that have a counterexample. */
export const brokenIn = (explored: ExploredView | null): readonly BrokenWithSchedule[] =>
  (explored?.violations ?? []).flatMap(({ property, counterexample }) =>
    counterexample
      ? [{ property, schedule: counterexample.schedule, switches: counterexample.switches, minimal: counterexample.minimal }]
      : [],
  );

/** The index of the one that is shown: chosen by its name, else the first with this schedule; -1: none is. */
export const shownBroken = (
  broken: readonly BrokenWithSchedule[],
  { property, schedule }: { readonly property?: string | undefined; readonly schedule: string | undefined },
): number => broken.findIndex((one) => (property === undefined ? one.schedule === schedule : one.property === property));

/** The one after that, in a circle. */
export const nextBroken = (broken: readonly BrokenWithSchedule[], shown: number): BrokenWithSchedule | undefined =>
  broken[(shown + 1) % broken.length];

/** The picture with what is said of this property first: it is the one that the picture is drawn for. */
export const toldFirst = (view: TraceView, property: string | null | undefined): TraceView => ({
  ...view,
  broken: [...view.broken].sort((one, other) => Number(other.property === property) - Number(one.property === property)),
});
