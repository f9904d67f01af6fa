/**
 * Every operation as one statement of MariaDB. A table holds the columns of its primary key as JSON text, the row as
 * the rule wrote it, and a version; columns of further unique keys are generated from the row, so that the server
 * itself guards them. MariaDB knows its parameters by their place, so a statement is written from left to right.
 */
import { createHash } from "node:crypto";
import { type FailureCode, refused, StoreError } from "../../core/failure.js";
import type { Assignments, Condition, Expression, Json, Key, Operation, Row, RowLock, Select } from "../../core/operation.js";
import { full, keyColumns, keyOf, type Relation, stored } from "../../core/relation.js";
import {
  columnsOf,
  condition,
  type ExpressionSyntax,
  ifLockedText,
  json,
  primary,
  type Scope,
  type SqlColumns,
  type SqlDialect,
  type SqlStatement,
} from "../sql.js";

export interface MysqlStatement extends SqlStatement {
  readonly values: readonly (string | number)[];
  /** What the result means. */
  reply(result: MysqlResult): Json;
}

export interface MysqlResult {
  /** How many rows were changed. An insert that became an update counts as 2. */
  readonly affectedRows: number;
  readonly rows: readonly SqlColumns[];
}

/** A quoted identifier. A long or unusual name is replaced by a hash of it. Names of the store's own begin with `$`. */
const identifier = (name: string): string =>
  /^[A-Za-z_]\w{0,50}$/.test(name) ? `\`${name}\`` : `\`~${createHash("sha256").update(name).digest("hex").slice(0, 50)}\``;

/** Sessions run with NO_BACKSLASH_ESCAPES. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const path = (column: string): string => literal(`$.${JSON.stringify(column)}`);

const syntax: ExpressionSyntax = {
  null: "null",
  json: (value, kind) => (kind === "text" ? `json_quote(${value})` : `cast(${value} as char)`),
  // MariaDB casts 'pear' to 0 with a warning. Only a number out of range fails in every place where a value may stand.
  number: (json) =>
    `(case when json_type(${json()}) in ('INTEGER', 'DOUBLE') then cast(${json()} as double) when ${json()} is null then null else exp(1000 + length(${json()})) end)`,
  text: (json) => `json_unquote(${json})`,
  // A division by zero is null in MariaDB, with a warning.
  remainder: (a, b) => `(case when ${b()} = 0 then exp(1000 + abs(${a()})) else mod(${a()}, ${b()}) end)`,
  quotient: (a, b) =>
    `(case when ${b()} = 0 then exp(1000 + abs(${a()})) when ${a()} = truncate(${a()}, 0) and ${b()} = truncate(${b()}, 0) then truncate(${a()} / ${b()}, 0) + 0 else ${a()} / ${b()} end)`,
  plain: (text) => `binary ${text}`,
};

const inRow = (name: string) => `nullif(json_extract(\`$row\`, ${path(name)}), 'null')`;
const columnIn = (table: Relation) => (name: string) => (columnsOf(table).includes(name) ? identifier(name) : inRow(name));

/**
 * The index of a table in the order of its keys: numbers by size, then text. A SELECT … LIMIT that locks follows it, because
 * InnoDB locks every row that it looks at: to sort the rows first it would look at all of them, and of many workers with
 * SKIP LOCKED one would get a row.
 */
const SORTED = "`$sorted`";
const inOrder = (table: Relation): string =>
  primary(table)
    .map((column, i) => `\`$text${i}\`, \`$number${i}\`, ${identifier(column)}`)
    .join(", ");

