import type { TextRow } from "../../../report/span.js";
import { withBeside } from "../../parts/beside.js";
import { filled } from "../../parts/parts.js";
import { storyHeight, storyPanes } from "../../parts/story.js";
import type { Context } from "../../state.js";
import type { StoryState } from "./state.js";

/** Story and rule; below them, where there is room, the way through the lesson. */
export function storyView(state: StoryState, context: Context, height: number): TextRow[] {
  const needed = storyHeight(context);
  const upper = height - needed < 3 ? height : needed;
  return withBeside(filled(storyPanes(state, context, upper), upper), height, ["way", "strategies", "keys"], context);
}
