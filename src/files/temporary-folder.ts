/**
 * Temporary folders that are named after their process, so that a later process can remove those that a `kill -9` left, and end
 * the processes that were started for them: one that was stopped (SIGSTOP) cannot notice that the program is gone.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Impossible, messageOf } from "../core/failure.js";
import { meaningOf } from "./faults.js";
import { makeFolder, writeNew } from "./writing.js";

/** Makes a folder `racelab-<what>-<pid>-…` in the system's temporary folder, and removes those of processes that have ended. */
export function temporaryFolder(what: string): string {
  const prefix = `racelab-${what}-`;
  return inTemporary(() => {
    for (const name of readdirSync(tmpdir())) {
      const pid = name.startsWith(prefix) ? Number(/^(\d+)-/.exec(name.slice(prefix.length))?.[1]) : Number.NaN;
      if (pid > 0 && !isAlive(pid)) {
        endProcessesOf(join(tmpdir(), name));
        remove(join(tmpdir(), name));
      }
    }
    return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  });
}

/** What `write` puts into a temporary folder; a file system that says no is the fault of nothing that was to be written. */
function inTemporary<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new Impossible(noTemporary(error));
  }
}

/** Why nothing can be written into the system's temporary folder, and what to do. */
export const noTemporary = (error: unknown): string =>
  `the folder for temporary files, ${tmpdir()}, cannot be used: ${meaningOf(error) ?? messageOf(error)}. Make room there, or name another one in TMPDIR`;

/** Writes what esbuild made. It could write by itself, but would take a full disk for a fault of the source. */
export function writeTemporary(files: readonly { readonly path: string; readonly text: string }[]): void {
  inTemporary(() => {
    for (const { path, text } of files) {
      makeFolder(dirname(path));
      writeNew(path, text);
    }
  });
}

/** Known by the folder in their command line: a number alone may be another process by now. Nothing where there is no /proc. */
function endProcessesOf(folder: string): void {
  if (!existsSync("/proc/self/cmdline")) return;
  for (const pid of readdirSync("/proc").map(Number)) {
    try {
      if (pid > 0 && pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder))
        process.kill(pid, "SIGKILL");
    } catch {
      // It has ended, or is another user's.
    }
  }
}

/** A folder of another user cannot be removed; it is left. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {}
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
