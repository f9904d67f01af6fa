/** The thread of the rounds' store. It resets the store, lets all tasks start together, and counts how each round ends. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { StoreError, StoreMistake } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import { serverOf } from "../core/server.js";
import type { Connection } from "../core/store.js";
import type { Outcome } from "../core/work.js";
import { findLesson, loadLesson } from "../course/catalog.js";
import { memoryStore } from "../stores/memory.js";
import { type HostToThread, type ThreadToHost, UNANSWERED } from "./protocol.js";
import { type MainToRoundsHost, NO_MORE_ROUNDS, type RoundsData, type RoundsHostToMain } from "./rounds.js";

/** Milliseconds after which a round that does not end is given up. */
const STUCK_MS = 2000;
/** Milliseconds between two reports of the count. */
const TELL_MS = 100;

const { lesson: id, size, rounds, turn } = workerData as RoundsData;
const main = parentPort!;
const round = new Int32Array(turn);
// Its properties are not asked here, so the language does not matter.
const lesson = await loadLesson(findLesson(id), "en");
const { rows, tables } = lesson.scenario(size);
const store = memoryStore();
const connections = new Map<number, Connection>();
const ends = new Map<string, number>();
/** Tasks whose operation waits for another task. */
const blocked = new Set<number>();
let outcomes: (Outcome | undefined)[] = [];
let ended = (): void => {};
let stopped = false;

/** Tasks are numbered through all rounds, so that a late message of an earlier round is not taken for one of this round. */
const taskOf = (numbered: number): number => (numbered - 1) % size.tasks;
const isOfThisRound = (numbered: number): boolean => Math.floor((numbered - 1) / size.tasks) + 1 === round[0];

function serve(port: MessagePort): void {
  port.on("message", async (messages: readonly ThreadToHost[]) => {
    for (const message of messages) {
      // No thread reaches a memory store by itself.
      if ("seen" in message) continue;
      if (!isOfThisRound(message.task)) {
        // A task that was stuck is told that its round is over, and comes to its end.
        if ("id" in message)
          port.postMessage([{ id: message.id, waited: false, error: "08006", why: "the round is over" } satisfies HostToThread]);
        continue;
      }
      if ("ended" in message) {
        outcomes[taskOf(message.task)] = message.ended;
        await connections.get(taskOf(message.task))?.close();
        endIfOver();
        continue;
      }
      void answer(message).then((reply) => {
        if (message.id !== UNANSWERED) port.postMessage([reply]);
      });
    }
  });
}

/** Ends the round when each task has ended or waits for another one: then nothing more can happen. */
function endIfOver(): void {
  if (outcomes.every((outcome, task) => outcome || blocked.has(task))) ended();
}

/** A task's connection. `blocked` has the task while its operation waits. */
const connect = (task: number): Promise<Connection> => {
  const watch = {
    blocked() {
      blocked.add(task);
      endIfOver();
    },
    effect: () => void blocked.delete(task),
  };
  return store.connect(watch, serverOf(task, size["servers"] ?? 1));
};

async function answer({ id, task, operation }: Extract<ThreadToHost, { operation: unknown }>): Promise<HostToThread> {
  try {
    return { id, waited: false, value: (await connections.get(taskOf(task))!.perform(operation)) as Json };
  } catch (error) {
    return error instanceof StoreError
      ? { id, waited: false, error: error.code, why: String(error) }
      : { id, waited: false, mistake: new StoreMistake(error as Error).message };
  }
}

async function play(n: number): Promise<void> {
  await store.reset(rows, tables);
  outcomes = Array.from({ length: size.tasks }, () => undefined);
  blocked.clear();
  for (let task = 0; task < size.tasks; task++) connections.set(task, await connect(task));
  const over = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const stuck = setTimeout(() => ended(), STUCK_MS);
  Atomics.store(round, 0, n);
  Atomics.notify(round, 0);
  await over;
  clearTimeout(stuck);
  const label = lesson.label({ before: rows, rows: await store.state(), outcomes });
  ends.set(label, (ends.get(label) ?? 0) + 1);
  await Promise.all([...connections.values()].map((connection) => connection.close()));
}

let ports = 0;
main.on("message", async (message: MainToRoundsHost) => {
  if (message === "stop") {
    stopped = true;
    return;
  }
  serve(message);
  if (++ports < size.tasks) return;
  let told = performance.now();
  let n = 0;
  while (n < rounds && !stopped) {
    await play(++n);
    if (performance.now() - told < TELL_MS) continue;
    told = performance.now();
    main.postMessage({ counted: { runs: n, ends }, over: false } satisfies RoundsHostToMain);
  }
  Atomics.store(round, 0, NO_MORE_ROUNDS);
  Atomics.notify(round, 0);
  main.postMessage({ counted: { runs: n, ends }, over: true } satisfies RoundsHostToMain);
});
