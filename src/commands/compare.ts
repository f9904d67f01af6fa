import { InvalidArgumentError } from "commander";
import { type Comparison, type ComparisonProgress, type Contender, type SweepName, sweepNames } from "../core/comparison.js";
import { findLesson, loadLesson } from "../course/catalog.js";
import {
  comparisonRows,
  crossoverSentences,
  hasFailed,
  isUndecided,
  pairSentences,
  sweepRows,
  undecidedSentences,
  unknownSentences,
  withdrawnSentences,
} from "../report/comparison.js";
import type { TextRow } from "../report/span.js";
import { rowText, spokenIn } from "../report/text.js";
import type { CompareRequest } from "../report/views.js";
import { reportWords } from "../report/words.js";
import { compare, sweep, WARM_UP } from "../run/compare.js";
import { prepareRun } from "../run/observe.js";
import { engines } from "../stores/open.js";
import { integer, sizeBesidesTasks } from "./options.js";
import { exit, Misuse, type Out } from "./out.js";
import { hasScreen, isAccessible, showScreens } from "./screens.js";
import type { Register } from "./verb.js";
import { commandWords } from "./words.js";

interface Sweeping {
  readonly over: SweepName;
  readonly values: readonly number[];
}
interface Wanted extends CompareRequest {
  readonly sweep?: Sweeping | undefined;
}

/** Of a sweep: more do not fit in a chart. */
const MOST_VALUES = 64;
/** Lines of the chart of a sweep. */
const CHART = 14;
const WIDTH = 80;

/** `racelab compare`: strategies side by side on real threads, in turns; or the same at each value of something. */
async function compareStrategies(wanted: Wanted, out: Out, signal: AbortSignal): Promise<number> {
  const { sweep: sweeping, ...request } = wanted;
  if (!out.json && hasScreen(out) && !isAccessible(out)) return compareOnScreen(wanted, out);
  if (sweeping) return sweepOver(sweeping, request, out, signal);
  const comparison = await compare(request, { on: comparisonProgress(out), signal });
  if (out.json) out.object({ command: "compare", ...comparison });
  else {
    printHead(comparison, out);
    print(comparison, out);
  }
  return exitOf([comparison], comparison.interrupted);
}

/** The comparison as a screen shows it. What is wrong with the request is said before the screen comes up. */
async function compareOnScreen({ sweep: sweeping, ...request }: Wanted, out: Out): Promise<number> {
  if (sweeping) await checkSweep(sweeping.over, request);
  const { id } = findLesson(request.lesson);
  for (const strategy of request.strategies ?? ["none"]) await prepareRun({ ...request, lesson: id, strategy });
  const given = { ...request, lesson: id, ...(sweeping && { sweep: sweeping }) };
  return (await showScreens({ ...request, lesson: id, screen: "compare", given }, out)) ?? exit.misuse;
}

async function sweepOver({ over, values }: Sweeping, request: CompareRequest, out: Out, signal: AbortSignal): Promise<number> {
  await checkSweep(over, request);
  let lastSaid: number | undefined;
  const on = ({ value }: { readonly value: number }) => {
    if (lastSaid !== value && !out.json) out.note(`${over} ${value}`);
    lastSaid = value;
  };
  const swept = await sweep(request, over, values, { on, signal });
  const comparisons = swept.points.map(({ comparison }) => comparison);
  if (out.json) out.object({ command: "compare", lesson: request.lesson, ...swept });
  else {
    const [first] = comparisons;
    if (first) {
      printHead(first, out);
      out.line(commandWords.atEachValue(swept.points.length, over));
      for (const notice of new Set(comparisons.flatMap(({ notices }) => notices))) out.paragraph(commandWords.note(notice));
      out.line();
      printRows(sweepRows(swept, WIDTH, CHART, out.language), out);
      out.line();
      for (const { value, comparison } of swept.points)
        for (const sentence of undecidedSentences(comparison, out.language)) out.paragraph(`${over} ${value}: ${sentence}`);
      for (const sentence of crossoverSentences(swept, out.language)) out.paragraph(sentence);
      printVerdicts(
        comparisons.flatMap(({ strategies }) => strategies),
        first,
        swept.interrupted,
        out,
      );
    }
    if (swept.interrupted && !first) out.line(commandWords.beforeFirstValue);
  }
  return exitOf(comparisons, swept.interrupted);
}

