import type { History } from "../core/history.js";
import type { Violation } from "../core/verdict.js";
import { type AnomalyOptions, namedAnomalies, recognized } from "./named-anomalies.js";
import { unnamedCycle } from "./told-cycle.js";
import { validHistory } from "./valid-history.js";

/**
 * The named anomalies of a history, the clearest first: "lost update", "write skew", "dirty read", … An anomaly need not do
 * harm: the properties say whether it does. First comes what no order of steps can explain: "unwritten read", "future
 * read", "own write not seen", "the end is not the history's". In a history in the order of replies an anomaly is named
 * only if the order of its events is certain.
 *
 * Last comes the cycle of a history that is not serializable and has no anomaly between all tasks of that cycle: "fuzzy
 * read", "long fork", "read-only anomaly", "circular information flow", else the name that `checkSerializable` gives it.
 *
 * Throws a `TypeError` that names the event where the history is not what `History` says.
 *
 * ```ts
 * const buy = async ({ read, write }: Session) => {
 *   const { left } = await read<{ left: number }>("stock/1");
 *   await write("stock/1", { left: left - 1 });
 * };
 * const history = await replay({ rows: { "stock/1": { left: 2 } }, tasks: [buy, buy] }, "1221");
 * console.log(anomalies(history).map(({ anomaly, events }) => [anomaly, events])); // [ [ 'lost update', [ 1, 3, 4 ] ] ]
 * ```
 */
export function anomalies(history: History, options: AnomalyOptions = {}): Violation[] {
  validHistory(history);
  const { trace, words, certain } = recognized(history, options);
  return [...namedAnomalies(history, options), ...unnamedCycle(trace, words, certain)];
}
