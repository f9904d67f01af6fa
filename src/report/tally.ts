/** How far the number of a lesson is off, and in which direction, in the lesson's own words: "charged 50 too often". */
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Tally } from "../core/lesson.js";
import { grouped } from "./number.js";

/** The words of a tally: what is counted, what a request does to it, and how it is said that the number is off. */
export type TallyNames = Pick<Tally, "name" | "done" | "off">;

export const tallyNames = ({ name, done, off }: TallyNames): TallyNames => ({ name, done, ...(off && { off }) });

interface Numbers {
  readonly actual: number;
  readonly expected: number;
}

/** The difference between the number in the store and the one that it should be. */
export const offBy = ({ actual, expected }: Numbers): number => Math.abs(actual - expected);

const unnamed = {
  above: { en: "N too many", ko: "N 많음" },
  below: { en: "N too few", ko: "N 모자람" },
} as const;

/** "sold 2 too many"; empty where the number is right. */
export function offText(tally: Pick<Tally, "off">, numbers: Numbers, language: Language): string {
  const off = offBy(numbers);
  if (off === 0) return "";
  const said = wordsOf(tally)[numbers.actual > numbers.expected ? "above" : "below"];
  return inLanguage(said, language).replace("N", grouped(off));
}

/** The name of the row or column that holds how far the number is off: "lost", where the lesson has one word for it. */
export function offHead(tally: Pick<Tally, "off">, language: Language): string {
  const { above, below } = wordsOf(tally);
  const said = above === below ? above : { en: "N off", ko: "N 차이" };
  return inLanguage(said, language).replace("N", "").trim();
}

function wordsOf({ off = unnamed }: Pick<Tally, "off">): { readonly above: Text; readonly below: Text } {
  return typeof off === "object" && "above" in off ? off : { above: off, below: off };
}

/** The names of the three figures under a picture. */
export const figureNames = (tally: TallyNames, language: Language) => ({
  actual: tally.name,
  done: tally.done,
  off: offHead(tally, language),
});
