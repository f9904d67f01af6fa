/**
 * Redis: 32 requests in flight on each of two threads, beside the same commands from the bare client with auto-pipelining,
 * with as many under way, and from redis-benchmark, which is in C. All of them want one row. The peers record nothing, and
 * none of their saves loses a race: a save with a stale version costs the server the same.
 */
import { spawnSync } from "node:child_process";
import { Redis } from "ioredis";
import { StoreUnavailable } from "../../src/core/failure.js";
import { openStore } from "../../src/stores/open.js";
import { redisScripts } from "../../src/stores/redis/scripts.js";
import { Absent, type Contender, type Contest } from "./contest.js";
import { bareThreads, hammering, rows } from "./hammering.js";

const url = process.env["RACELAB_REDIS"] ?? "redis://127.0.0.1:6379/0";
const [WORKERS, IN_FLIGHT] = [2, 32];
const OPERATIONS = 40_000;

/** Its name and its arguments. */
type Command = readonly string[];

/** A prefix of keys of its own, with the row in it and the scripts known, until it is closed. */
async function place() {
  const store = await openStore(url).catch((error) => {
    throw error instanceof StoreUnavailable ? new Absent(error.message) : error;
  });
  await store.reset(rows);
  const client = new Redis(url);
  for (const { text } of Object.values(redisScripts)) await client.script("LOAD", text);
  client.disconnect();
  return { prefix: /racelab_prefix=([\w:]+)/.exec(store.address as string)?.[1] as string, close: () => store.close() };
}

/** What the store sends for one request. */
const commandsOf: { readonly [strategy: string]: (prefix: string) => readonly Command[] } = {
  "atomic-update"(prefix) {
    const set = JSON.stringify({ left: ["-", "left", 1] });
    const where = JSON.stringify([">=", "left", 1]);
    return [["EVALSHA", redisScripts.updateWhere.sha, "1", `${prefix}:row:stock/1`, where, set, JSON.stringify({ id: 1 })]];
  },
  cas(prefix) {
    const row = `${prefix}:row:stock/1`;
    const keys = [row, `${prefix}:keys`, `${prefix}:births`, `${prefix}:fences`];
    return [
      ["HGETALL", row],
      ["EVALSHA", redisScripts.compareAndSet.sha, "4", ...keys, "stock/1", "", "-1", ".left", "1"],
    ];
  },
};

async function ioredis(strategy: string): Promise<Contender> {
  const { prefix, close } = await place();
  const threads = await bareThreads("ioredis with auto-pipelining", {
    workers: WORKERS,
    operations: OPERATIONS,
    data: { url, sequence: commandsOf[strategy]!(prefix), deep: IN_FLIGHT },
    code: `
      const { Redis } = await import("ioredis");
      const client = new Redis(data.url, { enableAutoPipelining: true });
      await client.ping();
      return async (count) => {
        await Promise.all(Array.from({ length: data.deep }, async () => {
          while (count > 0) for (const [name, ...rest] of data.sequence) { count--; await client.call(name, ...rest); }
        }));
      };`,
  });
  return {
    ...threads,
    async close() {
      await threads.close();
      await close();
    },
  };
}

/** It sends one command; of a sequence each takes its time, so the rate is that of all in turn. */
async function inC(strategy: string): Promise<Contender> {
  if (spawnSync("redis-benchmark", ["--version"]).error) throw new Absent("redis-benchmark is not installed");
  const { prefix, close } = await place();
  const { hostname, port } = new URL(url);
  const flags = ["-h", hostname, "-p", port || "6379", "-c", WORKERS, "-P", IN_FLIGHT, "-n", OPERATIONS, "--csv"].map(String);
  return {
    name: "redis-benchmark",
    async round() {
      const seconds = commandsOf[strategy]!(prefix).map((command) => {
        const { stdout } = spawnSync("redis-benchmark", [...flags, ...command], { encoding: "utf8" });
        return 1 / Number(/"([\d.]+)"(?:,"[\d.]+"){6}\s*$/.exec(stdout)?.[1]);
      });
      return seconds.length / seconds.reduce((sum, one) => sum + one, 0);
    },
    close,
  };
}

const on = (strategy: string, requests: number): Contest => ({
  what: `Redis, ${strategy}, ${WORKERS * IN_FLIGHT} in flight`,
  unit: "operations/s",
  async ours(root) {
    await (await place()).close();
    return hammering(root, { store: url, strategy, workers: WORKERS, inFlight: IN_FLIGHT, requests });
  },
  peers: [() => ioredis(strategy), () => inC(strategy)],
});

export const contests: readonly Contest[] = [on("cas", 10_000), on("atomic-update", 40_000)];
