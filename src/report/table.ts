import { stepLooks } from "./event.js";
import { exactly, left, type Row, right, row, span } from "./span.js";
import { lost, type Step } from "./trace.js";

interface Options {
  readonly width: number;
  readonly height: number;
  readonly cursor: number;
  readonly tasks: readonly number[];
  readonly name: (task: number) => string;
  readonly names: { readonly actual: string; readonly done: string; readonly lost: string };
}

/** The same steps as a table, one a line: for narrow windows, for pipes, and for whoever reads rather than looks. */
export function stepTable(steps: readonly Step[], { width, height, cursor, tasks, name, names }: Options): Row[] {
  const lane = Math.max(9, Math.floor((width - 30) / Math.max(1, tasks.length)));
  const head = row(
    span(
      `   ${right("step", 4)}  ${tasks.map((task) => left(name(task), lane)).join("")}${right(names.actual, 7)}${right(names.done, 6)}${right(names.lost, 6)}`,
      "dim",
    ),
  );
  const seen = Math.max(1, height - 1);
  const first = Math.max(0, Math.min(steps.length - seen, cursor - Math.floor(seen / 2)));
  const lines = steps.slice(first, first + seen).map((step, index) => {
    const here = first + index === cursor;
    const { marks, role } = stepLooks(step);
    const waited = step.event?.waited ? "░ " : "";
    const mark = `${waited}${marks[0] ?? ""}`;
    return row(
      span(` ${here ? "▸" : " "} ${right(String(step.n), 4)}  `, here ? "strong" : "dim"),
      ...tasks.map((task) => (task === step.task ? span(left(mark, lane), role) : " ".repeat(lane))),
      right(String(step.actual), 7),
      right(String(step.done), 6),
      span(right(lost(step) === 0 ? "." : `${lost(step)} !`, 6), lost(step) === 0 ? undefined : "bad"),
    );
  });
  return [head, ...lines].map((each) => exactly(each, width));
}

/** What happens in a step, as a sentence. */
export function stepSentence(step: Step, name: (task: number) => string): string {
  const { words } = stepLooks(step);
  const waited = step.event?.waited ? `, after waiting since step ${step.event.asked}` : "";
  return `${step.task === null ? "The environment" : name(step.task)} ${words}${waited}`;
}
