import { access, Conflict, type Key, type Row, retry, strategy } from "racelab";

/** The version of the row, not its looks. It moves with every save, and never back. */
export default strategy({
  summary: "a version column: save only if it is the one that was read",
  cost: "every change has to go through the row that carries the version",
  requires: ["versions"],
  run: (work, session) =>
    retry(session, { attempts: 3, when: (error) => error instanceof Conflict }, () => {
      const versions = new Map<Key, number>();
      const find = async <R extends Row>(key: Key) => {
        const seen = await session.readVersioned(key);
        versions.set(key, seen?.version ?? 0);
        return (seen?.row ?? null) as R | null;
      };
      const write = async (key: Key, row: Row) => {
        if (!(await session.compareAndSet(key, row, versions.get(key) ?? 0))) throw new Conflict();
      };
      return work.body(access({ ...session, find, write }));
    }),
});
