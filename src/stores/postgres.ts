/**
 * PostgreSQL. Rows live in tables in a schema of racelab's own (`racelab_…`), made when the store is opened and
 * dropped when it is closed; nothing else in the database is touched.
 *
 * A line takes a server connection for a statement or a transaction and gives it back, so there may be more lines
 * than connections. What the model has beside the database goes over a second connection (postgres-beside.ts).
 */
import { randomBytes } from "node:crypto";
import type { Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { Client, QueryResult } from "pg";
import { failures, StoreError } from "../core/failure.js";
import type { Json, Key, Operation, Responses, Row, Rows } from "../core/operation.js";
import { type Relation, relation, tableOf } from "../core/relation.js";
import type { Connection, LockView, LockWait, Store, Watch } from "../core/store.js";
import type { Tables } from "../core/table.js";
import { farewell } from "./farewell.js";
import { lifeline } from "./lifeline.js";
import { type Pool, pool } from "./pool.js";
import { besides } from "./postgres-beside.js";
import { lockNumber, makeSchema } from "./postgres-schemas.js";
import { cut, joining, type Server, serverAt, unavailable } from "./postgres-server.js";
import {
  createTable,
  emptyOwnTables,
  everything,
  failureOf,
  found,
  identifier,
  load,
  type Statement,
  statementOf,
  versionOf,
} from "./postgres-statements.js";

/** Connections for operations, and as many for what is beside the database, if the server has that many to spare. */
const MOST = 24;
/** Milliseconds after which the server notices that a client has gone while its statement waits. */
const CHECK_MS = 500;
/** Milliseconds between two attempts to cancel what is on its way. */
const AGAIN_MS = 10;
/** Milliseconds between two looks at who waits: pg_stat_activity costs the server as much as several statements. */
const LOOK_MS = 50;
/** Milliseconds before the server looks for a deadlock, where we may say so. */
const DEADLOCK_MS = 4;

const known = new Set(Object.keys(failures));

export interface PostgresOptions {
  /** Schedules are played on it: deadlocks are looked for soon, plans do not change, commits do not wait for the disk. */
  readonly conducted?: boolean;
}

export async function postgresStore(url: string, { conducted = false }: PostgresOptions = {}): Promise<Store> {
  const server = await serverAt(url);
  const { prepared } = await import("./postgres-prepared.js");
  const schema = server.schema ?? `racelab_${randomBytes(6).toString("hex")}`;
  const connect = async () => settled(await server.connect(), schema, conducted);
  const keeper = await server.connect();
  const pools: Pool<Client>[] = [];
  const life = lifeline({
    ask: () => keeper.query("select 1"),
    askAnew: async () => farewellTo(await server.connect()),
    cut() {
      for (const each of pools) each.cut();
      cut(keeper);
    },
    where: `PostgreSQL at ${server.name}`,
    left: `Its schema ${schema} goes at the next start`,
    isGuest: server.schema !== undefined,
  });
  for (const event of ["error", "end"] as const) keeper.on(event, life.broke);
  const tell: Tell = (text, values) => keeper.query(text, values);
  const notices: string[] = [];
  let most: number;
  let declared: Tables;
  let deadlockMs: number;
  try {
    await settled(keeper, schema, conducted);
    if (server.schema === undefined) notices.push(...(await makeSchema(keeper, schema)));
    most = await spare(keeper, server);
    declared = server.schema === undefined ? {} : await declarations(tell);
    deadlockMs = Number((await tell("select setting from pg_settings where name = 'deadlock_timeout'")).rows[0].setting);
  } catch (error) {
    life.end();
    await farewellTo(keeper);
    if (life.lost.aborted) throw life.lost.reason;
    throw unavailable(error, server.address);
  }
  const clients = pool(connect, most, cut);
  const sides = pool(connect, most, cut);
  pools.push(clients, sides);
  const tables = new Map<string, Promise<Relation>>();
  const lines = new Map<Connection, Line>();

  /** The table, made if it is not there yet: a rule may write to tables that nobody has declared. */
  function tableNamed(name: string): Promise<Relation> {
    const there = tables.get(name);
    if (there) return there;
    const table = relation(declared, name);
    const made = tell(creation(table, declared[name] ?? {})).then(() => table);
    tables.set(name, made);
    return made;
  }

  const seen = sampler(async (pids) => {
    const { rows } = await prepared(keeper, "waiting", WAITING, [pids]);
    return rows.map(({ pid }) => pid as number);
  });

  function open(watch?: Watch, application: number = 1): Connection {
    let held: Client | undefined;
    /** The connection on which a statement is under way. */
    let asking: Client | undefined;
    let inTransaction = false;
    /** Advisory locks of the session, and whether it has a lock_timeout: then the connection is kept. */
    let sessionLocks = 0;
    let timeout = false;
    /** Of the row that the operation under way has written or seen. */
    let version: number | undefined;
    let closed = false;
    /** Operations that have no answer yet, one after the other. */
    let underWay = 0;
    let last: Promise<unknown> = Promise.resolve();
    let stopSleep = () => {};
    const beside = besides(
      sides,
      ({ lock, scope }) => lockNumber(`${schema} ${scope === "server" ? `server ${application} ` : ""}lock ${lock}`),
      () => watch?.blocked(),
    );

    /** Runs one statement on this line's connection. */
    async function ask(text: string, values: readonly unknown[] = [], name?: string) {
      held ??= await clients.take();
      const client = held;
      asking = client;
      watch?.sent?.();
      const end = watch && seen.watch(pidOf(client), watch);
      try {
        if (closed) throw new StoreError("08006");
        return await (name ? prepared(client, name, text, values) : client.query({ text, values: [...values] }));
      } finally {
        asking = undefined;
        end?.();
        if (!clients.alive(client)) {
          held = undefined;
          inTransaction = false;
          sessionLocks = 0;
          timeout = false;
        }
      }
    }

    /** After `close` the closing gives it back: a cancelled statement may have got its advisory lock all the same. */
    const rest = () => {
      if (!held || closed || asking || inTransaction || sessionLocks > 0 || timeout) return;
      clients.give(held);
      held = undefined;
    };

    async function onRows(operation: Operation): Promise<Json> {
      const name = "key" in operation ? tableOf(operation.key) : "table" in operation ? operation.table : undefined;
      const statement = name === undefined ? undefined : statementOf(operation, await tableNamed(name));
      if (!statement) throw new StoreError("0A000");
      try {
        const result = await ask(statement.text, statement.values, nameOf(statement));
        version = versionOf(result);
        const otherwise = result.rowCount === 0 ? statement.otherwise?.() : undefined;
        if (!otherwise) return statement.reply(result);
        return otherwise.reply(await ask(otherwise.text, otherwise.values, nameOf(otherwise)));
      } catch (error) {
        if (!inTransaction && operation.kind === "insert" && codeOf(error) === "23505") return false;
        throw error;
      }
    }

    async function step(operation: Operation): Promise<Json> {
      if (closed) throw new StoreError("08006");
      switch (operation.kind) {
        case "sleep": {
          const stop = new AbortController();
          stopSleep = () => stop.abort();
          return pause(operation.ms, null, { signal: stop.signal }).catch(() => {
            throw new StoreError("08006");
          });
        }
        case "begin":
          // PostgreSQL only warns. Every store of racelab says 25001, and an error fails the transaction.
          if (inTransaction) return ask("do $$ begin raise exception sqlstate '25001'; end $$").then(() => null);
          // It takes no snapshot and cannot fail but with the connection, so it travels with the statement after it.
          held ??= await clients.take();
          together(held);
          held.query(`begin isolation level ${operation.isolation}`).catch(() => {});
          inTransaction = true;
          return null;
        case "commit":
        case "rollback": {
          if (!inTransaction && operation.kind === "commit") throw new StoreError("25P01");
          if (!inTransaction) return null;
          try {
            const { command } = await ask(operation.kind);
            return operation.kind === "rollback" ? null : command === "ROLLBACK" ? "rollback" : "commit";
          } finally {
            inTransaction = false;
          }
        }
        case "savepoint":
          return ask(`savepoint ${identifier(operation.name)}`).then(() => null);
        case "rollback-to":
          return ask(`rollback to savepoint ${identifier(operation.name)}`).then(() => null);
        case "release-savepoint":
          return ask(`release savepoint ${identifier(operation.name)}`).then(() => null);
        case "lock-timeout":
          await ask("select set_config('lock_timeout', $1, false)", [String(operation.ms)]);
          timeout = operation.ms > 0;
          return null;
        case "advisory-lock": {
          const { lock, scope, shared, ifLocked } = operation;
          const attempt = ifLocked === "nowait" ? "try_" : "";
          const text = `select pg_${attempt}advisory${scope === "session" ? "" : "_xact"}_lock${shared ? "_shared" : ""}($1) as got`;
          const { rows } = await ask(text, [lockNumber(`${schema} advisory ${lock}`)]);
          const got = ifLocked !== "nowait" || rows[0]?.got === true;
          if (got && scope === "session") sessionLocks++;
          return got;
        }
        case "advisory-unlock": {
          const text = `select pg_advisory_unlock${operation.shared ? "_shared" : ""}($1) as done`;
          const { rows } = await ask(text, [lockNumber(`${schema} advisory ${operation.lock}`)]);
          if (rows[0]?.done === true) sessionLocks--;
          return rows[0]?.done === true;
        }
        default:
          return beside.perform(operation) ?? onRows(operation);
      }
    }

    const perform = <O extends Operation>(operation: O): Promise<Responses[O["kind"]]> => {
      underWay++;
      const answered = last
        .then(() => step(operation))
        .finally(() => {
          underWay--;
          rest();
        })
        .then(
          (value) => {
            watch?.effect({ value }, version);
            version = undefined;
            return value as unknown as Responses[O["kind"]];
          },
          (error) => {
            const failure = closed ? new StoreError("08006") : storeError(error);
            watch?.effect({ error: failure.code });
            throw failure;
          },
        );
      last = answered.catch(() => {});
      return answered;
    };

    const connection: Connection = {
      perform,
      async close() {
        if (closed) return;
        closed = true;
        stopSleep();
        beside.stop();
        // Again and again: a statement may only be on its way to the server, and then there is nothing to cancel yet.
        while (underWay > 0) {
          const pids = [asking, beside.client].flatMap((client) => (client ? pidOf(client) : []));
          if (pids.length > 0) await tell(CANCEL, [pids]).catch(() => {});
          await Promise.race([last, pause(AGAIN_MS)]);
        }
        await beside.close();
        lines.delete(connection);
        if (!held) return;
        const left = held;
        held = undefined;
        try {
          await left.query("rollback; select pg_advisory_unlock_all(); reset lock_timeout");
          clients.give(left);
        } catch {
          await left.end().catch(() => {});
        }
      },
    };
    lines.set(connection, {
      pids: () => [held, beside.client].flatMap((client) => (client ? pidOf(client) : [])),
      isLooking: () => beside.isLooking,
      lookAgain: beside.lookAgain,
    });
    return connection;
  }

  /** Why racelab's own connection could not be asked. */
  const lost = (error: unknown): Error => {
    if (storeError(error).code !== "08006" && !life.lost.aborted) return storeError(error);
    life.broke();
    return life.lost.reason;
  };

  async function lockView(connections: readonly Connection[]): Promise<LockView> {
    const owner = new Map<number, Connection>();
    for (const connection of connections) for (const pid of lines.get(connection)?.pids() ?? []) owner.set(pid, connection);
    const { rows } = await tell(VIEW, [[...owner.keys()]]).catch((error) => {
      throw lost(error);
    });
    const waiting = new Map<Connection, LockWait>();
    const busy = new Set<Connection>();
    for (const { pid, by, ms } of rows as { pid: number; by: number[]; ms: number }[]) {
      const connection = owner.get(pid) as Connection;
      if (by.length === 0) busy.add(connection);
      else waiting.set(connection, { behind: [...new Set(by.flatMap((other) => owner.get(other) ?? []))], ms });
    }
    await Promise.all(connections.map((connection) => lines.get(connection)?.lookAgain()));
    for (const connection of connections)
      if (lines.get(connection)?.isLooking()) waiting.set(connection, { behind: [], ms: Number.POSITIVE_INFINITY });
    for (const connection of waiting.keys()) busy.delete(connection);
    return { waiting, busy };
  }

  async function reset(rows: Rows, given: Tables = {}): Promise<void> {
    const byTable = new Map<string, [Key, Row][]>(Object.keys(given).map((name) => [name, []]));
    for (const [key, row] of Object.entries(rows)) {
      const name = tableOf(key);
      byTable.set(name, [...(byTable.get(name) ?? []), [key, row]]);
    }
    const same = JSON.stringify(given) === JSON.stringify(declared);
    declared = given;
    const asked: Promise<unknown>[] = [tell("begin")];
    const names = [...tables.keys()].map(identifier).join(", ");
    if (!same) {
      if (names) asked.push(tell(`drop table ${names}; delete from "$tables"`));
      tables.clear();
    } else if (names) asked.push(tell(`truncate ${names}`));
    asked.push(...emptyOwnTables.map((text) => tell(text)));
    for (const [name, entries] of byTable) {
      asked.push(tableNamed(name));
      if (entries.length === 0) continue;
      const { text, values } = load(relation(given, name), entries);
      asked.push(tell(text, [...values]));
    }
    asked.push(tell("commit"));
    try {
      await Promise.all(asked);
    } catch (error) {
      await Promise.allSettled(asked);
      tables.clear();
      throw life.lost.aborted ? life.lost.reason : storeError(error);
    }
  }

  async function state(): Promise<Rows> {
    const rows: Record<Key, Row> = {};
    try {
      const there = await declarations(tell);
      const tables = Object.keys(there).map((name) => relation(there, name));
      const [calls, messages, ...contents] = await Promise.all([
        tell('select service, request from "$calls" order by id'),
        tell('select topic, id, message from "$messages" order by id'),
        ...tables.map((table) => tell(everything(table))),
      ]);
      for (const [i, content] of contents.entries())
        for (const columns of content.rows) {
          const { key, row } = found(tables[i]!, columns);
          rows[key] = row;
        }
      const counts = new Map<string, number>();
      for (const { service, request } of calls.rows) {
        counts.set(service, (counts.get(service) ?? 0) + 1);
        rows[`service/${service}/${counts.get(service)}`] = { request };
      }
      for (const { topic, id, message } of messages.rows) rows[`queue/${topic}/${id}`] = { message };
    } catch (error) {
      throw lost(error);
    }
    return rows;
  }

  return {
    capabilities: new Set([
      ...(["versions", "locks", "transactions", "row-locks", "conditional-update"] as const),
      ...(["snapshots", "serializable", "leases", "fencing"] as const),
    ]),
    notices,
    address: joining(server.url, schema),
    lost: life.lost,
    deadlockMs,
    connect: async (watch, server) => open(watch, server),
    async warmUp(lines) {
      const taken = await Promise.all(Array.from({ length: Math.min(lines, most) }, clients.take));
      for (const client of taken) clients.give(client);
    },
    lockView,
    reset,
    state,
    async close() {
      seen.end();
      await Promise.all([...lines.keys()].map((line) => line.close()));
      await Promise.all([clients.close(), sides.close()]);
      if (server.schema === undefined && !life.lost.aborted)
        await tell(`drop schema ${identifier(schema)} cascade`).catch(() => {});
      life.end();
      await farewellTo(keeper);
    },
  };
}

/** What the lock view asks of a line. */
interface Line {
  pids(): readonly number[];
  isLooking(): boolean;
  lookAgain(): Promise<void>;
}

/**
 * Whoever is active, who stands in its way (pg_blocking_pids sees locks that are held and queues before them), and
 * since when. `waitstart` is there from PostgreSQL 14 on; before that a wait counts as just begun.
 */
const VIEW = `select pid, coalesce(by, '{}') as by,
    case when by is null then null else coalesce((
      select extract(epoch from clock_timestamp() - (to_jsonb(l)->>'waitstart')::timestamptz) * 1000
      from pg_locks l where l.pid = active.pid and not granted limit 1), 0)::float8 end as ms
  from (select pid, case wait_event_type when 'Lock' then pg_blocking_pids(pid) end as by
    from pg_stat_activity where pid = any($1) and state = 'active') active`;

const WAITING = "select pid from pg_stat_activity where pid = any($1::int[]) and wait_event_type = 'Lock'";
const CANCEL = "select pg_cancel_backend(pid) from unnest($1::int[]) pid";

const farewellTo = (client: Client): Promise<void> => farewell(client.end()).then(() => cut(client));
const pidOf = (client: Client): number => (client as unknown as { readonly processID: number }).processID;
/** What is asked until the end of this turn is sent at once. */
function together(client: Client): void {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Writable } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

const codeOf = (error: unknown): string | undefined => (error as { readonly code?: string } | null)?.code;

function storeError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as { code?: string; message: string };
  return failureOf(/^[0-9A-Z]{5}$/.test(code ?? "") ? code : undefined, message, known);
}

