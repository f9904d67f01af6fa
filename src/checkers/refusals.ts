/**
 * Answers that say no. *Ignored answer*: a conditional statement changed no row, and its task went on to "ok" all the
 * same. An error that ends its task, by its code: what the task knew, what was no longer true, why the store refused.
 */
import type { Anomaly } from "../core/anomaly.js";
import { type FailureCode, failureText } from "../core/failure.js";
import { particle } from "../core/korean.js";
import type { Text } from "../core/language.js";
import type { Operation } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import type { Outcome } from "../core/work.js";
import { noLongerTrue } from "./no-longer-true.js";
import { rangeSentence } from "./ranges.js";
import { lockedThing, locks, staleDecisions } from "./stale-decision.js";
import type { Version, VersionStep, VersionTrace } from "./versions.js";
import { object, subject, topic, type Wording } from "./wording.js";

/** What the findings on errors are about. */
export const failsInError = "no task ends in an error";

/** What each code is called. */
const names: { readonly [code: string]: Anomaly } = {
  "23505": "duplicate key",
  "40001": "serialization failure",
  "40P01": "deadlock",
  "25P02": "failed transaction",
  "55P03": "lock not available",
  "08006": "lost reply",
};

/** A commit is refused for what was read, although nothing that it wrote was changed. */
const dependencies = {
  en: "no serial order explains what these transactions have read and written",
  ko: "이 트랜잭션들이 읽고 쓴 것을 설명하는 직렬 순서가 없습니다",
};

/** The same, where a part of it counts as read and was not. */
const supposed = {
  en: "no serial order explains what counts as read and written by these transactions",
  ko: "이 트랜잭션들이 읽고 쓴 것으로 치는 것을 설명하는 직렬 순서가 없습니다",
};

export function ignoredAnswer(trace: VersionTrace, words: Wording): Violation[] {
  return trace.steps.flatMap((step): Violation[] => {
    const { event, unit } = step;
    const { operation, reply, task, n } = event;
    if ("error" in reply || !/^(update-where|update-rows|compare-and-set|delete-rows)$/.test(operation.kind)) return [];
    if (reply.value !== 0 && reply.value !== false) return [];
    const outcome = trace.history.outcomes[task - 1];
    const later = trace.steps.filter((other) => other.event.task === task && other.event.n > n);
    // Who looks again after the answer has heard it; a transaction that is rolled back, too.
    if (
      outcome?.status !== "ok" ||
      (unit.transaction && unit.fate === "rolled back") ||
      later.some(({ reads }) => reads.length > 0)
    )
      return [];
    const table = "key" in operation ? words.key(operation.key) : "table" in operation ? operation.table : "";
    const answer = String(reply.value);
    const kept = unit.transaction ? unit.steps.flatMap(({ installs }) => installs) : [];
    const said = outcome.detail ? ` (${outcome.detail})` : "";
    return [
      {
        property: "an answer is looked at",
        anomaly: "ignored answer",
        schedule: null,
        tasks: [task],
        events: [n],
        explanation: words.say({
          en:
            `${words.Task(task)} asked to change ${table} at ${words.step(n)} and was answered ${answer}: no row was changed. ` +
            `It went on all the same${kept.length > 0 ? `, kept ${kept.map((version) => words.row(version)).join(", ")}` : ""} and ended ok${said}.`,
          ko:
            `${subject(words, task)} ${words.step(n)}에서 ${object(table)} 바꾸려 했고 답은 ${particle(answer, "이었", "였")}습니다. 바뀐 행이 없다는 뜻입니다. ` +
            `그런데도 그대로 진행해${kept.length > 0 ? ` ${kept.map((version) => words.row(version)).join(", ")}까지 남기고` : ""} ok${said}로 끝났습니다.`,
        }),
      },
    ];
  });
}

