import { relative } from "node:path";
import { type Command, Option } from "commander";
import { findLesson, type LessonEntry, lessonEntries, strategyIds } from "../catalog.js";
import { type CheckResult, checkLesson, matrix } from "../check.js";
import { github, junit, tap } from "../report/check.js";
import { count, exit, grouped, type Out, paragraph } from "./out.js";

const reporters = ["text", "json", "junit", "tap", "github"] as const;
type Reporter = (typeof reporters)[number];

interface CheckRequest {
  readonly lessons: readonly string[];
  readonly reporter: Reporter;
  readonly matrix?: boolean;
}

/** `racelab check`: proves the course, or some of its lessons. */
export async function check(
  { lessons, reporter, matrix: asMatrix }: CheckRequest,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const entries = lessons.length > 0 ? lessons.map(findLesson) : lessonEntries();
  if (asMatrix) return printMatrix(entries, out);
  const kind = out.json ? "json" : reporter;
  const results: CheckResult[] = [];
  for (const entry of entries) {
    if (kind === "text") out.line(`${String(entry.number).padStart(2)} ${entry.id}`);
    for await (const result of checkLesson(entry)) {
      if (signal.aborted) return exit.interrupted;
      results.push({ ...result, file: relative(process.cwd(), result.file) });
      if (kind === "text") print(result, out);
    }
  }
  const tally = (status: CheckResult["status"]) => results.filter((result) => result.status === status).length;
  const [passed, failed, skipped] = [tally("pass"), tally("fail"), tally("skip")];
  if (kind === "json") out.object({ command: "check", passed, failed, skipped, results });
  else if (kind === "text") {
    const schedules = results.reduce((sum, { schedules }) => sum + BigInt(schedules ?? 0), 0n);
    out.line();
    out.line(paragraph(`${count(results.length, "check")} over ${count(schedules, "interleaving")}`));
    out.line(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (process.env["GITHUB_ACTIONS"] && failed > 0) out.line(github(results));
  } else out.line({ junit, tap, github }[kind](results));
  return failed > 0 ? exit.violated : exit.right;
}

/** A table in markdown: strategies down, lessons across. */
async function printMatrix(entries: readonly LessonEntry[], out: Out): Promise<number> {
  const ids = strategyIds();
  const cells = await matrix(entries, ids);
  if (out.json)
    out.object({
      command: "check",
      matrix: Object.fromEntries(
        ids.map((id, i) => [id, Object.fromEntries(entries.map((entry, j) => [entry.id, cells[i]![j]!]))]),
      ),
    });
  else {
    out.line(`| strategy | ${entries.map(({ id }) => id).join(" | ")} |`);
    out.line(`|---|${entries.map(() => "---").join("|")}|`);
    for (const [i, id] of ids.entries()) out.line(`| \`${id}\` | ${cells[i]!.join(" | ")} |`);
  }
  return exit.right;
}

function print({ status, kind, strategy, expected, message, schedules, file }: CheckResult, out: Out): void {
  const word = { pass: "ok", fail: "FAIL", skip: "skip" }[status];
  const counted = schedules === null ? "" : `  ${grouped(BigInt(schedules))} schedules`;
  out.line(paragraph(`${word.padEnd(5)}${kind} ${strategy}: ${expected}${counted}`, 3));
  if (message) out.line(paragraph(`${message} (${relative(process.cwd(), file)})`, 8));
}

export const register = (
  program: Command,
  action: (run: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>,
): void => {
  program
    .command("check")
    .description("proves the course: every claim over every interleaving")
    .argument("[lessons...]", "ids or numbers (default: all)")
    .addOption(new Option("--reporter <name>", "how it is printed").choices(reporters).default("text"))
    .option("--matrix", "what every strategy does to every lesson, as a table")
    .addHelpText("after", "\nExamples:\n  racelab check\n  racelab check lost-update --reporter junit\n")
    .action((lessons: string[], options: Omit<CheckRequest, "lessons">) =>
      action((out, signal) => check({ ...options, lessons }, out, signal)),
    );
};
