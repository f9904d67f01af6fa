/**
 * Proves the course: every claim of every lesson over every interleaving, in both directions; the untouched
 * start fails, the solution passes, and every wrong answer fails for the reason that it names.
 */
import { basename, join } from "node:path";
import type { Exploration } from "../core/exploration.js";
import { LessonFault, messageOf, TaskError } from "../core/failure.js";
import { type Claim, type Lesson, optionText, type SizeAndFaults, sizeAndFaultsText, sizesAndFaultsOf } from "../core/lesson.js";
import { seenFrom } from "../core/source-line.js";
import type { Strategy } from "../core/strategy.js";
import { suggest } from "../core/suggest.js";
import {
  type Exercise,
  exerciseOf,
  type LessonEntry,
  lessonsOption,
  loadLesson,
  strategyFiles,
  strategyOf,
  thrownOutside,
} from "../course/catalog.js";
import { exploreWith } from "../explore/explore.js";
import type { CheckLine } from "../report/check.js";
import { overProtection, strangers } from "./over-protection.js";
import { complaints } from "./texts.js";
import { todos } from "./todos.js";

export interface CheckResult extends CheckLine {
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
  "comparing values instead of versions",
  "a tag that leaves something out",
  "a query in a loop",
] as const;

/** Everything about one lesson, in the order in which a learner meets it. */
export async function* checkLesson(entry: LessonEntry, given?: Lesson): AsyncGenerator<CheckResult> {
  yield* texts(entry);
  const lesson = given ?? (await openable(loadLesson(entry)));
  if (lesson instanceof LessonFault) return yield failed(entry, "lesson.ts", "text", "can be opened", lesson.message);
  for (const claim of lesson.claims ?? []) yield await checkClaim(entry, lesson, claim);
  for (const id of Object.keys(lesson.variants ?? {}))
    if (!lesson.claims?.some(({ strategy }) => strategy === id))
      yield {
        ...failed(entry, id, "explore", "a claim", `variant "${id}" is claimed to do nothing: add a claim, or delete it`),
        file: fileOf(entry, "explore", id),
      };
  yield* checkExercise(entry, lesson);
}

/** Or what is wrong with it: then that is what the check has found. */
export const openable = <T>(loading: Promise<T>): Promise<T | LessonFault> =>
  loading.catch((error: unknown) => {
    if (error instanceof LessonFault) return error;
    throw error;
  });

function* texts(entry: LessonEntry): Generator<CheckResult> {
  for (const { file, line, says } of complaints(entry.folder, strategyFiles()))
    yield { ...failed(entry, basename(file), "text", "a text that says it", says), file, line };
  for (const { file, line, text } of todos(entry.folder))
    yield { ...failed(entry, file, "text", "nothing left to do", text), file: join(entry.folder, file), line };
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
  const exercise = await openable(exerciseOf(entry));
  if (exercise instanceof LessonFault) return yield failed(entry, "exercise", "start", "can be opened", exercise.message);
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
  for (const place of ladder(lesson))
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
  yield await checkStrangers(entry, lesson, exercise, "solution", exercise.solution);
  if (exercise.wrong.length < 2)
    yield failed(entry, "wrong", "wrong", "two or more", "an exercise needs at least two wrong answers in exercise/wrong");
  for (const { id, strategy, misconception, breaks: property } of exercise.wrong) {
    if (!misconceptions.includes(misconception as never)) {
      const message = `"${misconception}" is not in the list of misconceptions; ${suggest(misconception, misconceptions)}`;
      yield { ...failed(entry, id, "wrong", "a misconception of the course", message), file: fileOf(entry, "wrong", id) };
    }
    if (property === strangers) yield await checkStrangers(entry, lesson, exercise, "wrong", strategy, id);
    else yield await somewhere(id, "wrong", strategy, `breaks "${property}"`, (found) => breaks(found, property));
  }
}

type Expectation = (found: Exploration) => boolean;

/** A solution keeps nobody waiting who has nothing to do with it; a wrong answer may be wrong for nothing else. */
async function checkStrangers(
  entry: LessonEntry,
  lesson: Lesson,
  exercise: Exercise,
  kind: "solution" | "wrong",
  strategy: Strategy,
  id: string = kind,
): Promise<CheckResult> {
  const began = performance.now();
  const [worst] = (await overProtection(lesson, strategy, exercise.solution)) ?? [null];
  const actual = worst === null ? "not measured" : worst ? `leaves ${worst.left} of ${worst.possible} orders` : "holds";
  const right = worst === null ? null : kind === "solution" ? !worst : Boolean(worst);
  const expected = kind === "solution" ? `holds "${strangers}"` : `breaks "${strangers}"`;
  return {
    lesson: entry.id,
    strategy: `${id} (on rows of their own)`,
    kind,
    expected,
    actual,
    schedules: null,
    ms: Math.round(performance.now() - began),
    status: right === null ? "skip" : right ? "pass" : "fail",
    message:
      right === null
        ? "not measured: the solution itself shares something, by design or by one lock too many"
        : right
          ? ""
          : `found: ${actual}`,
    file: fileOf(entry, kind, id),
  };
}

