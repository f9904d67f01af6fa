/**
 * Is there an order of the units, one after the other, that explains every read and every final row?
 *
 * Conflict serializability: yes exactly when the graph of dependencies has no cycle (Adya 1999, §3). The order need not
 * be the order in time (that would be *strict*). Otherwise the shortest cycle is the explanation, under the name that
 * Adya and Elle (VLDB 2020) give it; the worst kind is looked for first:
 *
 *     unwritten read, own write not seen, …   no order can explain it (contradictions.ts): no cycle
 *     G1a, G1b   a read of what was rolled back, or of what its writer replaced
 *     G0         a cycle of ww alone            G-single   of exactly one rw (read skew, one-row lost update)
 *     G1c        of ww and wr                   G2-item    of more (write skew); G2 where one is a condition
 *
 *     T1  R x0         W y1        rw on x: T1 before T2
 *     T2       R y0         W x1   rw on y: T2 before T1       G2-item
 *
 * Elle reports a lost update apart from the cycles; here it is a G-single (ww and rw on one row).
 */
import { certainDependencies, isOnlyWriter } from "./certain.js";
import { type Contradiction, type ContradictionName, contradictions, isComputed } from "./contradictions.js";
import { type Dependency, dependencies } from "./dependencies.js";
import { cycleOfOneRw, group, shortestCycle } from "./shortest-cycle.js";
import { isShownAs } from "./shown.js";
import type { Unit, VersionStep, VersionTrace } from "./versions.js";

/**
 * The kind of a cycle, as Adya and Elle name it.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":2}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":2,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":2}},"reply":{"value":null}}`);
 * const answer = checkSerializable(history);
 * const name: Cycle | null = answer.serializable === false && !("contradiction" in answer) ? answer.name : null;
 * console.log(name); // G-single
 * ```
 */
export type Cycle = "G0" | "G1a" | "G1b" | "G1c" | "G-single" | "G2-item" | "G2";

/**
 * The answer of `checkSerializable`: a serial order of the units; or what no order can explain; or the shortest cycle of
 * dependencies found and its kind. "possibly": no order was found, and none is ruled out. The cycle then needs that steps
 * which overlap took effect in the order of their replies; or a read, or a row at the end, cannot be
 * attributed to a write, and there is no cycle.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":2}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":2,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":2}},"reply":{"value":null}}`);
 * const answer: Serializability = checkSerializable(history);
 * console.log(answer.serializable === true ? answer.order.length : answer.name); // G-single
 * ```
 */
export type Serializability =
  | { readonly serializable: true; readonly order: readonly Unit[] }
  | { readonly serializable: false; readonly name: Cycle; readonly cycle: readonly Dependency[] }
  | {
      readonly serializable: "possibly";
      readonly reason: "the order of overlapping steps is not known" | "it is not known what was read or written";
      readonly name: Cycle | null;
      readonly cycle: readonly Dependency[];
    }
  | {
      readonly serializable: false;
      readonly name: ContradictionName;
      readonly cycle: readonly [];
      readonly contradiction: Contradiction;
    };

/** The answer of `checkSerializable` for a history that is known to be whole. */
export function orderOrCycle(trace: VersionTrace): Serializability {
  const [contradiction] = contradictions(trace);
  if (contradiction) return { serializable: false, name: contradiction.name, cycle: [], contradiction };
  const dirty = neverThere(trace);
  if (dirty) return dirty;
  const committed = trace.units.filter(({ fate }) => fate === "committed");
  const edges = dependencies(trace);
  const { order, rest } = inOrder(committed, edges);
  if (rest.size === 0) {
    if (committed.every(({ steps }) => steps.every(isRead)) && isEnd(trace)) return { serializable: true, order };
    return { serializable: "possibly", reason: "it is not known what was read or written", name: null, cycle: [] };
  }
  if (trace.history.order === undefined) return { serializable: false, ...worst(edges, rest) };
  const certain = certainDependencies(trace);
  const { rest: wrong } = inOrder(committed, certain);
  if (wrong.size > 0) return { serializable: false, ...worst(certain, wrong) };
  return { serializable: "possibly", reason: "the order of overlapping steps is not known", ...worst(edges, rest) };
}

