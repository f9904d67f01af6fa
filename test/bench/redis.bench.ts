/**
 * Operations per second of the hammer on Redis beside the bare client and redis-benchmark, which send the same
 * commands to the same server: no lesson, no strategy, nothing recorded, and nobody loses a race.
 * After a build: `npx tsx test/bench/redis.bench.ts [redis://…]`.
 */
import { spawnSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import { Redis } from "ioredis";
import { hammer } from "../../src/hammer/hammer.js";
import { openStore } from "../../src/stores/open.js";
import { redisScripts } from "../../src/stores/redis/scripts.js";

const url = process.argv[2] ?? "redis://127.0.0.1:6379/0";
const { compareAndSet, updateWhere } = redisScripts;
const WORKERS = 2;
const IN_FLIGHT = 32;
const REQUESTS = 6_000;
const COMMANDS = 24_000;
const ROUNDS = 3;

async function hammerRun(strategy: string) {
  const { history, ms } = await hammer({
    lesson: "lost-update",
    strategy,
    requires: [],
    store: url,
    size: { tasks: REQUESTS },
    servers: 1,
    rows: { "stock/1": { left: REQUESTS } },
    workers: WORKERS,
    requests: REQUESTS,
    inFlight: IN_FLIGHT,
    think: 0,
    seed: 1,
    deadline: 60_000,
  });
  const lost = history.events.filter(
    ({ operation, reply }) => operation.kind === "compare-and-set" && "value" in reply && reply.value === false,
  );
  return { rate: history.events.length / (ms / 1000), lost: lost.length / history.events.length };
}

/** Its name and its arguments. */
type Command = readonly string[];

/** What the store sends for one request under each strategy, on a row that is really there. */
function commands(prefix: string): Record<string, readonly Command[]> {
  const row = `${prefix}:row:stock/1`;
  const keys = [row, `${prefix}:keys`, `${prefix}:births`, `${prefix}:fences`];
  const set = JSON.stringify({ left: ["-", "left", 1] });
  const update = ["EVALSHA", updateWhere.sha, "1", row, JSON.stringify([">", "left", 0]), set, JSON.stringify({ id: 1 })];
  // The version is never this one: a refused save costs the server what a stale one costs.
  const save = ["EVALSHA", compareAndSet.sha, "4", ...keys, "stock/1", "", "-1", ".left", "1"];
  return { "atomic-update": [update], cas: [["HGETALL", row], save] };
}

/** As many threads as the hammer has, each with one connection and as much on its way. */
async function bare(sequence: readonly Command[]): Promise<number> {
  const code = `
    const { parentPort, workerData: { url, sequence, each, deep } } = require("node:worker_threads");
    import("ioredis").then(async ({ Redis }) => {
      const client = new Redis(url, { enableAutoPipelining: true });
      await client.ping();
      parentPort.postMessage("ready");
      await new Promise((go) => parentPort.once("message", go));
      let left = each;
      await Promise.all(Array.from({ length: deep }, async () => {
        while (left > 0) for (const [name, ...rest] of sequence) { left--; await client.call(name, ...rest); }
      }));
      client.disconnect();
      parentPort.postMessage("done");
      parentPort.close();
    });`;
  const workerData = { url, sequence, each: COMMANDS / WORKERS, deep: IN_FLIGHT };
  const workers = Array.from({ length: WORKERS }, () => new Worker(code, { eval: true, workerData }));
  const said = () => Promise.all(workers.map((worker) => new Promise((next) => worker.once("message", next))));
  await said();
  const began = performance.now();
  const done = said();
  for (const worker of workers) worker.postMessage("go");
  await done;
  return COMMANDS / ((performance.now() - began) / 1000);
}

/** In C, with one command; of a sequence the slower one decides, so the rate is that of both in turn. */
function inC(sequence: readonly Command[]): number {
  const { hostname, port } = new URL(url);
  const flags = [
    "-h",
    hostname,
    "-p",
    port || "6379",
    "-c",
    String(WORKERS),
    "-P",
    String(IN_FLIGHT),
    "-n",
    String(COMMANDS),
    "--csv",
  ];
  const seconds = sequence.map((command) => {
    const { stdout, status } = spawnSync("redis-benchmark", [...flags, ...command], { encoding: "utf8" });
    const rate = status === 0 ? Number(/"([\d.]+)"(?:,"[\d.]+"){6}\s*$/.exec(stdout)?.[1]) : Number.NaN;
    return 1 / rate;
  });
  return sequence.length / seconds.reduce((sum, one) => sum + one, 0);
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number;
const shown = (n: number) => (Number.isNaN(n) ? "not here" : `${Math.round(n).toLocaleString("en")} ops/s`).padStart(15);

const store = await openStore(url);
const client = new Redis(url);
try {
  await store.reset({ "stock/1": { left: 1_000_000_000 } });
  for (const { text } of [updateWhere, compareAndSet]) await client.script("LOAD", text);
  const prefix = /racelab_prefix=([\w:]+)/.exec(store.address as string)?.[1] as string;
  console.log(`${WORKERS} threads, ${IN_FLIGHT} at once each, median of ${ROUNDS} rounds in turns; one row, which all want`);
  for (const [strategy, sequence] of Object.entries(commands(prefix))) {
    const seen: Record<"hammer" | "bare" | "inC" | "lost", number[]> = { hammer: [], bare: [], inC: [], lost: [] };
    for (let round = 0; round < ROUNDS; round++) {
      const { rate, lost } = await hammerRun(strategy);
      seen.hammer.push(rate);
      seen.lost.push(lost);
      seen.bare.push(await bare(sequence));
      seen.inC.push(inC(sequence));
    }
    const [ours, theirs, c] = [median(seen.hammer), median(seen.bare), median(seen.inC)];
    console.log(
      `${strategy.padEnd(14)} hammer ${shown(ours)}   the same commands: ioredis ${shown(theirs)}, redis-benchmark ${shown(c)}`,
    );
    console.log(
      `${"".padEnd(14)} hammer / ioredis ${(ours / theirs).toFixed(2)}; saves that lost their race: ${Math.round(100 * median(seen.lost))} % of all operations`,
    );
  }
} finally {
  client.disconnect();
  await store.close();
}
