/** How one order of tasks ends under a strategy: as a row of a list, and read aloud. */
import { left, row, rowWidth, span, type TextRow, width } from "../../report/span.js";
import type { ReplayView } from "../../report/views.js";
import { reportWords } from "../../report/words.js";
import type { Context } from "../state.js";
import { say, screenWords } from "../words.js";

type Speaking = Pick<Context, "language">;

const NAME = 22;
const LEAST_RESULT = 28;

export const isBad = ({ broken, stuck }: ReplayView): boolean => broken.length > 0 || stuck;

/** The strategy, how the order ends, and what that has cost. */
export function replayRow(replay: ReplayView, columns: number, context: Speaking): TextRow {
  const { strategy, unknown, refused } = replay;
  const name = span(`${left(strategy, NAME)} `, "strong");
  if (refused !== null) return row(name, span(say(screenWords.replays.doesNotApply, context), "dim"));
  if (unknown) return row(name, span(`? ${say(reportWords.noAnswer, context)}`, "dim"));
  const cost = costOf(replay, context);
  const room = Math.max(LEAST_RESULT, columns - rowWidth([name]) - 2 - (cost ? width(cost) + 1 : 0));
  const said = resultOf(replay, context);
  return row(
    name,
    isBad(replay) ? span("✗ ", "bad") : span("✓ ", "good"),
    span(left(said, cost && width(said) < LEAST_RESULT ? LEAST_RESULT : room), isBad(replay) ? "bad" : undefined),
    span(` ${cost}`, "dim"),
  );
}

export function replayLine(replay: ReplayView, context: Speaking): string {
  const { strategy, unknown, refused } = replay;
  if (unknown) return `${strategy}: ${say(reportWords.noAnswer, context)}.`;
  if (refused !== null) return `${strategy}: ${say(screenWords.replays.doesNotApply, context)}.`;
  return `${strategy}: ${resultOf(replay, context)}, ${isBad(replay) ? "FAIL" : "ok"}.`;
}

const resultOf = ({ stuck, label }: ReplayView, context: Speaking): string =>
  stuck ? say(screenWords.replays.deadlock, context) : label;

const costOf = ({ waits, conflicts }: ReplayView, context: Speaking): string =>
  [
    ...(waits > 0 ? [say(screenWords.replays.timesWaited(waits), context)] : []),
    ...(conflicts > 0 ? [say(screenWords.replays.conflicts(conflicts), context)] : []),
  ].join(", ");
