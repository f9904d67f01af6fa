import { canonicalText } from "./canonical-text.js";

/** Do these have one canonical text? Most often they have the same fields in the same order, and no text is made. */
export const isSamePlain = (a: unknown, b: unknown): boolean => isAlike(a, b, 0) || canonicalText(a) === canonicalText(b);

function isAlike(a: unknown, b: unknown, depth: number): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || depth > 30) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  let fields = 0;
  for (const key in one) {
    // A field that is undefined is none: only the texts tell.
    if (one[key] === undefined || !isAlike(one[key], other[key], depth + 1)) return false;
    fields++;
  }
  for (const _ in other) fields--;
  return fields === 0;
}
