/**
 * Work that stays although its task is told no. *Act then check*: the task writes, calls or publishes, and only then its
 * insert or its conditional update says that another task was first. *Repeated by its own retry*: a task begins again
 * after a conflict, and does once more what it had already done and kept.
 */
import type { Violation } from "../core/verdict.js";
import { inTheWay } from "./no-longer-true.js";
import { isConflict } from "./operations.js";
import { same } from "./shown.js";
import type { Version, VersionStep, VersionTrace } from "./versions.js";
import { object, subject, type Wording } from "./wording.js";

export function actThenCheck(trace: VersionTrace, words: Wording): Violation[] {
  return trace.steps.flatMap((check): Violation[] => {
    const { task, n } = check.event;
    const first = wasFirst(trace, check);
    if (!first || check.unit.fate === "rolled back") return [];
    const mine = trace.steps.filter(({ event }) => event.task === task);
    // A task that looks at the row again after the answer has heard it.
    if (mine.some(({ event, reads }) => event.n > n && reads.some(({ version }) => version.key === first.key))) return [];
    const act = mine.find((step) => step.event.n < n && stays(step, mine));
    if (!act || knew(mine, act, first)) return [];
    const [did, didInKorean] = done(words, act);
    const row = words.row(first);
    const asked = check.event.operation.kind.startsWith("insert") ? "insert" : "update";
    const answer = JSON.stringify("value" in check.event.reply ? check.event.reply.value : null);
    return [
      {
        property: "a task knows that it is the first one before it acts",
        anomaly: "act then check",
        schedule: null,
        tasks: [task, first.by],
        events: [...new Set([act.event.n, first.n, n])].sort((a, b) => a - b),
        explanation: words.say({
          en:
            `${words.Task(task)} ${did} at ${words.step(act.event.n)}, and only afterwards, at ${words.step(n)}, its ${asked} was answered ${answer}: ` +
            `${words.task(first.by)} had written ${row} at ${words.step(first.n)}. What ${words.task(task)} had done stayed.`,
          ko:
            `${subject(words, task)} ${words.step(act.event.n)}에서 ${didInKorean}습니다. 그 뒤 ${words.step(n)}에서야 ${answer}라는 답을 받았습니다. ` +
            `${subject(words, first.by)} ${words.step(first.n)}에서 이미 ${object(row)} 써 두었습니다. ${subject(words, task)} 먼저 한 일은 그대로 남았습니다.`,
        }),
      },
    ];
  });
}

/** The row of another task that made the store say no; undefined: it did not, or the row was there from the beginning. */
function wasFirst(trace: VersionTrace, { event: { operation, reply, task, n } }: VersionStep): Version | undefined {
  if ("error" in reply || (reply.value !== 0 && reply.value !== false)) return undefined;
  const there =
    operation.kind === "insert-row"
      ? inTheWay(trace, operation.table, n)
      : operation.kind === "insert" || operation.kind === "update-where"
        ? [trace.chains.get(operation.key)?.findLast(({ installed }) => installed! < n)]
        : [];
  return there.findLast((version) => version?.row && version.by !== 0 && version.by !== task);
}

/** It took effect, and its task has not written the row once more. */
const stays = ({ event, installs, writes }: VersionStep, mine: readonly VersionStep[]): boolean =>
  "value" in event.reply &&
  (event.operation.kind === "call" ||
    event.operation.kind === "publish" ||
    writes.some(
      ({ key, installed, row }) =>
        row !== null &&
        installed !== null &&
        !mine.some((later) => later.event.n > event.n && later.writes.some((version) => version.key === key)),
    )) &&
  (installs.length > 0 ||
    writes.length > 0 ||
    !mine.some((later) => later.event.n > event.n && later.event.operation.kind === "call"));

/** Had the task seen the other one's row before it acted? */
const knew = (mine: readonly VersionStep[], act: VersionStep, first: Version): boolean =>
  mine.some(({ event, reads }) => event.n < act.event.n && reads.some(({ version }) => version === first));

function done(words: Wording, { event: { operation }, writes }: VersionStep): readonly [en: string, ko: string] {
  if (operation.kind === "call") return [`called ${operation.service}`, `${object(operation.service)} 호출했`];
  if (operation.kind === "publish") return [`published to ${operation.topic}`, `${operation.topic}에 메시지를 보냈`];
  const row = words.row(writes[0]!);
  return [`wrote ${row}`, `${object(row)} 썼`];
}

export function repeatedByRetry(trace: VersionTrace, words: Wording): Violation[] {
  return trace.steps.flatMap((conflict): Violation[] => {
    const { event } = conflict;
    if (!isConflict(event)) return [];
    const kept = trace.steps.flatMap(({ installs, event: other }) => (other.task === event.task ? installs : []));
    for (const first of kept.filter(({ n, installed, row }) => installed! < event.n && row && n < event.n)) {
      if ("key" in event.operation && event.operation.key === first.key) continue;
      const chain = trace.chains.get(first.key)!;
      const again = kept.find(({ n, key, row }) => n > event.n && key === first.key && row);
      // To put back what was there is an undo.
      if (!again || same(again.row, chain[first.place - 1]?.row ?? null)) continue;
      const what = event.operation.kind.replaceAll("-", " ");
      const asked = "key" in event.operation ? `${what} ${words.key(event.operation.key)}` : what;
      return [
        {
          property: "a retry does not repeat what was kept",
          anomaly: "repeated by its own retry",
          schedule: null,
          tasks: [event.task],
          events: [first.n, event.n, again.n],
          explanation: words.say({
            en:
              `${words.Task(event.task)} wrote ${words.row(first)} at ${words.step(first.n)}, and that stayed. Its "${asked}" was refused at ${words.step(event.n)}, ` +
              `and it began again: it wrote ${words.row(again)} at ${words.step(again.n)}, on top of what it had done before.`,
            ko:
              `${subject(words, event.task)} ${words.step(first.n)}에서 ${object(words.row(first))} 썼고, 그것은 남았습니다. ${words.step(event.n)}에서 "${asked}" 요청이 거절당하자 ` +
              `처음부터 다시 했고, ${words.step(again.n)}에서 ${object(words.row(again))} 썼습니다. 앞서 한 일 위에 또 한 것입니다.`,
          }),
        },
      ];
    }
    return [];
  });
}