/**
 * Where a solution must hold, the smallest first, so that the first counterexample is the smallest: fewer tasks than
 * the lesson has, then every size and fault under which something is claimed to hold.
 */
export function ladder(lesson: Lesson): readonly SizeAndFaults[] {
  const counts = Array.from({ length: lesson.size.tasks - 1 }, (_, i) => i + 1);
  const smaller = counts.filter((tasks) => lesson.scenario({ ...lesson.size, tasks }).tasks.length === tasks);
  const tasksOf = ({ size }: SizeAndFaults): number => size?.["tasks"] ?? lesson.size.tasks;
  const places = [...smaller.map((tasks): SizeAndFaults => ({ size: { tasks } })), ...environments(lesson)];
  return places.sort((a, b) => Number(Boolean(a.faults)) - Number(Boolean(b.faults)) || tasksOf(a) - tasksOf(b));
}

/** The sizes and faults under which something is claimed to hold: there a solution must hold, too. */
const environments = ({ claims }: Lesson): readonly SizeAndFaults[] =>
  sizesAndFaultsOf(claims?.filter((claim) => "holds" in claim));

/** Explores, and compares with what was expected. */
async function judge(
  entry: LessonEntry,
  lesson: Lesson,
  id: string,
  kind: CheckResult["kind"],
  strategy: Strategy,
  at: SizeAndFaults,
  expected: string,
  asExpected: Expectation,
): Promise<CheckResult> {
  const began = performance.now();
  const where = sizeAndFaultsText(at);
  const result = {
    lesson: entry.id,
    strategy: where ? `${id} (${where})` : id,
    kind,
    expected,
    file: fileOf(entry, kind, id),
  };
  try {
    const found = await exploreWith(lesson, strategy, at);
    const contradiction = kind === "explore" ? contradicted(found) : null;
    if (contradiction)
      return {
        ...result,
        actual: "contradicts itself",
        schedules: null,
        ms: Math.round(performance.now() - began),
        status: "fail",
        message: contradiction,
      };
    const broken = found.violations.map(({ property }) => `"${property}"`).join(", ");
    const actual = found.verdict === "violated" ? `breaks ${broken}` : found.verdict;
    const right = asExpected(found);
    const shown = found.counterexample ? `. See it: ${lookAt(entry, kind, id, at, found.counterexample.schedule)}` : "";
    return {
      ...result,
      actual,
      schedules: `${found.schedules}`,
      ms: Math.round(performance.now() - began),
      status: right ? "pass" : "fail",
      message: right ? "" : `expected: ${expected}; found: ${actual}${shown}`,
    };
  } catch (error) {
    const at = error instanceof TaskError ? null : thrownOutside(error);
    const message = at ? `${at}: ${error}` : messageOf(error);
    return { ...result, actual: "error", schedules: null, ms: Math.round(performance.now() - began), status: "fail", message };
  }
}

/** The command that shows how it goes wrong. */
function lookAt(
  entry: LessonEntry,
  kind: CheckResult["kind"],
  id: string,
  { size, faults }: SizeAndFaults,
  schedule: string,
): string {
  const lessons = lessonsOption(entry.id);
  if (kind !== "explore") return `racelab verify ${entry.id} ${seenFrom(process.cwd(), fileOf(entry, kind, id))}${lessons}`;
  return `racelab trace ${entry.id} ${schedule} --strategy ${id}${optionText("size", size)}${optionText("faults", faults)}${lessons}`;
}

/** What has to be looked at when this fails. */
const fileOf = ({ folder }: LessonEntry, kind: CheckResult["kind"], id: string): string =>
  kind === "explore" ? join(folder, "lesson.ts") : join(folder, "exercise", kind === "wrong" ? `wrong/${id}.ts` : `${kind}.ts`);

/** An end that the lesson calls forbidden, and no rule forbids. What a rule forbids is forbidden, whatever the lesson calls it. */
function contradicted({ outcomes }: Exploration): string | null {
  const end = outcomes.find(({ grade, violates }) => grade === "forbidden" && violates.length === 0);
  return end
    ? `grade calls the end "${end.label}" forbidden, but it breaks no property: change grade, or add the property`
    : null;
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
