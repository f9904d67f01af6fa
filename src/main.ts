#!/usr/bin/env node
/** The entry: reads the command line, runs one command, and says how it ended in the exit code. */
import { Command, CommanderError, Option } from "commander";
import { lessonEntries, suggest, Unknown } from "./catalog.js";
import * as check from "./commands/check.js";
import * as decide from "./commands/decide.js";
import * as doctor from "./commands/doctor.js";
import * as explore from "./commands/explore.js";
import * as learn from "./commands/learn.js";
import * as list from "./commands/list.js";
import { exit, Misuse, type Out, out } from "./commands/out.js";
import * as run from "./commands/run.js";
import * as trace from "./commands/trace.js";
import { StoreUnavailable } from "./core/failure.js";
import { ScheduleError } from "./core/schedule.js";
import { NotApplicable } from "./explore.js";
import { TaskError } from "./simulator/index.js";

process.setSourceMapsEnabled(true);

// `racelab run … | head -1` has had enough: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exit.right);
  throw error;
});

const program = new Command("racelab")
  .description("Break concurrent code on purpose, see the two requests that collided,\nprotect it, and prove it.")
  .version(doctor.packageVersion())
  .showHelpAfterError("(add --help for what there is)")
  .exitOverride()
  .configureHelp({ helpWidth: 80 })
  .addHelpText(
    "after",
    "\nWith a screen reader: racelab --accessible, or ACCESSIBLE=1.\n\nExamples:\n  racelab\n  racelab run lost-update --strategy none\n",
  );

/** Runs one command; the first Ctrl-C stops its work, the second leaves at once. */
async function action(command: (out: Out, signal: AbortSignal) => Promise<number>): Promise<void> {
  const stopping = new AbortController();
  const interrupt = () => (stopping.signal.aborted ? process.exit(exit.interrupted) : stopping.abort());
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  process.exitCode = await command(out(process.argv.includes("--json")), stopping.signal);
  process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
}

for (const verb of [learn, list, explore, trace, decide, run, check, doctor]) verb.register(program, action);
for (const command of program.commands)
  command
    .exitOverride()
    .option("--json", "one JSON object on standard output, nothing else")
    .addOption(new Option("--lang <language>", "of the course; also LANG").choices(["en", "ko"]));
// In the environment, so that worker threads know it too.
program.hook("preAction", (_, command) => {
  const { lang } = command.opts<{ lang?: string }>();
  if (lang) process.env["RACELAB_LANG"] = lang;
});

/** `racelab runn …` is neither a command nor a lesson: one sentence about both, not one about the default command's arguments. */
function checkFirstWord(word: string | undefined): void {
  if (word === undefined || word.startsWith("-")) return;
  const known = [...program.commands.map((command) => command.name()), "help", ...lessonEntries().map(({ id }) => id)];
  if (known.includes(word) || lessonEntries().some(({ number }) => number === Number(word))) return;
  throw new Misuse(`no command or lesson is called "${word}": ${suggest(word, known)}`);
}

try {
  checkFirstWord(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** One clear sentence for whoever typed it; a stack only for a mistake of racelab's own. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.right : exit.misuse;
  const known = [Misuse, Unknown, StoreUnavailable, ScheduleError, TaskError, NotApplicable].some(
    (kind) => error instanceof kind,
  );
  const message = error instanceof Error ? error.message : String(error);
  if (process.argv.includes("--json")) out(true).object({ error: { message } });
  process.stderr.write(
    known ? `racelab: ${message}\n` : `racelab: a mistake of its own: ${error instanceof Error ? error.stack : message}\n`,
  );
  return known ? exit.misuse : exit.violated;
}
