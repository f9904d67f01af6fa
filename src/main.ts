#!/usr/bin/env node
/** The entry: reads the command line, runs one command, and says how it ended in the exit code. */
import { isatty } from "node:tty";
import { parseArgs } from "node:util";
import { Command, CommanderError, Option } from "commander";
import { clean, exit, Misuse, type Out, out } from "./commands/out.js";
import { Impossible, LessonFault, messageOf, NotApplicable, ServerLost, StoreUnavailable, TaskError } from "./core/failure.js";
import { ScheduleError } from "./core/schedule.js";
import { suggest } from "./core/suggest.js";
import { addLessons, lessonEntries, thrownByAuthor, Unknown } from "./course/catalog.js";
import { packageVersion } from "./version.js";

process.setSourceMapsEnabled(true);

/** Stops the command's work. */
const stopping = new AbortController();
/** Milliseconds that a command may take to leave everything as it was when nobody listens any more. */
const LEAVE_MS = 20_000;
/** Milliseconds after a command's end in which connections to a server that has gone may linger. */
const LINGER_MS = 2000;
let heard = true;

// `racelab run … | head -1` has had enough: that is no error. A terminal that was closed ends what is under way, too.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    const { code = "" } = error;
    if (!["EPIPE", "EIO", "ERR_STREAM_DESTROYED"].includes(code)) throw error;
    if (heard && code === "EPIPE") setTimeout(() => process.exit(exit.right), LEAVE_MS).unref();
    if (code === "EPIPE") heard = false;
    stopping.abort();
  });

/** Ends of this process that are a terminal. */
const terminals = [0, 1, 2].filter((end) => isatty(end));
// Node gives a terminal back as it was, and aborts with a stack where that has been closed. So it ends by the signal.
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

/** Runs one command; the first Ctrl-C stops its work, the second leaves at once. */
async function action(command: (out: Out, signal: AbortSignal) => Promise<number>): Promise<void> {
  const interrupt = () => (stopping.signal.aborted ? process.exit(exit.interrupted) : stopping.abort());
  // A closed terminal says so twice, and nobody waits there.
  const hangUp = () => stopping.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt).on("SIGHUP", hangUp);
  process.exitCode = await command(out(process.argv.includes("--json")), stopping.signal);
  process.off("SIGINT", interrupt).off("SIGTERM", interrupt).off("SIGHUP", hangUp);
}

/** Loaded when asked for: the whole program takes four times as long to load as one command. */
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
/** What no lesson may be called. */
const words = [...Object.keys(verbs), "help"];
const isVerb = (word: string): word is Verb => Object.hasOwn(verbs, word);

/** The commands that the first word may mean. Nothing or a lesson is for the default one, help is about all. */
function meant(word = "learn"): readonly Verb[] {
  if (isVerb(word)) return [word];
  return word.startsWith("-") || word === "help" ? (Object.keys(verbs) as Verb[]) : ["learn"];
}

async function register(word: string | undefined): Promise<void> {
  for (const verb of meant(word)) (await verbs[verb]()).register(program, action, words);
  for (const command of program.commands)
    command
      .exitOverride()
      .option("--json", "one JSON object on standard output, nothing else")
      .option("--lessons <dir>", "a folder of your own lessons; also RACELAB_LESSONS")
      .addOption(new Option("--lang <language>", "of the course; also LANG").choices(["en", "ko"]));
}
// In the environment, so that worker threads know it too.
program.hook("preAction", (_, command) => {
  const { lang } = command.opts<{ lang?: string }>();
  if (lang) process.env["RACELAB_LANG"] = lang;
});

/** `racelab runn …` is neither a command nor a lesson: one sentence about both, not one about the default command's arguments. */
function checkFirstWord(word: string | undefined): void {
  if (word === undefined || word.startsWith("-") || word === "help" || isVerb(word)) return;
  const lessons = lessonEntries();
  if (lessons.some(({ id, number }) => id === word || number === Number(word))) return;
  throw new Misuse(`no command or lesson is called "${word}": ${suggest(word, [...words, ...lessons.map(({ id }) => id)])}`);
}

/** Before commander reads the rest, because the first word may name a lesson of these. */
function lessonsGiven(): readonly string[] {
  const { values } = parseArgs({ strict: false, options: { lessons: { type: "string", multiple: true } } });
  return (values.lessons ?? []).filter((folder) => typeof folder === "string");
}

try {
  addLessons(lessonsGiven());
  checkFirstWord(process.argv[2]);
  await register(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
if (!heard) process.exitCode = exit.right;
setTimeout(() => process.exit(), LINGER_MS).unref();

/** One clear sentence for whoever typed it; a stack only for a mistake of racelab's own. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.right : exit.misuse;
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
  if (process.argv.includes("--json")) out(true).object({ error: { message } });
  process.stderr.write(
    known || at
      ? `racelab: ${clean(message)}\n`
      : `racelab: a mistake of its own: ${error instanceof Error ? error.stack : message}\n`,
  );
  // Nobody has used anything wrongly: it happened.
  if (error instanceof ServerLost) return exit.violated;
  return known || at ? exit.misuse : exit.violated;
}
