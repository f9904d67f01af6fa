/**
 * Proves the course: every claim of every lesson over every interleaving, in both directions; the untouched
 * start fails, the solution passes, and every wrong answer fails for the reason that it names.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exerciseOf, type LessonEntry, loadLesson, loadStrategy, strategyOf } from "./catalog.js";
import type { Exploration } from "./core/exploration.js";
import type { Claim, Lesson } from "./core/lesson.js";
import type { Strategy } from "./core/strategy.js";
import { exploreWith } from "./explore.js";
import type { Checked } from "./report/check.js";

export interface CheckResult extends Checked {
  readonly kind: "explore" | "start" | "solution" | "wrong" | "text";
}

/** The misconceptions of the course: a wrong answer names one of these. */
export const misconceptions = [
  "checking is protecting",
  "a transaction alone prevents lost updates",
  "locking after reading",
  "locking a copy or the wrong key",
  "unlocking before the write",
  "fresh version with a stale value",
  "retrying without re-reading",
  "retrying for ever",
  "a mutex guards all servers",
  "a unique key makes the external effect happen once",
  "storing the key after the effect",
  "one key for different payloads",
  "releasing someone else's lease",
  "a longer lease instead of a fence",
  "compensating in forward order",
  "compensating twice",
  "publishing inside the transaction",
  "one global lock",
  'reading outside the lock "because it is only a read"',
  "sleeping as synchronisation",
  "catching the conflict and reporting success",
] as const;

/** Everything about one lesson, in the order in which a learner meets it. */
export async function* checkLesson(entry: LessonEntry, given?: Lesson): AsyncGenerator<CheckResult> {
  const lesson = given ?? (await loadLesson(entry));
  yield* texts(entry);
  for (const claim of lesson.claims ?? []) yield await checkClaim(entry, lesson, claim);
  for (const id of Object.keys(lesson.variants ?? {}))
    if (!lesson.claims?.some(({ strategy }) => strategy === id))
      yield failed(entry, id, "explore", "a claim", `variant "${id}" is claimed to do nothing: add a claim, or delete it`);
  yield* checkExercise(entry, lesson);
}

function* texts(entry: LessonEntry): Generator<CheckResult> {
  for (const name of ["README.md", "README.ko.md", "hints.md", "hints.ko.md"])
    if (!existsSync(join(entry.folder, name))) yield failed(entry, name, "text", "there", `${name} is missing`);
}

async function checkClaim(entry: LessonEntry, lesson: Lesson, claim: Claim): Promise<CheckResult> {
  const expected = "holds" in claim ? "holds" : `breaks "${claim.breaks}"`;
  const strategy = await strategyOf(lesson, claim.strategy);
  return judge(entry, lesson, claim.strategy, "explore", strategy, claim, expected, (found) =>
    "holds" in claim ? found.verdict === "holds" : breaks(found, claim.breaks),
  );
}

const breaks = ({ violations }: Exploration, property: string): boolean =>
  violations.some((violation) => violation.property === property);

async function* checkExercise(entry: LessonEntry, lesson: Lesson): AsyncGenerator<CheckResult> {
  const exercise = await exerciseOf(entry);
  if (!exercise) return yield failed(entry, "exercise", "start", "there", "there is no exercise/start");
  const places = environments(lesson);
  /** Some mistakes need a fault or another size to show: the first place where this one does is reported, else the last. */
  const somewhere = async (id: string, kind: CheckResult["kind"], strategy: Strategy, expected: string, is: Expectation) => {
    let result: CheckResult | undefined;
    for (const place of places) {
      result = await judge(entry, lesson, id, kind, strategy, place, expected, is);
      if (result.status === "pass") break;
    }
    return result ?? failed(entry, id, kind, expected, "there is no place to try it in");
  };
  yield await somewhere("start", "start", exercise.start, "fails", ({ verdict }) => verdict === "violated");
  for (const place of places)
    yield await judge(
      entry,
      lesson,
      "solution",
      "solution",
      exercise.solution,
      place,
      "holds",
      ({ verdict }) => verdict === "holds",
    );
  if (exercise.wrong.length < 2)
    yield failed(entry, "wrong", "wrong", "two or more", "an exercise needs at least two wrong answers in exercise/wrong");
  for (const { id, strategy, misconception, breaks: property } of exercise.wrong) {
    if (!misconceptions.includes(misconception as never)) {
      const message = `"${misconception}" is not in the list of misconceptions`;
      yield failed(entry, id, "wrong", "a misconception of the course", message);
    }
    yield await somewhere(id, "wrong", strategy, `breaks "${property}"`, (found) => breaks(found, property));
  }
}

