/** Racelab's threads on a store, warm from round to round, and threads that do the same without racelab. */
import { Worker } from "node:worker_threads";
import type { History } from "../../src/core/history.js";
import { built, type Contender } from "./contest.js";

type Hammer = typeof import("../../src/hammer/hammer.js");

const KEY = "stock/1";
const PIECES = 1_000_000_000;
export const rows = { [KEY]: { left: PIECES } };

interface Asked {
  readonly store: string;
  readonly strategy: string;
  readonly workers: number;
  /** Of each worker. */
  readonly inFlight: number;
  readonly requests: number;
}

/** Operations a second of the lesson lost-update, where every request wants the same row. */
export async function hammering(root: string, asked: Asked): Promise<Contender> {
  const { startThreadPool } = (await built(root, "hammer/hammer.js")) as Hammer;
  const pool = await startThreadPool(asked);
  const { requests } = asked;
  const size = { tasks: requests, pieces: PIECES };
  return {
    name: "racelab",
    async round() {
      const { history, ms, failures } = await pool.run({
        ...{ ...asked, lesson: "lost-update", requires: [], rows, size },
        ...{ servers: 1, think: 0, seed: 1, deadline: 60_000 },
      });
      if (failures.length > 0) throw new Error(failures[0]);
      // An older build has a history of events alone. Here they would be made for it.
      return ("length" in history ? history.length : (history as History).events.length) / (ms / 1000);
    },
    close: () => pool.close(),
  };
}

/**
 * Threads that stay. `code` is the body of an async function that is given `data` and answers with another, which a round
 * calls with a number of operations.
 */
export async function bareThreads(
  name: string,
  { workers, operations, code, data }: { workers: number; operations: number; code: string; data: unknown },
): Promise<Contender> {
  const source = `
    const { parentPort, workerData: data } = require("node:worker_threads");
    (async () => {
      const run = await (async () => { ${code} })();
      parentPort.on("message", async (count) => { await run(count); parentPort.postMessage("done"); });
      parentPort.postMessage("ready");
    })();`;
  const threads = Array.from({ length: workers }, () => new Worker(source, { eval: true, workerData: data }));
  const said = () =>
    Promise.all(
      threads.map(
        (thread) =>
          new Promise((next, failed) => {
            thread.once("message", next);
            thread.once("error", failed);
          }),
      ),
    );
  await said();
  return {
    name,
    async round() {
      const each = Math.ceil(operations / workers);
      const began = performance.now();
      const done = said();
      for (const thread of threads) thread.postMessage(each);
      await done;
      return (each * workers) / ((performance.now() - began) / 1000);
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
