import { describe, expect, it } from "vitest";
import { replacementOf, rowsAfter, versions } from "../../src/checkers/versions.js";
import { model } from "../../src/model/model.js";
import { event, history, type Line, rowOf } from "./notation.js";

const values = (line: Line, key = "x") =>
  rowsAfter(history({ x: 0 }, line)).map((rows) => (rows[key] ? Object.values(rows[key]!).join(",") : null));

describe("the committed rows after each event", () => {
  it("change at once outside a transaction, at the commit inside, never after a rollback", () => {
    expect(values("1 w x 1 | 1 begin | 1 w x 2 | 2 w y 9 | 1 commit")).toEqual(["1", "1", "1", "1", "2"]);
    expect(values("1 begin | 1 w x 2 | 1 rollback | 2 w x 3")).toEqual(["0", "0", "0", "3"]);
    expect(values(["1 begin | 1 w x 2", event(1, { kind: "commit" }, "rollback"), "2 r x 0"])).toEqual(["0", "0", "0", "0"]);
  });
  it("keep what was written before a savepoint, and only that", () => {
    const savepoint = event(1, { kind: "savepoint", name: "s" }, null);
    const back = event(1, { kind: "rollback-to", name: "s" }, null);
    expect(values(["1 begin | 1 w x 2", savepoint, "1 w x 3", back, "1 commit"]).at(-1)).toBe("2");
  });
  it("do not change by what was refused", () => {
    expect(values("1 cas x 0 ?1 | 1 ins x ?1 | 1 err 23514 w x 1").at(-1)).toBe("0");
    expect(values([event(1, { kind: "update-where", key: "x", where: false, set: { value: 1 } }, 0)])).toEqual(["0"]);
  });
  it("follow statements that the store computes", () => {
    expect(values([event(1, { kind: "update-where", key: "x", set: { value: ["+", "value", 5] } }, 1)])).toEqual(["5"]);
    expect(values(["1 del x | 1 ins x 4"])).toEqual([null, "4"]);
    const all = [
      event(1, { kind: "insert-row", table: "t", row: rowOf("id=1,v=1")! }, 1),
      event(1, { kind: "update-rows", table: "t", where: ["=", "id", 1], set: { v: 2 } }, 1),
      event(1, { kind: "delete-rows", table: "t", where: ["=", "v", 2] }, 1),
    ];
    expect(values(all, "t/1")).toEqual(["1,1", "1,2", null]);
  });
  it("are those of the model, whatever is done to it", () => {
    const script: [number, Parameters<ReturnType<typeof model>["apply"]>[2]][] = [
      [1, { kind: "begin", isolation: "read committed" }],
      [1, { kind: "write", key: "x", row: { value: 1 } }],
      [2, { kind: "read", key: "x" }],
      [2, { kind: "insert", key: "y", row: { value: 7 } }],
      [1, { kind: "update-where", key: "x", set: { value: ["*", "value", 3] } }],
      [1, { kind: "delete", key: "y" }],
      [1, { kind: "commit" }],
      [2, { kind: "update-where", key: "x", where: [">", "value", 5], set: { value: 0 } }],
      [1, { kind: "publish", topic: "orders", message: "a" }],
      [1, { kind: "publish", topic: "orders", message: "b" }],
      [2, { kind: "receive", topic: "orders", exclusive: true }],
      [2, { kind: "publish", topic: "answers", message: "done" }],
      [2, { kind: "ack", topic: "orders", id: 1 }],
      [1, { kind: "receive", topic: "orders", exclusive: true, replyTo: "answers" }],
      [2, { kind: "ack", topic: "orders", id: 1 }],
    ];
    const store = model({ x: { value: 0 } });
    let shared = store.shared;
    const lines = [store.line, store.line, store.line];
    const expected: unknown[] = [];
    const events = script.map(([task, operation], index) => {
      const step = store.apply(shared, lines[task]!, operation);
      [shared, lines[task]] = [step.shared, step.line];
      expected.push(store.rows(shared));
      return { n: index + 1, task, operation, reply: step.reply!, asked: index, waited: false };
    });
    expect(rowsAfter({ before: { x: { value: 0 } }, events, outcomes: [], after: {} })).toEqual(expected);
  });
});

describe("which version a read saw", () => {
  const seen = (line: Line, n: number) => versions(history({ x: 0 }, line)).steps[n - 1]!.reads[0]?.version;
  it("is its own, else its snapshot, else the newest committed", () => {
    expect(seen("1 begin | 1 w x 1 | 1 r x 1", 3)).toMatchObject({ n: 2, installed: null });
    expect(seen("1 begin | 1 w x 1 | 2 r x 0", 3)).toMatchObject({ n: 0 });
    expect(seen("1 begin rr | 1 r x 0 | 2 w x 1 | 2 w x 0 | 1 r x 0", 5)).toMatchObject({ n: 0 });
    expect(seen("1 begin | 1 r x 0 | 2 w x 1 | 2 w x 0 | 1 r x 0", 5)).toMatchObject({ n: 4 });
  });
  it("follows the row where the store did not keep its rules, and is unknown when nobody wrote it", () => {
    expect(seen("1 begin | 1 w x 1 | 2 r x 1", 3)).toMatchObject({ n: 2 });
    expect(seen("1 r x 5", 1)).toBeUndefined();
  });
  it("says which write replaced it, and when", () => {
    const trace = versions(history({ x: 0 }, "1 r x 0 | 2 begin | 2 w x 1 | 2 commit"));
    expect(replacementOf(trace, trace.steps[0]!.reads[0]!.version)).toMatchObject({ by: 2, n: 3, installed: 4 });
  });
});

it("a task outside transactions is one unit until it looks again after a write or a conflict", () => {
  const units = (line: Line) =>
    versions(history({ x: 0, y: 0 }, line)).units.map(({ steps }) => steps.map(({ event: { n } }) => n));
  expect(units("1 r x 0 | 1 r x 0 | 1 w x 1 | 1 r y 0")).toEqual([[1, 2, 3, 4]]);
  expect(units("1 r x 0 | 1 w x 1 | 1 r x 1 | 1 w x 2")).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(units("1 rv x 0 0 | 1 cas x 0 ?1 | 1 rv x 0 0")).toEqual([[1, 2], [3]]);
  expect(units("1 r x 0 | 1 begin | 1 w x 1 | 1 commit | 1 r y 0")).toEqual([[1], [2, 3, 4], [5]]);
});
