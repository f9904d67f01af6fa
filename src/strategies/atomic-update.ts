import { strategy } from "../core/strategy.js";
import { ok, rejected } from "../core/work.js";

/** UPDATE … SET … WHERE: the store reads, decides and writes in one step. */
export default strategy({
  summary: "one conditional UPDATE: the test and the write are the same statement",
  cost: "the rule has to fit into one statement on one row",
  requires: ["conditional-update"],
  async run({ atomic, name }, session) {
    if (!atomic) throw new TypeError(`"${name}" has no form that fits in one statement: give its work an \`atomic\``);
    const { otherwise, ...update } = atomic;
    return (await session.updateWhere(update)) === 1 ? ok() : rejected(otherwise);
  },
});
