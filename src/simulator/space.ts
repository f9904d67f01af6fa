/**
 * The state space: tasks and a machine as one transition system over small integers.
 *
 * A *seat* is where a task is: its node and its line, as one integer. A global state is a tuple: one seat
 * per task, then the store, then what is left of the fault budget. One step of a task depends on the store
 * and its own seat alone, so (store, seat) -> (store', seat') is asked of the machine once and then looked up.
 *
 * Identical tasks are interchangeable: their seats are kept sorted, so that permutations are one state, and
 * a move stands for as many choices as there are tasks on that seat (its `weight`): counts stay exact.
 */
import type { Machine } from "../core/machine.js";
import type { Operation, Reply, Rows } from "../core/operation.js";
import type { Choice } from "../core/schedule.js";
import { Automaton, type Node } from "./automaton.js";
import { type FaultBudget, Faults } from "./faults.js";
import { Interner } from "./intern.js";
import { PairTable } from "./pairs.js";
import type { Body, Drain } from "./run.js";
import { TupleTable } from "./tuples.js";

/** What a task on a seat can do. */
export const RUNNING = 0;
export const ENDED = 1;
export const CUT = 2;

const BLOCKED = -1;
const BRANCHES = -2;
const MISSING = -1;

export interface SpaceOptions {
  readonly symmetry: boolean;
  readonly mergeEnded: boolean;
  readonly maxSteps: number;
  readonly faults: FaultBudget;
  readonly drain: Drain;
}

/** One of several things that one step may come to. */
interface Branch {
  readonly store: number;
  readonly seat: number;
  readonly tag: number;
  /** The fault it costs; -1 for none. */
  readonly fault: number;
}

/** What kind of choice a move is: tag 0 is the plain step of a task. */
interface Tag {
  readonly event: string;
  readonly option?: number;
  readonly ofTask: boolean;
}

/** The moves out of one state, in parallel arrays: nothing is allocated per state. */
export class Moves {
  count = 0;
  position = new Int32Array(16);
  weight = new Int32Array(16);
  store = new Int32Array(16);
  seat = new Int32Array(16);
  budget = new Int32Array(16);
  tag = new Int32Array(16);

  grow(): void {
    for (const name of ["position", "weight", "store", "seat", "budget", "tag"] as const) {
      const wider = new Int32Array(this[name].length * 4);
      wider.set(this[name]);
      this[name] = wider;
    }
  }
}

export class Space {
  readonly stores = new Interner<unknown>();
  readonly lines = new Interner<unknown>();
  readonly operations = new Interner<Operation>();
  readonly replies = new Interner<Reply>();
  readonly automaton: Automaton;
  readonly faults: Faults;
  /** Which task (from 1) starts at each position: tasks of one program stand side by side. */
  readonly taskAt: readonly number[];
  readonly programAt: readonly number[];
  /** Where the run of interchangeable positions ends that this position belongs to. */
  readonly groupEnd: Int32Array;
  readonly length: number;
  /** Somebody had to wait somewhere: not every end is one where all have finished. */
  blockedSeen = false;
  readonly seatNode: number[] = [];
  readonly seatLine: number[] = [];
  seatState = new Uint8Array(1024);
  readonly tags: Tag[] = [{ event: "step", ofTask: true }];
  readonly #seatIds = new PairTable();
  readonly #steps = new PairTable();
  readonly #branches: (readonly Branch[])[] = [];
  readonly #gone = new PairTable();
  readonly #environments = new Map<number, readonly Branch[]>();
  #wanted: { node: number; reply: number }[] = [];
  readonly #renamed: TupleTable | null;
  readonly #renamedTo: Int32Array[] = [];
  readonly #renameKey: Int32Array;

  private constructor(
    readonly machine: Machine,
    automaton: Automaton,
    programs: readonly number[],
    readonly options: SpaceOptions,
    operations: Interner<Operation>,
    replies: Interner<Reply>,
  ) {
    this.automaton = automaton;
    this.operations = operations;
    this.replies = replies;
    this.faults = new Faults(options.faults);
    const positions = programs.map((_, task) => task).sort((a, b) => programs[a]! - programs[b]! || a - b);
    this.taskAt = positions.map((task) => task + 1);
    this.programAt = positions.map((task) => programs[task]!);
    this.length = programs.length + 2;
    const last = (program: number) => this.programAt.lastIndexOf(program) + 1;
    this.groupEnd = Int32Array.from(this.programAt, (program, p) => (options.symmetry ? last(program) : p + 1));
    this.#renamed = machine.canonical ? new TupleTable(this.length) : null;
    this.#renameKey = this.tuple();
  }

