/** Reaching a MariaDB server: what its URL means, and what went wrong in a sentence that never holds a password. */
import type { Socket } from "node:net";
import type { Connection as Client } from "mysql2/promise";
import { StoreUnavailable } from "../../core/failure.js";
import { TooMany } from "../pool.js";

export type { Client };

/** Milliseconds that a server may take to answer at all. */
const PATIENCE_MS = 5000;
/** Seconds that a statement waits for a lock unless it was told otherwise: for ever. */
export const FOR_EVER_S = 100_000_000;

/** Names and columns as bytes, errors where a value does not fit, and all columns assigned at once, as the standard has it. */
const SETTINGS = `set session sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,SIMULTANEOUS_ASSIGNMENT,NO_BACKSLASH_ESCAPES',
  tx_isolation = 'READ-COMMITTED', autocommit = 1, innodb_lock_wait_timeout = ${FOR_EVER_S}`;

export interface MysqlServer {
  /** For people: `127.0.0.1:3306`. */
  readonly name: string;
  /** The URL as it was given, without racelab's own parameters. */
  readonly url: string;
  /** A database that somebody else has made and will drop; absent: this one makes its own. */
  readonly database: string | undefined;
  /** Among how many the connections to spare are shared. */
  readonly share: number;
  readonly address: MysqlAddress;
  /** `database`: where to work, instead of the one in the URL; `settings`: further ones of the session. */
  connect(database?: string, settings?: string): Promise<Client>;
}

const OWN = ["racelab_database", "racelab_share"] as const;

/** `url`, with the parameter by which another thread joins this database. */
export const joining = (url: string, database: string): string =>
  `${url}${url.includes("?") ? "&" : "?"}racelab_database=${database}`;

export async function serverAt(url: string): Promise<MysqlServer> {
  const { default: mysql } = await import("mysql2/promise");
  const [database, share] = OWN.map((name) => new RegExp(`[?&]${name}=(\\w+)`).exec(url)?.[1]);
  const plain = OWN.reduce((text, name) => text.replace(new RegExp(`([?&])${name}=\\w+&?`), "$1"), url).replace(/[?&]$/, "");
  const { host, port, password, ...address } = addressOf(plain);
  return {
    name: address.place,
    url: plain,
    database,
    share: Number(share ?? 1),
    address,
    async connect(inside = address.database, settings = "") {
      let client: Client | undefined;
      try {
        client = await mysql.createConnection({
          ...{ host, port, password, user: address.user, connectTimeout: PATIENCE_MS, supportBigNumbers: true },
          ...(inside !== "" && { database: inside }),
          charset: "utf8mb4_bin",
          // Rows that were changed, not rows that were found.
          flags: ["-FOUND_ROWS"],
        });
        // Without a listener a lost connection would end the process.
        client.on("error", () => {});
        await client.query(SETTINGS + settings);
        return client;
      } catch (error) {
        client?.destroy();
        throw unavailable(error, address);
      }
    },
  };
}

/** Ends a connection at once; what was asked on it is refused. */
export const cutClient = (client: Client): void =>
  void (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy(
    Object.assign(new Error("the connection was lost"), { code: "PROTOCOL_CONNECTION_LOST" }),
  );

export interface MysqlAddress {
  readonly place: string;
  readonly database: string;
  readonly user: string;
}

function addressOf(url: string) {
  try {
    const { hostname, port, pathname, username, password } = new URL(url);
    if (hostname === "") throw new TypeError();
    const number = Number(port || 3306);
    return {
      host: decodeURIComponent(hostname),
      port: number,
      place: `${decodeURIComponent(hostname)}:${number}`,
      database: decodeURIComponent(pathname.slice(1)),
      user: decodeURIComponent(username) || "root",
      password: decodeURIComponent(password),
    };
  } catch {
    throw new StoreUnavailable("this URL cannot be read: one looks like mysql://user:password@localhost:3306/database");
  }
}

/** Why nobody can work there: one sentence with what to do about it. */
export function unavailable(error: unknown, { place, database, user }: MysqlAddress): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const { code, errno, message } = error as { code?: string; errno?: number; message: string };
  const because = (sentence: string) => new StoreUnavailable(`MariaDB at ${place}: ${sentence}`);
  switch (code) {
    case "ECONNREFUSED":
      return because("nobody answers (connection refused). Start the server, or check host and port; --store memory: needs none");
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return because("there is no such host. Check the name in the URL");
    case "ETIMEDOUT":
      return because(`no answer within ${PATIENCE_MS / 1000} seconds. Is it a MariaDB? Check host, port and firewall`);
    case "PROTOCOL_CONNECTION_LOST":
    case "ECONNRESET":
      return because("it hung up. Is it a MariaDB? Check host and port");
  }
  switch (errno) {
    case 1045:
    case 1130:
    case 1698:
      return because(`user "${user}" is not let in (wrong password, or not allowed). Check user and password in the URL`);
    case 1049:
      return because(`there is no database "${database}". Leave it out of the URL: racelab makes one of its own`);
    case 1044:
    case 1142:
    case 1227:
    case 1370:
      return because(
        `user "${user}" may not create a database (${tidy(message)}). racelab needs one of its own: GRANT ALL ON \`racelab\\_%\`.* TO '${user.replaceAll("'", "''")}'`,
      );
    case 1290:
    case 1792:
    case 1836:
      return because(`it takes no writes (${tidy(message)}). Name the primary in the URL`);
    case 1040:
    case 1203:
    case 1226:
      return new TooMany(`MariaDB at ${place}: all its connections are taken. Close some, or raise max_connections`);
    case 1193:
    case 1064:
      return because(`it is no MariaDB 10.6 or newer (${tidy(message)})`);
  }
  return because(tidy(message));
}

const tidy = (message: string): string => message.replace(/\s+/g, " ");