/** A row that comes again gets no version that it had before: births are counted. */
function createTable(table: Relation): string {
  const scope: Scope = {
    bind: (value, type) => (type === "float8" ? `cast(${literal(value)} as double)` : literal(value)),
    // A CHECK that names a generated column is refused.
    column: (name) => (primary(table).includes(name) ? identifier(name) : inRow(name)),
    syntax,
  };
  const generated = columnsOf(table).filter((column) => !primary(table).includes(column));
  const list = (columns: readonly string[]) => columns.map(identifier).join(", ");
  const sorted = primary(table).flatMap((column, i) => {
    const isText = `json_type(${identifier(column)}) = 'STRING'`;
    return [
      `\`$text${i}\` boolean as (${isText}) persistent`,
      `\`$number${i}\` double as (case when ${isText} then 0 else cast(${identifier(column)} as double) end) persistent`,
    ];
  });
  const parts = [
    ...primary(table).map((column) => `${identifier(column)} varchar(255) not null`),
    "`$row` longtext not null",
    "`$version` bigint not null",
    ...generated.map((column) => `${identifier(column)} varchar(255) as (${inRow(column)}) persistent`),
    ...sorted,
    `primary key (${list(primary(table))})`,
    `key ${SORTED} (${inOrder(table)})`,
    ...(table.unique ?? []).map((columns) => `unique (${list(columns)})`),
    ...(table.checks ?? []).map((check) => `check (${condition(check, scope)})`),
  ];
  return `create table if not exists ${identifier(table.name)} (${parts.join(", ")}) engine=InnoDB`;
}

/** Beside the scenario's tables. A call of another service is a row that no rollback undoes. */
const ownTables = [
  "create sequence `$births` cache 1000",
  "create table `$tables` (name varchar(255) primary key, declaration longtext not null)",
  "create table `$calls` (id bigint primary key auto_increment, service varchar(255) not null, idempotency varchar(255), request longtext not null, form longtext not null, unique (service, idempotency))",
];
const BIRTH = "nextval(`$births`) * 16777216";

class Draft {
  readonly values: (string | number)[] = [];

  constructor(readonly table: Relation) {}

  get name(): string {
    return identifier(this.table.name);
  }

  value(value: string | number): string {
    this.values.push(value);
    return "?";
  }

  readonly scope: Scope = {
    bind: (value, type) => (type === "float8" ? `cast(${this.value(Number(value))} as double)` : this.value(value)),
    column: (name) => columnIn(this.table)(name),
    syntax,
  };

  where(test: Condition | undefined): string {
    return test === undefined ? "true" : condition(test, this.scope);
  }

  pinned(key: Key): string {
    const columns = Object.entries(keyColumns(this.table, key));
    return columns.map(([name, value]) => `${identifier(name)} = ${this.value(JSON.stringify(value))}`).join(" and ");
  }

  /** All columns are assigned at once, each from the row as it was: see the sessions' sql_mode in server.ts. */
  set(assignments: Assignments): string {
    const keys: string[] = [];
    const others: string[] = [];
    const entries = Object.entries(assignments);
    const isKey = ([name]: readonly [string, unknown]) => primary(this.table).includes(name);
    for (const [name, value] of entries.filter(isKey))
      keys.push(`${identifier(name)} = ${json(value as Expression, this.scope)}`);
    for (const [name, value] of entries.filter((entry) => !isKey(entry)))
      others.push(`${path(name)}, json_extract(coalesce(${json(value as Expression, this.scope)}, 'null'), '$')`);
    const patched = others.length > 0 ? [`\`$row\` = json_set(\`$row\`, ${others.join(", ")})`] : [];
    return [...keys, ...patched, next].join(", ");
  }

  /** `INSERT INTO … VALUES (…)`. The server refuses a null in the key. */
  insert(keyed: Row, rest: Row): string {
    const columns = primary(this.table);
    const key = columns.map((column) => ((keyed[column] ?? null) === null ? "null" : this.value(JSON.stringify(keyed[column]))));
    return `insert into ${this.name} (${columns.map(identifier).join(", ")}, \`$row\`, \`$version\`) values (${[...key, this.value(JSON.stringify(rest)), BIRTH].join(", ")})`;
  }

  get columns(): string {
    return [...primary(this.table).map(identifier), "`$row`"].join(", ");
  }

  /** Numbers by size, then text. */
  get order(): string {
    const by = (column: string) => `json_type(${column}) = 'STRING', cast(${column} as double), binary ${column}`;
    return `order by ${primary(this.table)
      .map((column) => by(identifier(column)))
      .join(", ")}`;
  }

  done(text: string, reply: MysqlStatement["reply"]): MysqlStatement {
    return { text, values: this.values, reply };
  }
}

const next = "`$version` = `$version` + 1";
const changed = ({ affectedRows }: MysqlResult): number => affectedRows;
const rowOf = (columns: SqlColumns): Row => JSON.parse(columns["$row"] as string) as Row;
const first = ({ rows: [row] }: MysqlResult): Json => (row ? rowOf(row) : null);

