#!/usr/bin/env node
/**
 * The entry: reads the command line and the environment, runs one command, and says how it ended in the exit code.
 *
 * SIGTERM and SIGHUP stop the command's work, as the first Ctrl-C does. A second Ctrl-C or SIGTERM leaves at once.
 * When its terminal is closed the process tidies up and then ends by SIGHUP.
 */
import { isatty } from "node:tty";
import { parseArgs } from "node:util";
import { Command, CommanderError, Option } from "commander";
import { clean, exit, Misuse, type Out, out } from "./commands/out.js";
import type { Register } from "./commands/verb.js";
import {
  Impossible,
  LessonFault,
  messageOf,
  NotApplicable,
  ServerLost,
  StoreError,
  StoreUnavailable,
  TaskError,
} from "./core/failure.js";
import { ScheduleError } from "./core/schedule.js";
import { suggest } from "./core/suggest.js";
import { addLessons, authorFolders, lessonEntries, thrownByAuthor, Unknown } from "./course/catalog.js";
import { languageFromEnvironment } from "./course/language.js";
import { type GuardedEnd, inProcessOfItsOwn, onSignalsOfTheOuter } from "./threads/guarded.js";
import { packageVersion } from "./version.js";

process.setSourceMapsEnabled(true);

/** Stops the command's work. */
const stopping = new AbortController();
/** Milliseconds that a command may take to tidy up after its output's reader has gone. */
const LEAVE_MS = 20_000;
/** Milliseconds after a command's end in which connections to a server that has gone may linger. */
const LINGER_MS = 2000;
/** False: the process that reads the output, as in `racelab run … | head -1`, has ended. */
let hasReader = true;

// A reader that has ended is no error. It stops the command's work, and so does a terminal that was closed.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    const { code = "" } = error;
    if (!["EPIPE", "EIO", "ERR_STREAM_DESTROYED"].includes(code)) throw error;
    if (hasReader && code === "EPIPE") setTimeout(() => process.exit(exit.right), LEAVE_MS).unref();
    if (code === "EPIPE") hasReader = false;
    stopping.abort();
  });

// The code of a lesson asked for something, went on without the answer, and the answer is an error. Node would print a stack.
process.on("unhandledRejection", (error) => {
  const said = `${messageOf(error)}: nobody waited for this answer. Is an await missing in the lesson's code?`;
  process.exit(report(error instanceof StoreError ? new LessonFault(said) : error));
});

/** The standard streams (0, 1, 2) that are a terminal. */
const terminals = [0, 1, 2].filter((end) => isatty(end));
// Node 20 restores the terminal on its way out, and aborts with a native stack if that was closed. So it ends by the signal.
process.on("exit", () => {
  if (terminals.every((end) => isatty(end))) return;
  process.removeAllListeners("SIGHUP");
  process.kill(process.pid, "SIGHUP");
});

const program = new Command("racelab")
  .description("Break concurrent code on purpose, see the two requests that collided,\nprotect it, and prove it.")
  .version(packageVersion())
  .showHelpAfterError("(add --help for what there is)")
  .exitOverride()
  .configureHelp({ helpWidth: 80 })
  .addHelpText(
    "after",
    "\nWith a screen reader: racelab --accessible, or ACCESSIBLE=1.\n\nExamples:\n  racelab\n  racelab run lost-update --strategy none\n",
  );

const output = (): Out => out({ json: process.argv.includes("--json"), language: languageFromEnvironment(), env: process.env });

/** Runs one command. */
const action: Parameters<Register>[1] = async (command) => {
  const interrupt = () => (stopping.signal.aborted ? process.exit(exit.interrupted) : stopping.abort());
  // A closed terminal sends SIGHUP twice, and the second one must not cut the tidying up short.
  const hangUp = () => stopping.abort();
  if (!onSignalsOfTheOuter((signal) => (signal === "SIGHUP" ? hangUp() : interrupt())))
    process.on("SIGINT", interrupt).on("SIGTERM", interrupt).on("SIGHUP", hangUp);
  process.exitCode = await command(output(), stopping.signal);
  process.off("SIGINT", interrupt).off("SIGTERM", interrupt).off("SIGHUP", hangUp);
};

/** A verb is loaded when it was asked for: all of them take four times as long to load as one. */
const verbs = {
  learn: () => import("./commands/learn.js"),
  list: () => import("./commands/list.js"),
  predict: () => import("./commands/predict.js"),
  explore: () => import("./commands/explore.js"),
  trace: () => import("./commands/trace.js"),
  decide: () => import("./commands/decide.js"),
  export: () => import("./commands/export.js"),
  run: () => import("./commands/run.js"),
  join: () => import("./commands/join.js"),
  compare: () => import("./commands/compare.js"),
  watch: () => import("./commands/watch.js"),
  verify: () => import("./commands/verify.js"),
  check: () => import("./commands/check.js"),
  new: () => import("./commands/new.js"),
  doctor: () => import("./commands/doctor.js"),
};
type Verb = keyof typeof verbs;
/** Words that mean a command, so that no lesson can have one as its id. */
const taken = [...Object.keys(verbs), "help"];
const isVerb = (word: string): word is Verb => Object.hasOwn(verbs, word);

