// Source: calcom/cal.diy issue #29958. Two overlapping PENDING bookings are confirmed at once; each looks only for accepted ones.
import { type Property, type Rows, rejected, type Session } from "racelab";
import { broken, failing, right, type Variant } from "./variant.js";

const rows: Rows = {
  "booking/a": { host: 1, slot: 10, status: "pending" },
  "booking/b": { host: 1, slot: 10, status: "pending" },
};
const properties: Property[] = [
  {
    name: "one accepted booking a slot",
    kind: "invariant",
    test: (rows) => {
      const n = Object.values(rows).filter((r) => r.status === "accepted").length;
      return n > 1 ? `${n} accepted` : null;
    },
  },
];
const confirm = (id: string) => async (s: Session) => {
  const mine = await s.read<{ host: number; slot: number; status: string }>(`booking/${id}`);
  if (mine.status !== "pending") return rejected("not pending");
  const others = await s.select({ table: "booking", where: ["and", ["=", "slot", 10], ["=", "status", { text: "accepted" }]] });
  if (others.length > 0) return rejected("slot taken");
  await s.write(`booking/${id}`, { ...mine, status: "accepted" });
  return "accepted";
};
/** Compare-and-swap of the own row alone: it does not see the other. */
const ownCas = (id: string) => async (s: Session) => {
  const others = await s.select({ table: "booking", where: ["and", ["=", "slot", 10], ["=", "status", { text: "accepted" }]] });
  if (others.length > 0) return rejected("slot taken");
  const n = await s.updateWhere({
    key: `booking/${id}`,
    where: ["=", "status", { text: "pending" }],
    set: { status: { text: "accepted" } },
  });
  return n === 1 ? "accepted" : rejected("not pending");
};
const level = (isolation: "repeatable read" | "serializable", id: string) => (s: Session) =>
  s.transaction(isolation, () => confirm(id)(s));
const advisory = (id: string) => (s: Session) =>
  s.transaction("read committed", async () => {
    await s.perform({ kind: "advisory-lock", lock: 1, scope: "transaction" });
    return confirm(id)(s);
  });
/** The lock is taken inside a snapshot that is older than the lock. */
const advisoryInSnapshot = (id: string) => (s: Session) =>
  s.transaction("repeatable read", async () => {
    await s.find("booking/a");
    await s.perform({ kind: "advisory-lock", lock: 1, scope: "transaction" });
    return confirm(id)(s);
  });

export default [
  broken("confirm", { rows, tasks: [confirm("a"), confirm("b")], properties }, properties[0]!.name),
  broken("compare-and-swap of the own row", { rows, tasks: [ownCas("a"), ownCas("b")], properties }, properties[0]!.name),
  broken(
    "repeatable read",
    { rows, tasks: [level("repeatable read", "a"), level("repeatable read", "b")], properties },
    properties[0]!.name,
  ),
  failing("serializable", { rows, tasks: [level("serializable", "a"), level("serializable", "b")], properties }, "40001"),
  right("serializable: the client tries again", {
    rows,
    tasks: [level("serializable", "a"), level("serializable", "b")],
    properties,
    failures: ["40001"],
  }),
  right("advisory lock, then look", { rows, tasks: [advisory("a"), advisory("b")], properties }),
  broken(
    "advisory lock within an older snapshot",
    { rows, tasks: [advisoryInSnapshot("a"), advisoryInSnapshot("b")], properties },
    properties[0]!.name,
  ),
] satisfies readonly Variant[];
