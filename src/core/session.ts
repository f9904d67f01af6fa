/**
 * What lesson and strategy code is given: one client's connection to the store. Each method makes the operation that its
 * name says, and nothing else.
 */
import { StoreError } from "./failure.js";
import type {
  ConditionalUpdate,
  Delivery,
  IfLocked,
  InsertRow,
  Isolation,
  Json,
  Key,
  LockScope,
  Operation,
  Perform,
  Reply,
  Responses,
  Row,
  Select,
  Versioned,
} from "./operation.js";

/** What a business rule is given: rows, other services and messages. The strategy decides how they are protected. */
export interface Access {
  /** The row; fails with 02000 when there is none. */
  read<R extends Row = Row>(key: Key): Promise<R>;
  /** The row, or null when there is none. */
  find<R extends Row = Row>(key: Key): Promise<R | null>;
  /** Saves the whole row, also where there is one. */
  write(key: Key, row: Row): Promise<void>;
  /** Saves a row that must be new; false when the key is taken. */
  insert(key: Key, row: Row): Promise<boolean>;
  /**
   * The rows of a table that fit a condition, in the order of their keys. In a transaction they are of its snapshot. Row
   * locks and versions do not guard the answer: a row that is not there yet has neither.
   */
  select(select: Select): Promise<readonly Row[]>;
  /** Calls another service, at once: what it did cannot be rolled back. */
  call(service: string, request: Json): Promise<Json>;
  /** Sends a message, at once: it cannot be rolled back. */
  publish(topic: string, message: Json): Promise<void>;
  /**
   * The next message, or null when there is none. It may be delivered again until it is acknowledged. It does not wait: a
   * consumer that waits for a lost message would be a deadlock of the scenario and not of the code.
   */
  poll(topic: string): Promise<Delivery | null>;
  /** Acknowledges a message. False: it was acknowledged before. */
  ack(topic: string, id: number): Promise<boolean>;
}

/** All that one client can do. A strategy makes from it the `Access` that it gives the rule. Rejects with `StoreError`s. */
export interface Session extends Access {
  /** The row with its version, or null when there is none. */
  readVersioned(key: Key): Promise<Versioned | null>;
  /** Saves the row if it still has this version; false: it has another, and nothing is written. */
  compareAndSet(key: Key, row: Row, version: number): Promise<boolean>;
  /** One conditional UPDATE of one row; answers the number of rows changed, 0 or 1. */
  updateWhere(update: ConditionalUpdate): Promise<number>;
  /** The row, locked until the transaction ends, or null when there is none. */
  selectForUpdate(key: Key, ifLocked?: IfLocked): Promise<Row | null>;
  /** Deletes the row; answers the number of rows deleted, 0 or 1. */
  delete(key: Key): Promise<number>;
  /** INSERT with ON CONFLICT; answers the number of rows written. */
  insertRow(insert: InsertRow): Promise<number>;
  /** Takes a named lock; waits while another session holds it. Default scope: "shared". */
  acquire(lock: string, scope?: LockScope): Promise<void>;
  /** Takes a named lock; false: another session holds it. */
  tryAcquire(lock: string, scope?: LockScope): Promise<boolean>;
  /** Gives a named lock or a lease back. */
  release(lock: string, scope?: LockScope): Promise<void>;
  /** Takes a lock that stays when its holder has gone, as a lock file does. */
  acquireLasting(lock: string): Promise<void>;
  /** Takes a lock that ends when the schedule says so. Answers the fencing token. */
  lease(lock: string): Promise<number>;
  /** Shows the token to a row before reading it, so that an older holder's late write is refused. False: it is too old. */
  raiseFence(key: Key, token: number): Promise<boolean>;
  /** Begins a transaction: "read committed", "repeatable read" or "serializable". */
  begin(isolation: Isolation): Promise<void>;
  /** Commits the transaction; rejects with 25P02 when it had failed and was rolled back. */
  commit(): Promise<void>;
  /** Undoes what the transaction has written, and lets its row locks go. */
  rollback(): Promise<void>;
  /** Runs `body` between BEGIN and COMMIT; when `body` throws, rolls back and throws the same error. */
  transaction<T>(isolation: Isolation, body: () => Promise<T>): Promise<T>;
  /** Waits for `ms` milliseconds; with `least`, for a random time from `least` to `ms`. */
  sleep(ms: number, least?: number): Promise<void>;
  /** Answers one of the options; the schedule says which. */
  choose(question: string, options: readonly string[]): Promise<string>;
  /** As `poll`, and waits while there is no message. */
  receive(topic: string): Promise<Delivery>;
  /** As `receive`, but waits also while another message of the topic is out: one consumer at a time, in order. */
  receiveInTurn(topic: string, replyTo?: string): Promise<Delivery>;
  /** Any operation, also those that have no method. */
  perform: Perform;
}

/** `read` made of `find`: it fails where there is no row. */
const insisting =
  (find: Access["find"]): Access["read"] =>
  async <R extends Row>(key: Key) => {
    const row = await find<R>(key);
    if (row === null) throw new StoreError("02000", `there is no row ${key}`);
    return row;
  };

