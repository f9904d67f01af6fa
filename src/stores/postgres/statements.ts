/**
 * Every operation as one statement of PostgreSQL, so that it is atomic and one round trip.
 *
 * A table holds the columns of its keys as jsonb, the rest of the row as the rule wrote it, and a version:
 *
 *     create table "stock" ("id" jsonb not null, "$row" json not null, "$version" bigint …, primary key ("id"))
 *
 * `json`, not `jsonb`, for the row: it keeps the order of names inside a value, and strategies compare payloads
 * as text. Columns of further unique keys are generated from the row, so the server itself guards them.
 */
import { createHash } from "node:crypto";
import { type FailureCode, failures, StoreError } from "../../core/failure.js";
import { getOrInsert } from "../../core/get-or-insert.js";
import type { Assignments, Condition, Expression, Json, Key, Operation, Row, RowLock, Select } from "../../core/operation.js";
import { full, keyColumns, keyOf, keyValues, type Relation, stored } from "../../core/relation.js";
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

export interface PostgresStatement extends SqlStatement {
  /** What the result means. */
  reply(result: PostgresResult): Json;
  /** To be asked where this one has changed nothing. */
  otherwise?(): PostgresStatement;
}

/** The version of the row that was written or seen, where the statement tells: it orders the effects on one row. */
export const versionOf = ({ rows: [row] }: PostgresResult): number | undefined =>
  row?.["$version"] === undefined ? undefined : Number(row["$version"]);

/** The part of `pg`'s result that is read. */
export interface PostgresResult {
  readonly rowCount: number | null;
  readonly rows: readonly SqlColumns[];
}

const syntax: ExpressionSyntax = {
  null: "null::jsonb",
  json: (value) => `to_jsonb(${value})`,
  number: (json) => `(${json()})::float8`,
  text: (json) => `(${json} #>> '{}')`,
  remainder: (a, b) => `mod(${a()}::numeric, ${b()}::numeric)::float8`,
  quotient: (a, b) => `"$quotient"(${a()}, ${b()})`,
  plain: (text) => `${text} collate "C"`,
};

/** Bytes of an identifier. The server would cut off the rest, and two names could become one. */
const LONGEST_NAME = 63;

/** A quoted identifier. */
function identifier(name: string): string {
  const short =
    Buffer.byteLength(name) <= LONGEST_NAME ? name : `~${createHash("sha256").update(name).digest("hex").slice(0, 60)}`;
  return `"${short.replaceAll('"', '""')}"`;
}

