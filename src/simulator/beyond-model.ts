/**
 * Where the model does not know what the server would do: the reasons met by a search, the same however it meets them. States
 * are not counted: searches that merge states differently, or follow parts of them, would each count others.
 */
import type { LimitHit } from "../core/exploration.js";
import type { Space } from "./space.js";

export class BeyondModel {
  readonly #reasons = new Set<string>();

  constructor(readonly space: Space) {}

  /** Cut off in this state? */
  met(tuple: Int32Array): void {
    for (const reason of this.space.beyondModel(tuple)) this.#reasons.add(reason);
  }

  /** As limits of the search; empty: there was none. */
  get limits(): readonly LimitHit[] {
    return [...this.#reasons].sort().map((reason) => ({ limit: "model", value: 0, reason }));
  }
}

/** The hits of several searches as those of one. */
export const beyondOf = (limits: readonly LimitHit[]): readonly LimitHit[] =>
  [...new Map(limits.flatMap((hit) => (hit.limit === "model" ? [[hit.reason ?? "", hit] as const] : []))).values()].sort(
    (a, b) => ((a.reason ?? "") < (b.reason ?? "") ? -1 : 1),
  );
