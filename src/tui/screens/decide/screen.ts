/**
 * You are the scheduler: digits choose which task goes next, and no order that was tried is lost. The score is the number
 * of context switches: in most lessons every complete schedule has the same number of steps, and the search for the
 * counterexample knows the fewest switches exactly.
 */

import type { ExploredView, ReplayView, Searched, TraceView } from "../../../report/views.js";
import { brokenIn, nextBroken, shownBroken } from "../../broken-properties.js";
import { builders } from "../../builders.js";
import { type Exported, exportCommand } from "../../exporting.js";
import type { DecideGiven } from "../../given.js";
import { searchStatus } from "../../parts/searching.js";
import { settingPhrases } from "../../phrases.js";
import { bookmarksKey, type KeptPoint } from "../../remembered.js";
import { choicesOf, settingText } from "../../settings.js";
import type { Action, BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenDecide, whyNot } from "./spoken.js";
import {
  bookmarksOf,
  type DecideState,
  decidedAt,
  decideOptions,
  goalIn,
  hintFor,
  isAnnounced,
  isKept,
  isReached,
  isWrong,
  pointOf,
  samePoint,
  switchesIn,
} from "./state.js";
import { decideLegend, decideView } from "./view.js";
import { decideWords } from "./words.js";

type Message =
  | Exported
  | { readonly kind: "searched"; readonly searched: Searched }
  | {
      readonly kind: "opened";
      readonly given: DecideGiven;
      readonly explored: ExploredView;
      readonly views: readonly TraceView[];
    }
  | { readonly kind: "goTo"; readonly point: KeptPoint }
  | { readonly kind: "bookmark" }
  | { readonly kind: "moved"; readonly view: TraceView }
  | { readonly kind: "replayed"; readonly schedule: string; readonly replays: readonly ReplayView[] };

type Act = Next<DecideState, Message>;

const opened = (given: DecideGiven): DecideState => ({
  given,
  explored: null,
  view: null,
  searched: null,
  failed: false,
  past: [],
  future: [],
  marked: 0,
  peek: false,
  tries: [],
  replays: null,
  goal: null,
  goesOn: false,
  round: 1,
  queue: [],
});

/** Asks for the state after each choice so far, so that undo leads back through all of them. */
const load = (given: DecideGiven): BackgroundWork<Message> => ({
  name: "open",
  async run({ explorer }, tell, signal) {
    const { setting, schedule } = given;
    const on = (searched: Searched): void => tell({ kind: "searched", searched });
    const explored = await explorer.explore(setting, on, signal);
    const made = choicesOf(schedule);
    const views: TraceView[] = [];
    for (let steps = 0; steps <= made.length; steps++)
      views.push(await explorer.trace(setting, made.slice(0, steps).join(""), on, signal));
    return { kind: "opened", given, explored, views };
  },
});

const moveTo = ({ given }: DecideState, schedule: string): BackgroundWork<Message> => ({
  name: "move",
  quiet: true,
  run: async ({ explorer }, _, signal) => ({
    kind: "moved",
    view: await explorer.trace(given.setting, schedule, () => {}, signal),
  }),
});

/** More steps than a task of a lesson has. */
const ENOUGH = 60;

/** Plays the rest with as few switches as can be: the task that went last goes on, then the others in their order. */
const finish = ({ given, view }: DecideState): BackgroundWork<Message> => ({
  name: "move",
  quiet: true,
  async run({ explorer }, _, signal) {
    const made = view?.schedule ?? "";
    const last = choicesOf(made).findLast((choice) => /^\d$/.test(choice)) ?? "";
    const order = `${made}${last.repeat(ENOUGH)}`;
    const [whole] = await explorer.replay(given.setting, order, [given.setting.strategy], signal);
    return { kind: "moved", view: await explorer.trace(given.setting, whole?.schedule ?? "", () => {}, signal) };
  },
});

const replay = ({ given }: DecideState, { schedule }: TraceView, { lesson }: Context): BackgroundWork<Message> => ({
  name: "replay",
  async run({ explorer }, _, signal) {
    const others = (lesson as OpenLesson).content.strategies.map(({ id }) => id).filter((id) => id !== given.setting.strategy);
    return { kind: "replayed", schedule, replays: await explorer.replay(given.setting, schedule, others, signal) };
  },
});

const needsView = ({ view }: DecideState, context: Context) => (view ? null : say(screenWords.stillSearching, context));
const needsChoice = (state: DecideState, context: Context) =>
  needsView(state, context) ?? (state.view?.over ? say(decideWords.itIsOver, context) : null);

