/** How a prediction compares with what the explorer found. */
import type { Question } from "../core/lesson.js";

/** "How many of all orders end right?", as it is asked. */
const amounts = ["all", "most", "half", "few", "none"] as const;
export type Amount = (typeof amounts)[number];

/** All and none are exact; about half is a third to two thirds. */
export function amountOf(right: bigint, schedules: bigint): Amount {
  if (right === schedules) return "all";
  if (right === 0n) return "none";
  const thirds = Number((right * 3000n) / schedules) / 1000;
  return thirds > 2 ? "most" : thirds < 1 ? "few" : "half";
}

/** What the explorer says of a question; null for one that its author answers. */
interface ExactAnswer {
  readonly schedules: bigint;
  readonly violating: bigint;
  readonly ends: readonly { readonly label: string; readonly schedules: bigint; readonly share: number }[];
}

/** One thing that can be right or wrong about an answer. */
export interface PredictionPoint {
  readonly option: string;
  readonly said: boolean;
  readonly true: boolean;
  readonly schedules: bigint | null;
  readonly share: number;
}

const byNumber = (one: string, other: string): number => one.localeCompare(other, "en", { numeric: true });

/** The ends to choose from: those that are possible, and those that the question adds. */
export const endOptions = ({ also }: Question & { kind: "ends" }, exact: ExactAnswer | null): readonly string[] =>
  [...new Set([...(exact?.ends.map(({ label }) => label) ?? []), ...also])].sort(byNumber);

/** The options of a question, in the order in which they are numbered. */
export function questionOptions(
  question: Question,
  exact: ExactAnswer | null,
  text: (option: Question & { kind: "choice" }) => readonly string[],
): readonly string[] {
  if (question.kind === "choice") return text(question);
  if (question.kind === "how-many") return amounts;
  return endOptions(question, exact);
}

/** Every option of a question about ends is a point; of the others only the one that was chosen is. */
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
