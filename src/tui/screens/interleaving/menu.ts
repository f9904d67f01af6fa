/**
 * The menu of a schedule: every strategy with the result of this very order, sizes and faults. What is marked is shown at once;
 * Enter keeps it, Esc goes back to what was there.
 */
import type { ReplayView, TraceView } from "../../../report/views.js";
import type { Context, OpenLesson } from "../../state.js";
import type { InterleavingState } from "./state.js";

export type Option =
  /** `replay` null: the order is still being played. */
  | { readonly kind: "strategy"; readonly name: string; readonly replay: ReplayView | null }
  | { readonly kind: "size"; readonly name: string; readonly value: number; readonly values: readonly number[] }
  | { readonly kind: "fault"; readonly name: string; readonly on: boolean };

/** What Esc goes back to. */
export type BeforeMenu = Pick<InterleavingState, "given" | "view" | "original" | "replays" | "cursor" | "broken" | "property">;

/** The numbers of tasks that are offered: larger searches take minutes. */
const TASKS = [2, 3, 4];

/** The schedule whose order all strategies play; null: there is none yet. */
export const originalOf = ({ original, view }: Pick<InterleavingState, "original" | "view">): TraceView | null =>
  original ?? view;

/** All lines of the menu. Strategies that do not apply to the lesson are left out. */
export function menuOptions(state: InterleavingState, { lesson }: Pick<Context, "lesson">): readonly Option[] {
  const { content } = lesson as OpenLesson;
  const { size = {}, faults = {} } = originalOf(state)?.setting ?? state.given.setting;
  const played = new Map((state.replays ?? []).map((replay) => [replay.strategy, replay]));
  const strategies = content.strategies.flatMap(({ id }): Option[] => {
    const replay = played.get(id) ?? null;
    return replay && replay.refused !== null ? [] : [{ kind: "strategy", name: id, replay }];
  });
  const sizes = Object.entries({ ...content.size, ...size }).map(([name, value]): Option => {
    const least = name === "tasks" || name === "servers" ? 1 : 0;
    const near = name === "tasks" ? TASKS : [value - 1, value, value + 1].filter((each) => each >= least);
    return { kind: "size", name, value, values: [...new Set([...near, value])].sort((one, other) => one - other) };
  });
  const named = [...new Set([...content.faults, ...Object.keys(faults)])];
  return [...strategies, ...sizes, ...named.map((name): Option => ({ kind: "fault", name, on: (faults[name] ?? 0) > 0 }))];
}

export const markedOption = (state: InterleavingState, context: Pick<Context, "lesson">): Option | undefined =>
  menuOptions(state, context)[state.menu?.marked ?? 0];
