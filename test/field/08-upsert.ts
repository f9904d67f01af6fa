// Source: prisma/orm issues #3242, #9972. An upsert that selects, then inserts or updates; the native one is a single statement.
import { model, type Property, type Rows, type Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const tables = (rows: Rows) => model(rows, { counter: { columns: { name: "text", n: "int" }, primaryKey: ["name"] } });
const properties: Property[] = [
  {
    name: "nobody gets an error",
    kind: "outcome",
    test: ({ outcomes }) => outcomes.find((o) => o?.status === "failed")?.detail ?? null,
  },
  {
    name: "both are counted",
    kind: "outcome",
    test: ({ rows, outcomes }) => {
      const n = Number(rows["counter/visits"]?.n ?? 0),
        ok = outcomes.filter((o) => o?.status === "ok").length;
      return n === ok ? null : `${ok} said ok, counter ${n}`;
    },
  },
];
const upsert = async (s: Session) => {
  const [found] = await s.select({ table: "counter", where: ["=", "name", { text: "visits" }] });
  if (found)
    await s.perform({
      kind: "update-rows",
      table: "counter",
      where: ["=", "name", { text: "visits" }],
      set: { n: ["+", "n", 1] },
    });
  else await s.insertRow({ table: "counter", row: { name: "visits", n: 1 } });
};
const native = async (s: Session) => {
  await s.insertRow({
    table: "counter",
    row: { name: "visits", n: 1 },
    onConflict: { key: ["name"], set: { n: ["+", "n", 1] } },
  });
};
const again = async (s: Session) => {
  try {
    await upsert(s);
  } catch {
    await upsert(s);
  }
};

export default [
  {
    ...broken(
      "select, then insert or update",
      { rows: {}, model: tables, tasks: [upsert, upsert], properties },
      "nobody gets an error",
    ),
    shows: "23505",
  },
  right("catch and try once more", { rows: {}, model: tables, tasks: [again, again, again], properties }),
  right("on conflict do update", { rows: {}, model: tables, tasks: [native, native, native], properties }),
] satisfies readonly Variant[];
