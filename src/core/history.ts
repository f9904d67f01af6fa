/**
 * What happened: the record of an execution, in the store's own total order. Checkers read it, screens
 * draw it, the stepper replays it. (Herlihy & Wing 1990: a history is a sequence of invocations and
 * responses.)
 */
import type { Operation, Reply, Rows } from "./operation.js";
import type { Server } from "./server.js";
import type { Outcome } from "./work.js";

/** One operation of one task. */
export interface Event {
  /** Its place in the store's total order, from 1: when it took effect. */
  readonly n: number;
  /** Which task, from 1. */
  readonly task: number;
  readonly operation: Operation;
  readonly reply: Reply;
  /** How many events had taken effect when it was asked for; `n - 1` unless it had to wait or was overtaken. */
  readonly asked: number;
  /** It was blocked for a while before it could go on. */
  readonly waited: boolean;
  /**
   * The version of the row that it wrote, or saw: where a server keeps the order of effects to itself, but counts the
   * writes of each row. Absent: nobody has said, or it was not that very moment at which others could see it.
   */
  readonly version?: number;
  /** `file:line` of the lesson's or strategy's source that asked, where that was looked at. */
  readonly at?: string;
}

export interface History {
  /** The rows before the first event. */
  readonly before: Rows;
  readonly events: readonly Event[];
  /** How each task ended, by task number minus one; undefined: it never did. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** The committed rows after the last event. */
  readonly after: Rows;
  /**
   * What the order of the events is. Absent: that of their effects. "replies": a server keeps that order to itself,
   * so it is the order in which the answers came. Two events overlap if the later one was `asked` before the
   * earlier one was answered, and then their effects may have been the other way round.
   */
  readonly order?: "replies";
  /** Which server each task ran on, by task number minus one, where there is more than one. */
  readonly servers?: readonly Server[];
}

/** Versions of a row are counted within one life of it: from here on it is another number of births. */
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

/** Does the count of the row's writes say that `one` took effect before `other`? */
function isLater(one: Event, other: Event): boolean {
  if (one.version === undefined || other.version === undefined || !isSameLife(one.version, other.version)) return false;
  if (!("key" in one.operation && "key" in other.operation) || one.operation.key !== other.operation.key) return false;
  const saw = !isRead(one) && isRead(other);
  return saw ? one.version <= other.version : one.version < other.version;
}

const isRead = ({ operation }: Event): boolean => operation.kind === "read" || operation.kind === "read-versioned";
