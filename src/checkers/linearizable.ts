/**
 * Could these calls, which overlap in time, have taken effect one at a time, each between its call and its
 * return, on an object that behaves as `spec` says? (Herlihy & Wing 1990.)
 *
 * Wing & Gong's search (1993): take a call that began before the first return among the calls left, apply it, go on; put
 * it back when no order follows. Lowe (2017): calls and returns are a linked list in the order of time, from which a call
 * is taken and into which it is put back; a pair (calls done, state) is never tried twice (tried.ts). The interface is that
 * of porcupine, and so is the partition: an object of independent parts is linearizable exactly if each part is.
 *
 *     write 1  |---------|
 *     read 1      |--|              no: the first read saw it, so the later one has to
 *     read 0            |--|
 */
import { getOrInsert } from "../core/get-or-insert.js";
import type { History } from "../core/history.js";
import type { Key } from "../core/operation.js";
import { validCalls } from "./calls.js";
import { stateNumbers } from "./state-key.js";
import { Done, Tried } from "./tried.js";
import { validHistory } from "./valid-history.js";

/**
 * A sequential object: its first state, and what it answers.
 *
 * ```ts
 * // A map of counters: each key is a part of its own.
 * const counters: Specification<number, { key: string; by: number }, number> = {
 *   init: 0,
 *   step: (state, { by }, output) => [output === null || output === state + by, state + by],
 *   partition: ({ key }) => key,
 * };
 * const { linearizable } = checkLinearizable(counters, [
 *   { input: { key: "a", by: 1 }, output: 3, called: 0, returned: 5 },
 *   { input: { key: "a", by: 2 }, output: 2, called: 1, returned: 4 },
 *   { input: { key: "b", by: 1 }, output: 1, called: 2, returned: 3 },
 * ]);
 * console.log(linearizable); // true
 * ```
 */
export interface Specification<State, Input, Output> {
  readonly init: State;
  /**
   * Would the object in this state answer `output` to `input`, and what is its state then? Null: no answer came. It must
   * not change the state that it is given.
   */
  step(state: State, input: Input, output: Output | null): readonly [boolean, State];
  /** A text for each state, the same for equal states. Absent: the state is plain JSON, and is compared as that. */
  key?(state: State): string;
  /**
   * The part of the object that a call is on, where parts know nothing of each other: the key of a map. Each part begins
   * in `init` and is searched by itself, which is much faster. Absent: the object has one part.
   */
  partition?(input: Input): string;
}

/**
 * One call on the object, with the times of call and return in any unit. A call that never returned may have taken effect;
 * its `returned` is Infinity and its `output` null. The output of every other call is not null.
 *
 * ```ts
 * const lost: Call<number, string> = { input: 7, output: null, called: 1, returned: Number.POSITIVE_INFINITY };
 * const once = { init: 0, step: (state: number, input: number): [boolean, number] => [state === 0, input] };
 * console.log(checkLinearizable(once, [lost, { input: 8, output: "done", called: 2, returned: 3 }]).linearizable); // true
 * ```
 */
export interface Call<Input, Output> {
  readonly input: Input;
  readonly output: Output | null;
  readonly called: number;
  readonly returned: number;
}

/**
 * The answer of `checkLinearizable`. `order`: the calls by index, in an order that explains them; where none was found, the
 * longest beginning of one, and with a partition that of the part (`part`) for which there is none. "unknown": the budget
 * was used up.
 *
 * ```ts
 * const once = { init: 0, step: (state: number, input: number): [boolean, number] => [state === 0, input] };
 * const twice = [1, 2].map((input) => ({ input, output: "done", called: input, returned: input + 5 }));
 * const answer: Linearizability = checkLinearizable(once, twice);
 * console.log(answer.linearizable, answer.order); // false [ 0 ]
 * ```
 */
