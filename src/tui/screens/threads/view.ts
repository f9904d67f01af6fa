/** The texts of the lesson, the strategies with their results, and the interleaving. */

import { withoutCredentials } from "../../../core/credentials.js";
import type { RunProgress } from "../../../core/verdict.js";
import { si } from "../../../report/number.js";
import { resultCells, resultHead, resultSentences, resultWidth } from "../../../report/results.js";
import { afterImports, ruleOf } from "../../../report/source.js";
import { left, right, row, sentences, span, type TextRow, wrap } from "../../../report/span.js";
import { withBeside } from "../../parts/beside.js";
import { code } from "../../parts/code.js";
import { markdown } from "../../parts/markdown.js";
import { columns, filled, rule, ruleEnding, scrolled } from "../../parts/parts.js";
import type { Context } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { lanesPane } from "./lanes.js";
import { chosenStrategy, paneIn, panesFor, shownResult, type ThreadsState } from "./state.js";
import { threadsWords } from "./words.js";

/** Most rows of the texts where everything is on screen: a title, and the rule of an ordinary lesson. */
const TEXTS = 19;
/** Rows that the longest of the texts needs, with its title. */
function textsNeed({ content }: ThreadsState, { size }: Context): number {
  const { one, two, three } = thirds(size.columns);
  const { from, to } = ruleOf(content.code.text);
  const protections = content.strategies.map(({ source }) => code(source.text, three, afterImports(source.text)).length);
  const told = markdown(content.story, one - 2).length;
  return 1 + Math.max(told, code(content.code.text, two, from, to).length, ...protections);
}

/** Rows that the picture or the text has at least, in a low window and in others: the strategies share the rest. */
const LOW = 6;
const LEAST = 10;

export function threadsView(lesson: ThreadsState, model: Context, height: number): TextRow[] {
  const statusCount = 2;
  const table = strategies(model, lesson, Math.max(3, height - statusCount - (height < 20 ? LOW : LEAST)));
  const room = height - table.length - statusCount;
  const all = panesFor(model.size).length === 1;
  const upper = all ? Math.min(TEXTS, textsNeed(lesson, model)) : room;
  return [
    ...filled(all ? texts(model, lesson, upper) : pane(model, lesson, upper), upper),
    ruleEnding(table[0] ?? [], splits(model, lesson)),
    ...table.slice(1),
    ...filled(status(model, lesson), statusCount),
    ...(all ? filled(below(model, lesson, room - upper), room - upper) : []),
  ];
}

/** Columns where lines between the panes end on the rule of the strategies. */
function splits({ size }: Context, { pane }: ThreadsState): number[] {
  const { columns: width } = size;
  if (panesFor(size).length === 1) return [thirds(width).one, thirds(width).one + thirds(width).two + 1];
  const which = paneIn(size, pane);
  if (width < 100 || which === "lanes") return [];
  return [which === "story" ? halves(width).one : halves(width).two];
}

/** The rule needs 64 columns to be shown as it was written; the other texts share the rest. */
const halves = (width: number) => {
  const one = Math.max(35, Math.floor(width * 0.35));
  return { one, two: width - one - 1 };
};
const thirds = (width: number) => {
  const one = Math.floor((width - 66) * 0.42);
  return { one, two: 64, three: width - one - 64 - 2 };
};

/** The circumstances of the next run. */
export function circumstances({ content, think, workers }: ThreadsState, context: Context): TextRow {
  const { store, size } = context;
  const { requests } = content.load;
  const parts = [
    withoutCredentials(store),
    ...threadsWords.nextRunIn(workers, requests, think).map((text) => say(text, context)),
  ];
  return row(span((size.columns < 80 ? parts.slice(1) : parts).join("   "), "dim"));
}

function pane(model: Context, lesson: ThreadsState, height: number): TextRow[] {
  const width = model.size.columns;
  const which = paneIn(model.size, lesson.pane);
  const shown = shownResult(lesson);
  if (which === "lanes") return shown ? lanesPane(lesson, shown, model, height, true) : notYet(lesson, model);
  if (width >= 100) {
    const { one, two } = halves(width);
    return which === "story"
      ? columns(
          height,
          { width: one, rows: story(lesson, model, one, height) },
          { width: two, rows: theRule(lesson, model, two, height) },
        )
      : columns(
          height,
          { width: two, rows: theRule(lesson, model, two, height) },
          { width: one, rows: theStrategy(lesson, model, one, height) },
        );
  }
  if (which === "story") return story(lesson, model, width, height);
  return which === "rule" ? theRule(lesson, model, width, height) : theStrategy(lesson, model, width, height);
}

const texts = (model: Context, lesson: ThreadsState, height: number): TextRow[] => {
  const { columns: width } = model.size;
  const { one, two, three } = thirds(width);
  return columns(
    height,
    { width: one, rows: story(lesson, model, one, height) },
    { width: two, rows: theRule(lesson, model, two, height) },
    { width: three, rows: theStrategy(lesson, model, three, height) },
  );
};

const below = (model: Context, lesson: ThreadsState, height: number): TextRow[] => {
  const shown = shownResult(lesson);
  return withBeside(
    shown ? lanesPane(lesson, shown, model, height, false) : notYet(lesson, model),
    height,
    ["way", "keys"],
    model,
  );
};

