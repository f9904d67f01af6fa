import type { StoryPanes } from "../../parts/story.js";

export interface StoryState extends StoryPanes {
  /** The learner has gone on from here. */
  readonly read: boolean;
}
