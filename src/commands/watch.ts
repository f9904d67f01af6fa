import { messageOf } from "../core/failure.js";
import type { Text } from "../core/language.js";
import type { LessonEntry } from "../course/catalog.js";
import { begin, ownFile } from "../exercise/own-file.js";
import { onEachSave } from "../exercise/saves.js";
import { verify } from "../exercise/verify.js";
import { meaningOf } from "../files/faults.js";
import { whyNoText } from "../files/reading.js";
import { learnerProgress } from "../saved/progress.js";
import {
  type ExerciseOptions,
  exerciseEntry,
  printAsked,
  printEnd,
  printResult,
  shownPath,
  trustInExercises,
  wrapperOf,
} from "./exercise-text.js";
import { verificationJson } from "./json.js";
import { exit, Misuse, type Out, paragraph } from "./out.js";
import type { Register } from "./verb.js";
import { commandWords } from "./words.js";

interface WatchOptions extends ExerciseOptions {
  readonly file?: string;
}

/**
 * `racelab watch`: an exercise, checked over every interleaving on each save. Lines are added and nothing is ever
 * cleared; with --json each check is one object on a line of its own. Ends with Ctrl-C.
 */
async function watch(name: string, options: WatchOptions, out: Out, signal: AbortSignal): Promise<number> {
  const entry = exerciseEntry(name, out);
  const file = ownFile(entry, options.file);
  const progress = learnerProgress(out.env);
  const { say } = out;
  const tell = (text: Text) => (out.json ? out.note(text) : out.line(text));
  const written = beginFile(entry, file, out);
  progress.opened(entry.id);
  const shown = shownPath(file);
  tell(`${say(commandWords.verifying("watch", shown, entry.id))}${written ? say(commandWords.writtenJustNow) : ""}`);
  if (!out.json) await printAsked(entry, out);
  tell(paragraph(say(commandWords.howToWatch(shown))));

  const wrapper = await wrapperOf(options, out);
  let running = new AbortController();
  let first = true;
  const checked = async (text: string, stop: AbortSignal, isSave: boolean): Promise<void> => {
    const verification = await verify(
      { lesson: entry.id, file, text, language: out.language, wrapper },
      (result) => (out.json ? undefined : printResult(result, out)),
      stop,
    );
    if (isSave) progress.recordTry(verification);
    if (out.json) out.object({ ...verificationJson(verification), command: "watch" });
    else {
      const tries = progress.load(entry.id).tries.length;
      printEnd(verification, { ...options, again: say(commandWords.saveIt), tries }, out);
    }
    for (const notice of progress.notices()) out.note(notice);
  };
  const saved = (text: string | null): void => {
    running.abort();
    running = new AbortController();
    const stop = running.signal;
    const isSave = !first;
    first = false;
    tell("");
    if (text === null) {
      tell(commandWords.isGone(shown));
      return;
    }
    tell(`${say(isSave ? commandWords.saved : commandWords.asItIs)}, ${new Date().toTimeString().slice(0, 8)}`);
    checked(text, stop, isSave).catch((error: unknown) => {
      // If it was stopped, the next save has taken over.
      if (!stop.aborted) broke.abort(error);
    });
  };
  const broke = new AbortController();
  onEachSave(file, saved, AbortSignal.any([signal, broke.signal]));
  await new Promise<void>((resolve) => {
    for (const end of [signal, broke.signal]) end.addEventListener("abort", () => resolve(), { once: true });
  });
  running.abort();
  if (broke.signal.aborted) throw broke.signal.reason;
  return exit.interrupted;
}

/** Writes the file to begin with where there is none. True: it was written. */
function beginFile(entry: LessonEntry, file: string, { say }: Out): boolean {
  let written: boolean;
  try {
    written = begin(entry, file);
  } catch (error) {
    throw new Misuse(say(commandWords.cannotBeWritten(shownPath(file), meaningOf(error) ?? messageOf(error))));
  }
  const why = whyNoText(file);
  if (why) throw new Misuse(`${shownPath(file)}: the file cannot be read: ${why}`);
  return written;
}

export const register: Register = (program, action) => {
  program
    .command("watch")
    .description("an exercise, checked over every interleaving on each save")
    .argument("<lesson>", "its id or number")
    .option("--file <path>", "your file (default: racelab/<lesson>.ts); never overwritten")
    .option("--accessible", "steps as sentences; also ACCESSIBLE=1")
    .option("--isolated", "your code has no network either and sees no other process (Linux)")
    .addHelpText("after", `\n${trustInExercises}`)
    .addHelpText("after", "\nExamples:\n  racelab watch lost-update\n  racelab watch 1 --file src/answer.ts\n")
    .action((lesson: string, options: WatchOptions) => action((out, signal) => watch(lesson, options, out, signal)));
};
