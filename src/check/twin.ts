/** The same request on rows of its own, `stock/1, elsewhere` beside `stock/1`: to a protection it is that of another product. */
import type { Json, Key } from "../core/operation.js";
import { type Access, access } from "../core/session.js";
import type { Message, Work } from "../core/work.js";
import { noteOrigin, originOf } from "./origin.js";

/** The twin of a row, in the same table. */
export const moved = (key: Key): Key => `${key}, elsewhere`;

/** A payload with all its texts moved, because each may be a name. */
const movedIn = (payload: Json): Json =>
  JSON.parse(JSON.stringify(payload), (_, value: Json) => (typeof value === "string" ? moved(value) : value)) as Json;

/** The twin of a work. All names are moved: those that the protection sees, and those that the rule uses. */
export function twinOf(work: Work): Work {
  const there = (given: Access): Access =>
    access({
      find: (key) => given.find(moved(key)),
      write: (key, row) => given.write(moved(key), row),
      insert: (key, row) => given.insert(moved(key), row),
      call: (service, request) => given.call(moved(service), request),
      publish: (topic, message) => given.publish(moved(topic), message),
      poll: (topic) => given.poll(moved(topic)),
      ack: (topic, id) => given.ack(moved(topic), id),
      select: (select) => given.select(select),
    });
  const twin: Work = {
    ...work,
    name: moved(work.name),
    keys: work.keys.map(moved),
    body: (given) => work.body(there(given)),
    ...(work.atomic && { atomic: { ...work.atomic, key: moved(work.atomic.key) } }),
    ...(work.request && {
      request: { idempotencyKey: moved(work.request.idempotencyKey), payload: movedIn(work.request.payload) },
    }),
    ...(work.message && {
      message: { ...work.message, handle: (data: Json, given: Access) => (work.message as Message).handle(data, there(given)) },
    }),
    ...(work.steps && {
      steps: work.steps.map(({ name, do: does, undo }) => ({
        name,
        do: (given: Access) => does(there(given)),
        ...(undo && { undo: (given: Access) => undo(there(given)) }),
      })),
    }),
  };
  const origin = originOf(work);
  if (origin) noteOrigin(twin, { ...origin, twin: true });
  return twin;
}