/** A choice that is typed while a move is under way is made after it. */
const inTurn = (state: DecideState, index: number, context: Context, key: string): Act =>
  context.working.includes("move") ? [{ ...state, queue: [...state.queue, index] }] : choose(state, index, context, key);

function choose(state: DecideState, index: number, context: Context, key: string): Act {
  const { view } = state;
  const option = view ? decideOptions(view)[index] : undefined;
  if (!view || !option) return [state, { kind: "say", text: say(decideWords.noChoice(key), context) }];
  if (option.choice === null)
    return [
      { ...state, marked: index },
      { kind: "say", text: whyNot(view, option, context) },
    ];
  const ahead = state.future[0];
  const schedule = view.schedule + option.choice;
  // Whoever chooses goes on.
  const goesOn = state.goesOn || isAnnounced(state);
  // The same choice as the one that was undone keeps what came after it.
  if (ahead?.schedule === schedule) return redo({ ...state, goesOn });
  return [
    { ...state, marked: index, goesOn },
    { kind: "work", work: moveTo(state, schedule) },
  ];
}

function undo(state: DecideState): Act {
  const { past, view, future } = state;
  const before = past.at(-1);
  return before && view
    ? [
        {
          ...state,
          past: past.slice(0, -1),
          view: before,
          future: [view, ...future],
          replays: null,
          goesOn: goesOnAt(state, before),
        },
      ]
    : [state];
}

/** What was said of going on holds as long as it is decided. */
const goesOnAt = (state: DecideState, view: TraceView): boolean => state.goesOn && decidedAt(state, view) !== null;

function redo(state: DecideState): Act {
  const { past, view, future } = state;
  const [next, ...rest] = future;
  return next && view ? [{ ...state, past: [...past, view], view: next, future: rest, replays: null }] : [state];
}

/** The state after a move. An order that has ended is added to the tries and played under the other strategies. */
function moved(state: DecideState, view: TraceView, context: Context): Act {
  const past = state.view ? [...state.past, state.view] : state.past;
  const options = decideOptions(view);
  const able = options[state.marked]?.choice
    ? state.marked
    : Math.max(
        0,
        options.findIndex(({ choice }) => choice !== null),
      );
  const now = { ...state, view, past, future: [], marked: able, replays: null, goesOn: goesOnAt(state, view) };
  if (!view.over) return [now];
  const { schedule, label } = view;
  const reached = isReached(state, view);
  const tried = { schedule, label: label ?? "", wrong: isWrong(view), reached, switches: switchesIn(schedule) };
  const tries = [...state.tries.filter((one) => one.schedule !== schedule), tried];
  return [
    { ...now, tries },
    { kind: "work", work: replay(now, view, context) },
  ];
}

/** Makes the next choice of those that were typed meanwhile. */
function queued([state, ...actions]: Act, context: Context): Act {
  const [next, ...queue] = state.queue;
  if (next === undefined) return [state, ...actions];
  const [now, ...more] = choose({ ...state, queue }, next, context, String(next + 1));
  return [now, ...actions, ...more];
}

/** Adds a bookmark at this point, or removes it. */
function bookmark(state: DecideState, context: Context): Act {
  const point = pointOf(state);
  const others = bookmarksOf(state, context).filter((one) => !samePoint(one, point));
  const kept = isKept(state, context) ? others : [...others, point];
  const text = kept === others ? decideWords.bookmarkTaken : decideWords.bookmarkKept(kept.length);
  return [
    state,
    { kind: "remember", key: bookmarksKey(point.setting.lesson), value: kept },
    { kind: "say", text: say(text, context) },
  ];
}

const goTo = (point: KeptPoint): Action => ({ kind: "tell", message: { kind: "goTo", point } });

const pointText = ({ setting, schedule }: KeptPoint, context: Context): string =>
  [
    settingText(setting, (context.lesson as OpenLesson).content.size, context),
    schedule === ""
      ? say(screenWords.atTheStart, context)
      : `${say(screenWords.stepsOf(choicesOf(schedule).length), context)}   ${schedule}`,
  ].join("   ");

const command = builders<DecideState, Message>({ off: needsView });

