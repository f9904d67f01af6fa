/**
 * Operations whose answer is known before the store has it: they cannot fail, and cannot wait. The task goes on at once, and
 * they travel with its next operation, because on a contended row everybody waits while a message goes there and back. The
 * store gets them in the same order, and the history has them when they take effect.
 *
 * - BEGIN of a transaction at read committed, where none is open: it fails only with its store, and then so does what
 *   follows. A store may refuse the other levels.
 * - Writing a whole row that the transaction has locked FOR UPDATE and seen, where no table declares a constraint.
 *
 * Releasing a lock is not among them: a rule that then computes for long, without a pause, would keep the lock meanwhile.
 */
import type { Key, Operation, Reply } from "../core/operation.js";
import type { Tables } from "../core/table.js";

/** What a task holds, as far as its thread knows for certain. */
export class Foreseen {
  /** Of the open transaction. "other": another level, or something in it has failed. */
  #transaction: "none" | "read committed" | "other" = "none";
  #rows: Key[] = [];

  /** `tables` null: only BEGIN is foreseen. */
  constructor(private readonly tables: Tables | undefined | null) {}

  /** Undefined: the store has to be asked. */
  answer(operation: Operation): null | undefined {
    if (operation.kind === "begin")
      return operation.isolation === "read committed" && this.#transaction === "none" ? null : undefined;
    if (operation.kind !== "write" || this.tables !== undefined || operation.token !== undefined) return undefined;
    return this.#rows.includes(operation.key) ? null : undefined;
  }

  answered(operation: Operation, reply: Reply): void {
    const { kind } = operation;
    if (kind === "commit" || kind === "rollback") this.#transaction = "none";
    if (kind === "commit" || kind === "rollback" || kind === "begin" || kind === "rollback-to") this.#rows = [];
    if ("error" in reply) {
      if (this.#transaction === "read committed") this.#transaction = "other";
      this.#rows = [];
    } else if (kind === "begin") this.#transaction = operation.isolation === "read committed" ? operation.isolation : "other";
    else if (kind === "select-for-update" && this.#transaction === "read committed" && reply.value !== null)
      this.#rows.push(operation.key);
  }
}
