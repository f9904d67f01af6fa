/**
 * One schedule per Mazurkiewicz trace: schedules that differ only in the order of independent steps are the
 * same trace, and one of them tells the verdict for all.
 *
 * Source sets (Abdulla, Aronis, Jonsson, Sagonas 2014; after Flanagan & Godefroid 2005): go on with one task, and
 * add another to an earlier choice only when a later step turns out to race with the step that was chosen there.
 * Sleep sets (Godefroid 1996) on top: after a step has been explored, it sleeps in the branches of its siblings
 * until some dependent step is taken, so that every trace is followed to its end exactly once.
 *
 * The trap: with sleep sets it is not enough to add the racing task itself, as the first paper does: it may be asleep
 * there. A task must be added that can begin the part that has to come first (`#initials`).
 *
 * Static independence: other keys, other locks, or both only read. An operation that is not known to be independent is
 * taken to depend on all others: slower, never wrong.
 */
import type { Operation } from "../core/operation.js";
import type { Choice, Schedule } from "../core/schedule.js";
import { Pace } from "./pace.js";
import type { Space } from "./space.js";
import { Walker, type WalkOption } from "./walk.js";

export interface Traces {
  /** Traces followed to their end. */
  readonly traces: number;
  /** Branches given up because every step left was asleep. */
  readonly asleep: number;
  /** False: there are more. */
  readonly complete: boolean;
  /** The states at which a choice was made, each as often as it was reached. */
  readonly visited: number;
}

interface TraceLimits {
  /** Traces to follow at most. */
  readonly most?: number | undefined;
  /** States to visit at most. */
  readonly states?: number;
  readonly pace?: Pace;
  /** Only traces that go on from here. */
  readonly prefix?: Schedule;
}

/** Follows one schedule of each trace. `visit` gets it with its last state; false stops. Symmetry must be off. */
export async function eachTrace(
  space: Space,
  visit: (schedule: readonly Choice[], end: Walker) => Promise<boolean> | boolean,
  limits: TraceLimits = {},
): Promise<Traces> {
  if (space.options.symmetry) throw new TypeError("traces tell the tasks apart: explore them without symmetry");
  if (space.faults.any) throw new TypeError("what depends on a fault is not known: explore faults without partial order");
  const search = new TraceSearch(space, visit, limits);
  const start = new Walker(space);
  await start.follow(limits.prefix ?? []);
  const complete = await search.go(start, new Map());
  return { traces: search.traces, asleep: search.asleep, complete, visited: search.visited };
}

/** A step taken: the task's position, and how many steps of each task happen before it (its vector clock, itself included). */
interface Taken {
  readonly position: number;
  readonly operation: Operation | null;
  readonly clock: readonly number[];
}

/** A choice on the stack, in positions: the tasks that could go on, and the tasks that have to be tried. */
interface Frame {
  readonly enabled: ReadonlySet<number>;
  readonly backtrack: Set<number>;
}

class TraceSearch {
  traces = 0;
  asleep = 0;
  visited = 0;
  readonly #pace: Pace;
  readonly #most: { readonly traces: number; readonly states: number };
  readonly #schedule: Choice[];
  readonly #taken: Taken[] = [];
  readonly #frames: Frame[] = [];

  constructor(
    readonly space: Space,
    readonly visit: (schedule: readonly Choice[], end: Walker) => Promise<boolean> | boolean,
    { most = Number.POSITIVE_INFINITY, states = Number.POSITIVE_INFINITY, pace = new Pace({}), prefix = [] }: TraceLimits,
  ) {
    this.#schedule = [...prefix];
    this.#pace = pace;
    this.#most = { traces: most, states };
  }

