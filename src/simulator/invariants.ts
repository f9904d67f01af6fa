/** Invariant properties: of the committed rows in every state, tested once per store. */
import type { Property } from "../core/property.js";
import type { Skip } from "./count.js";
import type { Graph } from "./graph.js";
import type { Pace } from "./pace.js";
import type { Space } from "./space.js";

type Invariant = Extract<Property, { kind: "invariant" }>;

interface BrokenInvariant {
  readonly property: string;
  readonly explanation: string;
  /** Is it broken in this state? */
  readonly bad: Skip;
}

export class Invariants {
  readonly #invariants: readonly Invariant[];
  readonly #said = new Map<string, (string | null)[]>();

  constructor(
    readonly space: Space,
    properties: readonly Property[],
  ) {
    this.#invariants = properties.filter((property) => property.kind === "invariant");
    for (const { name } of this.#invariants) this.#said.set(name, []);
  }

  /** What the property says of this state's rows: null, or a sentence that says how it is broken. */
  says(property: string, tuple: Int32Array): string | null {
    return this.#say(property, tuple[this.space.tasks]!);
  }

  /** The invariants that are broken in a state of `graph`. */
  async broken(graph: Graph, pace: Pace): Promise<BrokenInvariant[]> {
    const broken: BrokenInvariant[] = [];
    for (const { name } of this.#invariants) {
      const saysAt = (state: number) => this.#say(name, graph.storeOf(state));
      let explanation: string | null = null;
      await pace.sweep(graph.numbers, (from, to) => {
        for (let state = from; state < to && explanation === null; state++) explanation = saysAt(state);
      });
      if (explanation !== null) broken.push({ property: name, explanation, bad: (state) => saysAt(state) !== null });
    }
    return broken;
  }

  /** As `holdsIn`, of a state that no graph need have. */
  hold(tuple: Int32Array): boolean {
    return this.#invariants.every(({ name }) => this.says(name, tuple) === null);
  }

  holdsIn(graph: Graph, state: number): boolean {
    return this.#invariants.every(({ name }) => this.#say(name, graph.storeOf(state)) === null);
  }

  /** True for states in which an invariant is broken; null: there are no invariants. */
  any(graph: Graph): Skip | null {
    return this.#invariants.length ? (state) => !this.holdsIn(graph, state) : null;
  }

  #say(property: string, store: number): string | null {
    const said = this.#said.get(property)!;
    if (said[store] === undefined) {
      const { machine, stores } = this.space;
      const { test } = this.#invariants.find(({ name }) => name === property)!;
      said[store] = test(machine.rows(stores.get(store)), machine.rows(machine.shared));
    }
    return said[store];
  }
}
