/** A bounded number of connections to a server, lent to one line at a time in order of asking. */
import { setTimeout as pause } from "node:timers/promises";
import { StoreError, StoreUnavailable } from "../core/failure.js";

/** All connections of the server are taken. A pool that has some goes on with those. */
export class TooMany extends StoreUnavailable {}

/** How connections to one server are opened and closed. */
export interface Connector<C> {
  readonly connect: () => Promise<C>;
  /** Calls `lost`, once or more often, when the connection is lost. */
  readonly onLost: (client: C, lost: () => void) => void;
  /** Closes the connection in order. Never settles when the server has gone. */
  readonly end: (client: C) => Promise<unknown>;
  /** Closes the connection at once, without a word to the server. What was asked on it is refused. */
  readonly cut: (client: C) => void;
}

export interface ConnectionPool<C> {
  take(): Promise<C>;
  give(client: C): void;
  /** Opens so many connections, also beyond the pool's own limit; throws when the server does not have them. */
  reserve(lines: number): Promise<void>;
  /** False: the connection was lost. */
  alive(client: C): boolean;
  close(): Promise<void>;
  /** Closes all connections at once: the server has gone. */
  cut(): void;
}

/** Milliseconds that a connection may take to be closed in order. */
const END_MS = 1000;

/** Closes a connection in order, or at once when the server takes more than a second. */
export async function endConnection<C>({ end, cut }: Pick<Connector<C>, "end" | "cut">, client: C): Promise<void> {
  const over = new AbortController();
  const late = pause(END_MS, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([end(client), late]).catch(() => {});
  over.abort();
  cut(client);
}

interface Waiting<C> {
  resolve(client: C): void;
  reject(error: unknown): void;
}

export function connectionPool<C>(connector: Connector<C>, most: number): ConnectionPool<C> {
  const idle: C[] = [];
  const open = new Set<C>();
  const waiting: Waiting<C>[] = [];
  /** Lines for which a connection is being opened. */
  const growing = new Set<Waiting<C>>();
  let limit = most;
  let opening = 0;
  let closed = false;

  const lost = (client: C) => {
    open.delete(client);
    const at = idle.indexOf(client);
    if (at >= 0) idle.splice(at, 1);
    serve();
  };

  const admit = (client: C) => {
    connector.onLost(client, () => lost(client));
    open.add(client);
  };

  async function grow(asked: Waiting<C>): Promise<void> {
    opening++;
    growing.add(asked);
    try {
      const client = await connector.connect();
      opening--;
      growing.delete(asked);
      admit(client);
      if (closed) await connector.end(client);
      else asked.resolve(client);
    } catch (error) {
      opening--;
      growing.delete(asked);
      if (error instanceof TooMany && open.size > 0) {
        limit = open.size;
        waiting.unshift(asked);
      } else asked.reject(error);
      // The next line is served too, and told of the failure: perhaps no line holds a connection that it could give back.
      serve();
    }
  }

  function serve(): void {
    while (waiting.length > 0 && (idle.length > 0 || open.size + opening < limit)) {
      const asked = waiting.shift() as Waiting<C>;
      const client = idle.pop();
      if (client) asked.resolve(client);
      else void grow(asked);
    }
  }

  return {
    take: () =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new StoreError("08006"));
        waiting.push({ resolve, reject });
        serve();
      }),
    give(client) {
      if (!open.has(client)) return;
      idle.push(client);
      serve();
    },
    async reserve(lines) {
      limit = Math.max(limit, lines);
      while (!closed && open.size + opening < lines) {
        const client = await connector.connect();
        admit(client);
        idle.push(client);
        serve();
      }
    },
    alive: (client) => open.has(client),
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(new StoreError("08006"));
      await Promise.all([...open].map((client) => endConnection(connector, client)));
    },
    cut() {
      closed = true;
      for (const { reject } of [...waiting.splice(0), ...growing]) reject(new StoreError("08006"));
      for (const client of open) connector.cut(client);
    },
  };
}
