/** Strategies side by side on real threads, in turns, live: what they serve and lose, where time goes and the lead changes. */

import { setTimeout as delay } from "node:timers/promises";
import type { Comparison, ComparisonProgress, Sweep, SweepName, SweepProgress } from "../../../core/comparison.js";
import { comparisonRows, sweepTable } from "../../../report/comparison.js";
import { rowsText, spokenIn } from "../../../report/text.js";
import { reportWords } from "../../../report/words.js";
import { builders, nextIn } from "../../builders.js";
import type { CompareGiven } from "../../given.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenCompare } from "./spoken.js";
import {
  type CompareState,
  circumstancesOf,
  comparePaneIn,
  comparePanes,
  ENOUGH,
  isComparing,
  nothingMeasured,
  shownMeasured,
  takingPart,
} from "./state.js";
import { compareAside, compareStatus, compareView } from "./view.js";
import { compareWords } from "./words.js";

type Sweeps = Partial<Readonly<Record<SweepName, Sweep>>>;
type Message =
  | { readonly kind: "progress"; readonly progress: ComparisonProgress; readonly elapsedMs: number }
  | { readonly kind: "compared"; readonly comparison: Comparison }
  | { readonly kind: "sweeping"; readonly sweeps: Sweeps; readonly over: SweepName; readonly swept: SweepProgress }
  | { readonly kind: "swept"; readonly sweeps: Sweeps };

type Act = Next<CompareState, Message>;

/** A look takes about ten seconds, the full comparison minutes. */
const QUICK_ROUNDS = 3;
const FULL_ROUNDS = 10;
/** A slice of a quick look has this share of the lesson's requests. */
const QUICK_SHARE = 0.5;
const inFlights = [1, 2, 4, 8, 16, 32, 64] as const;
const keyCounts = [1, 2, 4, 8, 16, 32, 64] as const;
const sweepValues: Readonly<Record<"workers" | "keys", readonly number[]>> = { workers: [1, 2, 4, 8], keys: [1, 4, 16, 64] };
/** Milliseconds to wait for another change before threads start, so that `www` is one change. */
const SETTLE = 300;

const compare = (state: CompareState, wait: number): BackgroundWork<Message> => ({
  name: "compare",
  quiet: true,
  async run(services, tell, signal) {
    if (wait > 0) await delay(wait, undefined, { signal });
    const request = { ...state.request, strategies: takingPart(state) };
    const began = performance.now();
    const on = (progress: ComparisonProgress) => tell({ kind: "progress", progress, elapsedMs: performance.now() - began });
    const comparison = await services.compare(request, on, signal);
    return { kind: "compared", comparison };
  },
});

/** All sweeps, one after the other. Each message carries all of them, because only the latest message is shown. */
const sweepAll = (state: CompareState): BackgroundWork<Message> => ({
  name: "compare",
  quiet: true,
  async run(services, tell, signal) {
    const request = { ...state.request, strategies: takingPart(state), rounds: Math.max(ENOUGH, state.request.rounds) };
    let sweeps: Sweeps = {};
    for (const { over, values } of state.over) {
      const before = sweeps;
      const on = (swept: SweepProgress): void =>
        tell({ kind: "sweeping", sweeps: { ...before, [over]: swept.sofar }, over, swept });
      sweeps = { ...before, [over]: await services.sweep(request, over, values, on, signal) };
    }
    return { kind: "swept", sweeps };
  },
});

/** All rounds have been measured. */
const isOver = ({ latest: { comparison } }: CompareState): boolean =>
  comparison !== null && comparison.rounds > 0 && comparison.strategies.length > 0;

/** Starts a new comparison. Old figures go: they are of other circumstances. `wait` is in milliseconds. */
const begin = (state: CompareState, wait = 0): Act => [
  { ...state, latest: nothingMeasured, held: null },
  { kind: "work", work: compare(state, wait) },
];
const changed = (state: CompareState, request: Partial<CompareState["request"]>): Act =>
  begin({ ...state, request: { ...state.request, ...request } }, SETTLE);

/** All of the lesson's requests in each of ten rounds. */
const full = ({ requests: _, ...request }: CompareState["request"]): CompareState["request"] => ({
  ...request,
  rounds: Math.max(FULL_ROUNDS, request.rounds),
});

