/**
 * Tells when a file has been saved, however an editor does that: written in place, written beside it and renamed,
 * deleted and made again, twice within ten milliseconds. The folder is watched, because a watch on the file would
 * follow the old one; and looked at now and then, because some file systems (networks, containers) tell nobody.
 */
import { type FSWatcher, watch } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** Events closer together than this are one save. */
const SETTLE_MS = 50;
const LOOK_MS = 500;
/** Some editors delete a file before they write it: gone for so long is gone. */
const GONE_MS = 400;

/** What there is: null where the file is missing. */
export type OnSave = (text: string | null) => void;

/** Calls `onSave` for what is there now, and then after each save, until `signal` is aborted. */
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
    const text = now === null ? null : await readFile(file, "utf8").catch(() => null);
    // Saved again while it was read: the next look will see it whole.
    if (signal.aborted || (await mark(file)) !== now) return soon();
    // Another look has been faster.
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
    // A folder that goes away takes its watch along; looking goes on.
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

/** Another one after each save; null where there is no file. */
const mark = (file: string): Promise<string | null> =>
  stat(file, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
    () => null,
  );