  /** Builds the space of `bodies`; the same function at two places is one program. */
  static async of(
    bodies: readonly { readonly name: string; readonly body: Body; readonly identity: unknown }[],
    machine: Machine,
    options: SpaceOptions,
  ): Promise<Space> {
    const operations = new Interner<Operation>();
    const replies = new Interner<Reply>();
    const automaton = new Automaton(operations, replies, options);
    const known = new Map<unknown, number>();
    const programs: number[] = [];
    for (const [i, { name, body, identity }] of bodies.entries()) {
      if (!known.has(identity)) known.set(identity, await automaton.add(`task ${i + 1} (${name})`, body));
      programs.push(known.get(identity)!);
    }
    return new Space(machine, automaton, programs, options, operations, replies);
  }

  get tasks(): number {
    return this.length - 2;
  }

  /** The largest integer a tuple may hold at present. */
  get largest(): number {
    return Math.max(this.stores.values.length, this.seatNode.length, this.faults.count) - 1;
  }

  /** Room for a state. Zeros at the end let a table pack four entries at a time. */
  tuple(): Int32Array {
    return new Int32Array(this.length + 3);
  }

  /** The state before anybody has done anything. */
  initial(): Int32Array {
    const tuple = this.tuple();
    for (const [p, program] of this.programAt.entries()) tuple[p] = this.startOf(program);
    tuple[this.tasks] = this.stores.id(this.machine.shared);
    this.rename(tuple);
    return tuple;
  }

  node(seat: number): Node {
    return this.automaton.nodes[this.seatNode[seat]!]!;
  }

  /** What the task on this seat asks for next; null when it has ended. */
  operation(seat: number): Operation | null {
    const { operation } = this.node(seat);
    return operation < 0 || this.seatState[seat] !== RUNNING ? null : this.operations.get(operation);
  }

  /** Is it a step of a task, and not something that happens to it? */
  isStep(tag: number): boolean {
    return tag === 0 || this.tags[tag]!.event === "choose" || this.tags[tag]!.event === "lost-reply";
  }

  /** The choice that a move of the task `task` is. */
  choice(tag: number, task: number): Choice {
    if (tag === 0) return task;
    const { event, option, ofTask } = this.tags[tag]!;
    return { event, ...(ofTask && { task }), ...(option !== undefined && { option }) };
  }

  /** The committed rows of this state. */
  rows(tuple: Int32Array): Rows {
    return this.machine.rows(this.stores.get(tuple[this.tasks]!));
  }

  /** Lists the moves out of `tuple`. False: some task has to be run first; await `resolve` and ask again. */
  list(tuple: Int32Array, moves: Moves): boolean {
    const { tasks, groupEnd } = this;
    const store = tuple[tasks]!;
    const budget = tuple[tasks + 1]!;
    let missing = false;
    moves.count = 0;
    for (let p = 0, next = 0; p < tasks; p = next) {
      const seat = tuple[p]!;
      const end = groupEnd[p]!;
      next = p + 1;
      while (next < end && tuple[next] === seat) next++;
      if (this.seatState[seat] !== RUNNING) continue;
      let at = this.#steps.find(store, seat);
      if (at < 0) at = this.#ask(store, seat);
      if (at < 0) {
        missing = true;
        continue;
      }
      const to = this.#steps.entries[at + 3]!;
      const toStore = this.#steps.entries[at + 2]!;
      if (to >= 0) add(moves, p, next - p, toStore, to, budget, 0);
      else if (to === BRANCHES) this.#spread(moves, this.#branches[toStore]!, p, next - p, budget);
    }
    if (missing) return false;
    if (this.faults.any || this.machine.environment) this.#faultMoves(tuple, moves);
    return true;
  }

