/**
 * A database server, as the stores on one see it. Each store works in a space of racelab's own there (a schema, a
 * database, a prefix of keys): the store that makes it drops it, and other threads and processes join it by a URL with
 * racelab's own parameters.
 */
import { StoreUnavailable } from "../core/failure.js";
import { type Connector, TooMany } from "./connection-pool.js";

/** Milliseconds that a server may take to answer at all. */
export const SERVER_PATIENCE_MS = 5000;

export interface DatabaseServer<C> extends Connector<C>, StoreUrl {
  /** `PostgreSQL` */
  readonly engine: string;
  /** For people, without a password: `127.0.0.1:5432, database test`. */
  readonly name: string;
  /** Resolves when the server has answered. */
  readonly ping: (client: C) => Promise<unknown>;
  /** Why the server cannot be used: one sentence with what to do about it. */
  readonly unavailable: (error: unknown) => StoreUnavailable;
}

/** What is needed for sentences about a server. */
export interface ServerAddress {
  readonly place: string;
  readonly database: string;
  readonly user: string;
}

/** A store's URL, taken apart. */
interface StoreUrl {
  /** Without racelab's own parameters. */
  readonly url: string;
  /** The space that another store has made and will drop; undefined: this store makes its own. */
  readonly space: string | undefined;
  /** Among how many threads the connections to spare are shared. */
  readonly share: number;
  /** The URL by which another thread or process joins this space. */
  readonly urlOf: (space: string) => string;
}

const SPACES = ["racelab_schema", "racelab_database", "racelab_prefix"] as const;
/**
 * Where the password is that the URL does not have, as the engine's own programs know it: a command line is seen by all users
 * of the machine. PostgreSQL's client reads PGPASSWORD and ~/.pgpass itself.
 */
const PASSWORDS: { readonly [space in (typeof SPACES)[number]]?: string } = {
  racelab_database: "MYSQL_PWD",
  racelab_prefix: "REDISCLI_AUTH",
};
const SHARE = "racelab_share";

const valueIn = (url: string, parameter: string): string | undefined => new RegExp(`[?&]${parameter}=([\\w:]+)`).exec(url)?.[1];

/** `url` without racelab's own parameters. */
export const asGiven = (url: string): string =>
  [...SPACES, SHARE].reduce((text, name) => text.replace(new RegExp(`([?&])${name}=[\\w:]+&?`), "$1"), url).replace(/[?&]$/, "");

/** `parameter` is the one that names a space of this engine. */
export function storeUrl(url: string, parameter: (typeof SPACES)[number]): StoreUrl {
  const plain = withPassword(asGiven(url), process.env[PASSWORDS[parameter] ?? ""]);
  return {
    url: plain,
    space: valueIn(url, parameter),
    share: Number(valueIn(url, SHARE) ?? 1),
    urlOf: (space) => `${plain}${plain.includes("?") ? "&" : "?"}${parameter}=${space}`,
  };
}

function withPassword(url: string, password: string | undefined): string {
  if (!password || !URL.canParse(url)) return url;
  const at = new URL(url);
  if (at.password !== "") return url;
  at.password = password;
  return at.href;
}

/** The URL of a space, for one of so many threads that share the connections to spare. */
export const sharedUrl = (urlOfSpace: string, threads: number): string => `${urlOfSpace}&${SHARE}=${threads}`;

/** Sentences that all engines have in common: `PostgreSQL at localhost:5432: …`. */
export const sentencesOf = (engine: string, place: string) => {
  const because = (sentence: string) => new StoreUnavailable(`${engine} at ${place}: ${sentence}`);
  const silent = () =>
    because(`no answer within ${SERVER_PATIENCE_MS / 1000} seconds. Is it a ${engine}? Check host, port and firewall`);
  return {
    because,
    silent,
    tooMany: (setting: string) =>
      new TooMany(`${engine} at ${place}: all its connections are taken. Close some, or raise ${setting}`),
    /** What one of Node's error codes of the network means; undefined: the code is none of them. */
    network(code: string | undefined, hungUp: string): StoreUnavailable | undefined {
      switch (code) {
        case "ECONNREFUSED":
        case "ENOENT":
          return because(
            "nobody answers (connection refused). Start the server, or check host and port; --store memory: needs none",
          );
        case "ENOTFOUND":
        case "EAI_AGAIN":
          return because("there is no such host. Check the name in the URL");
        case "ETIMEDOUT":
          return silent();
        case "ECONNRESET":
        case "EPIPE":
          return because(hungUp);
        default:
          return undefined;
      }
    },
  };
};

/** An error message as one line. */
export const oneLine = (message: string): string => message.replace(/\s+/g, " ");