type Expectation = (found: Exploration) => boolean;

type Place = Pick<Claim, "size" | "faults">;

/** The sizes and faults under which something is claimed to hold: there a solution must hold, too. */
function environments({ claims = [] }: Lesson): readonly Place[] {
  const places = new Map<string, Place>([["{}", {}]]);
  for (const claim of claims) {
    if (!("holds" in claim)) continue;
    const place = { ...(claim.size && { size: claim.size }), ...(claim.faults && { faults: claim.faults }) };
    places.set(JSON.stringify(place), place);
  }
  return [...places.values()];
}

/** Explores, and compares with what was expected. */
async function judge(
  entry: LessonEntry,
  lesson: Lesson,
  id: string,
  kind: CheckResult["kind"],
  strategy: Strategy,
  at: Place,
  expected: string,
  asExpected: Expectation,
): Promise<CheckResult> {
  const began = performance.now();
  const where = [...Object.entries(at.size ?? {}), ...Object.entries(at.faults ?? {})]
    .map(([name, n]) => `${name}=${n}`)
    .join(",");
  const result = {
    lesson: entry.id,
    strategy: where ? `${id} (${where})` : id,
    kind,
    expected,
    file: join(entry.folder, "lesson.ts"),
  };
  try {
    const found = await exploreWith(lesson, strategy, at);
    const broken = found.violations.map(({ property }) => `"${property}"`).join(", ");
    const actual = found.verdict === "violated" ? `breaks ${broken}` : found.verdict;
    const right = asExpected(found);
    const shown = found.counterexample ? `: racelab trace ${entry.id} ${found.counterexample.schedule} --strategy ${id}` : "";
    return {
      ...result,
      actual,
      schedules: `${found.schedules}`,
      ms: Math.round(performance.now() - began),
      status: right ? "pass" : "fail",
      message: right ? "" : `expected: ${expected}; found: ${actual}${shown}`,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...result, actual: "error", schedules: null, ms: Math.round(performance.now() - began), status: "fail", message };
  }
}

const failed = (
  entry: LessonEntry,
  strategy: string,
  kind: CheckResult["kind"],
  expected: string,
  message: string,
): CheckResult => ({
  lesson: entry.id,
  strategy,
  kind,
  expected,
  actual: "missing",
  schedules: null,
  ms: 0,
  status: "fail",
  message,
  file: entry.folder,
});

/** What the explorer says of a strategy on a lesson, in two words. Computed, never typed. */
export type Cell = "holds" | "breaks" | "inconclusive" | "does not apply";

/** A cell of the matrix is worth this much: what takes longer is called inconclusive. */
const LOOK = { states: 200_000, seconds: 5 };

/** Strategy by lesson, at each lesson's own size. */
export async function matrix(
  entries: readonly LessonEntry[],
  strategies: readonly string[],
): Promise<readonly (readonly Cell[])[]> {
  const rows: Cell[][] = [];
  for (const id of strategies) {
    const strategy = await loadStrategy(id);
    const row: Cell[] = [];
    for (const entry of entries) row.push(await cell(await loadLesson(entry), strategy));
    rows.push(row);
  }
  return rows;
}

/** A strategy that cannot run a lesson's work says so by a TypeError: every request fails with it. */
async function cell(lesson: Lesson, strategy: Strategy): Promise<Cell> {
  const { verdict, outcomes } = await exploreWith(lesson, strategy, {}, LOOK);
  const applies = outcomes.some((end) => end.outcomes.some((outcome) => outcome?.status !== "failed"));
  if (!applies) return "does not apply";
  return verdict === "violated" ? "breaks" : verdict;
}
