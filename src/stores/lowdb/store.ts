import { assign, holds } from "../../core/expression.js";
import { refused, StoreError, StoreUnavailable } from "../../core/failure.js";
import type { Json, Key, LockScope, Operation, Responses, Row, Rows } from "../../core/operation.js";
import type { Server } from "../../core/server.js";
import type { Connection, Store, Watch } from "../../core/store.js";
import { groupCommit } from "./commit.js";
import { openFile } from "./file.js";
import { HostLocks, type Owner } from "./locks.js";

interface Transaction {
  /** Rows it wrote, seen by nobody else until the commit; null is a deleted row. */
  readonly writes: Map<Key, Row | null>;
  /** After an error it takes nothing but a rollback (25P02). */
  failed: boolean;
}

/** One operation that somebody waits for. */
interface Asked {
  answer(value: Json, needs?: number): void;
  fail(error: unknown): void;
}

/**
 * A real JSON file through lowdb, with the locks of the host. An operation takes effect in memory at once, or
 * waits for a lock; how it gets to the disk before it is answered is said in lowdb-commit.ts.
 */
export async function lowdbStore(file: string): Promise<Store> {
  const { path, content, notices, unlock } = await openFile(file);
  const disk = groupCommit(path, content);
  const locks = new HostLocks();
  const rowLocks = new HostLocks();
  const connections = new Set<Connection>();
  let open = true;
  const committed = (key: Key): Row | null => (Object.hasOwn(disk.content().rows, key) ? disk.content().rows[key]! : null);

  function connect(watch?: Watch, server: Server = 1): Connection {
    let transaction: Transaction | null = null;
    let closed = false;
    const self: Owner = {};
    const sleeping = new Map<NodeJS.Timeout, Asked>();

    const perform = <O extends Operation>(operation: O) =>
      new Promise<Responses[O["kind"]]>((resolve, reject) => {
        const within = transaction;
        const refuse = (error: StoreError) => {
          watch?.effect({ error: error.code });
          reject(error);
        };
        const fail = (error: unknown) => {
          if (within && within === transaction) abort(within);
          disk.after(0, () => refuse(closed ? new StoreError("08006") : known(error)));
        };
        const answer = (value: Json, needs = disk.changes()) =>
          disk.after(needs, (lost) => {
            if (lost && within && within === transaction) abort(within);
            if (lost) return refuse(lost);
            watch?.effect({ value });
            resolve(value as unknown as Responses[O["kind"]]);
          });
        const asked = { answer, fail };
        try {
          if (closed || !open) throw new StoreError("08006");
          step(operation, asked);
        } catch (error) {
          fail(error);
        }
      });

    /** An error fails the transaction and lets its locks go at once, before the ROLLBACK. */
    function abort(failing: Transaction): void {
      failing.failed = true;
      rowLocks.leave(failing);
    }

    function step(operation: Operation, asked: Asked) {
      const { answer } = asked;
      if (transaction?.failed && operation.kind !== "rollback" && operation.kind !== "commit") throw new StoreError("25P02");
      switch (operation.kind) {
        case "read":
          return answer(look(operation.key));
        case "read-versioned": {
          if (transaction) throw refused("lowdb:", "read-versioned in a transaction");
          const row = committed(operation.key);
          const version = versionOf(operation.key);
          if (row && version === undefined) disk.count(operation.key);
          return answer(row && { row, version: version ?? 0 });
        }
        case "write":
          return change(operation.key, asked, () => operation.row, null);
        case "delete":
          return change(operation.key, asked, (row) => (row ? null : undefined), 1, 0);
        case "insert":
          return change(operation.key, asked, (row) => (row ? taken() : operation.row), true, false);
        case "compare-and-set":
          return change(
            operation.key,
            asked,
            (row) => (row && versionOf(operation.key) === operation.version ? operation.row : undefined),
            true,
            false,
          );
        case "update-where":
          return change(
            operation.key,
            asked,
            (row) => (row && holds(operation.where, row) ? assign(row, operation.set) : undefined),
            1,
            0,
          );
        case "select-for-update": {
          const { key, ifLocked = "wait" } = operation;
          if (ifLocked !== "wait" && lockedByOther(key)) {
            if (ifLocked === "nowait") throw new StoreError("55P03");
            return answer(null, 0);
          }
          return withRow(key, asked, () => {
            const row = look(key);
            answer(row);
            return row !== null;
          });
        }
        case "acquire": {
          if (operation.lease || operation.lasting) throw refused("lowdb:", "locks that outlive their owner");
          const lock = lockName(operation);
          if (!locks.holder(lock)) {
            locks.take(lock, self);
            return answer(true, 0);
          }
          if (operation.ifLocked === "nowait") return answer(false, 0);
          watch?.blocked();
          return locks.wait(lock, {
            owner: self,
            granted: () => answer(true, 0),
            refused: () => asked.fail(new StoreError("25P02")),
          });
        }
        case "release":
          return answer(locks.release(lockName(operation), self), 0);
        case "begin":
          if (transaction) throw new StoreError("25001");
          if (operation.isolation !== "read committed") throw refused("lowdb:", operation.isolation);
          transaction = { writes: new Map(), failed: false };
          return answer(null, 0);
        case "commit": {
          if (!transaction) throw new StoreError("25P01");
          const { failed, writes } = transaction;
          if (!failed && writes.size > 0) disk.put(writes);
          answer(failed ? "rollback" : "commit");
          return end();
        }
        case "rollback":
          answer(null, 0);
          return end();
        case "sleep": {
          const { ms, least = ms } = operation;
          const timer = setTimeout(
            () => {
              sleeping.delete(timer);
              answer(null, 0);
            },
            least + (ms - least) * Math.random(),
          );
          return void sleeping.set(timer, asked);
        }
        default:
          throw refused("lowdb:", operation.kind);
      }
    }

    /** Each server has locks of its own, beside those that all share. */
    const lockName = ({ lock, scope }: { lock: string; scope?: LockScope }) =>
      scope === "server" ? `server ${server}: ${lock}` : lock;
    /** The row as this line sees it: its own writes, else what is committed. */
    const look = (key: Key): Row | null => (transaction?.writes.has(key) ? transaction.writes.get(key)! : committed(key));
    const versionOf = (key: Key) => (Object.hasOwn(disk.content().versions, key) ? disk.content().versions[key] : undefined);
    const lockedByOther = (key: Key) => ![undefined, transaction].includes(rowLocks.holder(key) as Transaction | undefined);
    const taken = (): undefined => {
      if (transaction) throw new StoreError("23505");
    };

    /** Writes what `next` makes of the newest row; undefined leaves it alone. */
    const change = (
      key: Key,
      asked: Asked,
      next: (row: Row | null) => Row | null | undefined,
      changed: Json,
      unchanged: Json = changed,
    ) =>
      withRow(key, asked, () => {
        const row = next(look(key));
        if (row === undefined) asked.answer(unchanged);
        else {
          const kept = row && copy(row);
          if (transaction) transaction.writes.set(key, kept);
          else disk.put([[key, kept]]);
          asked.answer(changed);
        }
        return row !== undefined;
      });

    /**
     * Runs `body` with the row locked, and waits for that if need be. A transaction keeps the lock to its end when
     * `body` says so; a statement outside a transaction is one of its own, and lets go at once.
     */
    function withRow(key: Key, asked: Asked, body: () => boolean) {
      const owner = transaction ?? {};
      const held = rowLocks.holder(key) === owner;
      const locked = () => {
        let keep = false;
        try {
          keep = body() && owner === transaction;
        } catch (error) {
          asked.fail(error);
        }
        if (!held && !keep) rowLocks.release(key, owner);
      };
      if (held) return locked();
      if (!rowLocks.holder(key)) {
        rowLocks.take(key, owner);
        return locked();
      }
      if (rowLocks.closesCycle(key, owner)) throw new StoreError("40P01");
      watch?.blocked();
      if (!transaction) statements.add(owner);
      const over = () => statements.delete(owner);
      rowLocks.wait(key, {
        owner,
        granted: () => {
          over();
          locked();
        },
        refused: () => {
          over();
          asked.fail(new StoreError("25P02"));
        },
      });
    }

    /** Statements outside a transaction that wait for a row. */
    const statements = new Set<Owner>();

    /** Ends the transaction, if there is one: its row locks go. */
    function end(): void {
      if (!transaction) return;
      const ended = transaction;
      transaction = null;
      rowLocks.leave(ended);
    }

    const connection: Connection = {
      perform,
      async close() {
        if (closed) return;
        closed = true;
        connections.delete(connection);
        for (const owner of [...statements, transaction ?? {}]) rowLocks.leave(owner);
        transaction = null;
        locks.leave(self);
        for (const [timer, asked] of sleeping) {
          clearTimeout(timer);
          asked.fail(new StoreError("08006"));
        }
      },
    };
    connections.add(connection);
    return connection;
  }

  try {
    await disk.saved();
  } catch (error) {
    await unlock();
    throw new StoreUnavailable((error as Error).message);
  }
  return {
    capabilities: new Set(["versions", "locks", "transactions", "row-locks", "conditional-update"]),
    notices,
    connect: async (watch, server) => connect(watch, server),
    async reset(rows, tables) {
      if (tables && Object.keys(tables).length > 0)
        throw new StoreError("0A000", "lowdb: keeps no keys and constraints: use memory:");
      disk.reset(copy(rows));
      await disk.saved();
    },
    async state() {
      await disk.saved();
      return disk.content().rows;
    },
    async close() {
      if (!open) return;
      for (const connection of [...connections]) await connection.close();
      open = false;
      // What could not be written has been said to whoever asked for it.
      await disk.saved().catch(() => {});
      await unlock();
    },
  };
}

/** A copy as JSON keeps it: what is read back is what is in the file, whatever the caller does with its object. */
const copy = <T extends Row | Rows>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Expressions throw a TypeError on values that they cannot compute with. */
const known = (error: unknown): StoreError =>
  error instanceof StoreError ? error : new StoreError(error instanceof TypeError ? "42804" : "58030", String(error));
