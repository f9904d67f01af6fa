#!/usr/bin/env node
/**
 * The entry: reads the command line and the environment, runs one command, and says how it ended in the exit code.
 *
 * SIGTERM and SIGHUP stop the command's work, as the first Ctrl-C does. A second Ctrl-C or SIGTERM leaves at once.
 * When its terminal is closed the process tidies up and then ends by SIGHUP.
 */
import { isatty } from "node:tty";
import type { Surroundings, Verb } from "./commands/command-line.js";
import { clean, exit } from "./commands/out.js";
import { LessonFault, messageOf, StoreError } from "./core/failure.js";
import { inLanguage, type Text } from "./core/language.js";
import { messageIn } from "./core/messages.js";
import { addLessons, authorFolders, lessonFolders } from "./course/catalog.js";
import { isLoading } from "./course/importing.js";
import { languageFromEnvironment } from "./course/language.js";
import { meaningOf } from "./files/faults.js";
import {
  answerTheOuter,
  type GuardedEnd,
  inProcessOfItsOwn,
  onSignalsOfTheOuter,
  screensInProcessOfTheirOwn,
} from "./threads/guarded.js";

/** Loaded when it is asked: the process around one that runs an author's lesson only waits, and a start is what a learner waits for. */
const commandLine = () => import("./commands/command-line.js");

/** Stops the command's work. */
const stopping = new AbortController();
/** Milliseconds that a command may take to tidy up after its output's reader has gone. */
const LEAVE_MS = 20_000;
/** Milliseconds after a command's end in which connections to a server that has gone may linger. */
const LINGER_MS = 2000;
/** False: the process that reads the output, as in `racelab run … | head -1`, has ended. */
let hasReader = true;

/** Standard output took not all of the answer. */
let isUnwritten = false;

/** Says so once, and stops the command's work. What it still says of having been stopped would be a second sentence. */
function stopUnwritten(error: NodeJS.ErrnoException): void {
  if (isUnwritten) return;
  const why = meaningOf(error) ?? error.message;
  note({
    en: `racelab: the answer could not be written to standard output: ${why}`,
    ko: `racelab: 결과를 표준 출력에 쓰지 못했습니다: ${why}`,
  });
  isUnwritten = true;
  // The stream tells it later than it happened, perhaps after the command has ended.
  process.exitCode = exit.unwritten;
  setTimeout(() => process.exit(exit.unwritten), LEAVE_MS).unref();
  stopping.abort();
}

// A reader that has ended is no error. It stops the command's work, and so does a terminal that was closed.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    const { code = "" } = error;
    if (!["EPIPE", "EIO", "ERR_STREAM_DESTROYED"].includes(code)) {
      // Where standard error itself takes nothing, nobody can be told, and the answer goes on.
      if (stream === process.stdout) stopUnwritten(error);
      return;
    }
    if (hasReader && code === "EPIPE") setTimeout(() => process.exit(exit.right), LEAVE_MS).unref();
    if (code === "EPIPE") hasReader = false;
    stopping.abort();
  });

// The code of a lesson asked for something, went on without the answer, and the answer is an error. Node would print a stack.
process.on("unhandledRejection", async (error) => {
  const said = `${messageOf(error)}: nobody waited for this answer. Is an await missing in the lesson's code?`;
  const { report } = await commandLine();
  process.exit(report(error instanceof StoreError ? new LessonFault(said) : error, words, around));
});

/** The standard streams (0, 1, 2) that are a terminal. */
const terminals = [0, 1, 2].filter((end) => isatty(end));
// Node 20 restores the terminal on its way out, and aborts with a native stack if that was closed. So it ends by the signal.
process.on("exit", () => {
  if (terminals.every((end) => isatty(end))) return;
  process.removeAllListeners("SIGHUP");
  process.kill(process.pid, "SIGHUP");
});

/** Until the process has ended, a signal leaves at once with the exit code that was reached: the answer stands already. */
function leaveOnSignals(): void {
  const leave = () => process.exit();
  process.on("SIGINT", leave).on("SIGTERM", leave).on("SIGHUP", leave);
}

