/**
 * The process that has a learner's code. It says what the code does next, given these replies, and knows nothing else of the
 * judgement: no property, no solution, no search. Whatever the code does here ends this process alone.
 *
 * What the code could do to be taken for another: to change what this file calls. So the built-in objects that a run is made
 * of are frozen before the code is loaded. A message of its own to the judge is an answer to a question that nobody asked.
 *
 * What it could learn of being judged: this process looks the same for every question, right answers are asked for thousands
 * of times, and the process tells neither its command line nor its way to send (`hide`). What stays to be seen is its channel,
 * and that files cannot be read (`process.permission`): code that protects only there is right here. The permissions are
 * worth more.
 */
import { pathToFileURL } from "node:url";
import { formatWithOptions } from "node:util";
// Before source maps are on: of racelab's own files nobody asks for them, and they are half of the time to load this.
import "../api/authoring.js";
import { twinOf } from "../check/twin.js";
import { TaskError } from "../core/failure.js";
import type { Lesson } from "../core/lesson.js";
import type { Session } from "../core/session.js";
import { runWork, type Strategy } from "../core/strategy.js";
import { suggest } from "../core/suggest.js";
import type { Work } from "../core/work.js";
import type { Problem } from "../report/judgement.js";
// Not by the simulator's index: the explorer is three quarters of this process' start, and a judgement waits for it.
import { macrotask } from "../simulator/drain.js";
import { type Body, runTask, type TaskRun } from "../simulator/run.js";
import { onlyTasksRunHere } from "../simulator/site.js";
import { type FromHost, type RunAsks, SHOWN_COLUMNS, SHOWN_LINES, type ToHost } from "./protocol.js";

process.setSourceMapsEnabled(true);
onlyTasksRunHere();
const send = process.send!.bind(process);
const leave = process.exit.bind(process);

let file = "";
let lesson: Lesson | undefined;
let strategy: Strategy | undefined;

process.on("disconnect", () => leave(0));
process.on("message", (message: ToHost) => {
  if (message.kind === "there?") tell({ kind: "here" });
  else if (message.kind === "open") void open(message);
  else void run(message);
});

const printed: { lines: string[]; more: number } = { lines: [], more: 0 };
let isToldOfMore = true;
/** Prints into a short list, so that code that prints without end does not fill the memory. */
function print(text: string): void {
  let isNew = false;
  for (const line of text
    .slice(0, SHOWN_LINES * SHOWN_COLUMNS * 4)
    .split("\n")
    .slice(0, SHOWN_LINES)) {
    const cut = line.length > SHOWN_COLUMNS ? `${line.slice(0, SHOWN_COLUMNS)}…` : line;
    if (printed.lines.includes(cut) || cut === "") continue;
    if (printed.lines.length >= SHOWN_LINES) {
      printed.more++;
      isToldOfMore = false;
    } else {
      printed.lines.push(cut);
      isNew = true;
    }
  }
  // Sent at once, because a process that is killed cannot send it later.
  if (isNew) tell({ kind: "printed", printed });
}
function tell(message: FromHost): void {
  if (!isToldOfMore) send({ kind: "printed", printed });
  isToldOfMore = true;
  send(message);
}
for (const method of ["log", "info", "debug", "warn", "error", "trace", "dir", "table"] as const)
  console[method] = (...values: unknown[]) => print(formatWithOptions({ depth: 2, maxArrayLength: 20 }, ...values));
for (const stream of [process.stdout, process.stderr])
  stream.write = (chunk: string | Uint8Array) => {
    print(String(chunk));
    return true;
  };

const problem = (kind: Problem["kind"], sentence: string, error?: unknown): void => {
  tell({ kind: "problem", problem: { kind, sentence, line: lineOf(error) } });
};

/** The first line of the learner's file in an error's stack; null: it is not there. */
function lineOf(error: unknown): number | null {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const at = stack.indexOf(`${file}:`);
  return at < 0 ? null : Number.parseInt(stack.slice(at + file.length + 1), 10);
}

const said = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

process.exit = (code) => {
  problem("exit", `it calls process.exit(${code ?? ""}), which would end the whole service, not one request`, new Error());
  throw new Error("the process ends");
};
process.on("unhandledRejection", (error) =>
  problem("rejection", `a promise was rejected and nobody awaited it: ${said(error)}`, error),
);
process.on("uncaughtException", (error) =>
  problem("rejection", `something was thrown where nobody could catch it: ${said(error)}`, error),
);