/** A task that ended ok and has neither read nor changed anything: a yes for nothing. Told where nothing else is found. */
export function idleYes(trace: VersionTrace, words: Wording): Violation[] {
  return trace.history.outcomes.flatMap((outcome, index): Violation[] => {
    const task = index + 1;
    const mine = trace.steps.filter(({ event }) => event.task === task);
    const last = mine.at(-1)?.event;
    const does = ({ event, reads, writes }: VersionStep) =>
      reads.length + writes.length > 0 || /^(call|publish|receive|ack|select)$/.test(event.operation.kind);
    if (outcome?.status !== "ok" || !last || mine.some(does)) return [];
    const answer = "value" in last.reply ? String(last.reply.value) : last.reply.error;
    const asked = last.operation.kind.replaceAll("-", " ");
    return [
      {
        property: "an answer is looked at",
        anomaly: "ignored answer",
        schedule: null,
        tasks: [task],
        events: [last.n],
        explanation: words.say({
          en: `${words.Task(task)} ended ok and had done nothing: no row was read or changed. Its ${asked} at ${words.step(last.n)} was answered ${answer}.`,
          ko: `${topic(words, task)} 행을 읽지도 바꾸지도 않은 채 ok로 끝났습니다. ${words.step(last.n)}의 ${asked}에 대한 답은 ${particle(answer, "이었", "였")}습니다.`,
        }),
      },
    ];
  });
}

/** An insert met a row that was there, and its task went on to act and ended ok all the same. */
export function ignoredDuplicate(trace: VersionTrace, words: Wording): Violation[] {
  return trace.steps.flatMap(({ event }): Violation[] => {
    const { operation, reply, task, n } = event;
    if (!("error" in reply) || reply.error !== "23505" || trace.history.outcomes[task - 1]?.status !== "ok") return [];
    const later = trace.steps.filter((other) => other.event.task === task && other.event.n > n);
    const act = later.find((step) => step.writes.length > 0 || /^(call|publish)$/.test(step.event.operation.kind));
    // Who rolls back or looks again has heard it.
    if (!act || later.some((step) => step.event.operation.kind === "rollback" || step.reads.length > 0)) return [];
    const table = "key" in operation ? words.key(operation.key) : "table" in operation ? operation.table : "";
    return [
      {
        property: "an answer is looked at",
        anomaly: "ignored answer",
        schedule: null,
        tasks: [task],
        events: [n, act.event.n],
        explanation: words.say({
          en: `${words.Task(task)} could not insert ${table} at ${words.step(n)}: 23505 (${failureText("23505", "en")}). It went on all the same, at ${words.step(act.event.n)}, and ended ok.`,
          ko: `${subject(words, task)} ${words.step(n)}에서 ${object(table)} 추가하지 못했습니다. 23505(${failureText("23505", "ko")})입니다. 그런데도 ${words.step(act.event.n)}에서 그대로 진행해 ok로 끝났습니다.`,
        }),
      },
    ];
  });
}

/** The errors that ended a task, each with what led to it. */
export function shownErrors(trace: VersionTrace, words: Wording): Violation[] {
  return trace.history.outcomes.flatMap((outcome, index): Violation[] => {
    if (outcome?.status !== "failed") return [];
    const task = index + 1;
    const mine = trace.steps.filter(({ event }) => event.task === task);
    const last = mine.findLast(({ event }) => "error" in event.reply && isEndedBy(outcome, event.reply.error));
    const undone = mine.findLast(
      ({ event }) => event.operation.kind === "commit" && "value" in event.reply && event.reply.value === "rollback",
    );
    if (!last && undone && outcome.detail.includes("25P02")) return [lateFailure(trace, words, task, undone)];
    if (!last) return [endedOtherwise(words, task, mine.at(-1), outcome.detail ?? "")];
    const code = "error" in last.event.reply ? last.event.reply.error : "08006";
    const because = reason(trace, words, last, code);
    const kind = last.event.operation.kind.replaceAll("-", " ");
    const at = words.step(last.event.n);
    const range = code === "40001" ? rangeSentence(trace, words, last.unit) : "";
    const meaning =
      code === "40001" && kind === "commit"
        ? range
          ? supposed
          : dependencies
        : { en: failureText(code, "en"), ko: failureText(code, "ko") };
    return [
      {
        property: failsInError,
        anomaly: names[code] ?? "error",
        schedule: null,
        tasks: [task],
        events: [last.event.n],
        explanation: [
          because,
          words.say({
            en: `${words.Task(task)}'s ${kind} at ${at} was refused with ${code} (${meaning.en}), and nothing handled it: the task failed.`,
            ko: `${words.task(task)}의 ${kind}(${at})은 ${code}로 거절당했고(${meaning.ko}), 아무도 처리하지 않아 작업이 실패했습니다.`,
          }),
          range,
        ]
          .filter(Boolean)
          .join(" "),
      },
    ];
  });
}

