/**
 * Renumbers the engine after each step, so that states that cannot be told apart are equal values.
 *
 * The bet: the new numbers follow from the shared part alone, never from which line has them, so swapping two
 * identical tasks changes nothing. Transaction numbers keep their order, because a statement waits for several
 * lockers in the order of their numbers. Sessions are numbered in the order in which the engine mentions them.
 * Commit numbers keep only which snapshot sees them.
 *
 * The trap: a session that the engine does not mention gets no number. Two such sessions once came to share one, and
 * both held the lock. A test holds exploring with and without renumbering to the same answers.
 */

import type { Renaming } from "../core/machine.js";
import { byKey, type Relation } from "../core/relation.js";
import { patch } from "./engine.js";
import type { Heavy, HeldLock } from "./heavy.js";
import type { Engine, Line, RowVersion, Shared, StartedStatement, Transaction } from "./state.js";

type Name = (old: number) => number;

export function canonical(shared: Shared, relation: (table: string) => Relation): Renaming<Shared, Line> | null {
  const { engine } = shared;
  if (!engine) return null;
  const versions = inOrder(engine.versions, relation);
  const tracked = engine.serializable?.transactions ?? [];

  const running = Object.keys(engine.owners).map(Number);
  const xids = [...running, ...tracked.flatMap(({ xmin, before }) => [xmin, before ?? xmin])];
  const xid = ranked(xids);
  const ids = versions.map((version) => version.id);
  const id = ranked(ids, true);
  const chain = ranked(versions.flatMap(({ table, chain }) => (relation(table).heap ? chain : [])));
  const mentioned = mentions(engine, versions);
  const who = ranked(mentioned, true);
  const transactions = tracked.map((one) => one.id);
  const track = ranked(transactions, true);
  const { cuts, named } = commitsThatCount(engine);
  const moment = moments(cuts, named);

  const heavy = (lock: Heavy): Heavy => {
    const claims = (list: readonly HeldLock[]) => list.map(([name, mode]): HeldLock => [who(name), mode]);
    return { held: claims(lock.held), waiting: claims(lock.waiting) };
  };
  const optional = (name: Name, old: number | undefined) => (old === undefined ? undefined : name(old));
  const isThere = new Set(ids);
  const isRunning = (number: number) => engine.owners[number] !== undefined;
  const known = (old: number | undefined) => (old !== undefined && isThere.has(old) ? id(old) : undefined);

  const version = (old: RowVersion): RowVersion =>
    patch(old, {
      id: id(old.id),
      chain: relation(old.table).heap ? chain(old.chain) : id(versions.find((one) => one.chain === old.chain)?.id ?? 0),
      from: old.xmin === undefined ? moment(old.from) : 0,
      xmin: optional(xid, old.xmin),
      by: optional(xid, old.by),
      until: optional(moment, old.until),
      next: known(old.next),
      locks: old.locks?.map(([holder, mode]) => [xid(holder), mode]),
      queue: old.queue && heavy(old.queue),
    });
  const statement = (old: StartedStatement): StartedStatement =>
    patch(old, {
      snapshot: moment(old.snapshot, true),
      todo: old.todo?.map(id),
      at: known(old.at),
      queue: known(old.queue),
      newer: known(old.newer),
      entering: known(old.entering),
      pending: old.pending?.filter(isRunning).map(xid),
    });
  const transaction = (old: Transaction): Transaction =>
    patch(old, {
      snapshot: old.snapshot === undefined ? undefined : moment(old.snapshot, true),
      tracked: optional(track, old.tracked),
      levels: old.levels.map((level) => ({ ...level, xids: level.xids.map(xid) })),
    });
  const line = (old: Line): Line =>
    patch(old, {
      // A session that the engine does not mention has no number: two such sessions must not share one.
      who: old.who !== undefined && mentioned.includes(old.who) ? who(old.who) : undefined,
      transaction: old.transaction && transaction(old.transaction),
      statement: old.statement && statement(old.statement),
    });
  const fields = <T>(record: { readonly [name: number]: T }, name: Name, value: (old: T) => T) =>
    Object.fromEntries(Object.entries(record).map(([key, old]) => [name(Number(key)), value(old)]));

  const renamed: Engine = patch(engine, {
    nextXid: xid(engine.nextXid),
    nextId: Math.max(versions.length, tracked.length, who(Number.POSITIVE_INFINITY)) + 1,
    commits: moment(engine.commits, true),
    versions: versions.map(version),
    owners: fields(engine.owners, xid, who),
    waits: fields(engine.waits, who, (wait) => patch(wait, { xid: optional(xid, wait.xid), version: known(wait.version) })),
    snapshots: engine.snapshots.map((old) => moment(old, true)),
    advisory: fields(engine.advisory, (lock) => lock, heavy),
    serializable: engine.serializable && {
      transactions: tracked.map((old) =>
        patch(old, {
          id: track(old.id),
          who: optional(who, old.who),
          snapshot: moment(old.snapshot, true),
          xmin: xid(old.xmin),
          before: optional(xid, old.before),
          committed: optional(moment, old.committed),
        }),
      ),
      edges: engine.serializable.edges.map(([r, w]) => [track(r), track(w)] as const).sort(([a, b], [c, d]) => a - c || b - d),
      reads: engine.serializable.reads
        .filter(({ on, n }) => on !== "row" || isThere.has(n))
        .map((read) => ({ ...read, n: read.on === "row" ? id(read.n) : read.n, by: track(read.by) }))
        .sort((a, b) => order(`${a.table} ${a.on}`, `${b.table} ${b.on}`) || a.n - b.n),
    },
  });
  // All that `line` looks at.
  const key = [running, xids.sort((a, b) => a - b), ids, [...new Set(mentioned)], transactions, cuts, [...named]].join(" ");
  return { shared: { ...shared, engine: renamed }, key, line };
}

