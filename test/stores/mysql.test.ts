import { afterAll, describe, expect, it } from "vitest";
import { StoreError } from "../../src/core/failure.js";
import { type Session, session } from "../../src/core/session.js";
import { openStore } from "../../src/stores/open.js";
import { conformance } from "./conformance.js";
import { localMysql, whyNot } from "./local-servers.js";

const skipped = await whyNot(localMysql);
// MariaDB takes longer to make a database than a rule takes. So one is kept, and the store of every rule works in it.
const kept = skipped === null ? await openStore(localMysql) : undefined;
afterAll(() => kept?.close());
if (kept) conformance("mysql", () => openStore(kept.address as string));
else
  describe("mysql: every store", () => {
    it.skip(`is there: ${skipped}`, () => {});
  });

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error) => (error instanceof StoreError ? error.code : `not a StoreError: ${error}`),
  );

/** Users with unique names, whose age is not less than 0. */
const tables = { users: { unique: [["name"]], checks: [[">=", "age", 0]] } } as const;

describe.skipIf(skipped !== null)("mysql: tables with keys and checks", () => {
  const rule = (sentence: string, body: (one: Session, two: Session) => Promise<void>) =>
    it(sentence, async () => {
      const store = await openStore(localMysql);
      try {
        await store.reset({ "users/1": { name: "ada", age: 1 } }, tables);
        const [one, two] = [await store.connect(), await store.connect()];
        await body(session(one.perform), session(two.perform));
      } finally {
        await store.close();
      }
    });

  rule("a second row with a unique column's value is error 23505, and writes nothing", async (one) => {
    expect(await code(one.insertRow({ table: "users", row: { id: 2, name: "ada", age: 2 } }))).toBe("23505");
    expect(await one.insertRow({ table: "users", row: { id: 2, name: "ada", age: 2 }, onConflict: "nothing" })).toBe(0);
    expect(await code(one.write("users/2", { name: "ada", age: 2 }))).toBe("23505");
    expect(await one.read("users/1")).toEqual({ name: "ada", age: 1 });
    expect(await one.find("users/2")).toBeNull();
  });
  rule("a write of the row that has the value is none of another row", async (one) => {
    await one.write("users/1", { name: "ada", age: 7 });
    await one.write("users/2", { name: "bob", age: 8 });
    expect(await one.select({ table: "users", where: [">", "age", 0] })).toEqual([
      { id: 1, name: "ada", age: 7 },
      { id: 2, name: "bob", age: 8 },
    ]);
    expect(await one.select({ table: "users", aggregate: ["sum", "age"] })).toEqual([{ sum: 15 }]);
    expect(await one.select({ table: "users", aggregate: ["max", "age"] })).toEqual([{ max: 8 }]);
    expect(await one.select({ table: "users", aggregate: ["min", "age"] })).toEqual([{ min: 7 }]);
  });
  rule("a value that the check forbids is error 23514", async (one) => {
    expect(await code(one.updateWhere({ key: "users/1", set: { age: ["-", "age", 2] } }))).toBe("23514");
    expect(await one.read("users/1")).toEqual({ name: "ada", age: 1 });
  });
  rule("a statement that waited for as long as it was told to is error 55P03", async (one, two) => {
    await one.begin("read committed");
    await one.write("users/1", { name: "ada", age: 2 });
    await two.perform({ kind: "lock-timeout", ms: 10 });
    expect(await code(two.write("users/1", { name: "ada", age: 3 }))).toBe("55P03");
    await one.commit();
    expect(await code(two.write("users/1", { name: "ada", age: 3 }))).toBe("no failure");
  });
  rule("an error after a savepoint undoes what came after it, and no more", async (one) => {
    await one.begin("read committed");
    await one.write("users/1", { name: "ada", age: 2 });
    await one.perform({ kind: "savepoint", name: "here" });
    expect(await code(one.insertRow({ table: "users", row: { id: 1, name: "eve", age: 2 } }))).toBe("23505");
    expect(await code(one.read("users/1"))).toBe("25P02");
    await one.perform({ kind: "rollback-to", name: "here" });
    await one.commit();
    expect(await one.read("users/1")).toEqual({ name: "ada", age: 2 });
  });
});
