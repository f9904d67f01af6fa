import { getOrInsert } from "../core/get-or-insert.js";
import type { Machine } from "../core/machine.js";
import type { Operation, Reply, Responses } from "../core/operation.js";
import type { Server } from "../core/server.js";
import { settle } from "../core/session.js";
import type { Connection, Store, Watch } from "../core/store.js";
import { type Line, model, type Stored } from "../model/model.js";
import { scopedLockName } from "./lock-name.js";

/** Milliseconds after which all waiters are tried, and not only the first of each line. */
const LOOK_MS = 25;

/** One connection: its line in the model, and what it waits for. */
interface Client {
  line: Line;
  readonly waits: Set<Waiter>;
}

interface Waiter {
  readonly client: Client;
  /** What it stands in line for; "": it may wait for several things. */
  readonly wanted: string;
  /** Tries the operation again: true when it is answered now. */
  attempt(): boolean;
  lost(): void;
}

/** The row or the named lock that only one session gets at a time; "": it is not known what the operation waits for. */
function wantedBy(operation: Operation, server: Server): string {
  if (operation.kind === "acquire") return `lock ${scopedLockName(operation, server)}`;
  return "key" in operation ? `row ${operation.key}` : "";
}

/**
 * It has nothing that anybody could wait for, and will see the newest row whenever it gets the lock. So where others wait
 * for the row already, it waits behind them, and the model need not be asked.
 */
const canStandBehind = ({ who, transaction }: Line, operation: Operation): boolean =>
  operation.kind === "select-for-update" &&
  (operation.ifLocked ?? "wait") === "wait" &&
  who === undefined &&
  (transaction === null || (transaction.isolation === "read committed" && !transaction.failed));

/** A statement that has not failed gives up nothing before its transaction ends. */
const keepsAll = ({ transaction }: Line, operation: Operation, reply: Reply): boolean =>
  transaction !== null && "value" in reply && ("key" in operation || "table" in operation);

/**
 * The default store: the same pure model that the explorer explores, behind a promise. So the threads meet what the
 * learner saw there.
 *
 * A blocked operation is parked, and tried again when another session has let something go. Where the model leaves it open
 * which waiter goes on, it is first come, first served; the explorer tries every order. Nothing happens by the clock: no
 * lease ends, no lock_timeout runs out. In the model those are choices of a schedule.
 *
 * In the model, as in PostgreSQL, every waiter of a hot row has steps to do after each commit until it waits for the next
 * one, and only one of them gets the row. It would wait for the steps of all others. So those that want one row stand in
 * line, and only the first is tried. That is a schedule, too: the others have not been given the processor. All of them are
 * tried when everybody waits, and after some milliseconds, because one behind may be able to go on where the first is not.
 */
export function memoryStore(): Store {
  let machine: Machine<Stored, Line> = model({});
  let shared = machine.shared;
  /** Waiters by what they want, in order of arrival. */
  const parked = new Map<string, Set<Waiter>>();
  const clients = new Set<Client>();
  let look: NodeJS.Timeout | undefined;

  function park(waiter: Waiter): void {
    getOrInsert(parked, waiter.wanted, () => new Set()).add(waiter);
    waiter.client.waits.add(waiter);
  }

  function unpark(waiter: Waiter): void {
    waiter.client.waits.delete(waiter);
    const line = parked.get(waiter.wanted);
    line?.delete(waiter);
    if (line?.size === 0) parked.delete(waiter.wanted);
  }

  /** Tries waiters until none of them changes anything. A `for` over a Set also visits what is added meanwhile. */
  function tryWaiters(all: boolean): void {
    /** A session has just got it, and keeps it. */
    const taken = new Set<string>();
    for (let before: Stored | undefined; before !== shared; ) {
      before = shared;
      for (const [wanted, line] of parked)
        for (const waiter of line) {
          if (taken.has(wanted)) break;
          const isAnswered = waiter.attempt();
          if (isAnswered) unpark(waiter);
          if (all || wanted === "") continue;
          if (!isAnswered) break;
          if (waiter.client.line.transaction !== null || wanted.startsWith("lock")) taken.add(wanted);
        }
    }
  }

  const everybodyWaits = (): boolean => {
    for (const { waits } of clients) if (waits.size === 0) return false;
    return true;
  };

  /** A session may have let something go. */
  function wake(): void {
    if (parked.size > 0) tryWaiters(false);
    lookLater();
  }

  function lookLater(): void {
    if (parked.size === 0) return;
    if (everybodyWaits()) tryWaiters(true);
    look ??= setTimeout(() => {
      look = undefined;
      tryWaiters(true);
    }, LOOK_MS);
  }

  function connect(watch?: Watch, server: Server = 1): Connection {
    const client: Client = { line: (server > 1 && machine.lineOn?.(server)) || machine.line, waits: new Set() };
    clients.add(client);
    /** The reply; undefined: it is blocked. A wait may end in several steps. */
    const tried = (operation: Operation): Reply | undefined => {
      for (;;) {
        const { reply, ...next } = machine.apply(shared, client.line, operation);
        const isOver = reply !== undefined || next.shared === shared;
        ({ shared, line: client.line } = next);
        if (isOver) return reply;
      }
    };
    return {
      perform: <O extends Operation>(operation: O) =>
        new Promise<Responses[O["kind"]]>((resolve, reject) => {
          const answer = (reply: Reply) => {
            watch?.effect(reply);
            try {
              resolve(settle<O>(reply));
            } catch (error) {
              reject(error);
            }
          };
          if (!clients.has(client)) return answer({ error: "08006" });
          const wanted = wantedBy(operation, server);
          const before = shared;
          const reply = parked.has(wanted) && canStandBehind(client.line, operation) ? undefined : tried(operation);
          if (reply) {
            answer(reply);
            if (shared !== before && !keepsAll(client.line, operation, reply)) wake();
            return;
          }
          const waiter: Waiter = {
            client,
            wanted,
            attempt() {
              const reply = tried(operation);
              if (reply) answer(reply);
              return reply !== undefined;
            },
            lost: () => answer({ error: "08006" }),
          };
          park(waiter);
          if (shared !== before) wake();
          else lookLater();
          if (client.waits.has(waiter)) watch?.blocked();
        }),
      async close() {
        if (!clients.delete(client)) return;
        for (const waiter of client.waits) {
          unpark(waiter);
          waiter.lost();
        }
        const { who, locks } = client.line;
        // It has let everything go already: nobody can go on because it leaves.
        if (who === undefined && Object.keys(locks).length === 0) return lookLater();
        shared = machine.disconnect(shared, client.line);
        wake();
      },
    };
  }

  return {
    capabilities: new Set([
      ...(["versions", "locks", "transactions", "row-locks", "conditional-update"] as const),
      ...(["snapshots", "serializable", "leases", "fencing", "queues"] as const),
    ]),
    connect: async (watch, server) => connect(watch, server),
    async reset(rows, tables) {
      machine = model(rows, tables);
      shared = machine.shared;
      parked.clear();
      clearTimeout(look);
      look = undefined;
    },
    state: async () => machine.rows(shared),
    close: async () => clearTimeout(look),
  };
}
