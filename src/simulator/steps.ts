/**
 * The result of one step. It depends only on the store and on the seat of the task, so it is worked out once per (store,
 * seat); after that it is a look-up in a flat table. The machine is asked once per (store, line, operation): tasks at
 * several nodes ask for the same thing.
 */
import { failures, TaskError } from "../core/failure.js";
import type { Machine } from "../core/machine.js";
import type { Reply } from "../core/operation.js";
import type { Choice } from "../core/schedule.js";
import type { Awaits } from "./awaits.js";
import type { Faults } from "./faults.js";
import { type Interner, isEqual } from "./intern.js";
import type { Names } from "./names.js";
import { PairTable } from "./pairs.js";
import type { Rejections } from "./rule.js";
import type { Seats } from "./seats.js";

/** In place of a seat: the step is not possible; the step has several results; it would begin a round for nothing (`awaits.ts`). */
const BLOCKED = -1;
export const BRANCHES = -2;
export const IDLE = -3;
/** The model does not know the result of the step. */
export const BEYOND = -4;
/** In place of an entry: a task has to be run first. */
const MISSING = -1;
/** In place of a reply: the wait is a step; nothing has happened; the model does not know (`line`: number of the detail). */
const WAITS = -1;
const NOTHING = -2;
const UNKNOWN = -3;

/** One of several results of a step, or an event of the environment. */
interface Branch {
  /** Where it leads (names.ts). */
  readonly place: number;
  readonly seat: number;
  readonly tag: number;
  /** The fault that it costs; -1: none. */
  readonly fault: number;
}

/** The kind of choice of a move; number 0 is the plain step of a task. */
interface Tag {
  readonly event: string;
  readonly option?: number;
  readonly ofTask: boolean;
}

/** One list for the many stores in which nothing can happen without a task. */
const noBranches: readonly Branch[] = [];

export class Steps {
  /** (store, seat) -> (place, seat'), or (number of the branches, BRANCHES), or (number of the reason, BEYOND). */
  readonly table = new PairTable();
  /** A task had to wait in some state: not every end is one at which all tasks have finished. */
  blockedSeen = false;
  readonly #branches: (readonly Branch[])[] = [];
  readonly #reasons: string[] = [];
  readonly #unknown: { readonly detail?: string }[] = [];
  readonly #tags: Tag[] = [{ event: "step", ofTask: true }];
  readonly #gone = new PairTable();
  /** (line, operation) -> number of the question; (store, question) -> (place, number of the answer). */
  readonly #questions = new PairTable();
  #questionCount = 0;
  readonly #answers = new PairTable();
  /** (line after, reply) -> number of the answer: few, while there are many stores. */
  readonly #numbers = new PairTable();
  /** By number of the answer. */
  readonly #lineAfter: number[] = [];
  readonly #reply: number[] = [];
  /** By store. */
  readonly #environments: (readonly Branch[] | undefined)[] = [];
  #wanted: { node: number; reply: number }[] = [];

  constructor(
    readonly machine: Machine,
    readonly stores: Interner<unknown>,
    readonly names: Names,
    readonly replies: Interner<Reply>,
    readonly seats: Seats,
    readonly faults: Faults,
    /** Null: rejections are not told apart. */
    readonly rejections: Rejections | null = null,
    /** Null: every round of a loop that waits is a step. */
    readonly awaits: Awaits | null = null,
  ) {}

  /** Why the model does not know the result of the step from this seat; null: it knows, or was not asked. */
  beyond(store: number, seat: number): string | null {
    const { entries } = this.table;
    const at = this.table.find(store, seat);
    return at >= 0 && entries[at + 3] === BEYOND ? this.#reasons[entries[at + 2]!]! : null;
  }

  branches(number: number): readonly Branch[] {
    return this.#branches[number]!;
  }

