/** The events of a history that are worth a look: lost updates, else the waits and conflicts that the protection costs. */

import { anomalyName, isAnomaly } from "../core/anomaly.js";
import { capital } from "../core/capital.js";
import { inLanguage, type Language } from "../core/language.js";
import type { Note } from "../core/note.js";
import type { Observation } from "../core/verdict.js";
import { value } from "./event.js";
import { loses } from "./trace.js";

export interface Collision {
  /** The name of the anomaly or the property, else "wait", "conflict" or "first requests". */
  readonly what: string;
  /** The requests that met, by number. */
  readonly tasks: readonly number[];
  /** The event (`n`) to look at first. */
  readonly at: number;
  readonly explanation: string;
}

type Observed = Pick<Observation, "history" | "violations">;

export function collisions(observation: Observed, notes: readonly Note[], language: Language = "en"): Collision[] {
  const lost = lostUpdates(observation, notes, language);
  if (lost.length > 0) return lost;
  const costs = [...conflicts(observation, notes, language), ...waits(observation, notes, language)].sort(
    (one, other) => one.at - other.at,
  );
  return costs.length > 0 ? costs : undisturbed(observation, language);
}

const unique = (tasks: readonly number[]): number[] => [...new Set(tasks)].sort((one, other) => one - other);

function lostUpdates({ history, violations }: Observed, notes: readonly Note[], language: Language): Collision[] {
  const told = violations.flatMap(({ anomaly, events, tasks, explanation, property }): Collision[] =>
    events.length > 1 && tasks.length > 0
      ? [{ what: anomaly ?? property, tasks: unique(tasks), at: Math.max(...events), explanation }]
      : [],
  );
  // One kind after the other, in the order of the checkers: the clearest first.
  if (told.length > 0)
    return [...new Set(told.map(({ what }) => what))].flatMap((kind) => told.filter(({ what }) => what === kind));
  return history.events.flatMap(({ n, task, operation }, index): Collision[] => {
    const { stale } = notes[index] ?? {};
    if (!stale || !loses(notes[index] ?? {}) || operation.kind !== "write") return [];
    const row = value(operation.row);
    const explanation = inLanguage(
      {
        en:
          `Request ${task} writes ${row} at step ${n}, from a copy that request ${stale.by} had made stale at step ` +
          `${stale.since}. What request ${stale.by} wrote is gone, and neither of them can tell.`,
        ko:
          `요청 ${task}: ${n}단계의 쓰기(${row})는 요청 ${stale.by}의 쓰기로 ${stale.since}단계부터 낡은 값이 된 사본을 바탕으로 했습니다. ` +
          `요청 ${stale.by}의 쓰기는 사라졌고, 둘 다 알아채지 못합니다.`,
      },
      language,
    );
    return [{ what: "lost update", tasks: unique([task, stale.by]), at: n, explanation }];
  });
}

const conflicts = ({ history }: Observed, notes: readonly Note[], language: Language): Collision[] =>
  history.events.flatMap(({ n, task }, index): Collision[] => {
    const { conflict, stale } = notes[index] ?? {};
    if (!conflict) return [];
    const who = stale ? `request ${stale.by} has written since, at step ${stale.since}` : "somebody has written since";
    const whoInKorean = stale
      ? `그 뒤 ${stale.since}단계에 요청 ${stale.by}의 쓰기가 있었습니다`
      : "그 뒤에 다른 누군가가 썼습니다";
    const explanation = inLanguage(
      {
        en: `Request ${task} compares versions at step ${n}: ${who}. Nothing is written, so nothing is lost; request ${task} has to do its work again.`,
        ko: `요청 ${task}: ${n}단계에서 버전을 비교합니다. ${whoInKorean}. 아무것도 쓰지 않으니 사라지는 것도 없지만, 일은 다시 해야 합니다.`,
      },
      language,
    );
    return [{ what: "conflict", tasks: unique(stale ? [task, stale.by] : [task]), at: n, explanation }];
  });

const waits = ({ history }: Observed, notes: readonly Note[], language: Language): Collision[] =>
  history.events.flatMap(({ n, task, asked, waited }, index): Collision[] => {
    if (!waited) return [];
    const freed = notes[index]?.waitedFor;
    const until = freed?.task ? `until request ${freed.task} let go at step ${freed.n}` : "until it was free";
    const untilInKorean = freed?.task ? `요청 ${freed.task}의 락이 풀린 ${freed.n}단계까지` : "비워질 때까지";
    const explanation = inLanguage(
      {
        en:
          `Request ${task} asked after step ${asked} and waited ${until}. ` +
          "Then it read what was really there: nothing is lost. The wait is the price.",
        ko:
          `요청 ${task}: ${asked}단계 뒤에 시도했고, ${untilInKorean} 기다렸습니다. ` +
          "그러고 나서 정말로 있는 값을 읽었으니 사라지는 것은 없습니다. 기다림이 그 대가입니다.",
      },
      language,
    );
    return [{ what: "wait", tasks: unique(freed?.task ? [task, freed.task] : [task]), at: n, explanation }];
  });

/** No request got in the way of another: the first two, so that there is a picture all the same. */
function undisturbed({ history }: Observed, language: Language): Collision[] {
  const tasks = unique(history.events.slice(0, 8).map(({ task }) => task)).slice(0, 2);
  const at = history.events[0]?.n;
  if (at === undefined) return [];
  const explanation = inLanguage(
    {
      en: "No request got in the way of another: nothing lost, nothing waited for.",
      ko: "서로 방해한 요청이 없습니다. 유실도, 기다린 것도 없습니다.",
    },
    language,
  );
  return [{ what: "first requests", tasks, at, explanation }];
}

const inKorean: { readonly [what: string]: string } = { wait: "기다림", conflict: "충돌", "first requests": "첫 요청들" };

/** The kind of a collision in words: "lost update", "wait". */
export const collisionKind = (what: string, language: Language): string =>
  isAnomaly(what) ? anomalyName(what, language) : inLanguage({ en: what, ko: inKorean[what] ?? what }, language);

/** "Lost update 3 of 81": the number of the collision among those of its kind. */
export function collisionName(all: readonly Collision[], index: number, language: Language = "en"): string {
  const what = all[index]?.what ?? "";
  const before = all.slice(0, index).filter((collision) => collision.what === what).length;
  const alike = all.filter((collision) => collision.what === what).length;
  return inLanguage(
    {
      en: `${capital(collisionKind(what, "en"))} ${before + 1} of ${alike}`,
      ko: `${collisionKind(what, "ko")}: ${alike}개 중 ${before + 1}번째`,
    },
    language,
  );
}