const words = process.argv.slice(2);
const around: Surroundings = {
  env: process.env,
  language: languageFromEnvironment,
  // The language is kept in the environment, where worker threads and child processes find it, too.
  setLanguage(language) {
    process.env["RACELAB_LANG"] = language;
  },
  write: (text) => void process.stdout.write(text),
  complain: (text) => void (isUnwritten || process.stderr.write(text)),
  signal: stopping.signal,
  async run(command) {
    const interrupt = () => {
      const [again, loads] = [stopping.signal.aborted, isLoading()];
      stopping.abort();
      if (loads) note({ en: "interrupted", ko: "중단됨" });
      if (again || loads) process.exit(exit.interrupted);
    };
    // A closed terminal sends SIGHUP twice, and the second one must not cut the tidying up short.
    const hangUp = () => stopping.abort();
    if (!onSignalsOfTheOuter((signal) => (signal === "SIGHUP" ? hangUp() : interrupt())))
      process.on("SIGINT", interrupt).on("SIGTERM", interrupt).on("SIGHUP", hangUp);
    // For lessons and strategies, which come now. To read the maps of racelab's own files as well is a fifth of a start.
    process.setSourceMapsEnabled(true);
    const code = await command(stopping.signal);
    process.exitCode = code;
    // First the new ones: a signal that nothing listens to ends the process.
    leaveOnSignals();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt).off("SIGHUP", hangUp);
    return code;
  },
};

const note = (text: Text): void =>
  around.complain(`${clean(messageIn(inLanguage(text, around.language()), around.language()))}\n`);

/** Verbs that run a lesson's code in the main thread and draw no screens. */
const running: ReadonlySet<string> = new Set<Verb>([
  "list",
  "predict",
  "explore",
  "trace",
  "decide",
  "export",
  "run",
  "compare",
  "verify",
  "join",
  "stack",
]);
/** What of `check` does so; the checks of an author's lesson themselves run elsewhere. */
const tables: ReadonlySet<string> = new Set(["--matrix", "--into", "--solutions", "--fidelity"]);
/** An answer is judged in a process of its own, and what an export shows of it is played here. */
const runsAnswer = (): boolean => words[0] === "export" && words.some((word) => word.split("=")[0] === "--file");
const runsLessons = (): boolean =>
  running.has(words[0] ?? "") || (words[0] === "check" && words.some((word) => tables.has(word.split("=")[0]!)));

try {
  addLessons(lessonFolders(words));
  const end = authorFolders().length > 0 || runsAnswer() ? await guardedProcess(words[0]) : null;
  if (end) {
    process.exitCode = exitCodeOf(end);
    if (end.kind !== "signal") leaveOnSignals();
  } else {
    answerTheOuter();
    process.exitCode = await (await commandLine()).carryOut(words, around);
  }
} catch (error) {
  process.exitCode = (await commandLine()).report(error, words, around);
}
if (!hasReader) process.exitCode = exit.right;
if (isUnwritten) process.exitCode = exit.unwritten;
setTimeout(() => process.exit(), LINGER_MS).unref();
// When nothing is left to do Node takes its handlers of signals away before it ends, which takes a while: a signal would end it then
// in the place of its exit code. On this way out they stay.
process.on("beforeExit", () => process.exit());

/** The process in which the code of an author's lesson runs; null: this is that process, or the verb runs none in its main thread. */
async function guardedProcess(word: string | undefined): Promise<GuardedEnd | null> {
  if (runsLessons()) return inProcessOfItsOwn();
  const { checkFirstWord, verbsFor } = await commandLine();
  checkFirstWord(word);
  return word === "watch" || verbsFor(word).includes("learn") ? screensInProcessOfTheirOwn() : null;
}

/** The exit code for how the process ended that ran the command. */
function exitCodeOf(end: GuardedEnd): number {
  if (end.kind === "code") return end.code;
  if (end.kind === "signal") {
    process.kill(process.pid, end.signal);
    return exit.interrupted;
  }
  if (!end.asked) {
    // What an alternate screen leaves behind; Node itself gives the terminal its modes back.
    if (process.stdout.isTTY && !runsLessons()) process.stdout.write("\u001b[?1049l\u001b[?25h");
    const [folders, check] = [authorFolders().join(", "), `racelab check --lessons ${authorFolders()[0]}`];
    if (folders === "")
      note({
        en: `racelab: the code of your file did not come back within ${end.seconds} s: a loop without end`,
        ko: `racelab: 파일의 코드가 ${end.seconds}초 안에 끝나지 않았습니다. 끝없는 반복문입니다`,
      });
    else
      note({
        en: `racelab: the code of a lesson in ${folders} did not come back within ${end.seconds} s: a loop without end. ${check} says which lesson`,
        ko: `racelab: ${folders}에 있는 레슨의 코드가 ${end.seconds}초 안에 끝나지 않았습니다. 끝없는 반복문입니다. 어느 레슨인지는 ${check} 명령이 알려 줍니다`,
      });
    return exit.misuse;
  }
  note({
    en: `interrupted: the code of ${authorFolders().length > 0 ? "a lesson" : "your file"} did not come back`,
    ko: `중단됨: ${authorFolders().length > 0 ? "레슨" : "파일"}의 코드가 끝나지 않고 있었습니다`,
  });
  return exit.interrupted;
}
