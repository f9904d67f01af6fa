import type { LockScope } from "../core/operation.js";
import type { Server } from "../core/server.js";

/** The name under which a store keeps a named lock: a lock of scope "server" is one for each server of the application. */
export const scopedLockName = ({ lock, scope }: { readonly lock: string; readonly scope?: LockScope }, server: Server): string =>
  scope === "server" ? `server ${server}: ${lock}` : lock;
