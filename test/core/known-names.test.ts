import { describe, expect, it } from "vitest";
import { explore } from "../../src/api/explore.js";
import { knownNames } from "../../src/core/known-names.js";
import type { Operation } from "../../src/core/operation.js";
import type { Session } from "../../src/core/session.js";
import { model } from "../../src/model/model.js";

const names = knownNames(
  { "order/1": { status: "open" }, "order/2": { total: 3 } },
  { user: { columns: { email: "text" }, unique: [["email"]] }, log: {} },
);
const said = (operation: Operation) => {
  const error = names.fault(operation);
  return error && `${error.code} ${error.message}`;
};
const order = { kind: "update-where", key: "order/1" } as const;

describe("a column", () => {
  it.each<[string, Operation]>([
    ["of the seed, of any row, of the key", { ...order, where: ["in", "id", [1, "total"]], set: { status: "total" } }],
    ["of a declaration", { kind: "select", table: "user", where: ["=", "email", { text: "x" }] }],
    ["of a table of which nothing is known", { kind: "select", table: "log", where: ["=", "what", 1] }],
    ["that a whole row brings", { kind: "write", key: "order/1", row: { paid: true } }],
    ["that an inserted row brings", { kind: "insert-row", table: "order", row: { id: 3, paid: true } }],
  ])("is known: %s", (_, operation) => expect(said(operation)).toBeNull());

  it.each<[string, Operation]>([
    ['order has no column "paid": text is { text: "paid" }, and', { ...order, set: { status: "paid" } }],
    ['order has no column "state": did you mean status?', { ...order, where: ["=", "state", 1], set: { total: 1 } }],
    ['order has no column "n"', { ...order, where: ["not", ["in", "total", ["n"]]], set: { total: 1 } }],
    ['order has no column "totl": did you mean total?', { ...order, set: { totl: 1 } }],
    ['order has no column "sum"', { kind: "select", table: "order", aggregate: ["max", "sum"] }],
    ['user has no column "name"', { kind: "insert-row", table: "user", row: { id: 1, name: "x" } }],
    [
      'user has no column "open": text is { text: "open" }',
      { kind: "insert-row", table: "user", row: { id: 1 }, onConflict: { key: ["id"], set: { email: "open" } } },
    ],
  ])("is error 42703: %s", (message, operation) => expect(said(operation)).toContain(`42703 ${message}`));

  it("that is not there fails its statement, and its transaction", () => {
    const machine = model({ "order/1": { status: "open" } });
    const begun = machine.apply(machine.shared, machine.line, { kind: "begin", isolation: "read committed" });
    const failed = machine.apply(begun.shared, begun.line, { ...order, set: { status: "paid" } });
    expect(failed.reply).toMatchObject({ error: "42703" });
    expect(machine.apply(failed.shared, failed.line, { kind: "read", key: "order/1" }).reply).toEqual({ error: "25P02" });
  });
});

describe("a program", () => {
  const run = (...tasks: ((s: Session) => Promise<unknown>)[]) => explore({ rows: { "order/1": { status: "open" } }, tasks });
  const list = async (s: Session) => (await s.select({ table: "orders" })).length;

  it("that names a table which nothing makes is refused with the line", async () => {
    await expect(run(list)).rejects.toThrow(/known-names\.test\.ts:\d+: 42P01 there is no table "orders": did you mean order\?/);
  });

  it("may ask for a table that begins empty, in any order, if a task writes a row of it", async () => {
    expect((await run(list, (s) => s.insert("orders/7", { n: 1 }))).verdict).toBe("nothing asked");
    const typo = (s: Session) => s.select({ table: "orders", where: ["=", "m", 1] });
    await expect(run(typo, (s) => s.insert("orders/7", { n: 1 }))).rejects.toThrow('42703 orders has no column "m"');
  });

  it("may ask for a table that stays empty, if it is called like no other", async () => {
    expect((await run((s) => s.select({ table: "outbox" }))).verdict).toBe("nothing asked");
  });

  it("says of an answer that was not caught which column it is", async () => {
    const { outcomes } = await run((s) => s.updateWhere({ key: "order/1", set: { status: "paid" } }));
    expect(outcomes[0]?.outcomes[0]?.detail).toContain('text is { text: "paid" }');
  });
});
