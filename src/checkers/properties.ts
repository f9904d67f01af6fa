import type { History } from "../core/history.js";
import { firstBreak } from "../core/monitor.js";
import type { Rows } from "../core/operation.js";
import type { Property } from "../core/property.js";

/** A property that did not hold, and how. */
export interface Broken {
  readonly property: string;
  readonly sentence: string;
  /** The event after which an invariant broke, or with which a monitor saw it; absent: at the end, or of the history as a whole. */
  readonly after?: number;
}

/**
 * Which properties does this history break? `rows` are the committed rows after each event.
 * An invariant is reported once, at the first event that broke it.
 */
export const broken = (properties: readonly Property[], history: History, rows: readonly Rows[]): readonly Broken[] =>
  properties.flatMap((property): readonly Broken[] => {
    if (property.kind === "history") return found(property.name, property.test(history));
    if (property.kind === "monitor") {
      const broken = firstBreak(property.monitor, history);
      return broken ? [{ property: property.name, sentence: broken.says, after: broken.n }] : [];
    }
    if (property.kind === "outcome")
      return found(property.name, property.test({ before: history.before, rows: history.after, outcomes: history.outcomes }));
    for (const [i, after] of rows.entries()) {
      const sentence = property.test(after, history.before);
      if (sentence !== null) return [{ property: property.name, sentence, after: i + 1 }];
    }
    // Where the order of effects is not known there are no rows after each event, only the final ones.
    return found(property.name, property.test(history.after, history.before));
  });

const found = (property: string, sentence: string | null): readonly Broken[] =>
  sentence === null ? [] : [{ property, sentence }];

/**
 * The events with which an execution breaks its properties: from each on, the property says so until the end. `rows`: after
 * each event; `outcomes`: of the tasks that are done after each event.
 */
export function breakingEvents(
  properties: readonly Property[],
  history: History,
  rows: readonly Rows[],
  outcomes: readonly History["outcomes"][],
): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  const { before, events } = history;
  for (const property of properties) {
    if (property.kind === "monitor") {
      const broken = firstBreak(property.monitor, history);
      if (broken) found.set(broken.n, [...(found.get(broken.n) ?? []), property.name]);
      continue;
    }
    const isBroken = (i: number): boolean => {
      const after = rows[i]!;
      if (property.kind === "invariant") return property.test(after, before) !== null;
      const so = { before, outcomes: outcomes[i]! };
      if (property.kind === "outcome") return property.test({ ...so, rows: after }) !== null;
      return property.test({ ...history, ...so, events: events.slice(0, i + 1), after }) !== null;
    };
    const first = property.kind === "invariant" ? events.findIndex((_, i) => isBroken(i)) : suffix(events.length, isBroken);
    const n = events[first]?.n;
    if (n !== undefined) found.set(n, [...(found.get(n) ?? []), property.name]);
  }
  return found;
}

/** The first index from which the test passes to the end; `length` if it does not pass at the end. */
function suffix(length: number, test: (index: number) => boolean): number {
  let first = length;
  while (first > 0 && test(first - 1)) first--;
  return first;
}
