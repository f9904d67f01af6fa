import type { LockScope } from "../core/operation.js";
import type { Server } from "../core/server.js";

/**
 * The name under which a store keeps a named lock: each server of the application has its own locks of scope "server".
 * Nothing else in a store depends on the server.
 */
export const scopedLockName = ({ lock, scope }: { readonly lock: string; readonly scope?: LockScope }, server: Server): string =>
  scope === "server" ? `server ${server}: ${lock}` : lock;
