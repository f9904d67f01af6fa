import { access, type Expression, type Json, type Key, type Row, rejected, strategy } from "racelab";

export const misconception = "a tag that leaves something out";
export const breaks = "the new address is kept";

const literal = (value: Json): Expression => (typeof value === "string" ? { text: value } : (value as number));

/** The ETag is computed from what the list shows: status or number of pizzas. The address is not on the list. */
export default strategy({
  summary: "an ETag over the columns that the list shows; a stale one gets 412",
  cost: "a change that is not in the tag can be overwritten, and nobody gets 412",
  requires: ["conditional-update"],
  async run(work, session) {
    let late = false;
    const seen = new Map<Key, Row>();
    const find = async <R extends Row>(key: Key) => {
      const row = await session.find<R>(key);
      if (row) seen.set(key, row);
      return row;
    };
    const write = async (key: Key, row: Row) => {
      const before = seen.get(key) ?? {};
      const column = "status" in before ? "status" : "pizzas";
      const set = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, literal(value)]));
      const where = ["=", column, literal(before[column] ?? null)] as const;
      late ||= (await session.updateWhere({ key, where, set })) === 0;
    };
    const outcome = await work.body(access({ ...session, find, write }));
    return late ? rejected("412: the order has changed since you looked") : outcome;
  },
});
