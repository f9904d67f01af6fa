/**
 * `racelab check`: proves the claims of the course, or of some of its lessons. A lesson that cannot be opened fails its
 * check with exit code 1, and stays in `racelab list` with its sentence; for other commands it is wrong use, exit code 2.
 */

import { readFileSync, realpathSync } from "node:fs";
import { Option } from "commander";
import { checkApart } from "../check/apart.js";
import { type CheckResult, checkLesson, openable } from "../check/check.js";
import { lessonTable } from "../check/lesson-table.js";
import { anomalyMatrix, lessonMatrix } from "../check/matrix.js";
import { isSettled, solutionsTable } from "../check/refusals.js";
import { anomalyName, isAnomaly } from "../core/anomaly.js";
import { LessonFault } from "../core/failure.js";
import type { Text } from "../core/language.js";
import { seenFrom } from "../core/source-line.js";
import { findLesson, isAsked, type LessonEntry, lessonEntries, loadLesson, strategyIds, Unknown } from "../course/catalog.js";
import { whyNoText } from "../files/reading.js";
import { answerName, checkHead, github, junit, tap } from "../report/check.js";
import { type LessonTable, lessonTableText } from "../report/lesson-table.js";
import { intoPage, type Matrix, textMatrix } from "../report/matrix.js";
import { left, width } from "../report/span.js";
import { checkFidelity, type FidelityOptions } from "./fidelity.js";
import { writeNewFile } from "./new-file.js";
import { integer } from "./options.js";
import { exit, type Out, paragraph } from "./out.js";
import type { Register } from "./verb.js";
import { commandWords } from "./words.js";

const reporters = ["text", "json", "junit", "tap", "github"] as const;
type Reporter = (typeof reporters)[number];

interface CheckRequest {
  readonly lessons: readonly string[];
  readonly reporter: Reporter;
  readonly matrix?: boolean;
  readonly into?: string;
  readonly solutions?: boolean;
  /** For each lesson of an author. */
  readonly seconds: number;
}

async function check(
  { lessons, reporter, matrix, into, seconds, solutions }: CheckRequest,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const entries = lessons.length > 0 ? lessons.map(findLesson) : defaultLessons();
  if (matrix && lessons.length > 0 && !into) return printLessonTables(entries, out, signal);
  if (matrix || into) return printMatrices(entries, into, out, signal);
  if (solutions) return printSolutions(entries, out, signal);
  const kind = out.json ? "json" : reporter;
  const results: CheckResult[] = [];
  for (const entry of entries) {
    if (kind === "text") out.line(`${String(entry.number).padStart(2)} ${entry.id}`);
    for await (const result of entry.authorFolder ? checkApart(entry, seconds, signal) : checkLesson(entry)) {
      if (signal.aborted) break;
      const shown = { ...result, file: seenFrom(process.cwd(), result.file) };
      results.push(shown);
      if (kind === "text") print(shown, out);
    }
    if (signal.aborted) {
      out.note(commandWords.interruptedAfter(results.length));
      return exit.interrupted;
    }
  }
  const tally = (status: CheckResult["status"]) => results.filter((result) => result.status === status).length;
  const [passed, failed, skipped] = [tally("pass"), tally("fail"), tally("skip")];
  if (kind === "json") out.object({ command: "check", passed, failed, skipped, results });
  else if (kind === "text") {
    const schedules = results.reduce((sum, { schedules }) => sum + BigInt(schedules ?? 0), 0n);
    out.line();
    out.paragraph(commandWords.checksOver(results.length, schedules));
    out.line(commandWords.passedFailedSkipped(passed, failed, skipped));
    if (out.env["GITHUB_ACTIONS"] && failed > 0) out.line(github(results));
  } else out.line({ junit, tap, github }[kind](results));
  return failed > 0 ? exit.violated : exit.right;
}

/** Only the lessons of `--lessons` if it is given, because their author waits for them; else all lessons. */
function defaultLessons(): readonly LessonEntry[] {
  const asked = lessonEntries().filter(isAsked);
  return asked.length > 0 ? asked : lessonEntries();
}

/** Two tables: what every strategy does to every anomaly, and to every lesson. */
async function printMatrices(
  entries: readonly LessonEntry[],
  into: string | undefined,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const strategies = strategyIds();
  // Before the tables are computed, which takes a minute.
  const page = into === undefined ? null : pageIn(into);
  const sound: LessonEntry[] = [];
  for (const entry of entries) {
    const lesson = await openable(loadLesson(entry, out.language));
    if (lesson instanceof LessonFault) out.note(lesson.message);
    else sound.push(entry);
  }
  const matrices = [await anomalyMatrix(strategies, signal), await lessonMatrix(sound, strategies, signal)];
  if (into && page !== null) writeNewFile(realpathSync(into), intoPage(page, matrices) as string, true);
  if (out.json) out.object({ command: "check", matrices });
  else if (into) out.line(commandWords.tablesWritten(into));
  else for (const matrix of matrices) printMatrix(matrix, out);
  return exit.right;
}

/** A table for each of these lessons: what all its strategies do at each size and under the faults that its claims name. */
async function printLessonTables(entries: readonly LessonEntry[], out: Out, signal: AbortSignal): Promise<number> {
  const tables: (LessonTable & { readonly lesson: string })[] = [];
  for (const entry of entries) {
    const table = await lessonTable(await loadLesson(entry, out.language), signal);
    if (signal.aborted) return exit.interrupted;
    tables.push({ lesson: entry.id, ...table });
  }
  if (out.json) out.object({ command: "check", tables });
  else
    for (const { lesson, ...table } of tables) {
      const { lines, legend } = lessonTableText(table, out.language);
      out.line(commandWords.strategiesInPlaces(lesson, table.rows.length, table.places.length));
      out.line();
      for (const line of lines) out.line(line);
      out.line();
      for (const line of legend) out.paragraph(line, 2);
      out.line();
    }
  return exit.right;
}

