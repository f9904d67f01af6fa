/**
 * What the main side and all threads see at once, in shared memory: the queue of requests, the status of each request,
 * and the live counters that the screen and the metrics sample ten times a second. No message is sent for any of it.
 */

const slots = ["next", "stop", "go", "ready", "operations", "conflicts", "retries", "lockWaits"] as const;
type Slot = (typeof slots)[number];

/** The status of a request. `staked`: it runs, and has sent a write or a commit that stays, whether it is answered or not. */
export const status = { waiting: 0, running: 1, ok: 2, rejected: 3, failed: 4, staked: 5, unknown: 6 } as const;

export interface Counters {
  readonly buffer: SharedArrayBuffer;
  readonly requests: number;
  readonly workers: number;
  add(slot: Slot, amount: number): number;
  get(slot: Slot): number;
  set(slot: Slot, value: number): void;
  /** Blocks this thread until `go` is set, but at most `ms` milliseconds: only threads that start together race. */
  awaitGo(ms: number): void;
  /** For each request: its status, the worker that took it, and how many microseconds it took. */
  readonly status: Uint8Array;
  readonly owner: Uint8Array;
  readonly micros: Float64Array;
  /** For each worker: a number that grows while its event loop turns, and its thread id. */
  readonly heartbeat: Int32Array;
  readonly threadId: Int32Array;
}

/** The counters over new shared memory, or over the `buffer` of another thread. */
export function counters(requests: number, workers: number, buffer?: SharedArrayBuffer): Counters {
  const ints = slots.length + 2 * workers;
  const doubles = Math.ceil(ints / 2) * 8;
  const bytes = doubles + requests * 8;
  const memory = buffer ?? new SharedArrayBuffer(bytes + 2 * requests);
  const at = (offset: number, length: number) => new Int32Array(memory, offset * 4, length);
  const head = at(0, slots.length);
  const index = (slot: Slot) => slots.indexOf(slot);
  return {
    buffer: memory,
    requests,
    workers,
    add: (slot, amount) => Atomics.add(head, index(slot), amount),
    get: (slot) => Atomics.load(head, index(slot)),
    set(slot, value) {
      Atomics.store(head, index(slot), value);
      Atomics.notify(head, index(slot));
    },
    awaitGo: (ms) => void Atomics.wait(head, index("go"), 0, ms),
    status: new Uint8Array(memory, bytes, requests),
    owner: new Uint8Array(memory, bytes + requests, requests),
    heartbeat: at(slots.length, workers),
    threadId: at(slots.length + workers, workers),
    micros: new Float64Array(memory, doubles, requests),
  };
}
