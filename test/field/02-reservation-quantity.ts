// Source: medusajs/medusa issue #16569. Reservations are inserted and reserved_quantity is written from a read value, without a lock.
import { type Property, type Rows, rejected, type Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

type Level = { stocked: number; reserved: number };
const rows: Rows = { "level/1": { stocked: 1, reserved: 0 } };
const reservations = (rows: Rows) => Object.keys(rows).filter((k) => k.startsWith("reservation/")).length;
const properties: Property[] = [
  {
    name: "never more reserved than stocked",
    kind: "outcome",
    test: ({ rows }) => (reservations(rows) > 1 ? `${reservations(rows)} reservations for one piece` : null),
  },
  {
    name: "reserved_quantity counts the reservations",
    kind: "outcome",
    test: ({ rows }) => {
      const n = reservations(rows),
        r = (rows["level/1"] as Level).reserved;
      return n === r ? null : `reserved ${r}, reservations ${n}`;
    },
  },
];
const bare = (id: string) => async (s: Session) => {
  const level = await s.read<Level>("level/1");
  if (level.stocked - level.reserved < 1) return rejected("out of stock");
  await s.insert(`reservation/${id}`, { item: 1, quantity: 1 });
  await s.write("level/1", { ...level, reserved: level.reserved + 1 });
  return "reserved";
};
const inTransaction = (id: string) => (s: Session) => s.transaction("read committed", () => bare(id)(s));
const fixed = (id: string) => (s: Session) =>
  s.transaction("read committed", async () => {
    const n = await s.updateWhere({
      key: "level/1",
      where: [">=", ["-", "stocked", "reserved"], 1],
      set: { reserved: ["+", "reserved", 1] },
    });
    if (n === 0) return rejected("out of stock");
    await s.insert(`reservation/${id}`, { item: 1, quantity: 1 });
    return "reserved";
  });
export default [
  broken("read, insert, write", { rows, tasks: [bare("a"), bare("b")], properties }, properties[0]!.name, properties[1]!.name),
  broken(
    "a transaction alone",
    { rows, tasks: [inTransaction("a"), inTransaction("b")], properties },
    properties[0]!.name,
    properties[1]!.name,
  ),
  right("one conditional update first", { rows, tasks: [fixed("a"), fixed("b")], properties }),
] satisfies readonly Variant[];
