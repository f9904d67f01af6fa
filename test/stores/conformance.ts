import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { StoreError } from "../../src/core/failure.js";
import type { Assignments, Condition, Json, Operation, Reply, Rows } from "../../src/core/operation.js";
import { type Session, session } from "../../src/core/session.js";
import type { Capability, Connection, Store } from "../../src/core/store.js";
import type { Strategy } from "../../src/core/strategy.js";
import { ok, type Work } from "../../src/core/work.js";
import atomicUpdate from "../../src/strategies/atomic-update.js";
import cas from "../../src/strategies/cas.js";
import mutex from "../../src/strategies/mutex.js";
import none from "../../src/strategies/none.js";
import rowLock from "../../src/strategies/row-lock.js";

/** One client: a session that can be closed. */
interface Client extends Session {
  close(): Promise<void>;
  /** Resolves when the client stands in a queue: by the server's own view where there is one, else after some time. */
  queues(): Promise<void>;
}

interface Bench {
  readonly store: Store;
  /** A client of server 1 of the application, or of another one. */
  client(server?: number): Promise<Client>;
}

const A = "stock/a";
const B = "stock/b";
const start: Rows = { [A]: { left: 5, name: "apple" }, [B]: { left: 7 } };

/** Milliseconds within which every engine answers an operation that does not wait. */
const SOON = 40;

/** The code of the failure; "no failure" where there was none. */
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error) => (error instanceof StoreError ? error.code : `not a StoreError: ${error}`),
  );

async function waits(promise: Promise<unknown>): Promise<boolean> {
  const nothing = Symbol();
  promise.catch(() => {});
  return (await Promise.race([promise.catch(() => null), pause(SOON, nothing)])) === nothing;
}

/**
 * The law for stores: a new one is done when a test that calls this on it passes (src/stores/open.ts says how to add one).
 * Rules are grouped by the capabilities that they need. A store that does not claim a capability skips its group by name.
 */
