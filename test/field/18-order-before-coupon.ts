// Source: shopperlabs/shopper issue #510. The order is created first; the coupon's conditional increment comes later, and its answer is ignored.
import { type Property, type Rows, rejected, type Session } from "racelab";
import { broken, failing, right, type Variant } from "./variant.js";

const rows: Rows = { "discount/d": { used: 0, limit: 1 } };
const properties: Property[] = [
  {
    name: "no more discounted orders than the limit",
    kind: "outcome",
    test: ({ rows }) => {
      const n = Object.keys(rows).filter((k) => k.startsWith("order/")).length;
      return n > 1 ? `${n} discounted orders, used ${rows["discount/d"]!.used} of 1` : null;
    },
  },
];
const use = (s: Session) => s.updateWhere({ key: "discount/d", where: ["<", "used", "limit"], set: { used: ["+", "used", 1] } });
const bare = (id: number) => (s: Session) =>
  s.transaction("read committed", async () => {
    const d = await s.read<{ used: number; limit: number }>("discount/d");
    if (d.used >= d.limit) return rejected("used up");
    await s.insert(`order/${id}`, { discount: "d" });
    await use(s);
    return "ordered";
  });
const fixed = (id: number) => (s: Session) =>
  s.transaction("read committed", async () => {
    if ((await use(s)) === 0) return rejected("used up");
    await s.insert(`order/${id}`, { discount: "d" });
    return "ordered";
  });
/** Throws after the order was inserted: the transaction takes it back. */
const throws = (id: number) => (s: Session) =>
  s.transaction("read committed", async () => {
    await s.insert(`order/${id}`, { discount: "d" });
    if ((await use(s)) === 0) throw new Error("used up");
    return "ordered";
  });

export default [
  broken("the answer is ignored", { rows, tasks: [bare(1), bare(2)], properties }, properties[0]!.name),
  right("claim first", { rows, tasks: [fixed(1), fixed(2)], properties }),
  failing("roll back, and show the error", { rows, tasks: [throws(1), throws(2)], properties }, "used up"),
] satisfies readonly Variant[];
