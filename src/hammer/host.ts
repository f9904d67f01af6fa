/**
 * The thread that owns the store, so that neither the screen nor a worker waits for it. It serves each worker over a port
 * of its own; all that a worker asks in one turn of the event loop is one message, which gives several times the rate of
 * a message for each operation.
 *
 * The history is in the order of the effects, not of the answers: a promise settles some time after its operation took
 * effect, and two promises may settle in either order. So the store tells a `Watch` at the moment of the effect, and that
 * order is recorded here.
 */
import { once } from "node:events";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type FailureCode, messageOf, StoreError, StoreMistake, StoreUnavailable } from "../core/failure.js";
import type { Json, Operation } from "../core/operation.js";
import type { Server } from "../core/server.js";
import type { Connection, Store, Watch } from "../core/store.js";
import { memoryStore } from "../stores/memory.js";
import { openStore } from "../stores/open.js";
import { batch } from "./batch.js";
import { OutcomeTable } from "./outcome-codes.js";
import {
  type HostData,
  type HostToMain,
  type HostToThread,
  type MainToHost,
  type RunStart,
  type ThreadToHost,
  UNANSWERED,
} from "./protocol.js";
import { buffersOf, type Recording, recorder } from "./recorder.js";

/** Events: the usual run has fewer. */
const MOST_UNJOINED = 30_000;

const { store: url } = workerData as HostData;
const main = parentPort!;
const post = (message: HostToMain, taken: readonly ArrayBuffer[] = []) => main.postMessage(message, taken);

try {
  const store = await openStore(url);
  serve(store);
  post({ ready: { capabilities: [...store.capabilities], notices: store.notices ?? [], address: store.address ?? null } });
  const { lost = new AbortController().signal } = store;
  const tell = () => post({ lost: (lost.reason as Error).message });
  if (lost.aborted) tell();
  else lost.addEventListener("abort", tell);
} catch (error) {
  post(refusal(error));
}

/** The sentence for the person who asked for this store. Any other error is a mistake of racelab's, and is thrown. */
function refusal(error: unknown): HostToMain {
  if (!(error instanceof StoreUnavailable) && !(error instanceof StoreError)) throw error;
  return { unavailable: error.message };
}

function serve(store: Store): void {
  /** The threads reach the store by themselves. Here are only the locks of the process, in a memory store. */
  const isDirect = store.address !== undefined;
  const here = isDirect ? memoryStore() : store;
  let record = recorder();
  let effects = recordedLater(record);
  /**
   * What the threads did by themselves. It is joined when the run is over, because until then the threads need the
   * processor; in a long run when there is much of it, because it takes many times the memory of what is joined.
   */
  let seen: Recording[] = [];
  let unjoined = 0;
  const join = () => {
    for (const [i, each] of seen.entries()) {
      record.add(each);
      // What is joined is there twice: not all of it at once.
      delete seen[i];
    }
    seen = [];
    unjoined = 0;
  };
  let outcomes = new OutcomeTable(0);
  /** Ports and connections that are still being closed. Their messages come before the answer to `finish`. */
  const open = new Set<Promise<unknown>>();
  const track = (closing: Promise<unknown>) => {
    open.add(closing);
    void closing.finally(() => open.delete(closing));
  };

  main.on("message", async (request: MainToHost) => {
    if ("attach" in request) return attach(request.attach, request.server);
    while (open.size > 0) await Promise.all(open);
    if ("begin" in request) post(await begin(request.begin).catch(refusal));
    else if ("finish" in request) {
      const answer = await finish();
      post(answer, "finished" in answer ? buffersOf(answer.finished.recording) : []);
    } else {
      await store.close();
      post({ closed: true });
    }
  });

  async function begin({ rows, tables, requests }: RunStart): Promise<HostToMain> {
    if (rows) await store.reset(rows, tables);
    record = recorder();
    effects = recordedLater(record);
    seen = [];
    unjoined = 0;
    outcomes = new OutcomeTable(requests);
    return { begun: true };
  }

  async function finish(): Promise<HostToMain> {
    try {
      const after = await store.state();
      join();
      effects.write();
      const recording = record.finish();
      record = recorder();
      effects = recordedLater(record);
      return { finished: { recording, outcomes: outcomes.finish(), after } };
    } catch (error) {
      return { unavailable: messageOf(error) };
    }
  }

  /** Serves one worker's port. When the worker dies, the port closes, and every connection of its tasks is closed. */
  function attach(port: MessagePort, server: Server): void {
    const lines = new Map<number, Promise<TaskLine>>();
    const reply = batch((replies: readonly HostToThread[]) => port.postMessage(replies));
    const hangUp = (task: number) => {
      const line = lines.get(task);
      lines.delete(task);
      if (line) track(line.then(({ connection }) => connection.close()));
    };
    port.on("message", (messages: readonly ThreadToHost[]) => {
      for (const message of messages) {
        if ("seen" in message) {
          seen.push(message.seen);
          unjoined += message.seen.count;
          if (unjoined > MOST_UNJOINED) join();
          continue;
        }
        if ("ended" in message) {
          outcomes.set(message.task - 1, message.ended);
          hangUp(message.task);
          continue;
        }
        const { id, task, operation } = message;
        const line = lines.get(task) ?? connect(task, server);
        if (id === UNANSWERED) {
          // What comes after it waits for it here: a line records one operation at a time.
          const after = line.then(async (line) => {
            await line.perform(operation);
            return line;
          });
          lines.set(task, after);
          continue;
        }
        lines.set(task, line);
        const isEnd = operation.kind === "commit" || operation.kind === "rollback" || operation.kind === "release";
        const send = isEnd ? reply.addLater : reply.add;
        void line.then((line) => line.perform(operation)).then((answer) => send({ id, ...answer }));
      }
    });
    track(
      once(port, "close").then(() => {
        for (const task of lines.keys()) hangUp(task);
      }),
    );
  }

  /** A task's connection. Every operation is recorded at the moment of its effect. */
  async function connect(task: number, server: Server): Promise<TaskLine> {
    let now: { operation: Operation; asked: number; waited: boolean } | undefined;
    const watch: Watch = {
      blocked: () => {
        if (now) now.waited = true;
      },
      effect: (reply) => {
        if (now && !isDirect) effects.add(task, now.operation, reply, now.asked, now.waited);
      },
    };
    const connection = await here.connect(watch, server);
    return {
      connection,
      async perform(operation) {
        now = { operation, asked: effects.count(), waited: false };
        try {
          const value = (await connection.perform(operation)) as Json;
          return { value, waited: now.waited };
        } catch (error) {
          const { waited } = now;
          return error instanceof StoreError
            ? { waited, error: error.code, why: error.message }
            : { waited, mistake: new StoreMistake(error as Error).message };
        }
      },
    };
  }
}

/** Effects that are written down in a moment, in their order: other tasks wait while the host writes. */
function recordedLater(record: ReturnType<typeof recorder>) {
  let effects: Parameters<typeof record.record>[] = [];
  const write = () => {
    const all = effects;
    effects = [];
    for (const effect of all) record.record(...effect);
  };
  return {
    count: () => record.count() + effects.length,
    write,
    /** What comes from a thread and what the store answers is never changed. */
    add(...effect: Parameters<typeof record.record>) {
      if (effects.push(effect) === 1) setImmediate(write);
    },
  };
}

interface TaskLine {
  readonly connection: Connection;
  perform(
    operation: Operation,
  ): Promise<{ waited: boolean } & ({ value: Json } | { error: FailureCode; why: string } | { mistake: string })>;
}