/** Loads the lesson, closes what the code could change, and loads the code. */
async function open(asked: Extract<ToHost, { kind: "open" }>): Promise<void> {
  file = asked.file;
  lesson = ((await import(pathToFileURL(asked.lesson).href)) as { default: Lesson }).default;
  freeze();
  hide();
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(asked.module).href)) as { default?: unknown }).default;
  } catch (error) {
    const [, missing] = /does not provide an export named '([^']+)'/.exec(said(error)) ?? [];
    if (missing) {
      const known = Object.keys(await import("../api/index.js"));
      problem("import", `"racelab" exports no ${missing}: ${suggest(missing, known)}`);
    } else problem("import", `it cannot be loaded. ${said(error)}`, error);
    return;
  }
  const is = exported as { run?: unknown; requires?: unknown } | null | undefined;
  const shape = "export default strategy({ summary, cost, requires, run(work, session) { … } })";
  if (exported === undefined) return problem("export", `there is no default export: ${shape}`);
  if (typeof is?.run !== "function") return problem("export", `the default export is no strategy, it has no run: ${shape}`);
  strategy = exported as Strategy;
  const requires = Array.isArray(is.requires) ? is.requires.map(String) : [];
  tell({ kind: "opened", requires: requires as Strategy["requires"] });
}

/** Of what a run is made. Timers, clock and chance stay open: a run watches them by replacing them (simulator/site.ts). */
function freeze(): void {
  for (const kind of [Array, Map, Set, WeakMap, WeakSet, Promise, Function]) Object.freeze(kind.prototype);
  for (const whole of [JSON, Reflect, Map, Set, WeakMap, WeakSet, Promise, Array]) Object.freeze(whole);
  for (const name of ["structuredClone", "queueMicrotask", "Promise", "Map", "Set", "WeakMap", "Array", "JSON", "Reflect"]) {
    const value = Reflect.get(globalThis, name);
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
  }
}

/** What would tell the code that it is judged. On a server it sees the server's. */
function hide(): void {
  process.argv = [process.execPath];
  process.execArgv = [];
  process.title = "node";
  Reflect.deleteProperty(process, "send");
}

/** By size, as text: the works of a lesson are made anew each time, and a run must find the same ones. */
const works = new Map<string, readonly Work[]>();
function workOf({ origin }: RunAsks): Work {
  const size = JSON.stringify(origin.size);
  const known = works.get(size) ?? lesson!.scenario(origin.size).tasks;
  works.set(size, known);
  const work = known[origin.index]!;
  return origin.twin ? twinOf(work) : work;
}

async function run({ id, asks, look, times }: Extract<ToHost, { kind: "run" }>): Promise<void> {
  const work = workOf(asks);
  const own = { run: (work: Work, session: Session) => apart(strategy!.run.bind(strategy, work, watched(session))) };
  const body: Body = (session) => runWork(work, session, own);
  const once = () => runTask(work.name, body, asks.replies, macrotask, look);
  try {
    let last = await once();
    for (let i = 1; i < times; i++) {
      const next = await once();
      const isSame = same(last, next);
      last = next;
      if (!isSame) break;
    }
    tell({ kind: "ran", id, run: last });
  } catch (error) {
    if (error instanceof TaskError) tell({ kind: "failed", id, task: error.task, at: error.at, reason: error.reason });
    else problem("crash", `checking it failed. ${said(error)}`, error);
  }
}

/**
 * Calls the code, bound to what it is given, so that its stack names no caller: on a real store that is another one. Functions of
 * this file's own hand on what it returns, because V8 would follow those of a promise back to who awaits it.
 */
const apart = <T>(code: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    Promise.resolve()
      .then(code)
      .then(
        (value) => resolve(value),
        (error: unknown) => {
          tellMissing(error);
          reject(error);
        },
      );
  });

/** What the code asked its session for last that is not there; null: nothing. */
let missing: string | null = null;
const watched = (session: Session): Session =>
  new Proxy(session, {
    get(session, name) {
      if (typeof name === "string" && !(name in session)) missing = name;
      return Reflect.get(session, name);
    },
  });

/** A method that a session does not have is told by its name and line, not by what came of the error. */
function tellMissing(error: unknown): void {
  const [, called, name] = (error instanceof TypeError && /^((?:\S*\.)?(\w+)) is not a function$/.exec(error.message)) || [];
  if (called && name === missing) tell({ kind: "no method", called, name, line: lineOf(error) });
}

const same = (a: TaskRun, b: TaskRun): boolean => JSON.stringify([a.asked, a.outcome]) === JSON.stringify([b.asked, b.outcome]);

tell({ kind: "ready" });
