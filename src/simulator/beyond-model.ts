/** The states, met one by one, in which the model does not know what the server would do. */
import type { LimitHit } from "../core/exploration.js";
import type { Space } from "./space.js";

export class BeyondModel {
  readonly #states = new Set<string>();
  #reason = "";

  constructor(readonly space: Space) {}

  met(tuple: Int32Array): void {
    if (this.#states.size === 0) this.#reason = this.space.beyondModel(tuple)!;
    this.#states.add(tuple.join());
  }

  /** As a limit of the search; empty: there was none. */
  get limits(): readonly LimitHit[] {
    return this.#states.size === 0 ? [] : [{ limit: "model", value: this.#states.size, reason: this.#reason }];
  }
}
