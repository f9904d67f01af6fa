/** The list of lessons: `racelab list` prints it, and `racelab learn` where there is no terminal to draw on. */
import { lessonsAsked } from "../course/catalog.js";
import { left } from "../report/span.js";
import { type LessonProgress, type LessonState, learnerProgress, lessonState, type SavedAnswer } from "../saved/progress.js";
import { lessonSummaries } from "../services/lessons.js";
import type { Out } from "./out.js";
import { commandWords, counted } from "./words.js";

/** The lessons in order, how far the learner is with each, and what is next. */
export async function printLessons(out: Out): Promise<void> {
  const progress = learnerProgress(out.env);
  const lessons = (await lessonSummaries(out.language)).map((lesson) => {
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
    return;
  }
  const solved = lessons.filter(({ state }) => state === "solved").length;
  out.line(commandWords.lessons(lessons.length, solved));
  out.line();
  for (const [index, { number, id, title, summary, group, state, score, known }] of lessons.entries()) {
    if (group?.title !== lessons[index - 1]?.group?.title) {
      if (index > 0) out.line();
      if (group) {
        out.line(group.title);
        out.paragraph(group.says, 1);
        out.line();
      }
    }
    const standing = stateText(state, known, score, out);
    out.line(`${String(number).padStart(3)}  ${left(id, 22)} ${title}`);
    out.paragraph(summary, 5);
    if (standing) out.line(`     ${id === next ? out.say(commandWords.nextOne(standing)) : standing}`);
  }
  out.line();
  const command = `racelab learn ${next}${lessonsAsked()}`;
  if (next === null) out.line(commandWords.allSolved);
  else out.line(lessons.every(({ state }) => state === "new") ? commandWords.openOne(command) : commandWords.next(command));
}

const scoreOf = (answers: readonly SavedAnswer[]) =>
  answers.length === 0
    ? null
    : { points: answers.reduce((sum, { score }) => sum + score, 0), of: answers.reduce((sum, { of }) => sum + of, 0) };

/** How far the learner is with a lesson, in words; empty before anything has happened. */
function stateText(state: LessonState, { tries }: LessonProgress, score: ReturnType<typeof scoreOf>, { say }: Out): string {
  const predicted = score && say(commandWords.predicted(score.points, score.of));
  const tried = tries.length > 0 && say(counted.tries(tries.length));
  const tooMuch = tries.findLast(({ verdict }) => verdict === "right")?.overProtected;
  const word =
    state === "solved"
      ? say(tooMuch ? commandWords.solvedTooMuch : commandWords.solved)
      : state === "opened" && say(commandWords.opened);
  return [word, predicted, tried].filter(Boolean).join(", ");
}
