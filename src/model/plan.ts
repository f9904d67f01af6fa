/**
 * Which way PostgreSQL's planner takes to the rows of a condition: through an index, over the whole table, or not at all.
 * The order in which rows are met depends on it, and what a serializable transaction is said to have read.
 *
 * Three of its rules count here. Constants are worked out first, and a comparison with null is null (eval_const_expressions).
 * What is equal to one constant is not equal to another: such a condition finds nothing and looks at nothing (equivclass.c).
 * Of two indexes that cost the same, the one that was made last is taken (get_relation_info lists them in that order).
 */
import { evaluate, truth } from "../core/expression.js";
import type { Condition, Expression, Json, Row } from "../core/operation.js";
import type { Keyed, Relation } from "../core/relation.js";

interface Plan {
  /** Undefined: it scans the table. */
  readonly index: Keyed | undefined;
  /** The condition cannot be true: no index and no table is looked at. */
  readonly nothing?: true;
}

/** What the conditions joined by AND fix. */
interface Fixed {
  /** Columns and a constant that are equal to each other. */
  readonly equal: { readonly columns: Set<string>; value?: Json }[];
  /** `in` with several values, and `is null`. */
  readonly lists: (readonly [column: string, values: readonly Json[]])[];
}

const nothing: Plan = { index: undefined, nothing: true };

export function planOf(table: Relation, where: Condition | undefined): Plan {
  if (where === undefined) return { index: undefined };
  if (folded(where) !== undefined && folded(where) !== true) return nothing;
  const fixed: Fixed = { equal: [], lists: [] };
  if (!fix(where, fixed)) return nothing;
  const listsOf = (column: string) => [
    ...fixed.equal.flatMap(({ columns, value }) => (columns.has(column) && value !== undefined ? [[value]] : [])),
    ...fixed.lists.flatMap(([name, values]) => (name === column ? [values] : [])),
  ];
  let best: { index: number; scans: number } | undefined;
  for (const [index, columns] of table.keys.entries()) {
    const lists = columns.map(listsOf);
    const scans = lists.flat().reduce((product, { length }) => product * length, 1);
    if (lists.every(({ length }) => length > 0) && scans <= (best?.scans ?? scans)) best = { index, scans };
  }
  if (!best) return { index: undefined };
  const columns = table.keys[best.index] as readonly string[];
  const values = columns.map((column) => listsOf(column).reduce((left, list) => left.filter((one) => list.includes(one))));
  if (values.some(({ length }) => length === 0)) return nothing;
  const finds = (row: Row) => columns.every((column, i) => values[i]?.includes(row[column] ?? null));
  return { index: { index: best.index, finds } };
}

/** Notes what a condition fixes; false: two of its parts contradict each other. */
function fix(condition: Condition, fixed: Fixed): boolean {
  if (!Array.isArray(condition)) return true;
  const [operator, left, right] = condition as readonly [string, Expression, Expression];
  if (operator === "and" || (operator === "or" && condition.length === 2))
    return condition.slice(1).every((part) => fix(part as Condition, fixed));
  if (operator === "=") return equate(left, right, fixed);
  if (operator === "is null" && typeof left === "string") fixed.lists.push([left, [null]]);
  if (operator === "in" && typeof left === "string") {
    const options = right as unknown as readonly Expression[];
    if (options.length === 1) return equate(left, options[0] as Expression, fixed);
    const values = options.map(constant);
    if (!values.includes(undefined)) fixed.lists.push([left, (values as Json[]).filter((value) => value !== null)]);
  }
  return true;
}

function equate(left: Expression, right: Expression, { equal }: Fixed): boolean {
  const columns = [left, right].filter((side) => typeof side === "string");
  const values = [left, right].map(constant).filter((value) => value !== undefined);
  if (columns.length === 0 || columns.length + values.length < 2) return true;
  const joined = equal.filter((one) => columns.some((column) => one.columns.has(column)));
  const all = new Set([...values, ...joined.flatMap(({ value }) => (value === undefined ? [] : [value]))]);
  if (all.size > 1) return false;
  const [value] = all;
  const merged = new Set([...columns, ...joined.flatMap(({ columns }) => [...columns])]);
  for (const one of joined) equal.splice(equal.indexOf(one), 1);
  equal.push({ columns: merged, ...(value !== undefined && { value }) });
  return true;
}

/** The value of an expression on every row; undefined: it depends on the row, or it is an error. */
function constant(expression: Expression): Json | undefined {
  if (typeof expression === "string") return undefined;
  if (!Array.isArray(expression)) return evaluate(expression, {});
  const [a, b] = expression.slice(1).map((side) => constant(side as Expression));
  if (a === null || b === null) return null;
  if (a === undefined || b === undefined) return undefined;
  try {
    return evaluate(expression, {});
  } catch {
    return undefined;
  }
}

/** The truth of a condition on every row; null: unknown; undefined: it depends on the row. */
function folded(condition: Condition): boolean | null | undefined {
  if (typeof condition === "boolean") return condition;
  switch (condition[0]) {
    case "not": {
      const inner = folded(condition[1]);
      return typeof inner === "boolean" ? !inner : inner;
    }
    case "and":
    case "or": {
      const decisive = condition[0] === "or";
      const parts = condition.slice(1).map((part) => folded(part as Condition));
      // As a whole condition, "unknown" counts as "not true": one unknown part decides AND.
      if (parts.includes(decisive) || (!decisive && parts.includes(null))) return decisive;
      return parts.includes(undefined) ? undefined : parts.includes(null) ? null : !decisive;
    }
    case "is null": {
      const value = constant(condition[1]);
      return value === undefined ? undefined : value === null;
    }
    case "in":
      if (condition[2].length === 0) return false;
      return condition[2].length === 1 ? compared("=", condition[1], condition[2][0] as Expression) : undefined;
    default:
      return compared(condition[0], condition[1], condition[2]);
  }
}

function compared(operator: "=" | "<>" | "!=" | "<" | "<=" | ">" | ">=", left: Expression, right: Expression) {
  const [a, b] = [constant(left), constant(right)];
  if (a === null || b === null) return null;
  return a === undefined || b === undefined ? undefined : truth([operator, left, right], {});
}
