/**
 * What an answer to an exercise comes to: each request alone, then every interleaving at every size and under every fault where
 * the lesson's solution must hold, then whether it does what the exercise asks for. `verify` shows it to a learner, `check`
 * asks it of what must be refused in every exercise: one judgement for both.
 */
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { ExerciseAsks, ExerciseWay, Lesson, SizeAndFaults } from "../core/lesson.js";
import type { Operation } from "../core/operation.js";
import { type Capability, usedBy } from "../core/store.js";
import type { Strategy } from "../core/strategy.js";
import { type ExploredLesson, exploreLoaded, type SearchWatch } from "../explore/explore.js";
import type { Limits } from "../simulator/index.js";
import { differsAlone } from "./alone.js";
import { ladder } from "./ladder.js";

/** Enough for the right answers of the course. A search beyond it would not end while a learner waits. */
const LIMITS: Partial<Limits> = { states: 1_000_000, seconds: 20, bytes: 5e8 };
/** For an answer that uses what none may use: it is refused in any case, and a schedule that goes wrong says more. */
const LOOK: Partial<Limits> = { states: 50_000, seconds: 3, runs: 10_000 };

interface Answering {
  readonly lesson: Lesson;
  readonly names: { readonly lesson: string; readonly strategy: string };
  readonly strategy: Strategy;
  readonly solution: Strategy;
  readonly language: Language;
  readonly watching?: SearchWatch;
  /** Called with each place and what was found there, in the order of the ladder. */
  readonly onPlace?: (place: SizeAndFaults, found: Explored) => void;
}

type Explored = ExploredLesson & { readonly explored: NonNullable<ExploredLesson["explored"]> };
/** A place of the ladder, and what was found there. */
export interface TriedPlace {
  readonly place: SizeAndFaults;
  readonly found: Explored;
}

export type Answered =
  /** By a way that the exercise lists; null: it lists none, so every answer that holds is right. */
  | { readonly kind: "right"; readonly way: ExerciseWay | null }
  /** A request alone leaves something else behind than under the solution. */
  | { readonly kind: "alone"; readonly says: Text }
  /** It goes wrong there, the first such place. */
  | ({ readonly kind: "broken" } & TriedPlace)
  /** Nothing wrong was found, and there not all was looked at. */
  | ({ readonly kind: "undecided" } & TriedPlace)
  /** It holds, and is not what the exercise asks for. */
  | { readonly kind: "other"; readonly says: Text; readonly used: readonly Capability[] };

export async function answer(answering: Answering): Promise<Answered> {
  const { lesson, names, strategy, solution, language, watching = {}, onPlace } = answering;
  const places = triedAt(lesson);
  const says = await differsAlone(lesson, strategy, solution, watching.drain);
  if (says) return { kind: "alone", says };

  const used = new Set<Capability>();
  let undecided: TriedPlace | null = null;
  for (const place of places) {
    const limit = lesson.exercise?.without?.some((one) => used.has(one)) ? LOOK : LIMITS;
    const found = await exploreLoaded({ lesson, strategy, names }, { ...place, language, limit }, watching);
    onPlace?.(place, found);
    const { verdict } = found.exploration;
    if (verdict === "violated") return { kind: "broken", place, found };
    if (verdict === "inconclusive") undecided ??= { place, found };
    for (const one of found.explored.operations.flatMap(protectsBy)) used.add(one);
  }
  const { exercise } = lesson;
  const way = exercise ? wayOf(exercise, used) : null;
  if (exercise && !way) return { kind: "other", says: otherThanAsked(exercise, used, !undecided), used: [...used] };
  return undecided ? { kind: "undecided", ...undecided } : { kind: "right", way };
}

/**
 * What this operation protects with. A version that is read, and a number that is shown, protect nothing by themselves: the
 * save that compares does, and the write that carries the number.
 */
const protectsBy = (operation: Operation): readonly Capability[] =>
  operation.kind === "read-versioned" || operation.kind === "raise-fence" ? [] : [...usedBy(operation)];

/** The places of the ladder at which answers are tried. */
export const triedAt = (lesson: Lesson): readonly SizeAndFaults[] => {
  const text = ({ size, faults }: SizeAndFaults) => JSON.stringify([{ ...lesson.size, ...size }, faults ?? {}]);
  const not = new Set(lesson.exercise?.notAt?.map(text));
  return ladder(lesson).filter((place) => !not.has(text(place)));
};

/** The first way whose means are all used, if nothing forbidden is; else null. */
const wayOf = ({ ways, without = [] }: ExerciseAsks, used: ReadonlySet<Capability>): ExerciseWay | null =>
  without.some((one) => used.has(one)) ? null : (ways.find(({ uses }) => uses.every((one) => used.has(one))) ?? null);

function otherThanAsked({ asks, without = [] }: ExerciseAsks, used: ReadonlySet<Capability>, holds: boolean): Text {
  const [en, ko] = [inLanguage(asks, "en"), inLanguage(asks, "ko")];
  // What is not wanted; where nothing is unwanted, what is used, so that it can be compared with what is asked for.
  const notWanted = without.filter((one) => used.has(one));
  const told = notWanted.length > 0 ? notWanted : [...used].filter((one) => one !== "transactions" || used.size === 1);
  const names = (language: Language) => told.map((one) => means[one][language]);
  const [yours, yoursKo] = [names("en"), names("ko")];
  return {
    en: `${holds ? "it holds" : "nothing wrong was found"}, but this exercise asks for something else: ${en}${yours.length ? ` (yours uses ${yours.join(" and ")})` : ""}`,
    ko: `${holds ? "지켜지긴 합니다" : "잘못된 것은 찾지 못했습니다"}. 하지만 이 연습이 바라는 것은 다릅니다. ${ko}${yoursKo.length ? ` (지금 쓰는 것: ${yoursKo.join(", ")})` : ""}`,
  };
}

/** What the learner knows it by. */
const means: { readonly [capability in Capability]: Exclude<Text, string> } = {
  versions: { en: "versions", ko: "버전" },
  locks: { en: "locks", ko: "락" },
  transactions: { en: "a transaction", ko: "트랜잭션" },
  "row-locks": { en: "row locks", ko: "행 락" },
  "conditional-update": { en: "a conditional update", ko: "조건부 UPDATE" },
  snapshots: { en: "repeatable read", ko: "repeatable read" },
  serializable: { en: "serializable", ko: "serializable" },
  leases: { en: "a lease", ko: "리스" },
  fencing: { en: "fencing", ko: "펜싱" },
  queues: { en: "a queue", ko: "큐" },
};
