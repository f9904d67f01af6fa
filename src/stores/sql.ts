/**
 * Conditions and computed values as SQL. Columns hold JSON (jsonb in PostgreSQL, text in MariaDB), so that a row keeps
 * whatever a rule wrote; a comparison is typed by the side that says what it is. Every constant goes through `bind`:
 * a parameter of the statement, or in DDL, which takes none, an escaped literal. Parts are made from left to right,
 * and a part that stands twice is made twice: MariaDB knows its parameters by their place.
 */
import type { Condition, Expression } from "../core/operation.js";

/** What a statement is made of while its text is being written. */
export interface Scope {
  /** A constant, as it stands in the text: `$3::float8`. */
  bind(value: string, type: "jsonb" | "text" | "float8"): string;
  /** A column's value as JSON; NULL where it is missing or null. */
  column(name: string): string;
  readonly dialect: Dialect;
}

/** How an engine says what the standard leaves open. */
export interface Dialect {
  readonly null: string;
  /** A computed number or text as JSON. */
  json(value: string, kind: "number" | "text"): string;
  /** JSON as a double; whatever is no number has to fail. */
  number(json: () => string): string;
  /** JSON as text, without its quotes. */
  text(json: string): string;
  remainder(a: string, b: string): string;
  /** Text that is compared by its characters' numbers. */
  plain(text: string): string;
}

export const postgres: Dialect = {
  null: "null::jsonb",
  json: (value) => `to_jsonb(${value})`,
  number: (json) => `(${json()})::float8`,
  text: (json) => `(${json} #>> '{}')`,
  remainder: (a, b) => `mod(${a}::numeric, ${b}::numeric)::float8`,
  plain: (text) => `${text} collate "C"`,
};

type Kind = "number" | "text" | "json";

function kindOf(expression: Expression): Kind {
  if (typeof expression === "number") return "number";
  if (expression === null || typeof expression !== "object") return "json";
  return "text" in expression || expression[0] === "||" ? "text" : "number";
}

/** The value of an expression as JSON. */
export function json(expression: Expression, scope: Scope): string {
  if (typeof expression === "string") return scope.column(expression);
  if (expression === null) return scope.dialect.null;
  if (typeof expression !== "object") return scope.bind(JSON.stringify(expression), "jsonb");
  if ("text" in expression) return scope.bind(JSON.stringify(expression.text), "jsonb");
  const isText = kindOf(expression) === "text";
  return scope.dialect.json(isText ? text(expression, scope) : number(expression, scope), isText ? "text" : "number");
}

/** Double precision, as in JavaScript, so that 0.1 + 0.2 is the same on both sides. */
function number(expression: Expression, scope: Scope): string {
  if (typeof expression === "number") return scope.bind(String(expression), "float8");
  if (!Array.isArray(expression) || expression[0] === "||") return scope.dialect.number(() => json(expression, scope));
  const [operator, left, right] = expression as readonly [string, Expression, Expression];
  const [a, b] = [number(left, scope), number(right, scope)];
  return operator === "%" ? scope.dialect.remainder(a, b) : `(${a} ${operator} ${b})`;
}

function text(expression: Expression, scope: Scope): string {
  if (expression !== null && typeof expression === "object") {
    if ("text" in expression) return scope.bind(expression.text, "text");
    if (expression[0] === "||") return `(${text(expression[1], scope)} || ${text(expression[2], scope)})`;
  }
  return scope.dialect.text(json(expression, scope));
}

/** A condition as a boolean expression with SQL's three values. */
export function condition(test: Condition, scope: Scope): string {
  if (typeof test === "boolean") return String(test);
  switch (test[0]) {
    case "not":
      return `(not ${condition(test[1], scope)})`;
    case "and":
    case "or":
      return `(${condition(test[1], scope)} ${test[0]} ${condition(test[2], scope)})`;
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

/** Equality is of JSON values, types and all. Order needs a type, and of text the order of JavaScript, nearly. */
function comparable(operator: string, left: Expression, right: Expression, scope: Scope): readonly string[] {
  const kinds = [kindOf(left), kindOf(right)];
  if (operator === "=" || operator === "<>" || !kinds.some((kind) => kind !== "json"))
    return [json(left, scope), json(right, scope)];
  if (kinds.includes("number")) return [number(left, scope), number(right, scope)];
  return [left, right].map((side) => scope.dialect.plain(text(side, scope)));
}
