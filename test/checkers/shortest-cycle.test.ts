import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dependency } from "../../src/checkers/dependencies.js";
import { checkSerializable } from "../../src/checkers/serializable.js";
import { cycleOfOneRw, shortestCycle } from "../../src/checkers/shortest-cycle.js";
import type { Unit } from "../../src/checkers/versions.js";
import { history } from "./notation.js";

const units = Array.from({ length: 7 }, (_, task): Unit => ({ task, transaction: false, fate: "committed", steps: [] }));
const edge = (kind: Dependency["kind"], from: Unit, to: Unit): Dependency => ({
  kind,
  from,
  to,
  key: "x",
  predicate: false,
  events: [1, 2],
});
const graphs = fc.array(
  fc
    .record({ kind: fc.constantFrom("ww", "wr", "rw"), from: fc.constantFrom(...units), to: fc.constantFrom(...units) })
    .filter(({ from, to }) => from !== to)
    .map(({ kind, from, to }) => edge(kind as Dependency["kind"], from, to)),
  { maxLength: 16 },
);

/** The lengths of all cycles that pass through no unit twice. */
function cycles(edges: readonly Dependency[], isWanted: (cycle: readonly Dependency[]) => boolean): readonly number[] {
  const from = (start: Unit, way: readonly Dependency[]): readonly number[] =>
    edges
      .filter((edge) => edge.from === (way.at(-1)?.to ?? start) && way.every(({ to }) => to !== edge.to))
      .flatMap((edge) => (edge.to === start ? (isWanted([...way, edge]) ? [way.length + 1] : []) : from(start, [...way, edge])));
  return units.flatMap((unit) => from(unit, []));
}

function isCycle(found: readonly Dependency[]): boolean {
  return found.every(({ to }, i) => to === found[(i + 1) % found.length]!.from);
}

describe("a shortest cycle of dependencies", () => {
  it("is as short as the shortest of all, and there is one if there is any", () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const found = shortestCycle(edges);
        const all = cycles(edges, () => true);
        expect(found?.length ?? null).toBe(all.length > 0 ? Math.min(...all) : null);
        if (found) expect(isCycle(found)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("of exactly one rw is, too, where none is without rw", () => {
    const rw = (cycle: readonly Dependency[]) => cycle.filter(({ kind }) => kind === "rw").length;
    fc.assert(
      fc.property(graphs, (edges) => {
        fc.pre(cycles(edges, (cycle) => rw(cycle) === 0).length === 0);
        const found = cycleOfOneRw(edges);
        const all = cycles(edges, (cycle) => rw(cycle) === 1);
        expect(found?.length ?? null).toBe(all.length > 0 ? Math.min(...all) : null);
        if (found) expect([isCycle(found), rw(found)]).toEqual([true, 1]);
      }),
      { numRuns: 300 },
    );
  });

  it("on one hot row is found in steps that grow with the dependencies, not with their square", () => {
    let looks = 0;
    const counted = (kind: Dependency["kind"], from: Unit, to: Unit) => {
      const get = () => {
        looks++;
        return to;
      };
      return Object.defineProperty(edge(kind, from, to), "to", { get });
    };
    /** Each unit reads what the one before wrote; `back`: the last was overtaken by the first. */
    const hot = (size: number, back: boolean) => {
      const chain = Array.from({ length: size }, (): Unit => ({ ...units[0]! }));
      const next = chain.slice(1).flatMap((to, i) => [counted("wr", chain[i]!, to), counted("ww", chain[i]!, to)]);
      return back ? [...next, counted("rw", chain.at(-1)!, chain[0]!)] : next;
    };
    const steps = (size: number) => {
      looks = 0;
      expect(shortestCycle(hot(size, false))).toBe(null);
      expect(cycleOfOneRw(hot(size, true))).toHaveLength(size);
      return looks;
    };
    const [few, many] = [steps(1000), steps(4000)];
    expect(many / few).toBeLessThan(5);
  });
});

it("the worst kind is found wherever it is in a long history", () => {
  const rows = Array.from({ length: 400 }, (_, i) => [`a/${i}`, `b/${i}`] as const);
  const skew = ([a, b]: readonly [string, string], i: number) => {
    const [one, other] = [2 * i + 1, 2 * i + 2];
    return `${one} r ${a} 0 | ${other} r ${b} 0 | ${one} w ${b} 1 | ${other} w ${a} 1`;
  };
  const before = Object.fromEntries([...rows.flat(), "x"].map((key) => [key, 0]));
  const many = rows.map(skew).join(" | ");
  expect(checkSerializable(history(before, many))).toMatchObject({ serializable: false, name: "G2-item" });
  expect(checkSerializable(history(before, `${many} | 901 r x 0 | 902 r x 0 | 902 w x 1 | 901 w x 2`))).toMatchObject({
    serializable: false,
    name: "G-single",
  });
});
