/**
 * Named locks, beside the database: a mutex in the process of one server, a lock that all servers share, or a
 * lease in something like Redis (SET NX PX, delete only if it is mine). No deadlock is detected among them: tasks that
 * wait in a circle wait for ever.
 *
 * There are three lifetimes. A lock ends with its connection. A `lasting` lock (a lock file) stays for ever, also when
 * its holder has gone. A `lease` stays and ends when the schedule says so (`expire`). The trap: the holder of a lease is
 * not told that it has ended. A row that has seen the token of a newer holder refuses the older one (Kleppmann, "How to
 * do distributed locking", 2016).
 */
import type { Answer } from "../core/machine.js";
import type { Key, LockScope, Operation } from "../core/operation.js";
import type { Flags, Line, Shared } from "./state.js";

type Step = Answer<Shared, Line>;

/** Undefined: not an operation on named locks. */
export function namedLock(shared: Shared, line: Line, operation: Operation): Step | undefined {
  switch (operation.kind) {
    case "acquire": {
      const { lease, lasting, ifLocked } = operation;
      const lock = lockName(line, operation);
      if (shared.locks[lock]) return ifLocked === "nowait" ? { shared, line, reply: { value: false } } : { shared, line };
      const held: Shared = { ...shared, locks: { ...shared.locks, [lock]: true } };
      if (lasting) return { shared: held, line: { ...line, lasting: { ...line.lasting, [lock]: true } }, reply: { value: true } };
      if (!lease) return { shared: held, line: { ...line, locks: { ...line.locks, [lock]: true } }, reply: { value: true } };
      const token = (shared.leases?.[lock] ?? 0) + 1;
      return {
        shared: { ...held, leases: { ...shared.leases, [lock]: token } },
        line: { ...line, leases: { ...line.leases, [lock]: token } },
        reply: { value: token },
      };
    }
    case "release": {
      const lock = lockName(line, operation);
      const freed: Flags = { [lock]: true };
      if (!isHolder(shared, line, lock)) return { shared, line, reply: { value: false } };
      const locks = withoutFlags(shared.locks, freed);
      const kept = withoutFlags(line.lasting ?? {}, freed);
      const lasting = Object.keys(kept).length > 0 ? kept : undefined;
      const left: Line = { ...line, locks: withoutFlags(line.locks, freed), lasting };
      return { shared: { ...shared, locks }, line: left, reply: { value: true } };
    }
    case "expire": {
      const isLease = shared.leases?.[operation.lock] !== undefined;
      const next = isLease ? { ...shared, locks: withoutFlags(shared.locks, { [operation.lock]: true }) } : shared;
      return { shared: next, line, reply: { value: null } };
    }
    case "raise-fence": {
      const isNew = operation.token >= (shared.fences?.[operation.key] ?? 0);
      return { shared: isNew ? seen(shared, operation.key, operation.token) : shared, line, reply: { value: isNew } };
    }
    default:
      return undefined;
  }
}

/** The name of a lock in `Shared.locks`, where the locks of all servers are. */
export const lockName = ({ server = 1 }: Line, { lock, scope }: { lock: string; scope?: LockScope }): string =>
  scope === "server" ? `server ${server}: ${lock}` : lock;

/** Does the line hold the lock of this name now? Its lease may have ended, and another session may have been granted the next. */
export const isHolder = (shared: Shared, line: Line, lock: string): boolean =>
  Boolean(
    shared.locks[lock] &&
      (line.locks[lock] || line.lasting?.[lock] || (line.leases?.[lock] && line.leases[lock] === shared.leases?.[lock])),
  );

export const expiries = ({ leases = {}, locks }: Shared): readonly Operation[] =>
  Object.keys(leases)
    .filter((lock) => locks[lock])
    .sort()
    .map((lock) => ({ kind: "expire", lock }));

const seen = (shared: Shared, key: Key, token: number): Shared =>
  shared.fences?.[key] === token ? shared : { ...shared, fences: { ...shared.fences, [key]: token } };

/** A write with a token: refused (55000) when the row has seen a higher one; otherwise the row has seen this one from now on. */
export function fenced(shared: Shared, line: Line, { key, token }: { key: Key; token?: number }, step: () => Step): Step {
  if (token === undefined) return step();
  if (token < (shared.fences?.[key] ?? 0)) return { shared, line, reply: { error: "55000" } };
  const next = step();
  return next.reply ? { ...next, shared: seen(next.shared, key, token) } : next;
}

export function withoutFlags(flags: Flags, gone: Flags): Flags {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !gone[name])) as Flags;
}
