import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { StoreError } from "../../src/core/failure.js";
import type { Operation } from "../../src/core/operation.js";
import { session } from "../../src/core/session.js";
import type { Store } from "../../src/core/store.js";
import { openStore } from "../../src/stores/open.js";
import { localMysql, localRedis, localServer, whyNot } from "./local-servers.js";

/** The server ends one connection of several, and goes on. */

const A = "stock/a";
const B = "stock/b";

/** Nothing in this thread runs meanwhile, so all that the server sends is read together afterwards. */
const blockThread = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

async function on(url: string, body: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore(url);
  try {
    await store.reset({ [A]: { left: 5 }, [B]: { left: 7 } });
    await body(store);
  } finally {
    await store.close();
  }
}

/** A mistake in a store: what it reads of the operation is none of what an operation has. */
const broken = (): Operation =>
  Object.defineProperty({ kind: "write", key: A }, "row", {
    enumerable: true,
    get() {
      throw new TypeError("no row");
    },
  }) as unknown as Operation;

for (const url of [localServer, localMysql, localRedis])
  describe.skipIf((await whyNot(url)) !== null)(`a mistake of racelab's own, ${url.split(":")[0]}`, () => {
    it("is told as that, and is no lost connection", () =>
      on(url, async (store) => {
        const line = await store.connect();
        const failed = line.perform(broken());
        await expect(failed).rejects.toThrow("a mistake of racelab's own in a store: TypeError: no row");
        await expect(failed).rejects.not.toBeInstanceOf(StoreError);
        expect(await session(line.perform).read(A)).toEqual({ left: 5 });
      }));
  });

describe.skipIf((await whyNot(localServer)) !== null)("postgres", () => {
  const impatient = `${localServer}?options=-c%20idle_in_transaction_session_timeout%3D20`;

  it("a transaction whose connection is lost right after an answer takes no write that would stand by itself", () =>
    on(impatient, async (store) => {
      const one = session((await store.connect()).perform);
      await one.begin("read committed");
      // From now on it has its connection, and what it asks leaves at once.
      await one.find(A);
      const read = one.find(A);
      blockThread(200);
      expect(await read).toEqual({ left: 5 });
      await expect(one.write(A, { left: 4 })).rejects.toMatchObject({ code: "08006" });
      await one.rollback();
      expect(await one.read(A)).toEqual({ left: 5 });
    }));

  it("a server that ends a connection for idling in its transaction is a lost connection, not a refused operation", () =>
    on(impatient, async (store) => {
      const one = session((await store.connect()).perform);
      await one.begin("read committed");
      await one.find(A);
      blockThread(200);
      await expect(one.commit()).rejects.toMatchObject({ code: "08006" });
    }));

  it("a connection that cannot be set up is closed, and the operation that needed it fails", async () => {
    const name = `racelab_test_${randomBytes(6).toString("hex")}`;
    const admin = new pg.Client(localServer);
    await admin.connect();
    await admin.query(`create role ${name} login`);
    await admin.query(`create database ${name} owner ${name}`);
    const url = new URL(localServer);
    url.pathname = name;
    const there = new pg.Client(url.href);
    await there.connect();
    const connections = async (): Promise<number> =>
      (await admin.query("select count(*)::int as many from pg_stat_activity where usename = $1", [name])).rows[0].many;
    try {
      [url.username, url.password] = [name, ""];
      await on(url.href, async (store) => {
        const before = await connections();
        // Every new connection reads it.
        await there.query("revoke select on pg_settings from public");
        const one = session((await store.connect()).perform);
        await expect(one.find(A)).rejects.toMatchObject({ code: "0A000", message: expect.stringContaining("pg_settings") });
        while ((await connections()) > before) await pause(20);
        await there.query("grant select on pg_settings to public");
        expect(await one.find(A)).toEqual({ left: 5 });
      });
    } finally {
      await there.end();
      await admin.query(`drop database ${name}`);
      await admin.query(`drop role ${name}`);
      await admin.end();
    }
  });
});

describe.skipIf((await whyNot(localMysql)) !== null)("mysql", () => {
  it("a transaction whose connection is lost while its line asks elsewhere takes no write that would stand by itself", () =>
    on(localMysql, async (store) => {
      const one = session((await store.connect()).perform);
      await one.begin("read committed");
      await one.write(B, { left: 6 });
      const admin = await createConnection(localMysql);
      const database = /racelab_[0-9a-f]{12}/.exec(store.address as string)![0];
      const [found] = await admin.query<RowDataPacket[]>(
        "select id from information_schema.processlist join information_schema.innodb_trx on trx_mysql_thread_id = id where db = ?",
        [database],
      );
      expect(found).toHaveLength(1);
      await admin.query(`kill ${found[0]!["id"]}`);
      await admin.end();
      // The locks are on another connection, and go on.
      for (let i = 0; i < 5; i++) {
        await one.acquire("x", "shared");
        await one.release("x", "shared");
      }
      await expect(one.write(A, { left: 4 })).rejects.toMatchObject({ code: "08006" });
      await one.rollback();
      expect([await one.read(A), await one.read(B)]).toEqual([{ left: 5 }, { left: 7 }]);
    }));
});
