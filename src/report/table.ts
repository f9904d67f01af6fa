import { inLanguage, type Language } from "../core/language.js";
import { stepLooks } from "./event.js";
import { clip, exactly, left, right, row, span, type TextRow } from "./span.js";
import { namesIn } from "./step-names.js";
import { accidentsIn, offFigures, type Step, stepName } from "./trace.js";

interface Options {
  readonly width: number;
  readonly height: number;
  readonly cursor: number;
  readonly tasks: readonly number[];
  readonly name: (task: number) => string;
  readonly names: { readonly actual: string; readonly done: string; readonly off: string };
  readonly language?: Language;
}

/** Columns for how far the figure is off: `34300 !`. */
const OFF = 8;

/** The steps as a table, one in each line: for narrow windows and for pipes. */
export function stepTable(
  steps: readonly Step[],
  { width, height, cursor, tasks, name, names, language = "en" }: Options,
): TextRow[] {
  const named = namesIn(steps);
  const isAccident = accidentsIn(steps);
  const offs = offFigures(steps);
  const lane = Math.max(9, Math.floor((width - 30) / Math.max(1, tasks.length)));
  const head = row(
    span(
      `   ${right(inLanguage(stepName, language), 4)}  ${tasks.map((task) => left(name(task), lane)).join("")}${right(clip(names.actual, 6), 7)}${right(clip(names.done, 5), 6)}${right(clip(names.off, 7), OFF)}`,
      "dim",
    ),
  );
  const seen = Math.max(1, height - 1);
  const first = Math.max(0, Math.min(steps.length - seen, cursor - Math.floor(seen / 2)));
  const lines = steps.slice(first, first + seen).map((step, index) => {
    const here = first + index === cursor;
    const off = offs[first + index]!;
    const { marks, role } = stepLooks(step, language, { named, isAccident: isAccident(step) });
    const waited = step.event?.waited ? "░ " : "";
    const mark = `${waited}${marks[0] ?? ""}`;
    return row(
      span(` ${here ? "▸" : " "} ${right(String(step.n), 4)}  `, here ? "strong" : "dim"),
      ...tasks.map((task) => (task === step.task ? span(left(mark, lane), role) : " ".repeat(lane))),
      right(String(step.actual), 7),
      right(String(step.done), 6),
      span(right(off.text, OFF), off.harm ? "bad" : undefined),
    );
  });
  return [head, ...lines].map((each) => exactly(each, width));
}

/** What happens in a step, as a sentence without a full stop. */
export function stepSentence(step: Step, name: (task: number) => string, language: Language = "en"): string {
  const { words } = stepLooks(step, language);
  const since = step.event?.waited ? step.event.asked : null;
  const who = step.task === null ? null : name(step.task);
  return inLanguage(
    {
      en: `${who ?? "The environment"} ${words}${since === null ? "" : `, after waiting since step ${since}`}`,
      ko: `${who === null ? "" : `${who}: `}${words}${since === null ? "" : `, ${since}단계부터 기다린 뒤`}`,
    },
    language,
  );
}