/** Not every lesson has keys to spread its requests over. */
async function checkSweep(over: SweepName, { lesson, language }: CompareRequest): Promise<void> {
  const { size } = await loadLesson(findLesson(lesson), language);
  if (over !== "keys" || "keys" in size) return;
  throw new Misuse(`${lesson} has no keys to spread its requests over: sweep workers, in-flight or think, or take umbrella`);
}

function exitOf(comparisons: readonly Comparison[], interrupted: boolean): number {
  if (interrupted) return exit.interrupted;
  const all = comparisons.flatMap(({ strategies }) => strategies);
  if (all.some(hasFailed)) return exit.violated;
  return all.some(isUndecided) ? exit.incomplete : exit.right;
}

function printHead(comparison: Comparison, out: Out): void {
  const { lesson, store, workers, cores, requests, inFlight, think, seed, rounds, strategies } = comparison;
  out.line(commandWords.comparing(lesson, store, workers, cores, seed));
  out.line(commandWords.slicesOf(requests, Math.min(requests, inFlight * workers), think));
  out.line(commandWords.inTurn(rounds, strategies.length, WARM_UP));
}

function printRows(rows: readonly TextRow[], out: Out): void {
  for (const row of rows) out.line(rowText(row, spokenIn(out.language)));
}

function print(comparison: Comparison, out: Out): void {
  const { workers, cores, notices, strategies } = comparison;
  if (workers > cores) out.paragraph(commandWords.note(out.say(commandWords.crowded)));
  for (const notice of notices) out.paragraph(commandWords.note(notice));
  if (strategies.length === 0) {
    if (comparison.interrupted) out.line(commandWords.beforeFirstRound);
    return;
  }
  out.line();
  printRows(comparisonRows(comparison, out.language), out);
  out.line();
  for (const sentence of pairSentences(comparison, out.language)) out.paragraph(sentence);
  printVerdicts(strategies, comparison, comparison.interrupted, out);
}

/** Which strategy broke which property, one line a strategy. Threads refute, they do not prove. */
function printVerdicts(
  contenders: readonly Contender[],
  { lesson }: Pick<Comparison, "lesson">,
  interrupted: boolean,
  out: Out,
): void {
  out.line();
  const names = [...new Set(contenders.map(({ strategy }) => strategy))];
  const of = (name: string) => contenders.filter(({ strategy }) => strategy === name);
  const total = (name: string, figure: (contender: Contender) => number) => of(name).reduce((sum, each) => sum + figure(each), 0);
  const wrong = names.filter((name) => of(name).some(hasFailed));
  for (const name of wrong) {
    const [violation] = of(name).flatMap(({ violations }) => violations);
    const slices = total(name, ({ slices }) => slices.length);
    const failed = total(name, (contender) => contender.failed);
    const violated = total(name, (contender) => contender.violated);
    const broke = violation ? out.say(commandWords.brokeIn(violation.property, violated, slices)) : "";
    const refused = failed ? out.say(commandWords.requestsFailed(failed)) : "";
    const fault = of(name).some(({ withdrawn }) => withdrawn?.why === "fault") ? out.say(reportWords.withdrawn.fault) : "";
    out.paragraph(`FAIL ${name}: ${[broke, refused, fault].filter(Boolean).join("; ")}`);
  }
  const open = names.filter((name) => !wrong.includes(name) && of(name).some(isUndecided));
  const right = names.filter((name) => !wrong.includes(name) && !open.includes(name));
  for (const sentence of withdrawnSentences(contenders, out.language)) out.paragraph(commandWords.note(sentence));
  for (const sentence of unknownSentences(contenders, out.language)) out.paragraph(commandWords.note(sentence));
  if (right.length > 0 && !interrupted) out.paragraph(commandWords.nothingWrongIn(right.join(", ")));
  for (const name of names) {
    const away = total(name, ({ turnedAway }) => turnedAway);
    if (away > 0) out.paragraph(commandWords.note(out.say(commandWords.strategyTurnedAway(name, away))));
  }
  if (interrupted) out.paragraph(commandWords.notOver);
  else out.line(commandWords.passedFailed(right.length, wrong.length, open.length));
  const first = wrong[0] ?? names[0];
  if (first) out.line(commandWords.next(`racelab explore ${lesson} --strategy ${first}`));
}

