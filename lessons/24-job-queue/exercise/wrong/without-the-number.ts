import { ok, rejected, strategy } from "racelab";

export const misconception = "a unique key makes the external effect happen once";
export const breaks = "no mail is sent twice";

/** The job is done once, as long as nobody dies between the mail and the commit. */
export default strategy({
  summary: "SELECT … LIMIT 1 FOR UPDATE SKIP LOCKED, do the job, note it, commit",
  cost: "a worker that dies after the mail: the next one sends it again",
  requires: ["transactions", "row-locks"],
  run: (_, session) =>
    session.transaction("read committed", async () => {
      const open = { table: "job", where: ["=", "status", { text: "open" }], limit: 1 } as const;
      const [job] = await session.select({ ...open, lock: "update", ifLocked: "skip" });
      if (!job) return rejected("nothing to do");
      await session.call("mail", { job: job["id"]! });
      await session.write(`job/${job["id"]}`, { ...job, status: "done" });
      return ok();
    }),
});
