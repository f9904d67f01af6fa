/**
 * MariaDB (InnoDB).
 *
 * Repeatable read is offered where `innodb_snapshot_isolation` is there, and switched on for our sessions only: without
 * it InnoDB loses updates at that level. Serializable is locking reads, so it fails with 40P01 and not 40001. Leases,
 * fences, queues and advisory locks are not offered.
 */
import type { RowDataPacket } from "mysql2/promise";
import type { Rows } from "../../core/operation.js";
import type { Relation } from "../../core/relation.js";
import type { Server } from "../../core/server.js";
import type { Capability, Connection, Store, Watch } from "../../core/store.js";
import type { Table, Tables } from "../../core/table.js";
import { droppedNotices, Keeper } from "../keeper.js";
import type { SqlColumns } from "../sql.js";
import { connectionsFor, newSpace, rowsByTable, type SqlOpened, SqlStore } from "../sql-store.js";
import { MysqlLine, type MysqlTrunk } from "./line.js";
import { type MysqlClient, mysqlAt } from "./server.js";
import { lockHash } from "./side-connection.js";
import { type MysqlStatement, mysqlDialect } from "./statements.js";

/** Parameters of one statement, at most; the protocol has room for 65,535. */
const PARAMETERS = 10_000;
const OWN = /^racelab_[0-9a-f]{12}$/;

const { createTable, failureOf, identifier, load, ownTables } = mysqlDialect;

/** The lock that a process holds as long as its database is open. */
const aliveLock = (database: string): string => lockHash(`${database} is open`);

export async function mysqlStore(url: string): Promise<Store> {
  const server = await mysqlAt(url);
  const database = server.space ?? newSpace();
  const keeper = await Keeper.open({
    server,
    where: `MariaDB at ${server.name}`,
    left: `Its database ${database} goes at the next start`,
    isGuest: server.space !== undefined,
  });
  const { client } = keeper;
  return keeper.opening(async () => {
    const notices: string[] = [];
    if (keeper.isGuest) await client.query(`use ${database}`);
    else notices.push(...(await makeDatabase(client, database)));
    const hasSnapshots = (await rowsOf(client, "show variables like 'innodb_snapshot_isolation'")).length > 0;
    if (!hasSnapshots)
      notices.push("this MariaDB has no innodb_snapshot_isolation: repeatable read gives no snapshot to writes there");
    const most = connectionsFor(await freeConnections(client), server.share);
    const connect = () => server.connect(database, hasSnapshots ? ", innodb_snapshot_isolation = on" : "");
    const store = new MysqlStore({ keeper, space: database, notices, most, connect }, database, hasSnapshots);
    await store.join();
    return store;
  });
}

class MysqlStore extends SqlStore<MysqlClient, MysqlStatement> implements MysqlTrunk {
  readonly capabilities: ReadonlySet<Capability>;

  constructor(
    opened: SqlOpened<MysqlClient>,
    readonly database: string,
    readonly hasSnapshots: boolean,
  ) {
    super(mysqlDialect, opened);
    this.capabilities = new Set([
      ...(["versions", "locks", "transactions", "row-locks", "conditional-update", "serializable"] as const),
      ...(hasSnapshots ? (["snapshots"] as const) : []),
    ]);
  }

  async connect(watch?: Watch, server: Server = 1): Promise<Connection> {
    const line = new MysqlLine(this, watch, server);
    this.lines.add(line);
    return line;
  }

  protected async tell(text: string, values?: readonly (string | number)[]): Promise<readonly SqlColumns[]> {
    const { client } = this.keeper;
    const [rows] = await (values ? client.execute<RowDataPacket[]>(text, [...values]) : client.query<RowDataPacket[]>(text));
    return rows;
  }

  protected async make(table: Relation, declaration: Table): Promise<void> {
    await this.tell(createTable(table));
    await this.tell("insert ignore into `$tables` values (?, ?)", [table.name, JSON.stringify(declaration)]);
  }

  protected drop(): Promise<unknown> {
    return this.tell(`drop database if exists ${this.database}`);
  }

  readonly kill = async ({ threadId }: MysqlClient): Promise<void> => {
    await this.tell(`kill query ${threadId}`).catch(() => {});
  };

  async reset(rows: Rows, given: Tables = {}): Promise<void> {
    this.know(rows, given);
    try {
      // Another thread may have made some of them. To empty a table takes a hundredth of the time of making it anew.
      const there = await this.declarations();
      const isSame = JSON.stringify(given) === JSON.stringify(this.declared);
      for (const name of Object.keys(there)) await this.tell(`${isSame ? "delete from" : "drop table"} ${identifier(name)}`);
      if (!isSame) this.tables.clear();
      this.declared = given;
      for (const name of isSame ? ["$calls"] : ["$tables", "$calls"]) await this.tell(`delete from \`${name}\``);
      for (const [name, entries] of rowsByTable(rows, given)) {
        const table = await this.tableNamed(name);
        const chunk = Math.max(1, Math.floor(PARAMETERS / ((table.keys[0]?.length ?? 1) + 1)));
        for (let i = 0; i < entries.length; i += chunk) {
          const { text, values } = load(table, entries.slice(i, i + chunk));
          await this.tell(text, values);
        }
      }
    } catch (error) {
      this.tables.clear();
      if (this.lost.aborted) throw this.lost.reason;
      const failure = failureOf(error);
      throw failure.code === "53100" ? this.keeper.server.unavailable(error) : failure;
    }
  }
}

async function rowsOf(client: MysqlClient, text: string): Promise<readonly RowDataPacket[]> {
  return (await client.query<RowDataPacket[]>(text))[0];
}

/** Makes the database, and drops those of dead runs, whose lock is free. Answers with what a person should know. */
async function makeDatabase(client: MysqlClient, database: string): Promise<readonly string[]> {
  await client.execute("select get_lock(?, 0)", [aliveLock(database)]);
  await client.query(`create database ${database} character set utf8mb4 collate utf8mb4_nopad_bin`);
  await client.query(`use ${database}`);
  for (const text of ownTables) await client.query(text);
  const dropped: string[] = [];
  for (const { name } of await rowsOf(client, "select schema_name as name from information_schema.schemata")) {
    if (!OWN.test(name) || name === database) continue;
    const [[row]] = await client.execute<RowDataPacket[]>("select get_lock(?, 0) as free", [aliveLock(name)]);
    if (row?.["free"] !== 1) continue;
    await client.query(`drop database if exists ${name}`);
    await client.execute("select release_lock(?)", [aliveLock(name)]);
    dropped.push(name);
  }
  return droppedNotices(dropped);
}

async function freeConnections(client: MysqlClient): Promise<number> {
  const [most] = await rowsOf(client, "select @@max_connections as most");
  const [used] = await rowsOf(client, "show status like 'Threads_connected'");
  return Number(most?.["most"]) - Number(used?.["Value"]);
}
