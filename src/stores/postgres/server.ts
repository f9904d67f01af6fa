/** Reaching a PostgreSQL server: what its URL means, and what went wrong in a sentence that never holds a password. */
import { Socket } from "node:net";
import type { Client, ClientConfig } from "pg";
import { StoreUnavailable } from "../../core/failure.js";
import {
  type DatabaseServer,
  oneLine,
  SERVER_PATIENCE_MS,
  type ServerAddress,
  sentencesOf,
  storeUrl,
} from "../database-server.js";

/** pg takes these modes for `verify-full`, and would say so at length, once in each thread. */
const sslModeOf = (url: string): string =>
  url.includes("uselibpqcompat=") ? url : url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)\b/, "$1verify-full");

/** Its connections send what is asked in one turn of the event loop at once, and answer in order. */
export async function postgresAt(url: string): Promise<DatabaseServer<Client>> {
  const { default: pg } = await import("pg");
  const given = storeUrl(url, "racelab_schema");
  const config: ClientConfig = {
    connectionString: sslModeOf(given.url),
    application_name: "racelab",
    connectionTimeoutMillis: SERVER_PATIENCE_MS,
    keepAlive: true,
    pipeline: true,
    stream: ((options: { readonly ssl?: unknown }) => (options.ssl ? new Socket() : oneBufferSocket())) as never,
  };
  const newClient = () => {
    try {
      return new pg.Client(config);
    } catch {
      throw new StoreUnavailable("this URL cannot be read: one looks like postgres://user:password@localhost:5432/database");
    }
  };
  const { host, port, database, user } = newClient();
  const place = host.startsWith("/") ? host : `${host}:${port}`;
  const address = { place, database: String(database), user: String(user) };
  return {
    ...given,
    engine: "PostgreSQL",
    name: `${place}, database ${database}`,
    async connect() {
      const client = newClient();
      try {
        await client.connect();
        return client;
      } catch (error) {
        client.end().catch(() => {});
        throw unavailable(error, address);
      }
    },
    ping: (client) => client.query("select 1"),
    onLost(client, lost) {
      for (const event of ["error", "end"] as const) client.on(event, lost);
    },
    end: (client) => client.end(),
    cut: (client) => void (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy(),
    unavailable: (error) => unavailable(error, address),
  };
}

/** A name as SQL takes it. */
const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

function unavailable(error: unknown, { place, database, user }: ServerAddress): StoreUnavailable {
  const { code, message } = error as { code?: string; message: string };
  const { because, network, silent, tooMany } = sentencesOf("PostgreSQL", place);
  const hungUp = "it hung up. Is it a PostgreSQL, and still running? Check host and port";
  const fault = network(code, hungUp);
  if (fault) return fault;
  switch (code) {
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
      return tooMany(/ for role /.test(message) ? `the CONNECTION LIMIT of role ${quoted(user)}` : "max_connections");
    case "57P03":
    case "57P01":
    case "57P02":
      return because("it is just starting up or shutting down. Try again in a moment");
  }
  if (/does not support SSL/.test(message))
    return because("it has no TLS, and the URL asks for it. Leave sslmode out of the URL, or turn ssl on in the server");
  if (/terminated unexpectedly|unexpected .* message from backend|not queryable/i.test(message)) return because(hungUp);
  if (/SASL|password/i.test(message))
    return because(
      `it wants a password for user "${user}", and the URL has none: postgres://${user}:PASSWORD@${place}/${database}`,
    );
  if (/timeout/i.test(message)) return silent();
  return because(oneLine(message));
}

/** Bytes that are read at once, at most. */
const CHUNK = 65_536;

/**
 * A socket that reads into one buffer for all its life. Otherwise Node allocates 64 KB for each reply of 50 bytes. Each
 * piece is copied out of the buffer, because pg-protocol keeps the beginning of a message until its end arrives.
 */
function oneBufferSocket(): Socket {
  const socket: Socket = new Socket({
    onread: {
      buffer: Buffer.allocUnsafe(CHUNK),
      callback(length: number, chunk: Buffer) {
        const piece = Buffer.allocUnsafe(length);
        chunk.copy(piece, 0, 0, length);
        socket.emit("data", piece);
        return true;
      },
    },
  } as never);
  return socket;
}
