import type { History } from "../core/history.js";
import { orderOrCycle, type Serializability } from "./cycles.js";
import { validHistory } from "./valid-history.js";
import { versions } from "./versions.js";

/**
 * Is there an order of the transactions, one after the other, that explains every read and every final row? Outside
 * transactions a task counts as one.
 *
 * ```ts
 * const swap = (from: string, to: string) => async ({ transaction, read, write }: Session) =>
 *   transaction("repeatable read", async () => write(to, await read(from)));
 * const rows = { "seat/1": { by: "Mina" }, "seat/2": { by: "Joon" } };
 * const history = await replay({ rows, tasks: [swap("seat/1", "seat/2"), swap("seat/2", "seat/1")] }, "11221212");
 * const answer = checkSerializable(history);
 * console.log(answer.serializable === true ? "in order" : answer.name); // G2-item
 * ```
 */
export function checkSerializable(history: History): Serializability {
  validHistory(history);
  return orderOrCycle(versions(history));
}
