import type { History } from "../core/history.js";
import type { Rows } from "../core/operation.js";
import type { Property } from "../core/property.js";

/** A property that did not hold, and how. */
export interface Broken {
  readonly property: string;
  readonly sentence: string;
  /** The event after which an invariant broke; absent: at the end, or of the history as a whole. */
  readonly after?: number;
}

/**
 * Which properties does this history break? `rows` are the committed rows after each event.
 * An invariant is reported once, at the first event that broke it.
 */
export const broken = (properties: readonly Property[], history: History, rows: readonly Rows[]): readonly Broken[] =>
  properties.flatMap((property): readonly Broken[] => {
    if (property.kind === "history") return found(property.name, property.test(history));
    if (property.kind === "outcome")
      return found(property.name, property.test({ before: history.before, rows: history.after, outcomes: history.outcomes }));
    for (const [i, after] of rows.entries()) {
      const sentence = property.test(after, history.before);
      if (sentence !== null) return [{ property: property.name, sentence, after: i + 1 }];
    }
    // The rows of other services are not among the rows after each event, but they are among the final rows.
    return found(property.name, property.test(history.after, history.before));
  });

const found = (property: string, sentence: string | null): readonly Broken[] =>
  sentence === null ? [] : [{ property, sentence }];
