// Source: vendurehq/vendure PR #4660. Usage is counted from completed orders, and nothing serialises count and completion.
import { type Property, type Rows, rejected, type Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const rows: Rows = {
  "promotion/p": { usageLimit: 1 },
  "order/1": { coupon: "p", state: "active" },
  "order/2": { coupon: "p", state: "active" },
};
const used = (s: Session) =>
  s.select({ table: "order", where: ["and", ["=", "coupon", { text: "p" }], ["=", "state", { text: "placed" }]] });
const property: Property = {
  name: "the coupon is used at most once",
  kind: "outcome",
  test: ({ rows }) => {
    const placed = ["order/1", "order/2"].filter((k) => rows[k]?.state === "placed").length;
    return placed > 1 ? `${placed} orders with a single-use coupon` : null;
  },
};
const check = async (s: Session) => (await used(s)).length < (await s.read<{ usageLimit: number }>("promotion/p")).usageLimit;

const bare = (id: number) => async (s: Session) => {
  if (!(await check(s))) return rejected("coupon used up");
  await s.updateWhere({ key: `order/${id}`, set: { state: { text: "placed" } } });
  return "placed";
};
/** First attempt of the real fix: the lock ends with the check's own transaction. */
const lockedCheckOnly = (id: number) => async (s: Session) => {
  const may = await s.transaction("read committed", async () => {
    await s.selectForUpdate("promotion/p");
    return check(s);
  });
  if (!may) return rejected("coupon used up");
  await s.updateWhere({ key: `order/${id}`, set: { state: { text: "placed" } } });
  return "placed";
};
const fixed = (id: number) => (s: Session) =>
  s.transaction("read committed", async () => {
    await s.selectForUpdate("promotion/p");
    if (!(await check(s))) return rejected("coupon used up");
    await s.updateWhere({ key: `order/${id}`, set: { state: { text: "placed" } } });
    return "placed";
  });

export default [
  broken("counting and placing", { rows, tasks: [bare(1), bare(2)], properties: [property] }, property.name),
  broken(
    "a lock that ends before the order is placed",
    { rows, tasks: [lockedCheckOnly(1), lockedCheckOnly(2)], properties: [property] },
    property.name,
  ),
  right("one transaction, locked", { rows, tasks: [fixed(1), fixed(2)], properties: [property] }),
] satisfies readonly Variant[];