  /** Writes the state after move number `k` into `out`. `who` (tasks by position), if given, moves along. */
  successor(tuple: Int32Array, moves: Moves, k: number, out: Int32Array, who: Int32Array | null = null, chosen = -1): void {
    const { tasks } = this;
    for (let i = 0; i < tasks; i++) out[i] = tuple[i]!;
    out[tasks] = moves.store[k]!;
    out[tasks + 1] = moves.budget[k]!;
    const p = chosen >= 0 ? chosen : moves.position[k]!;
    if (p >= 0) this.#place(out, p, moves.seat[k]!, who);
    if (this.#renamed) this.rename(out, who);
  }

  /** Runs the tasks that `list` stumbled over. */
  async resolve(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (const { node, reply } of wanted) await this.automaton.grow(node, reply);
  }

  /** Gives the state its canonical names, where the machine has any. */
  rename(tuple: Int32Array, who: Int32Array | null = null): void {
    if (!this.#renamed) return;
    // Only store and lines matter: key on them, so that the machine is asked once for all nodes.
    const key = this.#renameKey;
    for (let p = 0; p < this.tasks; p++) key[p] = this.seatLine[tuple[p]!]!;
    key[this.tasks] = tuple[this.tasks]!;
    this.#renamed.widen(Math.max(this.largest, this.lines.values.length));
    const id = this.#renamed.add(key);
    if (id === this.#renamedTo.length) this.#renamedTo.push(this.#canonical(key));
    const to = this.#renamedTo[id]!;
    for (let p = 0; p < this.tasks; p++) tuple[p] = this.seat(this.seatNode[tuple[p]!]!, to[p]!);
    tuple[this.tasks] = to[this.tasks]!;
    for (let p = 1; p < this.tasks; p++) this.#sink(tuple, p, who);
  }

  #canonical(key: Int32Array): Int32Array {
    const { shared, lines } = this.machine.canonical!(
      this.stores.get(key[this.tasks]!),
      Array.from(key.subarray(0, this.tasks), (line) => this.lines.get(line)),
    );
    return Int32Array.from([...lines.map((line) => this.lines.id(line)), this.stores.id(shared)]);
  }

  /** Puts `seat` at position `p` and moves it to where it belongs in its sorted group. */
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

  /** Moves the entry at `p` left to where it belongs: one round of insertion sort. */
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

  /** The number of this place in a program, with this line. */
  seat(node: number, line: number): number {
    const at = this.#seatIds.find(node, line);
    if (at >= 0) return this.#seatIds.entries[at + 2]!;
    const seat = this.seatNode.length;
    this.seatNode.push(node);
    this.seatLine.push(line);
    if (seat >= this.seatState.length) {
      const wider = new Uint8Array(seat * 2);
      wider.set(this.seatState);
      this.seatState = wider;
    }
    const { operation, cut } = this.automaton.nodes[node]!;
    this.seatState[seat] = cut ? CUT : operation < 0 ? ENDED : RUNNING;
    this.#seatIds.set(node, line, seat, 0);
    return seat;
  }

  startOf(program: number): number {
    return this.seat(this.automaton.programs[program]!.root, this.lines.id(this.machine.line));
  }

  /** Asks the machine what this step comes to; MISSING when a task has to be run to know where that leads. */
  #ask(store: number, seat: number): number {
    const node = this.seatNode[seat]!;
    const line = this.seatLine[seat]!;
    const operation = this.operation(seat)!;
    if (operation.kind === "choose") return this.#askEnvironment(store, seat, operation.options);
    const answer = this.machine.apply(this.stores.get(store), this.lines.get(line), operation);
    const [toStore, toLine] = [this.stores.id(answer.shared), this.lines.id(answer.line)];
    if (!answer.reply) {
      // A wait that changed something has begun and is a step; one that changed nothing is no choice at all.
      this.blockedSeen = true;
      const still = toStore === store && toLine === line;
      return this.#steps.set(store, seat, toStore, still ? BLOCKED : this.seat(node, toLine));
    }
    const child = this.#child(node, answer.reply);
    const lose = operation.kind === "call" ? this.faults.index("lost-reply") : -1;
    const lost = lose < 0 ? 0 : this.#child(node, { error: "08006" });
    if (child < 0 || lost < 0) return MISSING;
    if (lose < 0) return this.#steps.set(store, seat, toStore, this.seat(child, toLine));
    return this.#branch(store, seat, [
      { store: toStore, seat: this.seat(child, toLine), tag: 0, fault: -1 },
      { store: toStore, seat: this.seat(lost, toLine), tag: this.#tag("lost-reply", true), fault: lose },
    ]);
  }

