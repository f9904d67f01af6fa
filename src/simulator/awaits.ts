/**
 * Waiting by asking: a loop that only looks, and looks again until it sees something else. Each round makes a longer history,
 * so without this a spin lock has no end of schedules.
 *
 * A round that changed nothing and led back to the same place in the code can be left out of a schedule, and the rest of the
 * schedule stays possible, for all tasks. So no end is lost if a task does not begin a round that would go like its last one:
 * it can go on when the store gives another answer. Where no task can, it goes round for ever.
 *
 * The bet is that a round leads back to the same place: code could count its rounds. So before a step is left out, the
 * task has to go round for `ENOUGH` operations, and when the search is done, what it did after the loop has to be the same
 * after more rounds (`mistaken`). The trap: also a fruitless look has an effect inside a transaction, so rounds there stay.
 */

import { canonicalText } from "../core/canonical-text.js";
import type { Machine } from "../core/machine.js";
import type { Operation, Reply } from "../core/operation.js";
import type { Automaton, Way } from "./automaton.js";
import { type Interner, isEqual } from "./intern.js";
import { runTask } from "./run.js";

/** Operations of a round at most. */
const LONGEST = 12;
/** A task that asks so often, always with the same answers, asks for ever. */
const ENOUGH = 1000;
/** Further rounds after which the task must go on as before. */
const MORE = [1, 2, 3, 4, 5, 8, 13, 30, 100];
/** If what comes after the loops needs more runs of tasks than this, the rounds stay in the schedules. */
const MOST_RUNS = 3000;

export class Awaits {
  /** By node and length of a round: does the task go round for ever with the answers of its last round? */
  readonly #endless = new Map<string, boolean>();
  /** By node: the lengths of rounds that may have ended there. */
  readonly #lengths = new Map<number, readonly number[]>();
  readonly #used = new Map<string, { readonly node: number; readonly length: number }>();
  #wanted = new Map<string, { readonly node: number; readonly length: number }>();
  /** Nodes at which a task took a place in a queue: others saw that it was there. */
  readonly #queued = new Set<number>();

  constructor(
    readonly machine: Machine,
    readonly automaton: Automaton,
    readonly stores: Interner<unknown>,
    readonly lines: Interner<unknown>,
    /** Rounds that an earlier search found to be `mistaken`. */
    readonly refused: ReadonlySet<string>,
  ) {}

  /** Was a step left out? */
  get any(): boolean {
    return this.#used.size > 0;
  }

  /** Would a task at this node only repeat its last round? Undefined: ask `resolve`. */
  idles(node: number, store: number, line: number): boolean | undefined {
    for (const length of this.#lengthsAt(node)) {
      if (!this.#repeats(node, length, store, line)) continue;
      const key = `${node} ${length}`;
      const endless = this.#endless.get(key);
      if (endless === undefined) this.#wanted.set(key, { node, length });
      if (endless) this.#used.set(key, { node, length });
      if (endless !== false) return endless;
    }
    return false;
  }

  /** A task at this node had to wait, and the wait changed the state. */
  queued(node: number): void {
    this.#queued.add(node);
  }

  async resolve(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    for (const [key, { node, length }] of wanted)
      this.#endless.set(key, !this.refused.has(this.#name(node, length)) && (await this.#goesRound(node, length)));
  }

  /**
   * The rounds that should not have been left out: the task does something else after more of them, or others saw it in one.
   * A search anew, without these, is needed. Null: there is too much to look at.
   */
  async mistaken(): Promise<ReadonlySet<string> | null> {
    const mistaken = new Set<string>();
    let runs = 0;
    for (const { node, length } of this.#used.values()) {
      let start = node;
      let wasSeen = false;
      for (let i = 0; i < length; i++) {
        start = this.automaton.nodes[start]!.parent;
        wasSeen ||= this.#queued.has(start);
      }
      let isRound = !wasSeen;
      for (const way of isRound ? this.automaton.waysFrom(start) : []) {
        runs += MORE.length;
        if (runs > MOST_RUNS) return null;
        isRound &&= await this.#goesOn(node, length, way);
        if (!isRound) break;
      }
      if (!isRound) mistaken.add(this.#name(node, length));
    }
    return mistaken;
  }

  /** Does a task that goes this way after the loop also go it after more rounds? */
  async #goesOn(node: number, length: number, { replies, did }: Way): Promise<boolean> {
    const all = this.automaton.repliesTo(node);
    const round = all.slice(-length);
    for (const more of MORE) {
      const before = [...all.slice(0, -length), ...Array.from({ length: more }, () => round).flat()];
      const now = await this.#run(this.automaton.nodes[node]!.program, [...before, ...replies]);
      if (now?.slice(before.length).join("\n") !== did.join("\n")) return false;
    }
    return true;
  }

  /** The same in another search for the same tasks. */
  #name(node: number, length: number): string {
    return canonicalText([this.automaton.nodes[node]!.program, length, this.automaton.repliesTo(node)]);
  }

