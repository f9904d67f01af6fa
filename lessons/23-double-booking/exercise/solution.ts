import { ok, rejected, strategy } from "racelab";

type Meeting = { id: number; from: number; to: number };

/** The room first, then the calendar: at read committed the look sees what was committed before the lock was granted. */
export default strategy({
  summary: "SELECT the room FOR UPDATE, then look, then insert",
  cost: "one booking of a room at a time, whatever the day",
  requires: ["transactions", "row-locks"],
  run: (work, session) =>
    session.transaction("read committed", async () => {
      const wanted = work.request!.payload as Meeting;
      const [room = ""] = work.keys;
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
