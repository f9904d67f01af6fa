import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import { anomalyName } from "../core/anomaly.js";
import type { OutcomeCount } from "../core/exploration.js";
import { optionText } from "../core/lesson.js";
import { outcomeText } from "../core/work.js";
import { lessonsOption, strategyIds } from "../course/catalog.js";
import {
  type ExploredLesson,
  type ExploreRequest,
  exploreLesson,
  type SampleRequest,
  type SchedulerName,
  sampleLesson,
  schedulerNames,
} from "../explore/explore.js";
import { endsByLabel } from "../report/ends.js";
import { left, right, width } from "../report/span.js";
import type { EndView } from "../report/views.js";
import { integer, pairs } from "./options.js";
import { exit, grouped, type Out, paragraph } from "./out.js";
import { commandWords, counted, language, say } from "./words.js";

export const limitNames = ["states", "seconds", "steps", "bytes", "runs"] as const;
export const faultNames = ["crash", "restart", "expire", "lost-reply", "redeliver", "elapse"] as const;

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
export async function exploreCommand(
  { sample: runs, scheduler, seed, ...request }: Wanted,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  if (runs !== undefined) return sampled({ ...request, runs, scheduler, seed }, out);
  const explored = await exploreLesson(request, { signal, onProgress: searchProgress(out) });
  if (out.json) out.object(explorationJson(explored));
  else printExploration(explored, out);
  return signal.aborted
    ? exit.interrupted
    : { holds: exit.right, violated: exit.violated, inconclusive: exit.incomplete }[explored.exploration.verdict];
}

/** Some executions: `violated` or `inconclusive`, and how many were looked at. */
async function sampled(request: SampleRequest, out: Out): Promise<number> {
  const { size, ...sampling } = await sampleLesson(request);
  const { lesson, strategy, seed } = request;
  if (out.json) out.object({ command: "explore", lesson, strategy, size, seed, complete: false, limit: "runs", ...sampling });
  else {
    out.line(paragraph(say(commandWords.heading("explore", lesson, strategy, sizeText(size)))));
    out.line(say(commandWords.sampled(say(counted.executions(sampling.runs)), sampling.scheduler, seed)));
    out.line();
    for (const { label, runs } of sampling.outcomes)
      out.line(`  ${left(label, 30)} ${grouped(runs).padStart(12)}  ${percent(runs / sampling.runs)}`);
    out.line();
    for (const { property, runs, explanation, example } of sampling.violations)
      out.line(paragraph(`FAIL ${property}: ${say(commandWords.sampledFail(runs, sampling.runs, example))}. ${explanation}`));
    if (sampling.verdict === "inconclusive") out.line(say(commandWords.nothingSeen));
  }
  return sampling.verdict === "violated" ? exit.violated : exit.incomplete;
}

export const sizeText = (size: Readonly<Record<string, number>>): string =>
  Object.entries(size)
    .map(([name, value]) =>
      name === "tasks"
        ? say(counted.tasks(value))
        : say({ en: `${value} ${value === 1 ? name.replace(/s$/, "") : name}`, ko: `${name} ${value}` }),
    )
    .join(", ");

/** Says how far it is when it takes long. The share never goes back. */
export function searchProgress(out: Out) {
  let said = performance.now();
  return ({ share, states, statesPerSecond }: { share: number; states: number; statesPerSecond: number | null }): void => {
    if (performance.now() - said < PATIENCE_MS) return;
    said = performance.now();
    const rate = statesPerSecond ? `${grouped(Math.round(statesPerSecond / 1000))}k` : "";
    out.note(say(commandWords.progress(`${(share * 100).toFixed(1)} %`, grouped(states), rate)));
  };
}

/** What `explore` prints. */
export function printExploration({ lesson, strategy, size, options, exploration, explained }: ExploredLesson, out: Out): void {
  const { schedules, states, limits, longest, outcomes, counterexample, violations, violating } = exploration;
  out.line(paragraph(say(commandWords.heading("explore", lesson, strategy, sizeText(size)))));
  const byTrace = exploration.reductions.includes("partial-order");
  const all = say(byTrace ? counted.traces(schedules) : counted.schedules(schedules));
  const covered = limits.map(({ limit, value }) => `${limit}=${value}`).join(", ");
  out.line(
    paragraph(
      limits.length === 0
        ? say(
            commandWords.complete(
              all,
              say(byTrace ? counted.steps(states) : counted.states(states)),
              say(counted.steps(longest)),
            ),
          )
        : say(commandWords.incomplete(covered, `${(exploration.covered * 100).toFixed(1)} %`)),
    ),
  );
  out.line();
  table(endsByLabel(outcomes), out);
  sentences(outcomes, out);
  out.line();
  if (counterexample) {
    const { schedule, steps, switches, preemptions } = counterexample;
    const how = [
      say(counted.steps(steps)),
      say(counted.switches(switches)),
      ...(preemptions === null ? [] : [say(counted.preemptions(preemptions))]),
    ];
    out.line(paragraph(say(commandWords.smallest(schedule, how.join(", ")))));
    if (explained) {
      const { anomaly, sentences } = explained;
      out.line(paragraph(`${anomaly ? `${anomalyName(anomaly, language())}: ` : ""}${sentences}`, 2));
    }
    out.line();
  }
  for (const { property, schedules: wrong, explanation } of violations)
    out.line(
      paragraph(
        `FAIL ${property}: ${say(wrong === null ? commandWords.brokenEndlessly : commandWords.brokenIn(wrong, schedules))}. ${explanation}`,
      ),
    );
  if (exploration.verdict === "violated") {
    out.line(say(commandWords.goWrong(violating, schedules)));
    if (counterexample)
      out.line(
        paragraph(
          say(
            commandWords.next(
              `racelab trace ${lesson} ${counterexample.schedule} --strategy ${strategy}${optionText("size", size)}${optionText("faults", options.faults)}${lessonsOption(lesson)}`,
            ),
          ),
        ),
      );
  } else if (exploration.verdict === "holds") out.line(say(commandWords.holdsInAll(all)));
  else out.line(paragraph(say(commandWords.inconclusive)));
}