export function conformance(name: string, open: () => Promise<Store>): void {
  describe(`${name}: every store`, async () => {
    const probe = await open();
    const able = probe.capabilities;
    const isInProcess = probe.address === undefined;
    await probe.close();

    const rule = (sentence: string, body: (bench: Bench) => Promise<void>, rows: Rows = start) =>
      it(sentence, async () => {
        const store = await open();
        const lines: Connection[] = [];
        try {
          await store.reset(rows);
          await body({
            store,
            async client(server) {
              const line = await store.connect(undefined, server);
              lines.push(line);
              const queues = async () => {
                if (!store.lockView) await pause(SOON);
                else while (!(await store.lockView([line])).waiting.has(line)) await pause(1);
              };
              return { ...session(line.perform), close: () => line.close(), queues };
            },
          });
        } finally {
          for (const line of lines) await line.close();
          await store.close();
        }
      });
    const group = (what: string, needs: readonly Capability[], body: () => void) =>
      describe.skipIf(needs.some((capability) => !able.has(capability)))(what, body);

    describe.skipIf(isInProcess)("lines to a server", () => {
      rule(
        "a line does what it is asked in that order, one at a time, and tells of each once, also of what failed",
        async ({ store }) => {
          const told: Reply[] = [];
          const line = await store.connect({ blocked() {}, effect: (reply) => told.push(reply) });
          const { sleep, write, find, perform } = session(line.perform);
          const unknown = { kind: "no such thing" } as unknown as Operation;
          // An operation that did not wait for the first would be over before it.
          const all = [sleep(SOON), write(A, { left: 4 }), find(A), perform(unknown), write(A, { left: 3 }), find(A)];
          const answers = await Promise.allSettled(all);
          await line.close();
          const row = (left: number) => ({ status: "fulfilled", value: { left } });
          expect([answers[2], answers[5]]).toEqual([row(4), row(3)]);
          expect(told).toEqual([
            { value: null },
            { value: null },
            { value: { left: 4 } },
            { error: "0A000" },
            { value: null },
            { value: { left: 3 } },
          ]);
        },
      );
    });
    describe("rows", () => {
      rule("a row that was written is what every client reads", async ({ client, store }) => {
        const [one, two] = [await client(), await client()];
        await one.write(A, { left: 4 });
        expect(await two.read(A)).toEqual({ left: 4 });
        expect(await store.state()).toEqual({ ...start, [A]: { left: 4 } });
      });
      rule("a write replaces the whole row", async ({ client }) => {
        const one = await client();
        await one.write(A, { other: 1 });
        expect(await one.read(A)).toEqual({ other: 1 });
      });
      rule("a row that is not there reads as null, and a write makes it", async ({ client }) => {
        const one = await client();
        expect(await one.find("stock/none")).toBeNull();
        await one.write("stock/none", { left: 1 });
        expect(await one.find("stock/none")).toEqual({ left: 1 });
      });
      rule("an insert of a new key writes it, of a taken key answers false and writes nothing", async ({ client }) => {
        const one = await client();
        expect(await one.insert("stock/c", { left: 1 })).toBe(true);
        expect(await one.insert("stock/c", { left: 2 })).toBe(false);
        expect(await one.read("stock/c")).toEqual({ left: 1 });
      });
      rule("of 20 inserts of one key at once one succeeds", async ({ client, store }) => {
        const clients = await Promise.all(Array.from({ length: 20 }, () => client()));
        const answers = await Promise.all(clients.map((one, i) => one.insert("order/1", { by: i })));
        expect(answers.filter(Boolean)).toHaveLength(1);
        expect((await store.state())["order/1"]).toEqual({ by: answers.indexOf(true) });
      });
      rule("a delete answers 1 and removes the row, and answers 0 where there is none", async ({ client, store }) => {
        const one = await client();
        expect(await one.delete(A)).toBe(1);
        expect(await one.delete(A)).toBe(0);
        expect(await one.find(A)).toBeNull();
        expect(await store.state()).toEqual({ [B]: start[B] });
      });
      rule("what a row holds comes back unchanged", async ({ client, store }) => {
        const one = await client();
        const row: { [column: string]: Json } = {
          unicode: '재고 ☃ 𝒳 \u0001 " \\ \n é',
          empty: "",
          nested: { list: [1, [], {}, { deep: [null, true, false, "x"] }], "": 0 },
          big: 2 ** 53,
          small: -(2 ** 53),
          fraction: 0.1,
          nothing: null,
          "column with a space": 1,
        };
        await one.write("odd/키 with / and ' and \" ☃", row);
        await one.write("odd/empty", {});
        expect(await one.read("odd/키 with / and ' and \" ☃")).toEqual(row);
        expect(await one.read("odd/empty")).toEqual({});
        expect((await store.state())["odd/키 with / and ' and \" ☃"]).toEqual(row);
      });
      rule("reset throws everything away and puts its rows there", async ({ client, store }) => {
        const one = await client();
        await one.write("stock/new", { left: 1 });
        await one.close();
        await store.reset({ "x/1": { a: 1 } });
        expect(await store.state()).toEqual({ "x/1": { a: 1 } });
        await store.reset({});
        expect(await store.state()).toEqual({});
      });
      rule("an operation that it does not know is refused with 0A000", async ({ client }) => {
        const one = await client();
        expect(await failure(one.perform({ kind: "no such thing" } as unknown as Operation))).toBe("0A000");
        expect(await one.read(B)).toEqual(start[B]);
      });
      rule("sleep answers", async ({ client }) => {
        await (await client()).sleep(1);
      });
      rule("a connection that was closed takes no more operations", async ({ client, store }) => {
        const one = await client();
        await one.close();
        await one.close();
        expect(await failure(one.write(A, { left: 0 }))).toBe("08006");
        expect(await store.state()).toEqual(start);
      });
    });

    group("versions", ["versions"], () => {
      rule("a version grows by one with every write of the row", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        const seen = (await one.readVersioned(A))!;
        expect(seen.row).toEqual(start[A]);
        await two.write(A, { left: 4 });
        await two.write(A, { left: 3 });
        expect(await one.readVersioned(A)).toEqual({ row: { left: 3 }, version: seen.version + 2 });
        expect(await one.readVersioned("stock/none")).toBeNull();
      });
      rule("a compare-and-set writes when the version is still that one", async ({ client }) => {
        const one = await client();
        const { version } = (await one.readVersioned(A))!;
        expect(await one.compareAndSet(A, { left: 4 }, version)).toBe(true);
        expect(await one.readVersioned(A)).toEqual({ row: { left: 4 }, version: version + 1 });
      });
      rule("a compare-and-set fails when another client wrote since, the same value too", async ({ client, store }) => {
        const [one, two] = [await client(), await client()];
        const { row, version } = (await one.readVersioned(A))!;
        await two.write(A, row);
        expect(await one.compareAndSet(A, { left: 0 }, version)).toBe(false);
        expect(await store.state()).toEqual(start);
      });
      rule("a compare-and-set fails on a row that is gone, or came back", async ({ client }) => {
        const one = await client();
        const { version } = (await one.readVersioned(A))!;
        await one.delete(A);
        expect(await one.compareAndSet(A, { left: 0 }, version)).toBe(false);
        await one.insert(A, { left: 9 });
        expect(await one.compareAndSet(A, { left: 0 }, version)).toBe(false);
        expect(await one.read(A)).toEqual({ left: 9 });
      });
      rule("of 20 who compare-and-set from one version at once one succeeds", async ({ client }) => {
        const clients = await Promise.all(Array.from({ length: 20 }, () => client()));
        const seen = await Promise.all(clients.map((one) => one.readVersioned(A)));
        const answers = await Promise.all(clients.map((one, i) => one.compareAndSet(A, { by: i }, seen[i]!.version)));
        expect(answers.filter(Boolean)).toHaveLength(1);
      });
    });

    describe("what no store understands", () => {
      const set = { left: 1 };
      const wrong: readonly unknown[] = [
        { kind: "update-where", key: A, set, returning: "*" },
        { kind: "update-where", key: A, set, where: ["==", "left", 5] },
        { kind: "update-where", key: A, set: { left: ["max", "left", 1] } },
        { kind: "select", table: "stock", orderBy: "left" },
        { kind: "select", table: "stock", lock: "exclusive" },
        { kind: "insert-row", table: "stock", row: { id: "a" }, onConflict: { key: ["id"], set, where: true } },
        { kind: "begin", isolation: "read uncommitted" },
      ];
      rule("is refused in one sentence with the line that asked, and changes nothing", async ({ client, store }) => {
        const one = await client();
        for (const operation of wrong) {
          const error = await one.perform(operation as Operation).catch((error) => error);
          expect(error).toMatchObject({ name: "StoreError", code: "0A000" });
          if (!isInProcess) expect(error.message).toMatch(/conformance\.ts:\d+\)$/);
        }
        expect(await store.state()).toEqual(start);
      });
    });
    group("conditional updates", ["conditional-update"], () => {
      rule(
        "and, or of any length, !=, and / as in SQL",
        async ({ client, store }) => {
          const one = await client();
          const where: Condition = ["and", ["!=", "left", 6], ["or", false, false, [">", "left", 4]], ["and"], ["not", ["or"]]];
          expect(await one.updateWhere({ key: A, where, set: { left: ["*", "left", -3.5], whole: ["/", "left", 2] } })).toBe(1);
          expect(await one.updateWhere({ key: A, where, set: { left: 0 } })).toBe(0);
          const divided: Assignments = {
            whole: ["/", -7, "whole"],
            left: ["/", "left", 2],
            rest: ["%", -7, 2],
            zero: ["/", -1, 2],
          };
          expect(await one.updateWhere({ key: A, set: divided })).toBe(1);
          const end = { left: -8.75, name: "apple", whole: -3, rest: -1, zero: 0 };
          expect((await store.state())[A]).toEqual(end);
          for (const operator of ["/", "%"] as const)
            expect(await failure(one.updateWhere({ key: A, set: { left: [operator, "left", ["-", "whole", "whole"]] } }))).toBe(
              "42804",
            );
          expect((await store.state())[A]).toEqual(end);
        },
        { [A]: { left: 5, name: "apple", whole: 0, rest: 0, zero: 1 } },
      );
      rule("a column that is not there is error 42703 with its name, and nothing is changed", async ({ client, store }) => {
        const one = await client();
        for (const set of [{ name: "pear" }, { nmae: { text: "pear" } }] as const) {
          const error = await one.updateWhere({ key: A, set }).catch((error) => error);
          expect(error).toMatchObject({ name: "StoreError", code: "42703" });
          expect(error.message).toContain(Object.keys(set)[0] === "name" ? 'text is { text: "pear" }' : "did you mean name?");
        }
        expect(await store.state()).toEqual(start);
      });
      rule("an update changes the columns that it names where its condition holds", async ({ client }) => {
        const one = await client();
        const update = { key: A, where: [">=", "left", 5], set: { left: ["-", "left", 1] } } as const;
        expect(await one.updateWhere(update)).toBe(1);
        expect(await one.updateWhere(update)).toBe(0);
        expect(await one.read(A)).toEqual({ left: 4, name: "apple" });
      });
      rule("an update of a row that is not there changes nothing", async ({ client, store }) => {
        expect(await (await client()).updateWhere({ key: "stock/none", set: { left: 1 } })).toBe(0);
        expect(await store.state()).toEqual(start);
      });
      rule("20 updates at once leave nothing out", async ({ client }) => {
        const clients = await Promise.all(Array.from({ length: 20 }, () => client()));
        await Promise.all(clients.map((one) => one.updateWhere({ key: A, set: { left: ["+", "left", 1] } })));
        expect((await clients[0]!.read(A))["left"]).toBe(25);
      });
    });

    group("named locks", ["locks"], () => {
      rule("a lock has one holder, and a client that waits gets it when it is released", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.acquire("door");
        const waiting = two.acquire("door");
        expect(await waits(waiting)).toBe(true);
        await one.release("door");
        await waiting;
      });
      rule("clients that wait for a lock get it in order of arrival", async ({ client }) => {
        const [holder, ...others] = await Promise.all(Array.from({ length: 6 }, () => client()));
        // Each client has reached the server once. One that still had to connect would not stand in the queue in time.
        const through = async (one: Client, door: string) => {
          await one.acquire(door);
          await one.release(door);
        };
        await Promise.all([holder!, ...others].map((one, i) => through(one, `door ${i}`)));
        await holder!.acquire("door");
        const order: number[] = [];
        const all: Promise<void>[] = [];
        for (const [i, one] of others.entries()) {
          all.push(
            one.acquire("door").then(() => {
              order.push(i);
              return one.release("door");
            }),
          );
          await one.queues();
        }
        await holder!.release("door");
        await Promise.all(all);
        expect(order).toEqual([0, 1, 2, 3, 4]);
      });
      rule("with nowait a held lock answers false at once, a free one true", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        expect(await one.tryAcquire("door")).toBe(true);
        expect(await two.tryAcquire("door")).toBe(false);
        expect(await two.tryAcquire("window")).toBe(true);
      });
      rule("only its holder lets a lock go", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.acquire("door");
        expect(await two.perform({ kind: "release", lock: "door" })).toBe(false);
        expect(await two.tryAcquire("door")).toBe(false);
        expect(await one.perform({ kind: "release", lock: "door" })).toBe(true);
        expect(await one.perform({ kind: "release", lock: "door" })).toBe(false);
      });
      rule("a lock of one server is another lock than that of another server, and than the shared one", async ({ client }) => {
        const [one, two, three] = [await client(1), await client(2), await client(2)];
        await one.acquire("door", "server");
        expect(await two.tryAcquire("door", "server")).toBe(true);
        expect(await three.tryAcquire("door", "server")).toBe(false);
        expect(await three.tryAcquire("door", "shared")).toBe(true);
        expect(await one.tryAcquire("door", "shared")).toBe(false);
        await one.release("door", "server");
        expect(await three.tryAcquire("door", "server")).toBe(false);
        await two.release("door", "server");
        expect(await three.tryAcquire("door", "server")).toBe(true);
      });
      rule("a connection that closes lets its locks go", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.acquire("door");
        const waiting = two.acquire("door");
        await one.close();
        await waiting;
      });
      rule("a client that closes while it waits never gets the lock, and the next in line does", async ({ client }) => {
        const [one, two, three, four] = await Promise.all(Array.from({ length: 4 }, () => client()));
        await one!.acquire("door");
        const gone = failure(two!.acquire("door"));
        await pause(5);
        const next = three!.acquire("door");
        await pause(5);
        await two!.close();
        expect(await gone).toBe("08006");
        expect(await waits(next)).toBe(true);
        await one!.release("door");
        await next;
        await three!.release("door");
        expect(await four!.tryAcquire("door")).toBe(true);
      });
      rule("a client that closes at the moment when it gets the lock passes it on", async ({ client }) => {
        // Each round closes a tenth of a millisecond later: on PostgreSQL every few rounds hit the moment.
        for (let round = 0; round < 20; round++) {
          const [one, two, three] = await Promise.all(Array.from({ length: 3 }, () => client()));
          await one!.acquire("door");
          const second = failure(two!.acquire("door"));
          const third = three!.acquire("door");
          await pause(2);
          const released = one!.release("door");
          for (const start = performance.now(); performance.now() - start < round / 10; );
          await Promise.all([released, two!.close()]);
          await third;
          await three!.release("door");
          expect(["08006", "no failure"]).toContain(await second);
        }
      });
    });

    group("queues", ["queues"], () => {
      rule(
        "a message goes to one consumer, in the order of publishing, and a consumer that waits gets the next",
        async ({ client }) => {
          const [one, two, three] = [await client(), await client(), await client()];
          await one.publish("orders", "a");
          await one.publish("orders", "b");
          expect((await two.receive("orders")).message).toBe("a");
          expect((await three.receive("orders")).message).toBe("b");
          const waiting = two.receive("orders");
          expect(await waits(waiting)).toBe(true);
          await one.publish("orders", "c");
          expect((await waiting).message).toBe("c");
        },
      );
      rule("of an exclusive topic one message is out at a time, until it is acknowledged once", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.publish("orders", "a");
        await one.publish("orders", "b");
        const { id, token = 0 } = await one.receiveInTurn("orders");
        const next = two.receiveInTurn("orders");
        expect(await waits(next)).toBe(true);
        expect(await one.ack("orders", id)).toBe(true);
        expect(await next).toMatchObject({ message: "b", token: token + 1 });
        expect(await one.ack("orders", id)).toBe(false);
      });
      rule("a client that waits for work takes an answer first, for good", async ({ client, store }) => {
        const [one, two] = [await client(), await client()];
        const waiting = one.receiveInTurn("orders", "answers/one");
        expect(await waits(waiting)).toBe(true);
        await two.publish("answers/one", "done");
        expect(await waiting).toMatchObject({ message: "done", isReply: true });
        expect(await store.state()).toEqual(start);
      });
    });

    group("transactions", ["transactions"], () => {
      rule("no other client sees what a transaction wrote until it commits; it sees it itself", async ({ client, store }) => {
        const [one, two] = [await client(), await client()];
        await one.begin("read committed");
        await one.write(A, { left: 1 });
        await one.insert("stock/c", { left: 2 });
        await one.delete(B);
        expect(await one.find(A)).toEqual({ left: 1 });
        expect(await one.find("stock/c")).toEqual({ left: 2 });
        expect(await one.find(B)).toBeNull();
        expect(await two.find(A)).toEqual(start[A]);
        expect(await two.find("stock/c")).toBeNull();
        expect(await two.find(B)).toEqual(start[B]);
        expect(await store.state()).toEqual(start);
        expect(await one.perform({ kind: "commit" })).toBe("commit");
        expect(await store.state()).toEqual({ [A]: { left: 1 }, "stock/c": { left: 2 } });
      });
      rule("a rollback leaves no trace", async ({ client, store }) => {
        const one = await client();
        await one.begin("read committed");
        await one.write(A, { left: 1 });
        await one.delete(B);
        await one.rollback();
        expect(await store.state()).toEqual(start);
        await one.rollback();
      });
      rule("a connection that closes rolls its transaction back and unlocks its rows", async ({ client, store }) => {
        const [one, two] = [await client(), await client()];
        await one.begin("read committed");
        await one.write(A, { left: 1 });
        const waiting = two.write(A, { left: 2 });
        await one.close();
        await waiting;
        expect((await store.state())[A]).toEqual({ left: 2 });
      });
      rule("begin inside a transaction is error 25001, commit outside one 25P01", async ({ client }) => {
        const one = await client();
        expect(await failure(one.commit())).toBe("25P01");
        await one.begin("read committed");
        expect(await failure(one.begin("read committed"))).toBe("25001");
      });
      rule("an insert of a taken key in a transaction is error 23505", async ({ client }) => {
        const one = await client();
        await one.begin("read committed");
        expect(await failure(one.insert(A, { left: 0 }))).toBe("23505");
      });
      rule("after an error a transaction takes nothing but its end, and commit rolls it back", async ({ client, store }) => {
        const one = await client();
        await one.begin("read committed");
        await one.write(B, { left: 0 });
        await failure(one.insert(A, { left: 0 }));
        expect(await failure(one.read(A))).toBe("25P02");
        expect(await failure(one.write(A, {}))).toBe("25P02");
        expect(await one.perform({ kind: "commit" })).toBe("rollback");
        expect(await store.state()).toEqual(start);
        expect(await one.read(A)).toEqual(start[A]);
      });
      rule("an error lets the row locks go at once, before the rollback", async ({ client, store }) => {
        const [one, two] = [await client(), await client()];
        await one.begin("read committed");
        await one.write(B, { left: 0 });
        const waiting = two.write(B, { left: 1 });
        expect(await waits(waiting)).toBe(true);
        await failure(one.insert(A, { left: 0 }));
        await waiting;
        expect((await store.state())[B]).toEqual({ left: 1 });
      });
      rule("an isolation level that it does not offer is refused with 0A000", async ({ client }) => {
        const one = await client();
        const levels = { "repeatable read": "snapshots", serializable: "serializable" } as const;
        for (const [isolation, capability] of Object.entries(levels))
          if (!able.has(capability)) expect(await failure(one.begin(isolation as keyof typeof levels))).toBe("0A000");
      });
      rule(
        "a computation that does not fit its values fails with 42804, and the transaction with it",
        async ({ client, store }) => {
          if (!able.has("conditional-update")) return;
          const [one, two] = [await client(), await client()];
          await one.begin("read committed");
          await one.write(A, { left: 5, name: "pear" });
          const waiting = failure(two.updateWhere({ key: A, set: { name: ["-", "name", 1] } }));
          await one.write(B, { left: 6 });
          await one.commit();
          expect(await waiting).toBe("42804");
          await two.begin("read committed");
          expect(await failure(two.updateWhere({ key: A, set: { name: ["-", "name", 1] } }))).toBe("42804");
          expect(await failure(two.read(A))).toBe("25P02");
          expect(await store.state()).toEqual({ [A]: { left: 5, name: "pear" }, [B]: { left: 6 } });
        },
      );
    });

    group("row locks", ["transactions", "row-locks"], () => {
      const update = (one: Session) => one.updateWhere({ key: A, set: { left: ["+", "left", 1] } });
      const writers: Record<string, (one: Session) => Promise<unknown>> = {
        write: (one) => one.write(A, { left: 9 }),
        delete: (one) => one.delete(A),
        insert: (one) => one.insert(A, { left: 9 }),
        "select for update": (one) => one.selectForUpdate(A),
        ...(able.has("conditional-update") && { update }),
      };
      for (const [what, act] of Object.entries(writers)) {
        rule(
          `${what} outside a transaction waits for the transaction that locked the row, and then goes on`,
          async ({ client }) => {
            const [one, two] = [await client(), await client()];
            await one.begin("read committed");
            // PostgreSQL does not let an INSERT wait for a row that is only locked, but for one that is being deleted.
            await (what === "insert" ? one.delete(A) : one.selectForUpdate(A));
            const waiting = act(two);
            expect(await waits(waiting)).toBe(true);
            await one.commit();
            await waiting;
            expect(await failure(two.selectForUpdate(A, "nowait"))).toBe("no failure");
          },
        );
      }
      rule("reading does not wait for a lock", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.begin("read committed");
        await one.write(A, { left: 0 });
        expect(await two.read(A)).toEqual(start[A]);
      });
      rule("a client that waited for a row sees it as it is now", async ({ client, store }) => {
        const [one, two, three] = await Promise.all(Array.from({ length: 3 }, () => client()));
        await one!.begin("read committed");
        await one!.write(A, { left: 1 });
        const locked = two!.begin("read committed").then(() => two!.selectForUpdate(A));
        expect(await waits(locked)).toBe(true);
        await one!.commit();
        expect(await locked).toEqual({ left: 1 });
        const third = three!.delete(A);
        expect(await waits(third)).toBe(true);
        await two!.commit();
        expect(await third).toBe(1);
        expect(await store.state()).toEqual({ [B]: start[B] });
      });
      rule("an insert that waited for an insert of the same key finds it taken", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.begin("read committed");
        await one.insert("order/1", { by: 1 });
        const second = two.insert("order/1", { by: 2 });
        expect(await waits(second)).toBe(true);
        await one.commit();
        expect(await second).toBe(false);
      });
      rule("with nowait a locked row is error 55P03, with skip it is as if it were not there", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.begin("read committed");
        await one.selectForUpdate(A);
        expect(await one.selectForUpdate(A, "nowait")).toEqual(start[A]);
        expect(await two.selectForUpdate(A, "skip")).toBeNull();
        expect(await two.selectForUpdate(B, "skip")).toEqual(start[B]);
        await two.begin("read committed");
        expect(await failure(two.selectForUpdate(A, "nowait"))).toBe("55P03");
        expect(await failure(two.read(A))).toBe("25P02");
      });
      // The file store has single rows only.
      if (name !== "lowdb")
        rule("with skip and a limit each of many workers gets a row of its own, by size of the key", async ({ client }) => {
          const [keeper, ...workers] = await Promise.all(Array.from({ length: 6 }, () => client()));
          for (let id = 12; id > 0; id--) await keeper!.insertRow({ table: "job", row: { id, done: id < 3 } });
          const next = { table: "job", where: ["=", "done", false], limit: 1, lock: "update", ifLocked: "skip" } as const;
          const got: unknown[] = [];
          for (const worker of workers) {
            await worker.begin("read committed");
            got.push((await worker.select(next))[0]?.["id"]);
          }
          expect(got).toEqual([3, 4, 5, 6, 7]);
          await workers[1]!.write("job/4", { done: true });
          for (const worker of workers) await worker.commit();
          await keeper!.begin("read committed");
          expect((await keeper!.select({ ...next, limit: 2 })).map(({ id }) => id)).toEqual([3, 5]);
          await keeper!.commit();
        });
      rule("a row that is not there, or was not changed, is not locked", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.begin("read committed");
        expect(await one.selectForUpdate("stock/none")).toBeNull();
        expect(await one.delete("stock/none")).toBe(0);
        expect(await two.insert("stock/none", { left: 1 })).toBe(true);
      });
      // In a database the order of waiters is a race: only that each gets the row is promised.
      const inOrder = ["memory", "lowdb"].includes(name);
      rule(
        inOrder ? "clients that wait for a row get it in order of arrival" : "each client that waits for a row gets it, once",
        async ({ client }) => {
          const [holder, ...others] = await Promise.all(Array.from({ length: 5 }, () => client()));
          await holder!.begin("read committed");
          await holder!.selectForUpdate(A);
          const order: number[] = [];
          const all: Promise<void>[] = [];
          for (const [i, one] of others.entries()) {
            await one.begin("read committed");
            all.push(
              one.selectForUpdate(A).then(() => {
                order.push(i);
                return one.commit();
              }),
            );
            await one.queues();
          }
          await holder!.commit();
          await Promise.all(all);
          expect(inOrder ? order : order.sort()).toEqual([0, 1, 2, 3]);
        },
      );
      rule("a client that closes while it waits for a row never gets it", async ({ client, store }) => {
        const [one, two, three] = await Promise.all(Array.from({ length: 3 }, () => client()));
        await one!.begin("read committed");
        await one!.selectForUpdate(A);
        const gone = failure(two!.write(A, { left: 666 }));
        await two!.close();
        expect(await gone).toBe("08006");
        await one!.commit();
        expect(await three!.selectForUpdate(A, "nowait")).toEqual(start[A]);
        expect(await store.state()).toEqual(start);
      });
      for (const clients of [2, 4]) {
        rule(
          `of ${clients} transactions that wait in a circle one fails with 40P01, and the others go on`,
          async ({ client }) => {
            const all = await Promise.all(Array.from({ length: clients }, () => client()));
            const key = (i: number) => `ring/${i % clients}`;
            for (const [i, one] of all.entries()) {
              await one.begin("read committed");
              await one.write(key(i), { by: i });
            }
            const ends = await Promise.all(
              all.map(async (one, i) => {
                const end = await failure(one.write(key(i + 1), { by: i }));
                await (end === "no failure" ? one.commit() : one.rollback());
                return end;
              }),
            );
            expect(ends.filter((end) => end === "40P01")).toHaveLength(1);
            expect(ends.filter((end) => end === "no failure")).toHaveLength(clients - 1);
          },
        );
      }
      rule("a long queue for one row is no deadlock", async ({ client }) => {
        const all = await Promise.all(Array.from({ length: 12 }, () => client()));
        await Promise.all(
          all.map((one) =>
            one.transaction("read committed", async () => {
              const { left } = (await one.selectForUpdate(A)) as { left: number };
              await one.write(A, { left: left + 1 });
              await one.write(B, { left });
            }),
          ),
        );
        expect(await all[0]!.read(A)).toEqual({ left: 17 });
      });
    });

    group("leases", ["leases"], () => {
      const offered = (one: Session, lock: string) =>
        one.perform({ kind: "acquire", lock, scope: "shared", lease: true, ifLocked: "nowait" });
      rule("a lease has one holder, and every grant a higher token", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        const token = await one.lease("door");
        expect(await offered(two, "door")).toBe(false);
        const waiting = two.lease("door");
        expect(await waits(waiting)).toBe(true);
        await one.release("door", "shared");
        expect(await waiting).toBe(token + 1);
      });
      rule("a lease stays when its holder's connection closes", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.lease("door");
        await one.close();
        expect(await offered(two, "door")).toBe(false);
      });
      rule("the old holder of a lease that is over gives nothing back", async ({ client }) => {
        const [one, two, three] = [await client(), await client(), await client()];
        await one.lease("door");
        await one.perform({ kind: "expire", lock: "door" });
        await two.lease("door");
        expect(await one.perform({ kind: "release", lock: "door", scope: "shared" })).toBe(false);
        expect(await offered(three, "door")).toBe(false);
      });
    });

    group("fencing", ["fencing"], () => {
      rule("a row that has seen a token refuses every smaller one, and takes the same again", async ({ client, store }) => {
        const one = await client();
        const write = (token: number) => one.perform({ kind: "write", key: A, row: { by: token }, token });
        expect(await one.raiseFence(A, 2)).toBe(true);
        expect(await one.raiseFence(A, 1)).toBe(false);
        expect(await failure(write(1))).toBe("55000");
        expect(await failure(write(2))).toBe("no failure");
        expect(await failure(write(3))).toBe("no failure");
        const { version } = (await one.readVersioned(A))!;
        const late = { kind: "compare-and-set", key: A, row: {}, version, token: 2 } as const;
        expect(await failure(one.perform(late))).toBe("55000");
        expect((await store.state())[A]).toEqual({ by: 3 });
      });
    });

    group("snapshots", ["transactions", "snapshots"], () => {
      rule("max, min and sum are of the numbers, and null where there is none", async ({ client }) => {
        const one = await client();
        for (const [what, of] of Object.entries({ max: 7, min: 5, sum: 12 }) as ["max" | "min" | "sum", number][]) {
          expect(await one.select({ table: "stock", aggregate: [what, "left"] })).toEqual([{ [what]: of }]);
          expect(await one.select({ table: "stock", aggregate: [what, "name"] })).toEqual([{ [what]: null }]);
        }
      });
      rule("a transaction at repeatable read sees the rows as they were at its first look", async ({ client }) => {
        const [one, two] = [await client(), await client()];
        await one.begin("repeatable read");
        await one.read(A);
        await two.write(B, { left: 0 });
        expect(await one.read(B)).toEqual(start[B]);
        await one.commit();
        expect(await one.read(B)).toEqual({ left: 0 });
      });
      rule("at repeatable read a write of a row that was changed since is error 40001", async ({ client, store }) => {
        const [one, two] = [await client(), await client()];
        await one.begin("repeatable read");
        await one.read(A);
        await two.write(A, { left: 4 });
        expect(await failure(one.write(A, { left: 3 }))).toBe("40001");
        await one.rollback();
        expect((await store.state())[A]).toEqual({ left: 4 });
      });
    });

    group("serializable", ["transactions", "serializable"], () => {
      rule("of two that read two rows and write one each, one fails", async ({ client }) => {
        const both = [await client(), await client()];
        for (const one of both) {
          await one.begin("serializable");
          for (const key of [A, B]) await one.read(key);
        }
        const ends = await Promise.all(
          both.map(async (one, i) => {
            const end = await failure(one.write([A, B][i]!, { left: 0 }).then(() => one.commit()));
            await one.rollback();
            return end;
          }),
        );
        expect(ends.filter((end) => end === "no failure")).toHaveLength(1);
        expect(["40001", "40P01"]).toContain(ends.find((end) => end !== "no failure"));
      });
    });

    describe("strategies", () => {
      const strategies: Record<string, Strategy> = {
        none,
        mutex,
        cas,
        "row-lock": rowLock,
        "atomic-update": atomicUpdate,
      };
      const increment: Work = {
        name: "count one",
        keys: ["counter/1"],
        async body({ read, write }) {
          const { n } = await read<{ n: number }>("counter/1");
          await write("counter/1", { n: n + 1 });
          return ok();
        },
        atomic: { key: "counter/1", set: { n: ["+", "n", 1] }, otherwise: "never" },
      };
      for (const [id, strategy] of Object.entries(strategies))
        group(id, strategy.requires, () =>
          rule(
            id === "none" ? "100 increments at once may lose some" : "100 increments at once lose nothing",
            async ({ client, store }) => {
              const clients = await Promise.all(Array.from({ length: 100 }, () => client()));
              const outcomes = await Promise.all(clients.map((one) => strategy.run(increment, one)));
              const told = outcomes.filter(({ status }) => status === "ok").length;
              const counted = Number((await store.state())["counter/1"]!["n"]);
              if (id === "none") expect(counted).toBeGreaterThan(0);
              else expect(counted).toBe(told);
              // Three attempts may not be enough under compare-and-set. Under the other strategies every increment gets through.
              if (id !== "cas") expect(told).toBe(100);
            },
            { "counter/1": { n: 0 } },
          ),
        );
    });
  });
}
