/**
 * MariaDB (InnoDB). Rows live in tables in a database of racelab's own (`racelab_…`), made when the store is opened
 * and dropped when it is closed; nothing else on the server is touched.
 *
 * A statement is asked first with a lock wait of nothing, and only if somebody is in its way once more, patiently: so
 * it is known who waits, which MariaDB tells nobody without privileges, and then only every 100 ms.
 *
 * After an error MariaDB leaves a transaction open with its locks. This store rolls it back at once and takes nothing
 * more until its end, as every store of racelab does: a strategy must not mean something else on each of them.
 */
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { refused, StoreError } from "../../core/failure.js";
import type { Isolation, Json, Key, Operation, Responses, Row, Rows } from "../../core/operation.js";
import { type Relation, relation, tableOf } from "../../core/relation.js";
import type { Server } from "../../core/server.js";
import type { Capability, Connection, Store, Watch } from "../../core/store.js";
import type { Tables } from "../../core/table.js";
import { farewell } from "../farewell.js";
import { lifeline } from "../lifeline.js";
import { type Pool, pool } from "../pool.js";
import { type Client, cutClient, FOR_EVER_S, joining, serverAt, unavailable } from "./server.js";
import {
  createTable,
  everything,
  failureOf,
  found,
  identifier,
  load,
  type MysqlResult,
  ownTables,
  replacement,
  statementOf,
} from "./statements.js";

/** Connections for statements, and as many for named locks, if the server has that many to spare. */
const MOST = 24;
/** Milliseconds between two attempts to end a statement that is under way. */
const KILL_MS = 10;
/** Parameters of one statement, at most; the protocol has room for 65,535. */
const PARAMETERS = 10_000;
const NO_WAIT = "set statement innodb_lock_wait_timeout = 0 for ";
const LOCK_WAIT = 1205;
const DUPLICATE = 1062;
const OWN = /^racelab_[0-9a-f]{12}$/;

/** The name of a lock on the server: all databases share those. */
const lockNumber = (name: string): string => createHash("sha256").update(name).digest("hex").slice(0, 60);
const aliveLock = (database: string): string => lockNumber(`${database} is open`);

