/**
 * Conditions and computed values as SQL, and what each SQL engine says in its own words. Columns hold JSON (jsonb in
 * PostgreSQL, text in MariaDB), so that a row keeps every value that a rule wrote; a comparison takes its type from the
 * side that has one.
 *
 * Every constant goes through `bind`: it is a parameter of the statement, or an escaped literal in DDL, which takes no
 * parameters. Parts of a statement are made from left to right, and a part that stands twice is made twice, because
 * MariaDB knows its parameters by their place.
 */

import type { StoreError } from "../core/failure.js";
import type { Condition, Expression, Json, Key, Operation, Row } from "../core/operation.js";
import type { Relation } from "../core/relation.js";

/** A statement with its parameters. */
export interface SqlStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A row of a result. */
export interface SqlColumns {
  readonly [column: string]: unknown;
}

/** What one engine (PostgreSQL, MariaDB) says in its own words; its `statements.ts` has the only object of this kind. */
export interface SqlDialect<Statement extends SqlStatement> {
  /** A quoted name. */
  readonly identifier: (name: string) => string;
  /** `CREATE TABLE IF NOT EXISTS …` */
  readonly createTable: (table: Relation) => string;
  /** What makes the tables of the store's own, once, in a new schema or database. */
  readonly ownTables: readonly string[];
  /** Asks which tables of scenarios there are: `name`, and as JSON the `declaration`. */
  readonly declarations: string;
  /** Asks what other services did, in that order: `service`, and as JSON the `request`. */
  readonly calls: string;
  /** Asks for the messages in all queues: `topic`, `id`, and as JSON the `message`; null: the store keeps no queues. */
  readonly messages: string | null;
  /** A column of JSON as a value. */
  readonly valueOf: (column: unknown) => Json;
  /** An operation on rows; undefined: the engine cannot do it, or the operation is none on rows. */
  readonly statementOf: (operation: Operation, table: Relation) => Statement | undefined;
  /** Puts rows in place, in their order. */
  readonly load: (table: Relation, rows: readonly (readonly [Key, Row])[]) => Statement;
  /** Asks for all rows of a table. */
  readonly everything: (table: Relation) => string;
  /** The row and its key, from a row of the result. */
  readonly found: (table: Relation, columns: SqlColumns) => { readonly key: Key; readonly row: Row };
  /** The failure that an error of the client library stands for. */
  readonly failureOf: (error: unknown) => StoreError;
}

/** The columns of the primary key, and those of all keys. */
export const primary = ({ keys }: Relation): readonly string[] => keys[0] as readonly string[];
export const columnsOf = ({ keys }: Relation): readonly string[] => [...new Set(keys.flat())];

/** What a locking SELECT says of rows that another transaction has locked. */
export const ifLockedText = { wait: "", nowait: " nowait", skip: " skip locked" } as const;

/** A statement while its text is being written. */
export interface Scope {
  /** A constant, as it stands in the text: `$3::float8`. */
  bind(value: string, type: "jsonb" | "text" | "float8"): string;
  /** A column's value as JSON; NULL where it is missing or null. */
  column(name: string): string;
  readonly syntax: ExpressionSyntax;
}

/** How an engine writes the parts of expressions that the standard leaves open. */
export interface ExpressionSyntax {
  readonly null: string;
  /** A computed number or text as JSON. */
  json(value: string, kind: "number" | "text"): string;
  /** JSON as a double. A value that is no number has to fail. */
  number(json: () => string): string;
  /** JSON as text, without its quotes. */
  text(json: string): string;
  remainder(a: () => string, b: () => string): string;
  /** Of whole numbers: whole. Division by zero has to fail. */
  quotient(a: () => string, b: () => string): string;
  /** Text that is compared by the code points of its characters. */
  plain(text: string): string;
}

type Kind = "number" | "text" | "json";

function kindOf(expression: Expression): Kind {
  if (typeof expression === "number") return "number";
  if (expression === null || typeof expression !== "object") return "json";
  return "text" in expression || expression[0] === "||" ? "text" : "number";
}

/** The value of an expression as JSON. */
export function json(expression: Expression, scope: Scope): string {
  if (typeof expression === "string") return scope.column(expression);
  if (expression === null) return scope.syntax.null;
  if (typeof expression !== "object") return scope.bind(JSON.stringify(expression), "jsonb");
  if ("text" in expression) return scope.bind(JSON.stringify(expression.text), "jsonb");
  const isText = kindOf(expression) === "text";
  return scope.syntax.json(isText ? text(expression, scope) : number(expression, scope), isText ? "text" : "number");
}

/** Double precision, as in JavaScript, so that 0.1 + 0.2 is the same on both sides. */
function number(expression: Expression, scope: Scope): string {
  if (typeof expression === "number") return scope.bind(String(expression), "float8");
  if (!Array.isArray(expression) || expression[0] === "||") return scope.syntax.number(() => json(expression, scope));
  const [operator, left, right] = expression as readonly [string, Expression, Expression];
  const [a, b] = [() => number(left, scope), () => number(right, scope)];
  if (operator === "%") return scope.syntax.remainder(a, b);
  return operator === "/" ? scope.syntax.quotient(a, b) : `(${a()} ${operator} ${b()})`;
}

function text(expression: Expression, scope: Scope): string {
  if (expression !== null && typeof expression === "object") {
    if ("text" in expression) return scope.bind(expression.text, "text");
    if (expression[0] === "||") return `(${text(expression[1], scope)} || ${text(expression[2], scope)})`;
  }
  return scope.syntax.text(json(expression, scope));
}

/** A condition as a boolean expression with SQL's three values. */
export function condition(test: Condition, scope: Scope): string {
  if (typeof test === "boolean") return String(test);
  switch (test[0]) {
    case "not":
      return `(not ${condition(test[1], scope)})`;
    case "and":
    case "or":
      // Without parts: true and false, as in the model.
      if (test.length === 1) return String(test[0] === "and");
      return `(${test
        .slice(1)
        .map((part) => condition(part as Condition, scope))
        .join(` ${test[0]} `)})`;
    case "is null":
      return `(${json(test[1], scope)} is null)`;
    case "in": {
      if (test[2].length === 0) return "false";
      return `(${json(test[1], scope)} in (${test[2].map((option) => json(option, scope)).join(", ")}))`;
    }
    default: {
      const [operator, left, right] = test;
      return `(${comparable(operator, left, right, scope).join(` ${operator} `)})`;
    }
  }
}

/** Both sides of a comparison. Equality is of JSON values, with their types. An order needs a type; text has nearly JavaScript's. */
function comparable(operator: string, left: Expression, right: Expression, scope: Scope): readonly string[] {
  const kinds = [kindOf(left), kindOf(right)];
  if (operator === "=" || operator === "<>" || operator === "!=" || !kinds.some((kind) => kind !== "json"))
    return [json(left, scope), json(right, scope)];
  if (kinds.includes("number")) return [number(left, scope), number(right, scope)];
  return [left, right].map((side) => scope.syntax.plain(text(side, scope)));
}
