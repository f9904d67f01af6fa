import { describe, expect, it } from "vitest";
import { namedAnomalies } from "../../src/checkers/named-anomalies.js";
import type { Condition } from "../../src/core/operation.js";
import type { Outcome } from "../../src/core/work.js";
import { event, history, type Line, rowOf } from "./notation.js";

type Before = Parameters<typeof history>[0];
const names = (before: Before, line: Line, outcomes?: readonly (Outcome | undefined)[]) =>
  namedAnomalies(history(before, line, outcomes)).map(({ anomaly }) => anomaly);
const sentence = (before: Before, line: Line) => namedAnomalies(history(before, line))[0]?.explanation;
const rejected: Outcome = { status: "rejected", detail: "sold out" };
const ok: Outcome = { status: "ok" };

describe("a dirty write", () => {
  const before = { head: 0, lines: 0 };
  it("goes over what is not committed (P0)", () => {
    expect(names(before, "1 begin | 1 w head 1 | 2 begin | 2 w head 2 | 1 commit | 2 commit")).toEqual(["dirty write"]);
    expect(names(before, "1 begin | 1 w head 1 | 2 w head 2 | 1 rollback")).toEqual(["dirty write"]);
  });
  it("is none where the store adds to what is there, or both write the same: nothing of either is gone", () => {
    const add = (task: number, key: string) => event(task, { kind: "update-where", key, set: { value: ["+", "value", 5] } }, 1);
    const rows = { head: 0, tail: 0 };
    expect(names(rows, [add(1, "head"), add(2, "head"), add(2, "tail"), add(1, "tail")])).toEqual([]);
    expect(names(rows, "1 w head 1 | 2 w head 1 | 2 w tail 1 | 1 w tail 1")).toEqual([]);
    expect(names(rows, [add(1, "head"), add(2, "head"), "2 w tail 2 | 1 w tail 1"])).toEqual([]);
  });

  it("leaves two rows with half of each (G0)", () => {
    expect(sentence(before, "1 w head 1 | 2 w head 2 | 2 w lines 2 | 1 w lines 1")).toBe(
      "Request 2 wrote head over request 1's at step 2; request 1 wrote lines over request 2's at step 4: the rows hold half of each.",
    );
  });
  it("is not one after the commit, nor in the same order on both", () => {
    expect(names(before, "1 begin | 1 w head 1 | 1 commit | 2 begin | 2 w head 2 | 2 commit")).toEqual([]);
    expect(names(before, "1 w head 1 | 2 w head 2 | 1 w lines 1 | 2 w lines 2")).toEqual([]);
  });
});

describe("a dirty read", () => {
  it("sees what is committed later (P1), what is rolled back (G1a), what its writer replaces (G1b)", () => {
    expect(names({ x: 0 }, "1 begin | 1 w x 1 | 2 r x 1 | 1 commit")).toEqual(["dirty read"]);
    expect(names({ x: 0 }, "1 begin | 1 w x 1 | 2 r x 1 | 1 rollback")).toEqual(["aborted read"]);
    expect(names({ x: 0 }, "1 begin | 1 w x 1 | 2 r x 1 | 1 w x 2 | 1 commit")).toEqual(["intermediate read"]);
  });
  it("says what became of it", () => {
    expect(sentence({ x: 0 }, "1 begin | 1 w x 1 | 2 r x 1 | 1 rollback")).toBe(
      "Request 2 read x 1 at step 3, which request 1 had written at step 2. But request 1 rolled back at step 4: request 2 holds what never was.",
    );
  });
  it("is not one when it sees what is committed, or its own", () => {
    expect(names({ x: 0 }, "1 begin | 1 w x 1 | 1 r x 1 | 2 r x 0 | 1 commit | 2 r x 1")).toEqual([]);
    expect(names({ x: 0 }, "1 w x 1 | 2 r x 1 | 1 w x 2")).toEqual([]);
  });
});

describe("a read skew", () => {
  const before = { head: 0, lines: 0 };
  it("sees half of what another did (A5A, G-single)", () => {
    expect(sentence(before, "1 w head 1 | 2 r head 1 | 2 r lines 0 | 1 w lines 1")).toBe(
      "Request 1 changed both: it wrote head 1 at step 1 and lines 1 at step 4. Request 2 read lines 0 at step 3, " +
        "from before, and head 1 at step 2, from after: request 2 saw half of what request 1 did.",
    );
    expect(
      names(before, "2 begin | 2 r head 0 | 1 begin | 1 w head 1 | 1 w lines 1 | 1 commit | 2 r lines 1 | 2 commit"),
    ).toEqual(["read skew"]);
  });
  it("is not one of a reader that was rolled back", () => {
    expect(names(before, "2 begin | 2 r head 0 | 1 w head 1 | 1 w lines 1 | 2 r lines 1 | 2 rollback")).toEqual([]);
  });
  it("is not one with a snapshot, after a second look, or when all of it was seen", () => {
    expect(
      names(before, "2 begin rr | 2 r head 0 | 1 begin | 1 w head 1 | 1 w lines 1 | 1 commit | 2 r lines 0 | 2 commit"),
    ).toEqual([]);
    expect(names(before, "2 r head 0 | 1 w head 1 | 1 w lines 1 | 2 r lines 1 | 2 r head 1")).toEqual([]);
    expect(names(before, "1 w head 1 | 1 w lines 1 | 2 r head 1 | 2 r lines 1")).toEqual([]);
  });
});

