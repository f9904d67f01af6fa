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
import { countAll, countPaths, type Paths, ratio } from "./count.js";
import { byText, counterexampleOf, smallestCounterexample, type Wanted } from "./counterexample.js";
import { type Ending, Endings, judgeOf, toldApart } from "./ends.js";
import { Graph } from "./graph.js";
import { historyBreaches } from "./histories.js";
import { Invariants } from "./invariants.js";
import { findLivelock, type Livelock, lasts } from "./livelock.js";
import { refuseMisnamed } from "./misnamed.js";
import { defaultLimits, type ExplorerInput, type Limits, prepare } from "./options.js";
import { Pace, type Paced } from "./pace.js";
import { completionsFrom, type Prospects, prospects, schedulesTo } from "./reach.js";
import { Rule } from "./rule.js";
import { inOwnWords } from "./said.js";
import type { Goal } from "./search.js";
import { CUT } from "./seats.js";
import type { Space, SpaceOptions } from "./space.js";
import { isReducible, verdictOnly } from "./verdict-only.js";
import { examples, Walker, wayToUnfinished } from "./walk.js";

/** The first search allows a task so many steps, which is enough for nearly every program. */
const FEW_STEPS = 25;
/** And so many where that search is large and meets its limit: two rounds of a transaction of four statements. */
const FEWEST_STEPS = 8;

const withSteps = (options: ExplorerInput, steps: number): ExplorerInput => ({
  ...options,
  limits: { ...options.limits, steps },
});

/** Explores everything and says what was found. */
export async function exploreAll(options: ExplorerInput): Promise<Exploration> {
  const byTraces = options.verdictOnly && isReducible(options) ? await verdictOnly(options) : null;
  return byTraces ?? (await ExploredGraph.of(options)).result();
}

/** Who asks a question about an explored graph, and whether they still want to know. */
export type QuestionWatch = Pick<Paced, "cancelled">;

/** A schedule to an end; null: a limit ended the search before there was one. */
type Example = Schedule | null;

/** A broken property, and what its smallest counterexample has to reach. */
interface Found {
  readonly breach: Omit<Breach, "counterexample" | "share">;
  readonly wanted: Wanted;
}

/** What follows a beginning. */
interface Peek {
  readonly schedules: bigint;
  readonly wrong: bigint;
  /** False: the search stopped, or was cut off somewhere, so there may be more of both. */
  readonly exact: boolean;
}

/** The explored graph, for questions beyond the first answer. */
export class ExploredGraph {
  readonly limits: Limits;
  readonly invariants: Invariants;
  #found: Livelock | null | undefined;
  readonly #endingAt = new Map<number, Ending>();
  /** The time of the first answer; each later question has as much again. */
  readonly #pace: Pace;

  private constructor(
    readonly options: ExplorerInput,
    pace: Pace,
    readonly space: Space,
    readonly graph: Graph,
    readonly endings: Endings,
    readonly ends: readonly Ending[],
  ) {
    this.#pace = pace;
    this.limits = { ...defaultLimits, ...options.limits };
    this.invariants = new Invariants(space, options.properties ?? []);
    for (const ending of ends) for (const state of ending.states) this.#endingAt.set(state, ending);
  }

