/** Lessons as the screens show them. */
import { LessonFault } from "../core/failure.js";
import { inLanguage, type Language } from "../core/language.js";
import { type Claim, type Lesson, type SizeAndFaults, sizeAndFaultsText } from "../core/lesson.js";
import { findLesson, lessonEntries, loadLesson, strategiesOf } from "../course/catalog.js";
import { groupOf } from "../course/groups.js";
import { exerciseSolution, exerciseStart, lessonHints, lessonSource, lessonStory, strategySource } from "../course/sources.js";
import { strategyTexts } from "../course/strategy-texts.js";
import type { LessonContent, LessonSummary } from "../tui/services.js";

/** All lessons. One that cannot be opened is in the list, with its fault. */
export const lessonSummaries = (language: Language): Promise<readonly LessonSummary[]> =>
  Promise.all(
    lessonEntries().map(async (entry) => {
      const { number, id } = entry;
      try {
        const { title, summary } = await loadLesson(entry, language);
        const group = entry.authorFolder ? null : groupOf(id);
        return {
          number,
          id,
          title: inLanguage(title, language),
          summary: inLanguage(summary, language),
          ...(group && { group: { title: inLanguage(group.title, language), says: inLanguage(group.says, language) } }),
        };
      } catch (error) {
        if (!(error instanceof LessonFault)) throw error;
        const title = inLanguage({ en: "cannot be opened", ko: "열 수 없습니다" }, language);
        return { number, id, title, summary: error.message, fault: error.message };
      }
    }),
  );

export async function lessonContent(id: string, language: Language): Promise<LessonContent> {
  const entry = findLesson(id);
  const lesson = await loadLesson(entry, language);
  const code = lessonSource(entry);
  const strategies = await Promise.all(
    strategiesOf(lesson).map(async (id) => {
      const { summary, cost } = await strategyTexts(lesson, id, language);
      return { id, summary, cost, source: lesson.variants?.[id] ? code : strategySource(id) };
    }),
  );
  const { tally } = lesson.scenario(lesson.size);
  const { claims = [], questions = [], size, load } = lesson;
  const because = [...claims].reverse().map(({ strategy, because }) => [strategy, inLanguage(because, language)]);
  return {
    // Of a link only the name is shown; its target is in the file.
    story: lessonStory(entry, language).text.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1"),
    code,
    strategies,
    load,
    done: tally.done,
    size,
    questions,
    picture: pictureOf(entry.id, lesson),
    goals: Object.fromEntries(Object.entries(lesson.goals ?? {}).map(([name, goal]) => [name, inLanguage(goal, language)])),
    protection: protectionOf(pictureOf(entry.id, lesson), claims),
    faults: [...new Set(claims.flatMap(({ faults = {} }) => Object.keys(faults)))],
    because: Object.fromEntries(because),
    ...(exerciseStart(entry) !== null && {
      exercise: {
        asks: lesson.exercise ? inLanguage(lesson.exercise.asks, language) : null,
        hints: lessonHints(entry, language),
        solution: exerciseSolution(entry),
        methods: await methodsFor(strategies, language),
      },
    }),
  };
}

/** The methods of a session, those first that these strategies call in their source. */
export async function methodsFor(
  strategies: LessonContent["strategies"],
  language: Language,
): Promise<NonNullable<LessonContent["exercise"]>["methods"]> {
  // Loaded here: no other command, and no frame before a lesson is opened, waits for it.
  const { sessionSheet } = await import("../stacks/session-sheet.js");
  const called = new Set(
    strategies.flatMap(({ source }) => [...source.text.matchAll(/\bsession\.(\w+)/g)].map(([, name]) => name)),
  );
  const methods = (await sessionSheet(language)).map(({ name, call, says, example }) => ({
    call,
    says,
    example,
    used: called.has(name),
  }));
  return [...methods.filter(({ used }) => used), ...methods.filter(({ used }) => !used)];
}

/** The first strategy that is claimed to hold in this setting. */
const protectionOf = (setting: SizeAndFaults, claims: readonly Claim[]): string | null =>
  claims.find((claim) => "holds" in claim && sizeAndFaultsText(claim) === sizeAndFaultsText(setting))?.strategy ?? null;

/** The author's picture, else the setting of the first claim that breaks. */
function pictureOf(id: string, { picture, claims = [] }: Lesson): LessonContent["picture"] {
  if (picture) return { lesson: id, ...picture };
  const { strategy, size, faults } = claims.find((claim) => "breaks" in claim) ?? claims[0] ?? { strategy: "none" };
  return { lesson: id, strategy, ...(size && { size }), ...(faults && { faults }) };
}
