/** `choose` on real threads: no environment decides here, so the option is drawn, by the seed and the number of the request. */
import type { Operation, Perform, Responses } from "../core/operation.js";
import { random } from "../core/random.js";

export function drawing(perform: Perform, seed: number, request: number): Perform {
  let chance: (() => number) | undefined;
  return <O extends Operation>(operation: O) => {
    if (operation.kind !== "choose" || operation.options.length === 0) return perform(operation);
    chance ??= random(seed + request);
    const drawn = operation.options[Math.floor(chance() * operation.options.length)];
    return Promise.resolve(drawn as unknown as Responses[O["kind"]]);
  };
}
