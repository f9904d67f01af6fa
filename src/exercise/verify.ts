/**
 * Verifies a learner's file: reads it, bundles it, and lets a process of its own judge it. What is wrong with the file is part
 * of the answer: this never rejects because of what a learner wrote.
 */
import { type ChildProcess, fork } from "node:child_process";
import { realpathSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "../core/failure.js";
import type { Language } from "../core/language.js";
import { builtModule } from "../course/folders.js";
import { meaningOf } from "../files/faults.js";
import { readText } from "../files/reading.js";
import { temporaryFolder } from "../files/temporary-folder.js";
import {
  type Judgement,
  nothingPrinted,
  type Printed,
  type SizeResult,
  unjudged,
  type Verification,
} from "../report/judgement.js";
import { bundle } from "./bundle.js";
import type { Wrapper } from "./isolation.js";
import { type Assignment, type JudgeMessage, SILENCE_MS } from "./protocol.js";

interface VerifyRequest {
  /** An id. */
  readonly lesson: string;
  /** Absolute. */
  readonly file: string;
  /** The text of the file, if it is known already. */
  readonly text?: string;
  /** Of the sentences in the answer. */
  readonly language: Language;
  /** Failing schedules that are wanted at most. Default 1: together they cost up to half a second, and only screens show more. */
  readonly failing?: number;
  /** What the process with the code is started by. Default: nothing. */
  readonly wrapper?: Wrapper;
}

/** Gets the result at each size and fault, as soon as it is known. */
type OnResult = (result: SizeResult) => void;

/** Rejects only when `signal` stopped it. */
export async function verify(request: VerifyRequest, onResult: OnResult = () => {}, signal?: AbortSignal): Promise<Verification> {
  const began = performance.now();
  const { lesson, file, language } = request;
  const end = (judgement: Judgement, text: string, printed = nothingPrinted): Verification => {
    signal?.throwIfAborted();
    return { lesson, file, text, printed, ...judgement, ms: Math.round(performance.now() - began) };
  };
  let text: string;
  try {
    text = request.text ?? (await readText(file));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const sentence = missing ? "the file is not there" : `the file cannot be read: ${meaningOf(error) ?? messageOf(error)}`;
    return end(unjudged({ kind: missing ? "missing" : "unreadable", sentence, line: null }), "");
  }
  // Real, as permissions are asked for: a temporary folder can be behind a link (macOS).
  const folder = realpathSync(temporaryFolder("exercise"));
  try {
    const module = join(folder, "exercise.mjs");
    const problem = await bundle(file, text, module);
    if (problem) return end(unjudged(problem), text);
    const { judgement, printed } = await judgeElsewhere(
      { lesson, file, module, language, failing: request.failing ?? 1, wrapper: request.wrapper ?? [] },
      onResult,
      signal,
    );
    return end(judgement, text, printed);
  } catch (error) {
    // Ctrl-C ends esbuild's process, too: its error means the stop.
    signal?.throwIfAborted();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function judgeElsewhere(
  assignment: Assignment,
  onResult: OnResult,
  signal: AbortSignal | undefined,
): Promise<{ judgement: Judgement; printed: Printed }> {
  return new Promise((resolve) => {
    // The folder in its command line says whose process it is (temporary-folder.ts).
    const child = fork(builtModule("exercise/judge-process.js"), [dirname(assignment.module)], {
      // Without the program's own flags, such as `--max-old-space-size` or a loader.
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      // A group of its own: it is ended with the host of the learner's code, whatever that does.
      detached: true,
    });
    const results: SizeResult[] = [];
    let printed = nothingPrinted;
    let judgement: Judgement | undefined;
    let heard = performance.now();
    const stop = () => killGroup(child);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    // Its clock is this process's: the judge can be stopped by the code that it judges, and cannot know it.
    const watching = setInterval(() => {
      if (performance.now() - heard > SILENCE_MS) {
        judgement ??= unjudged({ kind: "crash", sentence: silent, line: null }, results);
        stop();
      } else if (child.connected) child.send("there?", () => {});
    }, BEAT_MS);
    child.on("message", (message: JudgeMessage) => {
      heard = performance.now();
      if (message.kind === "printed") printed = message.printed;
      else if (message.kind === "judged") judgement = message.judgement;
      else if (message.kind === "result") {
        results.push(message.result);
        if (!signal?.aborted) onResult(message.result);
      }
    });
    const ended = (how: string) => {
      clearInterval(watching);
      signal?.removeEventListener("abort", stop);
      stop();
      const sentence = `the process that judged it ended (${how}): it asked for more memory than there is, or was ended by other code`;
      judgement ??= unjudged({ kind: "crash", sentence, line: null }, results);
      // If the judge was stopped, it does not have the results, but this function does.
      resolve({ judgement: { ...judgement, results: judgement.results.length > 0 ? judgement.results : results }, printed });
    };
    child.on("error", (error) => ended(error.message));
    child.on("exit", (code, signalName) => {
      const how = signalName ?? `code ${code}`;
      // The last message may not have arrived yet.
      if (child.connected) child.once("disconnect", () => ended(how));
      else ended(how);
    });
    child.send(assignment, () => {});
  });
}

const BEAT_MS = 1000;
const silent = `checking it does not come back: the lesson's own code goes round for ever, or the process was stopped`;

/** Also what the judge has started. */
function killGroup({ pid, killed }: ChildProcess): void {
  if (pid === undefined || killed) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
