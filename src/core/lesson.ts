import { LessonFault } from "./failure.js";
import type { Event, History } from "./history.js";
import type { Language, Text } from "./language.js";
import type { Rows } from "./operation.js";
import type { End, Property } from "./property.js";
import type { Strategy } from "./strategy.js";
import type { Tables } from "./table.js";
import type { Work } from "./work.js";

export { inLanguage, type Language, type Text } from "./language.js";

/**
 * How many of everything a scenario has. Every lesson has `tasks`, and may be put on several `servers`: requests
 * go to them in turn, and no lesson has to know. Some have more (items, attempts…).
 */
export type Size = { readonly tasks: number; readonly [name: string]: number };

/** Initial rows, the clients, and what must be true. */
export interface Scenario<Says = string> {
  readonly rows: Rows;
  /** Keys and constraints, where the rows need any. */
  readonly tables?: Tables;
  readonly tasks: readonly Work[];
  readonly properties: readonly Property<Says>[];
  /** The one number that the picture shows: what the store says against what it should say. */
  readonly tally: Tally;
}

export interface Tally {
  /** What is counted, one word: "stock". */
  readonly name: string;
  /** What a request that was told "ok" has done to it, one word: "sold". */
  readonly done: string;
  actual(rows: Rows): number;
  /** What it should be, given who was told "ok"; `pieces`: how many pieces of work are done, where that is counted. */
  expected(end: Omit<End, "rows">, pieces?: number): number;
  /** Does this event finish a piece of work? For requests that do several; without it a request is one piece. */
  readonly finishes?: (event: Event) => boolean;
}

/** How good an end is: what the author hoped for, can live with, finds worth a look, must never happen. */
export type Grade = "expected" | "acceptable" | "interesting" | "forbidden";

export interface Graded {
  readonly grade: Grade;
  readonly says: Text;
}

/**
 * What the explorer must find: a claim of the author that `check` proves, in both directions. A broken
 * variant that no longer breaks is as wrong as a right one that does.
 */
export type Claim = {
  /** A strategy of the course, or one of this lesson's own `variants`. */
  readonly strategy: string;
  /** Over the lesson's own size. */
  readonly size?: Readonly<Record<string, number>>;
  /** What may go wrong around the code, and how often. */
  readonly faults?: Readonly<Record<string, number>>;
  /** One sentence for the learner: why. */
  readonly because: Text;
} & ({ readonly holds: true } | { readonly breaks: string });

/** Where something is claimed: a size over the lesson's own, and what may go wrong around the code. */
export type SizeAndFaults = Pick<Claim, "size" | "faults">;

/** The distinct places of some claims, the lesson as it stands first. */
export function sizesAndFaultsOf(claims: readonly Claim[] = []): readonly SizeAndFaults[] {
  const places = new Map<string, SizeAndFaults>([["", {}]]);
  for (const { size, faults } of claims) {
    const place = { ...(size && { size }), ...(faults && { faults }) };
    places.set(sizeAndFaultsText(place), place);
  }
  return [...places.values()];
}

/** "tasks=3,crash=1"; empty for the lesson as it stands. */
export const sizeAndFaultsText = ({ size = {}, faults = {} }: SizeAndFaults): string =>
  [pairsText(size), pairsText(faults)].filter((text) => text !== "").join(",");

/** "tasks=3,each=2", as the command line takes sizes and faults. */
export const pairsText = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");

/** " --size tasks=3"; nothing where there is nothing to say. */
export const optionText = (name: string, values: Readonly<Record<string, number>> = {}): string => {
  const pairs = pairsText(values);
  return pairs === "" ? "" : ` --${name} ${pairs}`;
};

/** What a question is about: under which strategy, and where. */
interface Asked extends SizeAndFaults {
  readonly strategy: string;
}

/**
 * A question that is asked before anything is shown. Scored and kept; the right answer is computed by the
 * explorer wherever it can be.
 */
export type Question =
  /** Which of these ends are possible? The possible ones are computed; `also` adds some that may not be. */
  | ({ readonly kind: "ends"; readonly ask: Text; readonly also: readonly string[] } & Asked)
  /** How many of all orders end right: all, most, about half, few, none. Computed. */
  | ({ readonly kind: "how-many"; readonly ask: Text } & Asked)
  | {
      readonly kind: "choice";
      readonly ask: Text;
      readonly options: readonly Text[];
      readonly answer: number;
      readonly because: Text;
    };

/** One folder in `lessons/`: `NN-id/lesson.ts`, default export. */
export interface Lesson<Says = string> {
  readonly title: Text;
  /** One sentence for the list. */
  readonly summary: Text;
  /** What `check` proves. */
  readonly claims?: readonly Claim[];
  /** Ways to protect this lesson's work that are its own: mostly broken on purpose, each for a reason. */
  readonly variants?: Readonly<Record<string, Strategy>>;
  readonly questions?: readonly Question[];
  /** The schedule that the interleaving is first shown with; without it the smallest that goes wrong under the first claim that breaks. */
  readonly picture?: Asked & { readonly schedule: string };
  /** What the protection gives up. */
  readonly cost?: Text;
  /** How good an end is, with a sentence. Right or wrong is what the properties say: what breaks one is forbidden. */
  readonly grade?: (end: End) => Graded | null;
  /** What the explorer uses unless told otherwise: small. */
  readonly size: Size;
  /** What the hammer uses unless told otherwise: as big as the real service. */
  readonly load: { readonly requests: number; readonly think: number };
  scenario(size: Size): Scenario<Says>;
  /** The short name of an end: "stock 97". */
  label(end: End): string;
}

/** Declares a lesson; gives an author types and nothing else. Its properties may answer in both languages. */
export const lesson = <Says extends Text>(lesson: Lesson<Says>): Lesson<Says> => lesson;

/** The lesson as everybody else takes it: what its properties answer is one sentence, in this language. */
export const lessonIn = (language: Language, lesson: Lesson<Text>): Lesson => ({
  ...lesson,
  scenario(size) {
    const scenario = lesson.scenario(size);
    return { ...scenario, properties: scenario.properties.map((property) => propertyIn(language, property)) };
  },
});

/** Tests are asked for every state: nothing is done here where one answers null. */
function propertyIn(language: Language, property: Property<Text>): Property {
  const say = (text: Text | null): string | null => {
    if (typeof text !== "object" || text === null) return text;
    // Without a sentence a broken property would hold, in this language alone.
    if (!text.en || !text.ko)
      throw new LessonFault(
        `property "${property.name}" answers in one language only: it is { en: "…", ko: "…" }, or a bare "…"`,
      );
    return text[language];
  };
  if (property.kind === "invariant") return { ...property, test: (rows: Rows, before: Rows) => say(property.test(rows, before)) };
  if (property.kind === "outcome") return { ...property, test: (end: End) => say(property.test(end)) };
  return { ...property, test: (history: History) => say(property.test(history)) };
}
