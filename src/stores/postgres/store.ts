/**
 * PostgreSQL. A line (line.ts) does what belongs to its transaction on one connection; what the model has beside the
 * database goes over a second one (side-connection.ts).
 *
 * A row is the columns of its keys, and the rest as JSON (statements.ts), because lessons write any columns.
 */
import type { Client } from "pg";
import type { Rows } from "../../core/operation.js";
import { type Relation, relation } from "../../core/relation.js";
import type { Capability, Connection, LockView, Store, Watch } from "../../core/store.js";
import type { Table, Tables } from "../../core/table.js";
import type { DatabaseServer } from "../database-server.js";
import { Keeper } from "../keeper.js";
import type { SqlColumns } from "../sql.js";
import { connectionsFor, newSpace, rowsByTable, type SqlOpened, SqlStore } from "../sql-store.js";
import { PostgresLine, type PostgresTrunk } from "./line.js";
import { LockSampler, lockViewOf } from "./lock-view.js";
import { makeSchema } from "./schemas.js";
import { postgresAt } from "./server.js";
import { emptyOwnTables, literal, type PostgresStatement, postgresDialect } from "./statements.js";

/** Milliseconds after which the server notices that a client has gone while its statement waits. */
const CHECK_MS = 500;
/** Milliseconds before the server looks for a deadlock, where we may say so. */
const DEADLOCK_MS = 4;

const { createTable, failureOf, identifier, load } = postgresDialect;

export interface PostgresOptions {
  /** Schedules are played on it: deadlocks are looked for soon, plans do not change, commits do not wait for the disk. */
  readonly conducted?: boolean;
}

export async function postgresStore(url: string, { conducted = false }: PostgresOptions = {}): Promise<Store> {
  const server = await postgresAt(url);
  const schema = server.space ?? newSpace();
  const keeper = await Keeper.open({
    server,
    where: `PostgreSQL at ${server.name}`,
    left: `Its schema ${schema} goes at the next start`,
    isGuest: server.space !== undefined,
  });
  const { client } = keeper;
  return keeper.opening(async () => {
    await prepare(client, schema, conducted);
    const notices = keeper.isGuest ? [] : await makeSchema(client, schema);
    const most = connectionsFor(await freeConnections(client), server.share);
    const { rows } = await client.query(
      "select current_setting('server_version') as version, setting from pg_settings where name = 'deadlock_timeout'",
    );
    const [{ version, setting }] = rows;
    // Debian's is "15.20 (Debian 15.20-0+deb12u1)".
    const name = `PostgreSQL ${version.split(" ")[0]}`;
    const connect = () => openPrepared(server, schema, conducted);
    const store = new PostgresStore({ keeper, space: schema, notices, most, connect }, schema, name, Number(setting));
    await store.join();
    return store;
  });
}

class PostgresStore extends SqlStore<Client, PostgresStatement> implements PostgresTrunk {
  readonly capabilities: ReadonlySet<Capability> = new Set([
    ...(["versions", "locks", "transactions", "row-locks", "conditional-update"] as const),
    ...(["snapshots", "serializable", "leases", "fencing"] as const),
  ]);
  readonly sampler = new LockSampler((text, values) => this.tell(text, values));

  constructor(
    opened: SqlOpened<Client>,
    readonly schema: string,
    readonly server: string,
    readonly deadlockMs: number,
  ) {
    super(postgresDialect, opened);
  }

  async connect(watch?: Watch, server = 1): Promise<Connection> {
    const line = new PostgresLine(this, watch, server);
    this.lines.add(line);
    return line;
  }

  protected async tell(text: string, values?: unknown[]): Promise<readonly SqlColumns[]> {
    return (await this.keeper.client.query(text, values)).rows;
  }

  /** Another thread that makes the same table at the same time waits for this one. */
  protected make(table: Relation, declaration: Table): Promise<unknown> {
    return this.tell(`do $do$ begin
      lock table "$tables" in share row exclusive mode;
      ${createTable(table)};
      insert into "$tables" values (${literal(table.name)}, ${literal(JSON.stringify(declaration))}) on conflict do nothing;
    end $do$`);
  }

  protected drop(): Promise<unknown> {
    return this.tell(`drop schema ${identifier(this.schema)} cascade`);
  }

  async cancel(pids: readonly number[]): Promise<void> {
    await this.tell("select pg_cancel_backend(pid) from unnest($1::int[]) pid", [pids]).catch(() => {});
  }

  async lockView(connections: readonly Connection[]): Promise<LockView> {
    return lockViewOf(connections as readonly PostgresLine[], (text, values) =>
      this.tell(text, values).catch((error) => {
        throw this.keeper.failed(failureOf(error));
      }),
    );
  }

  /** All of it is asked at once, in one transaction. */
  async reset(rows: Rows, given: Tables = {}): Promise<void> {
    this.know(rows, given);
    const isSame = JSON.stringify(given) === JSON.stringify(this.declared);
    this.declared = given;
    const asked: Promise<unknown>[] = [this.tell("begin")];
    const names = [...this.tables.keys()].map(identifier).join(", ");
    if (!isSame) {
      if (names) asked.push(this.tell(`drop table ${names}; delete from "$tables"`));
      this.tables.clear();
    } else if (names) asked.push(this.tell(`truncate ${names}`));
    asked.push(...emptyOwnTables.map((text) => this.tell(text)));
    for (const [name, entries] of rowsByTable(rows, given)) {
      asked.push(Promise.resolve(this.tableNamed(name)));
      if (entries.length === 0) continue;
      const { text, values } = load(relation(given, name), entries);
      asked.push(this.tell(text, [...values]));
    }
    asked.push(this.tell("commit"));
    try {
      await Promise.all(asked);
    } catch (error) {
      await Promise.allSettled(asked);
      this.tables.clear();
      if (this.lost.aborted) throw this.lost.reason;
      const failure = failureOf(error);
      throw failure.code === "53100" ? this.keeper.server.unavailable(error) : failure;
    }
  }

  override async close(): Promise<void> {
    this.sampler.end();
    await super.close();
  }
}

async function openPrepared(server: DatabaseServer<Client>, schema: string, conducted: boolean): Promise<Client> {
  const client = await server.connect();
  try {
    await prepare(client, schema, conducted);
    return client;
  } catch (error) {
    server.cut(client);
    throw error;
  }
}

/** The first thing that every connection of a store is told. */
async function prepare(client: Client, schema: string, conducted: boolean): Promise<void> {
  // Without a listener a connection that is lost meanwhile would end the process.
  client.on("error", () => {});
  const setting = (name: string, value: string | number) =>
    `select set_config(name, '${value}', false) from pg_settings where name = '${name}'`;
  // For superusers and users to whom it was granted. Other users wait for the server's own timeout, a second. It comes
  // first: pg tells of an error before the server is ready again, of a success after it, and `wireOf` needs it ready.
  if (conducted) await client.query(setting("deadlock_timeout", DEADLOCK_MS)).catch(() => {});
  await client.query(
    [
      `set search_path to ${identifier(schema)}; set default_transaction_isolation to 'read committed'`,
      setting("client_connection_check_interval", CHECK_MS),
      ...(conducted ? [setting("synchronous_commit", "off"), setting("plan_cache_mode", "force_custom_plan")] : []),
    ].join("; "),
  );
}

async function freeConnections(client: Client): Promise<number> {
  const { rows } = await client.query(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - count(*)::int as free
     from pg_stat_activity where backend_type = 'client backend'`,
  );
  return rows[0].free;
}
