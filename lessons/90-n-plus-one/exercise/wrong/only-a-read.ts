import { access, type Key, type Row, type Select, type Session, strategy } from "racelab";

export const misconception = 'reading outside the lock "because it is only a read"';
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

/** Writers take the lock. The list only reads, so it goes past. */
export default strategy({
  summary: "side-loading for the list, a mutex for the writers",
  cost: "three queries, three moments",
  requires: ["locks"],
  async run(work, session) {
    if (work.name === "list the orders") return work.body(sideLoading(session));
    for (const lock of work.keys) await session.acquire(lock, "server");
    try {
      return await work.body(session);
    } finally {
      for (const lock of work.keys) await session.release(lock, "server");
    }
  },
});
