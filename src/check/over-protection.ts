/**
 * Does a protection make requests wait for each other that have nothing to do with each other?
 *
 * Every request of the lesson gets a twin: the same rule on rows of its own (`stock/1` and `stock/1, elsewhere`),
 * which the protection sees as it would see another product. Alone, the two take a and b steps. If nothing that
 * one does can touch the other, each of the (a + b)! / (a! b!) ways of mixing these steps is possible, and the
 * explorer counts exactly so many schedules. A lock that both take leaves fewer: one lock for everything, two.
 *
 * Whether a protection does too much is then no matter of opinion, and it is only said where the lesson's own
 * solution leaves them all.
 */
import type { Lesson, Scenario } from "../core/lesson.js";
import type { Json, Key } from "../core/operation.js";
import { type Access, access } from "../core/session.js";
import type { Strategy } from "../core/strategy.js";
import type { Message, Work } from "../core/work.js";
import { model } from "../model/model.js";
import type { Independence } from "../report/judgement.js";
import { exploreAll, type Limits } from "../simulator/index.js";

/** A look aside must not take longer than the lesson. */
const LOOK: Partial<Limits> = { states: 100_000, seconds: 5 };

/** Broken by a protection that keeps requests apart which share no row; a wrong answer may name it. */
export const strangers = "requests that share no row do not wait for each other";

/**
 * The requests of a lesson that this strategy keeps from being independent though the `reference` does not; the
 * worst first. Null: not measured, because the reference shares something by design (a queue, an outbox), or
 * because a request has more than one way to go.
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

/** Null: not countable, because alone it can go more than one way, asks for rows by condition, or does not end within the limits. */
export async function independence(scenario: Scenario, work: Work, strategy: Strategy): Promise<Independence | null> {
  let byCondition = false;
  const twin = elsewhere(work, () => {
    byCondition = true;
  });
  const rows = {
    ...scenario.rows,
    ...Object.fromEntries(Object.entries(scenario.rows).map(([key, row]) => [moved(key), row])),
  };
  // A condition of the protection's own may meet the rows of both, too: an outbox sends what it finds.
  const watched: Strategy = {
    ...strategy,
    run: (work, session) =>
      strategy.run(work, {
        ...session,
        select: (select) => {
          byCondition = true;
          return session.select(select);
        },
      }),
  };
  const run = (tasks: readonly Work[]) =>
    exploreAll({
      rows,
      tasks,
      strategy: watched,
      model: (rows) => model(rows, scenario.tables),
      limits: LOOK,
      now: () => performance.now(),
    });
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

/** The row that plays the same part elsewhere; it stays in its table. */
const moved = (key: Key): Key => `${key}, elsewhere`;

/** Names in what a client sends: every text is one. */
const movedIn = (payload: Json): Json =>
  JSON.parse(JSON.stringify(payload), (_, value: Json) => (typeof value === "string" ? moved(value) : value)) as Json;

/** The same rule on rows of its own. Whatever a protection learns of a work is moved, and whatever the rule touches by name. */
function elsewhere(work: Work, byCondition: () => void): Work {
  const there = (given: Access): Access =>
    access({
      find: (key) => given.find(moved(key)),
      write: (key, row) => given.write(moved(key), row),
      insert: (key, row) => given.insert(moved(key), row),
      call: (service, request) => given.call(moved(service), request),
      publish: (topic, message) => given.publish(moved(topic), message),
      poll: (topic) => given.poll(moved(topic)),
      ack: (topic, id) => given.ack(moved(topic), id),
      // A condition may meet the rows of both.
      select: (select) => {
        byCondition();
        return given.select(select);
      },
    });
  return {
    ...work,
    name: moved(work.name),
    keys: work.keys.map(moved),
    body: (given) => work.body(there(given)),
    ...(work.atomic && { atomic: { ...work.atomic, key: moved(work.atomic.key) } }),
    ...(work.request && {
      request: { idempotencyKey: moved(work.request.idempotencyKey), payload: movedIn(work.request.payload) },
    }),
    ...(work.message && {
      message: { ...work.message, handle: (data: Json, given: Access) => (work.message as Message).handle(data, there(given)) },
    }),
    ...(work.steps && {
      steps: work.steps.map(({ name, do: does, undo }) => ({
        name,
        do: (given: Access) => does(there(given)),
        ...(undo && { undo: (given: Access) => undo(there(given)) }),
      })),
    }),
  };
}