/** The next larger or smaller value; at either end the same one. */
const beside = (values: readonly number[], now: number, by: 1 | -1): number =>
  (by > 0 ? values.find((value) => value > now) : values.findLast((value) => value < now)) ?? now;

const idle = (_: CompareState, context: Context) => (isComparing(context) ? null : say(compareWords.nothingUnderWay, context));
const needsFigures = (state: CompareState, context: Context) =>
  shownMeasured(state).comparison || Object.keys(shownMeasured(state).sweeps).length > 0
    ? null
    : say(compareWords.notMeasured, context);
const needsKeys = (_: CompareState, context: Context) =>
  circumstancesOf(_, context.lesson as OpenLesson).keys === null ? say(compareWords.noKeys, context) : null;
const needsPanes = (state: CompareState, context: Context) =>
  comparePanes(state, context.size).length > 1 ? null : say(screenWords.allOnScreen, context);

function toggled(state: CompareState, index: number, context: Context): Act {
  const id = state.strategies[index];
  if (id === undefined) return [state];
  const out = state.out.includes(id) ? state.out.filter((other) => other !== id) : [...state.out, id];
  if (out.length === state.strategies.length) return [state, { kind: "say", text: say(compareWords.oneAtLeast, context) }];
  return begin({ ...state, marked: index, out }, SETTLE);
}

/** The figures on screen, as plain text. */
function copied(state: CompareState, { language }: Context): string {
  const { comparison, sweeps } = shownMeasured(state);
  const tables = [
    ...(comparison ? [comparisonRows(comparison, language)] : []),
    ...Object.values(sweeps).map((swept) => sweepTable(swept, 80)),
  ];
  return `${tables.map((rows) => rowsText(rows, spokenIn(language))).join("\n\n")}\n`;
}

const command = builders<CompareState, Message>();

const commands: readonly Command<CompareState, Message>[] = [
  {
    id: "go-on",
    keys: ["enter"],
    shown: "Enter",
    text: compareWords.compareOrGoOn,
    primary: true,
    hint: (state, context) =>
      say(isComparing(context) || isOver(state) ? compareWords.toExercise : compareWords.compareNow, context),
    act: (state, context) => (isComparing(context) || isOver(state) ? [state, { kind: "go", to: "exercise" }] : begin(state)),
  },
  {
    id: "hold",
    keys: ["space"],
    shown: "space",
    text: compareWords.holdNumbers,
    hint: ({ held }, context) => say(held ? compareWords.goOnNumbers : compareWords.holdNumbers, context),
    act: (state) => [{ ...state, held: state.held ? null : state.latest }],
  },
  {
    id: "compare",
    keys: ["r"],
    shown: "r",
    text: compareWords.compareNow,
    off: (_, context) => (isComparing(context) ? say(screenWords.runUnderWay, context) : null),
    act: (state) => begin(state),
  },
  {
    id: "stop-comparing",
    keys: ["s"],
    shown: "s",
    text: screenWords.stop,
    off: idle,
    act: (state) => [state, { kind: "stop", name: "compare" }],
  },
  ...command.upDown("mark", reportWords.strategy, (state, by) => [
    { ...state, marked: Math.max(0, Math.min(state.strategies.length - 1, state.marked + by)) },
  ]),
  {
    id: "in-or-out",
    keys: ["c"],
    shown: "c",
    text: compareWords.inOrOut,
    act: (state, context) => toggled(state, state.marked, context),
  },
  {
    id: "full",
    keys: ["f"],
    shown: "f",
    text: compareWords.fullNow,
    act: (state) => begin({ ...state, request: full(state.request) }),
  },
  {
    id: "sweep",
    keys: ["v"],
    shown: "v",
    text: compareWords.sweepNow,
    act(state, { size }) {
      const sought = state.over[0]?.over ?? "workers";
      const shown = comparePanes(state, size).includes(sought) ? sought : "figures";
      const latest = { ...nothingMeasured, comparison: state.latest.comparison };
      return [
        { ...state, latest, held: null, pane: shown },
        { kind: "work", work: sweepAll(state) },
      ];
    },
  },
  ...command.panes(compareWords.comparePanes, needsPanes, (state, by, { size }) => [
    { ...state, pane: nextIn(comparePanes(state, size), comparePaneIn(state, size), by) },
  ]),
  command.workers(
    ({ request }) => request.workers,
    (state, workers) => changed(state, { workers }),
  ),
  ...command.pair(["more-keys", ["]"], 1], ["fewer-keys", ["["], -1], "[ ]", compareWords.moreKeys, keyed, { off: needsKeys }),
  command.think(
    (state, { lesson }) => circumstancesOf(state, lesson as OpenLesson).think,
    (state, think) => changed(state, { think }),
  ),
  ...command.pair(["more-in-flight", ["+", "="], 1], ["fewer-in-flight", ["-"], -1], "+ -", compareWords.moreInFlight, flying),
  {
    id: "copy",
    keys: ["y"],
    shown: "y",
    text: compareWords.copyFigures,
    off: needsFigures,
    act: (state, context) => [state, { kind: "copy", text: copied(state, context) }],
  },
];

