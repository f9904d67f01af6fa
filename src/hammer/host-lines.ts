import type { MessagePort } from "node:worker_threads";
import { StoreError } from "../core/failure.js";
import type { Operation, Perform, Responses } from "../core/operation.js";
import type { Outcome } from "../core/work.js";
import { batch } from "./batch.js";
import type { HostToThread, ThreadToHost } from "./protocol.js";

/** How the tasks of a thread reach the store. */
export interface StoreLines {
  /** Aborted when this thread has lost the store, which others may reach as before. */
  readonly lost?: AbortSignal | undefined;
  /** The seam, for one task. */
  perform(task: number): Perform;
  /** The task is over: its connection may be closed. */
  ended(task: number, outcome: Outcome): void;
  /** What a task is waiting for, if anything: for the message when it never comes. */
  waitingFor(task: number): Operation | undefined;
  /** Everything has been said, and every connection is closed. */
  close(): Promise<void>;
}

/**
 * The operation as it is now, and as nothing but data, as in the model: a rule may change the row that it gave before the
 * store has looked at it, and what cannot be written down fails where it is asked, not in the middle of a store.
 */
export function asAsked<O extends Operation>(operation: O): O {
  if ("key" in operation && typeof operation.key !== "string")
    throw new TypeError(`${operation.kind}: the key is ${operation.key}, not a text such as stock/1`);
  if ("row" in operation && (typeof operation.row !== "object" || operation.row === null))
    throw new TypeError(`${operation.kind}: the row is ${operation.row}, not an object`);
  let copy = operation;
  for (const field in operation) {
    const value: unknown = operation[field];
    if (typeof value !== "object" || value === null) continue;
    if (!isFlat(value)) return JSON.parse(JSON.stringify(operation)) as O;
    copy = { ...copy, [field]: { ...value } };
  }
  return copy;
}

/** Of nothing but texts, numbers, booleans and null, as most rows are: JSON takes longer, and whoever holds a lock waits for it. */
function isFlat(value: object): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const column in value) {
    const cell: unknown = value[column as keyof typeof value];
    if (cell !== null && typeof cell !== "string" && typeof cell !== "boolean" && !Number.isFinite(cell)) return false;
  }
  return true;
}

/** Through the store's host: many tasks, one port, one message for all that is asked in one turn. `waited` is told who had to. */
export function hostLines(port: MessagePort, waited: (task: number) => void = () => {}): StoreLines {
  const waiting = new Map<number, { task: number; operation: Operation; told: (told: HostToThread) => void }>();
  let last = 0;

  const say = batch<ThreadToHost>((asks) => port.postMessage(asks));
  port.on("message", (all: readonly HostToThread[]) => {
    for (const told of all) {
      const asked = waiting.get(told.id);
      waiting.delete(told.id);
      if (told.waited && asked) waited(asked.task);
      asked?.told(told);
    }
  });

  port.on("close", () => {
    for (const { told } of waiting.values()) told({ id: 0, waited: false, error: "08006", why: "the store went away" });
  });

  /** Tasks that are over. One that ran into its deadline may still be running: it gets no further answer. */
  const over = new Set<number>();

  return {
    ended(task, outcome) {
      over.add(task);
      say({ task, ended: outcome });
    },
    perform:
      (task) =>
      <O extends Operation>(given: O) =>
        new Promise<Responses[O["kind"]]>((resolve, reject) => {
          if (over.has(task)) return;
          const operation = asAsked(given);
          const id = ++last;
          waiting.set(id, {
            task,
            operation,
            told: (told) =>
              "error" in told
                ? reject(new StoreError(told.error, told.why))
                : resolve(told.value as unknown as Responses[O["kind"]]),
          });
          say({ id, task, operation });
        }),
    waitingFor: (task) => [...waiting.values()].find((asked) => asked.task === task)?.operation,
    async close() {
      await new Promise((flushed) => setImmediate(flushed));
      port.close();
    },
  };
}
