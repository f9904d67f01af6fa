/**
 * The program in a process of its own. An author's lesson may loop for ever, and then the thread that runs it hears no signal:
 * the process around it hears them all. It hands each on as a message and ends the other process if that does not answer.
 */
import { type ChildProcess, fork } from "node:child_process";
import { Worker } from "node:worker_threads";
import { BEAT_MS, MOST_MISSED, MOST_MISSED_BY_COMMANDS, secondsOf } from "./patience.js";

/**
 * Marks the environment of the inner process: `signals` or `screens`, by how it is guarded. Taken out there, so that its own
 * children do not inherit it.
 */
const MARK = "RACELAB_GUARDED";
/** Milliseconds in which the inner process has to answer that it heard the signal. */
const ANSWER_MS = 2000;

/** The question to the inner process, and its answer to a signal. */
const ARE_YOU_THERE = "there?";
const HEARD = "heard";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Heard = (typeof signals)[number];

const inner = process.send === undefined ? undefined : process.env[MARK];
delete process.env[MARK];

/**
 * How the inner process ended: its exit code, a signal, or `deaf` because it did not answer and was ended. `asked`: to end, by a
 * signal; else nobody had asked, and it gave no answer for so many seconds.
 */
export type GuardedEnd =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals }
  | { readonly kind: "deaf"; readonly asked: true }
  | { readonly kind: "deaf"; readonly asked: false; readonly seconds: number };
type Deaf = Extract<GuardedEnd, { kind: "deaf" }>;

/** This command line in another process, with this one's standard streams. */
function started(mark: "signals" | "screens"): ChildProcess {
  const [, program = "", ...args] = process.argv;
  return fork(program, args, { env: { ...process.env, [MARK]: mark }, stdio: ["inherit", "inherit", "inherit", "ipc"] });
}

/** Resolves when the process has ended. `why`: whether it was ended because it was deaf. */
const endOf = (child: ChildProcess, why: () => Deaf | null): Promise<GuardedEnd> =>
  new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) =>
      resolve(why() ?? (signal ? { kind: "signal", signal } : { kind: "code", code: code ?? 0 })),
    );
  });

/**
 * Runs this same command line in an inner process, which is ended when it gives no answer for a minute, whether or not anybody is
 * there to press Ctrl-C. Null: this is the inner process.
 */
export function inProcessOfItsOwn(): Promise<GuardedEnd> | null {
  if (inner) return null;
  const child = started("signals");
  let answer: NodeJS.Timeout | undefined;
  let missed = 0;
  let deaf: Deaf | null = null;
  const endIt = (why: Deaf): void => {
    if (child.kill("SIGKILL")) deaf = why;
  };
  const asking = setInterval(() => {
    if (missed++ >= MOST_MISSED_BY_COMMANDS) endIt({ kind: "deaf", asked: false, seconds: secondsOf(MOST_MISSED_BY_COMMANDS) });
    else if (child.connected) child.send(ARE_YOU_THERE, () => {});
  }, BEAT_MS);
  const stop = (signal: NodeJS.Signals): void => {
    clearTimeout(answer);
    answer = setTimeout(() => endIt({ kind: "deaf", asked: true }), ANSWER_MS);
    // The other process may have ended a moment ago.
    if (child.connected) child.send(signal, () => {});
  };
  child.on("message", (message) => {
    missed = 0;
    if (message === HEARD) clearTimeout(answer);
  });
  for (const signal of signals) process.on(signal, stop);
  return endOf(child, () => deaf).finally(() => {
    clearTimeout(answer);
    clearInterval(asking);
    for (const one of signals) process.off(one, stop);
  });
}

/**
 * The same for a command with screens. Ctrl-C is a key there, which a process in a loop never reads: so that process is
 * asked again and again whether it is there, and ended when it leaves too many questions open. Questions are counted and no
 * time is taken, because both processes stand still after Ctrl-Z. Null: this is the inner process.
 */
export function screensInProcessOfTheirOwn(): Promise<GuardedEnd> | null {
  if (inner) return null;
  const child = started("screens");
  let [missed, most] = [0, MOST_MISSED];
  let end: Deaf | null = null;
  const asking = setInterval(() => {
    if (missed++ >= most && child.kill("SIGKILL"))
      end = most < MOST_MISSED ? { kind: "deaf", asked: true } : { kind: "deaf", asked: false, seconds: secondsOf(MOST_MISSED) };
    else if (child.connected) child.send(ARE_YOU_THERE, () => {});
  }, BEAT_MS);
  child.on("message", () => {
    [missed, most] = [0, MOST_MISSED];
  });
  const stop = (signal: NodeJS.Signals): void => {
    most = Math.min(most, missed + ANSWER_MS / BEAT_MS);
    // The terminal sends Ctrl-C to both.
    if (signal !== "SIGINT" || process.stdin.isTTY !== true) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, stop);
  return endOf(child, () => end).finally(() => {
    clearInterval(asking);
    for (const one of signals) process.off(one, stop);
  });
}

/** In the inner process of a command with screens: answers the outer one, and does not outlive it. */
export function answerTheOuter(): void {
  if (inner !== "screens") return;
  process.on("message", () => process.send!("there", () => {}));
  process.on("disconnect", () => process.kill(process.pid, "SIGHUP"));
  process.channel?.unref();
  endWithTheOuter();
}

/** Deaf in a loop, this process would outlive an outer one that was killed. */
function endWithTheOuter(): void {
  const watch = `const { workerData } = require("node:worker_threads");
    setInterval(() => process.ppid === workerData || process.kill(process.pid, "SIGKILL"), 500);`;
  new Worker(watch, { eval: true, workerData: process.ppid, execArgv: [] }).unref();
}

/**
 * In the inner process: `stop` is called for each signal that the outer one hears. A terminal sends Ctrl-C to both, so this one's
 * own copy counts for nothing. False: this is no inner process, and nothing was done.
 */
export function onSignalsOfTheOuter(stop: (signal: Heard) => void): boolean {
  if (inner !== "signals") return false;
  for (const signal of signals) process.on(signal, () => {});
  process.on("message", (asked: Heard | typeof ARE_YOU_THERE) => {
    process.send!(asked === ARE_YOU_THERE ? "there" : HEARD, () => {});
    if (asked !== ARE_YOU_THERE) stop(asked);
  });
  // The outer process was killed, and nothing is to be waited for.
  process.on("disconnect", () => stop("SIGHUP"));
  process.channel?.unref();
  endWithTheOuter();
  return true;
}
