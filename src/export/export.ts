/**
 * One explored schedule as a file that can be shown, sent and kept: page, picture, recording, text, data. Nothing in the
 * file depends on when or where it was made: it has no date, and names sources by their place in racelab.
 */

import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { Exploration } from "../core/exploration.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import { formatChoice, parseSchedule } from "../core/schedule.js";
import type { StateMap } from "../core/state-map.js";
import { findLesson, loadLesson } from "../course/catalog.js";
import { pageAssets } from "../course/folders.js";
import { lessonSource, lessonStory, sourceName, strategySource } from "../course/sources.js";
import { strategyTexts } from "../course/strategy-texts.js";
import type { OwnStrategy } from "../exercise/own-strategy.js";
import { type ExploreRequest, exploreLesson, type TracedLesson } from "../explore/explore.js";
import { cast, type Frame } from "../report/cast.js";
import { endsByLabel } from "../report/ends.js";
import { legendRows } from "../report/legend.js";
import { afterImports, ruleOf } from "../report/source.js";
import { left, row, span, type TextRow, visible, width, wrap } from "../report/span.js";
import { svgFile } from "../report/svg.js";
import { offHead } from "../report/tally.js";
import { rowsText } from "../report/text.js";
import { timeline } from "../report/timeline.js";
import type { ExportFormat, Source } from "../report/views.js";
import { Stepper, stateMap } from "../simulator/index.js";
import {
  isMixed,
  type PageCode,
  type PageData,
  type PageEnd,
  type PageSide,
  type PageTheme,
  type PageTrace,
} from "./page/data.js";
import { pageDocument, pagePalettes, recordedExecution } from "./page/document.js";
import { drawLanes, endCells, type ShownExecution, taskNumbers } from "./page/parts.js";
import { inWords } from "./page/words.js";

/** A trace, and the two forms in which `racelab trace` prints it. */
export interface PrintedTrace {
  readonly traced: TracedLesson;
  readonly json: PageTrace;
  readonly text: string;
  /** The learner's own protection, which the catalog does not know; absent: a strategy of the catalog. */
  readonly own?: OwnStrategy | undefined;
}

interface ExportSettings {
  readonly version: string;
  /** The command that makes the file, written on the page. */
  readonly command: string;
  readonly language: Language;
  readonly theme?: PageTheme | undefined;
}

/** Of more states than these, a page has only those of the schedule, and its visitor cannot choose. */
const MOST_STATES = 5_000;
/** Columns of a recording and of a text picture. */
const WIDTH = 100;
/** Seconds that a step, a problem and the end stay on a recording. */
const SECONDS = { step: 1.6, problem: 4, end: 6 } as const;
/** Choices after which a schedule is taken for one without end. */
const MOST_CHOICES = 1_000;

/** The text of the file. With two traces, those formats that can show only one show the first. */
export async function exported(format: ExportFormat, traces: readonly PrintedTrace[], settings: ExportSettings): Promise<string> {
  if (format === "txt") return traces.map(({ text }) => text).join("\n");
  const most = format === "html" && traces.length === 1 ? MOST_STATES : 0;
  const sides = await Promise.all(traces.map((trace) => sideOf(trace, most, settings.language)));
  if (format === "json") {
    const jsons = sides.map(({ trace }) => trace);
    return `${JSON.stringify(jsons.length === 1 ? jsons[0] : jsons)}\n`;
  }
  const data = await pageData(sides, traces, settings);
  switch (format) {
    case "html":
      return pageDocument(data, { ...pageAssets(), hash, theme: settings.theme });
    case "svg": {
      const [side] = sides;
      const drawn = drawLanes(data, recordedExecution(side!, data.language), { position: null, room: 1400 });
      return svgFile(drawn, pagePalettes[settings.theme ?? "light"], caption(data, side!), data.language);
    }
    case "cast":
      return cast(frames(data, recordedExecution(sides[0]!, data.language)), caption(data, sides[0]!), WIDTH);
    case "md":
      return markdown(data);
  }
}

const hash = (text: string): string => createHash("sha256").update(text).digest("base64");
const caption = ({ number, title }: PageData, { trace }: PageSide): string =>
  `${number} ${title}, ${trace.strategy}, ${trace.schedule}`;

/**
 * The same order under another strategy. A choice that cannot be made is passed over. What is left to do follows at the
 * end: each time the task that went last goes on, or the first that can if that one cannot.
 */
export async function sameOrder(request: ExploreRequest, schedule: string): Promise<string> {
  const { options } = await exploreLesson(request);
  const stepper = await Stepper.of(options);
  const can = (text: string) => stepper.position.choices.find((choice) => formatChoice(choice) === text);
  for (const wanted of parseSchedule(schedule)) {
    const choice = can(formatChoice(wanted));
    if (choice !== undefined) await stepper.choose(choice);
  }
  while (stepper.position.choices.length > 0 && stepper.schedule.length < MOST_CHOICES) {
    const last = stepper.schedule.at(-1);
    await stepper.choose((last === undefined ? undefined : can(formatChoice(last))) ?? stepper.position.choices[0]!);
  }
  return stepper.text;
}

