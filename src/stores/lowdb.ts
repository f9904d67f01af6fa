/**
 * A real JSON file, through lowdb. One process owns it (a lock file sees to that); many connections share it.
 *
 * Rows change in a draft; the draft is written to disk; only then is it what everybody sees, and only then
 * are its operations answered. Operations that arrive while a write is under way share the next one (group
 * commit). lowdb writes a temporary file and renames it, so whenever the process is killed the file is the
 * old one or the new one. There is no fsync: after a power cut the file may be an older one, still whole.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Mutex, type MutexInterface } from "async-mutex";
import { assign, holds } from "../core/expression.js";
import { type FailureCode, StoreError } from "../core/failure.js";
import type { Json, Key, Operation, Reply, Responses, Row } from "../core/operation.js";
import { settle } from "../core/session.js";
import type { Connection, Store, Watch } from "../core/store.js";
import { type Contents, openFile } from "./lowdb-file.js";

/** What a statement makes of the rows: new contents, or the old ones unchanged, and its reply. */
type Statement = (now: Contents) => { readonly next: Contents; readonly reply: Reply };

interface Transaction {
  /** Rows it wrote, seen by nobody else until the commit; null is a deleted row. */
  readonly writes: Map<Key, Row | null>;
  readonly rowLocks: Map<Key, MutexInterface.Releaser>;
  failed: boolean;
}

/** One connection, as the others see it when they wait for it. */
interface Line {
  waitingFor: Key | null;
  transaction: Transaction | null;
  readonly locks: Map<string, MutexInterface.Releaser>;
  closed: boolean;
}

export async function lowdbStore(path: string): Promise<Store> {
  const file = await openFile(path);
  const rowMutexes = new Map<Key, Mutex>();
  const lockMutexes = new Map<string, Mutex>();
  const holders = new Map<Key, Line>();
  const queue: { statement: Statement; done: (reply: Reply) => void }[] = [];
  let writing = false;

  /** Runs a statement on the newest rows, together with whatever else has come in; answers when the disk has it. */
  const execute = (statement: Statement, watch?: Watch): Promise<Reply> =>
    new Promise((resolve) => {
      const done = (reply: Reply) => {
        watch?.effect(reply);
        resolve(reply);
      };
      queue.push({ statement, done });
      if (!writing) void flush();
    });

  async function flush(): Promise<void> {
    writing = true;
    while (queue.length > 0) {
      let draft = file.contents();
      const group = queue.splice(0).map(({ statement, done }) => {
        const { next, reply } = statement(draft);
        draft = next;
        return { reply, done };
      });
      const failure = await file.write(draft);
      for (const { reply, done } of group) done(failure ? { error: failure } : reply);
    }
    writing = false;
  }

  /** Takes the row's lock, waiting if somebody has it; null: told not to wait, and somebody has. Fails when waiting would close a circle. */
  async function lockRow(line: Line, key: Key, wait: boolean, watch?: Watch): Promise<MutexInterface.Releaser | null> {
    const mutex = rowMutexes.get(key) ?? new Mutex();
    rowMutexes.set(key, mutex);
    if (mutex.isLocked()) {
      if (!wait) return null;
      for (let other = holders.get(key); other; other = other.waitingFor === null ? undefined : holders.get(other.waitingFor))
        if (other === line) throw new StoreError("40P01");
      watch?.blocked();
    }
    line.waitingFor = key;
    const release = await mutex.acquire();
    line.waitingFor = null;
    if (line.closed) {
      release();
      return new Promise(() => {});
    }
    holders.set(key, line);
    return () => {
      holders.delete(key);
      release();
    };
  }

  function end(line: Line): void {
    for (const release of line.transaction?.rowLocks.values() ?? []) release();
    line.transaction = null;
  }

  async function perform(line: Line, operation: Operation, watch?: Watch): Promise<Reply> {
    const { transaction } = line;
    /** Answers at once: it touched no rows, or only its own. */
    const answer = (reply: Reply): Reply => {
      watch?.effect(reply);
      return reply;
    };
    if (transaction?.failed && operation.kind !== "rollback" && operation.kind !== "commit") return answer({ error: "25P02" });
    switch (operation.kind) {
      case "read":
        if (transaction?.writes.has(operation.key)) return answer({ value: transaction.writes.get(operation.key)! });
        return execute((now) => ({ next: now, reply: { value: now.rows[operation.key] ?? null } }), watch);
      case "read-versioned":
        if (transaction) throw new StoreError("0A000");
        return execute((now) => look(now, operation.key), watch);
      case "write":
      case "delete":
      case "insert":
      case "compare-and-set":
      case "update-where":
        if (transaction) return answer(await change(line, transaction, operation, watch));
        return alone(line, operation, watch);
      case "select-for-update": {
        const taken = await hold(line, operation.key, (operation.ifLocked ?? "wait") === "wait", watch);
        if (!taken) return answer(operation.ifLocked === "nowait" ? failed(line, "55P03") : { value: null });
        const row = await seen(line, operation.key);
        if (!transaction || row === null) letGo(line, operation.key);
        return answer({ value: row });
      }
      case "acquire":
        return answer({ value: await acquire(line, operation.lock, operation.ifLocked !== "nowait", watch) });
      case "release": {
        const release = line.locks.get(operation.lock);
        line.locks.delete(operation.lock);
        const reply = answer({ value: release !== undefined });
        release?.();
        return reply;
      }
      case "begin":
        if (transaction) return answer(failed(line, "25001"));
        if (operation.isolation !== "read committed") throw new StoreError("0A000");
        line.transaction = { writes: new Map(), rowLocks: new Map(), failed: false };
        return answer({ value: null });
      case "commit": {
        if (!transaction) return answer({ error: "25P01" });
        const reply: Reply = transaction.failed
          ? answer({ value: "rollback" })
          : await execute((now) => ({ next: put(now, transaction.writes), reply: { value: "commit" } }), watch);
        end(line);
        return reply;
      }
      case "rollback": {
        const reply = answer({ value: null });
        end(line);
        return reply;
      }
      case "sleep":
        await delay(operation.ms);
        return answer({ value: null });
      default:
        throw new StoreError("0A000");
    }
  }

  /** A change outside a transaction is one of its own: it waits for the row, and lets go when it is done. */
  async function alone(line: Line, operation: Change, watch?: Watch): Promise<Reply> {
    const release = (await lockRow(line, operation.key, true, watch))!;
    try {
      return await execute((now) => {
        const { row, reply } = outcome(operation, now.rows[operation.key] ?? null, now.versions[operation.key]);
        return { next: row === undefined ? now : put(now, new Map([[operation.key, row]])), reply };
      }, watch);
    } finally {
      release();
    }
  }

  /** A change inside a transaction: locks the row to the end, and stays in the transaction until the commit. */
  async function change(line: Line, transaction: Transaction, operation: Change, watch?: Watch): Promise<Reply> {
    await hold(line, operation.key, true, watch);
    const before = await seen(line, operation.key);
    if (operation.kind === "insert" && before) return failed(line, "23505");
    const { row, reply } = outcome(operation, before, file.contents().versions[operation.key]);
    if (row !== undefined) transaction.writes.set(operation.key, row);
    return reply;
  }

  /** Takes a row's lock for the rest of the transaction; false: told not to wait. */
  async function hold(line: Line, key: Key, wait: boolean, watch?: Watch): Promise<boolean> {
    if (line.transaction?.rowLocks.has(key)) return true;
    const release = await lockRow(line, key, wait, watch);
    if (!release) return false;
    if (line.transaction) line.transaction.rowLocks.set(key, release);
    else release();
    return true;
  }

  function letGo(line: Line, key: Key): void {
    line.transaction?.rowLocks.get(key)?.();
    line.transaction?.rowLocks.delete(key);
  }

  async function seen(line: Line, key: Key): Promise<Row | null> {
    const own = line.transaction?.writes.get(key);
    return own === undefined ? (file.contents().rows[key] ?? null) : own;
  }

  /** An error fails the transaction and lets its locks go at once. */
  function failed(line: Line, error: FailureCode): Reply {
    if (line.transaction) {
      end(line);
      line.transaction = { writes: new Map(), rowLocks: new Map(), failed: true };
    }
    return { error };
  }

  async function acquire(line: Line, lock: string, wait: boolean, watch?: Watch): Promise<boolean> {
    const mutex = lockMutexes.get(lock) ?? new Mutex();
    lockMutexes.set(lock, mutex);
    if (mutex.isLocked()) {
      if (!wait) return false;
      watch?.blocked();
    }
    const release = await mutex.acquire();
    if (line.closed) {
      release();
      return new Promise(() => {});
    }
    line.locks.set(lock, release);
    return true;
  }

  function connect(watch?: Watch): Connection {
    const line: Line = { waitingFor: null, transaction: null, locks: new Map(), closed: false };
    return {
      async perform<O extends Operation>(operation: O): Promise<Responses[O["kind"]]> {
        try {
          return settle<O>(await perform(line, operation, watch));
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          if (error.code === "40P01" || error.code === "0A000") {
            watch?.effect({ error: error.code });
            failed(line, error.code);
          }
          throw error;
        }
      },
      async close() {
        line.closed = true;
        end(line);
        for (const release of line.locks.values()) release();
        line.locks.clear();
      },
    };
  }

  return {
    capabilities: new Set(["versions", "locks", "transactions", "row-locks", "conditional-update"]),
    notices: file.notices,
    connect: async (watch) => connect(watch),
    async reset(rows) {
      await execute(() => ({ next: { rows, versions: {} }, reply: { value: null } })).then(settle);
    },
    state: async () => file.contents().rows,
    close: () => file.close(),
  };
}

