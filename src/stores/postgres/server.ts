/** Reaching a PostgreSQL server: what its URL means, and what went wrong in a sentence that never holds a password. */
import { Socket } from "node:net";
import type { Client, ClientConfig } from "pg";
import { StoreUnavailable } from "../../core/failure.js";
import { TooMany } from "../pool.js";

/** Milliseconds that a server may take to answer at all. */
const PATIENCE_MS = 5000;

export interface PostgresServer {
  /** For people: `127.0.0.1:5432, database test`. */
  readonly name: string;
  /** The URL as it was given, without racelab's own parameters. */
  readonly url: string;
  /** A schema that somebody else has made and will drop; absent: this one makes its own. */
  readonly schema: string | undefined;
  /** Among how many the connections to spare are shared. */
  readonly share: number;
  readonly address: PostgresAddress;
  /** A connection on which what is asked at once is sent at once, and answered in order. */
  connect(): Promise<Client>;
}

const OWN = ["racelab_schema", "racelab_share"] as const;

/** `url`, with the parameters by which another thread joins this schema. */
export const joining = (url: string, schema: string): string => `${url}${url.includes("?") ? "&" : "?"}racelab_schema=${schema}`;

/** `url` without them. */
export const asGiven = (url: string): string =>
  OWN.reduce((text, name) => text.replace(new RegExp(`([?&])${name}=\\w+&?`), "$1"), url).replace(/[?&]$/, "");

/** pg takes these modes for `verify-full`, and would say so at length, once in each thread. */
const sslModeOf = (url: string): string =>
  url.includes("uselibpqcompat=") ? url : url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)\b/, "$1verify-full");

export async function serverAt(url: string): Promise<PostgresServer> {
  const { default: pg } = await import("pg");
  const [schema, share] = OWN.map((name) => new RegExp(`[?&]${name}=(\\w+)`).exec(url)?.[1]);
  const plain = asGiven(url);
  const config: ClientConfig = {
    connectionString: sslModeOf(plain),
    application_name: "racelab",
    connectionTimeoutMillis: PATIENCE_MS,
    keepAlive: true,
    pipeline: true,
    stream: ((given: { readonly ssl?: unknown }) => (given.ssl ? new Socket() : listening())) as never,
  };
  const client = () => {
    try {
      return new pg.Client(config);
    } catch {
      throw new StoreUnavailable("this URL cannot be read: one looks like postgres://user:password@localhost:5432/database");
    }
  };
  const { host, port, database, user } = client();
  const place = host.startsWith("/") ? host : `${host}:${port}`;
  const address = { place, database: String(database), user: String(user) };
  return {
    name: `${place}, database ${database}`,
    url: plain,
    schema,
    share: Number(share ?? 1),
    address,
    async connect() {
      const made = client();
      try {
        await made.connect();
        return made;
      } catch (error) {
        made.end().catch(() => {});
        throw unavailable(error, address);
      }
    },
  };
}

/** Ends a connection at once; what was asked on it is refused. */
export const cutClient = (client: Client): void =>
  void (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();

export interface PostgresAddress {
  readonly place: string;
  readonly database: string;
  readonly user: string;
}

const HUNG_UP = "it hung up. Is it a PostgreSQL, and still running? Check host and port";
const SILENT = `no answer within ${PATIENCE_MS / 1000} seconds. Is it a PostgreSQL? Check host, port and firewall`;

/** A name as SQL takes it. */
const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** Why nobody can work there: one sentence with what to do about it. */
export function unavailable(error: unknown, { place, database, user }: PostgresAddress): StoreUnavailable {
  const { code, message } = error as { code?: string; message: string };
  const because = (sentence: string) => new StoreUnavailable(`PostgreSQL at ${place}: ${sentence}`);
  switch (code) {
    case "ECONNREFUSED":
    case "ENOENT":
      return because("nobody answers (connection refused). Start the server, or check host and port; --store memory: needs none");
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return because("there is no such host. Check the name in the URL");
    case "28P01":
    case "28000":
      return because(`user "${user}" is not let in (wrong password, or not allowed). Check user and password in the URL`);
    case "3D000":
      return because(`there is no database "${database}". Create it (createdb ${database}), or name another one in the URL`);
    case "25006":
      return because(
        `it takes no writes from user "${user}" (${message}). Name the primary in the URL, or a user without default_transaction_read_only`,
      );
    case "42501":
      return because(
        `user "${user}" may not create anything in database "${database}" (${message}). racelab needs a schema of its own there: GRANT CREATE ON DATABASE ${quoted(database)} TO ${quoted(user)}`,
      );
    case "53300":
      return new TooMany(`PostgreSQL at ${place}: all its connections are taken. Close some, or raise max_connections`);
    case "ECONNRESET":
    case "EPIPE":
      return because(HUNG_UP);
    case "57P03":
    case "57P01":
    case "57P02":
      return because("it is just starting up or shutting down. Try again in a moment");
  }
  if (/does not support SSL/.test(message))
    return because("it has no TLS, and the URL asks for it. Leave sslmode out of the URL, or turn ssl on in the server");
  if (/terminated unexpectedly|unexpected .* message from backend|not queryable/i.test(message)) return because(HUNG_UP);
  if (/SASL|password/i.test(message))
    return because(
      `it wants a password for user "${user}", and the URL has none: postgres://${user}:PASSWORD@${place}/${database}`,
    );
  if (/timeout/i.test(message)) return because(SILENT);
  return because(message.replace(/\s+/g, " "));
}

/** As much as is read at once. */
const CHUNK = 65_536;

/**
 * A socket that reads into one buffer for all its life: otherwise Node makes a new one of 64 KB for each reply of 50 bytes.
 * What came is copied out of it, for pg-protocol keeps the beginning of a message until its end comes.
 */
function listening(): Socket {
  const socket: Socket = new Socket({
    onread: {
      buffer: Buffer.allocUnsafe(CHUNK),
      callback(length: number, chunk: Buffer) {
        const came = Buffer.allocUnsafe(length);
        chunk.copy(came, 0, 0, length);
        socket.emit("data", came);
        return true;
      },
    },
  } as never);
  return socket;
}
