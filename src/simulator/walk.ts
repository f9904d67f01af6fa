/** Follows a schedule through the space, with identical tasks told apart: the state, and which task is at which position. */
import { type Choice, formatChoice, type Schedule, ScheduleError } from "../core/schedule.js";
import { up } from "./count.js";
import type { Graph } from "./graph.js";
import { Moves } from "./moves.js";
import type { Pace } from "./pace.js";
import type { Space } from "./space.js";

/** One choice that can be made in a state. */
export interface WalkOption {
  readonly choice: Choice;
  /** The number of the move, and the position of the task that moves (-1: none). */
  readonly move: number;
  readonly position: number;
}

/** As the number of a move: the state stays as it is. */
const STAYS = -1;

type Watch = (walker: Walker, option: WalkOption) => void;

export class Walker {
  readonly tuple: Int32Array;
  /** Which task is at which position. */
  readonly who: Int32Array;
  readonly moves = new Moves();

  constructor(
    readonly space: Space,
    start: Int32Array = space.initial(),
    who: ArrayLike<number> = space.taskAt,
  ) {
    this.tuple = start.slice();
    this.who = Int32Array.from(who);
  }

  copy(): Walker {
    return new Walker(this.space, this.tuple, this.who);
  }

  /** The possible choices, tasks in order and then the environment. */
  async options(): Promise<WalkOption[]> {
    await this.space.listAll(this.tuple, this.moves);
    const options: WalkOption[] = [];
    for (let k = 0; k < this.moves.count; k++)
      for (let i = 0; i < this.moves.weight[k]!; i++) {
        const position = this.moves.position[k]! < 0 ? -1 : this.moves.position[k]! + i;
        const choice = this.space.steps.choice(this.moves.tag[k]!, position < 0 ? 0 : this.who[position]!);
        options.push({ choice, move: k, position });
      }
    return options.sort((a, b) => rank(a.choice) - rank(b.choice));
  }

  /** Takes one of `options()`, which must have been the last call. */
  take({ move, position }: WalkOption): void {
    this.space.successor(this.tuple, this.moves, move, this.tuple, this.who, position);
  }

  /** A walker after one of `options()`, which must have been the last call. */
  after({ move, position }: WalkOption): Walker {
    const next = this.copy();
    this.space.successor(this.tuple, this.moves, move, next.tuple, next.who, position);
    return next;
  }

  /** Makes every choice of `schedule`. Rejects with a `ScheduleError` that says which one cannot be made, and why. */
  async follow(schedule: Schedule, before: Watch = () => {}, after: Watch = () => {}): Promise<void> {
    for (const [i, choice] of schedule.entries()) {
      const options = await this.options();
      const text = formatChoice(choice);
      const option = options.find((option) => formatChoice(option.choice) === text) ?? this.#goingRound(choice);
      if (!option) throw new ScheduleError(this.#whyNot(i, choice, options));
      before(this, option);
      if (option.move !== STAYS) this.take(option);
      after(this, option);
    }
  }

  /** The step of a task that goes round for ever: it can be taken again and again, and the state stays. */
  #goingRound(choice: Choice): WalkOption | null {
    const position = typeof choice === "number" ? this.who.indexOf(choice) : -1;
    return position >= 0 && this.space.idlesAt(this.tuple, position) ? { choice, move: STAYS, position } : null;
  }

  #whyNot(i: number, choice: Choice, options: readonly WalkOption[]): string {
    const text = formatChoice(choice);
    const possible = options.map(({ choice }) => formatChoice(choice)).join(" ");
    const rest = possible ? `only ${possible} can go on` : "nobody can go on";
    const seat = typeof choice === "number" ? this.seatOf(choice) : -2;
    if (seat === -1) return `step ${i + 1} (${text}): there are ${this.space.tasks} tasks only`;
    if (seat < 0) return `step ${i + 1} (${text}): this cannot happen now; ${rest}`;
    const [beyond] = this.space.beyondModel(this.tuple);
    if (beyond !== undefined) return `step ${i + 1} (${text}): the model does not know what the server would do here: ${beyond}`;
    const why = this.space.seats.operation(seat) ? "has to wait" : "has ended";
    return `step ${i + 1} (${text}): task ${text} ${why}; ${rest}`;
  }

  /** The seat of a task; -1: there is no such task. */
  seatOf(task: number): number {
    return this.tuple[this.who.indexOf(task)] ?? -1;
  }
}

const rank = (choice: Choice): number => (typeof choice === "number" ? choice : 1e6 + (choice.task ?? 0));

/**
 * One schedule to each of the given sets of states. It stays with the same task where that still leads there, so that it is
 * easy to read. It does not depend on the order of the search. Null: the time was over before this one.
 */
export async function examples(graph: Graph, targets: readonly (readonly number[])[], pace: Pace): Promise<(Schedule | null)[]> {
  const schedules: (Schedule | null)[] = [];
  // 31 sets at a time: one bit of an integer each, carried from the targets back to the start.
  for (let from = 0; from < targets.length; from += 31) {
    const some = targets.slice(from, from + 31);
    const reaches = new Int32Array(graph.numbers);
    for (const [bit, states] of some.entries()) for (const state of states) reaches[state]! |= 1 << bit;
    const complete = await up(graph, pace, (records, first) => {
      const { edges } = graph;
      for (let r = 0; r < records; r++)
        for (let at = edges.first[r]!; at < edges.first[r + 1]!; at++) reaches[first + r]! |= reaches[edges.to[at]!]!;
    });
    for (const [bit, states] of some.entries())
      schedules.push(complete ? await pathTo(graph, new Set(states), reaches, 1 << bit) : null);
  }
  return schedules;
}

/** A schedule that is cut off; null: there is none. */
export async function wayToUnfinished(graph: Graph, pace: Pace): Promise<Schedule | null> {
  const open = [...graph.unfinished()];
  return open.length > 0 ? ((await examples(graph, [open], pace))[0] ?? null) : null;
}

async function pathTo(graph: Graph, goal: ReadonlySet<number>, reaches: Int32Array, bit: number): Promise<Schedule> {
  const walker = new Walker(graph.space, graph.start);
  const schedule: Choice[] = [];
  const seen = new Set<number>();
  for (let state = graph.find(walker.tuple); !goal.has(state); ) {
    seen.add(state);
    const options = await walker.options();
    const last = schedule.at(-1);
    options.sort((a, b) => Number(b.choice === last) - Number(a.choice === last));
    let taken = false;
    for (const option of options) {
      const next = walker.after(option);
      const target = graph.find(next.tuple);
      if (target < 0 || !(reaches[target]! & bit) || seen.has(target)) continue;
      walker.tuple.set(next.tuple);
      walker.who.set(next.who);
      schedule.push(option.choice);
      state = target;
      taken = true;
      break;
    }
    if (!taken) return schedule;
  }
  return schedule;
}
