/**
 * One client's line to PostgreSQL. It takes a server connection for a statement or a transaction and gives it back.
 *
 * Whoever holds a row's lock turns round here between two statements, and everybody behind it waits for that. So an
 * operation that nobody stands before goes straight to the server, and is one promise, not a chain of them.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Client, QueryResult } from "pg";
import { failures, refused, StoreError } from "../../core/failure.js";
import type { Json, Operation, Perform } from "../../core/operation.js";
import { type Relation, tableOf } from "../../core/relation.js";
import type { Connection, Watch } from "../../core/store.js";
import type { Pool } from "../pool.js";
import { type BesideTransaction, besides } from "./beside.js";
import { lockNumber } from "./schemas.js";
import { failureOf, identifier, statementOf, versionOf } from "./statements.js";
import { type WireResult, wireOf } from "./wire.js";

/** Milliseconds between two attempts to cancel what is on its way. */
const AGAIN_MS = 10;

/** What all lines of a store share. */
export interface Trunk {
  readonly schema: string;
  readonly clients: Pool<Client>;
  /** For what is beside the database. */
  readonly sides: Pool<Client>;
  /** The table, made if it is not there yet. */
  tableNamed(name: string): Relation | Promise<Relation>;
  /** Asks over a connection of the store's own. */
  tell(text: string, values?: unknown[]): Promise<QueryResult>;
  /** Tells `watch` when what this server process was asked waits for a lock, until it is answered. */
  asked(pid: number, watch: Watch): void;
  answered(pid: number): void;
  closed(line: PostgresLine): void;
}

export class PostgresLine implements Connection {
  #held: Client | undefined;
  /** The connection on which a statement is under way. */
  #asking: Client | undefined;
  #inTransaction = false;
  /** BEGIN, until it travels with the first statement: it takes no snapshot and cannot fail but with the connection. */
  #opening: string | undefined;
  /** Advisory locks of the session, and whether it has a lock_timeout: then the connection is kept. */
  #sessionLocks = 0;
  #timeout = false;
  /** Of the row that the operation under way has written or seen. */
  #version: number | undefined;
  #closed = false;
  /** Operations that have no answer yet, one after the other, and the last of them. */
  #underWay = 0;
  #last: Promise<unknown> = Promise.resolve();
  #stopSleep = () => {};
  #beside: BesideTransaction | undefined;
  readonly #trunk: Trunk;
  readonly #watch: Watch | undefined;
  readonly #application: number;

  constructor(trunk: Trunk, watch?: Watch, application = 1) {
    this.#trunk = trunk;
    this.#watch = watch;
    this.#application = application;
  }

  /** The server processes that do its work now. */
  get pids(): readonly number[] {
    return [this.#held, this.#beside?.client].flatMap((client) => (client ? pidOf(client) : []));
  }

  /** It looks again and again, for a lease or a message. */
  get isLooking(): boolean {
    return this.#beside?.isLooking ?? false;
  }

  async lookAgain(): Promise<void> {
    await this.#beside?.lookAgain();
  }

  readonly perform: Perform = (operation) => {
    const answered = this.#answer(operation, this.#underWay > 0 ? this.#last : undefined);
    this.#last = answered;
    return answered as Promise<never>;
  };

  async #answer(operation: Operation, before: Promise<unknown> | undefined): Promise<Json> {
    this.#underWay++;
    let value: Json;
    try {
      if (before) await before.catch(() => {});
      const step = this.#step(operation);
      value = step instanceof Promise ? await step : step;
    } catch (error) {
      if (this.#asking && !this.#trunk.clients.alive(this.#asking)) this.#forget();
      this.#rest();
      this.#version = undefined;
      const failure = this.#closed ? new StoreError("08006") : storeError(error);
      this.#watch?.effect({ error: failure.code });
      throw failure;
    }
    this.#rest();
    this.#watch?.effect({ value }, this.#version);
    this.#version = undefined;
    return value;
  }

  /** An operation is over. After `close` the closing gives the connection back: a cancelled statement may have got its advisory lock. */
  #rest(): void {
    this.#underWay--;
    const { clients, answered } = this.#trunk;
    if (this.#asking) answered(pidOf(this.#asking));
    this.#asking = undefined;
    if (!this.#held || this.#closed || this.#inTransaction || this.#sessionLocks > 0 || this.#timeout) return;
    clients.give(this.#held);
    this.#held = undefined;
  }

  /**
   * The connection was lost, and with it all that it had. Only whoever has been told may go on without: after an answer
   * the transaction counts as open, for on another connection its next write would stand by itself.
   */
  #forget(): void {
    this.#held = undefined;
    this.#inTransaction = false;
    this.#opening = undefined;
    this.#sessionLocks = 0;
    this.#timeout = false;
  }

  /** Runs one statement on this line's connection; one with parameters, if only none at all, is prepared. */
  #ask(text: string, values?: readonly unknown[]): Promise<WireResult> {
    const client = this.#held;
    if (!client)
      return this.#trunk.clients.take().then((taken) => {
        this.#held = taken;
        return this.#ask(text, values);
      });
    if (this.#watch) {
      this.#watch.sent?.();
      this.#trunk.asked(pidOf(client), this.#watch);
    }
    this.#asking = client;
    if (this.#closed) throw new StoreError("08006");
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
      this.#version = versionOf(result);
      const otherwise = result.rowCount === 0 ? statement.otherwise?.() : undefined;
      if (!otherwise) return statement.reply(result);
      return otherwise.reply(await this.#ask(otherwise.text, otherwise.values));
    } catch (error) {
      if (!this.#inTransaction && operation.kind === "insert" && codeOf(error) === "23505") return false;
      throw error;
    }
  }

  async #done(text: string): Promise<null> {
    await this.#ask(text);
    return null;
  }

  #step(operation: Operation): Json | Promise<Json> {
    if (this.#closed) throw new StoreError("08006");
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
        return this.#sleep(operation.ms);
      default:
        return this.#besides().perform(operation) ?? Promise.reject(unable(operation));
    }
  }

  #besides(): BesideTransaction {
    const { sides, schema } = this.#trunk;
    this.#beside ??= besides(
      sides,
      ({ lock, scope }) => lockNumber(`${schema} ${scope === "server" ? `server ${this.#application} ` : ""}lock ${lock}`),
      () => this.#watch?.blocked(),
    );
    return this.#beside;
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

  async #sleep(ms: number): Promise<null> {
    const stop = new AbortController();
    this.#stopSleep = () => stop.abort();
    return pause(ms, null, { signal: stop.signal }).catch(() => {
      throw new StoreError("08006");
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopSleep();
    this.#beside?.stop();
    const { clients, tell, closed } = this.#trunk;
    // Again and again: a statement may only be on its way to the server, and then there is nothing to cancel yet.
    while (this.#underWay > 0) {
      const pids = [this.#asking, this.#beside?.client].flatMap((client) => (client ? pidOf(client) : []));
      if (pids.length > 0) await tell(CANCEL, [pids]).catch(() => {});
      await Promise.race([this.#last.catch(() => {}), pause(AGAIN_MS)]);
    }
    await this.#beside?.close();
    closed(this);
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

const CANCEL = "select pg_cancel_backend(pid) from unnest($1::int[]) pid";

const pidOf = (client: Client): number => (client as unknown as { readonly processID: number }).processID;

const known = new Set(Object.keys(failures));

const codeOf = (error: unknown): string | undefined => (error as { readonly code?: string } | null)?.code;

export function storeError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as { code?: string; message: string };
  return failureOf(/^[0-9A-Z]{5}$/.test(code ?? "") ? code : undefined, message, known);
}
