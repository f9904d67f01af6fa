/**
 * The lanes as shapes: the same columns, marks and stretches as in the terminal. In units of the picture a letter is 24
 * high; the picture may be scaled.
 */
import { inLanguage, type Language } from "../core/language.js";
import { type Lanes, lanesOf, type Stretch } from "./lanes.js";
import { type LegendEntry, legendEntries, writtenMarks } from "./legend.js";
import type { Palette } from "./palette.js";
import { visible, width } from "./span.js";
import { offFigures, type Step } from "./trace.js";

interface SvgOptions {
  readonly tasks: readonly number[];
  readonly name: (task: number) => string;
  readonly names: { readonly step: string; readonly actual: string; readonly done: string; readonly off: string };
  /** The ends that are still possible: the name of the row, and a text for each column. */
  readonly ends?: { readonly name: string; readonly cells: readonly string[] } | undefined;
  /** The current column; later ones are faint. Null: none is faint. */
  readonly cursor: number | null;
  /** Columns after this one are not drawn at all. */
  readonly covered?: number | undefined;
  /** The column after which no right end can be reached; null: there is none. */
  readonly lastChance?: number | null | undefined;
  /** The task whose lane is not faint; null: all. */
  readonly follow?: number | null | undefined;
  /** For two pictures on one screen: lower lanes, and no row for the requests that are done. */
  readonly compact?: boolean | undefined;
  /** The width in units. The columns share it, but are not narrower than their marks need. */
  readonly room: number;
  /** `title` and `description` are for screen readers. */
  readonly title: string;
  readonly description: string;
}

export interface DrawnSvg {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** In units: where the columns begin, and the width of each. */
  readonly left: number;
  readonly cell: number;
  /** What the marks and strokes mean that were drawn. */
  readonly legend: readonly LegendEntry[];
}

/** Width of one letter in the marks, and in the rows; heights of rows and boxes. All in units. */
const MARK = 16.9;
const LETTER = 14.5;
const STEP_ROW = 42;
const ROW = 34;
const BOX = 46;
/** The share of the current column that has happened. */
const NOW = 0.85;
/** Units from the beginning of a column to its arrow. */
const HEAD = 22;

export const escaped = (text: string): string =>
  visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The style sheet of the shapes. With `variables` as palette it follows the theme of a page. */
export const laneStyle = (colours: Palette): string =>
  `
.lanes text{font-family:"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:24px;fill:${colours.ink};white-space:pre}
.lanes .mark text{font-size:28px;font-weight:600}
.lanes .name,.lanes .number{fill:${colours.dim}}
.lanes .now{font-weight:700;fill:${colours.ink}}
.lanes .strong{font-weight:700}
.lanes .wrong{font-weight:700;fill:${colours.bad}}
.lanes .ground{fill:${colours.ground}}
.lanes .band{fill:${colours.band}}
.lanes .track{stroke:${colours.rule};stroke-width:1.5}
.lanes rect.box{stroke-width:2.5;fill:${colours.ground};stroke:${colours.dim}}
.lanes .read rect.box{fill:${colours.read};stroke:${colours.readEdge}}
.lanes .retry rect.box{fill:${colours.read};stroke:${colours.readEdge};stroke-dasharray:7 4}
.lanes .write rect.box{fill:${colours.write};stroke:${colours.writeEdge}}
.lanes .lock rect.box{fill:${colours.lock};stroke:${colours.lockEdge}}
.lanes .wait rect.box{stroke-dasharray:3 4}
.lanes .bad rect.box{fill:${colours.bad};stroke:${colours.bad}}
.lanes .bad text{fill:${colours.onBad}}
.lanes .copy{stroke:${colours.readEdge};stroke-width:4}
.lanes .held{stroke:${colours.lockEdge};stroke-width:14;opacity:.55}
.lanes .stale{stroke:${colours.bad};stroke-width:4;fill:none}
.lanes .waits{stroke:${colours.lockEdge};stroke-width:20;stroke-dasharray:3 7}
.lanes .arrow{stroke:${colours.bad};stroke-width:3.5;fill:none}
.lanes .head{fill:${colours.bad}}
.lanes .future,.lanes .aside{opacity:.28}
`.trim();

/** The width of a column: its share of the room, but at least what the marks need. */
function cellWidth(lanes: Lanes, columns: number, room: number): number {
  const needs = Math.max(...lanes.marks.map(({ marks }) => width(marks.at(-2) ?? marks[0] ?? "")), 3) * MARK + 30;
  return Math.round(Math.min(260, Math.max(room / Math.max(1, columns), needs)));
}

