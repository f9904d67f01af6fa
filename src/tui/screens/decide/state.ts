/** A learner who is the scheduler: what has been chosen, what can be, and what it comes to. Pure. */
import type { ExploredView, ReplayView, Searched, TaskView, TraceView } from "../../../report/views.js";
import type { DecideGiven } from "../../given.js";
import { bookmarksKey, type KeptPoint } from "../../remembered.js";
import type { Remember } from "../../services.js";
import { choicesOf } from "../../settings.js";

type Remembering = { readonly remembered: Remember["get"] };
export const bookmarksOf = ({ given }: DecideState, { remembered }: Remembering): readonly KeptPoint[] =>
  (remembered(bookmarksKey(given.setting.lesson)) as readonly KeptPoint[] | undefined) ?? [];

export const isKept = (state: DecideState, context: Remembering): boolean =>
  bookmarksOf(state, context).some((one) => samePoint(one, pointOf(state)));

/** Where the learner stands. */
export const pointOf = ({ given, view }: DecideState): KeptPoint => ({
  setting: given.setting,
  schedule: view?.schedule ?? given.schedule,
});

export function samePoint(one: KeptPoint, other: KeptPoint): boolean {
  const text = ({ setting: { lesson, strategy, size = {}, faults = {} }, schedule }: KeptPoint): string =>
    JSON.stringify([lesson, strategy, Object.entries(size).sort(), Object.entries(faults).sort(), schedule]);
  return text(one) === text(other);
}

/** An order that was played to its end. */
interface PlayedOrder {
  readonly schedule: string;
  readonly label: string;
  readonly wrong: boolean;
  readonly switches: number;
}

export interface DecideState {
  readonly given: DecideGiven;
  /** All that is known of the setting; the best possible score comes from it. */
  readonly explored: ExploredView | null;
  readonly view: TraceView | null;
  readonly searched: Searched | null;
  readonly failed: boolean;
  /** Undo and redo without end. */
  readonly past: readonly TraceView[];
  readonly future: readonly TraceView[];
  /** The option marked, from 0. */
  readonly marked: number;
  /** Are the counts of what each choice leads to on screen? */
  readonly peek: boolean;
  readonly tries: readonly PlayedOrder[];
  /** The order played, under the other strategies. */
  readonly replays: readonly ReplayView[] | null;
  /** How much of the best order has been given away. */
  readonly hints: number;
  /** Options that were chosen while a move was under way. */
  readonly queue: readonly number[];
}

/** One line of the list of who may go next. */
export interface DecideOption {
  /** As it is pressed. */
  readonly key: number;
  readonly name: string;
  /** Null: it cannot be chosen, and the task says why. */
  readonly choice: string | null;
  readonly task: TaskView | null;
  readonly schedules: bigint;
  readonly wrong: bigint;
}

/** Every task, able or not, in order; after them whatever else may happen. */
export function decideOptions(view: TraceView): readonly DecideOption[] {
  const now = view.steps.at(-1)?.after ?? view.start;
  const plain = (task: number) =>
    view.choices.find((one) => one.task === task && !one.choice.startsWith(".")) ??
    view.choices.find((one) => one.choice === `.${task}.`);
  const tasks = now.tasks.map((task) => {
    const found = plain(task.task);
    return {
      name: `w${task.task}`,
      choice: found?.choice ?? null,
      task,
      schedules: found?.schedules ?? 0n,
      wrong: found?.wrong ?? 0n,
    };
  });
  const rest = view.choices
    .filter(({ choice }) => !tasks.some((one) => one.choice === choice))
    .map(({ choice, schedules, wrong }) => ({ name: choice.replaceAll(".", ""), choice, task: null, schedules, wrong }));
  return [...tasks, ...rest].map((option, index) => ({ key: index + 1, ...option }));
}

/** Steps where another task goes on than before. */
export function switchesIn(schedule: string): number {
  const choices = choicesOf(schedule).filter((choice) => !/^\.[a-z]/.test(choice));
  return choices.filter((choice, index) => index > 0 && choices[index - 1] !== choice).length;
}

export const isWrong = (view: TraceView): boolean =>
  view.over && (view.broken.length > 0 || stuck(view).length > 0 || !(view.steps.at(-1)?.after ?? view.start).right);

/** Tasks that wait for ever. */
export const stuck = (view: TraceView): readonly TaskView[] =>
  view.over ? (view.steps.at(-1)?.after ?? view.start).tasks.filter(({ status }) => status === "blocked") : [];

/** The next choice of the best order, when what was chosen so far is how it begins. */
export function hintFor({ view, explored }: DecideState): string | null {
  const best = choicesOf(explored?.counterexample?.schedule ?? "");
  const made = choicesOf(view?.schedule ?? "");
  return made.every((choice, index) => best[index] === choice) ? (best[made.length] ?? null) : null;
}
