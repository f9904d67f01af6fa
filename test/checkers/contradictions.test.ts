import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anomalies } from "../../src/checkers/anomalies.js";
import { contradictions } from "../../src/checkers/contradictions.js";
import { checkSerializable } from "../../src/checkers/serializable.js";
import { versions } from "../../src/checkers/versions.js";
import type { Event, History } from "../../src/core/history.js";
import type { Condition, Json, Operation, Row, Rows } from "../../src/core/operation.js";
import { courseEntries, loadLesson, strategyOf } from "../../src/course/catalog.js";
import { model } from "../../src/model/model.js";
import { Stepper } from "../../src/simulator/index.js";
import { event, history, type Line, rowOf } from "./notation.js";

const before = { x: 0, y: 0 };
const found = (one: History) => contradictions(versions(one)).map(({ name, key, events }) => [name, key, ...events]);
const of = (line: Line, rows: Parameters<typeof history>[0] = before) => found(history(rows, line));
const ended = (line: Line, after: Rows) => found({ ...history(before, line), after });
const select = (
  task: number,
  rows: readonly Row[],
  more: { where?: Condition; aggregate?: ["count", "*"] | ["sum", string] } = {},
) => event(task, { kind: "select", table: "t", ...more }, rows);

describe("a read that no order explains", () => {
  it("is of a row that was never written, or of none where there always was one", () => {
    expect(of("1 r x 5")).toEqual([["unwritten read", "x", 1]]);
    expect(of("1 w x 1 | 2 r x 2 | 1 w x 3")).toEqual([["unwritten read", "x", 2]]);
    expect(of("1 r x -")).toEqual([["unwritten read", "x", 1]]);
    expect(of("1 r z 1")).toEqual([["unwritten read", "z", 1]]);
    expect(of("1 rv x 7 1 | 1 rfu y 8")).toEqual([
      ["unwritten read", "x", 1],
      ["unwritten read", "y", 2],
    ]);
  });
  it("is of a row that was written only later", () => {
    expect(of("1 r x 5 | 2 w x 5")).toEqual([["future read", "x", 1, 2]]);
    expect(of("1 r x 5 | 2 w x 5 | 2 w x 0")).toEqual([["future read", "x", 1, 2]]);
  });
  it("misses its task's own write, in a transaction and outside", () => {
    expect(of("1 w x 1 | 1 r x 0")).toEqual([["own write not seen", "x", 1, 2]]);
    expect(of("1 begin | 1 w x 1 | 1 r x 0 | 1 commit")).toEqual([["own write not seen", "x", 2, 3]]);
    expect(of("1 begin rr | 1 w x 1 | 1 commit | 2 begin | 2 w x 1 | 2 w x 2 | 2 r x 1 | 2 commit")).toEqual([
      ["own write not seen", "x", 6, 7],
    ]);
    expect(of("1 r x 0 | 1 w x 1 | 1 r x 0")).toEqual([["own write not seen", "x", 2, 3]]);
    expect(of("1 ins z 1 | 1 r z -")).toEqual([["own write not seen", "z", 1, 2]]);
  });
  it("is none where another task wrote that value since, or the write was taken back", () => {
    expect(of("1 w x 1 | 2 w x 0 | 1 r x 0")).toEqual([]);
    expect(of("2 begin | 2 w x 5 | 1 w x 1 | 2 commit | 1 r x 5")).toEqual([]);
    expect(of("1 begin | 1 w x 1 | 1 rollback | 1 r x 0")).toEqual([]);
    expect(of(["1 begin | 1 w x 1", event(1, { kind: "commit" }, "rollback"), "1 r x 0"])).toEqual([]);
    const [savepoint, back] = [
      event(1, { kind: "savepoint", name: "s" }, null),
      event(1, { kind: "rollback-to", name: "s" }, null),
    ];
    expect(of(["1 begin", savepoint, "1 w x 1", back, "1 r x 0 | 1 commit"])).toEqual([]);
    expect(of("1 begin | 1 w x 1 | 2 r x 1 | 1 rollback")).toEqual([]);
  });
  it("can be a select", () => {
    const rows = { "t/1": "n=1", "t/2": "n=2" };
    expect(of([select(1, [{ n: 1 }, { n: 3 }])], rows)).toEqual([["unwritten read", "t", 1]]);
    expect(of([select(1, [{ n: 1 }])], rows)).toEqual([["unwritten read", "t/2", 1]]);
    expect(
      of(
        [
          select(1, [
            { id: 1, n: 1 },
            { id: 2, n: 2, note: null },
          ]),
        ],
        rows,
      ),
    ).toEqual([]);
    expect(of([select(1, [{ n: 2 }], { where: [">", "n", 1] })], rows)).toEqual([]);
    expect(of([select(1, [{ n: 1 }, { n: 2 }, { n: 3 }]), "2 ins t/3 n=3"], rows)).toEqual([["future read", "t/3", 1, 2]]);
    expect(of(["1 ins t/3 n=3", select(1, [{ n: 1 }, { n: 2 }])], rows)).toEqual([["own write not seen", "t/3", 1, 2]]);
    expect(of(["1 w t/2 n=3", select(1, [{ n: 1 }, { n: 2 }])], rows)).toEqual([["own write not seen", "t/2", 1, 2]]);
    expect(of(["1 ins t/3 n=3 | 2 del t/3", select(1, [{ n: 1 }, { n: 2 }])], rows)).toEqual([]);
  });
  it("can be a count or a sum that no rows ever gave", () => {
    const rows = { "t/1": "n=1", "t/2": "n=2" };
    const count = (n: number) => select(1, [{ count: n }], { aggregate: ["count", "*"] });
    const sum = (n: number) => select(1, [{ sum: n }], { aggregate: ["sum", "n"] });
    expect(of([count(2)], rows)).toEqual([]);
    expect(of([count(3)], rows)).toEqual([["unwritten read", "t", 1]]);
    expect(of([sum(3), "2 w t/1 n=10"], rows)).toEqual([]);
    expect(of(["2 w t/1 n=10", sum(12)], rows)).toEqual([]);
    expect(of(["2 w t/1 n=10", sum(3)], rows), "of an older moment, which is another kind of wrong").toEqual([]);
    expect(of(["2 w t/1 n=10", sum(11)], rows)).toEqual([["unwritten read", "t", 2]]);
  });
});

