/**
 * ABA: a task read a row, other tasks changed it and changed it back, and the task wrote as if nothing had happened.
 * A comparison of values does not notice this; a comparison of versions, which only grow, does.
 *
 *     request 1   R open ─────────────────────▴~~~~~~~ C paid      the test says "still open"
 *     request 2            R open  W held
 *     request 3                            W open                 another "open": the hold is undone
 *
 * The row looks as before, so no value is lost. Whether it does harm depends on what the changes in between meant.
 */

import { particle } from "../core/korean.js";
import type { Violation } from "../core/verdict.js";
import { lostUpdates, staleWrites } from "./lost-update.js";
import { same } from "./shown.js";
import type { Version, VersionTrace } from "./versions.js";
import { asRead, differing, subject, type Wording, wrote } from "./wording.js";

export function aba(trace: VersionTrace, words: Wording): Violation[] {
  const lost = new Set(lostUpdates(trace).map(({ write }) => write));
  return (
    staleWrites(trace, true)
      // Changed back: not merely to what this write puts there anyway.
      .filter(({ write, seen }) => !lost.has(write) && same(trace.chains.get(write.key)![write.place - 1]!.row, seen.row))
      .map(({ write, seen, read, between: detour }) => {
        const columns = differing([seen, ...detour, write]);
        const others = [...new Set(detour.map(({ by }) => by))];
        const [first, last] = [detour[0]!, detour.at(-1)!];
        const put = (version: Version) => wrote(words, version, words.value(version, columns));
        return {
          property: "a row that was changed and changed back is not taken for unchanged",
          anomaly: "ABA",
          schedule: null,
          tasks: [write.by, ...others],
          events: [read, ...detour.map(({ n }) => n), write.n],
          explanation: words.say({
            en:
              `${words.Task(write.by)} read ${words.row(seen, columns)} at ${words.step(read)}. ` +
              `${words.Task(first.by)} wrote ${words.value(first, columns)} at ${words.step(first.n)}, and at ${words.step(last.n)} ` +
              `${words.task(last.by)} made it ${words.value(last, columns)} again. ` +
              `${words.Task(write.by)} wrote ${words.value(write, columns)} at ${words.step(write.n)}: the row looked as it had, so what ` +
              `${words.tasks(others)} did in between went unnoticed.`,
            ko:
              `${subject(words, write.by)} ${words.step(read)}에서 ${asRead(words, seen, words.row(seen, columns))} 읽었습니다. ` +
              `${subject(words, first.by)} ${words.step(first.n)}에서 ${put(first)}고, ${subject(words, last.by)} ` +
              `${words.step(last.n)}에서 다시 ${put(last)}습니다. ${subject(words, write.by)} ${words.step(write.n)}에서 ${put(write)}습니다. ` +
              `행이 전과 같아 보여서, 그 사이에 ${particle(words.tasks(others), "이", "가")} 한 일은 눈에 띄지 않았습니다.`,
          }),
        };
      })
  );
}