export type Linearizability =
  | { readonly linearizable: true; readonly order: readonly number[] }
  | { readonly linearizable: false; readonly order: readonly number[]; readonly part?: string }
  | {
      readonly linearizable: "unknown";
      readonly reason: string;
      readonly order: readonly number[];
      readonly part?: string;
    };

/**
 * Could the calls have taken effect one at a time, each between its call and its return, on an object that behaves as
 * `spec` says? `budget`: the number of search steps after which the answer is "unknown".
 *
 * Throws a `TypeError` that names the call where a call is not what `Call` says, and one for a state that is not JSON where
 * the specification has no `key`.
 *
 * ```ts
 * const register: Specification<number, "read" | number, number> = {
 *   init: 0,
 *   step: (state, input, output) => (input === "read" ? [output === null || output === state, state] : [true, input]),
 * };
 * const { linearizable, order } = checkLinearizable(register, [
 *   { input: 1, output: 1, called: 0, returned: 9 },
 *   { input: "read", output: 1, called: 2, returned: 4 },
 *   { input: "read", output: 0, called: 5, returned: 7 },
 * ]);
 * console.log(linearizable, order); // false [ 0, 1 ]
 * ```
 */
export function checkLinearizable<State, Input, Output>(
  spec: Specification<State, Input, Output>,
  calls: readonly Call<Input, Output>[],
  budget = 10_000_000,
): Linearizability {
  validCalls(calls);
  const parts = new Map<string | undefined, number[]>();
  for (const [index, { input }] of calls.entries()) getOrInsert(parts, spec.partition?.(input), () => []).push(index);
  const orders: (readonly number[])[] = [];
  let left = budget;
  let unknown: Linearizability | null = null;
  // A short part costs little, and one without an order answers for all.
  for (const [part, indices] of [...parts].sort(([, a], [, b]) => a.length - b.length)) {
    const { linearizable, order, steps } = search(spec, calls, indices, left);
    const named = part === undefined ? {} : { part };
    if (linearizable === false) return { linearizable, order, ...named };
    if (linearizable === "unknown") unknown ??= { linearizable, reason: `${budget} steps were not enough`, order, ...named };
    left = Math.max(0, left - steps);
    orders.push(order);
  }
  return unknown ?? { linearizable: true, order: merged(calls, orders) };
}

/** Orders of independent parts as one: each call at the earliest moment at which it can have taken effect in its part. */
function merged(calls: readonly Call<unknown, unknown>[], orders: readonly (readonly number[])[]): readonly number[] {
  const [only] = orders;
  if (only && orders.length === 1) return only;
  return orders
    .flatMap((order) => {
      let at = Number.NEGATIVE_INFINITY;
      return order.map((index) => {
        at = Math.max(at, calls[index]!.called);
        return { index, at };
      });
    })
    .sort((a, b) => a.at - b.at)
    .map(({ index }) => index);
}

interface Searched {
  readonly linearizable: boolean | "unknown";
  readonly order: readonly number[];
  readonly steps: number;
}

function search<State, Input, Output>(
  spec: Specification<State, Input, Output>,
  all: readonly Call<Input, Output>[],
  indices: readonly number[],
  budget: number,
): Searched {
  const line = new TimeLine(all, indices);
  const numberOf = stateNumbers(spec.key && ((state: State) => spec.key!(state)));
  const done = new Done(line.returns, line.calls.length - line.returns);
  const tried = new Tried();
  tried.add(done, numberOf(spec.init));
  /** The calls taken, by place, and the state before each of them. */
  const taken: number[] = [];
  const states: State[] = [];
  let state = spec.init;
  let longest: readonly number[] = [];
  let steps = 0;
  const order = () => taken.map((place) => line.calls[place]!);
  const better = () => (taken.length > longest.length ? order() : longest);

  let node = line.first();
  while (line.left > 0) {
    if (line.isCall(node)) {
      if (++steps > budget) return { linearizable: "unknown", order: better(), steps };
      const { input, output } = all[line.calls[node]!]!;
      const [fits, next] = spec.step(state, input, output);
      if (fits) {
        done.flip(line.bit(node), line.hasReturned(node));
        if (tried.add(done, numberOf(next))) {
          taken.push(node);
          states.push(state);
          state = next;
          line.take(node);
          node = line.first();
          continue;
        }
        done.flip(line.bit(node), line.hasReturned(node));
      }
      node = line.after(node);
      continue;
    }
    // A return whose call is not taken: none of the later calls may come before it.
    longest = better();
    const last = taken.pop();
    if (last === undefined) return { linearizable: false, order: longest, steps };
    state = states.pop()!;
    done.flip(line.bit(last), line.hasReturned(last));
    line.putBack(last);
    node = line.after(last);
  }
  return { linearizable: true, order: order(), steps };
}

