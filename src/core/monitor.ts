/**
 * A property of the whole history that can be followed step by step: what a monitor remembers is part of the explored state, so
 * schedules after which it remembers the same are counted together. A property of kind "history" sees every schedule by
 * itself, and a search can follow a few hundred thousand of them at most.
 */
import type { Event, History } from "./history.js";
import type { Json } from "./operation.js";

/**
 * What a monitor remembers, as plain data: something for each task, by its number minus one, and something for all. Identical
 * tasks are interchangeable, so a task is named by its place in `own` alone.
 */
export interface Watched {
  readonly own: readonly Json[];
  readonly all?: Json;
}

/** An operation that was answered. */
export type WatchedEvent = Pick<Event, "task" | "operation" | "reply">;

/** Pure functions: called with what they returned. Few values, or the search has many states. */
export interface Monitor<Says = string> {
  start(tasks: number): Watched;
  /** This task has something to do and cannot go on now. Asked again in every state in which that is so. */
  waits?(watched: Watched, task: number): Watched;
  /** After each operation. `broken`: the property is broken, for good, and how. */
  step(watched: Watched, event: WatchedEvent): Watched | { readonly broken: Says };
}

export const isMonitor = (value: unknown): value is Monitor<unknown> => {
  const { start, step } = (value ?? {}) as Partial<Monitor<unknown>>;
  return typeof start === "function" && typeof step === "function";
};

/** Where and how a history breaks the property; null: it keeps it. */
export function firstBreak(
  monitor: Monitor,
  { events, outcomes }: Pick<History, "events" | "outcomes">,
): { readonly n: number; readonly says: string } | null {
  let watched = monitor.start(outcomes.length);
  const next = outcomes.map((_, i) => events.filter(({ task }) => task === i + 1));
  for (const event of events) {
    for (const [own] of next) {
      // It was blocked in the state that this event changes.
      if (own?.waited && own.asked < event.n) watched = monitor.waits?.(watched, own.task) ?? watched;
    }
    const after = monitor.step(watched, event);
    if ("broken" in after) return { n: event.n, says: after.broken };
    watched = after;
    next[event.task - 1]!.shift();
  }
  return null;
}
