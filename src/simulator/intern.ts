/**
 * Small integers for values: equal values, and only they, get the same one. Everything after this file
 * compares integers.
 */

/** JSON with sorted keys: one text per value, whatever order its properties were made in. */
export function canonicalText(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "undefined";
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value instanceof Map || value instanceof Set)
    throw new TypeError("a machine's state, an operation and a reply are plain objects and arrays, not Map or Set");
  const fields = Object.keys(value)
    .filter((key) => value[key as keyof typeof value] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key as keyof typeof value])}`);
  return `{${fields.join(",")}}`;
}

export class Interner<T> {
  readonly values: T[] = [];
  readonly #ids = new Map<string, number>();
  /** The bet: an immutable value is mostly passed on as the same object, and then needs no text. */
  readonly #known = new WeakMap<object, number>();

  id(value: T): number {
    const object = typeof value === "object" && value !== null ? (value as object) : null;
    const known = object && this.#known.get(object);
    if (typeof known === "number") return known;
    const text = canonicalText(value);
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.values.length;
      this.#ids.set(text, id);
      this.values.push(value);
    }
    if (object) this.#known.set(object, id);
    return id;
  }

  get(id: number): T {
    return this.values[id] as T;
  }
}
