/**
 * One client's line to MariaDB. It takes a server connection for a statement or a transaction, and gives it back.
 *
 * A statement is sent first with a lock wait of zero. If a lock is in its way, it is sent again and waits. So it is known
 * which line waits; MariaDB tells that only to privileged users, and from a cache that is up to 100 ms old.
 *
 * After an error MariaDB leaves a transaction open with its locks. This line rolls it back at once and takes nothing more
 * until its end, as on every store of racelab: a strategy must not mean something else on each of them.
 */
import { setTimeout as pause } from "node:timers/promises";
import { refused, StoreError } from "../../core/failure.js";
import type { KnownNames } from "../../core/known-names.js";
import type { Isolation, Json, Operation } from "../../core/operation.js";
import { type Relation, tableOf } from "../../core/relation.js";
import type { Server } from "../../core/server.js";
import type { Connection, Watch } from "../../core/store.js";
import type { ConnectionPool } from "../connection-pool.js";
import { scopedLockName } from "../lock-name.js";
import { ServerLine } from "../server-line.js";
import { ConnectionLease } from "./lease.js";
import { FOR_EVER_S, type MysqlClient } from "./server.js";
import { MysqlSide } from "./side-connection.js";
import { DUPLICATE, errorNumberOf, type MysqlResult, mysqlDialect, replacement } from "./statements.js";

/** Milliseconds between two attempts to end a statement. */
const AGAIN_MS = 10;
const NO_WAIT = "set statement innodb_lock_wait_timeout = 0 for ";
/** The error number of a lock wait that took too long. */
const LOCK_WAIT = 1205;
/** Milliseconds of the longest timer. */
const LONGEST_MS = 2 ** 31 - 1;

const { failureOf, identifier, statementOf } = mysqlDialect;

/** What all lines of a store share. */
export interface MysqlTrunk {
  /** Of the scenario; undefined: it is not known. */
  readonly names?: KnownNames | undefined;
  readonly database: string;
  readonly clients: ConnectionPool<MysqlClient>;
  /** For what is beside the database. */
  readonly sides: ConnectionPool<MysqlClient>;
  readonly lines: Set<Connection>;
  /** Repeatable read gives a transaction one snapshot. */
  readonly hasSnapshots: boolean;
  /** The table, made if it is not there yet. */
  tableNamed(name: string): Relation | Promise<Relation>;
  /** Ends the statement that is under way on a connection. */
  kill(client: MysqlClient): Promise<void>;
}

interface Transaction {
  readonly isolation: Isolation;
  failed: boolean;
  readonly savepoints: string[];
}

export class MysqlLine extends ServerLine {
  #transaction: Transaction | undefined;
  /** Seconds that a statement waits for a lock. */
  #patience = FOR_EVER_S;
  readonly #lease: ConnectionLease;
  readonly #side: MysqlSide;
  readonly #trunk: MysqlTrunk;

