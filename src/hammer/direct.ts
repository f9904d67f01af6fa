/**
 * A thread's own way to a store that every thread can reach: a connection for each task, and nobody in between.
 * The host is told afterwards what was asked, what came back, and when by the clock of the process.
 */
import type { MessagePort } from "node:worker_threads";
import { StoreError } from "../core/failure.js";
import type { Json, Operation, Reply } from "../core/operation.js";
import type { Connection } from "../core/store.js";
import { openStore } from "../stores/open.js";
import { slowBatch } from "./batch.js";
import { hostLines, type Lines } from "./line.js";
import type { Ask } from "./protocol.js";

/** Milliseconds until the host is told. */
const TELL_MS = 10;

/** Nanoseconds on a clock that all threads share. */
const now = (): number => Number(process.hrtime.bigint());

/** A lock of the server is in the memory of its process, not in the database: the host keeps those. */
const isInProcess = (operation: Operation): boolean => "scope" in operation && operation.scope === "server";

export async function directLines(
  url: string,
  port: MessagePort,
  atOnce: number,
  blocked: (task: number) => void,
): Promise<Lines> {
  const store = await openStore(url);
  try {
    await store.warmUp?.(atOnce);
  } catch (error) {
    await store.close();
    throw error;
  }
  const said = slowBatch<Ask>(TELL_MS, (asks) => port.postMessage(asks));
  const say = said.add;
  const connections = new Map<number, Promise<Connection>>();
  const closing = new Set<Promise<void>>();
  const waiting = new Map<number, Operation>();
  const waited = new Set<number>();
  const sent = new Map<number, number>();
  const versions = new Map<number, number | undefined>();
  const wait = (task: number) => {
    if (!waited.has(task)) blocked(task);
    waited.add(task);
  };
  const inProcess = hostLines(port, wait);

  const connect = (task: number) =>
    store.connect({
      sent: () => sent.set(task, now()),
      blocked: () => wait(task),
      effect: (_, version) => versions.set(task, version),
    });

  function connectionOf(task: number): Promise<Connection> {
    const connection = connections.get(task) ?? connect(task);
    connections.set(task, connection);
    return connection;
  }

  return {
    perform: (task) => async (operation) => {
      const perform = isInProcess(operation) ? inProcess.perform(task) : (await connectionOf(task)).perform;
      const asked = now();
      waiting.set(task, operation);
      const seen = (reply: Reply) => {
        waiting.delete(task);
        const times = { asked: Math.max(asked, sent.get(task) ?? 0), answered: now() };
        say({ seen: { task, operation, reply, ...times, version: versions.get(task), waited: waited.delete(task) } });
      };
      try {
        const value = await perform(operation);
        seen({ value: value as Json });
        return value;
      } catch (error) {
        seen({ error: error instanceof StoreError ? error.code : "08006" });
        throw error;
      }
    },
    ended(task, outcome) {
      // After what was seen, and with it the locks in the process go: the database's first.
      const isOver = () => say({ task, ended: outcome });
      const connection = connections.get(task);
      connections.delete(task);
      if (!connection) return isOver();
      const closed = connection
        .then((line) => line.close())
        .finally(() => {
          isOver();
          closing.delete(closed);
        });
      closing.add(closed);
    },
    waitingFor: (task) => waiting.get(task),
    async close() {
      await Promise.all(closing);
      await store.close();
      said.flush();
      port.close();
    },
  };
}
