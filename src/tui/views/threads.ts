/** One lesson: its texts, the strategies with what they came to, and the interleaving. */
import type { Progress } from "../../core/verdict.js";
import { count, si } from "../../report/number.js";
import { resultCells, resultHead, resultWidth, verdict } from "../../report/results.js";
import { afterImports, ruleOf } from "../../report/source.js";
import { left, type Row, right, row, sentences, span, wrap } from "../../report/span.js";
import type { Context } from "../state.js";
import { chosenStrategy, paneIn, panesFor, shownResult, type ThreadsState } from "../threads.js";
import { code } from "./code.js";
import { lanesPane } from "./lanes.js";
import { markdown } from "./markdown.js";
import { columns, ended, filled, noticeRow, rule, scrolled } from "./parts.js";

/** Rows for the texts where everything is on screen: a title, and the rule of an ordinary lesson. */
const TEXTS = 19;

export function threadsView(lesson: ThreadsState, model: Context, height: number): Row[] {
  const { columns: width } = model.size;
  const statusCount = 2;
  const table = strategies(model, lesson);
  const room = height - table.length - statusCount;
  const all = panesFor(model.size).length === 1;
  const upper = all ? TEXTS : room;
  return [
    ...filled(all ? texts(lesson, width, upper) : pane(model, lesson, upper), upper),
    ended(table[0] ?? [], splits(model, lesson)),
    ...table.slice(1),
    ...filled(status(model, lesson), statusCount),
    ...(all ? filled(below(model, lesson, room - upper), room - upper) : []),
  ];
}

/** Where lines between panes come down on the strategies. */
function splits({ size }: Context, { pane }: ThreadsState): number[] {
  const { columns: width } = size;
  if (panesFor(size).length === 1) return [thirds(width).one, thirds(width).one + thirds(width).two + 1];
  const which = paneIn(size, pane);
  if (width < 100 || which === "lanes") return [];
  return [which === "story" ? halves(width).one : halves(width).two];
}

/** The rule needs 64 columns to stand as it was written; the other text has what is left. */
const halves = (width: number) => {
  const one = Math.max(35, Math.floor(width * 0.35));
  return { one, two: width - one - 1 };
};
const thirds = (width: number) => {
  const one = Math.floor((width - 66) * 0.42);
  return { one, two: 64, three: width - one - 64 - 2 };
};

/** What the next run will be like. */
export function circumstances({ content, think, workers }: ThreadsState, { store, size }: Context): Row {
  const { requests } = content.load;
  const parts = [store, count(workers, "thread"), count(requests, "request"), `think ${think} ms`];
  return row(span((size.columns < 80 ? parts.slice(1) : parts).join("   "), "dim"));
}

function pane(model: Context, lesson: ThreadsState, height: number): Row[] {
  const width = model.size.columns;
  const which = paneIn(model.size, lesson.pane);
  const shown = shownResult(lesson);
  if (which === "lanes") return shown ? lanesPane(lesson, shown, model.size, height, true) : notYet(lesson, width);
  if (width >= 100) {
    const { one, two } = halves(width);
    return which === "story"
      ? columns(height, { width: one, rows: story(lesson, one, height) }, { width: two, rows: theRule(lesson, two, height) })
      : columns(
          height,
          { width: two, rows: theRule(lesson, two, height) },
          { width: one, rows: theStrategy(lesson, one, height) },
        );
  }
  if (which === "story") return story(lesson, width, height);
  return which === "rule" ? theRule(lesson, width, height) : theStrategy(lesson, width, height);
}

const texts = (lesson: ThreadsState, width: number, height: number): Row[] => {
  const { one, two, three } = thirds(width);
  return columns(
    height,
    { width: one, rows: story(lesson, one, height) },
    { width: two, rows: theRule(lesson, two, height) },
    { width: three, rows: theStrategy(lesson, three, height) },
  );
};

const below = (model: Context, lesson: ThreadsState, height: number): Row[] => {
  const shown = shownResult(lesson);
  return shown ? lanesPane(lesson, shown, model.size, height, false) : notYet(lesson, model.size.columns);
};

