/**
 * An operation as the SQL that a service would send which has a column for each value of a row. The stores keep a row as one
 * JSON value and send that (`statements.ts` of each); a learner reads columns. Conditions and computed values are written by
 * the same code (`sql.ts`), and only their values stand in the text, so this is for reading and never sent.
 */
import type { Text } from "../core/language.js";
import type {
  Assignments,
  Condition,
  Expression,
  Isolation,
  Json,
  Key,
  Operation,
  Row,
  RowLock,
  Select,
} from "../core/operation.js";
import { keyColumns, type Relation, relation, tableOf } from "../core/relation.js";
import type { Tables } from "../core/table.js";
import { condition, type ExpressionSyntax, ifLockedText, json, primary, type Scope } from "./sql.js";

export const sqlDialects = ["postgres", "mysql"] as const;
export type PlainDialect = (typeof sqlDialects)[number];

/** One step of a task: statements, or a sentence where it is no statement. */
export type PlainStep = { readonly sql: readonly string[] } | { readonly says: Text };

interface PlainSetting {
  readonly dialect: PlainDialect;
  readonly tables: Tables;
  /** Is there a row of this key? A write is an UPDATE then, and otherwise an INSERT. */
  readonly isThere: (key: Key) => boolean;
  /** How a shared lock that is released was taken. */
  readonly taken: (lock: string) => "lock" | "lease" | "file";
}

/** Words that are names of columns in lessons, and words of SQL. */
const reserved = new Set([
  "after",
  "before",
  "by",
  "change",
  "check",
  "end",
  "from",
  "group",
  "key",
  "left",
  "limit",
  "lines",
  "order",
  "read",
  "release",
  "right",
  "row",
  "rows",
  "table",
  "to",
  "use",
  "user",
]);

/** MySQL reads a backslash as an escape, unless it is told otherwise. */
const literalText = (text: string, dialect: PlainDialect): string =>
  `'${(dialect === "mysql" ? text.replaceAll("\\", "\\\\") : text).replaceAll("'", "''")}'`;

const plain: ExpressionSyntax = {
  null: "null",
  json: (value) => value,
  number: (json) => json(),
  text: (json) => json,
  remainder: (a, b) => `(${a()} % ${b()})`,
  quotient: (a, b) => `(${a()} / ${b()})`,
  plain: (text) => text,
};

/** "a and b" of "(a and b)": the outermost parentheses, where they belong together. */
function bare(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (const [at, sign] of [...text].entries()) {
    if (sign === "(") depth++;
    else if (sign === ")") depth--;
    if (depth === 0 && at < text.length - 1) return text;
  }
  return text.slice(1, -1);
}

class Writer {
  readonly scope: Scope = {
    bind: (value, type) =>
      type === "float8" ? value : type === "text" ? literalText(value, this.dialect) : this.literal(JSON.parse(value) as Json),
    column: (name) => this.identifier(name),
    syntax: plain,
  };

  constructor(
    readonly dialect: PlainDialect,
    readonly table: Relation,
  ) {}

  identifier(name: string): string {
    // Without quotes PostgreSQL makes small letters of it.
    if (/^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name)) return name;
    return this.dialect === "mysql" ? `\`${name}\`` : `"${name}"`;
  }

  readonly literal = (value: Json): string => {
    if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
    return literalText(typeof value === "string" ? value : JSON.stringify(value), this.dialect);
  };

  get name(): string {
    return this.identifier(this.table.name);
  }

  where(test: Condition | undefined): string {
    return test === undefined || test === true ? "" : ` where ${bare(condition(test, this.scope))}`;
  }

  pinned(key: Key): string {
    return Object.entries(keyColumns(this.table, key))
      .map(([column, value]) => `${this.identifier(column)} = ${this.literal(value)}`)
      .join(" and ");
  }

  /** `isConflict`: after ON CONFLICT a bare column could also mean the row that was to be inserted. */
  assigned(set: Assignments, isConflict = false): string {
    const scope = isConflict ? { ...this.scope, column: (name: string) => `${this.name}.${this.identifier(name)}` } : this.scope;
    return Object.entries(set)
      .map(([column, value]) => `${this.identifier(column)} = ${bare(json(value as Expression, scope))}`)
      .join(", ");
  }

  /** `left = 99` for each column of the row. */
  values(row: Row): string {
    return Object.entries(row)
      .filter(([column]) => !primary(this.table).includes(column))
      .map(([column, value]) => `${this.identifier(column)} = ${this.literal(value)}`)
      .join(", ");
  }

  insert(row: Row): string {
    const columns = Object.keys(row).map((column) => this.identifier(column));
    return `insert into ${this.name} (${columns.join(", ")}) values (${Object.values(row).map(this.literal).join(", ")})`;
  }

  select({ where, aggregate, lock, ifLocked, limit }: Select): string {
    const what = aggregate ? `${aggregate[0]}(${aggregate[1] === "*" ? "*" : this.identifier(aggregate[1])})` : "*";
    const most =
      limit === undefined ? "" : ` order by ${primary(this.table).map((column) => this.identifier(column))} limit ${limit}`;
    return `select ${what} from ${this.name}${this.where(where)}${most}${lock ? ` ${this.locking(lock)}${ifLockedText[ifLocked ?? "wait"]}` : ""}`;
  }

  locking(lock: RowLock): string {
    if (this.dialect === "postgres") return `for ${lock}`;
    return lock === "share" || lock === "key share" ? "for share" : "for update";
  }
}