/** A quoted text. */
export const literal = (value: string): string => `E'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

/** How a column is written: one of a key by its name, so that its index is used; any other is read out of the row. */
const columnIn = (table: Relation, prefix: string) => (name: string) =>
  columnsOf(table).includes(name) ? `${prefix}${identifier(name)}` : inRow(name, prefix);
const inRow = (name: string, prefix: string) => `nullif((${prefix}"$row"->${literal(name)})::jsonb, 'null')`;

/** In the first schema of the search path. A row that comes again gets no version that it had before: births are counted. */
function createTable(table: Relation): string {
  const scope: Scope = { bind: (value, type) => `${literal(value)}::${type}`, column: columnIn(table, ""), syntax };
  const generated = columnsOf(table).filter((column) => !primary(table).includes(column));
  const list = (columns: readonly string[]) => columns.map(identifier).join(", ");
  const parts = [
    ...primary(table).map((column) => `${identifier(column)} jsonb not null`),
    '"$row" json not null',
    `"$version" bigint not null default nextval('"$births"') << 24`,
    ...generated.map((column) => `${identifier(column)} jsonb generated always as (${inRow(column, "")}) stored`),
    `primary key (${list(primary(table))})`,
    ...(table.unique ?? []).map((columns) => `unique (${list(columns)})`),
    ...(table.checks ?? []).map((check) => `check (${condition(check, scope)})`),
  ];
  return `create table if not exists ${identifier(table.name)} (${parts.join(", ")}) with (autovacuum_enabled = false)`;
}

/** Beside the scenario's tables. Leases, messages and calls stand for what Redis, a broker or another service would hold. */
const ownTables = [
  'create sequence "$births" cache 32',
  'create table "$tables" (name text primary key, declaration json not null)',
  'create table "$fences" (key text primary key, token bigint not null)',
  'create table "$leases" (lock text primary key, token bigint not null, held boolean not null, ends timestamptz not null)',
  'create table "$messages" (topic text, id bigint, message json not null, taken boolean not null, primary key (topic, id))',
  'create table "$topics" (topic text primary key, count bigint not null)',
  'create table "$calls" (id bigserial primary key, service text not null, key text, request json not null, unique (service, key))',
  `create function "$patch"(before json, changes jsonb) returns json language sql immutable as $$
    select coalesce(json_object_agg(name, value), '{}') from (
      select key as name, value from json_each(before) where not changes ? key
      union all select key, value::json from jsonb_each(changes)) parts
  $$`,
  `create function "$quotient"(a float8, b float8) returns float8 language sql immutable as $$
    select case when a = trunc(a) and b = trunc(b) then trunc(a / b) + 0 else a / b end
  $$`,
];

/** What a reset empties beside the scenario's tables. Most of them are empty already, and then this costs nothing. */
export const emptyOwnTables = ["$fences", "$leases", "$messages", "$topics", "$calls"].map((name) => `delete from "${name}"`);

/** A statement while it is being written: its parameters are numbered in that order. */
class Draft {
  readonly values: unknown[] = [];

  constructor(readonly table: Relation) {}

  get name(): string {
    return identifier(this.table.name);
  }

  value(value: unknown, type: string): string {
    return `$${this.values.push(value)}::${type}`;
  }

  /** Its columns are those of the stored row, in a statement that calls the table `t`. */
  readonly scope: Scope = {
    bind: (value, type) => this.value(value, type),
    column: (name) => columnIn(this.table, "t.")(name),
    syntax,
  };

  where(test: Condition | undefined): string {
    return test === undefined ? "true" : condition(test, this.scope);
  }

  /** `WHERE primary key = …` */
  pinned(key: Key): string {
    const columns = Object.entries(keyColumns(this.table, key));
    return columns.map(([name, value]) => `t.${identifier(name)} = ${this.value(JSON.stringify(value), "jsonb")}`).join(" and ");
  }

  row(row: Row): string {
    return this.value(JSON.stringify(row), "json");
  }

  set(assignments: Assignments): string {
    const [keys, others] = [[], []] as [string[], string[]];
    for (const [name, value] of Object.entries(assignments)) {
      const made = json(value as Expression, this.scope);
      if (primary(this.table).includes(name)) keys.push(`${identifier(name)} = ${made}`);
      else others.push(`${literal(name)}, coalesce(${made}, 'null')`);
    }
    const patched = others.length > 0 ? [`"$row" = "$patch"(t."$row", jsonb_build_object(${others.join(", ")}))`] : [];
    return [...keys, ...patched, next].join(", ");
  }

  /** `INSERT INTO … (…)`, and the list of values. */
  into(keyed: Row, rest: Row): { readonly head: string; readonly values: string } {
    const columns = primary(this.table);
    const key = columns.map((column) => {
      const value = keyed[column] ?? null;
      return value === null ? "null::jsonb" : this.value(JSON.stringify(value), "jsonb");
    });
    return {
      head: `insert into ${this.name} as t (${columns.map(identifier).join(", ")}, "$row")`,
      values: [...key, this.row(rest)].join(", "),
    };
  }

  /** By the primary key: numbers by size, then text. */
  get order(): string {
    const by = (column: string) =>
      `case jsonb_typeof(${column}) when 'number' then ${column}::numeric end, ${column} #>> '{}' collate "C"`;
    return `order by ${primary(this.table)
      .map((column) => by(`t.${identifier(column)}`))
      .join(", ")}`;
  }

  get columns(): string {
    return [...primary(this.table).map((column) => `t.${identifier(column)}`), 't."$row"'].join(", ");
  }

  done(text: string, reply: PostgresStatement["reply"]): PostgresStatement {
    return { text, values: this.values, reply };
  }
}

