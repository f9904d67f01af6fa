/**
 * A thread's own way to a store that every thread can reach (`Store.address`): a connection for each task, from a bounded
 * pool, with no host in between. The host is told afterwards what was asked, what was answered, and when by the clock of
 * the process.
 *
 * The order of the effects is not known then. The history is in the order of the replies and says so (`order:
 * "replies"`), and each event has the interval from its question to its answer (report.ts, row-order.ts). Such a run is
 * judged by its end: the outcomes, and the invariants of the final rows. An anomaly is told only if the order of its events
 * is certain.
 *
 * What a thread that dies has not told the host is lost.
 */
import type { MessagePort } from "node:worker_threads";
import { StoreError } from "../core/failure.js";
import type { Scenario } from "../core/lesson.js";
import type { Json, Operation, Perform, Reply, Responses } from "../core/operation.js";
import type { Connection, Watch } from "../core/store.js";
import type { Outcome } from "../core/work.js";
import { openStore } from "../stores/open.js";
import { asAsked, hostLines, type LineWatch, type StoreLines, type TaskLine } from "./host-lines.js";
import type { ThreadToHost } from "./protocol.js";
import { buffersOf, recorder, textOf } from "./recorder.js";
import { Stake } from "./stake.js";

/** Milliseconds until the host is told, and about how many events there are until then. */
const TELL_MS = 50;
const EXPECTED = 256;

/** Nanoseconds on a clock that all threads share. */
const now = (): number => Number(process.hrtime.bigint());

/** A lock of scope "server" is in the memory of its process, not in the database: the host keeps it. */
const isInProcess = (operation: Operation): boolean => "scope" in operation && operation.scope === "server";

export async function directLines(
  url: string,
  port: MessagePort,
  atOnce: number,
  { rows, tables }: Pick<Scenario, "rows" | "tables">,
): Promise<StoreLines> {
  const store = await openStore(url);
  store.know?.(rows, tables);
  try {
    await store.warmUp?.(atOnce);
  } catch (error) {
    await store.close();
    throw error;
  }
  let record = recorder(EXPECTED);
  let ended: { readonly task: number; readonly ended: Outcome }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    clearTimeout(timer);
    timer = undefined;
    const seen = record.finish();
    port.postMessage([{ seen }, ...ended] satisfies ThreadToHost[], buffersOf(seen));
    record = recorder(EXPECTED);
    ended = [];
  };
  /** A message costs more than an operation, so it carries the events of some time. */
  const tellSoon = () => {
    timer ??= setTimeout(tell, TELL_MS);
  };
  let closing = 0;
  let allClosed = (): void => {};
  const inProcess = hostLines(port, null);

  function line(task: number, watched: LineWatch): TaskLine {
    let connection: Promise<Connection> | undefined;
    let waitsFor: Operation | undefined;
    /** When the last statement left for the server (0: not yet), the row's version in the answer, and whether it had to wait. */
    let sent = 0;
    let version: number | undefined;
    let waited = false;
    let isOver = false;
    const stake = new Stake();
    const hasWaited = () => {
      if (!waited) watched.waited();
      waited = true;
    };
    const watch: Watch = {
      sent() {
        sent = now();
        if (waitsFor && stake.stays(waitsFor)) watched.staked();
      },
      blocked: hasWaited,
      effect(_, seen) {
        version = seen;
      },
    };
    let toDatabase: Perform | undefined;
    /** Made when it is needed: most tasks need none. */
    let toProcess: TaskLine | undefined;
    function ask<O extends Operation>(operation: O): Promise<Responses[O["kind"]]> {
      const asked = now();
      waitsFor = operation;
      if (isInProcess(operation)) toProcess ??= inProcess.line(task, { staked() {}, waited: hasWaited });
      const perform = isInProcess(operation) ? (toProcess as TaskLine).perform : (toDatabase as Perform);
      const answer = perform(operation);
      // Written now, while the server is at work.
      const text = textOf(operation);
      const seen = (given: Reply) => {
        // The answer came after the request's end, so its client was not told: for the history it is lost.
        const isLate = isOver && "value" in given && stake.stays(operation);
        const reply: Reply = isLate ? { error: "08006" } : given;
        stake.answered(operation, given);
        record.recordTimed(task, text, reply, { asked: Math.max(asked, sent), answered: now(), version }, waited);
        waitsFor = undefined;
        waited = false;
        tellSoon();
      };
      // A handler of its own, before the rule's: the rule waits for one promise less.
      answer.then(
        (value) => seen({ value: value as Json }),
        (error) => seen({ error: error instanceof StoreError ? error.code : "08006" }),
      );
      return answer;
    }
    async function connected(): Promise<void> {
      connection ??= store.connect(watch);
      toDatabase = (await connection).perform;
    }
    /** Told after what was seen. With it the host lets the locks of the process go, after those of the database. */
    const tellEnd = (outcome: Outcome) => {
      ended.push({ task, ended: outcome });
      tellSoon();
    };
    async function closed(open: Promise<Connection>, outcome: Outcome): Promise<void> {
      try {
        await (await open).close();
      } finally {
        tellEnd(outcome);
        if (--closing === 0) allClosed();
      }
    }
    return {
      perform(given) {
        if (isOver) return new Promise(() => {});
        const operation = asAsked(given);
        return toDatabase ? ask(operation) : connected().then(() => ask(operation));
      },
      ended(outcome) {
        isOver = true;
        if (!connection) return tellEnd(outcome);
        closing++;
        void closed(connection, outcome);
      },
      waitingFor: () => waitsFor,
    };
  }

  return {
    lost: store.lost,
    line,
    async close() {
      if (closing > 0)
        await new Promise<void>((resolve) => {
          allClosed = resolve;
        });
      await store.close();
      tell();
      port.close();
    },
  };
}
