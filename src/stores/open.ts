/**
 * The stores by their URLs. To add one: a file here, or a folder where a client library is loaded, whose function opens a
 * `Store` (core/store.ts); a line in `engines`; and a test that runs `conformance` (test/stores/conformance.ts) on it, as
 * test/stores/redis.test.ts does. The conformance tests are the law: they hold a store to each capability that it claims.
 * A store on a server takes the URL, the heartbeat and the lines from database-server.ts, keeper.ts and server-line.ts; one
 * on an SQL server extends `SqlStore` (sql-store.ts) and has an `SqlDialect` (sql.ts). `run`, `doctor` and the refusal of
 * strategies that the store cannot run follow from the line in `engines`.
 */
import { withoutCredentials } from "../core/credentials.js";
import { StoreUnavailable } from "../core/failure.js";
import { type Capability, capabilities, type Store } from "../core/store.js";

/** What the store is opened for, where that matters. `conducted`: schedules are played on it. */
interface Purpose {
  readonly conducted?: boolean;
}

/** Stores of one kind. The client library is loaded when one is opened. */
interface Engine {
  /** What their URLs begin with. */
  readonly scheme: string;
  readonly example: string;
  readonly open: (url: string, purpose: Purpose) => Promise<Store>;
  /** The URL that `doctor` tries, without one from the person who runs it; absent: there is none to try. */
  readonly usual?: string;
}

export const engines: readonly Engine[] = [
  { scheme: "memory:", example: "memory:", usual: "memory:", open: async () => (await import("./memory.js")).memoryStore() },
  {
    scheme: "lowdb:",
    example: "lowdb:shop.json",
    open: async (url) => (await import("./lowdb/store.js")).lowdbStore(url.slice("lowdb:".length)),
  },
  {
    scheme: "postgres:embedded",
    example: "postgres:embedded",
    open: async (_, purpose) => (await import("./postgres/embedded.js")).embeddedStore(purpose),
    usual: "postgres:embedded",
  },
  {
    scheme: "postgres://",
    example: "postgres://user:password@localhost:5432/database",
    open: async (url, purpose) => (await import("./postgres/store.js")).postgresStore(url, purpose),
    usual: process.env["RACELAB_POSTGRES"] ?? "postgres://postgres@localhost:5432/postgres",
  },
  {
    scheme: "redis://",
    example: "redis://user:password@localhost:6379/0",
    open: async (url) => (await import("./redis/store.js")).redisStore(url),
    usual: process.env["RACELAB_REDIS"] ?? "redis://localhost:6379/0",
  },
  {
    scheme: "mysql://",
    example: "mysql://user:password@localhost:3306",
    open: async (url) => (await import("./mysql/store.js")).mysqlStore(url),
    usual: process.env["RACELAB_MYSQL"] ?? "mysql://root@localhost:3306",
  },
];

/** Opens the store that `url` names. */
export function openStore(url: string, purpose: Purpose = {}): Promise<Store> {
  const engine = engines.find(({ scheme }) =>
    url
      .replace(/^postgresql:/, "postgres:")
      .replace(/^rediss:/, "redis:")
      .replace(/^mariadb:/, "mysql:")
      .startsWith(scheme),
  );
  if (!engine)
    throw new StoreUnavailable(
      `no store is called "${withoutCredentials(url)}": use one of ${engines.map(({ example }) => example).join(", ")}`,
    );
  return engine.open(url, purpose);
}

/** Throws one sentence where a store lacks what a strategy needs. `there`: what the store can do. */
export function refuseIfLacking(
  there: Iterable<string>,
  { requires, strategy, store }: { readonly requires: readonly Capability[]; readonly strategy: string; readonly store: string },
): void {
  const able = new Set(there);
  const lacking = requires.filter((capability) => !able.has(capability));
  if (lacking.length === 0) return;
  const what = lacking.map((capability) => capabilities[capability]).join(" and ");
  throw new StoreUnavailable(
    `strategy ${strategy} needs a store that can ${what}; ${withoutCredentials(store)} cannot. memory: can.`,
  );
}

/** Whether `postgres:embedded` can be opened here: its binaries are installed. */
export const isDatabaseHere = async (): Promise<boolean> => (await import("./postgres/embedded.js")).isHere();
