/** What the pictures of an execution are drawn from: the history, and what was found out about each of its events. */
import type { Event, History } from "../core/history.js";
import type { Tally } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Rows } from "../core/operation.js";

/** What stands before the numbers of steps: above lanes, in a table's head, on the page. */
export const stepName = { en: "step", ko: "단계" } as const;

/** Did this event destroy what somebody else had written? */
export const loses = ({ overwrites }: Note): boolean => overwrites !== undefined && overwrites.length > 0;

/** The number of the lesson after an event: what the store says, what it should say, how many requests it has served. */
export interface Tallied {
  readonly actual: number;
  readonly expected: number;
  readonly done: number;
}

export interface Trace {
  readonly history: History;
  /** One for each event. */
  readonly notes: readonly Note[];
  readonly tallies: readonly Tallied[];
}

/** How far the store is from what it should say. */
export const lost = ({ actual, expected }: Tallied): number => Math.abs(actual - expected);

/** One step with everything known about it: a column of the picture. */
export interface Step extends Tallied {
  /** Its number: of the event, or of the choice in a schedule. The numbers in `note` and `event` are of the same kind. */
  readonly n: number;
  /** Null: it happens to nobody in particular. */
  readonly task: number | null;
  /** Null: no operation was answered, `other` says what it was instead. */
  readonly event: Event | null;
  readonly note: Note;
  /** "crash", "expire", "waits": a step that is no answered operation. */
  readonly other?: string;
  /** Events of other requests between the step shown before this one and this one. */
  readonly hidden: number;
}

/** The steps of the `tasks` that a picture follows; all other events are counted and left out. */
export function stepsOf(trace: Trace, tasks: readonly number[]): Step[] {
  const steps: Step[] = [];
  let hidden = 0;
  for (const [index, event] of trace.history.events.entries()) {
    const tallied = trace.tallies[index];
    if (!tasks.includes(event.task) || !tallied) {
      hidden++;
      continue;
    }
    steps.push({
      n: event.n,
      task: event.task,
      event,
      note: trace.notes[index] ?? {},
      hidden: steps.length === 0 ? 0 : hidden,
      ...tallied,
    });
    hidden = 0;
  }
  return steps;
}

/** Operations that change rows when they succeed, and the commit that makes it true for everybody. */
const effects = /^(write|delete|insert|compare-and-set|update-where|insert-row|update-rows|delete-rows|commit)$/;
export const took = ({ operation, reply }: Event): boolean =>
  effects.test(operation.kind) && "value" in reply && reply.value !== false && reply.value !== 0;

/**
 * The tallies of a history. A request counts as done from the last event with which it changed something,
 * not from its very last one: a lock is let go of after the sale, and in between the shelf is already empty.
 * `rowsAfter[i]` are the rows after `events[i]`.
 */
export function tallies(history: History, rowsAfter: readonly Rows[], tally: Tally): Tallied[] {
  if (tally.finishes) return inPieces(history, rowsAfter, tally, tally.finishes);
  const doneAt = new Map<number, number>();
  const effective = new Set(history.events.filter(took).map(({ task }) => task));
  for (const [index, event] of history.events.entries())
    if (took(event) || !effective.has(event.task)) doneAt.set(event.task, index);
  const outcomes: (typeof history.outcomes)[number][] = history.outcomes.map(() => undefined);
  return history.events.map(({ task }, index) => {
    if (doneAt.get(task) === index) outcomes[task - 1] = history.outcomes[task - 1];
    return {
      actual: tally.actual(rowsAfter[index] ?? history.before),
      expected: tally.expected({ before: history.before, outcomes }),
      done: outcomes.filter((outcome) => outcome?.status === "ok").length,
    };
  });
}

/** The same where every request does several pieces of work, each counted when it is done. */
function inPieces(
  { before, events, outcomes }: History,
  rowsAfter: readonly Rows[],
  tally: Tally,
  finishes: (event: Event) => boolean,
): Tallied[] {
  let done = 0;
  // What is written in a transaction is done when that commits.
  const open = new Map<number, number>();
  return events.map((event, index) => {
    const { task, operation } = event;
    const pieces = took(event) && finishes(event) ? 1 : 0;
    const pending = open.get(task);
    if (operation.kind === "begin") open.set(task, 0);
    else if (operation.kind === "commit" || operation.kind === "rollback") {
      if (took(event)) done += pending ?? 0;
      open.delete(task);
    } else if (pending !== undefined) open.set(task, pending + pieces);
    else done += pieces;
    return {
      actual: tally.actual(rowsAfter[index] ?? before),
      expected: tally.expected({ before, outcomes }, done),
      done,
    };
  });
}