/** The commit of a transaction that had failed before rolls back, and only then is the task told. */
const lateFailure = (trace: VersionTrace, words: Wording, task: number, { event, unit }: VersionStep): Violation => ({
  property: failsInError,
  anomaly: "failed transaction",
  schedule: null,
  tasks: [task],
  events: [event.n],
  explanation: [
    reason(trace, words, { event, unit } as VersionStep, "25P02"),
    words.say({
      en: `Its commit at ${words.step(event.n)} rolled everything back, and the task failed with 25P02.`,
      ko: `${words.step(event.n)}의 커밋은 모두 롤백했고, 작업은 25P02로 실패했습니다.`,
    }),
  ].join(" "),
});

/** Did this refusal end the task? Its code is known, or stands at the head of the detail. */
const isEndedBy = (outcome: Outcome, code: FailureCode): boolean =>
  outcome.status === "failed" && (outcome.code === undefined ? outcome.detail.startsWith(code) : outcome.code === code);

const endedOtherwise = (words: Wording, task: number, last: VersionStep | undefined, detail: string): Violation => ({
  property: failsInError,
  anomaly: "error",
  schedule: null,
  tasks: [task],
  events: last ? [last.event.n] : [],
  explanation: words.say({
    en: `${words.Task(task)} failed${last ? ` after ${words.step(last.event.n)}` : ""}: ${detail}.`,
    ko: `${topic(words, task)}${last ? ` ${words.step(last.event.n)} 뒤에` : ""} 실패했습니다. ${detail}.`,
  }),
});

/** What the task knew and was no longer true, or what another task had done, when the store refused. */
function reason(trace: VersionTrace, words: Wording, { event, unit }: VersionStep, code: string): string {
  const { task, n } = event;
  if (code === "25P02") {
    const first = unit.steps.find((step) => "error" in step.event.reply)?.event;
    return first && first.n < n && "error" in first.reply
      ? words.say({
          en: `${words.Task(task)}'s transaction had failed at ${words.step(first.n)} (${first.reply.error}: ${failureText(first.reply.error, "en")}), and it was not rolled back.`,
          ko: `${words.task(task)}의 트랜잭션은 ${words.step(first.n)}에서 이미 실패했고(${first.reply.error}: ${failureText(first.reply.error, "ko")}), 롤백하지 않았습니다.`,
        })
      : "";
  }
  if (code === "08006")
    return words.say({
      en: `What ${words.task(task)} asked for at ${words.step(n)} was done, and only its answer was lost.`,
      ko: `${subject(words, task)} ${words.step(n)}에서 시킨 일은 이루어졌고, 답만 사라졌습니다.`,
    });
  if (code === "40P01") return circle(trace, words, task, n);
  if (code === "55P03") return lockedBy(trace, words, task, n);
  const decision = staleDecisions(trace).find(({ act }) => act.event.n === n);
  if (decision && (code !== "23505" || isInTheWay(decision.changed, event.operation))) {
    const { seen, look, changed } = decision;
    return words.say(
      known(words, task, look.event.n, seen?.row ? words.row(seen) : null, changed.by, words.row(changed), changed.n),
    );
  }
  const [outdated] = code === "40001" ? noLongerTrue(trace, words).filter(({ tasks }) => tasks[0] === task) : [];
  if (outdated) return outdated.explanation;
  const isIt = (version: Version) => isInTheWay(version, event.operation);
  const there = trace.steps.findLast(({ event: other, writes }) => other.n < n && other.task !== task && writes.some(isIt));
  if (!there) return "";
  const version = there.writes.find(isIt)!;
  const row = version.row ? words.row(version) : words.key(version.key);
  return words.say({
    en: `${words.Task(version.by)} had ${version.row ? "written" : "deleted"} ${row} at ${words.step(version.n)}.`,
    ko: `${subject(words, version.by)} ${words.step(version.n)}에서 ${object(row)} ${version.row ? "써 두었" : "지웠"}습니다.`,
  });
}

