/**
 * The thread that owns the store, so that neither the screen nor a worker does. It serves every worker
 * over a port of its own, and what it answers first has happened first: that order is the history.
 */
import { once } from "node:events";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type FailureCode, StoreError, StoreUnavailable } from "../core/failure.js";
import type { Json, Operation } from "../core/operation.js";
import type { Connection, Store } from "../core/store.js";
import type { Outcome } from "../core/work.js";
import { openStore } from "../stores/open.js";
import type { Ask, HostAnswer, HostData, HostRequest, Told } from "./protocol.js";
import { recorder } from "./recorder.js";

const { store: url, rows, tables, requests } = workerData as HostData;
const main = parentPort!;
const say = (answer: HostAnswer) => main.postMessage(answer);

try {
  const store = await openStore(url);
  await store.reset(rows, tables);
  serve(store);
  say({ ready: { capabilities: [...store.capabilities], notices: store.notices ?? [] } });
} catch (error) {
  if (!(error instanceof StoreUnavailable) && !(error instanceof StoreError)) throw error;
  say({ unavailable: error.message });
}

function serve(store: Store): void {
  const record = recorder();
  const outcomes: (Outcome | undefined)[] = Array.from({ length: requests });
  /** Ports and connections that are still open: what they have to say comes before the end. */
  const open = new Set<Promise<unknown>>();
  const track = (closing: Promise<unknown>) => {
    open.add(closing);
    void closing.finally(() => open.delete(closing));
  };

  main.on("message", async (request: HostRequest) => {
    if ("attach" in request) return attach(request.attach);
    while (open.size > 0) await Promise.all(open);
    const after = await store.state();
    await store.close();
    say({ finished: { recording: record.finish(), outcomes, after } });
  });

  /** One worker's port. When the worker dies the port closes, and with it every connection it had. */
  function attach(port: MessagePort): void {
    const lines = new Map<number, Promise<Line>>();
    const reply = batch((told: readonly Told[]) => port.postMessage(told));
    const hangUp = (task: number) => {
      const line = lines.get(task);
      lines.delete(task);
      if (line) track(line.then(({ connection }) => connection.close()));
    };
    port.on("message", (asks: readonly Ask[]) => {
      for (const ask of asks) {
        if ("ended" in ask) {
          outcomes[ask.task - 1] = ask.ended;
          hangUp(ask.task);
          continue;
        }
        const line = lines.get(ask.task) ?? connect(ask.task);
        lines.set(ask.task, line);
        void line.then((line) => line.perform(ask.operation)).then((told) => reply({ id: ask.id, ...told }));
      }
    });
    track(
      once(port, "close").then(() => {
        for (const task of lines.keys()) hangUp(task);
      }),
    );
  }

  /** A task's connection, which writes down every operation at the moment of its effect. */
  async function connect(task: number): Promise<Line> {
    let now: { operation: Operation; asked: number; waited: boolean } | undefined;
    const connection = await store.connect({
      blocked: () => {
        if (now) now.waited = true;
      },
      effect: (reply) => {
        if (now) record.record(task, now.operation, reply, now.asked, now.waited);
      },
    });
    return {
      connection,
      async perform(operation) {
        now = { operation, asked: record.count(), waited: false };
        try {
          return { value: (await connection.perform(operation)) as Json };
        } catch (error) {
          return {
            error: error instanceof StoreError ? error.code : "08006",
            why: error instanceof Error ? error.message : String(error),
          };
        }
      },
    };
  }
}

interface Line {
  readonly connection: Connection;
  perform(operation: Operation): Promise<{ value: Json } | { error: FailureCode; why: string }>;
}

/** Collects what is said in one turn of the event loop and says it in one message. */
function batch<T>(post: (items: readonly T[]) => void): (item: T) => void {
  let items: T[] = [];
  return (item) => {
    if (items.push(item) > 1) return;
    setImmediate(() => {
      const full = items;
      items = [];
      post(full);
    });
  };
}
