/**
 * A lesson as the beats of a talk: one thought each. Nothing is written for it: title, story, rule, questions, picture, counts and
 * strategies are the lesson's own, so a lesson that is mended is mended here, too. A question comes before its answer, a step
 * before the next one, a strategy before its verdict: the room decides first.
 */
import type { Question } from "../../../core/lesson.js";
import type { OpenLesson } from "../../state.js";
import type { Found } from "./state.js";

export type Beat =
  | { readonly kind: "title" }
  | { readonly kind: "story"; readonly paragraph: string }
  | { readonly kind: "rule" }
  | { readonly kind: "question"; readonly index: number; readonly question: Question; readonly answered: boolean }
  /** The first `shown` steps of the picture. */
  | { readonly kind: "steps"; readonly shown: number }
  | { readonly kind: "count" }
  /** The first `shown` strategies have their verdict. */
  | { readonly kind: "strategies"; readonly shown: number }
  | { readonly kind: "end" };

export function beatsOf({ content }: OpenLesson, { view, explored, exact }: Found): readonly Beat[] {
  const paragraphs = content.story
    .replace(/^# .*\n+/, "")
    .trim()
    .split(/\n{2,}/)
    .filter((paragraph) => !isSources(paragraph));
  const questions = content.questions.flatMap((question, index): Beat[] => [
    { kind: "question", index, question, answered: false },
    { kind: "question", index, question, answered: true },
  ]);
  const steps = Array.from({ length: view?.steps.length ?? 0 }, (_, n): Beat => ({ kind: "steps", shown: n + 1 }));
  const verdicts = Array.from({ length: content.strategies.length + 1 }, (_, shown): Beat => ({ kind: "strategies", shown }));
  return [
    { kind: "title" },
    ...paragraphs.map((paragraph): Beat => ({ kind: "story", paragraph })),
    { kind: "rule" },
    ...(exact ? questions : []),
    ...steps,
    ...(explored ? [{ kind: "count" } as const, ...verdicts, { kind: "end" } as const] : []),
  ];
}

/** Names of sources end with no full stop: they are for readers at home. */
const isSources = (paragraph: string): boolean => !/[.?!:`*]\s*$/.test(paragraph);
