/**
 * Would the rule of a work say yes on these rows? A task is turned away wrongly if it was rejected although its bare rule, run
 * alone, says yes both right after the task's last operation and at the end. Right after, because "full" was true of a buffer
 * that others have emptied since; at the end, because otherwise nothing is left that the client could have had.
 */
import type { Machine } from "../core/machine.js";
import type { Rows } from "../core/operation.js";
import { runWork } from "../core/strategy.js";
import type { Work } from "../core/work.js";
import type { Drain } from "./drain.js";
import type { Interner } from "./intern.js";
import { canonicalText } from "./intern.js";
import { alone } from "./run.js";

/** Asks each rule once on equal rows. */
export class Rule {
  readonly #works: Work[] = [];
  readonly #says = new Map<string, Promise<boolean>>();

  constructor(
    readonly machineOf: (rows: Rows) => Machine,
    readonly drain: Drain,
  ) {}

  /** False also where it has to wait. */
  accepts(work: Work, rows: Rows): Promise<boolean> {
    if (!this.#works.includes(work)) this.#works.push(work);
    const key = `${this.#works.indexOf(work)} ${canonicalText(rows)}`;
    const known = this.#says.get(key);
    if (known) return known;
    const says = alone((session) => runWork(work, session), this.machineOf(rows), this.drain).then(
      (outcome) => outcome?.status === "ok",
    );
    this.#says.set(key, says);
    return says;
  }
}

/** The same for the steps of a search: by program and store, answered at once where it is known. */
export class Rejections {
  readonly #known = new Map<string, boolean>();
  #wanted = new Map<string, { readonly work: Work; readonly store: number }>();

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
    const key = `${program} ${store}`;
    const known = this.#known.get(key);
    if (known === undefined) this.#wanted.set(key, { work, store });
    return known;
  }

  async resolve(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    for (const [key, { work, store }] of wanted)
      this.#known.set(key, await this.rule.accepts(work, this.machine.rows(this.stores.get(store))));
  }
}
