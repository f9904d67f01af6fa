/**
 * Conditions and computed values, evaluated: in the model, in the checkers, and where a database is compared with them.
 * How they are written down is in `operation.ts`. Null follows SQL's three-valued logic: a comparison with null is null,
 * and null is not true.
 */
import { StoreError } from "./failure.js";
import type { Condition, Expression, Json, Row } from "./operation.js";

/** The value of `expression` on `row`; null where a column is missing or an operand is null. */
export function evaluate(expression: Expression, row: Row): Json {
  if (typeof expression === "string") return row[expression] ?? null;
  if (expression === null || typeof expression !== "object") return expression;
  if ("text" in expression) return expression.text;
  const [operator, left, right] = expression;
  const [a, b] = [evaluate(left, row), evaluate(right, row)];
  if (a === null || b === null) return null;
  if (operator === "||") return `${a}${b}`;
  if (typeof a !== "number" || typeof b !== "number")
    throw new StoreError("42804", `${operator} takes numbers, not ${JSON.stringify([a, b])}`);
  return calculate(operator, a, b);
}

/** A quotient of two whole numbers is cut to a whole one, and nothing is divided by zero, as in SQL. */
function calculate(operator: "+" | "-" | "*" | "/" | "%", a: number, b: number): number {
  if (operator === "+") return a + b;
  if (operator === "-") return a - b;
  if (operator === "*") return a * b;
  if (b === 0) throw new StoreError("42804", `${a} ${operator} 0: division by zero`);
  if (operator === "%") return a % b || 0;
  return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) || 0 : a / b;
}

/** Is `condition` true of `row`? Null (unknown) counts as not true, as in a WHERE clause. */
export const holds = (condition: Condition | undefined, row: Row): boolean =>
  condition === undefined || truth(condition, row) === true;

/** SQL's three-valued truth: null is "unknown". A CHECK constraint is broken only by false. */
export function truth(condition: Condition, row: Row): boolean | null {
  if (typeof condition === "boolean") return condition;
  switch (condition[0]) {
    case "not": {
      const inner = truth(condition[1], row);
      return inner === null ? null : !inner;
    }
    case "and":
    case "or": {
      const values = condition.slice(1).map((part) => truth(part as Condition, row));
      const decisive = condition[0] === "or";
      return values.includes(decisive) ? decisive : values.includes(null) ? null : !decisive;
    }
    case "is null":
      return evaluate(condition[1], row) === null;
    case "in": {
      const tests = condition[2].map((option) => truth(["=", condition[1], option], row));
      return tests.includes(true) ? true : tests.includes(null) ? null : false;
    }
    default:
      return compare(condition[0], evaluate(condition[1], row), evaluate(condition[2], row));
  }
}

type Comparison = "=" | "<>" | "!=" | "<" | "<=" | ">" | ">=";

function compare(operator: Comparison, a: Json, b: Json): boolean | null {
  if (a === null || b === null) return null;
  if (operator === "=") return a === b;
  if (operator === "<>" || operator === "!=") return a !== b;
  if (operator === "<") return a < b;
  if (operator === "<=") return a <= b;
  return operator === ">" ? a > b : a >= b;
}

/** The row after `SET`: every value is computed from the row as it was. */
export const assign = (row: Row, set: { readonly [column: string]: Expression }): Row => ({
  ...row,
  ...Object.fromEntries(Object.entries(set).map(([column, expression]) => [column, evaluate(expression, row)])),
});
