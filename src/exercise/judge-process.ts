/**
 * The process around the thread that runs a learner's code. A thread alone is not enough: one large allocation past its
 * heap limit ends the whole process (`new Array(5e8).fill(0.5)`, Node 20), and that must not be the program. A process alone
 * is not enough either: with an endless loop in it, it would not notice that the program has ended, and run for ever. So the
 * code runs in the thread, and this file only watches.
 */
import { Worker } from "node:worker_threads";
import { inLanguage } from "../core/language.js";
import { notDecided, type Problem, unjudged } from "../report/judgement.js";
import { type Assignment, HEAP_MB, type JudgeMessage, JudgePulse, PATIENCE_MS, PROCESS_MB, SILENCE_MS } from "./protocol.js";

const LOOK_MS = 100;
/** Node's exit code for a module whose top level never ends. */
const UNSETTLED = 13;
/** Memory that makes a stopped run count as "memory" and not as "endless": what the process took since the code got the thread. */
const GROWN_BYTES = 2 ** 27;

// The program has ended: no process waits for the answer any more.
process.on("disconnect", () => process.exit(0));
process.once("message", (assignment: Assignment) => run(assignment));

function run(assignment: Assignment): void {
  const pulse = new Int32Array(new SharedArrayBuffer(JudgePulse.LENGTH * Int32Array.BYTES_PER_ELEMENT));
  const thread = new Worker(new URL("./judge-thread.js", import.meta.url), {
    workerData: { ...assignment, pulse: pulse.buffer },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
  });
  let over = false;
  const tell = (message: JudgeMessage): void => {
    if (over) return;
    over = message.kind === "judged";
    process.send!(message, () => over && process.exit(0));
  };
  const stop = (kind: Problem["kind"], sentence: string) =>
    tell({ kind: "judged", judgement: unjudged({ kind, sentence, line: null }) });
  const memory = "it takes more memory than a service may have; what grows without end?";
  const endless = "it does not come back: a loop without end, without awaiting an operation of its session";
  let schedules = 0n;
  thread.on("message", (message: JudgeMessage) => {
    if (message.kind === "result") schedules += message.result.schedules ?? 0n;
    tell(message);
  });
  thread.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") return stop("crash", `it cannot be run. ${error.message}`);
    // Only while the learner's code has the thread, it is that code that asks for memory; else it is the search.
    if (hasThread(pulse)) return stop("memory", memory);
    stop("limit", inLanguage(notDecided(schedules, `memory=${HEAP_MB} MB`), assignment.language));
  });
  thread.on("exit", (code) =>
    code === UNSETTLED
      ? stop("endless", "it cannot be loaded: its top level awaits something that never happens")
      : stop("exit", `it ended the thread that it ran in, with code ${code}`),
  );
  watch(pulse, (kind) => stop(kind, kind === "memory" ? memory : endless));
}

/** Has the learner's code the thread now? */
const hasThread = (pulse: Int32Array): boolean => Atomics.load(pulse, JudgePulse.GIVEN) > Atomics.load(pulse, JudgePulse.BACK);

/** Looks every `LOOK_MS` whether the learner's code has had the thread for too long, or the process has grown too large. */
function watch(pulse: Int32Array, stop: (kind: "memory" | "endless") => void): void {
  const seen = { [JudgePulse.GIVEN]: 0, [JudgePulse.ROUND]: 0 };
  const since = { [JudgePulse.GIVEN]: performance.now(), [JudgePulse.ROUND]: performance.now() };
  let before = process.memoryUsage.rss();
  const unchangedFor = (which: typeof JudgePulse.GIVEN | typeof JudgePulse.ROUND): number => {
    const now = Atomics.load(pulse, which);
    if (now !== seen[which]) {
      since[which] = performance.now();
      if (which === JudgePulse.GIVEN) before = process.memoryUsage.rss();
    }
    seen[which] = now;
    return performance.now() - since[which];
  };
  setInterval(() => {
    const has = hasThread(pulse);
    const [held, silent] = [unchangedFor(JudgePulse.GIVEN), unchangedFor(JudgePulse.ROUND)];
    const bytes = process.memoryUsage.rss();
    if (bytes > PROCESS_MB * 2 ** 20) stop("memory");
    if ((has && held > PATIENCE_MS) || silent > SILENCE_MS) stop(bytes - before > GROWN_BYTES ? "memory" : "endless");
  }, LOOK_MS);
}
