import { Mutex } from "async-mutex";
import { Low } from "lowdb";
import { JSONFile } from "lowdb/node";
import { StoreError } from "../../core/failure.js";
import type { Key, Row, Rows } from "../../core/operation.js";
import { type Content, reasons, remedy } from "./file.js";

/**
 * Group commit: a change is made in memory at once, and an answer that depends on it is given only when it is on disk.
 * All operations that wait share the next write. When a write fails, memory goes back to what is on disk, and the
 * operations that saw more fail; none of them has been answered yet.
 *
 * steno, lowdb's writer, writes a temporary file and renames it, so a process killed at any moment leaves the old or the
 * new file. Neither steno nor this code calls fsync. A crash of the process, which the lessons are about, loses nothing.
 * A power cut may lose the last writes, or leave a damaged file that is put aside; to prevent that would make operations a
 * hundred times slower. steno that is called again during a write reports the error of one write to the caller of
 * another, so a mutex guards the file.
 */
export type GroupCommit = ReturnType<typeof groupCommit>;

export function groupCommit(path: string, found: Content | null) {
  const db = new Low<Content>(new JSONFile(path), found ?? { racelab: 1, rows: {}, versions: {} });
  const fileLock = new Mutex();
  let durable = db.data;
  /** How many changes were made in memory, and how many of them are on disk. The first change of a new file is its creation. */
  let changes = found ? 0 : 1;
  let onDisk = 0;
  /** A write is waiting for the file, and will write all changes made until then. */
  let queued = false;
  /** Answers that wait for the disk, in the order of their effects. */
  const waiting: { readonly needs: number; readonly settle: (lost?: StoreError) => void }[] = [];

  function replace(data: Content): void {
    db.data = data;
    changes++;
  }

  /** Calls `settle` when the first `needs` changes are on disk, after all earlier callers; or with the error that undid them. */
  function after(needs: number, settle: (lost?: StoreError) => void): void {
    waiting.push({ needs, settle });
    if (onDisk >= changes) settleAll();
    else if (!queued) {
      queued = true;
      void fileLock.runExclusive(save);
    }
  }

  function settleAll(): void {
    while (waiting[0] && waiting[0].needs <= onDisk) waiting.shift()!.settle();
  }

  async function save(): Promise<void> {
    queued = false;
    const [upTo, data] = [changes, db.data];
    if (onDisk >= upTo) return;
    try {
      await db.write();
    } catch (error) {
      return undo(error as NodeJS.ErrnoException);
    }
    [onDisk, durable] = [upTo, data];
    settleAll();
  }

  function undo({ code = "", message }: NodeJS.ErrnoException): void {
    const why = code === "ENOENT" ? "its directory has gone" : (reasons[code] ?? message);
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    const lost = new StoreError(isFull ? "53100" : "58030", `cannot write ${path}: ${why}; ${remedy(code)}`);
    const kept = onDisk;
    db.data = durable;
    onDisk = changes;
    for (const { needs, settle } of waiting.splice(0)) settle(needs > kept ? lost : undefined);
  }

  return {
    content: () => db.data,
    /** How many changes an operation that reads now has seen. */
    changes: () => changes,
    after,
    saved: () => new Promise<void>((resolve, reject) => after(changes, (lost) => (lost ? reject(lost) : resolve()))),
    reset: (rows: Rows) => replace({ racelab: 1, rows, versions: {} }),
    /** Counts the versions of a row from now on. */
    count: (key: Key) => replace({ ...db.data, versions: { ...db.data.versions, [key]: 0 } }),
    /** Puts rows in place; null removes a row. Versions that are counted grow, also that of a removed row. */
    put(writes: Iterable<readonly [Key, Row | null]>) {
      const rows: Record<Key, Row> = { ...db.data.rows };
      const versions: Record<Key, number> = { ...db.data.versions };
      for (const [key, row] of writes) {
        if (row) rows[key] = row;
        else delete rows[key];
        if (Object.hasOwn(versions, key)) versions[key]!++;
      }
      replace({ racelab: 1, rows, versions });
    },
  };
}
