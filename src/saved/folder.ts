/**
 * The folder where racelab remembers a learner: one small file for each fact, written whole. No file is read, changed and
 * written back, so two racelabs at once cannot lose each other's facts (lesson 1), and no lock is needed.
 *
 * A file is written by write, fsync and rename, so a killed process leaves the old one or the new one. A file that cannot
 * be read is renamed and never deleted. If nothing can be saved, the learner gets one sentence, and everything else works.
 *
 * No package: `write-file-atomic` and `chokidar` in their versions for Node 20 would replace some thirty lines each, and
 * `env-paths` has no folder for state.
 */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { meaningOf } from "../files/faults.js";
import { makeFolder } from "../files/writing.js";

/**
 * `RACELAB_STATE`, else the folder of each system for the state of programs: `$XDG_STATE_HOME` or `~/.local/state` (XDG
 * base directories 0.8), `~/Library/Application Support`, `%LOCALAPPDATA%`.
 */
export function stateFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env["RACELAB_STATE"]) return resolve(env["RACELAB_STATE"]);
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "racelab");
  if (platform === "win32") return join(env["LOCALAPPDATA"] || join(homedir(), "AppData", "Local"), "racelab");
  // XDG: a relative path is ignored.
  const xdg = env["XDG_STATE_HOME"];
  return join(xdg?.startsWith("/") ? xdg : join(homedir(), ".local", "state"), "racelab");
}

/** The program and the version of the format. A file without this mark was not written by this racelab. */
const FORMAT = "racelab 1";

export class Folder {
  /** Sentences for the learner, each once: that nothing can be saved, that a damaged file was put aside. */
  readonly notices: string[] = [];
  #failed = false;

  constructor(readonly path: string = stateFolder()) {}

  /** Writes `fact` and waits for the disk. False: it could not be written, and a notice says why. */
  save(name: string, fact: object): boolean {
    return this.write(name, `${JSON.stringify({ format: FORMAT, ...fact }, null, 1)}\n`);
  }

  /** Writes the text and waits for the disk. False: it could not be written, and a notice says why. */
  write(name: string, text: string): boolean {
    const path = join(this.path, name);
    try {
      makeFolder(dirname(path));
      replace(path, text);
      return true;
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException);
      return false;
    }
  }

  /** Removes a file and waits for the disk. False: the file is still there, and a notice says why. */
  remove(name: string): boolean {
    const path = join(this.path, name);
    try {
      rmSync(path, { force: true });
      sync(dirname(path));
      return true;
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException);
      return false;
    }
  }

  /** The fact; null: there is no file, or it has not the shape that `is` tests for, and was put aside. */
  read<T>(name: string, is: (value: Partial<T>) => boolean): T | null {
    const path = join(this.path, name);
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR") this.#setAside(path, `cannot be read (${code})`);
      return null;
    }
    try {
      const value = JSON.parse(text) as Partial<T> & { format?: unknown };
      if (value !== null && typeof value === "object" && value.format === FORMAT && is(value)) return value as T;
    } catch {
      this.#setAside(path, "is damaged");
      return null;
    }
    this.#setAside(path, "was not written by this racelab");
    return null;
  }

  /** The names of the files in a folder, sorted; empty without the folder. Drafts that a killed process left are removed. */
  names(folder: string): readonly string[] {
    let names: string[];
    try {
      names = readdirSync(join(this.path, folder)).sort();
    } catch {
      return [];
    }
    for (const name of names) {
      const [, pid] = DRAFT.exec(name) ?? [];
      if (pid && !isAlive(Number(pid))) rmSync(join(this.path, folder, name), { force: true });
    }
    return names.filter((name) => !DRAFT.test(name));
  }

  #setAside(path: string, why: string): void {
    const aside = `${path}.set-aside-${Date.now()}`;
    try {
      renameSync(path, aside);
      this.notices.push(`${path} ${why} and lies aside as ${aside}`);
    } catch (error) {
      // ENOENT: another racelab has put it aside already.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.notices.push(`${path} ${why} and is left alone`);
    }
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#failed) return;
    this.#failed = true;
    const isInTheWay = error.code === "ENOTDIR" || error.code === "EEXIST";
    const why = isInTheWay ? "a file is in the way" : (meaningOf(error) ?? error.message);
    this.notices.push(`nothing is saved in ${this.path}: ${why}. Everything else works; RACELAB_STATE names another folder`);
  }
}

let written = 0;
const DRAFT = /^\.(\d+)-\d+\.draft$/;

/** EPERM: the process is alive and belongs to another user. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Replaces a file: after a crash there is the old file or the new one, never a part. */
function replace(path: string, text: string): void {
  // Each write has a draft of its own, so that two racelabs never write into one file.
  const draft = join(dirname(path), `.${process.pid}-${written++}.draft`);
  const file = openSync(draft, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } catch (error) {
    closeSync(file);
    rmSync(draft, { force: true });
    throw error;
  }
  closeSync(file);
  renameSync(draft, path);
  sync(dirname(path));
}

/** A rename is on disk only after an fsync of the folder. Some systems do not open folders. */
function sync(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    fsyncSync(handle);
    closeSync(handle);
  } catch {}
}
