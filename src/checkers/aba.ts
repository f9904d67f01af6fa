/**
 * ABA: a task saw a row, others changed it and changed it back, and the task wrote as if nothing had been.
 * Comparing values cannot tell; a version that only grows can.
 *
 *     request 1   R open ─────────────────────▴~~~~~~~ C paid      the test says "still open"
 *     request 2            R open  W held
 *     request 3                            W open                 another "open": the hold is undone
 *
 * The row looks as it did, so no value is lost; whether harm is done depends on what the detour meant.
 */
import type { Violation } from "../core/verdict.js";
import { lostUpdates, staleWrites } from "./lost-update.js";
import type { Trace } from "./versions.js";
import { differing, type Wording } from "./wording.js";

export function aba(trace: Trace, words: Wording): Violation[] {
  const lost = new Set(lostUpdates(trace).map(({ write }) => write));
  return staleWrites(trace, true)
    .filter(({ write }) => !lost.has(write))
    .map(({ write, seen, read, between: detour }) => {
      const columns = differing([seen, ...detour, write]);
      const others = [...new Set(detour.map(({ by }) => by))];
      return {
        property: "a row that was changed and changed back is not taken for unchanged",
        anomaly: "ABA",
        schedule: null,
        tasks: [write.by, ...others],
        events: [read, ...detour.map(({ n }) => n), write.n],
        explanation:
          `${words.Task(write.by)} read ${words.row(seen, columns)} at step ${read}. ` +
          `${words.Task(detour[0]!.by)} wrote ${words.value(detour[0]!, columns)} at step ${detour[0]!.n}, and at step ${detour.at(-1)!.n} ` +
          `${words.task(detour.at(-1)!.by)} made it ${words.value(detour.at(-1)!, columns)} again. ` +
          `${words.Task(write.by)} wrote ${words.value(write, columns)} at step ${write.n}: the row looked as it had, so what ` +
          `${words.tasks(others)} did in between went unnoticed.`,
      };
    });
}
