import { type LessonEntry, lessonsOption } from "../course/catalog.js";
import { lessonHints } from "../course/sources.js";
import { ownFile } from "../exercise/own-file.js";
import { verify as verifyFile } from "../exercise/verify.js";
import type { SizeResult, Verification } from "../report/judgement.js";
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
import { integer } from "./options.js";
import { exit, Misuse, type Out } from "./out.js";
import type { Register } from "./verb.js";
import { commandWords, counted } from "./words.js";

interface VerifyOptions extends ExerciseOptions {
  readonly hint?: number;
}

/** `racelab verify`: an exercise, checked once over every interleaving. */
async function verify(
  name: string,
  file: string | undefined,
  { hint, ...options }: VerifyOptions,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const entry = exerciseEntry(name, out);
  if (hint !== undefined) return giveHint(entry, hint, out);
  const path = ownFile(entry, file);
  const progress = learnerProgress(out.env);
  const shown = shownPath(path);
  if (!out.json) {
    out.line(commandWords.verifying("verify", shown, entry.id));
    await printAsked(entry, out);
  }
  const wrapper = await wrapperOf(options, out);
  const onResult = (result: SizeResult) => (out.json ? undefined : printResult(result, out));
  let verification: Verification;
  try {
    verification = await verifyFile({ lesson: entry.id, file: path, language: out.language, wrapper }, onResult, signal);
  } catch (error) {
    if (signal.aborted) return exit.interrupted;
    throw error;
  }
  if (verification.problem?.kind === "missing")
    throw new Misuse(
      `${shown}: ${out.say(commandWords.wouldWrite(verification.problem.sentence, `racelab watch ${entry.id}${lessonsOption(entry.id)}`))}`,
    );
  if (verification.problem?.kind === "unreadable") throw new Misuse(`${shown}: ${verification.problem.sentence}`);
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

const exitOf = ({ verdict }: Verification): number =>
  ({ right: exit.right, wrong: exit.violated, error: exit.violated, incomplete: exit.incomplete })[verdict];

function giveHint(entry: LessonEntry, number: number, out: Out): number {
  const { say } = out;
  const hints = lessonHints(entry, out.language);
  const text = hints[number - 1];
  if (text === undefined) throw new Misuse(say(commandWords.hasHints(entry.id, say(counted.hints(hints.length)))));
  if (out.json) out.object({ command: "verify", lesson: entry.id, hint: number, text });
  else {
    out.paragraph(text);
    out.line();
    const more = number < hints.length ? [commandWords.moreHelp(`racelab verify ${entry.id} --hint ${number + 1}`)] : [];
    for (const line of [...more, commandWords.next(`racelab watch ${entry.id}`)])
      out.paragraph(`${say(line)}${lessonsOption(entry.id)}`);
  }
  return exit.right;
}

export const register: Register = (program, action) => {
  program
    .command("verify")
    .description("an exercise, checked once over every interleaving")
    .argument("<lesson>", "its id or number")
    .argument("[file]", "your file (default: racelab/<lesson>.ts)")
    .option("--hint <n>", "says hint 1, 2 or 3 instead", integer(1, 9))
    .option("--accessible", "steps as sentences; also ACCESSIBLE=1")
    .option("--isolated", "your code has no network either and sees no other process (Linux)")
    .addHelpText("after", `\n${trustInExercises}`)
    .addHelpText("after", "\nExamples:\n  racelab verify lost-update\n  racelab verify 1 my-answer.ts --json\n")
    .action((lesson: string, file: string | undefined, options: VerifyOptions) =>
      action((out, signal) => verify(lesson, file, options, out, signal)),
    );
};