const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Rows in physical order only where the table asks for it (`heap`): otherwise ten inserters would make 10! states. */
function inOrder(versions: readonly RowVersion[], relation: (table: string) => Relation): readonly RowVersion[] {
  return versions.toSorted((a, b) => {
    if (a.table !== b.table) return order(a.table, b.table);
    const table = relation(a.table);
    return table.heap ? 0 : byKey(table, a.key, b.key);
  });
}

/** New numbers 1, 2, 3…: by size, or in the order given. A number that is not among the old ones comes after them all. */
function ranked(old: readonly number[], given = false): Name {
  const names = new Map<number, number>();
  for (const name of given ? old : old.toSorted((a, b) => a - b)) if (!names.has(name)) names.set(name, names.size + 1);
  return (name) => names.get(name) ?? names.size + 1;
}

/** Sessions in the order in which the engine mentions them. */
function mentions({ owners, advisory, waits, serializable }: Engine, versions: readonly RowVersion[]): readonly number[] {
  const locks = [...versions.flatMap(({ queue }) => queue ?? []), ...Object.values(advisory)];
  return [
    ...Object.values(owners),
    ...locks.flatMap(({ held, waiting }) => [...held, ...waiting].map(([name]) => name)),
    ...(serializable?.transactions.flatMap(({ who }) => who ?? []) ?? []),
    ...Object.keys(waits).map(Number),
  ];
}

/** The commits before which a snapshot in use was taken, and those by which a serializable transaction is remembered. */
function commitsThatCount({ snapshots, serializable }: Engine): { cuts: readonly number[]; named: ReadonlySet<number> } {
  const tracked = serializable?.transactions ?? [];
  const named = new Set(tracked.flatMap(({ committed }) => committed ?? []));
  const cuts = [...new Set([...snapshots, ...tracked.map(({ snapshot }) => snapshot), ...named])].sort((a, b) => a - b);
  return { cuts, named };
}

/**
 * New numbers for commits and snapshots. Of a commit only two things count: how many of the snapshots in use were taken
 * before it, and, where a serializable transaction is remembered by its commit, which commit it is.
 */
function moments(cuts: readonly number[], named: ReadonlySet<number>): (old: number, isSnapshot?: boolean) => number {
  return (old, isSnapshot = false) => {
    const before = cuts.filter((cut) => cut < old).length;
    return 3 * before + (isSnapshot ? 2 : named.has(old) ? 1 : 0);
  };
}
