/**
 * A task learns about the world only through the replies to its operations. So a deterministic task *is* a function from
 * the replies so far to its next operation, or to its outcome: an automaton, kept as a trie. A node is computed once, by
 * running the real async function (twice, to find code that is not deterministic); after that it is a table look-up.
 *
 * Tasks with the same code and request, on the same server, share one program, and so one trie. Finished nodes with the
 * same outcome are one node: what a finished task remembers has no effect any more.
 */

import { canonicalText } from "../core/canonical-text.js";
import { TaskError } from "../core/failure.js";
import type { Operation, Reply } from "../core/operation.js";
import { isSamePlain } from "../core/same-plain.js";
import type { Server } from "../core/server.js";
import type { Outcome } from "../core/work.js";
import type { Drain } from "./drain.js";
import type { Interner } from "./intern.js";
import { type Body, runTask, type TaskRun } from "./run.js";

export interface Node {
  readonly program: number;
  /** The node before, and the reply that led from there to here. */
  readonly parent: number;
  readonly reply: number;
  readonly depth: number;
  /** Its next operation (also when it was cut off there); -1: it has ended. */
  readonly operation: number;
  /** How it ended; null: it has not, or was cut off. */
  readonly outcome: Outcome | null;
  /** It reached the limit of steps and is not followed any further. */
  readonly cut: boolean;
  readonly sites: readonly string[];
  readonly children: Map<number, number>;
  /** It was rejected wrongly: see `rule.ts`. */
  readonly wrongly?: true;
}

interface TaskProgram {
  readonly name: string;
  readonly body: Body;
  readonly server: Server;
  readonly root: number;
  readonly ended: Map<string, number>;
}

export class Automaton {
  readonly nodes: Node[] = [];
  readonly programs: TaskProgram[] = [];
  /** Runs of task functions so far, the cost of the trie. */
  runs = 0;

  constructor(
    readonly operations: Interner<Operation>,
    readonly replies: Interner<Reply>,
    readonly options: { readonly mergeEnded: boolean; readonly maxSteps: number; readonly drain: Drain },
  ) {}

  /** Adds a program and computes its first node. */
  async add(name: string, body: Body, server: Server): Promise<number> {
    const program = this.programs.length;
    const root = this.nodes.length;
    this.programs.push({ name, body, server, root, ended: new Map() });
    const first = await this.compute(program, -1, -1, 0);
    if (first !== root) throw new Error("the root of a program is its first node");
    return program;
  }

  /** The node after `reply`; -1: it is not computed yet. */
  child(node: number, reply: number): number {
    return this.nodes[node]!.children.get(reply) ?? -1;
  }

  /** Computes the node after `reply`. */
  async grow(node: number, reply: number): Promise<number> {
    const { program, depth, children } = this.nodes[node]!;
    const known = children.get(reply);
    if (known !== undefined) return known;
    const child = await this.compute(program, node, reply, depth + 1);
    children.set(reply, child);
    return child;
  }

  /** The node of a task that crashed: it has no next operation and no outcome. */
  grave(program: number): number {
    const { ended } = this.programs[program]!;
    const known = ended.get(GRAVE);
    if (known !== undefined) return known;
    const bare = { parent: -1, reply: -1, depth: 0, operation: -1, outcome: null, cut: false, sites: [], children: new Map() };
    this.nodes.push({ program, ...bare });
    ended.set(GRAVE, this.nodes.length - 1);
    return this.nodes.length - 1;
  }

  /** The node of a task that ended here, and was rejected wrongly. */
  wrongly(node: number): number {
    const { ended } = this.programs[this.nodes[node]!.program]!;
    const name = `${WRONGLY} ${node}`;
    const known = ended.get(name);
    if (known !== undefined) return known;
    this.nodes.push({ ...this.nodes[node]!, wrongly: true });
    ended.set(name, this.nodes.length - 1);
    return this.nodes.length - 1;
  }

  private async compute(program: number, parent: number, reply: number, depth: number): Promise<number> {
    const { name, body } = this.programs[program]!;
    const path = this.pathTo(parent, reply);
    const replies = path.map(({ reply }) => this.replies.get(reply));
    const first = await runTask(name, body, replies, this.options.drain, true);
    this.check(name, path, first);
    // The same replies once more: a task that reads a clock or a random number differs here.
    const again = await runTask(name, body, replies, this.options.drain, false);
    this.runs += 2;
    const [once, then] = [didOf(first), didOf(again)];
    const at = once.findIndex((did, i) => !isSamePlain(did, then[i]));
    if (at >= 0 || once.length < then.length) throw unsteady(name, first, textOf(once.at(at)), textOf(then.at(at)));
    return this.insert(program, parent, reply, depth, first);
  }

