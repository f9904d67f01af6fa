import { ok, rejected, strategy } from "racelab";

export const misconception = "locking after reading";
export const breaks = "no mail is sent twice";

/** The job's row is locked. Whether it is still open was asked before. */
export default strategy({
  summary: "find an open job, then lock its row, do it, note it",
  cost: "two workers, one job",
  requires: ["transactions", "row-locks"],
  run: (_, session) =>
    session.transaction("read committed", async () => {
      const open = { table: "job", where: ["=", "status", { text: "open" }], limit: 1 } as const;
      const [job] = await session.select(open);
      if (!job) return rejected("nothing to do");
      await session.selectForUpdate(`job/${job["id"]}`);
      await session.call("mail", { job: job["id"]! });
      await session.write(`job/${job["id"]}`, { ...job, status: "done" });
      return ok();
    }),
});
