// Source: medusajs/medusa pull request #11403. Two lines of a cart share an inventory item: the same key is locked twice, and the request waits for itself. And two carts with the same items in another order.
import { builtInNames, type Rows, type Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const all = (keys: string[]) => async (s: Session) => {
  for (const key of keys) await s.acquire(key);
  await s.updateWhere({ key: "stock/1", set: { left: ["-", "left", 1] } });
  for (const key of keys) await s.release(key);
};
const once = (keys: string[]) => all([...new Set(keys)].sort());
const rows: Rows = { "stock/1": { left: 9 } };

export default [
  broken("the same key twice", { rows, tasks: [all(["item-1", "item-1"])] }, builtInNames.deadlock),
  broken("two orders", { rows, tasks: [all(["a", "b"]), all(["b", "a"])] }, builtInNames.deadlock),
  right("each key once, sorted", { rows, tasks: [once(["a", "b", "a"]), once(["b", "a"])] }),
] satisfies readonly Variant[];