/** `path/file.ts:13` with the name that the file has for readers elsewhere. */
const sourcePlace = (at: string): string => {
  const [, file = at, line = ""] = /^(.*):(\d+)$/.exec(at) ?? [];
  return `${sourceName(resolve(file))}:${line}`;
};

/** `most`: the states that the map may have; of more, it has only those of the schedule. */
export async function sideOf({ traced, json, text, own }: PrintedTrace, most: number, language: Language): Promise<PageSide> {
  const { options, scenario, exploration, prospects, schedule } = traced;
  const map = await stateMap(options, schedule, most, sourcePlace);
  const lesson = await loadLesson(findLesson(traced.lesson), language);
  const { summary, cost } = own?.strategy ?? (await strategyTexts(lesson, traced.strategy, language));
  return {
    trace: { ...json, steps: json.steps.map((step) => ({ ...step, at: step.at && sourcePlace(step.at) })) },
    text,
    summary,
    cost,
    schedules: String(exploration.schedules),
    ends: pageEnds(exploration),
    broken: exploration.violations.flatMap(({ property, counterexample }) =>
      counterexample ? { property, schedule: counterexample.schedule } : [],
    ),
    canEndAt: prospects.labels[0]!,
    map,
    actual: map.rows.map((rows) => scenario.tally.actual(rows)),
    expected: map.states.map((state) => (state.moves.length > 0 ? null : expectedIn(map, state, traced))),
  };
}

export const pageEnds = ({ outcomes }: Exploration): readonly PageEnd[] =>
  endsByLabel(outcomes).map(({ label, schedules, right, share, violates }) => ({
    label,
    schedules: String(schedules),
    wrong: String(schedules - right),
    share,
    violates,
  }));

const expectedIn = (map: StateMap, { tasks }: StateMap["states"][number], { scenario }: TracedLesson): number =>
  scenario.tally.expected({ before: scenario.rows, outcomes: tasks.map((task) => map.tasks[task]!.outcome ?? undefined) });

async function pageData(
  sides: readonly PageSide[],
  traces: readonly PrintedTrace[],
  { version, command, language }: ExportSettings,
): Promise<PageData> {
  const { trace } = sides[0]!;
  const entry = findLesson(trace.lesson);
  const lesson = await loadLesson(entry, language);
  const { tally } = lesson.scenario({ ...lesson.size, ...trace.size });
  const source = lessonSource(entry);
  const rule = ruleOf(source.text);
  const code = [excerpt(source, rule.from, rule.to)];
  for (const [index, { map, trace }] of sides.entries()) {
    const lines = map.tasks.flatMap(({ at }) => lineIn(at, source.file));
    const own = [...new Set(lines)].filter((line) => line < rule.from || line > rule.to);
    if (own.length > 0) code.push(excerpt(source, ...around(source.text, own)));
    if (lesson.variants?.[trace.strategy] === undefined) {
      const strategy = traces[index]?.own?.source ?? strategySource(trace.strategy);
      code.push(excerpt(strategy, afterImports(strategy.text), strategy.text.trimEnd().split("\n").length));
    }
  }
  return {
    language,
    number: entry.number,
    title: inLanguage(lesson.title, language),
    summary: inLanguage(lesson.summary, language),
    story: paragraphs(lessonStory(entry, language).text),
    tally: { name: tally.name, done: tally.done, off: offHead(tally, language) },
    code,
    sides,
    version,
    command,
  };
}

const lineIn = (at: string | null, file: string): number[] =>
  at?.startsWith(`${file}:`) ? [Number(at.slice(file.length + 1))] : [];

const excerpt = ({ file, text }: Source, from: number, to: number): PageCode => ({
  file,
  from,
  lines: text.split("\n").slice(from - 1, to),
});

/** The declaration around these lines: up to where it begins at the margin, down to where it closes. */
function around(text: string, lines: readonly number[]): readonly [from: number, to: number] {
  const all = text.split("\n");
  const begins = all.findLastIndex(
    (line, index) => index < Math.min(...lines) - 1 && /^(export |const |async |function )/.test(line),
  );
  const ends = all.findIndex((line, index) => index >= Math.max(...lines) - 1 && /^[})\]]/.test(line));
  return [Math.max(begins + 1, Math.min(...lines) - 12), Math.min(ends < 0 ? all.length : ends + 1, Math.max(...lines) + 6)];
}

