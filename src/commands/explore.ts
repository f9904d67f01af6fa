import { availableParallelism } from "node:os";
import { Option } from "commander";
import { anomalyName } from "../core/anomaly.js";
import type { OutcomeCount } from "../core/exploration.js";
import { optionText } from "../core/lesson.js";
import { lessonsOption } from "../course/catalog.js";
import {
  type ExploredLesson,
  type ExploreRequest,
  exploreLesson,
  type SampleRequest,
  type SchedulerName,
  type SearchWatch,
  sampleLesson,
  schedulerNames,
} from "../explore/explore.js";
import { endsByLabel } from "../report/ends.js";
import { beyondModelSaid, inconclusive, limitsText, stopsOf } from "../report/limits.js";
import { left, right, width } from "../report/span.js";
import type { EndView } from "../report/views.js";
import { explorationJson } from "./json.js";
import { integer } from "./options.js";
import { exit, grouped, type Out } from "./out.js";
import { sizeText, withScenario } from "./scenario.js";
import type { Register } from "./verb.js";
import { commandWords, counted } from "./words.js";

const WIDTH = 80;
/** Outcomes that text shows; `--json` has all of them. */
const SHOWN = 12;
/** Milliseconds between two lines of progress. */
const PATIENCE_MS = 2000;

interface Wanted extends ExploreRequest {
  readonly sample?: number;
  readonly scheduler: SchedulerName;
  readonly seed: number;
}

/** `racelab explore`: the exact verdict over every interleaving, or what some of them show. */
async function explore({ sample: runs, scheduler, seed, ...request }: Wanted, out: Out, signal: AbortSignal): Promise<number> {
  const watching = { signal, onProgress: searchProgress(out) };
  if (runs !== undefined) return exploreSample({ ...request, runs, scheduler, seed }, out, watching);
  const explored = await exploreLesson(request, watching);
  if (out.json) out.object(explorationJson(explored, out));
  else printExploration(explored, out);
  return signal.aborted
    ? exit.interrupted
    : { holds: exit.right, violated: exit.violated, inconclusive: exit.incomplete }[explored.exploration.verdict];
}

/** Some executions. The verdict is `violated` or `inconclusive`, never `holds`. */
async function exploreSample(request: SampleRequest, out: Out, watching: SearchWatch): Promise<number> {
  const { size, ...sampling } = await sampleLesson(request, watching);
  const { lesson, strategy, seed } = request;
  const limit = sampling.limits[0]?.limit ?? "runs";
  if (out.json) out.object({ command: "explore", lesson, strategy, size, seed, complete: false, limit, ...sampling });
  else {
    out.paragraph(commandWords.heading("explore", lesson, strategy, sizeText(size, out)));
    out.line(commandWords.sampled(out.say(counted.executions(sampling.runs)), sampling.scheduler, seed));
    const stops = stopsOf(sampling.limits);
    if (stops.length > 0) out.paragraph(commandWords.sampleStopped(limitsText(stops, out.language), sampling.runs, request.runs));
    const beyond = beyondModelSaid(sampling.limits);
    if (beyond) out.paragraph(beyond);
    out.line();
    for (const { label, runs } of sampling.outcomes)
      out.line(`  ${left(label, 30)} ${grouped(runs).padStart(12)}  ${percent(runs / sampling.runs)}`);
    out.line();
    for (const { property, runs, explanation, example } of sampling.violations)
      out.paragraph(`FAIL ${property}: ${out.say(commandWords.sampledFail(runs, sampling.runs, example))}. ${explanation}`);
    if (sampling.verdict === "inconclusive") out.line(commandWords.nothingSeen);
  }
  if (watching.signal?.aborted) return exit.interrupted;
  return sampling.verdict === "violated" ? exit.violated : exit.incomplete;
}

/** Says how far a long search is. The share never goes back. */
function searchProgress(out: Out) {
  let lastSaid = performance.now();
  return ({ share, states, statesPerSecond }: { share: number; states: number; statesPerSecond: number | null }): void => {
    if (performance.now() - lastSaid < PATIENCE_MS) return;
    lastSaid = performance.now();
    const rate = statesPerSecond ? `${grouped(Math.round(statesPerSecond / 1000))}k` : "";
    out.note(commandWords.progress(`${(share * 100).toFixed(1)} %`, grouped(states), rate));
  };
}

