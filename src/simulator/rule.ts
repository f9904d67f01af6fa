/**
 * Would the rule of a work say yes on these rows? A task is turned away wrongly if it was rejected although its bare rule, run
 * alone, says yes both right after the task's last operation and at the end. Right after, because "full" was true of a buffer
 * that others have emptied since; at the end, because otherwise nothing is left that the client could have had.
 *
 * The bet: many stores, few answers. A rule is a function of the replies that it gets, so it is run once for each list of
 * replies and then looked up. So the moment of each rejection can be judged in the search itself, at every rejection.
 */

import { canonicalText } from "../core/canonical-text.js";
import type { Machine } from "../core/machine.js";
import type { Operation, Reply, Rows } from "../core/operation.js";
import { runWork } from "../core/strategy.js";
import type { Work } from "../core/work.js";
import { Automaton } from "./automaton.js";
import { type Drain, macrotask } from "./drain.js";
import { Interner } from "./intern.js";

/** A rule alone that takes more steps asks for ever: then it does not say yes. */
const MOST_STEPS = 1_000;

/** A rule that was asked. */
interface Asked {
  /** Its first node in the automaton. */
  readonly root: number;
  /** By the text of the rows: does it say yes on them? */
  readonly says: Map<string, boolean>;
}

/** What a rule answers to these replies is not known yet. */
interface Missing {
  readonly node: number;
  readonly reply: number;
}

/** Asks each rule once on equal rows. */
export class Rule {
  readonly #asked = new Map<Work, Asked>();
  readonly #automaton: Automaton;

  constructor(
    readonly machineOf: (rows: Rows) => Machine,
    drain: Drain = macrotask,
  ) {
    const options = { mergeEnded: true, maxSteps: MOST_STEPS, drain };
    this.#automaton = new Automaton(new Interner<Operation>(), new Interner<Reply>(), options);
  }

  /** False also where it has to wait. */
  async accepts(work: Work, rows: Rows): Promise<boolean> {
    const asked = this.#asked.get(work) ?? (await this.#begin(work));
    for (;;) {
      const says = this.#says(asked, rows);
      if (typeof says === "boolean") return says;
      await this.#automaton.grow(says.node, says.reply);
    }
  }

  /** The same, at once; undefined: the rule has to be run first, which `accepts` does. */
  known(work: Work, rows: Rows): boolean | undefined {
    const asked = this.#asked.get(work);
    const says = asked && this.#says(asked, rows);
    return typeof says === "boolean" ? says : undefined;
  }

  async #begin(work: Work): Promise<Asked> {
    const program = await this.#automaton.add(`the rule of ${work.name}`, (session) => runWork(work, session), 1);
    const asked = { root: this.#automaton.programs[program]!.root, says: new Map<string, boolean>() };
    this.#asked.set(work, asked);
    return asked;
  }

  #says({ root, says }: Asked, rows: Rows): boolean | Missing {
    const key = canonicalText(rows);
    const known = says.get(key);
    if (known !== undefined) return known;
    const answer = this.#run(root, rows);
    if (typeof answer === "boolean") says.set(key, answer);
    return answer;
  }

  #run(root: number, rows: Rows): boolean | Missing {
    const { nodes, operations, replies } = this.#automaton;
    const machine = this.machineOf(rows);
    let [shared, line] = [machine.shared, machine.line];
    let node = root;
    for (;;) {
      const { operation, outcome, cut } = nodes[node]!;
      if (outcome || cut || operation < 0) return outcome?.status === "ok";
      const answer = machine.apply(shared, line, operations.get(operation));
      if (!answer.reply) return false;
      ({ shared, line } = answer);
      const reply = replies.id(answer.reply);
      const child = this.#automaton.child(node, reply);
      if (child < 0) return { node, reply };
      node = child;
    }
  }
}

/** The same for the steps of a search: by program and store, answered at once where it is known. */
export class Rejections {
  readonly #known: Map<number, boolean>[] = [];
  #wanted: { readonly work: Work; readonly store: number }[] = [];

  constructor(
    readonly rule: Rule,
    /** By program; null: a function without a rule. */
    readonly works: readonly (Work | null)[],
    readonly machine: Machine,
    readonly stores: Interner<unknown>,
  ) {}

  /** Was a task of this program turned away wrongly, if this is the store after its last operation? Undefined: ask `resolve`. */
  wrongly(program: number, store: number): boolean | undefined {
    const work = this.works[program];
    if (!work) return false;
    this.#known[program] ??= new Map();
    const seen = this.#known[program].get(store);
    if (seen !== undefined) return seen;
    const known = this.rule.known(work, this.machine.rows(this.stores.get(store)));
    if (known === undefined) this.#wanted.push({ work, store });
    else this.#known[program].set(store, known);
    return known;
  }

  async resolve(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (const { work, store } of wanted) await this.rule.accepts(work, this.machine.rows(this.stores.get(store)));
  }
}