describe("the end", () => {
  it("is what was written last", () => {
    expect(ended("1 w x 1", { x: { value: 1 }, y: { value: 0 } })).toEqual([]);
    expect(ended("1 w x 1", { x: { value: 0 }, y: { value: 0 } })).toEqual([["the end is not the history's", "x", 1]]);
    expect(ended("1 w x 1", { x: { value: 1 } })).toEqual([["the end is not the history's", "y"]]);
    expect(ended("1 r x 0", { x: { value: 0 }, y: { value: 0 }, z: { value: 0 } })).toEqual([
      ["the end is not the history's", "z"],
    ]);
    expect(ended("1 begin | 1 w x 1 | 1 rollback", { x: { value: 1 }, y: { value: 0 } })).toEqual([
      ["the end is not the history's", "x"],
    ]);
  });
  it("may hold or not what was written when the connection was lost", () => {
    for (const value of [0, 1]) {
      const after = { x: { value }, y: { value: 0 } };
      expect(ended("1 err 08006 w x 1", after)).toEqual([]);
      expect(ended("1 begin | 1 w x 1 | 1 err 08006 commit", after)).toEqual([]);
      expect(ended("1 begin | 1 w x 1 | 1 err 40001 commit", after)).toHaveLength(value);
    }
  });
});

it("both checkers name it before any cycle or anomaly", () => {
  const one = history(before, "1 r x 0 | 2 r x 0 | 2 w x 1 | 1 w x 1 | 3 r y 9");
  expect(checkSerializable(one)).toMatchObject({
    serializable: false,
    name: "unwritten read",
    cycle: [],
    contradiction: { key: "y" },
  });
  expect(anomalies(one).map(({ anomaly }) => anomaly)).toEqual(["unwritten read", "lost update"]);
  expect(anomalies(one)[0]!.explanation).toBe("Request 3 read y 9 at step 5, but no task wrote it.");
});

