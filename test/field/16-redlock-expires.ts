// Source: mike-marcacci/node-redlock issues #65, #313; Kleppmann's "How to do distributed locking" (2016). The work outlasts the lock's TTL.
import type { Property, Rows, Session } from "racelab";
import { broken, failing, right, type Variant } from "./variant.js";

const rows: Rows = { "account/1": { balance: 100 } };
const properties: Property[] = [
  {
    name: "money adds up",
    kind: "outcome",
    test: ({ rows, outcomes }) => {
      const b = rows["account/1"]!.balance as number,
        n = outcomes.filter((o) => o?.status === "ok").length;
      return b === 100 - 10 * n ? null : `${n} withdrawals of 10, balance ${b}`;
    },
  },
];
const withLock = async (s: Session) => {
  await s.lease("account/1");
  const a = await s.read<{ balance: number }>("account/1");
  await s.write("account/1", { balance: a.balance - 10 });
  await s.release("account/1");
};
const fenced = async (s: Session) => {
  const token = await s.lease("account/1");
  if (!(await s.raiseFence("account/1", token))) throw new Error("too late");
  const a = await s.read<{ balance: number }>("account/1");
  await s.perform({ kind: "write", key: "account/1", row: { balance: a.balance - 10 }, token });
  await s.release("account/1");
};
/** Asks the lock service just before writing: still a gap. */
const checkedBefore = async (s: Session) => {
  await s.lease("account/1");
  const a = await s.read<{ balance: number }>("account/1");
  const held = await s.perform({ kind: "acquire", lock: "account/1", ifLocked: "nowait", lease: true }); // "is it still mine?": there is no such question
  void held;
  await s.write("account/1", { balance: a.balance - 10 });
  await s.release("account/1");
};

export default [
  right("no pause", { rows, tasks: [withLock, withLock], properties }),
  broken("the lease runs out", { rows, tasks: [withLock, withLock], properties, faults: { expire: 1 } }, "money adds up"),
  broken(
    "asks before it writes",
    { rows, tasks: [checkedBefore, checkedBefore], properties, faults: { expire: 1 } },
    "money adds up",
  ),
  failing("a fencing token", { rows, tasks: [fenced, fenced], properties, faults: { expire: 2 } }, "too late"),
] satisfies readonly Variant[];
