/** Messages in queues, as rows that properties can look at: `queue/orders/1` -> { message }, until they are acknowledged. */
import type { Event } from "../core/history.js";
import type { Delivery, Key, Row } from "../core/operation.js";

/** A fold over the events, in their order: which of these rows each one adds or, with null, takes away. */
export function queueRows(): (event: Event) => readonly (readonly [Key, Row | null])[] {
  const published = new Map<string, number>();
  return ({ operation, reply }) => {
    if (!("value" in reply)) return [];
    switch (operation.kind) {
      case "publish": {
        const id = (published.get(operation.topic) ?? 0) + 1;
        published.set(operation.topic, id);
        return [[`queue/${operation.topic}/${id}`, { message: operation.message }]];
      }
      case "ack":
        return reply.value ? [[`queue/${operation.topic}/${operation.id}`, null]] : [];
      case "receive": {
        const delivery = reply.value as Delivery | null;
        return delivery?.isReply ? [[`queue/${operation.replyTo}/${delivery.id}`, null]] : [];
      }
      default:
        return [];
    }
  };
}
