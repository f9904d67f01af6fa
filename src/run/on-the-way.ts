/**
 * What is judged event by event, with one event in memory at a time: a run of a million requests has millions of them. The
 * figures of a run, the invariants after each event, and refused requests that the rule would have accepted.
 */
import { CommittedRows } from "../checkers/committed-rows.js";
import { isConflict } from "../checkers/operations.js";
import type { Broken } from "../checkers/properties.js";
import type { History, LongHistory } from "../core/history.js";
import type { Scenario } from "../core/lesson.js";
import type { Rows } from "../core/operation.js";
import type { Property } from "../core/property.js";
import { session } from "../core/session.js";
import { runWork } from "../core/strategy.js";
import type { Observation } from "../core/verdict.js";
import type { Work } from "../core/work.js";
import { memoryStore } from "../stores/memory.js";

/** What a store answers that has no room: it says nothing of the strategy. */
const noRoom: ReadonlySet<string> = new Set(["53100", "58030"]);

interface Figures extends Pick<Observation, "conflicts" | "retries" | "lockWaits"> {
  /** The store had no room for something. */
  readonly isFull: boolean;
}

/** Conflicts, attempts after a conflict, and operations that waited for a lock. */
export function figuresOf(history: LongHistory): Figures {
  /** Tasks whose last operation met a conflict. */
  const inConflict = new Set<number>();
  const counts = { conflicts: 0, retries: 0, lockWaits: 0, isFull: false };
  for (const event of history.each()) {
    const { task, operation, waited, reply } = event;
    if ("error" in reply && noRoom.has(reply.error)) counts.isFull = true;
    if (operation.kind === "rollback") continue;
    if (inConflict.delete(task)) counts.retries++;
    if (waited) counts.lockWaits++;
    if (!isConflict(event)) continue;
    counts.conflicts++;
    inConflict.add(task);
  }
  return counts;
}

type Invariant = Extract<Property, { kind: "invariant" }>;

/** The invariants that broke: at the first event after which they did, or at the end. */
export function brokenInvariants(invariants: readonly Invariant[], history: LongHistory): ReadonlyMap<Invariant, Broken> {
  const found = new Map<Invariant, Broken>();
  const look = (rows: Rows, at: { readonly after?: number }) => {
    for (const invariant of invariants) {
      if (found.has(invariant)) continue;
      const sentence = invariant.test(rows, history.before);
      if (sentence !== null) found.set(invariant, { property: invariant.name, sentence, ...at });
    }
  };
  // Where the order of effects is not known there are no rows after each event, only the final ones.
  if (history.order === undefined && invariants.length > 0) {
    const committed = new CommittedRows(history);
    for (const event of history.each()) {
      const isChanged = committed.add(event);
      if (isChanged || event.n === 1) look(committed.rows, { after: event.n });
      if (found.size === invariants.length) break;
    }
  }
  look(history.after, {});
  return found;
}

/** Answers that are remembered, at most. */
const MOST_KNOWN = 10_000;

/**
 * Refused requests that the rule accepts when it runs alone, with the final rows and, where the order is exact, with the rows
 * after the request's last operation.
 */
export async function turnedAway(scenario: Scenario, history: LongHistory): Promise<number> {
  const { tasks, tables } = scenario;
  const { outcomes, after } = history;
  const atEnd = new Map<Work, boolean>();
  /** By request: the rule would accept it at the end. */
  const doubtful = new Uint8Array(outcomes.length);
  let away = 0;
  for (const [i, work] of tasks.entries()) {
    if (outcomes[i]?.status !== "rejected") continue;
    if (!atEnd.has(work)) atEnd.set(work, await accepts(work, after, tables));
    if (!atEnd.get(work)) continue;
    doubtful[i] = 1;
    away++;
  }
  if (away === 0 || history.order !== undefined) return away;
  return away - (await rightlyRefused(scenario, history, doubtful));
}

/** How many of them the rule refuses with the rows after their last operation. */
async function rightlyRefused({ tasks, tables }: Scenario, history: LongHistory, doubtful: Uint8Array): Promise<number> {
  const last = lastEvents(history);
  const known = new Map<Work, Map<string, boolean>>();
  const committed = new CommittedRows(history);
  let count = 0;
  for (const event of history.each()) {
    committed.add(event);
    const i = event.task - 1;
    if (doubtful[i] === 0 || last[i] !== event.n) continue;
    const work = tasks[i]!;
    const rows = JSON.stringify(committed.rows);
    const answers = known.get(work) ?? new Map<string, boolean>();
    if (answers.size >= MOST_KNOWN) answers.clear();
    known.set(work, answers);
    const answer = answers.get(rows) ?? (await accepts(work, { ...committed.rows }, tables));
    answers.set(rows, answer);
    if (!answer) count++;
  }
  return count;
}

/** The last event of each task, by task number minus one; 0: it has none. */
function lastEvents(history: LongHistory): Int32Array {
  const last = new Int32Array(history.outcomes.length);
  for (const { task, n } of history.each()) last[task - 1] = n;
  return last;
}

async function accepts(work: Work, rows: Rows, tables: Scenario["tables"]): Promise<boolean> {
  const store = memoryStore();
  await store.reset(rows, tables);
  const { perform } = await store.connect();
  return (await runWork(work, session(perform))).status === "ok";
}

/** The history until this event, as if it had been stopped then: who had not ended has no outcome. */
export function beginning(history: LongHistory, length: number): History {
  const last = lastEvents(history);
  const committed = new CommittedRows(history);
  const events = [];
  for (const event of history.each()) {
    events.push(event);
    committed.add(event);
    if (events.length === length) break;
  }
  const { before, order, servers } = history;
  return {
    before,
    events,
    outcomes: history.outcomes.map((outcome, i) => (last[i]! <= length ? outcome : undefined)),
    after: { ...committed.rows },
    ...(order && { order }),
    ...(servers && { servers }),
  };
}
