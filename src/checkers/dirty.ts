/**
 * Reading or overwriting what is not committed. *Dirty write* (P0, G0): a task overwrites a row that the open
 * transaction of another task has changed; outside transactions, two requests write two rows, and each row keeps the
 * value of a different request. *Dirty read* (P1): a task reads what is not committed yet; if that is rolled back, it is
 * an *aborted read* (G1a); if its writer replaces it before the commit, an *intermediate read* (G1b). (Berenson et al.
 * 1995, §3; Adya 1999, §4.2.)
 *
 *     request 1   begin  W paid ─────────────── rollback
 *     request 2                  R paid  W sent              sent, and it is not paid
 *
 * Outside transactions no read is dirty: there every write is visible at once.
 */

import type { Anomaly } from "../core/anomaly.js";
import { isCertain } from "../core/history.js";
import type { Key } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { type Dependency, dependencies } from "./dependencies.js";
import { overwritesBlindly } from "./operations.js";
import { same } from "./shown.js";
import type { Unit, Version, VersionTrace } from "./versions.js";
import { asRead, object, subject, topic, type Wording, wrote } from "./wording.js";

/**
 * The last event of a unit (`n`); Infinity: it never ended. The transaction of a task that was cut off was rolled back with
 * its connection, or its commit was not answered: that may have been at once.
 */
const end = ({ history }: VersionTrace, { fate, task, steps }: Unit): number => {
  const status = history.outcomes[task - 1]?.status;
  const isCut = status === "failed" || status === "unknown";
  return fate === "open" && !isCut ? Number.POSITIVE_INFINITY : steps.at(-1)!.event.n;
};

export function dirtyRead(trace: VersionTrace, words: Wording): Violation[] {
  return trace.steps.flatMap(({ event, unit, reads }) =>
    reads.flatMap(({ version }): Violation[] => {
      const writer = version.unit;
      if (!writer?.transaction || writer === unit || (version.installed ?? Number.POSITIVE_INFINITY) < event.n) return [];
      const over = end(trace, writer);
      const isOpen = writer.fate === "open" || writer.fate === "unknown";
      if (isOpen && over < event.n) return [];
      const [a, b] = [words.Task(event.task), words.task(version.by)];
      const [late, then] = [`at ${words.step(over)}`, `${words.step(over)}에서`];
      const [anomaly, result]: [Anomaly, { en: string; ko: string }] =
        writer.fate === "rolled back"
          ? [
              "aborted read",
              {
                en: `${b} rolled back ${late}: ${words.task(event.task)} holds what never was.`,
                ko: `${subject(words, version.by)} ${then} 롤백했습니다. ${topic(words, event.task)} 존재한 적 없는 값을 가지고 있습니다.`,
              },
            ]
          : writer.fate === "committed" && version.installed === null
            ? [
                "intermediate read",
                {
                  en: `${b} replaced it before it committed ${late}: nobody was ever meant to see it.`,
                  ko: `${topic(words, version.by)} 그 값을 바꾼 다음에야 ${then} 커밋했습니다. 누구에게도 보일 값이 아니었습니다.`,
                },
              ]
            : [
                "dirty read",
                {
                  en: `${b} had not committed${isOpen ? "" : `; it did ${late}`}.`,
                  ko: `${topic(words, version.by)} 아직 커밋하지 않았습니다.${isOpen ? "" : ` ${then}야 커밋했습니다.`}`,
                },
              ];
      return [
        {
          property: "only what is committed is read",
          anomaly,
          schedule: null,
          tasks: [event.task, version.by],
          events: [version.n, event.n, ...(isOpen ? [] : [over])].sort((x, y) => x - y),
          explanation: words.say({
            en: `${a} read ${words.row(version)} at ${words.step(event.n)}, which ${b} had written at ${words.step(version.n)}. But ${result.en}`,
            ko:
              `${subject(words, event.task)} ${words.step(event.n)}에서 ${asRead(words, version, words.row(version))} 읽었습니다. ` +
              `${subject(words, version.by)} ${words.step(version.n)}에서 ${version.row ? "쓴 값" : "지운 행"}입니다. 그런데 ${result.ko}`,
          }),
        },
      ];
    }),
  );
}

