import { ok, rejected, strategy } from "racelab";

type Meeting = { id: number; from: number; to: number };

export const misconception = "locking after reading";
export const breaks = "no two bookings overlap";

/** The right row is locked. By then the calendar has been read. */
export default strategy({
  summary: "look, then SELECT the room FOR UPDATE, then insert",
  cost: "two meetings in one room",
  requires: ["transactions", "row-locks"],
  run: (work, session) =>
    session.transaction("read committed", async () => {
      const wanted = work.request!.payload as Meeting;
      const [room = ""] = work.keys;
      const others = await session.select({
        table: "booking",
        where: ["and", ["<", "from", wanted.to], [">", "to", wanted.from]],
      });
      if (others.length > 0) return rejected("taken");
      await session.selectForUpdate(room);
      await session.insertRow({ table: "booking", row: wanted });
      return ok();
    }),
});
