/** The state after a step: the tally, the rows, each task, what is lost, which ends are still possible. */

import type { Operation } from "../../core/operation.js";
import { outcomeText } from "../../core/work.js";
import { stepLooks, value } from "../../report/event.js";
import { row, sentences, span, type TextRow } from "../../report/span.js";
import { offText } from "../../report/tally.js";
import { nameIn } from "../../report/task-names.js";
import { offFigures, type Tallied } from "../../report/trace.js";
import type { StateView, TaskView, TraceView } from "../../report/views.js";
import { reportWords } from "../../report/words.js";
import { endsText } from "../settings.js";
import type { Context } from "../state.js";
import { say, screenWords } from "../words.js";
import { labelsOf } from "./lanes-of-trace.js";

/** What a task will do next: `acquire stock/1`, `commit`; empty: nothing. */
export const intention = (operation: Operation | null): string => {
  if (!operation) return "";
  const what =
    "key" in operation
      ? operation.key
      : "lock" in operation
        ? String(operation.lock)
        : "table" in operation
          ? operation.table
          : "";
  return what ? `${operation.kind} ${what}` : operation.kind;
};

/** What a task is called in sentences and lists. */
export const taskNameOf =
  ({ names }: Pick<TraceView, "names">) =>
  (task: number): string =>
    nameIn(names, task);

export const stateAt = (view: TraceView, at: number): StateView & Tallied => {
  const step = view.steps[at];
  return step ? { ...step.after, actual: step.actual, expected: step.expected, done: step.done } : view.start;
};

/** Something has gone wrong up to this step: a figure that is off is no longer only on its way. */
export const isHarmed = ({ steps }: TraceView, at: number): boolean => offFigures(steps)[at]?.harm ?? false;

/** `foresees`: with the ends that are still possible. */
export function stateRows(
  view: TraceView,
  at: number,
  columns: number,
  height: number,
  context: Context,
  foresees = true,
): TextRow[] {
  const now = stateAt(view, at);
  const before = stateAt(view, at - 1);
  const { name, done } = view.tally;
  const wrapped = (given: TextRow): TextRow[] => sentences([given], columns - 2, 2).map((each) => row(" ", each));
  const changed = at >= 0 && now.actual !== before.actual;
  const store = row(
    span(`${name} `, "dim"),
    span(String(now.actual), changed ? "strong" : undefined),
    changed ? span(`   ${say(screenWords.wasBefore(String(before.actual)), context)}`, "dim") : "",
  );
  const rows = changedRows(now, before, at, context);
  const off = offText(view.tally, now, context.language);
  const damage = row(`${now.done} ${done}`, off === "" ? "" : isHarmed(view, at) ? span(`, ${off} !`, "bad") : `, ${off}`);
  const tasks = now.tasks.map((task) =>
    row(span(`${taskNameOf(view)(task.task)} `, "strong"), taskText(view, task, at, context)),
  );
  const ends = row(`${say(screenWords.canStillEnd, context)}  `, span(endsText(now.canEndAt, labelsOf(view)), "strong"));
  const decided = view.pointOfNoReturn !== null && at + 1 >= view.pointOfNoReturn;
  const point = decided ? row(span(say(screenWords.noReturnSince(view.pointOfNoReturn ?? 0), context), "bad")) : null;
  const all = [store, ...tasks, ...rows];
  const mustWith = (...given: readonly TextRow[]) =>
    [damage, ...(foresees ? [...given, ...(point ? [point] : [])] : [])].flatMap(wrapped);
  // The ends stand under the lanes as well; what a task waits for stands here only.
  const must = height - mustWith(ends).length < 1 + tasks.length ? mustWith() : mustWith(ends);
  const room = height - must.length;
  const kept = all.slice(0, Math.max(1, room));
  const more = all.length - kept.length;
  // The last row says how many are left out.
  const last = more > 0 ? row(span(`   … ${say(screenWords.moreInState(more), context)}`, "dim")) : [];
  return [...kept.map((each, index) => row(" ", each, ...(index === kept.length - 1 ? last : []))), ...must];
}

/** The rows that the step has changed, in lessons with several rows: with one, the tally says it. */
function changedRows(now: StateView, before: StateView, at: number, context: Context): TextRow[] {
  const keys = Object.keys(now.rows);
  if (keys.length < 2) return [];
  return keys
    .filter((key) => at >= 0 && JSON.stringify(now.rows[key]) !== JSON.stringify(before.rows[key]))
    .map((key) => row(span(`${key}  `, "dim"), span(value(now.rows[key] ?? null, context.language), "strong")));
}

function taskText(
  view: TraceView,
  { task, status, operation, sites, blockedBy, outcome }: TaskView,
  at: number,
  context: Context,
): TextRow {
  if (status === "ended" || status === "cut")
    return row(span(outcome ? outcomeText(outcome, context.language) : say(reportWords.cutOff, context), "dim"));
  const line = sites[0] ? `${say(reportWords.line, context)} ${sites[0].line} ` : "";
  const does = Object.keys(view.start.rows).length === 1 ? (operation?.kind ?? "") : intention(operation);
  if (status === "blocked")
    return row(span(`${say(screenWords.waitsFor(blockedBy.map(taskNameOf(view))), context)}: ${line}${does}`, "wait"));
  const copy = holding(view, task, at);
  const stale = copy !== null && copy.since !== null;
  const held = copy
    ? [
        span(
          say(stale ? screenWords.holdsStale(copy.value, copy.since ?? 0) : screenWords.holds(copy.value), context),
          stale ? "bad" : "read",
        ),
        span("   "),
      ]
    : [];
  return row(...held, `${say(screenWords.next, context)} ${line}${does}`);
}

/** The copy that a task will write from, and the step since which it is stale (null: it is fresh); null: it has none. */
function holding(
  { steps, ahead }: TraceView,
  task: number,
  at: number,
): { readonly value: string; readonly since: number | null } | null {
  const mine = steps.slice(0, at + 1).findLast((step) => step.task === task && step.event);
  const next = steps.slice(at + 1).find((step) => step.task === task && step.event);
  if (!mine?.event || "error" in mine.event.reply || !/^(read|read-versioned|select-for-update)$/.test(mine.event.operation.kind))
    return null;
  const read =
    stepLooks(mine)
      .marks.at(-2)
      ?.replace(/^\S*R /, "") ?? "";
  const stale = next ? next.note.stale : ahead.find((one) => one.task === task)?.stale;
  const since = stale?.since ?? null;
  return { value: read, since: since !== null && since <= at + 1 ? since : null };
}
