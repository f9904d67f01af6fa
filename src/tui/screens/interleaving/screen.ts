/** One schedule, step by step: program counters, lanes, the ends that are still possible, why. */

import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../../core/failure.js";
import { messageIn } from "../../../core/messages.js";
import { row, span } from "../../../report/span.js";
import type { ConductedView, ExploredView, Searched, Setting, TraceView } from "../../../report/views.js";
import { type BrokenWithSchedule, brokenIn, nextBroken, shownBroken } from "../../broken-properties.js";
import { builders } from "../../builders.js";
import { type Exported, exportCommand } from "../../exporting.js";
import type { DecideGiven, InterleavingGiven } from "../../given.js";
import { searchStatus } from "../../parts/searching.js";
import { taught } from "../../parts/taught.js";
import { settingPhrases } from "../../phrases.js";
import { choicesOf, settingText } from "../../settings.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenInterleaving } from "./spoken.js";
import {
  type InterleavingState,
  interleavingOf,
  isProblemOf,
  otherPace,
  stepBy,
  stepsIn,
  toNextStep,
  toNextSwitch,
  toStep,
  withView,
  zoomed,
} from "./state.js";
import { interleavingLegend, interleavingView } from "./view.js";
import { interleavingWords } from "./words.js";

type Message =
  | Exported
  | { readonly kind: "searched"; readonly searched: Searched }
  | Shown
  | { readonly kind: "others"; readonly label: string; readonly schedules: readonly string[]; readonly by: number }
  | { readonly kind: "conducted"; readonly conducted: ConductedView }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "tick" };

/**
 * `order`: the order that it was played in, where that is another strategy's. `broken`: the broken properties of the setting;
 * `property`: the one whose counterexample this is, where it was asked for.
 */
interface Shown {
  readonly kind: "shown";
  readonly view: TraceView;
  readonly cursor: number;
  readonly order?: string;
  readonly broken: readonly BrokenWithSchedule[];
  readonly property?: string;
}

type Act = Next<InterleavingState, Message>;

/** Most schedules with the same end that [ and ] go through. */
const MOST_OTHERS = 200;

/** The schedule to show: the one that was given, else the smallest that goes wrong, else one of the first end. */
const scheduleFor = ({ schedule }: InterleavingGiven, { counterexample, ends }: ExploredView): string =>
  schedule ?? counterexample?.schedule ?? ends[0]?.example ?? "";

const load = (given: InterleavingGiven, cursor: number, property?: string): BackgroundWork<Message> => ({
  name: "trace",
  async run({ explorer }, tell, signal) {
    const on = (searched: Searched): void => tell({ kind: "searched", searched });
    const explored = await explorer.explore(given.setting, on, signal);
    const view = await explorer.trace(given.setting, scheduleFor(given, explored), on, signal);
    return { kind: "shown", view, cursor, broken: brokenIn(explored), ...(property !== undefined && { property }) };
  },
});

/**
 * The same order of tasks under the next strategy that applies. A task that cannot go on at its turn is passed over. The order
 * is the one of the first strategy, not what the last one made of it: or a lock would turn every order into a serial one.
 */
const underNext = ({ given, view, order: first }: InterleavingState, strategies: readonly string[]): BackgroundWork<Message> => ({
  name: "trace",
  async run({ explorer }, tell, signal) {
    const order = first ?? view?.schedule ?? "";
    const replays = await explorer.replay(given.setting, order, strategies, signal);
    const replay = replays.find(({ refused }) => refused === null);
    if (!replay) throw new Error(replays[0]?.refused ?? "there is no other strategy");
    const on = (searched: Searched): void => tell({ kind: "searched", searched });
    const setting = { ...given.setting, strategy: replay.strategy };
    const shown = await explorer.trace(setting, replay.schedule, on, signal);
    return { kind: "shown", view: shown, cursor: 0, order, broken: brokenIn(await explorer.explore(setting, on, signal)) };
  },
});

