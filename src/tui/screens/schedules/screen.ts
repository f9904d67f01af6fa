/** Every schedule: exact counts and real runs side by side, a schedule of each end, the other strategies, larger sizes. */

import { grouped } from "../../../report/number.js";
import type { ExploredView, RealRuns, Searched, Setting } from "../../../report/views.js";
import { brokenIn, nextBroken, shownBroken } from "../../broken-properties.js";
import { builders, noMore } from "../../builders.js";
import { type Exported, exportCommand } from "../../exporting.js";
import type { SchedulesGiven } from "../../given.js";
import { searchStatus } from "../../parts/searching.js";
import { settingPhrases } from "../../phrases.js";
import { settingText } from "../../settings.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenSchedules } from "./spoken.js";
import { type Counted, type Example, type Growth, RUNS, type SchedulesState, schedulesOfChosen } from "./state.js";
import { countedText, schedulesLegend, schedulesView } from "./view.js";
import { schedulesWords } from "./words.js";

type Message =
  | Exported
  | { readonly kind: "searched"; readonly searched: Searched }
  | { readonly kind: "explored"; readonly explored: ExploredView }
  | { readonly kind: "real"; readonly real: RealRuns }
  | ({ readonly kind: "example" } & Example)
  | { readonly kind: "growth"; readonly growth: readonly Growth[] }
  | { readonly kind: "counted"; readonly counted: readonly Counted[] }
  /** Another strategy was chosen. */
  | { readonly kind: "with"; readonly strategy: string };

type Act = Next<SchedulesState, Message>;

/** How long one of the other strategies may be counted. */
const MOST_WAIT_MS = 3000;
/** Most sizes in the table of growth: larger ones take too long. */
const SIZES = 5;
/** Schedules of one end that are asked for at once. */
const FEW = 50;

const explore = (setting: Setting): BackgroundWork<Message> => ({
  name: "explore",
  run: async ({ explorer }, tell, signal) => ({
    kind: "explored",
    explored: await explorer.explore(setting, (searched) => tell({ kind: "searched", searched }), signal),
  }),
});

const runReally = (setting: Setting): BackgroundWork<Message> => ({
  name: "real runs",
  run: async ({ realRuns }, tell, signal) => ({
    kind: "real",
    real: await realRuns(setting, RUNS, (real) => tell({ kind: "real", real }), signal),
  }),
});

/** The nth schedule of an end, from 0; `known` are those that were answered before. */
const exampleOf = (setting: Setting, label: string, nth: number, known: readonly string[]): BackgroundWork<Message> => ({
  name: "example",
  quiet: true,
  async run({ explorer }, _, signal) {
    const most = nth === 0 ? 1 : Math.max(FEW, 2 * nth);
    const schedules = nth < known.length ? known : await explorer.endingAt(setting, label, most, signal);
    const at = Math.max(0, Math.min(nth, schedules.length - 1));
    const view = await explorer.trace(setting, schedules[at] ?? "", () => {}, signal);
    return { kind: "example", label, nth: at, view, schedules };
  },
});

/** The counterexample of one property; its end can be any. */
const counterexampleOf = (setting: Setting, property: string, schedule: string): BackgroundWork<Message> => ({
  name: "example",
  quiet: true,
  async run({ explorer }, _, signal) {
    const view = await explorer.trace(setting, schedule, () => {}, signal);
    return { kind: "example", label: view.label ?? "", nth: 0, view, schedules: [], property };
  },
});

/** The sizes around the one that is shown: each number one larger or one smaller, one at a time. */
function sizesAround({ size }: ExploredView): Growth["size"][] {
  const around = Object.keys(size).flatMap((name) => [
    { ...size, [name]: (size[name] ?? 1) - 1 },
    { ...size, [name]: (size[name] ?? 1) + 1 },
  ]);
  const possible = [size, ...around].filter((one) => Object.values(one).every((value) => value >= 1) && (one["tasks"] ?? 2) >= 2);
  return possible.sort((one, other) => product(one) - product(other)).slice(0, SIZES);
}
const product = (size: Growth["size"]): number => Object.values(size).reduce((all, value) => all * value, 1);

const grow = (setting: Setting, explored: ExploredView): BackgroundWork<Message> => ({
  name: "growth",
  async run({ explorer }, tell, signal) {
    const growth: Growth[] = sizesAround(explored).map((size) => ({ size, explored: null }));
    for (const [index, { size }] of growth.entries()) {
      growth[index] = { size, explored: await explorer.explore({ ...setting, size }, () => {}, signal) };
      tell({ kind: "growth", growth: [...growth] });
    }
    return { kind: "growth", growth };
  },
});

