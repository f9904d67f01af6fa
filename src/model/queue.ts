/**
 * A queue that delivers at least once, beside the database: a message is there at once, also when its transaction rolls
 * back later, in the order of publishing, until a consumer has acknowledged it. While a consumer has it, it can be
 * delivered again when the schedule says so (`redeliver`: a visibility timeout, a lost connection). So an exclusive
 * topic can have two consumers for a while: the first has not been told.
 */
import type { Answer } from "../core/machine.js";
import type { Delivery, Key, Operation, Row, Rows } from "../core/operation.js";
import type { Line, Queue, Shared } from "./state.js";

const empty: Queue = { count: 0, ready: [], out: [] };
const isNot = (id: number) => (delivery: Delivery) => delivery.id !== id;

/** Undefined: not an operation on a queue. */
export function queue(shared: Shared, line: Line, operation: Operation): Answer<Shared, Line> | undefined {
  if (!("topic" in operation)) return undefined;
  const { topic } = operation;
  const now = shared.queues?.[topic] ?? empty;
  const next = (changed: Queue): Shared => ({ ...shared, queues: { ...shared.queues, [topic]: changed } });
  switch (operation.kind) {
    case "publish": {
      const id = now.count + 1;
      const ready = [...now.ready, { id, message: operation.message }];
      return { shared: next({ ...now, count: id, ready }), line, reply: { value: null } };
    }
    case "receive": {
      const { replyTo = topic } = operation;
      const replies = shared.queues?.[replyTo] ?? empty;
      const [reply, ...later] = replyTo === topic ? [] : replies.ready;
      if (reply) {
        const taken = { ...shared, queues: { ...shared.queues, [replyTo]: { ...replies, ready: later } } };
        return { shared: taken, line, reply: { value: { ...reply, isReply: true } } };
      }
      const [first, ...ready] = now.ready;
      if (first && !(operation.exclusive && now.out.length > 0)) {
        const token = operation.exclusive && (now.deliveries ?? 0) + 1;
        const numbered = { ...now, ready, out: [...now.out, first], ...(token && { deliveries: token }) };
        return { shared: next(numbered), line, reply: { value: { ...first, ...(token && { token }) } } };
      }
      return operation.ifLocked === "nowait" ? { shared, line, reply: { value: null } } : { shared, line };
    }
    case "ack": {
      const [ready, out] = [now.ready.filter(isNot(operation.id)), now.out.filter(isNot(operation.id))];
      const isKnown = ready.length + out.length < now.ready.length + now.out.length;
      return { shared: isKnown ? next({ ...now, ready, out }) : shared, line, reply: { value: isKnown } };
    }
    case "redeliver": {
      const again = now.out.filter(({ id }) => id === operation.id);
      const ready = [...again, ...now.ready].sort((a, b) => a.id - b.id);
      const out = now.out.filter(isNot(operation.id));
      return { shared: again.length > 0 ? next({ ...now, ready, out }) : shared, line, reply: { value: null } };
    }
  }
}

export const redeliveries = ({ queues = {} }: Shared): readonly Operation[] =>
  Object.keys(queues)
    .sort()
    .flatMap((topic) => (queues[topic]?.out ?? []).map(({ id }): Operation => ({ kind: "redeliver", topic, id })));

/** Messages that no consumer has acknowledged yet, as rows that properties can look at: `queue/orders/1` -> { message }. */
export function messages({ queues = {} }: Shared): Rows {
  const rows: Record<Key, Row> = {};
  for (const [topic, { ready, out }] of Object.entries(queues))
    for (const { id, message } of [...out, ...ready]) rows[`queue/${topic}/${id}`] = { message };
  return rows;
}
