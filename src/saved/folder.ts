/**
 * The folder in which racelab remembers a learner: one small file for one fact, each written whole. Nothing is
 * ever read, changed and written back, so two racelabs at once cannot lose each other's facts (lesson 1).
 *
 * A file comes to be by write, fsync and rename: a killed process leaves the old one or the new one. What cannot
 * be read lies aside under another name and is never deleted. If nothing can be saved, that is one sentence, and
 * everything goes on.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/**
 * `RACELAB_STATE`, else where each system keeps what a program remembers: `$XDG_STATE_HOME` or `~/.local/state`
 * (XDG base directories 0.8), `~/Library/Application Support`, `%LOCALAPPDATA%`.
 */
export function stateFolder(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  if (env["RACELAB_STATE"]) return resolve(env["RACELAB_STATE"]);
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "racelab");
  if (platform === "win32") return join(env["LOCALAPPDATA"] || join(homedir(), "AppData", "Local"), "racelab");
  // The specification says that a relative path is to be ignored.
  const xdg = env["XDG_STATE_HOME"];
  return join(xdg?.startsWith("/") ? xdg : join(homedir(), ".local", "state"), "racelab");
}

/** Whose file it is, and how it is to be read: without this mark it is somebody else's. */
const FORMAT = "racelab 1";

const reasons: { readonly [code: string]: string } = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
  EROFS: "the disk is read-only",
  EACCES: "this is not allowed",
  EPERM: "this is not allowed",
  ENOTDIR: "a file is in the way",
  EEXIST: "a file is in the way",
};

export class Folder {
  /** What a person should know, each said once: nothing is saved any more, something lies aside. */
  readonly notices: string[] = [];
  #failed = false;

  constructor(readonly path: string = stateFolder()) {}

  /** Saves `fact` at once, whole, durably. */
  save(name: string, fact: object): boolean {
    return this.write(name, `${JSON.stringify({ format: FORMAT, ...fact }, null, 1)}\n`);
  }

  /** False: it could not be written, and a notice says why. */
  write(name: string, text: string): boolean {
    const path = join(this.path, name);
    try {
      mkdirSync(dirname(path), { recursive: true });
      replace(path, text);
      return true;
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException);
      return false;
    }
  }

  /** Durably: it is not there after a crash either. False: it is still there, and a notice says why. */
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

  /** The fact, if it is there and has the shape that `is` asks for; what is there and has not lies aside from now on. */
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

  /** Names below a folder, sorted; none where there is no such folder. What a killed process left half written goes. */
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
      // Another racelab was faster.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.notices.push(`${path} ${why} and is left alone`);
    }
  }

  #fail({ code, message }: NodeJS.ErrnoException): void {
    if (this.#failed) return;
    this.#failed = true;
    const why = reasons[code ?? ""] ?? message;
    this.notices.push(`nothing is saved in ${this.path}: ${why}. Everything else works; RACELAB_STATE names another folder`);
  }
}

let written = 0;
const DRAFT = /^\.(\d+)-\d+\.draft$/;

/** A process of somebody else's is alive, too (EPERM). */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** The old file or the new one, never half of one. */
function replace(path: string, text: string): void {
  // A name of its own for each writer: two of them must not write into one file.
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

/** The name is durable only when the folder is; not every system lets a folder be opened. */
function sync(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    fsyncSync(handle);
    closeSync(handle);
  } catch {}
}