  /** Works out the step; where its entry is in the table, or MISSING: a task has to be run to know where its reply leads. */
  ask(store: number, seat: number): number {
    const { seats, names, faults } = this;
    const node = seats.nodeOf[seat]!;
    const operation = seats.operation(seat)!;
    if (operation.kind === "choose") return this.#askEnvironment(store, seat, operation.options);
    const at = this.#answer(store, seat);
    const [place, number] = [this.#answers.entries[at + 2]!, this.#answers.entries[at + 3]!];
    const [line, reply] = [this.#lineAfter[number]!, this.#reply[number]!];
    if (reply === UNKNOWN) {
      const why = this.#refused(node, this.#unknown[line]!);
      return this.table.set(store, seat, this.#reasons.push(why.message) - 1, BEYOND);
    }
    if (reply < 0) {
      // A wait that changed the state is a step; a wait that changed nothing means that the step is not possible now.
      this.blockedSeen = true;
      if (reply === WAITS) this.awaits?.queued(node);
      return this.table.set(store, seat, place, reply === WAITS ? seats.at(node, line) : BLOCKED);
    }
    const idles = this.awaits?.idles(node, store, seats.lineOf[seat]!);
    if (idles) this.blockedSeen = true;
    if (idles) return this.table.set(store, seat, store, IDLE);
    if (this.awaits && idles === undefined) return MISSING;
    const to = names.storeAt(place);
    const child = this.#child(node, reply, to);
    const fault = operation.kind === "call" ? faults.index("lost-reply") : -1;
    const lost = fault < 0 ? node : this.#child(node, this.replies.id({ error: "08006" }), to);
    if (child < 0 || lost < 0) return MISSING;
    if (fault < 0) return this.table.set(store, seat, place, seats.at(child, line));
    return this.#branch(store, seat, [
      { place, seat: seats.at(child, line), tag: 0, fault: -1 },
      { place, seat: seats.at(lost, line), tag: this.tag("lost-reply", true), fault },
    ]);
  }

  /** The machine's answer to the task on this seat: where its entry is. The line in it has the names of its place. */
  #answer(store: number, seat: number): number {
    const { machine, seats, names } = this;
    const before = seats.lineOf[seat]!;
    const asked = seats.node(seat).operation;
    let at = this.#questions.find(before, asked);
    if (at < 0) at = this.#questions.set(before, asked, this.#questionCount++, 0);
    const question = this.#questions.entries[at + 2]!;
    const known = this.#answers.find(store, question);
    if (known >= 0) return known;
    const answer = machine.apply(this.stores.get(store), seats.line(seat), seats.operation(seat)!);
    if (answer.reply && "error" in answer.reply && answer.reply.error === "0A000") {
      if (!answer.reply.beyondModel) throw this.#refused(seats.nodeOf[seat]!, answer.reply);
      return this.#answers.set(store, question, 0, this.#numberOf(this.#unknown.push(answer.reply) - 1, UNKNOWN));
    }
    const place = names.land(answer.shared, store);
    const after = answer.line === seats.line(seat) ? before : seats.lines.once(answer.line);
    const line = names.line(place, after);
    let reply = answer.reply ? this.replies.once(answer.reply) : WAITS;
    // Compared as the machine gave it: a wait that only uses up a number is a step.
    if (reply === WAITS && after === before && isEqual(this.stores.get(store), answer.shared)) reply = NOTHING;
    return this.#answers.set(store, question, place, this.#numberOf(line, reply));
  }

