/**
 * What the model says of a schedule that is conducted on a real store. There a choice lets a task send its operation, and
 * a task that waits goes on as soon as it can, in an order that the server chooses. So a schedule is an order of asking:
 * a choice for a waiting task is passed over, and one order has a set of traces, found by trying every order in which
 * waiters go on.
 */

import { canonicalText } from "../core/canonical-text.js";
import type { Operation, Reply, Rows } from "../core/operation.js";
import { random } from "../core/random.js";
import { type Choice, formatChoice, type Schedule, taskOf } from "../core/schedule.js";
import { eventOf } from "./record.js";
import type { Space } from "./space.js";
import { taskStatusOf } from "./views.js";
import { Walker, type WalkOption } from "./walk.js";

/** One operation that a task asked for, and its result. */
export interface ModelStep {
  readonly task: number;
  readonly operation: Operation;
  /** The tasks that it waited for; null: it did not have to wait. */
  readonly blockedBy: readonly number[] | null;
  /** The number of the step that let it go on, from 1; null: it still waits. */
  readonly released: number | null;
  readonly reply: Reply | null;
}

export interface ModelTrace {
  readonly steps: readonly ModelStep[];
  readonly rows: Rows;
  /** Why the model does not know how it goes on: it ends there. */
  readonly beyondModel?: string;
}

/** A state in which every task has been answered or waits. */
interface Still {
  readonly walker: Walker;
  readonly steps: readonly ModelStep[];
  /** The waiting tasks, in order of arrival, and the number of the step with which each waits. */
  readonly waiting: ReadonlyMap<number, number>;
  /** A task was asked where the model does not know what the server would do: nothing is known from here on. */
  readonly beyondModel?: string;
}

const start = (space: Space): Still => ({ walker: new Walker(space), steps: [], waiting: new Map() });

/** All traces of an order of asking. A choice for a task that waits or has ended is passed over. */
export async function tracesOf(space: Space, order: Schedule): Promise<readonly ModelTrace[]> {
  let stills: readonly Still[] = [start(space)];
  for (const choice of order) {
    const next: Still[] = [];
    for (const still of stills) next.push(...(await ask(still, choice, true)));
    stills = distinct(next);
  }
  return Promise.all(stills.map(traceOf));
}

async function traceOf(still: Still): Promise<ModelTrace> {
  const { walker, steps, waiting } = still;
  // A task that waits could go on by itself, so what is not known matters without a further choice.
  const beyondModel = still.beyondModel ?? (waiting.size > 0 ? await whyBeyond(walker) : null);
  return { steps, rows: walker.space.rows(walker.tuple), ...(beyondModel !== null && { beyondModel }) };
}

/** Why the model does not know what happens next; null: it knows. */
async function whyBeyond(walker: Walker): Promise<string | null> {
  await walker.options();
  return walker.space.beyondModel(walker.tuple)[0] ?? null;
}

const key = ({ walker, steps, waiting }: Still): string =>
  `${walker.tuple.join()} ${walker.who.join()} ${[...waiting].join()} ${canonicalText(steps)}`;
const distinct = (stills: readonly Still[]): readonly Still[] =>
  stills.length < 2 ? stills : [...new Map(stills.map((still) => [key(still), still])).values()];

/** One choice, and what follows from it until every task is answered or waits; with `all`, in every order. */
async function ask(still: Still, choice: Choice, all: boolean): Promise<readonly Still[]> {
  const { walker, steps, waiting } = still;
  const task = taskOf(choice) ?? 0;
  const operation = walker.space.seats.operation(walker.seatOf(task));
  if (!operation || waiting.has(task) || still.beyondModel !== undefined) return [still];
  const beyondModel = await whyBeyond(walker);
  if (beyondModel !== null) return [{ ...still, beyondModel }];
  const text = formatChoice(choice);
  const next = walker.copy();
  const option = (await next.options()).find((option) => formatChoice(option.choice) === text);
  const n = steps.length + 1;
  const event = option && eventOf(next, option, n);
  if (option) next.take(option);
  if (event) {
    const step: ModelStep = { task, operation, blockedBy: null, released: n, reply: event.reply };
    return settle({ walker: next, steps: [...steps, step], waiting }, all);
  }
  // A choice of the environment that is not possible now.
  if (typeof choice === "object") return [still];
  const { blockedBy } = taskStatusOf(next, task, false);
  const step: ModelStep = { task, operation, blockedBy, released: null, reply: null };
  return settle({ walker: next, steps: [...steps, step], waiting: new Map([...waiting, [task, n]]) }, all);
}

