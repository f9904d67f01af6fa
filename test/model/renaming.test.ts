import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalText } from "../../src/core/canonical-text.js";
import type { Machine } from "../../src/core/machine.js";
import type { Rows } from "../../src/core/operation.js";
import { relation } from "../../src/core/relation.js";
import { prepareLesson } from "../../src/explore/explore.js";
import { Renamer } from "../../src/model/canonical.js";
import { Coder } from "../../src/model/code.js";
import { model, type Stored } from "../../src/model/model.js";
import { ExploredGraph, type ExplorerInput, exploreAll } from "../../src/simulator/index.js";
import { program, subjectOf } from "../conduct/random.js";
import { underNewNames, withReadsInOrder } from "./new-names.js";
import { asValue, play } from "./play.js";

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

it("two stores have one code where they are equal under their new names, and only there; read, it is the store", () => {
  let again = 0;
  fc.assert(
    fc.property(program, (one) => {
      const { rows, tables = {} } = subjectOf(one).options;
      const machine = model(rows, tables);
      const relationOf = (table: string) => relation(tables, table);
      const coder = new Coder();
      const renamer = new Renamer(relationOf, coder);
      const [textOf, codeOf] = [new Map<string, string>(), new Map<string, string>()];
      for (const turn of [0, 1, 2, 3])
        play(machine, one.tasks, [...one.picks.slice(turn), ...one.picks.slice(0, turn)], (names, _, step) => {
          if (!step) return;
          expect(names.code).toBe(names.shared);
          const { code } = renamer.renaming(step)!;
          const meant = underNewNames(step, relationOf);
          expect(withReadsInOrder(coder.read(code!))).toEqual(meant);
          const text = canonicalText(meant);
          if (textOf.has(code!)) again++;
          expect([code, textOf.get(code!) ?? text]).toEqual([code, text]);
          expect([text, codeOf.get(text) ?? code]).toEqual([text, code]);
          textOf.set(code!, text);
          codeOf.set(text, code!);
        });
    }),
    runs,
  );
  expect(again).toBeGreaterThan(1000);
});

it("two lines have one code where they are equal, and only there", () => {
  let again = 0;
  fc.assert(
    fc.property(program, (one) => {
      const { rows, tables } = subjectOf(one).options;
      const machine = model(rows, tables);
      const [textOf, codeOf] = [new Map<string, string>(), new Map<string, string>()];
      for (const turn of [0, 1, 2])
        play(machine, one.tasks, [...one.picks.slice(turn), ...one.picks.slice(0, turn)], (names, lines) => {
          for (const line of [...lines, ...lines.map((line) => names.line(line))]) {
            const [code, text] = [machine.lineCode!(line), canonicalText(line)];
            if (textOf.has(code)) again++;
            expect([code, textOf.get(code) ?? text]).toEqual([code, text]);
            expect([text, codeOf.get(text) ?? code]).toEqual([text, code]);
            textOf.set(code, text);
            codeOf.set(text, code);
          }
        });
    }),
    runs,
  );
  expect(again).toBeGreaterThan(1000);
});

it.each([
  ["coupon-rush", "row-lock", { tasks: 3 }],
  ["coupon-rush", "serializable", { tasks: 3 }],
  ["write-skew", "serializable", { tasks: 3 }],
  ["deadlock", "row-lock-timeout", {}],
  ["deadlock", "row-lock-nowait", {}],
  ["double-top-up", "row-lock", {}],
  ["outbox", "outbox", {}],
  ["single-writer", "single-writer", {}],
  ["saga", "saga", { tasks: 1 }],
] as const)("%s under %s has as many states, choices and ends with codes as with values", async (lesson, strategy, size) => {
  const { options } = await prepareLesson({ lesson, strategy, size, faults: {}, language: "en", limit: { states: 5000 } });
  /** Stores and lines are kept and compared as values. */
  const withoutCodes = (rows: Rows): Machine => {
    const { lineCode: _, ...machine } = options.model(rows);
    const relationOf = (table: string) => relation(options.tables ?? {}, table);
    const renaming = (shared: unknown) => {
      const names = machine.renaming?.(shared);
      if (!names) return null;
      const renamed = underNewNames(asValue(shared as Stored), relationOf);
      return { shared: renamed, key: names.key, line: (line: unknown) => names.line(line) };
    };
    return { ...machine, renaming };
  };
  const counted = async (input: ExplorerInput) => {
    const { graph } = await ExploredGraph.of(input);
    return { states: graph.states, edges: graph.edgeCount, ends: graph.ends.length, stopped: graph.stopped };
  };
  expect(await counted(options)).toEqual(await counted({ ...options, model: withoutCodes }));
});

it("write-skew of four under serializable has 178,472 states: what a code leaves out shows only in as many", async () => {
  const { options } = await prepareLesson({
    lesson: "write-skew",
    strategy: "serializable",
    size: { tasks: 4 },
    faults: {},
    language: "en",
    limit: { seconds: 600 },
  });
  const { graph } = await ExploredGraph.of(options);
  expect([graph.states, graph.stopped]).toEqual([178_472, null]);
});

it("coupon-rush of three under serializable holds in 3,033 states and 1,187,875,206 schedules", async () => {
  const size = { tasks: 3 };
  const { options } = await prepareLesson({ lesson: "coupon-rush", strategy: "serializable", size, faults: {}, language: "en" });
  const { verdict, states, schedules } = await exploreAll(options);
  expect([verdict, states, schedules]).toEqual(["holds", 3033, 1_187_875_206n]);
});
