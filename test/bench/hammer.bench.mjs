/**
 * Operations per second of the hammer beside a bare MessagePort ping-pong between two threads, in one run,
 * and the bytes that a recorded operation takes. `node test/bench/hammer.bench.mjs` after a build.
 */
import { MessageChannel, Worker } from "node:worker_threads";
import { hammer } from "../../dist/src/hammer/hammer.js";

const ROUNDS = 50_000;

/** One message there, one back, one at a time: what an operation would cost without batching. */
async function pingPong() {
  const echo = new Worker(
    'require("node:worker_threads").workerData.on("message", function (m) { this.postMessage(m) })'.replace(
      "workerData.on",
      "workerData.port.on",
    ),
    {
      eval: true,
      ...(() => {
        const { port1, port2 } = new MessageChannel();
        pingPong.port = port1;
        return { workerData: { port: port2 }, transferList: [port2] };
      })(),
    },
  );
  const { port } = pingPong;
  const message = { id: 1, task: 1, operation: { kind: "read", key: "stock/1" } };
  const round = () =>
    new Promise((back) => {
      port.once("message", back);
      port.postMessage(message);
    });
  for (let i = 0; i < 1000; i++) await round();
  const began = performance.now();
  for (let i = 0; i < ROUNDS; i++) await round();
  const rate = ROUNDS / ((performance.now() - began) / 1000);
  await echo.terminate();
  port.close();
  return rate;
}

async function blow(strategy, inFlight, workers) {
  const requests = 50_000;
  const run = await hammer({
    lesson: "lost-update",
    strategy,
    store: "memory:",
    rows: { "stock/1": { left: requests } },
    workers,
    requests,
    inFlight,
    think: 0,
    seed: 1,
    deadline: 30_000,
  });
  return run.history.events.length / (run.ms / 1000);
}

const rate = (n) => `${Math.round(n).toLocaleString("en").padStart(9)} ops/s`;
const base = await pingPong();
console.log(`ping-pong, one at a time       ${rate(base)}`);
for (const [strategy, workers, inFlight] of [
  ["none", 1, 1],
  ["none", 1, 32],
  ["none", 4, 1],
  ["none", 4, 32],
  ["atomic-update", 4, 32],
  ["cas", 4, 32],
  ["mutex", 4, 32],
  ["row-lock", 4, 32],
]) {
  const ops = await blow(strategy, inFlight, workers);
  console.log(
    `${strategy.padEnd(14)} ${workers} x ${String(inFlight).padEnd(2)} in flight ${rate(ops)}  ${(ops / base).toFixed(2)} of ping-pong`,
  );
}
console.log("16 bytes a recorded operation (four 32-bit integers), and each distinct operation and reply once as text");
