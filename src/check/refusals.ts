/**
 * What every exercise must refuse: answers that do nothing, an answer that shows its conflicts to the client, and the solutions of
 * other lessons. A solution from elsewhere that protects this lesson, too, is right only by a way that the exercise lists.
 */
import type { Lesson } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import { type Outcome, ok, rejected } from "../core/work.js";
import { courseEntries, exerciseOf, type LessonEntry, loadLesson } from "../course/catalog.js";
import { type Answered, answer } from "./answer.js";

const named = (run: Strategy["run"]): Strategy => ({ summary: "refused", cost: "refused", requires: [], run });

/** By what they are called in the results of `check`. */
export const emptyAnswers: { readonly [name: string]: Strategy } = {
  "ok() alone": named(async () => ok()),
  "rejected() alone": named(async () => rejected("no")),
  "reads, then ok()": named(async (work, session) => {
    for (const key of work.keys) await session.find(key);
    return ok();
  }),
  "repeatable read without a retry": named((work, session) => session.transaction("repeatable read", () => work.body(session))),
};

/** The row by which a shortcut knows that another request was there before: no lesson has such a table. */
const FIRST = "first/request";
const firstOnly = (solution: Strategy, otherwise: Outcome): Strategy =>
  named(async (work, session) => ((await session.insert(FIRST, {})) ? solution.run(work, session) : otherwise));

/**
 * Answers that are as good as the solution as long as nobody else is there, and then do nothing: some schedule has to show it.
 * They protect by nothing that an exercise could forbid, so only a property can tell.
 */
export const shortcuts = (solution: Strategy): { readonly [name: string]: Strategy } => ({
  "ok() for all but the first": firstOnly(solution, ok()),
  "rejected() for all but the first": firstOnly(solution, rejected("no")),
});

/** `thrown`: it could not be explored, as one that takes apart what the rules of this lesson do not have. */
export type Refusal = Answered | { readonly kind: "thrown" };

/** What an answer comes to in the exercise of a lesson. */
export async function refusalOf(id: string, lesson: Lesson, solution: Strategy, strategy: Strategy): Promise<Refusal> {
  try {
    return await answer({ lesson, names: { lesson: id, strategy: "" }, strategy, solution, language: "en" });
  } catch {
    return { kind: "thrown" };
  }
}

/** Right by a listed way, or not right at all, and that is known. */
export const isSettled = (found: Refusal): boolean => (found.kind === "right" ? found.way !== null : found.kind !== "undecided");

/** Some schedule, or the request alone, goes wrong. `thrown`: it was not even run, as a saga without steps. */
export const isBroken = ({ kind }: Refusal): boolean => kind === "broken" || kind === "alone" || kind === "thrown";

/** What each of these answers comes to in the exercise of a lesson; `own` is the solution of that lesson itself. */
interface SolutionsRow {
  readonly lesson: string;
  readonly cells: readonly { readonly answer: string; readonly own: boolean; readonly found: Refusal }[];
}

/** The solutions of the course, and the empty answers, in each of these lessons. */
export async function* solutionsTable(entries: readonly LessonEntry[]): AsyncGenerator<SolutionsRow> {
  const answers: (readonly [name: string, strategy: Strategy])[] = Object.entries(emptyAnswers);
  for (const entry of courseEntries()) {
    const exercise = await exerciseOf(entry);
    if (exercise) answers.push([entry.id, exercise.solution]);
  }
  for (const { id, ...entry } of entries) {
    const exercise = await exerciseOf({ id, ...entry });
    if (!exercise) continue;
    const lesson = await loadLesson({ id, ...entry }, "en");
    const cells: SolutionsRow["cells"][number][] = [];
    for (const [name, strategy] of answers)
      cells.push({ answer: name, own: name === id, found: await refusalOf(id, lesson, exercise.solution, strategy) });
    yield { lesson: id, cells };
  }
}
