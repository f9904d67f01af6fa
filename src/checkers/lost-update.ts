/**
 * Lost update (P4; Berenson et al. 1995, §4.1): a task reads a version of a row, others replace it, and the
 * task writes what it made of its old copy. What they wrote is gone, and nobody is told.
 *
 *     request 1   R 100 ─────▴~~~~~~~ W 99 !
 *     request 2         R 100 W 99
 *     stock       100         99      99        two sales, one piece gone
 *
 * The unit is always the task, transactions or not: what counts is which version its copy was when it wrote,
 * and a copy survives the end of the transaction it was read in. So read in one transaction and written in
 * the next (or "tried again without reading again") is a lost update too, which Adya's definition, where
 * the transaction is the unit, would let pass.
 *
 * Not one: an update that the store computes from the row it changes (`left = left - 1`), a write by a task
 * that never saw the row, and others' writes that changed nothing. If the row has come back to what
 * was read it is ABA (aba.ts).
 */
import type { Condition } from "../core/expression.js";
import type { Violation } from "../core/verdict.js";
import { overwritesBlindly, same, type Trace, type Version } from "./versions.js";
import { differing, type Wording } from "./wording.js";

/** A write from a stale copy. */
export interface StaleWrite {
  readonly write: Version;
  /** The version that its task had in hand. */
  readonly seen: Version;
  /** The event at which it got that. */
  readonly read: number;
  /** What others wrote in between, oldest first; never empty. */
  readonly lost: readonly Version[];
}

/**
 * Every write that took effect though its task's copy was stale, whatever became of the value. With
 * `comparisons` also updates that tested the row against a value instead of a version.
 */
export function staleWrites(trace: Trace, comparisons = false): StaleWrite[] {
  return trace.steps.flatMap(({ installs }) => installs.flatMap((write) => staleWrite(trace, write, comparisons) ?? []));
}

function staleWrite(trace: Trace, write: Version, comparisons: boolean): StaleWrite | null {
  const { operation } = trace.steps[write.n - 1]!.event;
  const fromCopy =
    ("row" in operation && operation.kind !== "insert-row") ||
    operation.kind === "delete" ||
    (operation.kind === "update-where" && (overwritesBlindly(operation) || (comparisons && comparesValue(operation.where))));
  if (!fromCopy || !write.basis || write.basis.version.place < 0) return null;
  const { version: seen, n: read } = write.basis;
  const between = trace.chains.get(write.key)!.slice(seen.place + 1, write.place);
  const lost = between.filter(
    (version, index) => version.by !== write.by && !same(version.row, (between[index - 1] ?? seen).row),
  );
  return lost.length > 0 ? { write, seen, read, lost } : null;
}

/** `status = 'open'`: a compare-and-set on a value. */
const comparesValue = (condition: Condition | undefined): boolean =>
  Array.isArray(condition) &&
  (condition[0] === "=" || (condition[0] === "and" && (comparesValue(condition[1]) || comparesValue(condition[2]))));

/** Those whose task would have written something else, had it looked again. */
export const lostUpdates = (trace: Trace): StaleWrite[] =>
  staleWrites(trace).filter(({ write, seen }) => !same(trace.chains.get(write.key)![write.place - 1]!.row, seen.row));

export const lostUpdate = (trace: Trace, words: Wording): Violation[] =>
  lostUpdates(trace).map((stale) => ({
    property: "what was written is not overwritten unseen",
    anomaly: "lost update",
    schedule: null,
    tasks: [stale.write.by, stale.lost[0]!.by],
    events: [stale.read, stale.lost[0]!.n, stale.write.n],
    explanation: explain(trace, words, stale),
  }));

function explain({ history }: Trace, words: Wording, { write, seen, read, lost }: StaleWrite): string {
  const columns = differing([seen, ...lost, write]);
  const first = lost[0]!;
  const losers = [...new Set(lost.map(({ by }) => by))];
  const gone =
    lost.length === 1
      ? `${words.task(first.by)}'s write is gone`
      : losers.length === 1
        ? `${lost.length} writes of ${words.task(first.by)} are gone`
        : `the writes of ${words.tasks(losers)} are gone`;
  const told = [write.by, ...losers].every((task) => (history.outcomes[task - 1]?.status ?? "ok") === "ok");
  const silent = told ? `, and ${losers.length === 1 ? "neither" : "nobody"} was told` : "";
  return (
    `${words.Task(write.by)} ${seen.by === write.by && seen.n === read ? "wrote" : "read"} ${words.row(seen, columns)} at step ${read}. ` +
    `${words.Task(first.by)} ${change(words, first, columns)}, so ${words.task(write.by)}'s copy went stale. ` +
    `${words.Task(write.by)} ${change(words, write, columns)}: ${gone}${silent}.`
  );
}

/** "wrote 92 at step 44", "deleted it at step 9 (committed at step 12)". */
export function change(words: Wording, version: Version, columns?: readonly string[]): string {
  const later = version.installed !== null && version.installed !== version.n ? ` (committed at step ${version.installed})` : "";
  return `${version.row ? `wrote ${words.value(version, columns)}` : "deleted it"} at step ${version.n}${later}`;
}