const next = '"$version" = t."$version" + 1';
const changed = ({ rowCount }: PostgresResult): number => rowCount ?? 0;
const nothing = (): null => null;
const first = ({ rows: [row] }: PostgresResult): Json => (row ? (row["$row"] as Json) : null);

function found(table: Relation, columns: SqlColumns): { readonly key: Key; readonly row: Row } {
  const keyed = Object.fromEntries(primary(table).map((column) => [column, columns[column] as Json]));
  return { key: keyOf(table, keyed) as Key, row: columns["$row"] as Row };
}

function statementOf(operation: Operation, table: Relation): PostgresStatement | undefined {
  if ("key" in operation) return fixedOf(operation, table) ?? byKey(new Draft(table), operation);
  const draft = new Draft(table);
  switch (operation.kind) {
    case "select":
      return select(draft, operation);
    case "insert-row": {
      const { row, onConflict } = operation;
      const { head, values } = draft.into(row, stored(table, row));
      const conflict =
        onConflict === undefined
          ? ""
          : onConflict === "nothing"
            ? " on conflict do nothing"
            : ` on conflict (${onConflict.key.map(identifier).join(", ")}) do update set ${draft.set(onConflict.set)}`;
      return draft.done(`${head} values (${values})${conflict}`, changed);
    }
    case "update-rows": {
      const set = draft.set(operation.set);
      return draft.done(`update ${draft.name} as t set ${set} where ${draft.where(operation.where)}`, changed);
    }
    case "delete-rows":
      return draft.done(`delete from ${draft.name} as t where ${draft.where(operation.where)}`, changed);
    default:
      return undefined;
  }
}

/** Texts by table, and there by the kind of the operation. */
const texts = new WeakMap<Relation, Map<string, string>>();

/**
 * The text of an operation that is asked often, and between taking a row's lock and letting it go. It depends on the
 * table alone, so it is written once. The key's columns are its first parameters, in `where`; `more` binds a further
 * parameter of the type that it is given.
 */
function textOf(
  table: Relation,
  what: string,
  write: (name: string, where: string, more: (type: string) => string) => string,
): string {
  const known = getOrInsert(texts, table, () => new Map<string, string>());
  return getOrInsert(known, what, () => {
    let bound = 0;
    const more = (type: string) => `$${++bound}::${type}`;
    const key = primary(table).map((column) => `t.${identifier(column)} = ${more("jsonb")}`);
    return write(identifier(table.name), key.join(" and "), more);
  });
}

const reading = (table: Relation): string =>
  textOf(table, "read", (name, where) => `select "$row", "$version" from ${name} as t where ${where}`);

const keyTexts = (table: Relation, key: Key): string[] => keyValues(table, key).map((value) => JSON.stringify(value));

const versioned = ({ rows: [row] }: PostgresResult): Json =>
  row ? { row: row["$row"] as Row, version: Number(row["$version"]) } : null;
const done = (result: PostgresResult): boolean => changed(result) > 0;

