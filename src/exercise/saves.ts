/**
 * Tells when a file has been saved, in each of the ways in which editors save: in place, by a rename, by deleting and writing
 * again, twice within ten milliseconds. The folder is watched, because a watch on the file would follow the old file. The
 * file is also looked at regularly, because some file systems (networks, containers) send no events.
 */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { readText } from "../files/reading.js";

/** Events closer together than this are one save. */
const SETTLE_MS = 50;
const LOOK_MS = 500;
/** A file that has been missing for so long was deleted. Some editors delete a file before they write it. */
const GONE_MS = 400;

/** Null: the file is missing. */
type OnSave = (text: string | null) => void;

/** Calls `onSave` with the present text, and then after each save, until `signal` is aborted. */
export function onEachSave(file: string, onSave: OnSave, signal: AbortSignal): void {
  let seen: string | null | undefined;
  let settling: NodeJS.Timeout | undefined;
  let goneSince: number | null = null;

  const look = async (): Promise<void> => {
    const now = await mark(file);
    if (signal.aborted || now === seen) {
      if (now !== null) goneSince = null;
      return;
    }
    if (now === null) {
      goneSince ??= performance.now();
      if (seen !== undefined && performance.now() - goneSince < GONE_MS) return soon(GONE_MS);
    } else goneSince = null;
    const text = now === null ? null : await readText(file).catch(() => null);
    // Saved again while it was read: the next look reads it whole.
    if (signal.aborted || (await mark(file)) !== now) return soon();
    // Another look has told this save already.
    if (now === seen) return;
    seen = now;
    onSave(text);
  };
  const soon = (after = SETTLE_MS): void => {
    clearTimeout(settling);
    settling = setTimeout(() => void look(), after);
  };

  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dirname(file), (_, name) => {
      if (name === null || name === basename(file)) soon();
    });
    // The watch ends when its folder is deleted; the regular looks go on.
    watcher.on("error", () => watcher?.close());
  } catch {
    // No watches left (ENOSPC), or no folder yet.
  }
  const looking = setInterval(() => void look(), LOOK_MS);
  signal.addEventListener(
    "abort",
    () => {
      watcher?.close();
      clearInterval(looking);
      clearTimeout(settling);
    },
    { once: true },
  );
  void look();
}

/** A text that changes with each save; null: there is no file. */
const mark = (file: string): Promise<string | null> =>
  stat(file, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
    () => null,
  );
