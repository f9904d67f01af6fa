/**
 * Two ways to be of another moment than one thinks. *Lock inside an older snapshot*: a transaction takes its snapshot,
 * then gets a lock, and goes on reading from before the lock. *Published before the commit*: a message tells of rows that
 * are not committed yet, and who receives it at once does not find them.
 *
 *     request 1   begin  R a ──── lock (waits) ─────── R b    b as it was before the lock
 *     request 2           lock  W b  commit ┘
 */
import type { Event } from "../core/history.js";
import { type Delivery, isRead, type Operation } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { isConflict } from "./operations.js";
import { same } from "./shown.js";
import { lockedThing, locks } from "./stale-decision.js";
import type { VersionStep, VersionTrace } from "./versions.js";
import { object, subject, topic, type Wording } from "./wording.js";

export function olderSnapshot(trace: VersionTrace, words: Wording): Violation[] {
  return trace.units.flatMap((unit): Violation[] => {
    const { steps, task } = unit;
    const lock = steps.find(({ event, sees }) => locks(event) && sees < event.n - 1);
    if (!unit.transaction || !lock) return [];
    const { sees } = lock;
    const first = steps.find((step) => step.event.operation.kind !== "begin" && step.event.operation.kind !== "lock-timeout")!;
    const others = [...trace.chains.values()].flat();
    const missed = others.find(({ by, installed }) => by !== task && by !== 0 && installed! > sees && installed! < lock.event.n);
    const late = steps.find(
      ({ event, reads }) =>
        event.n >= lock.event.n && (reads.length > 0 || event.operation.kind === "select" || "error" in event.reply),
    );
    if (!missed || !late || first === lock) return [];
    const name = lockedThing(lock.event.operation);
    return [
      {
        property: "what is read under a lock is what was there when it was taken",
        anomaly: "lock inside an older snapshot",
        schedule: null,
        tasks: [task, missed.by],
        events: [first.event.n, missed.n, lock.event.n, late.event.n].sort((a, b) => a - b),
        explanation: words.say({
          en:
            `${words.Task(task)}'s transaction sees the rows as they were at ${words.step(first.event.n)}. ` +
            `${words.Task(missed.by)} wrote ${missed.row ? words.row(missed) : `no ${words.key(missed.key)}`} at ${words.step(missed.n)}` +
            `${missed.installed === missed.n ? "" : ` (committed at ${words.step(missed.installed!)})`}. ` +
            `${words.Task(task)} got the lock ${name} only at ${words.step(lock.event.n)}, and at ${words.step(late.event.n)} it still ` +
            `${"error" in late.event.reply ? `worked from before the lock and was refused (${late.event.reply.error})` : "saw what was there before it"}: the snapshot is older than the lock.`,
          ko:
            `${words.task(task)}의 트랜잭션은 ${words.step(first.event.n)} 시점의 행을 봅니다. ` +
            `${subject(words, missed.by)} ${words.step(missed.n)}에서 ${missed.row ? `${object(words.row(missed))} 썼` : `${object(words.key(missed.key))} 지웠`}습니다` +
            `${missed.installed === missed.n ? "" : ` (커밋은 ${words.step(missed.installed!)})`}. ` +
            `${topic(words, task)} ${words.step(lock.event.n)}에야 락 ${object(name)} 얻었지만, ${words.step(late.event.n)}에서도 ` +
            `${"error" in late.event.reply ? `락 이전 상태로 일하다 거절당했습니다(${late.event.reply.error})` : "락 이전의 것을 봤습니다"}. 스냅샷이 락보다 오래되었습니다.`,
        }),
      },
    ];
  });
}

