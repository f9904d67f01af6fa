/** Reaching a MariaDB server: what its URL means, and what went wrong in a sentence that never holds a password. */
import type { Socket } from "node:net";
import type { Connection as MysqlClient } from "mysql2/promise";
import { StoreUnavailable } from "../../core/failure.js";
import {
  type DatabaseServer,
  oneLine,
  SERVER_PATIENCE_MS,
  type ServerAddress,
  sentencesOf,
  storeUrl,
} from "../database-server.js";
import { isFull } from "./statements.js";

export type { MysqlClient };

/** Seconds that a statement waits for a lock unless it was told otherwise: for ever. */
export const FOR_EVER_S = 100_000_000;

/** Names and columns as bytes, errors where a value does not fit, and all columns assigned at once, as the standard has it. */
const SETTINGS = `set session sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,SIMULTANEOUS_ASSIGNMENT,NO_BACKSLASH_ESCAPES',
  tx_isolation = 'READ-COMMITTED', autocommit = 1, innodb_lock_wait_timeout = ${FOR_EVER_S}`;

interface MysqlServer extends DatabaseServer<MysqlClient> {
  /** `database`: where to work, instead of the one in the URL; `settings`: further ones of the session. */
  readonly connect: (database?: string, settings?: string) => Promise<MysqlClient>;
}

export async function mysqlAt(url: string): Promise<MysqlServer> {
  const { default: mysql } = await import("mysql2/promise");
  const given = storeUrl(url, "racelab_database");
  const { host, port, password, ...address } = addressOf(given.url);
  return {
    ...given,
    engine: "MariaDB",
    name: address.place,
    async connect(inside = address.database, settings = "") {
      let client: MysqlClient | undefined;
      try {
        client = await mysql.createConnection({
          host,
          port,
          password,
          user: address.user,
          connectTimeout: SERVER_PATIENCE_MS,
          supportBigNumbers: true,
          ...(inside !== "" && { database: inside }),
          charset: "utf8mb4_bin",
          // A count is of the rows that were changed, not of those that were found.
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
    ping: (client) => client.query("select 1"),
    onLost(client, lost) {
      for (const event of ["error", "end"] as const) client.on(event, lost);
    },
    end: (client) => client.end(),
    // mysql2 refuses with this error what is under way.
    cut: (client) =>
      void (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy(
        Object.assign(new Error("the connection was lost"), { code: "PROTOCOL_CONNECTION_LOST" }),
      ),
    unavailable: (error) => unavailable(error, address),
  };
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

function unavailable(error: unknown, { place, database, user }: ServerAddress): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const { code, errno, message } = error as { code?: string; errno?: number; message: string };
  const { because, network, tooMany } = sentencesOf("MariaDB", place);
  const hungUp = "it hung up. Is it a MariaDB? Check host and port";
  const fault = code === "PROTOCOL_CONNECTION_LOST" ? because(hungUp) : network(code, hungUp);
  if (fault) return fault;
  if (isFull({ message, ...(errno !== undefined && { errno }) }))
    return because(`its disk is full (${oneLine(message)}). Make room there`);
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
        `user "${user}" may not create a database (${oneLine(message)}). racelab needs one of its own: GRANT ALL ON \`racelab\\_%\`.* TO '${user.replaceAll("'", "''")}'`,
      );
    case 1290:
    case 1792:
    case 1836:
      return because(`it takes no writes (${oneLine(message)}). Name the primary in the URL`);
    case 1040:
    case 1203:
    case 1226:
      return tooMany("max_connections");
    case 1193:
    case 1064:
      return because(`it is no MariaDB 10.6 or newer (${oneLine(message)})`);
  }
  return because(oneLine(message));
}
