/** One schedule, step by step: program counters, lanes, what can still happen, why. */
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../../core/failure.js";
import { cells, fitCell } from "../../../report/timeline.js";
import { loses } from "../../../report/trace.js";
import type { ConductedView, Searched, Setting, Source, TraceStep, TraceView } from "../../../report/views.js";
import { type Exported, exportCommand } from "../../exporting.js";
import { labelWidth } from "../../parts/lanes-of-trace.js";
import type { Services } from "../../services.js";
import { settingText } from "../../settings.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenInterleaving } from "./spoken.js";
import { interleavingView } from "./view.js";

/** What the screen is opened on. Without a schedule: the smallest that goes wrong, or one that does not. */
export interface InterleavingGiven {
  readonly setting: Setting;
  readonly schedule?: string;
  /** The step to begin with, from 1. */
  readonly step?: number;
  /** A schedule of the learner's own file: what there is to show of it, as no strategy of the course can be asked. */
  readonly own?: { readonly view: TraceView; readonly source: Source; readonly path: string };
}

export interface InterleavingState {
  readonly asked: InterleavingGiven;
  readonly view: TraceView | null;
  readonly searched: Searched | null;
  /** Why there is nothing to show. */
  readonly failed: boolean;
  /** Index of the current step; -1: nothing has happened yet. */
  readonly cursor: number;
  /** The task that left and right follow; null: every step. */
  readonly follow: number | null;
  readonly table: boolean;
  /** Columns for one step; null: as it fits. */
  readonly cell: number | null;
  /** Milliseconds a step when it plays by itself. */
  readonly pace: number;
  /** What is shown is what a real database did: this, and the model's to go back to. */
  readonly real: { readonly conducted: ConductedView; readonly model: TraceView } | null;
  /** It is being played on a database. */
  readonly playing: boolean;
  /** Why it could not be played on a database, in a sentence. */
  readonly refused: string | null;
  /** Schedules with the same end, for [ and ]. */
  readonly others: { readonly label: string; readonly schedules: readonly string[] } | null;
}

type Message =
  | Exported
  | { readonly kind: "searched"; readonly searched: Searched }
  | { readonly kind: "shown"; readonly view: TraceView; readonly cursor: number }
  | { readonly kind: "others"; readonly label: string; readonly schedules: readonly string[]; readonly by: number }
  | { readonly kind: "conducted"; readonly conducted: ConductedView }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "tick" };

type Act = Next<InterleavingState, Message>;

/** Schedules with one end that [ and ] go through. */
const MOST_OTHERS = 200;
const paces = [1200, 600, 300, 150] as const;

const opened = (asked: InterleavingGiven): InterleavingState => ({
  asked,
  view: null,
  searched: null,
  failed: false,
  cursor: 0,
  follow: null,
  table: false,
  cell: null,
  pace: paces[1],
  real: null,
  playing: false,
  refused: null,
  others: null,
});

/** The schedule to show where none was asked for. */
export async function scheduleFor(
  { explorer }: Services,
  { setting, schedule }: InterleavingGiven,
  on: (searched: Searched) => void,
  signal: AbortSignal,
): Promise<string> {
  if (schedule !== undefined) return schedule;
  const { counterexample, ends } = await explorer.explore(setting, on, signal);
  return counterexample?.schedule ?? ends[0]?.example ?? "";
}

const load = (asked: InterleavingGiven, cursor: number): BackgroundWork<Message> => ({
  name: "trace",
  async run(services, tell, signal) {
    const on = (searched: Searched): void => tell({ kind: "searched", searched });
    const schedule = await scheduleFor(services, asked, on, signal);
    return { kind: "shown", view: await services.explorer.trace(asked.setting, schedule, on, signal), cursor };
  },
});

/** The same order of tasks under the next strategy that applies: who cannot go on when it is their turn is passed over. */
const underNext = ({ asked, view }: InterleavingState, strategies: readonly string[]): BackgroundWork<Message> => ({
  name: "trace",
  async run({ explorer }, tell, signal) {
    const replays = await explorer.replay(asked.setting, view?.schedule ?? "", strategies, signal);
    const replay = replays.find(({ refused }) => refused === null);
    if (!replay) throw new Error(replays[0]?.refused ?? "there is no other strategy");
    const on = (searched: Searched): void => tell({ kind: "searched", searched });
    const setting = { ...asked.setting, strategy: replay.strategy };
    return { kind: "shown", view: await explorer.trace(setting, replay.schedule, on, signal), cursor: 0 };
  },
});