export function publishedEarly(trace: VersionTrace, words: Wording): Violation[] {
  const counted = new Map<string, number>();
  return trace.steps.flatMap(({ event, unit }): Violation[] => {
    const { operation, reply, task, n } = event;
    if (operation.kind !== "publish" || "error" in reply) return [];
    const id = (counted.get(operation.topic) ?? 0) + 1;
    counted.set(operation.topic, id);
    if (!unit.transaction) return [];
    const end = unit.steps.findLast((step) => /^(commit|rollback)$/.test(step.event.operation.kind))?.event;
    const received = trace.history.events.find(
      ({ operation: other, reply, n: at }) =>
        at > n &&
        other.kind === "receive" &&
        other.topic === operation.topic &&
        "value" in reply &&
        (reply.value as Delivery | null)?.id === id,
    );
    const isLost = unit.fate === "rolled back";
    if (!isLost && (!received || (end && received.n > end.n))) return [];
    const by = received ? [received.task] : [];
    const ended = end ? words.step(end.n) : "";
    return [
      {
        property: "a message tells of what is committed",
        anomaly: "published before the commit",
        schedule: null,
        tasks: [task, ...by],
        events: [n, ...(received ? [received.n] : []), ...(end ? [end.n] : [])].sort((a, b) => a - b),
        explanation: words.say({
          en:
            `${words.Task(task)} published to ${operation.topic} at ${words.step(n)}, inside a transaction that ` +
            `${isLost ? `was rolled back${end ? ` at ${ended}` : ""}: the message cannot be called back` : end ? `committed only at ${ended}` : "never committed"}.` +
            (received
              ? ` ${words.Task(received.task)} received it at ${words.step(received.n)}${isLost ? "" : ", when the rows were not there yet"}.`
              : ""),
          ko:
            `${subject(words, task)} ${words.step(n)}에서 ${operation.topic}에 메시지를 보냈는데, 그 트랜잭션은 ` +
            `${isLost ? `${end ? `${ended}에서 ` : ""}롤백되었습니다. 보낸 메시지는 거둘 수 없습니다` : end ? `${ended}에야 커밋했습니다` : "끝내 커밋하지 않았습니다"}.` +
            (received
              ? ` ${subject(words, received.task)} ${words.step(received.n)}에서 받았습니다.${isLost ? "" : " 그때 행은 아직 없었습니다."}`
              : ""),
        }),
      },
    ];
  });
}

/** A task looked twice, without a conflict in between, and the second time another task had changed the answer. */
export function unrepeatable(trace: VersionTrace, words: Wording): Violation[] {
  return trace.steps.flatMap((first): Violation[] => {
    const { task, n } = first.event;
    const later = trace.steps.filter(({ event }) => event.task === task && event.n > n);
    const again = later.find(({ event }) => isSameLook(first.event.operation, event.operation));
    const told = later.some(({ event }) => event.n < (again?.event.n ?? 0) && isConflict(event));
    if (!again || told || "error" in first.event.reply || "error" in again.event.reply) return [];
    if (same(first.event.reply.value, again.event.reply.value)) return [];
    const between = [...trace.chains.values()]
      .flat()
      .find(({ by, installed }) => by !== task && by !== 0 && installed! > n && installed! < again.event.n && isSeen(again, by));
    if (!between) return [];
    const answer = ({ event, reads }: VersionStep) =>
      event.operation.kind === "select" ? selected(event) : reads[0] ? words.row(reads[0].version) : "";
    const isSelect = first.event.operation.kind === "select" && !first.event.operation.aggregate;
    const [one, two] = [answer(first), answer(again)];
    const rows = { en: isSelect ? " rows" : "", ko: isSelect ? "행" : "" };
    return [
      {
        property: "the same question has the same answer",
        anomaly: "fuzzy read",
        schedule: null,
        tasks: [task, between.by],
        events: [n, between.n, again.event.n],
        explanation: words.say({
          en:
            `${words.Task(task)} looked at ${words.step(n)} and got ${one}${rows.en}. ${words.Task(between.by)} wrote ` +
            `${between.row ? words.row(between) : `no ${words.key(between.key)}`} at ${words.step(between.n)}. ${words.Task(task)} looked again at ${words.step(again.event.n)} and got ` +
            `${two}${rows.en}: it went on with two answers to one question.`,
          ko:
            `${subject(words, task)} ${words.step(n)}에서 본 것은 ${one}${rows.ko}입니다. ${subject(words, between.by)} ${words.step(between.n)}에서 ` +
            `${between.row ? `${object(words.row(between))} 썼` : `${object(words.key(between.key))} 지웠`}습니다. ${subject(words, task)} ${words.step(again.event.n)}에서 다시 본 것은 ` +
            `${two}${rows.ko}입니다. 같은 질문에 두 가지 답을 가지고 진행했습니다.`,
        }),
      },
    ];
  });
}

/** The number of rows, or what was computed of them. */
function selected({ operation, reply }: Event): string {
  const rows = "value" in reply && Array.isArray(reply.value) ? reply.value : [];
  const isComputed = operation.kind === "select" && operation.aggregate;
  return isComputed ? JSON.stringify(Object.values(rows[0] ?? {})[0] ?? null) : String(rows.length);
}

const isSeen = ({ reads, event }: VersionStep, by: number): boolean =>
  event.operation.kind === "select" || reads.some(({ version }) => version.by === by);

const isSameLook = (one: Operation, other: Operation): boolean =>
  one.kind === "select"
    ? other.kind === "select" && same(one as never, other as never)
    : isRead(one) && isRead(other) && one.key === other.key;
