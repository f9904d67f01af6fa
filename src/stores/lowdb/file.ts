import { randomUUID } from "node:crypto";
import { constants, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { access, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { StoreUnavailable } from "../../core/failure.js";
import type { Key, Rows } from "../../core/operation.js";
import { makeFolder } from "../../files/writing.js";

/** What is in the file. `racelab` is the marker and the number of the format. */
export interface Content {
  readonly racelab: 1;
  readonly rows: Rows;
  /** Only of rows whose version was asked for at least once. */
  readonly versions: { readonly [key: Key]: number };
}

interface OpenFile {
  readonly path: string;
  /** Null: there is no such file yet. */
  readonly content: Content | null;
  readonly notices: readonly string[];
  unlock(): Promise<void>;
}

/** Finds the file, locks it against other processes and reads it; throws StoreUnavailable where it cannot. */
export async function openFile(file: string): Promise<OpenFile> {
  if (file === "") throw new StoreUnavailable("lowdb: needs the name of a file: write lowdb:shop.json");
  try {
    const path = await place(resolve(file));
    const letGo = await lock(file, `${path}.lock`);
    const unlock = async () => {
      // On a full disk the writer leaves its temporary file.
      await rm(temporary(path), { force: true }).catch(() => {});
      await letGo();
    };
    try {
      // A writer that was killed may have left its temporary file (steno's fixed name).
      await rm(temporary(path), { force: true });
      return { path, unlock, ...(await load(file, path)) };
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StoreUnavailable(`cannot open ${file}: ${reasons[code ?? ""] ?? message}; ${remedy(code)}`);
  }
}

export const temporary = (path: string): string => join(dirname(path), `.${basename(path)}.tmp`);

export const reasons: { readonly [code: string]: string } = {
  ENOENT: "its directory cannot be made",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "its file system is read-only",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of its path is a file, not a directory",
  EEXIST: "a part of its path is a file, not a directory",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
};

/** What the person can do about an error with this code. */
export const remedy = (code: string | undefined): string =>
  `${code === "ENOSPC" || code === "EDQUOT" ? "make room, or " : ""}name another file with lowdb:<file>`;

/** Milliseconds after which a guard (see `takeAway`) counts as left behind. */
const GUARD_MS = 2000;

/** The real path: a rename would replace a symbolic link, and two spellings of one file must meet at one lock. */
async function place(path: string): Promise<string> {
  makeFolder(dirname(path));
  const real = existsSync(path) ? await realpath(path) : join(await realpath(dirname(path)), basename(path));
  if (!existsSync(real)) return real;
  const found = await stat(real);
  if (found.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  // A pipe is waited for without end, /dev/zero never ends, and the rename that writes the rows would put a file in the
  // place of /dev/null, for every program of the machine.
  if (!found.isFile()) throw new Error("it is a pipe or a device, not a file");
  // The rename would succeed on a read-only file too, so its permissions are asked for first.
  await access(real, constants.R_OK | constants.W_OK);
  return real;
}

async function load(file: string, path: string): Promise<Pick<OpenFile, "content" | "notices">> {
  if (!existsSync(path)) return { content: null, notices: [] };
  let content: unknown;
  try {
    // Strict: a byte that is not UTF-8 is damage, and must not be read as a replacement character.
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path)));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    let n = 1;
    while (existsSync(`${path}.damaged-${n}`)) n++;
    await rename(path, `${path}.damaged-${n}`);
    return {
      content: null,
      notices: [`${file} was damaged (not JSON): it is kept as ${file}.damaged-${n}, and an empty store was begun`],
    };
  }
  if (isContent(content)) return { content, notices: [] };
  throw new StoreUnavailable(
    `${file} is not a file that this racelab wrote: it was left as it is; name another file with lowdb:<file>`,
  );
}

const isTable = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

const isContent = (value: unknown): value is Content =>
  isTable(value) &&
  "racelab" in value &&
  value.racelab === 1 &&
  "rows" in value &&
  isTable(value.rows) &&
  Object.values(value.rows).every(isTable) &&
  "versions" in value &&
  isTable(value.versions) &&
  Object.values(value.versions).every(Number.isSafeInteger);

/**
 * Locks the file for one process: lowdb keeps the whole file in memory, so a second writer would undo the first.
 *
 * The lock file names its owner's pid and, where Linux tells it, when that process started: a pid that was given to
 * another process since does not count as alive. On other systems a reused pid keeps us out, and the sentence says which
 * file to delete. The lock guards one machine: pids of another container or host mean nothing here.
 */
async function lock(file: string, path: string): Promise<() => Promise<void>> {
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid), id: randomUUID() });
  const unlock = async () => {
    if ((await contentOf(path)) === mine) await rm(path, { force: true });
  };
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      await writeFile(path, mine, { flag: "wx" });
      return unlock;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        // On a full disk the file is made, but nothing can be written into it.
        if ((error as NodeJS.ErrnoException).syscall === "write") await rm(path, { force: true });
        throw error;
      }
    }
    const theirs = await contentOf(path);
    const pid = alive(theirs);
    if (pid !== null)
      throw new StoreUnavailable(
        `${file} is in use by process ${pid}: end that racelab first (if it is none, delete ${path}), or name another file`,
      );
    // An empty file may have just been created: look again before it counts as stale.
    if (theirs === "" && attempt < 5) await new Promise((wait) => setTimeout(wait, 20));
    else await takeAway(path, theirs);
  }
  throw new StoreUnavailable(`${file} is being opened by another process: try again`);
}

/**
 * Removes the stale lock `theirs`, under a guard and only if it is still that lock. Otherwise, of two processes that
 * found it stale, the slower one would remove the fresh lock of the faster one. The work under the guard is short, so an
 * old guard was left by a process that was killed there.
 */
async function takeAway(path: string, theirs: string): Promise<void> {
  const guard = `${path}.guard`;
  try {
    writeFileSync(guard, "", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const { mtimeMs } = statSync(guard, { throwIfNoEntry: false }) ?? { mtimeMs: Number.POSITIVE_INFINITY };
    if (Date.now() - mtimeMs > GUARD_MS) rmSync(guard, { force: true });
    return void (await new Promise((wait) => setTimeout(wait, 20)));
  }
  try {
    if (readFileSync(path, "utf8") === theirs) rmSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    rmSync(guard, { force: true });
  }
}

const contentOf = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");

/** The pid in a lock file whose owner still runs, else null. */
function alive(text: string): number | null {
  try {
    const { pid, started } = JSON.parse(text) as { pid: number; started: string | null };
    if (!Number.isSafeInteger(pid) || pid < 1) return null;
    const now = startOf(pid);
    if (started && now) return started === now ? pid : null;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // EPERM: it runs, as another user. (Only a lock that parsed can come here with it.)
    return (error as NodeJS.ErrnoException).code === "EPERM" ? (JSON.parse(text) as { pid: number }).pid : null;
  }
}

/** When a process started, in clock ticks since boot: field 22 of /proc/<pid>/stat; null where there is no such file. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