/** The worst kind of cycle among these units, and a shortest one of that kind. */
function worst(edges: readonly Dependency[], among: ReadonlySet<Unit>): { name: Cycle; cycle: readonly Dependency[] } {
  const within = edges.filter(({ from, to }) => among.has(from) && among.has(to));
  for (const look of [
    () => shortestCycle(within.filter(({ kind }) => kind === "ww")),
    () => shortestCycle(within.filter(({ kind }) => kind !== "rw")),
    () => cycleOfOneRw(within),
    () => shortestCycle(within.filter(({ predicate }) => !predicate)),
    () => shortestCycle(within),
  ]) {
    const cycle = look();
    if (cycle) return { name: nameOf(cycle), cycle };
  }
  throw new Error("a graph that has no order and no cycle");
}

/** Do the rows at the end follow from the commits that were answered? */
function isEnd({ chains, history: { after } }: VersionTrace): boolean {
  const keys = new Set([...chains.keys(), ...Object.keys(after)]);
  return [...keys].every((key) => {
    const last = chains.get(key)?.at(-1) ?? { key, row: null };
    return isComputed(key) || isShownAs(last, after[key] ?? null);
  });
}

/** Is it known which version each row that the step was shown is of? */
function isRead({ event: { operation, reply }, reads }: VersionStep): boolean {
  if ("error" in reply) return true;
  // Its commit got no answer, so its unit has no place in the order; but what was read was committed.
  if (reads.some(({ version }) => version.unit?.fate === "unknown")) return false;
  const { value } = reply;
  if (operation.kind === "read" || operation.kind === "read-versioned") return reads.length > 0;
  if (operation.kind !== "select" || !Array.isArray(value)) return true;
  if (!operation.aggregate) return value.every((row) => reads.some(({ version }) => isShownAs(version, row)));
  const [kind, column] = operation.aggregate;
  const [shown] = Object.values(value[0] ?? {});
  if (kind === "count") return shown === reads.length;
  const parts = reads.map(({ version }) => Number(version.row?.[column]));
  if (kind === "sum") return Number(shown ?? 0) === parts.reduce((sum, part) => sum + part, 0);
  return parts.length === 0 ? shown === null : Number(shown) === Math[kind](...parts);
}

function nameOf(cycle: readonly Dependency[]): Cycle {
  const rw = cycle.filter(({ kind }) => kind === "rw");
  if (rw.length === 0) return cycle.some(({ kind }) => kind === "wr") ? "G1c" : "G0";
  if (rw.length === 1) return "G-single";
  return rw.some(({ predicate }) => predicate) ? "G2" : "G2-item";
}

/** G1a and G1b: no cycle, one edge that leads to a version that never took effect. */
function neverThere(trace: VersionTrace): Serializability | null {
  const { units } = trace;
  for (const to of units.filter(({ fate }) => fate === "committed"))
    for (const { event, reads } of to.steps)
      for (const { version } of reads) {
        const from = version.unit;
        if (!from || from === to || version.installed !== null || from.fate === "open" || from.fate === "unknown") continue;
        if (trace.history.order === "replies" && !isOnlyWriter(trace, version)) continue;
        const edge: Dependency = { kind: "wr", from, to, key: version.key, predicate: false, events: [version.n, event.n] };
        return { serializable: false, name: from.fate === "committed" ? "G1b" : "G1a", cycle: [edge] };
      }
  return null;
}

/** Kahn's order; where there is a choice, the unit that began first. `rest`: the units on or between cycles. */
function inOrder(units: readonly Unit[], edges: readonly Dependency[]): { order: readonly Unit[]; rest: ReadonlySet<Unit> } {
  const waitsFor = new Map(units.map((unit) => [unit, 0]));
  const after = group(edges);
  for (const { to } of edges) waitsFor.set(to, waitsFor.get(to)! + 1);
  /** In the order in which they began; those before `next` have been put in order. */
  const ready = units.filter((unit) => waitsFor.get(unit) === 0);
  for (let next = 0; next < ready.length; next++)
    for (const { to } of after.get(ready[next]!) ?? []) {
      waitsFor.set(to, waitsFor.get(to)! - 1);
      if (waitsFor.get(to) === 0) ready.splice(firstAfter(ready, next + 1, began(to)), 0, to);
    }
  const done = new Set(ready);
  return { order: ready, rest: new Set(units.filter((unit) => !done.has(unit))) };
}

/** The place of the first of the units from `low` on that began after this event; they stand in that order. */
function firstAfter(units: readonly Unit[], low: number, event: number): number {
  let [from, to] = [low, units.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (began(units[middle]!) > event) to = middle;
    else from = middle + 1;
  }
  return from;
}

const began = (unit: Unit): number => unit.steps[0]!.event.n;
