/** The data of the pictures of an execution: the history, and the notes and tallies of its events. */
import type { Event, History } from "../core/history.js";
import type { Tally } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Rows } from "../core/operation.js";

/** The name of the row or column of step numbers. */
export const stepName = { en: "step", ko: "단계" } as const;

/** The event overwrote what another task had written. */
export const loses = ({ overwrites }: Note): boolean => overwrites !== undefined && overwrites.length > 0;

/** The tally after an event: the number in the store, the number that it should be, how many requests are done. */
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

/** One step with everything that is known about it: a column of a picture. */
export interface Step extends Tallied {
  /** The number of the event, or of the choice in a schedule. The numbers in `note` and `event` are of the same kind. */
  readonly n: number;
  /** Null: an event of the environment that concerns no task. */
  readonly task: number | null;
  /** Null: no operation was answered, and `other` says what happened. */
  readonly event: Event | null;
  readonly note: Note;
  /** For a step without an answered operation: "crash", "expire", "waits". */
  readonly other?: string;
  /** The number of events of other requests since the step before this one. */
  readonly hidden: number;
  /** The tasks that cannot go on after this step; absent: not known. */
  readonly waiting?: readonly number[];
}

/** The steps of `tasks`. Events of other tasks are left out, and counted in `hidden`. */
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

/** Operations that change rows when they succeed, and the commit that makes changes visible. */
const effects = /^(write|delete|insert|compare-and-set|update-where|insert-row|update-rows|delete-rows|commit)$/;
/** The event changed rows, or committed. */
export const took = ({ operation, reply }: Event): boolean =>
  effects.test(operation.kind) && "value" in reply && reply.value !== false && reply.value !== 0;

/**
 * The tallies of a history, one for each event. A request counts as done from its last event that changed something, not
 * from its last event: it releases its lock after the sale, and the stock is lower before that. `rowsAfter[i]` are the
 * rows after `events[i]`.
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

/** The same for lessons where a request does several pieces of work. Each piece counts when it is done. */
function inPieces(
  { before, events, outcomes }: History,
  rowsAfter: readonly Rows[],
  tally: Tally,
  finishes: (event: Event) => boolean,
): Tallied[] {
  let done = 0;
  // Pieces that are written in a transaction count when it commits.
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
