import type { Command } from "commander";
import { lessonsAsked } from "../course/catalog.js";
import { left } from "../report/span.js";
import { LearnerProgress, type LessonProgress, type LessonState, lessonState, type SavedAnswer } from "../saved/progress.js";
import { lessonSummaries } from "../services/lessons.js";
import { exit, type Out, paragraph } from "./out.js";
import { commandWords, counted, say } from "./words.js";

/** `racelab list`: the lessons in order, how far the learner is with each, and what is next. */
export async function listCommand(out: Out): Promise<number> {
  const progress = new LearnerProgress();
  const lessons = (await lessonSummaries()).map((lesson) => {
    const known = progress.load(lesson.id);
    return { ...lesson, state: lessonState(known), score: scoreOf(known.answers), known };
  });
  const next = lessons.find(({ state }) => state !== "solved")?.id ?? null;
  for (const notice of progress.notices()) out.note(notice);
  if (out.json) {
    out.object({
      command: "list",
      lessons: lessons.map(({ known, ...lesson }) => ({
        ...lesson,
        tries: known.tries.length,
        solved: known.solved,
        place: known.position,
      })),
      next,
    });
    return exit.right;
  }
  const solved = lessons.filter(({ state }) => state === "solved").length;
  out.line(say(commandWords.lessons(lessons.length, solved)));
  out.line();
  for (const { number, id, title, summary, state, score, known } of lessons) {
    const said = stateText(state, known, score);
    out.line(`${String(number).padStart(3)}  ${left(id, 22)} ${title}`);
    out.line(paragraph(summary, 5));
    if (said) out.line(`     ${id === next ? say(commandWords.nextOne(said)) : said}`);
  }
  out.line();
  const command = `racelab learn ${next}${lessonsAsked()}`;
  if (next === null) out.line(say(commandWords.allSolved));
  else out.line(say(lessons.every(({ state }) => state === "new") ? commandWords.openOne(command) : commandWords.next(command)));
  return exit.right;
}

const scoreOf = (answers: readonly SavedAnswer[]) =>
  answers.length === 0
    ? null
    : { points: answers.reduce((sum, { score }) => sum + score, 0), of: answers.reduce((sum, { of }) => sum + of, 0) };

/** In words; nothing where nothing has happened yet. */
function stateText(state: LessonState, { tries }: LessonProgress, score: ReturnType<typeof scoreOf>): string {
  const predicted = score && say(commandWords.predicted(score.points, score.of));
  const tried = tries.length > 0 && say(counted.tries(tries.length));
  const tooMuch = tries.findLast(({ verdict }) => verdict === "right")?.overProtected;
  const word =
    state === "solved"
      ? say(tooMuch ? commandWords.solvedTooMuch : commandWords.solved)
      : state === "opened" && say(commandWords.opened);
  return [word, predicted, tried].filter(Boolean).join(", ");
}

export const register = (program: Command, action: (run: (out: Out) => Promise<number>) => Promise<void>): void => {
  program
    .command("list")
    .description("the lessons, in order, and what is next")
    .addHelpText("after", "\nExamples:\n  racelab list\n  racelab list --json\n")
    .action(() => action(listCommand));
};