/** Undefined: an operation whose text depends on more than the table. */
function fixedOf(operation: Operation & { key: Key }, table: Relation): PostgresStatement | undefined {
  const { key } = operation;
  switch (operation.kind) {
    case "read":
      return { text: reading(table), values: keyTexts(table, key), reply: first };
    case "read-versioned":
      return { text: reading(table), values: keyTexts(table, key), reply: versioned };
    case "select-for-update": {
      const { ifLocked = "wait" } = operation;
      const text = textOf(
        table,
        `lock, ${ifLocked}`,
        (name, where) => `select "$row" from ${name} as t where ${where} for update${ifLockedText[ifLocked]}`,
      );
      return { text, values: keyTexts(table, key), reply: first };
    }
    case "delete": {
      const text = textOf(table, "delete", (name, where) => `delete from ${name} as t where ${where}`);
      return { text, values: keyTexts(table, key), reply: changed };
    }
    case "write": {
      if (operation.token !== undefined) return undefined;
      const text = textOf(
        table,
        "write",
        (name, where, more) => `update ${name} as t set "$row" = ${more("json")}, ${next} where ${where} returning "$version"`,
      );
      // Where there is no such row, the second statement does both, with one snapshot. The two together are as atomic as
      // one: the first has changed nothing then.
      const otherwise = () => upsert(new Draft(table), operation);
      return { text, values: [...keyTexts(table, key), JSON.stringify(operation.row)], reply: nothing, otherwise };
    }
    case "compare-and-set": {
      if (operation.token !== undefined) return undefined;
      const text = textOf(
        table,
        "compare and set",
        (name, where, more) =>
          `update ${name} as t set "$row" = ${more("json")}, ${next} where ${where} and t."$version" = ${more("bigint")}`,
      );
      return { text, values: [...keyTexts(table, key), JSON.stringify(operation.row), operation.version], reply: done };
    }
    default:
      return undefined;
  }
}

function byKey(draft: Draft, operation: Operation & { key: Key }): PostgresStatement | undefined {
  const { key } = operation;
  const { name, table } = draft;
  switch (operation.kind) {
    case "insert": {
      const { head, values } = draft.into(keyColumns(table, key), operation.row);
      return draft.done(`${head} values (${values})`, () => true);
    }
    case "write":
      return upsert(draft, operation);
    case "compare-and-set": {
      const { row, version, token } = operation;
      const is = `${draft.pinned(key)} and t."$version" = ${draft.value(version, "bigint")} and ${passed}`;
      const update = `update ${name} as t set "$row" = ${draft.row(row)}, ${next} where ${is} returning 1`;
      return fenced(draft, key, token as number, `changed as (${update})`, "changed");
    }
    case "update-where": {
      const set = draft.set(operation.set);
      return draft.done(`update ${name} as t set ${set} where ${draft.pinned(key)} and ${draft.where(operation.where)}`, changed);
    }
    case "raise-fence":
      return draft.done(raise(draft, key, operation.token), done);
    default:
      return undefined;
  }
}

function upsert(draft: Draft, { key, row, token }: Extract<Operation, { kind: "write" }>): PostgresStatement {
  const kept = draft.row(row);
  const also = token === undefined ? "" : ` and ${passed}`;
  const update = `changed as (update ${draft.name} as t set "$row" = ${kept}, ${next} where ${draft.pinned(key)}${also} returning 1)`;
  const { head, values } = draft.into(keyColumns(draft.table, key), row);
  const insert = `${head} select ${values} where not exists (select from changed)${also}
    on conflict (${primary(draft.table).map(identifier).join(", ")}) do update set "$row" = excluded."$row", ${next}`;
  if (token === undefined) return draft.done(`with ${update} ${insert}`, nothing);
  return fenced(draft, key, token, `${update}, made as (${insert} returning 1)`, null);
}

const passed = "exists (select from fence)";

/** Keeps the token, unless the fence has seen a newer one. */
const raise = (draft: Draft, key: Key, token: number): string =>
  `insert into "$fences" as f (key, token) values (${draft.value(key, "text")}, ${draft.value(token, "bigint")})
    on conflict (key) do update set token = excluded.token where f.token <= excluded.token`;

/** The fence and what it guards, in one statement. `tells` names the part that has a row when the answer is true; null: no answer. */
function fenced(draft: Draft, key: Key, token: number, body: string, tells: string | null): PostgresStatement {
  const text = `with fence as (${raise(draft, key, token)} returning 1), ${body}
    select ${passed} as passed${tells ? `, exists (select from ${tells}) as done` : ""}`;
  return draft.done(text, ({ rows: [row] }) => {
    if (row?.["passed"] !== true) throw new StoreError("55000");
    return tells ? row["done"] === true : null;
  });
}