describe("a write skew", () => {
  const before = { a: "on", b: "on" };
  it("decides on what the other changes (A5B, G2-item)", () => {
    const rr =
      "1 begin rr | 2 begin rr | 1 r a on | 1 r b on | 2 r a on | 2 r b on | 1 w a off | 2 w b off | 1 commit | 2 commit";
    expect(names(before, rr)).toEqual(["write skew"]);
    expect(sentence(before, "1 r b on | 2 r a on | 1 w a off | 2 w b off")).toBe(
      "Request 1 read b on at step 1 and wrote a off at step 3. Request 2 read a on at step 2 and wrote b off at step 4. " +
        "Each changed what the other had decided on, in another row, so no write met a write and neither was told.",
    );
  });
  it("is not one when they took turns, or one was rolled back", () => {
    expect(names(before, "1 r b on | 1 w a off | 2 r a off | 2 w b off")).toEqual([]);
    expect(
      names(
        before,
        "1 begin rr | 2 begin rr | 1 r b on | 2 r a on | 1 w a off | 2 w b off | 1 commit | 2 err 40001 commit | 2 rollback",
      ),
    ).toEqual([]);
  });
});

describe("a phantom", () => {
  const before = { "issued/1": "n=1" };
  const mine: Condition = [">=", "n", 1];
  const select = (task: number, ...rows: string[]) =>
    event(
      task,
      { kind: "select", table: "issued", where: mine },
      rows.map((row) => rowOf(row)!),
    );
  it("is a row that the same question finds later in the same transaction (PMP)", () => {
    expect(names(before, ["1 begin", select(1, "n=1"), "2 ins issued/2 n=2", select(1, "n=1", "n=2"), "1 commit"])).toEqual([
      "phantom",
    ]);
  });
  it("is a row that each inserts where the other had looked (G2)", () => {
    const line: Line = [select(1, "n=1"), select(2, "n=1"), "1 ins issued/2 n=2 | 2 ins issued/3 n=3"];
    expect(names(before, line)).toEqual(["phantom"]);
    expect(sentence(before, line)).toContain("there was no row to lock");
  });
  it("is seen through a count", () => {
    const count = (task: number, n: number) =>
      event(task, { kind: "select", table: "issued", aggregate: ["count", "*"] }, [{ count: n }]);
    expect(names(before, [count(1, 1), count(2, 1), "1 ins issued/2 n=2 | 2 ins issued/3 n=3"])).toEqual(["phantom"]);
    expect(names(before, [count(1, 1), "1 ins issued/2 n=2", count(2, 2), "2 ins issued/3 n=3"])).toEqual([]);
  });
  it("is not one when the row does not match, or the snapshot hides it", () => {
    expect(names(before, [select(1, "n=1"), select(2, "n=1"), "1 ins issued/2 n=0 | 2 ins issued/3 n=0"])).toEqual([]);
    expect(names(before, ["1 begin rr", select(1, "n=1"), "2 ins issued/2 n=2", select(1, "n=1"), "1 commit"])).toEqual([]);
  });
});

describe("ABA", () => {
  const pay = event(
    1,
    { kind: "update-where", key: "order", where: ["=", "value", { text: "open" }], set: { value: { text: "paid" } } },
    1,
  );
  it("is a test that passes on a row that was changed and changed back", () => {
    expect(
      names({ order: "open" }, ["1 r order open | 2 r order open | 2 w order held | 3 r order held | 3 w order open", pay]),
    ).toEqual(["ABA"]);
  });
  it("is not a lost update, and not there when nobody touched the row or wrote the same", () => {
    expect(names({ order: "open" }, "1 r order open | 2 w order held | 2 w order open | 1 w order paid")).toEqual(["ABA"]);
    expect(names({ order: "open" }, ["1 r order open | 2 r order open", pay])).toEqual([]);
    expect(names({ order: "open" }, ["1 r order open | 2 w order open", pay])).toEqual([]);
  });
});

