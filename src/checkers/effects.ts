/**
 * Effects outside the store, which no rollback undoes. *Double effect*: the same call to the same service succeeded
 * twice. *Orphaned payment*: a call succeeded, its task did not, and no task made the call that undoes it.
 *
 *     request 1   R no key    call pay ✓    W key
 *     request 2   R no key    call pay ✓    W key refused       one order, paid twice
 *
 * Two calls are the same effect when service and request are equal, or have the same `idempotencyKey`. A lesson that
 * means two payments makes their requests different. A call that was undone before the second does not count. A call
 * had no effect when its reply is false, or says `ok: false`, `replayed: true` or a status like "declined".
 */
import type { Event } from "../core/history.js";
import type { Json } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import type { VersionTrace } from "./versions.js";
import { listText, object, subject, type Wording } from "./wording.js";

/** Which service undoes which, by the last word of their names: "payment.charge" is undone by "payment.refund". */
type UndoneBy = { readonly [service: string]: string };

export const usuallyUndoneBy: UndoneBy = {
  pay: "refund",
  charge: "refund",
  reserve: "release",
  hold: "release",
  "top-up": "withdraw",
};

export function doubleEffect(trace: VersionTrace, words: Wording, undoneBy: UndoneBy): Violation[] {
  const standing = new Map<string, Event[]>();
  return calls(trace).flatMap(({ event, service, name }): Violation[] => {
    for (const [done, undo] of Object.entries(undoneBy)) if (undo === verb(service)) standing.get(`${done} ${name}`)?.pop();
    const id = `${verb(service)} ${name}`;
    const before = standing.get(id) ?? [];
    standing.set(id, [...before, event]);
    const first = before[0];
    if (!first) return [];
    return [
      {
        property: "an effect happens once",
        anomaly: "double effect",
        schedule: null,
        tasks: [...new Set([first.task, event.task])],
        events: [first.n, event.n],
        explanation: words.say({
          en:
            `${words.Task(first.task)} called ${service} at ${words.step(first.n)} and it happened. ` +
            `${words.Task(event.task)} made the same call${event.task === first.task ? " again" : ""} at ${words.step(event.n)} and it happened` +
            `${before.length > 1 ? `: ${before.length + 1} times now` : " a second time"}.`,
          ko:
            `${subject(words, first.task)} ${words.step(first.n)}에서 ${object(service)} 호출했고, 그대로 이루어졌습니다. ` +
            `${subject(words, event.task)} ${words.step(event.n)}에서 같은 호출을 ${event.task === first.task ? "다시 " : ""}했고, ` +
            `${before.length > 1 ? `이제 모두 ${before.length + 1}번 이루어졌습니다` : "한 번 더 이루어졌습니다"}.`,
        }),
      },
    ];
  });
}

export function orphanedPayment(trace: VersionTrace, words: Wording, undoneBy: UndoneBy): Violation[] {
  const all = calls(trace);
  return all.flatMap(({ event, service, name }): Violation[] => {
    const undo = undoneBy[verb(service)];
    const outcome = trace.history.outcomes[event.task - 1];
    if (!undo || !outcome || outcome.status === "ok" || outcome.status === "unknown") return [];
    const undone = all.some(
      (later) =>
        later.event.n > event.n && verb(later.service) === undo && (later.name === name || later.event.task === event.task),
    );
    if (undone) return [];
    return [
      {
        property: "what did not come about is not paid for",
        anomaly: "orphaned payment",
        schedule: null,
        tasks: [event.task],
        events: [event.n],
        explanation: words.say({
          en:
            `${words.Task(event.task)} called ${service} at ${words.step(event.n)} and it happened. Then the request ${outcome.status === "failed" ? "failed" : "was rejected"} ` +
            `(${listText([outcome.detail])}), and nobody called ${undo}.`,
          ko:
            `${subject(words, event.task)} ${words.step(event.n)}에서 ${object(service)} 호출했고, 그대로 이루어졌습니다. ` +
            `그 뒤 요청은 ${outcome.status === "failed" ? "실패했지만" : "거절당했지만"} (${outcome.detail}), 아무도 ${object(undo)} 호출하지 않았습니다.`,
        }),
      },
    ];
  });
}

interface Effect {
  readonly event: Event;
  readonly service: string;
  /** What makes two calls the same, apart from the service. */
  readonly name: string;
}

/** The calls that had an effect. */
const calls = ({ history }: VersionTrace): readonly Effect[] =>
  history.events.flatMap((event): Effect[] => {
    const { operation, reply } = event;
    if (operation.kind !== "call" || "error" in reply || !happened(reply.value)) return [];
    return [
      {
        event,
        service: operation.service,
        name: JSON.stringify(field(operation.request, "idempotencyKey") ?? operation.request),
      },
    ];
  });

const REFUSED = /^(declined|refused|rejected|failed|error|replayed)/;

const happened = (reply: Json): boolean =>
  reply !== false &&
  field(reply, "ok") !== false &&
  field(reply, "replayed") !== true &&
  !REFUSED.test(String(field(reply, "status") ?? (typeof reply === "string" ? reply : "")));

const field = (value: Json, name: string): Json | undefined =>
  typeof value === "object" && value !== null ? (value as { readonly [name: string]: Json })[name] : undefined;

const verb = (service: string): string => service.split(/[./: ]/).at(-1)!;
