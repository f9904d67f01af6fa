/**
 * Two tables: what every strategy does to every anomaly, and to every lesson, there also under each fault that its claims
 * name. They are computed; no such table is typed by hand.
 */
import type { Exploration } from "../core/exploration.js";
import { type Lesson, type SizeAndFaults, sizesAndFaultsOf } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import { type LessonEntry, loadLesson, loadStrategy } from "../course/catalog.js";
import { type Explorable, explorationOf, whyNotApplicable } from "../explore/explore.js";
import type { Cell, Matrix } from "../report/matrix.js";
import { smallestScenarios } from "./smallest-scenarios.js";

/** The limits of a cell. They count states, so that a cell is the same on every machine. */
const CELL_LIMITS = { states: 20_000, seconds: 600 };

export async function anomalyMatrix(strategies: readonly string[]): Promise<Matrix> {
  const cells: Cell[][] = [];
  for (const scenario of smallestScenarios) {
    const { faults, property } = scenario;
    cells.push(
      await row(strategies, (strategy) => worst(scenario, strategy, faults ? [{ faults }] : [], (broken) => broken === property)),
    );
  }
  return { of: "anomaly", rows: smallestScenarios.map(({ anomaly }) => anomaly), strategies, cells };
}

export async function lessonMatrix(entries: readonly LessonEntry[], strategies: readonly string[]): Promise<Matrix> {
  const cells: Cell[][] = [];
  for (const entry of entries) {
    // In English: a cell names properties, and no sentence of theirs.
    const lesson = await loadLesson(entry, "en");
    cells.push(await row(strategies, (strategy) => worst(lesson, strategy, faultsOf(lesson), () => true)));
  }
  return { of: "lesson", rows: entries.map(({ id }) => id), strategies, cells };
}

const row = async (strategies: readonly string[], ask: (strategy: Strategy) => Promise<Cell | null>): Promise<Cell[]> => {
  const cells: Cell[] = [];
  for (const id of strategies) cells.push((await ask(await loadStrategy(id))) ?? { is: "does not apply" });
  return cells;
};

/**
 * Without faults, then under each of `faulty`: the first that breaks, else the least certain. Null: the strategy does not
 * apply. `counts`: does it count as broken when this property breaks?
 */
async function worst(
  explorable: Explorable,
  strategy: Strategy,
  faulty: readonly SizeAndFaults[],
  counts: (property: string) => boolean,
): Promise<Cell | null> {
  let result: Cell | null = null;
  for (const at of [{}, ...faulty]) {
    if (await whyNotApplicable(explorable, strategy, at)) continue;
    const found = cell(await explorationOf(explorable, strategy, at, CELL_LIMITS), counts);
    if (found.is === "breaks") return at.faults ? { ...found, under: Object.keys(at.faults).join(" + ") } : found;
    if (!result || found.is === "inconclusive") result = found;
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
