import { ok, strategy } from "racelab";

/** One statement compares and saves. It answers how many rows it has changed: with 0 somebody was faster. */
export default strategy({
  summary: "UPDATE … WHERE id = … AND version = …; 0 rows: load again",
  cost: "a round trip more for each conflict",
  requires: ["conditional-update"],
  async run(work, session) {
    const [product = ""] = work.keys;
    const { column, value } = work.request!.payload as { column: string; value: number };
    for (;;) {
      const { version } = await session.read<{ version: number }>(product);
      const set = { [column]: value, version: ["+", "version", 1] as const };
      if ((await session.updateWhere({ key: product, where: ["=", "version", version], set })) === 1) return ok();
    }
  },
});
