/** The memory store: 16 requests in flight on two threads, which ask the store's host over ports. */
import { Mutex } from "async-mutex";
import type { Contender, Contest } from "./contest.js";
import { bareThreads, hammering } from "./hammering.js";

const [WORKERS, IN_FLIGHT] = [2, 8];
const ROUND_TRIPS = 20_000;
const LOCKED = 100_000;

/** What an operation would cost at least if each had a message of its own, one at a time. */
const pingPong = (): Promise<Contender> =>
  bareThreads("a MessagePort ping-pong, one at a time", {
    workers: 1,
    operations: ROUND_TRIPS,
    data: null,
    code: `
      const { Worker } = require("node:worker_threads");
      const echo = new Worker('const { parentPort } = require("node:worker_threads"); parentPort.on("message", (message) => parentPort.postMessage(message));', { eval: true });
      const message = { id: 1, task: 1, operation: { kind: "read", key: "stock/1" } };
      return async (count) => {
        for (let i = 0; i < count; i++) await new Promise((back) => { echo.once("message", back); echo.postMessage(message); });
      };`,
  });

/** Lock, read, write, unlock in one thread: no messages, no transactions, nothing recorded. */
async function bareMutex(): Promise<Contender> {
  const stock = { left: LOCKED };
  const mutex = new Mutex();
  return {
    name: "async-mutex in one thread",
    async round() {
      let left = LOCKED / 4;
      const began = performance.now();
      await Promise.all(
        Array.from({ length: WORKERS * IN_FLIGHT }, async () => {
          while (left-- > 0)
            await mutex.runExclusive(async () => {
              const seen = await Promise.resolve(stock.left);
              await Promise.resolve();
              stock.left = seen - 1;
            });
        }),
      );
      return LOCKED / ((performance.now() - began) / 1000);
    },
    async close() {},
  };
}

const on = (strategy: string, requests: number, peer: () => Promise<Contender>): Contest => ({
  what: `memory, ${strategy}, ${WORKERS * IN_FLIGHT} in flight`,
  unit: "operations/s",
  ours: (root) => hammering(root, { store: "memory:", strategy, workers: WORKERS, inFlight: IN_FLIGHT, requests }),
  peers: [peer],
});

export const contests: readonly Contest[] = [
  on("none", 10_000, pingPong),
  on("row-lock", 5_000, bareMutex),
  on("mutex", 5_000, bareMutex),
];
