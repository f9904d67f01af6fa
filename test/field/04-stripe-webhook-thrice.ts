// Source: Pinelab-studio/pinelab-vendure-plugins issue #620. The same webhook arrives three times at once: settled three times.
import type { Property, Rows, Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const rows: Rows = { "order/1": { state: "ArrangingPayment" } };
const properties: Property[] = [
  {
    name: "settled once",
    kind: "history",
    test: ({ events }) => {
      const n = events.filter((e) => e.operation.kind === "publish").length;
      return n > 1 ? `${n} order-completed events` : null;
    },
  },
];
const settle = async (s: Session) => {
  const order = await s.read<{ state: string }>("order/1");
  if (order.state === "PaymentSettled") return "already";
  await s.write("order/1", { state: "PaymentSettled" });
  await s.publish("order-completed", { order: 1 });
  return "settled";
};
const conditional = async (s: Session) => {
  const n = await s.updateWhere({
    key: "order/1",
    where: ["=", "state", { text: "ArrangingPayment" }],
    set: { state: { text: "PaymentSettled" } },
  });
  if (n === 0) return "already";
  await s.publish("order-completed", { order: 1 });
  return "settled";
};

export default [
  broken("three at once", { rows, tasks: [settle, settle, settle], properties }, "settled once"),
  right("a conditional update", { rows, tasks: [conditional, conditional, conditional], properties }),
] satisfies readonly Variant[];
