/**
 * The state space: tasks and a machine as one transition system over small integers.
 *
 * A global state is a tuple: one seat per task, then the store, then what is left of the fault budget.
 *
 * Identical tasks are interchangeable: their seats are kept sorted, so that permutations are one state. A move stands for as
 * many choices as there are tasks on that seat (its `weight`), so counts stay exact.
 */
import { Impossible } from "../core/failure.js";
import type { Machine } from "../core/machine.js";
import type { Operation, Reply, Rows } from "../core/operation.js";
import { MOST_TASKS } from "../core/scenario-at.js";
import type { Server } from "../core/server.js";
import type { Work } from "../core/work.js";
import { Automaton } from "./automaton.js";
import { Awaits } from "./awaits.js";
import type { Drain } from "./drain.js";
import { type FaultBudget, Faults } from "./faults.js";
import { Interner } from "./intern.js";
import type { Bounds } from "./layout.js";
import type { Moves } from "./moves.js";
import { Names } from "./names.js";
import { Rejections, type Rule } from "./rule.js";
import type { Body } from "./run.js";
import { CUT, ENDED, RUNNING, Seats } from "./seats.js";
import { BEYOND, BRANCHES, IDLE, Steps } from "./steps.js";
import { type Happening, type Kept, type MonitorProperty, Watches } from "./watches.js";

export interface SpaceOptions {
  readonly symmetry: boolean;
  readonly mergeEnded: boolean;
  readonly maxSteps: number;
  readonly faults: FaultBudget;
  readonly drain: Drain;
  /** Leave out rounds of waiting that change nothing, except these (`awaits.ts`). Absent: leave out none. */
  readonly awaits?: ReadonlySet<string> | undefined;
  /** Tell wrong rejections from right ones, by this rule. Absent: all are alike. */
  readonly rule?: Rule | undefined;
  /** What to follow beside the tasks (watches.ts). */
  readonly monitors?: readonly MonitorProperty[] | undefined;
}

/** The code of a task. Two with the same identity on the same server are one program, and so interchangeable. */
interface TaskCode {
  readonly name: string;
  readonly body: Body;
  readonly identity: unknown;
  readonly work: Work | null;
  readonly server: Server;
}

export class Space {
  readonly stores = new Interner<unknown>();
  readonly seats: Seats;
  readonly steps: Steps;
  readonly faults: Faults;
  /** Which task (from 1) is at each position at the start: tasks of one program are side by side. */
  readonly taskAt: readonly number[];
  readonly programAt: readonly number[];
  /** The server of each task, by task number minus one. */
  readonly servers: readonly Server[];
  /** By position: the end of the interchangeable positions that it belongs to. */
  readonly groupEnd: Int32Array;
  /** The number of entries of a state. */
  readonly length: number;
  readonly tasks: number;
  /** Null: no property is a monitor. */
  readonly watches: Watches | null;
  readonly #names: Names;

