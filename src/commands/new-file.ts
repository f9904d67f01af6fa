/** Files that a command writes for a person: none is written over by accident, and each is whole at any moment. */
import { linkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Misuse } from "./out.js";

/** Checked before the work, which may take minutes. */
export function refuseFile(to: string, force: boolean): void {
  const there = statSync(to, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw new Misuse(`${to} is a folder: name a file`);
  if (there && !force) throw new Misuse(`${to} is there already: add --force to write over it`);
  if (!statSync(dirname(to), { throwIfNoEntry: false })?.isDirectory())
    throw new Misuse(`${to} cannot be written (ENOENT): name a file in a folder that is there and yours`);
}

/** Writes beside the file and then renames, so that the file is whole at any moment. `link` fails if a file came to be there meanwhile. */
export function writeNewFile(to: string, text: string, force: boolean): void {
  const draft = join(dirname(to), `.${basename(to)}.${process.pid}.tmp`);
  try {
    writeFileSync(draft, text, { flag: "wx" });
    if (force) renameSync(draft, to);
    else linkSync(draft, to);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new Misuse(`${to} is there already: add --force to write over it`);
    throw new Misuse(
      code === "ENOSPC"
        ? `${to} cannot be written: the disk is full. Make room, or name another file`
        : `${to} cannot be written (${code ?? message}): name a file in a folder that is there and yours`,
    );
  } finally {
    rmSync(draft, { force: true });
  }
}
