/**
 * Verifies a learner's file: reads it, bundles it, and lets a process of its own judge it. What is wrong with the file is part
 * of the answer: this never rejects because of what a learner wrote.
 */
import { fork } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Language } from "../core/language.js";
import { temporaryFolder } from "../course/temporary-folder.js";
import {
  type Judgement,
  nothingPrinted,
  type Printed,
  type SizeResult,
  unjudged,
  type Verification,
} from "../report/judgement.js";
import { bundle } from "./bundle.js";
import type { Assignment, JudgeMessage } from "./protocol.js";

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
    text = request.text ?? (await readFile(file, "utf8"));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const sentence = missing ? "the file is not there" : `the file cannot be read: ${(error as Error).message}`;
    return end(unjudged({ kind: "missing", sentence, line: null }), "");
  }
  const folder = temporaryFolder("exercise");
  try {
    const module = join(folder, "exercise.mjs");
    const problem = await bundle(file, text, module);
    if (problem) return end(unjudged(problem), text);
    const { judgement, printed } = await judgeElsewhere(
      { lesson, file, module, language, failing: request.failing ?? 1 },
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
    const child = fork(fileURLToPath(new URL("./judge-process.js", import.meta.url)), {
      // Without the program's own flags, such as `--max-old-space-size` or a loader.
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const results: SizeResult[] = [];
    let printed = nothingPrinted;
    let judgement: Judgement | undefined;
    const stop = () => child.kill("SIGKILL");
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    child.on("message", (message: JudgeMessage) => {
      if (message.kind === "printed") printed = message.printed;
      else if (message.kind === "judged") judgement = message.judgement;
      else {
        results.push(message.result);
        if (!signal?.aborted) onResult(message.result);
      }
    });
    const ended = (how: string) => {
      signal?.removeEventListener("abort", stop);
      const sentence = `the process that ran it broke down (${how}): most likely it asked for more memory than there is`;
      judgement ??= unjudged({ kind: "crash", sentence, line: null }, results);
      // If the thread was stopped, the process around it does not have the results, but this function does.
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
