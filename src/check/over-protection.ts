/**
 * Does a protection make requests wait for each other that have no row in common?
 *
 * Every request of the lesson gets a twin: the same rule on rows of its own (`stock/1` and `stock/1, elsewhere`), which is
 * to the protection as another product. Alone, the two take a and b steps. If neither can affect the other, each of the
 * (a + b)! / (a! b!) ways to mix these steps is possible, and the explorer counts exactly so many schedules. A lock that
 * both take leaves fewer: two, if it is held from the first step to the last. Any other count means that the two interfere.
 *
 * So over-protection is measured, and no matter of opinion. It is reported only where the lesson's own solution leaves all
 * ways; else the answer is "not measured".
 */
import type { Lesson, Scenario } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import type { Work } from "../core/work.js";
import { model } from "../model/model.js";
import type { Independence } from "../report/judgement.js";
import { ExploredGraph, type Limits } from "../simulator/index.js";
import { moved, twinOf } from "./twin.js";

/** Small, so that this check does not take longer than the lesson itself. */
const LOOK: Partial<Limits> = { states: 100_000, seconds: 5 };

/** The property that an over-protection breaks. A wrong answer may name it. */
export const strangers = "requests that share no row do not wait for each other";

/**
 * The requests that wait for their twins under this strategy and not under the `reference`, the worst first. Null: not
 * measured, because the reference shares something by design (a queue, an outbox), or because a request alone has more
 * than one schedule.
 */
export async function overProtection(
  lesson: Lesson,
  strategy: Strategy,
  reference: Strategy,
): Promise<readonly Independence[] | null> {
  const scenario = lesson.scenario(lesson.size);
  const worse: Independence[] = [];
  let measured = false;
  for (const work of new Set(scenario.tasks)) {
    const right = await independence(scenario, work, reference);
    if (!right || !leavesAll(right)) continue;
    const found = await independence(scenario, work, strategy);
    if (!found) continue;
    measured = true;
    if (!leavesAll(found)) worse.push(found);
  }
  return measured ? worse.sort((a, b) => ratio(a) - ratio(b)) : null;
}

const leavesAll = ({ left, possible }: Independence): boolean => left === possible;
const ratio = ({ left, possible }: Independence): number => Number(left) / Number(possible);

/**
 * Null: not countable, because the request alone has more than one schedule, asks for rows by condition, or exceeds the
 * limits.
 */
export async function independence(scenario: Scenario, work: Work, strategy: Strategy): Promise<Independence | null> {
  const twin = twinOf(work);
  const rows = {
    ...scenario.rows,
    ...Object.fromEntries(Object.entries(scenario.rows).map(([key, row]) => [moved(key), row])),
  };
  // A condition may match the rows of both: that of the rule, and that of a protection, as an outbox sends what it finds.
  let byCondition = false;
  const run = async (tasks: readonly Work[]) => {
    const explored = await ExploredGraph.of({
      rows,
      tasks,
      strategy,
      model: (rows) => model(rows, scenario.tables),
      limits: LOOK,
      now: () => performance.now(),
    });
    byCondition ||= explored.operations.some(({ kind }) => kind === "select");
    return explored.result();
  };
  const [one, other] = [await run([work]), await run([twin])];
  if (byCondition || one.schedules !== 1n || other.schedules !== 1n) return null;
  const both = await run([work, twin]);
  if (both.limits.length > 0) return null;
  return { work: work.name, possible: mixings(one.longest, other.longest), left: both.schedules };
}

/** (a + b)! / (a! b!): the ways to mix two sequences. */
function mixings(a: number, b: number): bigint {
  let ways = 1n;
  for (let i = 1; i <= b; i++) ways = (ways * BigInt(a + i)) / BigInt(i);
  return ways;
}