const commands: readonly Command<DecideState, Message>[] = [
  command.one({
    id: "choose-marked",
    keys: ["enter"],
    shown: "Enter",
    text: decideWords.theMarkedOne,
    primary: true,
    hint(state, context) {
      const next = nextRound(state, context);
      if (next) return say(decideWords.secondRound(next), context);
      if (state.view?.over) return say(decideWords.toSchedules, context);
      return say(isAnnounced(state) ? decideWords.finishIt : decideWords.theMarkedOne, context);
    },
    act(state, context) {
      const next = nextRound(state, context);
      if (next) return secondRound(state, next);
      if (state.view?.over) return [state, { kind: "go", to: "schedules", given: { setting: pictureSetting(context) } }];
      if (isAnnounced(state)) return [state, { kind: "work", work: finish(state) }];
      return inTurn(state, state.marked, context, String(state.marked + 1));
    },
  }),
  command.digits("choose", decideWords.whoGoesNext, inTurn, { off: needsChoice }),
  command.one({
    id: "undo",
    keys: ["u", "left", "h"],
    shown: "u",
    text: decideWords.undo,
    hint: (state, context) => say(isAnnounced(state) ? decideWords.goOnYourself : decideWords.undo, context),
    off: (state, context) =>
      needsView(state, context) ?? (state.past.length > 0 ? null : say(decideWords.nothingToUndo, context)),
    act: (state, _, key) => (key === "u" && isAnnounced(state) ? [{ ...state, goesOn: true }] : undo(state)),
  }),
  command.one({
    id: "redo",
    keys: ["right", "l"],
    shown: "→",
    text: decideWords.redo,
    off: (state, context) =>
      needsView(state, context) ?? (state.future.length > 0 ? null : say(decideWords.nothingToRedo, context)),
    act: redo,
  }),
  command.one({ id: "peek", keys: ["p"], shown: "p", text: decideWords.peek, act: (state) => [{ ...state, peek: !state.peek }] }),
  ...command.upDown("mark", decideWords.mark, mark, { off: needsChoice, quiet: true }),
  command.one({
    id: "finish",
    keys: ["a"],
    shown: "a",
    text: decideWords.finishByItself,
    off: needsChoice,
    act: (state) => [state, { kind: "work", work: finish(state) }],
  }),
  command.one({
    id: "bookmarks",
    keys: ["b"],
    shown: "b",
    text: decideWords.bookmarks,
    hint: (state, context) => say(decideWords.bookmarksKey(bookmarksOf(state, context).length), context),
    act(state, context) {
      const points = bookmarksOf(state, context);
      const here = isKept(state, context) ? decideWords.takeBookmark : decideWords.bookmarkHere;
      const items = [
        { text: say(here, context), leadsTo: { kind: "tell" as const, message: { kind: "bookmark" as const } } },
        ...points.map((point) => ({ text: pointText(point, context), leadsTo: goTo(point) })),
      ];
      return [
        state,
        { kind: "overlay", overlay: { kind: "list", typed: "", title: say(decideWords.bookmarks, context), items, chosen: 0 } },
      ];
    },
  }),
  command.one({
    id: "other-property",
    keys: ["o"],
    shown: "o",
    text: decideWords.otherGoal,
    off: (state, context) =>
      needsView(state, context) ?? (brokenIn(state.explored).length > 1 ? null : say(screenWords.noOtherProperty, context)),
    act(state) {
      const broken = brokenIn(state.explored);
      const shown = shownBroken(broken, { property: goalIn(state)?.property, schedule: undefined });
      return [{ ...state, goal: nextBroken(broken, shown)?.property ?? null }];
    },
  }),
  command.one({
    id: "restart",
    keys: ["r"],
    shown: "r",
    text: decideWords.restart,
    off: (state, context) =>
      needsView(state, context) ?? (state.past.length > 0 ? null : say(decideWords.nothingToUndo, context)),
    act(state) {
      const [first, ...rest] = [...state.past, ...(state.view ? [state.view] : [])];
      return first
        ? [{ ...state, view: first, past: [], future: [...rest, ...state.future], replays: null, goesOn: false }]
        : [state];
    },
  }),
  command.one({
    id: "hint",
    keys: ["i"],
    shown: "i",
    text: screenWords.hint,
    off: (state, context) =>
      needsChoice(state, context) ?? (state.explored?.counterexample ? null : say(decideWords.nothingBreaksIt, context)),
    act(state, context) {
      const choice = hintFor(state);
      const text = choice === null ? decideWords.offTheBest : decideWords.bestGoesOn(choice);
      return [state, { kind: "say", text: say(text, context) }];
    },
  }),
  command.one({
    id: "step-through",
    keys: ["t"],
    shown: "t",
    text: screenWords.seeIt,
    off: (state, context) =>
      needsView(state, context) ?? ((state.view?.steps.length ?? 0) > 0 ? null : say(screenWords.nothingYet, context)),
    act: (state) => [
      state,
      {
        kind: "go",
        to: "interleaving",
        given: { setting: state.given.setting, schedule: state.view?.schedule ?? "" },
        detour: true,
      },
    ],
  }),
  exportCommand(
    ({ view }) => (view && view.steps.length > 0 ? { setting: view.setting, schedule: view.schedule, file: null } : null),
    (_, context) => say(screenWords.nothingYet, context),
  ),
];

