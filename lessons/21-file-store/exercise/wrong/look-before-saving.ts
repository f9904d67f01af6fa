import { StoreError, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "nobody's order is lost";

/** Has the file changed since I read it? No. Then save. And who saved in between? */
export default strategy({
  summary: "compare the file's modification time, then save",
  cost: "one more look, and a gap after it",
  requires: ["versions"],
  async run(work, session) {
    const [file = ""] = work.keys;
    const before = await session.readVersioned(file);
    return work.body({
      ...session,
      async write(key, row) {
        const now = await session.readVersioned(file);
        if (now?.version !== before?.version) throw new StoreError("40001");
        await session.write(key, row);
      },
    });
  },
});