export async function mysqlStore(url: string): Promise<Store> {
  const server = await serverAt(url);
  const database = server.database ?? `racelab_${randomBytes(6).toString("hex")}`;
  const keeper = await server.connect();
  const pools: Pool<Client>[] = [];
  const life = lifeline({
    ask: () => keeper.query("select 1"),
    askAnew: async () => farewellTo(await server.connect()),
    cut() {
      for (const each of pools) each.cut();
      cutClient(keeper);
    },
    where: `MariaDB at ${server.name}`,
    left: `Its database ${database} goes at the next start`,
    isGuest: server.database !== undefined,
  });
  for (const event of ["error", "end"] as const) keeper.on(event, life.broke);
  const notices: string[] = [];
  const abilities: Capability[] = ["versions", "locks", "transactions", "row-locks", "conditional-update", "serializable"];
  let most: number;
  let isSnapshot = false;
  let declared: Tables;
  try {
    if (server.database === undefined) notices.push(...(await makeDatabase(keeper, database)));
    else await keeper.query(`use ${database}`);
    isSnapshot = (await rowsOf(keeper, "show variables like 'innodb_snapshot_isolation'")).length > 0;
    most = await spare(keeper, server.share);
    declared = server.database === undefined ? {} : await declarations(keeper);
  } catch (error) {
    life.end();
    keeper.destroy();
    if (life.lost.aborted) throw life.lost.reason;
    throw unavailable(error, server.address);
  }
  if (isSnapshot) abilities.push("snapshots");
  else notices.push("this MariaDB has no innodb_snapshot_isolation: repeatable read gives no snapshot to writes there");

  const connect = () => server.connect(database, isSnapshot ? ", innodb_snapshot_isolation = on" : "");
  const clients = pool(connect, most, cutClient);
  const sides = pool(connect, most, cutClient);
  pools.push(clients, sides);
  const tables = new Map<string, Promise<Relation>>();
  const lines = new Set<Connection>();

  /** The table, made if it is not there yet: a rule may write to tables that nobody has declared. */
  function tableNamed(name: string): Promise<Relation> {
    const there = tables.get(name);
    if (there) return there;
    const table = relation(declared, name);
    const made = keeper
      .query(createTable(table))
      .then(() => keeper.execute("insert ignore into `$tables` values (?, ?)", [name, JSON.stringify(declared[name] ?? {})]))
      .then(() => table);
    tables.set(name, made);
    return made;
  }

  function open(watch?: Watch, on: Server = 1): Connection {
    let held: Client | undefined;
    let side: Client | undefined;
    /** Connections on which something is under way. */
    const asking = new Set<Client>();
    let killed = false;
    let transaction: { readonly isolation: Isolation; failed: boolean; readonly savepoints: string[] } | undefined;
    const locks = new Set<string>();
    let patience = FOR_EVER_S;
    let closed = false;
    let last: Promise<unknown> = Promise.resolve();
    const stop = new AbortController();

    /**
     * One statement on one connection. What was lost with it is forgotten, but only now that somebody is told: of a
     * transaction lost in silence the next write would stand by itself, on another connection.
     */
    async function once(client: Client, text: string, values: readonly (string | number)[] = []): Promise<MysqlResult> {
      if (closed) throw new StoreError("08006");
      asking.add(client);
      try {
        const [result] = await client.execute(text, [...values]);
        return Array.isArray(result)
          ? { affectedRows: 0, rows: result as RowDataPacket[] }
          : { affectedRows: (result as ResultSetHeader).affectedRows, rows: [] };
      } catch (error) {
        if (client === held && !clients.alive(client)) [held, transaction, patience] = [undefined, undefined, FOR_EVER_S];
        if (client === side && !sides.alive(client)) {
          side = undefined;
          locks.clear();
        }
        throw error;
      } finally {
        asking.delete(client);
      }
    }

    /** A statement that may have to wait for somebody's lock. */
    async function ask(text: string, values: readonly (string | number)[], mayWait = true): Promise<MysqlResult> {
      held ??= await clients.take();
      watch?.sent?.();
      if (!mayWait || patience === 0) return once(held, text, values);
      try {
        return await once(held, NO_WAIT + text, values);
      } catch (error) {
        if ((error as { errno?: number }).errno !== LOCK_WAIT) throw error;
      }
      watch?.blocked();
      return once(held as Client, text, values);
    }

    const tell = async (text: string) => {
      held ??= await clients.take();
      watch?.sent?.();
      await once(held, text);
    };

    const rest = () => {
      if (!held || asking.has(held) || transaction || patience !== FOR_EVER_S) return;
      clients.give(held);
      held = undefined;
    };

    async function onRows(operation: Operation): Promise<Json> {
      const name = "key" in operation ? tableOf(operation.key) : "table" in operation ? operation.table : undefined;
      if (name === undefined) throw unable(operation);
      const table = await tableNamed(name);
      if (operation.kind === "write" && operation.token === undefined && table.keys.length > 1) return replace(operation, table);
      const statement = statementOf(operation, table);
      if (!statement) throw unable(operation);
      const isRead = operation.kind === "read" || operation.kind === "read-versioned";
      const isImpatient = "ifLocked" in operation && (operation.ifLocked === "nowait" || operation.ifLocked === "skip");
      const mayWait = !isImpatient && (!isRead || transaction?.isolation === "serializable");
      try {
        return statement.reply(await ask(statement.text, statement.values, mayWait));
      } catch (error) {
        if (!transaction && operation.kind === "insert" && (error as { errno?: number }).errno === DUPLICATE) return false;
        throw error;
      }
    }

    /** UPDATE, where there is no such row INSERT, and where somebody was faster UPDATE after all. */
    async function replace({ key, row }: Extract<Operation, { kind: "write" }>, table: Relation): Promise<null> {
      const update = replacement(table, key, row);
      const insert = statementOf({ kind: "insert", key, row }, table);
      if (!insert || (await ask(update.text, update.values)).affectedRows > 0) return null;
      try {
        await ask(insert.text, insert.values);
      } catch (error) {
        if ((error as { errno?: number }).errno !== DUPLICATE) throw error;
        if ((await ask(update.text, update.values)).affectedRows === 0) throw error;
      }
      return null;
    }

    async function acquire(lock: string, wait: boolean): Promise<boolean> {
      // A mutex is not reentrant, and GET_LOCK is: who asks again for what it holds waits for itself.
      if (locks.has(lock)) {
        if (wait) watch?.blocked();
        if (wait) await pause(2 ** 31 - 1, null, { signal: stop.signal }).catch(() => {});
        return false;
      }
      side ??= await sides.take();
      watch?.sent?.();
      const name = lockNumber(`${database} lock ${lock}`);
      const get = async (seconds: number) => {
        const { rows } = await once(side as Client, "select get_lock(?, ?) as got", [name, seconds]);
        return rows[0]?.["got"] === 1;
      };
      try {
        if (await get(0)) locks.add(lock);
        else if (wait) {
          watch?.blocked();
          if (!(await get(FOR_EVER_S))) throw new StoreError(closed ? "08006" : "57014");
          locks.add(lock);
        }
        return locks.has(lock);
      } finally {
        letSideGo();
      }
    }

    function letSideGo(): void {
      if (!side || locks.size > 0 || killed) return;
      sides.give(side);
      side = undefined;
    }

    async function release(lock: string): Promise<boolean> {
      if (!side || !locks.delete(lock)) return false;
      const { rows } = await once(side, "select release_lock(?) as done", [lockNumber(`${database} lock ${lock}`)]);
      letSideGo();
      return rows[0]?.["done"] === 1;
    }

    /** The contract of the Idempotency-Key draft, as the model has it; on the side, where no rollback undoes it. */
    async function call(service: string, request: Json): Promise<Json> {
      const key = (request as { readonly idempotencyKey?: Json } | null)?.idempotencyKey;
      const named = key === undefined ? null : JSON.stringify(key);
      const form = inOneForm(request);
      const values = [service, named, JSON.stringify(request), form] as (string | number)[];
      side ??= await sides.take();
      try {
        await once(side, "insert into `$calls` (service, idempotency, request, form) values (?, ?, ?, ?)", values);
        return { ok: true, status: "done" };
      } catch (error) {
        if ((error as { errno?: number }).errno !== DUPLICATE) throw error;
        const text = "select form from `$calls` where service = ? and idempotency = ?";
        const { rows } = await once(side as Client, text, [service, named as string]);
        return rows[0]?.["form"] === form ? { ok: true, status: "done", replayed: true } : { ok: false, status: "refused" };
      } finally {
        letSideGo();
      }
    }

    async function step(operation: Operation): Promise<Json> {
      if (closed) throw new StoreError("08006");
      if (transaction?.failed && !AFTER_FAILURE.includes(operation.kind)) throw new StoreError("25P02");
      switch (operation.kind) {
        case "sleep":
          return pause(operation.ms, null, { signal: stop.signal }).catch(() => {
            throw new StoreError("08006");
          });
        case "begin":
          if (transaction) throw new StoreError("25001");
          if (operation.isolation === "repeatable read" && !isSnapshot) throw unable(operation);
          if (operation.isolation !== "read committed") await tell(`set transaction isolation level ${operation.isolation}`);
          await tell("start transaction");
          transaction = { isolation: operation.isolation, failed: false, savepoints: [] };
          return null;
        case "commit":
        case "rollback": {
          if (!transaction && operation.kind === "commit") throw new StoreError("25P01");
          if (!transaction) return null;
          const { failed } = transaction;
          try {
            await tell(failed ? "rollback" : operation.kind);
          } finally {
            transaction = undefined;
          }
          return operation.kind === "rollback" ? null : failed ? "rollback" : "commit";
        }
        case "savepoint":
        case "release-savepoint":
        case "rollback-to":
          return savepoint(operation.kind, operation.name);
        case "lock-timeout":
          // Whole seconds are all that InnoDB knows; rounded up, so that nobody gives up too early.
          patience = operation.ms === 0 ? FOR_EVER_S : Math.ceil(operation.ms / 1000);
          await tell(`set session innodb_lock_wait_timeout = ${patience}`);
          return null;
        case "acquire":
          if (operation.lease || operation.lasting) throw unable(operation);
          return acquire(lockName(operation), operation.ifLocked !== "nowait");
        case "release":
          return release(lockName(operation));
        case "call":
          return call(operation.service, operation.request);
        default:
          return onRows(operation);
      }
    }

    /** Each server has locks of its own, beside those that all share. */
    const lockName = ({ lock, scope }: { readonly lock: string; readonly scope?: string }) =>
      scope === "server" ? `server ${on}: ${lock}` : lock;

    async function savepoint(kind: "savepoint" | "release-savepoint" | "rollback-to", name: string): Promise<null> {
      if (!transaction) throw new StoreError("25P01");
      const at = transaction.savepoints.lastIndexOf(name);
      if (kind !== "savepoint" && at < 0) throw new StoreError("3B001");
      const verb = { savepoint: "savepoint", "release-savepoint": "release savepoint", "rollback-to": "rollback to savepoint" }[
        kind
      ];
      await tell(`${verb} ${identifier(name)}`);
      if (kind === "savepoint") transaction.savepoints.push(name);
      else transaction.savepoints.length = kind === "rollback-to" ? at + 1 : at;
      if (kind === "rollback-to") transaction.failed = false;
      return null;
    }

    /** What PostgreSQL does on an error: the locks go, back to the last savepoint; the rest waits for its end. */
    async function fail(failure: StoreError): Promise<void> {
      if (!transaction || transaction.failed || failure.code === "08006") return;
      transaction.failed = true;
      const name = transaction.savepoints.at(-1);
      // A deadlock's victim has been rolled back as a whole.
      const isWhole = name === undefined || failure.code === "40P01" || failure.code === "40001";
      if (isWhole) transaction.savepoints.length = 0;
      await tell(isWhole ? "rollback" : `rollback to savepoint ${identifier(name)}`).catch(() => {});
    }

    const perform = <O extends Operation>(operation: O): Promise<Responses[O["kind"]]> => {
      const answered = last
        .then(() => step(operation))
        .catch(async (error) => {
          const failure = closed ? new StoreError("08006") : failureOf(error);
          await fail(failure);
          throw failure;
        })
        .finally(rest)
        .then(
          (value) => {
            watch?.effect({ value });
            return value as unknown as Responses[O["kind"]];
          },
          (failure: StoreError) => {
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
        stop.abort();
        let answered = false;
        const over = last.then(() => {
          answered = true;
        });
        // Again and again: a statement may only be on its way to the server, and then there is nothing to end yet.
        while (!answered) {
          for (const client of asking) {
            killed = true;
            await keeper.query(`kill query ${client.threadId}`).catch(() => {});
          }
          await Promise.race([over, pause(KILL_MS)]);
        }
        lines.delete(connection);
        await Promise.all([
          put(held, clients, ["rollback", `set session innodb_lock_wait_timeout = ${FOR_EVER_S}`]),
          put(side, sides, ["select release_all_locks()"]),
        ]);
      },
    };

    /** Gives a connection back in order; one that was sent a kill is not kept, for it may arrive late. */
    async function put(client: Client | undefined, to: typeof clients, texts: readonly string[]): Promise<void> {
      if (!client) return;
      try {
        if (killed) return await client.end();
        for (const text of texts) await client.query(text);
        to.give(client);
      } catch {
        client.destroy();
      }
    }
    lines.add(connection);
    return connection;
  }

  async function reset(rows: Rows, given: Tables = {}): Promise<void> {
    const byTable = new Map<string, [Key, Row][]>(Object.keys(given).map((name) => [name, []]));
    for (const [key, row] of Object.entries(rows)) {
      const name = tableOf(key);
      byTable.set(name, [...(byTable.get(name) ?? []), [key, row]]);
    }
    try {
      // What is there may be another thread's. To empty a table is a hundredth of the work of making it anew.
      const there = await declarations(keeper);
      const isSame = JSON.stringify(given) === JSON.stringify(declared);
      for (const name of Object.keys(there)) await keeper.query(`${isSame ? "delete from" : "drop table"} ${identifier(name)}`);
      if (!isSame) tables.clear();
      declared = given;
      for (const name of isSame ? ["$calls"] : ["$tables", "$calls"]) await keeper.query(`delete from \`${name}\``);
      for (const [name, entries] of byTable) {
        const table = await tableNamed(name);
        const chunk = Math.max(1, Math.floor(PARAMETERS / ((table.keys[0]?.length ?? 1) + 1)));
        for (let i = 0; i < entries.length; i += chunk) {
          const { text, values } = load(table, entries.slice(i, i + chunk));
          await keeper.execute(text, [...values]);
        }
      }
    } catch (error) {
      tables.clear();
      throw life.lost.aborted ? life.lost.reason : failureOf(error);
    }
  }

  async function state(): Promise<Rows> {
    const rows: Record<Key, Row> = {};
    try {
      const there = await declarations(keeper);
      for (const name of Object.keys(there)) {
        const table = relation(there, name);
        for (const columns of await rowsOf(keeper, everything(table))) {
          const { key, row } = found(table, columns);
          rows[key] = row;
        }
      }
      const counts = new Map<string, number>();
      for (const { service, request } of await rowsOf(keeper, "select service, request from `$calls` order by id")) {
        counts.set(service, (counts.get(service) ?? 0) + 1);
        rows[`service/${service}/${counts.get(service)}`] = { request: JSON.parse(request) };
      }
      return rows;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== "08006" && !life.lost.aborted) throw failure;
      life.broke();
      throw life.lost.reason;
    }
  }

  return {
    capabilities: new Set(abilities),
    notices,
    address: joining(server.url, database),
    lost: life.lost,
    connect: async (watch, on) => open(watch, on),
    async warmUp(lines) {
      const taken = await Promise.all(Array.from({ length: Math.min(lines, most) }, clients.take));
      for (const client of taken) clients.give(client);
    },
    reset,
    state,
    async close() {
      await Promise.all([...lines].map((line) => line.close()));
      await Promise.all([clients.close(), sides.close()]);
      if (server.database === undefined && !life.lost.aborted)
        await keeper.query(`drop database if exists ${database}`).catch(() => {});
      life.end();
      await farewellTo(keeper);
    },
  };
}

