/** A bounded number of server connections, handed out one at a time in order of asking. */
import { StoreError, StoreUnavailable } from "../core/failure.js";
import { farewell } from "./farewell.js";

/** All connections of the server are taken: whoever has one already can go on with that. */
export class TooMany extends StoreUnavailable {}

/** A client's connection, as far as a pool knows it. */
export interface Pooled {
  on(event: "error" | "end", listener: () => void): unknown;
  end(): Promise<unknown>;
}

export interface Pool<C extends Pooled> {
  take(): Promise<C>;
  give(client: C): void;
  /** False: the connection was lost. */
  alive(client: C): boolean;
  close(): Promise<void>;
  /** Ends all of them at once: the server has gone. */
  cut(): void;
}

interface Waiting<C> {
  resolve(client: C): void;
  reject(error: unknown): void;
}

/** `cut` ends a connection at once, without a word to the server. */
export function pool<C extends Pooled>(connect: () => Promise<C>, most: number, cut: (client: C) => void): Pool<C> {
  const idle: C[] = [];
  const open = new Set<C>();
  const waiting: Waiting<C>[] = [];
  /** Those for whom a connection is being made. */
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

  async function grow(asked: Waiting<C>): Promise<void> {
    opening++;
    growing.add(asked);
    try {
      const client = await connect();
      opening--;
      growing.delete(asked);
      // Without a listener a lost connection would end the process.
      for (const event of ["error", "end"] as const) client.on(event, () => lost(client));
      open.add(client);
      if (closed) await client.end();
      else asked.resolve(client);
    } catch (error) {
      opening--;
      growing.delete(asked);
      if (error instanceof TooMany && open.size > 0) {
        limit = open.size;
        waiting.unshift(asked);
      } else asked.reject(error);
      // The next in line has to hear of it as well: nobody may be left who could give a connection back.
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
    alive: (client) => open.has(client),
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(new StoreError("08006"));
      await Promise.all([...open].map((client) => farewell(client.end()).then(() => cut(client))));
    },
    cut() {
      closed = true;
      for (const { reject } of [...waiting.splice(0), ...growing]) reject(new StoreError("08006"));
      for (const client of open) cut(client);
    },
  };
}
