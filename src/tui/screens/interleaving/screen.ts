/** One schedule, step by step: program counters, lanes, the ends that are still possible, why. */

import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../../core/failure.js";
import type { ConductedView, Searched, Setting, TraceView } from "../../../report/views.js";
import { builders } from "../../builders.js";
import { type Exported, exportCommand } from "../../exporting.js";
import type { DecideGiven, InterleavingGiven } from "../../given.js";
import type { Services } from "../../services.js";
import { choicesOf, settingText } from "../../settings.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenInterleaving } from "./spoken.js";
import {
  type InterleavingState,
  interleavingOf,
  isProblem,
  otherPace,
  stepBy,
  stepsIn,
  toNextStep,
  toNextSwitch,
  toStep,
  withView,
  zoomed,
} from "./state.js";
import { interleavingView } from "./view.js";
import { interleavingWords } from "./words.js";

type Message =
  | Exported
  | { readonly kind: "searched"; readonly searched: Searched }
  /** `order`: the order that it was played in, where that is another strategy's. */
  | { readonly kind: "shown"; readonly view: TraceView; readonly cursor: number; readonly order?: string }
  | { readonly kind: "others"; readonly label: string; readonly schedules: readonly string[]; readonly by: number }
  | { readonly kind: "conducted"; readonly conducted: ConductedView }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "tick" };

type Act = Next<InterleavingState, Message>;

/** Most schedules with the same end that [ and ] go through. */
const MOST_OTHERS = 200;

/** The schedule to show: the one that was given, else the smallest that goes wrong, else one of the first end. */
async function scheduleFor(
  { explorer }: Services,
  { setting, schedule }: InterleavingGiven,
  on: (searched: Searched) => void,
  signal: AbortSignal,
): Promise<string> {
  if (schedule !== undefined) return schedule;
  const { counterexample, ends } = await explorer.explore(setting, on, signal);
  return counterexample?.schedule ?? ends[0]?.example ?? "";
}

const load = (given: InterleavingGiven, cursor: number): BackgroundWork<Message> => ({
  name: "trace",
  async run(services, tell, signal) {
    const on = (searched: Searched): void => tell({ kind: "searched", searched });
    const schedule = await scheduleFor(services, given, on, signal);
    return { kind: "shown", view: await services.explorer.trace(given.setting, schedule, on, signal), cursor };
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
    return { kind: "shown", view: await explorer.trace(setting, replay.schedule, on, signal), cursor: 0, order };
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
  async run({ conduct }, _, signal) {
    try {
      return { kind: "conducted", conducted: await conduct({ setting, schedule, store }, signal) };
    } catch (error) {
      return { kind: "refused", why: messageOf(error) };
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
  needsView(state, context) ?? (stepsIn(state).some(isProblem) ? null : say(interleavingWords.noProblem, context));

/** To the next or the previous schedule with the same end. */
function another(state: InterleavingState, by: number): Act {
  const { others, view, given } = state;
  if (!others || others.label !== view?.label) return [state, { kind: "work", work: otherSchedules(state, by) }];
  const { schedules } = others;
  const next = (schedules.indexOf(view.schedule) + by + schedules.length) % schedules.length;
  return [state, { kind: "work", work: load({ ...given, schedule: schedules[next] ?? view.schedule }, state.cursor) }];
}

const command = builders<InterleavingState, Message>({ off: needsView });

const commands: readonly Command<InterleavingState, Message>[] = [
  ...command.steps((state, by) => [stepBy(state, by)]),
  ...command.nextPrevious("problem", interleavingWords.problem, (state, by) => [toNextStep(state, by, isProblem)], {
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
      return [state, { kind: "go", to: "decide", given }];
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
  command.digits("follow", interleavingWords.followTask, (state, index, context, key) => {
    const task = index + 1;
    if (!state.view?.start.tasks.some((one) => one.task === task))
      return [state, { kind: "say", text: say(interleavingWords.noTask(key), context) }];
    return [{ ...state, follow: state.follow === task ? null : task }];
  }),
  ...command.pair(
    ["back-switch", ["shift+left", "H"], -1],
    ["switch", ["shift+right", "L"], 1],
    "H/L",
    interleavingWords.switchOfTask,
    (state, by) => [toNextSwitch(state, by)],
  ),
  ...command.firstLast(
    { id: "first-step", text: screenWords.firstStep, act: (state) => [toStep(state, -1)] },
    { id: "last-step", text: screenWords.lastStep, act: (state) => [toStep(state, stepsIn(state).length - 1)] },
  ),
  ...command.pair(["slower", ["<"], -1], ["faster", [">"], 1], "< >", interleavingWords.pace, paced, { quiet: true }),
  ...command.zoom((state, by, { size }) => [zoomed(state, by, size)], { quiet: true }),
  exportCommand(
    ({ given, view }) => view && { setting: view.setting, schedule: view.schedule, file: given.own?.path ?? null },
    (_, context) => say(screenWords.stillSearching, context),
  ),
  {
    id: "go-on",
    keys: ["enter"],
    shown: "Enter",
    text: screenWords.goOn,
    hint: ({ given }, context) => say(given.own ? interleavingWords.toExercise : interleavingWords.toDecide, context),
    act: (state) => [state, { kind: "go", to: state.given.own ? "exercise" : "decide" }],
  },
];

function paced(state: InterleavingState, by: number, { working }: Context): Act {
  const pace = otherPace(state, by);
  return [{ ...state, pace }, ...(working.includes("play") ? [{ kind: "work" as const, work: playing(pace) }] : [])];
}

export const interleaving: Screen<InterleavingState, Message> = {
  id: "interleaving",
  title: screenWords.interleaving,
  stage: "I",
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
        const { view, cursor, order = null } = message;
        const given = { setting: view.setting, schedule: view.schedule };
        const fresh = { given, searched: null, failed: false, real: null, refused: null, cursor, order };
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
  view: interleavingView,
  aside({ given, view }, context) {
    const id = view ? `   id ${view.schedule}` : "";
    return `${settingText(given.setting, (context.lesson as OpenLesson).content.size, context)}${id}`;
  },
  spoken: spokenInterleaving,
  items: (state) => stepsIn(state).map(({ n, task, why }) => `step ${n} w${task} ${why}`),
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
