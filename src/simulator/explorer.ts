/**
 * Every interleaving of the tasks, counted exactly, with a verdict.
 *
 * A step is one operation on the store. Starting and ending a task, and sleeping, are no steps. A schedule is a sequence of
 * choices among the tasks that can go on, until none can. A blocked task cannot be chosen, unless the wait itself changes
 * the state (the statement has taken its snapshot, its place in a queue): then beginning to wait is a step, and going on
 * is another.
 */
import {
  type Breach,
  builtInNames,
  type Counterexample,
  type Exploration,
  type LimitHit,
  type OutcomeCount,
} from "../core/exploration.js";
import type { Operation } from "../core/operation.js";
import { formatSchedule, parseSchedule, type Schedule } from "../core/schedule.js";
import { countPaths, countTransitions, fairWalk, longestSchedule, type Paths, ratio } from "./count.js";
import { byText, counterexampleOf, smallestCounterexample } from "./counterexample.js";
import { type Ending, Endings, judgeOf } from "./ends.js";
import { Graph, type StopReason } from "./graph.js";
import { historyBreaches } from "./histories.js";
import { Invariants } from "./invariants.js";
import { findLivelock, type Livelock, lasts } from "./livelock.js";
import { refuseMisnamed } from "./misnamed.js";
import { defaultLimits, type ExplorerInput, type Limits, prepare } from "./options.js";
import { completionsFrom, type Prospects, prospects, schedulesTo } from "./reach.js";
import type { Goal } from "./search.js";
import type { Space } from "./space.js";
import { isReducible, verdictOnly } from "./verdict-only.js";
import { examples, Walker } from "./walk.js";

/** The first search allows a task so many steps, which is enough for nearly every program. */
const FEW_STEPS = 25;

const withSteps = (options: ExplorerInput, steps: number): ExplorerInput => ({
  ...options,
  limits: { ...options.limits, steps },
});

/** Explores everything and says what was found. */
export async function exploreAll(options: ExplorerInput): Promise<Exploration> {
  if (options.verdictOnly && isReducible(options)) return verdictOnly(options);
  return (await ExploredGraph.of(options)).result();
}

/** The explored graph, for questions beyond the first answer. */
export class ExploredGraph {
  readonly limits: Limits;
  readonly invariants: Invariants;
  #found: Livelock | null | undefined;
  readonly #endingAt = new Map<number, Ending>();

  private constructor(
    readonly options: ExplorerInput,
    readonly space: Space,
    readonly graph: Graph,
    readonly endings: Endings,
    readonly ends: readonly Ending[],
  ) {
    this.limits = { ...defaultLimits, ...options.limits };
    this.invariants = new Invariants(space, options.properties ?? []);
    for (const ending of ends) for (const state of ending.states) this.#endingAt.set(state, ending);
  }

  static async of(options: ExplorerInput): Promise<ExploredGraph> {
    const { steps } = { ...defaultLimits, ...options.limits };
    // A task that retries for ever shows it within few steps, and within many steps it has exponentially many histories.
    const short = await ExploredGraph.#within(options, Math.min(steps, FEW_STEPS));
    if (!short.graph.isEndless() || short.limits.steps >= steps || short.graph.stopped) return short;
    const livelock = short.#livelock();
    const enough = livelock && (await lasts(livelock, short.graph, await prepare(withSteps(options, steps))));
    return enough ? short : ExploredGraph.#within(options, steps);
  }