const strength: { readonly [lock in RowLock]: string } = {
  "key share": "for key share",
  share: "for share",
  "no key update": "for no key update",
  update: "for update",
};

function select(draft: Draft, { where, aggregate, lock, ifLocked, limit }: Select): PostgresStatement {
  const { table } = draft;
  const from = `from ${draft.name} as t where ${draft.where(where)}`;
  if (aggregate && !lock) {
    const [what, column] = aggregate;
    if (what === "count")
      return draft.done(`select count(*)::int as count ${from}`, ({ rows }) => [{ count: Number(rows[0]?.["count"]) }]);
    const value = draft.scope.column(column);
    return draft.done(
      `select ${what}(case jsonb_typeof(${value}) when 'number' then (${value})::float8 end) as ${what} ${from}`,
      ({ rows }) => [{ [what]: rows[0]?.[what] as number | null }],
    );
  }
  const most = limit === undefined ? "" : ` limit ${draft.value(limit, "bigint")}`;
  const locking = lock ? ` ${strength[lock]}${ifLockedText[ifLocked ?? "wait"]}` : "";
  return draft.done(`select ${draft.columns} ${from} ${draft.order}${most}${locking}`, ({ rows }) =>
    rows.map((columns) => {
      const { key, row } = found(table, columns);
      return full(table, key, row);
    }),
  );
}

function everything(table: Relation): string {
  const draft = new Draft(table);
  return `select ${draft.columns} from ${draft.name} as t`;
}

function load(table: Relation, rows: readonly (readonly [Key, Row])[]): PostgresStatement {
  const columns = primary(table);
  const draft = new Draft(table);
  const entries = rows.map(([key, row]) => {
    const keyed = keyColumns(table, key);
    return [...columns.map((column) => keyed[column]), row];
  });
  const fields = columns.map((_, i) => `(entry->${i})::jsonb`);
  return draft.done(
    `insert into ${draft.name} (${columns.map(identifier).join(", ")}, "$row", "$version")
    select ${[...fields, `entry->${columns.length}`, "0"].join(", ")} from json_array_elements(${draft.value(JSON.stringify(entries), "json")}) entry`,
    nothing,
  );
}

const known = new Set(Object.keys(failures));

/** The SQLSTATE of an error; undefined: it does not come from the server. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code = "" } = error as { readonly code?: string };
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** A SQLSTATE for which racelab has no failure of its own keeps the server's words. */
const TIMED_OUT =
  "the statement was cancelled: it took longer than the statement_timeout that the server sets for this user or database (alter role … reset statement_timeout)";

function failureOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { message } = error as Error;
  const sqlState = sqlStateOf(error);
  // These end the connection. 25P03 and 25P04: the transaction was idle, or took, longer than the server allows.
  if (sqlState === undefined || /^(08|57P|25P03|25P04)/.test(sqlState)) return new StoreError("08006");
  // The server's own sentence names the setting, in its language: "canceling statement due to statement timeout".
  if (sqlState === "57014" && /statement_timeout|statement timeout/.test(message)) return new StoreError("57014", TIMED_OUT);
  if (known.has(sqlState)) return new StoreError(sqlState as FailureCode);
  // Data exceptions, and operators that do not take these types.
  if (/^22|^42883|^42804/.test(sqlState)) return new StoreError("42804", `the store cannot compute that: ${message}`);
  return new StoreError("0A000", `PostgreSQL refuses it (${sqlState}): ${message}`);
}

export const postgresDialect: SqlDialect<PostgresStatement> = {
  identifier,
  createTable,
  ownTables,
  declarations: 'select name, declaration from "$tables"',
  calls: 'select service, request from "$calls" order by id',
  messages: 'select topic, id, message from "$messages" order by id',
  valueOf: (column) => column as Json,
  statementOf,
  load,
  everything,
  found,
  failureOf,
};
