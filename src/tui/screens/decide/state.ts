/** The choices that the learner has made as the scheduler, those that can be made, and what they lead to. */
import type { ExploredView, ReplayView, Searched, TaskView, TraceView } from "../../../report/views.js";
import { type BrokenWithSchedule, brokenIn } from "../../broken-properties.js";
import type { DecideGiven } from "../../given.js";
import { laneName } from "../../parts/lanes-of-trace.js";
import { bookmarksKey, type KeptPoint } from "../../remembered.js";
import type { Remember } from "../../services.js";
import { choicesOf } from "../../settings.js";

type Remembering = { readonly remembered: Remember["get"] };
export const bookmarksOf = ({ given }: DecideState, { remembered }: Remembering): readonly KeptPoint[] =>
  (remembered(bookmarksKey(given.setting.lesson)) as readonly KeptPoint[] | undefined) ?? [];

export const isKept = (state: DecideState, context: Remembering): boolean =>
  bookmarksOf(state, context).some((one) => samePoint(one, pointOf(state)));

/** The point at which the learner is. */
export const pointOf = ({ given, view }: DecideState): KeptPoint => ({
  setting: given.setting,
  schedule: view?.schedule ?? given.schedule,
});

export function samePoint(one: KeptPoint, other: KeptPoint): boolean {
  const text = ({ setting: { lesson, strategy, size = {}, faults = {} }, schedule }: KeptPoint): string =>
    JSON.stringify([lesson, strategy, Object.entries(size).sort(), Object.entries(faults).sort(), schedule]);
  return text(one) === text(other);
}

/** An order that the learner played to its end. */
interface PlayedOrder {
  readonly schedule: string;
  readonly label: string;
  readonly wrong: boolean;
  /** It breaks what was to be broken. */
  readonly reached: boolean;
  readonly switches: number;
}

export interface DecideState {
  readonly given: DecideGiven;
  /** The exploration of the setting, which has the best possible score; null: the search is not over. */
  readonly explored: ExploredView | null;
  readonly view: TraceView | null;
  readonly searched: Searched | null;
  readonly failed: boolean;
  /** For undo and redo, without a limit. */
  readonly past: readonly TraceView[];
  readonly future: readonly TraceView[];
  /** Index of the marked option. */
  readonly marked: number;
  /** The screen shows the counts of what each choice leads to. */
  readonly peek: boolean;
  readonly tries: readonly PlayedOrder[];
  /** The order that has ended, under the other strategies; null: not ended, or not played yet. */
  readonly replays: readonly ReplayView[] | null;
  /** The property to break, where the learner has chosen another one than that of the smallest counterexample. */
  readonly goal: string | null;
  /** The learner goes on although it is decided. */
  readonly goesOn: boolean;
  /** The second round is against a protection. */
  readonly round: 1 | 2;
  /** Indexes of options that were chosen while a move was under way. */
  readonly queue: readonly number[];
}

/** One line of the list of what may happen next. */
export interface DecideOption {
  /** The digit that chooses it. */
  readonly key: number;
  readonly name: string;
  /** As it stands in a schedule; null: it cannot be chosen now. */
  readonly choice: string | null;
  /** Null: a choice of the environment. */
  readonly task: TaskView | null;
  readonly schedules: bigint;
  readonly wrong: bigint;
  readonly exact: boolean;
}

/** All tasks in order, also those that cannot go on; after them the choices of the environment. */
export function decideOptions(view: TraceView): readonly DecideOption[] {
  const now = view.steps.at(-1)?.after ?? view.start;
  const plain = (task: number) =>
    view.choices.find((one) => one.task === task && !one.choice.startsWith(".")) ??
    view.choices.find((one) => one.choice === `.${task}.`);
  const tasks = now.tasks.map((task) => {
    const found = plain(task.task);
    return {
      name: laneName(view)(task.task),
      choice: found?.choice ?? null,
      task,
      schedules: found?.schedules ?? 0n,
      wrong: found?.wrong ?? 0n,
      exact: found?.exact ?? true,
    };
  });
  const rest = view.choices
    .filter(({ choice }) => !tasks.some((one) => one.choice === choice))
    .map((one) => ({ ...one, name: one.choice.replaceAll(".", ""), task: null }));
  return [...tasks, ...rest].map((option, index) => ({ key: index + 1, ...option }));
}

/** The number of steps where another task goes on than before. */
export function switchesIn(schedule: string): number {
  const choices = choicesOf(schedule).filter((choice) => !/^\.[a-z]/.test(choice));
  return choices.filter((choice, index) => index > 0 && choices[index - 1] !== choice).length;
}

export const isWrong = (view: TraceView): boolean =>
  view.over && (view.broken.length > 0 || view.standstill !== null || !(view.steps.at(-1)?.after ?? view.start).right);

/** The property to break, with the best order; undefined: nothing breaks. */
export function goalIn({ explored, goal }: Pick<DecideState, "explored" | "goal">): BrokenWithSchedule | undefined {
  const broken = brokenIn(explored);
  return broken.find(({ property }) => property === (goal ?? explored?.counterexample?.property));
}

/** The order has ended and breaks what was to be broken. */
export const isReached = (state: Pick<DecideState, "explored" | "goal">, view: TraceView): boolean =>
  view.over && view.broken.some(({ property }) => property === goalIn(state)?.property);

/** The step with which the goal was decided: whoever goes on, it is broken in the end. Null: it is not decided. */
export const decidedAt = (state: Pick<DecideState, "explored" | "goal">, { lostFrom }: TraceView): number | null =>
  lostFrom[goalIn(state)?.property ?? ""] ?? null;

/** It is decided and not over, and the learner has not said that they go on. */
export const isAnnounced = (state: DecideState): boolean =>
  state.view !== null && !state.view.over && !state.goesOn && decidedAt(state, state.view) !== null;

/** One of the three stars: got, still possible, out of reach, or not known because the search is not complete. */
export type Star = "got" | "possible" | "missed" | "unknown";

/** Broken, the worst end, the fewest switches: exactly, from the explorer's answers. Null: nothing breaks, so there are none. */
export function starsOf(state: DecideState, view: TraceView): readonly [broken: Star, worst: Star, switches: Star] | null {
  const goal = goalIn(state);
  if (!goal) return null;
  const reached = isReached(state, view) || decidedAt(state, view) !== null;
  const broken: Star = reached ? "got" : view.over ? "missed" : "possible";
  const worst = state.explored?.worst[goal.property]?.labels;
  const reachable = view.over ? [view.label ?? ""] : ((view.steps.at(-1)?.after ?? view.start).canEndAt ?? []);
  const isWorst = (label: string): boolean => worst?.includes(label) ?? false;
  const worstEnd: Star = !worst
    ? "unknown"
    : reached && reachable.every(isWorst)
      ? "got"
      : reachable.some(isWorst) && broken !== "missed"
        ? "possible"
        : "missed";
  const made = switchesIn(view.schedule);
  const few: Star = !goal.minimal
    ? "unknown"
    : made > goal.switches || broken === "missed"
      ? "missed"
      : view.over
        ? "got"
        : "possible";
  return [broken, worstEnd, few];
}

/** The next choice of the best order; null: the choices so far are not its beginning, or there is no best order. */
export function hintFor(state: DecideState): string | null {
  const best = choicesOf(goalIn(state)?.schedule ?? "");
  const made = choicesOf(state.view?.schedule ?? "");
  return made.every((choice, index) => best[index] === choice) ? (best[made.length] ?? null) : null;
}
