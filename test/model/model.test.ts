import { describe, expect, it } from "vitest";
import type { Condition, Operation } from "../../src/core/operation.js";
import { asValue } from "./play.js";
import { begin, commit, error, rollback, stage, value } from "./rules.js";

const read = (key: string): Operation => ({ kind: "read", key });
const write = (key: string, n: number): Operation => ({ kind: "write", key, row: { n } });
const accounts = { "a/1": { n: 1 }, "a/2": { n: 2 }, "a/3": { n: 3 }, "a/4": { n: 4 }, "b/1": { n: 0 } };

describe("named locks", () => {
  it("block the second, and go to whoever asks next once released", () => {
    const { does } = stage({});
    const acquire: Operation = { kind: "acquire", lock: "stock" };
    expect(does("A", acquire)).toEqual(value(true));
    expect(does("B", acquire)).toBeUndefined();
    expect(does("B", { ...acquire, ifLocked: "nowait" })).toEqual(value(false));
    expect(does("B", { kind: "release", lock: "stock" })).toEqual(value(false));
    expect(does("A", { kind: "release", lock: "stock" })).toEqual(value(true));
    expect(does("B", acquire)).toEqual(value(true));
  });
  it("never have a victim: two in different order wait for ever", () => {
    const { does } = stage({});
    does("A", { kind: "acquire", lock: "x" });
    does("B", { kind: "acquire", lock: "y" });
    expect(does("A", { kind: "acquire", lock: "y" })).toBeUndefined();
    expect(does("B", { kind: "acquire", lock: "x" })).toBeUndefined();
  });
});

describe("versions", () => {
  it("are counted only once somebody has looked", () => {
    const { does, shared } = stage({ "a/1": { n: 0 } });
    does("A", write("a/1", 1));
    expect(asValue(shared()).versions).toEqual({});
    expect(does("A", { kind: "read-versioned", key: "a/1" })).toEqual(value({ row: { n: 1 }, version: 0 }));
    does("A", write("a/1", 2));
    expect(asValue(shared()).versions).toEqual({ "a/1": 1 });
  });
  it("go on when a row is deleted and inserted again, so that a stale one never fits", () => {
    const { does } = stage({ "a/1": { n: 0 } });
    does("A", { kind: "read-versioned", key: "a/1" });
    does("A", { kind: "delete", key: "a/1" });
    does("A", { kind: "insert", key: "a/1", row: { n: 0 } });
    expect(does("A", { kind: "compare-and-set", key: "a/1", row: { n: 9 }, version: 0 })).toEqual(value(false));
  });
  it("are tested again after a wait", () => {
    const { does } = stage({ "a/1": { n: 0 } });
    does("A", { kind: "read-versioned", key: "a/1" });
    does("B", begin());
    does("B", write("a/1", 1));
    const stale: Operation = { kind: "compare-and-set", key: "a/1", row: { n: 2 }, version: 0 };
    expect(does("A", stale)).toBeUndefined();
    does("B", commit);
    expect(does("A", stale)).toEqual(value(false));
  });
});

describe("an engine that nobody needs", () => {
  it("is not there: not for BEGIN, not for a read at read committed, not after the last one has left", () => {
    const { does, shared } = stage(accounts);
    const first = shared();
    does("A", begin());
    does("A", read("a/1"));
    does("A", { kind: "select", table: "a" });
    expect(shared()).toBe(first);
    does("A", write("a/1", 5));
    expect(shared(), "a store that has an engine is kept as a code").toBeTypeOf("string");
    does("A", rollback);
    expect(shared()).toEqual(first);
  });
  it("is not changed by a step that cannot be done", () => {
    const { machine, does, shared, line } = stage(accounts);
    does("A", begin());
    does("A", write("a/1", 5));
    does("B", write("a/1", 6));
    const again = machine.apply(shared(), line("B"), write("a/1", 6));
    expect(again.shared).toBe(shared());
    expect(again.line).toBe(line("B"));
  });
  it("calls equal situations equal, whoever is in which", () => {
    const situation = (first: string, second: string) => {
      const { does, machine, shared, line } = stage(accounts);
      does("A", begin());
      does("B", begin());
      does(first, write("a/1", 5));
      expect(does(second, write("a/1", 6))).toBeUndefined();
      const names = machine.renaming?.(shared());
      return { shared: names?.shared, lines: [names?.line(line(first)), names?.line(line(second))] };
    };
    expect(situation("A", "B")).toEqual(situation("B", "A"));
  });
});

