// Source: typeorm/typeorm issues #2848, #3608, pull request #11482. The version is compared when reading, not in the UPDATE; and an UPDATE that changed 0 rows is reported as success.
import { type Property, type Rows, rejected, type Session, type Task } from "racelab";
import { broken, right, type Variant } from "./variant.js";

type Invoice = { amount: number; version: number };
const rows: Rows = { "invoice/1": { amount: 50, version: 12 } };
const properties: Property[] = [
  {
    name: "whoever was told ok has saved",
    kind: "outcome",
    test: ({ rows, outcomes }) => {
      const ok = outcomes.filter((o) => o?.status === "ok").length,
        v = (rows["invoice/1"] as Invoice).version - 12;
      return v === ok ? null : `${ok} told ok, version went up by ${v}`;
    },
  },
];
const checkThenSave = (amount: number) => async (s: Session) => {
  const now = await s.read<Invoice>("invoice/1");
  if (now.version !== 12) return rejected("409");
  await s.write("invoice/1", { amount, version: now.version + 1 });
  return "saved";
};
const unchecked = (amount: number) => async (s: Session) => {
  await s.updateWhere({ key: "invoice/1", where: ["=", "version", 12], set: { amount, version: ["+", "version", 1] } });
  return "saved";
};
const checked = (amount: number) => async (s: Session) => {
  const n = await s.updateWhere({ key: "invoice/1", where: ["=", "version", 12], set: { amount, version: ["+", "version", 1] } });
  return n === 1 ? "saved" : rejected("409");
};
const own = (amount: number) => async (s: Session) => {
  const seen = await s.readVersioned("invoice/1");
  if (seen!.row.version !== 12) return rejected("409");
  return (await s.compareAndSet("invoice/1", { amount, version: 13 }, seen!.version)) ? "saved" : rejected("409");
};
const both = (save: (amount: number) => Task) => ({ rows, tasks: [save(100), save(70)], properties });
export default [
  broken("compare, then save", both(checkThenSave), properties[0]!.name),
  broken("0 rows is success", both(unchecked), properties[0]!.name),
  right("0 rows is 409", both(checked)),
  right("compareAndSet", both(own)),
] satisfies readonly Variant[];
