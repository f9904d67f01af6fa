/**
 * How the clock of this process stands to one that all can ask: the question leaves, somewhere on its way the other
 * clock is read, the answer comes, so the reading belongs to the time between, and the middle is wrong by half of it
 * at most (Cristian, "Probabilistic clock synchronization", 1989). The quickest answer says most.
 */
import type { ClockOffset } from "../hammer/report.js";

const QUESTIONS = 12;

/** Nanoseconds on the clock of the process. */
const here = (): number => Number(process.hrtime.bigint());

/** `now` reads the other clock, in microseconds; offsets are to `epoch`, a moment on it. */
export async function clockOf(now: () => Promise<number>, epoch: number): Promise<ClockOffset> {
  let best: ClockOffset | undefined;
  for (let i = 0; i < QUESTIONS; i++) {
    const asked = here();
    const there = (await now()) - epoch;
    const answered = here();
    // It tells whole microseconds.
    const clock = { offset: (there + 0.5) * 1000 - (asked + answered) / 2, bound: (answered - asked) / 2 + 500 };
    if (!best || clock.bound < best.bound) best = clock;
  }
  return best!;
}

/** Two looks at the same clock, before and after: whatever it did between them, it was within both. */
export function between(before: ClockOffset, after: ClockOffset): ClockOffset {
  const low = Math.min(before.offset - before.bound, after.offset - after.bound);
  const high = Math.max(before.offset + before.bound, after.offset + after.bound);
  return { offset: (low + high) / 2, bound: (high - low) / 2 };
}
