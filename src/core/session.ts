/**
 * What lesson and strategy code holds: one client's line to the store. Readable sugar over `Perform`,
 * and nothing more; every method makes exactly the operation that its name says.
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

/** What a business rule sees: rows, other services and messages, innocent of how they are protected. */
export interface Access {
  /** The row; fails with 02000 when there is none. */
  read<R extends Row = Row>(key: Key): Promise<R>;
  /** The row, or null when there is none. */
  find<R extends Row = Row>(key: Key): Promise<R | null>;
  /** Saves the whole row, whatever is there. */
  write(key: Key, row: Row): Promise<void>;
  /** Saves a row that must be new; false when the key is taken. */
  insert(key: Key, row: Row): Promise<boolean>;
  /** The rows of a table that fit a condition, in the order of their keys. */
  select(select: Select): Promise<readonly Row[]>;
  /** Asks another service, at once: what it did cannot be rolled back. */
  call(service: string, request: Json): Promise<Json>;
  /** Tells whoever listens, at once: what is said cannot be taken back. */
  publish(topic: string, message: Json): Promise<void>;
  /** The next message, or null when none is there. It comes again until it is acknowledged. */
  poll(topic: string): Promise<Delivery | null>;
  /** Done with a message. False: it was done with already. */
  ack(topic: string, id: number): Promise<boolean>;
}

/** All that one client can do. A strategy uses it to build the `Access` it hands to the rule. */
export interface Session extends Access {
  readVersioned(key: Key): Promise<Versioned | null>;
  compareAndSet(key: Key, row: Row, version: number): Promise<boolean>;
  updateWhere(update: ConditionalUpdate): Promise<number>;
  selectForUpdate(key: Key, ifLocked?: IfLocked): Promise<Row | null>;
  delete(key: Key): Promise<number>;
  insertRow(insert: InsertRow): Promise<number>;
  acquire(lock: string, scope?: LockScope): Promise<void>;
  tryAcquire(lock: string, scope?: LockScope): Promise<boolean>;
  release(lock: string, scope?: LockScope): Promise<void>;
  /** Takes a lock that stays when its holder is gone, as a lock file does. */
  acquireLasting(lock: string): Promise<void>;
  /** Takes a lock that ends by itself. Answers the fencing token. */
  lease(lock: string): Promise<number>;
  /** Shows the token to a row before reading it, so that an older holder's late write is refused. */
  raiseFence(key: Key, token: number): Promise<boolean>;
  begin(isolation: Isolation): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Runs `body` between BEGIN and COMMIT; rolls back and passes the error on when it throws. */
  transaction<T>(isolation: Isolation, body: () => Promise<T>): Promise<T>;
  /** Milliseconds; with `least`, a chance value from that to `ms`. */
  sleep(ms: number, least?: number): Promise<void>;
  /** The environment decides: which option, the schedule says. */
  choose(question: string, options: readonly string[]): Promise<string>;
  /** As `poll`, and waits while there is none. */
  receive(topic: string): Promise<Delivery>;
  /** The same, but nothing comes while another message of the topic is out: one consumer at a time, in order. */
  receiveInTurn(topic: string, replyTo?: string): Promise<Delivery>;
  /** Any operation, for what has no method of its own. */
  perform: Perform;
}

/** `find` that insists. */
const insisting =
  (find: Access["find"]): Access["read"] =>
  async <R extends Row>(key: Key) => {
    const row = await find<R>(key);
    if (row === null) throw new StoreError("02000", `there is no row ${key}`);
    return row;
  };

/** Completes an access: what reads does so through its `find`. */
export const access = (over: Omit<Access, "read">): Access => ({ ...over, read: insisting(over.find) });

/**
 * A session over `perform`. Methods need no `this`, so that a rule may take them apart: `({ read, write }) => …`.
 * Every request and every task of every schedule begins with one, so it is one plain object: spreading took as long as all else.
 */
export function session(perform: Perform): Session {
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

/** The reply as `Perform` gives it: the value, or the failure thrown. */
export function settle<O extends Operation>(reply: Reply): Responses[O["kind"]] {
  if ("error" in reply) throw new StoreError(reply.error);
  return reply.value as unknown as Responses[O["kind"]];
}
