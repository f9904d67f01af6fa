/** Real threads on a real store: run the lesson, see which two requests met, compare strategies. */

import type { RunProgress } from "../../../core/verdict.js";
import { collisionKind } from "../../../report/collisions.js";
import { offText } from "../../../report/tally.js";
import { reportWords } from "../../../report/words.js";
import { builders, nextIn } from "../../builders.js";
import { wholeNumber } from "../../phrases.js";
import type { RunResult, ScreenRunRequest } from "../../services.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { threadsLegend } from "./lanes.js";
import { spokenThreads } from "./spoken.js";
import {
  chosenStrategy,
  finished,
  lookAtCollision,
  lookAtEnd,
  lookAtSwitch,
  lookBy,
  paneIn,
  panesFor,
  shownResult,
  type ThreadsState,
  withCell,
} from "./state.js";
import { circumstances, threadsView } from "./view.js";
import { threadsWords } from "./words.js";

type Message =
  | { readonly kind: "progress"; readonly progress: RunProgress }
  | { readonly kind: "finished"; readonly request: ScreenRunRequest; readonly result: RunResult };

type Act = Next<ThreadsState, Message>;

const running = ({ running }: ThreadsState, context: Context) => (running ? say(screenWords.runUnderWay, context) : null);
const needsResult = (state: ThreadsState, context: Context) => (shownResult(state) ? null : say(threadsWords.runFirst, context));
const needsPlaces = (state: ThreadsState, context: Context) =>
  needsResult(state, context) ??
  ((shownResult(state)?.collisions.length ?? 0) > 1 ? null : say(screenWords.nowhereElse, context));
const needsPanes = (_: ThreadsState, context: Context) =>
  panesFor(context.size).length > 1 ? null : say(screenWords.allOnScreen, context);

function strategy(state: ThreadsState, chosen: number, context: Context): Act {
  if (chosen >= 0 && chosen < state.content.strategies.length)
    return [{ ...state, chosen, scroll: state.pane === "strategy" ? 0 : state.scroll }];
  return [state, { kind: "say", text: say(threadsWords.allOfThem, context) }];
}

function run(state: ThreadsState, { store }: Context): Act {
  const request: ScreenRunRequest = {
    lesson: state.summary.id,
    strategy: chosenStrategy(state)?.id ?? "none",
    store,
    workers: state.workers,
    requests: state.content.load.requests,
    think: state.think,
  };
  const work: BackgroundWork<Message> = {
    name: "run",
    run: async (services, tell, signal) => ({
      kind: "finished",
      request,
      result: await services.run(request, (progress) => tell({ kind: "progress", progress }), signal),
    }),
  };
  return [
    { ...state, running: { request, progress: null } },
    { kind: "work", work },
  ];
}

const toPlace = (state: ThreadsState, context: Context): string => {
  const shown = shownResult(state);
  const what = shown?.collisions[shown.collision]?.what;
  return say(
    threadsWords.nextPlace(what === undefined ? say(threadsWords.placeWord, context) : collisionKind(what, context.language)),
    context,
  );
};

const command = builders<ThreadsState, Message>();
const whenIdle = builders<ThreadsState, Message>({ off: running });
const withResult = builders<ThreadsState, Message>({ off: needsResult });