  /** Follows all traces that go on from here. False: a limit or `visit` stopped the search. */
  async go(walker: Walker, sleep: ReadonlyMap<number, Operation>): Promise<boolean> {
    if (this.visited >= this.#most.states || (await this.#pace.breathe())) return false;
    this.visited++;
    const options = await walker.options();
    for (let p = 0; p < this.space.tasks; p++) this.#addRaces(walker, p);
    if (!options.length) {
      if (this.traces >= this.#most.traces) return false;
      this.traces++;
      return this.visit(this.#schedule, walker);
    }
    const sleeping = new Map(sleep);
    const first = options.find(({ position }) => !sleep.has(position));
    if (!first) this.asleep++;
    const enabled = new Set(options.map(({ position }) => position));
    const frame: Frame = { enabled, backtrack: new Set(first && [first.position]) };
    this.#frames.push(frame);
    // The set grows during the loop: races found deeper add to it.
    for (const position of frame.backtrack) {
      if (sleeping.has(position)) continue;
      const operation = operationOf(walker, position);
      for (const option of options.filter((option) => option.position === position))
        if (!(await this.#follow(walker, option, operation, sleeping))) return false;
      if (operation) sleeping.set(position, operation);
    }
    this.#frames.pop();
    return true;
  }

  async #follow(walker: Walker, option: WalkOption, operation: Operation | null, sleeping: ReadonlyMap<number, Operation>) {
    const next = walker.copy();
    await next.options();
    next.take(option);
    this.#schedule.push(option.choice);
    this.#taken.push({ position: option.position, operation, clock: this.#clockAfter(option.position, operation) });
    const still = [...sleeping].filter(([, other]) => operation && areIndependent(operation, other));
    const more = await this.go(next, new Map(still));
    this.#schedule.pop();
    this.#taken.pop();
    return more;
  }

  /** Adds the races of the next step of the task at `p`, also if it waits: dependent steps that do not happen before it. */
  #addRaces(walker: Walker, p: number): void {
    if (!this.space.seats.operation(walker.tuple[p]!)) return;
    const operation = operationOf(walker, p);
    const clock = this.#clockOf(p);
    for (const [i, taken] of this.#taken.entries()) {
      if (!dependent(taken.operation, operation) || i < (clock[taken.position + 1] ?? 0)) continue;
      const { enabled, backtrack } = this.#frames[i]!;
      const initials = this.#initials(i, p, operation, clock);
      if (initials.some((q) => backtrack.has(q))) continue;
      const useful = initials.find((q) => enabled.has(q));
      // No task that should begin could, because of a lock: then all are tried.
      for (const q of useful === undefined ? enabled : [useful]) backtrack.add(q);
    }
  }

  /** The tasks that may begin, of the steps after number `i` that do not happen after it, followed by the step of `p`. */
  #initials(i: number, p: number, operation: Operation | null, clock: readonly number[]): number[] {
    const happensBefore = (a: number, later: readonly number[]) => a < (later[this.#taken[a]!.position + 1] ?? 0);
    const rest = this.#taken.flatMap(({ clock }, j) => (j > i && !happensBefore(i, clock) ? j : []));
    const initials = rest.filter((j, n) => !rest.slice(0, n).some((k) => happensBefore(k, this.#taken[j]!.clock)));
    const isLast = rest.some((j) => dependent(this.#taken[j]!.operation, operation) || happensBefore(j, clock));
    return [...(isLast ? [] : [p]), ...initials.map((j) => this.#taken[j]!.position)];
  }

  #clockOf(position: number): readonly number[] {
    return this.#taken.findLast((taken) => taken.position === position)?.clock ?? [];
  }

  #clockAfter(position: number, operation: Operation | null): readonly number[] {
    const before = this.#taken.filter((taken) => taken.position === position || dependent(taken.operation, operation));
    const clock = Array.from({ length: this.space.tasks + 1 }, (_, at) => Math.max(0, ...before.map(({ clock }) => clock[at]!)));
    clock[position + 1] = this.#taken.length + 1;
    return clock;
  }
}

const dependent = (a: Operation | null, b: Operation | null): boolean => !a || !b || !areIndependent(a, b);

/** The next operation; null: it does not show what the step touches, because in a transaction a read takes a snapshot. */
function operationOf({ space, tuple }: Walker, position: number): Operation | null {
  if (position < 0) return null;
  const operation = space.seats.operation(tuple[position]!);
  let node = space.seats.node(tuple[position]!);
  while (node.parent >= 0) {
    node = space.automaton.nodes[node.parent]!;
    const { kind } = space.automaton.operations.get(node.operation);
    if (kind === "begin") return null;
    if (kind === "commit" || kind === "rollback") break;
  }
  return operation;
}

/** Do these two steps of different tasks commute in every state? */
function areIndependent(a: Operation, b: Operation): boolean {
  const [x, y] = [footprint(a), footprint(b)];
  if (!x || !y) return false;
  return x.name !== y.name || (x.reads && y.reads);
}

/** The one row or lock that an operation touches; null: it may touch more than one, or it depends on a transaction. */
function footprint(operation: Operation): { name: string; reads: boolean } | null {
  switch (operation.kind) {
    case "read":
    case "read-versioned":
      return { name: `row ${operation.key}`, reads: true };
    case "write":
    case "insert":
    case "delete":
    case "compare-and-set":
    case "update-where":
      return { name: `row ${operation.key}`, reads: false };
    case "acquire":
    case "release":
      return { name: `lock ${operation.lock}`, reads: false };
    case "choose":
      return { name: "nothing", reads: true };
    default:
      return null;
  }
}
