/**
 * What there is to say about each event, as data: `report/` draws its marks from it (`!` `~` `✗` `↻`), and `why.ts`
 * makes its sentences from it.
 */

import { getOrInsert } from "../core/get-or-insert.js";
import type { Event, History } from "../core/history.js";
import type { Note } from "../core/note.js";
import type { Key } from "../core/operation.js";
import { lostUpdates } from "./lost-update.js";
import { isConflict, readKeys } from "./operations.js";
import { same } from "./shown.js";
import { type Version, type VersionStep, type VersionTrace, versions } from "./versions.js";

type Draft = { -readonly [K in keyof Note]: Note[K] };

/** One note for each event, in their order. */
export function notes(history: History): readonly Note[] {
  const trace = versions(history);
  const lost = new Map(lostUpdates(trace).map((stale) => [stale.write.n, stale]));
  const drafts = trace.steps.map((step): Draft => {
    const stale = staleness(trace, step);
    const overwritten = lost.get(step.event.n);
    const first = overwritten?.between[0];
    return {
      ...(stale && { stale }),
      ...(overwritten && first && { stale: { read: overwritten.read, since: first.installed!, by: first.by } }),
      ...(overwritten && { overwrites: overwritten.lost.map(({ n, by }) => ({ n, task: by })) }),
      ...computed(step),
      ...(isConflict(step.event) && { conflict: true as const }),
      ...(step.event.waited && { waitedFor: blocker(history, step.event) }),
    };
  });
  retries(trace, drafts);
  copies(trace, drafts);
  return drafts;
}

/** What a statement wrote that computes its values: of one row, the columns that it set. */
function computed({ event: { operation }, writes }: VersionStep): Pick<Note, "wrote"> {
  const set =
    "set" in operation
      ? operation.set
      : operation.kind === "insert-row" && typeof operation.onConflict === "object"
        ? operation.row
        : null;
  const row = writes.length === 1 ? writes[0]?.row : null;
  return set && row ? { wrote: Object.fromEntries(Object.keys(set).map((column) => [column, row[column] ?? null])) } : {};
}

const fromCopy = /^(write|delete|compare-and-set)$/;

/** The copy that a write, or a refused write, was made from, if another task had replaced it; otherwise undefined. */
function staleness(trace: VersionTrace, { event: { n, task, operation, reply }, held }: VersionStep): Note["stale"] | undefined {
  if (!held || !(fromCopy.test(operation.kind) || "error" in reply)) return undefined;
  const refused = "error" in reply || reply.value === false;
  const later = trace.chains.get(held.version.key)!.slice(held.version.place + 1);
  const by = later.find(
    (version) => version.by !== task && version.installed! < n && (refused || !same(version.row, held.version.row)),
  );
  return held.version.place >= 0 && by ? { read: held.n, since: by.installed!, by: by.by } : undefined;
}

/** Marks the first read, after each conflict, of a row that the task had read before. */
function retries({ steps }: VersionTrace, drafts: readonly Draft[]): void {
  const tasks = new Map<number, { looked: Set<Key>; conflicts: number; told: boolean }>();
  for (const [index, { event }] of steps.entries()) {
    const mine = tasks.get(event.task) ?? { looked: new Set<Key>(), conflicts: 0, told: false };
    tasks.set(event.task, mine);
    const keys = readKeys(event.operation);
    if (mine.told && keys.some((key) => mine.looked.has(key))) {
      drafts[index]!.retry = mine.conflicts;
      mine.told = false;
    }
    for (const key of keys) mine.looked.add(key);
    if (!isConflict(event)) continue;
    mine.conflicts++;
    mine.told = true;
  }
}

/** Follows the copies that tasks hold, from a read to the next read or write of that row by the same task. */
function copies({ history, steps }: VersionTrace, drafts: readonly Draft[]): void {
  const last = new Map(history.events.map(({ task, n }) => [task, n]));
  const live = new Map<Key, Map<number, number>>();
  for (const [index, { event, installs, writes, reads }] of steps.entries()) {
    for (const { key } of writes) live.get(key)?.delete(event.task);
    const stale = installs.flatMap((version) => holders(version, live, event, last));
    for (const { read, task, version } of stale) {
      drafts[read - 1]!.goesStale = { at: event.n, by: version.by };
      live.get(version.key)!.delete(task);
    }
    if (stale.length > 0) drafts[index]!.makesStale = [...new Set(stale.map(({ task }) => task))];
    for (const { version, copy } of reads) if (copy) getOrInsert(live, version.key, () => new Map()).set(event.task, event.n);
  }
}

const holders = (version: Version, live: Map<Key, Map<number, number>>, { task, n }: Event, last: Map<number, number>) =>
  [...(live.get(version.key) ?? [])]
    .filter(([other]) => other !== task && last.get(other)! > n)
    .map(([other, read]) => ({ task: other, read, version }));

/** The task that a blocked event waited for: the last, before that event, to release the lock or end a transaction. */
function blocker({ events, servers }: History, { n, task, operation, asked }: Event): NonNullable<Note["waitedFor"]> {
  const freed = events
    .slice(asked, n - 1)
    .findLast(
      (event) =>
        event.task !== task &&
        (operation.kind === "acquire"
          ? event.operation.kind === "release" &&
            event.operation.lock === operation.lock &&
            (operation.scope !== "server" || servers?.[event.task - 1] === servers?.[task - 1])
          : event.operation.kind === "commit" || event.operation.kind === "rollback" || "error" in event.reply),
    );
  return { since: asked, ...(freed && { task: freed.task, n: freed.n }) };
}