/** What `explore` prints. */
export function printExploration(
  { lesson, strategy, size, options, exploration, explained, explanations }: ExploredLesson,
  out: Out,
): void {
  const { say } = out;
  const { schedules, states, limits, longest, outcomes, counterexample, violations, violating } = exploration;
  out.paragraph(commandWords.heading("explore", lesson, strategy, sizeText(size, out)));
  const byTrace = exploration.reductions.includes("partial-order");
  const what = byTrace ? "trace" : "schedule";
  const all = say(byTrace ? counted.traces(schedules) : counted.schedules(schedules));
  const reached = say(byTrace ? counted.steps(states) : counted.states(states));
  out.paragraph(
    limits.length === 0
      ? commandWords.complete(all, reached, say(counted.steps(longest)))
      : byTrace
        ? commandWords.incompleteTraces(limitsText(limits, out.language), all, reached)
        : commandWords.incomplete(limitsText(limits, out.language), `${(exploration.covered * 100).toFixed(1)} %`),
  );
  out.line();
  printEnds(endsByLabel(outcomes), say(byTrace ? commandWords.tracesColumn : commandWords.schedulesColumn), out);
  printGrades(outcomes, out);
  out.line();
  if (counterexample) {
    const { schedule, steps, switches, preemptions } = counterexample;
    const how = [
      say(counted.steps(steps)),
      say(counted.switches(switches)),
      ...(preemptions === null ? [] : [say(counted.preemptions(preemptions))]),
    ];
    out.paragraph(commandWords.smallest(schedule, how.join(", ")));
    if (violations.length > 1) out.paragraph(commandWords.breaks(counterexample.property), 2);
    if (explained) {
      const { anomaly, sentences } = explained;
      out.paragraph(`${anomaly ? `${anomalyName(anomaly, out.language)}: ` : ""}${sentences}`, 2);
    }
    out.line();
  }
  for (const { property, schedules: wrong, explanation, counterexample: own } of violations) {
    const where =
      wrong === null
        ? commandWords.brokenEndlessly
        : wrong === 0n
          ? commandWords.brokenUnfollowed
          : commandWords.brokenIn(wrong, schedules, what);
    out.paragraph(`FAIL ${property}: ${say(where)}. ${explanation}`);
    const told = explanations.find((one) => one.property === property);
    // Each property has a counterexample of its own; that of the first one has been told above.
    if (!own || !told || property === counterexample?.property) continue;
    out.paragraph(`${say(commandWords.smallest(own.schedule, out.say(counted.steps(own.steps))))}`, 2);
    out.paragraph(`${told.anomaly ? `${anomalyName(told.anomaly, out.language)}: ` : ""}${told.sentences}`, 2);
  }
  if (exploration.verdict === "violated") {
    const beyond = beyondModelSaid(limits);
    if (beyond) out.paragraph(beyond);
    const isEndless = violations.some((breach) => breach.schedules === null);
    out.line(
      isEndless
        ? commandWords.goWrongOrOnForEver(violating, schedules)
        : violating === 0n
          ? commandWords.goWrongUnfollowed(schedules)
          : commandWords.goWrong(violating, schedules, what),
    );
    if (counterexample)
      out.paragraph(
        commandWords.next(
          `racelab trace ${lesson} ${counterexample.schedule} --strategy ${strategy}${optionText("size", size)}${optionText("faults", options.faults)}${lessonsOption(lesson)}`,
        ),
      );
  } else if (exploration.verdict === "holds") out.line(commandWords.holdsInAll(all));
  else out.paragraph(inconclusive(limits));
}

/** `counted`: the head of the column of counts. */
function printEnds(ends: readonly EndView[], counted: string, out: Out): void {
  const shown = ends.slice(0, SHOWN);
  const numbers = Math.max(9, ...shown.map(({ schedules }) => grouped(schedules).length));
  const verdicts = Math.max(...shown.map((end) => width(verdictOfEnd(end, out))));
  // A label is cut where the line is full. Cut short, two would look alike.
  const room = WIDTH - (2 + 2 + numbers + 2 + 6 + 6 + 6 + 2 + verdicts);
  const labels = Math.min(Math.max(28, room), Math.max(7, ...shown.map(({ label }) => width(label))));
  const head = {
    label: left(out.say(commandWords.endsAt), labels),
    schedules: right(counted, numbers),
    share: right(out.say(commandWords.share), 6),
    fair: right(out.say(commandWords.fairWalk), 13),
  };
  out.line(`  ${head.label}  ${head.schedules}  ${head.share}${head.fair}`);
  for (const end of shown) {
    const { label, schedules, share, fair } = end;
    const figures = `${right(grouped(schedules), numbers)}  ${percent(share)}      ${percent(fair)}`;
    out.line(`  ${left(label, labels)}  ${figures}  ${verdictOfEnd(end, out)}`);
  }
  if (ends.length > SHOWN) out.line(`  ${out.say(commandWords.more(ends.length - SHOWN))}`);
}

/** That an end is a standstill stands in its label. */
function verdictOfEnd({ schedules, right, violates }: EndView, { say }: Out): string {
  if (violates.length === 0) return "ok";
  return right > 0n ? `FAIL ${say(commandWords.wrongOf(schedules - right, schedules))}` : "FAIL";
}

/** What the lesson says of the ends, also of those that share their label with a worse one: each sentence once. */
function printGrades(outcomes: readonly OutcomeCount[], out: Out): void {
  const sentences = new Set(
    outcomes.flatMap(({ grade, says }) => (says ? `${out.say(commandWords.grades[grade])}: ${out.say(says)}` : [])),
  );
  if (sentences.size > 0) out.line();
  for (const sentence of sentences) out.paragraph(sentence, 2);
}

const percent = (share: number | null): string => (share === null ? "-" : `${(share * 100).toFixed(1)}%`).padStart(6);

export const register: Register = (program, action) => {
  withScenario(
    program.command("explore").description("the exact verdict over every interleaving").argument("<lesson>", "its id or number"),
  )
    .option("--verdict-only", "one schedule a trace: no counts, for what is too large to count")
    .option("--cores <n>", "threads for --verdict-only (default: all cores)", integer(1, 64), availableParallelism())
    .option("--sample <n>", "look at so many executions instead of all", integer(1, 10_000_000))
    .addOption(new Option("--scheduler <name>", "who chooses in a sample").choices(schedulerNames).default("walk"))
    .option("--seed <n>", "of a sample", integer(0, 2 ** 31 - 1), 1)
    .addHelpText(
      "after",
      "\nExamples:\n  racelab explore lost-update\n  racelab explore lost-update --strategy cas --size tasks=4 --json\n",
    )
    .action((lesson: string, options: Omit<Wanted, "lesson" | "language">) =>
      action((out, signal) => explore({ ...options, lesson, language: out.language }, out, signal)),
    );
};
