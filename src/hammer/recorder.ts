/**
 * Records a run in the store's own total order: 16 bytes an event. An operation or a reply that was seen
 * before is only a number, and on a hot row almost all were.
 */

import { getOrInsert } from "../core/get-or-insert.js";
import type { Event } from "../core/history.js";
import type { Operation, Reply } from "../core/operation.js";

/** What crosses from the host's thread: four integers an event, and the texts they stand for. */
export interface Recording {
  readonly events: Int32Array;
  /**
   * Three numbers an event: when it was asked and when it was answered, in nanoseconds on the clock of the process, and
   * the version of the row that it wrote or saw, -1 where nobody has said.
   * Null: the events are in the order of their effects, and nobody needs a clock.
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

export interface Recorder {
  /** Events so far. */
  readonly count: () => number;
  /** The operation has taken effect now; it was asked for when `asked` events had. */
  record(task: number, operation: Operation, reply: Reply, asked: number, waited: boolean): void;
  /** The order of the effects is not known, only when each operation (its `textOf`) was asked and answered. */
  recordTimed(task: number, operation: RecordedText, reply: Reply, times: Times, waited: boolean): void;
  /** All that another one, whose order is as little known, has recorded. */
  add(recording: Recording): void;
  finish(): Recording;
}

/** Nanoseconds on the clock of the process. */
export interface Times {
  readonly asked: number;
  readonly answered: number;
  /** Of the row that was written or seen, where the store tells. */
  readonly version?: number | undefined;
}

/** `events`: for about so many there is room at first. */
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
    /** What is rare is not looked for: whoever adds this recording to others does that, and has the time. */
    idFor: ({ text, isCommon }: RecordedText): number => (isCommon ? idOf(text) : texts.push(text) - 1),
  };
}

/** A text, and whether it is said again and again. */
export interface RecordedText {
  readonly text: string;
  readonly isCommon: boolean;
}

const common = (value: Operation | Reply): RecordedText => ({ text: JSON.stringify(value), isCommon: true });
const rare = (value: Operation | Reply): RecordedText => ({ text: JSON.stringify(value), isCommon: false });

/**
 * Whoever holds a row's lock waits for it to be recorded, so what is common has its text already: an operation with no
 * more than a kind and a key, by these, and a reply that is no row, by its value.
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
