/**
 * Renumbers the engine after each step, so that states that cannot be told apart are equal values.
 *
 * The bet: the new numbers follow from the shared part alone, never from which line has them, so swapping two
 * identical tasks changes nothing. Transaction numbers keep their order, because a statement waits for several
 * lockers in the order of their numbers. Sessions are numbered in the order in which the engine mentions them.
 * Commit numbers keep only which snapshot sees them.
 *
 * The trap: a session that the engine does not mention gets no number. Two such sessions once came to share one, and
 * both held the lock. A test holds exploring with and without renumbering to the same answers.
 */

import type { Renaming } from "../core/machine.js";
import type { Relation } from "../core/relation.js";
import type { Coder } from "./code.js";
import { Naming } from "./naming.js";
import type { Line, Shared, StartedStatement, Stored, Transaction } from "./state.js";

/** Gives new names. One for a model: what it needs for a store is filled anew for the next one. */
export class Renamer {
  readonly #naming: Naming;
  /** The names that a line is given at the moment, and their key. */
  readonly #ofLines: Naming;
  #key: string | undefined;

  constructor(
    relation: (table: string) => Relation,
    readonly coder: Coder,
  ) {
    this.#naming = new Naming(relation);
    this.#ofLines = new Naming(relation);
  }

  /** Null: there is nothing to rename. */
  renaming(old: Shared): Renaming<Stored, Line> | null {
    if (!old.engine) return null;
    const naming = this.#naming.of(old.engine);
    return new NewNames(this.coder.write(old, old.engine, naming), this.coder.lists(naming.lists), this);
  }

  line(key: string, old: Line): Line {
    const naming = this.#ofLines;
    if (key !== this.#key) this.coder.readLists(key, naming.lists);
    this.#key = key;
    return {
      ...old,
      // A session that the engine does not mention has no number: two such sessions must not share one.
      who: (old.who !== undefined && naming.who(old.who)) || undefined,
      transaction: old.transaction && transaction(old.transaction, naming),
      statement: old.statement && statement(old.statement, naming),
    };
  }
}

class NewNames implements Renaming<Stored, Line> {
  constructor(
    readonly code: string,
    /** All that a line's new names follow from. */
    readonly key: string,
    readonly renamer: Renamer,
  ) {}

  get shared(): Stored {
    return this.code;
  }

  line(old: Line): Line {
    return this.renamer.line(this.key, old);
  }
}

const known = (old: number | undefined, naming: Naming): number | undefined => (old !== undefined && naming.id(old)) || undefined;

const statement = (old: StartedStatement, naming: Naming): StartedStatement => ({
  ...old,
  snapshot: naming.moment(old.snapshot, true),
  todo: old.todo?.map((id) => naming.id(id) || naming.gone),
  at: known(old.at, naming),
  queue: known(old.queue, naming),
  newer: known(old.newer, naming),
  entering: known(old.entering, naming),
  pending: old.pending?.filter((xid) => naming.isRunning(xid)).map((xid) => naming.xid(xid)),
});

const transaction = (old: Transaction, naming: Naming): Transaction => ({
  ...old,
  snapshot: old.snapshot === undefined ? undefined : naming.moment(old.snapshot, true),
  tracked: old.tracked === undefined ? undefined : naming.track(old.tracked),
  levels: old.levels.map((level) => ({ ...level, xids: level.xids.map((xid) => naming.xid(xid)) })),
});