/** Can this be the row that refuses the statement: the row itself, or, where only its table is named, one of that table? */
const isInTheWay = ({ key }: Version, operation: Operation): boolean =>
  "key" in operation ? key === operation.key : !("table" in operation) || key.startsWith(`${operation.table}/`);

/** Who held what the statement was told not to wait for. */
function lockedBy(trace: VersionTrace, words: Wording, task: number, n: number): string {
  const lock = lockedThing(trace.history.events[n - 1]!.operation);
  const other = trace.steps.findLast(
    ({ event, writes, unit }) =>
      event.n < n &&
      event.task !== task &&
      unit.steps.at(-1)!.event.n > n &&
      (locks(event) || writes.length > 0) &&
      [lockedThing(event.operation), ...writes.map(({ key }) => key)].includes(lock),
  );
  return other
    ? words.say({
        en: `${words.Task(other.event.task)} had locked ${lock} at ${words.step(other.event.n)} and had not released it.`,
        ko: `${subject(words, other.event.task)} ${words.step(other.event.n)}에서 ${object(lock)} 잠그고 아직 놓지 않았습니다.`,
      })
    : "";
}

/** Who waited for whom when the database broke the circle: the other one goes on once this one has given up. */
function circle({ history }: VersionTrace, words: Wording, task: number, n: number): string {
  const mine = lockedThing(history.events[n - 1]!.operation);
  const other = history.events.find((event) => event.n > n && event.task !== task && event.waited && event.asked < n);
  if (!other) return "";
  const theirs = lockedThing(other.operation);
  if (mine === theirs)
    return words.say({
      en: `${words.Task(other.task)} and ${words.task(task)} had both locked ${mine}, and each asked for more of it, so each waited for the other.`,
      ko: `${topic(words, other.task)} ${particle(words.task(task), "과", "와")} 함께 ${object(mine)} 잠갔고, 둘 다 더 강한 락을 원해 서로를 기다렸습니다.`,
    });
  return words.say({
    en: `${words.Task(other.task)} was waiting for ${theirs}, which ${words.task(task)} had locked, and ${words.task(task)} asked for ${mine}, which ${words.task(other.task)} had locked.`,
    ko: `${topic(words, other.task)} ${subject(words, task)} 잠근 ${object(theirs)} 기다리고 있었고, ${topic(words, task)} ${subject(words, other.task)} 잠근 ${object(mine)} 달라고 했습니다.`,
  });
}

const known = (words: Wording, task: number, n: number, seen: string | null, by: number, row: string, m: number): Text => ({
  en: `${words.Task(task)} looked at ${words.step(n)} and found ${seen ?? "nothing"}. ${words.Task(by)} wrote ${row} at ${words.step(m)}.`,
  ko: `${subject(words, task)} ${words.step(n)}에서 봤을 때는 ${seen === null ? "없었" : particle(seen, "이었", "였")}습니다. ${subject(words, by)} ${words.step(m)}에서 ${object(row)} 썼습니다.`,
});
