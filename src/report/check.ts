/** The results of `check`: for people in both languages; for machines as TAP 14, JUnit's XML, GitHub's annotations. */
import type { Text } from "../core/language.js";

export interface CheckLine {
  readonly lesson: string;
  readonly strategy: string;
  readonly kind: string;
  readonly expected: string;
  readonly actual: string;
  /** The number of interleavings, as digits; null: they were not counted. */
  readonly schedules: string | null;
  readonly ms: number;
  readonly status: "pass" | "fail" | "skip";
  /** What is wrong and where; empty when it passed. */
  readonly message: string;
  /** The file to look at. */
  readonly file: string;
  /** The line of the file; without it, not known. */
  readonly line?: number;
}

/** What an answer that every exercise must refuse is called. */
export const answerName = (name: string): Text => ({ en: name, ko: answers[name] ?? name });
const answers: { readonly [name: string]: string } = {
  "ok() alone": "ok()만",
  "rejected() alone": "rejected()만",
  "reads, then ok()": "읽고 나서 ok()",
  "repeatable read without a retry": "재시도 없는 repeatable read",
  "ok() for all but the first": "첫째만 빼고 ok()",
  "rejected() for all but the first": "첫째만 빼고 rejected()",
};

const kinds: { readonly [kind: string]: string } = {
  explore: "탐색",
  start: "시작 코드",
  solution: "해답",
  wrong: "오답",
  refused: "거절할 답",
  text: "글",
};

const expectations: { readonly [expected: string]: string } = {
  holds: "지켜짐",
  fails: "실패함",
  "a property tells it from the solution, or exercise.ways lists it": "속성이 해답과 구별하거나 exercise.ways에 적혀 있음",
  "a property tells it from the solution: somebody is told yes for nothing, or turned away wrongly":
    "속성이 해답과 구별함. 한 일 없이 된다고 하거나 잘못 거절함",
  "can be opened": "열림",
  "can be checked": "검사됨",
  "names that exist": "있는 이름",
  "a claim": "주장 하나",
  "a text that says it": "그것을 말하는 글",
  "nothing left to do": "남은 할 일 없음",
  there: "있음",
  "two or more": "둘 이상",
  "a misconception of the course": "코스에 있는 오해",
};

/** What is checked, and what must come of it: `explore none: breaks "every sale is counted"`. */
export function checkHead({ kind, strategy, expected }: Pick<CheckLine, "kind" | "strategy" | "expected">): Text {
  const [, verb, property] = /^(breaks|holds) "(.*)"$/s.exec(expected) ?? [];
  const ko = verb ? `"${property}" ${verb === "holds" ? "지켜짐" : "깨짐"}` : (expectations[expected] ?? expected);
  const subject = (answers[strategy] ?? strategy).replace("(on rows of their own)", "(행이 서로 다를 때)");
  return { en: `${kind} ${strategy}: ${expected}`, ko: `${kinds[kind] ?? kind} ${subject}: ${ko}` };
}

const title = ({ lesson, kind, strategy, expected }: CheckLine): string => `${lesson} ${kind} ${strategy} ${expected}`;

/** https://testanything.org/tap-version-14-specification.html */
export const tap = (results: readonly CheckLine[]): string =>
  [
    "TAP version 14",
    `1..${results.length}`,
    ...results.map((result, i) => {
      const ok = result.status === "fail" ? "not ok" : "ok";
      const note = result.status === "skip" ? " # SKIP" : "";
      const why = result.message ? `\n  ---\n  message: ${JSON.stringify(result.message)}\n  ...` : "";
      return `${ok} ${i + 1} - ${title(result).replaceAll("#", "\\#")}${note}${why}`;
    }),
  ].join("\n");

const xml = (text: string): string => text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** JUnit's XML, which CI systems read: one test suite for each lesson, times in seconds. */
export function junit(results: readonly CheckLine[]): string {
  const suites = byLesson(results);
  const failures = (cases: readonly CheckLine[]) => cases.filter(({ status }) => status === "fail").length;
  const body = [...suites].map(([lesson, cases]) => {
    const lines = cases.map(({ kind, strategy, expected, ms, status, message }) => {
      const inner = status === "fail" ? `<failure message="${xml(message)}"/>` : status === "skip" ? "<skipped/>" : "";
      return `    <testcase classname="${xml(lesson)}.${kind}" name="${xml(`${strategy} ${expected}`)}" time="${ms / 1000}">${inner}</testcase>`;
    });
    return `  <testsuite name="${xml(lesson)}" tests="${cases.length}" failures="${failures(cases)}">\n${lines.join("\n")}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="${results.length}" failures="${failures(results)}">\n${body.join("\n")}\n</testsuites>`;
}

/** The lines by lesson. (Node 20 has no Map.groupBy.) */
function byLesson(results: readonly CheckLine[]): Map<string, CheckLine[]> {
  const suites = new Map<string, CheckLine[]>();
  for (const result of results) suites.set(result.lesson, [...(suites.get(result.lesson) ?? []), result]);
  return suites;
}

/** GitHub's workflow commands, which put an error beside the file in a pull request. */
export const github = (results: readonly CheckLine[]): string =>
  results
    .filter(({ status }) => status === "fail")
    .map(
      (result) =>
        `::error file=${result.file}${result.line ? `,line=${result.line}` : ""}::${`${title(result)}: ${result.message}`.replaceAll("%", "%25").replaceAll("\n", "%0A")}`,
    )
    .join("\n");
