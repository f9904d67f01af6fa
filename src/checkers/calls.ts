/** Calls as `checkLinearizable` is given them, looked over: what is missing or contradictory would be read as something else. */

/** Throws a `TypeError` that names the first call that is not right, by its index. */
export function validCalls(calls: unknown): void {
  if (!Array.isArray(calls)) throw new TypeError(`calls must be a list, not ${String(calls)}`);
  for (const [index, call] of calls.entries()) {
    const fault = faultOf(call as unknown);
    if (fault) throw new TypeError(`call ${index}: ${fault}`);
  }
}

function faultOf(call: unknown): string | null {
  if (typeof call !== "object" || call === null)
    return `it must be an object with input, output, called and returned, not ${call}`;
  const missing = ["input", "output", "called", "returned"].find((name) => (call as Record<string, unknown>)[name] === undefined);
  if (missing) return `${missing} is missing${missing === "output" ? "; null says that no answer came" : ""}`;
  const { output, called, returned } = call as { output: unknown; called: unknown; returned: unknown };
  if (typeof called !== "number" || !Number.isFinite(called)) return `called must be a number, not ${called}`;
  if (returned === null)
    return "returned is null. A call that never returned has returned: Infinity, which JSON writes as null: put it back after parsing";
  if (typeof returned !== "number" || Number.isNaN(returned)) return `returned must be a number or Infinity, not ${returned}`;
  if (returned < called) return `it returned at ${returned}, before it was called at ${called}`;
  if (returned === Number.POSITIVE_INFINITY)
    return output === null ? null : "it never returned, so its output must be null (returned is Infinity)";
  return output === null
    ? `it returned at ${returned}, so its output cannot be null, which says that no answer came. Where there is nothing to answer, give any other value, as "ok"`
    : null;
}
