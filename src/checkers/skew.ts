/**
 * Two units that saw each other half. *Read skew* (A5A, G-single; Berenson et al. 1995, Adya 1999): one reads
 * a row before and another row after somebody changed both. *Write skew* (A5B, G2-item): each reads what
 * the other then changes, and each writes another row. *Phantom* (P3, G2): the same, where what was read is a
 * condition, and what changes is which rows match it.
 *
 *     write skew    1   R a on   R b on   W a off          rule: one of them stays on
 *                   2   R a on   R b on            W b off
 *
 * What a unit is, `versions.ts` says: a transaction, or a turn of a task outside one.
 */
import type { Key } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { type Dependency, dependencies, sights, unseen } from "./dependencies.js";
import { replacement, type Step, same, type Trace, type Unit, type Version } from "./versions.js";
import type { Wording } from "./wording.js";

export function readSkew(trace: Trace, words: Wording): Violation[] {
  return trace.units.flatMap((unit): Violation[] => {
    if (unit.fate !== "committed") return [];
    const seen = sights(unit, false);
    const byKey = new Map(seen.map((sight) => [sight.version.key, sight]));
    return seen.flatMap((old): Violation[] => {
      const missed = replacement(trace, old.version);
      const writer = missed?.unit;
      if (!missed || !writer || writer === unit || writer.task === unit.task) return [];
      const caught = installedBy(writer).find((version) => {
        const other = byKey.get(version.key)?.version;
        return other && version.key !== missed.key && other.place >= version.place;
      });
      if (!caught) return [];
      const late = byKey.get(caught.key)!;
      const [a, b] = [words.task(unit.task), words.task(writer.task)];
      const both = [missed, caught].sort((x, y) => x.n - y.n).map((version) => `${words.row(version)} at step ${version.n}`);
      return [
        {
          property: "rows that are changed together are seen together",
          anomaly: "read skew",
          schedule: null,
          tasks: [unit.task, writer.task],
          events: [...new Set([old.n, missed.n, caught.n, late.n])].sort((x, y) => x - y),
          explanation:
            `${words.Task(writer.task)} changed both: it wrote ${both.join(" and ")}. ` +
            `${words.Task(unit.task)} read ${words.row(old.version)} at step ${old.n}, from before, and ${words.row(late.version)} ` +
            `at step ${late.n}, from after: ${a} saw half of what ${b} did.`,
        },
      ];
    });
  });
}

/** Pairs that each read, by row or by condition, what the other replaced. */
export function writeSkew(trace: Trace, words: Wording): Violation[] {
  const firsts = new Map<Unit, Map<Unit, Dependency[]>>();
  for (const edge of dependencies(trace)) {
    if (edge.kind !== "rw" || edge.from.task === edge.to.task) continue;
    const to = firsts.get(edge.from) ?? new Map<Unit, Dependency[]>();
    firsts.set(edge.from, to.set(edge.to, [...(to.get(edge.to) ?? []), edge]));
  }
  return [...firsts].flatMap(([unit, others]) =>
    [...others].flatMap(([other, there]): Violation[] => {
      const back = firsts.get(other)?.get(unit)?.[0];
      if (!back || unit.steps[0]!.event.n > other.steps[0]!.event.n) return [];
      const pair = [there[0]!, back] as const;
      const phantom = pair.some(({ predicate }) => predicate);
      const half = ({ from, to, events, predicate }: Dependency, { events: [, wrote], key }: Dependency) => {
        const looked = predicate ? "asked" : `read ${sight(trace, words, events[0], to)}`;
        return `${words.Task(from.task)} ${looked} at step ${events[0]} and wrote ${written(trace, words, wrote, key)} at step ${wrote}`;
      };
      return [
        {
          property: "a decision still stands when it takes effect",
          anomaly: phantom ? "phantom" : "write skew",
          schedule: null,
          tasks: [unit.task, other.task],
          events: [...new Set(pair.flatMap(({ events }) => events))].sort((x, y) => x - y),
          explanation:
            `${half(pair[0], pair[1])}. ${half(pair[1], pair[0])}. ` +
            (phantom
              ? "Each wrote a row that the other's condition would have found, and neither saw it: there was no row to lock."
              : "Each changed what the other had decided on, in another row, so no write met a write and neither was told."),
        },
      ];
    }),
  );
}

/** The same condition asked twice in one transaction, and a row that had not been there. */
export function phantomRead(trace: Trace, words: Wording): Violation[] {
  return trace.units
    .filter(({ transaction }) => transaction)
    .flatMap((unit) =>
      unit.steps.flatMap((first, index): Violation[] => {
        const again = unit.steps.slice(index + 1).find((step) => sameQuestion(first, step));
        const appeared = unseen(trace, first).find(
          ({ version, seen }) => !seen && again?.reads.some((read) => read.version.key === version.key),
        )?.version;
        if (!again || !appeared) return [];
        const [one, two] = [first.event.n, again.event.n];
        return [
          {
            property: "the same question has the same answer within a transaction",
            anomaly: "phantom",
            schedule: null,
            tasks: [unit.task, appeared.by],
            events: [one, appeared.n, two],
            explanation:
              `${words.Task(unit.task)} asked at step ${one}. ${words.Task(appeared.by)} wrote ${words.row(appeared)} at step ${appeared.n}. ` +
              `${words.Task(unit.task)} asked the same at step ${two}, in the same transaction, and found a row that had not been there.`,
          },
        ];
      }),
    );
}

const sameQuestion = (a: Step, b: Step): boolean =>
  a.event.operation.kind === "select" &&
  b.event.operation.kind === "select" &&
  same(a.event.operation as never, b.event.operation as never);

/** The versions of a unit that took effect. */
const installedBy = (unit: Unit): readonly Version[] =>
  unit.steps.flatMap(({ writes }) => writes).filter(({ place }) => place >= 0);

const written = (trace: Trace, words: Wording, n: number, key: Key): string =>
  words.row(trace.steps[n - 1]!.writes.find((version) => version.key === key)!);

/** What was seen at a step of a row that `writer` went on to replace. */
function sight(trace: Trace, words: Wording, n: number, writer: Unit): string {
  const read = trace.steps[n - 1]!.reads.find(({ version }) => replacement(trace, version)?.unit === writer);
  return read ? words.row(read.version) : "it";
}
