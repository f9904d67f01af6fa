/** A step that answers no operation, in a sentence: a wait begins, a process crashes, a lease runs out. */
import { capital } from "../core/capital.js";
import type { Event } from "../core/history.js";
import { particle } from "../core/korean.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Operation } from "../core/operation.js";
import { wanted } from "./standstill.js";

interface Happening {
  /** "waits", "crash", "restart", "expire", "redeliver", "elapse", or another fault of the environment. */
  readonly what: string;
  /** Null: it concerns no task. */
  readonly task: number | null;
  /** The operation that the task would have performed next; null: not known. */
  readonly next: Operation | null;
  readonly blockedBy: readonly number[];
  /** The events so far, and the step of each. */
  readonly events: readonly Event[];
  readonly stepOf: (n: number) => number;
  readonly name: (task: number) => string;
  readonly language: Language;
}

/** What happens, and what it means for the task. */
export function happeningText(happening: Happening): string {
  const { what, task, name, language } = happening;
  const who = task === null ? "" : capital(name(task));
  const say = (text: Text): string => inLanguage(text, language);
  // Of several leases that can run out, and messages that can come again, a schedule names one by number.
  switch (what.replace(/-\d+$/, "")) {
    case "waits":
      return say(waiting(happening, who));
    case "crash":
    case "restart":
      return say(stopped(happening, who));
    case "expire":
      return say(expired(happening));
    case "redeliver":
      return say({
        en: "A message is delivered again: its consumer had not acknowledged it.",
        ko: "메시지가 다시 전달됩니다. 받은 쪽이 아직 확인(ack)하지 않았습니다.",
      });
    case "elapse":
      return say({
        en: "Time passes: a task that waits for a lock with a timeout has waited long enough.",
        ko: "시간이 지납니다. 제한 시간을 두고 락을 기다리던 쪽의 시간이 다 됐습니다.",
      });
    default:
      return say({
        en: `${what}${who && ` hits ${who}`}: no line of the code does this, it happens.`,
        ko: `${who && `${who}에 일어난 일, `}${what}: 코드가 하는 일이 아니라, 그냥 일어납니다.`,
      });
  }
}

function waiting({ next, blockedBy, name }: Happening, who: string): Text {
  const [, thing] = wanted(next);
  const by = blockedBy.map(name);
  const holder =
    by.length > 0
      ? { en: `, which ${by.join(" and ")} holds`, ko: `${particle(by.join(", "), "이", "가")} 쥔 ` }
      : { en: "", ko: "" };
  return {
    en: `${who} cannot go on: it waits${thing && ` for ${thing}`}${holder.en}. It has taken its place in the queue.`,
    ko: `${particle(who, "은", "는")} 나아갈 수 없습니다. ${holder.ko}${thing ? `${particle(thing, "을", "를")} 기다리며 ` : ""}줄을 섰습니다.`,
  };
}

function stopped({ what, task, next, events, stepOf, name }: Happening, who: string): Text {
  const mine = events.filter((event) => event.task === task);
  const last = mine.at(-1);
  const [, thing] = wanted(next);
  const doing = next
    ? { en: `${next.kind.replaceAll("-", " ")}${thing && thing !== next.kind ? ` ${thing}` : ""}`, ko: next.kind }
    : null;
  const open = mine.findLast(({ operation: { kind } }) => /^(begin|commit|rollback)$/.test(kind))?.operation.kind === "begin";
  const before = doing ? { en: `, before "${doing.en}"`, ko: `, "${doing.en}" 전에` } : { en: "", ko: "" };
  const after = last ? { en: ` after step ${stepOf(last.n)}`, ko: ` ${stepOf(last.n)}단계 뒤` } : { en: "", ko: "" };
  const again = what === "restart";
  return {
    en:
      `${who} crashes${after.en}${before.en}. ` +
      (open
        ? `Its open transaction is rolled back${again ? ", and the request starts again from the beginning." : "; what was to come never happens."}`
        : `What it has done stays${again ? "; the request starts again from the beginning and knows nothing of it." : "; what was to come never happens."}`),
    ko:
      `${particle(task === null ? who : name(task), "이", "가")}${after.ko}${before.ko} 죽습니다. ` +
      (open
        ? `열린 트랜잭션은 롤백됩니다. ${again ? "요청은 처음부터 다시 시작합니다." : "남은 일은 끝내 일어나지 않습니다."}`
        : `이미 한 일은 남습니다. ${again ? "요청은 아무것도 모른 채 처음부터 다시 시작합니다." : "남은 일은 끝내 일어나지 않습니다."}`),
  };
}

/** Whose lease ended, where only one is out: of several the history does not tell. */
function expired({ events, stepOf, name }: Happening): Text {
  const out = events.filter(
    ({ n, task, operation, reply }) =>
      operation.kind === "acquire" &&
      operation.lease === true &&
      "value" in reply &&
      reply.value !== false &&
      !events.some(
        (later) =>
          later.n > n && later.task === task && later.operation.kind === "release" && later.operation.lock === operation.lock,
      ),
  );
  const taken = out.at(-1);
  if (taken?.operation.kind !== "acquire" || new Set(out.map(({ operation }) => wanted(operation)[1])).size > 1)
    return {
      en: "A lease runs out: another task can take its lock now, and the holder is not told.",
      ko: "리스 하나가 만료됩니다. 이제 다른 작업이 그 락을 잡을 수 있고, 쥐고 있던 쪽은 그것을 모릅니다.",
    };
  const { lock } = taken.operation;
  const [who, step] = [name(taken.task), stepOf(taken.n)];
  return {
    en: `The lease on ${lock} runs out, which ${who} took at step ${step}: another task can take it now, and ${who} is not told.`,
    ko: `${particle(who, "이", "가")} ${step}단계에서 받은 ${lock} 리스가 만료됩니다. 이제 다른 작업이 잡을 수 있고, ${particle(who, "은", "는")} 그것을 모릅니다.`,
  };
}
