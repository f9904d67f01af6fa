/**
 * When a search pauses and when it gives up. Every phase asks here, between small pieces of its work.
 *
 * The trap: a state costs between one microsecond and one millisecond, so a fixed number of states between two looks at the
 * clock is minutes in some searches. So the clock is looked at often, which is cheap, and the search pauses when a slice of
 * time has passed: then other code runs, and the search learns whether it was called off and how much memory is in use.
 */

import { macrotask } from "./drain.js";
import { defaultLimits, type ExplorerInput } from "./options.js";

/** Why a search stopped before its end. */
export type StopReason = "states" | "bytes" | "seconds" | "cancelled";

/** Pieces of work between two looks at the clock, and between two pauses where there is no clock. */
const LOOK = 64;
const LOOK_WITHOUT_CLOCK = 2_000;
/** Milliseconds between two pauses. */
const SLICE_MS = 25;
/** States that a sweep visits between two looks. */
const CHUNK = 4_096;
/** What a stopped search may still take to count what it has found, as a part of its limit; and after a cancellation, ms. */
const GRACE = 0.08;
const GRACE_AFTER_CANCEL_MS = 300;
/** How full the heap may be: above it the process would die of it, even below the limit of bytes. */
const FULL = 0.85;

/** How far a phase is, for the caller's progress, and the memory that its arrays take. */
interface Phase {
  readonly states: number;
  readonly bytes: number;
  progress(): number;
}

export type Paced = Pick<ExplorerInput, "now" | "memory" | "onProgress" | "cancelled" | "limits" | "drain">;

export class Pace {
  /** Why no new work may begin; null: go on. Once set it stays. */
  stopped: Exclude<StopReason, "states"> | null = null;
  /** A phase ended before it was done, so the answer is not complete. */
  isCut = false;
  /** Milliseconds that the rest of the answer will take after the phase under way. */
  aside = 0;
  readonly #begun: number;
  readonly #memoryBefore: number;
  readonly #seconds: number;
  #bytes: number;
  #paused: number;
  /** Milliseconds on the clock at which also what is under way ends. */
  #until = Number.POSITIVE_INFINITY;
  #left = LOOK;

  constructor(readonly input: Paced) {
    const { now, memory, limits } = input;
    this.#begun = this.#paused = now?.() ?? 0;
    this.#seconds = limits?.seconds ?? defaultLimits.seconds;
    this.#memoryBefore = memory?.().used ?? 0;
    this.#bytes = limits?.bytes ?? defaultLimits.bytes;
  }

  /** Hot. Counts a piece of work; true: pause now. */
  due(): boolean {
    if (--this.#left > 0) return false;
    this.#left = this.input.now ? LOOK : LOOK_WITHOUT_CLOCK;
    return this.#isSliceOver();
  }

  /** Lets other code run, then answers why the work must stop; null: go on. */
  async pause(phase: Phase | null = null): Promise<StopReason | null> {
    const { now, onProgress, drain = macrotask } = this.input;
    await drain();
    const at = now?.() ?? 0;
    this.#paused = at;
    const ms = now ? at - this.#begun : null;
    if (phase)
      onProgress?.({
        share: phase.progress(),
        states: phase.states,
        statesPerSecond: ms === null ? null : ms && (phase.states * 1000) / ms,
      });
    if (!this.stopped) this.#stop(this.#reason(ms, phase), at);
    return this.stopped;
  }

  /** The same, if it is time: for a phase that waits for something else at every step. */
  async breathe(): Promise<StopReason | null> {
    return this.due() ? this.pause() : this.stopped;
  }

  /**
   * Visits the numbers below `count` in order, from one up to another at a time. What a stopped search has found is still
   * counted, if that does not take long. False: not all were visited.
   */
  async sweep(count: number, visit: (from: number, to: number) => void): Promise<boolean> {
    for (let from = 0; from < count; from += CHUNK) {
      if (this.#isSliceOver()) {
        await this.pause();
        if (this.isOver) return this.cut();
      }
      visit(from, Math.min(count, from + CHUNK));
    }
    return true;
  }

  /** Must also what is under way end now? */
  get isOver(): boolean {
    return this.#paused > this.#until;
  }

  /** Says that the phase under way ends before it is done. */
  cut(): false {
    this.isCut = true;
    return false;
  }

  /** The value of the limit that stopped the search, for the answer. */
  valueOf(reason: StopReason): number {
    const { seconds = defaultLimits.seconds, states = defaultLimits.states } = this.input.limits ?? {};
    return { seconds, states, bytes: this.#bytes, cancelled: 0 }[reason];
  }

  #isSliceOver(): boolean {
    const { now } = this.input;
    return !now || now() - this.#paused >= SLICE_MS;
  }

  #reason(ms: number | null, phase: Phase | null): Pace["stopped"] {
    if (this.input.cancelled?.()) return "cancelled";
    if (ms !== null && ms + this.aside > this.#seconds * 1000) return "seconds";
    const memory = this.input.memory?.();
    const grown = Math.max(memory ? memory.used - this.#memoryBefore : 0, phase?.bytes ?? 0);
    if (memory && memory.full > FULL) this.#bytes = Math.min(this.#bytes, grown);
    return grown > this.#bytes || (memory && memory.full > FULL) ? "bytes" : null;
  }

  #stop(reason: Pace["stopped"], at: number): void {
    this.stopped = reason;
    if (reason === "cancelled") this.#until = at + GRACE_AFTER_CANCEL_MS;
    if (reason === "seconds") this.#until = this.#begun + this.#seconds * 1000 * (1 + GRACE);
  }
}
