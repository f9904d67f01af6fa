/**
 * One truth in all forms. Text, JSON, page, screen and what is read aloud are made from one exploration by different code:
 * of every claim of the course, under its strategy, size and faults, each says the same outcomes, counts and verdict, and of
 * each counterexample the same end, the same broken property and the same number with unit and direction.
 */
import { expect } from "vitest";
import { printExploration } from "../../src/commands/explore.js";
import { explorationJson, traceJson } from "../../src/commands/json.js";
import { out as outTo } from "../../src/commands/out.js";
import { traceText, verdictOfTrace } from "../../src/commands/steps-text.js";
import type { ExploredLesson } from "../../src/explore/explore.js";
import { exploredViewOf } from "../../src/explore/views.js";
import { pageEnds } from "../../src/export/export.js";
import { endsByLabel } from "../../src/report/ends.js";
import { grouped } from "../../src/report/number.js";
import { offText } from "../../src/report/tally.js";
import { rowText } from "../../src/report/text.js";
import { stepLine } from "../../src/tui/parts/explanation.js";
import { spokenSchedules } from "../../src/tui/screens/schedules/spoken.js";
import type { SchedulesState } from "../../src/tui/screens/schedules/state.js";
import { schedulesView } from "../../src/tui/screens/schedules/view.js";
import type { Context } from "../../src/tui/state.js";
import type { ExploredClaim } from "./explored-claims.js";

const contextOf = ({ lesson, size }: ExploredLesson): Context => ({
  size: { columns: 160, rows: 120 },
  lessons: [],
  lesson: {
    summary: { number: 1, id: lesson, title: lesson, summary: "" },
    content: {
      size,
      questions: [],
      strategies: [],
      code: { file: "lesson.ts", text: "" },
      load: { requests: 1, think: 0 },
    } as never,
  },
  store: "memory:",
  workers: 1,
  language: "en",
  remembered: () => undefined,
  notice: null,
  working: [],
  trail: [],
  seeking: null,
});

const flat = (text: string): string => text.replace(/\s+/g, " ");

type Forms = ReturnType<typeof formsOf>;

/** What each form says of an exploration. */
export function formsOf(found: ExploredLesson) {
  const lines: string[] = [];
  const out = outTo({ json: false, language: "en", env: {} }, (text) => void lines.push(text));
  printExploration(found, out);
  const setting = { lesson: found.lesson, strategy: found.strategy, size: found.size, faults: found.options.faults ?? {} };
  const view = exploredViewOf(setting, found);
  const context = contextOf(found);
  const state: SchedulesState = {
    setting,
    explored: view,
    searched: null,
    failed: false,
    chosen: 0,
    real: null,
    nth: 0,
    example: null,
    growth: [],
    counted: [],
  };
  return {
    text: lines.join(""),
    json: explorationJson(found, out),
    page: pageEnds(found.exploration),
    view,
    screen: schedulesView(state, context, 100)
      .map((row) => rowText(row, "unicode"))
      .join("\n"),
    spoken: spokenSchedules(null, state, context).join("\n"),
  };
}

/** Text, JSON, page, screen and spoken lines say the same ends with the same counts. */
export function sameEnds(found: ExploredLesson, { text, json, page, view, screen, spoken }: Forms): void {
  const ends = endsByLabel(found.exploration.outcomes);
  const rowOf = ({ label, schedules, right, violates }: (typeof ends)[number]) => [label, schedules, right, violates];
  const byLabel = <T>(list: readonly T[], of: (one: T) => readonly unknown[]) =>
    list.map(of).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  expect(byLabel(view.ends, rowOf)).toEqual(byLabel(ends, rowOf));
  expect(byLabel(json.outcomes as never as typeof ends, rowOf)).toEqual(byLabel(ends, rowOf));
  expect(byLabel(page, ({ label, schedules, wrong, violates }) => [label, schedules, wrong, violates])).toEqual(
    byLabel(ends, ({ label, schedules, right, violates }) => [label, String(schedules), String(schedules - right), violates]),
  );
  for (const [i, { label, schedules, right }] of ends.entries()) {
    const is = right < schedules ? "FAIL" : "ok";
    const count = grouped(schedules);
    expect(spoken).toContain(`${label}: ${count} schedules, `);
    expect(spoken.split("\n").find((line) => line.startsWith(`${label}: ${count} `))).toMatch(new RegExp(`: ${is}\\.$`));
    const drawn = screen.split("\n").filter((line) => line.includes(` ${count} `) && line.includes(is === "ok" ? "✓" : "✗"));
    expect([label, drawn.length > 0]).toEqual([label, true]);
    if (i >= 12) continue;
    // A long label is cut, and then no other line looks like it.
    const alike = text.split("\n").filter((one) => {
      const [printed = "", cut] = /^ {2}(.*?)(…?) {2,}[\d,]+ {2}/.exec(one)?.slice(1) ?? [];
      return cut ? label.startsWith(printed) : label === printed.trim();
    });
    expect([label, alike.length, alike[0]?.includes(` ${count} `), alike[0]?.includes(` ${is}`)]).toEqual([label, 1, true, true]);
  }
}