/** Verbs that run a lesson's code in the main thread. `check` runs it elsewhere; `learn` needs its terminal. */
const runsLessons: ReadonlySet<string> = new Set<Verb>([
  "list",
  "predict",
  "explore",
  "trace",
  "decide",
  "export",
  "run",
  "compare",
  "verify",
  "watch",
]);

/** The verbs that the first word may mean. No word, or a lesson, means `learn`; an option or `help` may concern all. */
function verbsFor(word = "learn"): readonly Verb[] {
  if (isVerb(word)) return [word];
  return word.startsWith("-") || word === "help" ? (Object.keys(verbs) as Verb[]) : ["learn"];
}

async function register(word: string | undefined): Promise<void> {
  for (const verb of verbsFor(word)) (await verbs[verb]()).register(program, action, taken);
  for (const command of program.commands)
    command
      .exitOverride()
      .option("--json", "one JSON object on standard output, nothing else")
      .option("--lessons <dir>", "a folder of your own lessons; also RACELAB_LESSONS")
      .addOption(new Option("--lang <language>", "of the course; also LANG").choices(["en", "ko"]));
}
// The language is kept in the environment, where worker threads and child processes find it, too.
program.hook("preAction", (_, command) => {
  const { lang } = command.opts<{ lang?: string }>();
  if (lang) process.env["RACELAB_LANG"] = lang;
});

/** Refuses `racelab runn …`, which commander would take for arguments of `learn`: the first word is neither a command nor a lesson. */
function checkFirstWord(word: string | undefined): void {
  if (word === undefined || word.startsWith("-") || word === "help" || isVerb(word)) return;
  const lessons = lessonEntries();
  if (lessons.some(({ id, number }) => id === word || number === Number(word))) return;
  throw new Misuse(`no command or lesson is called "${word}": ${suggest(word, [...taken, ...lessons.map(({ id }) => id)])}`);
}

/** The folders of `--lessons`. Read before commander reads the rest, because the first word may name a lesson in them. */
function lessonFolders(): readonly string[] {
  const { values } = parseArgs({ strict: false, options: { lessons: { type: "string", multiple: true } } });
  return (values.lessons ?? []).filter((folder) => typeof folder === "string");
}

try {
  addLessons(lessonFolders());
  checkFirstWord(process.argv[2]);
  const guarded = authorFolders().length > 0 && runsLessons.has(process.argv[2] ?? "") ? inProcessOfItsOwn() : null;
  if (guarded) process.exitCode = exitCodeOf(await guarded);
  else {
    await register(process.argv[2]);
    await program.parseAsync();
  }
} catch (error) {
  process.exitCode = report(error);
}
if (!hasReader) process.exitCode = exit.right;
setTimeout(() => process.exit(), LINGER_MS).unref();

/** The exit code for how the process ended that ran the command. */
function exitCodeOf(end: GuardedEnd): number {
  if (end.kind === "code") return end.code;
  if (end.kind === "signal") {
    process.kill(process.pid, end.signal);
    return exit.interrupted;
  }
  output().note({
    en: "interrupted: the code of a lesson did not come back",
    ko: "중단됨: 레슨의 코드가 끝나지 않고 있었습니다",
  });
  return exit.interrupted;
}

/** It was stopped, as by Ctrl-C, and what it was at has said so. */
function isInterrupted(error: unknown): boolean {
  if (!stopping.signal.aborted) return false;
  return error === stopping.signal.reason || (error instanceof Error && error.name === "AbortError");
}

/** Prints one sentence, and a stack only for a mistake of racelab's own. Answers the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.right : exit.misuse;
  if (isInterrupted(error)) {
    output().note({ en: "interrupted", ko: "중단됨" });
    return exit.interrupted;
  }
  const known = [
    Misuse,
    Unknown,
    LessonFault,
    StoreUnavailable,
    ServerLost,
    ScheduleError,
    TaskError,
    NotApplicable,
    Impossible,
  ].some((kind) => error instanceof kind);
  const at = known ? null : thrownByAuthor(error);
  const message = at ? `${at}: ${error}` : messageOf(error);
  const { json, object } = output();
  if (json) object({ error: { message } });
  process.stderr.write(
    known || at
      ? `racelab: ${clean(message)}\n`
      : `racelab: a mistake of its own: ${error instanceof Error ? error.stack : message}\n`,
  );
  // A server that is lost in the middle of a run is no wrong use.
  if (error instanceof ServerLost) return exit.violated;
  return known || at ? exit.misuse : exit.violated;
}
