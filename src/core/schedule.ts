/**
 * A schedule: the choices that, made one after the other, produce an execution. *Schedule in, history
 * out*: the text form is short enough to be pasted into a bug report, and replaying it gives the same
 * execution again (Musuvathi & Qadeer 2007 call that the whole point).
 *
 *   1221          tasks 1, 2, 2, 1; after 9 come a to z
 *   1.crash:2.1   between dots: what the environment does, here to task 2
 *   1*3 2 1*2     runs; spaces end a number and mean nothing else
 *   1.36.1        a task that has no letter
 */

/** A choice of the environment: an event, the task that it happens to, and which of that task's options (from 1; needs a task). */
export interface EnvironmentChoice {
  readonly event: string;
  readonly task?: number;
  readonly option?: number;
}

/** One choice: the number of the task that takes the next step (from 1), or a choice of the environment. */
export type Choice = number | EnvironmentChoice;
/** The choices that, one after the other, produce an execution. */
export type Schedule = readonly Choice[];

/** A schedule that cannot be read or followed; the message says at which character or step, and why. */
export class ScheduleError extends Error {
  override readonly name = "ScheduleError";
}

const DIGITS = "123456789abcdefghijklmnopqrstuvwxyz";
const EVENT = /^([a-z][a-z0-9-]*)(?::(\d+))?(?::(\d+))?$/;

/** The text of one choice, as it stands in a schedule. */
export function formatChoice(choice: Choice): string {
  if (typeof choice === "number") return DIGITS[choice - 1] ?? `.${choice}.`;
  const { event, task, option } = choice;
  return `.${event}${task === undefined ? "" : `:${task}`}${option === undefined ? "" : `:${option}`}.`;
}

/**
 * The schedule as text; with `runs`, repeated steps are written `1*3`.
 *
 * ```ts
 * console.log(formatSchedule([1, 2, 2, { event: "crash", task: 1 }]), formatSchedule([1, 1, 1], true)); // 122.crash:1. 1*3
 * ```
 */
export function formatSchedule(schedule: Schedule, runs = false): string {
  const texts = schedule.map(formatChoice);
  if (!runs) return texts.join("");
  const parts: string[] = [];
  for (let i = 0, end = 0; i < texts.length; i = end) {
    while (end < texts.length && texts[end] === texts[i]) end++;
    parts.push(end - i > 1 ? `${texts[i]}*${end - i}` : texts[i]!);
  }
  return parts.join(" ");
}

/**
 * The schedule that `formatSchedule` wrote. Throws a `ScheduleError` that names the character that cannot be read.
 *
 * ```ts
 * console.log(parseSchedule("12*2 .crash:1.")); // [ 1, 2, 2, { event: 'crash', task: 1 } ]
 * ```
 */
export function parseSchedule(text: string): Schedule {
  const choices: Choice[] = [];
  for (let at = 0; at < text.length; ) {
    const start = at;
    const char = text[at]!;
    if (/[\s,]/.test(char)) {
      at++;
      continue;
    }
    const close = char === "." ? text.indexOf(".", at + 1) : at;
    if (close < 0) throw wrong(text, at, "this dot is never closed: an environment choice stands between two dots");
    const choice = char === "." ? parseEvent(text, at, close) : DIGITS.indexOf(char) + 1;
    if (choice === 0) throw wrong(text, at, "a task is written 1 to 9 or a to z");
    at = close + 1;
    const run = /^\*(\d*)/.exec(text.slice(at));
    if (run && !Number(run[1])) throw wrong(text, at, "a run needs a number from 1, as in 1*3");
    if (run && Number(run[1]) > 10_000) throw wrong(text, at, "a run has at most 10000 steps");
    if (run) at += run[0].length;
    for (let times = run ? Number(run[1]) : 1; times > 0; times--) choices.push(choice);
    if (at === start) throw wrong(text, at, "this cannot be read");
  }
  return choices;
}

function parseEvent(text: string, open: number, close: number): Choice {
  const inner = text.slice(open + 1, close);
  if (/^[1-9]\d*$/.test(inner)) return Number(inner);
  const [, event, task, option] = EVENT.exec(inner) ?? [];
  if (!event) throw wrong(text, open, `"${inner}" is no environment choice: one looks like .crash:2.`);
  return { event, ...(task && { task: Number(task) }), ...(option && { option: Number(option) }) };
}

const wrong = (text: string, at: number, why: string): ScheduleError =>
  new ScheduleError(`schedule "${text}", character ${at + 1} ("${text[at] ?? "end"}"): ${why}`);

/** The task that takes this step; null: an event of the environment that happens to no task. */
export const taskOf = (choice: Choice): number | null => (typeof choice === "number" ? choice : (choice.task ?? null));