function keyed(state: CompareState, by: 1 | -1, { lesson }: Context): Act {
  const { keys } = circumstancesOf(state, lesson as OpenLesson);
  return changed(state, { size: { ...state.request.size, keys: beside(keyCounts, keys ?? 1, by) } });
}

function flying(state: CompareState, by: 1 | -1, { lesson }: Context): Act {
  const { inFlight } = circumstancesOf(state, lesson as OpenLesson);
  return changed(state, { inFlight: beside(inFlights, inFlight ?? inFlights.at(-1) ?? 1, by) });
}

export const compareScreen: Screen<CompareState, Message> = {
  id: "compare",
  title: compareWords.title,
  stage: { name: screenWords.stages.compare, short: screenWords.stages.compare },
  isDone: isOver,
  status: compareStatus,
  commands,
  open({ lesson, store, workers }, given) {
    const { summary, content } = lesson as OpenLesson;
    const asked = given as CompareGiven | undefined;
    const { sweep, strategies, ...request } = asked ?? {
      lesson: summary.id,
      store,
      workers,
      rounds: QUICK_ROUNDS,
      requests: Math.max(workers, Math.ceil(content.load.requests * QUICK_SHARE)),
    };
    const all = content.strategies.map(({ id }) => id);
    const names = content.size["keys"] === undefined ? (["workers"] as const) : (["workers", "keys"] as const);
    const over = sweep ? [sweep] : names.map((name) => ({ over: name, values: sweepValues[name] }));
    const state: CompareState = {
      request,
      strategies: [...all, ...(strategies ?? []).filter((id) => !all.includes(id))],
      out: strategies ? all.filter((id) => !strategies.includes(id)) : [],
      marked: 0,
      latest: nothingMeasured,
      held: null,
      over,
      pane: sweep ? sweep.over : "figures",
    };
    // It takes minutes: a learner who only looks in starts nothing. On the command line it was asked for.
    if (sweep) return [state, { kind: "work", work: sweepAll(state) }];
    return asked ? begin(state) : [state];
  },
  update(state, message) {
    const { latest } = state;
    switch (message.kind) {
      case "progress": {
        const { progress, elapsedMs } = message;
        const comparison = progress.sofar.strategies.length > 0 ? progress.sofar : latest.comparison;
        return [{ ...state, latest: { ...latest, progress, elapsedMs, comparison, at: null } }];
      }
      case "compared":
        return [{ ...state, latest: { ...latest, progress: null, comparison: message.comparison } }];
      case "sweeping": {
        const { over, swept, sweeps } = message;
        return [{ ...state, latest: { ...latest, sweeps, progress: swept.progress, at: { over, value: swept.value } } }];
      }
      case "swept":
        return [{ ...state, latest: { ...latest, sweeps: message.sweeps, progress: null, at: null } }];
    }
  },
  view: compareView,
  aside: compareAside,
  spoken: spokenCompare,
  items: ({ strategies }) => strategies,
  at: ({ marked }) => marked,
  select: (state, marked) => [{ ...state, marked }],
  done({ latest: { comparison } }, speaking) {
    return comparison && comparison.strategies.length > 0
      ? say(compareWords.done(comparison.strategies.length, comparison.rounds), speaking)
      : null;
  },
};