/**
 * An `Access` whose `read` is made of its `find`, so that a strategy says only once how a row is read.
 *
 * ```ts
 * const locking = strategy({
 *   summary: "reads lock the row until the commit",
 *   cost: "the next reader waits",
 *   requires: ["transactions", "row-locks"],
 *   run: (work, session) =>
 *     session.transaction("read committed", () =>
 *       work.body(access({ ...session, find: (key) => session.selectForUpdate(key) as Promise<never> })),
 *     ),
 * });
 * console.log(locking.requires); // [ 'transactions', 'row-locks' ]
 * ```
 */
export const access = (over: Omit<Access, "read">): Access => ({ ...over, read: insisting(over.find) });

/**
 * A session over `perform`: the code of a task runs on any store for which there is such a function. Methods need no
 * `this`, so a rule may take them apart: `({ read, write }) => …`.
 *
 * ```ts
 * const asked: string[] = [];
 * const { write } = session(async (operation) => {
 *   asked.push(operation.kind);
 *   return null as never;
 * });
 * await write("user/1", { name: "Mina" });
 * console.log(asked); // [ 'write' ]
 * ```
 */
export function session(perform: Perform): Session {
  // Hot: every request and every task of every schedule makes one. So it is one object; spreading doubled the time.
  const begin = async (isolation: Isolation) => void (await perform({ kind: "begin", isolation }));
  const rollback = async () => void (await perform({ kind: "rollback" }));
  const commit = async () => {
    if ((await perform({ kind: "commit" })) === "rollback") throw new StoreError("25P02");
  };
  const acquire = (lock: string, scope: LockScope | undefined, ifLocked?: "nowait") =>
    perform<Extract<Operation, { kind: "acquire" }>>({
      kind: "acquire",
      lock,
      ...(scope && { scope }),
      ...(ifLocked && { ifLocked }),
    });
  const find = async <R extends Row>(key: Key) => (await perform({ kind: "read", key })) as R | null;
  return {
    find,
    read: insisting(find),
    write: async (key, row) => void (await perform({ kind: "write", key, row })),
    insert: (key, row) => perform({ kind: "insert", key, row }),
    select: (select) => perform({ kind: "select", ...select }),
    call: (service, request) => perform({ kind: "call", service, request }),
    publish: async (topic, message) => void (await perform({ kind: "publish", topic, message })),
    poll: (topic) => perform<Extract<Operation, { kind: "receive" }>>({ kind: "receive", topic, ifLocked: "nowait" }),
    ack: (topic, id) => perform({ kind: "ack", topic, id }),
    delete: (key) => perform({ kind: "delete", key }),
    readVersioned: (key) => perform({ kind: "read-versioned", key }),
    compareAndSet: (key, row, version) => perform({ kind: "compare-and-set", key, row, version }),
    updateWhere: (update) => perform({ kind: "update-where", ...update }),
    selectForUpdate: (key, ifLocked) =>
      perform<Extract<Operation, { kind: "select-for-update" }>>({
        kind: "select-for-update",
        key,
        ...(ifLocked && { ifLocked }),
      }),
    insertRow: (insert) => perform({ kind: "insert-row", ...insert }),
    acquire: async (lock, scope) => void (await acquire(lock, scope)),
    tryAcquire: async (lock, scope) => (await acquire(lock, scope, "nowait")) !== false,
    acquireLasting: async (lock) => void (await perform({ kind: "acquire", lock, scope: "shared", lasting: true })),
    lease: async (lock) => (await perform({ kind: "acquire", lock, scope: "shared", lease: true })) as number,
    raiseFence: (key, token) => perform({ kind: "raise-fence", key, token }),
    release: async (lock, scope) =>
      void (await perform<Extract<Operation, { kind: "release" }>>({ kind: "release", lock, ...(scope && { scope }) })),
    begin,
    commit,
    rollback,
    transaction: async (isolation, body) => {
      await begin(isolation);
      let result: Awaited<ReturnType<typeof body>>;
      try {
        result = await body();
      } catch (error) {
        await rollback();
        throw error;
      }
      await commit();
      return result;
    },
    sleep: async (ms, least) =>
      void (await perform<Extract<Operation, { kind: "sleep" }>>({ kind: "sleep", ms, ...(least !== undefined && { least }) })),
    choose: (question, options) => perform({ kind: "choose", question, options }),
    receive: async (topic) => (await perform({ kind: "receive", topic })) as Delivery,
    receiveInTurn: async (topic, replyTo) =>
      (await perform<Extract<Operation, { kind: "receive" }>>({
        kind: "receive",
        topic,
        exclusive: true,
        ...(replyTo && { replyTo }),
      })) as Delivery,
    perform,
  };
}

/** The response that `Perform` gives for a reply: the value, or the failure thrown. */
export function settle<O extends Operation>(reply: Reply): Responses[O["kind"]] {
  if ("error" in reply) throw new StoreError(reply.error, reply.detail);
  return reply.value as unknown as Responses[O["kind"]];
}
