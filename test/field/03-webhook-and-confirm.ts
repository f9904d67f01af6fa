// Source: medusajs/medusa issue #13301. The storefront's confirmation and the payment webhook complete the same cart: captured twice.
import type { Json, Property, Rows, Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const rows: Rows = { "cart/1": { completed: false }, "payment/1": { status: "authorized" } };
const properties: Property[] = [
  {
    name: "money is captured once",
    kind: "outcome",
    test: ({ rows }) => {
      const n = Object.keys(rows).filter((k) => k.startsWith("service/")).length;
      return n === 1 ? null : `captured ${n} times`;
    },
  },
  {
    name: "one order a cart",
    kind: "outcome",
    test: ({ rows }) => {
      const n = Object.keys(rows).filter((k) => k.startsWith("order/")).length;
      return n === 1 ? null : `${n} orders`;
    },
  },
];
const complete = (who: string, key?: string) => async (s: Session) => {
  const payment = await s.read<{ status: string }>("payment/1");
  if (payment.status !== "captured") {
    const request: Json = key ? { payment: 1, idempotencyKey: key } : { payment: 1 };
    await s.call("capture", request);
    await s.write("payment/1", { status: "captured" });
  }
  const cart = await s.read<{ completed: boolean }>("cart/1");
  if (cart.completed) return "already";
  await s.write("cart/1", { completed: true });
  await s.insert(`order/${who}`, { cart: 1 });
  return "order";
};
const keyed = (who: string) => (s: Session) => complete(who, "cart-1")(s);
const locked = (who: string) => async (s: Session) => {
  await s.acquire("cart/1");
  try {
    return await complete(who)(s);
  } finally {
    await s.release("cart/1");
  }
};
const claim = (who: string) => async (s: Session) => {
  if (!(await s.insert("completion/cart-1", { by: who }))) return "already";
  return complete(who)(s);
};
export default [
  broken(
    "both complete",
    { rows, tasks: [complete("store"), complete("hook")], properties },
    "money is captured once",
    "one order a cart",
  ),
  broken(
    "an idempotency key at the provider saves the money and not the order",
    { rows, tasks: [keyed("store"), keyed("hook")], properties },
    "one order a cart",
  ),
  right("a lock per cart", { rows, tasks: [locked("store"), locked("hook")], properties }),
  right("a claim that must be new", { rows, tasks: [claim("store"), claim("hook")], properties }),
  broken(
    "a claim that must be new, and a crash after it",
    { rows, tasks: [claim("store"), claim("hook")], properties, faults: { crash: 1 } },
    "money is captured once",
    "one order a cart",
  ),
] satisfies readonly Variant[];
