// Source: calcom/cal.diy issue #13397 and pull request #28151. An overlap is looked for, then a booking is inserted.
// The pull request locks the overlapping rows with FOR UPDATE; where there are none yet there is nothing to lock.
import { type Property, type Rows, rejected, type Session } from "racelab";
import { broken, failing, right, type Variant } from "./variant.js";

const rows: Rows = { "user/host": { name: "host" } };
const overlapping = (s: Session, lock?: "update") =>
  s.select({
    table: "booking",
    where: ["and", ["=", "user", { text: "host" }], ["and", ["<", "from", 11], [">", "to", 10]]],
    ...(lock ? { lock } : {}),
  });
const properties: Property[] = [
  {
    name: "one booking a slot",
    kind: "outcome",
    test: ({ rows }) => {
      const n = Object.keys(rows).filter((k) => k.startsWith("booking/")).length;
      return n > 1 ? `${n} bookings overlap` : null;
    },
  },
];
const book = (id: string, lock?: "update") => async (s: Session) => {
  if ((await overlapping(s, lock)).length > 0) return rejected("taken");
  await s.insert(`booking/${id}`, { user: "host", from: 10, to: 11 });
  return "booked";
};
const inside = (isolation: "read committed" | "serializable", id: string, lock?: "update") => (s: Session) =>
  s.transaction(isolation, () => book(id, lock)(s));
const hostLocked = (id: string) => (s: Session) =>
  s.transaction("read committed", async () => {
    await s.selectForUpdate("user/host");
    return book(id)(s);
  });
const advisory = (id: string) => (s: Session) =>
  s.transaction("read committed", async () => {
    await s.perform({ kind: "advisory-lock", lock: 7, scope: "transaction" });
    return book(id)(s);
  });

export default [
  broken("look, then insert", { rows, tasks: [book("a"), book("b")], properties }, "one booking a slot"),
  broken(
    "FOR UPDATE of rows that are not there",
    { rows, tasks: [inside("read committed", "a", "update"), inside("read committed", "b", "update")], properties },
    "one booking a slot",
  ),
  failing(
    "serializable: one of them fails",
    {
      rows,
      tasks: [inside("serializable", "a"), inside("serializable", "b")],
      properties,
    },
    "40001",
  ),
  right("serializable: the client tries again", {
    rows,
    tasks: [inside("serializable", "a"), inside("serializable", "b")],
    properties,
    failures: ["40001"],
  }),
  right("lock the host's row", { rows, tasks: [hostLocked("a"), hostLocked("b")], properties }),
  right("advisory lock", { rows, tasks: [advisory("a"), advisory("b")], properties }),
] satisfies readonly Variant[];