function found(table: Relation, columns: SqlColumns): { readonly key: Key; readonly row: Row } {
  const parts = primary(table).map((column) => [column, columns[identifier(column).slice(1, -1)]] as const);
  const keyed = Object.fromEntries(parts.map(([column, text]) => [column, JSON.parse(text as string) as Json]));
  return { key: keyOf(table, keyed) as Key, row: rowOf(columns) };
}

function statementOf(operation: Operation, table: Relation): MysqlStatement | undefined {
  const draft = new Draft(table);
  if ("key" in operation) return byKey(draft, operation);
  switch (operation.kind) {
    case "select":
      return select(draft, operation);
    case "insert-row": {
      const { row, onConflict } = operation;
      const insert = draft.insert(row, stored(table, row));
      if (onConflict === undefined) return draft.done(insert, changed);
      const same = primary(table).map(identifier)[0] as string;
      if (onConflict === "nothing") return draft.done(`${insert} on duplicate key update ${same} = ${same}`, changed);
      // ON DUPLICATE KEY means any key of the table, so it is the same only where the table has one key.
      if (table.keys.length > 1) return undefined;
      return draft.done(`${insert} on duplicate key update ${draft.set(onConflict.set)}`, (result) =>
        Math.min(1, changed(result)),
      );
    }
    case "update-rows":
      return draft.done(`update ${draft.name} set ${draft.set(operation.set)} where ${draft.where(operation.where)}`, changed);
    case "delete-rows":
      return draft.done(`delete from ${draft.name} where ${draft.where(operation.where)}`, changed);
    default:
      return undefined;
  }
}

function byKey(draft: Draft, operation: Operation & { key: Key }): MysqlStatement | undefined {
  const { key } = operation;
  const { name, table } = draft;
  // This store keeps no fencing tokens: a caller that sends one must not believe that it was checked.
  if ("token" in operation && operation.token !== undefined) return undefined;
  switch (operation.kind) {
    case "read":
      return draft.done(`select \`$row\` from ${name} where ${draft.pinned(key)}`, first);
    case "read-versioned":
      return draft.done(`select \`$row\`, \`$version\` from ${name} where ${draft.pinned(key)}`, ({ rows: [row] }) =>
        row ? { row: rowOf(row), version: Number(row["$version"]) } : null,
      );
    case "select-for-update": {
      const waiting = ifLockedText[operation.ifLocked ?? "wait"];
      return draft.done(`select \`$row\` from ${name} where ${draft.pinned(key)} for update${waiting}`, first);
    }
    case "delete":
      return draft.done(`delete from ${name} where ${draft.pinned(key)}`, changed);
    case "insert":
      return draft.done(draft.insert(keyColumns(table, key), operation.row), () => true);
    case "write": {
      // ON DUPLICATE KEY means any key of the table: with further keys it could change another row.
      if (table.keys.length > 1) return undefined;
      const insert = draft.insert(keyColumns(table, key), operation.row);
      return draft.done(`${insert} on duplicate key update \`$row\` = values(\`$row\`), ${next}`, () => null);
    }
    case "compare-and-set": {
      const row = draft.value(JSON.stringify(operation.row));
      const where = `${draft.pinned(key)} and \`$version\` = ${draft.value(operation.version)}`;
      return draft.done(`update ${name} set \`$row\` = ${row}, ${next} where ${where}`, (result) => changed(result) > 0);
    }
    case "update-where": {
      const set = draft.set(operation.set);
      return draft.done(`update ${name} set ${set} where ${draft.pinned(key)} and ${draft.where(operation.where)}`, changed);
    }
    default:
      return undefined;
  }
}

/** The update half of a write, for tables with further unique keys. */
export function replacement(table: Relation, key: Key, row: Row): MysqlStatement {
  const draft = new Draft(table);
  const value = draft.value(JSON.stringify(row));
  return draft.done(`update ${draft.name} set \`$row\` = ${value}, ${next} where ${draft.pinned(key)}`, changed);
}

const strength: { readonly [lock in Exclude<RowLock, "key share">]: string } = {
  share: "lock in share mode",
  "no key update": "for update",
  update: "for update",
};

