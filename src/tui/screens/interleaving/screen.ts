/** One schedule, step by step: program counters, lanes, the ends that are still possible, why. */

import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../../core/failure.js";
import { messageIn } from "../../../core/messages.js";
import { row, span } from "../../../report/span.js";
import type {
  AskedOperation,
  ConductedView,
  ExploredView,
  ReplayView,
  Searched,
  Setting,
  TraceStep,
  TraceView,
} from "../../../report/views.js";
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
import { markedOption, menuOptions, originalOf } from "./menu.js";
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
  | { readonly kind: "replayed"; readonly schedule: string; readonly replays: readonly ReplayView[] }
  | { readonly kind: "sent"; readonly schedule: string; readonly sent: InterleavingState["sent"] }
  | { readonly kind: "tick" };

/**
 * `original`: the schedule in whose order it was played, where that is another strategy's. `broken`: the broken properties of
 * the setting; `property`: the one whose counterexample this is, where it was asked for.
 */
interface Shown {
  readonly kind: "shown";
  readonly view: TraceView;
  readonly cursor: number;
  readonly original?: TraceView;
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
 * The order of the original under another strategy. A task that cannot go on at its turn is passed over. It is the order of
 * the first strategy, not what the last one made of it: or a lock would turn every order into a serial one.
 */
const playUnder = (original: TraceView, strategy: string, cursor: number): BackgroundWork<Message> => ({
  name: "trace",
  async run({ explorer }, tell, signal) {
    const [replay] = await explorer.replay(original.setting, original.schedule, [strategy], signal);
    if (!replay || replay.refused !== null) throw new Error(replay?.refused ?? strategy);
    const on = (searched: Searched): void => tell({ kind: "searched", searched });
    const setting = { ...original.setting, strategy };
    const view = await explorer.trace(setting, replay.schedule, on, signal);
    const broken = brokenIn(await explorer.explore(setting, on, signal));
    return { kind: "shown", view, cursor, original, broken };
  },
});

/** The results of the original order under all strategies, for the menu. */
const replaying = ({ setting, schedule }: TraceView, { lesson }: Context): BackgroundWork<Message> => ({
  name: "replays",
  quiet: true,
  async run({ explorer }, _, signal) {
    const all = (lesson as OpenLesson).content.strategies.map(({ id }) => id);
    return { kind: "replayed", schedule, replays: await explorer.replay(setting, schedule, all, signal) };
  },
});

/** Every step as each store is sent it. */
const asSent = ({ setting, schedule, steps }: TraceView): BackgroundWork<Message> => ({
  name: "sent",
  quiet: true,
  run: async ({ sent }) => ({ kind: "sent", schedule, sent: await sent(setting, steps.map(askedIn)) }),
});

/** A statement that finds its row locked is sent before it waits, and answered later. */
function askedIn({ task, event, other, after }: TraceStep): AskedOperation | null {
  if (event) return event;
  const waiting = other === "waits" ? after.tasks.find((one) => one.task === task)?.operation : null;
  return task !== null && waiting ? { task, operation: waiting } : null;
}

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
    id: "strategies",
    keys: ["s"],
    shown: "s",
    text: interleavingWords.strategies,
    off: needsCourse,
    act: openMenu,
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
  command.one({
    id: "sent",
    keys: ["w"],
    shown: "w",
    text: interleavingWords.asSent,
    off: needsCourse,
    hint: ({ showsSent }, context) => say(showsSent ? interleavingWords.codeAgain : interleavingWords.asSent, context),
    act(state) {
      const { showsSent, sent, view } = state;
      const now = { ...state, showsSent: !showsSent };
      return !showsSent && !sent && view ? [now, { kind: "work", work: asSent(view) }] : [now];
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

function openMenu(shown: InterleavingState, context: Context): Act {
  // What a database did has no order for others: the model's picture comes back.
  const state = shown.real ? withView({ ...shown, real: null }, shown.real.model) : shown;
  const { given, view, original, cursor, broken, property, replays } = state;
  const first = originalOf(state);
  if (!first) return [state];
  const menu = { marked: 0, before: { given, view, original, replays, cursor, broken, property } };
  const opened = stayingOn(given.setting.strategy, { ...state, menu, playing: false }, context);
  const stop = state.playing ? [{ kind: "stop" as const, name: "conduct" }] : [];
  return replays ? [opened, ...stop] : [opened, ...stop, { kind: "work", work: replaying(first, context) }];
}

/** The line of this name is marked. */
function stayingOn(name: string | undefined, state: InterleavingState, context: Context): InterleavingState {
  if (!state.menu) return state;
  const at = menuOptions(state, context).findIndex((one) => one.name === name);
  return { ...state, menu: { ...state.menu, marked: Math.max(0, at) } };
}

/** Marks a line. A strategy that is marked is shown. */
function mark(state: InterleavingState, to: number, context: Context): Act {
  const { menu, cursor, view } = state;
  const options = menuOptions(state, context);
  const [marked, first] = [Math.max(0, Math.min(options.length - 1, to)), originalOf(state)];
  const option = options[marked];
  if (!menu || !first) return [state];
  const now = { ...state, menu: { ...menu, marked } };
  if (option?.kind !== "strategy") return [now];
  const { name: strategy } = option;
  if (strategy === first.setting.strategy) return [shownAgain(now, first, null), { kind: "stop", name: "trace" }];
  if (strategy === view?.setting.strategy) return [now];
  return [now, { kind: "work", work: playUnder(first, strategy, cursor) }];
}

/** A picture that was there before. */
function shownAgain(state: InterleavingState, view: TraceView, original: TraceView | null): InterleavingState {
  const { setting, schedule } = view;
  return withView({ ...state, given: { ...state.given, setting, schedule }, original, sent: null }, view);
}

/** The next or the previous value of the size, or the fault on and off. The menu begins anew with its smallest failing order. */
function change(state: InterleavingState, by: number, context: Context): Act {
  const option = markedOption(state, context);
  const first = originalOf(state);
  if (!first || !option || option.kind === "strategy") return [state];
  const { setting } = first;
  const next = option.kind === "size" ? option.values[option.values.indexOf(option.value) + by] : undefined;
  if (option.kind === "size" && next === undefined) return [state];
  const { faults = {}, ...without } = setting;
  const { [option.name]: _, ...others } = faults;
  const other =
    option.kind === "size"
      ? { ...setting, size: { ...setting.size, [option.name]: next as number } }
      : option.on
        ? { ...without, ...(Object.keys(others).length > 0 && { faults: others }) }
        : { ...setting, faults: { ...faults, [option.name]: 1 } };
  return [state, { kind: "work", work: load({ setting: other }, state.cursor) }];
}

const inMenu = builders<InterleavingState, Message>();
const changes = (state: InterleavingState, context: Context): string | null =>
  markedOption(state, context)?.kind === "strategy" ? say(interleavingWords.changesNothing, context) : null;

const menuCommands: readonly Command<InterleavingState, Message>[] = [
  inMenu.one({
    id: "keep",
    keys: ["enter"],
    shown: "Enter",
    text: interleavingWords.keep,
    primary: true,
    act: (state) => [{ ...state, menu: null }],
  }),
  ...inMenu.upDown("menu", screenWords.choose, (state, by, context) => mark(state, (state.menu?.marked ?? 0) + by, context)),
  ...inMenu.pair(
    ["menu-less", ["left", "h"], -1],
    ["menu-more", ["right", "l"], 1],
    "←→",
    interleavingWords.change,
    (state, by, context) => change(state, by, context),
    { off: changes },
  ),
  inMenu.digits("menu-number", screenWords.chooseNumber, (state, index, context) => mark(state, index, context)),
  inMenu.one({
    id: "menu-back",
    keys: ["esc", "s"],
    shown: "Esc",
    text: interleavingWords.asBefore,
    stays: true,
    act: (state) =>
      state.menu
        ? [
            { ...state, ...state.menu.before, menu: null, sent: null, showsSent: false },
            { kind: "stop", name: "trace" },
            { kind: "stop", name: "replays" },
          ]
        : [state],
  }),
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
  menu: ({ menu }) => (menu ? menuCommands : null),
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
        const { view, cursor, original = null, broken, property = null } = message;
        const { whole } = state.given;
        const given = { setting: view.setting, schedule: view.schedule, ...(whole && { whole }) };
        const fresh = { given, searched: null, failed: false, real: null, refused: null, cursor, original, broken, property };
        // The results in the menu are those of the original order.
        const isSame = originalOf({ original, view })?.schedule === originalOf(state)?.schedule && original !== null;
        const replays = isSame ? state.replays : null;
        // A database that still plays the old schedule is stopped.
        const stop = state.playing ? [{ kind: "stop", name: "conduct" } as const] : [];
        const again = state.menu && !replays ? [{ kind: "work" as const, work: replaying(original ?? view, context) }] : [];
        const sent = state.showsSent ? [{ kind: "work" as const, work: asSent(view) }] : [];
        return [withView({ ...state, ...fresh, replays, sent: null }, view), ...stop, ...again, ...sent];
      }
      case "sent":
        return [message.schedule === state.view?.schedule ? { ...state, sent: message.sent } : state];
      case "replayed": {
        if (message.schedule !== originalOf(state)?.schedule) return [state];
        const now = { ...state, replays: message.replays };
        return [stayingOn(markedOption(state, context)?.name, now, context)];
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
  phrases: ({ given, view, original }, context) =>
    given.own
      ? []
      : settingPhrases(context, given.setting, (state, setting, schedule) => {
          const isOther = setting.strategy !== given.setting.strategy && schedule === undefined && view !== null;
          const work = isOther
            ? playUnder(original ?? view, setting.strategy, 0)
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