  #lengthsAt(node: number): readonly number[] {
    const known = this.#lengths.get(node);
    if (known) return known;
    const { nodes, operations, replies } = this.automaton;
    const { operation, sites } = nodes[node]!;
    const lengths: number[] = [];
    for (let length = 1, at = node; length <= LONGEST && nodes[at]!.parent >= 0; length++) {
      const { parent, reply } = nodes[at]!;
      const before = nodes[parent]!;
      if (!isFruitless(operations.get(before.operation), replies.get(reply))) break;
      at = parent;
      if (before.operation === operation && before.sites.join() === sites.join()) lengths.push(length);
    }
    const looped = lengths.length && !this.#inTransaction(node) ? lengths : [];
    this.#lengths.set(node, looped);
    return looped;
  }

  /** Is the end of the path to `node` inside a transaction? Its fruitless operations neither begin nor end one. */
  #inTransaction(node: number): boolean {
    const { nodes, operations } = this.automaton;
    for (let at = nodes[node]!.parent; at >= 0; at = nodes[at]!.parent) {
      const { kind } = operations.get(nodes[at]!.operation);
      if (kind === "begin") return true;
      if (kind === "commit" || kind === "rollback") return false;
    }
    return false;
  }

  /** Would a round now, with no other task in between, give the answers of the last one, and change nothing? */
  #repeats(node: number, length: number, store: number, line: number): boolean {
    const { nodes, operations, replies } = this.automaton;
    const round: number[] = [];
    for (let at = node; round.length < length; at = nodes[at]!.parent) round.push(at);
    for (const after of round.reverse()) {
      const { parent, reply } = nodes[after]!;
      const [shared, own] = [this.stores.get(store), this.lines.get(line)];
      const answer = this.machine.apply(shared, own, operations.get(nodes[parent]!.operation));
      if (!answer.reply || replies.id(answer.reply) !== reply) return false;
      if (!isEqual(answer.shared, shared) || !isEqual(answer.line, own)) return false;
    }
    return true;
  }

  async #goesRound(node: number, length: number): Promise<boolean> {
    const before = this.automaton.repliesTo(node);
    const rounds = Math.ceil(Math.max(ENOUGH, 2 * this.automaton.options.maxSteps) / length);
    const replies = [...before, ...Array.from({ length: rounds }, () => before.slice(-length)).flat()];
    const did = await this.#run(this.automaton.nodes[node]!.program, replies);
    return did?.length === replies.length + 1 && did.every((one, i) => i < before.length || one === did[i - length]);
  }

  /** The operations of a run and its outcome, as texts; null: the task cannot be run so. */
  async #run(program: number, replies: readonly Reply[]): Promise<readonly string[] | null> {
    const { name, body } = this.automaton.programs[program]!;
    try {
      const { asked, outcome } = await runTask(name, body, replies, this.automaton.options.drain, false);
      return [...asked, ...(outcome ? [outcome] : [])].map((one) => canonicalText(one));
    } catch {
      return null;
    }
  }
}

/** Outside a transaction: did this operation, so answered, leave the store as it was? */
function isFruitless(operation: Operation, reply: Reply): boolean {
  switch (operation.kind) {
    case "read":
    case "read-versioned":
      return true;
    case "select":
      return !operation.lock;
    case "compare-and-set":
    case "insert":
    case "acquire":
    case "advisory-lock":
      return "value" in reply && reply.value === false;
    case "update-where":
    case "update-rows":
    case "delete":
    case "delete-rows":
      return "value" in reply && reply.value === 0;
    case "receive":
      return "value" in reply && reply.value === null;
    default:
      return false;
  }
}
