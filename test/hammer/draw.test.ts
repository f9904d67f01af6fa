/** `choose` on real threads: drawn with the run's seed, so that both ways are taken, and the same ways again. */
import type { Perform } from "racelab";
import { expect, it } from "vitest";
import { findLesson, loadLesson, strategyOf } from "../../src/course/catalog.js";
import { explorationOf } from "../../src/explore/explore.js";
import { drawing } from "../../src/hammer/draw.js";
import { countRounds } from "../../src/hammer/rounds.js";

const refusing: Perform = () => Promise.reject(new Error("no store is asked"));
const ask = { kind: "choose", question: "when?", options: ["today", "tomorrow"] } as const;

it("draws every option, the same for the same seed and request", async () => {
  const drawn = (seed: number) => Promise.all(Array.from({ length: 40 }, (_, n) => drawing(refusing, seed, n)(ask)));
  const first = await drawn(1);
  expect(new Set(first)).toEqual(new Set(ask.options));
  expect(await drawn(1)).toEqual(first);
  expect(await drawn(2)).not.toEqual(first);
});

it("ends rounds as the explorer says that they can end, and with points", async () => {
  const lesson = await loadLesson(findLesson("double-top-up"), "en");
  const { outcomes } = await explorationOf(lesson, await strategyOf(lesson, "expiring-key"), {});
  const possible = outcomes.map(({ label }) => label);
  const asked = { lesson: "double-top-up", strategy: "expiring-key", size: lesson.size, rounds: 100 };
  const { runs, ends } = await countRounds(asked, () => {}, new AbortController().signal);
  expect(runs).toBe(100);
  expect(possible).toEqual(expect.arrayContaining([...ends.keys()]));
  // Which rounds race is luck. Where nobody drew, none got any points.
  expect([...ends.keys()]).not.toEqual(["points 0, ledger 0"]);
});
