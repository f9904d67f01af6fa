import type { TextRow } from "../../../report/span.js";
import { noticeRow } from "../../parts/parts.js";
import { storyPanes } from "../../parts/story.js";
import type { Context } from "../../state.js";
import type { StoryState } from "./state.js";

export const storyView = (state: StoryState, context: Context, height: number): TextRow[] => [
  ...storyPanes(state, context, height - 1),
  noticeRow(context),
];
