/** The story and the rule, side by side: what is to be read before anything is asked. */

import { ruleOf } from "../../../report/source.js";
import { rowsText, spokenIn } from "../../../report/text.js";
import { markdown } from "../../parts/markdown.js";
import type { BackgroundWork, Command, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { storyView } from "./view.js";

export interface StoryState {
  /** First line on screen. */
  readonly scroll: number;
  /** Where there is no room for both: the code instead of the story. */
  readonly code: boolean;
}

/** The stage after this one. */
const NEXT = "predict";

const warmUp = ({ content }: OpenLesson): BackgroundWork => ({
  name: "warm-up",
  quiet: true,
  run: ({ explorer }, _, signal) => explorer.explore(content.picture, () => {}, signal),
});

const scrolled = (state: StoryState, by: number): Next<StoryState> => [{ ...state, scroll: Math.max(0, state.scroll + by) }];

const commands: readonly Command<StoryState>[] = [
  { id: "go-on", keys: ["enter"], shown: "Enter", text: screenWords.goOn, act: (state) => [state, { kind: "go", to: NEXT }] },
  {
    id: "scroll-down",
    keys: ["down", "j", "pagedown"],
    shown: "↑↓",
    text: screenWords.scrollText,
    act: (state) => scrolled(state, 3),
  },
  {
    id: "scroll-up",
    keys: ["up", "k", "pageup"],
    shown: "↑↓",
    text: screenWords.scrollText,
    act: (state) => scrolled(state, -3),
  },
  {
    id: "pane",
    keys: ["tab"],
    shown: "Tab",
    text: screenWords.storyOrCode,
    act: (state) => [{ code: !state.code, scroll: 0 }],
  },
];

export const story: Screen<StoryState> = {
  id: "story",
  title: screenWords.story,
  stage: "S",
  commands,
  // While the story is read, the explorer starts up and looks at what will be asked next.
  open: ({ lesson }) => [
    { scroll: 0, code: false },
    { kind: "work", work: warmUp(lesson as OpenLesson) },
  ],
  update: (state) => [state],
  view: storyView,
  spoken(before, after, context) {
    const { summary, content } = context.lesson as OpenLesson;
    const { from, to } = ruleOf(content.code.text);
    const read = after.code
      ? [
          say(screenWords.spoken.lines(content.code.file, from, to), context),
          ...content.code.text.split("\n").slice(from - 1, to),
        ]
      : rowsText(markdown(content.story, 76), spokenIn(context.language)).split("\n");
    if (before) return before.code === after.code ? [] : read;
    return [
      say(screenWords.spoken.lesson(summary.number, summary.title), context),
      ...read,
      say(screenWords.spoken.howToGoOn, context),
    ];
  },
};