describe("a client that goes", () => {
  it("is rolled back, and whoever waited goes on", () => {
    const { does, leaves, rows } = stage(accounts);
    does("A", begin());
    does("A", write("a/1", 5));
    does("A", { kind: "advisory-lock", lock: 7, scope: "session" });
    expect(does("B", write("a/1", 6))).toBeUndefined();
    expect(does("C", { kind: "advisory-lock", lock: 7 })).toBeUndefined();
    leaves("A");
    expect(does("B", write("a/1", 6))).toEqual(value(null));
    expect(does("C", { kind: "advisory-lock", lock: 7 })).toEqual(value(true));
    expect(rows()["a/1"]).toEqual({ n: 6 });
  });
  it("loses its place when it goes while it waits", () => {
    const { does, leaves, shared } = stage(accounts);
    does("A", begin());
    does("A", write("a/1", 5));
    expect(does("B", write("a/1", 6))).toBeUndefined();
    expect(does("C", write("a/1", 7))).toBeUndefined();
    leaves("B");
    does("A", commit);
    expect(does("C", write("a/1", 7))).toEqual(value(null));
    expect(asValue(shared()).engine).toBeUndefined();
  });
  it("gives back a lock that it was granted while it waited, and had not gone on with", () => {
    for (const scope of ["transaction", "session"] as const) {
      const { does, leaves } = stage(accounts);
      const lock: Operation = { kind: "advisory-lock", lock: 7, scope };
      does("A", begin());
      does("A", { kind: "advisory-lock", lock: 7 });
      does("B", begin());
      expect(does("B", lock)).toBeUndefined();
      does("A", commit);
      leaves("B");
      expect(does("C", { kind: "advisory-lock", lock: 7, scope: "session" }), scope).toEqual(value(true));
    }
  });
});

describe("the order in which a statement locks rows", () => {
  const heap = { a: { heap: true } } as const;
  const add = (where: Extract<Operation, { kind: "update-rows" }>["where"]): Operation => ({
    ...{ kind: "update-rows", table: "a", set: { n: ["+", "n", 1] } },
    ...(where !== undefined && { where }),
  });
  const probe: Operation = { kind: "select-for-update", key: "a/2", ifLocked: "nowait" };
  const blockedOnFirst = (where: Parameters<typeof add>[0]) => {
    const { does } = stage(accounts, heap);
    does("A", add(["=", "id", 1])); // the new version of row 1 goes to the end of the table
    does("A", begin());
    does("A", { kind: "select-for-update", key: "a/1" });
    expect(does("B", add(where))).toBeUndefined();
    return does("C", probe);
  };
  it("is that of the newest versions in a scan, that of the first ones through an index", () => {
    expect(blockedOnFirst(["in", "id", [1, 2]])).toEqual(value({ n: 2 }));
    expect(blockedOnFirst([">", "n", 0])).toEqual(error("55P03"));
  });
  it("is not known without the physical order, and then not guessed", () => {
    const { does } = stage(accounts);
    expect(does("A", add([">", "n", 1]))).toEqual({
      error: "0A000",
      detail: expect.stringContaining('"heap: true"'),
      beyondModel: true,
    });
    expect(does("A", add(["=", "id", 1]))).toEqual(value(1));
  });
});

describe("serializable", () => {
  const serializable = begin("serializable");
  it("remembers the third row of a table as all of its rows", () => {
    const outcome = (keys: readonly string[]) => {
      const { does } = stage(accounts);
      does("A", serializable);
      does("B", serializable);
      for (const key of keys) does("A", read(key));
      does("B", read("b/1"));
      does("B", write("a/4", 0));
      does("A", write("b/1", 1));
      return [does("A", commit), does("B", commit)];
    };
    expect(outcome(["a/1", "a/2"])).toEqual([value("commit"), value("commit")]);
    expect(outcome(["a/1", "a/2", "a/3"])).toEqual([value("commit"), error("40001")]);
  });
});

describe("tables", () => {
  const tables = { use: { primaryKey: ["usr", "coupon"], checks: [[">=", "n", 0]], columns: { n: "int" } } } as const;
  it("have keys of several columns, and rows that say them", () => {
    const { does, rows } = stage({ "use/7/a": { n: 1 } }, tables);
    expect(does("A", { kind: "insert-row", table: "use", row: { usr: 7, coupon: "a", n: 0 } })).toEqual(error("23505"));
    expect(does("A", { kind: "insert-row", table: "use", row: { usr: 7, n: 0 } })).toEqual(error("23502"));
    expect(does("A", { kind: "insert-row", table: "use", row: { usr: 8, coupon: "a" } })).toEqual(value(1));
    expect(rows()).toEqual({ "use/7/a": { n: 1 }, "use/8/a": {} });
    expect(does("A", { kind: "select", table: "use", where: ["=", "usr", 8] })).toEqual(
      value([{ usr: 8, coupon: "a", n: null }]),
    );
  });
  it("have constraints that writes by key meet too", () => {
    const { does } = stage({ "use/7/a": { n: 1 } }, tables);
    expect(does("A", { kind: "write", key: "use/7/a", row: { n: -1 } })).toEqual(error("23514"));
    expect(does("A", { kind: "insert", key: "use/7/a", row: { n: 1 } })).toEqual(value(false));
    does("A", begin());
    expect(does("A", { kind: "insert", key: "use/7/a", row: { n: 1 } })).toEqual(error("23505"));
    expect(does("A", read("use/7/a"))).toEqual(error("25P02"));
  });
});

