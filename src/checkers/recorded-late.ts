/**
 * Done, and written down too late: two tasks look at the same row, both do the same, and only afterwards the first one writes
 * there that it is done. It is why an effect outside the store happens twice; of rows, same-look.ts tells it.
 *
 *     task 1   R day 4   call billing                              W day 5
 *     task 2                            R day 4   call billing               billed twice
 */
import type { Event } from "../core/history.js";
import { same } from "./shown.js";
import type { Version, VersionStep, VersionTrace } from "./versions.js";
import { differing, subject, type Wording, wrote } from "./wording.js";

interface RecordedLate {
  /** What both had read when they acted, and where. */
  readonly seen: Version;
  readonly looks: readonly [first: number, second: number];
  /** What the first task wrote there, after the second had acted. */
  readonly record: Version;
}

/** What the first task wrote down only after the second had acted; null: there is no such row. */
export function recordedLate({ steps, chains }: VersionTrace, first: Event, second: Event): RecordedLate | null {
  if (first.task === second.task) return null;
  const lookOf = ({ task, n }: Event, key: string) =>
    steps
      .slice(0, n - 1)
      .findLast(({ event, reads }) => event.task === task && reads.some(({ copy, version }) => copy && version.key === key));
  const shown = (step: VersionStep | undefined, key: string) => step?.reads.find(({ version }) => version.key === key)?.version;
  for (const { event, writes } of steps.slice(second.n))
    for (const record of event.task === first.task ? writes : []) {
      const [one, other] = [lookOf(first, record.key), lookOf(second, record.key)];
      const [seen, its] = [shown(one, record.key), shown(other, record.key)];
      if (!one || !other || !seen || !its || record.place < 0 || !same(seen.row, its.row) || same(seen.row, record.row)) continue;
      // Where it changed in between, the second one's look was out of date, which has a name of its own.
      const between = chains
        .get(record.key)!
        .slice(its.place + 1)
        .filter(({ installed }) => installed! < second.n);
      if (between.length === 0) return { seen, looks: [one.event.n, other.event.n], record };
    }
  return null;
}

/** "Task 1 wrote cron day 5 only at step 6: at step 3 task 2 still read 4." */
export function saidLate(words: Wording, { seen, looks, record }: RecordedLate, second: number): string {
  const columns = differing([seen, record]);
  const value = seen.row ? words.value(seen, columns) : words.row(seen);
  return words.say({
    en: `${words.Task(record.by)} wrote ${words.row(record, columns)} only at ${words.step(record.n)}: at ${words.step(looks[1])} ${words.task(second)} still read ${value}.`,
    ko: `${subject(words, record.by)} ${words.step(record.n)}에서야 ${wrote(words, record, words.row(record, columns))}습니다. ${subject(words, second)} ${words.step(looks[1])}에서 읽은 것은 아직 ${value}입니다.`,
  });
}
