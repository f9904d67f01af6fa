/** What becomes of one order under another strategy, in one sentence: the first thing that happens otherwise, and the end. */
import { particle, towards } from "../../../core/korean.js";
import type { Text } from "../../../core/language.js";
import type { TraceStep, TraceView } from "../../../report/views.js";
import { taskNameOf } from "../../parts/state-pane.js";
import { choicesOf } from "../../settings.js";

export function differenceOf(original: TraceView, view: TraceView): Text {
  const { strategy } = view.setting;
  const [what, how] = [happensOtherwise(original, view), endOf(view)];
  return { en: `${strategy}: ${what.en}; ${how.en}`, ko: `${strategy}: ${what.ko} ${how.ko}` };
}

type Both = { readonly en: string; readonly ko: string };

function happensOtherwise(original: TraceView, view: TraceView): Both {
  const name = taskNameOf(view);
  const waits = firstWait(original, view);
  if (waits) {
    const [who, by] = [name(waits.task), waits.by.map(name)];
    return {
      en: `${who} waits at step ${waits.at}${by.length > 0 ? ` for ${by.join(" and ")}` : ""}`,
      ko: `${particle(who, "이", "가")} ${waits.at}단계에서 ${by.length > 0 ? `${particle(by.join(", "), "을", "를")} ` : ""}기다립니다.`,
    };
  }
  const said = view.steps.map((step) => told(step, name)).find((one) => one !== null);
  if (said) return said;
  const [before, now] = [original.steps.length, view.steps.length];
  if (now < before)
    return {
      en: `${now} steps instead of ${before}, so fewer places where another task fits in`,
      ko: `${before}단계가 아니라 ${now}단계여서 끼어들 틈이 적습니다.`,
    };
  return { en: "the tasks do not stop each other", ko: "작업들이 서로 막지 않습니다." };
}

/** The first step that is a wait, or the first turn of the original order that its task cannot take here because it waits. */
function firstWait(original: TraceView, view: TraceView) {
  const step = view.steps.find(({ other, task }) => other === "waits" && task !== null);
  const waiting = step?.after.tasks.find(({ task }) => task === step.task);
  if (step && waiting) return { task: waiting.task, by: waiting.blockedBy, at: step.n };
  const [asked, played] = [original, view].map(({ schedule }) => choicesOf(schedule)) as [readonly string[], readonly string[]];
  const at = asked.findIndex((choice, index) => played[index] !== choice);
  const moment = at > 0 ? view.steps[at - 1]?.after : view.start;
  const task = moment?.tasks.find((one) => String(one.task) === asked[at]);
  return task?.status === "blocked" ? { task: task.task, by: task.blockedBy, at: at + 1 } : null;
}

/** A step that is refused, or fails. */
function told({ n, task, event, note }: TraceStep, name: (task: number) => string): Both | null {
  if (!event || task === null) return null;
  const who = name(task);
  if ("error" in event.reply)
    return {
      en: `${who} gets error ${event.reply.error} at step ${n}`,
      ko: `${particle(who, "이", "가")} ${n}단계에서 오류 ${event.reply.error}를 받습니다.`,
    };
  if (note.conflict)
    return {
      en: `${who} is refused at step ${n}, because the row has changed`,
      ko: `행이 바뀌어 ${particle(who, "이", "가")} ${n}단계에서 거절됩니다.`,
    };
  const isRefused = event.reply.value === false || event.reply.value === 0;
  return isRefused && event.operation.kind !== "release"
    ? { en: `${who} is told no at step ${n}`, ko: `${particle(who, "이", "가")} ${n}단계에서 거절됩니다.` }
    : null;
}

function endOf({ broken, standstill, label, over }: TraceView): Both {
  if (standstill) return { en: "nobody can go on ✗", ko: "아무도 나아가지 못합니다 ✗" };
  if (!over || label === null) return { en: "it has not ended", ko: "끝나지 않았습니다" };
  return broken.length > 0
    ? { en: `it ends at ${label} ✗`, ko: `${towards(label)} 끝납니다 ✗` }
    : { en: `it ends at ${label} ✓`, ko: `${towards(label)} 끝납니다 ✓` };
}
