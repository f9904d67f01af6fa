/** A graph is kept in few bytes: packed states, and edges as differences. What comes out is what was put in. */
import fc from "fast-check";
import type { Property } from "racelab";
import { expect, test } from "vitest";
import { canonicalText } from "../../src/core/canonical-text.js";
import { countAll } from "../../src/simulator/count.js";
import { Edges, TOGETHER } from "../../src/simulator/edges.js";
import { Graph } from "../../src/simulator/graph.js";
import { ExploredGraph, Pace, prepare } from "../../src/simulator/index.js";
import { Layout } from "../../src/simulator/layout.js";
import { StateTable } from "../../src/simulator/state-table.js";
import { cas3, histories, lock, merged, onStock, type Program, philosophers, racy, STOCK, symmetric } from "./programs.js";

/** Groups of interchangeable tasks, and states of them with seats that are sorted within each group. */
const spaces = fc
  .record({
    groups: fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 6 }),
    seat: fc.constantFrom(0, 1, 5, 30, 33, 70, 300, 70_000),
    store: fc.constantFrom(0, 1, 20, 900, 70_000),
    budget: fc.integer({ min: 0, max: 9 }),
    watched: fc.boolean(),
  })
  .chain(({ groups, seat, store, budget, watched }) => {
    const tasks = groups.reduce((sum, size) => sum + size, 0);
    const ends = groups.flatMap((size, g) => Array(size).fill(groups.slice(0, g + 1).reduce((sum, each) => sum + each, 0)));
    const upTo = (max: number) => fc.integer({ min: 0, max });
    const seats = fc.tuple(...groups.map((size) => fc.array(upTo(seat), { minLength: size, maxLength: size })));
    const state = fc
      .tuple(seats, upTo(store), upTo(budget), upTo(3))
      .map(([seats, store, budget, all]) => [...seats.flatMap(sorted), store, budget, ...(watched ? [all] : [])]);
    return fc.record({
      shape: fc.constant({ tasks, length: tasks + (watched ? 3 : 2), groupEnd: Int32Array.from(ends) }),
      bounds: fc.constant({ seat, store, budget, all: watched ? 3 : 0 }),
      states: fc.array(state, { minLength: 1, maxLength: 30 }),
      move: fc.record({ position: fc.integer({ min: -1, max: tasks - 1 }), seat: upTo(seat), store: upTo(store) }),
    });
  });

const sorted = (seats: readonly number[]) => [...seats].sort((a, b) => a - b);

test("a packed state is the same state, and so is the one after a move", () => {
  fc.assert(
    fc.property(spaces, ({ shape, bounds, states, move }) => {
      const layout = Layout.for(shape, bounds);
      const keys = new Int32Array(3 * layout.words);
      const out = new Int32Array(shape.length);
      for (const state of states) {
        layout.encode(Int32Array.from(state), keys, layout.words);
        layout.decode(keys, layout.words, out);
        expect([...out]).toEqual(state);
        const { position, seat, store } = move;
        layout.move(keys, layout.words, 2 * layout.words, Int32Array.from(state), position, seat, store, state[shape.tasks + 1]!);
        layout.decode(keys, 2 * layout.words, out);
        const after = state.with(shape.tasks, store);
        if (position >= 0) after[position] = seat;
        const groups = [...new Set(shape.groupEnd)].map((end, g, ends) => sorted(after.slice(ends[g - 1] ?? 0, end)));
        expect([...out]).toEqual([...groups.flat(), ...after.slice(shape.tasks)]);
      }
    }),
  );
});

test("a table finds every state that was entered, and no other, also after it was packed in another way", () => {
  fc.assert(
    fc.property(spaces, ({ shape, bounds, states }) => {
      const small = { ...bounds, seat: Math.max(...states.flatMap((state) => state.slice(0, shape.tasks))) };
      let layout = Layout.for(shape, small);
      const table = new StateTable(layout);
      const key = new Int32Array(40 + shape.length);
      const numbers = new Map<string, number>();
      for (const state of states) {
        layout.encode(Int32Array.from(state), key, 0);
        if (table.enter(key, 0, 0) === 0) {
          expect(numbers.has(`${state}`)).toBe(false);
          table.leave(0, numbers.size);
          numbers.set(`${state}`, numbers.size);
        }
        if (layout.fits(bounds)) continue;
        layout = Layout.for(shape, bounds);
        table.repack(layout, new Int32Array(shape.length));
      }
      table.pack();
      expect(table.count).toBe(numbers.size);
      for (const state of states) {
        layout.encode(Int32Array.from(state), key, 0);
        expect(table.find(key, 0)).toBe(numbers.get(`${state}`));
        layout.encode(Int32Array.from(state.with(shape.tasks, bounds.store + 1)), key, 0);
        if (layout.holds(Int32Array.from(state.with(shape.tasks, bounds.store + 1)))) expect(table.find(key, 0)).toBe(-1);
      }
    }),
  );
});

