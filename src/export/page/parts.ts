/** The parts of the page that change from step to step, as HTML: written once to disk, and again in the browser. */
import type { Language } from "../../core/language.js";
import type { Operation } from "../../core/operation.js";
import { value } from "../../report/event.js";
import { commonBeginning } from "../../report/labels.js";
import { count } from "../../report/number.js";
import { width } from "../../report/span.js";
import { type DrawnSvg, escaped, lanesSvg, legendSvg } from "../../report/svg.js";
import { offFigures, type Step } from "../../report/trace.js";
import type { DescribedSteps, StoreAtStart } from "./columns.js";
import { isMixed, type PageCode, type PageData, type PageEnd, type PageSide, type PageStep } from "./data.js";
import { inWords, type Words } from "./words.js";

/** An execution as the page shows it: the recorded one, or one that its visitor chose. */
export interface ShownExecution {
  readonly side: PageSide;
  readonly steps: readonly PageStep[];
  readonly described: DescribedSteps;
  /** States of the map, from the start on; one more than steps. */
  readonly path: readonly number[];
  /** Labels of the ends that can still be reached, for each state of the path. */
  readonly possible: readonly (readonly string[])[];
  /** The step (from 1) after which no right end can be reached any more. */
  readonly lastChance: number | null;
}

export const storeAtStart = ({ map, actual }: PageSide): StoreAtStart => {
  const rows = map.states[map.path[0]!]!.rows;
  return { rows: map.rows[rows]!, actual: actual[rows]! };
};

export const taskNumbers = ({ map }: PageSide): number[] => map.states[0]!.tasks.map((_, task) => task + 1);

/** Columns under a step. If the possible ends of one step need more, they are counted under every step. */
const FITS = 11;

/** What can still happen, to stand under each step: "97 98 99", or "2 of 5". */
export function endCells({ side, possible, described }: ShownExecution, words: Words): { name: string; cells: string[] } {
  const all = [...new Set([...possible.flat(), ...side.ends.map(({ label }) => label)])];
  const shared = commonBeginning(all).length;
  const short = (label: string) => label.slice(shared);
  const listed = described.columns.map((_, column) => (possible[column + 1] ?? []).map(short).join(" "));
  const fits = listed.every((cell) => width(cell) <= FITS);
  return {
    name: words("endsAt"),
    cells: fits
      ? listed
      : described.columns.map((_, column) =>
          words("countOf")
            .replace("ALL", String(side.ends.length))
            .replace("N", String(possible[column + 1]?.length ?? 0)),
        ),
  };
}

interface LaneLook {
  /** Steps taken: 0 is before the first. Null: the whole execution, no step is the current one. */
  readonly position: number | null;
  /** Are the steps after the position hidden? */
  readonly covered?: boolean;
  /** The task whose lane stands out; null: none. */
  readonly follow?: number | null;
  /** Width in the units of the lanes. */
  readonly room: number;
}

export function drawLanes(data: PageData, shown: ShownExecution, { position, covered, follow, room }: LaneLook): DrawnSvg {
  const { tally, title } = data;
  const words = inWords(data.language);
  const { described, side } = shown;
  return lanesSvg(described.columns, {
    tasks: taskNumbers(side),
    name: (task) => `${words("task")} ${task}`,
    names: { step: words("laneStep"), actual: tally.name, done: tally.done, off: tally.off },
    ends: endCells(shown, words),
    cursor: position === null ? null : position - 1,
    covered: covered && position !== null ? position - 1 : undefined,
    follow,
    lastChance: shown.lastChance === null ? null : shown.lastChance - 1,
    compact: data.sides.length > 1,
    room,
    title: `${title}, ${side.trace.strategy}, ${side.trace.schedule}`,
    description: described.sentences
      .map((sentence, index) => `${words("nthStep").replace("N", String(index + 1))} ${sentence}`)
      .join(" "),
  });
}

/** Units of the lanes to one rem of the page: so letters of the lanes are as high as the text of the page. */
export const UNITS = 24;
export const laneFigure = ({ svg, width, height }: DrawnSvg): string =>
  `<svg class="lanes" role="img" viewBox="0 0 ${width} ${height}" width="${width / UNITS}rem" height="${height / UNITS}rem">${svg}</svg>`;

/** The legend of the lanes, under them: it does not move with their steps. */
export function legendFigure({ legend }: DrawnSvg, room: number, language: Language): string {
  const { svg, height } = legendSvg(legend, room, language);
  return `<svg class="lanes" role="img" viewBox="0 0 ${room} ${height}" width="${room / UNITS}rem" height="${height / UNITS}rem">${svg}</svg>`;
}

const operationWords = (operation: Operation): string =>
  `${operation.kind.replaceAll("-", " ")}${"key" in operation ? ` ${operation.key}` : "lock" in operation ? ` ${operation.lock}` : ""}`;

