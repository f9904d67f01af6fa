import { access, isSerializationFailure, type Key, type Row, retry, type Select, type Session, strategy } from "racelab";

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

/** Three queries, and one snapshot for all three. */
export default strategy({
  summary: "orders, all restaurants, all riders, at repeatable read",
  cost: "the page can be a moment old; a writer that collides with another begins again",
  requires: ["transactions", "snapshots"],
  run: (work, session) =>
    retry(session, { attempts: 4, when: isSerializationFailure }, () =>
      session.transaction("repeatable read", () => work.body(sideLoading(session))),
    ),
});
