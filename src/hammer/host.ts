/**
 * The thread that owns the store, so that neither the screen nor a worker does. It serves every worker
 * over a port of its own, and what it answers first has happened first: that order is the history.
 */
import { once } from "node:events";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type FailureCode, messageOf, StoreError, StoreUnavailable } from "../core/failure.js";
import type { Json, Operation } from "../core/operation.js";
import type { Server } from "../core/server.js";
import type { Connection, Store, Watch } from "../core/store.js";
import type { Outcome } from "../core/work.js";
import { memoryStore } from "../stores/memory.js";
import { openStore } from "../stores/open.js";
import { batch } from "./batch.js";
import type { HostData, HostToMain, HostToThread, MainToHost, RunStart, ThreadToHost } from "./protocol.js";
import { type Recording, recorder } from "./recorder.js";

const { store: url } = workerData as HostData;
const main = parentPort!;
const say = (answer: HostToMain) => main.postMessage(answer);

try {
  const store = await openStore(url);
  serve(store);
  say({ ready: { capabilities: [...store.capabilities], notices: store.notices ?? [], address: store.address ?? null } });
  const { lost = new AbortController().signal } = store;
  const tell = () => say({ lost: (lost.reason as Error).message });
  if (lost.aborted) tell();
  else lost.addEventListener("abort", tell);
} catch (error) {
  say(refusal(error));
}

/** What the person who asked for this store should read; anything else is a mistake of our own. */
function refusal(error: unknown): HostToMain {
  if (!(error instanceof StoreUnavailable) && !(error instanceof StoreError)) throw error;
  return { unavailable: error.message };
}

function serve(store: Store): void {
  /** Threads reach the store by themselves: what is left for here is the memory of this process, and so its locks. */
  const isDirect = store.address !== undefined;
  const here = isDirect ? memoryStore() : store;
  let record = recorder();
  /** What threads did by themselves. Made one when the run is over: until then they need the processor. */
  let seen: Recording[] = [];
  let outcomes: (Outcome | undefined)[] = [];
  /** Ports and connections that are still open: what they have to say comes before the end. */
  const open = new Set<Promise<unknown>>();
  const track = (closing: Promise<unknown>) => {
    open.add(closing);
    void closing.finally(() => open.delete(closing));
  };

  main.on("message", async (request: MainToHost) => {
    if ("attach" in request) return attach(request.attach, request.server);
    while (open.size > 0) await Promise.all(open);
    if ("begin" in request) say(await begin(request.begin).catch(refusal));
    else if ("finish" in request) say(await finish());
    else {
      await store.close();
      say({ closed: true });
    }
  });

  async function begin({ rows, tables, requests }: RunStart): Promise<HostToMain> {
    if (rows) await store.reset(rows, tables);
    record = recorder();
    seen = [];
    outcomes = Array.from({ length: requests });
    return { begun: true };
  }

  async function finish(): Promise<HostToMain> {
    try {
      const after = await store.state();
      for (const each of seen) record.add(each);
      seen = [];
      return { finished: { recording: record.finish(), outcomes, after } };
    } catch (error) {
      return { unavailable: messageOf(error) };
    }
  }

  /** One worker's port. When the worker dies the port closes, and with it every connection it had. */
  function attach(port: MessagePort, server: Server): void {
    const lines = new Map<number, Promise<Line>>();
    const reply = batch((told: readonly HostToThread[]) => port.postMessage(told));
    const hangUp = (task: number) => {
      const line = lines.get(task);
      lines.delete(task);
      if (line) track(line.then(({ connection }) => connection.close()));
    };
    port.on("message", (asks: readonly ThreadToHost[]) => {
      for (const ask of asks) {
        if ("seen" in ask) {
          seen.push(ask.seen);
          continue;
        }
        if ("ended" in ask) {
          outcomes[ask.task - 1] = ask.ended;
          hangUp(ask.task);
          continue;
        }
        const line = lines.get(ask.task) ?? connect(ask.task, server);
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
  async function connect(task: number, server: Server): Promise<Line> {
    let now: { operation: Operation; asked: number; waited: boolean } | undefined;
    const watch: Watch = {
      blocked: () => {
        if (now) now.waited = true;
      },
      effect: (reply) => {
        if (now && !isDirect) record.record(task, now.operation, reply, now.asked, now.waited);
      },
    };
    const connection = await here.connect(watch, server);
    return {
      connection,
      async perform(operation) {
        now = { operation, asked: record.count(), waited: false };
        try {
          const value = (await connection.perform(operation)) as Json;
          return { value, waited: now.waited };
        } catch (error) {
          return {
            waited: now.waited,
            error: error instanceof StoreError ? error.code : "08006",
            why: messageOf(error),
          };
        }
      },
    };
  }
}

interface Line {
  readonly connection: Connection;
  perform(operation: Operation): Promise<{ waited: boolean } & ({ value: Json } | { error: FailureCode; why: string })>;
}
