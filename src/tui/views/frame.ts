import { exactly, type Row, row, span, wrap } from "../../report/span.js";
import { type Model, smallest, tooSmall } from "../state.js";
import { helpView } from "./help.js";
import { lessonView } from "./lesson.js";
import { lessonsView } from "./lessons.js";
import { filled } from "./parts.js";

/**
 * The whole screen as rows, each exactly as wide as the terminal, and one row less than it is high: what
 * is written into the last row makes some terminals scroll, and Ink clear everything.
 */
export function frame(model: Model): Row[] {
  const { columns, rows } = model.size;
  return filled(screen(model), Math.max(1, rows - 1)).map((each) => exactly(each, columns));
}

function screen(model: Model): Row[] {
  if (tooSmall(model.size)) return small(model);
  if (model.help) return helpView(model);
  return model.screen === "lesson" && model.lesson ? lessonView(model, model.lesson) : lessonsView(model);
}

const small = ({ size }: Model): Row[] => [
  ...wrap(
    row(`racelab needs ${smallest.columns} x ${smallest.rows}, this window is ${size.columns} x ${size.rows}.`),
    size.columns,
  ),
  ...wrap(
    row("Make it larger: everything is kept. Until then all keys are off but one.   ", span("q", "key"), " quit"),
    size.columns,
  ),
];
