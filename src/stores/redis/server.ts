/** Reaching a Redis server: what its URL means, and what went wrong in a sentence that never holds a password. */
import { createRequire } from "node:module";
import type { Redis, RedisOptions } from "ioredis";
import { StoreUnavailable } from "../../core/failure.js";
import {
  type DatabaseServer,
  oneLine,
  SERVER_PATIENCE_MS,
  type ServerAddress,
  sentencesOf,
  storeUrl,
} from "../database-server.js";

type Command = Parameters<Redis["sendCommand"]>[0];
type Turn = Parameters<Redis["sendCommand"]>[1];

/** Milliseconds that a server may take to close a connection. */
const DISCONNECT_MS = 100;

export async function redisAt(url: string): Promise<DatabaseServer<Redis>> {
  // By `require`: an import reads 60 files once more, only to learn their names, in every thread of a run.
  const { Redis } = createRequire(import.meta.url)("ioredis") as typeof import("ioredis");
  /**
   * What is asked in one turn of the event loop leaves as one text, in the order of asking. ioredis would do that by
   * auto-pipelining, which costs three more promises for each command, and sends nothing until all before is answered. A
   * socket that is corked writes as many pieces as there are commands. `sendCommand` takes a stream of the caller's, as
   * ioredis' own pipelines give it one.
   */
  class Client extends Redis {
    #text = "";
    readonly #turn = {
      write: (piece: string | Buffer) => {
        if (typeof piece !== "string") {
          this.#flush();
          return this.stream?.write(piece) ?? false;
        }
        if (this.#text === "") process.nextTick(() => this.#flush());
        this.#text += piece;
        return true;
      },
    };

    #flush(): void {
      const text = this.#text;
      this.#text = "";
      // Without a stream ioredis has refused what was in it.
      if (text !== "" && this.stream?.writable) this.stream.write(text);
    }

    override sendCommand(command: Command, stream?: Turn): unknown {
      return super.sendCommand(command, stream ?? (this.status === "ready" ? (this.#turn as unknown as Turn) : undefined));
    }
  }
  const given = storeUrl(url, "racelab_prefix");
  const address = addressOf(given.url);
  const options: RedisOptions & { replyMapping?: "legacy" } = {
    connectionName: "racelab",
    connectTimeout: SERVER_PATIENCE_MS,
    disconnectTimeout: DISCONNECT_MS,
    lazyConnect: true,
    // A lost connection takes locks along: a line that had one must not go on over another connection as if it still had it.
    retryStrategy: null,
    autoResubscribe: false,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    maxRetriesPerRequest: 0,
  };
  return {
    ...given,
    engine: "Redis",
    name: `${address.place}, database ${address.database}`,
    async connect() {
      const client = new Client(given.url, options);
      let why: unknown;
      client.on("error", (error) => {
        why ??= error;
      });
      // ioredis' own timeout ends when the connection is accepted. A server that accepts and never answers needs this one.
      const late = setTimeout(() => {
        why ??= Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
        client.disconnect();
      }, SERVER_PATIENCE_MS);
      try {
        await client.connect();
        // The server refuses a password or a database only when it is asked something.
        await client.ping();
        if (why) throw why;
        clearTimeout(late);
        return client;
      } catch (error) {
        clearTimeout(late);
        client.disconnect();
        throw unavailable(why ?? error, address);
      }
    },
    ping: (client) => client.ping(),
    onLost: (client, lost) => void client.on("close", lost),
    end: async (client) => client.disconnect(),
    // What was asked on it is refused, also by a server that does not close its side.
    cut: (client) => client.disconnect(),
    unavailable: (error) => unavailable(error, address),
  };
}

function addressOf(url: string): ServerAddress {
  try {
    const { hostname, port, pathname, username, searchParams } = new URL(url);
    const database = decodeURIComponent(pathname.slice(1)) || searchParams.get("db") || "0";
    if (!/^\d+$/.test(database) || hostname === "") throw new TypeError();
    return { place: `${hostname}:${port || 6379}`, database, user: decodeURIComponent(username) || "default" };
  } catch {
    throw new StoreUnavailable("this URL cannot be read: one looks like redis://user:password@localhost:6379/0");
  }
}

function unavailable(error: unknown, { place, database, user }: ServerAddress): StoreUnavailable {
  const { code, message } = error as { code?: string; message: string };
  const { because, network, silent, tooMany } = sentencesOf("Redis", place);
  const hungUp = "it hung up. Is it a Redis, still running, and with connections to spare (maxclients)? Check host and port";
  const fault = network(code, hungUp);
  if (fault) return fault;
  if (/timed? ?out/i.test(message)) return silent();
  const [first = ""] = message.split(" ");
  switch (first) {
    case "WRONGPASS":
      return because(`user "${user}" is not let in (wrong password, or not allowed). Check user and password in the URL`);
    case "NOAUTH":
      return because(`it wants a password, and the URL has none: redis://:PASSWORD@${place}/${database}`);
    case "NOPERM":
      return because(
        `user "${user}" may not do what racelab needs (${oneLine(message)}). It needs scripts, keys and channels of its own: ACL SETUSER ${user} ~racelab* &racelab* +@all`,
      );
    case "READONLY":
      return because("it is a read-only replica. Name the primary in the URL");
    case "LOADING":
      return because("it is just starting up. Try again in a moment");
    case "OOM":
      return because(`it has no memory left (${oneLine(message)}). Make room there, or raise its maxmemory`);
    case "MISCONF":
      return because(`it takes no writes now (${oneLine(message)})`);
  }
  if (/max number of clients/i.test(message)) return tooMany("maxclients");
  if (/AUTH.*without any password/i.test(message)) return because("it has no password, and the URL has one. Leave it out");
  if (/DB index|invalid DB/i.test(message))
    return because(`there is no database ${database}. Redis has 16 unless configured otherwise, from 0 to 15`);
  if (/Connection is closed/i.test(message)) return because(hungUp);
  if (/RESP type|Protocol error/i.test(message))
    return because("what is there does not answer as a Redis does. Check host and port");
  return because(oneLine(message));
}
