/** A cycle of dependencies as an anomaly, for a history that is not serializable and in which nothing better known is seen. */
import type { Anomaly } from "../core/anomaly.js";
import type { Violation } from "../core/verdict.js";
import { orderOrCycle } from "./cycles.js";
import type { Dependency } from "./dependencies.js";
import type { Unit, VersionTrace } from "./versions.js";
import { subject, topic, type Wording } from "./wording.js";

/** Anomalies that are cycles of dependencies themselves, or make one. */
const isolation: readonly (Anomaly | null)[] = [
  "lost update",
  "dirty write",
  "dirty read",
  "aborted read",
  "intermediate read",
  "read skew",
  "write skew",
  "phantom",
];

/** The cycle, if the history is not serializable and none of the anomalies found is between all of its tasks. */
export function unnamedCycle(trace: VersionTrace, words: Wording, found: readonly Violation[]): Violation[] {
  const answer = orderOrCycle(trace);
  if (answer.serializable !== false || answer.cycle.length === 0) return [];
  const { cycle } = answer;
  const tasks = [...new Set(cycle.map(({ from }) => from.task))];
  if (found.some((one) => isolation.includes(one.anomaly) && tasks.every((task) => one.tasks.includes(task)))) return [];
  return [
    {
      property: "the transactions have the effect of one after another",
      anomaly: (cycle.length > 1 && nameOf(cycle)) || answer.name,
      schedule: null,
      tasks,
      events: [...new Set(cycle.flatMap(({ events }) => events))].sort((a, b) => a - b),
      explanation: words.say({
        en: `${cycle.map((edge) => edgeText(edge, words).en).join(" ")} Each of them comes before the next and the last before the first, so no serial order explains it.`,
        ko: `${cycle.map((edge) => edgeText(edge, words).ko).join(" ")} ${cycle.length > 2 ? "모두가" : "둘 다"} 서로의 앞에 와야 하므로, 차례대로 한 것으로는 설명되지 않습니다.`,
      }),
    },
  ];
}

/** The name that the literature has for a cycle of this shape, besides its kind. */
function nameOf(cycle: readonly Dependency[]): Anomaly | null {
  const rw = cycle.filter(({ kind }) => kind === "rw");
  const [first] = rw;
  const reads = (unit: Unit) => !unit.steps.some(({ writes }) => writes.length > 0);
  if (!first) return cycle.some(({ kind }) => kind === "wr") ? "circular information flow" : null;
  if (rw.length === 1) {
    const [back] = cycle.filter((edge) => edge !== first);
    const isOneRow = cycle.length === 2 && back?.kind === "wr" && back.key === first.key && first.events[0] < back.events[1];
    return isOneRow ? "fuzzy read" : null;
  }
  const readers = new Set(cycle.map(({ from }) => from).filter(reads));
  // Fekete, O'Neil & O'Neil 2004: without the reader the others are serializable.
  if (cycle.length === 3 && rw.length === 2 && readers.size === 1) return "read-only anomaly";
  if (cycle.length === 4 && rw.length === 2 && readers.size === 2 && rw.every(({ from }) => readers.has(from)))
    return "long fork";
  return null;
}

function edgeText({ kind, from, to, key, predicate, events: [a, b] }: Dependency, words: Wording): { en: string; ko: string } {
  const [one, other] = [words.Task(from.task), words.task(to.task)];
  const row = words.key(key);
  const [at, then] = [words.step(a), words.step(b)];
  const ko = `${subject(words, from.task)} ${at}에서 ${row}`;
  if (kind === "ww")
    return {
      en: `${one} wrote ${row} at ${at}, and ${other} wrote over it at ${then}.`,
      ko: `${ko} 행을 썼고, ${subject(words, to.task)} ${then}에서 덮어썼습니다.`,
    };
  if (kind === "wr")
    return {
      en: `${one} wrote ${row} at ${at}, and ${other} ${predicate ? "asked" : "read it"} at ${then}.`,
      ko: `${ko} 행을 썼고, ${subject(words, to.task)} ${then}에서 ${predicate ? "조건으로 찾아봤" : "읽었"}습니다.`,
    };
  return {
    en: `${one} ${predicate ? `asked at ${at} and did not find ${row}` : `read ${row} at ${at}`}, and ${other} ${predicate ? "wrote" : "replaced"} it at ${then}.`,
    ko: `${ko} 행을 ${predicate ? "조건으로 찾지 못했" : "읽었"}고, ${topic(words, to.task)} ${then}에서 그 행을 ${predicate ? "썼" : "바꿨"}습니다.`,
  };
}
