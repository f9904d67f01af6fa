/**
 * The program in a process of its own. An author's lesson may loop for ever, and then the thread that runs it hears no signal:
 * the process around it hears them all. It hands each on as a message and ends the other process if that does not answer.
 */
import { fork } from "node:child_process";
import { Worker } from "node:worker_threads";

/** Marks the environment of the inner process. Taken out there, so that its own children do not inherit it. */
const MARK = "RACELAB_GUARDED";
/** Milliseconds in which the inner process has to answer that it heard the signal. */
const ANSWER_MS = 2000;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Heard = (typeof signals)[number];

const isInner = process.env[MARK] === "1" && process.send !== undefined;
delete process.env[MARK];

/** How the inner process ended: its exit code, a signal, or `deaf` because it did not answer and was ended. */
export type GuardedEnd =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals }
  | { readonly kind: "deaf" };

/** Runs this same command line in an inner process, with this one's standard streams. Null: this is the inner process. */
export function inProcessOfItsOwn(): Promise<GuardedEnd> | null {
  if (isInner) return null;
  const [, program = "", ...args] = process.argv;
  const env = { ...process.env, [MARK]: "1" };
  const inner = fork(program, args, { env, stdio: ["inherit", "inherit", "inherit", "ipc"] });
  let answer: NodeJS.Timeout | undefined;
  let isDeaf = false;
  const stop = (signal: NodeJS.Signals): void => {
    clearTimeout(answer);
    answer = setTimeout(() => {
      isDeaf = inner.kill("SIGKILL");
    }, ANSWER_MS);
    // The other process may have ended a moment ago.
    if (inner.connected) inner.send(signal, () => {});
  };
  inner.on("message", () => clearTimeout(answer));
  for (const signal of signals) process.on(signal, stop);
  return new Promise((resolve, reject) => {
    inner.on("error", reject);
    inner.on("exit", (code, signal) => {
      clearTimeout(answer);
      for (const one of signals) process.off(one, stop);
      if (isDeaf) resolve({ kind: "deaf" });
      else resolve(signal ? { kind: "signal", signal } : { kind: "code", code: code ?? 0 });
    });
  });
}

/**
 * In the inner process: `stop` is called for each signal that the outer one hears. A terminal sends Ctrl-C to both, so this one's
 * own copy counts for nothing. False: this is no inner process, and nothing was done.
 */
export function onSignalsOfTheOuter(stop: (signal: Heard) => void): boolean {
  if (!isInner) return false;
  for (const signal of signals) process.on(signal, () => {});
  process.on("message", (signal: Heard) => {
    process.send!("heard", () => {});
    stop(signal);
  });
  // The outer process was killed, and nothing is to be waited for.
  process.on("disconnect", () => stop("SIGHUP"));
  process.channel?.unref();
  // Deaf in a loop, this process would outlive an outer one that was killed.
  const watch = `const { workerData } = require("node:worker_threads");
    setInterval(() => process.ppid === workerData || process.kill(process.pid, "SIGKILL"), 500);`;
  new Worker(watch, { eval: true, workerData: process.ppid, execArgv: [] }).unref();
  return true;
}