/** What the solution of each lesson, and the empty answers, come to in the exercise of each of these lessons. */
async function printSolutions(entries: readonly LessonEntry[], out: Out, signal: AbortSignal): Promise<number> {
  let settled = true;
  const rows: unknown[] = [];
  for await (const { lesson, cells } of solutionsTable(entries)) {
    if (signal.aborted) return exit.interrupted;
    rows.push({ lesson, answers: Object.fromEntries(cells.map(({ answer, found }) => [answer, found.kind])) });
    const group = (title: Text, of: typeof cells): void => {
      const named = of.map(({ answer }) => out.say(answerName(answer)));
      if (of.length > 0 && !out.json) out.paragraph(`  ${out.say(title)}: ${named.join(", ")}`, 4);
    };
    if (!out.json) out.line(lesson);
    const others = cells.filter(({ own }) => !own);
    const listed = others.filter(({ found }) => found.kind === "right" && found.way);
    group({ en: "right by a listed way", ko: "목록에 있는 방법으로 맞음" }, listed);
    group(
      { en: "holds, and is not what is asked for", ko: "지켜지지만 문제가 요구한 것은 아님" },
      others.filter(({ found }) => found.kind === "other"),
    );
    group(
      { en: "wrong", ko: "오답" },
      others.filter(({ found }) => ["alone", "broken", "thrown"].includes(found.kind)),
    );
    const open = others.filter(({ found }) => !isSettled(found));
    group({ en: "RIGHT OR NOT DECIDED, AND NOT LISTED", ko: "맞거나 판정하지 못했는데 목록에 없음" }, open);
    const own = cells.find((cell) => cell.own);
    if (own && own.found.kind !== "right")
      group({ en: "ITS OWN SOLUTION IS NOT RIGHT", ko: "이 레슨의 해답이 맞지 않음" }, [own]);
    settled &&= open.length === 0 && (!own || own.found.kind === "right");
  }
  if (out.json) out.object({ command: "check", solutions: rows });
  return settled ? exit.right : exit.violated;
}

function printMatrix(matrix: Matrix, out: Out): void {
  out.line(commandWords.strategyBy(matrix.of));
  for (const { row, answers } of textMatrix(matrix, out.language)) {
    out.line();
    out.line(isAnomaly(row) ? anomalyName(row, out.language) : row);
    for (const [answer, ids] of answers)
      out.line(`  ${left(answer, Math.max(22, width(answer)))} ${paragraph(ids, 25).trimStart()}`);
  }
  out.line();
}

/** The page that the tables go into. */
function pageIn(file: string): string {
  const why = whyNoText(file);
  if (why) throw new Unknown(`${file} cannot be read: ${why}`);
  const page = readFileSync(file, "utf8");
  if (intoPage(page, []) === null)
    throw new Unknown(`${file} has no place for the tables: README.md of racelab shows the two marks`);
  return page;
}

function print({ status, kind, strategy, expected, message, schedules, file, line }: CheckResult, out: Out): void {
  const word = { pass: "ok", fail: "FAIL", skip: "skip" }[status];
  const counted = schedules === null ? "" : `  ${out.say(commandWords.schedulesCounted(BigInt(schedules)))}`;
  out.paragraph(`${word.padEnd(5)}${out.say(checkHead({ kind, strategy, expected }))}${counted}`, 3);
  if (message) out.paragraph(`${message} (${file}${line ? `:${line}` : ""})`, 8);
}

type Options = Omit<CheckRequest, "lessons"> & Omit<FidelityOptions, "fidelity"> & Partial<Pick<FidelityOptions, "fidelity">>;

export const register: Register = (program, action) => {
  program
    .command("check")
    .description("proves the course: every claim over every interleaving")
    .argument("[lessons...]", "ids or numbers (default: all; with --lessons: those)")
    .addOption(new Option("--reporter <name>", "how it is printed").choices(reporters).default("text"))
    .option("--matrix", "what every strategy does to every anomaly and lesson; of one lesson, in all its places")
    .option("--into <file>", "writes these tables as markdown between their marks in this file")
    .option("--solutions", "what each lesson's solution comes to in the exercises of the others")
    .option("--seconds <n>", "for each lesson of --lessons; after that it has failed", integer(1, 86_400), 300)
    .option("--fidelity <url>", "is the model true? conducts schedules on this database and compares")
    .option("--schedules <n>", "with --fidelity: schedules of one lesson and strategy, at most", integer(1, 1_000_000), 50)
    .option("--schemas <n>", "with --fidelity: schemas that are worked on at once", integer(1, 64), 4)
    .option("--seed <n>", "with --fidelity: of the sample", integer(0, 2 ** 31 - 1), 1)
    .option("--recorded <files...>", "with --fidelity: recorded cases, as in test/model/recorded")
    .addHelpText(
      "after",
      "\nExamples:\n  racelab check\n  racelab check lost-update --reporter junit\n  racelab check --fidelity postgres://postgres@localhost/test\n",
    )
    .action((lessons: string[], { fidelity, ...options }: Options) =>
      action((out, signal) =>
        fidelity === undefined
          ? check({ ...options, lessons }, out, signal)
          : checkFidelity(lessons, { ...options, fidelity }, out, signal),
      ),
    );
};