export function lanesSvg(columns: readonly Step[], options: SvgOptions): DrawnSvg {
  const { tasks, name, names, ends, cursor, lastChance } = options;
  const lanes = lanesOf(columns, tasks);
  const rows = [names.actual, ...(options.compact ? [] : [names.done]), names.off, ...(ends ? [ends.name] : [])];
  const left = Math.round(Math.max(...[...tasks.map(name), ...rows, names.step].map(width)) * LETTER + 28);
  const cell = cellWidth(lanes, columns.length, options.room - left);
  const lane = tasks.length > 5 || options.compact ? 52 : tasks.length > 3 ? 58 : 66;
  const box = Math.min(BOX, lane - 12);
  const x = (column: number): number => left + column * cell;
  const y = (place: number): number => STEP_ROW + place * lane + lane / 2;
  const below = STEP_ROW + tasks.length * lane + 8;
  const [total, height] = [left + columns.length * cell + 8, below + rows.length * ROW + 8];
  const shown = (column: number): boolean => options.covered === undefined || column <= options.covered;
  const future = (column: number): string => (cursor !== null && column > cursor ? " future" : "");
  const aside = (place: number | null): string =>
    options.follow && place !== null && tasks[place] !== options.follow ? " aside" : "";
  const written = writtenMarks(
    lanes.marks.map(({ marks }) => marks),
    (mark) => width(mark) * MARK + 26 <= cell,
  );
  const boxOf = (column: number): number => {
    const mark = written[column];
    return mark === undefined ? 0 : width(mark) * MARK + 18;
  };
  const text = (at: number, baseline: number, words: string, kind = ""): string =>
    `<text x="${round(at)}" y="${round(baseline)}"${kind.trim() && ` class="${kind.trim()}"`}>${escaped(words)}</text>`;

  const out: string[] = [];
  out.push(`<rect class="ground" width="${total}" height="${height}"/>`);
  if (cursor !== null && shown(cursor))
    out.push(`<rect class="band" x="${x(cursor) - 6}" y="0" width="${cell}" height="${height}" rx="8"/>`);
  for (const [place] of tasks.entries())
    out.push(`<line class="track" x1="${left}" x2="${total - 8}" y1="${y(place)}" y2="${y(place)}"/>`);
  for (const [column, step] of columns.entries())
    out.push(text(x(column) + 8, 31, String(step.n), `${column === cursor ? "now" : "number"}${future(column)}`));
  for (const stretch of lanes.stretches) {
    const spoiled = lanes.stretches.find(
      (other) => stretch.kind === "copy" && other.kind === "stale" && other.lane === stretch.lane && other.to === stretch.to,
    );
    const own = lanes.marks[stretch.from]?.lane === stretch.lane;
    const begin = x(stretch.from) + (own ? boxOf(stretch.from) : HEAD);
    const end = spoiled ? x(spoiled.from) + HEAD : x(stretch.to);
    // A stretch that goes on after the current column is drawn in two parts.
    const now = cursor === null ? end : Math.max(begin, Math.min(end, x(cursor) + cell * NOW));
    const kind = aside(stretch.lane);
    if (now > begin) out.push(stroke(stretch.kind, begin, now, y(stretch.lane), kind));
    if (end > now && options.covered === undefined) out.push(stroke(stretch.kind, now, end, y(stretch.lane), ` future${kind}`));
  }
  for (const { column, from, to } of lanes.arrows) {
    if (!shown(Math.ceil(column))) continue;
    const at = x(column) + HEAD;
    const up = from === null || from > to;
    const tip = y(to) + (up ? 8 : -8);
    const kind = `${future(Math.ceil(column))}${aside(to)}`.trim();
    const shaft = from === null ? "" : `<path class="arrow" d="M${at} ${y(from) + (up ? -box / 2 : box / 2)}V${tip}"/>`;
    const side = up ? 14 : -14;
    out.push(`<g${kind && ` class="${kind}"`}>${shaft}<path class="head" d="M${at} ${tip - side / 2}l-10 ${side}h20z"/></g>`);
  }
  for (const { lane: place, column, role } of lanes.marks) {
    if (!shown(column)) continue;
    const mark = written[column] ?? "?";
    const centre = place === null ? STEP_ROW + (tasks.length * lane) / 2 : y(place);
    const size = place === null ? tasks.length * lane - 12 : box;
    out.push(
      `<g class="mark ${role}${future(column)}${aside(place)}"><rect class="box" x="${x(column)}" y="${centre - size / 2}" width="${round(width(mark) * MARK + 18)}" height="${size}" rx="10"/>${text(x(column) + 9, centre + 10, mark)}</g>`,
    );
  }
  const offs = offFigures(columns);
  for (const [column, step] of columns.entries()) {
    if (!shown(column)) continue;
    const before = columns[column - 1];
    const off = offs[column]!;
    const figures: readonly (readonly [string, string])[] = [
      [String(step.actual), before && before.actual !== step.actual ? "strong" : ""],
      ...(options.compact ? [] : [[String(step.done), before && before.done !== step.done ? "strong" : ""] as const]),
      [off.text, off.harm ? "wrong" : ""],
      ...(ends ? [[ends.cells[column] ?? "", column === lastChance ? "wrong" : ""] as const] : []),
    ];
    for (const [row, [words, kind]] of figures.entries())
      out.push(text(x(column) + 8, below + row * ROW + 25, words, kind + future(column)));
  }
  out.push(`<g class="names"><rect class="ground" width="${left - 10}" height="${height}"/>`);
  out.push(text(4, 31, names.step, "name"));
  for (const [place, task] of tasks.entries()) out.push(text(4, y(place) + 9, name(task), aside(place)));
  for (const [row, words] of rows.entries()) out.push(text(4, below + row * ROW + 25, words, "name"));
  out.push("</g>");
  const head = `<title>${escaped(options.title)}</title><desc>${escaped(options.description)}</desc>`;
  const isDrawn = (kind: Stretch["kind"]) => lanes.stretches.some((stretch) => stretch.kind === kind);
  const drawnStrokes = strokeMarks.flatMap(([mark, kind]) => (isDrawn(kind) ? mark : []));
  const legend = legendEntries({
    marks: written,
    lanes: [[{ text: drawnStrokes.join("") }]],
    time: [],
    others: null,
    leftOut: [0, 0],
    breaks: columns.some(({ breaks = [] }) => breaks.length > 0),
  });
  return { svg: `${head}${out.join("\n")}`, width: total, height, left, cell, legend };
}

