import { expect, it } from "vitest";
import { fuzzed } from "./fuzz.js";

it("random command lines end with a documented code, a sentence, and no stack trace (npx tsx test/commands/fuzz.ts tries more)", async () => {
  const { faults, lines } = await fuzzed(16, 3);
  expect(faults).toEqual([]);
  expect(lines).toBe(16);
}, 300_000);
