/**
 * PostgreSQL. Rows live in tables in a schema of racelab's own (`racelab_…`), made when the store is opened and
 * dropped when it is closed; nothing else in the database is touched.
 *
 * A line (postgres-line.ts) takes a server connection when it needs one, so there may be more lines than connections.
 * What the model has beside the database goes over a second connection (postgres-beside.ts).
 */
import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { getOrInsert } from "../../core/get-or-insert.js";
import type { Key, Row, Rows } from "../../core/operation.js";
import { type Relation, relation, tableOf } from "../../core/relation.js";
import type { Connection, LockView, LockWait, Store, Watch } from "../../core/store.js";
import type { Tables } from "../../core/table.js";
import { farewell } from "../farewell.js";
import { lifeline } from "../lifeline.js";
import { type Pool, pool } from "../pool.js";
import { PostgresLine, storeError, type Trunk } from "./line.js";
import { makeSchema } from "./schemas.js";
import { cutClient, joining, type PostgresServer, serverAt, unavailable } from "./server.js";
import { createTable, emptyOwnTables, everything, found, identifier, load } from "./statements.js";

/** Connections for operations, and as many for what is beside the database, if the server has that many to spare. */
const MOST = 24;
/** Milliseconds after which the server notices that a client has gone while its statement waits. */
const CHECK_MS = 500;
/** Milliseconds after which a statement may be waiting for a lock: before that nobody asks. */
const SHORT_MS = 10;
/** Milliseconds between two looks at who waits: pg_stat_activity costs the server as much as several statements. */
const LOOK_MS = 50;
/** Milliseconds before the server looks for a deadlock, where we may say so. */
const DEADLOCK_MS = 4;

export interface PostgresOptions {
  /** Schedules are played on it: deadlocks are looked for soon, plans do not change, commits do not wait for the disk. */
  readonly conducted?: boolean;
}

export async function postgresStore(url: string, { conducted = false }: PostgresOptions = {}): Promise<Store> {
  const server = await serverAt(url);
  const schema = server.schema ?? `racelab_${randomBytes(6).toString("hex")}`;
  const connect = async () => {
    const client = await server.connect();
    return settled(client, schema, conducted).catch((error) => {
      cutClient(client);
      throw error;
    });
  };
  const keeper = await server.connect();
  const pools: Pool<Client>[] = [];
  const life = lifeline({
    ask: () => keeper.query("select 1"),
    askAnew: async () => farewellTo(await server.connect()),
    cut() {
      for (const each of pools) each.cut();
      cutClient(keeper);
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
  const clients = pool(connect, most, cutClient);
  const sides = pool(connect, most, cutClient);
  pools.push(clients, sides);
  const tables = new Map<string, Relation | Promise<Relation>>();
  const lines = new Set<Connection>();

  /** The table, made if it is not there yet: a rule may write to tables that nobody has declared. */
  function tableNamed(name: string): Relation | Promise<Relation> {
    const there = tables.get(name);
    if (there) return there;
    const table = relation(declared, name);
    const made = tell(creation(table, declared[name] ?? {})).then(() => {
      if (tables.get(name) === made) tables.set(name, table);
      return table;
    });
    tables.set(name, made);
    return made;
  }

  const seen = sampler(async (pids) => {
    const { rows } = await tell(WAITING, [pids]);
    return rows.map(({ pid }) => pid as number);
  });

  const trunk: Trunk = {
    ...{ schema, clients, sides, tableNamed, tell },
    asked: seen.watch,
    answered: seen.answered,
    closed: (line) => lines.delete(line),
  };

  /** Why racelab's own connection could not be asked. */
  const lost = (error: unknown): Error => {
    if (storeError(error).code !== "08006" && !life.lost.aborted) return storeError(error);
    life.broke();
    return life.lost.reason;
  };

  async function lockView(connections: readonly Connection[]): Promise<LockView> {
    const owner = new Map<number, Connection>();
    const asked = connections as readonly PostgresLine[];
    for (const line of asked) for (const pid of line.pids) owner.set(pid, line);
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
    await Promise.all(asked.map((line) => line.lookAgain()));
    for (const line of asked) if (line.isLooking) waiting.set(line, { behind: [], ms: Number.POSITIVE_INFINITY });
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
      asked.push(Promise.resolve(tableNamed(name)));
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
    async connect(watch, application) {
      const line = new PostgresLine(trunk, watch, application);
      lines.add(line);
      return line;
    },
    async warmUp(lines) {
      const taken = await Promise.all(Array.from({ length: Math.min(lines, most) }, clients.take));
      for (const client of taken) clients.give(client);
    },
    lockView,
    reset,
    state,
    async close() {
      seen.end();
      await Promise.all([...lines].map((line) => line.close()));
      await Promise.all([clients.close(), sides.close()]);
      if (server.schema === undefined && !life.lost.aborted)
        await tell(`drop schema ${identifier(schema)} cascade`).catch(() => {});
      life.end();
      await farewellTo(keeper);
    },
  };
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

const farewellTo = (client: Client): Promise<void> => farewell(client.end()).then(() => cutClient(client));

/** What every connection of racelab's is told first. */
async function settled(client: Client, schema: string, conducted: boolean): Promise<Client> {
  // Without a listener a connection that is lost meanwhile would end the process.
  client.on("error", () => {});
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
async function spare(keeper: Client, { share }: PostgresServer): Promise<number> {
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
type Tell = Trunk["tell"];

/** Now and then asks the server which of the operations under way wait for a lock. */
function sampler(waitingOf: (pids: number[]) => Promise<readonly number[]>) {
  /** By server process; without a watch it has been answered. One for each connection, for all its life. */
  const asked = new Map<number, { watch: Watch | undefined; since: number }>();
  let looking = false;
  const timer = setInterval(async () => {
    const now = performance.now();
    const long = [...asked].filter(([, { watch, since }]) => watch && now - since > SHORT_MS).map(([pid]) => pid);
    if (long.length === 0 || looking) return;
    looking = true;
    for (const pid of await waitingOf(long).catch(() => [])) {
      const one = asked.get(pid);
      one?.watch?.blocked();
      if (one) one.watch = undefined;
    }
    looking = false;
  }, LOOK_MS);
  timer.unref();
  return {
    /** Until the answer. */
    watch(pid: number, watch: Watch): void {
      const one = getOrInsert(asked, pid, () => ({ watch, since: 0 }));
      one.watch = watch;
      one.since = performance.now();
    },
    answered(pid: number): void {
      const one = asked.get(pid);
      if (one) one.watch = undefined;
    },
    end: () => clearInterval(timer),
  };
}
