import type { MessagePort } from "node:worker_threads";
import { refuseFaults } from "../core/check-operation.js";
import { StoreError, StoreMistake } from "../core/failure.js";
import type { Operation, Perform, Reply, Responses } from "../core/operation.js";
import type { Tables } from "../core/table.js";
import type { Outcome } from "../core/work.js";
import { batch } from "./batch.js";
import { Foreseen } from "./foreseen.js";
import { type HostToThread, type ThreadToHost, UNANSWERED } from "./protocol.js";
import { Stake } from "./stake.js";

/**
 * How the tasks of a thread reach the store.
 *
 * No task is kept in a Map or a Set here, nor in a store that is asked for each request: V8 makes a new table after so many
 * insertions and removals, and the old table refers to the new one. Once an old one is in the old generation, the young
 * collections keep all later ones, with every task that was ever in them: they took a third of the thread's time.
 */
export interface StoreLines {
  /** Aborted when this thread has lost the store. Other threads may still reach it. */
  readonly lost?: AbortSignal | undefined;
  /** The line of a task, by its number. */
  line(task: number, watch?: LineWatch): TaskLine;
  /** Closes every connection, after all that is under way has been told. */
  close(): Promise<void>;
}

export interface LineWatch {
  /** An operation leaves that stays, whether it is answered or not. */
  staked(): void;
  /** An operation had to wait. */
  waited(): void;
}

const unwatched: LineWatch = { staked() {}, waited() {} };

export interface TaskLine {
  readonly perform: Perform;
  /** The task is over. Its connection is closed. A rule that ran into its deadline may still ask: it gets no answer. */
  ended(outcome: Outcome): void;
  /** The operation whose answer the task waits for, to be named when it never comes; undefined: it waits for none. */
  waitingFor(): Operation | undefined;
}

/**
 * A copy of the operation as plain data, as in the model: a rule may change its row before the store has read it. An
 * operation that no store understands fails here, where it is asked, and not in the middle of a store.
 */
export function asAsked<O extends Operation>(operation: O): O {
  refuseFaults(operation);
  return (copied(operation) ?? JSON.parse(JSON.stringify(operation))) as O;
}

const DEEPEST = 32;

/** What JSON would make of it; undefined: only JSON knows. A copy by JSON takes longer, while other tasks wait for a lock. */
function copied(value: unknown, depth = 0): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return value;
  // A value that contains itself is refused by JSON.
  if (typeof value !== "object" || depth > DEEPEST) return undefined;
  if (Array.isArray(value)) {
    if (Object.getPrototypeOf(value) !== Array.prototype) return undefined;
    const copy: unknown[] = [];
    for (const item of value) {
      const one = copied(item, depth + 1);
      if (one === undefined) return undefined;
      copy.push(one);
    }
    return copy;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const copy: { [name: string]: unknown } = {};
  for (const name in value) {
    const one = copied(value[name as keyof typeof value], depth + 1);
    // An own `__proto__` would not become a property here, and a `toJSON` says itself what is written.
    if (one === undefined || name === "__proto__") return undefined;
    copy[name] = one;
  }
  return copy;
}

/**
 * Through the store's host: many tasks, one port, one message for all that is asked in one turn of the event loop. `tables`
 * are the scenario's; null: it is not in the host, only the locks of this process are.
 */
export function hostLines(port: MessagePort, tables: Tables | undefined | null): StoreLines {
  const asked = new Slots<(reply: HostToThread) => void>();
  const { add: post } = batch<ThreadToHost>((messages) => port.postMessage(messages));
  port.on("message", (replies: readonly HostToThread[]) => {
    for (const reply of replies) asked.take(reply.id)(reply);
  });

  port.on("close", () => {
    for (const answered of asked.all()) answered({ id: 0, waited: false, error: "08006", why: "the store went away" });
  });

  return {
    line(task, watch = unwatched) {
      const stake = new Stake();
      const foreseen = new Foreseen(tables);
      let isOver = false;
      /** Those without an answer, in the order of asking. */
      const underWay: Operation[] = [];
      return {
        perform: <O extends Operation>(given: O) =>
          new Promise<Responses[O["kind"]]>((resolve, reject) => {
            if (isOver) return;
            const operation = asAsked(given);
            // Behind an operation that may fail nothing is certain.
            const known = underWay.length === 0 ? foreseen.answer(operation) : undefined;
            if (known !== undefined) {
              stake.answered(operation, { value: known });
              foreseen.answered(operation, { value: known });
              post({ id: UNANSWERED, task, operation });
              return resolve(known as unknown as Responses[O["kind"]]);
            }
            if (stake.stays(operation)) watch.staked();
            underWay.push(operation);
            const id = asked.put((reply) => {
              underWay.splice(underWay.indexOf(operation), 1);
              if (reply.waited) watch.waited();
              const answer: Reply = "mistake" in reply ? { error: "08006" } : reply;
              stake.answered(operation, answer);
              foreseen.answered(operation, answer);
              if ("mistake" in reply) reject(new StoreMistake(reply.mistake));
              else if ("error" in reply) reject(new StoreError(reply.error, reply.why));
              else resolve(reply.value as unknown as Responses[O["kind"]]);
            });
            post({ id, task, operation });
          }),
        ended(outcome) {
          isOver = true;
          post({ task, ended: outcome });
        },
        waitingFor: () => underWay[0],
      };
    },
    async close() {
      await new Promise((flushed) => setImmediate(flushed));
      port.close();
    },
  };
}

/** Values by numbers from 1 on; the number of a value that was taken is given again. */
class Slots<T> {
  readonly #values: (T | undefined)[] = [undefined];
  readonly #free: number[] = [];

  put(value: T): number {
    const id = this.#free.pop() ?? this.#values.length;
    this.#values[id] = value;
    return id;
  }

  take(id: number): T {
    const value = this.#values[id] as T;
    this.#values[id] = undefined;
    this.#free.push(id);
    return value;
  }

  all(): readonly T[] {
    return this.#values.filter((value) => value !== undefined);
  }
}
