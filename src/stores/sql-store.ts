/**
 * What the stores on SQL servers share. Rows live in tables in a schema (PostgreSQL) or database (MariaDB) of racelab's
 * own, which is made when the store is opened and dropped when it is closed; nothing else on the server is touched. An
 * advisory lock on its name says that its run is alive: a space whose lock can be taken is dropped by the next start.
 *
 * A line takes a connection when it needs one, so there may be more lines than connections.
 */
import { randomBytes } from "node:crypto";
import { type KnownNames, knownNames } from "../core/known-names.js";
import type { Key, Row, Rows } from "../core/operation.js";
import { type Relation, relation, tableOf } from "../core/relation.js";
import type { Server } from "../core/server.js";
import type { Capability, Connection, Store, Watch } from "../core/store.js";
import type { Table, Tables } from "../core/table.js";
import { type ConnectionPool, connectionPool, TooMany } from "./connection-pool.js";
import type { Keeper } from "./keeper.js";
import { serviceRows } from "./service-calls.js";
import type { SqlColumns, SqlDialect, SqlStatement } from "./sql.js";

/** Connections for statements, and as many for what is beside the transaction, if the server has that many to spare. */
const MOST = 24;

/** How many connections of each kind a store may open, of those that are free, when so many threads share them. */
export const connectionsFor = (free: number, share: number): number =>
  Math.max(1, Math.min(Math.ceil(MOST / share), Math.floor(free / share / 3)));

export const newSpace = (): string => `racelab_${randomBytes(6).toString("hex")}`;

/** What an SQL store knows when its space is open. */
export interface SqlOpened<C> {
  readonly keeper: Keeper<C>;
  readonly space: string;
  readonly notices: readonly string[];
  /** Connections of each kind, at most. */
  readonly most: number;
  /** Opens a connection for lines. */
  readonly connect: () => Promise<C>;
}

export abstract class SqlStore<C, S extends SqlStatement> implements Store {
  abstract readonly capabilities: ReadonlySet<Capability>;
  readonly notices: readonly string[];
  readonly address: string;
  readonly lost: AbortSignal;
  readonly clients: ConnectionPool<C>;
  /** For what is beside the transaction. */
  readonly sides: ConnectionPool<C>;
  readonly lines = new Set<Connection>();
  names: KnownNames | undefined;
  protected readonly keeper: Keeper<C>;
  protected readonly tables = new Map<string, Relation | Promise<Relation>>();
  /** Tables as the scenario declares them. */
  protected declared: Tables = {};
  readonly #most: number;

  constructor(
    protected readonly dialect: SqlDialect<S>,
    { keeper, space, notices, most, connect }: SqlOpened<C>,
  ) {
    this.keeper = keeper;
    this.notices = notices;
    this.address = keeper.server.urlOf(space);
    this.lost = keeper.lost;
    this.clients = connectionPool({ ...keeper.server, connect }, most);
    this.sides = connectionPool({ ...keeper.server, connect }, most);
    keeper.dependents.push(this.clients, this.sides);
    this.#most = most;
  }

  /** Runs a statement on the store's own connection. */
  protected abstract tell(text: string, values?: readonly unknown[]): Promise<readonly SqlColumns[]>;
  /** Makes a table and writes down how it was declared. */
  protected abstract make(table: Relation, declaration: Table): Promise<unknown>;
  /** Drops the store's space. */
  protected abstract drop(): Promise<unknown>;
  abstract connect(watch?: Watch, server?: Server): Promise<Connection>;
  abstract reset(rows: Rows, tables?: Tables): Promise<void>;

  know(rows: Rows, tables?: Tables): void {
    this.names = knownNames(rows, tables);
  }

  /** A store that joins the space of another has to know how the tables there were declared. */
  async join(): Promise<void> {
    if (this.keeper.isGuest) this.declared = await this.declarations();
  }

  /** The table, made if it is not there yet: a rule may write to tables that no scenario declares. */
  tableNamed(name: string): Relation | Promise<Relation> {
    const there = this.tables.get(name);
    if (there) return there;
    const table = relation(this.declared, name);
    const made = this.make(table, this.declared[name] ?? {}).then(() => {
      if (this.tables.get(name) === made) this.tables.set(name, table);
      return table;
    });
    this.tables.set(name, made);
    return made;
  }

  /** All tables that are there, as they were declared; another thread may have made them. */
  protected async declarations(): Promise<Tables> {
    const rows = await this.tell(this.dialect.declarations);
    return Object.fromEntries(rows.map(({ name, declaration }) => [name, this.dialect.valueOf(declaration) as Table]));
  }

  async state(): Promise<Rows> {
    const { dialect } = this;
    const rows: Record<Key, Row> = {};
    try {
      const declared = await this.declarations();
      const tables = Object.keys(declared).map((name) => relation(declared, name));
      const [calls, messages, ...contents] = await Promise.all([
        this.tell(dialect.calls),
        dialect.messages === null ? [] : this.tell(dialect.messages),
        ...tables.map((table) => this.tell(dialect.everything(table))),
      ]);
      for (const [i, content] of contents.entries())
        for (const columns of content) {
          const { key, row } = dialect.found(tables[i]!, columns);
          rows[key] = row;
        }
      const done = calls.map(({ service, request }) => ({ service: service as string, request: dialect.valueOf(request) }));
      for (const [key, row] of serviceRows(done)) rows[key] = row;
      for (const { topic, id, message } of messages) rows[`queue/${topic}/${id}`] = { message: dialect.valueOf(message) };
      return rows;
    } catch (error) {
      throw this.keeper.failed(dialect.failureOf(error));
    }
  }

  async warmUp(lines: number): Promise<void> {
    const { clients } = this;
    const taken = await Promise.all(Array.from({ length: Math.min(lines, this.#most) }, clients.take));
    for (const client of taken) clients.give(client);
  }

  async reserve(lines: number, what: "transactions" | "beside"): Promise<void> {
    try {
      await (what === "beside" ? this.sides : this.clients).reserve(lines);
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      const [each, beside] = lines === 1 ? ["one connection", ""] : [`${lines} connections`, ", one for each task"];
      throw new TooMany(`${error.message}. This takes ${each}${beside}${what === "beside" ? ", beside their transactions" : ""}`);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.lines].map((line) => line.close()));
    await Promise.all([this.clients.close(), this.sides.close()]);
    if (!this.keeper.isGuest && !this.lost.aborted) await this.drop().catch(() => {});
    await this.keeper.close();
  }
}

/** The rows by their tables; every declared table is there, perhaps without rows. */
export function rowsByTable(rows: Rows, tables: Tables): ReadonlyMap<string, readonly (readonly [Key, Row])[]> {
  const byTable = new Map<string, [Key, Row][]>(Object.keys(tables).map((name) => [name, []]));
  for (const [key, row] of Object.entries(rows)) {
    const name = tableOf(key);
    const there = byTable.get(name);
    if (there) there.push([key, row]);
    else byTable.set(name, [[key, row]]);
  }
  return byTable;
}
