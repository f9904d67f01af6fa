/**
 * Records a run. An event is four 32-bit integers (16 bytes): the task, the operation, the reply, and how many events had
 * taken effect when it was asked. Every distinct operation and reply is kept once, as text, and an event has its number:
 * on a hot row almost all of them were seen before.
 */

import { getOrInsert } from "../core/get-or-insert.js";
import type { Event } from "../core/history.js";
import type { Operation, Reply } from "../core/operation.js";

/** The events, and the texts that their numbers stand for. */
export interface Recording {
  readonly events: Int32Array;
  /**
   * Three numbers for each event: when it was asked and when it was answered, in nanoseconds on the clock of the process,
   * and the version of the row that it wrote or saw, -1 where the store does not tell it.
   * Null: the events are in the order of their effects, which needs no clock.
   */
  readonly times: Float64Array | null;
  readonly operations: readonly string[];
  readonly replies: readonly string[];
}

const WIDTH = 4;
const WAITED = 0x4000_0000;
/** Numbers in `times` for each event. */
const TIMES = 3;
const NO_VERSION = -1;

interface Recorder {
  /** Events so far. */
  readonly count: () => number;
  /** Records an operation that has just taken effect. `asked`: how many events there were when it was asked. */
  record(task: number, operation: Operation, reply: Reply, asked: number, waited: boolean): void;
  /** Records an operation (its `textOf`) whose effect has no known order, only times. */
  recordTimed(task: number, operation: RecordedText, reply: Reply, times: Times, waited: boolean): void;
  /** Adds the events of another recording with times. */
  add(recording: Recording): void;
  finish(): Recording;
}

/** Nanoseconds on the clock of the process. */
interface Times {
  readonly asked: number;
  readonly answered: number;
  /** The version of the row that was written or seen, where the store tells it. */
  readonly version?: number | undefined;
}

/** `expected`: about how many events there will be; there is room for more. */
export function recorder(expected = 1024): Recorder {
  let events = new Int32Array(WIDTH * expected);
  let count = 0;
  const times: number[] = [];
  const operations = table();
  const replies = table();
  function write(task: number, operation: number, reply: number, asked: number): void {
    if (events.length === count * WIDTH) {
      const larger = new Int32Array(events.length * 2);
      larger.set(events);
      events = larger;
    }
    const at = WIDTH * count++;
    events[at] = task;
    events[at + 1] = operation;
    events[at + 2] = reply;
    events[at + 3] = asked;
  }
  return {
    count: () => count,
    record(task, operation, reply, asked, waited) {
      const [id, replyId] = [operations.idOf(textOf(operation).text), replies.idOf(textOfReply(reply).text)];
      write(task, id, replyId, waited ? asked | WAITED : asked);
    },
    recordTimed(task, operation, reply, { asked, answered, version = NO_VERSION }, waited) {
      write(task, operations.idFor(operation), replies.idFor(textOfReply(reply)), waited ? WAITED : 0);
      times.push(asked, answered, version);
    },
    add(other) {
      const [ownOperations, ownReplies] = [other.operations.map(operations.idOf), other.replies.map(replies.idOf)];
      for (let at = 0; at < other.events.length; at += WIDTH) {
        const [task, operation, reply, asked] = other.events.subarray(at, at + WIDTH) as unknown as [
          number,
          number,
          number,
          number,
        ];
        write(task, ownOperations[operation] as number, ownReplies[reply] as number, asked);
      }
      for (const time of other.times ?? []) times.push(time);
    },
    finish: () => ({
      events: events.slice(0, count * WIDTH),
      times: times.length > 0 ? new Float64Array(times) : null,
      operations: operations.texts,
      replies: replies.texts,
    }),
  };
}

/** When an event was asked and answered, and the version that it wrote or saw; only where `times` are there. */
export function timesOf({ times }: Recording, index: number): Times {
  const [asked, answered, version] = times!.subarray(index * TIMES, (index + 1) * TIMES) as unknown as [number, number, number];
  return { asked, answered, version: version === NO_VERSION ? undefined : version };
}

/** The same events as objects; equal operations and replies are one object. */
export function decode({ events, operations, replies }: Omit<Recording, "times">): readonly Event[] {
  const operation = operations.map((text) => JSON.parse(text) as Operation);
  const reply = replies.map((text) => JSON.parse(text) as Reply);
  return Array.from({ length: events.length / WIDTH }, (_, i) => {
    const [task, o, r, asked] = events.subarray(i * WIDTH, (i + 1) * WIDTH) as unknown as [number, number, number, number];
    return { n: i + 1, task, operation: operation[o]!, reply: reply[r]!, asked: asked & ~WAITED, waited: (asked & WAITED) !== 0 };
  });
}

function table() {
  const ids = new Map<string, number>();
  const texts: string[] = [];
  const idOf = (text: string): number => {
    const known = ids.get(text);
    if (known !== undefined) return known;
    ids.set(text, texts.length);
    return texts.push(text) - 1;
  };
  return {
    texts,
    idOf,
    /** A rare text is not looked up here. That is done when recordings are joined, after the run. */
    idFor: ({ text, isCommon }: RecordedText): number => (isCommon ? idOf(text) : texts.push(text) - 1),
  };
}

/** A text, and whether it comes again and again. */
interface RecordedText {
  readonly text: string;
  readonly isCommon: boolean;
}

const common = (value: Operation | Reply): RecordedText => ({ text: JSON.stringify(value), isCommon: true });
const rare = (value: Operation | Reply): RecordedText => ({ text: JSON.stringify(value), isCommon: false });

/**
 * Texts that are written already, because a task that holds a row's lock waits while its operation is recorded: those of
 * operations with only a kind and a key, by these, and those of replies that are no rows, by their values.
 */
const operationTexts = new Map<string, Map<string | undefined, RecordedText>>();
const replyTexts = new Map<unknown, RecordedText>();

/** An operation as it is recorded. */
export function textOf(operation: Operation): RecordedText {
  const key = "key" in operation ? operation.key : undefined;
  let more = key === undefined ? -1 : -2;
  for (const _ in operation) more++;
  if (more > 0) return rare(operation);
  const ofKind = getOrInsert(operationTexts, operation.kind, () => new Map<string | undefined, RecordedText>());
  return getOrInsert(ofKind, key, () => common(operation));
}

function textOfReply(reply: Reply): RecordedText {
  if (!("value" in reply) || (typeof reply.value === "object" && reply.value !== null)) return rare(reply);
  return getOrInsert(replyTexts, reply.value, () => common(reply));
}
