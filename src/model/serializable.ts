/**
 * Layer 4: serializable snapshot isolation (Cahill, Röhm & Fekete 2008; PostgreSQL's README-SSI and
 * predicate.c). Repeatable read, plus the rw edges between serializable transactions: R → W when R read
 * what W replaces. A cycle needs T0 → pivot → T2 with T2 the first to commit, so where there is such a pair of edges,
 * one of the transactions fails. There are false alarms, and no missed cycle.
 *
 * What is remembered of a read depends on the plan: the whole table after a scan; after a keyed read the
 * index (of a tiny table: one leaf page) and the versions it found, until the third one turns them into
 * the page (max_pred_locks_per_page = 2), which here is all rows of the table, but not its gaps.
 */
import { fail, own, ownerIn, type Turn } from "./engine.js";
import type { PredicateRead, RowVersion, Serializable, Tracked } from "./state.js";

const none: Serializable = { transactions: [], edges: [], reads: [] };

const state = (turn: Turn): Serializable => turn.engine.serializable ?? none;

function trackedIn({ transactions }: Serializable, id: number): Tracked | undefined {
  for (let i = 0; i < transactions.length; i++) if (transactions[i]!.id === id) return transactions[i];
  return undefined;
}

const mine = (turn: Turn): Tracked | undefined => {
  const id = turn.line.transaction?.tracked;
  return id === undefined ? undefined : trackedIn(state(turn), id);
};

const update = (turn: Turn, changed: Tracked): void => {
  const { transactions, edges, reads } = state(turn);
  turn.engine.serializable = { transactions: transactions.map((one) => (one.id === changed.id ? changed : one)), edges, reads };
};

/** A serializable transaction has taken its snapshot. */
export function track(turn: Turn, who: number): number {
  const id = turn.engine.nextId++;
  const xmin = turn.engine.owners[0]?.[0] ?? turn.engine.nextXid;
  const { transactions, edges, reads } = state(turn);
  const tracked: Tracked = {
    id,
    who,
    snapshot: turn.engine.commits,
    xmin,
    wrote: undefined,
    doomed: undefined,
    committed: undefined,
    before: undefined,
    out: undefined,
  };
  turn.engine.serializable = { transactions: [...transactions, tracked], edges, reads };
  return id;
}

const readOnly = (tracked: Tracked): boolean => tracked.committed !== undefined && !tracked.wrote;

/** Before a read: a doomed transaction fails here. */
export function checkDoomed(turn: Turn): void {
  if (mine(turn)?.doomed) fail("40001");
}

/** A read came across this version: if it does not see what a concurrent transaction did to it, that is an edge. */
export function met(turn: Turn, version: RowVersion, visible: boolean): void {
  const me = mine(turn);
  if (!me) return;
  const [running, since] = visible ? [version.by, version.until] : [version.xmin, version.from];
  if (own(turn, running)) return;
  const { transactions } = state(turn);
  const who = running === undefined ? undefined : ownerIn(turn.engine, running);
  const writer = transactions.find((tracked) =>
    who === undefined ? since !== undefined && since > me.snapshot && tracked.committed === since : tracked.who === who,
  );
  if (writer && !writer.doomed) edge(turn, me, writer);
}

/** Remembers a read. */
export function remember(turn: Turn, on: PredicateRead["on"], table: string, n = 0): void {
  const me = mine(turn);
  if (!me) return;
  const { transactions, edges, reads } = state(turn);
  // A read of the page or the table covers those of rows, and that of the table that of the page.
  let rows = 0;
  for (const read of reads) {
    if (read.by !== me.id || read.table !== table) continue;
    if (read.on === on && read.n === n) return;
    if (on === "row" && (read.on === "page" || read.on === "table")) return;
    if (read.on === "row") rows++;
  }
  const isPage = on === "row" && rows === 2;
  const isFiner = (read: PredicateRead) =>
    read.by === me.id && read.table === table && (read.on === "row" || (on === "table" && read.on === "page"));
  const kept = isPage || on === "table" ? reads.filter((read) => !isFiner(read)) : reads;
  const read: PredicateRead = isPage ? { on: "page", table, n: 0, by: me.id } : { on, table, n, by: me.id };
  turn.engine.serializable = { transactions, edges, reads: [...kept, read] };
}

/** A write: an edge from each transaction that has read this, because it did not see the write. */
export function written(turn: Turn, on: PredicateRead["on"], table: string, n = 0): void {
  const me = mine(turn);
  if (!me) return;
  if (!me.wrote) update(turn, { ...me, wrote: true });
  if (me.doomed) fail("40001");
  for (const read of state(turn).reads) {
    if (read.on !== on || read.table !== table || read.n !== n || read.by === me.id) continue;
    const reader = trackedIn(state(turn), read.by) as Tracked;
    if (reader.doomed || (reader.before !== undefined && me.xmin >= reader.before)) continue;
    edge(turn, reader, mine(turn) as Tracked);
  }
  // A transaction that writes the row needs no mark of its read; but a savepoint could undo the write and leave the read.
  if (on === "row" && turn.line.transaction?.levels.length === 1) {
    const { transactions, edges, reads } = state(turn);
    const isMine = (read: PredicateRead) => read.by === me.id && read.on === "row" && read.n === n;
    if (reads.some(isMine)) turn.engine.serializable = { transactions, edges, reads: reads.filter((read) => !isMine(read)) };
  }
}

