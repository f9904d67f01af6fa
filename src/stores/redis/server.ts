/** Reaching a Redis server: what its URL means, and what went wrong in a sentence that never holds a password. */
import type { Redis, RedisOptions } from "ioredis";
import { StoreUnavailable } from "../../core/failure.js";
import { TooMany } from "../pool.js";

/** Milliseconds that a server may take to answer at all. */
const PATIENCE_MS = 5000;
/** Milliseconds that it may take to say goodbye. */
const GOODBYE_MS = 100;

export interface RedisServer {
  /** For people: `127.0.0.1:6379, database 0`. */
  readonly name: string;
  /** The URL as it was given, without racelab's own parameters. */
  readonly url: string;
  /** A prefix of keys that somebody else has made and will drop; absent: this one makes its own. */
  readonly prefix: string | undefined;
  readonly address: RedisAddress;
  connect(): Promise<Redis>;
}

const OWN = ["racelab_prefix", "racelab_share"] as const;

/** `url`, with the parameter by which another thread joins these keys. */
export const joining = (url: string, prefix: string): string => `${url}${url.includes("?") ? "&" : "?"}racelab_prefix=${prefix}`;

export async function serverAt(url: string): Promise<RedisServer> {
  const { Redis } = await import("ioredis");
  /**
   * What is asked in one turn of the event loop leaves in one piece, in the order in which it was asked. ioredis' own
   * way to that, auto-pipelining, is three more promises for each command, and sends nothing until all before is answered.
   */
  class Client extends Redis {
    override sendCommand(...command: Parameters<Redis["sendCommand"]>): unknown {
      const { stream } = this;
      if (stream && stream.writableCorked === 0) {
        stream.cork();
        process.nextTick(() => stream.uncork());
      }
      return super.sendCommand(...command);
    }
  }
  const prefix = /[?&]racelab_prefix=([\w:]+)/.exec(url)?.[1];
  const plain = OWN.reduce((text, name) => text.replace(new RegExp(`([?&])${name}=[\\w:]+&?`), "$1"), url).replace(/[?&]$/, "");
  const address = addressOf(plain);
  const options: RedisOptions & { replyMapping?: "legacy" } = {
    connectionName: "racelab",
    connectTimeout: PATIENCE_MS,
    disconnectTimeout: GOODBYE_MS,
    lazyConnect: true,
    // A connection that is lost takes locks along: whoever had one must not go on over another as if nothing were.
    retryStrategy: null,
    autoResubscribe: false,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    maxRetriesPerRequest: 0,
  };
  return {
    name: `${address.place}, database ${address.database}`,
    url: plain,
    prefix,
    address,
    async connect() {
      const client = new Client(plain, options);
      let why: unknown;
      client.on("error", (error) => {
        why ??= error;
      });
      // ioredis' own timeout is for the connection: one that is accepted and never answered would be waited for.
      const late = setTimeout(() => {
        why ??= Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
        cutClient(client);
      }, PATIENCE_MS);
      try {
        await client.connect();
        // The server says what it thinks of password and database only when it is asked something.
        await client.ping();
        if (why) throw why;
        clearTimeout(late);
        return client;
      } catch (error) {
        clearTimeout(late);
        cutClient(client);
        throw unavailable(why ?? error, address);
      }
    },
  };
}

/** Ends a connection; what was asked on it is refused, also by a server that does not say goodbye. */
export const cutClient = (client: Redis): void => client.disconnect();

export interface RedisAddress {
  readonly place: string;
  readonly database: string;
  readonly user: string;
}

function addressOf(url: string): RedisAddress {
  try {
    const { hostname, port, pathname, username, searchParams } = new URL(url);
    const database = decodeURIComponent(pathname.slice(1)) || searchParams.get("db") || "0";
    if (!/^\d+$/.test(database) || hostname === "") throw new TypeError();
    return { place: `${hostname}:${port || 6379}`, database, user: decodeURIComponent(username) || "default" };
  } catch {
    throw new StoreUnavailable("this URL cannot be read: one looks like redis://user:password@localhost:6379/0");
  }
}

/** Why nobody can work there: one sentence with what to do about it. */
export function unavailable(error: unknown, { place, database, user }: RedisAddress): StoreUnavailable {
  const { code, message } = error as { code?: string; message: string };
  const because = (sentence: string) => new StoreUnavailable(`Redis at ${place}: ${sentence}`);
  if (code === "ECONNREFUSED")
    return because("nobody answers (connection refused). Start the server, or check host and port; --store memory: needs none");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return because("there is no such host. Check the name in the URL");
  if (code === "ETIMEDOUT" || /timed? ?out/i.test(message))
    return because(`no answer within ${PATIENCE_MS / 1000} seconds. Is it a Redis? Check host, port and firewall`);
  if (code === "ECONNRESET" || code === "EPIPE")
    return because("it hung up. Is it a Redis, still running, and with connections to spare (maxclients)? Check host and port");
  const [first = ""] = message.split(" ");
  switch (first) {
    case "WRONGPASS":
      return because(`user "${user}" is not let in (wrong password, or not allowed). Check user and password in the URL`);
    case "NOAUTH":
      return because(`it wants a password, and the URL has none: redis://:PASSWORD@${place}/${database}`);
    case "NOPERM":
      return because(
        `user "${user}" may not do what racelab needs (${tidy(message)}). It needs scripts, keys and channels of its own: ACL SETUSER ${user} ~racelab* &racelab* +@all`,
      );
    case "READONLY":
      return because("it is a read-only replica. Name the primary in the URL");
    case "LOADING":
      return because("it is just starting up. Try again in a moment");
    case "OOM":
    case "MISCONF":
      return because(`it takes no writes now (${tidy(message)})`);
  }
  if (/max number of clients/i.test(message))
    return new TooMany(`Redis at ${place}: all its connections are taken. Close some, or raise maxclients`);
  if (/AUTH.*without any password/i.test(message)) return because("it has no password, and the URL has one. Leave it out");
  if (/DB index|invalid DB/i.test(message))
    return because(`there is no database ${database}. Redis has 16 unless configured otherwise, from 0 to 15`);
  if (/RESP type|Protocol error|Connection is closed/i.test(message))
    return because("what is there does not answer as a Redis does. Check host and port");
  return because(tidy(message));
}

const tidy = (message: string): string => message.replace(/\s+/g, " ");
