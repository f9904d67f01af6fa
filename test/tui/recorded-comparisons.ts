/**
 * Comparisons of real threads, recorded with `racelab compare … --json`: the figures of a live run differ each time, so a
 * picture of them could not be compared with a file.
 */
import { readFileSync } from "node:fs";
import type { Comparison, ComparisonProgress, Sweep, SweepName } from "../../src/core/comparison.js";
import type { Services } from "../../src/tui/services.js";
import { inProcess, tellingTime } from "./in-process.js";

const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), "utf8")) as T;
export const comparison = read<Comparison>("compare");
export const sweeps: Partial<Record<SweepName, Sweep>> = {
  workers: read<Sweep>("sweep-workers"),
  keys: read<Sweep>("sweep-keys"),
};

/** The progress that a screen gets during the fourth round. */
export const underWay: ComparisonProgress = {
  round: comparison.warmUp + 3,
  rounds: comparison.rounds,
  warmUp: comparison.warmUp,
  strategy: "row-lock",
  slice: { requests: comparison.requests, done: 37, running: 63, operations: 210 },
  sofar: comparison,
  ended: null,
};

export const withRecordedComparisons = async (): Promise<Services> => ({
  ...inProcess(tellingTime()),
  compare: async () => comparison,
  async sweep(_, over) {
    const swept = sweeps[over];
    if (!swept) throw new Error(`nothing was recorded over ${over}`);
    return swept;
  },
});
