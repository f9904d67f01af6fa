/**
 * How many steps a request takes alone under each protection: each is a round trip to the store, and that is what a
 * protection costs where nobody collides. It is counted, not timed, so the answer is the same on every machine.
 */
import type { Lesson } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import { strategiesOf, strategyOf } from "../course/catalog.js";
import { model } from "../model/model.js";
import type { RoundTrips } from "../report/judgement.js";
import { ExploredGraph } from "../simulator/index.js";

/** The steps under `own`, and under each strategy that the lesson claims to hold; null: they are no single number. */
export async function roundTripsOf(lesson: Lesson, own: Strategy): Promise<RoundTrips | null> {
  const steps = await stepsOf(lesson, own);
  if (steps === null) return null;
  const book: { id: string; steps: number }[] = [];
  for (const id of strategiesOf(lesson)) {
    const claims = lesson.claims?.filter(({ strategy }) => strategy === id) ?? [];
    if (claims.some((claim) => "breaks" in claim)) continue;
    const steps = await stepsOf(lesson, await strategyOf(lesson, id));
    if (steps !== null) book.push({ id, steps });
  }
  return { own: steps, book };
}

/** Of the lesson's first request; null: it has more than one schedule alone. */
async function stepsOf(lesson: Lesson, strategy: Strategy): Promise<number | null> {
  const { rows, tasks, tables } = lesson.scenario(lesson.size);
  const explored = await ExploredGraph.of({
    rows,
    tasks: tasks.slice(0, 1),
    strategy,
    model: (rows) => model(rows, tables),
    limits: { states: 20_000, seconds: 5 },
    now: () => performance.now(),
  });
  const { schedules, longest, limits } = await explored.result();
  return schedules === 1n && limits.length === 0 ? longest : null;
}
