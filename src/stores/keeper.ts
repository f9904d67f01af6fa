/**
 * A store's own connections to its server: they keep the store's space alive, and the store asks by them what no line
 * asks. A heartbeat watches the server over the first of them.
 */
import type { StoreError } from "../core/failure.js";
import { endConnection } from "./connection-pool.js";
import type { DatabaseServer } from "./database-server.js";
import { type Heartbeat, type HeartbeatOptions, heartbeat } from "./heartbeat.js";

type KeeperOptions<C> = Pick<HeartbeatOptions, "where" | "left" | "isGuest"> & { readonly server: DatabaseServer<C> };

export class Keeper<C> {
  /** What else is cut when the server has gone. */
  readonly dependents: { cut(): void }[] = [];
  readonly server: DatabaseServer<C>;
  /** The space belongs to another store, which drops it. */
  readonly isGuest: boolean;
  readonly #heartbeat: Heartbeat;

  private constructor(
    readonly clients: readonly C[],
    { server, ...options }: KeeperOptions<C>,
  ) {
    this.server = server;
    this.isGuest = options.isGuest;
    this.#heartbeat = heartbeat({
      ...options,
      ask: () => server.ping(this.client),
      askAnew: async () => endConnection(server, await server.connect()),
      cut: () => {
        for (const client of clients) server.cut(client);
        for (const dependent of this.dependents) dependent.cut();
      },
    });
    for (const client of clients) server.onLost(client, this.#heartbeat.broke);
  }

  /** Opens so many connections. */
  static async open<C>(options: KeeperOptions<C>, connections = 1): Promise<Keeper<C>> {
    const { server } = options;
    const clients: C[] = [];
    try {
      while (clients.length < connections) clients.push(await server.connect());
    } catch (error) {
      for (const client of clients) server.cut(client);
      throw error;
    }
    return new Keeper(clients, options);
  }

  get client(): C {
    return this.clients[0] as C;
  }

  /** Aborted when the server has gone; the reason is one sentence. */
  get lost(): AbortSignal {
    return this.#heartbeat.lost;
  }

  /** Runs `work`, with which the store is opened; when it fails, closes the connections and throws one sentence. */
  async opening<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.close();
      throw this.lost.aborted ? this.lost.reason : this.server.unavailable(error);
    }
  }

  /** What to throw when a question of the store itself failed: that the server has gone, or else `failure`. */
  failed(failure: StoreError): Error {
    if (failure.code !== "08006" && !this.lost.aborted) return failure;
    this.#heartbeat.broke();
    return this.lost.reason;
  }

  async close(): Promise<void> {
    this.#heartbeat.end();
    await Promise.all(this.clients.map((client) => endConnection(this.server, client)));
  }
}

/** For a person: which spaces of dead processes were dropped. */
export const droppedNotices = (names: readonly string[]): readonly string[] =>
  names.length > 0 ? [`rows of earlier runs that were killed were dropped (${names.join(", ")})`] : [];