  #askEnvironment(store: number, seat: number, options: readonly string[]): number {
    const children = options.map((value) => this.#child(this.seatNode[seat]!, { value }));
    if (children.includes(MISSING)) return MISSING;
    const line = this.seatLine[seat]!;
    const branches = children.map((child, i) => ({
      store,
      seat: this.seat(child, line),
      tag: this.#tag("choose", true, i + 1),
      fault: -1,
    }));
    return this.#branch(store, seat, branches);
  }

  #branch(store: number, seat: number, branches: readonly Branch[]): number {
    this.#branches.push(branches);
    return this.#steps.set(store, seat, this.#branches.length - 1, BRANCHES);
  }

  #child(node: number, reply: Reply): number {
    const id = this.replies.id(reply);
    const child = this.automaton.child(node, id);
    if (child < 0) this.#wanted.push({ node, reply: id });
    return child;
  }

  #tag(event: string, ofTask: boolean, option?: number): number {
    const known = this.tags.findIndex((tag) => tag.event === event && tag.option === option && tag.ofTask === ofTask);
    if (known >= 0) return known;
    this.tags.push({ event, ofTask, ...(option !== undefined && { option }) });
    return this.tags.length - 1;
  }

  #spread(moves: Moves, branches: readonly Branch[], p: number, weight: number, budget: number): void {
    for (const { store, seat, tag, fault } of branches) {
      const left = fault < 0 ? budget : this.faults.spend(budget, fault);
      if (left >= 0) add(moves, p, weight, store, seat, left, tag);
    }
  }

  /** What may befall the tasks: a crash, a restart, and whatever the machine's environment does. */
  #faultMoves(tuple: Int32Array, moves: Moves): void {
    const { tasks, groupEnd } = this;
    const [store, budget] = [tuple[tasks]!, tuple[tasks + 1]!];
    const stuck = moves.count === 0;
    let alive = false;
    for (let p = 0, next = 0; p < tasks; p = next) {
      const seat = tuple[p]!;
      for (next = p + 1; next < groupEnd[p]! && tuple[next] === seat; ) next++;
      if (this.seatState[seat] !== RUNNING) continue;
      alive = true;
      for (const name of ["crash", "restart"] as const) {
        const left = this.faults.spend(budget, this.faults.index(name));
        if (left < 0) continue;
        const to = name === "crash" ? this.#crashed(this.programAt[p]!) : this.startOf(this.programAt[p]!);
        add(moves, p, next - p, this.#without(store, seat), to, left, this.#tag(name, true));
      }
    }
    if (!alive) return;
    for (const { store: to, tag, fault } of this.#environment(store)) {
      // When nobody can go on, time does: that is no fault and costs nothing.
      const left = stuck ? budget : this.faults.spend(budget, fault);
      if (left >= 0) add(moves, -1, 1, to, -1, left, tag);
    }
  }

  #environment(store: number): readonly Branch[] {
    const known = this.#environments.get(store);
    if (known) return known;
    const shared = this.stores.get(store);
    const operations = this.machine.environment?.(shared) ?? [];
    const branches = operations.flatMap((operation, i): Branch[] => {
      const to = this.stores.id(this.machine.apply(shared, this.machine.line, operation).shared);
      const earlier = operations.slice(0, i).filter(({ kind }) => kind === operation.kind).length;
      const tag = this.#tag(earlier ? `${operation.kind}-${earlier + 1}` : operation.kind, false);
      return to === store ? [] : [{ store: to, seat: -1, tag, fault: this.faults.index(operation.kind) }];
    });
    this.#environments.set(store, branches);
    return branches;
  }

  /** The store after the client on this seat is gone. */
  #without(store: number, seat: number): number {
    let at = this.#gone.find(store, seat);
    if (at < 0) {
      const shared = this.machine.disconnect(this.stores.get(store), this.lines.get(this.seatLine[seat]!));
      at = this.#gone.set(store, seat, this.stores.id(shared), 0);
    }
    return this.#gone.entries[at + 2]!;
  }

  #crashed(program: number): number {
    return this.seat(this.automaton.grave(program), this.lines.id(this.machine.line));
  }
}

function add(m: Moves, position: number, weight: number, store: number, seat: number, budget: number, tag: number): void {
  const k = m.count++;
  if (k === m.position.length) m.grow();
  m.position[k] = position;
  m.weight[k] = weight;
  m.store[k] = store;
  m.seat[k] = seat;
  m.budget[k] = budget;
  m.tag[k] = tag;
}
