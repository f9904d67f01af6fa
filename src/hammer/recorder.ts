/**
 * Records a run in the store's own total order: 16 bytes an event. An operation or a reply that was seen
 * before is only a number, and on a hot row almost all were.
 */
import type { Event } from "../core/history.js";
import type { Operation, Reply } from "../core/operation.js";

/** What crosses from the host's thread: four integers an event, and the texts they stand for. */
export interface Recording {
  readonly events: Int32Array;
  readonly operations: readonly string[];
  readonly replies: readonly string[];
}

const WIDTH = 4;
const WAITED = 0x4000_0000;

export interface Recorder {
  /** Events so far. */
  readonly count: () => number;
  /** The operation has taken effect now; it was asked for when `asked` events had. */
  record(task: number, operation: Operation, reply: Reply, asked: number, waited: boolean): void;
  finish(): Recording;
}

export function recorder(): Recorder {
  let events = new Int32Array(WIDTH * 1024);
  let count = 0;
  const operations = table();
  const replies = table();
  return {
    count: () => count,
    record(task, operation, reply, asked, waited) {
      if (events.length === count * WIDTH) {
        const larger = new Int32Array(events.length * 2);
        larger.set(events);
        events = larger;
      }
      events.set([task, operations.id(operation), replies.id(reply), waited ? asked | WAITED : asked], count * WIDTH);
      count++;
    },
    finish: () => ({ events: events.slice(0, count * WIDTH), operations: operations.texts, replies: replies.texts }),
  };
}

/** The same events as objects; equal operations and replies are one object. */
export function decode({ events, operations, replies }: Recording): readonly Event[] {
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
  return {
    texts,
    id(value: unknown): number {
      const text = JSON.stringify(value);
      const known = ids.get(text);
      if (known !== undefined) return known;
      ids.set(text, texts.length);
      return texts.push(text) - 1;
    },
  };
}
