/**
 * Builders of commands that several screens have, so that one thing has the same keys and hints on every screen. A
 * builder that makes several commands returns a list, to be spread into a screen's table. Two commands with the same
 * text are one line of `?`.
 */
import type { Text } from "../core/language.js";
import type { Command, Context, Next } from "./state.js";
import { say, screenWords } from "./words.js";

/** The direction of the first or the second key: 1 on, down, more; -1 back, up, less. */
type Direction = 1 | -1;
type Way = readonly [id: string, keys: readonly string[], by: Direction];

const workerCounts = [1, 2, 3, 4, 6, 8, 16] as const;
/** Milliseconds. */
const thinkTimes = [0, 1, 2, 5, 10] as const;

/** The builders for one screen. `common` applies to each command that does not override it. */
export function builders<State = unknown, M = unknown>(common: Pick<Command<State, M>, "off"> = {}) {
  type One = Command<State, M>;
  type BothWays = (state: State, by: Direction, context: Context, key: string) => Next<State, M>;
  type More = Partial<Pick<One, "hint" | "quiet" | "group">> & {
    readonly off?: (state: State, context: Context, by: Direction) => string | null;
  };

  const one = (given: One): One => ({ ...common, ...given });

  /** Two commands for the two directions of one thing. */
  const pair = (first: Way, second: Way, shown: string, text: Text, act: BothWays, { off, ...more }: More = {}): One[] =>
    [first, second].map(([id, keys, by]) =>
      one({
        id,
        keys,
        shown,
        text,
        ...more,
        ...(off && { off: (state: State, context: Context) => off(state, context, by) }),
        act: (state, context, key) => act(state, by, context, key),
      }),
    );

  return {
    one,
    pair,

    /** Marks another line of a list. */
    upDown: (id: string, text: Text, act: BothWays, more?: More): One[] =>
      pair([`${id}-up`, ["up", "k"], -1], [`${id}-down`, ["down", "j"], 1], "↑↓", text, act, { group: "move", ...more }),

    /** Scrolls a text by three lines. */
    scrolling: (act: (state: State, lines: number) => Next<State, M>): One[] =>
      pair(
        ["scroll-down", ["down", "j", "pagedown"], 1],
        ["scroll-up", ["up", "k", "pageup"], -1],
        "↑↓",
        screenWords.scrollText,
        (state, by) => act(state, 3 * by),
        { group: "move" },
      ),

    /** One step of what is drawn as lanes. */
    steps: (act: BothWays): One[] =>
      pair(["back-step", ["left", "h"], -1], ["step", ["right", "l"], 1], "←→", screenWords.step, act, { group: "move" }),

    /** The next or the previous of several. */
    nextPrevious: (id: string, text: Text, act: BothWays, more?: More): One[] =>
      pair([`next-${id}`, ["n"], 1], [`previous-${id}`, ["p"], -1], "n p", text, act, { group: "move", ...more }),

    /** To the first and to the last line or step. */
    firstLast: (first: Pick<One, "id" | "text" | "act">, last: Pick<One, "id" | "text" | "act">): One[] => [
      one({ keys: ["home"], shown: "Home", quiet: true, group: "move", ...first }),
      one({ keys: ["end"], shown: "End", quiet: true, group: "move", ...last }),
    ],

    /** Chooses by number. `index` counts from 0 and may be past the end. */
    digits: (
      id: string,
      text: Text,
      act: (state: State, index: number, context: Context, key: string) => Next<State, M>,
      more?: Partial<Pick<One, "off" | "quiet">>,
    ): One =>
      one({
        id,
        keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        shown: "1-9",
        text,
        ...more,
        act: (state, context, key) => act(state, Number(key) - 1, context, key),
      }),

    /** Goes through the panes, in a circle. */
    panes: (text: Text, off: NonNullable<One["off"]>, act: BothWays): One[] => [
      one({
        id: "pane",
        keys: ["tab"],
        shown: "Tab",
        text,
        off,
        group: "move",
        act: (state, context, key) => act(state, 1, context, key),
      }),
      one({
        id: "pane-back",
        keys: ["shift+tab"],
        shown: "Shift+Tab",
        text: screenWords.otherWay,
        off,
        quiet: true,
        group: "move",
        act: (state, context, key) => act(state, -1, context, key),
      }),
    ],

    /** Shows the lanes as a table of steps, or as lanes again. */
    table: (act: One["act"]): One => one({ id: "table", keys: ["v"], shown: "v", text: screenWords.table, act }),

    /** Columns for one step of the lanes; `by` null: as many as fit. */
    zoom: (act: (state: State, by: Direction | null, context: Context) => Next<State, M>, more?: More): One[] => [
      ...pair(["zoom-in", ["+", "="], 1], ["zoom-out", ["-"], -1], "+ -", screenWords.zoom, act, more),
      one({
        id: "zoom-fit",
        keys: ["0"],
        shown: "0",
        text: screenWords.zoomFit,
        quiet: true,
        act: (state, context) => act(state, null, context),
      }),
    ],

    /** Worker threads of a run; `act` gets the next larger number, after the largest the smallest. */
    workers: (now: (state: State) => number, act: (state: State, workers: number) => Next<State, M>): One =>
      one({
        id: "workers",
        keys: ["w"],
        shown: "w",
        text: screenWords.moreThreads,
        act: (state) => act(state, workerCounts.find((count) => count > now(state)) ?? workerCounts[0]),
      }),

    /** Milliseconds between reading and writing; `act` gets the next longer time, after the longest the shortest. */
    think: (now: (state: State, context: Context) => number, act: (state: State, think: number) => Next<State, M>): One =>
      one({
        id: "think",
        keys: ["t"],
        shown: "t",
        text: screenWords.thinkTime,
        act: (state, context) => act(state, thinkTimes.find((time) => time > now(state, context)) ?? thinkTimes[0]),
      }),
  };
}

/** A sentence where index `at` of `all` has no next (or previous) one; null where it has. */
export const noMore = (at: number, all: number | bigint, by: Direction, context: Context): string | null => {
  if (by > 0) return at + 1 < all ? null : say(screenWords.lastOfThem, context);
  return at > 0 ? null : say(screenWords.firstOfThem, context);
};

/** The next or the previous pane, in a circle. */
export const nextIn = <Pane>(panes: readonly Pane[], now: Pane, by: number): Pane =>
  panes[(panes.indexOf(now) + by + panes.length) % panes.length] ?? now;
