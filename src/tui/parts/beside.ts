/**
 * What is worth reading beside a screen, for the rows that it leaves free in a large window: the strategies of the lesson with
 * what they cost, the way through the lesson, the rule. The heights of a screen depend on the window and on what it shows, never
 * on the step that one looks at: nothing jumps while one steps.
 */
import { ruleOf } from "../../report/source.js";
import { left, row, span, type TextRow, width as widthOf } from "../../report/span.js";
import { stagesDoneKey } from "../remembered.js";
import type { Context, OpenLesson } from "../state.js";
import { say, screenWords } from "../words.js";
import { code } from "./code.js";
import { filled, rule } from "./parts.js";

export type Beside = "strategies" | "way" | "rule" | "keys";

/** At most `room` rows of these, in this order; of the last one that is shown, what fits. */
export function beside(which: readonly Beside[], context: Context, width: number, room: number): TextRow[] {
  if (!context.lesson) return [];
  const rows: TextRow[] = [];
  for (const one of which) {
    // A title and one line under it say too little.
    if (room - rows.length < 3) break;
    const [title = [], ...all] = contents[one](context, context.lesson, width);
    const free = room - rows.length - 1;
    const cut = all.length > free ? [...all.slice(0, free - 1), moreRow(all.length - free + 1, context)] : all;
    rows.push(title, ...cut);
  }
  return rows;
}

/** The rows, and below them what is worth reading, `height` rows in all. */
export const withBeside = (rows: readonly TextRow[], height: number, which: readonly Beside[], context: Context): TextRow[] =>
  filled([...rows, ...beside(which, context, context.size.columns, height - rows.length)], height);

const moreRow = (n: number, context: Context): TextRow => row(span(`   ${say(screenWords.moreRows(n), context)}`, "dim"));

type Contents = (context: Context, lesson: OpenLesson, width: number) => TextRow[];

/** Each strategy with what it does, and what it gives up where there is room. */
const strategies: Contents = (context, { content }, width) => {
  const names = Math.min(26, Math.max(...content.strategies.map(({ id }) => widthOf(id))) + 2);
  const room = width - names - 5;
  const half = room >= 90 ? Math.floor(room * 0.5) : room;
  return [
    rule(width, say(screenWords.itsStrategies, context), half < room ? say(screenWords.whatTheyCost, context) : ""),
    ...content.strategies.map(({ id, summary, cost }) =>
      row(
        span(`   ${left(id, names)}`, "strong"),
        left(summary, half),
        half < room ? row("  ", span(left(cost, room - half - 2), "dim")) : "",
      ),
    ),
  ];
};

/** What each stage of the lesson is for. */
const way: Contents = (context, { summary }, width) => {
  const done = (context.remembered(stagesDoneKey(summary.id)) as readonly string[] | undefined) ?? [];
  return [
    rule(width, say(screenWords.wayThrough, context)),
    ...screenWords.way.map(({ id, name, says }, index) =>
      row(
        "   ",
        span(String(index + 1), "key"),
        ` ${left(say(name, context), 16)}`,
        done.includes(id) ? span("✓ ", "good") : "  ",
        span(left(say(says, context), width - 24), "dim"),
      ),
    ),
  ];
};

const theRule: Contents = (_, { content }, width) => {
  const { from, to } = ruleOf(content.code.text);
  return [rule(width, content.code.file), ...code(content.code.text, width, from, to)];
};

/** The keys that are the same on every screen. */
const keys: Contents = (context, _, width) => [
  rule(width, say(screenWords.keysEverywhere, context)),
  ...screenWords.everyKey.map(({ key, does }) => row("   ", span(left(key, 8), "key"), span(say(does, context), "dim"))),
];

const contents: Readonly<Record<Beside, Contents>> = { strategies, way, rule: theRule, keys };
