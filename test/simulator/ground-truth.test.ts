/** Exact counts that were computed by independent programs. */
import { model } from "racelab";
import { expect, test } from "vitest";
import { cas3, exploreAll, factorial, histories, lock, merged, onStock, type Program, philosophers, racy } from "./programs.js";

const size = async (options: Parameters<typeof exploreAll>[0]) => {
  const { states, transitions } = await exploreAll(options);
  return [states, transitions];
};

test.each([
  [2, 6n, 4n, [13, 14], [12, 14], [8, 9], [2, 1]],
  [3, 90n, 84n, [84, 111], [59, 99], [20, 31], [3, 1]],
  [4, 2520n, 2496n, [755, 1156], [330, 740], [48, 95], [4, 1]],
  [5, 113_400n, 113_280n, [8638, 15_205], [2027, 5755], [112, 271], [5, 1]],
  [6, 7_484_400n, 7_483_680n, [118_509, 237_942], [13_494, 46_590], [256, 735], [6, 1]],
])("racy %i: %i schedules, %i violating", async (n, schedules, violating, full, ended, both, [switches, preemptions]) => {
  const found = await exploreAll(onStock(n, racy));
  expect(found).toMatchObject({
    verdict: "violated",
    schedules,
    violating,
    states: both[0],
    transitions: both[1],
    longest: 2 * n,
  });
  expect(found.counterexample).toMatchObject({ switches, preemptions, steps: 2 * n, minimal: true });
  expect(await size(onStock(n, racy, histories))).toEqual(full);
  expect(await size(onStock(n, racy, merged))).toEqual(ended);
});

test.each([
  [7, 681_080_400n, 681_075_360n, [576, 1919]],
  [8, 81_729_648_000n, 81_729_607_680n, [1280, 4863]],
  [9, 12_504_636_144_000n, 12_504_635_781_120n, [2816, 12_031]],
  [10, 2_375_880_867_360_000n, 2_375_880_863_731_200n, [6144, 29_183]],
])("racy %i: %i schedules, %i violating", async (n, schedules, violating, [states, transitions]) => {
  expect(await exploreAll(onStock(n, racy))).toMatchObject({ schedules, violating, states, transitions });
});

test("racy 7 and 8, with less merged", async () => {
  expect(await size(onStock(7, racy, histories))).toEqual([1_884_452, 4_266_927]);
  expect(await size(onStock(7, racy, merged))).toEqual([96_679, 394_191]);
  expect(await size(onStock(8, racy, merged))).toEqual([741_218, 3_491_976]);
});

test.each([
  [2, 17, 16, 9],
  [3, 61, 44, 13],
  [4, 257, 112, 17],
  [5, 1301, 272, 21],
  [6, 7825, 640, 25],
  [7, 54_797, 1472, 29],
  [8, 438_401, 3328, 33],
])("lock %i: n! schedules, all of them right", async (n, full, ended, both) => {
  const found = await exploreAll(onStock(n, lock));
  expect(found).toMatchObject({ verdict: "holds", schedules: factorial(n), violating: 0n, states: both, counterexample: null });
  expect((await size(onStock(n, lock, histories)))[0]).toBe(full);
  expect((await size(onStock(n, lock, merged)))[0]).toBe(ended);
});

test.each([
  [2, 6n, 0n, [18, 18], [15, 18], [9, 11]],
  [3, 498n, 0n, [263, 306], [117, 207], [31, 53]],
  [4, 1_033_272n, 449_712n, [8988, 11_404], [1331, 3100], [129, 278]],
  [5, 24_260_170_440n, 19_184_039_280n, [631_437, 857_820], [21_493, 62_010], [653, 1687]],
])("cas with three attempts %i: %i schedules, %i violating", async (n, schedules, violating, full, ended, both) => {
  const found = await exploreAll(onStock(n, cas3));
  expect(found).toMatchObject({ schedules, violating, states: both[0], transitions: both[1] });
  expect(await size(onStock(n, cas3, histories))).toEqual(full);
  expect(await size(onStock(n, cas3, merged))).toEqual(ended);
  const fewest = { 4: { switches: 6, preemptions: 3 }, 5: { switches: 7, preemptions: 3 } }[n];
  if (fewest) expect(found.counterexample).toMatchObject(fewest);
});

test.each([
  [2, 6n, 2n, 19, [1, 1]],
  [3, 168n, 6n, 87, [2, 1]],
  [4, 98_184n, 24n, 391, [3, 1]],
])("philosophers %i: %i schedules, %i deadlock", async (n, schedules, violating, states, [switches, preemptions]) => {
  const found = await exploreAll(philosophers(n, histories));
  expect(found).toMatchObject({ verdict: "violated", schedules, violating, states });
  expect(found.violations).toMatchObject([{ kind: "deadlock", schedules: violating }]);
  expect(found.counterexample).toMatchObject({ switches, preemptions });
});

test("store buffering: under sequential consistency one of the two reads sees a write", async () => {
  const side =
    (mine: string, other: string): Program =>
    async ({ write, find }) => {
      await write(mine, { n: 1 });
      return (await find(other)) ? "1" : "0";
    };
  const options = { rows: {}, model, tasks: [side("x/1", "y/1"), side("y/1", "x/1")], ...histories };
  const found = await exploreAll(options);
  expect(found).toMatchObject({ schedules: 6n, states: 13, transitions: 14 });
  expect(found.outcomes.map(({ outcomes }) => outcomes.map((outcome) => outcome?.detail).join("")).sort()).toEqual([
    "01",
    "10",
    "11",
  ]);
});
