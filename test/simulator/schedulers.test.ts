/** The probability that each way of sampling finds the bug, against probabilities computed by independent programs. */
import { expect, test } from "vitest";
import { ExploredGraph, Pace, pct, randomWalk, sampleRuns, uniform } from "../../src/simulator/index.js";
import { cas3, exploreAll, onStock, philosophers, racy } from "./programs.js";

const RUNS = 3000;
const within = (share: number, wanted: number) =>
  Math.abs(share - wanted) < 4 * Math.sqrt((wanted * (1 - wanted)) / RUNS) + 0.002;

const programs = {
  "racy 3": onStock(3, racy),
  "racy 6": onStock(6, racy),
  "cas3 4": onStock(4, cas3),
  "philo 3": philosophers(3),
  "philo 4": philosophers(4),
};
type Name = keyof typeof programs;

test.each<[Name, number, number]>([
  ["racy 3", 1 - 1 / 6, 84 / 90],
  ["racy 6", 1 - 1 / 720, 7_483_680 / 7_484_400],
  ["cas3 4", 0.0438, 449_712 / 1_033_272],
  ["philo 3", 1 / 3, 6 / 168],
  ["philo 4", 0.2292, 24 / 98_184],
])("%s: exactly %d by a fair walk, %d of all schedules", async (name, walk, share) => {
  const { outcomes, violating, schedules } = await exploreAll(programs[name]);
  const fair = outcomes.reduce((sum, { fair, violates }) => sum + (violates.length ? fair! : 0), 0);
  expect(fair).toBeCloseTo(walk, 4);
  expect(Number(violating) / Number(schedules)).toBeCloseTo(share, 12);
  const walked = await sampleRuns(programs[name], randomWalk(7), RUNS);
  expect(within(walked.violating / RUNS, walk)).toBe(true);
  const explored = await ExploredGraph.of(programs[name]);
  const evenly = await uniform(7, explored.graph, new Pace({}));
  const drawn = await sampleRuns(programs[name], evenly!, RUNS, explored.space);
  expect(within(drawn.violating / RUNS, share)).toBe(true);
});

test.each<[Name, number, number, number]>([
  ["racy 3", 6, 2, 0.332],
  ["racy 3", 6, 3, 0.498],
  ["racy 6", 12, 2, 0.413],
  ["philo 3", 3, 2, 0.167],
  ["philo 3", 3, 3, 0.281],
  ["philo 4", 16, 2, 0.011],
  ["cas3 4", 12, 3, 0],
])("%s by PCT, %i steps, d=%i: %d", async (name, steps, depth, wanted) => {
  const found = await sampleRuns(programs[name], pct(3, { tasks: programs[name].tasks.length, steps, depth }), RUNS);
  expect(within(found.violating / RUNS, wanted)).toBe(true);
});

test("the same seed gives the same executions", async () => {
  expect(await sampleRuns(programs["racy 3"], randomWalk(5), 50)).toEqual(
    await sampleRuns(programs["racy 3"], randomWalk(5), 50),
  );
});
