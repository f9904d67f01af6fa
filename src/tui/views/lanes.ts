/** The interleaving around one place: lanes or table, and in words what happened. */

import type { History } from "../../core/history.js";
import { placeName } from "../../report/places.js";
import { type Row, row, rowWidth, sentences, span } from "../../report/span.js";
import { stepSentence, stepTable } from "../../report/table.js";
import { timeline } from "../../report/timeline.js";
import { loses, type Step } from "../../report/trace.js";
import type { Size } from "../state.js";
import { labelWidth, type Shown, shownSteps, type ThreadsState } from "../threads.js";
import { rule } from "./parts.js";

/** Lines of explanation at most. */
const MOST_WORDS = 4;
/** `req 7`; where there are several servers `s2 r7`: a lane has no room for more. */
const shortName =
  ({ servers }: History) =>
  (task: number): string =>
    servers ? `s${servers[task - 1]} r${task}` : `req ${task}`;
const long = (task: number): string => `Request ${task}`;

export function lanesPane(lesson: ThreadsState, shown: Shown, size: Size, height: number, focus: boolean): Row[] {
  const width = size.columns;
  const place = shown.places[shown.place];
  const steps = shownSteps(shown);
  if (!place || steps.length === 0) return [rule(width, "Interleaving"), row(" Nothing happened that could be drawn.")];
  const names = { actual: shown.observation.tally.name, done: lesson.content.done ?? "done", lost: "lost" };
  const which = placeName(shown.places, shown.place);
  const all = shown.observation.history.events.length;
  const asTable = lesson.table || width < 80;
  const title = rule(width, which, `step ${steps[shown.cursor]?.n ?? 1} of ${all}, ${who(place.tasks)} only`, focus);
  const common = { width, cursor: shown.cursor, tasks: place.tasks, name: shortName(shown.observation.history), names };
  const why = explanation(shown, place.explanation, steps, width);
  if (asTable) {
    const said = Math.min(why.length, height > 9 ? 4 : 0);
    return [title, ...stepTable(steps, { ...common, height: height - 1 - said }), ...why.slice(0, said)];
  }
  const drawn = timeline(steps, { ...common, label: labelWidth(width), cell: lesson.cell ?? undefined });
  const optional = { others: drawn.others, done: drawn.done };
  const must = 1 + 1 + drawn.lanes.length + 3;
  let room = height - must - Math.min(why.length, 3);
  const take = (row: Row | null): Row[] => (row && room-- > 0 ? [row] : []);
  const done = take(optional.done);
  const others = take(optional.others);
  const gap = take([]);
  const picture = [title, drawn.step, ...drawn.lanes, ...others, ...gap, drawn.actual, ...done, drawn.lost, drawn.time];
  const left = height - picture.length;
  const more = why.length + 1 <= left ? [[], ...why] : why.slice(0, left);
  return [...picture, ...more, ...(left > why.length + 3 ? [[], legend(steps, width)] : [])];
}

const who = (tasks: readonly number[]): string =>
  tasks.length === 1 ? `request ${tasks[0]}` : `requests ${tasks.slice(0, -1).join(", ")} and ${tasks.at(-1)}`;

/** At the heart of the place its explanation, elsewhere what the step does and why it matters. */
function explanation(shown: Shown, words: string, steps: readonly Step[], width: number): Row[] {
  const step = steps[shown.cursor];
  if (!step) return [];
  const told = shown.why?.(step.n - 1) ?? `${stepSentence(step, long)}.`;
  const said = step.n === shown.places[shown.place]?.at ? words : told;
  return sentences(
    said.split(/(?<=[.:]) (?=[A-Z])|(?<=\.) (?=[가-힣])/).map((sentence) => row(sentence)),
    width - 2,
    MOST_WORDS,
  ).map((each) => row(" ", each));
}

/** Only the marks that are in the picture, as many as fit. */
function legend(steps: readonly Step[], width: number): Row {
  const kinds = new Set(steps.flatMap(({ event }) => event?.operation.kind ?? []));
  const locks = kinds.has("acquire") || kinds.has("select-for-update");
  const some = (test: (step: Step) => boolean | undefined): boolean => steps.some((step) => test(step));
  const marks: readonly (readonly [boolean, string, string])[] = [
    [!kinds.has("update-where"), "R", "read"],
    [kinds.has("write"), "W", "write"],
    [kinds.has("compare-and-set"), "C", "compare and write"],
    [kinds.has("update-where"), "A", "test and write in one"],
    [kinds.has("acquire"), "L U", "lock, unlock"],
    [!locks && kinds.has("update-where") === false, "─", "holds a fresh copy"],
    [some(({ note }) => note.stale !== undefined), "~", "a stale copy"],
    [locks, "═", "holds a lock"],
    [some(({ event }) => event?.waited), "░", "waits for it"],
    [some(({ note }) => loses(note)), "!", "an update is lost"],
    [some(({ note }) => note.conflict), "✗", "conflict, nothing written"],
    [some(({ note }) => note.retry !== undefined), "↻", "again"],
    [some(({ hidden }) => hidden > 0), "+3", "steps of others in between"],
  ];
  const said: Row[] = marks.filter(([there]) => there).map(([, mark, words]) => row(span(mark, "key"), span(` ${words}`, "dim")));
  let out: Row = row(" ");
  for (const each of said) {
    if (rowWidth(out) + rowWidth(each) + 3 > width) break;
    out = row(out, out.length > 1 ? "   " : "", each);
  }
  return out;
}