const farewellTo = (client: Client): Promise<void> => farewell(client.end()).then(() => cutClient(client));

/** What a failed transaction still takes. */
const AFTER_FAILURE: readonly Operation["kind"][] = ["rollback", "commit", "rollback-to", "sleep"];

const unable = ({ kind }: Operation): StoreError => refused("racelab's MariaDB store", kind);

async function rowsOf(client: Client, text: string): Promise<readonly RowDataPacket[]> {
  return (await client.query<RowDataPacket[]>(text))[0];
}

/** Makes the database, and drops those that were left behind: nobody holds their lock any more. */
async function makeDatabase(keeper: Client, database: string): Promise<readonly string[]> {
  await keeper.execute("select get_lock(?, 0)", [aliveLock(database)]);
  await keeper.query(`create database ${database} character set utf8mb4 collate utf8mb4_nopad_bin`);
  await keeper.query(`use ${database}`);
  for (const text of ownTables) await keeper.query(text);
  const dropped: string[] = [];
  for (const { name } of await rowsOf(keeper, "select schema_name as name from information_schema.schemata")) {
    if (!OWN.test(name) || name === database) continue;
    const [[row]] = await keeper.execute<RowDataPacket[]>("select get_lock(?, 0) as free", [aliveLock(name)]);
    if (row?.["free"] !== 1) continue;
    await keeper.query(`drop database if exists ${name}`);
    await keeper.execute("select release_lock(?)", [aliveLock(name)]);
    dropped.push(name);
  }
  return dropped.length > 0 ? [`rows of earlier runs that were killed were dropped (${dropped.join(", ")})`] : [];
}

/** How many connections of each kind this store may open: what the server has to spare, shared fairly. */
async function spare(keeper: Client, share: number): Promise<number> {
  const [most] = await rowsOf(keeper, "select @@max_connections as most");
  const [used] = await rowsOf(keeper, "show status like 'Threads_connected'");
  const free = Number(most?.["most"]) - Number(used?.["Value"]);
  return Math.max(1, Math.min(Math.ceil(MOST / share), Math.floor(free / share / 3)));
}

/** Tables that somebody has made in this database, as they were declared. */
async function declarations(keeper: Client): Promise<Tables> {
  const rows = await rowsOf(keeper, "select name, declaration from `$tables`");
  return Object.fromEntries(rows.map(({ name, declaration }) => [name, JSON.parse(declaration)]));
}

/** The same text for equal values, whatever the order of their fields. */
const inOneForm = (value: Json): string =>
  JSON.stringify(value, (_, inner: Json) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort())
      : inner,
  );
