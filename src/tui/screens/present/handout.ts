/** The whole presentation as lines: what is printed where there is no terminal to draw on. */
import { rowsText, spokenIn } from "../../../report/text.js";
import type { Services } from "../../services.js";
import type { Context, OpenLesson } from "../../state.js";
import { find } from "./find.js";
import { beatAt, presentationOf, withFound } from "./state.js";
import { beatRows } from "./view.js";

export async function handout(lesson: OpenLesson, services: Services, signal: AbortSignal): Promise<string> {
  const found = await find(lesson, services.explorer, { on() {}, soFar() {} }, signal);
  const state = withFound(presentationOf(lesson, false), lesson, found);
  const context: Context = {
    size: { columns: 80, rows: 24 },
    lessons: services.lessons(),
    lesson,
    store: "memory:",
    workers: 1,
    language: services.language,
    remembered: services.remember.get,
    notice: null,
    working: [],
    trail: [],
    seeking: null,
  };
  const texts = state.beats.flatMap((_, beat) => {
    const here = { ...state, place: { beat, blank: false } };
    // Of steps and verdicts the last beat shows all.
    const [one, next] = [beatAt(here), beatAt(here, 1)];
    if ((one?.kind === "steps" || one?.kind === "strategies") && next?.kind === one.kind) return [];
    if (one?.kind === "question" && !one.answered) return [];
    const lines = rowsText(beatRows(here, context), spokenIn(context.language))
      .split("\n")
      .map((line) => line.trimEnd());
    // The room reads lines with space between them; on paper they stand together.
    if (one?.kind === "story") return [lines.filter((line) => line !== "").join("\n")];
    const text = lines.join("\n");
    return [text.replace(/\n{3,}/g, "\n\n").replace(/^\n+|\n+$/g, "")];
  });
  return `${texts.join(`\n\n${"-".repeat(40)}\n\n`)}\n`;
}
