/** The menu of strategies, sizes and faults, as rows. */
import { exactly, left, row, span, type TextRow } from "../../../report/span.js";
import { filled, rule } from "../../parts/parts.js";
import { replayRow } from "../../parts/replays.js";
import { taught } from "../../parts/taught.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { menuOptions, type Option, originalOf } from "./menu.js";
import type { InterleavingState } from "./state.js";
import { interleavingWords } from "./words.js";

/** Exactly `room` rows: the title, and as many lines as fit around the marked one. */
export function menuRows(state: InterleavingState, context: Context, room: number, whole: boolean): TextRow[] {
  const { columns: width } = context.size;
  const options = menuOptions(state, context);
  const marked = state.menu?.marked ?? 0;
  const height = room - 1;
  const first = Math.max(0, Math.min(marked - Math.floor(height / 2), options.length - height));
  const order = taught(context, whole).time ? (originalOf(state)?.schedule ?? "") : "";
  const more = options.length > height ? `${first + 1}-${Math.min(options.length, first + height)} / ${options.length}` : "";
  const lines = options.slice(first, first + height).map((option, index) => {
    const here = first + index === marked;
    const number = first + index < 9 ? String(first + index + 1) : " ";
    return row(span(here ? " ▸ " : "   ", "strong"), span(`${number}  `, "key"), optionRow(option, width - 6, state, context));
  });
  return filled([rule(width, say(interleavingWords.strategiesTitle(order), context), more), ...lines], room);
}

/** Columns for the result of a strategy, and the fewest that a sentence on it is worth. */
const RESULT = 76;
const LEAST_SUMMARY = 40;

function optionRow(option: Option, width: number, state: InterleavingState, context: Context): TextRow {
  switch (option.kind) {
    case "strategy": {
      const { content } = context.lesson as OpenLesson;
      if (!option.replay) return row(span(left(option.name, 23), "strong"), span("…", "dim"));
      const summary = content.strategies.find(({ id }) => id === option.name)?.summary ?? "";
      const room = width - RESULT - 1;
      if (room < LEAST_SUMMARY) return replayRow(option.replay, width, context);
      return row(exactly(replayRow(option.replay, RESULT, context), RESULT), span(` ${left(summary, room)}`, "dim"));
    }
    case "size":
      return row(
        span(left(sizeName(option.name, state, context), 23), "strong"),
        ...option.values.flatMap((value) => [
          span(value === option.value ? `[${value}]` : ` ${value} `, value === option.value ? "cursor" : undefined),
          " ",
        ]),
      );
    case "fault":
      return row(
        span(left(faultName(option.name, context), 35), "strong"),
        ...([false, true] as const).flatMap((on) => {
          const word = say(on ? interleavingWords.on : interleavingWords.off, context);
          return [span(on === option.on ? `[${word}]` : ` ${word} `, on === option.on ? "cursor" : undefined), " "];
        }),
      );
  }
}

/** "buyers": the number of tasks by the lesson's word for who they are, where it is one word. */
export function sizeName(name: string, state: InterleavingState, context: Context): string {
  const called = new Set((originalOf(state)?.names ?? []).map((one) => one.replace(/ \d+$/, "")));
  const [who = ""] = called;
  if (name !== "tasks" || called.size !== 1 || /\d/.test(who)) return name;
  return context.language === "ko" ? who : `${who}${who.endsWith("s") ? "es" : "s"}`;
}

/** "a lease expires once" */
export const faultName = (name: string, context: Pick<Context, "language">): string =>
  say(screenWords.faults[name] ?? { en: name, ko: name }, context);