/** Lets waiting tasks go on that can: in every order (`all`), or in order of arrival. */
async function settle(still: Still, all: boolean, seen = new Set<string>()): Promise<readonly Still[]> {
  const stills: Still[] = [];
  let rest = true;
  for (const task of still.waiting.keys()) {
    const walker = still.walker.copy();
    const option = (await walker.options()).find(({ choice }) => choice === task);
    if (!option) continue;
    rest = false;
    const after = goOn(still, walker, option, task);
    const text = key(after);
    if (!seen.has(text)) {
      seen.add(text);
      stills.push(...(await settle(after, all, seen)));
    }
    if (!all) break;
  }
  return rest ? [still] : distinct(stills);
}

function goOn({ steps, waiting }: Still, walker: Walker, option: WalkOption, task: number): Still {
  const event = eventOf(walker, option, steps.length);
  walker.take(option);
  if (!event) return { walker, steps, waiting };
  const n = waiting.get(task) as number;
  const done = { ...(steps[n - 1] as ModelStep), released: steps.length, reply: event.reply };
  return { walker, steps: steps.with(n - 1, done), waiting: new Map([...waiting].filter(([other]) => other !== task)) };
}

/** The choices that let a task ask. */
async function choices({ walker, waiting, beyondModel }: Still): Promise<readonly Choice[]> {
  if (beyondModel !== undefined) return [];
  const { space } = walker;
  const free = Array.from({ length: space.tasks }, (_, i) => i + 1).filter(
    (task) => !waiting.has(task) && space.seats.operation(walker.seatOf(task)),
  );
  return free.flatMap((task): readonly Choice[] => {
    const operation = space.seats.operation(walker.seatOf(task));
    if (operation?.kind !== "choose") return [task];
    return operation.options.map((_, i) => ({ event: "choose", task, option: i + 1 }));
  });
}

interface Orders {
  readonly orders: readonly Schedule[];
  /** True: all orders. False: a sample. */
  readonly complete: boolean;
}

/**
 * Orders of asking: all where there are at most `most`. Otherwise a sample by random walks: first the walks that reach a
 * state that no earlier walk reached, then others.
 */
export async function orders(space: Space, most: number, seed: number): Promise<Orders> {
  const all: Schedule[] = [];
  if (await every(start(space), [], all, most)) return { orders: all, complete: true };
  const chance = random(seed);
  const seen = new Set<string>();
  const [covering, others] = [new Map<string, Schedule>(), new Map<string, Schedule>()];
  for (let walks = 0; walks < most * 3 && covering.size < most; walks++) {
    const { order, isNew } = await walk(space, chance, seen);
    (isNew ? covering : others).set(order.map(formatChoice).join(""), order);
  }
  return { orders: [...covering.values(), ...others.values()].slice(0, most), complete: false };
}

/** Collects all orders, depth first; false: there are more than `most`. */
async function every(still: Still, order: readonly Choice[], all: Schedule[], most: number): Promise<boolean> {
  const next = await choices(still);
  if (next.length === 0) all.push(order);
  if (all.length > most) return false;
  for (const choice of next) {
    const [after] = await ask(still, choice, false);
    if (!(await every(after as Still, [...order, choice], all, most))) return false;
  }
  return true;
}

async function walk(space: Space, chance: () => number, seen: Set<string>): Promise<{ order: Schedule; isNew: boolean }> {
  const order: Choice[] = [];
  let isNew = false;
  let still = start(space);
  for (let next = await choices(still); next.length > 0; next = await choices(still)) {
    const choice = next[Math.floor(chance() * next.length)] as Choice;
    order.push(choice);
    still = (await ask(still, choice, false))[0] as Still;
    const situation = still.walker.tuple.join();
    isNew ||= !seen.has(situation);
    seen.add(situation);
  }
  return { order, isNew };
}
