/**
 * The words for the parts of a history: "request 7", "stock 93", "step 41". All sentences of all checkers use them. Both
 * languages of a sentence stand side by side where it is made, and a test compares their figures.
 */
import { capital } from "../core/capital.js";
import { particle } from "../core/korean.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Json, Key, Row } from "../core/operation.js";
import type { Version, VersionTrace } from "./versions.js";

export interface Wording {
  readonly language: Language;
  /** The text in the language of these words. */
  say(text: Text): string;
  /** "step 41"; in Korean "41단계". */
  step(n: number): string;
  /** "request 7" */
  task(task: number): string;
  /** "request 7", "requests 7, 12 and 15" */
  tasks(tasks: readonly number[]): string;
  /** "Request 7": where a sentence starts. */
  Task(task: number): string;
  /** "stock", or "stock/1" where the table has several rows in this history. */
  key(key: Key): string;
  /** "stock 93": the row's name and the columns asked for, by default those that ever change. */
  row(version: Version, columns?: readonly string[]): string;
  /** "92": the same without the row's name, for the second time it is mentioned. */
  value(version: Version, columns?: readonly string[]): string;
}

/**
 * How a history is told: the word for a task ("request"), the language (English), and the step number of each event (its `n`).
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":0}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":7}}}`);
 * const manner: Manner = { who: "client", stepOf: (n) => n + 100 };
 * console.log(anomalies(history, { manner })[0]?.explanation); // Client 1 read x 7 at step 101, but no task wrote it.
 * ```
 */
export interface Manner {
  readonly who?: string;
  /** What each task is called, in place of the word and its number. */
  readonly name?: ((task: number) => string) | undefined;
  readonly language?: Language;
  readonly stepOf?: (n: number) => number | undefined;
}

/** A word of one letter is joined to the number: w2. */
const english = (who: string, tasks: readonly string[]) =>
  who.length === 1 ? listText(tasks.map((task) => `${who}${task}`)) : `${who}${tasks.length === 1 ? "" : "s"} ${listText(tasks)}`;
const inKorean: { readonly [who: string]: string } = { request: "요청", task: "작업" };
const korean = (who: string, tasks: readonly string[]) =>
  who.length === 1
    ? listText(
        tasks.map((task) => `${who}${task}`),
        "ko",
      )
    : `${inKorean[who] ?? who} ${listText(tasks, "ko")}`;

export function wording(
  trace: VersionTrace,
  { who = "request", name, language = "en", stepOf = (n) => n }: Manner = {},
): Wording {
  const rowsOf = new Map<string, number>();
  for (const key of trace.chains.keys()) rowsOf.set(table(key), (rowsOf.get(table(key)) ?? 0) + 1);
  const key = (key: Key) => (rowsOf.get(table(key)) === 1 ? table(key) : key);
  const changing = new Map<Key, readonly string[]>();
  const columnsOf = (version: Version): readonly string[] => {
    const known = changing.get(version.key) ?? differing(trace.chains.get(version.key) ?? []);
    changing.set(version.key, known);
    return known;
  };
  const value = (version: Version, columns: readonly string[] = columnsOf(version)): string => {
    const { row } = version;
    if (!row) return language === "ko" ? "없음" : "nothing";
    const shown = columns.length > 0 ? columns : Object.keys(row).slice(0, 3);
    return shown.length === 1 ? text(row[shown[0]!]) : shown.map((column) => `${column} ${text(row[column])}`).join(", ");
  };
  const called = (tasks: readonly number[]) =>
    name ? listText(tasks.map(name), language) : (language === "ko" ? korean : english)(who, tasks.map(String));
  return {
    language,
    say: (text) => inLanguage(text, language),
    step: (n) => (language === "ko" ? `${stepOf(n)}단계` : `step ${stepOf(n)}`),
    task: (task) => called([task]),
    tasks: called,
    Task: (task) => capital(called([task])),
    key,
    value,
    row(version, columns = columnsOf(version)) {
      if (!version.row) return language === "ko" ? `${key(version.key)} 없음` : `no ${key(version.key)}`;
      const names = Object.keys(version.row);
      const [only] = columns.length === 1 && names.length > 1 ? columns : [];
      return `${key(version.key)} ${only ? `${only} ` : ""}${value(version, columns)}`;
    },
  };
}

const table = (key: Key): string => key.split("/", 1)[0]!;
/** An empty text is shown as such, or a sentence would have a hole. */
const text = (value: Json | undefined): string =>
  typeof value === "string" && value !== "" ? value : JSON.stringify(value ?? null);

/** The columns in which these versions are not all alike. */
export function differing(versions: readonly Version[]): readonly string[] {
  const rows = versions.flatMap(({ row }): Row[] => (row ? [row] : []));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return columns.filter((column) => new Set(rows.map((row) => JSON.stringify(row[column]))).size > 1);
}

/** "a", "a and b", "a, b and c", "a, b, c and 4 more"; in Korean "a, b, c", "a, b, c 외 4개". */
export function listText(words: readonly string[], language: Language = "en", most = 3): string {
  const isLong = words.length > most + 1;
  if (language === "ko") return isLong ? `${words.slice(0, most).join(", ")} 외 ${words.length - most}개` : words.join(", ");
  const shown = isLong ? [...words.slice(0, most), `${words.length - most} more`] : words;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** "작업 2가" */
export const subject = (words: Wording, task: number): string => particle(words.task(task), "이", "가");
/** "작업 2는" */
export const topic = (words: Wording, task: number): string => particle(words.task(task), "은", "는");
/** "stock 92를" */
export const object = (word: string): string => particle(word, "을", "를");
/** The object of "read": "stock 92를", "stock이 없다는 것을". */
export const asRead = (words: Wording, version: Version, said: string): string =>
  version.row ? object(said) : `${particle(words.key(version.key), "이", "가")} 없다는 것을`;
/** "92를 썼", "stock을 지웠": the Korean verb without its ending. */
export const wrote = (words: Wording, version: Version, said: string): string =>
  version.row ? `${object(said)} 썼` : `${object(words.key(version.key))} 지웠`;
