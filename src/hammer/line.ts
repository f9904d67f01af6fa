import type { MessagePort } from "node:worker_threads";
import { StoreError } from "../core/failure.js";
import type { Operation, Perform, Responses } from "../core/operation.js";
import type { Ask, Told } from "./protocol.js";

/** A thread's line to the store's host: many tasks, one port, one message for all that is asked in one turn. */
export interface HostLine {
  /** The seam, for one task. */
  perform(task: number): Perform;
  /** The task is over: the host may close its connection. */
  ended(ask: Extract<Ask, { ended: unknown }>): void;
  /** What a task is waiting for, if anything: for the message when it never comes. */
  waitingFor(task: number): Operation | undefined;
}

export function hostLine(port: MessagePort): HostLine {
  const waiting = new Map<number, { task: number; operation: Operation; told: (told: Told) => void }>();
  let asks: Ask[] = [];
  let last = 0;

  const say = (ask: Ask) => {
    if (asks.push(ask) > 1) return;
    setImmediate(() => {
      const batch = asks;
      asks = [];
      port.postMessage(batch);
    });
  };
  port.on("message", (batch: readonly Told[]) => {
    for (const told of batch) {
      const asked = waiting.get(told.id);
      waiting.delete(told.id);
      asked?.told(told);
    }
  });

  port.on("close", () => {
    for (const { told } of waiting.values()) told({ id: 0, error: "08006", why: "the store went away" });
  });

  /** Tasks that are over. One that ran into its deadline may still be running: it gets no further answer. */
  const over = new Set<number>();

  return {
    ended(ask) {
      over.add(ask.task);
      say(ask);
    },
    perform:
      (task) =>
      <O extends Operation>(operation: O) =>
        new Promise<Responses[O["kind"]]>((resolve, reject) => {
          if (over.has(task)) return;
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
  };
}
