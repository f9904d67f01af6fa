/**
 * One client's line to a JSON file. An operation takes effect in memory at once, or waits for a lock; commit.ts says how
 * it gets to the disk before it is answered.
 */
import { refuseFaults } from "../../core/check-operation.js";
import { assign, holds } from "../../core/expression.js";
import { refused, StoreError } from "../../core/failure.js";
import type { KnownNames } from "../../core/known-names.js";
import type { Json, Key, Operation, Responses, Row, Rows } from "../../core/operation.js";
import type { Server } from "../../core/server.js";
import type { Connection, Watch } from "../../core/store.js";
import { scopedLockName } from "../lock-name.js";
import type { GroupCommit } from "./commit.js";
import type { HostLocks, LockOwner } from "./locks.js";

/** What all lines of a store share. */
interface LowdbTrunk {
  /** Of the scenario; undefined: it is not known. */
  readonly names: KnownNames | undefined;
  readonly disk: GroupCommit;
  /** Named locks; their owners are lines. */
  readonly locks: HostLocks;
  /** Row locks by key; their owners are transactions, and statements outside a transaction. */
  readonly rowLocks: HostLocks;
  readonly lines: Set<LowdbLine>;
  readonly isOpen: boolean;
}

interface Transaction {
  /** Rows that it wrote, which no other line sees until the commit; null is a deleted row. */
  readonly writes: Map<Key, Row | null>;
  /** After an error it takes nothing but a rollback (25P02). */
  failed: boolean;
}

/** An operation that a task waits for. */
interface Asked {
  /** Answers when the first `needs` changes are on disk; without a number, all that the line may have seen. */
  answer(value: Json, needs?: number): void;
  fail(error: unknown): void;
}

export class LowdbLine implements Connection {
  readonly #trunk: LowdbTrunk;
  readonly #watch: Watch | undefined;
  readonly #server: Server;
  #transaction: Transaction | null = null;
  #closed = false;
  readonly #sleeping = new Map<NodeJS.Timeout, Asked>();
  /** Statements outside a transaction that wait for a row. */
  readonly #statements = new Set<LockOwner>();

  constructor(trunk: LowdbTrunk, watch: Watch | undefined, server: Server) {
    this.#trunk = trunk;
    this.#watch = watch;
    this.#server = server;
  }