function table(ends: readonly EndView[], out: Out): void {
  const shown = ends.slice(0, SHOWN);
  const labels = Math.min(34, Math.max(7, ...shown.map(({ label }) => width(label))));
  const numbers = Math.max(9, ...shown.map(({ schedules }) => grouped(schedules).length));
  const [endsAt, schedulesColumn, shareColumn, fairWalk] = [
    commandWords.endsAt,
    commandWords.schedulesColumn,
    commandWords.share,
    commandWords.fairWalk,
  ].map(say);
  out.line(`  ${left(endsAt!, labels)}  ${right(schedulesColumn!, numbers)}  ${right(shareColumn!, 6)}${right(fairWalk!, 11)}`);
  for (const end of shown) {
    const { label, schedules, share, fair } = end;
    const figures = `${right(grouped(schedules), numbers)}  ${percent(share)}    ${percent(fair)}`;
    out.line(`  ${left(label, labels)}  ${figures}  ${verdict(end)}`);
  }
  if (ends.length > SHOWN) out.line(`  ${say(commandWords.more(ends.length - SHOWN))}`);
}

function verdict({ schedules, right, violates, deadlock }: EndView): string {
  if (violates.length === 0) return "ok";
  const how = [
    ...(right > 0n ? [say(commandWords.wrongOf(schedules - right, schedules))] : []),
    ...(deadlock ? [say(commandWords.nobodyGoesOn)] : []),
  ];
  return ["FAIL", ...(how.length > 0 ? [how.join(", ")] : [])].join(" ");
}

/** What the lesson says of the ends, also of those that share their label with a worse one: each sentence once. */
function sentences(outcomes: readonly OutcomeCount[], out: Out): void {
  const all = new Set(outcomes.flatMap(({ grade, says }) => (says ? `${say(commandWords.grades[grade])}: ${say(says)}` : [])));
  if (all.size > 0) out.line();
  for (const sentence of all) out.line(paragraph(sentence, 2));
}

const percent = (share: number | null): string => (share === null ? "-" : `${(share * 100).toFixed(1)}%`).padStart(6);

/** The answer as `cli.md` has it. Counts are strings of digits: they pass 2^53. */
export function explorationJson({ lesson, strategy, size, exploration, explained, ms }: ExploredLesson) {
  const { limits, outcomes, counterexample, violations, ...rest } = exploration;
  return {
    command: "explore",
    lesson,
    strategy,
    size,
    ...rest,
    complete: limits.length === 0,
    limit: limits[0]?.limit ?? null,
    limits,
    outcomes: endsByLabel(outcomes).map(({ rows, outcomes, says, ...outcome }) => ({
      ...outcome,
      says: says && say(says),
      state: rows,
      results: outcomes.map((one) => (one ? outcomeText(one) : null)),
    })),
    violations: violations.map((violation) => ({ ...violation, counterexample: violation.counterexample })),
    counterexample: counterexample && {
      ...counterexample,
      anomaly: explained?.anomaly ?? null,
      explanation: explained?.sentences ?? "",
    },
    ms: Math.round(ms),
  };
}

/** Options that every command about schedules shares. */
export const withScenario = (command: Command): Command =>
  command
    .option("--strategy <id>", `how the work is protected: ${strategyIds().join(", ")}`, "none")
    .option("--size <name=n,...>", "how many of everything, as in tasks=4", pairs(null))
    .option("--limit <name=n,...>", `where to give up: ${limitNames.join(", ")}`, pairs(limitNames))
    .option("--faults <name=n,...>", `what may go wrong, and how often: ${faultNames.join(", ")}`, pairs(faultNames));

export const register = (
  program: Command,
  action: (run: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>,
): void => {
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
      action((out, signal) => exploreCommand({ ...options, lesson, language: language() }, out, signal)),
    );
};