describe("savepoints", () => {
  it("undo what came after them, and their locks with it", () => {
    const { does, rows } = stage(accounts);
    does("A", begin());
    does("A", write("a/1", 10));
    does("A", { kind: "savepoint", name: "s" });
    does("A", write("a/2", 20));
    expect(does("B", write("a/2", 21))).toBeUndefined();
    does("A", { kind: "rollback-to", name: "s" });
    expect(does("B", write("a/2", 21))).toEqual(value(null));
    does("A", { kind: "savepoint", name: "t" });
    does("A", write("a/3", 30));
    does("A", { kind: "release-savepoint", name: "t" });
    expect(does("A", { kind: "rollback-to", name: "t" })).toEqual(error("3B001"));
    expect(does("A", { kind: "rollback-to", name: "s" })).toEqual(value(null));
    does("A", commit);
    expect(rows()).toEqual({ ...accounts, "a/1": { n: 10 }, "a/2": { n: 21 } });
  });
});

describe("advisory locks", () => {
  const session: Operation = { kind: "advisory-lock", lock: 1, scope: "session" };
  it("are counted, and survive a rollback at session level", () => {
    const { does, shared } = stage({});
    does("A", session);
    does("A", begin());
    does("A", session);
    does("A", rollback);
    expect(does("B", { ...session, ifLocked: "nowait" })).toEqual(value(false));
    for (const answer of [true, true, false]) expect(does("A", { kind: "advisory-unlock", lock: 1 })).toEqual(value(answer));
    expect(asValue(shared()).engine).toBeUndefined();
  });
  it("can be shared, and a later reader does not overtake a waiting writer", () => {
    const { does } = stage({});
    const shared: Operation = { ...session, shared: true };
    does("A", shared);
    expect(does("B", shared)).toEqual(value(true));
    expect(does("C", session)).toBeUndefined();
    expect(does("D", shared)).toBeUndefined();
    does("A", { kind: "advisory-unlock", lock: 1, shared: true });
    expect(does("D", shared)).toBeUndefined();
    does("B", { kind: "advisory-unlock", lock: 1, shared: true });
    expect(does("D", shared)).toBeUndefined();
    expect(does("C", session)).toEqual(value(true));
  });
});