const notYet = (lesson: ThreadsState, context: Context): TextRow[] => {
  const { columns: width } = context.size;
  const [before, after] = threadsWords.notYet;
  const strategy = span(chosenStrategy(lesson)?.id ?? "", "strong");
  const said = row(say(before, context), strategy, say(after, context));
  return [rule(width, say(screenWords.interleaving, context)), [], ...wrap(said, width - 2).map((line) => row(" ", line))];
};

const story = (lesson: ThreadsState, context: Context, width: number, height: number): TextRow[] =>
  scrolled(
    say(screenWords.story, context),
    width,
    height,
    markdown(lesson.content.story, width - 2).map((line) => row(" ", line)),
    lesson.scroll,
    context,
  );

function theRule({ content, scroll }: ThreadsState, context: Context, width: number, height: number): TextRow[] {
  const { from, to } = ruleOf(content.code.text);
  return scrolled(content.code.file, width, height, code(content.code.text, width, from, to), scroll, context);
}

function theStrategy(lesson: ThreadsState, context: Context, width: number, height: number): TextRow[] {
  const strategy = chosenStrategy(lesson);
  if (!strategy) return [];
  return scrolled(
    strategy.source.file,
    width,
    height,
    code(strategy.source.text, width, afterImports(strategy.source.text)),
    lesson.scroll,
    context,
  );
}

/**
 * The strategies: with its result each one that has run, with its summary each one that has not. Of more than `most` rows those
 * around the chosen one; the last row says how many are left out.
 */
function strategies(model: Context, lesson: ThreadsState, most: number): TextRow[] {
  const { columns: width } = model.size;
  const tally = Object.values(lesson.results)[0]?.observation.tally ?? { name: "final" };
  const names = 20;
  const room = Math.min(width - names, 64);
  const numbers = resultWidth(tally, room);
  const ran = Object.keys(lesson.results).length > 0;
  const summary = width - names - numbers;
  const head = ran
    ? row(
        rule(names, say(screenWords.strategies, model)),
        resultHead(tally, room, model.language),
        summary > 0 ? span(" ".padEnd(summary, "─"), "dim") : "",
      )
    : rule(width, say(screenWords.strategies, model));
  const { strategies } = lesson.content;
  const kept = strategies.length + 1 > most ? most - 2 : strategies.length;
  const first = Math.max(0, Math.min(strategies.length - kept, lesson.chosen - Math.floor(kept / 2)));
  const more = strategies.length - kept;
  const said = more > 0 ? [row(span(`      ${say(threadsWords.moreStrategies(more), model)}`, "dim"))] : [];
  return [
    head,
    ...strategies.slice(first, first + kept).map(({ id, summary: does }, place) => {
      const index = first + place;
      const here = index === lesson.chosen;
      const result = lesson.results[id];
      const start = span(
        // Of ten and more, only the first nine have a key.
        `${here ? " ▸" : "  "} ${index < 9 ? index + 1 : " "}  ${left(id, names - 7)} `,
        here ? "strong" : undefined,
      );
      const says = (columns: number) => span(left(does, columns), "dim");
      if (!result)
        return row(
          start,
          lesson.running?.request.strategy === id ? span(say(threadsWords.running, model), "strong") : says(width - names),
        );
      return row(start, resultCells(result.observation, room), summary > 34 ? row("   ", says(summary - 3)) : "");
    }),
    ...said,
  ];
}

function status(model: Context, lesson: ThreadsState): TextRow[] {
  const { columns: width } = model.size;
  const strategy = chosenStrategy(lesson);
  const shown = shownResult(lesson);
  if (lesson.running)
    return running(lesson.running.request.strategy, lesson.running.progress, model, lesson.running.request.requests);
  const packed = (said: readonly TextRow[]): TextRow[] => sentences(said, width - 2, 2).map((line) => row(" ", line));
  if (shown) return packed(resultSentences(shown.observation, model.language));
  const cost = row(span(strategy?.id ?? "", "strong"), say(threadsWords.givesUp(strategy?.cost ?? ""), model));
  const next = row(span(say(threadsWords.nextRun(lesson.workers, lesson.content.load.requests, lesson.think), model), "dim"));
  return packed([cost, next]);
}

function running(strategy: string, progress: RunProgress | null, context: Context, requests: number): TextRow[] {
  const { columns: width } = context.size;
  const done = progress?.done ?? 0;
  const bar = Math.max(10, Math.min(40, width - 60));
  const full = done === 0 ? 0 : Math.max(1, Math.floor((bar * done) / Math.max(1, requests)));
  return [
    row(
      ` ${say(threadsWords.running, context)} `,
      span(strategy, "strong"),
      "  ",
      span("█".repeat(full), "write"),
      span("░".repeat(bar - full), "dim"),
      ` ${right(String(done), String(requests).length)} ${say(threadsWords.doneOf(requests), context)}`,
    ),
    row(" ", span(say(threadsWords.underWay(si(progress?.operations ?? 0), progress?.running ?? 0), context), "dim")),
  ];
}