/**
 * Calls and returns as a linked list, in the order of time; at one moment calls come before returns. A node below the
 * number of calls is the call of that place, in the order of calls; the node as much above is its return, if it has one.
 */
class TimeLine {
  /** The calls by index, in the order in which they were called. */
  readonly calls: readonly number[];
  /** How many calls have returned, and how many of these are not taken. */
  readonly returns: number;
  left: number;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** By place: the number of the call's bit in `Done`. */
  readonly #bits: Int32Array;
  readonly #hasReturned: Uint8Array;
  readonly #start: number;

  constructor(all: readonly Call<unknown, unknown>[], indices: readonly number[]) {
    const calls = indices.toSorted((a, b) => all[a]!.called - all[b]!.called);
    const count = calls.length;
    this.calls = calls;
    this.#start = 2 * count;
    this.#next = new Int32Array(2 * count + 1);
    this.#previous = new Int32Array(2 * count + 1);
    this.#bits = new Int32Array(count);
    this.#hasReturned = Uint8Array.from(calls, (index) => (all[index]!.returned === Number.POSITIVE_INFINITY ? 0 : 1));
    let [returned, pending] = [0, 0];
    for (let place = 0; place < count; place++) this.#bits[place] = this.#hasReturned[place] ? returned++ : pending++;
    this.returns = returned;
    this.left = returned;
    const time = (node: number) => (node < count ? all[calls[node]!]!.called : all[calls[node - count]!]!.returned);
    const nodes = calls.flatMap((_, place) => (this.#hasReturned[place] ? [place, count + place] : [place]));
    nodes.sort((a, b) => time(a) - time(b) || Number(a >= count) - Number(b >= count) || a - b);
    let before = this.#start;
    for (const node of nodes) before = this.#link(before, node);
    this.#link(before, this.#start);
  }

  first = (): number => this.#next[this.#start]!;
  after = (node: number): number => this.#next[node]!;
  isCall = (node: number): boolean => node < this.calls.length;
  bit = (place: number): number => this.#bits[place]!;
  hasReturned = (place: number): boolean => this.#hasReturned[place] === 1;

  take(place: number): void {
    this.#unlink(place);
    if (!this.hasReturned(place)) return;
    this.#unlink(this.calls.length + place);
    this.left--;
  }

  /** Undoes the last `take` that is not undone. */
  putBack(place: number): void {
    if (this.hasReturned(place)) {
      this.#relink(this.calls.length + place);
      this.left++;
    }
    this.#relink(place);
  }

  #link(before: number, node: number): number {
    this.#next[before] = node;
    this.#previous[node] = before;
    return node;
  }

  #unlink(node: number): void {
    this.#link(this.#previous[node]!, this.#next[node]!);
  }

  /** A node that was taken still knows its neighbours. */
  #relink(node: number): void {
    this.#next[this.#previous[node]!] = node;
    this.#previous[this.#next[node]!] = node;
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
export function callsOn(history: History, key: Key) {
  validHistory(history);
  return history.events
    .filter(({ operation }) => "key" in operation && operation.key === key)
    .map(({ operation, reply, asked, n }) => ({ input: operation, output: reply, called: asked + 0.5, returned: n }));
}
