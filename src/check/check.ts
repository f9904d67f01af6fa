/**
 * Proves the course: every claim of every lesson over every interleaving, in both directions; the untouched start fails,
 * the solution passes, and every wrong answer fails for the reason that it names.
 *
 * A solution must hold wherever the lesson claims that something holds (`ladder.ts`). A start and a wrong answer must
 * break in one of these places, because some mistakes need a fault or another size to show.
 */
import { basename, join } from "node:path";
import type { Exploration } from "../core/exploration.js";
import { LessonFault, messageOf, TaskError } from "../core/failure.js";
import { type Claim, type Lesson, optionText, type SizeAndFaults, sizeAndFaultsText } from "../core/lesson.js";
import { seenFrom } from "../core/source-line.js";
import type { Strategy } from "../core/strategy.js";
import { suggest } from "../core/suggest.js";
import {
  type Exercise,
  exerciseOf,
  type LessonEntry,
  lessonsOption,
  loadLesson,
  strategyOf,
  thrownByAuthor,
} from "../course/catalog.js";
import { settingFaults } from "../course/lesson-shape.js";
import { strategyFiles } from "../course/sources.js";
import { explorationOf, whyNotApplicable } from "../explore/explore.js";
import type { CheckLine } from "../report/check.js";
import { beyondModelSaid } from "../report/limits.js";
import { lineOfLabel, sharedLabel } from "./labels.js";
import { environments, ladder } from "./ladder.js";
import { misconceptions } from "./misconceptions.js";
import { overProtection, strangers } from "./over-protection.js";
import { emptyAnswers, isBroken, isSettled, type Refusal, refusalOf, shortcuts } from "./refusals.js";
import { complaints, todos } from "./texts.js";

export interface CheckResult extends CheckLine {
  readonly kind: "explore" | "start" | "solution" | "wrong" | "refused" | "text";
}

/** A strategy that is checked, and what must come of it. */
interface Subject {
  readonly entry: LessonEntry;
  readonly lesson: Lesson;
  readonly kind: CheckResult["kind"];
  readonly id: string;
  readonly strategy: Strategy;
  readonly expected: string;
  readonly isExpected: (found: Exploration) => boolean;
}

/** Everything about one lesson, in the order in which a learner meets it. What its code throws is one failed result. */
export async function* checkLesson(entry: LessonEntry, given?: Lesson): AsyncGenerator<CheckResult> {
  try {
    yield* everything(entry, given);
  } catch (error) {
    const at = error instanceof TaskError ? null : thrownByAuthor(error);
    yield notChecked(entry, at ? `${at}: ${error}` : messageOf(error));
  }
}

async function* everything(entry: LessonEntry, given: Lesson | undefined): AsyncGenerator<CheckResult> {
  yield* checkTexts(entry);
  // In English: a check prints names of properties, and no sentence of theirs.
  const lesson = given ?? (await openable(loadLesson(entry, "en")));
  if (lesson instanceof LessonFault) return yield missing(entry, "lesson.ts", "text", "can be opened", lesson.message);
  for (const claim of lesson.claims ?? []) {
    // Of an author's lesson, these were refused with their line when it was opened.
    for (const { says } of settingFaults(`the claim about ${claim.strategy}`, claim, lesson))
      yield { ...missing(entry, claim.strategy, "explore", "names that exist", says), file: fileOf(entry, "explore", "") };
    yield await checkClaim(entry, lesson, claim);
  }
  for (const id of Object.keys(lesson.variants ?? {}))
    if (!lesson.claims?.some(({ strategy }) => strategy === id))
      yield {
        ...missing(entry, id, "explore", "a claim", `variant "${id}" is claimed to do nothing: add a claim, or delete it`),
        file: fileOf(entry, "explore", id),
      };
  yield* checkExercise(entry, lesson);
}

/** What was loaded, or the fault of the lesson that cannot be. */
export const openable = <T>(loading: Promise<T>): Promise<T | LessonFault> =>
  loading.catch((error: unknown) => {
    if (error instanceof LessonFault) return error;
    throw error;
  });

function* checkTexts(entry: LessonEntry): Generator<CheckResult> {
  for (const { file, line, says } of complaints(entry.folder, strategyFiles()))
    yield { ...missing(entry, basename(file), "text", "a text that says it", says), file, line };
  for (const { file, line, says } of todos(entry.folder))
    yield { ...missing(entry, file, "text", "nothing left to do", says), file: join(entry.folder, file), line };
}

