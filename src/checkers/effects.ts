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
import { particle } from "../core/korean.js";
import type { Json } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { isConflict } from "./operations.js";
import { recordedLate, saidLate } from "./recorded-late.js";
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
    return [twice(trace, words, first, event, { count: before.length + 1 })];
  });
}

interface Repeated {
  /** How often it has happened by now. */
  readonly count: number;
  /** The idempotency key of the second, where it is another one than the first had. */
  readonly otherKey?: string;
}

/** The first time that an effect happened, and the second (or a later) one. */
export function twice(trace: VersionTrace, words: Wording, first: Event, event: Event, { count, otherKey }: Repeated): Violation {
  const { operation, reply } = first;
  const isMessage = operation.kind === "publish";
  const refused = trace.history.events.findLast(
    (one) => one.task === first.task && one.task === event.task && one.n > first.n && one.n < event.n && isConflict(one),
  );
  const late = recordedLate(trace, first, event);
  const service = operation.kind === "call" ? operation.service : operation.kind === "publish" ? operation.topic : "";
  const isSame = event.task === first.task;
  const lost = "error" in reply;
  const key = otherKey && { en: ` with another key (${otherKey})`, ko: `다른 키(${otherKey})로 ` };
  const again = isMessage
    ? { en: `published the same message${isSame ? " again" : ""} at ${words.step(event.n)}`, ko: "같은 메시지를" }
    : { en: `made the same call${isSame ? " again" : ""}${key ? key.en : ""} at ${words.step(event.n)}`, ko: "같은 호출을" };
  const and = isMessage
    ? { en: count > 2 ? `: ${count} times now` : ": a second time", ko: count > 2 ? `모두 ${count}번` : "두 번" }
    : { en: ` and it happened${count > 2 ? `: ${count} times now` : " a second time"}`, ko: "" };
  const happenedInKorean = count > 2 ? `이제 모두 ${count}번 처리되었습니다` : "한 번 더 처리되었습니다";
  const firstSaid = words.say(
    isMessage
      ? {
          en: `${words.Task(first.task)} published to ${service} at ${words.step(first.n)}.`,
          ko: `${subject(words, first.task)} ${words.step(first.n)}에서 ${service}에 메시지를 보냈습니다.`,
        }
      : {
          en: `${words.Task(first.task)} called ${service} at ${words.step(first.n)} and it happened${lost ? ", but the answer was lost" : ""}.`,
          ko: `${subject(words, first.task)} ${words.step(first.n)}에서 ${object(service)} 호출했고, 그대로 이루어졌${lost ? "지만 답이 사라졌" : ""}습니다.`,
        },
  );
  const asked = `${subject(words, event.task)} ${words.step(event.n)}에서 ${key ? key.ko : ""}${again.ko} ${isSame ? "다시 " : ""}`;
  return {
    property: "an effect happens once",
    anomaly: "double effect",
    schedule: null,
    tasks: [...new Set([first.task, event.task])],
    events: [first.n, event.n],
    explanation: [
      firstSaid,
      refused
        ? beganAgain(words, refused, event)
        : words.say({
            en: `${words.Task(event.task)} ${again.en}${and.en}.`,
            ko: isMessage ? `${asked}보내 ${and.ko} 나갔습니다.` : `${asked}했고, ${happenedInKorean}.`,
          }),
      ...(late ? [saidLate(words, late, event.task)] : []),
    ].join(" "),
  };
}

/** "Its write at step 9 was refused with 40001, and it began again: it called sms once more at step 13." */
function beganAgain(words: Wording, { operation: { kind }, reply, n }: Event, { operation, n: again }: Event): string {
  const what = kind.replaceAll("-", " ");
  const code = "error" in reply ? reply.error : null;
  const did =
    operation.kind === "publish"
      ? { en: `published to ${operation.topic}`, ko: `${operation.topic}에 메시지를 한 번 더 보냈습니다` }
      : operation.kind === "call"
        ? { en: `called ${operation.service}`, ko: `${object(operation.service)} 한 번 더 호출했습니다` }
        : { en: "", ko: "" };
  return words.say({
    en: `Its ${what} at ${words.step(n)} was refused${code ? ` with ${code}` : ""}, and it began again: it ${did.en} once more at ${words.step(again)}.`,
    ko: `${words.step(n)}의 ${particle(what, "이", "가")} 거절당하자${code ? `(${code})` : ""} 처음부터 다시 했고, ${words.step(again)}에서 ${did.ko}.`,
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
            `${subject(words, event.task)} ${words.step(event.n)}에서 ${object(service)} 호출했고, 실제로 처리되었습니다. ` +
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

/** The calls that had an effect and were answered. */
export const calls = ({ history }: VersionTrace): readonly Effect[] =>
  history.events.flatMap((event): Effect[] => {
    const { operation, reply } = event;
    if (operation.kind !== "call" || "error" in reply || !happened(reply.value)) return [];
    return [
      {
        event,
        service: operation.service,
        name: JSON.stringify(fieldOf(operation.request, "idempotencyKey") ?? operation.request),
      },
    ];
  });

const REFUSED = /^(declined|refused|rejected|failed|error|replayed)/;

const happened = (reply: Json): boolean =>
  reply !== false &&
  fieldOf(reply, "ok") !== false &&
  fieldOf(reply, "replayed") !== true &&
  !REFUSED.test(String(fieldOf(reply, "status") ?? (typeof reply === "string" ? reply : "")));

export const fieldOf = (value: Json, name: string): Json | undefined =>
  typeof value === "object" && value !== null ? (value as { readonly [name: string]: Json })[name] : undefined;

export const verb = (service: string): string => service.split(/[./: ]/).at(-1)!;
