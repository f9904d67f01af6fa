/** What `verify` and `watch` say of an exercise: a line for each size as soon as it is known, then what it comes to. */
import { basename } from "node:path";
import { anomalyName } from "../core/anomaly.js";
import { inLanguage } from "../core/language.js";
import { seenFrom } from "../core/source-line.js";
import { findLesson, type LessonEntry, lessonEntries, lessonsOption, loadLesson } from "../course/catalog.js";
import { exerciseStart } from "../course/sources.js";
import { namespaces, type Wrapper } from "../exercise/isolation.js";
import { looks } from "../report/event.js";
import type { FailureStep, SizeResult, Verification } from "../report/judgement.js";
import { left as toTheLeft, width } from "../report/span.js";
import { type Named, namesIn } from "../report/step-names.js";
import { reportWords } from "../report/words.js";
import { isSet, Misuse, type Out, paragraph } from "./out.js";
import { printTable } from "./steps-text.js";
import { commandWords, counted } from "./words.js";

export interface ExerciseOptions {
  /** Steps as sentences, to be read aloud. */
  readonly accessible?: boolean;
  /** In namespaces of its own: no network, no other processes. */
  readonly isolated?: boolean;
}

/** For the help of commands that run a learner's file. */
export const trustInExercises = [
  "Your file is code. It is judged in a process of its own, which reads and writes no file, starts no",
  "process and has no environment; the network is open to it, unless --isolated. A lesson of --lessons",
  "is code that runs with all your rights: take lessons from people whom you trust.",
  "",
].join("\n");

/**
 * What the process with the learner's code is started by, and a line about what is in force. It is asked for by people who do not
 * know the code: so where the system has no namespaces, nothing is run.
 */
export async function wrapperOf({ isolated }: ExerciseOptions, out: Out): Promise<Wrapper> {
  if (!isolated) return [];
  const wrapper = await namespaces(out.env["PATH"]);
  if (!wrapper) throw new Misuse(out.say(commandWords.noNamespaces));
  const text = commandWords.inForce(basename(wrapper[0]!));
  if (out.json) out.note(text);
  else out.paragraph(out.say(text));
  return wrapper;
}

/** The path of a learner's file as a person here would write it. */
export const shownPath = (path: string): string => seenFrom(process.cwd(), path);

/** A lesson by its id or number; refuses one that has no exercise. */
export function exerciseEntry(name: string, { say }: Out): LessonEntry {
  const entry = findLesson(name);
  if (exerciseStart(entry) === null) throw new Misuse(say(commandWords.noExercise(entry.id)));
  return entry;
}

/** What the exercise asks for, before anything is tried. */
export async function printAsked(entry: LessonEntry, out: Out): Promise<void> {
  const { exercise } = await loadLesson(entry, out.language);
  if (exercise) out.paragraph(reportWords.asked(inLanguage(exercise.asks, out.language)));
}

/** "2 tasks, stock 4, crash 1": the tasks, and what else differs from the lesson's own size. */
const sizeAndFaults = ({ size, unusual, faults }: SizeResult, { say }: Out): string =>
  [
    say(counted.tasks(size.tasks)),
    ...unusual.map((name) => `${name} ${size[name]}`),
    ...Object.entries(faults).map(([name, times]) => `${name} ${times}`),
  ].join(", ");

/** One line for a size, as soon as it is known. */
export function printResult(result: SizeResult, out: Out): void {
  const { say } = out;
  const { status, schedules, violating, states, endsAt, breaks } = result;
  const word = { holds: "ok", violated: "FAIL", incomplete: "????", skipped: "skip" }[status];
  const figures = schedules === null ? "" : `${say(counted.schedules(schedules))}, ${say(counted.states(states ?? 0))}`;
  const what = {
    holds: figures,
    violated: `${figures}, ${say(commandWords.wentWrong(violating ?? 0n, endsAt, breaks))}`,
    incomplete: say(commandWords.notAllLookedAt),
    skipped: say(commandWords.firstAbove),
  }[status];
  const where = sizeAndFaults(result, out);
  const [first = "", ...rest] = paragraph(`${toTheLeft(where, Math.max(18, width(where)))}  ${what}`, 5).split("\n");
  out.line(`${word.padEnd(5)}${first.trimStart()}`);
  for (const line of rest) out.line(line);
}

interface Ending extends ExerciseOptions {
  /** What the learner does to have the file checked again. */
  readonly again: string;
  /** How many tries there have been: each further try is pointed to a hint that says more. */
  readonly tries: number;
}

