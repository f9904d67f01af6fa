/**
 * Conducts many random programs, and prints every difference, made small: `npx tsx test/conduct/random-many.ts 5000 1 6`
 * (programs, seed, lanes). RACELAB_POSTGRES names the server.
 */
import fc from "fast-check";
import { type Difference, said } from "../../src/conduct/fidelity.js";
import { openStore } from "../../src/stores/open.js";
import { conductProgram, differsInNames, type Program, program, scheduleOf, stepsOf } from "./random.js";

const [many = 300, seed = 1, lanes = 4] = process.argv.slice(2).map(Number);
const url = process.env["RACELAB_POSTGRES"] ?? "postgres://postgres@localhost/postgres";
const totals = {
  programs: 0,
  conducted: 0,
  races: 0,
  again: 0,
  differences: 0,
  known: 0,
  steps: 0,
  waits: 0,
  skipped: {} as Record<string, number>,
};
/** Kept: while a task runs, in another lane too, the simulator hands out a clock that refuses. */
const now = performance.now.bind(performance);
const began = now();

/** Both traces, step beside step. */
function beside({ model, real }: Difference): string {
  const lines = ({ steps, rows }: Difference["model"]) => [
    ...steps.map((step, i) => `${i + 1}. ${step.task} ${said(step, "en")}`),
    JSON.stringify(Object.entries(rows).sort()),
  ];
  const [one, other] = [lines(model), lines(real)];
  return one.map((line, i) => (line === other[i] ? `     ${line}` : `  -  ${line}\n  +  ${other[i]}`)).join("\n");
}

async function lane(number: number): Promise<void> {
  const store = await openStore(url, { conducted: true });
  let left = Math.ceil(many / lanes);
  for (let round = 0; left > 0; round++) {
    let shrinking = false;
    const found = await fc.check(
      fc.asyncProperty(program, async (one: Program) => {
        const compared = await conductProgram(store, one);
        const { conducted, races, again, skipped } = compared;
        const differences = compared.differences.filter((difference) => !differsInNames(compared, difference));
        if (!shrinking) totals.known += compared.differences.length - differences.length;
        if (!shrinking) {
          left--;
          totals.programs++;
          totals.conducted += conducted;
          totals.races += races;
          const steps = await stepsOf(one);
          totals.steps += steps.length;
          totals.waits += steps.filter(({ blockedBy }) => blockedBy !== null).length;
          totals.again += again;
          for (const [reason, times] of Object.entries(skipped)) totals.skipped[reason] = (totals.skipped[reason] ?? 0) + times;
          if (totals.programs % 250 === 0) console.error(JSON.stringify(totals), Math.round((now() - began) / 1000), "s");
        }
        if (differences.length > 0) {
          shrinking = true;
          throw new Error(beside(differences[0]!));
        }
      }),
      { numRuns: left, seed: seed * 100_003 + number * 1009 + round },
    );
    if (!found.failed) continue;
    totals.differences++;
    const [one] = found.counterexample as [Program];
    console.log(`--- difference ${totals.differences}, order ${scheduleOf(one).join("")}`);
    for (const operations of one.tasks) console.log("  task", JSON.stringify(operations));
    console.log((found.errorInstance as Error | null)?.message);
  }
  await store.close();
}

await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
console.log(JSON.stringify(totals), Math.round((now() - began) / 1000), "s");