function select(draft: Draft, { where, aggregate, lock, ifLocked, limit }: Select): MysqlStatement {
  const { table } = draft;
  if (aggregate && !lock) {
    const [what, column] = aggregate;
    const value =
      what === "count"
        ? "count(*)"
        : `${what}(case when json_type(${draft.scope.column(column)}) in ('INTEGER', 'DOUBLE') then cast(${draft.scope.column(column)} as double) end)`;
    const text = `select ${value} as value from ${draft.name} where ${draft.where(where)}`;
    return draft.done(text, ({ rows: [row] }) => {
      const value = row?.["value"] ?? null;
      return [{ [what]: value === null ? null : Number(value) }];
    });
  }
  const most = limit === undefined ? "" : ` limit ${Math.trunc(limit)}`;
  if (lock === "key share") throw refused("MariaDB", "for key share", "share, or memory: or postgres://…");
  const isIndexed = lock !== undefined && limit !== undefined;
  const from = isIndexed ? `${draft.name} force index (${SORTED})` : draft.name;
  const order = isIndexed ? `order by ${inOrder(table)}` : draft.order;
  const locking = lock ? ` ${strength[lock]}${ifLockedText[ifLocked ?? "wait"]}` : "";
  const text = `select ${draft.columns} from ${from} where ${draft.where(where)} ${order}${most}${locking}`;
  return draft.done(text, ({ rows }) =>
    rows.map((columns) => {
      const { key, row } = found(table, columns);
      return full(table, key, row);
    }),
  );
}

function everything(table: Relation): string {
  const draft = new Draft(table);
  return `select ${draft.columns} from ${draft.name}`;
}

function load(table: Relation, rows: readonly (readonly [Key, Row])[]): MysqlStatement {
  const draft = new Draft(table);
  const columns = primary(table);
  const entries = rows.map(([key, row]) => {
    const keyed = keyColumns(table, key);
    return `(${[...columns.map((column) => draft.value(JSON.stringify(keyed[column]))), draft.value(JSON.stringify(row)), "0"].join(", ")})`;
  });
  const text = `insert into ${draft.name} (${columns.map(identifier).join(", ")}, \`$row\`, \`$version\`) values ${entries.join(", ")}`;
  return draft.done(text, () => null);
}

/** The error number of a second row with a unique key's value. */
export const DUPLICATE = 1062;

/** MariaDB's error numbers, and the SQLSTATE that PostgreSQL has for the same failure. */
const codes: { readonly [errno: number]: FailureCode } = {
  1020: "40001",
  1048: "23502",
  [DUPLICATE]: "23505",
  1205: "55P03",
  1213: "40P01",
  1305: "3B001",
  1317: "57014",
  1364: "23502",
  1690: "42804",
  3140: "42804",
  4025: "23514",
};

/** Error numbers that mean that the connection has ended. */
const endings: readonly number[] = [1927, 1053, 1077, 1152, 1184];

/** The error number of the server; undefined: the error does not come from the server. */
export const errorNumberOf = (error: unknown): number | undefined => (error as { readonly errno?: number }).errno;

/** A full disk: ER_DISK_FULL, ER_RECORD_FILE_FULL, and whatever failed by ENOSPC, which has no number of its own. */
export const isFull = ({ errno, message }: { readonly errno?: number; readonly message: string }): boolean =>
  errno === 1021 || errno === 1114 || /\b(errno|errcode): 28\b/i.test(message);

function failureOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { errno, sqlState, message } = error as { errno?: number; sqlState?: string; message: string };
  if (isFull(error as Error)) return new StoreError("53100");
  if (errno === undefined || sqlState === undefined || errno < 1000) return new StoreError("08006");
  if (endings.includes(errno)) return new StoreError("08006");
  const code = codes[errno];
  if (code) return code === "42804" ? new StoreError(code, `the store cannot compute that: ${message}`) : new StoreError(code);
  if (sqlState.startsWith("22")) return new StoreError("42804", `the store cannot compute that: ${message}`);
  return new StoreError("0A000", `MariaDB refuses it (${errno}): ${message}`);
}

export const mysqlDialect: SqlDialect<MysqlStatement> = {
  identifier,
  createTable,
  ownTables,
  declarations: "select name, declaration from `$tables`",
  calls: "select service, request from `$calls` order by id",
  messages: null,
  valueOf: (column) => JSON.parse(column as string) as Json,
  statementOf,
  load,
  everything,
  found,
  failureOf,
};