export function dirtyWrite(trace: VersionTrace, words: Wording): Violation[] {
  const open = new Map<Key, Version>();
  const over = trace.steps.flatMap(({ writes, unit }) =>
    writes.flatMap((version): Violation[] => {
      const below = open.get(version.key);
      if (unit.transaction) open.set(version.key, version);
      if (!below?.unit || below.unit === unit) return [];
      const over = end(trace, below.unit);
      // Where only the order of replies is known, the commit may have come before the write that was answered before it.
      if (over < version.n || (over < Number.POSITIVE_INFINITY && !isCertain(trace.history, [version.n, over]))) return [];
      return [
        {
          property: "what is not committed is not written over",
          anomaly: "dirty write",
          schedule: null,
          tasks: [version.by, below.by],
          events: [below.n, version.n],
          explanation: words.say({
            en:
              `${words.Task(below.by)} wrote ${words.row(below)} at ${words.step(below.n)} and had not committed when ` +
              `${words.task(version.by)} wrote ${words.value(version)} over it at ${words.step(version.n)}. A rollback of one of them undoes the write of the other.`,
            ko:
              `${subject(words, below.by)} ${words.step(below.n)}에서 ${wrote(words, below, words.row(below))}습니다. ` +
              `아직 커밋하지 않았는데 ${subject(words, version.by)} ${words.step(version.n)}에서 ${wrote(words, version, words.value(version))}습니다. ` +
              "누가 나중에 끝나든, 한쪽이 롤백하면 다른 쪽이 바꾼 것도 없어집니다.",
          }),
        },
      ];
    }),
  );
  return [...over, ...crossed(trace, words)];
}

/** Is anything of the earlier write gone? Not where the store computes the later value from it, or where both write the same. */
function isOver(trace: VersionTrace, { key, events: [a, b] }: Dependency): boolean {
  const { operation } = trace.steps[b - 1]!.event;
  const isComputed = (operation.kind === "update-where" || operation.kind === "update-rows") && !overwritesBlindly(operation);
  const [one, other] = [a, b].map((n) => trace.steps[n - 1]!.writes.find((version) => version.key === key));
  return !isComputed && !same(one?.row ?? null, other?.row ?? null);
}

/** Two requests write the same two rows, and each row keeps the value of a different request. */
function crossed(trace: VersionTrace, words: Wording): Violation[] {
  const edges = dependencies(trace).filter(
    (edge) => edge.kind === "ww" && edge.from.task !== edge.to.task && isOver(trace, edge),
  );
  const after = new Map<Unit, Dependency[]>();
  for (const edge of edges) after.set(edge.from, [...(after.get(edge.from) ?? []), edge]);
  return edges.flatMap((one): Violation[] => {
    const other = after.get(one.to)?.find((edge) => edge.to === one.from && edge.key !== one.key);
    if (!other || other.events[0] < one.events[0]) return [];
    const [a, b] = [one.from.task, one.to.task];
    return [
      {
        property: "rows that are written together stay together",
        anomaly: "dirty write",
        schedule: null,
        tasks: [a, b],
        events: [...one.events, ...other.events].sort((x, y) => x - y),
        explanation: words.say({
          en:
            `${words.Task(b)} wrote ${words.key(one.key)} over ${words.task(a)}'s at ${words.step(one.events[1])}; ${words.task(a)} wrote ` +
            `${words.key(other.key)} over ${words.task(b)}'s at ${words.step(other.events[1])}: the rows hold half of each.`,
          ko:
            `${subject(words, b)} ${words.step(one.events[1])}에서 ${subject(words, a)} 쓴 ${object(words.key(one.key))} 덮어썼고, ` +
            `${subject(words, a)} ${words.step(other.events[1])}에서 ${subject(words, b)} 쓴 ${object(words.key(other.key))} 덮어썼습니다. ` +
            "두 행에 서로의 반쪽만 남았습니다.",
        }),
      },
    ];
  });
}