const said = { holds: "It holds in every one of", violated: "wrong", inconclusive: "" } as const;

/** Every form has the same verdict, says which properties are broken, and says where it does not know all. */
export function sameVerdict(found: ExploredLesson, { text, json, view, screen, spoken }: Forms): void {
  const { verdict, schedules, violating, violations, limits } = found.exploration;
  expect([json.verdict, json.schedules, json.violating]).toEqual([verdict, schedules, violating]);
  expect([view.verdict, view.schedules, view.violating]).toEqual([verdict, schedules, violating]);
  const [printed, drawn, read] = [flat(text), flat(screen), flat(spoken)];
  expect([/\bFAIL [^ ]/.test(printed), / it holds in every one of /.test(printed), /inconclusive: /.test(printed)]).toEqual([
    verdict === "violated",
    verdict === "holds",
    verdict === "inconclusive",
  ]);
  for (const form of [drawn, read]) {
    expect(form.includes(said.holds)).toBe(verdict === "holds");
    expect(form.includes("incomplete (")).toBe(limits.length > 0);
    expect(form.includes(`${grouped(schedules)} schedules, all of them`)).toBe(limits.length === 0);
    if (verdict === "violated")
      expect(form).toMatch(violating > 0n ? `${grouped(violating)} of ${grouped(schedules)} schedules` : / never ends?/);
  }
  for (const { property } of violations) {
    expect(printed).toContain(`FAIL ${property}: `);
    expect(read).toContain(`FAIL ${property}.`);
  }
  // Where everything goes wrong, no end is "ok".
  if (limits.length === 0 && violating === schedules)
    expect(view.ends.filter(({ violates }) => violates.length === 0)).toEqual([]);
}

/** Of each counterexample text, JSON, picture and spoken step say the same end, the same property, the same number. */
export function sameCounterexamples({ found, broken }: ExploredClaim): void {
  const { scenario } = found;
  for (const { property, kind, traced, steps, view } of broken) {
    const json = traceJson(traced, steps);
    expect(view.steps.map(({ after }) => after.canEndAt)).toEqual(json.steps.map(({ canEndAt }) => canEndAt));
    const answered = view.steps.flatMap((step, i) => (step.event ? [{ step, tally: json.steps[i]!.tally }] : []));
    for (const { step, tally } of answered)
      expect([step.actual, step.expected, step.done]).toEqual([tally!.actual, tally!.expected, tally!.done]);
    // An invariant breaks on the way, and a livelock never ends.
    if (!traced.stepper.position.over || kind === "invariant") continue;
    const { verdict, label } = verdictOfTrace(traced, steps);
    expect([json.verdict, json.label, view.label]).toEqual([verdict, label, label]);
    const context = contextOf(found);
    const [text, spoken] = [flat(traceText(traced, steps, "en")), flat(stepLine(view, view.steps.length - 1, context))];
    expect(text).toContain(`FAIL ${property}`);
    expect([property, spoken.includes(property) || spoken.includes("can go on")]).toEqual([property, true]);
    const last = answered.at(-1)?.tally;
    const off = last ? offText(scenario.tally, last, "en") : "";
    for (const form of [text, spoken]) expect(form).toContain(off);
  }
}