  constructor(trunk: MysqlTrunk, watch: Watch | undefined, server: Server) {
    super(watch, server, trunk);
    this.#trunk = trunk;
    this.#lease = new ConnectionLease(trunk.clients, () => {
      this.#transaction = undefined;
      this.#patience = FOR_EVER_S;
    });
    this.#side = new MysqlSide(trunk, watch);
  }

  protected failureOf(error: unknown): StoreError {
    return failureOf(error);
  }

  protected step(operation: Operation): Json | Promise<Json> {
    if (this.#transaction?.failed && !AFTER_FAILURE.includes(operation.kind)) throw new StoreError("25P02");
    switch (operation.kind) {
      case "sleep":
        return this.sleep(operation.ms);
      case "begin":
        return this.#begin(operation);
      case "commit":
      case "rollback":
        return this.#end(operation.kind);
      case "savepoint":
      case "release-savepoint":
      case "rollback-to":
        return this.#savepoint(operation.kind, operation.name);
      case "lock-timeout":
        return this.#lockTimeout(operation.ms);
      case "acquire":
        if (operation.lease || operation.lasting) throw unable(operation);
        return this.#acquire(scopedLockName(operation, this.server), operation.ifLocked !== "nowait");
      case "release":
        return this.#side.release(scopedLockName(operation, this.server));
      case "call":
        return this.#side.call(operation.service, operation.request);
      default:
        return this.#onRows(operation);
    }
  }

  /** Runs a statement that waits for no lock. */
  async #tell(text: string, values?: readonly (string | number)[]): Promise<MysqlResult> {
    if (!this.#lease.client) await this.#lease.take();
    this.watch?.sent?.();
    return this.#execute(text, values);
  }

  /** Runs a statement that may have to wait for a lock. */
  async #ask(text: string, values: readonly (string | number)[]): Promise<MysqlResult> {
    if (!this.#lease.client) await this.#lease.take();
    this.watch?.sent?.();
    if (this.#patience === 0) return this.#execute(text, values);
    try {
      return await this.#execute(NO_WAIT + text, values);
    } catch (error) {
      if (errorNumberOf(error) !== LOCK_WAIT) throw error;
    }
    this.watch?.blocked();
    return this.#execute(text, values);
  }

  #execute(text: string, values?: readonly (string | number)[]): Promise<MysqlResult> {
    if (this.closed) throw new StoreError("08006");
    return this.#lease.execute(text, values);
  }

  protected override rest(): void {
    if (!this.#transaction && this.#patience === FOR_EVER_S) this.#lease.give();
  }

  async #onRows(operation: Operation): Promise<Json> {
    const name = "key" in operation ? tableOf(operation.key) : "table" in operation ? operation.table : undefined;
    if (name === undefined) throw unable(operation);
    const table = await this.#trunk.tableNamed(name);
    if (operation.kind === "write" && operation.token === undefined && table.keys.length > 1)
      return this.#replace(operation, table);
    const statement = statementOf(operation, table);
    if (!statement) throw unable(operation);
    const isRead = operation.kind === "read" || operation.kind === "read-versioned";
    const isImpatient = "ifLocked" in operation && (operation.ifLocked === "nowait" || operation.ifLocked === "skip");
    const mayWait = !isImpatient && (!isRead || this.#transaction?.isolation === "serializable");
    const { text, values } = statement;
    try {
      return statement.reply(await (mayWait ? this.#ask(text, values) : this.#tell(text, values)));
    } catch (error) {
      if (!this.#transaction && operation.kind === "insert" && errorNumberOf(error) === DUPLICATE) return false;
      throw error;
    }
  }

  /** UPDATE; where there is no such row, INSERT; and where another transaction has inserted it meanwhile, UPDATE again. */
  async #replace({ key, row }: Extract<Operation, { kind: "write" }>, table: Relation): Promise<null> {
    const update = replacement(table, key, row);
    const insert = statementOf({ kind: "insert", key, row }, table);
    if (!insert || (await this.#ask(update.text, update.values)).affectedRows > 0) return null;
    try {
      await this.#ask(insert.text, insert.values);
    } catch (error) {
      if (errorNumberOf(error) !== DUPLICATE) throw error;
      if ((await this.#ask(update.text, update.values)).affectedRows === 0) throw error;
    }
    return null;
  }

  async #begin(operation: Extract<Operation, { kind: "begin" }>): Promise<null> {
    const { isolation } = operation;
    if (this.#transaction) throw new StoreError("25001");
    if (isolation === "repeatable read" && !this.#trunk.hasSnapshots) throw unable(operation);
    if (isolation !== "read committed") await this.#tell(`set transaction isolation level ${isolation}`);
    await this.#tell("start transaction");
    this.#transaction = { isolation, failed: false, savepoints: [] };
    return null;
  }

  async #end(how: "commit" | "rollback"): Promise<Json> {
    if (!this.#transaction && how === "commit") throw new StoreError("25P01");
    if (!this.#transaction) return null;
    const { failed } = this.#transaction;
    try {
      await this.#tell(failed ? "rollback" : how);
    } finally {
      this.#transaction = undefined;
    }
    return how === "rollback" ? null : failed ? "rollback" : "commit";
  }

  async #savepoint(kind: keyof typeof savepointVerbs, name: string): Promise<null> {
    const transaction = this.#transaction;
    if (!transaction) throw new StoreError("25P01");
    const at = transaction.savepoints.lastIndexOf(name);
    if (kind !== "savepoint" && at < 0) throw new StoreError("3B001");
    await this.#tell(`${savepointVerbs[kind]} ${identifier(name)}`);
    if (kind === "savepoint") transaction.savepoints.push(name);
    else transaction.savepoints.length = kind === "rollback-to" ? at + 1 : at;
    if (kind === "rollback-to") transaction.failed = false;
    return null;
  }

  /** InnoDB knows whole seconds only. They are rounded up, so that no statement gives up too early. */
  async #lockTimeout(ms: number): Promise<null> {
    this.#patience = ms === 0 ? FOR_EVER_S : Math.ceil(ms / 1000);
    await this.#tell(`set session innodb_lock_wait_timeout = ${this.#patience}`);
    return null;
  }

  async #acquire(lock: string, wait: boolean): Promise<boolean> {
    if (!this.#side.holds(lock)) return this.#side.acquire(lock, wait);
    // A mutex is not reentrant, but GET_LOCK is: a task that asks again for a lock that it holds waits for itself.
    if (!wait) return false;
    this.watch?.blocked();
    await this.sleep(LONGEST_MS);
    return false;
  }

  /** As PostgreSQL does on an error: rolls back to the last savepoint, so that the locks go; the transaction stays failed. */
  protected override async undo(failure: StoreError): Promise<void> {
    const transaction = this.#transaction;
    if (!transaction || transaction.failed || failure.code === "08006") return;
    transaction.failed = true;
    const name = transaction.savepoints.at(-1);
    // The victim of a deadlock has been rolled back as a whole.
    const isWhole = name === undefined || failure.code === "40P01" || failure.code === "40001";
    if (isWhole) transaction.savepoints.length = 0;
    await this.#tell(isWhole ? "rollback" : `rollback to savepoint ${identifier(name)}`).catch(() => {});
  }

  async close(): Promise<void> {
    if (!this.stop()) return;
    this.#side.stop();
    const { kill, lines } = this.#trunk;
    // Again and again: a statement may still be on its way to the server, and then there is nothing to end yet.
    while (this.isBusy) {
      for (const lease of [this.#lease, this.#side.lease]) await lease.kill(kill);
      await Promise.race([this.idle(), pause(AGAIN_MS)]);
    }
    lines.delete(this);
    await Promise.all([
      this.#lease.close(["rollback", `set session innodb_lock_wait_timeout = ${FOR_EVER_S}`]),
      this.#side.close(),
    ]);
  }
}

/** What a failed transaction still takes. */
const AFTER_FAILURE: readonly Operation["kind"][] = ["rollback", "commit", "rollback-to", "sleep"];

const savepointVerbs = {
  savepoint: "savepoint",
  "release-savepoint": "release savepoint",
  "rollback-to": "rollback to savepoint",
};

const unable = ({ kind }: Operation): StoreError => refused("racelab's MariaDB store", kind);
