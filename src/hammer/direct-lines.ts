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
import { asAsked, hostLines, type StoreLines } from "./host-lines.js";
import type { ThreadToHost } from "./protocol.js";
import { recorder, textOf } from "./recorder.js";
import { Stake } from "./stake.js";

/** Milliseconds until the host is told, and about how many events there are until then. */
const TELL_MS = 50;
const EXPECTED = 256;

/** Nanoseconds on a clock that all threads share. */
const now = (): number => Number(process.hrtime.bigint());

/** A lock of scope "server" is in the memory of its process, not in the database: the host keeps it. */
const isInProcess = (operation: Operation): boolean => "scope" in operation && operation.scope === "server";

interface Task {
  connection: Promise<Connection> | undefined;
  waitsFor: Operation | undefined;
  /** When its last statement left for the server (0: not yet), the row's version in the answer, and whether it had to wait. */
  sent: number;
  version: number | undefined;
  waited: boolean;
  /** Its request has ended. A rule that ran into its deadline may still be running. */
  isOver: boolean;
}

const newTask = (): Task => ({
  connection: undefined,
  waitsFor: undefined,
  sent: 0,
  version: undefined,
  waited: false,
  isOver: false,
});

export async function directLines(
  url: string,
  port: MessagePort,
  atOnce: number,
  blocked: (task: number) => void,
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
    port.postMessage([{ seen }, ...ended] satisfies ThreadToHost[], [seen.events.buffer as ArrayBuffer]);
    record = recorder(EXPECTED);
    ended = [];
  };
  /** A message costs more than an operation, so it carries the events of some time. */
  const tellSoon = () => {
    timer ??= setTimeout(tell, TELL_MS);
  };
  /** Tasks under way, by number. */
  const tasks = new Map<number, Task>();
  const closing = new Set<Promise<void>>();
  const wait = (task: number) => {
    const mine = tasks.get(task);
    if (!mine?.waited) blocked(task);
    if (mine) mine.waited = true;
  };
  const inProcess = hostLines(port, wait);

  function perform(task: number, staked = () => {}): Perform {
    const mine = newTask();
    tasks.set(task, mine);
    const stake = new Stake();
    const watch: Watch = {
      sent() {
        mine.sent = now();
        if (mine.waitsFor && stake.stays(mine.waitsFor)) staked();
      },
      blocked: () => wait(task),
      effect(_, version) {
        mine.version = version;
      },
    };
    let toDatabase: Perform | undefined;
    const toProcess = inProcess.perform(task);
    function ask<O extends Operation>(operation: O): Promise<Responses[O["kind"]]> {
      const asked = now();
      mine.waitsFor = operation;
      const answer = (isInProcess(operation) ? toProcess : (toDatabase as Perform))(operation);
      // Written now, while the server is at work.
      const text = textOf(operation);
      const seen = (given: Reply) => {
        // The answer came after the request's end, so its client was not told: for the history it is lost.
        const isLate = mine.isOver && "value" in given && stake.stays(operation);
        const reply: Reply = isLate ? { error: "08006" } : given;
        stake.answered(operation, given);
        const { sent, version, waited } = mine;
        mine.waitsFor = undefined;
        mine.waited = false;
        record.recordTimed(task, text, reply, { asked: Math.max(asked, sent), answered: now(), version }, waited);
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
      mine.connection ??= store.connect(watch);
      toDatabase = (await mine.connection).perform;
    }
    return (given) => {
      if (mine.isOver) return new Promise(() => {});
      const operation = asAsked(given);
      return toDatabase ? ask(operation) : connected().then(() => ask(operation));
    };
  }

  return {
    lost: store.lost,
    perform,
    ended(task, outcome) {
      // Told after what was seen. With it the host lets the locks of the process go, after those of the database.
      const isOver = () => {
        ended.push({ task, ended: outcome });
        tellSoon();
      };
      const mine = tasks.get(task);
      if (mine) mine.isOver = true;
      const connection = mine?.connection;
      tasks.delete(task);
      if (!connection) return isOver();
      const closed = connection
        .then((line) => line.close())
        .finally(() => {
          isOver();
          closing.delete(closed);
        });
      closing.add(closed);
    },
    waitingFor: (task) => tasks.get(task)?.waitsFor,
    async close() {
      await Promise.all(closing);
      await store.close();
      tell();
      port.close();
    },
  };
}
