/** A prediction beside what the explorer found. */
import type { Question } from "../core/lesson.js";

/** The answers to "How many of all orders end right?". */
const amounts = ["all", "most", "half", "few", "none"] as const;
export type Amount = (typeof amounts)[number];

/** "all" and "none" are exact; "half" is from a third to two thirds. */
export function amountOf(right: bigint, schedules: bigint): Amount {
  if (right === schedules) return "all";
  if (right === 0n) return "none";
  const thirds = Number((right * 3000n) / schedules) / 1000;
  return thirds > 2 ? "most" : thirds < 1 ? "few" : "half";
}

/** What the explorer found for a question. */
interface ExactAnswer {
  readonly schedules: bigint;
  readonly violating: bigint;
  readonly ends: readonly { readonly label: string; readonly schedules: bigint; readonly share: number }[];
}

/** One thing about an answer that can be right or wrong: `said` and `true` are equal where it is right. */
export interface PredictionPoint {
  readonly option: string;
  readonly said: boolean;
  readonly true: boolean;
  /** The number of schedules with this end; null: the option is no end. */
  readonly schedules: bigint | null;
  /** Of all schedules, from 0 to 1. */
  readonly share: number;
}

const byNumber = (one: string, other: string): number => one.localeCompare(other, "en", { numeric: true });

/** The ends to choose from: the possible ones, and those that the question adds. */
export const endOptions = ({ also }: Question & { kind: "ends" }, exact: ExactAnswer | null): readonly string[] =>
  [...new Set([...(exact?.ends.map(({ label }) => label) ?? []), ...also])].sort(byNumber);

/** The options of a question, in the order of their numbers. `text` gives those of a choice. */
export function questionOptions(
  question: Question,
  exact: ExactAnswer | null,
  text: (option: Question & { kind: "choice" }) => readonly string[],
): readonly string[] {
  if (question.kind === "choice") return text(question);
  if (question.kind === "how-many") return amounts;
  return endOptions(question, exact);
}

/** The points of a question: about ends, one for each option; else one, for the right option. `chosen` are indexes. */
export function points(
  question: Question,
  options: readonly string[],
  chosen: readonly number[],
  exact: ExactAnswer | null,
): PredictionPoint[] {
  if (question.kind === "ends")
    return options.map((option, index) => {
      const end = exact?.ends.find(({ label }) => label === option);
      return {
        option,
        said: chosen.includes(index),
        true: end !== undefined,
        schedules: end?.schedules ?? 0n,
        share: end?.share ?? 0,
      };
    });
  const right =
    question.kind === "choice"
      ? question.answer
      : amounts.indexOf(amountOf((exact?.schedules ?? 0n) - (exact?.violating ?? 0n), exact?.schedules ?? 0n));
  return [{ option: options[right] ?? "", said: chosen.includes(right), true: true, schedules: null, share: 0 }];
}

export const isRight = ({ said, true: is }: PredictionPoint): boolean => said === is;
