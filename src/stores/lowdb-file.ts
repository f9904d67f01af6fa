/** The file under the lowdb store: who may open it, what it holds, and that nobody's data is ever overwritten. */
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Low } from "lowdb";
import { JSONFile } from "lowdb/node";
import type { FailureCode } from "../core/failure.js";
import type { Key, Rows } from "../core/operation.js";
import { StoreUnavailable } from "../core/store.js";

/** What is in the store. A row has a version only once somebody has looked at it. */
export interface Contents {
  readonly rows: Rows;
  readonly versions: { readonly [key: Key]: number };
}

/** What is in the file: `racelab` says whose it is, and in which format. */
interface Format extends Contents {
  readonly racelab: 1;
}

export interface File {
  readonly notices: readonly string[];
  contents(): Contents;
  /** Replaces the file, whole; says why not. Nothing is written when nothing has changed. */
  write(next: Contents): Promise<FailureCode | null>;
  close(): Promise<void>;
}

export async function openFile(path: string): Promise<File> {
  if (path === "") throw new StoreUnavailable("lowdb: needs a file name, as in lowdb:shop.json");
  const file = resolve(path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    lock(file);
  } catch (error) {
    throw unavailable(path, error);
  }
  try {
    const notices = setAside(file, path);
    const db = new Low<Format>(new JSONFile(file), { racelab: 1, rows: {}, versions: {} });
    await db.read();
    await db.write();
    return {
      notices,
      contents: () => db.data,
      async write(next) {
        const before = db.data;
        if (next === before) return null;
        try {
          db.data = { racelab: 1, ...next };
          await db.write();
          return null;
        } catch (error) {
          db.data = before;
          return codeOf(error) === "ENOSPC" ? "53100" : "58030";
        }
      },
      async close() {
        rmSync(`${file}.lock`, { force: true });
      },
    };
  } catch (error) {
    rmSync(`${file}.lock`, { force: true });
    throw unavailable(path, error);
  }
}

/**
 * A file that is not JSON is moved aside, and that is said. A file that is JSON but not racelab's is
 * somebody's: it is refused and not touched.
 */
function setAside(file: string, path: string): readonly string[] {
  if (!existsSync(file)) return [];
  if (statSync(file).isDirectory())
    throw new StoreUnavailable(`${path} is a folder: name a file in it, as in lowdb:${path}/shop.json`);
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    let n = 1;
    while (existsSync(`${file}.damaged-${n}`)) n++;
    renameSync(file, `${file}.damaged-${n}`);
    return [`${path} was damaged (it is not JSON): it lies unchanged at ${path}.damaged-${n}, and a new file was begun`];
  }
  if (isFormat(data)) return [];
  throw new StoreUnavailable(
    `${path} is not a file of racelab's and was not touched: choose another name, as in lowdb:shop.json`,
  );
}

const isFormat = (data: unknown): data is Format =>
  typeof data === "object" && data !== null && "racelab" in data && data.racelab === 1 && "rows" in data && "versions" in data;

/**
 * One process, one file: `file.lock` holds the owner's process id. It appears whole (written beside, then
 * linked), so nobody reads half a number. One whose process is gone is taken over, and so is one of this
 * very process: its host thread has died, since racelab never opens a file twice.
 */
function lock(file: string): void {
  const mine = `${file}.lock.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (;;) {
      try {
        linkSync(mine, `${file}.lock`);
        return;
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      const owner = Number(readFileSync(`${file}.lock`, "utf8"));
      if (owner !== process.pid && isAlive(owner))
        throw new StoreUnavailable(
          `process ${owner} has this file open: wait for it, or delete ${file}.lock if that is not racelab`,
        );
      rmSync(`${file}.lock`, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? String(error.code) : undefined;

const reasons: Readonly<Record<string, string>> = {
  EACCES: "may not be read and written by you",
  EROFS: "lies on a read-only file system",
  ENOTDIR: "has a file where a folder should be in its path",
  ENOSPC: "cannot be written: the disk is full",
};

function unavailable(path: string, error: unknown): Error {
  if (error instanceof StoreUnavailable) return error;
  const reason = reasons[codeOf(error) ?? ""];
  return new StoreUnavailable(
    `${path} ${reason ?? `cannot be opened (${error instanceof Error ? error.message : String(error)})`}: choose another, as in lowdb:shop.json`,
  );
}
