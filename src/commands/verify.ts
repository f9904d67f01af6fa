import { relative } from "node:path";
import type { Command } from "commander";
import { anomalyName } from "../core/anomaly.js";
import { findLesson, type LessonEntry, lessonEntries, lessonsOption } from "../course/catalog.js";
import { exerciseStart, lessonHints } from "../course/sources.js";
import { ownFile } from "../exercise/own-file.js";
import { verify as verifyFile } from "../exercise/verify.js";
import { looks } from "../report/event.js";
import type { FailureStep, SizeResult, Verification } from "../report/judgement.js";
import { left as toTheLeft, width } from "../report/span.js";
import { LearnerProgress } from "../saved/progress.js";
import { integer } from "./options.js";
import { exit, Misuse, type Out, paragraph } from "./out.js";
import { printTable } from "./trace.js";
import { commandWords, counted, language, say } from "./words.js";

export interface ExerciseOptions {
  readonly accessible?: boolean;
}

interface VerifyOptions extends ExerciseOptions {
  readonly hint?: number;
}

/** `racelab verify`: an exercise, checked once over every interleaving. */
export async function verifyCommand(
  name: string,
  file: string | undefined,
  { hint, ...options }: VerifyOptions,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const entry = exerciseEntry(name);
  if (hint !== undefined) return giveHint(entry, hint, out);
  const path = ownFile(entry, file);
  const progress = new LearnerProgress();
  const shown = shownPath(path);
  if (!out.json) out.line(say(commandWords.verifying("verify", shown, entry.id)));
  const onResult = (result: SizeResult) => (out.json ? undefined : printResult(result, out));
  let verification: Verification;
  try {
    verification = await verifyFile({ lesson: entry.id, file: path, language: language() }, onResult, signal);
  } catch (error) {
    if (signal.aborted) return exit.interrupted;
    throw error;
  }
  if (verification.problem?.kind === "missing")
    throw new Misuse(
      `${shown}: ${say(commandWords.wouldWrite(verification.problem.sentence, `racelab watch ${entry.id}${lessonsOption(entry.id)}`))}`,
    );
  progress.recordTry(verification);
  const tries = progress.load(entry.id).tries.length;
  if (out.json) out.object(verificationJson(verification));
  else
    printEnd(
      verification,
      { ...options, again: `racelab verify ${entry.id}${file ? ` ${file}` : ""}${lessonsOption(entry.id)}`, tries },
      out,
    );
  for (const notice of progress.notices()) out.note(notice);
  return exitOf(verification);
}

/** A lesson with an exercise. */
export function exerciseEntry(name: string): LessonEntry {
  const entry = findLesson(name);
  if (exerciseStart(entry) === null) throw new Misuse(say(commandWords.noExercise(entry.id)));
  return entry;
}

export const shownPath = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith("..") ? path : near;
};

export const exitOf = ({ verdict }: Verification): number =>
  ({ right: exit.right, wrong: exit.violated, error: exit.violated, incomplete: exit.incomplete })[verdict];

function giveHint(entry: LessonEntry, number: number, out: Out): number {
  const text = lessonHints(entry, language())[number - 1];
  if (text === undefined)
    throw new Misuse(say(commandWords.hasHints(entry.id, say(counted.hints(lessonHints(entry, language()).length)))));
  if (out.json) out.object({ command: "verify", lesson: entry.id, hint: number, text });
  else {
    out.line(paragraph(text));
    out.line();
    const more =
      number < lessonHints(entry, language()).length
        ? [say(commandWords.moreHelp(`racelab verify ${entry.id} --hint ${number + 1}`))]
        : [];
    for (const line of [...more, say(commandWords.next(`racelab watch ${entry.id}`))])
      out.line(paragraph(`${line}${lessonsOption(entry.id)}`));
  }
  return exit.right;
}

/** "2 tasks, stock 4, crash 1": tasks always, the rest where it is not as usual. */
const placeText = ({ size, unusual, faults }: SizeResult): string =>
  [
    say(counted.tasks(size.tasks)),
    ...unusual.map((name) => `${name} ${size[name]}`),
    ...Object.entries(faults).map(([name, times]) => `${name} ${times}`),
  ].join(", ");

/** One line for a size, as soon as it is known. */
export function printResult(result: SizeResult, out: Out): void {
  const { status, schedules, violating, states, endsAt, breaks } = result;
  const word = { holds: "ok", violated: "FAIL", incomplete: "????", skipped: "skip" }[status];
  const figures = schedules === null ? "" : `${say(counted.schedules(schedules))}, ${say(counted.states(states ?? 0))}`;
  const what = {
    holds: figures,
    violated: `${figures}, ${say(commandWords.wentWrong(violating ?? 0n, endsAt, breaks))}`,
    incomplete: say(commandWords.notAllLookedAt),
    skipped: say(commandWords.firstAbove),
  }[status];
  const [first = "", ...rest] = paragraph(
    `${toTheLeft(placeText(result), Math.max(18, width(placeText(result))))}  ${what}`,
    5,
  ).split("\n");
  out.line(`${word.padEnd(5)}${first.trimStart()}`);
  for (const line of rest) out.line(line);
}

interface Ending extends ExerciseOptions {
  /** What checks the file again. */
  readonly again: string;
  /** How many tries there have been: each one more may have a hint that says more. */
  readonly tries: number;
}

