/**
 * The distinct ends of a graph: final rows and the outcome of each task, each judged once.
 *
 * A wrongful rejection is found without a property: a task was rejected although its bare rule says yes (`rule.ts`).
 */

import { canonicalText } from "../core/canonical-text.js";
import { type BuiltInName, builtInNames } from "../core/exploration.js";
import type { FailureCode } from "../core/failure.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Grade, Graded } from "../core/lesson.js";
import type { Machine } from "../core/machine.js";
import type { Rows } from "../core/operation.js";
import type { End, Property } from "../core/property.js";
import { shownError } from "../core/shown-error.js";
import type { Work } from "../core/work.js";
import type { Node } from "./automaton.js";
import type { Graph } from "./graph.js";
import { type ExplorerInput, workOf } from "./options.js";
import type { Pace } from "./pace.js";
import { Rule } from "./rule.js";
import type { Space } from "./space.js";

/** One end, and the states that have it. */
export interface Ending {
  readonly end: End;
  readonly deadlock: boolean;
  readonly states: number[];
  readonly label: string;
  readonly grade: Grade;
  readonly says: Text | null;
  /** The properties that are tested at an end and that it breaks, and how. */
  readonly breaks: ReadonlyMap<string, BuiltInBreach>;
  /** All properties that it breaks, also invariants. */
  readonly violates: readonly string[];
}

interface BuiltInBreach {
  readonly kind: "outcome" | "monitor" | "deadlock" | "livelock" | "wrongful rejection" | "error";
  readonly explanation: string;
}

interface Judge extends Pick<ExplorerInput, "label" | "grade" | "language"> {
  readonly properties: readonly Property[];
  readonly failures: readonly FailureCode[];
  readonly unchecked: readonly BuiltInName[];
  /** The work of each task (null: a function without one), and a machine for given rows: to ask the rule at the end. */
  readonly works: readonly (Work | null)[];
  readonly machineOf: ((rows: Rows) => Machine) | null;
}

export const judgeOf = (options: ExplorerInput): Judge => {
  const { properties = [], label, grade, language, tasks, model, failures = [], unchecked = [], faults = {} } = options;
  // The fault itself shows this error: the client whose connection was lost knows nothing.
  const ofFaults: readonly FailureCode[] = faults["lost-reply"] ? ["08006"] : [];
  return {
    properties,
    label,
    grade,
    language,
    failures: [...failures, ...ofFaults],
    unchecked,
    works: tasks.map(workOf),
    machineOf: model,
  };
};

const standstills = {
  deadlock: { en: "deadlock", ko: "데드락" },
  livelock: { en: "livelock", ko: "라이브락" },
} as const;

/**
 * The label of an end. One that is a standstill says so, everywhere: its rows alone read like those of an end at which all is
 * well. `idle`: tasks ask for ever what nobody will change.
 */
export function endLabel(
  label: string,
  { deadlock, idle }: { deadlock: boolean; idle: boolean },
  language: Language = "en",
): string {
  if (!deadlock && !idle) return label;
  const word = inLanguage(standstills[deadlock ? "deadlock" : "livelock"], language);
  return label.includes(word) ? label : `${label} (${word})`.trimStart();
}

/** The sentence of a wrongful rejection. */
export const turnedAwayWrongly = (task: number, told: string): Text => ({
  en: `task ${task} was told "${told}", but the rule, if asked again at the end, says yes`,
  ko: `작업 ${task}의 요청은 거절됐지만("${told}"), 끝난 뒤에 다시 확인하면 받아 줄 수 있는 요청이었습니다`,
});

const wrongful = builtInNames["wrongful rejection"];

const nothing: ReadonlyMap<string, string> = new Map();

/** Names and judges ends, each distinct one once. */
export class Endings {
  readonly all = new Map<string, Ending>();
  readonly #rule: Rule | null;

  constructor(
    readonly space: Space,
    readonly judge: Judge,
  ) {
    const { machineOf } = judge;
    this.#rule = space.options.rule ?? (machineOf && new Rule(machineOf, space.options.drain));
  }

  /** The ends of `graph`, without states that were cut off. */
  async collect(graph: Graph, pace: Pace): Promise<Ending[]> {
    const endings = new Set<Ending>();
    const tuple = this.space.tuple();
    for (const [i, state] of graph.ends.entries()) {
      if (pace.due() && (await pace.pause()) && pace.isOver) {
        pace.cut();
        break;
      }
      const kind = graph.endKind(i);
      if (kind === "cut") continue;
      graph.readEnd(i, tuple);
      const ending = await this.of(tuple, kind === "deadlock");
      ending.states.push(state);
      endings.add(ending);
    }
    return [...endings];
  }

