// Source: simstudioai/sim pull request #7187, paperclipai/paperclip issue #12044, dstackai/dstack pull request #2843. An insert of a child takes FOR KEY SHARE on its parent; a later FOR UPDATE of the parent is an upgrade: deadlock. The fix is FOR NO KEY UPDATE.
import type { Property, RowLock, Rows, Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const rows: Rows = { "workspace/1": { used: 0 } };
const properties: Property[] = [
  {
    name: "nobody gets an error",
    kind: "outcome",
    test: ({ outcomes }) => outcomes.find((o) => o?.status === "failed")?.detail ?? null,
  },
];
/** A foreign key is not declared, it is said: FOR KEY SHARE, the lock that an insert takes on its parent. */
const upload = (id: number, lock: RowLock, key: RowLock | null) => (s: Session) =>
  s.transaction("read committed", async () => {
    if (key) await s.select({ table: "workspace", where: ["=", "id", 1], lock: key });
    await s.insert(`file/${id}`, { workspace: 1 });
    await s.select({ table: "workspace", where: ["=", "id", 1], lock });
    await s.updateWhere({ key: "workspace/1", set: { used: ["+", "used", 1] } });
  });
const two = (lock: RowLock, key: RowLock | null) => ({ rows, tasks: [upload(1, lock, key), upload(2, lock, key)], properties });

export default [
  right("without the foreign key the fault is not there", two("update", null)),
  {
    ...broken("an upgrade from FOR KEY SHARE to FOR UPDATE", two("update", "key share"), "nobody gets an error"),
    shows: "40P01",
  },
  right("FOR NO KEY UPDATE passes by FOR KEY SHARE", two("no key update", "key share")),
] satisfies readonly Variant[];