  #numberOf(line: number, reply: number): number {
    const known = this.#numbers.find(line, reply);
    if (known >= 0) return this.#numbers.entries[known + 2]!;
    this.#reply.push(reply);
    const number = this.#lineAfter.push(line) - 1;
    this.#numbers.set(line, reply, number, 0);
    return number;
  }

  /** Does the task on this seat have to wait? To know it no task is run. */
  blocks(store: number, seat: number): boolean {
    if (this.seats.operation(seat)?.kind === "choose") return false;
    return this.#reply[this.#answers.entries[this.#answer(store, seat) + 3]!] === NOTHING;
  }

  /** The number of the reply to a plain step from this seat; -1: it waits, or there is none. */
  replyTo(store: number, seat: number): number {
    return Math.max(-1, this.#reply[this.#answers.entries[this.#answer(store, seat) + 3]!]!);
  }

  /** Runs the tasks that `ask` needs. */
  async resolve(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (const { node, reply } of wanted) await this.seats.automaton.grow(node, reply);
    await this.awaits?.resolve();
    // After the loop: the rule is asked about a reply only when the node after it is known.
    await this.rejections?.resolve();
  }

  /** The events of the machine's environment in this store. */
  environment(store: number): readonly Branch[] {
    const known = this.#environments[store];
    if (known) return known;
    const shared = this.stores.get(store);
    const operations = this.machine.environment?.(shared) ?? [];
    const branches = operations.flatMap((operation, i): Branch[] => {
      const after = this.machine.apply(shared, this.machine.line, operation).shared;
      const earlier = operations.slice(0, i).filter(({ kind }) => kind === operation.kind).length;
      const tag = this.tag(earlier ? `${operation.kind}-${earlier + 1}` : operation.kind, false);
      if (isEqual(shared, after)) return [];
      return [{ place: this.names.land(after, store), seat: -1, tag, fault: this.faults.index(operation.kind) }];
    });
    this.#environments[store] = branches.length > 0 ? branches : noBranches;
    return branches;
  }

  /** The place to which it leads that the client on this seat has gone. */
  without(store: number, seat: number): number {
    let at = this.#gone.find(store, seat);
    if (at < 0) {
      const shared = this.machine.disconnect(this.stores.get(store), this.seats.line(seat));
      at = this.#gone.set(store, seat, this.names.land(shared, store), 0);
    }
    return this.#gone.entries[at + 2]!;
  }

  /** The number of this kind of choice. */
  tag(event: string, ofTask: boolean, option?: number): number {
    const known = this.#tags.findIndex((tag) => tag.event === event && tag.option === option && tag.ofTask === ofTask);
    if (known >= 0) return known;
    this.#tags.push({ event, ofTask, ...(option !== undefined && { option }) });
    return this.#tags.length - 1;
  }

  /** Is a move with this tag a step of a task, and not an event that happens to it? */
  isStep(tag: number): boolean {
    return tag === 0 || this.#tags[tag]!.event === "choose" || this.#tags[tag]!.event === "lost-reply";
  }

  /** The choice of a move with this tag by this task. */
  choice(tag: number, task: number): Choice {
    if (tag === 0) return task;
    const { event, option, ofTask } = this.#tags[tag]!;
    return { event, ...(ofTask && { task }), ...(option !== undefined && { option }) };
  }

  /** What the machine cannot do says nothing of the program: it is no answer to count ends by. */
  #refused(node: number, { detail }: { readonly detail?: string }): TaskError {
    const { automaton } = this.seats;
    const { program, sites } = automaton.nodes[node]!;
    return new TaskError(automaton.programs[program]!.name, sites[0] ?? null, detail ?? failures["0A000"]);
  }

  #askEnvironment(store: number, seat: number, options: readonly string[]): number {
    const children = options.map((value) => this.#child(this.seats.nodeOf[seat]!, this.replies.id({ value }), store));
    if (children.includes(MISSING)) return MISSING;
    const place = this.names.land(this.stores.get(store), store);
    const line = this.names.line(place, this.seats.lineOf[seat]!);
    const branches = children.map((child, i) => ({
      place,
      seat: this.seats.at(child, line),
      tag: this.tag("choose", true, i + 1),
      fault: -1,
    }));
    return this.#branch(store, seat, branches);
  }

  #branch(store: number, seat: number, branches: readonly Branch[]): number {
    this.#branches.push(branches);
    return this.table.set(store, seat, this.#branches.length - 1, BRANCHES);
  }

  /** The node after this reply, which left this store; MISSING: not computed yet, and `resolve` will compute it. */
  #child(node: number, reply: number, store: number): number {
    const { automaton } = this.seats;
    const child = automaton.child(node, reply);
    if (child < 0) this.#wanted.push({ node, reply });
    if (child < 0 || !this.rejections) return child;
    const { outcome, program } = automaton.nodes[child]!;
    if (outcome?.status !== "rejected") return child;
    const wrongly = this.rejections.wrongly(program, store);
    return wrongly === undefined ? MISSING : wrongly ? automaton.wrongly(child) : child;
  }
}
