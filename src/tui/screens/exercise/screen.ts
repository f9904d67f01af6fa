/**
 * The learner's own protection: saved in their editor, checked here over every interleaving. The watch on the file is the
 * only work in the background: the first Ctrl+C stops the check, the second leaves.
 */

import type { CheckedFile, FileVersion, SizeResult } from "../../../report/judgement.js";
import { builders, nextIn, noMore } from "../../builders.js";
import { type Exported, exportCommand } from "../../exporting.js";
import type { InterleavingGiven } from "../../given.js";
import type { LessonSummary } from "../../services.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenExercise } from "./spoken.js";
import {
  changes,
  clock,
  decisiveLine,
  type ExerciseState,
  failureNow,
  failuresOf,
  hintsIn,
  judgedNow,
  opened,
  panesOf,
  triesOf,
} from "./state.js";
import { exerciseLegend, exerciseView } from "./view.js";
import { exerciseWords } from "./words.js";

type Message =
  | Exported
  | { readonly kind: "seen"; readonly seen: FileVersion }
  | { readonly kind: "results"; readonly results: readonly SizeResult[] }
  | { readonly kind: "checked"; readonly checked: CheckedFile }
  | { readonly kind: "reset" }
  | { readonly kind: "solution" };

type Act = Next<ExerciseState, Message>;

const idOf = ({ lesson }: Context): string => (lesson as OpenLesson).summary.id;

const watch = (lesson: string): BackgroundWork<Message> => ({
  name: "watch",
  background: true,
  run: ({ exercises }, tell, signal) => exercises.watch(lesson, (seen) => tell({ kind: "seen", seen }), signal),
});

/** The next save stops it. */
const check = (lesson: string, seen: FileVersion): BackgroundWork<Message> => ({
  name: "check",
  async run({ exercises }, tell, signal) {
    const checked = await exercises.check(lesson, seen, (results) => tell({ kind: "results", results }), signal);
    return { kind: "checked", checked };
  },
});

const reset = (lesson: string): BackgroundWork<Message> => ({
  name: "reset",
  async run({ exercises }) {
    await exercises.reset(lesson);
    return { kind: "reset" };
  },
});

const needsExercise = (_: ExerciseState, { lesson, ...context }: Context) =>
  lesson?.content.exercise ? null : say(exerciseWords.noExercise, context);
const needsFile = (state: ExerciseState, context: Context) =>
  needsExercise(state, context) ?? (state.seen ? null : say(exerciseWords.readingFile, context));
const needsEnd = (state: ExerciseState, context: Context) => {
  const judged = judgedNow(state);
  if (!context.lesson?.content.exercise) return null;
  return (
    needsFile(state, context) ?? (judged?.failure || judged?.verdict === "right" ? null : say(exerciseWords.noFailure, context))
  );
};

const needsFailure = (state: ExerciseState, context: Context) =>
  needsFile(state, context) ?? (judgedNow(state)?.failure ? null : say(exerciseWords.noFailure, context));

/** The next lesson that can be opened; undefined: this is the last. */
function nextLesson({ lessons, lesson }: Context): LessonSummary | undefined {
  const at = lessons.findIndex(({ id }) => id === lesson?.summary.id);
  return lessons.slice(at + 1).find(({ fault }) => !fault);
}

/** Opens the counterexample step by step, with the learner's file beside it; after a right try, the next lesson. */
function stepThrough(state: ExerciseState, context: Context): Act {
  const { lesson } = context;
  const judged = judgedNow(state);
  if (!lesson?.content.exercise || judged?.verdict === "right") {
    const next = nextLesson(context);
    return [state, next ? { kind: "open", summary: next, to: "story" } : { kind: "lessons" }];
  }
  const { view } = failureNow(state) ?? {};
  if (!view || !state.seen) return [state];
  const source = { file: state.seen.name, text: judged?.text ?? "" };
  const given: InterleavingGiven = {
    setting: view.setting,
    schedule: view.schedule,
    own: { view, source, path: state.seen.path },
  };
  return [state, { kind: "go", to: "interleaving", given, detour: true }];
}

function hint(state: ExerciseState, context: Context): Act {
  const all = hintsIn(context.lesson as OpenLesson).length;
  // In another pane the key leads back to the hints that were given.
  if (state.hints > 0 && state.pane !== "hints") return [{ ...state, pane: "hints", scroll: 0 }];
  if (state.hints >= all)
    return [
      { ...state, pane: "hints" },
      { kind: "say", text: say(exerciseWords.allHintsGiven, context) },
    ];
  return [{ ...state, hints: state.hints + 1, pane: "hints", scroll: 0 }];
}

const command = builders<ExerciseState, Message>();

