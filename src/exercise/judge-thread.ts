/** The thread in which a learner's code runs. What that code does ends in a judgement, or ends this thread alone. */
import { pathToFileURL } from "node:url";
import { formatWithOptions } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import * as racelab from "../api/index.js";
import { TaskError } from "../core/failure.js";
import type { Strategy } from "../core/strategy.js";
import { suggest } from "../core/suggest.js";
import { type Judgement, type Problem, type SizeResult, unjudged } from "../report/judgement.js";
import { macrotask } from "../simulator/index.js";
import { judge } from "./judge.js";
import { type Assignment, type JudgeMessage, JudgePulse, SHOWN_COLUMNS, SHOWN_LINES } from "./protocol.js";

process.setSourceMapsEnabled(true);
const { lesson, file, module, language, failing, pulse: buffer } = workerData as Required<Assignment>;
const pulse = new Int32Array(buffer);
const tell = (message: JudgeMessage): void => parentPort!.postMessage(message);
const leave = process.exit.bind(process);

const printed: { lines: string[]; more: number } = { lines: [], more: 0 };
/** Prints into a short list, so that code that prints without end does not fill the memory. */
function print(text: string): void {
  for (const line of text.split("\n").slice(0, SHOWN_LINES)) {
    const cut = line.length > SHOWN_COLUMNS ? `${line.slice(0, SHOWN_COLUMNS)}…` : line;
    if (printed.lines.includes(cut) || cut === "") continue;
    if (printed.lines.length >= SHOWN_LINES) {
      printed.more++;
      continue;
    }
    printed.lines.push(cut);
    // Sent at once, because a thread that is terminated cannot send it later.
    tell({ kind: "printed", printed });
  }
}
for (const method of ["log", "info", "debug", "warn", "error", "trace", "dir", "table"] as const)
  console[method] = (...values: unknown[]) => print(formatWithOptions({ depth: 2, maxArrayLength: 20 }, ...values));
for (const stream of [process.stdout, process.stderr])
  stream.write = (chunk: string | Uint8Array) => {
    print(String(chunk));
    return true;
  };

/** Sends the judgement and ends the thread. */
function judged(judgement: Judgement): void {
  tell({ kind: "printed", printed });
  tell({ kind: "judged", judgement });
  // Timers of the learner's code would keep the thread alive.
  parentPort!.close();
  setImmediate(() => leave(0));
}

const results: SizeResult[] = [];
const failed = (kind: Problem["kind"], sentence: string, error?: unknown): void =>
  judged(unjudged({ kind, sentence, line: lineOf(error) }, results));

/** The first line of the learner's file in an error's stack; null: it is not there. */
function lineOf(error: unknown): number | null {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const at = stack.indexOf(`${file}:`);
  return at < 0 ? null : Number.parseInt(stack.slice(at + file.length + 1), 10);
}

const said = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

process.exit = (code) => {
  failed("exit", `it calls process.exit(${code ?? ""}), which would end the whole service, not one request`, new Error());
  return leave(0);
};
process.on("unhandledRejection", (error) =>
  failed("rejection", `a promise was rejected and nobody awaited it: ${said(error)}`, error),
);
process.on("uncaughtException", (error) =>
  failed("rejection", `something was thrown where nobody could catch it: ${said(error)}`, error),
);

/** Tells the watching process when the learner's code has the thread, so that a long search is not taken for an endless loop. */
async function given<T>(work: () => Promise<T>): Promise<T> {
  Atomics.add(pulse, JudgePulse.GIVEN, 1);
  try {
    return await work();
  } finally {
    Atomics.add(pulse, JudgePulse.BACK, 1);
  }
}
setInterval(() => Atomics.add(pulse, JudgePulse.ROUND, 1), 100).unref();

/** The strategy in the learner's file; null: there is none, and the judgement has been sent. */
async function open(): Promise<Strategy | null> {
  let exported: unknown;
  try {
    exported = ((await given(() => import(pathToFileURL(module).href))) as { default?: unknown }).default;
  } catch (error) {
    const [, missing] = /does not provide an export named '([^']+)'/.exec(said(error)) ?? [];
    if (missing) failed("import", `"racelab" exports no ${missing}: ${suggest(missing, Object.keys(racelab))}`);
    else failed("import", `it cannot be loaded. ${said(error)}`, error);
    return null;
  }
  const is = exported as { run?: unknown } | null | undefined;
  const shape = "export default strategy({ summary, cost, requires, run(work, session) { … } })";
  if (exported === undefined) failed("export", `there is no default export: ${shape}`);
  else if (typeof is?.run !== "function") failed("export", `the default export is no strategy, it has no run: ${shape}`);
  else return exported as Strategy;
  return null;
}

const strategy = await open();
if (strategy)
  try {
    const onResult = (result: SizeResult) => {
      results.push(result);
      tell({ kind: "result", result });
    };
    judged(await judge({ lesson, file, strategy, language, drain: () => given(macrotask), onResult, failing }));
  } catch (error) {
    if (error instanceof TaskError) {
      const line = error.at?.startsWith(`${file}:`) ? Number(error.at.slice(file.length + 1)) : lineOf(error);
      judged(unjudged({ kind: "task", sentence: error.message.replaceAll(file, "your file"), line }, results));
    } else failed("crash", `checking it failed. ${said(error)}`, error);
  }
