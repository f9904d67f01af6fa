import type { Command } from "commander";
import type { LessonEntry } from "../course/catalog.js";
import { begin, ownFile } from "../exercise/own-file.js";
import { onEachSave } from "../exercise/saves.js";
import { verify } from "../exercise/verify.js";
import { LearnerProgress } from "../saved/progress.js";
import { exit, Misuse, type Out, paragraph } from "./out.js";
import { type ExerciseOptions, exerciseEntry, printEnd, printResult, shownPath, verificationJson } from "./verify.js";
import { commandWords, say as inWords, language } from "./words.js";

interface WatchOptions extends ExerciseOptions {
  readonly file?: string;
}

/**
 * `racelab watch`: an exercise, checked over every interleaving on each save. Lines are added and nothing is ever
 * cleared; with --json each check is one object on a line of its own. Ends with Ctrl-C.
 */
export async function watch(name: string, options: WatchOptions, out: Out, signal: AbortSignal): Promise<number> {
  const entry = exerciseEntry(name);
  const file = ownFile(entry, options.file);
  const progress = new LearnerProgress();
  const say = (text: string) => (out.json ? out.note(text) : out.line(text));
  const written = beginOrSay(entry, file);
  progress.opened(entry.id);
  const shown = shownPath(file);
  say(`${inWords(commandWords.verifying("watch", shown, entry.id))}${written ? inWords(commandWords.writtenJustNow) : ""}`);
  say(paragraph(inWords(commandWords.howToWatch(shown))));

  let running = new AbortController();
  let first = true;
  const checked = async (text: string, stop: AbortSignal, isSave: boolean): Promise<void> => {
    const verification = await verify(
      { lesson: entry.id, file, text, language: language() },
      (result) => (out.json ? undefined : printResult(result, out)),
      stop,
    );
    if (isSave) progress.recordTry(verification);
    if (out.json) out.object({ ...verificationJson(verification), command: "watch" });
    else {
      const tries = progress.load(entry.id).tries.length;
      printEnd(verification, { ...options, again: inWords(commandWords.saveIt), tries }, out);
    }
    for (const notice of progress.notices()) out.note(notice);
  };
  const saved = (text: string | null): void => {
    running.abort();
    running = new AbortController();
    const stop = running.signal;
    const isSave = !first;
    first = false;
    say("");
    if (text === null) {
      say(inWords(commandWords.isGone(shown)));
      return;
    }
    say(`${inWords(isSave ? commandWords.saved : commandWords.asItIs)}, ${new Date().toTimeString().slice(0, 8)}`);
    checked(text, stop, isSave).catch((error: unknown) => {
      // The next save has taken over.
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

function beginOrSay(entry: LessonEntry, file: string): boolean {
  try {
    return begin(entry, file);
  } catch (error) {
    throw new Misuse(inWords(commandWords.cannotBeWritten(shownPath(file), (error as Error).message)));
  }
}

export const register = (
  program: Command,
  action: (run: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>,
): void => {
  program
    .command("watch")
    .description("an exercise, checked over every interleaving on each save")
    .argument("<lesson>", "its id or number")
    .option("--file <path>", "your file (default: racelab/<lesson>.ts); never overwritten")
    .option("--accessible", "steps as sentences; also ACCESSIBLE=1")
    .addHelpText("after", "\nExamples:\n  racelab watch lost-update\n  racelab watch 1 --file src/answer.ts\n")
    .action((lesson: string, options: WatchOptions) => action((out, signal) => watch(lesson, options, out, signal)));
};
