import type { FailureCode } from "./failure.js";
import type { Event } from "./history.js";
import type { Text } from "./language.js";
import type { Key, Row, Rows } from "./operation.js";
import type { End, Property } from "./property.js";
import type { Capability } from "./store.js";
import type { Strategy } from "./strategy.js";
import type { Tables } from "./table.js";
import type { Work } from "./work.js";

/**
 * The size of a scenario: how many tasks, and of what else a lesson counts (items, attempts…). Every lesson may also be
 * given `servers`: the tasks are dealt out to them in turn, and the lesson's code does not see it.
 */
export type Size = { readonly tasks: number; readonly [name: string]: number };

/** A situation to explore: initial rows, tasks, and what must be true. It fits `explore` as it is. */
export interface Scenario<Says = string> {
  readonly rows: Rows;
  /** Keys and constraints; absent: every table has the primary key `id` and no constraints. */
  readonly tables?: Tables;
  readonly tasks: readonly Work[];
  readonly properties: readonly Property<Says>[];
  readonly tally: Tally;
  /** A row in the words of the story, as the lanes write it: "unpaid". Null: its columns. */
  readonly show?: (row: Row, key: Key) => Text | null;
}

/** The one number that the picture shows: what it is in the rows, against what it should be. */
export interface Tally {
  /** What is counted, one word: "stock". */
  readonly name: string;
  /** What an ended request has done to it, one word: "sold". */
  readonly done: string;
  /**
   * How it is said that the number is above what it should be, and below; N stands for how far: "charged N too often". One
   * text where both directions are called the same: "N lost". Absent: "N too many", "N too few".
   */
  readonly off?: Text | { readonly above: Text; readonly below: Text };
  actual(rows: Rows): number;
  /** What it should be, never below zero, given the outcomes; `pieces`: how many pieces of work are done, where `finishes` counts them. */
  expected(end: Omit<End, "rows">, pieces?: number): number;
  /** Does this event finish a piece of work? For requests that do several; absent: a request is one piece. */
  readonly finishes?: (event: Event) => boolean;
}

/** How good an end is: as intended, tolerable, worth a look, never allowed. */
export type Grade = "expected" | "acceptable" | "interesting" | "forbidden";

/** A grade, and one sentence that says why. */
export interface Graded {
  readonly grade: Grade;
  readonly says: Text;
}

/**
 * What the explorer must find. `racelab check` proves it in both directions: a claim that something `breaks` fails when it
 * holds, and the other way round.
 */
export type Claim = {
  /** A strategy of the course, or one of this lesson's own `variants`. */
  readonly strategy: string;
  /** Values that replace those of the lesson's own size. */
  readonly size?: Readonly<Record<string, number>>;
  /** Which faults may happen, and how often. */
  readonly faults?: Readonly<Record<string, number>>;
  /** One sentence for the learner: why. */
  readonly because: Text;
  /** Codes of store errors that are an answer here, beside those of the lesson. */
  readonly failures?: readonly FailureCode[];
} & ({ readonly holds: true } | { readonly breaks: string });

/** The setting of a claim: values that replace those of the lesson's size, and faults. */
export type SizeAndFaults = Pick<Claim, "size" | "faults">;

/** The distinct settings of some claims; first the lesson's own size without faults. */
export function sizesAndFaultsOf(claims: readonly Claim[] = []): readonly SizeAndFaults[] {
  const places = new Map<string, SizeAndFaults>([["", {}]]);
  for (const { size, faults } of claims) {
    const place = { ...(size && { size }), ...(faults && { faults }) };
    places.set(sizeAndFaultsText(place), place);
  }
  return [...places.values()];
}

/** "tasks=3,crash=1"; empty for the lesson's own size without faults. */
export const sizeAndFaultsText = ({ size = {}, faults = {} }: SizeAndFaults): string =>
  [pairsText(size), pairsText(faults)].filter((text) => text !== "").join(",");

/** "tasks=3,each=2", as the command line takes sizes and faults. */
export const pairsText = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");

/** " --size tasks=3"; empty where there are no values. */
export const optionText = (name: string, values: Readonly<Record<string, number>> = {}): string => {
  const pairs = pairsText(values);
  return pairs === "" ? "" : ` --${name} ${pairs}`;
};