/** A story without its heading and its markup. Of a link only the name is left, because the file refers to nothing outside. */
const paragraphs = (text: string): string[] =>
  text
    .trim()
    .split(/\n{2,}/)
    .filter((block) => !block.startsWith("#"))
    .map((block) =>
      block
        .replace(/\s*\n\s*/g, " ")
        .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
        .replace(/[*`]/g, ""),
    );

/** The picture as in the terminal. */
function picture(data: PageData, shown: ShownExecution, cursor: number): TextRow[] {
  const { tally } = data;
  const words = inWords(data.language);
  const ends = endCells(shown, words);
  const names = { actual: tally.name, done: tally.done, off: tally.off };
  const tasks = taskNumbers(shown.side);
  const name = (task: number) => `${words("task")} ${task}`;
  const label = Math.max(...[...Object.values(names), ends.name, name(1)].map(width)) + 2;
  const chance = shown.lastChance === null ? {} : { lastChance: shown.lastChance - 1 };
  const drawn = timeline(shown.described.columns, {
    width: WIDTH,
    label,
    cursor,
    tasks,
    name,
    names,
    ...chance,
    language: data.language,
  });
  const figures = [drawn.actual, drawn.done, drawn.off, drawn.extra(ends.name, ends.cells), drawn.time];
  return [drawn.step, ...drawn.lanes, [], ...figures, [], ...legendRows(drawn.drawn, WIDTH, data.language)];
}

/** A frame for each step, and at the end one with the ends of all schedules. */
function frames(data: PageData, shown: ShownExecution): Frame[] {
  const { described, side, lastChance } = shown;
  const say = (text: Text): string => inLanguage(text, data.language);
  const head = row(span(caption(data, side), "title"));
  const words = (text: string, role?: "bad" | "good"): TextRow[] =>
    wrap([span(text, role)], WIDTH - 2).map((line) => row(" ", line));
  const steps = described.columns.map((_, column): Frame => {
    const bad = described.problems.includes(column);
    const gone = lastChance === column + 1;
    const said = words(described.sentences[column] ?? "", bad ? "bad" : undefined);
    const passed = {
      en: "The last chance is gone: it can no longer end right.",
      ko: "마지막 기회가 지나갔습니다. 이제 올바른 결과에 이를 수 없습니다.",
    };
    const chance = gone ? words(say(passed), "bad") : [];
    const marks = side.trace.steps[column]?.marks.join(", ");
    const markers = {
      bad: { en: `step ${column + 1}: ${marks}`, ko: `${column + 1}단계: ${marks}` },
      gone: { en: `step ${column + 1}: last chance`, ko: `${column + 1}단계: 마지막 기회` },
    };
    return {
      rows: [head, [], ...picture(data, shown, column), [], ...said, ...chance],
      seconds: bad || gone ? SECONDS.problem : SECONDS.step,
      marker: bad ? say(markers.bad) : gone ? say(markers.gone) : undefined,
    };
  });
  const { verdict, violates, label } = side.trace;
  const broken = violates[0] ?? say({ en: "no correct outcome is left", ko: "올바른 결과가 남아 있지 않습니다" });
  const endsAt = say({ en: `it ends at ${label}`, ko: `결과는 ${label}` });
  const end = verdict === "violated" ? words(`✗ ${broken}: ${endsAt}`, "bad") : words(`✓ ${endsAt}`, "good");
  const ends = side.ends.slice(0, 8).map(({ label, violates, schedules, wrong }) => {
    const share = { en: `${schedules} of ${side.schedules} schedules`, ko: `스케줄 ${side.schedules}개 중 ${schedules}개` };
    const mixed = { en: `${share.en}, ${wrong} of them wrong`, ko: `${share.ko}, 그중 ${wrong}개에서 잘못됨` };
    return row(left(` ${violates.length > 0 ? "✗" : "✓"} ${label}`, 32), say(isMixed({ wrong, schedules }) ? mixed : share));
  });
  return [...steps, { rows: [...(steps.at(-1)?.rows ?? [head]), [], ...end, [], ...ends], seconds: SECONDS.end }];
}

/** For a wiki or a pull request: the picture and the steps as text, the sentences as a list. */
function markdown(data: PageData): string {
  const say = (text: Text): string => inLanguage(text, data.language);
  const sides = data.sides.map((side) => {
    const shown = recordedExecution(side, data.language);
    const lanes = rowsText(picture(data, shown, shown.steps.length), "unicode");
    const { strategy, schedule } = side.trace;
    return [
      say({ en: `## ${strategy}, schedule \`${schedule}\``, ko: `## ${strategy}, 스케줄 \`${schedule}\`` }),
      fence(lanes),
      shown.described.sentences.map((sentence, index) => `${index + 1}. ${prose(sentence)}`).join("\n"),
      fence(side.text),
    ].join("\n\n");
  });
  const made = {
    en: `Made by \`${data.command}\`, racelab ${data.version}.`,
    ko: `만든 명령: \`${data.command}\`, racelab ${data.version}.`,
  };
  return `# ${data.number} ${prose(data.title)}\n\n${prose(data.summary)}\n\n${sides.join("\n\n")}\n\n${visible(say(made))}\n`;
}

/** Text as it stands: without what a terminal obeys, and without tags. */
const prose = (text: string): string => visible(text.replaceAll("\n", " ")).replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** A fence that is longer than any within the text. */
function fence(text: string): string {
  const lines = text.trimEnd().split("\n").map(visible);
  const marks = "`".repeat(Math.max(3, ...lines.map((line) => 1 + (/^\s*(`*)/.exec(line)?.[1]?.length ?? 0))));
  return `${marks}text\n${lines.join("\n")}\n${marks}`;
}
