/**
 * Checks an author's lesson in a process of its own: what its code does there (a loop without end, memory without end,
 * `process.exit`) is one failed result, and the program that asked stays able to stop.
 */
import { fork } from "node:child_process";
import type { LessonEntry } from "../course/catalog.js";
import { builtModule } from "../course/folders.js";
import { type CheckResult, notChecked } from "./check.js";

/** From the process: a result, a sentence about the lesson's code, or that all is checked. */
export type CheckMessage =
  | { readonly kind: "result"; readonly result: CheckResult }
  | { readonly kind: "fault"; readonly says: string }
  | { readonly kind: "over" };

export async function* checkApart(entry: LessonEntry, seconds: number, signal: AbortSignal): AsyncGenerator<CheckResult> {
  const child = fork(builtModule("check/apart-process.js"), [entry.id], {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  /** Null: the process has ended. */
  const arrived: (CheckMessage | null)[] = [];
  let wake = (): void => {};
  const put = (message: CheckMessage | null): void => {
    arrived.push(message);
    wake();
  };
  child.on("message", put);
  child.on("error", () => put(null));
  // The last message may not have arrived yet.
  child.on("exit", () => (child.connected ? child.once("disconnect", () => put(null)) : put(null)));
  const stop = (): boolean => child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let fault = "its code ended the process that checks it";
  const late = setTimeout(() => {
    fault = `it was not checked within ${seconds} s: a loop without end, or a size too large. --seconds gives it more`;
    stop();
  }, seconds * 1000);
  try {
    for (;;) {
      while (arrived.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const message = arrived.shift();
      if (message?.kind === "over") return;
      if (message?.kind === "result") yield message.result;
      if (message?.kind === "fault") fault = message.says;
      if (!message) break;
    }
    if (!signal.aborted) yield notChecked(entry, fault);
  } finally {
    clearTimeout(late);
    signal.removeEventListener("abort", stop);
    stop();
  }
}
