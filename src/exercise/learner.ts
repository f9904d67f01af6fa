/**
 * The judge's end of the host: the learner's strategy as one that runs elsewhere. Here the host is watched by the clock of
 * another process, so that code that stops its own process, or never gives it back, ends in a sentence.
 */
import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { type Origin, originOf } from "../check/origin.js";
import { TaskError } from "../core/failure.js";
import { inLanguage } from "../core/language.js";
import type { Reply } from "../core/operation.js";
import type { Strategy } from "../core/strategy.js";
import type { Work } from "../core/work.js";
import { builtModule } from "../course/folders.js";
import { noSuchMethod } from "../course/session-methods.js";
import type { Printed, Problem } from "../report/judgement.js";
import type { Elsewhere, TaskRun } from "../simulator/index.js";
import { permissionFlags } from "./isolation.js";
import {
  type Assignment,
  type FromHost,
  HEAP_MB,
  PATIENCE_MS,
  PROCESS_MB,
  type RunAsks,
  STARTING_MS,
  type ToHost,
} from "./protocol.js";

const LOOK_MS = 100;
/** How long a host may take to say that it is there, once it has been silent for too long. */
const ANSWER_MS = 1000;
/** Memory that makes a stopped run count as "memory" and not as "endless": what the process took since the question. */
const GROWN_BYTES = 2 ** 27;
/** Runs that are asked again when the answer is right, and how often all in all: code that behaves at first is told by this. */
const [KEPT_RUNS, TIMES] = [16, 5000];

/** The learner's code did what ends the judgement. */
export class EndedByCode extends Error {
  constructor(readonly problem: Problem) {
    super(problem.sentence);
  }
}

const memory = "it takes more memory than a service may have; what grows without end?";
const endless = "it does not come back: a loop without end, without awaiting an operation of its session";
const unsettled = "it cannot be loaded: its top level awaits something that never happens";

interface Pending {
  readonly opening: boolean;
  readonly since: number;
  readonly bytes: number;
  /** Answers, or ends the wait with what went wrong. */
  settle(answer: FromHost | EndedByCode): void;
}

export class Learner {
  readonly #child: ChildProcess;
  #pending: { readonly id: string; readonly of: Pending } | null = null;
  #ended: EndedByCode | null = null;
  #asked: number | null = null;
  readonly #kept: { readonly asks: RunAsks; readonly run: TaskRun }[] = [];
  readonly #watching: NodeJS.Timeout;