/** The strokes as the legend of the terminal calls them. */
const strokeMarks: readonly (readonly [mark: string, kind: Stretch["kind"]])[] = [
  ["─", "copy"],
  ["~", "stale"],
  ["═", "lock"],
  ["░", "wait"],
];
/** Width of a stroke in a legend. */
const SAMPLE = 44;

/** The mark of an entry of the legend as it is drawn, and its width: a letter, or a piece of a stroke. */
function sample(mark: string, at: number, baseline: number): readonly [svg: string, width: number] {
  const kind = strokeMarks.find(([each]) => each === mark)?.[1];
  return kind
    ? [stroke(kind, at, at + SAMPLE, baseline - 8, ""), SAMPLE]
    : [`<text x="${round(at)}" y="${baseline}" class="strong">${escaped(mark)}</text>`, width(mark) * LETTER];
}

/** The legend of a picture: as many entries in a row as fit into `room`, in units of the picture. */
export function legendSvg(
  entries: readonly LegendEntry[],
  room: number,
  language: Language,
): { readonly svg: string; readonly height: number } {
  const out: string[] = [];
  let [x, rows] = [4, entries.length > 0 ? 1 : 0];
  for (const [mark, meaning] of entries) {
    const says = inLanguage(meaning, language);
    const whole = sample(mark, 0, 0)[1] + (width(says) + 3) * LETTER;
    if (x > 4 && x + whole > room) {
      rows++;
      x = 4;
    }
    const [drawn, wide] = sample(mark, x, rows * ROW - 9);
    out.push(`${drawn}<text x="${round(x + wide + LETTER)}" y="${rows * ROW - 9}" class="name">${escaped(says)}</text>`);
    x += whole + LETTER;
  }
  return { svg: out.join("\n"), height: rows * ROW };
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** A stretch: solid for a copy, thick for a lock, hatched for a wait, wavy for a stale copy. */
function stroke(kind: Stretch["kind"], begin: number, end: number, level: number, also: string): string {
  if (kind === "stale") return `<path class="stale${also}" d="M${round(begin)} ${level}${wave(end - begin)}"/>`;
  const kinds = { copy: "copy", lock: "held", wait: "waits" };
  return `<line class="${kinds[kind]}${also}" x1="${round(begin)}" x2="${round(end)}" y1="${level}" y2="${level}"/>`;
}

/** Half waves of 12 units, up and down, over `length`. */
function wave(length: number): string {
  const halves = Math.max(1, Math.round(length / 12));
  const step = round(length / halves);
  return Array.from({ length: halves }, (_, half) => `q${round(step / 2)} ${half % 2 === 0 ? -11 : 11} ${step} 0`).join("");
}

/** The picture as a file of its own, for a README or a slide. */
export function svgFile({ svg, width, height, legend }: DrawnSvg, colours: Palette, caption: string, language: Language): string {
  const [margin, head] = [20, 52];
  const below = legendSvg(legend, width, language);
  const [wide, high] = [width + 2 * margin, height + head + margin + below.height];
  return `<svg xmlns="http://www.w3.org/2000/svg" class="lanes" role="img" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}">
<style>${laneStyle(colours)}</style>
<rect class="ground" width="${wide}" height="${high}" rx="14"/>
<text class="strong" x="${margin + 4}" y="38">${escaped(caption)}</text>
<svg x="${margin}" y="${head}" width="${width}" height="${height}">${svg}</svg>
<svg x="${margin}" y="${head + height}" width="${width}" height="${below.height}">${below.svg}</svg>
</svg>
`;
}
