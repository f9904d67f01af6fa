/**
 * A run in which the effect of some requests is not known: their commit was sent, and the answer never came. Each of them
 * did its work or did not. If the rows can be explained by some choice of who did, nothing wrong was seen; if by none,
 * something is wrong for every way in which they could have ended.
 *
 * A request that did is supposed to have been told "ok"; one that did not stays "unknown", which is no answer at all.
 */
import { type Event, type History, type LongHistory, withOutcomes } from "../core/history.js";
import type { Outcome, Work } from "../core/work.js";
import { lasting } from "../hammer/stake.js";

/** What the rows say. `history` has the outcomes that explain them. */
export type Supposition<B, H extends History = LongHistory> =
  | { readonly kind: "explained"; readonly history: H }
  /** No choice explains them. What is broken in every case; without that, what is broken if none of them did. */
  | { readonly kind: "broken"; readonly broken: readonly B[] }
  /** None that was tried explains them, and there are more, or a request may have done half. */
  | { readonly kind: "open" };

/** Choices that are tried, at most. */
const MOST = 4096;

export function suppose<B extends { readonly property: string }, H extends History>(
  tasks: readonly Work[],
  history: H,
  test: (history: H) => readonly B[],
  /** How far the rows are from what is expected: with too many choices for all of them, the nearest are tried. */
  distance: (history: H) => number,
): Supposition<B, H> {
  const groups = [...groupsOf(tasks, history).values()];
  const choices = groups.reduce((product, group) => product * (group.length + 1), 1);
  const all = choices <= MOST;
  const none = test(history);
  const broken = new Map(none.map((one) => [one.property, one]));
  for (const counts of all ? everyChoice(groups) : nearest(groups, history, distance)) {
    const supposed = having(history, groups, counts);
    const found = test(supposed);
    if (found.length === 0) return { kind: "explained", history: supposed };
    const names = new Set(found.map(({ property }) => property));
    for (const property of broken.keys()) if (!names.has(property)) broken.delete(property);
  }
  if (!all || !isAllOrNothing(history)) return { kind: "open" };
  return { kind: "broken", broken: broken.size > 0 ? [...broken.values()] : none };
}

/** The unknown requests, by their work: those of one work are interchangeable, so that only their number counts. */
function groupsOf(tasks: readonly Work[], { outcomes }: History): ReadonlyMap<Work, readonly number[]> {
  const groups = new Map<Work, number[]>();
  for (const [i, outcome] of outcomes.entries())
    if (outcome?.status === "unknown") groups.set(tasks[i]!, [...(groups.get(tasks[i]!) ?? []), i]);
  return groups;
}

type Groups = readonly (readonly number[])[];

/** The history if so many of each group did. */
function having<H extends History>(history: H, groups: Groups, counts: readonly number[]): H {
  const did = new Set(groups.flatMap((group, i) => group.slice(0, counts[i])));
  const outcomes = history.outcomes.map((outcome, i): Outcome | undefined => (did.has(i) ? { status: "ok" } : outcome));
  return withOutcomes(history, outcomes);
}

/** Every choice, as how many of each group did. */
function* everyChoice(groups: Groups): Generator<readonly number[]> {
  const counts = groups.map(() => 0);
  for (;;) {
    yield [...counts];
    const at = counts.findIndex((count, i) => count < groups[i]!.length);
    if (at < 0) return;
    counts[at] = counts[at]! + 1;
    counts.fill(0, 0, at);
  }
}

/** None, all, and group by group those that bring the rows nearest to what is expected. */
function* nearest<H extends History>(groups: Groups, history: H, distance: (history: H) => number): Generator<readonly number[]> {
  yield groups.map(() => 0);
  yield groups.map(({ length }) => length);
  const counts = groups.map(() => 0);
  for (const [i, { length }] of groups.entries()) {
    const tried = Array.from({ length: Math.min(length, MOST) + 1 }, (_, count) => {
      const supposed = counts.with(i, count);
      return { count, off: distance(having(history, groups, supposed)) };
    });
    counts[i] = tried.reduce((best, one) => (one.off < best.off ? one : best)).count;
  }
  yield counts;
}

/**
 * Has every request done one lasting thing, so that it did all or nothing? Seen in those that were told ok: a rule that
 * writes twice, without a transaction, may be cut off in between.
 */
function isAllOrNothing(history: History): boolean {
  const { outcomes } = history;
  const done = outcomes.map(() => 0);
  const events: Iterable<Event> = "each" in history ? (history as LongHistory).each() : history.events;
  for (const { task } of lasting(events)) done[task - 1]!++;
  const answered = outcomes.flatMap((outcome, i) => (outcome?.status === "ok" ? [i] : []));
  const cut = outcomes.flatMap((outcome, i) => (outcome?.status === "unknown" ? [i] : []));
  return answered.length > 0 && [...answered, ...cut].every((i) => done[i]! <= 1);
}