/** A line after every quarter of the rounds. */
function comparisonProgress(out: Out): (progress: ComparisonProgress) => void {
  let lastSaid = 0;
  return ({ round, rounds, warmUp }) => {
    const quarter = Math.floor(((round - warmUp) / rounds) * 4);
    if (out.json || quarter <= lastSaid || round < warmUp) return;
    lastSaid = quarter;
    out.note(commandWords.roundOf(round - warmUp, rounds));
  };
}

/** `workers=1,2,4`: what to sweep, and over which values. */
function readSweep(text: string): Sweeping {
  const [, name, list = ""] = /^([a-z-]+)=([\d,]+)$/.exec(text.trim()) ?? [];
  const over = sweepNames.find((known) => known === name);
  if (!over) throw new InvalidArgumentError(`It must be one of ${sweepNames.join(", ")} with values, as in workers=1,2,4.`);
  const least = over === "think" ? 0 : 1;
  const values = list.split(",").map(integer(least, { workers: 64, keys: 1000, think: 10_000, "in-flight": 10_000 }[over]));
  if (values.length > MOST_VALUES) throw new InvalidArgumentError(`values: at most ${MOST_VALUES}.`);
  if (values.length < 2) throw new InvalidArgumentError("It needs two values at least, as in workers=1,2,4.");
  return { over, values: [...new Set(values)].sort((one, other) => one - other) };
}

const ids = (text: string): string[] => {
  const list = text.split(",").map((id) => id.trim());
  if (list.some((id) => id === "")) throw new InvalidArgumentError("It must be ids with commas between, as in mutex,cas.");
  return [...new Set(list)];
};

export const register: Register = (program, action) => {
  program
    .command("compare")
    .description("strategies side by side on real threads, in turns")
    .argument("<lesson>", "its id or number")
    .option("--strategies <a,b>", "which (default: all that the lesson speaks of)", ids)
    .option("--store <url>", `one of ${engines.map(({ example }) => example).join(", ")}`, "memory:")
    .option("--workers <n>", "worker threads", integer(1, 64), 4)
    .option("--size <name=n,...>", "how many of everything else, as in keys=8 (default: the lesson's)", sizeBesidesTasks)
    .option("--requests <n>", "requests of one slice (default: the lesson's)", integer(1, 1_000_000))
    .option("--in-flight <n>", "requests that each worker keeps going at once", integer(1, 10_000))
    .option("--think <ms>", "milliseconds after each read (default: the lesson's)", integer(0, 60_000))
    .option("--rounds <n>", "slices of each strategy", integer(1, 1_000), 10)
    .option("--sweep <name=n,...>", `the same at each value of ${sweepNames.join(", ")}`, readSweep)
    .option("--seed <n>", "of the thinking times", integer(0, 2 ** 31 - 1), 1)
    .option("--deadline <ms>", "after which a request counts as hung", integer(10, 3_600_000), 10_000)
    .addHelpText(
      "after",
      "\nExamples:\n  racelab compare lost-update --strategies mutex,cas --workers 4\n  racelab compare umbrella --strategies cas,row-lock --sweep keys=1,4,16,64\n",
    )
    .action((lesson: string, options: Omit<Wanted, "lesson" | "language">) =>
      action((out, signal) => compareStrategies({ ...options, lesson, language: out.language }, out, signal)),
    );
};