test("edges are read as they were written, however many, heavy and far they are", () => {
  const edge = fc.record({ far: fc.double({ min: 0, max: 1, noNaN: true }), weight: fc.integer({ min: 1, max: 255 }) });
  const lists = fc.array(
    fc.oneof({ weight: 9, arbitrary: fc.array(edge, { maxLength: 6 }) }, fc.array(edge, { minLength: 120, maxLength: 200 })),
  );
  fc.assert(
    fc.property(lists, (records) => {
      const edges = new Edges();
      const written = records.map((record, state) =>
        state === 0 ? [] : record.map(({ far, weight }) => ({ to: Math.floor(far * (state - 1)), weight })),
      );
      for (const record of written) {
        const [to, weight] = (["to", "weight"] as const).map((name) => Int32Array.from([0, ...record.map((each) => each[name])]));
        edges.add(to!, weight!, 1, record.length);
      }
      edges.pack();
      const byTarget = (a: { to: number; weight: number }, b: typeof a) => b.to - a.to || b.weight - a.weight;
      for (const [state, record] of written.entries()) {
        const read: typeof record = [];
        edges.each(state, (to, weight) => read.push({ to, weight }));
        expect(read.sort(byTarget)).toEqual(record.sort(byTarget));
        expect(edges.hasAny(state)).toBe(record.length > 0);
        if (state % TOGETHER > 0) continue;
        const together = Array.from({ length: edges.decode(state) }, (_, r) => {
          const [from, end] = [edges.first[r]!, edges.first[r + 1]!];
          return Array.from(edges.to.slice(from, end), (to, k) => ({ to, weight: edges.weight[from + k]! })).sort(byTarget);
        });
        expect(together).toEqual(written.slice(state, state + TOGETHER).map((each) => each.sort(byTarget)));
      }
    }),
  );
});

test.each([
  ["twelve buyers", 12, symmetric, 20],
  ["six buyers, every history apart", 6, histories, 14],
] as const)("a graph of %s takes at most so many bytes a state", async (_, buyers, merging, most) => {
  const graph = new Graph(await prepare(onStock(buyers, racy, merging)));
  await graph.build(1e9, new Pace({}));
  expect(graph.bytes / graph.states).toBeLessThan(most);
});

test.each([
  ["buyers", onStock(7, racy)],
  ["buyers who compare and set", onStock(4, cas3)],
  ["buyers with a lock", onStock(4, lock)],
  ["two kinds of buyers", onStock(5, racy, { tasks: [racy, racy, lock, lock, cas3] })],
  ["philosophers", philosophers(4)],
  ["buyers who are told apart", onStock(4, racy, merged)],
] as const)("nodes for common moves change no answer: %s", async (_, options) => {
  const answers = [];
  for (const merges of [false, true]) {
    const space = await prepare(options);
    const graph = new Graph(space, space.initial(), merges);
    await graph.build(1e9, new Pace({}));
    const { paths, fair, longest } = await countAll(graph, new Pace({}));
    const { states, edgeCount, transitions, numbers } = graph;
    const ends = graph.ends
      .map((end, i) => {
        const tuple = space.tuple();
        graph.readEnd(i, tuple);
        expect(graph.find(tuple)).toBe(end);
        return `${canonicalText(space.rows(tuple))} ${paths.to(end)} ${fair!(end).toFixed(12)}`;
      })
      .sort();
    let edges = 0;
    for (let state = 0; state < numbers; state++) graph.eachEdge(state, (to) => (edges += Number(to < state)));
    expect(merges || edges === edgeCount).toBe(true);
    answers.push({ states, edgeCount, transitions, longest, ends });
  }
  expect(answers[1]).toEqual(answers[0]);
});

test("states with the same future share a number, unless somebody asks what they are", async () => {
  const numbers = async (properties: readonly Property[]) => {
    const { graph } = await ExploredGraph.of(onStock(12, racy, { properties }));
    return [graph.states, graph.numbers < graph.states * 0.8];
  };
  expect(await numbers([])).toEqual([28_672, true]);
  expect(await numbers([{ name: "stock is left", kind: "invariant", test: () => null }])).toEqual([28_672, false]);
});

test("where tasks go round, all states are told apart, and only those that were met until then are looked at twice", async () => {
  const spins: Program = async ({ read, write }) => {
    for (;;) if ((await read(STOCK))?.["left"] !== 100) await write(STOCK, { left: 100 });
  };
  const space = await prepare(onStock(2, spins, { tasks: [spins, racy], limits: { steps: 12 } }));
  const graph = new Graph(space, space.initial(), true);
  await graph.build(1e9, new Pace({}));
  expect(graph.isRefused).toBe(true);
  expect(graph.states).toBeLessThan(30);
});
