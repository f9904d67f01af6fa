/**
 * A real JSON file through lowdb, with the locks of the host. lowdb keeps the whole file in one process, in one instance:
 * a lock file guards that (file.ts).
 */
import { StoreError, StoreUnavailable } from "../../core/failure.js";
import { type KnownNames, knownNames } from "../../core/known-names.js";
import type { Store } from "../../core/store.js";
import { groupCommit } from "./commit.js";
import { openFile } from "./file.js";
import { copyOf, LowdbLine } from "./line.js";
import { HostLocks } from "./locks.js";

export async function lowdbStore(file: string): Promise<Store> {
  const { path, content, notices, unlock } = await openFile(file);
  const disk = groupCommit(path, content);
  const trunk = {
    names: undefined as KnownNames | undefined,
    disk,
    locks: new HostLocks(),
    rowLocks: new HostLocks(),
    lines: new Set<LowdbLine>(),
    isOpen: true,
  };
  try {
    await disk.saved();
  } catch (error) {
    await unlock();
    throw new StoreUnavailable((error as Error).message);
  }
  return {
    capabilities: new Set(["versions", "locks", "transactions", "row-locks", "conditional-update"]),
    notices,
    async connect(watch, server = 1) {
      const line = new LowdbLine(trunk, watch, server);
      trunk.lines.add(line);
      return line;
    },
    async reset(rows, tables) {
      if (tables && Object.keys(tables).length > 0)
        throw new StoreError("0A000", "lowdb: keeps no keys and constraints: use memory:");
      trunk.names = knownNames(rows);
      disk.reset(copyOf(rows));
      await disk.saved();
    },
    async state() {
      await disk.saved();
      return disk.content().rows;
    },
    async close() {
      if (!trunk.isOpen) return;
      for (const line of [...trunk.lines]) await line.close();
      trunk.isOpen = false;
      // A write that failed has been told to the operations that wrote.
      await disk.saved().catch(() => {});
      await unlock();
    },
  };
}
