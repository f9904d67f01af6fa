/** Reaching a PostgreSQL server: what its URL means, and what went wrong in a sentence that never holds a password. */
import { Socket } from "node:net";
import type { Client, ClientConfig } from "pg";
import { StoreUnavailable } from "../../core/failure.js";
import { whyNoText } from "../../files/reading.js";
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
  // pg warns of ~/.pgpass, once in each thread: nothing that a person who has one can do about it.
  process.noDeprecation = true;
  const given = storeUrl(url, "racelab_schema");
  checkTls(given.url);
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
  const { host, port, database, user, ssl } = newClient() as Client & { readonly ssl: unknown };
  const hasTls = Boolean(ssl);
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
        throw unavailable(error, address, hasTls);
      }
    },
    ping: (client) => client.query("select 1"),
    onLost(client, lost) {
      for (const event of ["error", "end"] as const) client.on(event, lost);
    },
    end: (client) => client.end(),
    cut: (client) => void (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy(),
    unavailable: (error) => unavailable(error, address, hasTls),
  };
}

/** The server has no line in its pg_hba.conf for such a connection. It does not tell whether it has one for TLS. */
const notFromHere = (hasTls: boolean): string =>
  hasTls
    ? "it does not let this user into this database from here over TLS. Leave sslmode out of the URL, or add a line to the server's pg_hba.conf"
    : "it does not let this user into this database from here without TLS. Add ?sslmode=verify-full to the URL (?sslmode=no-verify where the server's certificate is self-signed), or a line to the server's pg_hba.conf";

/** Why the server's certificate is not trusted, by Node's codes. */
const certificateFaults: { readonly [code: string]: string } = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "comes from an authority that this machine does not know",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "comes from an authority that this machine does not know",
  UNABLE_TO_GET_ISSUER_CERT: "comes from an authority that this machine does not know",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "comes from an authority that this machine does not know",
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "is for a host of another name",
};

const sslModes = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

/** Refuses what pg would take for something else, or wait for without end. */
function checkTls(url: string): void {
  const given = (name: string) => new RegExp(`[?&]${name}=([^&]*)`).exec(url)?.[1];
  const mode = given("sslmode");
  if (mode !== undefined && !sslModes.includes(mode))
    throw new StoreUnavailable(`sslmode=${mode}: it is one of ${sslModes.join(", ")}`);
  if (mode === "verify-ca" && url.includes("uselibpqcompat=") && given("sslrootcert") === undefined)
    throw new StoreUnavailable("sslmode=verify-ca needs the certificate of the authority: add &sslrootcert=ca.pem");
  for (const name of ["sslrootcert", "sslcert", "sslkey"]) {
    const file = given(name);
    const why = file ? whyNoText(decodeURIComponent(file)) : null;
    if (why) throw new StoreUnavailable(`${name}=${file} cannot be read: ${why}`);
  }
}

/** A name as SQL takes it. */
const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

function unavailable(error: unknown, { place, database, user }: ServerAddress, hasTls: boolean): StoreUnavailable {
  const { code, message } = error as { code?: string; message: string };
  const { because, network, silent, tooMany } = sentencesOf("PostgreSQL", place);
  const hungUp = "it hung up. Is it a PostgreSQL, and still running? Check host and port";
  const fault = network(code, hungUp);
  if (fault) return fault;
  switch (code) {
    case "28000":
      // Of the server's own sentence, in whatever language: the name of the file.
      if (message.includes("pg_hba.conf")) return because(notFromHere(hasTls));
      return because(`user "${user}" is not let in (${oneLine(message)}). Check the user in the URL`);
    case "28P01":
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
    case "53100":
      return because(`its disk is full (${oneLine(message)}). Make room there`);
    case "53300":
      return tooMany(/ for role /.test(message) ? `the CONNECTION LIMIT of role ${quoted(user)}` : "max_connections");
    case "57P03":
    case "57P01":
    case "57P02":
      return because("it is just starting up or shutting down. Try again in a moment");
  }
  const untrusted = certificateFaults[code ?? ""];
  if (untrusted)
    return because(
      `its certificate ${untrusted}. Name its authority's in the URL (?sslmode=verify-full&sslrootcert=ca.pem), or take any with ?sslmode=no-verify`,
    );
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
