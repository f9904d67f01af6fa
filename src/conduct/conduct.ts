/**
 * Plays a schedule on a real store, operation by operation, with one connection for each task: is the model true?
 *
 * What is conducted is an order of asking. A choice lets a task ask for its next operation. Then no task asks until all have
 * been answered or wait, by the server's own view of its locks. A task that waits goes on as soon as the server lets it, and
 * not when a schedule says so; a choice for a task that waits or has ended is passed over.
 *
 * The trap is deadlocks. A server finds a circle of waits when the deadlock timeout of one of the waiting sessions ends, and
 * that session is the victim. It must be the one that closed the circle, as in the model. So before an operation that may
 * wait, every wait must be older than three deadlock timeouts.
 */
import { setTimeout as pause } from "node:timers/promises";
import { unlessAborted } from "../core/abort.js";
import { Impossible, messageOf, StoreError } from "../core/failure.js";
import type { Event, History } from "../core/history.js";
import { isPrivate, type Json, type Operation, type Perform, type Reply, type Rows } from "../core/operation.js";
import { type Choice, formatChoice, type Schedule, ScheduleError } from "../core/schedule.js";
import { type Server, serverOf } from "../core/server.js";
import { type Session, session } from "../core/session.js";
import { thrown } from "../core/shown-error.js";
import { callSites } from "../core/source-line.js";
import type { Connection, LockWait, Store } from "../core/store.js";
import type { Tables } from "../core/table.js";
import { type Outcome, outcomeOf } from "../core/work.js";

/** What is played. */
interface ConductPlan {
  readonly rows: Rows;
  readonly tables?: Tables | undefined;
  readonly tasks: readonly ((session: Session) => Promise<unknown>)[];
  /** The tasks are divided over so many servers, in turn. Default 1. */
  readonly servers?: number | undefined;
  readonly schedule: Schedule;
  /** Factor on all times for which a wait has to last. Default 1. */
  readonly patience?: number;
  /** Called after each step, when every task has been answered or waits. */
  readonly after?: (step: ConductedStep) => Promise<void>;
  /** Stops it: all connections are closed, and `conduct` rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** One operation that was asked for. */
export interface ConductedStep {
  /** From 1. */
  readonly n: number;
  readonly task: number;
  readonly operation: Operation;
  /** `file:line` from where it was asked for, innermost first. */
  readonly sites: readonly string[];
  /** The tasks that it had to wait for, as the server says; null: it did not wait. */
  blockedBy: readonly number[] | null;
  /** The step that let it go on: this one unless it was blocked. Null: it never went on. */
  released: number | null;
  reply: Reply | null;
}

export interface Conducted {
  readonly steps: readonly ConductedStep[];
  readonly history: History;
  /** What each task would ask for next; null: it has ended, or waits. */
  readonly next: readonly (Pick<ConductedStep, "operation" | "sites"> | null)[];
}

/** Milliseconds in which most operations are answered. After that the server is asked who waits. */
const SOON_MS = 4;
/** Milliseconds between two looks at the server. */
const LOOK_MS = 1;
/** Milliseconds beyond its deadlock timeout in which a server finds a deadlock, if there is one. */
const DETECTION_MS = 1000;
/** Deadlock timeouts that every wait must have lasted before another may begin. */
const PATIENCE = 3;

/** Operations that never wait for a lock, so they cannot close a circle of waits. */
const neverWaits = new Set(["read", "read-versioned", "begin", "commit", "rollback", "savepoint", "rollback-to", "release"]);

/** Operations that take effect beside any transaction. */
const besides: ReadonlySet<Operation["kind"]> = new Set(["acquire", "release", "publish", "receive", "ack", "call"]);

/** An operation that a task's code asks for. */
interface Asked {
  readonly operation: Operation;
  readonly sites: readonly string[];
  resolve(value: never): void;
  reject(error: unknown): void;
}

/** A task while it is played. */
interface Player {
  readonly task: number;
  readonly connection: Connection;
  /** Undefined while the task is answered, waits, or has ended. */
  asked: Asked | undefined;
  /** The operation that was sent and is not answered yet. */
  step: ConductedStep | undefined;
  /** When that was sent, or its present wait began: milliseconds of `performance.now`. */
  since: number;
  eventsWhenAsked: number;
  outcome: Outcome | undefined;
}

/** An answer that is not handed over yet. */
interface Answer {
  readonly player: Player;
  readonly reply: Reply;
  deliver(): void;
}

export async function conduct(store: Store, plan: ConductPlan): Promise<Conducted> {
  const { lost } = store;
  if (!lost) return play(store, plan);
  try {
    return await unlessAborted(play(store, plan), lost);
  } catch (error) {
    // The lost connection is the cause of every other error: report that.
    throw lost.aborted ? lost.reason : error;
  }
}

async function play(store: Store, plan: ConductPlan): Promise<Conducted> {
  refuse(store, plan.schedule);
  await store.reset(plan.rows, plan.tables);
  // A task that waited for another one's connection would wait for ever: nothing gives it back.
  await store.reserve?.(plan.tasks.length, "transactions");
  const players = await Promise.all(plan.tasks.map((_, i) => player(store, i + 1, serverOf(i, plan.servers ?? 1))));
  return new Conductor(store, plan, players).play();
}

class Conductor {
  readonly #steps: ConductedStep[] = [];
  readonly #events: Event[] = [];
  /** In the order of arrival. */
  readonly #answers: Answer[] = [];
  /** Called when an answer arrives. */
  #arrived: (() => void) | undefined;
  /** A mistake of racelab's own in the store. */
  #mistake: Error | undefined;
  readonly #patience: number;
  readonly #deadlockMs: number;

