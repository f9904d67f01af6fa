/** The data of the pictures of an execution: the history, and the notes and tallies of its events. */
import type { Event, History } from "../core/history.js";
import type { Tally } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Operation, Rows } from "../core/operation.js";
import { ok } from "../core/work.js";
import { offBy } from "./tally.js";

/** The name of the row or column of step numbers. */
export const stepName = { en: "step", ko: "단계" } as const;

/** The event overwrote what another task had written. */
export const loses = ({ overwrites }: Note): boolean => overwrites !== undefined && overwrites.length > 0;

/** The step at which something goes wrong for good: an update is lost, or a property breaks. */
export const isAccident = ({ note, breaks = [] }: Pick<Step, "note" | "breaks">): boolean => loses(note) || breaks.length > 0;

/**
 * The steps with a `!`: those that break a property; where no property is known to break, as on real threads or before
 * the end, those that lose an update. A loss that breaks nothing yet has no mark beside the step that does.
 */
export function accidentsIn(steps: readonly Pick<Step, "note" | "breaks">[]): (step: Pick<Step, "note" | "breaks">) => boolean {
  const isKnown = steps.some(({ breaks = [] }) => breaks.length > 0);
  return ({ note, breaks = [] }) => (isKnown ? breaks.length > 0 : loses(note));
}

/**
 * How far the figure is off after each step, as the pictures show it: `50 !` from the first step with a `!` on. Before that
 * it is a number on its way, such as a charge whose request has no answer yet.
 */
export function offFigures(steps: readonly Pick<Step, "note" | "breaks" | "actual" | "expected">[]): readonly OffFigure[] {
  const isAccident = accidentsIn(steps);
  const first = steps.findIndex(isAccident);
  return steps.map((step, index) => {
    const [off, harm] = [offBy(step), first >= 0 && index >= first];
    return off === 0 ? { text: ".", harm: false } : { text: harm ? `${off} !` : String(off), harm };
  });
}
interface OffFigure {
  readonly text: string;
  /** It is off because something has gone wrong. */
  readonly harm: boolean;
}

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
  /** The row that it reads or writes, in the words of the lesson; absent: its columns. */
  readonly shown?: string;
  /** For a step without an answered operation: "crash", "expire", "waits". */
  readonly other?: string;
  /** The number of events of other requests since the step before this one. */
  readonly hidden: number;
  /** The properties that break with this step; absent: none. */
  readonly breaks?: readonly string[];
  /** The tasks that cannot go on after this step; absent: not known. */
  readonly waiting?: readonly number[];
}

/** What a task is about to do after the last step: with a copy that is stale already, or fresh. */
export interface NextStep {
  readonly task: number;
  readonly operation: Operation;
  /** Since which step its copy is stale, and by which task; null: it is fresh, or there is none. */
  readonly stale: { readonly since: number; readonly by: number } | null;
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

/** Operations that change rows when they succeed, the commit that makes changes visible, and what other services see. */
const effects = /^(write|delete|insert|compare-and-set|update-where|insert-row|update-rows|delete-rows|commit|call|publish)$/;
/** The event was to change something, or failed: a look, a lock or the beginning of a transaction does neither. */
export const acts = ({ operation, reply }: Event): boolean => effects.test(operation.kind) || !("value" in reply);
/** The event changed rows, committed, called or published. */
export const took = ({ operation, reply }: Event): boolean =>
  effects.test(operation.kind) && "value" in reply && reply.value !== false && reply.value !== 0;

/**
 * The tallies of a history, one for each event. `rowsAfter[i]` are the rows after `events[i]`. `unended`: the tasks that can
 * still go on, of a history that is not over. What they have done so far is not off yet: a card that was charged once is
 * right until its order is not paid for.
 */
export function tallies(history: History, rowsAfter: readonly Rows[], tally: Tally, unended: readonly number[] = []): Tallied[] {
  if (tally.finishes) return inPieces(history, rowsAfter, tally, tally.finishes);
  const { before } = history;
  const tallied: Tallied[] = [];
  const supposed = history.outcomes.map((outcome, i) => outcome ?? (unended.includes(i + 1) ? ok() : undefined));
  for (const { outcomes, underWay } of progressOf(history, unended)) {
    const actual = tally.actual(rowsAfter[tallied.length] ?? before);
    const expected = nearest(actual, outcomes, underWay, supposed, (outcomes) => tally.expected({ before, outcomes }));
    tallied.push({ actual, expected, done: outcomes.filter((outcome) => outcome?.status === "ok").length });
  }
  return tallied;
}

/** How far the tasks are after an event. */
interface Progress {
  /** Of the tasks that are done. The same list after each event: who keeps it makes a copy. */
  readonly outcomes: History["outcomes"];
  /** The tasks between their first and their last effect. */
  readonly underWay: readonly number[];
}

/** Comes after a task has its answer: it tidies up. */
const tidies = /^(release|advisory-unlock|rollback)$/;

/**
 * How far the tasks are after each event. A task that is told ok is done from its last event that changed something, not
 * from its last event: it releases its lock after the sale, and the stock is lower before that. A refusal or an error is
 * known with the last thing that the task asked.
 */
export function* progressOf(history: History, unended: readonly number[] = []): Iterable<Progress> {
  const [begunAt, doneAt] = [new Map<number, number>(), new Map<number, number>()];
  const effective = new Set(history.events.filter(took).map(({ task }) => task));
  const isTurnedAway = (task: number) => /^(failed|rejected)$/.test(history.outcomes[task - 1]?.status ?? "");
  for (const [index, event] of history.events.entries()) {
    const counts = isTurnedAway(event.task) ? !tidies.test(event.operation.kind) : took(event) || !effective.has(event.task);
    if (!counts) continue;
    if (!begunAt.has(event.task)) begunAt.set(event.task, index);
    doneAt.set(event.task, index);
  }
  const outcomes: (typeof history.outcomes)[number][] = history.outcomes.map(() => undefined);
  let underWay: readonly number[] = [];
  for (const [index, { task }] of history.events.entries()) {
    if (begunAt.get(task) === index) underWay = [...underWay, task];
    if (doneAt.get(task) === index && !unended.includes(task)) {
      underWay = underWay.filter((other) => other !== task);
      outcomes[task - 1] = history.outcomes[task - 1];
    }
    yield { outcomes, underWay };
  }
}

/** More tasks than these that are under way are not tried one by one: pictures have few. */
const MOST_UNDER_WAY = 4;

/**
 * The expected number that is nearest to the actual one. A task that has called and not yet written counts or does not:
 * either is right for the moment.
 */
function nearest(
  actual: number,
  outcomes: History["outcomes"],
  underWay: readonly number[],
  inTheEnd: History["outcomes"],
  expectedOf: (outcomes: History["outcomes"]) => number,
): number {
  const plain = expectedOf(outcomes);
  if (plain === actual || underWay.length === 0 || underWay.length > MOST_UNDER_WAY) return plain;
  let best = plain;
  for (let some = 1; some < 2 ** underWay.length; some++) {
    const counted = underWay.filter((_, i) => some & (1 << i));
    const expected = expectedOf(outcomes.map((outcome, i) => (counted.includes(i + 1) ? inTheEnd[i] : outcome)));
    if (Math.abs(actual - expected) < Math.abs(actual - best)) best = expected;
  }
  return best;
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
