/**
 * How the time of each request was spent: three numbers for each of its operations, in order: the microseconds until the
 * answer, of thinking, and of sleeping after it. The host's history knows which operations were blocked or met a conflict.
 *
 * The numbers of all requests are in one array. An array for each request, a view of a common one too, takes many times the
 * memory of its numbers, and lives until the end of the run, so that the garbage collector copies all of them.
 */

/** How many numbers there are for each operation. */
export const SPENT_WIDTH = 3;

/** The requests (by index) in the order of their ends, how many numbers each has, and the numbers. */
export interface SpentLog {
  readonly requests: Int32Array;
  readonly lengths: Int32Array;
  readonly numbers: Float32Array;
}

/** A list of numbers that grows. */
class Growing<A extends Int32Array | Float32Array> {
  #used = 0;

  constructor(
    private array: A,
    private readonly larger: (length: number) => A,
  ) {}

  add(numbers: readonly number[]): void {
    if (this.#used + numbers.length > this.array.length) {
      const room = this.larger(2 * this.array.length + numbers.length);
      room.set(this.array);
      this.array = room;
    }
    for (let i = 0; i < numbers.length; i++) this.array[this.#used++] = numbers[i]!;
  }

  finish(): A {
    return this.array.slice(0, this.#used) as A;
  }
}

export class SpentRecorder {
  readonly #requests = new Growing(new Int32Array(256), (length) => new Int32Array(length));
  readonly #lengths = new Growing(new Int32Array(256), (length) => new Int32Array(length));
  readonly #numbers = new Growing(new Float32Array(2048), (length) => new Float32Array(length));

  add(request: number, numbers: readonly number[]): void {
    this.#requests.add([request]);
    this.#lengths.add([numbers.length]);
    this.#numbers.add(numbers);
  }

  finish(): SpentLog {
    return { requests: this.#requests.finish(), lengths: this.#lengths.finish(), numbers: this.#numbers.finish() };
  }
}

/** The numbers of one request, by its number in the whole run; undefined: they are not known. */
export type SpentOf = (request: number) => Float32Array | undefined;

/** `requestOf`: the number that a request of the log has in the whole run. */
export function spentOf(
  logs: readonly { readonly log: SpentLog; requestOf(index: number): number }[],
  requests: number,
): SpentOf {
  const [logOf, start, length] = [new Int32Array(requests).fill(-1), new Int32Array(requests), new Int32Array(requests)];
  for (const [which, { log, requestOf }] of logs.entries()) {
    let at = 0;
    for (const [i, index] of log.requests.entries()) {
      const request = requestOf(index);
      logOf[request] = which;
      start[request] = at;
      length[request] = log.lengths[i]!;
      at += log.lengths[i]!;
    }
  }
  return (request) => {
    const numbers = logs[logOf[request] ?? -1]?.log.numbers;
    return numbers?.subarray(start[request]!, start[request]! + length[request]!);
  };
}