const otherSchedules = ({ given, view }: InterleavingState, by: number): BackgroundWork<Message> => ({
  name: "others",
  async run({ explorer }, _, signal) {
    const label = view?.label ?? "";
    return { kind: "others", label, by, schedules: await explorer.endingAt(given.setting, label, MOST_OTHERS, signal) };
  },
});

/** Plays the schedule on screen on the given store, or on racelab's own PostgreSQL where that is `memory:`. */
const conducting = (setting: Setting, schedule: string, store: string): BackgroundWork<Message> => ({
  name: "conduct",
  async run({ conduct, language }, _, signal) {
    try {
      return { kind: "conducted", conducted: await conduct({ setting, schedule, store }, signal) };
    } catch (error) {
      return { kind: "refused", why: messageIn(messageOf(error), language) };
    }
  },
});

const playing = (pace: number): BackgroundWork<Message> => ({
  name: "play",
  quiet: true,
  async run(_, tell, signal) {
    for (;;) {
      await delay(pace, undefined, { signal });
      tell({ kind: "tick" });
    }
  },
});

const needsView = ({ view }: InterleavingState, context: Context) => (view ? null : say(screenWords.stillSearching, context));
const needsCourse = (state: InterleavingState, context: Context) =>
  needsView(state, context) ?? (state.given.own ? say(interleavingWords.onlyOfTheCourse, context) : null);
const needsModel = (state: InterleavingState, context: Context) =>
  needsCourse(state, context) ?? (state.real ? say(interleavingWords.onlyOfTheModel, context) : null);
const needsEnd = (state: InterleavingState, context: Context) =>
  needsCourse(state, context) ?? (state.view?.over ? null : say(interleavingWords.notOver, context));
const needsProblem = (state: InterleavingState, context: Context) =>
  needsView(state, context) ?? (stepsIn(state).some(isProblemOf(state)) ? null : say(interleavingWords.noProblem, context));

/** To the next or the previous schedule with the same end. */
function another(state: InterleavingState, by: number): Act {
  const { others, view, given } = state;
  if (!others || others.label !== view?.label) return [state, { kind: "work", work: otherSchedules(state, by) }];
  const { schedules } = others;
  const next = (schedules.indexOf(view.schedule) + by + schedules.length) % schedules.length;
  return [state, { kind: "work", work: load({ ...given, schedule: schedules[next] ?? view.schedule }, state.cursor) }];
}

/** The last step is on screen: there is nothing more to step to. */
const isAtEnd = (state: InterleavingState): boolean => state.view !== null && state.cursor >= stepsIn(state).length - 1;

const command = builders<InterleavingState, Message>({ off: needsView });

