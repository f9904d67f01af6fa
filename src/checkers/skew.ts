/**
 * Two units of which one saw a part of what the other did. *Read skew* (A5A, G-single; Berenson et al. 1995, Adya 1999):
 * a unit reads one row before and another row after a second unit changed both. *Write skew* (A5B, G2-item): each reads
 * what the other then changes, and they write different rows. *Phantom* (P3, G2): the same, where the unit read by a
 * condition, and what changes is which rows match it.
 *
 *     write skew    1   R a on   R b on   W a off          rule: one of them stays on
 *                   2   R a on   R b on            W b off
 *
 * A unit is a transaction, or a turn of a task outside transactions (versions.ts).
 */
import { getOrInsert } from "../core/get-or-insert.js";
import { tableOf } from "../core/relation.js";
import type { Violation } from "../core/verdict.js";
import { type Dependency, dependencies, sights, unseen } from "./dependencies.js";
import { same } from "./shown.js";
import { replacementOf, type Unit, type Version, type VersionStep, type VersionTrace } from "./versions.js";
import { asRead, subject, topic, type Wording, wrote } from "./wording.js";

export function readSkew(trace: VersionTrace, words: Wording): Violation[] {
  return trace.units.flatMap((unit): Violation[] => {
    if (unit.fate !== "committed") return [];
    const seen = sights(unit, false);
    const byKey = new Map(seen.map((sight) => [sight.version.key, sight]));
    return seen.flatMap((old): Violation[] => {
      const missed = replacementOf(trace, old.version);
      const writer = missed?.unit;
      if (!missed || !writer || writer === unit || writer.task === unit.task) return [];
      const caught = installedBy(writer).find((version) => {
        const other = byKey.get(version.key)?.version;
        return other && version.key !== missed.key && other.place >= version.place;
      });
      if (!caught) return [];
      const late = byKey.get(caught.key)!;
      const [a, b] = [words.task(unit.task), words.task(writer.task)];
      const both = [missed, caught].sort((x, y) => x.n - y.n);
      const all = {
        en: both.map((version) => `${words.row(version)} at ${words.step(version.n)}`).join(" and "),
        ko: both.map((version) => `${words.step(version.n)}에서 ${wrote(words, version, words.row(version))}`).join("고, "),
      };
      return [
        {
          property: "rows that are changed together are seen together",
          anomaly: "read skew",
          schedule: null,
          tasks: [unit.task, writer.task],
          events: [...new Set([old.n, missed.n, caught.n, late.n])].sort((x, y) => x - y),
          explanation: words.say({
            en:
              `${words.Task(writer.task)} changed both: it wrote ${all.en}. ` +
              `${words.Task(unit.task)} read ${words.row(old.version)} at ${words.step(old.n)}, from before, and ${words.row(late.version)} ` +
              `at ${words.step(late.n)}, from after: ${a} saw half of what ${b} did.`,
            ko:
              `${subject(words, writer.task)} 두 행을 모두 바꿨습니다. ${all.ko}습니다. ` +
              `${topic(words, unit.task)} ${words.step(old.n)}에서 바뀌기 전(${words.row(old.version)})을, ` +
              `${words.step(late.n)}에서 바뀐 뒤(${words.row(late.version)})를 읽었습니다. ` +
              `${topic(words, unit.task)} ${subject(words, writer.task)} 한 일의 반쪽만 봤습니다.`,
          }),
        },
      ];
    });
  });
}

