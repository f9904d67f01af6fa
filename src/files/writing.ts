/** Files and folders for a person: on a full disk there is none, rather than a part of one. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder with those above it. Without mkdir's `recursive`: on Node 20 that never ends below a directory in which none
 * can be made (/proc), at full load and deaf to signals.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another racelab has made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Writes a file that is not there yet (EEXIST), whole or not at all. An empty one would be taken for the person's own from then on. */
export function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === "write") rmSync(path, { force: true });
    throw error;
  }
}