type Change = Extract<Operation, { kind: "write" | "delete" | "insert" | "compare-and-set" | "update-where" }>;

/** What a change makes of a row (undefined: nothing), and what it answers. */
function outcome(operation: Change, row: Row | null, version: number | undefined): { row: Row | null | undefined; reply: Reply } {
  const when = (condition: boolean, next: () => Row | null, yes: Json, no: Json) =>
    condition ? { row: next(), reply: { value: yes } } : { row: undefined, reply: { value: no } };
  switch (operation.kind) {
    case "write":
      return when(true, () => operation.row, null, null);
    case "delete":
      return when(row !== null, () => null, 1, 0);
    case "insert":
      return when(row === null, () => operation.row, true, false);
    case "compare-and-set":
      return when(row !== null && version === operation.version, () => operation.row, true, false);
    case "update-where":
      return when(row !== null && holds(operation.where, row), () => assign(row!, operation.set), 1, 0);
  }
}

/** A row with its version; from now on the version is counted. */
function look(now: Contents, key: Key): { next: Contents; reply: Reply } {
  const row = now.rows[key];
  if (!row) return { next: now, reply: { value: null } };
  const version = now.versions[key] ?? 0;
  const next = key in now.versions ? now : { ...now, versions: { ...now.versions, [key]: version } };
  return { next, reply: { value: { row, version } } };
}

function put(now: Contents, changes: ReadonlyMap<Key, Row | null>): Contents {
  const rows = { ...now.rows };
  const versions = { ...now.versions };
  for (const [key, row] of changes) {
    if (row) rows[key] = row;
    else delete rows[key];
    if (versions[key] !== undefined) versions[key]++;
  }
  return { rows, versions };
}
