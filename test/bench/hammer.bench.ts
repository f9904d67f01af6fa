/**
 * Operations per second of the hammer beside a bare MessagePort ping-pong between two threads, in one run,
 * and the bytes that a recorded operation takes. After a build: `npx tsx test/bench/hammer.bench.ts`.
 */
import { Worker } from "node:worker_threads";
import { hammer } from "../../src/hammer/hammer.js";

const ROUNDS = 50_000;
const REQUESTS = 20_000;
/** Waiting in line costs turns: fewer requests where everybody waits. */
const WAITING = 1_000;

/** One message there, one back, one at a time: what an operation would cost if each had a message of its own. */
async function pingPong() {
  const echo = new Worker(
    'const { parentPort } = require("node:worker_threads"); parentPort.on("message", (message) => parentPort.postMessage(message));',
    { eval: true },
  );
  const message = { id: 1, task: 1, operation: { kind: "read", key: "stock/1" } };
  const round = () =>
    new Promise((back) => {
      echo.once("message", back);
      echo.postMessage(message);
    });
  for (let i = 0; i < 1000; i++) await round();
  const began = performance.now();
  for (let i = 0; i < ROUNDS; i++) await round();
  const rate = ROUNDS / ((performance.now() - began) / 1000);
  await echo.terminate();
  return rate;
}

async function hammerRun(strategy: string, workers: number, inFlight: number): Promise<number> {
  const requests = ["mutex", "row-lock"].includes(strategy) ? WAITING : REQUESTS;
  const { history, ms } = await hammer({
    lesson: "lost-update",
    strategy,
    requires: [],
    store: "memory:",
    rows: { "stock/1": { left: requests } },
    workers,
    servers: 1,
    size: { tasks: requests },
    requests,
    inFlight,
    think: 0,
    seed: 1,
    deadline: 60_000,
  });
  return history.events.length / (ms / 1000);
}

const rate = (n: number) => `${Math.round(n).toLocaleString("en").padStart(9)} ops/s`;
const cases = [
  ["none", 1, 1],
  ["none", 1, 32],
  ["none", 4, 1],
  ["none", 4, 32],
  ["atomic-update", 4, 32],
  ["cas", 4, 32],
  ["mutex", 4, 4],
  ["row-lock", 4, 4],
] as const;

const base = await pingPong();
console.log(`ping-pong, one at a time               ${rate(base)}`);
for (const [strategy, workers, inFlight] of cases) {
  const ops = await hammerRun(strategy, workers, inFlight);
  console.log(
    `${strategy.padEnd(14)} ${workers} workers x ${String(inFlight).padEnd(2)} at once ${rate(ops)}   ${(ops / base).toFixed(1)} x ping-pong`,
  );
}
console.log("a recorded operation takes 16 bytes: four 32-bit integers; each distinct operation and reply once as text");