async function checkClaim(entry: LessonEntry, lesson: Lesson, claim: Claim): Promise<CheckResult> {
  const { strategy: id } = claim;
  const strategy = await strategyOf(lesson, id);
  const subject = { entry, lesson, kind: "explore", id, strategy } as const;
  return judge(
    "holds" in claim
      ? { ...subject, expected: "holds", isExpected: ({ verdict }) => verdict === "holds" }
      : { ...subject, expected: `breaks "${claim.breaks}"`, isExpected: (found) => breaks(found, claim.breaks) },
    claim,
  );
}

const breaks = ({ violations }: Exploration, property: string): boolean =>
  violations.some((violation) => violation.property === property);

async function* checkExercise(entry: LessonEntry, lesson: Lesson): AsyncGenerator<CheckResult> {
  const exercise = await openable(exerciseOf(entry));
  if (exercise instanceof LessonFault) return yield missing(entry, "exercise", "start", "can be opened", exercise.message);
  if (!exercise) return yield missing(entry, "exercise", "start", "there", "there is no exercise/start");
  const { start, solution, wrong } = exercise;
  yield await judgeSomewhere({
    entry,
    lesson,
    kind: "start",
    id: "start",
    strategy: start,
    expected: "fails",
    isExpected: ({ verdict }) => verdict === "violated",
  });
  const right: Subject = {
    entry,
    lesson,
    kind: "solution",
    id: "solution",
    strategy: solution,
    expected: "holds",
    isExpected: ({ verdict }) => verdict === "holds",
  };
  for (const at of ladder(lesson)) yield await judge(right, at);
  yield await checkStrangers(right, exercise);
  yield* checkRefusals(entry, lesson, exercise);
  if (wrong.length < 2)
    yield missing(entry, "wrong", "wrong", "two or more", "an exercise needs at least two wrong answers in exercise/wrong");
  for (const { id, strategy, misconception, breaks: property } of wrong) {
    if (!misconceptions.includes(misconception as never)) {
      const message = `"${misconception}" is not in the list of misconceptions; ${suggest(misconception, misconceptions)}`;
      yield { ...missing(entry, id, "wrong", "a misconception of the course", message), file: fileOf(entry, "wrong", id) };
    }
    const expected = `breaks "${property}"`;
    const isExpected = (found: Exploration) => breaks(found, property);
    const subject: Subject = { entry, lesson, kind: "wrong", id, strategy, expected, isExpected };
    yield await (property === strangers ? checkStrangers(subject, exercise) : judgeSomewhere(subject));
  }
}

/** An exercise that takes an answer for right that does nothing, or shows its conflicts to the client, asks for nothing. */
async function* checkRefusals(entry: LessonEntry, lesson: Lesson, { solution }: Exercise): AsyncGenerator<CheckResult> {
  const refuse = async (id: string, strategy: Strategy, expected: string, isRefused: (found: Refusal) => boolean) => {
    const began = performance.now();
    const found = await refusalOf(entry.id, lesson, solution, strategy);
    const actual = found.kind === "right" ? (found.way ? "right by a listed way" : "right") : found.kind;
    const message = isRefused(found) ? "" : `found: ${actual}; expected: ${expected}`;
    const ms = Math.round(performance.now() - began);
    const file = join(entry.folder, "lesson.ts");
    const status = message === "" ? "pass" : "fail";
    return {
      lesson: entry.id,
      strategy: id,
      kind: "refused",
      expected,
      actual,
      schedules: null,
      ms,
      status,
      message,
      file,
    } as const;
  };
  const listed = "a property tells it from the solution, or exercise.ways lists it";
  for (const [id, strategy] of Object.entries(emptyAnswers)) yield await refuse(id, strategy, listed, isSettled);
  const broken = "a property tells it from the solution: somebody is told yes for nothing, or turned away wrongly";
  for (const [id, strategy] of Object.entries(shortcuts(solution))) yield await refuse(id, strategy, broken, isBroken);
}

/** The first place where the subject does what is expected; if there is none, the last place. */
async function judgeSomewhere(subject: Subject): Promise<CheckResult> {
  const { entry, lesson, id, kind, expected } = subject;
  let result: CheckResult | undefined;
  for (const at of environments(lesson)) {
    result = await judge(subject, at);
    if (result.status === "pass") break;
  }
  return result ?? missing(entry, id, kind, expected, "there is no place to try it in");
}

