import { access, type Key, type Row, type Select, type Session, strategy } from "racelab";

export const misconception = "a transaction alone prevents lost updates";
export const breaks = "a list shows one moment";

/** Remembers the ids that the list names; the first row wanted of a table brings all of them. */
function sideLoading(session: Session): Session {
  const named = new Map<string, Set<string>>();
  const loaded = new Map<Key, Row>();
  const select = async (asked: Select) => {
    const rows = await session.select(asked);
    for (const row of rows)
      for (const [column, value] of Object.entries(row))
        if (typeof value === "string") named.set(`${column}s`, (named.get(`${column}s`) ?? new Set()).add(value));
    return rows;
  };
  const find = async <R extends Row>(key: Key) => {
    const [table = "", id = ""] = key.split("/");
    const ids = named.get(table);
    if (!ids?.has(id)) return session.find<R>(key);
    if (!loaded.has(key)) {
      const wanted = [...ids].sort().map((text) => ({ text }));
      for (const row of await session.select({ table, where: ["in", "id", wanted] })) loaded.set(`${table}/${row["id"]}`, row);
    }
    return (loaded.get(key) ?? null) as R | null;
  };
  return { ...session, ...access({ ...session, select, find }) };
}

/** Few queries, and a transaction around them. At read committed each of the three still sees a moment of its own. */
export default strategy({
  summary: "side-loading between BEGIN and COMMIT, at the default level",
  cost: "orders from before, riders from after",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(sideLoading(session))),
});
