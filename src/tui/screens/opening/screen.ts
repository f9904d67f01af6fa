/**
 * The first minute of the course: three sentences, real threads that lose sales, and the very collision of that run, built up
 * step by step. What comes is not drawn before it happens. It stands in place of the first lesson's story until it was seen.
 */
import type { RunProgress } from "../../../core/verdict.js";
import { builders } from "../../builders.js";
import { stagesDoneKey } from "../../remembered.js";
import type { RunResult, ScreenRunRequest } from "../../services.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenOpening } from "./spoken.js";
import { FIRST_STEPS, isOver, metIn, type OpeningState } from "./state.js";
import { openingStatus, openingView } from "./view.js";
import { openingWords } from "./words.js";

type Message =
  | { readonly kind: "progress"; readonly progress: RunProgress }
  | { readonly kind: "ready" }
  | { readonly kind: "ran"; readonly result: RunResult };

/** The lesson that begins with it: its words are of a shop. */
const LESSON = "lost-update";
/** The stage after this one. */
const NEXT = "predict";

function run(state: OpeningState, { lesson, store, workers }: Context): Next<OpeningState, Message> {
  const { summary, content } = lesson as OpenLesson;
  const { requests, think } = content.load;
  const request: ScreenRunRequest = { lesson: summary.id, strategy: "none", store, workers, requests, think };
  const work: BackgroundWork<Message> = {
    name: "run",
    run: async (services, tell, signal) => ({
      kind: "ran",
      result: await services.run(request, (progress) => tell({ kind: "progress", progress }), signal),
    }),
  };
  return [
    { ...state, running: { request, progress: null } },
    { kind: "work", work },
  ];
}

/** What Enter does next, in the order of the minute. */
function beat(state: OpeningState): "run" | "how" | "step" | "on" {
  if (!state.result) return "run";
  if (!state.met || isOver(state)) return "on";
  return state.shown === 0 ? "how" : "step";
}

const stepBy = (state: OpeningState, by: number): OpeningState => {
  const all = state.met?.steps.length ?? 0;
  const shown = state.shown === 0 ? FIRST_STEPS : state.shown + by;
  return { ...state, shown: all === 0 ? 0 : Math.max(FIRST_STEPS, Math.min(all, shown)) };
};

const busy = ({ running }: OpeningState, context: Context) => (running ? say(screenWords.runUnderWay, context) : null);
const command = builders<OpeningState, Message>({ off: busy });

const commands: readonly Command<OpeningState, Message>[] = [
  command.one({
    id: "go-on",
    keys: ["enter"],
    shown: "Enter",
    text: screenWords.goOn,
    primary: true,
    hint: (state, context) => say(openingWords.beats[beat(state)], context),
    act(state, context) {
      switch (beat(state)) {
        case "run":
          return run(state, context);
        case "how":
        case "step":
          return [stepBy(state, 1)];
        case "on":
          return [state, { kind: "go", to: NEXT }];
      }
    },
  }),
  ...command.pair(
    ["step", ["right", "l"], 1],
    ["back-step", ["left", "h"], -1],
    "←→",
    screenWords.step,
    (state, by) => [stepBy(state, by)],
    {
      group: "move",
      quiet: true,
      off: (state, context) => busy(state, context) ?? (state.met ? null : say(openingWords.runFirst, context)),
    },
  ),
  command.one({
    id: "run",
    keys: ["r"],
    shown: "r",
    text: openingWords.again,
    off: (state, context) => busy(state, context) ?? (state.result ? null : say(openingWords.runFirst, context)),
    act: run,
  }),
];

export const opening: Screen<OpeningState, Message> = {
  id: "opening",
  title: openingWords.title,
  partOf: "story",
  commands,
  begins({ lesson, remembered }) {
    if (lesson?.summary.id !== LESSON) return false;
    return !((remembered(stagesDoneKey(LESSON)) as readonly string[] | undefined) ?? []).includes("story");
  },
  // While the learner reads, the explorer starts and explores what the next screens ask for.
  open: ({ lesson }) => [
    { running: null, result: null, met: null, shown: 0 },
    {
      kind: "work",
      work: {
        name: "warm-up",
        quiet: true,
        async run({ explorer }, _, signal) {
          await explorer.explore((lesson as OpenLesson).content.picture, () => {}, signal);
          return { kind: "ready" };
        },
      },
    },
  ],
  isDone: isOver,
  update(state, message, context) {
    switch (message.kind) {
      case "ready":
        return [state];
      case "progress":
        return [state.running ? { ...state, running: { ...state.running, progress: message.progress } } : state];
      case "ran":
        return [{ running: null, result: message.result, met: metIn(message.result, context), shown: 0 }];
    }
  },
  ended: (state, work) => [work === "run" ? { ...state, running: null } : state],
  view: openingView,
  status: openingStatus,
  spoken: spokenOpening,
};
