/** Files that a command writes for a person: none is written over by accident, and each is whole at any moment. */
import { closeSync, linkSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { meaningOf } from "../files/faults.js";
import { Misuse } from "./out.js";

/** Checked before the work, which may take minutes. */
export function refuseFile(to: string, force: boolean): void {
  const there = statSync(to, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw new Misuse(`${to} is a folder: name a file`);
  // A file would be put in its place: of /dev/null, for every program of the machine.
  if (there && !there.isFile()) throw new Misuse(`${to} is a pipe or a device, not a file: name a file`);
  if (there && !force) throw new Misuse(`${to} is there already: add --force to write over it`);
  if (!statSync(dirname(to), { throwIfNoEntry: false })?.isDirectory())
    throw new Misuse(`${to} cannot be written (ENOENT): name a file in a folder that is there and yours`);
}

/** Characters that are written at once, about. */
const PIECE = 1 << 16;

function writePieces(to: string, pieces: Iterable<string>): void {
  const file = openSync(to, "wx");
  const write = (text: string) => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  };
  try {
    let text = "";
    for (const piece of pieces) {
      text += piece;
      if (text.length < PIECE) continue;
      write(text);
      text = "";
    }
    write(text);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes beside the file and then renames, so that the file is whole at any moment. `link` fails if a file came to be there
 * meanwhile. A long text may come in pieces.
 */
export function writeNewFile(to: string, text: string | Iterable<string>, force: boolean): void {
  const draft = join(dirname(to), `.${basename(to)}.${process.pid}.tmp`);
  try {
    writePieces(draft, typeof text === "string" ? [text] : text);
    if (force) renameSync(draft, to);
    else linkSync(draft, to);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new Misuse(`${to} is there already: add --force to write over it`);
    throw new Misuse(
      code === "ENOSPC" || code === "EDQUOT"
        ? `${to} cannot be written: ${meaningOf(error)}. Make room, or name another file`
        : `${to} cannot be written (${code ?? message}): name a file in a folder that is there and yours`,
    );
  } finally {
    rmSync(draft, { force: true });
  }
}