const commands: readonly Command<ExerciseState, Message>[] = [
  {
    id: "edit",
    keys: ["e"],
    shown: "e",
    text: exerciseWords.editKey,
    off: needsFile,
    hint(state, context) {
      const line = decisiveLine(state);
      return say(line === null ? exerciseWords.editKey : exerciseWords.editAt(line), context);
    },
    act(state) {
      const { path = "", name = "" } = state.seen ?? {};
      return [state, { kind: "edit", path, name, line: decisiveLine(state) }];
    },
  },
  {
    id: "step-through",
    keys: ["enter"],
    shown: "Enter",
    text: screenWords.seeIt,
    primary: true,
    off: needsEnd,
    hint(state, context) {
      if (context.lesson?.content.exercise && judgedNow(state)?.verdict !== "right") return say(screenWords.seeIt, context);
      const next = nextLesson(context);
      return say(next ? exerciseWords.nextLesson(next.number, next.title) : exerciseWords.allLessons, context);
    },
    act: stepThrough,
  },
  ...command.nextPrevious("failing", exerciseWords.nextFailing, (state, by) => [{ ...state, failing: state.failing + by }], {
    off: (state, context, by) =>
      needsFailure(state, context) ?? noMore(state.failing, failuresOf(judgedNow(state)).length, by, context),
  }),
  {
    id: "hint",
    keys: ["i"],
    shown: "i",
    text: screenWords.hint,
    off: needsExercise,
    hint({ hints }, context) {
      return say(exerciseWords.hintKey(hints, hintsIn(context.lesson as OpenLesson).length), context);
    },
    act: hint,
  },
  {
    id: "methods",
    keys: ["c"],
    shown: "c",
    text: exerciseWords.methodsKey,
    off: needsExercise,
    act: (state) => [{ ...state, pane: state.pane === "methods" ? "file" : "methods", scroll: 0 }],
  },
  exportCommand(
    (state) => {
      const { view } = failureNow(state) ?? {};
      return view && state.seen ? { setting: view.setting, schedule: view.schedule, file: state.seen.path } : null;
    },
    (_, context) => say(exerciseWords.noFailure, context),
  ),
  {
    id: "diff",
    keys: ["d"],
    shown: "d",
    text: exerciseWords.diffKey,
    off: (state, context) =>
      needsFile(state, context) ?? (changes(state).length > 0 ? null : say(exerciseWords.noTryBefore, context)),
    act: (state) => [{ ...state, pane: state.pane === "diff" ? "file" : "diff", scroll: 0 }],
  },
  {
    id: "solution",
    keys: ["s"],
    shown: "s",
    text: exerciseWords.solutionKey,
    off: needsExercise,
    act(state, context) {
      if (state.solution) return [{ ...state, pane: state.pane === "solution" ? "file" : "solution", scroll: 0 }];
      const then = { kind: "tell" as const, message: { kind: "solution" as const } };
      return [
        state,
        { kind: "overlay", overlay: { kind: "ask", typed: "", question: say(exerciseWords.askSolution, context), then } },
      ];
    },
  },
  {
    id: "reset",
    keys: [],
    shown: "",
    text: exerciseWords.resetKey,
    off: needsFile,
    act(state, context) {
      const question = say(exerciseWords.askReset(state.seen?.name ?? ""), context);
      const then = { kind: "work" as const, work: reset(idOf(context)) };
      return [state, { kind: "overlay", overlay: { kind: "ask", typed: "", question, then } }];
    },
  },
  {
    id: "pane",
    keys: ["tab"],
    shown: "Tab",
    group: "move",
    text: exerciseWords.showPanes,
    off: (state, context) => (panesOf(state).length > 1 ? null : say(screenWords.nowhereElse, context)),
    act(state) {
      return [{ ...state, pane: nextIn(panesOf(state), state.pane, 1), scroll: 0 }];
    },
  },
  ...command.scrolling((state, by) => [{ ...state, scroll: Math.max(0, state.scroll + by) }]),
];

export const exercise: Screen<ExerciseState, Message> = {
  id: "exercise",
  title: exerciseWords.title,
  stage: { name: screenWords.stages.exercise, short: screenWords.stages.exerciseShort },
  isDone: (state) => judgedNow(state)?.verdict === "right",
  commands,
  open(context) {
    const { content } = context.lesson as OpenLesson;
    return content.exercise ? [opened, { kind: "work", work: watch(idOf(context)) }] : [opened];
  },
  update(state, message, context) {
    switch (message.kind) {
      case "seen": {
        const { seen } = message;
        // The answer to a save is what the learner waits for: it comes in place of what lay over it.
        const pane = seen.saves > 0 ? "file" : state.pane;
        const now: ExerciseState = { ...state, seen, results: [], stopped: false, failing: 0, pane, scroll: 0 };
        return seen.text === null
          ? [now, { kind: "stop", name: "check" }]
          : [now, { kind: "work", work: check(idOf(context), seen) }];
      }
      case "exported":
        return [state, { kind: "say", text: message.text }];
      case "results":
        return [{ ...state, results: message.results }];
      case "checked": {
        const { checked } = message;
        const notice = checked.notices.join("   ");
        return [
          {
            ...state,
            checked,
            results: [],
            failing: 0,
          },
          ...(notice === "" ? [] : [{ kind: "say" as const, text: notice, bad: true }]),
        ];
      }
      case "solution":
        return [{ ...state, solution: true, pane: "solution", scroll: 0 }];
      case "reset":
        return [
          { ...state, pane: "file", scroll: 0 },
          { kind: "say", text: say(exerciseWords.resetDone, context) },
        ];
    }
  },
  ended: (state, work) => [work === "check" ? { ...state, stopped: true, results: [] } : state],
  view: exerciseView,
  legend: exerciseLegend,
  aside(state, context) {
    const { seen } = state;
    if (!seen) return "";
    const time =
      seen.savedAt === null ? say(exerciseWords.asFound, context) : say(exerciseWords.savedAt(clock(seen.savedAt)), context);
    const tries = triesOf(state).length;
    return [seen.name, time, ...(tries > 0 ? [say(exerciseWords.tryNumber(tries), context)] : [])].join("   ");
  },
  spoken: spokenExercise,
  position: () => null,
  done(state, speaking) {
    const tries = triesOf(state);
    const last = tries.at(-1);
    return last ? say(exerciseWords.done(tries.length, say(exerciseWords.verdicts[last.verdict], speaking)), speaking) : null;
  },
};
