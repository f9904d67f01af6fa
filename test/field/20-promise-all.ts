// Source: medusajs/medusa issue #5865. One request starts two updates of the same line items with Promise.all; whichever ends last wins.
import type { Property, Rows, Session } from "racelab";
import { broken, refused, right, type Variant } from "./variant.js";

const rows: Rows = { "item/1": { order: "old" }, "item/2": { order: null } };
const properties: Property[] = [
  {
    name: "items of the edit belong to the order",
    kind: "outcome",
    test: ({ rows }) => (rows["item/2"]!.order === "old" ? null : `item 2 belongs to ${rows["item/2"]!.order}`),
  },
];
const detach = async (s: Session) => {
  for (const item of await s.select({ table: "item" })) await s.updateWhere({ key: `item/${item.id}`, set: { order: null } });
};
const attach = async (s: Session) => {
  await s.updateWhere({ key: "item/2", set: { order: { text: "old" } } });
};
const confirm = async (s: Session) => {
  await Promise.all([detach(s), attach(s)]);
};
export default [
  refused(
    "Promise.all in one request",
    { rows, tasks: [confirm], properties },
    "asks for a second operation before the first is answered",
  ),
  broken("said as two tasks: the join is lost", { rows, tasks: [detach, attach], properties }, properties[0]!.name),
  right("one after the other", {
    rows,
    tasks: [
      async (s) => {
        await detach(s);
        await attach(s);
      },
    ],
    properties,
  }),
] satisfies readonly Variant[];