/** Every strategy at this setting, one after the other: each is counted in a moment, or left out. */
const countAll = (setting: Setting, known: ExploredView, strategies: readonly string[]): BackgroundWork<Message> => ({
  name: "count",
  quiet: true,
  async run({ explorer }, tell, signal) {
    const counted: Counted[] = [];
    for (const strategy of strategies) {
      const isKnown = strategy === setting.strategy;
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(MOST_WAIT_MS)]);
      const explored: Counted["explored"] = isKnown
        ? known
        : await explorer
            .explore({ ...setting, strategy }, () => {}, inTime)
            .catch((error: unknown): "late" | "unable" => {
              if (signal.aborted) throw error;
              return inTime.aborted ? "late" : "unable";
            });
      counted.push({ strategy, explored });
      tell({ kind: "counted", counted: [...counted] });
    }
    return { kind: "counted", counted };
  },
});

const opened = (setting: Setting): SchedulesState => ({
  setting,
  explored: null,
  searched: null,
  failed: false,
  chosen: 0,
  real: null,
  nth: 0,
  example: null,
  growth: [],
  counted: [],
});

const hasFaults = ({ faults = {} }: Setting): boolean => Object.keys(faults).length > 0;

const needsAnswer = ({ explored }: SchedulesState, context: Context) =>
  explored ? null : say(screenWords.stillSearching, context);

/** Marks an end, and asks for its smallest schedule. */
function choose(state: SchedulesState, index: number): Act {
  const ends = state.explored?.ends ?? [];
  const chosen = Math.max(0, Math.min(ends.length - 1, index));
  return chosen === state.chosen && state.example ? [state] : show({ ...state, chosen }, 0);
}

/** Asks for the nth schedule of the chosen end. */
function show(state: SchedulesState, nth: number): Act {
  const { explored, chosen, example, setting } = state;
  const label = explored?.ends[chosen]?.label;
  if (label === undefined) return [state];
  const known = example?.label === label ? example.schedules : [];
  return [
    { ...state, nth },
    { kind: "work", work: exampleOf(setting, label, nth, known) },
  ];
}

const command = builders<SchedulesState, Message>({ off: needsAnswer });

const commands: readonly Command<SchedulesState, Message>[] = [
  ...command.upDown("end", schedulesWords.pickEnd, (state, by) => choose(state, state.chosen + by)),
  command.one({
    id: "go-on",
    keys: ["enter"],
    shown: "Enter",
    text: schedulesWords.toThreads,
    primary: true,
    act: (state) => [state, { kind: "go", to: "threads" }],
  }),
  command.one({
    id: "step-through",
    keys: ["t"],
    shown: "t",
    text: screenWords.seeIt,
    off: (state, context) => needsAnswer(state, context) ?? (state.example ? null : say(screenWords.stillSearching, context)),
    act: (state) => [
      state,
      {
        kind: "go",
        to: "interleaving",
        given: { setting: state.setting, schedule: state.example?.view.schedule ?? "" },
        detour: true,
      },
    ],
  }),
  ...command.nextPrevious("schedule", schedulesWords.nextOfIt, (state, by) => show(state, state.nth + by), {
    off: (state, context, by) => needsAnswer(state, context) ?? noMore(state.nth, schedulesOfChosen(state), by, context),
  }),
  command.one({
    id: "other-property",
    keys: ["o"],
    shown: "o",
    text: screenWords.otherProperty,
    off: (state, context) =>
      needsAnswer(state, context) ?? (brokenIn(state.explored).length > 1 ? null : say(screenWords.noOtherProperty, context)),
    act(state) {
      const broken = brokenIn(state.explored);
      const { property, view } = state.example ?? {};
      const other = nextBroken(broken, shownBroken(broken, { property, schedule: view?.schedule }));
      return other ? [state, { kind: "work", work: counterexampleOf(state.setting, other.property, other.schedule) }] : [state];
    },
  }),
  command.one({
    id: "real-runs",
    keys: ["r"],
    shown: "r",
    text: schedulesWords.realRuns,
    off: (state, context) =>
      needsAnswer(state, context) ??
      (hasFaults(state.setting)
        ? say(schedulesWords.noFaultsOnThreads, context)
        : context.working.includes("real runs")
          ? say(screenWords.runUnderWay, context)
          : null),
    act: (state) => [
      { ...state, real: null },
      { kind: "work", work: runReally(state.setting) },
    ],
  }),
  command.one({
    id: "other-strategy",
    keys: ["s"],
    shown: "s",
    text: schedulesWords.otherStrategy,
    act(state, context) {
      const { content } = context.lesson as OpenLesson;
      const ids = content.strategies.map(({ id }) => id);
      const wide = Math.max(...ids.map((id) => id.length)) + 2;
      const items = ids.map((strategy) => ({
        text: `${strategy.padEnd(wide)}${countedText(strategy, state, context)}`,
        leadsTo: { kind: "tell" as const, message: { kind: "with" as const, strategy } },
      }));
      const title = say(schedulesWords.otherStrategy, context);
      const chosen = Math.max(0, ids.indexOf(state.setting.strategy));
      return [state, { kind: "overlay", overlay: { kind: "list", typed: "", title, items, chosen } }];
    },
  }),
  command.one({
    id: "growth",
    keys: ["f"],
    shown: "f",
    text: schedulesWords.howItGrows,
    act: (state) => (state.explored ? [state, { kind: "work", work: grow(state.setting, state.explored) }] : [state]),
  }),
  exportCommand(
    ({ example }) => example && { setting: example.view.setting, schedule: example.view.schedule, file: null },
    (_, context) => say(screenWords.stillSearching, context),
  ),
];

