/**
 * The command line without the process around it: words in, an exit code out. main.ts puts signals, streams and the exit
 * around it; tests that ask about answers and not about the process call it where they are.
 */
import { Command, CommanderError, Option } from "commander";
import { isSaid, LessonFault, messageOf, ServerLost, StoreUnavailable } from "../core/failure.js";
import type { Language } from "../core/language.js";
import { ScheduleError } from "../core/schedule.js";
import { suggest } from "../core/suggest.js";
import { lessonEntries, thrownByAuthor, Unknown } from "../course/catalog.js";
import { fileFault } from "../files/faults.js";
import { packageVersion } from "../version.js";
import { clean, exit, Misuse, type Out, out } from "./out.js";

/** What is around a command line. */
export interface Surroundings {
  readonly env: Out["env"];
  language(): Language;
  /** Of `--lang`: from now on it is the language. */
  setLanguage(language: Language): void;
  /** Takes the result. */
  write(text: string): void;
  /** Takes everything else. */
  complain(text: string): void;
  /** Aborted: the work is to stop, as by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Runs a command, and answers its exit code. */
  run(command: (signal: AbortSignal) => Promise<number>): Promise<number>;
}

/** A verb is loaded when it was asked for: all of them take four times as long to load as one. */
const verbs = {
  learn: () => import("./learn.js"),
  present: () => import("./present.js"),
  list: () => import("./list.js"),
  predict: () => import("./predict.js"),
  explore: () => import("./explore.js"),
  trace: () => import("./trace.js"),
  decide: () => import("./decide.js"),
  export: () => import("./export.js"),
  run: () => import("./run.js"),
  join: () => import("./join.js"),
  compare: () => import("./compare.js"),
  watch: () => import("./watch.js"),
  verify: () => import("./verify.js"),
  check: () => import("./check.js"),
  stack: () => import("./stack.js"),
  new: () => import("./new.js"),
  doctor: () => import("./doctor.js"),
};
export type Verb = keyof typeof verbs;
/** Words that mean a command, so that no lesson can have one as its id. */
const taken = [...Object.keys(verbs), "help"];
const isVerb = (word: string): word is Verb => Object.hasOwn(verbs, word);

/** The verbs that the first word may mean. No word, or a lesson, means `learn`; an option or `help` may concern all. */
export function verbsFor(word = "learn"): readonly Verb[] {
  if (isVerb(word)) return [word];
  if (word === "--version" || word === "-V") return [];
  return word.startsWith("-") || word === "help" ? (Object.keys(verbs) as Verb[]) : ["learn"];
}

/** Refuses `racelab runn …`, which commander would take for arguments of `learn`: the first word is neither a command nor a lesson. */
export function checkFirstWord(word: string | undefined): void {
  if (word === undefined || word.startsWith("-") || word === "help" || isVerb(word)) return;
  const lessons = lessonEntries();
  if (lessons.some(({ id, number }) => id === word || number === Number(word))) return;
  throw new Misuse(`no command or lesson is called "${word}": ${suggest(word, [...taken, ...lessons.map(({ id }) => id)])}`);
}

/** Does what the words say. Answers the exit code, also of what cannot be done. */
export async function carryOut(words: readonly string[], around: Surroundings): Promise<number> {
  let code: number = exit.right;
  try {
    checkFirstWord(words[0]);
    const program = empty(around);
    for (const verb of verbsFor(words[0]))
      (await verbs[verb]()).register(
        program,
        async (command) => {
          code = await around.run((signal) => command(speaking(words, around), signal));
        },
        taken,
      );
    for (const command of program.commands)
      command
        .exitOverride()
        .option("--json", "one JSON object on standard output, nothing else")
        .option("--lessons <dir>", "a folder of your own lessons; also RACELAB_LESSONS")
        .addOption(new Option("--lang <language>", "of the course; also LANG").choices(["en", "ko"]));
    await program.parseAsync(words, { from: "user" });
    return code;
  } catch (error) {
    return report(error, words, around);
  }
}

const empty = (around: Surroundings): Command =>
  new Command("racelab")
    .description("Break concurrent code on purpose, see the two requests that collided,\nprotect it, and prove it.")
    .version(packageVersion())
    .showHelpAfterError("(add --help for what there is)")
    .exitOverride()
    // Its errors quote what was typed.
    .configureOutput({ writeOut: (text) => around.write(clean(text)), writeErr: (text) => around.complain(clean(text)) })
    .configureHelp({ helpWidth: 80 })
    .addHelpText(
      "after",
      "\nWith a screen reader: racelab --accessible, or ACCESSIBLE=1.\n\nExamples:\n  racelab\n  racelab run lost-update --strategy none\n",
    )
    .hook("preAction", (_, command) => {
      const { lang } = command.opts<{ lang?: Language }>();
      if (lang) around.setLanguage(lang);
    });

const speaking = (words: readonly string[], { env, language, write, complain }: Surroundings): Out =>
  out({ json: words.includes("--json"), language: language(), env }, write, complain);

/** Prints one sentence, and a stack only for a mistake of racelab's own. Answers the exit code. */
export function report(error: unknown, words: readonly string[], around: Surroundings): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.right : exit.misuse;
  const { json, object, note } = speaking(words, around);
  if (isInterrupted(error, around.signal)) {
    note({ en: "interrupted", ko: "중단됨" });
    return exit.interrupted;
  }
  const known =
    isSaid(error) || [Misuse, Unknown, StoreUnavailable, ServerLost, ScheduleError].some((kind) => error instanceof kind);
  const file = fileFault(error);
  const at = known || file ? null : thrownByAuthor(error);
  const message = file ?? (at ? `${at}: ${error}` : messageOf(error));
  if (json) object({ error: { message } });
  if (known || at || file) note(`racelab: ${message}`);
  else note(`racelab: a mistake of its own: ${error instanceof Error ? error.stack : message}`);
  // A server that is lost in the middle of a run is no wrong use.
  if (error instanceof ServerLost) return exit.violated;
  return known || at || file ? exit.misuse : exit.violated;
}

/** It was stopped, as by Ctrl-C, and what it was at has said so; a lesson that is being loaded cannot be stopped. */
function isInterrupted(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || error instanceof LessonFault || (error instanceof Error && error.name === "AbortError");
}
