/**
 * Two tables: what every strategy does to every anomaly, and to every lesson, there also under each fault that its claims
 * name. After a crash (nobody asks again) and after a restart (the same request again) are rows of their own: they ask for
 * different things, a row that says so and an effect that happens once. The tables are computed; none is typed by hand.
 */
import type { Exploration } from "../core/exploration.js";
import { type Lesson, type SizeAndFaults, sizesAndFaultsOf } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import { type LessonEntry, loadLesson, loadStrategy } from "../course/catalog.js";
import { type Explorable, explorationOf, whyNotApplicable } from "../explore/explore.js";
import type { Cell, Matrix } from "../report/matrix.js";
import { smallestScenarios } from "./smallest-scenarios.js";

/** The limits of a cell. They count states, so that a cell is the same on every machine. */
const CELL_LIMITS = { states: 1_000_000, seconds: 600 };

/** Rejects with the reason of `signal` when that is aborted. */
export async function anomalyMatrix(strategies: readonly string[], signal?: AbortSignal): Promise<Matrix> {
  const cells: Cell[][] = [];
  for (const scenario of smallestScenarios) {
    const { faults, property } = scenario;
    cells.push(
      await row(strategies, (strategy) =>
        worst(scenario, strategy, [{}, ...(faults ? [{ faults }] : [])], (broken) => broken === property, signal),
      ),
    );
  }
  return { of: "anomaly", rows: smallestScenarios.map(({ anomaly }) => anomaly), strategies, cells };
}

/** Rejects with the reason of `signal` when that is aborted. */
export async function lessonMatrix(
  entries: readonly LessonEntry[],
  strategies: readonly string[],
  signal?: AbortSignal,
): Promise<Matrix> {
  const rows: string[] = [];
  const cells: Cell[][] = [];
  for (const entry of entries) {
    // In English: a cell names properties, and no sentence of theirs.
    const lesson = await loadLesson(entry, "en");
    const faulty = faultsOf(lesson);
    const others = faulty.filter((at) => !ends.some((end) => isOnly(end, at)));
    rows.push(entry.id);
    cells.push(await row(strategies, (strategy) => worst(lesson, strategy, [{}, ...others], () => true, signal)));
    for (const end of ends.filter((end) => faulty.some((at) => isOnly(end, at)))) {
      rows.push(`${entry.id}, after a ${end}`);
      const places = alsoAlone(lesson, end);
      const found = await row(strategies, (strategy) => worst(lesson, strategy, places, () => true, signal));
      cells.push(found.map((cell) => (cell.is === "breaks" ? { is: "breaks", property: cell.property } : cell)));
    }
  }
  return { of: "lesson", rows, strategies, cells };
}

/** The faults that end a request where it stands. */
const ends = ["crash", "restart"] as const;

const isOnly = (fault: string, { faults = {} }: SizeAndFaults): boolean => Object.keys(faults).join() === fault;

/** One such fault at the lesson's own size, and for one request alone: there, no other one puts it right by coming later. */
function alsoAlone(lesson: Lesson, fault: (typeof ends)[number]): readonly SizeAndFaults[] {
  const faults = { [fault]: 1 };
  return lesson.scenario({ ...lesson.size, tasks: 1 }).tasks.length === 1
    ? [{ size: { tasks: 1 }, faults }, { faults }]
    : [{ faults }];
}

const row = async (strategies: readonly string[], ask: (strategy: Strategy) => Promise<Cell | null>): Promise<Cell[]> => {
  const cells: Cell[] = [];
  for (const id of strategies) cells.push((await ask(await loadStrategy(id))) ?? { is: "does not apply" });
  return cells;
};

/**
 * In each of these places: the first that breaks, else the least certain. Null: the strategy does not apply. `counts`: does it
 * count as broken when this property breaks? Where it breaks without the fault, too, the fault is not to blame: then it counts
 * at the lesson's own size, and a claim's other size is none of this table's places.
 */
async function worst(
  explorable: Explorable,
  strategy: Strategy,
  places: readonly SizeAndFaults[],
  counts: (property: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<Cell | null> {
  const look = async (at: SizeAndFaults) => {
    const found = await explorationOf(explorable, strategy, at, CELL_LIMITS, { signal });
    signal?.throwIfAborted();
    return cell(found, counts);
  };
  let result: Cell | null = null;
  for (const at of places) {
    if (await whyNotApplicable(explorable, strategy, at)) continue;
    const found = await look(at);
    if (found.is === "breaks") {
      const { size, faults } = at;
      if (!faults) return found;
      const without = await look(size ? { size } : {});
      if (without.is !== "breaks") return { ...found, under: Object.keys(faults).join(" + ") };
      if (!size) return found;
    } else if (!result || found.is === "inconclusive") result = found;
  }
  return result;
}

const faultsOf = ({ claims = [] }: Lesson): readonly SizeAndFaults[] =>
  sizesAndFaultsOf(claims.filter(({ faults }) => faults)).filter(({ faults }) => faults);

function cell({ verdict, violations }: Exploration, counts: (property: string) => boolean): Cell {
  const breach = violations.find(({ property }) => counts(property));
  if (breach) return { is: "breaks", property: breach.property };
  return { is: verdict === "inconclusive" ? "inconclusive" : "holds" };
}
