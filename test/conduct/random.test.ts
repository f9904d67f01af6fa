import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { differsInVictims } from "../../src/conduct/victims.js";
import type { ModelStep } from "../../src/simulator/index.js";
import { openStore } from "../../src/stores/open.js";
import { localServer, whyNot } from "../stores/local-servers.js";
import { conductProgram, differsInNames, type Program, program } from "./random.js";

/** The usual server, or one of racelab's own. */
const reasons = [await whyNot(localServer), await whyNot("postgres:embedded")];
const url = reasons[0] === null ? localServer : "postgres:embedded";
const reason = reasons.every((reason) => reason !== null) ? reasons.join("; ") : null;
const LANES = 2;
const EACH = 60;
const stores = reason === null ? await Promise.all(Array.from({ length: LANES }, () => openStore(url, { conducted: true }))) : [];
afterAll(async () => void (await Promise.all(stores.map((store) => store.close()))));

describe.skipIf(reason !== null)(`random programs on a PostgreSQL${reason === null ? "" : ` (${reason})`}`, () => {
  it(`do step by step what the model says, in ${LANES * EACH} schedules`, async () => {
    let conducted = 0;
    await Promise.all(
      stores.map((store, lane) =>
        fc.assert(
          fc.asyncProperty(program, async (one: Program) => {
            const compared = await conductProgram(store, one);
            conducted += compared.conducted;
            expect(compared.differences.filter((one) => !differsInNames(compared, one))).toEqual([]);
          }),
          // To make a difference small takes longer than a test may: random-many.ts does it.
          { numRuns: EACH, seed: 2026 + lane, endOnFailure: true },
        ),
      ),
    );
    expect(conducted).toBe(LANES * EACH);
  });
});

describe("a difference in the victims of a circle", () => {
  const wait = (task: number, released: number | null, reply: ModelStep["reply"]): ModelStep => ({
    ...{ task, operation: { kind: "delete-rows", table: "a" }, blockedBy: [4], released, reply },
  });
  const end: ModelStep = { task: 4, operation: { kind: "commit" }, blockedBy: null, released: 4, reply: { value: "commit" } };
  const [victim, done] = [{ error: "40P01" }, { value: 1 }] as const;
  const trace = (...steps: ModelStep[]) => ({ steps, rows: {} });
  const model = trace(wait(1, 4, victim), wait(2, 4, done), wait(3, null, null), end);

  it("is known where several went on together", () => {
    expect(differsInVictims(model, trace(wait(1, 4, done), wait(2, 4, victim), wait(3, 4, done), end))).toBe(true);
  });

  it("is not where nobody else failed, two waited, or something before it differs", () => {
    const others = [
      [model, trace(wait(1, 4, done), wait(2, 4, done), wait(3, null, null), end)],
      [model, trace(wait(1, 4, victim), wait(2, 4, done), wait(3, 4, done), end)],
      [trace(wait(1, 3, victim), wait(2, 3, done), end), trace(wait(1, 3, done), wait(2, 3, victim), end)],
      [model, trace(wait(2, 4, victim), wait(1, 4, done), wait(3, 4, done), end)],
    ] as const;
    for (const [model, real] of others) expect(differsInVictims(model, real)).toBe(false);
  });
});
