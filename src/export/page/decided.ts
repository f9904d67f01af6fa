/** The schedule that a visitor chooses, played in the map of all states that the page carries with it. */
import type { Language } from "../../core/language.js";
import { formatChoice, parseSchedule, taskOf } from "../../core/schedule.js";
import type { StateMap } from "../../core/state-map.js";
import { describeSteps } from "./columns.js";
import type { PageSide, PageStep } from "./data.js";
import { type ShownExecution, storeAtStart } from "./parts.js";

/** One choice that can be made now. */
interface OpenChoice {
  readonly text: string;
  /** Null: the environment's. */
  readonly task: number | null;
  /** The state that it leads to. */
  readonly to: number;
  /** Schedules that go on from there, and how many of them go wrong; null: not counted, because the map has cycles. */
  readonly schedules: bigint | null;
  readonly wrong: bigint | null;
}

/** The schedules and the ends ahead of each state. Counted once for the whole map; tests compare the counts with the explorer's. */
export class Ahead {
  readonly #ways: (readonly [all: bigint, wrong: bigint] | null | undefined)[] = [];
  readonly #labels = new Map<number, readonly string[]>();

  constructor(readonly map: StateMap) {
    const order = this.#order();
    for (const state of order ?? []) {
      const { moves, end } = map.states[state]!;
      const isWrong = end !== null && map.ends[end]!.violates.length > 0;
      // No schedule ends where it is cut off.
      const mine: [bigint, bigint] = end === null ? [0n, 0n] : [1n, isWrong ? 1n : 0n];
      for (const [, , to] of moves) {
        const [all, wrong] = this.#ways[to] ?? [0n, 0n];
        mine[0] += all;
        mine[1] += wrong;
      }
      this.#ways[state] = mine;
    }
  }

  /** Schedules from here, and the wrong ones among them; null: not counted, because the map has cycles. */
  ways(state: number): readonly [all: bigint, wrong: bigint] | null {
    return this.#ways[state] ?? null;
  }

  /** Every way to end that can be reached from here, sorted. */
  labels(state: number): readonly string[] {
    const known = this.#labels.get(state);
    if (known) return known;
    const seen = new Set([state]);
    const found = new Set<string>();
    for (const at of seen) {
      const { moves, end } = this.map.states[at]!;
      if (end !== null) found.add(this.map.ends[end]!.label);
      for (const [, , to] of moves) seen.add(to);
    }
    const labels = [...found].sort();
    this.#labels.set(state, labels);
    return labels;
  }

  /** The states, each after all states that follow it in a schedule; null: there is a cycle. */
  #order(): readonly number[] | null {
    const { states } = this.map;
    const mark = new Uint8Array(states.length);
    const order: number[] = [];
    const stack: (readonly [state: number, entered: boolean])[] = [[0, false]];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const [state, entered] = top;
      if (entered) {
        mark[state] = 2;
        order.push(state);
        continue;
      }
      if (mark[state] === 2) continue;
      mark[state] = 1;
      stack.push([state, true]);
      for (const [, , to] of states[state]!.moves) {
        if (mark[to] === 1) return null;
        if (mark[to] === 0) stack.push([to, false]);
      }
    }
    return order;
  }
}

/** What can be chosen in this state. */
export const choicesAt = ({ map }: PageSide, ahead: Ahead, state: number): OpenChoice[] =>
  map.states[state]!.moves.map(([choice, , to]) => {
    const text = map.choices[choice]!;
    const [made] = parseSchedule(text);
    const [schedules, wrong] = ahead.ways(to) ?? [null, null];
    return { text, task: typeof made === "number" ? made : null, to, schedules, wrong };
  });

/** The states that these choices lead through, from the start to the first choice that cannot be made. */
export function follow({ map }: PageSide, choices: readonly string[]): number[] {
  const path = [0];
  for (const text of choices) {
    const move = map.states[path.at(-1)!]!.moves.find(([choice]) => map.choices[choice] === text);
    if (!move || move[2] < 0) break;
    path.push(move[2]);
  }
  return path;
}

/** A schedule's text, choice by choice. */
export const choicesIn = (schedule: string): string[] => parseSchedule(schedule).map(formatChoice);

/** What the visitor chose, in the form of a recorded execution. */
export function decided(side: PageSide, ahead: Ahead, choices: readonly string[], language: Language): ShownExecution {
  const { map, actual, expected } = side;
  const path = follow(side, choices);
  const steps = path.slice(1).map((state, index): PageStep => {
    const from = map.states[path[index]!]!;
    const move = from.moves.find(([choice]) => map.choices[choice] === choices[index])!;
    const event = map.events[move[1]];
    const choice = parseSchedule(map.choices[move[0]]!)[0]!;
    const task = taskOf(choice);
    const here = map.states[state]!;
    const tasks = here.tasks.map((task) => map.tasks[task]!);
    const waiting = tasks.flatMap(({ status, blockedBy }, task) => (status === "blocked" ? [{ task: task + 1, blockedBy }] : []));
    const now = actual[here.rows]!;
    return {
      n: index + 1,
      task,
      operation: event?.operation ?? null,
      response: event?.reply ?? null,
      at: event?.at ?? null,
      event: typeof choice === "object" ? choice.event : null,
      blockedBy: waiting.find((one) => one.task === task)?.blockedBy ?? null,
      waiting,
      rows: map.rows[here.rows]!,
      marks: [],
      // The expected number is known only when all tasks have ended. Until then it is the actual one: nothing is lost.
      tally: {
        actual: now,
        expected: expected[state] ?? now,
        done: tasks.filter(({ outcome }) => outcome?.status === "ok").length,
      },
      canEndAt: ahead.labels(state),
    };
  });
  const possible = path.map((state) => ahead.labels(state));
  const dead = path.findIndex((state) => ahead.ways(state)?.every((count, _, [all]) => count === all && all > 0n));
  const end = map.states[path.at(-1)!]!.tasks.map((task) => map.tasks[task]!);
  return {
    side,
    steps,
    described: describeSteps(storeAtStart(side), steps, end, language),
    path,
    possible,
    lastChance: dead > 0 ? dead : null,
  };
}
