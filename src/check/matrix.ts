/**
 * What every strategy does to every anomaly, and to every lesson: computed, never typed. Two tables, the second
 * also under every fault that the lesson speaks of.
 */

import type { Exploration } from "../core/exploration.js";
import { type Lesson, type SizeAndFaults, sizesAndFaultsOf } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import type { LessonEntry } from "../course/catalog.js";
import { loadLesson, loadStrategy } from "../course/catalog.js";
import { type Explorable, explorationOf } from "../explore/explore.js";
import type { Cell, Matrix } from "../report/matrix.js";
import { witnesses } from "./smallest-scenarios.js";

/** A cell is worth this much, counted in states so that it is the same on every machine. */
const LOOK = { states: 20_000, seconds: 600 };

export async function anomalyMatrix(strategies: readonly string[]): Promise<Matrix> {
  const cells: Cell[][] = [];
  for (const witness of witnesses) {
    const { faults, property } = witness;
    cells.push(
      await inTurn(strategies, (strategy) =>
        worst(witness, strategy, faults ? [{ faults }] : [], (broken) => broken === property),
      ),
    );
  }
  return { of: "anomaly", rows: witnesses.map(({ anomaly }) => anomaly), strategies, cells };
}

export async function lessonMatrix(entries: readonly LessonEntry[], strategies: readonly string[]): Promise<Matrix> {
  const cells: Cell[][] = [];
  for (const entry of entries) {
    const lesson = await loadLesson(entry, "en");
    cells.push(await inTurn(strategies, (strategy) => worst(lesson, strategy, faultsOf(lesson), () => true)));
  }
  return { of: "lesson", rows: entries.map(({ id }) => id), strategies, cells };
}

const inTurn = async (strategies: readonly string[], ask: (strategy: Strategy) => Promise<Cell | null>): Promise<Cell[]> => {
  const cells: Cell[] = [];
  for (const id of strategies) cells.push((await ask(await loadStrategy(id))) ?? { is: "does not apply" });
  return cells;
};

/** As it is; then, if that holds, under one fault after the other. Null: it does not apply. */
async function worst(
  explorable: Explorable,
  strategy: Strategy,
  faulty: readonly SizeAndFaults[],
  counts: (property: string) => boolean,
): Promise<Cell | null> {
  let result: Cell | null = null;
  for (const place of [{}, ...faulty]) {
    const exploration = await look(explorable, strategy, place);
    if (!exploration) continue;
    const found = cell(exploration, counts);
    if (found.is === "breaks") return place.faults ? { ...found, under: Object.keys(place.faults).join(" + ") } : found;
    if (!result || found.is === "inconclusive") result = found;
  }
  return result;
}

const faultsOf = ({ claims = [] }: Lesson): readonly SizeAndFaults[] =>
  sizesAndFaultsOf(claims.filter(({ faults }) => faults)).filter(({ faults }) => faults);

/** Null: the strategy has nothing to work with here. It says so by a failure of one task in every end. */
async function look(explorable: Explorable, strategy: Strategy, place: SizeAndFaults): Promise<Exploration | null> {
  const exploration = await explorationOf(explorable, strategy, place, LOOK);
  const ends = exploration.outcomes.map(({ outcomes }) => outcomes);
  const applies = ends[0]?.every((_, task) => ends.some((outcomes) => outcomes[task]?.status !== "failed")) ?? true;
  return applies ? exploration : null;
}

function cell({ verdict, violations }: Exploration, counts: (property: string) => boolean): Cell {
  const breach = violations.find(({ property }) => counts(property));
  if (breach) return { is: "breaks", property: breach.property };
  return { is: verdict === "inconclusive" ? "inconclusive" : "holds" };
}
