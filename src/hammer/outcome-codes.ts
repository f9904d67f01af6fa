/** How each request ended, as a number: of a million requests almost all end in one of a few ways. */
import type { Outcome } from "../core/work.js";

export interface OutcomeCodes {
  /** By request: 0, or the place in `outcomes` plus one. */
  readonly codes: Int32Array;
  readonly outcomes: readonly Outcome[];
}

export class OutcomeTable {
  readonly #codes: Int32Array;
  readonly #outcomes: Outcome[] = [];
  readonly #known = new Map<string, number>();

  constructor(requests: number) {
    this.#codes = new Int32Array(requests);
  }

  set(request: number, outcome: Outcome): void {
    const text = JSON.stringify(outcome);
    let code = this.#known.get(text);
    if (code === undefined) {
      code = this.#outcomes.push(outcome);
      this.#known.set(text, code);
    }
    this.#codes[request] = code;
  }

  finish(): OutcomeCodes {
    return { codes: this.#codes, outcomes: this.#outcomes };
  }
}

/** Undefined: the host was not told. */
export const decodedOutcome = ({ codes, outcomes }: OutcomeCodes, request: number): Outcome | undefined =>
  outcomes[(codes[request] ?? 0) - 1];
