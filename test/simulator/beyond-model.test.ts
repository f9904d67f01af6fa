/**
 * Where the model does not know what the server would do, a state is cut off, and the answer says why. Task 1
 * changes the rows with n > 1 in one statement: one row, which the model knows, or two, once task 2 has raised the other.
 */
import { type Property, randomWalk, type Session } from "racelab";
import { describe, expect, it } from "vitest";
import { compareSubject } from "../../src/conduct/fidelity.js";
import type { Store } from "../../src/core/store.js";
import { model } from "../../src/model/model.js";
import { beyondOf } from "../../src/simulator/beyond-model.js";
import { type ExplorerInput, exploreAll, orders, prepare, sampleRuns, tracesOf } from "../../src/simulator/index.js";

const raiseAll = ({ perform }: Session) =>
  perform({ kind: "update-rows", table: "a", where: [">", "n", 1], set: { n: ["+", "n", 1] } });
const raiseOne = ({ write }: Session) => write("a/1", { n: 5 });
const never: Property = {
  name: "row 2 stays",
  kind: "outcome",
  test: ({ rows }) => (rows["a/2"]?.["n"] === 2 ? null : "row 2 was changed"),
};
const input = (more: Partial<ExplorerInput> = {}): ExplorerInput => ({
  rows: { "a/1": { n: 1 }, "a/2": { n: 2 } },
  model,
  tasks: [raiseAll, raiseOne],
  ...more,
});
const unknown = { limit: "model", value: 0, reason: expect.stringContaining('"heap: true"') };

describe("a state in which the model does not know what the server would do", () => {
  it.each([false, true])("makes the answer inconclusive, with the reason (verdictOnly: %s)", async (verdictOnly) => {
    const found = await exploreAll(input({ verdictOnly }));
    expect(found).toMatchObject({ verdict: "inconclusive", limits: [unknown] });
    expect(found.covered).toBeLessThan(1);
  });

  it.each([false, true])("does not hide what goes wrong elsewhere (verdictOnly: %s)", async (verdictOnly) => {
    const found = await exploreAll(input({ verdictOnly, properties: [never] }));
    expect(found).toMatchObject({ verdict: "violated", limits: [unknown], counterexample: { schedule: "12" } });
  });

  it("is no deadlock, and is not there with the physical order", async () => {
    expect((await exploreAll(input())).violations).toEqual([]);
    const known = await exploreAll(input({ model: (rows) => model(rows, { a: { heap: true } }) }));
    expect(known).toMatchObject({ verdict: "holds", limits: [], schedules: 2n });
  });

  it("is said once for each reason, by every search, however many states and parts it meets it in", async () => {
    const both = ({ perform }: Session) =>
      perform({ kind: "delete-rows", table: "a", where: [">", "n", 1] }).then(() => perform({ kind: "read", key: "a/1" }));
    const asked = input({ tasks: [raiseAll, raiseOne, both, ({ read }) => read("b/1"), ({ read }) => read("b/1")] });
    const whole = await exploreAll(asked);
    expect(whole.limits.map(({ limit, value }) => [limit, value])).toEqual([
      ["model", 0],
      ["model", 0],
    ]);
    expect((await exploreAll({ ...asked, verdictOnly: true })).limits).toEqual(whole.limits);
    expect((await exploreAll({ ...asked, symmetry: false, mergeEnded: false })).limits).toEqual(whole.limits);
    expect((await sampleRuns(asked, randomWalk(1), 200)).limits).toEqual(whole.limits);
    const parts = [await exploreAll(asked), await exploreAll({ ...asked, tasks: asked.tasks.slice(0, 2) })];
    expect(beyondOf(parts.flatMap(({ limits }) => limits))).toEqual(whole.limits);
  });

  it("is said of a sample, whose other executions go on", async () => {
    const sampled = await sampleRuns(input(), randomWalk(1), 40);
    expect(sampled).toMatchObject({ verdict: "inconclusive", runs: 40, limits: [unknown] });
    expect(sampled.outcomes).toHaveLength(1);
    expect(sampled.outcomes[0]?.runs).toBeLessThan(40);
  });

  it("ends a trace of an order of asking, which is then not compared with a database", async () => {
    const space = await prepare(input(), { symmetry: false });
    expect(await tracesOf(space, [2, 1])).toMatchObject([{ steps: [{ task: 2 }], beyondModel: expect.stringContaining("heap") }]);
    expect((await tracesOf(space, [1, 2]))[0]).not.toHaveProperty("beyondModel");
    const subject = { name: "raise", options: input(), orders: [[2, 1] as const], requires: [] };
    const untouched = { capabilities: new Set(), reserve: async () => {} } as unknown as Store;
    const compared = await compareSubject(subject, [untouched], { most: 9, seed: 1 }, new AbortController().signal);
    expect(compared).toMatchObject({ conducted: 0, differences: [] });
    expect(Object.keys(compared!.skipped)).toEqual([expect.stringContaining("the model does not know what the server would do")]);
  });

  it("ends the orders of asking that a comparison chooses", async () => {
    const space = await prepare(input(), { symmetry: false });
    const found = await orders(space, 9, 1);
    expect(found.complete).toBe(true);
    expect(found.orders.map((order) => order.join(""))).toEqual(["12", "21"]);
  });
});
