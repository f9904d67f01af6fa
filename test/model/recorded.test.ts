import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordedCases } from "../../src/conduct/recorded.js";
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