describe("locks", () => {
  it("are stuck when their task ended with one", () => {
    expect(names({ x: 0 }, "1 lock a | 1 r x 0")).toEqual(["stuck lock"]);
    expect(names({ x: 0 }, "1 lock a | 1 r x 0 | 1 unlock a")).toEqual([]);
    expect(names({ x: 0 }, "1 lock a | 1 r x 0", [undefined])).toEqual([]);
  });
  it("let a stale write through when the lease ran out", () => {
    const found = namedAnomalies(
      history({ x: 0 }, "1 lock a | 1 r x 0 | 2 lock a | 2 r x 0 | 2 w x 1 | 2 unlock a | 1 w x 1 | 1 unlock a"),
    );
    expect(found.map(({ anomaly }) => anomaly)).toEqual(["lost update", "stale write under an expired lease"]);
    expect(found[1]!.explanation).toBe(
      "Request 1 took the lock a at step 1. Its lease ran out: request 2 got the same lock at step 3. " +
        "Request 1 did not notice and wrote x 1 at step 7: two held the lock at once.",
    );
  });
  it("let it through also when another lock is still good", () => {
    expect(names({ x: 0 }, "1 lock b | 1 lock a | 2 lock a | 2 unlock a | 1 w x 1 | 1 unlock a | 1 unlock b")).toEqual([
      "stale write under an expired lease",
    ]);
  });
  it("are neither stuck once the lease ran out, nor anybody else's on another server", () => {
    expect(names({ x: 0 }, "1 lock a | 2 lock a | 2 unlock a")).toEqual([]);
    const mutex = (task: number) => event(task, { kind: "acquire", lock: "a", scope: "server" }, true);
    const open = (task: number) => event(task, { kind: "release", lock: "a", scope: "server" }, true);
    expect(names({ x: 0 }, [mutex(1), mutex(2), "1 w x 1 | 2 r x 1", open(1), open(2)])).toEqual([]);
  });
  it("do not when each write came within its own turn", () => {
    expect(names({ x: 0 }, "1 lock a | 1 w x 1 | 1 unlock a | 2 lock a | 2 w x 2 | 2 unlock a | 1 r x 2 | 1 w x 3")).toEqual([]);
  });
});

describe("effects outside", () => {
  it("are double when the same call succeeds twice", () => {
    expect(names({}, "1 call pay order-8 | 2 call pay order-8")).toEqual(["double effect"]);
    expect(names({}, "1 call pay order-8 | 1 call pay order-8")).toEqual(["double effect"]);
    const keyed = (task: number, note: string) =>
      event(task, { kind: "call", service: "pay", request: { idempotencyKey: "k1", note } }, "ok");
    expect(names({}, [keyed(1, "first"), keyed(2, "again")])).toEqual(["double effect"]);
  });
  it("are not when they differ, fail, or were undone", () => {
    expect(names({}, "1 call pay order-8 | 2 call pay order-9")).toEqual([]);
    expect(names({}, "1 call pay order-8 declined | 2 call pay order-8")).toEqual([]);
    expect(names({}, "1 err 08006 call pay order-8 | 1 call pay order-8")).toEqual([]);
    expect(names({}, "1 call pay order-8 | 1 call refund order-8 | 2 call pay order-8")).toEqual([]);
  });
  it("are none when the answer was no", () => {
    const no = event(1, { kind: "call", service: "pay", request: 8 }, false);
    expect(names({}, [no, no])).toEqual([]);
  });
  it("are orphaned in spite of another's refund, or one that came before", () => {
    expect(names({}, "1 call pay order-8 | 2 call refund order-9", [rejected, ok])).toEqual(["orphaned payment"]);
    expect(names({}, "1 call refund order-8 | 1 call pay order-8", [rejected])).toEqual(["orphaned payment"]);
  });
  it("are orphaned when the request failed and nobody paid back", () => {
    expect(names({}, "1 call pay order-8", [rejected])).toEqual(["orphaned payment"]);
    expect(names({}, "1 call pay order-8", [ok])).toEqual([]);
    expect(names({}, "1 call pay order-8 declined", [rejected])).toEqual([]);
    expect(names({}, "1 call pay order-8 | 2 call refund order-8", [rejected, ok])).toEqual([]);
  });
});

describe("a wrongful rejection", () => {
  const one = history({ stock: 3 }, "1 rv stock 3 0 | 2 rv stock 3 0 | 2 cas stock 0 2 | 1 cas stock 0 ?2", [rejected, ok]);
  const accepts = (least: number) => ({
    accepts: (_: number, rows: typeof one.after) => Number(rows["stock"]?.["value"]) >= least,
  });
  it("needs to be told the rule, and asks it of the rows at that moment", () => {
    expect(namedAnomalies(one, accepts(1)).map(({ anomaly }) => anomaly)).toEqual(["wrongful rejection"]);
    expect(namedAnomalies(one, accepts(3))).toEqual([]);
    expect(namedAnomalies(one)).toEqual([]);
    const refilled = history({ stock: 0 }, "1 r stock 0 | 2 r stock 0 | 2 w stock 5", [rejected, ok]);
    expect(namedAnomalies(refilled, accepts(1))).toEqual([]);
    expect(namedAnomalies(history({ stock: 3 }, "1 r stock 3", [ok]), accepts(1))).toEqual([]);
  });
});

it("finds all of a kind, the clearest first", () => {
  const found = namedAnomalies(history({ x: 9 }, "1 r x 9 | 2 r x 9 | 3 r x 9 | 3 w x 8 | 2 w x 8 | 1 w x 8"));
  expect(found).toHaveLength(2);
  expect(found).toMatchObject([{ anomaly: "lost update", events: [2, 4, 5] }, { anomaly: "lost update" }]);
});
