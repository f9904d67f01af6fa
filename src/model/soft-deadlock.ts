/**
 * A circle of waits in which a place in a queue stands in the way, and not a lock that is held. Nobody has to fail: the
 * queue is put into another order (deadlock.c of PostgreSQL: DeadLockCheckRecurse, TestConfiguration, TopoSort).
 */
import { advisoryIn, ownerIn, versionIn, waitIn } from "./engine.js";
import { conflict, free, type Heavy, type HeldLock } from "./heavy.js";
import type { Engine } from "./state.js";

/** A waiter that is to come before another in the queue of one lock. */
interface Before {
  readonly lock: string;
  readonly first: number;
  readonly last: number;
}

/** The queues in a new order, by the name of their lock. */
type Orders = ReadonlyMap<string, readonly HeldLock[]>;

const nameOf = (engine: Engine, who: number): string | undefined => {
  const wait = waitIn(engine, who);
  if (wait?.version !== undefined) return `row ${wait.version}`;
  return wait?.advisory === undefined ? undefined : `advisory ${wait.advisory}`;
};

function lockNamed(engine: Engine, name: string): Heavy {
  const number = Number(name.slice(name.indexOf(" ") + 1));
  return name.startsWith("row") ? (versionIn(engine, number)?.queue ?? free) : advisoryIn(engine, number);
}

/** The order of the queues in which nobody waits in a circle; null: there is none, it is a deadlock. */
export function reordered(engine: Engine, who: number, wanted: readonly Before[] = []): Orders | null {
  const orders = new Map<string, readonly HeldLock[]>();
  for (const name of new Set(wanted.map(({ lock }) => lock))) {
    const order = sorted(
      lockNamed(engine, name).waiting,
      wanted.filter(({ lock }) => lock === name),
    );
    if (!order) return null;
    orders.set(name, order);
  }
  const starts = new Set([...wanted.flatMap(({ first, last }) => [first, last]), who]);
  let soft: readonly Before[] = [];
  for (const start of starts) {
    const circle = circleFrom(engine, orders, start);
    if (circle?.length === 0) return null;
    if (circle) soft = circle;
  }
  if (soft.length === 0) return orders;
  for (const { lock, first, last } of soft) {
    const found = reordered(engine, who, [...wanted, { lock, first: last, last: first }]);
    if (found) return found;
  }
  return null;
}

/** The soft edges (the one behind waits for the one ahead) of a circle through `start`; empty: all hard. Undefined: no circle. */
function circleFrom(engine: Engine, orders: Orders, start: number): readonly Before[] | undefined {
  const seen = new Set<number>();
  const follow = (who: number): readonly Before[] | undefined => {
    if (seen.has(who)) return who === start ? [] : undefined;
    seen.add(who);
    const wait = waitIn(engine, who);
    if (!wait) return undefined;
    if (wait.xid !== undefined) {
      const owner = ownerIn(engine, wait.xid);
      return owner === undefined ? undefined : follow(owner);
    }
    const lock = nameOf(engine, who) as string;
    const { held, waiting } = lockNamed(engine, lock);
    const mode = waiting.find(([one]) => one === who)?.[1] ?? 0;
    for (const [holder, kept] of held)
      if (holder !== who && conflict(kept, mode)) {
        const circle = follow(holder);
        if (circle) return circle;
      }
    for (const [ahead, claimed] of orders.get(lock) ?? waiting) {
      if (ahead === who) break;
      if (!conflict(claimed, mode)) continue;
      const circle = follow(ahead);
      if (circle) return [...circle, { lock, first: ahead, last: who }];
    }
    return undefined;
  };
  return follow(start);
}

/** The queue with as few changes as possible so that each of these comes before the other; null: they contradict. */
function sorted(queue: readonly HeldLock[], wanted: readonly Before[]): readonly HeldLock[] | null {
  const left = [...queue];
  const order: HeldLock[] = [];
  while (left.length > 0) {
    const isFree = ([who]: HeldLock) => !wanted.some(({ first, last }) => first === who && left.some(([one]) => one === last));
    const at = left.findLastIndex(isFree);
    if (at < 0) return null;
    order.unshift(...left.splice(at, 1));
  }
  return order;
}
