/**
 * Records a run. An event is four 32-bit integers (16 bytes): the task, the operation, the reply, and how many events had
 * taken effect when it was asked. Every distinct operation and reply is kept once, as text, and an event has its number:
 * on a hot row almost all of them were seen before. Where there are very many, as when each request writes a number of its
 * own, a text is kept once without its numbers, and those stand behind the event.
 *
 * The integers are in pieces that are never copied: a run of a million requests has millions of events.
 */
import { getOrInsert } from "../core/get-or-insert.js";
import type { Event } from "../core/history.js";
import type { Operation, Reply } from "../core/operation.js";

/** The events, and the texts that their numbers stand for. */
export interface Recording {
  /** How many events there are. */
  readonly count: number;
  /** No event goes over two pieces. */
  readonly events: readonly Int32Array[];
  /**
   * Three numbers for each event: when it was asked and when it was answered, in nanoseconds on the clock
   * of the process, and the version of the row that it wrote or saw, -1 where the store does not tell it.
   * Null: the events are in the order of their effects, which needs no clock.
   */
  readonly times: readonly Float64Array[] | null;
  readonly operations: Texts;
  readonly replies: Texts;
}

type RecordedTexts = Pick<Recording, "operations" | "replies">;
export type RecordedEvents = Pick<Recording, "events" | "operations" | "replies">;

/** An event has the number of a text, or, below zero, `~` the number of a text with holes and then what is in them. */
export interface Texts {
  readonly whole: readonly string[];
  readonly holed: readonly (readonly string[])[];
}

const WIDTH = 4;
const WAITED = 0x4000_0000;
/** Numbers in `times` for each event. */
const TIMES = 3;
const NO_VERSION = -1;
/** Integers in a piece, at least: 1 MB. A piece begins small, because most recordings are. */
const PIECE = 1 << 18;
/** Distinct texts that are kept whole. */
const MOST_WHOLE = 4096;

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

/** Numbers in pieces, of which the last one grows until it is full. */
class Pieces<A extends Int32Array | Float64Array> {
  readonly #full: A[] = [];
  #last: A;
  #used = 0;

  constructor(
    expected: number,
    private readonly make: (length: number) => A,
  ) {
    this.#last = make(expected);
  }

