/**
 * Lost update (P4; Berenson et al. 1995, §4.1): a task reads a version of a row, other tasks replace it, and the task
 * writes a row that it computed from its old copy. The other tasks' writes are gone, and no task gets an error.
 *
 *     request 1   R 100 ─────▴~~~~~~~ W 99 !
 *     request 2         R 100 W 99
 *     stock       100         99      99        two sales, one piece gone
 *
 * The unit is always the task, with or without transactions: what counts is which version its copy was when it wrote,
 * and a copy outlives the transaction in which it was read. So a row that is read in one transaction and written in the
 * next (or "tried again without reading again") is a lost update too. Adya's definition, where the transaction is the
 * unit, would not find it.
 *
 * Not a lost update: an update that the store computes from the row it changes (`left = left - 1`), a write by a task
 * that never read the row, and writes of other tasks that changed nothing. If the row is again what was read, it is ABA
 * (aba.ts).
 */

import { particle } from "../core/korean.js";
import type { Condition } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { overwritesBlindly } from "./operations.js";
import { same } from "./shown.js";
import type { Version, VersionTrace } from "./versions.js";
import { asRead, differing, subject, type Wording, wrote } from "./wording.js";

/** A write from a stale copy. */
interface StaleWrite {
  readonly write: Version;
  /** The version that its task had a copy of. */
  readonly seen: Version;
  /** The event at which the task got that copy. */
  readonly read: number;
  /** The changes of other tasks in between, oldest first; never empty. */
  readonly between: readonly Version[];
  /** The changes that this write destroys: those that the row's last value was built from and its task had not read. */
  readonly lost: readonly Version[];
}

/**
 * Every write that took effect although its task's copy was out of date, also where no value was lost. With
 * `comparisons` also updates that tested the row against a value instead of a version.
 */
export function staleWrites(trace: VersionTrace, comparisons = false): StaleWrite[] {
  return trace.steps.flatMap(({ installs }) => installs.flatMap((write) => staleWrite(trace, write, comparisons) ?? []));
}

function staleWrite(trace: VersionTrace, write: Version, comparisons: boolean): StaleWrite | null {
  const { operation } = trace.steps[write.n - 1]!.event;
  const compares = comparisons && operation.kind === "update-where" && comparesValue(operation.where);
  if (!(compares || fromCopy(trace, write)) || !write.basis || write.basis.version.place < 0) return null;
  const { version: seen, n: read } = write.basis;
  const chain = trace.chains.get(write.key)!;
  const between = chain
    .slice(seen.place + 1, write.place)
    .filter((version) => version.by !== write.by && changed(trace, chain, version));
  return between.length > 0 ? { write, seen, read, between, lost: builtIn(trace, chain, seen, write) } : null;
}

/** What a version was computed from: its writer's copy; the version before it where the store computed it or there was no copy. */
const base = (trace: VersionTrace, chain: readonly Version[], version: Version): Version =>
  (fromCopy(trace, version) && version.basis?.version) || chain[version.place - 1]!;

const changed = (trace: VersionTrace, chain: readonly Version[], version: Version): boolean =>
  !same(version.row, base(trace, chain, version).row);

/**
 * The changes that the row holds when `write` replaces it, back to the version its task had read. A change that an
 * earlier stale write has destroyed is not among them, so every loss is counted once.
 */
function builtIn(trace: VersionTrace, chain: readonly Version[], seen: Version, write: Version): readonly Version[] {
  const found: Version[] = [];
  for (let version = chain[write.place - 1]!; version.place > seen.place; ) {
    if (version.by !== write.by && changed(trace, chain, version)) found.unshift(version);
    const from = fromCopy(trace, version) ? version.basis?.version : chain[version.place - 1];
    if (!from || from.place < 0 || from.place >= version.place) break;
    version = from;
  }
  return found;
}

/** Did the task compute its value, and not the store? */
function fromCopy(trace: VersionTrace, { n }: Version): boolean {
  const { operation } = trace.steps[n - 1]!.event;
  return (
    ("row" in operation && operation.kind !== "insert-row") ||
    operation.kind === "delete" ||
    (operation.kind === "update-where" && overwritesBlindly(operation))
  );
}

/** `status = 'open'`: a compare-and-set on a value. */
const comparesValue = (condition: Condition | undefined): boolean =>
  Array.isArray(condition) &&
  (condition[0] === "=" || (condition[0] === "and" && (comparesValue(condition[1]) || comparesValue(condition[2]))));