/** Pairs of units of which each read, by row or by condition, what the other replaced. */
export function writeSkew(trace: VersionTrace, words: Wording): Violation[] {
  const firsts = new Map<Unit, Map<Unit, Dependency[]>>();
  for (const edge of dependencies(trace)) {
    if (edge.kind !== "rw" || edge.from.task === edge.to.task) continue;
    const to = getOrInsert(firsts, edge.from, () => new Map<Unit, Dependency[]>());
    getOrInsert(to, edge.to, () => []).push(edge);
  }
  return [...firsts].flatMap(([unit, others]) =>
    [...others].flatMap(([other, there]): Violation[] => {
      const back = firsts.get(other)?.get(unit)?.[0];
      if (!back || unit.steps[0]!.event.n > other.steps[0]!.event.n) return [];
      const pair = [there[0]!, back] as const;
      // A phantom only if neither row was there: a row that exists can be locked.
      const phantom = pair.every((edge) => edge.predicate && isNew(trace, edge));
      const half = (
        { from, to, events: [asked], key: looked, predicate }: Dependency,
        { events: [, changed], key }: Dependency,
      ) => {
        const seen = sight(trace, asked, to);
        const made = trace.steps[changed - 1]!.writes.find((version) => version.key === key)!;
        const [at, then] = [words.step(asked), words.step(changed)];
        const look = predicate
          ? `asked for rows of ${tableOf(looked)} at ${at}`
          : `read ${seen ? words.row(seen) : "it"} at ${at}`;
        const write = `wrote ${words.row(made)} at ${then}`;
        const [lookInKorean, ending] = predicate
          ? [`${at}에서 ${tableOf(looked)}의 행을 조건으로 찾아보`, "았"]
          : [`${at}에서 ${seen ? asRead(words, seen, words.row(seen)) : "그 행을"} 읽`, "었"];
        const writeInKorean = `${then}에서 ${wrote(words, made, words.row(made))}`;
        return words.say({
          en: `${words.Task(from.task)} ${asked < changed ? `${look} and ${write}` : `${write} and ${look}`}.`,
          ko: `${subject(words, from.task)} ${asked < changed ? `${lookInKorean}고 ${writeInKorean}습니다` : `${writeInKorean}고 ${lookInKorean}${ending}습니다`}.`,
        });
      };
      return [
        {
          property: "a decision still stands when it takes effect",
          anomaly: phantom ? "phantom" : "write skew",
          schedule: null,
          tasks: [unit.task, other.task],
          events: [...new Set(pair.flatMap(({ events }) => events))].sort((x, y) => x - y),
          explanation:
            `${half(pair[0], pair[1])} ${half(pair[1], pair[0])} ` +
            words.say(
              phantom
                ? {
                    en: "Each wrote a row that the other's condition would have found, and neither saw it: there was no row to lock.",
                    ko: "서로 상대의 조건에 걸릴 행을 썼지만 아무도 보지 못했습니다. 잠글 행이 아직 없었기 때문입니다.",
                  }
                : {
                    en: "Each changed what the other had decided on, in another row, so no write met a write and neither was told.",
                    ko: "서로 상대가 판단의 근거로 삼은 것을 바꿨습니다. 쓴 행이 달라 쓰기끼리 만나지 않았고, 둘 다 모릅니다.",
                  },
            ),
        },
      ];
    }),
  );
}

/** The edge leads to a version of a row that did not exist before. */
const isNew = (trace: VersionTrace, { key, events: [, n] }: Dependency): boolean => {
  const made = trace.steps[n - 1]!.writes.find((version) => version.key === key)!;
  return made.row !== null && trace.chains.get(key)![made.place - 1]?.row === null;
};

/** A transaction asks with the same condition twice, and the second time finds a row that was not there before. */
export function phantomRead(trace: VersionTrace, words: Wording): Violation[] {
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
            explanation: words.say({
              en:
                `${words.Task(unit.task)} asked at ${words.step(one)}. ${words.Task(appeared.by)} wrote ${words.row(appeared)} at ${words.step(appeared.n)}. ` +
                `${words.Task(unit.task)} asked the same at ${words.step(two)}, in the same transaction, and found a row that had not been there.`,
              ko:
                `${subject(words, unit.task)} ${words.step(one)}에서 조건으로 찾아봤습니다. ` +
                `${subject(words, appeared.by)} ${words.step(appeared.n)}에서 ${wrote(words, appeared, words.row(appeared))}습니다. ` +
                `${subject(words, unit.task)} 같은 트랜잭션 안에서 ${words.step(two)}에 똑같이 찾아봤더니, 없던 행이 나왔습니다.`,
            }),
          },
        ];
      }),
    );
}

const sameQuestion = (a: VersionStep, b: VersionStep): boolean =>
  a.event.operation.kind === "select" &&
  b.event.operation.kind === "select" &&
  same(a.event.operation as never, b.event.operation as never);

/** The versions of a unit that took effect. */
const installedBy = (unit: Unit): readonly Version[] =>
  unit.steps.flatMap(({ writes }) => writes).filter(({ place }) => place >= 0);

/** The version, read at step `n`, that `writer` replaced later. */
const sight = (trace: VersionTrace, n: number, writer: Unit): Version | undefined =>
  trace.steps[n - 1]!.reads.find(({ version }) => replacementOf(trace, version)?.unit === writer)?.version;
