import type { MessagePort } from "node:worker_threads";
import { refuseFaults } from "../core/check-operation.js";
import { StoreError, StoreMistake } from "../core/failure.js";
import type { Operation, Perform, Responses } from "../core/operation.js";
import type { Outcome } from "../core/work.js";
import { batch } from "./batch.js";
import type { HostToThread, ThreadToHost } from "./protocol.js";
import { Stake } from "./stake.js";

/** How the tasks of a thread reach the store, each by its number. */
export interface StoreLines {
  /** Aborted when this thread has lost the store. Other threads may still reach it. */
  readonly lost?: AbortSignal | undefined;
  /** `staked` is called when an operation leaves that stays, whether it is answered or not. */
  perform(task: number, staked?: () => void): Perform;
  /** The task is over. Its connection is closed. */
  ended(task: number, outcome: Outcome): void;
  /** The operation whose answer a task waits for, to be named when it never comes; undefined: it waits for none. */
  waitingFor(task: number): Operation | undefined;
  /** Closes every connection, after all that is under way has been told. */
  close(): Promise<void>;
}

/**
 * A copy of the operation as plain data, as in the model: a rule may change its row before the store has read it. An
 * operation that no store understands fails here, where it is asked, and not in the middle of a store.
 */
export function asAsked<O extends Operation>(operation: O): O {
  refuseFaults(operation);
  let copy = operation;
  for (const field in operation) {
    const value: unknown = operation[field];
    if (typeof value !== "object" || value === null) continue;
    if (!isFlat(value)) return JSON.parse(JSON.stringify(operation)) as O;
    copy = { ...copy, [field]: { ...value } };
  }
  return copy;
}

/** Only texts, numbers, booleans and null, as most rows are. A copy by JSON takes longer, while other tasks wait for a lock. */
function isFlat(value: object): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const column in value) {
    const cell: unknown = value[column as keyof typeof value];
    if (cell !== null && typeof cell !== "string" && typeof cell !== "boolean" && !Number.isFinite(cell)) return false;
  }
  return true;
}

/**
 * Through the store's host: many tasks, one port, one message for all that is asked in one turn of the event loop.
 * `waited` is called for each operation that had to wait.
 */
export function hostLines(port: MessagePort, waited: (task: number) => void = () => {}): StoreLines {
  const waiting = new Map<number, { task: number; operation: Operation; answered: (reply: HostToThread) => void }>();
  let last = 0;

  const post = batch<ThreadToHost>((messages) => port.postMessage(messages));
  port.on("message", (replies: readonly HostToThread[]) => {
    for (const reply of replies) {
      const asked = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (reply.waited && asked) waited(asked.task);
      asked?.answered(reply);
    }
  });

  port.on("close", () => {
    for (const { answered } of waiting.values()) answered({ id: 0, waited: false, error: "08006", why: "the store went away" });
  });

  /** Tasks that are over. A rule that ran into its deadline may still be running; its operations get no answer. */
  const over = new Set<number>();

  return {
    ended(task, outcome) {
      over.add(task);
      post({ task, ended: outcome });
    },
    perform(task, staked = () => {}) {
      const stake = new Stake();
      return <O extends Operation>(given: O) =>
        new Promise<Responses[O["kind"]]>((resolve, reject) => {
          if (over.has(task)) return;
          const operation = asAsked(given);
          const id = ++last;
          if (stake.stays(operation)) staked();
          waiting.set(id, {
            task,
            operation,
            answered(reply) {
              stake.answered(operation, "mistake" in reply ? { error: "08006" } : reply);
              if ("mistake" in reply) reject(new StoreMistake(reply.mistake));
              else if ("error" in reply) reject(new StoreError(reply.error, reply.why));
              else resolve(reply.value as unknown as Responses[O["kind"]]);
            },
          });
          post({ id, task, operation });
        });
    },
    waitingFor: (task) => [...waiting.values()].find((asked) => asked.task === task)?.operation,
    async close() {
      await new Promise((flushed) => setImmediate(flushed));
      port.close();
    },
  };
}