describe("a real execution has none", () => {
  const column = fc.integer({ min: 0, max: 3 });
  const row = column.map((v): Row => ({ v }));
  const key = fc.constantFrom("t/1", "t/2", "t/3");
  const where = fc.option(fc.constantFrom<Condition>([">", "v", 1], ["=", "v", 2], ["=", "id", 1], ["not", ["=", "v", 0]]), {
    nil: undefined,
  });
  const set = fc.constantFrom({ v: ["+", "v", 1] as const }, { v: 2 });
  const record = <K extends Operation["kind"]>(kind: K, rest: object) => fc.record({ kind: fc.constant(kind), ...rest });
  const operation = fc.oneof(
    record("read", { key }),
    record("read-versioned", { key }),
    record("select-for-update", { key, ifLocked: fc.constantFrom("nowait", "skip") }),
    record("write", { key, row }),
    record("insert", { key, row }),
    record("delete", { key }),
    record("compare-and-set", { key, row, version: fc.nat(2) }),
    record("update-where", { key, where, set }),
    record("select", { table: fc.constant("t"), where }),
    record("select", { table: fc.constant("t"), where, aggregate: fc.constantFrom(["count", "*"], ["sum", "v"]) }),
    record("insert-row", {
      table: fc.constant("t"),
      row: fc.tuple(fc.integer({ min: 1, max: 4 }), column).map(([id, v]) => ({ id, v })),
      onConflict: fc.constantFrom("nothing", { key: ["id"], set: { v: 3 } }),
    }),
    record("update-rows", { table: fc.constant("t"), where, set }),
    record("delete-rows", { table: fc.constant("t"), where }),
    record("begin", { isolation: fc.constantFrom("read committed", "repeatable read", "serializable") }),
    fc.constantFrom({ kind: "commit" }, { kind: "rollback" }),
    fc.constantFrom({ kind: "savepoint", name: "s" }, { kind: "rollback-to", name: "s" }),
  ) as unknown as fc.Arbitrary<Operation>;
  const script = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), operation), { maxLength: 25 });
  const rows = { "t/1": { v: 5 }, "t/2": { v: 6 } };

  /** What the model, a store that keeps its rules, answers to these tasks; a task that has to wait is passed over. */
  function played(script: readonly (readonly [number, Operation])[]): History {
    const store = model(rows, { t: { heap: true } });
    let shared = store.shared;
    const lines = [store.line, store.line, store.line, store.line];
    const events: Event[] = [];
    for (const [task, operation] of script) {
      const step = store.apply(shared, lines[task]!, operation);
      if (!step.reply) continue;
      [shared, lines[task]] = [step.shared, step.line];
      events.push({ n: events.length + 1, task, operation, reply: step.reply, asked: events.length, waited: false });
    }
    return { before: rows, events, outcomes: [], after: store.rows(shared) };
  }

  it("in 3,000 random programs of all statements and levels", () => {
    let reads = 0;
    fc.assert(
      fc.property(script, (script) => {
        const one = played(script);
        reads += one.events.filter(({ operation }) => /read|select/.test(operation.kind)).length;
        expect(found(one)).toEqual([]);
      }),
      { numRuns: 3000 },
    );
    expect(reads).toBeGreaterThan(3000);
  });

  it("until one row that was read, or is there at the end, is another", () => {
    const unheard: Row = { v: 77 };
    let changed = 0;
    fc.assert(
      fc.property(script, fc.nat(), (script, which) => {
        const one = played(script);
        const shown = one.events.filter(
          ({ operation, reply }) => (operation.kind === "read" || operation.kind === "select") && !("error" in reply),
        );
        const target = shown[which % Math.max(1, shown.length)];
        // A store may compute it where another answer is also one row less; then nothing is claimed.
        if (one.events.some(({ operation }) => operation.kind === "insert-row")) return;
        const after = { ...one.after, "t/1": unheard };
        const told = found({ ...one, after });
        // What has changed rows by a condition does not tell which: where other rows may be those, nothing is claimed.
        const isSilent = one.events.some(
          ({ operation, reply }) => /^(delete|update)-rows$/.test(operation.kind) && "value" in reply && reply.value !== 0,
        );
        if (isSilent) return;
        expect(told).toEqual([["the end is not the history's", "t/1", ...lastOf(one)]]);
        if (!target) return;
        changed++;
        const value: Json = target.operation.kind === "read" ? unheard : [{ ...unheard, count: 77, sum: 77 }];
        const events = one.events.map((event) => (event === target ? { ...event, reply: { value } } : event));
        expect(found({ ...one, events })).toContainEqual(["unwritten read", expect.any(String), target.n]);
      }),
      { numRuns: 2000 },
    );
    expect(changed).toBeGreaterThan(200);
  });

  const lastOf = (one: History): readonly number[] => {
    const last = versions(one).chains.get("t/1")!.at(-1)!;
    return last.n > 0 ? [last.n] : [];
  };

  it("in random schedules of every claim of the course, with their faults", async () => {
    let executions = 0;
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >> 8) % below;
    };
    for (const entry of courseEntries()) {
      const lesson = await loadLesson(entry, "en");
      for (const { strategy, size, faults } of lesson.claims ?? []) {
        const { rows, tasks, tables } = lesson.scenario({ ...lesson.size, ...size });
        const servers = size?.["servers"] ?? lesson.size["servers"] ?? 1;
        const options = { rows, tasks, servers, faults, model: (rows: Rows) => model(rows, tables), now: () => 0 };
        const stepper = await Stepper.of({ ...options, strategy: await strategyOf(lesson, strategy) }).catch(() => null);
        for (let run = 0; stepper && run < 3; run++) {
          stepper.goTo(0);
          for (let step = 0; step < 200 && !stepper.position.over; step++) {
            const { choices } = stepper.position;
            await stepper.choose(choices[random(choices.length)]!);
          }
          executions++;
          expect(found(stepper.history), `${entry.id} ${strategy} ${stepper.text}`).toEqual([]);
        }
      }
    }
    expect(executions).toBeGreaterThan(500);
  }, 60_000);
});

it("a row of a select that the notation has no key for is compared with what was written", () => {
  expect(of([select(1, [rowOf("n=1")!])], { "t/1": "n=1" })).toEqual([]);
});