  readonly perform = <O extends Operation>(operation: O) =>
    new Promise<Responses[O["kind"]]>((resolve, reject) => {
      const { disk } = this.#trunk;
      const within = this.#transaction;
      const refuse = (error: StoreError) => {
        this.#watch?.effect({ error: error.code });
        reject(error);
      };
      const fail = (error: unknown) => {
        if (within && within === this.#transaction) this.#abort(within);
        disk.after(0, () => refuse(this.#closed ? new StoreError("08006") : failureOf(error)));
      };
      const answer = (value: Json, needs = disk.changes()) =>
        disk.after(needs, (lost) => {
          if (lost && within && within === this.#transaction) this.#abort(within);
          if (lost) return refuse(lost);
          this.#watch?.effect({ value });
          resolve(value as unknown as Responses[O["kind"]]);
        });
      try {
        if (this.#closed || !this.#trunk.isOpen) throw new StoreError("08006");
        refuseFaults(operation, this.#trunk.names);
        this.#step(operation, { answer, fail });
      } catch (error) {
        fail(error);
      }
    });

  #step(operation: Operation, asked: Asked) {
    const transaction = this.#transaction;
    if (transaction?.failed && operation.kind !== "rollback" && operation.kind !== "commit") throw new StoreError("25P02");
    switch (operation.kind) {
      case "read":
        return asked.answer(this.#look(operation.key));
      case "read-versioned":
        return asked.answer(this.#readVersioned(operation.key));
      case "write":
        return this.#change(operation.key, asked, () => operation.row, null);
      case "delete":
        return this.#change(operation.key, asked, (row) => (row ? null : undefined), 1, 0);
      case "insert":
        return this.#change(operation.key, asked, (row) => (row ? this.#taken() : operation.row), true, false);
      case "compare-and-set": {
        const { key, version, row } = operation;
        return this.#change(key, asked, (found) => (found && this.#versionOf(key) === version ? row : undefined), true, false);
      }
      case "update-where": {
        const { key, where, set } = operation;
        return this.#change(key, asked, (row) => (row && holds(where, row) ? assign(row, set) : undefined), 1, 0);
      }
      case "select-for-update":
        return this.#selectForUpdate(operation, asked);
      case "acquire":
        return this.#acquire(operation, asked);
      case "release":
        return asked.answer(this.#trunk.locks.release(scopedLockName(operation, this.#server), this), 0);
      case "begin":
        if (transaction) throw new StoreError("25001");
        if (operation.isolation !== "read committed") throw refused("lowdb:", operation.isolation);
        this.#transaction = { writes: new Map(), failed: false };
        return asked.answer(null, 0);
      case "commit": {
        if (!transaction) throw new StoreError("25P01");
        const { failed, writes } = transaction;
        if (!failed && writes.size > 0) this.#trunk.disk.put(writes);
        asked.answer(failed ? "rollback" : "commit");
        return this.#end();
      }
      case "rollback":
        asked.answer(null, 0);
        return this.#end();
      case "sleep":
        return this.#sleep(operation, asked);
      default:
        throw refused("lowdb:", operation.kind);
    }
  }

  #committed(key: Key): Row | null {
    const { rows } = this.#trunk.disk.content();
    return Object.hasOwn(rows, key) ? rows[key]! : null;
  }

  /** The row as this line sees it: its own write, else the committed row. */
  #look(key: Key): Row | null {
    const writes = this.#transaction?.writes;
    return writes?.has(key) ? writes.get(key)! : this.#committed(key);
  }

  /** Undefined: the row's versions are not counted, because nothing has asked for one. */
  #versionOf(key: Key): number | undefined {
    const { versions } = this.#trunk.disk.content();
    return Object.hasOwn(versions, key) ? versions[key] : undefined;
  }

  #readVersioned(key: Key): Json {
    if (this.#transaction) throw refused("lowdb:", "read-versioned in a transaction");
    const row = this.#committed(key);
    const version = this.#versionOf(key);
    if (row && version === undefined) this.#trunk.disk.count(key);
    return row && { row, version: version ?? 0 };
  }

  /** An insert of a row that is there: an error in a transaction, else the answer false. */
  #taken(): undefined {
    if (this.#transaction) throw new StoreError("23505");
  }

  /** Writes what `next` makes of the newest row, and answers `changed`. Where `next` says undefined, the row stays as it is. */
  #change(
    key: Key,
    asked: Asked,
    next: (row: Row | null) => Row | null | undefined,
    changed: Json,
    unchanged: Json = changed,
  ): void {
    this.#withRow(key, asked, () => {
      const row = next(this.#look(key));
      if (row === undefined) asked.answer(unchanged);
      else {
        const kept = row && copyOf(row);
        if (this.#transaction) this.#transaction.writes.set(key, kept);
        else this.#trunk.disk.put([[key, kept]]);
        asked.answer(changed);
      }
      return row !== undefined;
    });
  }

  #selectForUpdate({ key, ifLocked = "wait" }: Extract<Operation, { kind: "select-for-update" }>, asked: Asked) {
    const holder = this.#trunk.rowLocks.holder(key);
    if (ifLocked !== "wait" && holder !== undefined && holder !== this.#transaction) {
      if (ifLocked === "nowait") throw new StoreError("55P03");
      return asked.answer(null, 0);
    }
    this.#withRow(key, asked, () => {
      const row = this.#look(key);
      asked.answer(row);
      return row !== null;
    });
  }

  /**
   * Runs `body` with the row locked, and waits for the lock if it has to. A transaction keeps the lock to its end when
   * `body` says true; a statement outside a transaction lets go at once.
   */
  #withRow(key: Key, asked: Asked, body: () => boolean) {
    const { rowLocks } = this.#trunk;
    const owner = this.#transaction ?? {};
    const held = rowLocks.holder(key) === owner;
    const locked = () => {
      let keep = false;
      try {
        keep = body() && owner === this.#transaction;
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
    this.#watch?.blocked();
    if (!this.#transaction) this.#statements.add(owner);
    rowLocks.wait(key, {
      owner,
      granted: () => {
        this.#statements.delete(owner);
        locked();
      },
      refused: () => {
        this.#statements.delete(owner);
        asked.fail(new StoreError("25P02"));
      },
    });
  }

  #acquire(operation: Extract<Operation, { kind: "acquire" }>, asked: Asked) {
    if (operation.lease || operation.lasting) throw refused("lowdb:", "locks that outlive their owner");
    const { locks } = this.#trunk;
    const lock = scopedLockName(operation, this.#server);
    if (!locks.holder(lock)) {
      locks.take(lock, this);
      return asked.answer(true, 0);
    }
    if (operation.ifLocked === "nowait") return asked.answer(false, 0);
    this.#watch?.blocked();
    locks.wait(lock, {
      owner: this,
      granted: () => asked.answer(true, 0),
      refused: () => asked.fail(new StoreError("25P02")),
    });
  }

  #sleep({ ms, least = ms }: Extract<Operation, { kind: "sleep" }>, asked: Asked): void {
    const timer = setTimeout(
      () => {
        this.#sleeping.delete(timer);
        asked.answer(null, 0);
      },
      least + (ms - least) * Math.random(),
    );
    this.#sleeping.set(timer, asked);
  }

  /** An error fails the transaction and lets its locks go at once, before the ROLLBACK. */
  #abort(transaction: Transaction): void {
    transaction.failed = true;
    this.#trunk.rowLocks.leave(transaction);
  }

  /** Ends the transaction, if there is one: its row locks go. */
  #end(): void {
    const ended = this.#transaction;
    if (!ended) return;
    this.#transaction = null;
    this.#trunk.rowLocks.leave(ended);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { lines, locks, rowLocks } = this.#trunk;
    lines.delete(this);
    for (const owner of [...this.#statements, this.#transaction ?? {}]) rowLocks.leave(owner);
    this.#transaction = null;
    locks.leave(this);
    for (const [timer, asked] of this.#sleeping) {
      clearTimeout(timer);
      asked.fail(new StoreError("08006"));
    }
  }
}

/** A copy as JSON keeps it: a read answers what is in the file, and the caller may change its own object. */
export const copyOf = <T extends Row | Rows>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const failureOf = (error: unknown): StoreError => (error instanceof StoreError ? error : new StoreError("58030", String(error)));