/** What the check comes to; follows the lines of the sizes. */
export function printEnd(verification: Verification, { accessible, again, tries }: Ending, out: Out): void {
  const { say } = out;
  const { lesson, problem, failure, printed, verdict, results, ms } = verification;
  const at = (line: number | null) => `${shownPath(verification.file)}${line === null ? "" : `:${line}`}`;
  if (printed.lines.length > 0) {
    out.paragraph(commandWords.printed);
    for (const line of printed.lines) out.paragraph(line, 2);
    if (printed.more > 0) out.line(`  ${say(commandWords.andMore(say(counted.lines(printed.more))))}`);
  }
  if (problem) {
    const word = verdict === "incomplete" ? say(commandWords.incompleteWord) : "FAIL";
    out.paragraph(`${word} ${at(problem.line)}: ${problem.sentence}`);
    if (problem.schedule) out.paragraph(commandWords.inThisOrder(problem.schedule), 2);
  }
  if (failure) printFailure(verification, accessible ?? isSet(out.env["ACCESSIBLE"]), out);
  if (verdict === "right") {
    const schedules = results.reduce((sum, { schedules }) => sum + (schedules ?? 0n), 0n);
    out.paragraph(commandWords.isRight(say(counted.schedules(schedules)), (ms / 1000).toFixed(1)));
    if (verification.way) out.paragraph(commandWords.yourWay(verification.way));
    if (verification.roundTrips) out.paragraph(reportWords.roundTrips(verification.roundTrips.own, verification.roundTrips.book));
    printOverProtection(verification, out);
    out.paragraph(commandWords.next(commandAfter(lesson)));
    return;
  }
  const line = problem?.line ?? failure?.line ?? null;
  if (out.env["GITHUB_ACTIONS"])
    out.line(
      `::error file=${shownPath(verification.file)}${line === null ? "" : `,line=${line}`}::${problem?.sentence ?? failure?.property}`,
    );
  // Nothing is known to be wrong, so nothing is said to be changed.
  if (problem?.kind === "limit" || problem?.kind === "model") {
    out.paragraph(problem.kind === "limit" ? commandWords.decidedSooner(again) : commandWords.decidedWithout(again));
    return;
  }
  const hint = Math.min(3, Math.max(1, tries));
  out.paragraph(commandWords.changeAndAgain(line, again));
  out.paragraph(commandWords.stuck(`racelab verify ${lesson} --hint ${hint}${lessonsOption(lesson)}`));
}

/** What the learner types next after solving this lesson. */
function commandAfter(lesson: string): string {
  const entries = lessonEntries();
  const following = entries[entries.findIndex(({ id }) => id === lesson) + 1];
  return following ? `racelab learn ${following.id}${lessonsOption(following.id)}` : "racelab list";
}

function printFailure({ failure, looksLike, file }: Verification, accessible: boolean, out: Out): void {
  if (!failure) return;
  const { schedule, switches, steps, anomaly, explanation, property, tasks, line } = failure;
  out.line();
  const how = [counted.tasks(tasks.length), counted.steps(steps.length), counted.switches(switches)];
  out.paragraph(commandWords.smallest(schedule, how.map(out.say).join(", ")));
  if (accessible) for (const step of steps) printSpoken(step, namesIn(steps), out);
  else printTable(failure, steps, out);
  out.paragraph(commandWords.why(`${anomaly ? `${anomalyName(anomaly, out.language)}. ` : ""}${explanation}`));
  out.paragraph(commandWords.broken(property));
  if (looksLike) out.paragraph(commandWords.looksLike(looksLike.misconception));
  out.line(`${shownPath(file)}${line === null ? "" : `:${line}`}`);
}

/** A step as a sentence, to be read aloud. */
function printSpoken({ n, task, event, note, line, choice }: FailureStep, named: Named, out: Out): void {
  const what = event
    ? looks(event, note, out.language, named).words
    : typeof choice === "number"
      ? out.say(commandWords.waits)
      : choice.event;
  out.paragraph(commandWords.spokenStep(n, task, what, line), 2);
}

/** Said of a right answer that makes requests wait for each other without need. */
function printOverProtection({ overProtected }: Verification, out: Out): void {
  const [worst] = overProtected ?? [];
  if (!worst) return;
  const { work, left, possible } = worst;
  out.paragraph(reportWords.tooMuch(work, possible, left));
}
