import { ok, rejected, strategy } from "racelab";

type Meeting = { id: number; from: number; to: number };

export const misconception = "a transaction alone prevents lost updates";
export const breaks = "no two bookings overlap";

/** The right row, locked first; but the transaction looks at the calendar as it was at its first statement. */
export default strategy({
  summary: "repeatable read: read the room, lock it, look, insert",
  cost: "two meetings in one room",
  requires: ["transactions", "row-locks", "snapshots"],
  run: (work, session) =>
    session.transaction("repeatable read", async () => {
      const wanted = work.request!.payload as Meeting;
      const [room = ""] = work.keys;
      await session.read(room);
      await session.selectForUpdate(room);
      const others = await session.select({
        table: "booking",
        where: ["and", ["<", "from", wanted.to], [">", "to", wanted.from]],
      });
      if (others.length > 0) return rejected("taken");
      await session.insertRow({ table: "booking", row: wanted });
      return ok();
    }),
});
