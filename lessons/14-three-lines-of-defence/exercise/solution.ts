import { type Access, access, type Key, type Outcome, type Row, rejected, type Session, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const locking = (session: Session) => async (key: Key) => (await session.selectForUpdate(key)) as never;

/**
 * The key first, committed as pending; then the rule's two lines on a locked order. Before the gateway is asked, the order says
 * `paying` in a commit of its own: after a crash, a request with another key finds that, and does not pay.
 */
export default strategy({
  summary: "key, If-Match and state on a locked row; the order says paying before the call",
  cost: "a row per key, one more state that every handler has to know, and pending rows to look for",
  requires: ["transactions", "row-locks"],
  async run({ request, body }, session) {
    // A client that sends no key is refused by the rule: 400. No row can be named after a key that is not there.
    if (!request?.idempotencyKey)
      return session.transaction("read committed", () => body(access({ ...session, find: locking(session) })));
    const { idempotencyKey, payload } = request;
    const key = `requests/${idempotencyKey}`;
    const pending = { id: idempotencyKey, payload, answer: null };
    // In a commit of its own: after a crash this row says that something was begun.
    await session.insertRow({ table: "requests", row: pending, onConflict: "nothing" });
    return session.transaction("read committed", async () => {
      const first = (await session.selectForUpdate(key))!;
      if (!same(first["payload"], payload)) return rejected("422: another request had this key");
      if (first["answer"]) return first["answer"] as Outcome;

      const orders = new Map<Key, Row>();
      const find = async <R extends Row>(order: Key) => {
        const row = await session.selectForUpdate(order);
        if (!row) return null;
        // Our own payment was begun and not finished: go on where it stopped.
        const { by, ...rest } = row;
        orders.set(order, by === idempotencyKey ? { ...rest, status: "open" } : row);
        return orders.get(order) as R;
      };
      const call: Access["call"] = async (service, asked) => {
        for (const [order, row] of orders) await session.write(order, { ...row, status: "paying", by: idempotencyKey });
        await session.commit();
        const reply = await session.call(service, { ...(asked as object), idempotencyKey });
        await session.begin("read committed");
        // In the same order as before: first the key, then the order.
        await session.selectForUpdate(key);
        return reply;
      };
      const answer = await body(access({ ...session, find, call }));
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
