/** One client's line to PostgreSQL. It takes a server connection for a statement or a transaction, and gives it back. */
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import { refused, StoreError } from "../../core/failure.js";
import type { KnownNames } from "../../core/known-names.js";
import type { Json, Operation } from "../../core/operation.js";
import { type Relation, tableOf } from "../../core/relation.js";
import type { Server } from "../../core/server.js";
import type { Connection, Watch } from "../../core/store.js";
import type { ConnectionPool } from "../connection-pool.js";
import { ServerLine } from "../server-line.js";
import { lockNumber } from "./schemas.js";
import { PostgresSide } from "./side-connection.js";
import { postgresDialect, sqlStateOf, versionOf } from "./statements.js";
import { type WireResult, wireOf } from "./wire.js";

/** Milliseconds between two attempts to cancel a statement. */
const AGAIN_MS = 10;

const { failureOf, identifier, statementOf } = postgresDialect;

/** What all lines of a store share. */
export interface PostgresTrunk {
  /** Of the scenario; undefined: it is not known. */
  readonly names?: KnownNames | undefined;
  readonly schema: string;
  readonly clients: ConnectionPool<Client>;
  /** For what is beside the database. */
  readonly sides: ConnectionPool<Client>;
  readonly lines: Set<Connection>;
  /** Tells the watch of a statement that waits for a lock, from `asked` to `answered`. */
  readonly sampler: { asked(pid: number, watch: Watch): void; answered(pid: number): void };
  /** The table, made if it is not there yet. */
  tableNamed(name: string): Relation | Promise<Relation>;
  /** Cancels the statements that these server processes are at. */
  cancel(pids: readonly number[]): Promise<void>;
}

export class PostgresLine extends ServerLine {
  #held: Client | undefined;
  /** The connection on which a statement is under way. */
  #asking: Client | undefined;
  #inTransaction = false;
  /** BEGIN, until it leaves together with the first statement: it takes no snapshot, and fails only with the connection. */
  #opening: string | undefined;
  /** How many advisory locks of the session it has, and whether it has a lock_timeout: then it keeps the connection. */
  #sessionLocks = 0;
  #timeout = false;
  #side: PostgresSide | undefined;
  readonly #trunk: PostgresTrunk;

  constructor(trunk: PostgresTrunk, watch: Watch | undefined, server: Server) {
    super(watch, server, trunk);
    this.#trunk = trunk;
  }

