// Source: PostgreSQL, src/test/isolation/specs/insert-conflict-serializable.spec (new on its main branch): DO NOTHING has read the row that stood in its way, so this is a write skew. Older servers let it pass.
import { model, type Property, type Rows, type Session } from "racelab";
import { failing, right, type Variant } from "./variant.js";

const tables = (rows: Rows) =>
  model(rows, {
    a: { columns: { key: "int", val: "int" }, primaryKey: ["key"] },
    b: { columns: { key: "int", val: "int" }, primaryKey: ["key"] },
  });
const properties: Property[] = [
  {
    name: "some order explains it",
    kind: "outcome",
    test: ({ outcomes, rows }) =>
      outcomes.every((o) => o?.status === "ok") &&
      outcomes[0]?.detail === "nothing" &&
      outcomes[1]?.detail === "saw 0" &&
      !rows["a/1"]
        ? "neither saw the other"
        : null,
  },
];
const one = (s: Session) =>
  s.transaction("serializable", async () => {
    const n = await s.insertRow({ table: "a", row: { key: 1, val: 99 }, onConflict: "nothing" });
    await s.insertRow({ table: "b", row: { key: 1, val: 10 } });
    return n === 0 ? "nothing" : "inserted";
  });
const two = (s: Session) =>
  s.transaction("serializable", async () => {
    const [row] = await s.select({ table: "b", aggregate: ["count", "*"] });
    await s.perform({ kind: "delete-rows", table: "a", where: ["=", "key", 1] });
    return `saw ${row ? Object.values(row)[0] : "?"}`;
  });
// As PostgreSQL 15.20 answers: task 1's COMMIT is 40001 (schedule 11122221).

export default [
  failing(
    "one of them is refused with 40001",
    { rows: { "a/1": { key: 1, val: 0 } }, model: tables, tasks: [one, two], properties },
    "40001",
  ),
  right("refused with 40001, an answer here: no end that no order explains", {
    rows: { "a/1": { key: 1, val: 0 } },
    model: tables,
    tasks: [one, two],
    properties,
    failures: ["40001"],
  }),
] satisfies readonly Variant[];