const otherSchedules = ({ asked, view }: InterleavingState, by: number): BackgroundWork<Message> => ({
  name: "others",
  async run({ explorer }, _, signal) {
    const label = view?.label ?? "";
    return { kind: "others", label, by, schedules: await explorer.endingAt(asked.setting, label, MOST_OTHERS, signal) };
  },
});

/** The schedule on screen, on the store that was given or racelab's own PostgreSQL. */
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

/** Steps where something goes wrong, or has a price. */
export const isProblem = (step: TraceStep): boolean =>
  loses(step.note) || step.note.conflict === true || step.event === null || "error" in step.event.reply;

const steps = ({ view }: InterleavingState): readonly TraceStep[] => view?.steps ?? [];
const needsView = ({ view }: InterleavingState, context: Context) => (view ? null : say(screenWords.stillSearching, context));
const needsCourse = (state: InterleavingState, context: Context) =>
  needsView(state, context) ?? (state.asked.own ? say(screenWords.onlyOfTheCourse, context) : null);
const needsModel = (state: InterleavingState, context: Context) =>
  needsCourse(state, context) ?? (state.real ? say(screenWords.onlyOfTheModel, context) : null);
const needsEnd = (state: InterleavingState, context: Context) =>
  needsCourse(state, context) ?? (state.view?.over ? null : say(screenWords.notOver, context));
const needsProblem = (state: InterleavingState, context: Context) =>
  needsView(state, context) ?? (steps(state).some(isProblem) ? null : say(screenWords.noProblem, context));

const to = (state: InterleavingState, cursor: number): Act => [
  { ...state, cursor: Math.max(-1, Math.min(steps(state).length - 1, cursor)) },
];

/** The nearest step on that side that passes the test, or the last there is. */
function toNext(state: InterleavingState, by: 1 | -1, test: (step: TraceStep, index: number) => boolean): Act {
  const hits = steps(state).flatMap((step, index) => (test(step, index) ? [index] : []));
  const next = by > 0 ? hits.find((index) => index > state.cursor) : hits.findLast((index) => index < state.cursor);
  return to(state, next ?? (by > 0 ? steps(state).length - 1 : -1));
}
const move = (state: InterleavingState, by: 1 | -1): Act =>
  state.follow === null ? to(state, state.cursor + by) : toNext(state, by, ({ task }) => task === state.follow);
const isSwitch =
  (state: InterleavingState) =>
  ({ task }: TraceStep, index: number): boolean =>
    index > 0 && steps(state)[index - 1]?.task !== task;

function zoom(state: InterleavingState, by: number, { size }: Context): Act {
  const cell = state.cell ?? fitCell(steps(state), size.columns - labelWidth(size.columns));
  return [{ ...state, cell: Math.max(cells.smallest, Math.min(cells.largest, cell + by)) }];
}

/** The next, or the previous, schedule that ends alike. */
function another(state: InterleavingState, by: number): Act {
  const { others, view, asked } = state;
  if (!others || others.label !== view?.label) return [state, { kind: "work", work: otherSchedules(state, by) }];
  const { schedules } = others;
  const next = (schedules.indexOf(view.schedule) + by + schedules.length) % schedules.length;
  return [state, { kind: "work", work: load({ ...asked, schedule: schedules[next] ?? view.schedule }, state.cursor) }];
}

const command = (given: Omit<Command<InterleavingState, Message>, "off"> & Partial<Command<InterleavingState, Message>>) => ({
  off: needsView,
  ...given,
});