/** The stale writes that destroy a change, and where the row was no longer what its task had read. */
export const lostUpdates = (trace: VersionTrace): StaleWrite[] =>
  staleWrites(trace).filter(({ write, seen, lost }) => {
    const before = trace.chains.get(write.key)![write.place - 1]!;
    return lost.length > 0 && !same(before.row, seen.row) && !(same(before.row, write.row) && isPlain(seen, write));
  });

/**
 * Every column that the task changed is a flag or a word, nothing that adds up: to write it a second time loses nothing.
 * Two writes of 99 are two sales of which one is counted; two writes of "paid" are one payment.
 */
const isPlain = (seen: Version, write: Version): boolean =>
  (seen.row ? differing([seen, write]) : Object.keys(write.row ?? {})).every((column) =>
    [seen.row?.[column], write.row?.[column]].every((cell) => cell === null || /^(string|boolean|undefined)$/.test(typeof cell)),
  );

export const lostUpdate = (trace: VersionTrace, words: Wording): Violation[] =>
  lostUpdates(trace).map((stale) => ({
    property: "what was written is not overwritten unseen",
    anomaly: "lost update",
    schedule: null,
    tasks: [...new Set([stale.write.by, stale.between[0]!.by, stale.lost[0]!.by])],
    events: [...new Set([stale.read, stale.between[0]!.n, stale.lost[0]!.n, stale.write.n])],
    explanation: explain(trace, words, stale),
  }));

function explain({ history }: VersionTrace, words: Wording, { write, seen, read, between, lost }: StaleWrite): string {
  const columns = differing([seen, ...between, write]);
  const first = between[0]!;
  const later = lost.includes(first) ? [] : [lost[0]!];
  const losers = [...new Set(lost.map(({ by }) => by))];
  const gone = words.say({
    en:
      lost.length === 1
        ? `${words.task(lost[0]!.by)}'s write is gone`
        : losers.length === 1
          ? `${lost.length} writes of ${words.task(losers[0]!)} are gone`
          : `the writes of ${words.tasks(losers)} are gone`,
    ko: `${particle(words.tasks(losers), "이", "가")} 쓴 값${lost.length > 1 && losers.length === 1 ? ` ${lost.length}개가` : "이"} 사라졌`,
  });
  const told = [write.by, ...losers].every((task) => (history.outcomes[task - 1]?.status ?? "ok") === "ok");
  const own = seen.by === write.by && seen.n === read;
  return words.say({
    en:
      `${words.Task(write.by)} ${own ? "wrote" : "read"} ${words.row(seen, columns)} at ${words.step(read)}. ` +
      `${words.Task(first.by)} ${change(words, first, columns)}, so ${words.task(write.by)}'s copy went stale. ` +
      `${later.map((version) => `${words.Task(version.by)} ${change(words, version, columns)}. `).join("")}` +
      `${words.Task(write.by)} ${change(words, write, columns)}: ${gone}${told ? `, and ${losers.length === 1 ? "neither" : "nobody"} was told` : ""}.`,
    ko:
      `${subject(words, write.by)} ${words.step(read)}에서 ${own ? wrote(words, seen, words.row(seen, columns)) : `${asRead(words, seen, words.row(seen, columns))} 읽었`}습니다. ` +
      `${subject(words, first.by)} ${change(words, first, columns)}. 그래서 ${subject(words, write.by)} 가진 사본은 낡은 값이 되었습니다. ` +
      `${later.map((version) => `${subject(words, version.by)} ${change(words, version, columns)}. `).join("")}` +
      `${subject(words, write.by)} ${change(words, write, columns)}. ${gone}${told ? `는데 ${losers.length === 1 ? "둘 다" : "아무도"} 모릅니다` : "습니다"}.`,
  });
}

/** "wrote 92 at step 44", "deleted it at step 9 (committed at step 12)"; "44단계에서 92를 썼습니다". */
export function change(words: Wording, version: Version, columns: readonly string[]): string {
  const { n, installed } = version;
  const value = words.value(version, columns);
  const later = installed !== null && installed !== n;
  return words.say({
    en: `${version.row ? `wrote ${value}` : "deleted it"} at ${words.step(n)}${later ? ` (committed at ${words.step(installed)})` : ""}`,
    ko: `${words.step(n)}에서 ${wrote(words, version, value)}습니다${later ? ` (커밋은 ${words.step(installed)})` : ""}`,
  });
}
