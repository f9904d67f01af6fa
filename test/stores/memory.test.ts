import { expect, test } from "vitest";
import type { Connection } from "../../src/core/store.js";
import { memoryStore } from "../../src/stores/memory.js";
import { conformance } from "./conformance.js";

conformance("memory", async () => memoryStore());

const rows = { "stock/1": { left: 9 }, "stock/2": { left: 9 } };
const lock = (client: Connection, key = "stock/1") => client.perform({ kind: "select-for-update", key });
const begin = (client: Connection) => client.perform({ kind: "begin", isolation: "read committed" });

async function clients(count: number): Promise<Connection[]> {
  const store = memoryStore();
  await store.reset(rows);
  const all = await Promise.all(Array.from({ length: count }, () => store.connect()));
  for (const client of all) await begin(client);
  return all;
}

test("those that wait for a row get it in the order of asking, each with what the one before has written", async () => {
  const all = await clients(6);
  const seen: unknown[] = [];
  await Promise.all(
    all.map(async (client, i) => {
      const row = (await lock(client)) as { left: number };
      seen.push([i, row.left]);
      await client.perform({ kind: "write", key: "stock/1", row: { left: row.left - 1 } });
      await client.perform({ kind: "commit" });
    }),
  );
  expect(seen).toEqual([0, 1, 2, 3, 4, 5].map((i) => [i, 9 - i]));
});

test("a deadlock that one closes who is not the first in line is found, also while another session is at rest", async () => {
  const [holder, first, second, _idle] = (await clients(4)) as [Connection, Connection, Connection, Connection];
  await lock(holder);
  await lock(second, "stock/2");
  const firstWaits = lock(first);
  const secondWaits = lock(second);
  await holder.perform({ kind: "write", key: "stock/1", row: { left: 8 } });
  await holder.perform({ kind: "commit" });
  expect(await firstWaits).toEqual({ left: 8 });
  const ends = await Promise.allSettled([lock(first, "stock/2"), secondWaits]);
  expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(ends.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "40P01" } });
});

test("a snapshot is taken when a statement is asked, not when it is the first in line", async () => {
  const [holder, other, snapshot] = (await clients(3)) as [Connection, Connection, Connection];
  await snapshot.perform({ kind: "rollback" });
  await snapshot.perform({ kind: "begin", isolation: "repeatable read" });
  await lock(holder);
  const otherWaits = lock(other);
  const refused = lock(snapshot).catch(({ code }) => code);
  await holder.perform({ kind: "write", key: "stock/1", row: { left: 8 } });
  await holder.perform({ kind: "commit" });
  await otherWaits;
  await other.perform({ kind: "commit" });
  expect(await refused).toBe("40001");
});