const commands: readonly Command<ThreadsState, Message>[] = [
  whenIdle.one({
    id: "go-on",
    keys: ["enter"],
    shown: "Enter",
    text: threadsWords.runOrGoOn,
    primary: true,
    hint: (state, context) =>
      say(shownResult(state) ? threadsWords.toCompare : threadsWords.runStrategy(chosenStrategy(state)?.id ?? ""), context),
    act: (state, context) => (shownResult(state) ? [state, { kind: "go", to: "compare" }] : run(state, context)),
  }),
  whenIdle.one({
    id: "run",
    keys: ["r"],
    shown: "r",
    text: threadsWords.runIt,
    hint: (state, context) => say(threadsWords.runStrategy(chosenStrategy(state)?.id ?? ""), context),
    act: run,
  }),
  ...command.upDown("strategy", reportWords.strategy, (state, by, context) => strategy(state, state.chosen + by, context)),
  ...withResult.steps((state, by) => [lookBy(state, by)]),
  ...withResult.pair(
    ["next-place", ["n"], 1],
    ["previous-place", ["p"], -1],
    "n p",
    threadsWords.place,
    (state, by) => [lookAtCollision(state, by)],
    {
      off: needsPlaces,
      hint: toPlace,
      group: "move",
    },
  ),
  ...command.panes(threadsWords.panes, needsPanes, (state, by, { size }) => [
    { ...state, pane: nextIn(panesFor(size), paneIn(size, state.pane), by), scroll: 0 },
  ]),
  ...withResult.firstLast(
    { id: "first-step", text: screenWords.firstStep, act: (state) => [lookAtEnd(state, -1)] },
    { id: "last-step", text: screenWords.lastStep, act: (state) => [lookAtEnd(state, 1)] },
  ),
  withResult.one({
    id: "back-switch",
    keys: ["shift+left"],
    shown: "Shift+←",
    group: "move",
    text: threadsWords.backSwitch,
    quiet: true,
    act: (state) => [lookAtSwitch(state, -1)],
  }),
  withResult.one({
    id: "switch",
    keys: ["shift+right"],
    shown: "Shift+→",
    group: "move",
    text: threadsWords.nextSwitch,
    quiet: true,
    act: (state) => [lookAtSwitch(state, 1)],
  }),
  withResult.table((state) => [{ ...state, table: !state.table, pane: "lanes" }]),
  whenIdle.think(
    ({ think }) => think,
    (state, think) => [{ ...state, think }],
  ),
  whenIdle.workers(
    ({ workers }) => workers,
    (state, workers) => [{ ...state, workers }],
  ),
  ...withResult.zoom((state, by, context) => [withCell(state, by, context)]),
  {
    id: "page-down",
    keys: ["pagedown"],
    shown: "PgDn PgUp",
    text: screenWords.scrollText,
    quiet: true,
    group: "move",
    act: (state) => [{ ...state, scroll: state.scroll + 5 }],
  },
  {
    id: "page-up",
    keys: ["pageup"],
    shown: "PgUp",
    text: screenWords.scrollText,
    quiet: true,
    group: "move",
    act: (state) => [{ ...state, scroll: Math.max(0, state.scroll - 5) }],
  },
];

export const threads: Screen<ThreadsState, Message> = {
  id: "threads",
  title: threadsWords.title,
  stage: { name: screenWords.stages.threads, short: screenWords.stages.threads },
  isDone: ({ results }) => Object.keys(results).length > 0,
  phrases: ({ content }) => [
    {
      verb: "with",
      text: screenWords.phrases.with,
      takes: content.strategies.map(({ id, summary }) => ({ word: id, says: summary })),
      act: (state, word) => [{ ...state, chosen: content.strategies.findIndex(({ id }) => id === word) }],
    },
    {
      verb: "threads",
      text: screenWords.phrases.threads,
      takes: wholeNumber(1, 16),
      act: (state, word) => [{ ...state, workers: Number(word) }],
    },
    {
      verb: "think",
      text: screenWords.phrases.think,
      takes: wholeNumber(0, 50),
      act: (state, word) => [{ ...state, think: Number(word) }],
    },
  ],
  commands,
  open({ lesson, workers }) {
    const { summary, content } = lesson as OpenLesson;
    return [
      {
        summary,
        content,
        chosen: 0,
        think: content.load.think,
        workers,
        results: {},
        running: null,
        pane: "story",
        scroll: 0,
        cell: null,
        table: false,
      },
    ];
  },
  update(state, message, { language }) {
    if (message.kind === "finished") return [finished(state, message.request, message.result, language)];
    return [state.running ? { ...state, running: { ...state.running, progress: message.progress } } : state];
  },
  ended: (state) => [{ ...state, running: null }],
  view: threadsView,
  legend: threadsLegend,
  aside: circumstances,
  spoken: spokenThreads,
  done({ content, results }, speaking) {
    const ran = content.strategies.flatMap(({ id }) => {
      const of = results[id]?.observation;
      return of ? [say(threadsWords.done(id, offText(of.tally, of.tally, speaking.language), of.requests), speaking)] : [];
    });
    return ran.length > 0 ? ran.join("; ") : null;
  },
};