/** Statements of one text are prepared once for each connection. */
const names = new Map<string, string>();
function nameOf({ text }: Statement): string {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return name;
}

/** What every connection of racelab's is told first. */
async function settled(client: Client, schema: string, conducted: boolean): Promise<Client> {
  const setting = (name: string, value: string | number) =>
    `select set_config(name, '${value}', false) from pg_settings where name = '${name}'`;
  await client.query(
    [
      `set search_path to ${identifier(schema)}; set default_transaction_isolation to 'read committed'`,
      setting("client_connection_check_interval", CHECK_MS),
      ...(conducted ? [setting("synchronous_commit", "off"), setting("plan_cache_mode", "force_custom_plan")] : []),
    ].join("; "),
  );
  // For superusers and whoever was granted it. Others wait for the server's own, a second.
  if (conducted) await client.query(setting("deadlock_timeout", DEADLOCK_MS)).catch(() => {});
  return client;
}

/** How many connections of each kind this store may open: what the server has to spare, shared fairly. */
async function spare(keeper: Client, { share }: Server): Promise<number> {
  const { rows } = await keeper.query(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - count(*)::int as free
     from pg_stat_activity where backend_type = 'client backend'`,
  );
  return Math.max(1, Math.min(Math.ceil(MOST / share), Math.floor(rows[0].free / share / 3)));
}

/** Tables that somebody has made in this schema, as they were declared. */
async function declarations(tell: Tell): Promise<Tables> {
  const { rows } = await tell('select name, declaration from "$tables"');
  return Object.fromEntries(rows.map(({ name, declaration }) => [name, declaration]));
}

/** Makes a table and writes it down; whoever else is about to make the same one waits for that. */
function creation(table: Relation, declaration: Tables[string]): string {
  const text = (value: string) => `E'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  return `do $do$ begin
    lock table "$tables" in share row exclusive mode;
    ${createTable(table)};
    insert into "$tables" values (${text(table.name)}, ${text(JSON.stringify(declaration))}) on conflict do nothing;
  end $do$`;
}

/** Asks over the keeper's connection; many may ask at once. */
type Tell = (text: string, values?: unknown[]) => Promise<QueryResult>;

/** Now and then asks the server which of the operations under way wait for a lock. */
function sampler(waitingOf: (pids: number[]) => Promise<readonly number[]>) {
  const asked = new Map<number, { readonly watch: Watch; readonly since: number }>();
  let looking = false;
  const timer = setInterval(async () => {
    const now = performance.now();
    const long = [...asked].filter(([, { since }]) => now - since > AGAIN_MS).map(([pid]) => pid);
    if (long.length === 0 || looking) return;
    looking = true;
    for (const pid of await waitingOf(long).catch(() => [])) {
      asked.get(pid)?.watch.blocked();
      asked.delete(pid);
    }
    looking = false;
  }, LOOK_MS);
  timer.unref();
  return {
    /** Until the answer, which ends it. */
    watch(pid: number, watch: Watch): () => void {
      asked.set(pid, { watch, since: performance.now() });
      return () => asked.delete(pid);
    },
    end: () => clearInterval(timer),
  };
}
