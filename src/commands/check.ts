import { relative } from "node:path";
import { type Command, Option } from "commander";
import { findLesson, lessonEntries } from "../catalog.js";
import { type CheckResult, checkLesson } from "../check.js";
import { github, junit, tap } from "../report/check.js";
import { count, exit, grouped, type Out, paragraph } from "./out.js";

const reporters = ["text", "json", "junit", "tap", "github"] as const;
type Reporter = (typeof reporters)[number];

interface CheckRequest {
  readonly lessons: readonly string[];
  readonly reporter: Reporter;
}

/** `racelab check`: proves the course, or some of its lessons. */
export async function check({ lessons, reporter }: CheckRequest, out: Out, signal: AbortSignal): Promise<number> {
  const entries = lessons.length > 0 ? lessons.map(findLesson) : lessonEntries();
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
    .addHelpText("after", "\nExamples:\n  racelab check\n  racelab check lost-update --reporter junit\n")
    .action((lessons: string[], { reporter }: { reporter: Reporter }) =>
      action((out, signal) => check({ lessons, reporter }, out, signal)),
    );
};