/** The step as SQL of this database. */
export function plainStep(operation: Operation, { dialect, tables, isThere, taken }: PlainSetting): PlainStep {
  if ("key" in operation && operation.kind !== "raise-fence") {
    const writer = new Writer(dialect, relation(tables, tableOf(operation.key)));
    return { sql: [byKey(writer, operation, isThere(operation.key))] };
  }
  if ("table" in operation) return { sql: [onTable(new Writer(dialect, relation(tables, operation.table)), operation)] };
  const isNoLock = operation.kind === "release" && operation.scope !== "server" && taken(operation.lock) !== "lock";
  const sql = isNoLock ? null : ofSession(operation, dialect);
  return sql ? { sql } : { says: beside(operation, taken) };
}

type ByKey = Exclude<Extract<Operation, { readonly key: Key }>, { readonly kind: "raise-fence" }>;

function byKey(writer: Writer, operation: ByKey, isThere: boolean): string {
  const { name, table } = writer;
  const { key } = operation;
  const pinned = writer.pinned(key);
  switch (operation.kind) {
    case "read":
    case "read-versioned":
      return `select * from ${name} where ${pinned}`;
    case "select-for-update":
      return `select * from ${name} where ${pinned} for update${ifLockedText[operation.ifLocked ?? "wait"]}`;
    case "delete":
      return `delete from ${name} where ${pinned}`;
    case "insert":
      return writer.insert({ ...keyColumns(table, key), ...operation.row });
    case "write": {
      if (!isThere) return writer.insert({ ...keyColumns(table, key), ...operation.row });
      const fence = operation.token === undefined ? "" : `, token = ${operation.token}`;
      const guard = operation.token === undefined ? "" : ` and token <= ${operation.token}`;
      return `update ${name} set ${writer.values(operation.row)}${fence} where ${pinned}${guard}`;
    }
    case "compare-and-set": {
      const { row, version, token } = operation;
      const fence = token === undefined ? "" : ` and token <= ${token}`;
      // A row may have a column of that name, which the lesson counts.
      const counted = "version" in row ? "row_version" : "version";
      return `update ${name} set ${writer.values(row)}, ${counted} = ${counted} + 1 where ${pinned} and ${counted} = ${version}${fence}`;
    }
    case "update-where": {
      const test = writer.where(operation.where).replace(/^ where /, " and ");
      return `update ${name} set ${writer.assigned(operation.set)} where ${pinned}${test}`;
    }
  }
}

function onTable(writer: Writer, operation: Extract<Operation, { readonly table: string }>): string {
  const { name } = writer;
  switch (operation.kind) {
    case "select":
      return writer.select(operation);
    case "update-rows":
      return `update ${name} set ${writer.assigned(operation.set)}${writer.where(operation.where)}`;
    case "delete-rows":
      return `delete from ${name}${writer.where(operation.where)}`;
    case "insert-row": {
      const { row, onConflict } = operation;
      const insert = writer.insert(row);
      if (onConflict === undefined) return insert;
      const [first = ""] = primary(writer.table).map((column) => writer.identifier(column));
      if (onConflict === "nothing")
        return writer.dialect === "postgres"
          ? `${insert} on conflict do nothing`
          : `${insert} on duplicate key update ${first} = ${first}`;
      const { key, set } = onConflict;
      const columns = key.map((column) => writer.identifier(column)).join(", ");
      return writer.dialect === "postgres"
        ? `${insert} on conflict (${columns}) do update set ${writer.assigned(set, true)}`
        : `${insert} on duplicate key update ${writer.assigned(set)}`;
    }
  }
}

const begin = (isolation: Isolation, dialect: PlainDialect): readonly string[] =>
  dialect === "postgres"
    ? [`begin isolation level ${isolation}`]
    : [`set transaction isolation level ${isolation}`, "start transaction"];

