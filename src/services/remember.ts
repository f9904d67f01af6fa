/**
 * The screens' memory. What they remember under a key is saved as facts that the commands know, too: answers, positions,
 * bookmarks, how far a learner is.
 *
 * A bookmark is a file named after its point (`bookmarkName`), so keeping it twice keeps it once. Only the difference to the
 * list as this program knew it is saved, so bookmarks that another racelab kept meanwhile stay.
 */
import {
  bookmarkName,
  type Bookmark as Kept,
  type LearnerProgress,
  type LessonProgress,
  lessonState,
} from "../saved/progress.js";
import type { KeptPoint, KeptPrediction, ScreenPosition, Standing } from "../tui/remembered.js";
import type { Remember } from "../tui/services.js";

export interface Memory extends Remember {
  /** Forgets what was loaded of this lesson, because it was changed outside the screens. */
  changed(lesson: string): void;
}

/** A lesson is read from the disk once, because the list asks about every lesson for each frame. */
export function memory(progress: LearnerProgress): Memory {
  const loaded = new Map<string, LessonProgress>();
  /** What was set in this program. It holds until the program ends, also if it cannot be saved. */
  const here = new Map<string, unknown>();
  const load = (lesson: string): LessonProgress => {
    const known = loaded.get(lesson) ?? progress.load(lesson);
    loaded.set(lesson, known);
    return known;
  };
  return {
    changed: (lesson) => void loaded.delete(lesson),
    get(key) {
      if (here.has(key)) return here.get(key);
      if (key === "last") return progress.last();
      if (key === "theme") return progress.theme();
      const [, lesson = "", what] = /^(.*)\.(\w+)$/.exec(key) ?? [];
      if (what === "predict") return predictionIn(load(lesson));
      if (what === "place") return placeIn(lesson, load(lesson));
      if (what === "bookmarks") return load(lesson).bookmarks.map((one) => bookmarkIn(lesson, one));
      if (what === "stages") return load(lesson).stages;
      if (what === "standing") return standingIn(load(lesson));
      return undefined;
    },
    set(key, value) {
      const [, lesson = "", what] = /^(.*)\.(\w+)$/.exec(key) ?? [];
      if (what === "bookmarks") saveBookmarks(progress, lesson, (this.get(key) ?? []) as KeptPoint[], value as KeptPoint[]);
      here.set(key, value);
      if (key === "theme") return progress.saveTheme(String(value));
      if (what === "predict") savePrediction(progress, lesson, value as KeptPrediction);
      if (what === "stages") for (const stage of value as readonly string[]) progress.stageDone(lesson, stage);
      if (what === "place") savePlace(progress, lesson, value as ScreenPosition);
      loaded.delete(lesson);
    },
  };
}

function predictionIn({ answers }: LessonProgress): KeptPrediction | undefined {
  const [first] = answers;
  if (!first) return undefined;
  const count = Math.max(...answers.map(({ question }) => question)) + 1;
  const of = (question: number) => answers.find((answer) => answer.question === question);
  const each = Array.from({ length: count }, (_, question) => of(question));
  if (each.includes(undefined)) return undefined;
  return {
    answers: each.map((answer) => answer?.given ?? []),
    sure: first.sure ?? 1,
    scores: each.map((answer) => ({ right: answer?.score ?? 0, all: answer?.of ?? 0 })),
  };
}

function savePrediction(progress: LearnerProgress, lesson: string, { answers, sure, scores }: KeptPrediction): void {
  for (const [question, given] of answers.entries()) {
    const { right = 0, all = 0 } = scores[question] ?? {};
    progress.recordAnswer(lesson, { question, given, score: right, of: all, sure });
  }
}

function placeIn(lesson: string, { position }: LessonProgress): ScreenPosition | undefined {
  if (!position) return undefined;
  const { screen, strategy, size, faults, schedule, step } = position;
  if (strategy === undefined) return { screen };
  const setting = { lesson, strategy, ...(size && { size }), ...(faults && { faults }) };
  return {
    screen,
    given: { setting, ...(schedule !== undefined && { schedule }), ...(step !== undefined && { step }) },
  };
}

function savePlace(progress: LearnerProgress, lesson: string, { screen, given }: ScreenPosition): void {
  const { setting, schedule, step } = given ?? {};
  const { strategy, size, faults } = setting ?? {};
  progress.opened(lesson);
  progress.savePosition(lesson, {
    screen,
    ...(strategy !== undefined && { strategy }),
    ...(size && { size }),
    ...(faults && { faults }),
    ...(schedule !== undefined && { schedule }),
    ...(step !== undefined && { step }),
  });
}

function standingIn(known: LessonProgress): Standing {
  const { answers, tries } = known;
  return {
    state: lessonState(known),
    right: answers.reduce((sum, { score }) => sum + score, 0),
    all: answers.reduce((sum, { of }) => sum + of, 0),
    tries: tries.length,
    overProtected: tries.findLast(({ verdict }) => verdict === "right")?.overProtected ?? false,
  };
}

function bookmarkIn(lesson: string, { strategy, size, faults, schedule }: Kept): KeptPoint {
  return { setting: { lesson, strategy, ...(size && { size }), ...(faults && { faults }) }, schedule };
}

function saveBookmarks(
  progress: LearnerProgress,
  lesson: string,
  before: readonly KeptPoint[],
  after: readonly KeptPoint[],
): void {
  const saved = ({ setting: { lesson: _, ...setting }, schedule }: KeptPoint) => ({ ...setting, schedule });
  const named = (points: readonly KeptPoint[]) => new Map(points.map((one) => [bookmarkName(saved(one)), saved(one)]));
  const [old, now] = [named(before), named(after)];
  for (const [name, one] of now) if (!old.has(name)) progress.keepBookmark(lesson, one);
  for (const [name, one] of old) if (!now.has(name)) progress.dropBookmark(lesson, one);
}
