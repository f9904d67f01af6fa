import { ok, rejected, strategy } from "racelab";

/**
 * The version is compared, in the code, a moment before the save.
 * Asked for: without a lock, the statement that saves compares the version, and its answer is looked at.
 */
export default strategy({
  summary: "SELECT the version again, compare it, then save",
  cost: "somebody else can save in between",
  requires: ["conditional-update"],
  async run(work, session) {
    const [product = ""] = work.keys;
    const { column, value } = work.request!.payload as { column: string; value: number };
    for (let attempt = 1; attempt <= 3; attempt++) {
      const loaded = await session.read(product);
      const now = await session.read(product);
      if (now["version"] !== loaded["version"]) continue;
      // TODO: the version can change here. Which statement could compare it while it saves?
      await session.write(product, { ...loaded, [column]: value, version: Number(loaded["version"]) + 1 });
      return ok();
    }
    return rejected("somebody else has saved");
  },
});
