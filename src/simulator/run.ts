/**
 * One run of a task's real async function on recorded replies, up to its next operation or its end.
 *
 * The trap that this file guards against is a task that is not a function of its replies: one that awaits a timer, has two
 * operations under way, or differs when it runs again.
 */
import { operationFault } from "../core/check-operation.js";
import { StoreError, TaskError } from "../core/failure.js";
import type { Machine } from "../core/machine.js";
import { isPrivate, type Operation, type Perform, type Reply } from "../core/operation.js";
import { plainCopy } from "../core/plain-copy.js";
import { type Session, session, settle } from "../core/session.js";
import { thrown } from "../core/shown-error.js";
import { callSites, sourceLineOf } from "../core/source-line.js";
import { type Outcome, outcomeOf, type Work } from "../core/work.js";
import type { Drain } from "./drain.js";
import { contextOfOne, type ForeignCall, inTurn, watchForeign } from "./site.js";

/** The code of a task: given a session, it runs to its end. */
export interface Body {
  (session: Session): Promise<unknown>;
  /** Runs it where code lives that this process must not run (`Elsewhere`). */
  elsewhere?(replies: readonly Reply[], look: boolean): Promise<TaskRun>;
}

/** A strategy whose code runs in another process, which answers for one run as `runTask` does. Its `run` is never called. */
export interface Elsewhere {
  runTask(work: Work, replies: readonly Reply[], look: boolean): Promise<TaskRun>;
}

/** How far a run came: the operations that it asked for, the last of them unanswered unless there is an outcome. */
export interface TaskRun {
  readonly asked: readonly Operation[];
  /** The call sites (`file:line`, innermost first) of the unanswered operation. */
  readonly sites: readonly string[];
  readonly outcome: Outcome | null;
}

/** So many sleeps without another operation are a loop that never ends. */
const NAPS = 1000;

/** Runs `body` on `replies`. `look`: read the call site from the stack, which is slow. */
export async function runTask(
  name: string,
  body: Body,
  replies: readonly Reply[],
  drain: Drain,
  look: boolean,
): Promise<TaskRun> {
  if (body.elsewhere) return body.elsewhere(replies, look);
  const asked: Operation[] = [];
  let sites: readonly string[] = [];
  let outcome: Outcome | undefined;
  let odd: string | undefined;
  let second: string | undefined;
  let fault: TaskError | undefined;
  let foreign: ForeignCall | undefined;
  let naps = 0;
  const perform: Perform = async (operation) => {
    // Thrown at the task it could be caught; what has been answered before was judged before.
    const wrong = asked.length < replies.length ? null : operationFault(operation);
    if (wrong) fault ??= new TaskError(name, callSites()[0] ?? null, wrong);
    if (fault) return new Promise(() => {});
    if (isPrivate(operation) && ++naps < NAPS) return settle({ value: null });
    if (naps >= NAPS) odd = `slept ${NAPS} times without doing anything`;
    if (naps >= NAPS) return new Promise(() => {});
    if (asked.length > replies.length) {
      second ??= callSites()[0] ?? "?";
      return new Promise(() => {});
    }
    naps = 0;
    // Copies in both directions: a rule may change the row object that it read or wrote.
    asked.push(plainCopy(operation));
    const reply = replies[asked.length - 1];
    if (reply) return settle(plainCopy(reply));
    if (look) sites = callSites();
    return new Promise(() => {});
  };
  await inTurn(async () => {
    // Before the task starts, so that no timer of the task can come first.
    const drained = drain();
    watchForeign((call) => {
      if (!foreign?.isCertain) foreign = call.isCertain ? call : (foreign ?? call);
    });
    start(body, perform).then(
      (value) => {
        outcome = outcomeOf(value);
      },
      (error: unknown) => {
        if (error instanceof Error) outcome = thrown(error, failureText(error), sourceLineOf(error));
        else odd = `threw ${String(error)}, which is not an Error. Throw an Error, or return an outcome`;
      },
    );
    await drained;
  });
  if (foreign && (foreign.isCertain || (await isRepeated(foreign, body, replies, drain)))) throw forbidden(name, foreign);
  if (fault) throw fault;
  if (odd) throw new TaskError(name, sites[0] ?? null, odd);
  if (second)
    throw new TaskError(name, second, "asks for a second operation before the first is answered. Await one, then the other");
  if (outcome && asked.length > replies.length)
    throw new TaskError(name, sites[0] ?? null, "ends without awaiting this operation. Put `await` before it");
  if (asked.length < replies.length || (!outcome && asked.length === replies.length)) {
    if (outcome) return { asked, sites, outcome };
    throw await strayed(name, body, replies, drain);
  }
  return { asked, sites, outcome: outcome ?? null };
}

/** Does the same run make this call, and not code of others that goes on meanwhile? Runs it again, in a context of its own. */
async function isRepeated(call: ForeignCall, body: Body, replies: readonly Reply[], drain: Drain): Promise<boolean> {
  let again = false;
  const context = contextOfOne();
  await inTurn(async () => {
    const drained = drain();
    watchForeign(({ name, at }) => {
      again ||= context.isInside() && name === call.name && at === call.at;
    });
    context.run(() => start(body, replaying(replies))).catch(() => {});
    await drained;
  }).finally(() => context.end());
  return again;
}

/** Answers with the recorded replies, and after them never. `onAsk` is called within the stack of the task. */
function replaying(replies: readonly Reply[], onAsk: () => void = () => {}): Perform {
  let asked = 0;
  return async (operation) => {
    if (isPrivate(operation)) return settle({ value: null });
    onAsk();
    const reply = replies[asked++];
    return reply ? settle(plainCopy(reply)) : new Promise(() => {});
  };
}

const start = async (body: Body, perform: Perform): Promise<unknown> => body(session(perform));

const forbidden = (task: string, { name, at, instead }: ForeignCall): TaskError =>
  new TaskError(task, at, `calls ${name}, which no schedule controls. ${instead}`);

/** The run neither asked nor ended, so it awaits something that is not an operation. Runs it again to find out where. */
async function strayed(name: string, body: Body, replies: readonly Reply[], drain: Drain): Promise<TaskError> {
  let last: readonly string[] = [];
  const perform = replaying(replies, () => {
    last = callSites();
  });
  const drained = drain();
  start(body, perform).catch(() => {});
  await drained;
  const after = last[0] ? `after its operation at ${last[0]} it` : "it";
  const instead = "Only operations of its session may be awaited: session.sleep for time, session.call for other services";
  return new TaskError(name, null, `${after} awaits something that is not an operation. ${instead}`);
}

/** Runs `body` alone on the machine; null: it waits for a lock or for something that is not an operation, or throws. */
export async function alone(
  body: Body,
  machine: Machine,
  drain: Drain,
  threw: (error: unknown) => void = () => {},
): Promise<Outcome | null> {
  let [shared, line] = [machine.shared, machine.line];
  let outcome: Outcome | null = null;
  const perform: Perform = async (operation) => {
    if (isPrivate(operation)) return settle({ value: null });
    const answer = machine.apply(shared, line, operation);
    ({ shared, line } = answer);
    return answer.reply ? settle(plainCopy(answer.reply)) : new Promise(() => {});
  };
  const drained = drain();
  start(body, perform).then((value) => {
    outcome = outcomeOf(value);
  }, threw);
  await drained;
  return outcome;
}

const failureText = (error: Error): string => (error instanceof StoreError ? `${error.code} ${error.message}` : error.message);

/** A task: a work, which a strategy runs, or an async function of a session. */
export type Task = Work | ((session: Session) => Promise<unknown>);