/** The protection of the second round, once the goal of the first is reached; null: there is no second round now. */
function nextRound({ round, view, tries, given }: DecideState, { lesson }: Context): string | null {
  const { protection } = (lesson as OpenLesson).content;
  const isWon = view?.over === true && tries.some(({ reached }) => reached);
  return round === 1 && isWon && protection !== given.setting.strategy ? protection : null;
}

/** The same story once more, protected: all keys but one are blocked, or nothing that is chosen does harm. */
function secondRound(state: DecideState, strategy: string): Act {
  const given: DecideGiven = { setting: { ...state.given.setting, strategy }, schedule: "" };
  const { tries, peek } = state;
  return [
    { ...opened(given), tries, peek, round: 2 },
    { kind: "work", work: load(given) },
  ];
}

/** The setting with which the stage begins. */
const pictureSetting = ({ lesson }: Context) => {
  const { schedule: _, ...setting } = (lesson as OpenLesson).content.picture;
  return setting;
};

function mark(state: DecideState, by: number): Act {
  const last = state.view ? decideOptions(state.view).length - 1 : 0;
  return [{ ...state, marked: Math.max(0, Math.min(last, state.marked + by)) }];
}

export const decide: Screen<DecideState, Message> = {
  id: "decide",
  title: decideWords.title,
  stage: { name: screenWords.stages.decide, short: screenWords.stages.decideShort },
  isDone: (state) => state.tries.length > 0 && (goalIn(state) === undefined || state.tries.some((one) => one.reached)),
  phrases: ({ given }, context) =>
    settingPhrases(context, given.setting, (state, setting, schedule = "") => {
      const on = { setting, schedule };
      return [
        { ...opened(on), tries: state.tries, peek: state.peek },
        { kind: "work", work: load(on) },
      ];
    }),
  status: ({ searched }, context) => searchStatus(searched, context),
  commands,
  open(context, given) {
    const on = (given as DecideGiven | undefined) ?? { setting: pictureSetting(context), schedule: "" };
    return [opened(on), { kind: "work", work: load(on) }];
  },
  update(state, message, context) {
    switch (message.kind) {
      case "exported":
        return [state, { kind: "say", text: message.text }];
      case "searched":
        return [{ ...state, searched: message.searched }];
      case "opened": {
        const { given, explored, views } = message;
        const { tries, peek, goal, round } = state;
        const past = views.slice(0, -1);
        return moved(
          { ...opened(given), tries, peek, goal, round, explored, past: past.slice(0, -1), view: past.at(-1) ?? null },
          views.at(-1) as TraceView,
          context,
        );
      }
      case "goTo":
        return [state, { kind: "stop", name: "move" }, { kind: "work", work: load(message.point) }];
      case "bookmark":
        return bookmark(state, context);
      case "moved":
        return queued(moved(state, message.view, context), context);
      case "replayed":
        return [message.schedule === state.view?.schedule ? { ...state, replays: message.replays } : state];
    }
  },
  ended: (state, work) => [work === "open" ? { ...state, failed: true, searched: null } : state],
  view: decideView,
  legend: decideLegend,
  aside: ({ given }, context) => settingText(given.setting, (context.lesson as OpenLesson).content.size, context),
  spoken: spokenDecide,
  items: ({ view }) => (view?.steps ?? []).map(({ n, why }) => `step ${n} ${why}`),
  at: ({ view }) => (view?.steps.length ?? 0) - 1,
  position: ({ given, view }) => ({ setting: given.setting, schedule: view?.schedule ?? given.schedule }),
  done({ tries }, speaking) {
    const wrong = tries.filter((one) => one.wrong).length;
    return tries.length > 0 ? say(decideWords.done(tries.length, wrong), speaking) : null;
  },
};