const commands: readonly Command<InterleavingState, Message>[] = [
  command({ id: "back-step", keys: ["left", "h"], shown: "←→", text: screenWords.step, act: (state) => move(state, -1) }),
  command({ id: "step", keys: ["right", "l"], shown: "←→", text: screenWords.step, act: (state) => move(state, 1) }),
  command({
    id: "next-problem",
    keys: ["n"],
    shown: "n/N",
    text: screenWords.problem,
    off: needsProblem,
    act: (state) => toNext(state, 1, isProblem),
  }),
  command({
    id: "previous-problem",
    keys: ["N"],
    shown: "n/N",
    text: screenWords.problem,
    off: needsProblem,
    act: (state) => toNext(state, -1, isProblem),
  }),
  command({
    id: "decide-from-here",
    keys: ["d"],
    shown: "d",
    text: screenWords.decideFromHere,
    off: needsModel,
    act(state) {
      const schedule =
        (state.view?.schedule ?? "")
          .match(/\.[^.]*\.|./g)
          ?.slice(0, state.cursor + 1)
          .join("") ?? "";
      return [state, { kind: "go", to: "decide", given: { setting: state.asked.setting, schedule } }];
    },
  }),
  command({
    id: "same-order",
    keys: ["s"],
    shown: "s",
    text: screenWords.sameOrder,
    act(state, { lesson }) {
      const all = (lesson as OpenLesson).content.strategies.map(({ id }) => id);
      const at = all.indexOf(state.asked.setting.strategy);
      return [state, { kind: "work", work: underNext(state, [...all.slice(at + 1), ...all.slice(0, at)]) }];
    },
  }),
  command({
    id: "on-database",
    keys: ["r"],
    shown: "r",
    text: screenWords.onDatabase,
    off: needsCourse,
    hint: ({ real, playing }, context) =>
      say(playing ? screenWords.stop : real ? screenWords.backToModel : screenWords.onDatabase, context),
    act(state, context) {
      const { asked, real, view, playing } = state;
      if (playing) return [state, { kind: "stop", name: "conduct" }];
      if (real) return [showing({ ...state, real: null }, real.model)];
      const work = conducting(asked.setting, view?.schedule ?? "", context.store);
      return [
        { ...state, playing: true, refused: null },
        { kind: "work", work },
      ];
    },
  }),
  command({ id: "table", keys: ["v"], shown: "v", text: screenWords.table, act: (state) => [{ ...state, table: !state.table }] }),
  command({
    id: "next-schedule",
    keys: ["]"],
    shown: "[ ]",
    text: screenWords.otherSchedule,
    off: needsEnd,
    act: (state) => another(state, 1),
  }),
  command({
    id: "previous-schedule",
    keys: ["["],
    shown: "[ ]",
    text: screenWords.otherSchedule,
    off: needsEnd,
    act: (state) => another(state, -1),
  }),
  command({
    id: "play",
    keys: ["space"],
    shown: "space",
    text: screenWords.play,
    act(state, { working }) {
      if (working.includes("play")) return [state, { kind: "stop", name: "play" }];
      const again = state.cursor >= steps(state).length - 1 ? { ...state, cursor: -1 } : state;
      return [again, { kind: "work", work: playing(state.pace) }];
    },
  }),
  command({
    id: "follow",
    keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    shown: "1-9",
    text: screenWords.followTask,
    act(state, context, key) {
      const task = Number(key);
      if (!state.view?.start.tasks.some((one) => one.task === task))
        return [state, { kind: "say", text: say(screenWords.noTask(key), context) }];
      return [{ ...state, follow: state.follow === task ? null : task }];
    },
  }),
  command({
    id: "back-switch",
    keys: ["shift+left", "H"],
    shown: "H/L",
    text: screenWords.switchOfTask,
    act: (state) => toNext(state, -1, isSwitch(state)),
  }),
  command({
    id: "switch",
    keys: ["shift+right", "L"],
    shown: "H/L",
    text: screenWords.switchOfTask,
    act: (state) => toNext(state, 1, isSwitch(state)),
  }),
  command({
    id: "first-step",
    keys: ["home", "g"],
    shown: "g",
    text: screenWords.firstStep,
    quiet: true,
    act: (state) => to(state, -1),
  }),
  command({
    id: "last-step",
    keys: ["end", "G"],
    shown: "G",
    text: screenWords.lastStep,
    quiet: true,
    act: (state) => to(state, steps(state).length - 1),
  }),
  command({
    id: "slower",
    keys: ["<"],
    shown: "< >",
    text: screenWords.pace,
    quiet: true,
    act: (state, context) => paced(state, -1, context),
  }),
  command({
    id: "faster",
    keys: [">"],
    shown: "< >",
    text: screenWords.pace,
    quiet: true,
    act: (state, context) => paced(state, 1, context),
  }),
  command({
    id: "zoom-in",
    keys: ["+", "="],
    shown: "+ -",
    text: screenWords.zoom,
    quiet: true,
    act: (state, context) => zoom(state, 1, context),
  }),
  command({
    id: "zoom-out",
    keys: ["-"],
    shown: "+ -",
    text: screenWords.zoom,
    quiet: true,
    act: (state, context) => zoom(state, -1, context),
  }),
  command({
    id: "zoom-fit",
    keys: ["0"],
    shown: "0",
    text: screenWords.zoomFit,
    quiet: true,
    act: (state) => [{ ...state, cell: null }],
  }),
  exportCommand(
    ({ asked, view }) => view && { setting: view.setting, schedule: view.schedule, file: asked.own?.path ?? null },
    (_, context) => say(screenWords.stillSearching, context),
  ),
  {
    id: "go-on",
    keys: ["enter"],
    shown: "Enter",
    text: screenWords.goOn,
    hint: ({ asked }, context) => say(asked.own ? screenWords.toExercise : screenWords.toDecide, context),
    act: (state) => [state, { kind: "go", to: state.asked.own ? "exercise" : "decide" }],
  },
];

