/**
 * The record of an execution, in the store's own total order. Checkers read it, screens draw it, the stepper replays it.
 * (Herlihy & Wing 1990: a history is a sequence of invocations and responses.)
 */
import type { Operation, Reply, Rows } from "./operation.js";
import type { Server } from "./server.js";
import type { Outcome } from "./work.js";

/** One operation of one task. */
export interface Event {
  /** Its place in the store's total order, from 1: the order in which operations took effect. */
  readonly n: number;
  /** Which task, from 1. */
  readonly task: number;
  readonly operation: Operation;
  readonly reply: Reply;
  /** How many events had taken effect when the task asked for it; `n - 1` unless it had to wait or was overtaken. */
  readonly asked: number;
  /** It was blocked for a while before it could go on. */
  readonly waited: boolean;
  /**
   * The version of the row that it wrote or read, where a server does not tell the order of effects but counts the writes
   * of each row. Absent: not known, or the write became visible at another moment.
   */
  readonly version?: number;
  /** `file:line` of the source that asked; absent: not recorded. */
  readonly at?: string;
}

/** An execution: the rows before, the events, how each task ended, the rows after. */
export interface History {
  /** The rows before the first event. */
  readonly before: Rows;
  readonly events: readonly Event[];
  /** How each task ended, by task number minus one; undefined: it never did. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** The committed rows after the last event. */
  readonly after: Rows;
  /**
   * The order of the events. Absent: the order of their effects. "replies": a server does not tell that order, so it is
   * the order in which the replies came. Two events overlap if the later one was `asked` before the earlier one was
   * answered; then their effects may have been in the other order.
   */
  readonly order?: "replies";
  /** Which server each task ran on, by task number minus one, where there is more than one. */
  readonly servers?: readonly Server[];
}

/** A history of so many events that they may not all be there as objects at once. */
export interface LongHistory extends History {
  /** How many events there are. */
  readonly length: number;
  /** The events one after the other, each made when it is asked for. `events` makes all of them, and keeps them. */
  each(): Iterable<Event>;
}

export function longHistory(parts: Omit<History, "events">, length: number, each: () => Iterable<Event>): LongHistory {
  let events: readonly Event[] | undefined;
  return {
    ...parts,
    length,
    each: () => events ?? each(),
    get events() {
      events ??= Array.from(each());
      return events;
    },
  };
}

/** The same history if the tasks had ended so. Its events are not made for that. */
export const withOutcomes = <H extends History>(history: H, outcomes: History["outcomes"]): H =>
  Object.defineProperties({} as H, {
    ...Object.getOwnPropertyDescriptors(history),
    outcomes: { value: outcomes, enumerable: true },
  });

/** Versions of a row are counted within one life, from insert to delete; each further life begins at a multiple of this number. */
const LIFE = 2 ** 24;
export const isSameLife = (one: number, other: number): boolean => Math.floor(one / LIFE) === Math.floor(other / LIFE);

/** Did these events (by `n`, ascending) certainly take effect in this order? */
export const isCertain = ({ order, events }: History, numbers: readonly number[]): boolean =>
  order === undefined ||
  numbers.every((n, i) => {
    const before = numbers[i - 1];
    if (before === undefined) return true;
    const event = events[n - 1]!;
    return event.asked >= before || isLater(events[before - 1]!, event);
  });

/** Do the versions of the row say that `one` took effect before `other`? */
function isLater(one: Event, other: Event): boolean {
  if (one.version === undefined || other.version === undefined || !isSameLife(one.version, other.version)) return false;
  if (!("key" in one.operation && "key" in other.operation) || one.operation.key !== other.operation.key) return false;
  const saw = !isRead(one) && isRead(other);
  return saw ? one.version <= other.version : one.version < other.version;
}

const isRead = ({ operation }: Event): boolean => operation.kind === "read" || operation.kind === "read-versioned";