/** A row is changed: readers of the version, of the page, of the table. */
export function changed(turn: Turn, version: RowVersion): void {
  written(turn, "row", version.table, version.id);
  written(turn, "page", version.table);
  written(turn, "table", version.table);
}

/** OnConflict_CheckForSerializationFailure in predicate.c, then the edge. */
function edge(turn: Turn, reader: Tracked, writer: Tracked): void {
  const { edges } = state(turn);
  if (edges.some(([r, w]) => r === reader.id && w === writer.id)) return;
  const named = (id: number) => trackedIn(state(turn), id) as Tracked;
  const early = (t2: Tracked, than: Tracked) => than.committed === undefined || (t2.committed as number) <= than.committed;
  const done = writer.committed;
  const fails =
    (done !== undefined && writer.out) ||
    edges
      .filter(([r]) => r === writer.id)
      .map(([, w]) => named(w))
      .some(
        (t2) =>
          t2.committed !== undefined &&
          early(t2, reader) &&
          early(t2, writer) &&
          (!readOnly(reader) || t2.committed <= reader.snapshot),
      ) ||
    (done !== undefined &&
      !readOnly(reader) &&
      edges
        .filter(([, w]) => w === reader.id)
        .map(([r]) => named(r))
        .some(
          (t0) => !t0.doomed && (t0.committed === undefined || t0.committed >= done) && (!readOnly(t0) || t0.snapshot >= done),
        ));
  if (fails) {
    if (writer.id === mine(turn)?.id || done !== undefined) fail("40001");
    update(turn, { ...writer, doomed: true });
  }
  const { transactions, reads } = state(turn);
  turn.engine.serializable = { transactions, edges: [...edges, [reader.id, writer.id]], reads };
}

/** Before the commit: fails if doomed; else dooms the pivots that this commit, the first of its cycle, makes dangerous. */
export function precommit(turn: Turn, id: number): void {
  if (mine(turn)?.doomed) fail("40001");
  const named = (name: number) => trackedIn(state(turn), name) as Tracked;
  const { edges } = state(turn);
  for (const [near] of edges.filter(([, writer]) => writer === id)) {
    const pivot = named(near);
    if (pivot.committed !== undefined || pivot.doomed) continue;
    const dangerous = edges.some(
      ([far, writer]) => writer === near && (far === id || (named(far).committed === undefined && !named(far).doomed)),
    );
    if (dangerous) update(turn, { ...pivot, doomed: true });
  }
}

/** It has committed, at `now`. Its edges to earlier commits become one mark (`out`), edges from earlier commits are dropped. */
export function afterCommit(turn: Turn, id: number, now: number): void {
  const isDone = (name: number) => trackedIn(state(turn), name)?.committed !== undefined;
  const { edges, transactions, reads } = state(turn);
  const out = edges.some(([reader, writer]) => reader === id && isDone(writer));
  const kept = edges.filter(([reader, writer]) => !(reader === id && isDone(writer)) && !(writer === id && isDone(reader)));
  const list = transactions.map((one) =>
    one.id === id
      ? { ...one, who: undefined, committed: now, before: turn.engine.nextXid, out: (out && one.wrote) || one.out }
      : one,
  );
  turn.engine.serializable = { transactions: list, edges: kept, reads };
  keep(turn, () => true);
}

/** Rolled back: nothing of it is kept. */
export const forget = (turn: Turn, id: number): void => keep(turn, (tracked) => tracked.id !== id);

/** Drops committed transactions that overlapped with no running one (SxactGlobalXmin). */
export function forgetEnded(turn: Turn): void {
  if (turn.engine.serializable) keep(turn, () => true);
}

function keep(turn: Turn, wanted: (tracked: Tracked) => boolean): void {
  const { transactions, edges, reads } = state(turn);
  let oldest = Number.POSITIVE_INFINITY;
  for (const one of transactions) if (one.committed === undefined && wanted(one) && one.xmin < oldest) oldest = one.xmin;
  const left = transactions.filter((one) => wanted(one) && (one.before === undefined || oldest < one.before));
  if (left.length === transactions.length) return;
  const isLeft = (id: number) => left.some((one) => one.id === id);
  turn.engine.serializable =
    left.length === 0
      ? undefined
      : {
          transactions: left,
          edges: edges.filter(([reader, writer]) => isLeft(reader) && isLeft(writer)),
          reads: reads.filter(({ by }) => isLeft(by)),
        };
}