  /** The end that this state is. `stuck`: not all tasks have finished. */
  async of(tuple: Int32Array, stuck: boolean): Promise<Ending> {
    const rows = this.space.rows(tuple);
    const seats = this.#seats(tuple);
    const outcomes = seats.map(({ outcome }) => outcome ?? undefined);
    // Who is rejected before the first step has not looked.
    const wrongly = seats.map(({ outcome, wrongly, depth }) => outcome?.status === "rejected" && (wrongly ?? depth === 0));
    const idle = stuck && this.space.idles(tuple);
    const deadlock = stuck && !idle;
    const watched = this.space.watches?.broken(tuple[this.space.tasks + 2]!) ?? nothing;
    const key = canonicalText([rows, outcomes.map((outcome) => outcome ?? null), wrongly, stuck, idle, [...watched]]);
    const known = this.all.get(key);
    if (known) return known;
    const end = { before: this.space.machine.rows(this.space.machine.shared), rows, outcomes };
    const breaks = await this.#breaks(end, { deadlock, idle }, wrongly);
    for (const [property, explanation] of watched) breaks.set(property, { kind: "monitor", explanation });
    const invariants = this.judge.properties.flatMap((one) =>
      one.kind === "invariant" && one.test(end.rows, end.before) ? one.name : [],
    );
    const violates = [...breaks.keys(), ...invariants];
    const ending = {
      end,
      deadlock,
      states: [],
      label: endLabel(this.judge.label?.(end) ?? canonicalText(rows), { deadlock, idle }, this.judge.language),
      ...graded(this.judge.grade?.(end) ?? null, violates.length > 0),
      breaks,
      violates,
    };
    this.all.set(key, ending);
    return ending;
  }

  /** The node of each task; among tasks of one program sorted, so that an end is the same with and without symmetry. */
  #seats(tuple: Int32Array): readonly Node[] {
    const { space } = this;
    const byProgram = new Map<number, Node[]>();
    for (const [p, program] of space.programAt.entries())
      byProgram.set(program, [...(byProgram.get(program) ?? []), space.seats.node(tuple[p]!)]);
    // A task that has not ended comes last.
    const text = ({ outcome, wrongly }: Node) => `${outcome ? 0 : 1} ${canonicalText([outcome, wrongly ?? false])}`;
    for (const list of byProgram.values()) list.sort((a, b) => (text(a) < text(b) ? -1 : 1));
    const seats: Node[] = [];
    for (const [p, program] of space.programAt.entries()) seats[space.taskAt[p]! - 1] = byProgram.get(program)!.shift()!;
    return seats;
  }

  #say(text: Text): string {
    return inLanguage(text, this.judge.language ?? "en");
  }

  async #breaks(
    end: End,
    { deadlock, idle }: { deadlock: boolean; idle: boolean },
    wrongly: readonly boolean[],
  ): Promise<Map<string, BuiltInBreach>> {
    const breaks = new Map<string, BuiltInBreach>();
    const [left, all] = [end.outcomes.filter((outcome) => !outcome).length, end.outcomes.length];
    if (idle) {
      const explanation = this.#say({
        en: `${left} of ${all} have not finished and ask the same for ever: no task is left that could change the answer`,
        ko: `${all}개 중 ${left}개가 끝나지 못하고 같은 것을 끝없이 다시 묻습니다. 그 답을 바꿀 작업이 더는 없습니다`,
      });
      breaks.set(builtInNames.livelock, { kind: "livelock", explanation });
    }
    if (deadlock) {
      const explanation = this.#say({
        en: `nobody can go on, and ${left} of ${all} have not finished`,
        ko: `아무도 나아갈 수 없고, 작업 ${all}개 중 ${left}개가 끝나지 못했습니다`,
      });
      breaks.set(builtInNames.deadlock, { kind: "deadlock", explanation });
    }
    const shown = shownError(end.outcomes, this.judge.failures, { en: "task", ko: "작업" });
    if (shown) breaks.set(builtInNames.error, { kind: "error", explanation: this.#say(shown.says) });
    for (const property of this.judge.properties) {
      if (property.kind !== "outcome") continue;
      const explanation = property.test(end);
      if (explanation) breaks.set(property.name, { kind: "outcome", explanation });
    }
    for (const [i, outcome] of end.outcomes.entries()) {
      const work = this.judge.works[i];
      if (outcome?.status !== "rejected" || !work || !this.#rule || breaks.has(wrongful)) continue;
      if (this.space.options.rule && !wrongly[i]) continue;
      if (!(await this.#rule.accepts(work, end.rows))) continue;
      const explanation = this.#say(turnedAwayWrongly(i + 1, outcome.detail));
      breaks.set(wrongful, { kind: "wrongful rejection", explanation });
    }
    for (const name of this.judge.unchecked) breaks.delete(name);
    return breaks;
  }
}

/**
 * Readers tell ends apart by their labels, so a wrong end whose label is that of a right end is given a word more. A lesson's
 * `label` sees rows and outcomes: not the moment of a rejection, nor whether a task that never ended has crashed. And
 * the label of a lesson need not fit what a learner's own answer does.
 */
export function toldApart<E extends { readonly label: string; readonly violates: readonly string[] }>(
  ends: readonly E[],
  language: Language = "en",
): E[] {
  const right = new Set(ends.flatMap(({ label, violates }) => (violates.length === 0 ? label : [])));
  return ends.map((end) =>
    end.violates.length > 0 && right.has(end.label)
      ? { ...end, label: `${end.label}, ${inLanguage(wordFor(end.violates[0]!), language)}` }
      : end,
  );
}

const wordFor = (property: string): Text => words[property] ?? { en: "wrong", ko: "잘못됨" };
const words: { readonly [property: string]: Text } = {
  [builtInNames["wrongful rejection"]]: { en: "a wrong no", ko: "부당한 거절" },
  [builtInNames.error]: { en: "an error", ko: "오류" },
};

/** An end that breaks a property is forbidden, also where the lesson says otherwise. Others: as the lesson says, or expected. */
export function graded(said: Graded | null, broken: boolean): Pick<Ending, "grade" | "says"> {
  if (!broken) return said ?? { grade: "expected", says: null };
  return { grade: "forbidden", says: said?.grade === "forbidden" ? said.says : null };
}