  constructor(
    readonly assignment: Pick<Assignment, "module" | "file" | "wrapper" | "language">,
    readonly lessonModule: string,
    readonly onPrinted: (printed: Printed) => void,
  ) {
    const [program, ...given] = [...assignment.wrapper, process.execPath];
    const flags = [`--max-old-space-size=${HEAP_MB}`, ...permissionFlags({ module: assignment.module, lesson: lessonModule })];
    this.#child = fork(builtModule("exercise/host.js"), {
      execPath: program!,
      execArgv: [...given, ...flags],
      // Whatever secrets the environment has are none of its business.
      env: {},
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child.on("message", (message: FromHost) => this.#hear(message));
    this.#child.on("error", (error) => this.#end("crash", `it cannot be run. ${error.message}`));
    this.#child.on("exit", (code, signal) => this.#exited(code, signal));
    this.#watching = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Starts a host and loads the code there. Rejects with `EndedByCode` where it cannot be loaded. */
  static async start(
    ...given: ConstructorParameters<typeof Learner>
  ): Promise<{ learner: Learner; strategy: Strategy & Elsewhere }> {
    const learner = new Learner(...given);
    try {
      await learner.#ask("ready", null, STARTING_MS);
      const opened = await learner.#ask("opened", learner.#opening(), PATIENCE_MS);
      const requires = opened.kind === "opened" ? opened.requires : [];
      return { learner, strategy: learner.#strategy(requires) };
    } catch (error) {
      learner.close();
      throw error;
    }
  }

  /** Ends the host. */
  close(): void {
    clearInterval(this.#watching);
    this.#ended ??= new EndedByCode({ kind: "crash", sentence: "it was stopped", line: null });
    this.#child.kill("SIGKILL");
  }

  /** Asks some of the runs again, thousands of times. True: it went another way in one of them. */
  async differsLater(): Promise<boolean> {
    for (const { asks, run } of this.#kept) {
      const again = await this.#run(asks, false, Math.ceil(TIMES / this.#kept.length));
      if (!isDeepStrictEqual([again.asked, again.outcome], [run.asked, run.outcome])) return true;
    }
    return false;
  }

  #strategy(requires: Strategy["requires"]): Strategy & Elsewhere {
    return {
      summary: "",
      cost: "",
      requires,
      run: () => Promise.reject(new TypeError("a learner's code does not run in the process that judges it")),
      runTask: async (work: Work, replies: readonly Reply[], look: boolean) => {
        const origin: Origin | undefined = originOf(work);
        if (!origin) throw new TypeError(`the work ${work.name} is of no lesson`);
        const asks = { origin, replies };
        const run = await this.#run(asks, look, 1);
        // The last ones are of the largest size. One of each kind of end and length is enough.
        if (run.outcome && !this.#kept.some((kept) => isDeepStrictEqual(kept.run.asked, run.asked))) {
          this.#kept.push({ asks, run });
          if (this.#kept.length > KEPT_RUNS) this.#kept.splice(1 + Math.floor(this.#kept.length / 2), 1);
        }
        return run;
      },
    };
  }

  async #run(asks: RunAsks, look: boolean, times: number): Promise<TaskRun> {
    const id = randomUUID();
    const answer = await this.#ask(id, { kind: "run", id, asks, look, times }, times > 1 ? 5 * PATIENCE_MS : PATIENCE_MS);
    if (answer.kind === "failed") throw new TaskError(answer.task, answer.at, answer.reason);
    if (answer.kind !== "ran" || !isRun(answer.run))
      throw new EndedByCode({ kind: "crash", sentence: "its process answered something else than was asked", line: null });
    return answer.run;
  }

  #opening(): ToHost {
    const { module, file } = this.assignment;
    return { kind: "open", module, file, lesson: this.lessonModule };
  }

  #ask(id: string, message: ToHost | null, patience: number): Promise<FromHost> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      this.#asked = null;
      this.#pending = {
        id,
        of: {
          opening: message?.kind === "open",
          since: performance.now() + patience,
          bytes: this.#bytes(),
          settle: (answer) => {
            this.#pending = null;
            if (answer instanceof EndedByCode) reject(answer);
            else resolve(answer);
          },
        },
      };
      if (message) this.#child.send(message, () => {});
    });
  }

  #hear(message: FromHost): void {
    if (message.kind === "printed") this.onPrinted(message.printed);
    else if (message.kind === "problem") this.#endWith(message.problem);
    else if (message.kind === "no method") {
      const sentence = inLanguage(noSuchMethod(message.called, message.name), this.assignment.language);
      this.#endWith({ kind: "task", sentence, line: message.line });
    } else if (message.kind === "here") {
      // It can answer, and does not: a top level that waits, or code that has broken what a run is made of.
      if (this.#asked !== null) this.#end("endless", this.#pending?.of.opening ? unsettled : endless);
    } else if (this.#pending?.id === ("id" in message ? message.id : message.kind)) this.#pending.of.settle(message);
  }

  #look(): void {
    const now = performance.now();
    const bytes = this.#bytes();
    const pending = this.#pending?.of;
    if (bytes > PROCESS_MB * 2 ** 20) this.#end("memory", memory);
    if (!pending || now < pending.since) return;
    if (this.#asked === null) {
      this.#asked = now;
      this.#child.send({ kind: "there?" } satisfies ToHost, () => {});
    } else if (now - this.#asked > ANSWER_MS) {
      const grew = bytes - pending.bytes > GROWN_BYTES;
      this.#end(grew ? "memory" : "endless", grew ? memory : endless);
    }
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    if (signal === "SIGABRT" || signal === "SIGTRAP" || code === 134) this.#end("memory", memory);
    else if (signal === null) this.#end("exit", `it ended the process that it ran in, with code ${code}`);
    else {
      const why = "most likely it asked for more memory than there is";
      this.#end("crash", `the process that ran it broke down (${signal}): ${why}`);
    }
  }

  #end(kind: Problem["kind"], sentence: string): void {
    this.#endWith({ kind, sentence, line: null });
  }

  #endWith(problem: Problem): void {
    if (this.#ended) return;
    this.#ended = new EndedByCode(problem);
    clearInterval(this.#watching);
    this.#child.kill("SIGKILL");
    this.#pending?.of.settle(this.#ended);
  }

  /** Memory of the host's process; 0 where the system does not tell: then its heap's limit and patience are what ends it. */
  #bytes(): number {
    try {
      const { pid } = this.#child;
      // What makes namespaces is the parent of the process in them.
      const host =
        this.assignment.wrapper.length > 0 ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim() || pid : pid;
      return Number(readFileSync(`/proc/${host}/statm`, "utf8").split(" ")[1]) * 4096;
    } catch {
      return 0;
    }
  }
}

const isRun = (run: unknown): run is TaskRun => {
  const { asked, sites, outcome } = (run ?? {}) as { asked?: unknown; sites?: unknown; outcome?: unknown };
  return Array.isArray(asked) && Array.isArray(sites) && sites.every((site) => typeof site === "string") && outcome !== undefined;
};