  /** The server processes that do its work now. */
  get pids(): readonly number[] {
    return [this.#held, this.#side?.client].flatMap((client) => (client ? pidOf(client) : []));
  }

  /** It looks again and again, for a lease or a message. */
  get isLooking(): boolean {
    return this.#side?.isLooking ?? false;
  }

  async lookAgain(): Promise<void> {
    await this.#side?.lookAgain();
  }

  protected failureOf(error: unknown): StoreError {
    return failureOf(error);
  }

  /**
   * Forgets what a lost connection had, now that the rule is told of a failure. Until then the transaction counts as open:
   * otherwise its next write would be committed by itself, on another connection.
   */
  protected override undo(): void {
    if (!this.#asking || this.#trunk.clients.alive(this.#asking)) return;
    this.#held = undefined;
    this.#inTransaction = false;
    this.#opening = undefined;
    this.#sessionLocks = 0;
    this.#timeout = false;
  }

  /** After `close` the closing gives the connection back: a cancelled statement may have got its advisory lock all the same. */
  protected override rest(): void {
    const { clients, sampler } = this.#trunk;
    if (this.#asking) sampler.answered(pidOf(this.#asking));
    this.#asking = undefined;
    if (!this.#held || this.closed || this.#inTransaction || this.#sessionLocks > 0 || this.#timeout) return;
    clients.give(this.#held);
    this.#held = undefined;
  }

  /** Runs one statement on this line's connection. With parameters, even an empty list of them, it is prepared. */
  #ask(text: string, values?: readonly unknown[]): Promise<WireResult> {
    const client = this.#held;
    if (!client)
      return this.#trunk.clients.take().then((taken) => {
        this.#held = taken;
        return this.#ask(text, values);
      });
    if (this.watch) {
      this.watch.sent?.();
      this.#trunk.sampler.asked(pidOf(client), this.watch);
    }
    this.#asking = client;
    if (this.closed) throw new StoreError("08006");
    const wire = wireOf(client);
    const opening = this.#opening;
    this.#opening = undefined;
    if (values) return wire.prepared(text, values, opening);
    if (opening !== undefined) wire.command(opening).catch(() => {});
    return wire.command(text);
  }

  async #onRows(operation: Operation, name: string): Promise<Json> {
    const table = this.#trunk.tableNamed(name);
    const statement = statementOf(operation, table instanceof Promise ? await table : table);
    if (!statement) throw unable(operation);
    try {
      const result = await this.#ask(statement.text, statement.values);
      this.version = versionOf(result);
      const otherwise = result.rowCount === 0 ? statement.otherwise?.() : undefined;
      if (!otherwise) return statement.reply(result);
      return otherwise.reply(await this.#ask(otherwise.text, otherwise.values));
    } catch (error) {
      if (!this.#inTransaction && operation.kind === "insert" && sqlStateOf(error) === "23505") return false;
      throw error;
    }
  }

  async #done(text: string): Promise<null> {
    await this.#ask(text);
    return null;
  }

  protected step(operation: Operation): Json | Promise<Json> {
    if ("key" in operation) return this.#onRows(operation, tableOf(operation.key));
    if ("table" in operation) return this.#onRows(operation, operation.table);
    switch (operation.kind) {
      case "begin":
        return this.#begin(operation.isolation);
      case "commit":
        return this.#end("commit");
      case "rollback":
        return this.#end("rollback");
      case "savepoint":
        return this.#done(`savepoint ${identifier(operation.name)}`);
      case "rollback-to":
        return this.#done(`rollback to savepoint ${identifier(operation.name)}`);
      case "release-savepoint":
        return this.#done(`release savepoint ${identifier(operation.name)}`);
      case "lock-timeout":
        return this.#lockTimeout(operation.ms);
      case "advisory-lock":
        return this.#advisoryLock(operation);
      case "advisory-unlock":
        return this.#advisoryUnlock(operation);
      case "sleep":
        return this.sleep(operation.ms);
      default:
        this.#side ??= new PostgresSide(this.#trunk, this.server, this.watch);
        return this.#side.perform(operation) ?? Promise.reject(unable(operation));
    }
  }

  #begin(isolation: string): null | Promise<null> {
    // PostgreSQL only warns. Every store of racelab says 25001, and an error fails the transaction.
    if (this.#inTransaction) return this.#done("do $$ begin raise exception sqlstate '25001'; end $$");
    this.#opening = `begin isolation level ${isolation}`;
    this.#inTransaction = true;
    return null;
  }

  async #end(how: "commit" | "rollback"): Promise<Json> {
    if (!this.#inTransaction && how === "commit") throw new StoreError("25P01");
    if (!this.#inTransaction) return null;
    const isEmpty = this.#opening !== undefined;
    this.#opening = undefined;
    try {
      if (isEmpty) return how === "rollback" ? null : "commit";
      const { command } = await this.#ask(how);
      return how === "rollback" ? null : command === "ROLLBACK" ? "rollback" : "commit";
    } finally {
      this.#inTransaction = false;
    }
  }

  async #lockTimeout(ms: number): Promise<null> {
    await this.#ask("select set_config('lock_timeout', $1, false)", [String(ms)]);
    this.#timeout = ms > 0;
    return null;
  }

  #advisory(lock: number): readonly string[] {
    return [lockNumber(`${this.#trunk.schema} advisory ${lock}`)];
  }

  async #advisoryLock({ lock, scope, shared, ifLocked }: Extract<Operation, { kind: "advisory-lock" }>): Promise<boolean> {
    const attempt = ifLocked === "nowait" ? "try_" : "";
    const text = `select pg_${attempt}advisory${scope === "session" ? "" : "_xact"}_lock${shared ? "_shared" : ""}($1) as got`;
    const { rows } = await this.#ask(text, this.#advisory(lock));
    const got = ifLocked !== "nowait" || rows[0]?.["got"] === true;
    if (got && scope === "session") this.#sessionLocks++;
    return got;
  }

  async #advisoryUnlock({ lock, shared }: Extract<Operation, { kind: "advisory-unlock" }>): Promise<boolean> {
    const text = `select pg_advisory_unlock${shared ? "_shared" : ""}($1) as done`;
    const { rows } = await this.#ask(text, this.#advisory(lock));
    if (rows[0]?.["done"] === true) this.#sessionLocks--;
    return rows[0]?.["done"] === true;
  }

  async close(): Promise<void> {
    if (!this.stop()) return;
    this.#side?.stop();
    const { clients, lines } = this.#trunk;
    // Again and again: a statement may still be on its way to the server, and then there is nothing to cancel yet.
    while (this.isBusy) {
      const pids = [this.#asking, this.#side?.client].flatMap((client) => (client ? pidOf(client) : []));
      if (pids.length > 0) await this.#trunk.cancel(pids);
      await Promise.race([this.idle(), pause(AGAIN_MS)]);
    }
    await this.#side?.close();
    lines.delete(this);
    const left = this.#held;
    this.#held = undefined;
    if (!left) return;
    try {
      await left.query("rollback; select pg_advisory_unlock_all(); reset lock_timeout");
      clients.give(left);
    } catch {
      await left.end().catch(() => {});
    }
  }
}

const unable = ({ kind }: Operation): StoreError => refused("racelab's PostgreSQL store", kind, "memory:");

const pidOf = (client: Client): number => (client as unknown as { readonly processID: number }).processID;
