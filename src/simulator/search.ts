/**
 * The smallest schedule that reaches a goal: fewest context switches (or preemptions), then fewest steps, then first in
 * task order. A* over pairs of a state and the seat of the task that went last.
 *
 * A schedule with few switches explains best: Musuvathi & Qadeer (2007) found that most bugs need one or two preemptions.
 * Switches and preemptions are two numbers: a preemption is a switch away from a task that could have gone on, not away
 * from one that has ended or has to wait. So four philosophers deadlock with one preemption.
 */
import type { Choice } from "../core/schedule.js";
import { Moves } from "./moves.js";
import type { Pace } from "./pace.js";
import { RUNNING } from "./seats.js";
import type { Space } from "./space.js";
import { TupleTable } from "./tuples.js";

export type Measure = "switches" | "preemptions";

interface Smallest {
  readonly schedule: readonly Choice[];
  readonly cost: number;
}

/** Is this a state to stop at? `over`: no move is possible any more. */
export type Goal = (tuple: Int32Array, over: boolean) => boolean | Promise<boolean>;

const UNREACHED = 0x7fffffff;

export class Search {
  readonly #table: TupleTable;
  readonly #moves = new Moves();
  readonly #next: Int32Array;
  readonly #mark: Int32Array;
  /** By node: the lowest cost so far, the steps at that cost, and the nodes from which it was reached so. */
  readonly #cost: number[] = [];
  readonly #steps: number[] = [];
  readonly #from: number[][] = [];
  readonly #goals: number[] = [];
  /** Nodes to visit, by cost (including the guess) and then by steps. */
  readonly #queue: number[][][] = [];

  constructor(
    readonly space: Space,
    readonly start: Int32Array,
    readonly measure: Measure,
    readonly goal: Goal,
    /** The goal is an end at which all tasks have finished: then each task that has not costs a switch, which guides the search. */
    readonly guided: boolean,
  ) {
    this.#table = new TupleTable(space.length + 1);
    this.#next = new Int32Array(space.length + 4);
    this.#mark = new Int32Array(space.tasks);
  }

