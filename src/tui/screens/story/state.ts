import type { StoryPanes } from "../../parts/story.js";

export type StoryState = StoryPanes;
