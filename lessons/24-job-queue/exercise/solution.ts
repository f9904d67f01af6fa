import { ok, rejected, strategy } from "racelab";

/** What is locked is passed over; what is repeated after a crash is known to the mail service by its number. */
export default strategy({
  summary: "SELECT … LIMIT 1 FOR UPDATE SKIP LOCKED, the job's number as the key of the mail",
  cost: "the transaction is open while the job is done",
  requires: ["transactions", "row-locks"],
  run: (_, session) =>
    session.transaction("read committed", async () => {
      const open = { table: "job", where: ["=", "status", { text: "open" }], limit: 1 } as const;
      const [job] = await session.select({ ...open, lock: "update", ifLocked: "skip" });
      if (!job) return rejected("nothing to do");
      const { id = null } = job;
      await session.call("mail", { job: id, idempotencyKey: `job-${id}` });
      await session.write(`job/${id}`, { ...job, status: "done" });
      return ok();
    }),
});
