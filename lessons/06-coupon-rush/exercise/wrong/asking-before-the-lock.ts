import { access, type Key, type Row, strategy } from "racelab";

export const misconception = 'reading outside the lock "because it is only a read"';
export const breaks = "never two to one user";

/** Has the user got one? Asked before the lock, and believed inside it. The slip is numbered, so nothing objects. */
export default strategy({
  summary: "row lock on the counter, the user's slip looked up beforehand",
  cost: "a double click is two coupons",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    const { user } = work.request!.payload as { user: string };
    const before = await session.find(`issued/${user}`);
    return session.transaction("read committed", async () => {
      let number = 0;
      const find = async <R extends Row>(key: Key) => {
        if (key.startsWith("issued/")) return before as R | null;
        const row = await session.selectForUpdate(key);
        number = Number(row?.["left"]);
        return row as R | null;
      };
      const insert = (key: Key, row: Row) => session.insert(`${key}/no-${number}`, row);
      return work.body(access({ ...session, find, insert }));
    });
  },
});