/** A solution keeps no request waiting for one that it has no row in common with. A wrong answer may be wrong for that alone. */
async function checkStrangers({ entry, lesson, kind, id, strategy }: Subject, exercise: Exercise): Promise<CheckResult> {
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
        ? "not measured: the solution shares something by itself (a queue, a lock), asks for rows by a condition, or has more than one order alone"
        : right
          ? ""
          : `found: ${actual}`,
    file: fileOf(entry, kind, id),
  };
}

/** Explores the subject at this size and under these faults, and compares with what is expected. */
async function judge(subject: Subject, at: SizeAndFaults & Pick<Claim, "failures">): Promise<CheckResult> {
  const { entry, lesson, kind, id, strategy, expected, isExpected } = subject;
  const began = performance.now();
  const where = sizeAndFaultsText(at);
  const name = where ? `${id} (${where})` : id;
  const result = (status: CheckResult["status"], actual: string, schedules: string | null, message: string): CheckResult => {
    const ms = Math.round(performance.now() - began);
    const file = fileOf(entry, kind, id);
    return { lesson: entry.id, strategy: name, kind, expected, file, actual, schedules, ms, status, message };
  };
  try {
    const why = kind === "explore" ? await whyNotApplicable(lesson, strategy, at) : null;
    if (why) return result("fail", "does not apply", null, `strategy ${id} does not apply to ${entry.id} at this size: ${why}`);
    const failures = [...(lesson.failures ?? []), ...(at.failures ?? [])];
    const found = await explorationOf({ ...lesson, failures }, strategy, at);
    const contradiction = kind === "explore" ? contradicted(found) : null;
    if (contradiction) return result("fail", "contradicts itself", null, contradiction);
    const broken = found.violations.map(({ property }) => `"${property}"`).join(", ");
    const actual = found.verdict === "violated" ? `breaks ${broken}` : found.verdict;
    const shared = isExpected(found) ? sharedLabel(lesson, at, found, name) : null;
    if (shared) {
      const file = join(entry.folder, "lesson.ts");
      const line = lineOfLabel(file);
      return { ...result("fail", "a label of two meanings", null, shared), file, ...(line && { line }) };
    }
    if (isExpected(found)) return result("pass", actual, `${found.schedules}`, "");
    const seeIt = found.counterexample ? `. See it: ${commandFor(subject, at, found.counterexample.schedule)}` : "";
    const beyond = beyondModelSaid(found.limits);
    const because = beyond ? `: ${beyond.en}` : "";
    return result("fail", actual, `${found.schedules}`, `expected: ${expected}; found: ${actual}${because}${seeIt}`);
  } catch (error) {
    const thrownAt = error instanceof TaskError ? null : thrownByAuthor(error);
    return result("fail", "error", null, thrownAt ? `${thrownAt}: ${error}` : messageOf(error));
  }
}

/** The command that shows how it goes wrong. */
function commandFor({ entry, kind, id }: Subject, { size, faults }: SizeAndFaults, schedule: string): string {
  const lessons = lessonsOption(entry.id);
  if (kind !== "explore") return `racelab verify ${entry.id} ${seenFrom(process.cwd(), fileOf(entry, kind, id))}${lessons}`;
  return `racelab trace ${entry.id} ${schedule} --strategy ${id}${optionText("size", size)}${optionText("faults", faults)}${lessons}`;
}

/** The file that an author has to look at when this fails. */
const fileOf = ({ folder }: LessonEntry, kind: CheckResult["kind"], id: string): string =>
  kind === "explore" ? join(folder, "lesson.ts") : join(folder, "exercise", kind === "wrong" ? `wrong/${id}.ts` : `${kind}.ts`);

/**
 * An end that the lesson grades as forbidden although it breaks no property, in a sentence; null: none. The other way round is
 * no contradiction: what breaks a property is forbidden, and `grade` need not say so again.
 */
function contradicted({ outcomes }: Exploration): string | null {
  const end = outcomes.find(({ grade, violates }) => grade === "forbidden" && violates.length === 0);
  return end
    ? `grade calls the end "${end.label}" forbidden, but it breaks no property: change grade, or add the property`
    : null;
}

/** The result of a lesson whose check could not go on. */
export const notChecked = (entry: LessonEntry, message: string): CheckResult => ({
  ...missing(entry, "lesson.ts", "text", "can be checked", message),
  file: join(entry.folder, "lesson.ts"),
});

/** A failure without an exploration. */
const missing = (
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