  constructor(
    readonly store: Store,
    readonly plan: ConductPlan,
    readonly players: readonly Player[],
  ) {
    this.#patience = plan.patience ?? 1;
    this.#deadlockMs = (store.deadlockMs ?? 0) * this.#patience;
  }

  async play(): Promise<Conducted> {
    const { store, plan, players } = this;
    const [steps, events] = [this.#steps, this.#events];
    try {
      for (const player of players) start(player, plan.tasks[player.task - 1]!);
      await macrotask();
      let told = 0;
      for (const choice of plan.schedule) {
        plan.signal?.throwIfAborted();
        const player = players[playerOf(choice) - 1];
        if (!player) throw new ScheduleError(`there is no task ${formatChoice(choice)}, only ${players.length}`);
        const { asked } = player;
        if (!asked) continue;
        if (asked.operation.kind === "choose") choose(player, asked, choice, steps, events);
        else if (typeof choice === "number") {
          await this.#reserve(asked.operation);
          await this.#letWaitsAge(asked.operation);
          this.#send(player, asked);
          await this.#settle();
        }
        await macrotask();
        if (steps.length > told) await plan.after?.(steps[told++] as ConductedStep);
      }
      const outcomes = players.map(({ outcome }) => outcome);
      const next = players.map(({ asked }) => asked ?? null);
      return { steps, history: { before: plan.rows, events: [...events], outcomes, after: await store.state() }, next };
    } finally {
      await Promise.all(players.map(({ connection }) => connection.close()));
    }
  }

  /** Sends a task's operation to the store. The answer is kept until it is handed over. */
  #send(player: Player, asked: Asked): void {
    const step: ConductedStep = {
      n: this.#steps.length + 1,
      task: player.task,
      operation: asked.operation,
      sites: asked.sites,
      blockedBy: null,
      released: null,
      reply: null,
    };
    this.#steps.push(step);
    Object.assign(player, { step, asked: undefined, since: performance.now(), eventsWhenAsked: this.#events.length });
    const keep = (reply: Reply, deliver: () => void) => {
      this.#answers.push({ player, reply, deliver });
      this.#arrived?.();
    };
    this.#answer(player, asked.operation).then(
      (value) => keep({ value: value as Json }, () => asked.resolve(value as never)),
      (error) => {
        if (!(error instanceof StoreError)) this.#mistake ??= error as Error;
        keep({ error: error instanceof StoreError ? error.code : "08006" }, () => asked.reject(error));
      },
    );
  }

  async #answer({ connection }: Player, operation: Operation): Promise<unknown> {
    if (operation.kind !== "elapse") return connection.perform(operation);
    await pause(operation.ms + 10 * this.#patience);
    return null;
  }

  /**
   * Hands over the answers that have arrived; each task then runs up to its next operation. The operation that was asked last
   * comes first, because it caused the others: a server wakes waiting sessions before it answers the commit that let them go.
   */
  async #handOver(): Promise<void> {
    const [answers, steps, events] = [this.#answers, this.#steps, this.#events];
    // Answers that have come in meanwhile are heard, too.
    await macrotask();
    if (this.#mistake) throw this.#mistake;
    const last = this.players.find(({ step }) => step?.n === steps.length);
    const at = answers.findIndex(({ player }) => player === last);
    if (last && at < 0 && last.step?.blockedBy === null) return;
    if (at > 0) answers.unshift(...answers.splice(at, 1));
    for (let next = answers.shift(); next; next = answers.shift()) {
      const { player, reply, deliver } = next;
      const step = player.step as ConductedStep;
      player.step = undefined;
      step.reply = reply;
      step.released = steps.length;
      // The model fails a victim at once; the server lets it wait for a moment first.
      const isVictim = "error" in reply && reply.error === "40P01" && step.n === steps.length;
      if (isVictim) step.blockedBy = null;
      const { task, operation } = step;
      const waited = step.blockedBy !== null;
      events.push({ n: events.length + 1, task, operation, reply, asked: player.eventsWhenAsked, waited });
      deliver();
      await macrotask();
    }
  }

  /** Waits until every operation that was sent has been answered, or waits for a lock. */
  async #settle(): Promise<void> {
    const { store, plan, players } = this;
    const answers = this.#answers;
    if (players.some(({ step }) => step !== undefined))
      await Promise.race([
        pause(SOON_MS),
        new Promise<void>((resolve) => {
          this.#arrived = resolve;
          if (answers.length > 0) resolve();
        }),
      ]);
    this.#arrived = undefined;
    for (const began = performance.now(); ; await pause(LOOK_MS, undefined, { signal: plan.signal })) {
      await this.#handOver();
      const held = answers.length;
      const outstanding = players.filter((player) => player.step && answers.every((answer) => answer.player !== player));
      const lastEvent = this.#events.at(-1);
      const failed = lastEvent !== undefined && "error" in lastEvent.reply;
      if (outstanding.length === 0 && held === 0 && !failed) return;
      const view = await store.lockView!(players.map(({ connection }) => connection));
      if (answers.length !== held) continue;
      // A backend reports an error before it releases the locks.
      if (view.busy.size > 0 || outstanding.some(({ connection }) => !view.waiting.has(connection))) continue;
      const circle = hasCircle(view.waiting);
      for (const player of outstanding)
        if (player.step && player.step.blockedBy === null) {
          const behind = view.waiting.get(player.connection)?.behind ?? [];
          player.step.blockedBy = players.filter(({ connection }) => behind.includes(connection)).map(({ task }) => task);
        }
      // A wait may have become another one: for the next row, or behind another session.
      for (const player of outstanding) player.since = performance.now() - (view.waiting.get(player.connection)?.ms ?? 0);
      if (held > 0) continue;
      if (!circle || performance.now() - began > this.#deadlockMs * PATIENCE + DETECTION_MS) return;
    }
  }

  /** A task may keep a mutex, and its connection; everything else beside the transactions gives it back at once. */
  async #reserve({ kind }: Operation): Promise<void> {
    if (kind === "acquire") await this.store.reserve?.(this.players.length, "beside");
    else if (besides.has(kind)) await this.store.reserve?.(1, "beside");
  }

  /** Waits until every present wait is old enough, where this operation could close a circle. */
  async #letWaitsAge(operation: Operation): Promise<void> {
    if (neverWaits.has(operation.kind)) return;
    const youngest = Math.max(...this.players.filter(({ step }) => step !== undefined).map(({ since }) => since));
    const missing = youngest + this.#deadlockMs * PATIENCE - performance.now();
    if (missing > 0) await pause(missing, undefined, { signal: this.plan.signal });
  }
}

/** Throws a sentence where this store cannot say who waits, or where the schedule has events that only a model can make. */
export function refuse(store: Pick<Store, "lockView">, schedule: Schedule): void {
  if (!store.lockView)
    throw new Impossible(
      "no schedule can be conducted on this store: it does not say who waits for whom. PostgreSQL does: --store postgres:embedded, or postgres://user@localhost/database",
    );
  for (const choice of schedule) playerOf(choice);
}

const player = async (store: Store, task: number, server: Server): Promise<Player> => ({
  task,
  connection: await store.connect(undefined, server),
  asked: undefined,
  step: undefined,
  since: 0,
  eventsWhenAsked: 0,
  outcome: undefined,
});

/** Runs a task's code up to its first operation. */
function start(player: Player, body: (session: Session) => Promise<unknown>): void {
  const perform: Perform = async (operation) => {
    // A sleep is no step of a schedule, and no time passes for it here.
    if (isPrivate(operation)) return null as never;
    const sites = callSites();
    return new Promise((resolve, reject) => {
      player.asked = { operation: structuredClone(operation), sites, resolve: resolve as (value: never) => void, reject };
    });
  };
  const ended = (outcome: Outcome) => {
    player.outcome = outcome;
  };
  body(session(perform)).then(
    (value) => ended(outcomeOf(value)),
    (error) => ended(thrown(error, messageOf(error))),
  );
}

const playerOf = (choice: Choice): number => {
  if (typeof choice === "number") return choice;
  if (choice.event === "choose") return choice.task ?? 0;
  throw new ScheduleError(
    `${formatChoice(choice)} cannot be conducted: on a real store nothing happens by itself because a schedule says so`,
  );
};

/** Answers a `choose` with the option that the schedule names; the store is not asked. */
function choose(player: Player, asked: Asked, choice: Choice, steps: ConductedStep[], events: Event[]): void {
  if (typeof choice === "number" || asked.operation.kind !== "choose") return;
  const value = asked.operation.options[(choice.option ?? 1) - 1] ?? "";
  const { operation, sites } = asked;
  const n = steps.length + 1;
  const { task } = player;
  steps.push({ n, task, operation, sites, blockedBy: null, released: n, reply: { value } });
  events.push({ n: events.length + 1, task, operation, reply: { value }, asked: events.length, waited: false });
  player.asked = undefined;
  asked.resolve(value as never);
}

function hasCircle(waiting: ReadonlyMap<Connection, LockWait>): boolean {
  const reaches = (from: Connection, goal: Connection, seen: Set<Connection>): boolean =>
    (waiting.get(from)?.behind ?? []).some((next) => {
      if (next === goal) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, goal, seen);
    });
  return [...waiting.keys()].some((one) => reaches(one, one, new Set()));
}

const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