/** What it comes to, after the sizes. */
export function printEnd(verification: Verification, { accessible, again, tries }: Ending, out: Out): void {
  const { lesson, problem, failure, printed, verdict, results, ms } = verification;
  const at = (line: number | null) => `${shownPath(verification.file)}${line === null ? "" : `:${line}`}`;
  if (printed.lines.length > 0) {
    out.line(paragraph(say(commandWords.printed)));
    for (const line of printed.lines) out.line(paragraph(line, 2));
    if (printed.more > 0) out.line(`  ${say(commandWords.andMore(say(counted.lines(printed.more))))}`);
  }
  if (problem) {
    const word = verdict === "incomplete" ? say(commandWords.incompleteWord) : "FAIL";
    out.line(paragraph(`${word} ${at(problem.line)}: ${problem.sentence}`));
    if (problem.schedule) out.line(paragraph(say(commandWords.inThisOrder(problem.schedule)), 2));
  }
  if (failure) printFailure(verification, accessible ?? isSet(process.env["ACCESSIBLE"]), out);
  if (verdict === "right") {
    const schedules = results.reduce((sum, { schedules }) => sum + (schedules ?? 0n), 0n);
    out.line(paragraph(say(commandWords.isRight(say(counted.schedules(schedules)), (ms / 1000).toFixed(1)))));
    printOverProtection(verification, out);
    out.line(paragraph(say(commandWords.next(after(lesson)))));
    return;
  }
  const line = problem?.line ?? failure?.line ?? null;
  if (process.env["GITHUB_ACTIONS"])
    out.line(
      `::error file=${shownPath(verification.file)}${line === null ? "" : `,line=${line}`}::${problem?.sentence ?? failure?.property}`,
    );
  const hint = Math.min(3, Math.max(1, tries));
  out.line(paragraph(say(commandWords.changeAndAgain(line, again))));
  out.line(paragraph(say(commandWords.stuck(`racelab verify ${lesson} --hint ${hint}${lessonsOption(lesson)}`))));
}

/** What a learner does who has solved this lesson. */
function after(lesson: string): string {
  const entries = lessonEntries();
  const following = entries[entries.findIndex(({ id }) => id === lesson) + 1];
  return following ? `racelab learn ${following.id}${lessonsOption(following.id)}` : "racelab list";
}

const isSet = (value: string | undefined): boolean => value !== undefined && !["", "0", "false"].includes(value);

function printFailure({ failure, looksLike, file }: Verification, accessible: boolean, out: Out): void {
  if (!failure) return;
  const { schedule, switches, steps, anomaly, explanation, property, tasks, line } = failure;
  out.line();
  out.line(
    paragraph(
      say(
        commandWords.smallest(
          schedule,
          [counted.tasks(tasks.length), counted.steps(steps.length), counted.switches(switches)].map(say).join(", "),
        ),
      ),
    ),
  );
  if (accessible) for (const step of steps) out.line(spoken(step));
  else printTable(failure, steps, out);
  out.line(paragraph(say(commandWords.why(`${anomaly ? `${anomalyName(anomaly, language())}. ` : ""}${explanation}`))));
  out.line(paragraph(say(commandWords.broken(property))));
  if (looksLike) out.line(paragraph(say(commandWords.looksLike(looksLike.misconception))));
  out.line(`${shownPath(file)}${line === null ? "" : `:${line}`}`);
}

/** A step as a sentence, for being read aloud. */
function spoken({ n, task, event, note, tally, line, choice }: FailureStep): string {
  const what = event
    ? looks(event, note, tally?.actual, language()).words
    : typeof choice === "number"
      ? say(commandWords.waits)
      : choice.event;
  return paragraph(say(commandWords.spokenStep(n, task, what, line)), 2);
}

/** Right, but: others are made to wait for nothing. */
function printOverProtection({ overProtected }: Verification, out: Out): void {
  const [worst] = overProtected ?? [];
  if (!worst) return;
  const { work, left, possible } = worst;
  out.line(paragraph(say(commandWords.tooMuch(work, possible, left))));
}

/** The answer as `cli.md` has it. */
export function verificationJson({
  failure,
  others: __,
  looksLike,
  overProtected,
  text: _,
  file,
  problem,
  ...rest
}: Verification) {
  const counterexample = failure && {
    property: failure.property,
    anomaly: failure.anomaly,
    schedule: failure.schedule,
    size: failure.size,
    faults: failure.faults,
    switches: failure.switches,
    preemptions: failure.preemptions,
    explanation: failure.explanation,
    line: failure.line,
    steps: failure.steps.map(({ n, task, event, choice, line, rows, marks, tally, canEndAt }) => ({
      n,
      task,
      operation: event?.operation ?? null,
      response: event?.reply ?? null,
      event: typeof choice === "object" ? choice.event : null,
      line,
      rows,
      marks,
      tally,
      canEndAt,
    })),
  };
  return {
    command: "verify",
    ...rest,
    file: shownPath(file),
    problem,
    counterexample,
    misconception: looksLike?.misconception ?? null,
    looksLike: looksLike?.id ?? null,
    overProtected: overProtected && overProtected.length > 0,
    independence: overProtected,
  };
}

export const register = (
  program: Command,
  action: (run: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>,
): void => {
  program
    .command("verify")
    .description("an exercise, checked once over every interleaving")
    .argument("<lesson>", "its id or number")
    .argument("[file]", "your file (default: racelab/<lesson>.ts)")
    .option("--hint <n>", "says hint 1, 2 or 3 instead", integer(1, 9))
    .option("--accessible", "steps as sentences; also ACCESSIBLE=1")
    .addHelpText("after", "\nExamples:\n  racelab verify lost-update\n  racelab verify 1 my-answer.ts --json\n")
    .action((lesson: string, file: string | undefined, options: VerifyOptions) =>
      action((out, signal) => verifyCommand(lesson, file, options, out, signal)),
    );
};
