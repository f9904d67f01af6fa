import { access, type Condition, Conflict, type Expression, type Json, type Key, type Row, retry, strategy } from "racelab";

export const misconception = "comparing values instead of versions";
export const breaks = "nothing is accepted that does not fit into the oven";

const literal = (value: Json): Expression => (typeof value === "string" ? { text: value } : (value as number));

/** Every single column is compared. A row that went away and came back has the same ones. */
export default strategy({
  summary: "UPDATE … WHERE every column is what was read, three attempts",
  cost: "it takes equal for unchanged",
  requires: ["conditional-update"],
  run: (work, session) =>
    retry(session, { attempts: 3, when: (error) => error instanceof Conflict }, () => {
      const seen = new Map<Key, Row>();
      const find = async <R extends Row>(key: Key) => {
        const row = await session.find<R>(key);
        if (row) seen.set(key, row);
        return row;
      };
      const write = async (key: Key, row: Row) => {
        const where = Object.entries(seen.get(key) ?? {})
          .map(([column, value]): Condition => ["=", column, literal(value)])
          .reduce((all, one): Condition => ["and", all, one], true);
        const set = Object.fromEntries(Object.entries(row).map(([column, value]) => [column, literal(value)]));
        if ((await session.updateWhere({ key, where, set })) === 0) throw new Conflict();
      };
      return work.body(access({ ...session, find, write }));
    }),
});
