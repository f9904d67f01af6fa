/** Short names of the rows, locks and topics in one picture: only where there is more than one, and as short as they differ. */
import type { Operation } from "../core/operation.js";
import type { Step } from "./trace.js";

/** What an operation names, in a picture; empty: it is the only one of its kind, or names none. */
export type Named = (operation: Operation) => string;
export const unnamed: Named = () => "";

/** Rows and tables are one kind of thing, locks another: a name tells things of one kind apart. */
function thing(operation: Operation): { readonly kind: "row" | "lock" | "topic" | "service"; readonly name: string } | null {
  if ("key" in operation) return { kind: "row", name: operation.key };
  if ("table" in operation) return { kind: "row", name: operation.table };
  if ("lock" in operation) return { kind: "lock", name: String(operation.lock) };
  if ("topic" in operation) return { kind: "topic", name: operation.topic };
  if ("service" in operation) return { kind: "service", name: operation.service };
  return null;
}

export function namesIn(steps: readonly Pick<Step, "event">[]): Named {
  const kinds = new Map<string, Set<string>>();
  for (const { event } of steps) {
    const one = event && thing(event.operation);
    if (one) kinds.set(one.kind, (kinds.get(one.kind) ?? new Set()).add(one.name));
  }
  const short = new Map([...kinds].map(([kind, names]) => [kind, shortened([...names])]));
  return (operation) => {
    const one = thing(operation);
    return (one && short.get(one.kind)?.get(one.name)) ?? "";
  };
}

/** Of `stock/kimchi` and `stock/ramen` the ids, of `stock/1` and `orders/1` the tables, else the whole keys. */
function shortened(names: readonly string[]): ReadonlyMap<string, string> {
  if (names.length < 2) return new Map();
  const table = (name: string) => name.split("/")[0] ?? name;
  const id = (name: string) => name.slice(table(name).length + 1);
  const isApart = (of: (name: string) => string) => {
    const short = names.map(of);
    return short.every(Boolean) && new Set(short).size === names.length;
  };
  const oneTable = new Set(names.map(table)).size === 1;
  const of = oneTable && isApart(id) ? id : isApart(table) ? table : (name: string) => name;
  return new Map(names.map((name) => [name, of(name)]));
}
