/** The results of `check` for machines: TAP 14, JUnit's XML, GitHub's annotations. */
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
