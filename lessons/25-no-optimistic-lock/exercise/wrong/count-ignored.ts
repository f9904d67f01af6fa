import { ok, strategy } from "racelab";

export const misconception = "catching the conflict and reporting success";
export const breaks = "what is saved is there";

/** The statement is right. It has changed no row, and the editor is told that it is saved. */
export default strategy({
  summary: "UPDATE … WHERE id = … AND version = …",
  cost: "who has changed 0 rows is told that it is saved",
  requires: ["conditional-update"],
  async run(work, session) {
    const [product = ""] = work.keys;
    const { column, value } = work.request!.payload as { column: string; value: number };
    const { version } = await session.read<{ version: number }>(product);
    const set = { [column]: value, version: ["+", "version", 1] as const };
    await session.updateWhere({ key: product, where: ["=", "version", version], set });
    return ok();
  },
});
