/**
 * The new names of a store, said once more and plainly: lists are searched, and a store is made of objects. The model writes
 * them as a code, from tables, and reads the code again; this is what the code must mean.
 */
import { byKey, type Relation } from "../../src/core/relation.js";
import type { Heavy, HeldLock } from "../../src/model/heavy.js";
import type { Shared } from "../../src/model/model.js";
import type { RowVersion } from "../../src/model/state.js";

const distinct = (list: readonly number[]) => [...new Set(list)].sort((a, b) => a - b);

/** From 1; a number that is not in the list comes after them all. */
const placeIn = (list: readonly number[], old: number) => list.indexOf(old) + 1 || list.length + 1;

export function underNewNames(shared: Shared, relation: (table: string) => Relation): Shared {
  const { engine } = shared;
  if (!engine) return shared;
  const { owners, waits, snapshots, advisory, serializable } = engine;
  const tracked = serializable?.transactions ?? [];
  const versions = engine.versions.toSorted((a, b) => {
    if (a.table !== b.table) return a.table < b.table ? -1 : 1;
    return a.key === b.key || relation(a.table).heap ? 0 : byKey(relation(a.table), a.key, b.key);
  });
  const writers = versions.flatMap(({ writer }) => writer ?? []);
  const xids = distinct([
    ...owners.map(([xid]) => xid),
    ...writers,
    ...tracked.flatMap(({ xmin, before }) => [xmin, before ?? xmin]),
  ]);
  const commits = tracked.flatMap(({ committed }) => committed ?? []);
  const cuts = distinct([...snapshots, ...tracked.map(({ snapshot }) => snapshot), ...commits]);
  const claims = [...versions.flatMap(({ queue }) => queue ?? []), ...advisory.map(([, lock]) => lock)];
  const sessions = [
    ...new Set([
      ...owners.map(([, who]) => who),
      ...claims.flatMap(({ held, waiting }) => [...held, ...waiting].map(([who]) => who)),
      ...tracked.flatMap(({ who }) => who ?? []),
      ...waits.map(({ who }) => who),
    ]),
  ];
  const heapChains = distinct(versions.flatMap(({ table, chain }) => (relation(table).heap ? [chain] : [])));
  const chains = [...new Set(versions.map(({ chain }) => chain))];

  const id = (old: number | undefined) => versions.findIndex((version) => version.id === old) + 1 || undefined;
  const xid = (old: number | undefined) => (old === undefined ? undefined : placeIn(xids, old));
  const who = (old: number | undefined) => (old === undefined ? undefined : placeIn(sessions, old));
  const track = (old: number) =>
    placeIn(
      tracked.map((one) => one.id),
      old,
    );
  const moment = (old: number, isSnapshot = false) =>
    3 * cuts.filter((cut) => cut < old).length + (isSnapshot ? 2 : commits.includes(old) ? 1 : 0);
  const heavy = ({ held, waiting }: Heavy): Heavy => {
    const named = (list: readonly HeldLock[]) => list.map(([one, mode]): HeldLock => [who(one)!, mode]);
    return { held: named(held), waiting: named(waiting) };
  };
  const version = (old: RowVersion): RowVersion => ({
    ...old,
    id: id(old.id)!,
    chain: placeIn(relation(old.table).heap ? heapChains : chains, old.chain),
    from: old.xmin === undefined ? moment(old.from) : 0,
    xmin: xid(old.xmin),
    by: xid(old.by),
    until: old.until === undefined ? undefined : moment(old.until),
    writer: xid(old.writer),
    next: id(old.next),
    locks: old.locks?.map(([holder, mode]) => [xid(holder)!, mode]),
    queue: old.queue && heavy(old.queue),
  });
  return withReadsInOrder({
    ...shared,
    engine: {
      nextXid: xid(engine.nextXid)!,
      nextId: Math.max(versions.length, tracked.length, sessions.length + 1) + 1,
      commits: moment(engine.commits, true),
      versions: versions.map(version),
      owners: owners.map(([number, session]) => [xid(number)!, who(session)!]),
      waits: waits
        .map((wait) => ({ ...wait, who: who(wait.who)!, xid: xid(wait.xid), version: id(wait.version) }))
        .sort((a, b) => a.who - b.who),
      snapshots: snapshots.map((old) => moment(old, true)),
      advisory: advisory.map(([lock, held]) => [lock, heavy(held)]),
      serializable: serializable && {
        transactions: tracked.map((old) => ({
          ...old,
          id: track(old.id),
          who: who(old.who),
          snapshot: moment(old.snapshot, true),
          xmin: xid(old.xmin)!,
          before: xid(old.before),
          committed: old.committed === undefined ? undefined : moment(old.committed),
        })),
        edges: serializable.edges
          .map(([reader, writer]) => [track(reader), track(writer)] as const)
          .sort(([a, b], [c, d]) => a - c || b - d),
        reads: serializable.reads
          .filter(({ on, n }) => on !== "row" || id(n))
          .map((read) => ({ ...read, n: read.on === "row" ? id(read.n)! : read.n, by: track(read.by) })),
      },
    },
  });
}

/** The reads of one kind in order of their number: a code does not say in which order kinds come. */
export function withReadsInOrder(shared: Shared): Shared {
  const { engine } = shared;
  if (!engine?.serializable) return shared;
  const kind = ({ table, on }: { table: string; on: string }) => `${table} ${on}`;
  const reads = engine.serializable.reads.toSorted((a, b) => kind(a).localeCompare(kind(b)) || a.n - b.n);
  return { ...shared, engine: { ...engine, serializable: { ...engine.serializable, reads } } };
}