/**
 * A question that the learner answers before anything is shown. The answer is scored and kept. The explorer computes the
 * right answer, except for "choice".
 */
export type Question =
  /** Which of these ends are possible? The possible ones are computed; `also` adds some that may not be. */
  | ({ readonly kind: "ends"; readonly ask: Text; readonly also: readonly string[] } & Pick<
      Claim,
      "strategy" | "size" | "faults"
    >)
  /** How many of all orders end right: all, most, about half, few, none. Computed. */
  | ({ readonly kind: "how-many"; readonly ask: Text } & Pick<Claim, "strategy" | "size" | "faults">)
  | {
      readonly kind: "choice";
      readonly ask: Text;
      readonly options: readonly Text[];
      readonly answer: number;
      readonly because: Text;
    };

/**
 * What the exercise asks for, besides holding: the idea of its lesson. An answer that holds and does not do it is refused with
 * this sentence. So no other lesson's solution is right here, unless a way that it takes is listed.
 */
export interface ExerciseAsks {
  /** One sentence to the learner, before the first try: "without a lock: …". */
  readonly asks: Text;
  /** The ways that are right, the solution's first. An answer takes a way if it uses all that this way uses. */
  readonly ways: readonly ExerciseWay[];
  /** What no answer may use. */
  readonly without?: readonly Capability[];
  /** Sizes and faults of claims at which no answer is tried, because a right one would take minutes there. */
  readonly notAt?: readonly Pick<Claim, "size" | "faults">[];
}

/** One way to solve an exercise, by what it uses of the store, and one sentence that says why it is right. */
export interface ExerciseWay {
  readonly uses: readonly Capability[];
  readonly because: Text;
}

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
  /** By property, what a learner brings about to break it, in the words of the story: "Lose a sale". */
  readonly goals?: Readonly<Record<string, Text>>;
  /** The schedule that is shown first; absent: the smallest that goes wrong under the first claim that breaks. */
  readonly picture?: Pick<Claim, "strategy" | "size" | "faults"> & { readonly schedule: string };
  /** Codes of store errors that are an answer to a client of this service. Any other error breaks "nobody is shown an error". */
  readonly failures?: readonly FailureCode[];
  /** What the exercise asks for; absent: that it holds. */
  readonly exercise?: ExerciseAsks;
  /** What the protection gives up. */
  readonly cost?: Text;
  /** How good an end is, with a sentence; null: expected. An end that breaks a property is forbidden without it. */
  readonly grade?: (end: End) => Graded | null;
  /** The default size for the explorer: small. */
  readonly size: Size;
  /** The default for real threads, as big as the real service: requests, and milliseconds after each read. */
  readonly load: { readonly requests: number; readonly think: number };
  scenario(size: Size): Scenario<Says>;
  /** The short name of an end: "stock 97". */
  label(end: End): string;
}

/**
 * Declares a lesson: returns it unchanged, with its types checked. The sentences of its properties may be in both
 * languages.
 *
 * ```ts
 * const { title, size } = lesson({
 *   title: "A counter",
 *   summary: "two clicks at once",
 *   size: { tasks: 2 },
 *   load: { requests: 100, think: 1 },
 *   scenario: ({ tasks }) => ({
 *     rows: { "clicks/1": { n: 0 } },
 *     tasks: Array.from({ length: tasks }, () => click),
 *     properties: [{ name: "every click is counted", kind: "outcome", test: ({ rows }) => (rows["clicks/1"]?.n === tasks ? null : "one is lost") }],
 *     tally: { name: "clicks", done: "counted", actual: (rows) => Number(rows["clicks/1"]?.n), expected: () => tasks },
 *   }),
 *   label: ({ rows }) => `clicks ${rows["clicks/1"]?.n}`,
 * });
 * const click: Work = {
 *   name: "click",
 *   keys: ["clicks/1"],
 *   async body({ read, write }) {
 *     const { n } = await read<{ n: number }>("clicks/1");
 *     await write("clicks/1", { n: n + 1 });
 *     return ok();
 *   },
 * };
 * console.log(title, size.tasks); // A counter 2
 * ```
 */
export const lesson = <Says extends Text>(lesson: Lesson<Says>): Lesson<Says> => lesson;
