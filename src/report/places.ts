/** Where in a history there is something to see: the lost updates, or, under a protection, the waits and conflicts it costs. */
import type { Observation } from "../core/verdict.js";
import { value } from "./event.js";
import { loses, type Note } from "./trace.js";

export interface Place {
  /** "lost update", "wait", "conflict". */
  readonly what: string;
  /** The requests involved, one lane each. */
  readonly tasks: readonly number[];
  /** The event (`n`) to look at first. */
  readonly at: number;
  readonly explanation: string;
}

type Seen = Pick<Observation, "history" | "violations">;

export function places(observation: Seen, notes: readonly Note[]): Place[] {
  const lost = lostUpdates(observation, notes);
  if (lost.length > 0) return lost;
  const costs = [...conflicts(observation, notes), ...waits(observation, notes)].sort((one, other) => one.at - other.at);
  return costs.length > 0 ? costs : undisturbed(observation);
}

const unique = (tasks: readonly number[]): number[] => [...new Set(tasks)].sort((one, other) => one - other);

function lostUpdates({ history, violations }: Seen, notes: readonly Note[]): Place[] {
  const told = violations.flatMap(({ anomaly, events, tasks, explanation, property }): Place[] =>
    events.length > 1 && tasks.length > 0
      ? [{ what: anomaly ?? property, tasks: unique(tasks), at: Math.max(...events), explanation }]
      : [],
  );
  // One kind after the other, in the order in which a checker thought them clearest.
  if (told.length > 0)
    return [...new Set(told.map(({ what }) => what))].flatMap((kind) => told.filter(({ what }) => what === kind));
  return history.events.flatMap(({ n, task, operation }, index): Place[] => {
    const { stale } = notes[index] ?? {};
    if (!stale || !loses(notes[index] ?? {}) || operation.kind !== "write") return [];
    const explanation =
      `Request ${task} writes ${value(operation.row)} at step ${n}, from a copy that request ${stale.by} had made stale at step ` +
      `${stale.since}. What request ${stale.by} wrote is gone, and neither of them can tell.`;
    return [{ what: "lost update", tasks: unique([task, stale.by]), at: n, explanation }];
  });
}

const conflicts = ({ history }: Seen, notes: readonly Note[]): Place[] =>
  history.events.flatMap(({ n, task }, index): Place[] => {
    const { conflict, stale } = notes[index] ?? {};
    if (!conflict) return [];
    const who = stale ? `request ${stale.by} has written since, at step ${stale.since}` : "somebody has written since";
    const explanation = `Request ${task} compares versions at step ${n}: ${who}. Nothing is written, so nothing is lost; request ${task} has to do its work again.`;
    return [{ what: "conflict", tasks: unique(stale ? [task, stale.by] : [task]), at: n, explanation }];
  });

const waits = ({ history }: Seen, notes: readonly Note[]): Place[] =>
  history.events.flatMap(({ n, task, asked, waited }, index): Place[] => {
    if (!waited) return [];
    const freed = notes[index]?.waitedFor;
    const until = freed?.task ? `until request ${freed.task} let go at step ${freed.n}` : "until it was free";
    const explanation =
      `Request ${task} asked after step ${asked} and waited ${until}. ` +
      "Then it read what was really there: nothing is lost. The wait is the price.";
    return [{ what: "wait", tasks: unique(freed?.task ? [task, freed.task] : [task]), at: n, explanation }];
  });

/** Nothing went wrong and nobody was in the way: the first two requests, so that there is a picture all the same. */
function undisturbed({ history }: Seen): Place[] {
  const tasks = unique(history.events.slice(0, 8).map(({ task }) => task)).slice(0, 2);
  const at = history.events[0]?.n;
  if (at === undefined) return [];
  return [
    { what: "first requests", tasks, at, explanation: "No request got in the way of another: nothing lost, nothing waited for." },
  ];
}

/** "Lost update 3 of 81": the place among those of its kind. */
export function placeName(all: readonly Place[], index: number): string {
  const what = all[index]?.what ?? "";
  const before = all.slice(0, index).filter((place) => place.what === what).length;
  const name = what.charAt(0).toUpperCase() + what.slice(1);
  return `${name} ${before + 1} of ${all.filter((place) => place.what === what).length}`;
}
