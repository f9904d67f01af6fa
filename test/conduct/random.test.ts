import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/stores/open.js";
import { localServer, whyNot } from "../stores/local-servers.js";
import { conductProgram, isKnown, type Program, program } from "./random.js";

// Only the usual server: the embedded one is PostgreSQL 18.4, which differs for ON CONFLICT DO NOTHING at serializable.
const reason = await whyNot(localServer);
const LANES = 2;
const EACH = 60;
const stores =
  reason === null ? await Promise.all(Array.from({ length: LANES }, () => openStore(localServer, { conducted: true }))) : [];
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
            expect(compared.differences.filter((one) => !isKnown(compared, one))).toEqual([]);
          }),
          // To make a difference small takes longer than a test may: random-many.ts does it.
          { numRuns: EACH, seed: 2026 + lane, endOnFailure: true },
        ),
      ),
    );
    expect(conducted).toBe(LANES * EACH);
  });
});