  static async of(options: ExplorerInput, pace: Pace = new Pace(options)): Promise<ExploredGraph> {
    const { steps } = { ...defaultLimits, ...options.limits };
    // A task that retries for ever shows it within few steps, and within many steps it has exponentially many histories.
    const few = Math.min(steps, FEW_STEPS);
    let short = await ExploredGraph.#within(options, few, pace, { givesUp: few < steps });
    if (!short) {
      short = await ExploredGraph.#whole(options, FEWEST_STEPS, pace);
      if (pace.stopped || (await short.#isLivelock(steps))) return short;
      short = await ExploredGraph.#whole(options, few, pace);
    }
    if (!short.graph.isEndless() || few === steps || short.graph.stopped) return short;
    return (await short.#isLivelock(steps)) || pace.stopped ? short : ExploredGraph.#whole(options, steps, pace);
  }

  /** Does a livelock found within few steps go on within so many? */
  async #isLivelock(steps: number): Promise<boolean> {
    const { awaits } = this.space.options;
    const livelock = await this.#livelock();
    const longer = livelock && (await prepare(withSteps(this.options, steps), { awaits }));
    return longer !== null && lasts(livelock!, this.graph, longer, this.#pace);
  }

  static async #whole(options: ExplorerInput, steps: number, pace: Pace): Promise<ExploredGraph> {
    return (await ExploredGraph.#within(options, steps, pace)) as ExploredGraph;
  }

  /** Null: it was given up, because it is large and a task has reached the limit of steps. */
  static async #within(asked: ExplorerInput, steps: number, pace: Pace, over: Over = {}): Promise<ExploredGraph | null> {
    const options = withSteps(asked, steps);
    const rule = new Rule(options.model, options.drain);
    const { givesUp, ...also } = over;
    const space = await prepare(options, { awaits: mayLeaveOut(options) ? new Set<string>() : undefined, rule, ...also });
    const { states } = { ...defaultLimits, ...options.limits };
    const isGivenUp = () => givesUp === true && space.seats.state.includes(CUT);
    let graph = new Graph(space, space.initial(), mayMerge(options));
    await graph.build(states, pace, isGivenUp);
    if (graph.isRefused) {
      graph = new Graph(space);
      await graph.build(states, pace, isGivenUp);
    }
    if (graph.isGivenUp) return null;
    await space.automaton.recheck();
    const mistaken = (await space.steps.awaits?.mistaken()) ?? null;
    if (space.steps.awaits && mistaken?.size !== 0)
      return ExploredGraph.#within(asked, steps, pace, { ...over, awaits: withAlso(space.options.awaits, mistaken) });
    if (!graph.stopped && !graph.isEndless()) refuseMisnamed(space);
    const endings = new Endings(space, judgeOf(options));
    const ends = toldApart(await endings.collect(graph, pace), options.language);
    return new ExploredGraph(options, pace, space, graph, endings, ends);
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
    const pace = this.#pace;
    pace.aside = 0;
    const { paths, fair, longest } = await countAll(graph, pace);
    const counts = this.ends.map(({ states }) => states.reduce((total, state) => total + paths.to(state), 0n));
    const schedules = counts.reduce((total, count) => total + count, 0n);
    const targets = this.ends.map(({ states }) => states);
    const samples = await examples(graph, targets, pace);
    const clean = await this.#clean(paths, counts);
    const breaches = await this.#breaches(counts, samples, schedules);
    const violations = await inOwnWords(this.options, breaches.violations);
    const { limits } = breaches;
    const lost = fair ? [...graph.unfinished()].reduce((total, state) => total + fair(state), 0) : 1 - graph.share;
    return {
      verdict: violations.length ? "violated" : limits.length ? "inconclusive" : "holds",
      limits,
      covered: limits.length ? Math.max(0, 1 - lost) : 1,
      schedules,
      violating: schedules - clean + breaches.histories,
      states: graph.followed,
      transitions: graph.transitions,
      longest,
      reductions: reductionsOf(space),
      outcomes: inEverySchedule(violations, schedules, this.#outcomes(counts, schedules, fair, samples)),
      violations,
      counterexample: smallestCounterexample(violations.flatMap(({ counterexample }) => counterexample ?? [])),
      bytes: graph.bytes,
    };
  }

  /** The ends that are still possible after each step of `schedule`. */
  async canStillEndAt(schedule: string | Schedule, watch?: QuestionWatch): Promise<Prospects> {
    const path = typeof schedule === "string" ? parseSchedule(schedule) : schedule;
    return prospects(this.graph, this.ends, path, this.#paceOf(watch), (walker) => this.#endAt(walker));
  }

  /** The end that the walker has come to; null: a task can go on, or the model does not know how. */
  async #endAt(walker: Walker): Promise<Ending | null> {
    const { tuple, space } = walker;
    if ((await walker.options()).length > 0 || space.cutBy(tuple) !== null) return null;
    return this.endings.of(tuple, !space.allEnded(tuple));
  }

  /** How many schedules go on from the state after `schedule`, by the label of their end. */
  async completions(schedule: string | Schedule, watch?: QuestionWatch): Promise<Map<string, bigint>> {
    const walker = new Walker(this.space, this.graph.start);
    await walker.follow(typeof schedule === "string" ? parseSchedule(schedule) : schedule);
    const byLabel = new Map<string, bigint>();
    for (const [{ label }, count] of await completionsFrom(this.graph, this.ends, walker, this.#paceOf(watch)))
      byLabel.set(label, (byLabel.get(label) ?? 0n) + count);
    return byLabel;
  }

  /** How many schedules go on from the state after `schedule`, and how many of them break an invariant or end wrong. */
  async peek(schedule: string | Schedule, watch?: QuestionWatch): Promise<Peek> {
    const pace = this.#paceOf(watch);
    const walker = new Walker(this.space, this.graph.start);
    const skip = this.invariants.any(this.graph);
    // A schedule may leave what a search with a limit has found.
    const isBad = () => !this.invariants.hold(walker.tuple);
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
    const all = await completionsFrom(this.graph, this.ends, walker, pace);
    const schedules = sum(all, () => true);
    const unbroken = skip && !broken ? await completionsFrom(this.graph, this.ends, walker, pace, skip) : all;
    const clean = broken ? 0n : sum(unbroken, ({ breaks }) => breaks.size === 0);
    return { schedules, wrong: schedules - clean, exact: this.isWhole };
  }

  /** Were all schedules followed to their ends? */
  get isWhole(): boolean {
    return this.graph.unfinished().next().done === true;
  }

  /** The smallest schedule that ends with this label; null where none does. */
  async smallestTo(label: string, watch?: QuestionWatch): Promise<Counterexample | null> {
    const pace = this.#paceOf(watch);
    const states = this.#endingWith(label);
    const [example] = await examples(this.graph, [[...states]], pace);
    const goal: Goal = (tuple, over) => over && states.has(this.graph.find(tuple));
    const wanted = { property: label, goal, atEnds: false, example: example ?? null };
    return counterexampleOf(this.space, this.graph.start, wanted, pace);
  }

  /** The first `most` schedules with this label, in the order of their tasks. */
  async schedulesTo(label: string, most: number, watch?: QuestionWatch): Promise<readonly string[]> {
    return this.#schedulesTo(this.#endingWith(label), most, watch);
  }

  /** The first `most` schedules whose end breaks something, in the order of their tasks. */
  async wrongSchedules(most: number, watch?: QuestionWatch): Promise<readonly string[]> {
    const wrong = this.ends.filter(({ violates }) => violates.length > 0).flatMap(({ states }) => states);
    return this.#schedulesTo(new Set(wrong), most, watch);
  }

  async #schedulesTo(goal: ReadonlySet<number>, most: number, watch?: QuestionWatch): Promise<readonly string[]> {
    return (await schedulesTo(this.graph, goal, most, this.#paceOf(watch))).map((schedule) => formatSchedule(schedule));
  }

  /** A schedule that is cut off; null: there is none. */
  wayToUnfinished(watch?: QuestionWatch): Promise<Schedule | null> {
    return wayToUnfinished(this.graph, this.#paceOf(watch));
  }

  /** For a question about the explored graph: as much time as the search had, and the asker's own `cancelled`. */
  #paceOf(watch: QuestionWatch = {}): Pace {
    return new Pace({ ...this.options, onProgress: undefined, cancelled: undefined, ...watch });
  }

  #endingWith(label: string): ReadonlySet<number> {
    return new Set(this.ends.filter((end) => end.label === label).flatMap(({ states }) => states));
  }

  /** Most schedules first. */
  #outcomes(
    counts: readonly bigint[],
    schedules: bigint,
    fair: ((state: number) => number) | null,
    samples: readonly Example[],
  ): OutcomeCount[] {
    const outcomes = this.ends.map(({ end, label, grade, says, deadlock, states, violates }, i) => ({
      label,
      grade,
      says,
      rows: end.rows,
      outcomes: end.outcomes,
      deadlock,
      schedules: counts[i]!,
      share: ratio(counts[i]!, schedules),
      fair: fair && states.reduce((total, state) => total + fair(state), 0),
      example: formatSchedule(samples[i] ?? []),
      violates,
    }));
    return outcomes.sort((a, b) => {
      if (a.schedules !== b.schedules) return a.schedules < b.schedules ? 1 : -1;
      return byText(a.label, b.label) || byText(a.example, b.example);
    });
  }

  /** Schedules that break neither an invariant on the way nor anything at their end, as far as they could be counted. */
  async #clean(plain: Paths, counts: readonly bigint[]): Promise<bigint> {
    const skip = this.invariants.any(this.graph);
    const paths = skip ? await countPaths(this.graph, this.#pace, skip) : plain;
    let clean = 0n;
    for (const [i, { breaks, states }] of this.ends.entries()) {
      if (breaks.size) continue;
      if (!paths.complete) clean += counts[i]!;
      else for (const state of states) clean += this.invariants.holdsIn(this.graph, state) ? paths.to(state) : 0n;
    }
    return clean;
  }

  async #breaches(counts: readonly bigint[], samples: readonly Example[], schedules: bigint) {
    const found: Found[] = [];
    for (const [property, { kind, explanation }] of faultsOf(this.ends)) {
      const bad = this.ends.map(({ breaks }) => breaks.has(property));
      const count = counts.reduce((total, each, i) => (bad[i] ? total + each : total), 0n);
      const goal: Goal = (tuple, over) => over && this.#breaksAt(tuple, property);
      const atEnds = kind !== "deadlock" && kind !== "livelock";
      const wanted = { property, goal, atEnds, example: samples[bad.indexOf(true)] ?? null };
      found.push({ breach: { property, kind, explanation, schedules: count }, wanted });
    }
    for (const { property, explanation, bad } of await this.invariants.broken(this.graph, this.#pace)) {
      const paths = await countPaths(this.graph, this.#pace, bad);
      const ends = this.ends.flatMap(({ states }) => states);
      const good = paths.complete ? ends.reduce((n, state) => (bad(state) ? n : n + paths.to(state)), 0n) : schedules;
      const goal: Goal = (tuple) => this.invariants.says(property, tuple) !== null;
      const breach = { property, kind: "invariant" as const, explanation, schedules: schedules - good };
      found.push({ breach, wanted: { property, goal, atEnds: false, example: null } });
    }
    const livelock = found.some(({ breach }) => breach.kind === "livelock") ? null : await this.#livelock();
    if (livelock) {
      const { breach, shown } = livelock;
      found.push({
        breach: { ...breach, schedules: null },
        wanted: { property: breach.property, goal: shown, atEnds: false, example: null },
      });
    }
    const asked = { properties: this.options.properties ?? [], runs: this.limits.runs, pace: this.#pace };
    const histories = await historyBreaches(this.graph, asked, (states) => states.some((state) => this.#isBad(state)));
    const limits = this.#limitsHit(histories.limits);
    // Last, because the time that it takes must not be missing where the verdict is decided.
    const violations: Breach[] = [];
    for (const { breach, wanted } of found) {
      const share = breach.schedules === null ? null : ratio(breach.schedules, schedules);
      const counterexample = await counterexampleOf(this.space, this.graph.start, wanted, this.#pace);
      violations.push({ ...breach, share, counterexample });
    }
    for (const breach of histories.violations) violations.push({ ...breach, share: ratio(breach.schedules ?? 0n, schedules) });
    return { violations, limits, histories: histories.onlyHere };
  }

  /** Searched once: it takes half as long as the exploration. */
  async #livelock(): Promise<Livelock | null> {
    if (this.options.unchecked?.includes(builtInNames.livelock)) return null;
    if (this.#found === undefined)
      this.#found = this.graph.isEndless() ? await findLivelock(this.graph, this.#pace, this.options.language) : null;
    return this.#found;
  }

  #isBad(state: number): boolean {
    return !this.invariants.holdsIn(this.graph, state) || Boolean(this.#endingAt.get(state)?.breaks.size);
  }

  #breaksAt(tuple: Int32Array, property: string): boolean {
    return this.#endingAt.get(this.graph.find(tuple))?.breaks.has(property) ?? false;
  }

  #limitsHit(more: readonly LimitHit[]): LimitHit[] {
    const { graph, limits } = this;
    const hits: LimitHit[] = [...more];
    const stopped = graph.stopped ?? (this.#pace.isCut ? this.#pace.stopped : null);
    if (stopped) hits.push({ limit: stopped, value: this.#pace.valueOf(stopped) });
    if (graph.isEndless()) hits.push({ limit: "steps", value: limits.steps });
    return [...hits, ...graph.beyondModel()];
  }
}

/** What a search does beside what was asked. */
interface Over extends Pick<Partial<SpaceOptions>, "awaits"> {
  readonly givesUp?: boolean;
}

/** A property of what happens on the way may look at every round of a loop, and who asks for every history gets it. */
const mayLeaveOut = ({ properties = [], mergeEnded }: ExplorerInput): boolean =>
  mergeEnded !== false && properties.every(({ kind }) => kind !== "history" && kind !== "monitor");

/** An invariant looks at every state, and states that share a number differ in their rows. */
const mayMerge = ({ properties = [] }: ExplorerInput): boolean => properties.every(({ kind }) => kind !== "invariant");

/** Too many rounds that are none: then all rounds are in the schedules. */
const MOST_MISTAKEN = 40;

function withAlso(known: ReadonlySet<string> = new Set(), more: ReadonlySet<string> | null): ReadonlySet<string> | undefined {
  const both = new Set([...known, ...(more ?? [])]);
  return more && both.size <= MOST_MISTAKEN ? both : undefined;
}

const reductionsOf = ({ options, steps }: Space): readonly string[] => [
  ...(options.mergeEnded ? ["ended"] : []),
  ...(options.symmetry ? ["symmetry"] : []),
  ...(steps.awaits?.any ? ["awaits"] : []),
];

/** Every property that an end breaks, with the first explanation in the order of the ends' labels, not of the search. */
function faultsOf(ends: readonly Ending[]) {
  const faults = new Map<string, { kind: Breach["kind"]; explanation: string }>();
  for (const { breaks } of [...ends].sort((a, b) => byText(a.label, b.label)))
    for (const [property, fault] of breaks) if (!faults.has(property)) faults.set(property, fault);
  return faults;
}

/** What is broken in every schedule is broken at every end, also where the end does not show it: no end of it is "ok". */
function inEverySchedule(violations: readonly Breach[], all: bigint, outcomes: readonly OutcomeCount[]): OutcomeCount[] {
  const names = violations.flatMap(({ property, schedules }) => (all > 0n && schedules === all ? property : []));
  return outcomes.map((outcome) => {
    const added = names.filter((name) => !outcome.violates.includes(name));
    if (added.length === 0) return outcome;
    const says = outcome.grade === "forbidden" ? outcome.says : null;
    return { ...outcome, grade: "forbidden", says, violates: [...outcome.violates, ...added] };
  });
}
