/**
 * Catches a task that asks the clock, chance or a timer instead of its session: then it is no function of its replies, and
 * whether two runs differ is luck. These functions are replaced while a task's own code runs, and only then.
 *
 * A task runs in microtasks. `process.nextTick` calls back when they are done and before anything else, timers and answers
 * of the network included, can run. So everybody else has the functions as they were, a test's fake timers too.
 */
import { callSites, ownFilesIn, stackHere } from "../core/source-line.js";

/** A forbidden call: what was called, `file:line`, and what to do instead. */
export interface ForeignCall {
  readonly name: string;
  readonly at: string;
  readonly instead: string;
  /** False: the stack does not say whether the task made it, as in a callback of `then`. Then it must be seen again. */
  readonly isCertain: boolean;
}

const TIME = 'Hand the time in as input, or draw it: session.choose("time", ["before", "after"])';
const CHANCE = 'Draw it: session.choose("draw", ["a", "b"]), or hand it in as input';

interface Trap {
  readonly name: string;
  /** The object that has the function; undefined: this runtime has none. */
  readonly of: () => object | undefined;
  /** It is not called: what it begins would go on when the task is long judged. */
  readonly begins: boolean;
  readonly key: string;
  readonly instead: string;
}

const trap = (name: string, of: Trap["of"], instead: string): Trap => ({
  name,
  of,
  key: name.split(".").at(-1)!,
  begins: of() === globalThis,
  instead,
});
const world = globalThis as unknown as { [name: string]: object | undefined };

const traps: readonly Trap[] = [
  trap("setTimeout", () => globalThis, "Use session.sleep(ms)"),
  trap("setInterval", () => globalThis, "Use session.sleep(ms) in a loop"),
  trap("setImmediate", () => globalThis, "Use session.sleep(0)"),
  trap("fetch", () => globalThis, "Use session.call(service, request)"),
  trap("Math.random", () => Math, CHANCE),
  trap("crypto.randomUUID", () => world["crypto"], CHANCE),
  trap("crypto.getRandomValues", () => world["crypto"], CHANCE),
  trap("Date.now", () => Date, TIME),
  trap("performance.now", () => world["performance"], TIME),
  trap("process.hrtime", () => world["process"], TIME),
  trap("process.uptime", () => world["process"], TIME),
];

/** Puts things back as they were before. */
type Undo = () => void;

/** Files of racelab's own between `run.ts` and the code of a task. */
const between: ReadonlySet<string> = new Set(["simulator/site", "simulator/options"]);

let nobodyElse = false;
/** In this process nothing but tasks runs, so what no file of racelab's has called, a task has called. */
export const onlyTasksRunHere = (): void => {
  nobodyElse = true;
};

/** Watches what runs from now on, until the microtasks are done. One at a time: see `inTurn`. */
export function watchForeign(caught: (call: ForeignCall) => void): void {
  const undo: Undo[] = [];
  let isOver = false;
  const call = (name: string, instead: string): boolean => {
    if (isOver) return false;
    const stack = stackHere();
    const at = callSites(stack)[0];
    // Microtasks of others come in between: of a test that goes on meanwhile, of another search. The task's own code is
    // started by run.ts, with nothing but session and strategy between. A search's own code is called from its other files.
    const [from] = ownFilesIn(stack).filter((file) => !file.startsWith("core/") && !between.has(file));
    const isCertain = from === "simulator/run" || (from === undefined && nobodyElse);
    if (!at || (from?.startsWith("simulator/") && !isCertain)) return false;
    caught({ name, at, instead, isCertain });
    return isCertain;
  };
  for (const { name, of, key, begins, instead } of traps) {
    const owner = of();
    const called = () => call(name, instead) && begins;
    if (owner) undo.push(replaced(owner, key, (original) => watched(original, called)));
  }
  undo.push(replaced(globalThis, "Date", (original) => watchedDate(original, () => call("new Date()", TIME))));
  // From within a microtask: otherwise it would run before the microtasks of the caller.
  queueMicrotask(() =>
    process.nextTick(() => {
      isOver = true;
      for (const one of undo.reverse()) one();
    }),
  );
}

/**
 * Tells what a piece of work does from what others do meanwhile, through all its promises. That costs each promise of the
 * process time, tens of times what it took before, until `end`. So it is used once there is a suspicion, and ended.
 */
export function contextOfOne(): { run<T>(work: () => T): T; isInside(): boolean; end(): void } {
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  const inside = new AsyncLocalStorage<true>();
  return { run: (work) => inside.run(true, work), isInside: () => inside.getStore() === true, end: () => inside.disable() };
}

let turn: Promise<void> | null = null;

/** Runs one piece of work after the other, so that a forbidden call is that of the task which is watched. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  while (turn) await turn;
  let end: () => void = () => {};
  turn = new Promise((resolve) => {
    end = resolve;
  });
  try {
    return await work();
  } finally {
    turn = null;
    end();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: functions of any type pass through
type Any = any;

/** `called` answers whether to leave the call at that. */
const watched = (original: Any, called: () => boolean): Any =>
  new Proxy(original, {
    apply(target, self, args) {
      return called() ? undefined : Reflect.apply(target, self, args);
    },
    get(target, key) {
      const value = Reflect.get(target, key);
      // process.hrtime.bigint
      return key === "bigint" ? watched(value, called) : value;
    },
  });

/** `new Date(text)` depends on its text alone; without an argument, or called as a function, it is the clock. */
const watchedDate = (original: Any, called: () => unknown): Any =>
  new Proxy(original, {
    apply(target, self, args) {
      called();
      return Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget) {
      if (args.length === 0) called();
      return Reflect.construct(target, args, newTarget);
    },
  });

/** Replaces a property by an own one. A fake of it that a test has put there is replaced and comes back likewise. */
function replaced(owner: object, key: string, by: (original: Any) => Any): Undo {
  const own = Object.getOwnPropertyDescriptor(owner, key);
  const original = Reflect.get(owner, key);
  if (typeof original !== "function" || own?.configurable === false) return () => {};
  const value = by(original);
  Object.defineProperty(owner, key, { value, configurable: true, writable: true, enumerable: own?.enumerable ?? false });
  return () => {
    // What replaced it in between, by a task's hand, stays.
    if (Reflect.get(owner, key) !== value) return;
    if (own) Object.defineProperty(owner, key, own);
    else Reflect.deleteProperty(owner, key);
  };
}
