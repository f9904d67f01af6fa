/**
 * Could these calls, which overlap in time, have taken effect one at a time, each between its call and its
 * return, on an object that behaves as `spec` says? (Herlihy & Wing 1990.)
 *
 * Wing & Gong's search (1993): take a call that began before the first return among the calls left, apply it, go on; put
 * it back when no order follows. Lowe (2017): remember (calls done, state) and never try a pair twice. The interface is
 * that of porcupine.
 *
 *     write 1  |---------|
 *     read 1      |--|              no: the first read saw it, so the later one has to
 *     read 0            |--|
 */
import type { History } from "../core/history.js";
import type { Key } from "../core/operation.js";

/** A sequential object: its first state, and what it answers. States are compared as JSON. */
export interface Specification<State, Input, Output> {
  readonly init: State;
  /** Would the object in this state answer `output` to `input`, and what is its state then? Null: no answer came. */
  step(state: State, input: Input, output: Output | null): readonly [boolean, State];
}

/**
 * One call on the object, with the times of call and return in any unit. A call that never returned may have taken effect;
 * its `returned` is Infinity and its `output` null.
 */
export interface Call<Input, Output> {
  readonly input: Input;
  readonly output: Output | null;
  readonly called: number;
  readonly returned: number;
}

/**
 * The answer of `checkLinearizable`. `order`: the calls by index, in an order that explains them; where there is none, the
 * longest beginning of one. "unknown": the budget was used up.
 */
export type Linearizability =
  | { readonly linearizable: true; readonly order: readonly number[] }
  | { readonly linearizable: false; readonly order: readonly number[] }
  | { readonly linearizable: "unknown"; readonly reason: string };

/** `budget`: how many applications of `step` before the answer is unknown. */
/**
 * Could the calls have taken effect one at a time, each between its call and its return, on an object that behaves as
 * `spec` says? `budget`: the number of search steps after which the answer is "unknown".
 *
 * ```ts
 * const register: Specification<number, "read" | number, number> = {
 *   init: 0,
 *   step: (state, input, output) => (input === "read" ? [output === null || output === state, state] : [true, input]),
 * };
 * const { linearizable } = checkLinearizable(register, [
 *   { input: 1, output: null, called: 0, returned: 9 },
 *   { input: "read", output: 1, called: 2, returned: 4 },
 *   { input: "read", output: 0, called: 5, returned: 7 },
 * ]);
 * console.log(linearizable); // false
 * ```
 */
export function checkLinearizable<State, Input, Output>(
  spec: Specification<State, Input, Output>,
  calls: readonly Call<Input, Output>[],
  budget = 1_000_000,
): Linearizability {
  const byStart = calls.map((_, index) => index).sort((a, b) => calls[a]!.called - calls[b]!.called);
  const mustReturn = calls.filter(({ returned }) => returned !== Number.POSITIVE_INFINITY).length;
  const tried = new Set<string>();
  const done = new Uint8Array(calls.length);
  const order: number[] = [];
  const states: State[] = [spec.init];
  /** Per depth: where in `byStart` to look next. */
  const next = [0];
  let longest: readonly number[] = [];
  let returned = 0;
  let steps = 0;

  while (next.length > 0) {
    if (returned === mustReturn) return { linearizable: true, order };
    const depth = next.length - 1;
    const found = candidate(next[depth]!);
    if (found === null) {
      next.pop();
      states.pop();
      const undone = order.pop();
      if (undone === undefined) break;
      done[undone] = 0;
      if (calls[undone]!.returned !== Number.POSITIVE_INFINITY) returned--;
      continue;
    }
    next[depth] = found + 1;
    if (++steps > budget) return { linearizable: "unknown", reason: `${budget} steps were not enough` };
    const index = byStart[found]!;
    const { input, output } = calls[index]!;
    const [fits, state] = spec.step(states[depth]!, input, output);
    if (!fits) continue;
    done[index] = 1;
    const seen = `${done.join("")} ${JSON.stringify(state)}`;
    if (tried.has(seen)) {
      done[index] = 0;
      continue;
    }
    tried.add(seen);
    order.push(index);
    states.push(state);
    next.push(0);
    if (calls[index]!.returned !== Number.POSITIVE_INFINITY) returned++;
    if (order.length > longest.length) longest = [...order];
  }
  return { linearizable: false, order: longest };

  /** The first call from `from` on that may be the next to take effect: nothing left returned before it was called. */
  function candidate(from: number): number | null {
    let firstReturn = Number.POSITIVE_INFINITY;
    for (const index of byStart) if (!done[index]) firstReturn = Math.min(firstReturn, calls[index]!.returned);
    for (let place = from; place < byStart.length; place++) {
      const index = byStart[place]!;
      if (calls[index]!.called > firstReturn) return null;
      if (!done[index]) return place;
    }
    return null;
  }
}

/**
 * The calls of a history on one row, for a specification whose input is an operation and whose output is a reply.
 *
 * ```ts
 * const look = async ({ find }: Session) => void (await find("user/1"));
 * const [call] = callsOn(await replay({ tasks: [look] }, "1"), "user/1");
 * console.log(call?.input.kind, call?.output, call?.returned); // read { value: null } 1
 * ```
 */
export const callsOn = ({ events }: History, key: Key) =>
  events
    .filter(({ operation }) => "key" in operation && operation.key === key)
    .map(({ operation, reply, asked, n }) => ({ input: operation, output: reply, called: asked + 0.5, returned: n }));