const showing = (state: InterleavingState, view: TraceView): InterleavingState => ({
  ...state,
  view,
  cursor: Math.min(state.cursor, view.steps.length - 1),
});

function paced(state: InterleavingState, by: number, { working }: Context): Act {
  const pace = paces[Math.max(0, Math.min(paces.length - 1, paces.indexOf(state.pace as 600) + by))] ?? state.pace;
  return [{ ...state, pace }, ...(working.includes("play") ? [{ kind: "work" as const, work: playing(pace) }] : [])];
}

export const interleaving: Screen<InterleavingState, Message> = {
  id: "interleaving",
  title: screenWords.interleaving,
  stage: "I",
  commands,
  open({ lesson }, given) {
    const asked = (given as InterleavingGiven | undefined) ?? pictureOf(lesson as OpenLesson);
    if (asked.own) return [{ ...opened(asked), view: asked.own.view, cursor: (asked.step ?? 1) - 1 }];
    return [opened(asked), { kind: "work", work: load(asked, (asked.step ?? 1) - 1) }];
  },
  update(state, message, context) {
    switch (message.kind) {
      case "exported":
        return [state, { kind: "say", text: message.text }];
      case "searched":
        return [{ ...state, searched: message.searched }];
      case "shown": {
        const { view, cursor } = message;
        const asked = { setting: view.setting, schedule: view.schedule };
        const fresh = { asked, searched: null, failed: false, real: null, refused: null, cursor };
        // What is played on a database meanwhile is another schedule.
        const stop = state.playing ? [{ kind: "stop", name: "conduct" } as const] : [];
        return [showing({ ...state, ...fresh }, view), ...stop];
      }
      case "others":
        return another({ ...state, others: message }, message.by);
      case "conducted": {
        const { conducted } = message;
        return state.view
          ? [showing({ ...state, playing: false, real: { conducted, model: state.view } }, conducted.view)]
          : [state];
      }
      case "refused":
        return [{ ...state, playing: false, refused: message.why }];
      case "tick": {
        const [next] = to(state, state.cursor + 1);
        return next.cursor >= steps(state).length - 1 && context.working.includes("play")
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
  aside({ asked, view }, context) {
    const id = view ? `   id ${view.schedule}` : "";
    return `${settingText(asked.setting, (context.lesson as OpenLesson).content.size, context)}${id}`;
  },
  spoken: spokenInterleaving,
  items: (state) => steps(state).map(({ n, task, why }) => `step ${n} w${task} ${why}`),
  at: ({ cursor }) => cursor,
  select: (state, index) => to(state, index),
  place({ asked, view, cursor }) {
    if (asked.own) return { screen: "exercise" };
    return view ? { setting: view.setting, schedule: view.schedule, step: cursor + 1 } : asked;
  },
  done: ({ view }, speaking) => (view ? say(screenWords.did.looked(view.schedule), speaking) : null),
};

const pictureOf = ({ content }: OpenLesson): InterleavingGiven => {
  const { schedule, ...setting } = content.picture;
  return { setting, ...(schedule !== undefined && { schedule }) };
};