/** What a session sends beside statements on rows; null: no statement. */
function ofSession(operation: Operation, dialect: PlainDialect): readonly string[] | null {
  switch (operation.kind) {
    case "begin":
      return begin(operation.isolation, dialect);
    case "commit":
    case "rollback":
      return [operation.kind];
    case "savepoint":
      return [`savepoint ${operation.name}`];
    case "rollback-to":
      return [`rollback to savepoint ${operation.name}`];
    case "release-savepoint":
      return [`release savepoint ${operation.name}`];
    case "lock-timeout":
      return [
        dialect === "postgres"
          ? `set lock_timeout = ${operation.ms}`
          : `set session innodb_lock_wait_timeout = ${Math.ceil(operation.ms / 1000)}`,
      ];
    case "advisory-lock": {
      if (dialect === "mysql") return [`select get_lock('${operation.lock}', ${operation.ifLocked === "nowait" ? 0 : 60})`];
      const scope = operation.scope === "session" ? "" : "_xact";
      return [
        `select pg_${operation.ifLocked === "nowait" ? "try_" : ""}advisory${scope}_lock${operation.shared ? "_shared" : ""}(${operation.lock})`,
      ];
    }
    case "advisory-unlock":
      if (dialect === "mysql") return [`select release_lock('${operation.lock}')`];
      return [`select pg_advisory_unlock${operation.shared ? "_shared" : ""}(${operation.lock})`];
    case "acquire": {
      const { lock, scope = "shared", lease, lasting, ifLocked } = operation;
      if (scope === "server" || lease || lasting) return null;
      const isPatient = ifLocked !== "nowait";
      if (dialect === "mysql") return [`select get_lock(${literalText(lock, dialect)}, ${isPatient ? 60 : 0})`];
      return [`select pg_${isPatient ? "" : "try_"}advisory_lock(hashtextextended(${literalText(lock, dialect)}, 0))`];
    }
    case "release": {
      const { lock, scope = "shared" } = operation;
      if (scope === "server") return null;
      return [
        dialect === "mysql"
          ? `select release_lock(${literalText(lock, dialect)})`
          : `select pg_advisory_unlock(hashtextextended(${literalText(lock, dialect)}, 0))`,
      ];
    }
    default:
      return null;
  }
}

/** What happens beside the database. */
function beside(operation: Operation, taken: PlainSetting["taken"]): Text {
  switch (operation.kind) {
    case "acquire":
      return operation.lease
        ? { en: `takes the lease "${operation.lock}", and gets its token`, ko: `리스 "${operation.lock}"를 얻고 토큰을 받음` }
        : operation.lasting
          ? { en: `makes the lock file "${operation.lock}"`, ko: `락 파일 "${operation.lock}"을 만듦` }
          : { en: `takes the mutex "${operation.lock}" of its process`, ko: `자기 프로세스의 뮤텍스 "${operation.lock}"를 얻음` };
    case "release": {
      const { lock, scope } = operation;
      if (scope !== "server" && taken(lock) === "lease")
        return { en: `gives the lease "${lock}" back`, ko: `리스 "${lock}"를 돌려줌` };
      if (scope !== "server" && taken(lock) === "file")
        return { en: `deletes the lock file "${lock}"`, ko: `락 파일 "${lock}"을 지움` };
      return {
        en: `releases the mutex "${operation.lock}" of its process`,
        ko: `자기 프로세스의 뮤텍스 "${operation.lock}"를 놓음`,
      };
    }
    case "raise-fence":
      return {
        en: `shows ${operation.key} the token ${operation.token}`,
        ko: `${operation.key}에 토큰 ${operation.token}을 보여 줌`,
      };
    case "call":
      return {
        en: `calls ${operation.service}: ${JSON.stringify(operation.request)}`,
        ko: `${operation.service} 호출: ${JSON.stringify(operation.request)}`,
      };
    case "publish":
      return {
        en: `publishes to ${operation.topic}: ${JSON.stringify(operation.message)}`,
        ko: `${operation.topic}에 발행: ${JSON.stringify(operation.message)}`,
      };
    case "receive":
      return { en: `takes the next message of ${operation.topic}`, ko: `${operation.topic}의 다음 메시지를 받음` };
    case "ack":
      return {
        en: `acknowledges message ${operation.id} of ${operation.topic}`,
        ko: `${operation.topic}의 메시지 ${operation.id} 확인 응답`,
      };
    case "choose":
      return { en: `asks: ${operation.question}`, ko: `묻는 것: ${operation.question}` };
    case "sleep":
      return { en: `sleeps for ${operation.ms} ms`, ko: `${operation.ms} ms 쉼` };
    default:
      return { en: operation.kind, ko: operation.kind };
  }
}
