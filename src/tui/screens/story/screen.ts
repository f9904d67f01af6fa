/** The story and the rule side by side, to be read before the questions. */

import { builders } from "../../builders.js";
import type { BackgroundWork, Command, OpenLesson, Screen } from "../../state.js";
import { screenWords } from "../../words.js";
import { spokenStory } from "./spoken.js";
import type { StoryState } from "./state.js";
import { storyView } from "./view.js";
import { storyWords } from "./words.js";

/** The stage after this one. */
const NEXT = "predict";

const warmUp = ({ content }: OpenLesson): BackgroundWork => ({
  name: "warm-up",
  quiet: true,
  run: ({ explorer }, _, signal) => explorer.explore(content.picture, () => {}, signal),
});

const commands: readonly Command<StoryState>[] = [
  {
    id: "go-on",
    keys: ["enter"],
    shown: "Enter",
    text: screenWords.goOn,
    primary: true,
    act: (state) => [
      { ...state, read: true },
      { kind: "go", to: NEXT },
    ],
  },
  ...builders<StoryState>().scrolling((state, by) => [{ ...state, scroll: Math.max(0, state.scroll + by) }]),
  {
    id: "pane",
    keys: ["tab"],
    shown: "Tab",
    text: storyWords.storyOrCode,
    group: "move",
    act: (state) => [{ ...state, code: !state.code, scroll: 0 }],
  },
];

export const story: Screen<StoryState> = {
  id: "story",
  title: screenWords.story,
  stage: { name: screenWords.stages.story, short: screenWords.stages.story },
  isDone: ({ read }) => read,
  commands,
  // While the learner reads, the explorer starts and explores what the next screens ask for.
  open: ({ lesson }) => [
    { scroll: 0, code: false, read: false },
    { kind: "work", work: warmUp(lesson as OpenLesson) },
  ],
  update: (state) => [state],
  view: storyView,
  spoken: spokenStory,
};
