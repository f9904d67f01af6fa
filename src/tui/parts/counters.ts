/** The real source with program counters beside it: a digit where a task continues, `<` where it has just been. */
import { afterImports, ruleOf } from "../../report/source.js";
import { left, leftOfCode, type Role, right, row, span, type TextRow } from "../../report/span.js";
import type { Setting, Site, Source, StateView, TraceStep, TraceView } from "../../report/views.js";
import type { LessonContent } from "../services.js";

/** The sources that a trace passes through: the rule, and the strategy where it performs operations itself. */
function sourcesOf({ steps, start, setting }: TraceView, { code, strategies }: LessonContent): Source[] {
  const sites = [...steps.flatMap(({ sites }) => sites), ...start.tasks.flatMap(({ sites }) => sites)];
  const linesOf = (source: Source) => new Set(sites.filter(({ file }) => file === source.file).map(({ line }) => line)).size;
  const strategy = strategies.find(({ id }) => id === setting.strategy)?.source;
  // A strategy that only calls the rule does so from one line: nothing to show.
  const own = strategy && strategy.file !== code.file && linesOf(strategy) > 1 ? [strategy] : [];
  return [code, ...own].filter((source) => linesOf(source) > 0);
}

/** Rows that all declarations need that the trace passes through, with the names of the tasks above each source. */
export const codeNeeds = (view: TraceView, content: LessonContent): number =>
  sourcesOf(view, content).reduce((sum, source) => {
    const { from, to } = windowOf(source.text.split("\n"), passedIn(view, source), [], Number.POSITIVE_INFINITY);
    return sum + 1 + (to - from + 1);
  }, 0);

/** Rows with a little of each source that the trace passes through. */
export const leastCode = (view: TraceView, content: LessonContent): number =>
  Math.max(LEAST_CODE, LEAST_OF_EACH * sourcesOf(view, content).length);
const LEAST_CODE = 5;
const LEAST_OF_EACH = 4;

/** The source of the strategy, where it does more than call the rule. */
const ownOf = (id: string, strategies: LessonContent["strategies"]): Source | undefined =>
  id === "none" ? undefined : strategies.find((one) => one.id === id)?.source;

/** The same for all that any trace of the setting may pass through: the rule, and the strategy where it is a file of its own. */
export function wholeNeeds({ strategy }: Setting, { code, strategies }: LessonContent): number {
  const { from, to } = ruleOf(code.text);
  const source = ownOf(strategy, strategies);
  const own = source && source.file !== code.file ? source.text.trimEnd().split("\n").length - afterImports(source.text) + 2 : 0;
  return 1 + (to - from + 1) + own;
}

/** The first and the last line of the rule, or of a strategy's own file. */
function wholeOf({ text }: Source): readonly number[] {
  const { from, to } = ruleOf(text);
  return from === 1 ? [afterImports(text), text.trimEnd().split("\n").length] : [from, to];
}

/** The lines of the source that the trace passes through. */
const passedIn = ({ steps, start }: TraceView, { file }: Source): number[] =>
  [...steps, ...start.tasks].flatMap(({ sites }) => sites.find((site) => site.file === file)?.line ?? []);

/** `whole`: the rule is shown from its first line to its last, also where the trace has not come to yet. */
export function countersPane(
  view: TraceView,
  content: LessonContent,
  at: number,
  columns: number,
  height: number,
  whole = false,
): TextRow[] {
  const own = whole ? ownOf(view.setting.strategy, content.strategies) : undefined;
  const all = whole ? [content.code, ...(own && own.file !== content.code.file ? [own] : [])] : sourcesOf(view, content);
  // Where two sources do not fit, only the one of the current step.
  const here = view.steps[at]?.sites[0]?.file ?? content.code.file;
  const few = height < LEAST_OF_EACH * all.length ? all.filter(({ file }) => file === here) : all;
  const sources = few.length > 0 ? few : all.slice(0, 1);
  const moment = at < 0 ? view.start : (view.steps[at]?.after ?? view.start);
  let room = height;
  return sources.flatMap((source, index) => {
    const share = Math.floor(room / (sources.length - index));
    const rows = one(view, source, moment, view.steps[at], columns, share, whole);
    room -= rows.length;
    return rows;
  });
}

/** Columns of a task's counter, with its digit above. */
const gutter = (tasks: number): number => (tasks > 4 ? 2 : 3);

function one(
  view: TraceView,
  source: Source,
  moment: StateView,
  step: TraceStep | undefined,
  columns: number,
  height: number,
  whole: boolean,
): TextRow[] {
  const lines = source.text.split("\n");
  const each = gutter(moment.tasks.length);
  const inFile = (sites: readonly Site[]): number | undefined => sites.find(({ file }) => file === source.file)?.line;
  const passed = whole ? [...passedIn(view, source), ...wholeOf(source)] : passedIn(view, source);
  const now = [...moment.tasks.flatMap(({ sites }) => inFile(sites) ?? []), ...(step ? [inFile(step.sites)] : [])].filter(
    (line) => line !== undefined,
  );
  const { from, to } = windowOf(lines, passed, now, height - 1);
  const names = moment.tasks.map(({ task }) => right(String(task), each)).join("");
  const head = row(span(names, "dim"), span(`      ${left(source.file, Math.max(0, columns - names.length - 6))}`, "dim"));
  const body = lines.slice(from - 1, to).map((text, index) => {
    const line = from + index;
    const counters = moment.tasks.map(({ task, status, sites }) => {
      const next = inFile(sites) === line;
      const ran = step?.task === task && inFile(step.sites) === line;
      const role: Role = status === "blocked" ? "wait" : "strong";
      return span(left(next ? `  ${task}`.slice(-each) : ran ? "  <".slice(-each) : "", each), next ? role : "dim");
    });
    const here = now.includes(line);
    return row(
      ...counters,
      span(` ${right(String(line), 4)} `, "dim"),
      span(
        leftOfCode(text.replace(/\t/g, "  "), Math.max(0, columns - moment.tasks.length * each - 6)),
        here ? undefined : "dim",
      ),
    );
  });
  return [head, ...body].slice(0, height);
}

/** The lines to show, from 1: the declarations that the trace passes through, or the part of them around the current lines. */
function windowOf(
  lines: readonly string[],
  passed: readonly number[],
  now: readonly number[],
  height: number,
): { from: number; to: number } {
  const [first, last] = [Math.min(...passed), Math.max(...passed)];
  let from = first;
  while (from > 1 && /^(\s|[})\]])/.test(lines[from - 1] ?? "")) from--;
  let to = last;
  while (to < lines.length && !/^[})\]]/.test(lines[to - 1] ?? "")) to++;
  if (to - from + 1 <= height) return { from, to };
  // Not all fits: all lines that the trace passes through if those fit, else the current lines.
  const [low, high] = last - first + 1 <= height || now.length === 0 ? [first, last] : [Math.min(...now), Math.max(...now)];
  const spare = Math.max(0, height - (high - low + 1));
  const start = Math.max(from, Math.min(low - Math.ceil(spare / 2), to - height + 1));
  return { from: start, to: start + height - 1 };
}
