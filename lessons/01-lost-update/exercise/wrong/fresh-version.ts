import { access, strategy } from "racelab";

export const misconception = "fresh version with a stale value";
export const breaks = "every sale is counted";

/** The version is fetched right before saving, so it always fits. The value is as old as before. */
export default strategy({
  summary: "compare-and-set, with the version fetched right before saving",
  cost: "a check that can only fail by luck",
  requires: ["versions"],
  run: (work, session) =>
    work.body(
      access({
        ...session,
        async write(key, row) {
          for (;;) {
            const now = await session.readVersioned(key);
            if (await session.compareAndSet(key, row, now?.version ?? 0)) return;
          }
        },
      }),
    ),
});