  /** The smallest schedule; null: there is none, there were more than `most` nodes, or the time was over. */
  async run(most: number, pace: Pace): Promise<Smallest | null> {
    const tuple = new Int32Array(this.space.length + 4);
    tuple.set(this.start.subarray(0, this.space.length));
    this.#reach(this.#node(tuple), -1, 0, 0, tuple);
    for (let cost = 0; cost < this.#queue.length; cost++)
      for (let steps = 0; steps < (this.#queue[cost]?.length ?? 0); steps++) {
        for (const node of this.#queue[cost]![steps] ?? []) {
          if (this.#steps[node] !== steps) continue;
          await this.#visit(node, tuple, cost);
          if (this.#table.count > most || (await pace.breathe())) return null;
        }
        if (this.#goals.length) return { schedule: await this.#walk(steps), cost };
      }
    return null;
  }

  async #list(tuple: Int32Array, moves: Moves): Promise<void> {
    await this.space.listAll(tuple, moves);
  }

  async #visit(node: number, tuple: Int32Array, key: number): Promise<void> {
    this.#table.read(node, tuple);
    const cost = this.#cost[node]!;
    if (cost + this.#guess(tuple) !== key) return;
    await this.#list(tuple, this.#moves);
    const goal = this.goal(tuple, this.#moves.count === 0);
    if (typeof goal === "boolean" ? goal : await goal) {
      this.#goals.push(node);
      return;
    }
    for (let k = 0; k < this.#moves.count; k++) {
      const last = tuple[this.space.length]! - 1;
      const p = this.#moves.position[k]!;
      // Of identical tasks the one that went last goes on: another one would be a needless switch.
      const price = this.#price(tuple, this.#moves, k, p >= 0 && tuple[p] === last);
      this.#step(tuple, this.#moves, k, this.#next);
      this.#reach(this.#node(this.#next), node, cost + price, this.#steps[node]! + 1, this.#next);
    }
  }

  /** Writes the node after move `k` into `out`. The task that went last is the one that moved; after an event it stays the same. */
  #step(tuple: Int32Array, moves: Moves, k: number, out: Int32Array): void {
    const { space } = this;
    const last = tuple[space.length]! - 1;
    const p = moves.position[k]!;
    this.#mark.fill(0);
    const stays = !space.steps.isStep(moves.tag[k]!);
    let marked = stays ? tuple.subarray(0, space.tasks).findIndex((seat, i) => seat === last && i !== p) : p;
    if (stays && marked < 0 && last >= 0) marked = p;
    if (marked >= 0) this.#mark[marked] = 1;
    space.successor(tuple, moves, k, out, this.#mark);
    const at = this.#mark.indexOf(1);
    out[space.length] = at < 0 ? 0 : out[at]! + 1;
  }

  /** The cost of a move. `same`: the task that went last makes it. */
  #price(tuple: Int32Array, moves: Moves, k: number, same: boolean): number {
    const last = tuple[this.space.length]! - 1;
    if (last < 0 || same || !this.space.steps.isStep(moves.tag[k]!)) return 0;
    if (this.measure === "switches") return 1;
    for (let j = 0; j < moves.count; j++) if (moves.position[j]! >= 0 && tuple[moves.position[j]!] === last) return 1;
    return 0;
  }

  /** A lower bound of the switches to come: one to each other task that has not ended. */
  #guess(tuple: Int32Array): number {
    if (!this.guided || this.measure === "preemptions") return 0;
    const { space } = this;
    let open = 0;
    for (let p = 0; p < space.tasks; p++) if (space.seats.state[tuple[p]!] === RUNNING) open++;
    const last = tuple[space.length]! - 1;
    if (last < 0) return Math.max(0, open - 1);
    return space.seats.state[last] === RUNNING ? open - 1 : open;
  }

  #node(tuple: Int32Array): number {
    const largest = this.space.largest + 1;
    if (largest > this.#table.limit) this.#table.widen(largest);
    return this.#table.add(tuple);
  }

  #reach(node: number, from: number, cost: number, steps: number, tuple: Int32Array): void {
    const before = this.#cost[node] ?? UNREACHED;
    if (cost > before || (cost === before && steps > this.#steps[node]!)) return;
    if (cost === before && steps === this.#steps[node]!) {
      this.#from[node]!.push(from);
      return;
    }
    this.#cost[node] = cost;
    this.#steps[node] = steps;
    this.#from[node] = [from];
    const key = cost + this.#guess(tuple);
    while (this.#queue.length <= key) this.#queue.push([]);
    const row = this.#queue[key]!;
    while (row.length <= steps) row.push([]);
    row[steps]!.push(node);
  }

  /** The first in task order of all smallest schedules: walks forward over the nodes on them. */
  async #walk(length: number): Promise<Choice[]> {
    const good = new Set<number>(this.#goals);
    for (const node of good) for (const from of this.#from[node]!) if (from >= 0) good.add(from);
    const { space } = this;
    const schedule: Choice[] = [];
    const who = Int32Array.from(space.taskAt);
    const moves = new Moves();
    const tuple = new Int32Array(space.length + 4);
    tuple.set(this.start.subarray(0, space.length));
    for (let task = 0, node = this.#node(tuple); schedule.length < length; ) {
      await this.#list(tuple, moves);
      const options = this.#options(node, tuple, moves, who, task, good);
      const best = options.reduce((a, b) => (isBefore(b.choice, a.choice) ? b : a));
      schedule.push(best.choice);
      who.set(best.who);
      tuple.set(best.tuple);
      if (typeof best.choice === "number" || best.isStep)
        task = typeof best.choice === "number" ? best.choice : best.choice.task!;
      node = best.node;
    }
    return schedule;
  }

  #options(node: number, tuple: Int32Array, moves: Moves, who: Int32Array, task: number, good: ReadonlySet<number>) {
    const { space } = this;
    const options: Option[] = [];
    for (let k = 0; k < moves.count; k++)
      for (let i = 0; i < moves.weight[k]!; i++) {
        const p = moves.position[k]! < 0 ? -1 : moves.position[k]! + i;
        const mover = p < 0 ? 0 : who[p]!;
        const isStep = space.steps.isStep(moves.tag[k]!);
        const [out, whoNext] = [new Int32Array(tuple.length), who.slice()];
        space.successor(tuple, moves, k, out, whoNext, p);
        const last = isStep ? mover : task;
        out[space.length] = last ? out[whoNext.indexOf(last)]! + 1 : 0;
        const next = this.#node(out);
        const price = this.#price(tuple, moves, k, mover === task);
        const fits = this.#cost[next] === this.#cost[node]! + price && this.#steps[next] === this.#steps[node]! + 1;
        if (fits && good.has(next))
          options.push({ choice: space.steps.choice(moves.tag[k]!, mover), tuple: out, who: whoNext, node: next, isStep });
      }
    return options;
  }
}

interface Option {
  readonly choice: Choice;
  readonly tuple: Int32Array;
  readonly who: Int32Array;
  readonly node: number;
  readonly isStep: boolean;
}

/** Is the one schedule smaller: fewer switches, then fewer steps, then first in task order? */
export function isSmaller(one: readonly Choice[], other: readonly Choice[]): boolean {
  const difference = switchesOf(one) - switchesOf(other) || one.length - other.length;
  if (difference !== 0) return difference < 0;
  const at = one.findIndex((choice, i) => isBefore(choice, other[i]!) || isBefore(other[i]!, choice));
  return at >= 0 && isBefore(one[at]!, other[at]!);
}

/** The task that a choice is a step of; null: it is an event, after which the task that went last is still the same. */
function stepperOf(choice: Choice): number | null {
  if (typeof choice === "number") return choice;
  return choice.event === "choose" || choice.event === "lost-reply" ? choice.task! : null;
}

/** Task order: tasks by number, then events of the environment, by name, task and option. */
function isBefore(a: Choice, b: Choice): boolean {
  if (typeof a === "number" || typeof b === "number") return typeof a === "number" && (typeof b !== "number" || a < b);
  if (a.event !== b.event) return a.event < b.event;
  return (a.task ?? 0) !== (b.task ?? 0) ? (a.task ?? 0) < (b.task ?? 0) : (a.option ?? 0) < (b.option ?? 0);
}

/** Context switches of a schedule: steps by another task than the step before. Events of the environment do not count. */
export function switchesOf(schedule: readonly Choice[]): number {
  const steps = schedule.flatMap((choice) => stepperOf(choice) ?? []);
  return steps.filter((task, i) => i > 0 && task !== steps[i - 1]).length;
}
