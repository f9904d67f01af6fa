import { ok, rejected, strategy } from "racelab";

type Meeting = { id: number; from: number; to: number };

/**
 * A transaction, and FOR UPDATE on every booking that overlaps. In a free room there is none.
 * Asked for: a row lock, without serializable and without a named lock.
 */
export default strategy({
  summary: "lock the overlapping bookings, then insert",
  cost: "two meetings in one room",
  requires: ["transactions", "row-locks"],
  run: (work, session) =>
    session.transaction("read committed", async () => {
      const wanted = work.request!.payload as Meeting;
      // TODO: which row is there, and stands for the whole calendar? It is work.keys[0].
      const others = await session.select({
        table: "booking",
        where: ["and", ["<", "from", wanted.to], [">", "to", wanted.from]],
        lock: "update",
      });
      if (others.length > 0) return rejected("taken");
      await session.insertRow({ table: "booking", row: wanted });
      return ok();
    }),
});