const notYet = (lesson: ThreadsState, width: number): Row[] => {
  const strategy = span(chosenStrategy(lesson)?.id ?? "", "strong");
  const words = row("Nothing has run under ", strategy, " yet. Enter runs it; here you will see who read and who wrote when.");
  return [rule(width, "Interleaving"), [], ...wrap(words, width - 2).map((line) => row(" ", line))];
};

const story = (lesson: ThreadsState, width: number, height: number): Row[] =>
  scrolled(
    "Story",
    width,
    height,
    markdown(lesson.content.story, width - 2).map((line) => row(" ", line)),
    lesson.scroll,
  );

function theRule({ content, scroll }: ThreadsState, width: number, height: number): Row[] {
  const { from, to } = ruleOf(content.code.text);
  return scrolled(content.code.file, width, height, code(content.code.text, width, from, to), scroll);
}

function theStrategy(lesson: ThreadsState, width: number, height: number): Row[] {
  const strategy = chosenStrategy(lesson);
  if (!strategy) return [];
  return scrolled(
    strategy.source.file,
    width,
    height,
    code(strategy.source.text, width, afterImports(strategy.source.text)),
    lesson.scroll,
  );
}

/** The strategies to choose from; one that has run shows what it came to, one that has not says what it does. */
function strategies(model: Context, lesson: ThreadsState): Row[] {
  const { columns: width } = model.size;
  const tally = Object.values(lesson.results)[0]?.observation.tally.name ?? "final";
  const names = 20;
  const room = Math.min(width - names, 64);
  const numbers = resultWidth(tally, room);
  const ran = Object.keys(lesson.results).length > 0;
  const summary = width - names - numbers;
  const head = ran
    ? row(rule(names, "Strategies"), resultHead(tally, room), summary > 0 ? span(" ".padEnd(summary, "─"), "dim") : "")
    : rule(width, "Strategies");
  return [
    head,
    ...lesson.content.strategies.map(({ id, summary: does }, index) => {
      const here = index === lesson.chosen;
      const result = lesson.results[id];
      const start = span(
        `${here ? " ▸" : "  "} ${right(String(index + 1), 1)}  ${left(id, names - 6)}`,
        here ? "strong" : undefined,
      );
      const says = (columns: number) => span(left(does, columns), "dim");
      if (!result) return row(start, lesson.running?.request.strategy === id ? span("running", "strong") : says(width - names));
      return row(start, resultCells(result.observation, room), summary > 34 ? row("   ", says(summary - 3)) : "");
    }),
  ];
}

function status(model: Context, lesson: ThreadsState): Row[] {
  const { columns: width } = model.size;
  const strategy = chosenStrategy(lesson);
  const shown = shownResult(lesson);
  if (model.notice) return [noticeRow(model)];
  if (lesson.running)
    return running(lesson.running.request.strategy, lesson.running.progress, width, lesson.running.request.requests);
  const packed = (said: readonly Row[]): Row[] => sentences(said, width - 2, 2).map((line) => row(" ", line));
  if (shown) return packed(verdict(shown.observation));
  const wide = lesson.think > 0 ? `; ${lesson.think} ms between reading and writing widens the race` : "";
  const cost = row(span(strategy?.id ?? "", "strong"), ` gives up: ${strategy?.cost}.`);
  const next = row(span(`${count(lesson.workers, "thread")}, ${count(lesson.content.load.requests, "request")}${wide}.`, "dim"));
  return packed([cost, next]);
}

function running(strategy: string, progress: Progress | null, width: number, requests: number): Row[] {
  const done = progress?.done ?? 0;
  const bar = Math.max(10, Math.min(40, width - 60));
  const full = done === 0 ? 0 : Math.max(1, Math.floor((bar * done) / Math.max(1, requests)));
  return [
    row(
      " running ",
      span(strategy, "strong"),
      "  ",
      span("█".repeat(full), "write"),
      span("░".repeat(bar - full), "dim"),
      ` ${right(String(done), String(requests).length)} of ${count(requests, "request")} done`,
    ),
    row(
      " ",
      span(`${si(progress?.operations ?? 0)} operations, ${progress?.running ?? 0} requests under way. Ctrl+C stops it.`, "dim"),
    ),
  ];
}
