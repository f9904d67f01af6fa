/** What `explore`, `trace` and `verify` print with --json. Counts of schedules are strings of digits, because they pass 2^53. */
import { seenFrom } from "../core/source-line.js";
import { outcomeText } from "../core/work.js";
import type { ExploredLesson, TracedLesson } from "../explore/explore.js";
import type { PageTrace } from "../export/page/data.js";
import { endsByLabel } from "../report/ends.js";
import type { Verification } from "../report/judgement.js";
import type { TracedStep } from "../report/views.js";
import type { Out } from "./out.js";
import { verdictOfTrace } from "./steps-text.js";

export function explorationJson(
  { lesson, strategy, size, exploration, explained, explanations, ms }: ExploredLesson,
  { say }: Pick<Out, "say">,
) {
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
    violations: violations.map((breach) => {
      const { anomaly = null, sentences = "" } = explanations.find(({ property }) => property === breach.property) ?? {};
      const { counterexample: own } = breach;
      return { ...breach, counterexample: own && { ...own, anomaly, explanation: sentences } };
    }),
    counterexample: counterexample && {
      ...counterexample,
      anomaly: explained?.anomaly ?? null,
      explanation: explained?.sentences ?? "",
    },
    ms: Math.round(ms),
  };
}

export function traceJson(traced: TracedLesson, steps: readonly TracedStep[]): PageTrace {
  const { lesson, strategy, size, schedule, prospects } = traced;
  return {
    command: "trace",
    lesson,
    strategy,
    size,
    schedule,
    steps: steps.map(({ n, task, event, at, waiting, rows, marks, tally, canEndAt, choice }) => ({
      n,
      task,
      operation: event?.operation ?? null,
      response: event?.reply ?? null,
      at,
      event: typeof choice === "object" ? choice.event : null,
      blockedBy: waiting.find((one) => one.task === task)?.blockedBy ?? null,
      waiting,
      rows,
      marks,
      tally,
      canEndAt,
    })),
    ...verdictOfTrace(traced, steps),
    pointOfNoReturn: prospects.pointOfNoReturn,
    beyondModel: traced.stepper.position.beyondModel,
  };
}

export function verificationJson({
  failure,
  others: _,
  looksLike,
  overProtected,
  text: __,
  file,
  problem,
  ...rest
}: Verification) {
  const counterexample = failure && {
    property: failure.property,
    anomaly: failure.anomaly,
    schedule: failure.schedule,
    size: failure.size,
    faults: failure.faults,
    switches: failure.switches,
    preemptions: failure.preemptions,
    explanation: failure.explanation,
    line: failure.line,
    steps: failure.steps.map(({ n, task, event, choice, line, rows, marks, tally, canEndAt }) => ({
      n,
      task,
      operation: event?.operation ?? null,
      response: event?.reply ?? null,
      event: typeof choice === "object" ? choice.event : null,
      line,
      rows,
      marks,
      tally,
      canEndAt,
    })),
  };
  return {
    command: "verify",
    ...rest,
    file: seenFrom(process.cwd(), file),
    problem,
    counterexample,
    misconception: looksLike?.misconception ?? null,
    looksLike: looksLike?.id ?? null,
    overProtected: overProtected && overProtected.length > 0,
    independence: overProtected,
  };
}
