/**
 * Plays a schedule on a real store, operation by operation, one connection for each task: is the model true?
 *
 * A choice lets a task ask for its next operation. Then nobody else asks until everybody has been answered or
 * waits, by the server's own view of its locks. Whoever waits goes on as soon as the server lets it, and not when
 * a schedule says so; a choice for a task that waits or has ended is passed over.
 */
import { setTimeout as pause } from "node:timers/promises";
import { unlessAborted } from "../core/abort.js";
import { Impossible, messageOf, StoreError } from "../core/failure.js";
import type { Event, History } from "../core/history.js";
import { isPrivate, type Json, type Operation, type Perform, type Reply, type Rows } from "../core/operation.js";
import { type Choice, formatChoice, type Schedule, ScheduleError } from "../core/schedule.js";
import { type Server, serverOf } from "../core/server.js";
import { type Session, session } from "../core/session.js";
import { callSites } from "../core/source-line.js";
import type { Connection, LockWait, Store } from "../core/store.js";
import type { Tables } from "../core/table.js";
import type { Outcome } from "../core/work.js";

export interface Piece {
  readonly rows: Rows;
  readonly tables?: Tables | undefined;
  readonly tasks: readonly ((session: Session) => Promise<unknown>)[];
  /** The tasks are dealt out over so many servers, in turn. Default 1. */
  readonly servers?: number | undefined;
  readonly schedule: Schedule;
  /** Times as patient as usual: how long a wait must have lasted before anybody else may ask. Default 1. */
  readonly patience?: number;
  /** Called after each step, when everybody is still. */
  readonly after?: (step: ConductedStep) => Promise<void>;
  /** Stops it between two looks; everybody is let go of, and `conduct` rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** One operation that was asked for. */
export interface ConductedStep {
  /** From 1. */
  readonly n: number;
  readonly task: number;
  readonly operation: Operation;
  /** From where, innermost first: `file:line`. */
  readonly sites: readonly string[];
  /** In whose way it was, as the server says; null: in nobody's. */
  blockedBy: readonly number[] | null;
  /** The step that let it go on: this one unless it was blocked. Null: it never did. */
  released: number | null;
  reply: Reply | null;
}

export interface Conducted {
  readonly steps: readonly ConductedStep[];
  readonly history: History;
  /** What each task would ask for next; null: it has ended, or waits. */
  readonly next: readonly (Pick<ConductedStep, "operation" | "sites"> | null)[];
}

/** Milliseconds in which an operation is mostly answered; after that the server is asked who waits. */
const SOON_MS = 4;
/** Milliseconds between two looks. */
const LOOK_MS = 1;
/** Milliseconds beyond its deadlock timeout that a server may take to find a deadlock, or never will. */
const DETECTION_MS = 1000;
/** How many deadlock timeouts a wait must have lasted before another one may begin. */
const PATIENCE = 3;

/** Operations that never have to wait for a lock, so they cannot close a circle of waits. */
const neverWaits = new Set(["read", "read-versioned", "begin", "commit", "rollback", "savepoint", "rollback-to", "release"]);

interface Asked {
  readonly operation: Operation;
  readonly sites: readonly string[];
  resolve(value: never): void;
  reject(error: unknown): void;
}

interface Player {
  readonly task: number;
  readonly connection: Connection;
  /** What it asks for next; undefined while it is answered, waits, or has ended. */
  asked: Asked | undefined;
  /** The operation that it has been allowed to ask for and that is not answered yet. */
  step: ConductedStep | undefined;
  since: number;
  eventsWhenAsked: number;
  outcome: Outcome | undefined;
}

export async function conduct(store: Store, piece: Piece): Promise<Conducted> {
  const { lost } = store;
  if (!lost) return play(store, piece);
  try {
    return await unlessAborted(play(store, piece), lost);
  } catch (error) {
    // Whatever failed, it is because of that.
    throw lost.aborted ? lost.reason : error;
  }
}

async function play(store: Store, piece: Piece): Promise<Conducted> {
  refuse(store, piece.schedule);
  await store.reset(piece.rows, piece.tables);
  const players = await Promise.all(piece.tasks.map((_, i) => player(store, i + 1, serverOf(i, piece.servers ?? 1))));
  const steps: ConductedStep[] = [];
  const events: Event[] = [];
  const answers: { readonly player: Player; readonly reply: Reply; deliver(): void }[] = [];
  let arrived: (() => void) | undefined;
  const { patience = 1, signal } = piece;
  const deadlockMs = (store.deadlockMs ?? 0) * patience;

  /** Sends a task's operation to the store. Its answer is laid down, and handed over when it is its turn. */
  function send(player: Player, asked: Asked): void {
    const step: ConductedStep = {
      ...{ n: steps.length + 1, task: player.task, operation: asked.operation, sites: asked.sites },
      ...{ blockedBy: null, released: null, reply: null },
    };
    steps.push(step);
    Object.assign(player, { step, asked: undefined, since: performance.now(), eventsWhenAsked: events.length });
    const lay = (reply: Reply, deliver: () => void) => {
      answers.push({ player, reply, deliver });
      arrived?.();
    };
    answer(player, asked.operation).then(
      (value) => lay({ value: value as Json }, () => asked.resolve(value as never)),
      (error) => lay({ error: error instanceof StoreError ? error.code : "08006" }, () => asked.reject(error)),
    );
  }

  const answer = async ({ connection }: Player, operation: Operation): Promise<unknown> => {
    if (operation.kind !== "elapse") return connection.perform(operation);
    await pause(operation.ms + 10 * patience);
    return null;
  };

  /**
   * Hands over what has been answered, in the order of arrival; each task then runs up to its next operation. First of
   * all comes the operation that was asked last: it let the others go on, and a server wakes them before it answers.
   */
  async function handOver(): Promise<void> {
    // What else has arrived by now is heard of, too.
    await macrotask();
    const last = players.find(({ step }) => step?.n === steps.length);
    const at = answers.findIndex(({ player }) => player === last);
    if (last && at < 0 && last.step?.blockedBy === null) return;
    if (at > 0) answers.unshift(...answers.splice(at, 1));
    for (let next = answers.shift(); next; next = answers.shift()) {
      const { player, reply, deliver } = next;
      const step = player.step as ConductedStep;
      player.step = undefined;
      step.reply = reply;
      step.released = steps.length;
      // The model fails it at once, the server after it has waited for a moment.
      const isVictim = "error" in reply && reply.error === "40P01" && step.n === steps.length;
      if (isVictim) step.blockedBy = null;
      const { task, operation } = step;
      const waited = step.blockedBy !== null;
      events.push({ n: events.length + 1, task, operation, reply, asked: player.eventsWhenAsked, waited });
      deliver();
      await macrotask();
    }
  }

  /** Until everybody has been answered or waits. */
  async function settle(): Promise<void> {
    const waiting = players.filter(({ step }) => step !== undefined);
    if (waiting.length > 0)
      await Promise.race([
        pause(SOON_MS),
        new Promise<void>((resolve) => {
          arrived = resolve;
          if (answers.length > 0) resolve();
        }),
      ]);
    arrived = undefined;
    for (const began = performance.now(); ; await pause(LOOK_MS, undefined, { signal })) {
      await handOver();
      const held = answers.length;
      const outstanding = players.filter((player) => player.step && answers.every((answer) => answer.player !== player));
      const failed = events.length > 0 && "error" in (events.at(-1) as Event).reply;
      if (outstanding.length === 0 && held === 0 && !failed) return;
      const view = await store.lockView!(players.map(({ connection }) => connection));
      if (answers.length !== held) continue;
      // A backend says that a statement has failed before it lets the locks go.
      if (view.busy.size > 0 || outstanding.some(({ connection }) => !view.waiting.has(connection))) continue;
      const circle = hasCircle(view.waiting);
      for (const player of outstanding)
        if (player.step && player.step.blockedBy === null) {
          const behind = view.waiting.get(player.connection)?.behind ?? [];
          player.step.blockedBy = players.filter(({ connection }) => behind.includes(connection)).map(({ task }) => task);
        }
      // A wait may have become another one: for the next row, or in the same place behind somebody else.
      for (const player of outstanding) player.since = performance.now() - (view.waiting.get(player.connection)?.ms ?? 0);
      if (held > 0) continue;
      if (!circle || performance.now() - began > deadlockMs * PATIENCE + DETECTION_MS) return;
    }
  }

  /** A circle is found by whoever waits when its own timeout ends; it must be the one that closes it. */
  async function letWaitsAge(operation: Operation): Promise<void> {
    if (neverWaits.has(operation.kind)) return;
    const youngest = Math.max(...players.filter(({ step }) => step !== undefined).map(({ since }) => since));
    const missing = youngest + deadlockMs * PATIENCE - performance.now();
    if (missing > 0) await pause(missing, undefined, { signal });
  }

  try {
    for (const player of players) start(player, piece.tasks[player.task - 1]!);
    await macrotask();
    let told = 0;
    for (const choice of piece.schedule) {
      signal?.throwIfAborted();
      const player = players[playerOf(choice) - 1];
      if (!player) throw new ScheduleError(`there is no task ${formatChoice(choice)}, only ${players.length}`);
      const { asked } = player;
      if (!asked) continue;
      if (asked.operation.kind === "choose") choose(player, asked, choice, steps, events);
      else if (typeof choice === "number") {
        await letWaitsAge(asked.operation);
        send(player, asked);
        await settle();
      }
      await macrotask();
      if (steps.length > told) await piece.after?.(steps[told++] as ConductedStep);
    }
    const outcomes = players.map(({ outcome }) => outcome);
    const next = players.map(({ asked }) => asked ?? null);
    return { steps, history: { before: piece.rows, events: [...events], outcomes, after: await store.state() }, next };
  } finally {
    await Promise.all(players.map(({ connection }) => connection.close()));
  }
}

/** Says in a sentence why this schedule cannot be conducted there, where it cannot. */
export function refuse(store: Pick<Store, "lockView">, schedule: Schedule): void {
  if (!store.lockView)
    throw new Impossible(
      "no schedule can be conducted on this store: it does not say who waits for whom. PostgreSQL does: --store postgres:embedded, or postgres://user@localhost/database",
    );
  for (const choice of schedule) playerOf(choice);
}

const player = async (store: Store, task: number, server: Server): Promise<Player> => ({
  ...{ task, connection: await store.connect(undefined, server), asked: undefined, step: undefined, since: 0 },
  ...{ eventsWhenAsked: 0, outcome: undefined },
});

/** Runs a task's code up to its first operation. */
function start(player: Player, body: (session: Session) => Promise<unknown>): void {
  const perform: Perform = async (operation) => {
    // No schedule counts it as a step, and here time is what the schedule makes of it.
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
    (value) => ended(isOutcome(value) ? value : { status: "ok" }),
    (error) => ended({ status: "failed", detail: messageOf(error) }),
  );
}

const isOutcome = (value: unknown): value is Outcome => typeof value === "object" && value !== null && "status" in value;

const playerOf = (choice: Choice): number => {
  if (typeof choice === "number") return choice;
  if (choice.event === "choose") return choice.task ?? 0;
  throw new ScheduleError(
    `${formatChoice(choice)} cannot be conducted: on a real store nothing happens by itself because a schedule says so`,
  );
};

/** The environment's answer is the schedule's, not the store's. */
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
