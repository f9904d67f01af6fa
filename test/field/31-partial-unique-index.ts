// Source: open-mercato/cezar issue #112. Open jobs of an issue are looked for, then one is queued; the fix is a partial unique index (WHERE status is open).
import { model, type Property, type Rows, type Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const properties: Property[] = [
  {
    name: "one open job an issue",
    kind: "invariant",
    test: (rows) => {
      const n = Object.values(rows).filter((r) => r.issue === 7 && r.status !== "done").length;
      return n > 1 ? `${n} open jobs` : null;
    },
  },
];
const open = (s: Session) =>
  s.select({ table: "job", where: ["and", ["=", "issue", 7], ["in", "status", [{ text: "queued" }, { text: "running" }]]] });
const enqueue = (id: number) => async (s: Session) => {
  if ((await open(s)).length > 0) return "already";
  await s.insertRow({ table: "job", row: { id, issue: 7, status: "queued" } });
  return "queued";
};
/** There is no partial index here. The way round it: a column that is null when the job is not open, because null is never the same as anything. */
const tables = (rows: Rows) =>
  model(rows, { job: { columns: { id: "int", issue: "int", status: "text", openIssue: "int" }, unique: [["openIssue"]] } });
const guarded = (id: number) => async (s: Session) =>
  (await s.insertRow({ table: "job", row: { id, issue: 7, status: "queued", openIssue: 7 }, onConflict: "nothing" })) === 1
    ? "queued"
    : "already";
const finish = async (s: Session) => {
  await s.perform({
    kind: "update-rows",
    table: "job",
    where: ["=", "id", 1],
    set: { status: { text: "done" }, openIssue: null },
  });
};
const start: Rows = { "job/1": { id: 1, issue: 7, status: "running", openIssue: 7 } };

export default [
  broken("look, then insert", { tasks: [enqueue(2), enqueue(3)], properties }, "one open job an issue"),
  right("a key that is null when done", { rows: start, model: tables, tasks: [guarded(2), guarded(3), finish], properties }),
] satisfies readonly Variant[];
