/**
 * The distinct ends of a graph: final rows and the outcome of each task, each judged once.
 *
 * A wrongful rejection is found without a property: a task was rejected, and the bare rule, run alone on the final rows,
 * says yes.
 */
import { type BuiltInName, builtInNames } from "../core/exploration.js";
import type { FailureCode } from "../core/failure.js";
import { inLanguage, type Text } from "../core/language.js";
import type { Grade, Graded } from "../core/lesson.js";
import type { Machine } from "../core/machine.js";
import type { Rows } from "../core/operation.js";
import type { End, Property } from "../core/property.js";
import { shownError } from "../core/shown-error.js";
import { runWork } from "../core/strategy.js";
import type { Outcome, Work } from "../core/work.js";
import type { Graph } from "./graph.js";
import { canonicalText } from "./intern.js";
import { type ExplorerInput, workOf } from "./options.js";
import type { Pace } from "./pace.js";
import { alone } from "./run.js";
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
  readonly kind: "outcome" | "deadlock" | "wrongful rejection" | "error";
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

/** The sentence of a wrongful rejection. */
export const turnedAwayWrongly = (task: number, told: string): Text => ({
  en: `task ${task} was told "${told}", but asked again at the end the rule says yes`,
  ko: `작업 ${task}에게 한 답은 "${told}"인데, 끝난 뒤에 다시 물으면 규칙은 된다고 합니다`,
});

/** Names and judges ends, each distinct one once. */
export class Endings {
  readonly all = new Map<string, Ending>();
  readonly #says = new Map<string, Promise<Outcome | null>>();

  constructor(
    readonly space: Space,
    readonly judge: Judge,
  ) {}

  /** The ends of `graph`, without states that the limit of steps cut off. */
  async collect(graph: Graph, pace: Pace): Promise<Ending[]> {
    const endings = new Set<Ending>();
    const tuple = this.space.tuple();
    for (const state of graph.ends) {
      if (pace.due() && (await pace.pause()) && pace.isOver) {
        pace.cut();
        break;
      }
      const kind = graph.endKind(state);
      if (kind === "cut") continue;
      graph.table.read(state, tuple);
      const ending = await this.of(tuple, kind === "deadlock");
      ending.states.push(state);
      endings.add(ending);
    }
    return [...endings];
  }

  /** The end that this state is. */
  async of(tuple: Int32Array, deadlock: boolean): Promise<Ending> {
    const rows = this.space.rows(tuple);
    const outcomes = this.#outcomes(tuple);
    const key = canonicalText([rows, outcomes.map((outcome) => outcome ?? null), deadlock]);
    const known = this.all.get(key);
    if (known) return known;
    const end = { before: this.space.machine.rows(this.space.machine.shared), rows, outcomes };
    const breaks = await this.#breaks(end, deadlock);
    const invariants = this.judge.properties.flatMap((one) =>
      one.kind === "invariant" && one.test(end.rows, end.before) ? one.name : [],
    );
    const violates = [...breaks.keys(), ...invariants];
    const ending = {
      end,
      deadlock,
      states: [],
      label: this.judge.label?.(end) ?? canonicalText(rows),
      ...graded(this.judge.grade?.(end) ?? null, violates.length > 0),
      breaks,
      violates,
    };
    this.all.set(key, ending);
    return ending;
  }

  /** By task; among tasks of one program sorted, so that an end is the same with and without symmetry. */
  #outcomes(tuple: Int32Array): (Outcome | undefined)[] {
    const { space } = this;
    const byProgram = new Map<number, (Outcome | undefined)[]>();
    for (const [p, program] of space.programAt.entries())
      byProgram.set(program, [...(byProgram.get(program) ?? []), space.seats.node(tuple[p]!).outcome ?? undefined]);
    // `sort` itself puts undefined last.
    for (const list of byProgram.values()) list.sort((a, b) => (canonicalText(a) < canonicalText(b) ? -1 : 1));
    const outcomes: (Outcome | undefined)[] = [];
    for (const [p, program] of space.programAt.entries()) outcomes[space.taskAt[p]! - 1] = byProgram.get(program)!.shift();
    return outcomes;
  }

  #say(text: Text): string {
    return inLanguage(text, this.judge.language ?? "en");
  }

  async #breaks(end: End, deadlock: boolean): Promise<Map<string, BuiltInBreach>> {
    const breaks = new Map<string, BuiltInBreach>();
    if (deadlock) {
      const waiting = end.outcomes.flatMap((outcome, i) => (outcome ? [] : i + 1));
      const [left, all] = [waiting.length, end.outcomes.length];
      const explanation = this.#say({
        en: `nobody can go on, and ${left} of ${all} have not finished`,
        ko: `아무도 나아갈 수 없고, ${all}개 중 ${left}개가 끝나지 못했습니다`,
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
      if (outcome?.status !== "rejected" || breaks.has(builtInNames["wrongful rejection"])) continue;
      const now = await this.#saysNow(this.judge.works[i] ?? null, end.rows);
      if (now?.status !== "ok") continue;
      const explanation = this.#say(turnedAwayWrongly(i + 1, outcome.detail));
      breaks.set(builtInNames["wrongful rejection"], { kind: "wrongful rejection", explanation });
    }
    for (const name of this.judge.unchecked) breaks.delete(name);
    return breaks;
  }

  /** What the bare rule says when it runs alone on these rows; null: it has to wait, or there is no rule. */
  #saysNow(work: Work | null, rows: Rows): Promise<Outcome | null> {
    const { machineOf, works } = this.judge;
    if (!work || !machineOf) return Promise.resolve(null);
    const key = `${works.indexOf(work)} ${canonicalText(rows)}`;
    const known = this.#says.get(key) ?? alone((session) => runWork(work, session), machineOf(rows), this.space.options.drain);
    this.#says.set(key, known);
    return known;
  }
}

/** An end that breaks a property is forbidden, also where the lesson says otherwise. Others: as the lesson says, or expected. */
export function graded(said: Graded | null, broken: boolean): Pick<Ending, "grade" | "says"> {
  if (!broken) return said ?? { grade: "expected", says: null };
  return { grade: "forbidden", says: said?.grade === "forbidden" ? said.says : null };
}