  private constructor(
    readonly machine: Machine,
    readonly automaton: Automaton,
    programs: readonly number[],
    readonly options: SpaceOptions,
    /** By program; null: a function. */
    works: readonly (Work | null)[],
  ) {
    const lines = new Interner<unknown>(machine.lineCode && ((line) => machine.lineCode!(line)));
    this.tasks = programs.length;
    this.watches = options.monitors?.length ? new Watches(options.monitors, this.tasks) : null;
    this.length = this.tasks + (this.watches ? 3 : 2);
    this.faults = new Faults(options.faults);
    this.seats = new Seats(automaton, lines, automaton.operations);
    const rejections = options.rule ? new Rejections(options.rule, works, machine, this.stores) : null;
    const awaits = options.awaits ? new Awaits(machine, automaton, this.stores, lines, options.awaits) : null;
    this.#names = new Names(machine, this.stores, this.seats);
    this.steps = new Steps(machine, this.stores, this.#names, automaton.replies, this.seats, this.faults, rejections, awaits);
    const positions = programs.map((_, task) => task).sort((a, b) => programs[a]! - programs[b]! || a - b);
    this.servers = programs.map((program) => automaton.programs[program]!.server);
    this.taskAt = positions.map((task) => task + 1);
    this.programAt = positions.map((task) => programs[task]!);
    const last = (program: number) => this.programAt.lastIndexOf(program) + 1;
    this.groupEnd = Int32Array.from(this.programAt, (program, p) => (options.symmetry ? last(program) : p + 1));
  }

  static async of(tasks: readonly TaskCode[], machine: Machine, options: SpaceOptions): Promise<Space> {
    if (tasks.length > MOST_TASKS) throw new Impossible(`tasks: at most ${MOST_TASKS}, not ${tasks.length}`);
    const automaton = new Automaton(new Interner<Operation>(), new Interner<Reply>(), options);
    const programs: number[] = [];
    const works: (Work | null)[] = [];
    for (const [i, { name, body, identity, server }] of tasks.entries()) {
      const alike = tasks.findIndex((other) => other.identity === identity && other.server === server);
      programs.push(alike < i ? programs[alike]! : await automaton.add(`task ${i + 1} (${name})`, body, server));
    }
    for (const [i, program] of programs.entries()) works[program] = tasks[i]!.work;
    return new Space(machine, automaton, programs, options, works);
  }

  /** The largest integer that a state can contain at present. */
  get largest(): number {
    return Math.max(this.stores.values.length, this.seats.count, this.faults.count, this.watches?.largest ?? 0) - 1;
  }

  /** A number that grows with what `bounds` says. Hot. */
  get extent(): number {
    return this.stores.values.length + this.seats.count + this.faults.count + (this.watches?.largest ?? 0);
  }

  /** The largest of each kind of integer that a state can contain at present. */
  get bounds(): Bounds {
    const { stores, seats, faults, watches } = this;
    return {
      seat: seats.count - 1,
      store: stores.values.length - 1,
      budget: faults.count - 1,
      all: watches?.largest ?? 0,
    };
  }

  /** Does the move change only the seat of one task, the store and the budget? Others give new names, or monitors watch. */
  isPlain(moves: Moves, k: number): boolean {
    return moves.place[k]! >= 0 && this.watches === null;
  }

  /** An array for a state. The zeros at its end let a table pack four entries at a time. */
  tuple(): Int32Array {
    return new Int32Array(this.length + 3);
  }

  /** The state before the first step. */
  initial(): Int32Array {
    const tuple = this.tuple();
    for (const [p, program] of this.programAt.entries()) tuple[p] = this.#startOf(program);
    this.#land(tuple, this.#names.land(this.machine.shared), -1, null);
    if (this.watches) this.#watch(tuple, this.watches.start(this.#waiting(tuple)), null);
    return tuple;
  }

  /** The committed rows of this state. */
  rows(tuple: Int32Array): Rows {
    return this.machine.rows(this.stores.get(tuple[this.tasks]!));
  }

  /** Does a task go round for ever in this state, out of which there is no move? */
  idles(tuple: Int32Array): boolean {
    for (let p = 0; p < this.tasks; p++) if (this.idlesAt(tuple, p)) return true;
    return false;
  }

  /** Does the task at this position ask the same for ever, whose answer nobody changes any more? It takes steps that lead nowhere. */
  idlesAt(tuple: Int32Array, position: number): boolean {
    const seat = this.seats.baseOf[tuple[position]!]!;
    const at = this.seats.state[seat] === RUNNING ? this.steps.table.find(tuple[this.tasks]!, seat) : -1;
    return at >= 0 && this.steps.table.entries[at + 3] === IDLE;
  }

  /** Why the model does not know what happens next in this state, out of which there is no move; empty: it knows. */
  beyondModel(tuple: Int32Array): readonly string[] {
    const reasons: string[] = [];
    for (let p = 0; p < this.tasks; p++) {
      const reason =
        this.seats.state[tuple[p]!] === RUNNING ? this.steps.beyond(tuple[this.tasks]!, this.seats.baseOf[tuple[p]!]!) : null;
      if (reason !== null) reasons.push(reason);
    }
    return reasons;
  }

  /** Was this state, out of which there is no move, cut off: by the limit of steps, or because the model knows no more? */
  cutBy(tuple: Int32Array): "steps" | "model" | null {
    for (let p = 0; p < this.tasks; p++) if (this.seats.state[tuple[p]!] === CUT) return "steps";
    return this.beyondModel(tuple).length === 0 ? null : "model";
  }

  /** Has every task ended in this state? */
  allEnded(tuple: Int32Array): boolean {
    return tuple.subarray(0, this.tasks).every((seat) => this.seats.state[seat] === ENDED);
  }

  /** Lists the moves out of `tuple`. False: a task has to be run first; await `steps.resolve` and ask again. */
  list(tuple: Int32Array, moves: Moves): boolean {
    const { tasks, groupEnd, steps } = this;
    const { table } = steps;
    const store = tuple[tasks]!;
    const budget = tuple[tasks + 1]!;
    let [complete, known] = [true, true];
    moves.count = 0;
    moves.isPlain = true;
    for (let p = 0, next = 0; p < tasks; p = next) {
      const seat = tuple[p]!;
      const end = groupEnd[p]!;
      next = p + 1;
      while (next < end && tuple[next] === seat) next++;
      if (this.seats.state[seat] !== RUNNING) continue;
      const asks = this.seats.baseOf[seat]!;
      let at = table.find(store, asks);
      if (at < 0) at = steps.ask(store, asks);
      if (at < 0) {
        complete = false;
        continue;
      }
      const to = table.entries[at + 3]!;
      if (to >= 0) {
        moves.add(p, next - p, table.entries[at + 2]!, to, budget, 0);
        continue;
      }
      moves.isPlain = false;
      if (to === BEYOND) known = false;
      else if (to === BRANCHES) this.#spread(moves, table.entries[at + 2]!, p, next - p, budget);
    }
    // The whole state is cut off: what is not known could be what lets the others go on.
    if (!known) moves.count = 0;
    else if (complete && (this.faults.any || this.machine.environment)) this.#faultMoves(tuple, moves);
    return complete;
  }

  /** The position after those of the tasks that are interchangeable with the one at `p`, and on its seat. */
  runEnd(tuple: Int32Array, p: number): number {
    const end = this.groupEnd[p]!;
    let next = p + 1;
    while (next < end && tuple[next] === tuple[p]) next++;
    return next;
  }

  /** The same; runs the tasks that have to be run. */
  async listAll(tuple: Int32Array, moves: Moves): Promise<void> {
    while (!this.list(tuple, moves)) await this.steps.resolve();
  }

  /**
   * Writes the state after move number `k` into `out`. `who` (tasks by position), if given, is sorted along; `chosen` is
   * the position of the task that moves, where several are on the same seat.
   */
  successor(tuple: Int32Array, moves: Moves, k: number, out: Int32Array, who: Int32Array | null = null, chosen = -1): void {
    const { tasks } = this;
    if (this.watches) {
      this.#watched(this.watches, tuple, moves, k, out, who, chosen);
      return;
    }
    for (let i = 0; i < tasks; i++) out[i] = tuple[i]!;
    const place = moves.place[k]!;
    out[tasks] = place;
    out[tasks + 1] = moves.budget[k]!;
    const p = chosen >= 0 ? chosen : moves.position[k]!;
    if (place < 0) {
      if (p >= 0) out[p] = moves.seat[k]!;
      this.#land(out, place, p, who);
    } else if (p >= 0) this.#place(out, p, moves.seat[k]!, who);
  }

  /** Puts `seat` at position `p` and moves it to its place in the sorted group. */
  #place(tuple: Int32Array, p: number, seat: number, who: Int32Array | null): void {
    const end = this.groupEnd[p]!;
    const task = who ? who[p]! : 0;
    let at = p;
    for (; at + 1 < end && tuple[at + 1]! < seat; at++) {
      tuple[at] = tuple[at + 1]!;
      if (who) who[at] = who[at + 1]!;
    }
    tuple[at] = seat;
    if (who) who[at] = task;
    this.#sink(tuple, at, who);
  }

