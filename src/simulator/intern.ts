/** Small integers for values: equal values, and only they, get the same number, so that the search compares integers. */
import { canonicalText } from "../core/canonical-text.js";

/** Equal values, most often the same object. */
export const isEqual = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === typeof b && canonicalText(a) === canonicalText(b));

export class Interner<T> {
  readonly values: T[] = [];
  readonly #ids = new Map<string, number>();
  /** The bet: an immutable value mostly comes again as the same object, and then needs no text. */
  readonly #known = new WeakMap<object, number>();

  /** `textOf`: one text for all equal values, and for no others. */
  constructor(readonly textOf: (value: T) => string = canonicalText) {}

  id(value: T): number {
    const object = typeof value === "object" && value !== null ? (value as object) : null;
    const known = object && this.#known.get(object);
    if (typeof known === "number") return known;
    const id = this.once(value);
    if (object) this.#known.set(object, id);
    return id;
  }

  /** The same for a value that does not come again as this object: to remember objects costs more than their texts. */
  once(value: T): number {
    const text = this.textOf(value);
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.values.length;
      this.#ids.set(text, id);
      this.values.push(value);
    }
    return id;
  }

  /** A number for a value that is known to be new, and that nobody asks for again by its value. */
  add(value: T): number {
    return this.values.push(value) - 1;
  }

  get(id: number): T {
    return this.values[id] as T;
  }
}