/** The counterexample of a property brings its own end with it. */
function endOf({ property, label }: Example, { explored, chosen }: SchedulesState): number {
  const at = property === undefined ? -1 : (explored?.ends.findIndex((end) => end.label === label) ?? -1);
  return at < 0 ? chosen : at;
}

export const schedules: Screen<SchedulesState, Message> = {
  id: "schedules",
  title: schedulesWords.title,
  stage: { name: screenWords.stages.schedules, short: screenWords.stages.schedulesShort },
  isDone: ({ explored }) => explored !== null,
  phrases: (state, context) =>
    settingPhrases(context, state.setting, (_, setting, schedule) =>
      schedule === undefined
        ? [opened(setting), { kind: "work", work: explore(setting) }]
        : [state, { kind: "go", to: "interleaving", given: { setting, schedule }, detour: true }],
    ),
  status: ({ searched }, context) => searchStatus(searched, context),
  commands,
  open({ lesson }, given) {
    const { schedule: _, ...picture } = (lesson as OpenLesson).content.picture;
    const setting = (given as SchedulesGiven | undefined)?.setting ?? picture;
    return [opened(setting), { kind: "work", work: explore(setting) }];
  },
  update(state, message, { lesson }) {
    switch (message.kind) {
      case "exported":
        return [state, { kind: "say", text: message.text }];
      case "searched":
        return [{ ...state, searched: message.searched }];
      case "explored": {
        const { explored } = message;
        const wrong = explored.ends.findIndex(({ right, schedules }) => right < schedules);
        const next = { ...state, explored, searched: null, failed: false, chosen: Math.max(0, wrong) };
        const strategies = (lesson as OpenLesson).content.strategies.map(({ id }) => id);
        const [shown, ...asked] = show(next, 0);
        return [
          shown,
          ...asked,
          { kind: "work", work: countAll(state.setting, explored, strategies) },
          ...(hasFaults(state.setting) ? [] : [{ kind: "work" as const, work: runReally(state.setting) }]),
        ];
      }
      case "real":
        return [{ ...state, real: message.real }];
      case "example":
        return [{ ...state, example: message, nth: message.nth, chosen: endOf(message, state) }];
      case "growth":
        return [{ ...state, growth: message.growth }];
      case "counted":
        return [{ ...state, counted: message.counted }];
      case "with": {
        const setting = { ...state.setting, strategy: message.strategy };
        return [opened(setting), { kind: "work", work: explore(setting) }];
      }
    }
  },
  ended: (state, work) => [work === "explore" ? { ...state, failed: true, searched: null } : state],
  view: schedulesView,
  legend: schedulesLegend,
  aside: ({ setting }, context) => settingText(setting, (context.lesson as OpenLesson).content.size, context),
  spoken: spokenSchedules,
  items: ({ explored }) => explored?.ends.map(({ label }) => label) ?? [],
  at: ({ chosen }) => chosen,
  select: (state, index) => choose(state, index),
  position: ({ setting }) => ({ setting }),
  done: ({ explored }, speaking) => (explored ? say(schedulesWords.done(grouped(explored.schedules)), speaking) : null),
};
