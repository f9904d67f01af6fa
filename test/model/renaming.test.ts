import fc from "fast-check";
import { expect, it } from "vitest";
import { model } from "../../src/model/model.js";
import { canonicalText } from "../../src/simulator/index.js";
import { program, subjectOf } from "../conduct/random.js";
import { play } from "./play.js";

const runs = { numRuns: 200 };

it("tasks hear the same, wait for the same and leave the same rows under new names as under the old ones", () => {
  fc.assert(
    fc.property(program, (one) => {
      const { rows, tables } = subjectOf(one).options;
      const machine = model(rows, tables);
      const [renamed, plain] = [() => {}, null].map((names) => play(machine, one.tasks, one.picks, names));
      for (const what of ["said", "rows", "stuck", "blockers"] as const) expect(renamed![what]).toEqual(plain![what]);
    }),
    runs,
  );
});

it("two renamings with one key do the same to every line", () => {
  /** What became of a line under a key. */
  const known = new Map<string, string>();
  let again = 0;
  fc.assert(
    fc.property(program, (one) => {
      const { rows, tables } = subjectOf(one).options;
      play(model(rows, tables), one.tasks, one.picks, (names, lines) => {
        for (const line of lines) {
          const before = `${names.key} ${canonicalText(line)}`;
          const after = canonicalText(names.line(line));
          if (known.has(before)) again++;
          else known.set(before, after);
          expect(after).toBe(known.get(before));
        }
      });
    }),
    runs,
  );
  expect(again).toBeGreaterThan(400);
});
