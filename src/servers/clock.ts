/**
 * Compares the clock of this process with one that all processes can read, and tells the error. The other clock is read
 * at some time between the question and the answer, so the middle of the two is wrong by half of the interval at most
 * (Cristian, "Probabilistic clock synchronization", 1989). The quickest answer has the smallest error. A server does it
 * before and after its work, because clocks drift.
 */
import type { ClockOffset } from "../hammer/report.js";

const QUESTIONS = 12;

/** Nanoseconds on the clock of the process. */
const here = (): number => Number(process.hrtime.bigint());

/** `now` reads the other clock, in microseconds. The offset counts from `epoch`, a moment on that clock. */
export async function clockOf(now: () => Promise<number>, epoch: number): Promise<ClockOffset> {
  let best: ClockOffset | undefined;
  for (let i = 0; i < QUESTIONS; i++) {
    const asked = here();
    const there = (await now()) - epoch;
    const answered = here();
    // The other clock tells whole microseconds, so half of one is added, and may be wrong.
    const clock = { offset: (there + 0.5) * 1000 - (asked + answered) / 2, bound: (answered - asked) / 2 + 500 };
    if (!best || clock.bound < best.bound) best = clock;
  }
  return best!;
}

/** One offset for the time between two comparisons: its bounds contain those of both. */
export function between(before: ClockOffset, after: ClockOffset): ClockOffset {
  const low = Math.min(before.offset - before.bound, after.offset - after.bound);
  const high = Math.max(before.offset + before.bound, after.offset + after.bound);
  return { offset: (low + high) / 2, bound: (high - low) / 2 };
}