  /** Moves the entry at `p` left to its place: one round of insertion sort. */
  #sink(tuple: Int32Array, p: number, who: Int32Array | null): void {
    const end = this.groupEnd[p]!;
    const seat = tuple[p]!;
    const task = who ? who[p]! : 0;
    let at = p;
    for (; at > 0 && this.groupEnd[at - 1] === end && tuple[at - 1]! > seat; at--) {
      tuple[at] = tuple[at - 1]!;
      if (who) who[at] = who[at - 1]!;
    }
    tuple[at] = seat;
    if (who) who[at] = task;
  }

  /** Gives the seats their names at this place, but for the one at `p`, which has them; and sorts again, by the new numbers. */
  #land(tuple: Int32Array, place: number, p: number, who: Int32Array | null, sorts = true): void {
    const { tasks } = this;
    const names = this.#names;
    tuple[tasks] = names.storeAt(place);
    for (let i = 0; i < tasks; i++) if (i !== p) tuple[i] = names.seat(place, tuple[i]!);
    if (sorts) for (let i = 1; i < tasks; i++) this.#sink(tuple, i, who);
  }

  /** The same where monitors watch: out of the seats without what they keep, and then with what they keep now. */
  #watched(
    watches: Watches,
    tuple: Int32Array,
    moves: Moves,
    k: number,
    out: Int32Array,
    who: Int32Array | null,
    chosen: number,
  ): void {
    const { tasks, taskAt, seats, steps } = this;
    const p = chosen >= 0 ? chosen : moves.position[k]!;
    const [place, tag] = [moves.place[k]!, moves.tag[k]!];
    const own: number[] = [];
    for (let i = 0; i < tasks; i++) own[taskAt[i]! - 1] = seats.ownOf[tuple[i]!]!;
    const before = { own, all: tuple[tasks + 2]! };
    const reply = p >= 0 && steps.isStep(tag) ? this.replyTo(tuple[tasks]!, tuple[p]!, tag) : -1;
    const happened = reply < 0 ? null : { task: taskAt[p]!, operation: seats.node(tuple[p]!).operation, reply };
    for (let i = 0; i < tasks; i++) out[i] = seats.baseOf[tuple[i]!]!;
    out[tasks] = place;
    out[tasks + 1] = moves.budget[k]!;
    if (p >= 0) out[p] = moves.seat[k]!;
    if (place < 0) this.#land(out, place, p, null, false);
    const event = (what: Happening) => ({
      task: what.task,
      operation: seats.operations.get(what.operation),
      reply: steps.replies.get(what.reply),
    });
    this.#watch(out, watches.after(before, happened, event, this.#waiting(out)), who);
  }

  /** Gives the seats what the monitors keep for their tasks now, and sorts again. */
  #watch(tuple: Int32Array, { own, all }: Kept, who: Int32Array | null): void {
    const { tasks, seats, taskAt } = this;
    for (let i = 0; i < tasks; i++) tuple[i] = seats.watched(tuple[i]!, own[taskAt[i]! - 1]!);
    tuple[tasks + 2] = all;
    for (let i = 1; i < tasks; i++) this.#sink(tuple, i, who);
  }

  /** The tasks that have something to do in this state, of seats without what monitors keep, and cannot go on. */
  #waiting(tuple: Int32Array): readonly number[] {
    const waiting: number[] = [];
    for (let i = 0; i < this.tasks; i++)
      if (this.seats.state[tuple[i]!] === RUNNING && this.steps.blocks(tuple[this.tasks]!, tuple[i]!))
        waiting.push(this.taskAt[i]!);
    return waiting.sort(bySize);
  }

  /** The number of the reply to a step of this kind; -1: the beginning of a wait. */
  replyTo(store: number, seat: number, tag: number): number {
    const { steps } = this;
    const choice = steps.choice(tag, 0);
    if (typeof choice === "number") return steps.replyTo(store, this.seats.baseOf[seat]!);
    const operation = this.seats.operation(seat)!;
    return steps.replies.id(operation.kind === "choose" ? { value: operation.options[choice.option! - 1]! } : { error: "08006" });
  }

  #startOf(program: number): number {
    const { root, server } = this.automaton.programs[program]!;
    const line = (server > 1 && this.machine.lineOn?.(server)) || this.machine.line;
    return this.seats.at(root, this.seats.lines.id(line));
  }

  #spread(moves: Moves, branches: number, p: number, weight: number, budget: number): void {
    for (const { place, seat, tag, fault } of this.steps.branches(branches)) {
      const left = fault < 0 ? budget : this.faults.spend(budget, fault);
      if (left >= 0) moves.add(p, weight, place, seat, left, tag);
    }
  }

  /** Adds the moves of the environment: a crash or restart of each task, and what the machine's environment does. */
  #faultMoves(tuple: Int32Array, moves: Moves): void {
    const { tasks, groupEnd, steps } = this;
    const store = tuple[tasks]!;
    const budget = tuple[tasks + 1]!;
    const events = steps.environment(store);
    if (events.length === 0 && !this.faults.any) return;
    // Who asks again and again takes steps, so time does not pass for free.
    const stuck = moves.count === 0 && !this.idles(tuple);
    let alive = false;
    for (let p = 0, next = 0; p < tasks; p = next) {
      const seat = tuple[p]!;
      for (next = p + 1; next < groupEnd[p]! && tuple[next] === seat; ) next++;
      if (this.seats.state[seat] !== RUNNING) continue;
      alive = true;
      for (const name of ["crash", "restart"] as const) {
        const left = this.faults.spend(budget, this.faults.index(name));
        if (left < 0) continue;
        const to = name === "crash" ? this.#graveOf(this.programAt[p]!) : this.#startOf(this.programAt[p]!);
        const place = steps.without(store, this.seats.baseOf[seat]!);
        moves.add(p, next - p, place, this.#names.seat(place, to), left, steps.tag(name, true));
      }
    }
    if (!alive) return;
    for (const { place, tag, fault } of events) {
      // When no task can go on, time passes: that is no fault and costs nothing.
      const left = stuck ? budget : this.faults.spend(budget, fault);
      if (left >= 0) moves.add(-1, 1, place, -1, left, tag);
    }
  }

  #graveOf(program: number): number {
    return this.seats.at(this.automaton.grave(program), this.seats.lines.id(this.machine.line));
  }
}

const bySize = (a: number, b: number): number => a - b;