describe("what a random program on PostgreSQL 15.20 has shown", () => {
  const rows = { "a/1": { n: 1 }, "b/1": { n: 0 } };
  const lock = (n: number, more: object = {}): Operation => ({ kind: "advisory-lock", lock: n, ...more });

  it("a try for a lock fails behind a waiter, although the same lock would be granted to who waits", () => {
    const { does } = stage(rows);
    does("A", begin());
    does("A", lock(1, { shared: true }));
    expect(does("B", lock(1))).toBeUndefined();
    expect(does("A", lock(1, { ifLocked: "nowait" }))).toEqual(value(false));
    expect(does("A", lock(1))).toEqual(value(true));
  });

  it("a circle of waits through a mere place in a queue is no deadlock: the queue is reordered", () => {
    const { does } = stage(rows);
    for (const name of ["A", "B", "C"]) does(name, begin());
    does("A", lock(1, { shared: true }));
    does("C", lock(2));
    expect(does("B", lock(1))).toBeUndefined();
    expect(does("A", lock(2))).toBeUndefined();
    // C stands behind B, B waits for A, and A waits for C: C is let past B.
    expect(does("C", lock(1, { shared: true }))).toBeUndefined();
    expect(does("C", lock(1, { shared: true }))).toEqual(value(true));
    does("C", commit);
    expect(does("A", lock(2))).toEqual(value(true));
    expect(does("B", lock(1))).toBeUndefined();
    does("A", commit);
    expect(does("B", lock(1))).toEqual(value(true));
  });

  it("ON CONFLICT DO NOTHING has read the row in its way, so a write skew over it fails", () => {
    const { does } = stage(rows, { a: {}, b: {} });
    const insert = (table: string, id: number): Operation => ({
      ...{ kind: "insert-row", table, row: { id, n: 9 } },
      ...(table === "a" && { onConflict: "nothing" }),
    });
    does("A", begin("serializable"));
    does("B", begin("serializable"));
    expect(does("A", insert("a", 1))).toEqual(value(0));
    does("B", { kind: "select", table: "b", aggregate: ["count", "*"] });
    expect(does("B", { kind: "delete-rows", table: "a", where: ["=", "id", 1] })).toEqual(value(1));
    does("A", insert("b", 2));
    expect(does("B", commit)).toEqual(value("commit"));
    expect(does("A", commit)).toEqual(error("40001"));
  });

  it("FOR KEY SHARE does not wait for an update that leaves the key alone, and the updater's FOR UPDATE then waits for it", () => {
    const { does } = stage(rows);
    const keyShare: Operation = { kind: "select", table: "a", lock: "key share" };
    does("A", begin());
    does("B", begin("repeatable read"));
    does("B", { kind: "read", key: "b/1" });
    does("A", { kind: "update-where", key: "a/1", set: { n: 2 } });
    expect(does("B", keyShare)).toEqual(value([{ id: 1, n: 1 }]));
    expect(does("A", { kind: "delete", key: "a/1" })).toBeUndefined();
    does("B", commit);
    expect(does("A", { kind: "delete", key: "a/1" })).toEqual(value(1));
    expect(does("B", keyShare)).toBeUndefined();
  });

  it("FOR KEY SHARE waits for an update by a transaction that had locked the row FOR UPDATE before, and misses none after its commit", () => {
    const { does } = stage(rows);
    const keyShare: Operation = { kind: "select", table: "a", lock: "key share" };
    does("A", begin());
    does("B", begin("repeatable read"));
    does("B", { kind: "read", key: "b/1" });
    does("A", { kind: "select-for-update", key: "a/1" });
    does("A", { kind: "update-where", key: "a/1", set: { n: 2 } });
    expect(does("B", { ...keyShare, ifLocked: "skip" })).toEqual(value([]));
    expect(does("B", keyShare)).toBeUndefined();
    does("A", commit);
    expect(does("B", keyShare)).toEqual(error("40001"));
  });

  it("FOR SHARE waits behind a waiter where a DELETE beside another lock on the row was undone, and only there", () => {
    for (const isUndone of [true, false]) {
      const { does } = stage(rows);
      const share: Operation = { kind: "select", table: "a", lock: "share", ifLocked: "nowait" };
      does("A", begin());
      does("A", share);
      expect(does("B", { kind: "delete", key: "a/1" })).toBeUndefined();
      does("A", { kind: "savepoint", name: "s" });
      if (isUndone) does("A", { kind: "delete", key: "a/1" });
      does("A", { kind: "rollback-to", name: "s" });
      expect(does("C", share)).toEqual(isUndone ? error("55P03") : value([{ id: 1, n: 1 }]));
    }
  });

  it("a condition that contradicts itself leaves no trace of a serializable read; lists are cut to what is left of them", () => {
    const skew = (where: Condition) => {
      const { does } = stage({ "a/1": { n: 1 }, "a/2": { n: 2 }, "b/1": { n: 0 } });
      does("A", begin("serializable"));
      does("A", { kind: "select", table: "a", where });
      does("B", begin("serializable"));
      does("B", { kind: "read", key: "b/1" });
      does("A", { kind: "write", key: "b/1", row: { n: 1 } });
      does("B", { kind: "write", key: "a/1", row: { n: 9 } });
      does("A", commit);
      return does("B", commit);
    };
    const seen: Condition[] = [
      ["=", "id", 1],
      ["<", "n", 0],
      ["and", ["=", "id", 1], ["!=", "id", 1]],
    ];
    const unseen: Condition[] = [
      ["and", ["=", "id", 1], ["=", "id", 2]],
      ["and", ["=", "n", 1], ["=", "n", 2]],
      ["and", ["=", "id", 1], ["in", "id", [2, 3]]],
      ["and", ["in", "id", [1, 2]], ["=", "id", 2]],
      ["and", ["=", "id", "n"], ["=", "n", 2]],
      ["and", ["=", "id", 1], ["=", "n", null]],
      ["=", "id", ["+", 1, 1]],
      ["in", "n", []],
      ["<", 1, 0],
      false,
    ];
    for (const where of seen) expect(skew(where), JSON.stringify(where)).toEqual(error("40001"));
    for (const where of unseen) expect(skew(where), JSON.stringify(where)).toEqual(value("commit"));
  });
});
