/** What a lesson claims to be broken, explored: most of what a law of all claims costs, so all laws look at one exploration. */
import type { Breach, Counterexample } from "../../src/core/exploration.js";
import type { Claim } from "../../src/core/lesson.js";
import { lessonEntries, loadLesson } from "../../src/course/catalog.js";
import { type ExploredLesson, exploreLesson, type TracedLesson, traceExplored, traceSteps } from "../../src/explore/explore.js";
import { traceViewOf } from "../../src/explore/views.js";
import type { TraceView } from "../../src/report/views.js";

export interface ExploredClaim {
  readonly found: ExploredLesson;
  /** Of each broken property its schedule, played. */
  readonly broken: readonly (Breach & {
    readonly counterexample: Counterexample;
    readonly traced: TracedLesson;
    readonly steps: ReturnType<typeof traceSteps>;
    readonly view: TraceView;
  })[];
}

/** The claims of a lesson, one of each strategy, size and faults. */
export async function settingsOf(id: string): Promise<readonly Claim[]> {
  const { claims = [] } = await loadLesson(lessonEntries().find((one) => one.id === id)!, "en");
  return [...new Map(claims.map((claim) => [JSON.stringify([claim.strategy, claim.size, claim.faults]), claim])).values()];
}

export async function explored(id: string, { strategy, size = {}, faults = {} }: Claim, states: number): Promise<ExploredClaim> {
  const found = await exploreLesson({ lesson: id, strategy, size, faults, language: "en", limit: { states } });
  const broken: ExploredClaim["broken"][number][] = [];
  for (const { counterexample, ...of } of found.exploration.violations) {
    if (!counterexample) continue;
    const traced = await traceExplored(found, counterexample.schedule);
    const view = await traceViewOf(traced, { lesson: id, strategy });
    broken.push({ ...of, counterexample, traced, steps: traceSteps(traced), view });
  }
  return { found, broken };
}
