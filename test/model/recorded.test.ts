import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Case, type Expectation, recordedCases } from "../../src/conduct/recorded.js";
import { normal, outcomes, replay, type Trace } from "./replay.js";

/** Compared as data, for a readable difference; `normal` gives equal traces the same form. */
const comparable = (trace: Trace | undefined) => trace && JSON.parse(normal(trace));

for (const file of ["cases-a.json", "random-a.json"]) {
  describe(`${file}: recorded on PostgreSQL 15.18`, () => {
    for (const one of recordedCases(join(import.meta.dirname, "recorded", file))) {
      it(one.id, () => {
        const [first, ...others] = outcomes(one);
        expect(comparable(replay(one)[0])).toEqual(comparable(first));
        expect(comparable(replay(one, { canonical: false })[0])).toEqual(comparable(first));
        const all = replay(one, { all: true }).map(normal);
        expect(all).toContain(normal(first as Trace));
        for (const other of others) expect(all).toContain(normal(other));
        if (one.deterministic !== false) expect(all).toHaveLength(1);
      });
    }
  });
}

it("a step that was skipped, because its session waited, is a step", () => {
  const update = { k: "update", t: "a", set: { n: 1 } };
  const step = (n: number, session: string, op: object, expect: Expectation) => ({ n, session, op, expect });
  const one: Case = {
    id: "skipped",
    tables: [{ name: "a", columns: { id: "int", n: "int" }, primaryKey: ["id"], unique: [], check: [], rows: [{ id: 1, n: 0 }] }],
    steps: [
      step(1, "A", { k: "begin" }, { ok: true }),
      step(2, "A", update, { rowCount: 1 }),
      step(3, "B", update, { blocked: true, blockedBy: ["A"], unblockedBy: 5, later: { rowCount: 1 } }),
      step(4, "B", update, { skipped: "session is blocked" }),
      step(5, "A", { k: "commit" }, { ok: true }),
    ],
    final: { a: [{ id: 1, n: 1 }] },
  };
  expect(comparable(replay(one)[0])).toEqual(comparable(outcomes(one)[0]));
});
