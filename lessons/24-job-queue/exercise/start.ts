import { ok, rejected, strategy } from "racelab";

/**
 * The next open job, locked. Two workers want the same one, and one may die where it stands.
 * Asked for: nobody waits, a job comes back when its worker dies, and its mail goes out once. Without a named lock.
 */
export default strategy({
  summary: "SELECT … LIMIT 1 FOR UPDATE, do the job, note it, commit",
  cost: "workers wait for each other; who dies after the mail sends it again",
  requires: ["transactions", "row-locks"],
  run: (_, session) =>
    session.transaction("read committed", async () => {
      // TODO: what does the second worker do while the first one has the job? And what if one dies after the mail?
      const open = { table: "job", where: ["=", "status", { text: "open" }], limit: 1 } as const;
      const [job] = await session.select({ ...open, lock: "update" });
      if (!job) return rejected("nothing to do");
      await session.call("mail", { job: job["id"]! });
      await session.write(`job/${job["id"]}`, { ...job, status: "done" });
      return ok();
    }),
});
