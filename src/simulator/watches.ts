/**
 * Monitors in product with the state. What they keep for a task is part of its seat, what they keep for all is one more entry
 * of the state: so graph, counts, symmetry and the search for the smallest counterexample know nothing of them.
 */
import type { Watched, WatchedEvent } from "../core/monitor.js";
import type { Json } from "../core/operation.js";
import type { Property } from "../core/property.js";
import { Interner } from "./intern.js";

export type MonitorProperty = Extract<Property, { kind: "monitor" }>;

/** What one monitor keeps for all, or how its property is broken. */
type ForAll = { readonly keeps: Json } | { readonly broken: string };

/** What all monitors keep, by numbers: for each task (from 1; 0 is the seat of a task that nobody watches), and for all. */
export interface Kept {
  readonly own: readonly number[];
  readonly all: number;
}

/** What happened, by numbers. */
export interface Happening {
  readonly task: number;
  readonly operation: number;
  readonly reply: number;
}

export class Watches {
  readonly #own = new Interner<readonly Json[]>();
  readonly #all = new Interner<readonly ForAll[]>();
  readonly #known = new Map<string, Kept>();

  constructor(
    readonly monitors: readonly MonitorProperty[],
    readonly tasks: number,
  ) {}

  /** The largest number given so far. */
  get largest(): number {
    return Math.max(this.#own.values.length, this.#all.values.length);
  }

  /** In the first state. `waiting`: the tasks that cannot go on in it. */
  start(waiting: readonly number[]): Kept {
    return this.#kept(this.monitors.map((_, i) => this.#waits(i, this.monitors[i]!.monitor.start(this.tasks), waiting)));
  }

  /** After a step. `happened` null: no operation was answered. `waiting`: the tasks that cannot go on in the state after it. */
  after(before: Kept, happened: Happening | null, event: (what: Happening) => WatchedEvent, waiting: readonly number[]): Kept {
    const what = happened ? `${happened.task} ${happened.operation} ${happened.reply}` : "";
    const key = `${before.own.join(" ")},${before.all},${waiting.join(" ")},${what}`;
    const known = this.#known.get(key);
    if (known) return known;
    const after = this.#watched(before).map((watched, i) => {
      if ("broken" in watched) return watched;
      const now = happened ? this.monitors[i]!.monitor.step(watched, event(happened)) : watched;
      return "broken" in now ? now : this.#waits(i, now, waiting);
    });
    const kept = this.#kept(after);
    this.#known.set(key, kept);
    return kept;
  }

  /** The properties that are broken, and how. */
  broken(all: number): ReadonlyMap<string, string> {
    const broken = new Map<string, string>();
    for (const [i, one] of this.#all.get(all).entries()) if ("broken" in one) broken.set(this.monitors[i]!.name, one.broken);
    return broken;
  }

  #waits(i: number, watched: Watched, waiting: readonly number[]): Watched {
    const { monitor } = this.monitors[i]!;
    return waiting.reduce((one, task) => monitor.waits?.(one, task) ?? one, watched);
  }

  #kept(list: readonly (Watched | { readonly broken: string })[]): Kept {
    const own = Array.from({ length: this.tasks }, (_, task) =>
      this.#own.id(list.map((one) => ("broken" in one ? null : (one.own[task] ?? null)))),
    );
    const all = this.#all.id(list.map((one): ForAll => ("broken" in one ? { broken: one.broken } : { keeps: one.all ?? null })));
    return { own: own.map((number) => number + 1), all };
  }

  #watched({ own, all }: Kept): readonly (Watched | { readonly broken: string })[] {
    return this.#all
      .get(all)
      .map((one, i) => ("broken" in one ? one : { own: own.map((number) => this.#own.get(number - 1)[i]!), all: one.keeps }));
  }
}

export const monitorsOf = (properties: readonly Property[] = []): readonly MonitorProperty[] =>
  properties.filter((property) => property.kind === "monitor");
