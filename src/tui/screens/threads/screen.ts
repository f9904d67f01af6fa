/** Real threads against a real store: run it, see the two requests that met, compare strategies. */

import type { RunProgress } from "../../../core/verdict.js";
import { placeKind } from "../../../report/places.js";
import { mostWorkers, nextThink } from "../../builders.js";
import type { RunResult, ScreenRunRequest } from "../../services.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenThreads } from "./spoken.js";
import { chosenStrategy, finished, look, paneIn, panesFor, shownResult, type ThreadsState } from "./state.js";
import { circumstances, threadsView } from "./view.js";

type Message =
  | { readonly kind: "progress"; readonly progress: RunProgress }
  | { readonly kind: "finished"; readonly request: ScreenRunRequest; readonly result: RunResult };

type Act = Next<ThreadsState, Message>;

const running = ({ running }: ThreadsState, context: Context) => (running ? say(screenWords.runUnderWay, context) : null);
const needsResult = (state: ThreadsState, context: Context) => (shownResult(state) ? null : say(screenWords.runFirst, context));
const needsPlaces = (state: ThreadsState, context: Context) =>
  needsResult(state, context) ?? ((shownResult(state)?.places.length ?? 0) > 1 ? null : say(screenWords.nowhereElse, context));
const needsPanes = (_: ThreadsState, context: Context) =>
  panesFor(context.size).length > 1 ? null : say(screenWords.allOnScreen, context);

function strategy(state: ThreadsState, chosen: number, context: Context, key: string): Act {
  if (chosen >= 0 && chosen < state.content.strategies.length)
    return [{ ...state, chosen, scroll: state.pane === "strategy" ? 0 : state.scroll }];
  return [state, { kind: "say", text: say(/\d/.test(key) ? screenWords.noStrategy(key) : screenWords.allOfThem, context) }];
}

function pane(state: ThreadsState, by: number, { size }: Context): Act {
  const panes = panesFor(size);
  const next = panes.indexOf(paneIn(size, state.pane)) + by + panes.length;
  return [{ ...state, pane: panes[next % panes.length] ?? "story", scroll: 0 }];
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

/** A command that moves about in the interleaving. */
const looking = (
  id: string,
  keys: readonly string[],
  shown: string,
  text: Command["text"],
  more: Partial<Command<ThreadsState, Message>> = {},
): Command<ThreadsState, Message> => ({
  id,
  keys,
  shown,
  text,
  off: needsResult,
  act(state, { size }) {
    const result = shownResult(state);
    return [result ? { ...state, ...look(size, state, result, id) } : state];
  },
  ...more,
});

const toPlace = (state: ThreadsState, context: Context): string => {
  const shown = shownResult(state);
  const what = shown?.places[shown.place]?.what;
  return say(
    screenWords.nextPlace(what === undefined ? say(screenWords.placeWord, context) : placeKind(what, context.language)),
    context,
  );
};

const commands: readonly Command<ThreadsState, Message>[] = [
  {
    id: "run",
    keys: ["enter", "r"],
    shown: "Enter",
    text: screenWords.runIt,
    off: running,
    hint: (state, context) => say(screenWords.runStrategy(chosenStrategy(state)?.id ?? ""), context),
    act: run,
  },
  {
    id: "strategy-up",
    keys: ["up", "k"],
    shown: "↑↓",
    text: screenWords.strategy,
    act: (state, context, key) => strategy(state, state.chosen - 1, context, key),
  },
  {
    id: "strategy-down",
    keys: ["down", "j"],
    shown: "↑↓",
    text: screenWords.strategy,
    act: (state, context, key) => strategy(state, state.chosen + 1, context, key),
  },
  {
    id: "strategy-number",
    keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    shown: "1-9",
    text: screenWords.strategyNumber,
    quiet: true,
    act: (state, context, key) => strategy(state, Number(key) - 1, context, key),
  },
  looking("back-step", ["left", "h"], "←→", screenWords.step),
  looking("step", ["right", "l"], "←→", screenWords.step),
  looking("next-place", ["n"], "n/N", screenWords.place, {
    off: needsPlaces,
    hint: toPlace,
  }),
  looking("previous-place", ["N", "p"], "n/N", screenWords.place, {
    off: needsPlaces,
    hint: toPlace,
  }),
  {
    id: "pane",
    keys: ["tab"],
    shown: "Tab",
    text: screenWords.panes,
    off: needsPanes,
    act: (state, context) => pane(state, 1, context),
  },
  {
    id: "pane-back",
    keys: ["shift+tab"],
    shown: "Shift+Tab",
    text: screenWords.otherWay,
    off: needsPanes,
    quiet: true,
    act: (state, context) => pane(state, -1, context),
  },
  looking("first-step", ["home", "g"], "g", screenWords.firstStep, { quiet: true }),
  looking("last-step", ["end", "G"], "G", screenWords.lastStep, { quiet: true }),
  looking("back-switch", ["shift+left", "H"], "H", screenWords.backSwitch, { quiet: true }),
  looking("switch", ["shift+right", "L"], "L", screenWords.nextSwitch, { quiet: true }),
  {
    id: "table",
    keys: ["v"],
    shown: "v",
    text: screenWords.table,
    off: needsResult,
    act: (state) => [{ ...state, table: !state.table, pane: "lanes" }],
  },
  {
    id: "think",
    keys: ["t"],
    shown: "t",
    text: screenWords.thinkTime,
    off: running,
    act: (state) => [{ ...state, think: nextThink(state.think) }],
  },
  {
    id: "more-workers",
    keys: ["w"],
    shown: "w/W",
    text: screenWords.moreThreads,
    off: running,
    act: (state) => [{ ...state, workers: Math.min(mostWorkers, state.workers + 1) }],
  },
  {
    id: "fewer-workers",
    keys: ["W"],
    shown: "w/W",
    text: screenWords.moreThreads,
    off: running,
    act: (state) => [{ ...state, workers: Math.max(1, state.workers - 1) }],
  },
  looking("zoom-in", ["+", "="], "+ -", screenWords.zoom),
  looking("zoom-out", ["-"], "+ -", screenWords.zoom),
  looking("zoom-fit", ["0"], "0", screenWords.zoomFit, { quiet: true }),
  {
    id: "page-down",
    keys: ["pagedown", "d"],
    shown: "PgDn PgUp",
    text: screenWords.scrollText,
    quiet: true,
    act: (state) => [{ ...state, scroll: state.scroll + 5 }],
  },
  {
    id: "page-up",
    keys: ["pageup", "u"],
    shown: "PgUp",
    text: screenWords.scrollText,
    quiet: true,
    act: (state) => [{ ...state, scroll: Math.max(0, state.scroll - 5) }],
  },
];

export const threads: Screen<ThreadsState, Message> = {
  id: "threads",
  title: screenWords.threads,
  stage: "R",
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
  aside: circumstances,
  spoken: spokenThreads,
  done({ content, results }, speaking) {
    const ran = content.strategies.flatMap(({ id }) => {
      const of = results[id]?.observation;
      return of ? [say(screenWords.did.lost(id, Math.abs(of.tally.actual - of.tally.expected), of.requests), speaking)] : [];
    });
    return ran.length > 0 ? ran.join(", ") : null;
  },
};