/** The store, the tasks and what can still happen, after `position` steps. */
export function statePane(shown: ShownExecution, position: number, words: Words): string {
  const { side, steps, path, possible } = shown;
  const { map } = side;
  const state = map.states[path[position]!]!;
  const before = position > 0 ? map.rows[map.states[path[position - 1]!]!.rows]! : {};
  const head = position === 0 ? words("start") : `${words("after")} ${position} ${words("of")} ${steps.length}`;
  const rows = Object.entries(map.rows[state.rows]!).map(([key, row]) => {
    const changed = position > 0 && JSON.stringify(before[key]) !== JSON.stringify(row);
    return `<tr${changed ? ' class="changed"' : ""}><th scope="row">${escaped(key)}</th><td>${escaped(row === null ? words("nothing") : value(row))}</td></tr>`;
  });
  const tasks = state.tasks.map((each, index) => {
    const { status, operation, blockedBy, outcome } = map.tasks[each]!;
    const says =
      status === "blocked"
        ? `${words("waits")} ${blockedBy.join(", ") || "?"}`
        : operation
          ? `${words("next")}: ${operationWords(operation)}`
          : `${words("ended")}${outcome ? `: ${words(outcome.status)}` : ""}`;
    return `<tr class="${status}"><th scope="row">${escaped(words("task"))} ${index + 1}</th><td>${escaped(says)}</td></tr>`;
  });
  return `<div><h2>${escaped(head)}</h2><table class="rows">${rows.join("")}${tasks.join("")}</table></div>
<div><h2>${escaped(words("ends"))} <small>${escaped(`· ${words("share")} ${count(BigInt(side.schedules), words("schedule"), words("schedules"))}`)}</small></h2>${histogram(side.ends, possible[position] ?? [], words)}</div>`;
}

/** Rows of the histogram that fit beside the code. */
const MOST_ENDS = 6;

/** Every way to end, how many schedules end so, and whether it is still possible. */
function histogram(ends: readonly PageEnd[], possible: readonly string[], words: Words): string {
  const most = Math.max(...ends.map(({ share }) => share), Number.MIN_VALUE);
  const open = (end: PageEnd) => Number(possible.includes(end.label));
  // The order is the same for every step, unless there are too many ends: then those that are still possible come first.
  const sorted = ends.length > MOST_ENDS ? [...ends].sort((one, other) => open(other) - open(one)) : ends;
  const rows = sorted.slice(0, MOST_ENDS).map((end) => {
    const { label, schedules, share, violates, wrong } = end;
    const open = possible.includes(label);
    const bar = Math.max(1, Math.round((share / most) * 100));
    const mark = violates.length > 0 ? '<b class="wrong">✗</b>' : '<b class="right">✓</b>';
    const some = isMixed(end)
      ? ` <small>${escaped(words("odds").replace("ALL", schedules).replace("WRONG", wrong))}</small>`
      : "";
    const only = open && possible.length === 1 ? ' aria-current="true"' : "";
    return `<tr class="${open ? "open" : "gone"}"${only}><th scope="row">${mark} ${escaped(label)}${some}</th><td><svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${bar}" height="10"/></svg></td><td class="figure" title="${schedules}">${(share * 100).toFixed(1)}%${open ? "" : `<span class="unseen"> ${escaped(words("gone"))}</span>`}</td></tr>`;
  });
  const more = ends.length > MOST_ENDS ? `<tr><td colspan="3">+ ${ends.length - MOST_ENDS}</td></tr>` : "";
  return `<table class="ends">${rows.join("")}${more}</table>`;
}

/** What one step did, for the row under the lanes. */
export function explanation(shown: ShownExecution, position: number, words: Words): string {
  const { described, lastChance } = shown;
  if (position === 0) return "";
  const gone = lastChance === position ? ` <strong class="wrong">⊘ ${escaped(words("lost"))}.</strong>` : "";
  return `<b>${position}</b> ${escaped(described.sentences[position - 1] ?? "")}${gone}`;
}

/** The steps as a table with a head. */
export function stepsTable({ tally }: PageData, { steps, described, possible }: ShownExecution, words: Words): string {
  const head = [words("step"), words("who"), words("what"), words("line"), tally.name, tally.done, tally.off, words("ends")];
  const offs = offFigures(described.columns);
  const body = steps.map((step, index) => {
    const column = described.columns[index] as Step;
    const cells = [
      step.task === null ? "" : `${words("task")} ${step.task}`,
      described.sentences[index] ?? "",
      step.at?.split("/").at(-1) ?? "",
      String(column.actual),
      String(column.done),
      offs[index]!.text,
      (possible[index + 1] ?? []).join(", "),
    ];
    const problem = described.problems.includes(index) ? ' class="problem"' : "";
    return `<tr${problem} data-step="${index + 1}"><th scope="row">${step.n}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`;
  });
  return `<thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join("")}</tr></thead><tbody>${body.join("")}</tbody>`;
}

/** Source as people wrote it. Each line has its `file:line`, so that a step can point at it. */
export const codeFigure = ({ file, from, lines }: PageCode): string =>
  `<figure><figcaption>${escaped(file)}</figcaption><pre tabindex="0"><code>${lines
    .map(
      (line, index) =>
        `<span class="line" data-at="${escaped(`${file}:${from + index}`)}"><i class="tasks"></i><i class="no">${from + index}</i>${escaped(line) || " "}</span>`,
    )
    .join("")}</code></pre></figure>`;
