/** Deeper values are left to the platform: they may lead back to themselves. */
const DEEP = 30;

// Taken before the code of a learner runs in this process and puts others in their place.
const { getPrototypeOf, keys, prototype } = Object;
const { isArray } = Array;

/**
 * A copy of plain data; of anything else what `structuredClone` makes of it. Hot: each operation and each reply of each run of
 * a task is copied, and the platform's own takes ten times as long for a small object.
 */
export function plainCopy<T>(value: T, depth = 0): T {
  if (typeof value !== "object" || value === null)
    return typeof value === "function" || typeof value === "symbol" ? structuredClone(value) : value;
  if (depth > DEEP) return structuredClone(value);
  if (isArray(value)) return value.map((one) => plainCopy(one, depth + 1)) as T;
  if (getPrototypeOf(value) !== prototype) return structuredClone(value);
  // Its own fields first: a setter that code has put on the prototype of all objects is not called.
  const copy = { ...value } as Record<string, unknown>;
  for (const key of keys(copy)) copy[key] = plainCopy(copy[key], depth + 1);
  return copy as T;
}