const commands: readonly Command<InterleavingState, Message>[] = [
  {
    id: "go-on",
    keys: ["enter"],
    shown: "Enter",
    text: screenWords.nextStep,
    primary: true,
    hint(state, context) {
      if (!isAtEnd(state)) return say(screenWords.nextStep, context);
      return say(state.given.own ? interleavingWords.toExercise : interleavingWords.toDecide, context);
    },
    act(state) {
      if (!isAtEnd(state)) return [stepBy({ ...state, follow: null }, 1)];
      return [state, state.given.own ? { kind: "back" } : { kind: "go", to: "decide" }];
    },
  },
  ...command.steps((state, by) => [stepBy(state, by)]),
  ...command.nextPrevious("problem", interleavingWords.problem, (state, by) => [toNextStep(state, by, isProblemOf(state))], {
    off: needsProblem,
  }),
  command.one({
    id: "decide-from-here",
    keys: ["d"],
    shown: "d",
    text: interleavingWords.decideFromHere,
    off: needsModel,
    act(state) {
      const made = choicesOf(state.view?.schedule ?? "").slice(0, state.cursor + 1);
      const given: DecideGiven = { setting: state.given.setting, schedule: made.join("") };
      return [state, { kind: "go", to: "decide", given, detour: true }];
    },
  }),
  command.one({
    id: "same-order",
    keys: ["s"],
    shown: "s",
    text: interleavingWords.sameOrder,
    act(state, { lesson }) {
      const all = (lesson as OpenLesson).content.strategies.map(({ id }) => id);
      const at = all.indexOf(state.given.setting.strategy);
      return [state, { kind: "work", work: underNext(state, [...all.slice(at + 1), ...all.slice(0, at)]) }];
    },
  }),
  command.one({
    id: "on-database",
    keys: ["r"],
    shown: "r",
    text: interleavingWords.onDatabase,
    off: needsCourse,
    hint: ({ real, playing }, context) =>
      say(playing ? screenWords.stop : real ? interleavingWords.backToModel : interleavingWords.onDatabase, context),
    act(state, context) {
      const { given, real, view, playing } = state;
      if (playing) return [state, { kind: "stop", name: "conduct" }];
      if (real) return [withView({ ...state, real: null }, real.model)];
      const work = conducting(given.setting, view?.schedule ?? "", context.store);
      return [
        { ...state, playing: true, refused: null },
        { kind: "work", work },
      ];
    },
  }),
  command.table((state) => [{ ...state, table: !state.table }]),
  command.one({
    id: "other-property",
    keys: ["o"],
    shown: "o",
    text: screenWords.otherProperty,
    off: (state, context) =>
      needsModel(state, context) ?? (state.broken.length > 1 ? null : say(screenWords.noOtherProperty, context)),
    act(state) {
      const { given, broken, property, view } = state;
      const other = nextBroken(broken, shownBroken(broken, { property: property ?? undefined, schedule: view?.schedule }));
      return other ? [state, { kind: "work", work: load({ ...given, schedule: other.schedule }, 0, other.property) }] : [state];
    },
  }),
  ...command.pair(
    ["next-schedule", ["]"], 1],
    ["previous-schedule", ["["], -1],
    "[ ]",
    interleavingWords.otherSchedule,
    another,
    {
      off: needsEnd,
    },
  ),
  command.one({
    id: "play",
    keys: ["space"],
    shown: "space",
    text: interleavingWords.play,
    act(state, { working }) {
      if (working.includes("play")) return [state, { kind: "stop", name: "play" }];
      const again = state.cursor >= stepsIn(state).length - 1 ? { ...state, cursor: -1 } : state;
      return [again, { kind: "work", work: playing(state.pace) }];
    },
  }),
  command.one({
    id: "follow",
    keys: ["f"],
    shown: "f",
    text: interleavingWords.followTask,
    group: "move",
    act(state) {
      const tasks = state.view?.start.tasks.map(({ task }) => task) ?? [];
      const next = state.follow === null ? tasks[0] : tasks[tasks.indexOf(state.follow) + 1];
      return [{ ...state, follow: next ?? null }];
    },
  }),
  ...command.pair(
    ["back-switch", ["shift+left"], -1],
    ["switch", ["shift+right"], 1],
    "Shift+←→",
    interleavingWords.switchOfTask,
    (state, by) => [toNextSwitch(state, by)],
    { group: "move" },
  ),
  ...command.firstLast(
    { id: "first-step", text: screenWords.firstStep, act: (state) => [toStep(state, -1)] },
    { id: "last-step", text: screenWords.lastStep, act: (state) => [toStep(state, stepsIn(state).length - 1)] },
  ),
  ...command.pair(["slower", ["<"], -1], ["faster", [">"], 1], "< >", interleavingWords.pace, paced, { quiet: true }),
  ...command.zoom((state, by, context) => [zoomed(state, by, context)], { quiet: true }),
  exportCommand(
    ({ given, view }) => view && { setting: view.setting, schedule: view.schedule, file: given.own?.path ?? null },
    (_, context) => say(screenWords.stillSearching, context),
  ),
];

function paced(state: InterleavingState, by: number, { working }: Context): Act {
  const pace = otherPace(state, by);
  return [{ ...state, pace }, ...(working.includes("play") ? [{ kind: "work" as const, work: playing(pace) }] : [])];
}

