/** States of a specified object, told apart: as JSON, or by the key that the specification gives. */
import { getOrInsert } from "../core/get-or-insert.js";

/** A number for each state: the same for states that are equal. Throws a `TypeError` for a state that is not JSON. */
export function stateNumbers<State>(key: ((state: State) => string) | undefined): (state: State) => number {
  const byText = new Map<string, number>();
  const byValue = new Map<unknown, number>();
  const byObject = new WeakMap<object, number>();
  let count = 0;
  const next = () => count++;
  if (key)
    return (state) => {
      const text: unknown = key(state);
      if (typeof text !== "string")
        throw new TypeError(`the specification's key answers ${nameOf(text)} for a state; it must answer a text`);
      return getOrInsert(byText, text, next);
    };
  return (state) => {
    if (typeof state === "object" && state !== null)
      return getOrInsert(byObject, state, () => getOrInsert(byText, jsonText(state), next));
    return getOrInsert(byValue, json(state), next);
  };
}

const jsonText = (state: object): string => JSON.stringify(json(state));

/** The same value, if it is JSON and nothing in it would get lost there. */
function json<T>(state: T): T {
  const found = notJson(state, "", []);
  if (found === null) return state;
  const [what, where] = found;
  throw new TypeError(
    `states are compared as JSON, and this one is not JSON: it ${where === "" ? "is" : `has at ${where}`} ${what}. ` +
      "Keep the state as plain data, or give the specification a key(state) that answers a text, the same for equal states",
  );
}

/** What is not JSON in a value, and where: `.items[2]`. */
function notJson(value: unknown, where: string, within: readonly object[]): readonly [what: string, where: string] | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number" && Number.isFinite(value)) return null;
  if (typeof value !== "object") return [nameOf(value), where];
  if (within.includes(value)) return ["itself", where];
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = notJson(value[i], `${where}[${i}]`, [...within, value]);
      if (found) return found;
    }
    return null;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return [nameOf(value), where];
  for (const [name, part] of Object.entries(value)) {
    const found = notJson(part, `${where}.${name}`, [...within, value]);
    if (found) return found;
  }
  return null;
}

/** "a Map", "NaN", "undefined", "a BigInt". */
function nameOf(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    const { name } = (value as { constructor?: { name?: string } }).constructor ?? {};
    return `${/^[AEIOU]/.test(name ?? "") ? "an" : "a"} ${name || "object of a class"}`;
  }
  return { bigint: "a BigInt", function: "a function", symbol: "a symbol" }[typeof value as string] ?? String(value);
}
