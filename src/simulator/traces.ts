/**
 * One schedule per Mazurkiewicz trace: schedules that differ only in the order of independent steps are the
 * same trace, and one of them tells the verdict for all. For verdict-only questions whose answer must not be
 * merged by state, such as history properties.
 *
 * Sleep sets (Godefroid 1996): after a step has been explored, it sleeps in the branches of its siblings until
 * some dependent step is taken. Every trace is then followed to its end exactly once; what source sets
 * (Flanagan & Godefroid 2005, Abdulla et al. 2014) would add is fewer branches given up half-way.
 *
 * Static independence: other keys, other locks, or both only read. Whatever is not known to be independent
 * is taken to depend on everything: slower, never wrong.
 */
import type { Operation } from "../core/operation.js";
import type { Choice } from "../core/schedule.js";
import type { Space } from "./space.js";
import { type Option, Walker } from "./walk.js";

export interface Traces {
  /** Traces followed to their end. */
  readonly traces: number;
  /** Branches given up because every step left was asleep. */
  readonly asleep: number;
  /** False: more than were asked for. */
  readonly complete: boolean;
}

/** Follows one schedule of each trace. `visit` gets it with its last state; false stops. Symmetry must be off. */
export async function eachTrace(
  space: Space,
  visit: (schedule: readonly Choice[], end: Walker) => Promise<boolean> | boolean,
  most = Number.POSITIVE_INFINITY,
): Promise<Traces> {
  if (space.options.symmetry) throw new TypeError("traces tell the tasks apart: explore them without symmetry");
  if (space.faults.any) throw new TypeError("what depends on a fault is not known: explore faults without partial order");
  const schedule: Choice[] = [];
  let [traces, asleep, complete] = [0, 0, true];
  const go = async (walker: Walker, sleep: ReadonlyMap<number, Operation>): Promise<boolean> => {
    const options = await walker.options();
    if (!options.length) {
      traces++;
      complete = (await visit(schedule, walker)) && traces < most;
      return complete;
    }
    const sleeping = new Map(sleep);
    const awake = options.filter(({ position }) => !sleep.has(position));
    if (!awake.length) asleep++;
    for (const option of awake) {
      const operation = operationOf(walker, option);
      const next = walker.copy();
      await next.options();
      next.take(option);
      schedule.push(option.choice);
      const still = [...sleeping].filter(([, other]) => operation && areIndependent(operation, other));
      if (!(await go(next, new Map(still)))) return false;
      schedule.pop();
      // A choice of several outcomes is over only when all of them have been explored: it never sleeps.
      if (operation && typeof option.choice === "number") sleeping.set(option.position, operation);
    }
    return true;
  };
  await go(new Walker(space), new Map());
  return { traces, asleep, complete };
}

/** What the step does, where that alone says what it touches: in a transaction a read may take a snapshot of everything. */
function operationOf({ space, tuple }: Walker, { position }: Option): Operation | null {
  if (position < 0) return null;
  const operation = space.seats.operation(tuple[position]!);
  let node = space.seats.node(tuple[position]!);
  while (node.parent >= 0) {
    node = space.automaton.nodes[node.parent]!;
    const { kind } = space.automaton.operations.get(node.operation);
    if (kind === "begin") return null;
    if (kind === "commit" || kind === "rollback") break;
  }
  return operation;
}

/** Do these two steps of different tasks commute, whatever the state? */
export function areIndependent(a: Operation, b: Operation): boolean {
  const [x, y] = [footprint(a), footprint(b)];
  if (!x || !y) return false;
  return x.name !== y.name || (x.reads && y.reads);
}

/** The one thing that an operation touches; null where it may be more than one, or depends on a transaction. */
function footprint(operation: Operation): { name: string; reads: boolean } | null {
  switch (operation.kind) {
    case "read":
    case "read-versioned":
      return { name: `row ${operation.key}`, reads: true };
    case "write":
    case "insert":
    case "delete":
    case "compare-and-set":
    case "update-where":
      return { name: `row ${operation.key}`, reads: false };
    case "acquire":
    case "release":
      return { name: `lock ${operation.lock}`, reads: false };
    default:
      return null;
  }
}
