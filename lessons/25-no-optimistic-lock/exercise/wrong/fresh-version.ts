import { ok, strategy } from "racelab";

export const misconception = "fresh version with a stale value";
export const breaks = "what is saved is there";

/** The version is asked for again just before the save, so it always fits. The columns are those of the first look. */
export default strategy({
  summary: "load, then ask for the version, then UPDATE all columns … WHERE version = …",
  cost: "the check compares the version with itself",
  requires: ["conditional-update"],
  async run(work, session) {
    const [product = ""] = work.keys;
    const { column, value } = work.request!.payload as { column: string; value: number };
    const loaded = { ...(await session.read(product)), [column]: value } as { price: number; stock: number; weight: number };
    for (;;) {
      const { version } = await session.read<{ version: number }>(product);
      const { price, stock, weight } = loaded;
      const set = { price, stock, weight, version: ["+", "version", 1] as const };
      if ((await session.updateWhere({ key: product, where: ["=", "version", version], set })) === 1) return ok();
    }
  },
});