  private insert(program: number, parent: number, reply: number, depth: number, { asked, outcome, sites }: TaskRun): number {
    const { ended } = this.programs[program]!;
    const text = outcome && this.options.mergeEnded ? canonicalText(outcome) : null;
    const known = text === null ? undefined : ended.get(text);
    if (known !== undefined) return known;
    const cut = !outcome && depth >= this.options.maxSteps;
    const operation = outcome ? -1 : this.operations.id(asked.at(-1)!);
    const children = new Map<number, number>();
    this.nodes.push({ program, parent, reply, depth, operation, outcome, cut, sites, children });
    if (text !== null) ended.set(text, this.nodes.length - 1);
    return this.nodes.length - 1;
  }

  /** The beginning of this run is in the trie already, and must be the same. */
  private check(name: string, path: readonly Edge[], run: TaskRun): void {
    const did = didOf(run);
    for (const [i, { node }] of path.entries()) {
      const before = this.operations.get(this.nodes[node]!.operation);
      if (!isSamePlain(did[i], before)) throw unsteady(name, run, canonicalText(before), textOf(did[i]) || "nothing");
    }
  }

  /**
   * Runs some tasks once more, to their ends, in the reverse order. A variable that tasks share has other values now than
   * when their first steps were computed, so a task that looks at it does something else.
   */
  async recheck(): Promise<void> {
    const ends = this.nodes.filter(({ parent, children }) => parent >= 0 && children.size === 0);
    const apart = Math.max(1, Math.ceil(ends.length / RECHECKED));
    for (const { program, parent, reply, operation, outcome } of ends.filter((_, i) => i % apart === 0).reverse()) {
      const { name, body } = this.programs[program]!;
      const path = this.pathTo(parent, reply);
      const replies = path.map(({ reply }) => this.replies.get(reply));
      const run = await runTask(name, body, replies, this.options.drain, true);
      this.check(name, path, run);
      const before = outcome ?? (operation < 0 ? null : this.operations.get(operation));
      const now = didOf(run).at(-1);
      if (!isSamePlain(now, before)) throw unsteady(name, run, canonicalText(before), textOf(now));
    }
  }

  /** The replies that lead to this node. */
  repliesTo(node: number): readonly Reply[] {
    const { parent, reply } = this.nodes[node]!;
    return this.pathTo(parent, reply).map(({ reply }) => this.replies.get(reply));
  }

  /** Every known way from this node on. */
  *waysFrom(node: number): Iterable<Way> {
    const { operation, outcome, children } = this.nodes[node]!;
    const did = operation < 0 ? canonicalText(outcome) : canonicalText(this.operations.get(operation));
    if (!children.size) yield { replies: [], did: [did] };
    for (const [reply, child] of children)
      for (const way of this.waysFrom(child))
        yield { replies: [this.replies.get(reply), ...way.replies], did: [did, ...way.did] };
  }

  private pathTo(parent: number, reply: number): readonly Edge[] {
    const path: Edge[] = [];
    for (let node = parent, last = reply; node >= 0; ) {
      path.push({ node, reply: last });
      ({ parent: node, reply: last } = this.nodes[node]!);
    }
    return path.reverse();
  }
}

/** The replies to a task from some node on, and its operations and outcome there, as texts. */
export interface Way {
  readonly replies: readonly Reply[];
  readonly did: readonly string[];
}

const GRAVE = "crashed";
const WRONGLY = "wrongly";

interface Edge {
  readonly node: number;
  readonly reply: number;
}

/** So many tasks are run again when a search has ended. */
const RECHECKED = 24;

/** The operations of a run and its outcome. */
const didOf = ({ asked, outcome }: TaskRun): readonly (Operation | Outcome)[] => (outcome ? [...asked, outcome] : asked);

const textOf = (did: Operation | Outcome | undefined): string => (did === undefined ? "" : canonicalText(did));

const unsteady = (name: string, { sites }: TaskRun, once: string, then: string): TaskError =>
  new TaskError(
    name,
    sites[0] ?? null,
    `given the same replies it did something else: once ${once}, then ${then}. It must depend on nothing but its session: ` +
      "no variable that outlives it, which would be a row memory/… that tasks read and write; let session.choose decide " +
      "what chance decides",
  );