export const interleaving: Screen<InterleavingState, Message> = {
  id: "interleaving",
  title: screenWords.interleaving,
  stage: { name: screenWords.stages.watch, short: screenWords.stages.watch },
  isDone: (state) => state.given.own === undefined && isAtEnd(state),
  commands,
  open({ lesson }, given) {
    const on = (given as InterleavingGiven | undefined) ?? pictureOf(lesson as OpenLesson);
    const cursor = (on.step ?? 1) - 1;
    if (on.own) return [{ ...interleavingOf(on), view: on.own.view, cursor }];
    return [interleavingOf(on), { kind: "work", work: load(on, cursor) }];
  },
  update(state, message, context) {
    switch (message.kind) {
      case "exported":
        return [state, { kind: "say", text: message.text }];
      case "searched":
        return [{ ...state, searched: message.searched }];
      case "shown": {
        const { view, cursor, order = null, broken, property = null } = message;
        const { whole } = state.given;
        const given = { setting: view.setting, schedule: view.schedule, ...(whole && { whole }) };
        const fresh = { given, searched: null, failed: false, real: null, refused: null, cursor, order, broken, property };
        // A database that still plays the old schedule is stopped.
        const stop = state.playing ? [{ kind: "stop", name: "conduct" } as const] : [];
        return [withView({ ...state, ...fresh }, view), ...stop];
      }
      case "others":
        return another({ ...state, others: message }, message.by);
      case "conducted": {
        const { conducted } = message;
        return state.view
          ? [withView({ ...state, playing: false, real: { conducted, model: state.view } }, conducted.view)]
          : [state];
      }
      case "refused":
        return [{ ...state, playing: false, refused: message.why }];
      case "tick": {
        const next = toStep(state, state.cursor + 1);
        return next.cursor >= stepsIn(state).length - 1 && context.working.includes("play")
          ? [next, { kind: "stop", name: "play" }]
          : [next];
      }
    }
  },
  ended: (state, work) => [
    work === "conduct"
      ? { ...state, playing: false }
      : work === "trace"
        ? { ...state, searched: null, failed: state.view === null }
        : state,
  ],
  phrases: ({ given, view, order }, context) =>
    given.own
      ? []
      : settingPhrases(context, given.setting, (state, setting, schedule) => {
          const isOther = setting.strategy !== given.setting.strategy && schedule === undefined && view !== null;
          const work = isOther
            ? underNext({ ...state, order: order ?? view.schedule }, [setting.strategy])
            : load({ setting, ...(schedule !== undefined && { schedule }) }, 0);
          return [state, { kind: "work", work }];
        }),
  status: ({ searched, playing }, context) =>
    playing ? row(" ", span(say(interleavingWords.playingOnDatabase, context), "strong")) : searchStatus(searched, context),
  view: interleavingView,
  legend: interleavingLegend,
  aside({ given, view }, context) {
    // In the first lesson schedules have no names yet.
    const isNamed = taught(context, given.whole === true || given.own !== undefined).time;
    const id = view && isNamed ? `   id ${view.schedule}` : "";
    return `${settingText(given.setting, (context.lesson as OpenLesson).content.size, context)}${id}`;
  },
  spoken: spokenInterleaving,
  items: (state) => stepsIn(state).map(({ n, why }) => `step ${n} ${why}`),
  at: ({ cursor }) => cursor,
  select: (state, index) => [toStep(state, index)],
  position({ given, view, cursor }) {
    if (given.own) return { screen: "exercise" };
    return view ? { setting: view.setting, schedule: view.schedule, step: cursor + 1 } : given;
  },
  done: ({ view }, speaking) => (view ? say(interleavingWords.done(view.schedule), speaking) : null),
};

const pictureOf = ({ content }: OpenLesson): InterleavingGiven => {
  const { schedule, ...setting } = content.picture;
  return { setting, ...(schedule !== undefined && { schedule }) };
};