  /** Begins a new piece where so many more do not fit into this one. */
  #room(length: number): void {
    if (this.#used + length <= this.#last.length) return;
    if (this.#used + length <= PIECE) {
      const larger = this.make(Math.min(PIECE, Math.max(2 * this.#last.length, this.#used + length)));
      larger.set(this.#last);
      this.#last = larger;
      return;
    }
    this.#full.push(this.#last.subarray(0, this.#used) as A);
    this.#last = this.make(Math.max(PIECE, length));
    this.#used = 0;
  }

  /** What belongs together goes into one piece. */
  add(...numbers: readonly number[]): void {
    this.#room(numbers.length);
    for (let i = 0; i < numbers.length; i++) this.#last[this.#used++] = numbers[i]!;
  }

  finish(): readonly A[] {
    return [...this.#full, this.#last.slice(0, this.#used) as A];
  }
}

/** `expected`: about how many events there will be; there is room for more. */
export function recorder(expected = 1024): Recorder {
  const events = new Pieces(WIDTH * expected, (length) => new Int32Array(length));
  let times: Pieces<Float64Array> | undefined;
  let count = 0;
  const operations = table();
  const replies = table();
  function write(task: number, operation: Place, reply: Place, asked: number): void {
    count++;
    if (typeof operation === "number" && typeof reply === "number") {
      events.add(task, operation, reply, asked);
      return;
    }
    const [o, ...inOperation] = [operation].flat() as number[];
    const [r, ...inReply] = [reply].flat() as number[];
    events.add(task, o!, r!, asked, ...inOperation, ...inReply);
  }
  function writeTimes(asked: number, answered: number, version: number): void {
    times ??= new Pieces(TIMES * expected, (length) => new Float64Array(length));
    times.add(asked, answered, version);
  }
  return {
    count: () => count,
    record(task, operation, reply, asked, waited) {
      const [o, r] = [operations.placeOf(textOf(operation).text), replies.placeOf(textOfReply(reply).text)];
      write(task, o, r, waited ? asked | WAITED : asked);
    },
    recordTimed(task, operation, reply, { asked, answered, version = NO_VERSION }, waited) {
      write(task, operations.placeFor(operation), replies.placeFor(textOfReply(reply)), waited ? WAITED : 0);
      writeTimes(asked, answered, version);
    },
    add(other) {
      const [own, ownReplies] = [operations.placesOf(other.operations), replies.placesOf(other.replies)];
      const each = other.times && timesOf(other.times);
      for (const { task, asked, operation, reply, inOperation, inReply } of numbersOf(other)) {
        write(task, own(operation, inOperation), ownReplies(reply, inReply), asked);
        const time = each?.next();
        if (time && !time.done) writeTimes(time.value.asked, time.value.answered, time.value.version ?? NO_VERSION);
      }
    },
    finish: () => ({
      count,
      events: events.finish(),
      times: times?.finish() ?? null,
      operations: operations.texts,
      replies: replies.texts,
    }),
  };
}

/** What a message may take along without a copy. */
export const buffersOf = ({ events, times }: Recording): ArrayBuffer[] =>
  [...events, ...(times ?? [])].map(({ buffer }) => buffer as ArrayBuffer);

interface Numbers {
  task: number;
  operation: number;
  reply: number;
  /** With the mark of an event that waited. */
  asked: number;
  readonly inOperation: number[];
  readonly inReply: number[];
}

const noNumbers = (): Numbers => ({ task: 0, operation: 0, reply: 0, asked: 0, inOperation: [], inReply: [] });

/** Fills `numbers` with those of the event that begins there, and gives where it ends. */
function fill(numbers: Numbers, piece: Int32Array, start: number, { operations, replies }: RecordedTexts): number {
  let at = start;
  numbers.task = piece[at++]!;
  numbers.operation = piece[at++]!;
  numbers.reply = piece[at++]!;
  numbers.asked = piece[at++]!;
  numbers.inOperation.length = 0;
  numbers.inReply.length = 0;
  for (let left = holes(operations, numbers.operation); left > 0; left--) numbers.inOperation.push(piece[at++]!);
  for (let left = holes(replies, numbers.reply); left > 0; left--) numbers.inReply.push(piece[at++]!);
  return at;
}

const holes = ({ holed }: Texts, place: number): number => (place < 0 ? holed[~place]!.length - 1 : 0);

/** The numbers of each event, in one object that is filled again. */
function* numbersOf(recording: RecordedEvents): Iterable<Readonly<Numbers>> {
  const numbers = noNumbers();
  for (const piece of recording.events)
    for (let at = 0; at < piece.length; ) {
      at = fill(numbers, piece, at, recording);
      yield numbers;
    }
}

/** When each event was asked and answered, and the version that it wrote or saw. */
export function* timesOf(times: readonly Float64Array[]): Generator<Times, undefined> {
  for (const piece of times)
    for (let at = 0; at < piece.length; at += TIMES) {
      const version = piece[at + 2]!;
      yield { asked: piece[at]!, answered: piece[at + 1]!, version: version === NO_VERSION ? undefined : version };
    }
}

/** The same events as objects, one after the other; equal operations and replies that are kept whole are one object. */
export function* decode(recording: RecordedEvents): Generator<Event, undefined> {
  const eventOf = decoding(recording);
  let n = 0;
  for (const numbers of numbersOf(recording)) yield eventOf(numbers, ++n, numbers.asked & ~WAITED);
}

/** Where each event begins, as if the pieces were one list. */
export function startsOf(recording: RecordedEvents, count: number): Uint32Array {
  const starts = new Uint32Array(count);
  const numbers = noNumbers();
  let [n, base] = [0, 0];
  for (const piece of recording.events) {
    for (let at = 0; at < piece.length; ) {
      starts[n++] = base + at;
      at = fill(numbers, piece, at, recording);
    }
    base += piece.length;
  }
  return starts;
}

/** The events in any order, each by where it begins. */
export function eventAt(recording: RecordedEvents): (start: number, n: number, asked: number) => Event {
  const eventOf = decoding(recording);
  const numbers = noNumbers();
  const bases: number[] = [];
  let total = 0;
  for (const piece of recording.events) {
    bases.push(total);
    total += piece.length;
  }
  return (start, n, asked) => {
    let [low, high] = [0, bases.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (bases[middle]! <= start) low = middle;
      else high = middle - 1;
    }
    fill(numbers, recording.events[low]!, start - bases[low]!, recording);
    return eventOf(numbers, n, asked);
  };
}

function decoding(recording: RecordedTexts): (numbers: Readonly<Numbers>, n: number, asked: number) => Event {
  const operation = reading<Operation>(recording.operations);
  const reply = reading<Reply>(recording.replies);
  return (numbers, n, asked) => ({
    n,
    task: numbers.task,
    operation: operation(numbers.operation, numbers.inOperation),
    reply: reply(numbers.reply, numbers.inReply),
    asked,
    waited: (numbers.asked & WAITED) !== 0,
  });
}

function reading<T>({ whole, holed }: Texts): (place: number, inHoles: readonly number[]) => T {
  const values = whole.map((text) => JSON.parse(text) as T);
  return (place, inHoles) => (place < 0 ? (JSON.parse(filled(holed[~place]!, inHoles)) as T) : values[place]!);
}

/** Where an operation or a reply is: the number of its text, or `~` that of a text with holes and then what is in them. */
type Place = number | readonly [number, ...number[]];

/** A whole number of nine digits at most: with its text around it, it is the same text again. */
const NUMBER = /(?<![\d.])(?:0|[1-9]\d{0,8})(?![\d.])/g;

const filled = (parts: readonly string[], inHoles: readonly number[]): string =>
  parts.reduce((text, part, i) => `${text}${inHoles[i - 1]}${part}`);

function table() {
  const ids = new Map<string, number>();
  const holedIds = new Map<string, number>();
  const texts: { whole: string[]; holed: string[][] } = { whole: [], holed: [] };
  const placeOf = (text: string): Place => {
    const known = ids.get(text);
    if (known !== undefined) return known;
    if (ids.size >= MOST_WHOLE) return holedPlace(text);
    ids.set(text, texts.whole.length);
    return texts.whole.push(text) - 1;
  };
  const holedPlace = (text: string): Place => {
    const parts = text.split(NUMBER);
    const id = getOrInsert(holedIds, parts.join("\0"), () => texts.holed.push(parts) - 1);
    return [~id, ...(text.match(NUMBER) ?? []).map(Number)];
  };
  return {
    texts,
    placeOf,
    /** A rare text is not looked up here. That is done when recordings are joined, after the run. */
    placeFor: ({ text, isCommon }: RecordedText): Place => (isCommon ? placeOf(text) : texts.whole.push(text) - 1),
    /** Of the texts of another recording. */
    placesOf({ whole, holed }: Texts): (place: number, inHoles: readonly number[]) => Place {
      const places = whole.map(placeOf);
      return (place, inHoles) => (place < 0 ? placeOf(filled(holed[~place]!, inHoles)) : places[place]!);
    },
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
 * operations with only a kind and a key, by these, and those of replies that are no rows, by their values. Where each request
 * has a key of its own, only the first of them.
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
  return ofKind.get(key) ?? (ofKind.size < MOST_WHOLE ? getOrInsert(ofKind, key, () => common(operation)) : rare(operation));
}

function textOfReply(reply: Reply): RecordedText {
  if (!("value" in reply) || (typeof reply.value === "object" && reply.value !== null)) return rare(reply);
  const known = replyTexts.get(reply.value);
  return known ?? (replyTexts.size < MOST_WHOLE ? getOrInsert(replyTexts, reply.value, () => common(reply)) : rare(reply));
}
