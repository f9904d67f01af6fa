import { lessonContent, lessonSummaries } from "../../src/services/lessons.js";
import type { ScreenSize } from "../../src/tui/state.js";
import { inProcess, tellingTime } from "./in-process.js";
import { play } from "./play.js";

const summaries = await lessonSummaries("en");

/** The screens of a lesson of the course, opened from a list that has this lesson alone. */
export async function lessonOpened(lesson: string, size: ScreenSize) {
  const screen = await play(size, {
    ...inProcess(tellingTime()),
    lessons: () => summaries.filter(({ id }) => id === lesson),
    lesson: (id) => lessonContent(id, "en"),
  });
  await screen.press("enter");
  return screen;
}