  static async #within(asked: ExplorerInput, steps: number): Promise<ExploredGraph> {
    const options = withSteps(asked, steps);
    const space = await prepare(options);
    const graph = new Graph(space);
    await graph.build({ ...defaultLimits, ...options.limits }, ticker(options));
    if (!graph.stopped && !graph.isEndless()) refuseMisnamed(space);
    const endings = new Endings(space, judgeOf(options));
    return new ExploredGraph(options, space, graph, endings, await endings.collect(graph));
  }

  /** Every operation that some task asks for in some state. */
  get operations(): readonly Operation[] {
    return this.space.automaton.operations.values;
  }

  /** A task had to wait in some state. */
  get waited(): boolean {
    return this.space.steps.blockedSeen;
  }

  async result(): Promise<Exploration> {
    const { graph, space } = this;
    const paths = countPaths(graph);
    const fair = fairWalk(graph);
    const counts = this.ends.map(({ states }) => states.reduce((total, state) => total + paths.to(state), 0n));
    const schedules = counts.reduce((total, count) => total + count, 0n);
    const samples = await examples(
      graph,
      this.ends.map(({ states }) => states),
    );
    const breaches = await this.#breaches(counts, samples, schedules);
    const { violations } = breaches;
    const limits = this.#limitsHit(breaches.limits);
    const lost = [...graph.unfinished()].reduce((total, state) => total + fair[state]!, 0);
    return {
      verdict: violations.length ? "violated" : limits.length ? "inconclusive" : "holds",
      limits,
      covered: limits.length ? Math.max(0, 1 - lost) : 1,
      schedules,
      violating: schedules - this.#clean(paths) + breaches.histories,
      states: graph.states,
      transitions: countTransitions(graph),
      longest: longestSchedule(graph),
      reductions: [...(space.options.mergeEnded ? ["ended"] : []), ...(space.options.symmetry ? ["symmetry"] : [])],
      outcomes: this.#outcomes(counts, schedules, fair, samples),
      violations,
      counterexample: smallestCounterexample(violations.flatMap(({ counterexample }) => counterexample ?? [])),
      bytes: graph.bytes,
    };
  }

  /** The ends that are still possible after each step of `schedule`. */
  async canStillEndAt(schedule: string | Schedule): Promise<Prospects> {
    return prospects(this.graph, this.ends, typeof schedule === "string" ? parseSchedule(schedule) : schedule);
  }

  /** How many schedules go on from the state after `schedule`, by the label of their end. */
  async completions(schedule: string | Schedule): Promise<Map<string, bigint>> {
    const walker = new Walker(this.space, this.graph.start);
    await walker.follow(typeof schedule === "string" ? parseSchedule(schedule) : schedule);
    const byLabel = new Map<string, bigint>();
    for (const [{ label }, count] of completionsFrom(this.graph, this.ends, walker))
      byLabel.set(label, (byLabel.get(label) ?? 0n) + count);
    return byLabel;
  }

  /** How many schedules go on from the state after `schedule`, and how many of them break an invariant or end wrong. */
  async peek(schedule: string | Schedule): Promise<{ readonly schedules: bigint; readonly wrong: bigint }> {
    const walker = new Walker(this.space, this.graph.start);
    const skip = this.invariants.any(this.graph);
    const isBad = () => Boolean(skip?.(this.graph.table.find(walker.tuple)));
    let broken = isBad();
    await walker.follow(
      typeof schedule === "string" ? parseSchedule(schedule) : schedule,
      () => {},
      () => {
        broken ||= isBad();
      },
    );
    const sum = (counts: Map<Ending, bigint>, test: (ending: Ending) => boolean) =>
      [...counts].reduce((total, [ending, count]) => (test(ending) ? total + count : total), 0n);
    const schedules = sum(completionsFrom(this.graph, this.ends, walker), () => true);
    const clean = broken ? 0n : sum(completionsFrom(this.graph, this.ends, walker, skip), ({ breaks }) => breaks.size === 0);
    return { schedules, wrong: schedules - clean };
  }

  /** The smallest schedule that ends with this label; null where none does. */
  async smallestTo(label: string): Promise<Counterexample | null> {
    const states = this.#endingWith(label);
    const [example] = await examples(this.graph, [[...states]]);
    const goal: Goal = (tuple, over) => over && states.has(this.graph.table.find(tuple));
    return counterexampleOf(this.space, this.graph.start, { property: label, goal, atEnds: false, example: example ?? null });
  }

  /** The first `most` schedules with this label, in the order of their tasks. */
  async schedulesTo(label: string, most: number): Promise<readonly string[]> {
    return (await schedulesTo(this.graph, this.#endingWith(label), most)).map((schedule) => formatSchedule(schedule));
  }

  /** The first `most` schedules whose end breaks something, in the order of their tasks. */
  async wrongSchedules(most: number): Promise<readonly string[]> {
    const wrong = this.ends.filter(({ violates }) => violates.length > 0).flatMap(({ states }) => states);
    return (await schedulesTo(this.graph, new Set(wrong), most)).map((schedule) => formatSchedule(schedule));
  }

  #endingWith(label: string): ReadonlySet<number> {
    return new Set(this.ends.filter((end) => end.label === label).flatMap(({ states }) => states));
  }

  /** Most schedules first. */
  #outcomes(counts: readonly bigint[], schedules: bigint, fair: Float64Array, samples: readonly Schedule[]): OutcomeCount[] {
    const outcomes = this.ends.map(({ end, label, grade, says, deadlock, states, violates }, i) => ({
      label,
      grade,
      says,
      rows: end.rows,
      outcomes: end.outcomes,
      deadlock,
      schedules: counts[i]!,
      share: ratio(counts[i]!, schedules),
      fair: states.reduce((total, state) => total + fair[state]!, 0),
      example: formatSchedule(samples[i]!),
      violates,
    }));
    return outcomes.sort((a, b) => {
      if (a.schedules !== b.schedules) return a.schedules < b.schedules ? 1 : -1;
      return byText(a.label, b.label) || byText(a.example, b.example);
    });
  }

  /** Schedules that break neither an invariant on the way nor anything at their end. */
  #clean(plain: Paths): bigint {
    const skip = this.invariants.any(this.graph);
    const paths = skip ? countPaths(this.graph, skip) : plain;
    let clean = 0n;
    for (const { breaks, states } of this.ends)
      if (!breaks.size) for (const state of states) clean += this.invariants.holdsIn(this.graph, state) ? paths.to(state) : 0n;
    return clean;
  }

  async #breaches(counts: readonly bigint[], samples: readonly Schedule[], schedules: bigint) {
    const violations: Breach[] = [];
    const add = async (
      breach: Omit<Breach, "counterexample" | "share">,
      goal: Goal,
      atEnds: boolean,
      example: Schedule | null,
    ) => {
      const counterexample = await counterexampleOf(this.space, this.graph.start, {
        property: breach.property,
        goal,
        atEnds,
        example,
      });
      const share = breach.schedules === null ? null : ratio(breach.schedules, schedules);
      violations.push({ ...breach, share, counterexample });
    };
    for (const [property, { kind, explanation }] of faultsOf(this.ends)) {
      const bad = this.ends.map(({ breaks }) => breaks.has(property));
      const count = counts.reduce((total, each, i) => (bad[i] ? total + each : total), 0n);
      const goal: Goal = (tuple, over) => over && this.#breaksAt(tuple, property);
      await add({ property, kind, explanation, schedules: count }, goal, kind !== "deadlock", samples[bad.indexOf(true)]!);
    }
    for (const { property, explanation, bad } of this.invariants.broken(this.graph)) {
      const paths = countPaths(this.graph, bad);
      const good = this.ends.flatMap(({ states }) => states).reduce((n, state) => (bad(state) ? n : n + paths.to(state)), 0n);
      const goal: Goal = (tuple) => this.invariants.says(property, tuple) !== null;
      await add({ property, kind: "invariant", explanation, schedules: schedules - good }, goal, false, null);
    }
    const livelock = this.#livelock();
    if (livelock) await add({ ...livelock.breach, schedules: null }, livelock.goal, false, null);
    const histories = await historyBreaches(this.graph, this.options.properties ?? [], this.limits.runs, (states) =>
      states.some((state) => this.#isBad(state)),
    );
    for (const breach of histories.violations) violations.push({ ...breach, share: ratio(breach.schedules ?? 0n, schedules) });
    return { violations, limits: histories.limits, histories: histories.onlyHere };
  }

  /** Searched once: it takes half as long as the exploration. */
  #livelock(): Livelock | null {
    if (this.options.unchecked?.includes(builtInNames.livelock)) return null;
    if (this.#found === undefined) this.#found = this.graph.isEndless() ? findLivelock(this.graph, this.options.language) : null;
    return this.#found;
  }

  #isBad(state: number): boolean {
    return !this.invariants.holdsIn(this.graph, state) || Boolean(this.#endingAt.get(state)?.breaks.size);
  }

  #breaksAt(tuple: Int32Array, property: string): boolean {
    return this.#endingAt.get(this.graph.table.find(tuple))?.breaks.has(property) ?? false;
  }

  #limitsHit(more: readonly LimitHit[]): LimitHit[] {
    const { graph, limits } = this;
    const hits: LimitHit[] = [...more];
    if (graph.stopped) hits.push({ limit: graph.stopped, value: graph.stopped === "cancelled" ? 0 : limits[graph.stopped] });
    if (graph.isEndless()) hits.push({ limit: "steps", value: limits.steps });
    return hits;
  }
}

/** Every property that an end breaks, with the first explanation in the order of the ends' labels, not of the search. */
function faultsOf(ends: readonly Ending[]) {
  const faults = new Map<string, { kind: Breach["kind"]; explanation: string }>();
  for (const { breaks } of [...ends].sort((a, b) => byText(a.label, b.label)))
    for (const [property, fault] of breaks) if (!faults.has(property)) faults.set(property, fault);
  return faults;
}

/** Between two slices of the search: lets other code run, reports progress, looks at the clock and at `cancelled`. */
function ticker({ now, onProgress, cancelled, limits, drain }: ExplorerInput): (graph: Graph) => Promise<StopReason | null> {
  const begun = now?.() ?? 0;
  return async (graph) => {
    await (drain?.() ?? new Promise<void>((resolve) => setImmediate(resolve)));
    const seconds = now ? (now() - begun) / 1000 : null;
    onProgress?.({ share: graph.progress(), states: graph.states, statesPerSecond: seconds && graph.states / seconds });
    if (cancelled?.()) return "cancelled";
    return seconds !== null && seconds > (limits?.seconds ?? defaultLimits.seconds) ? "seconds" : null;
  };
}
