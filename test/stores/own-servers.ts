/**
 * Database servers of a test's own, which it may kill, freeze, fill and start again: a PostgreSQL, a MariaDB and a Redis, each in
 * a folder and on a port of its own. What is there is looked at directly, and not through racelab.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import pg from "pg";

/** What the password of `shop` is on each of them. */
export const SECRET = "hunter2-s3cr3t";

export interface OwnServer {
  /** As its administrator, without a password. */
  readonly url: string;
  /** As the user `shop`, who has what racelab needs and a password. */
  readonly shopUrl: string;
  /** SIGKILL to each of its processes. */
  kill(): void;
  /** SIGSTOP to each of its processes. */
  freeze(): void;
  thaw(): void;
  /** Starts it again where it was. Resolves when it answers. */
  start(): Promise<void>;
  stop(): void;
  /** What of racelab is there: schemas, databases, keys. */
  spaces(): Promise<readonly string[]>;
  /** From now on there is no room for what is written. */
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
  /** From now on `shop` cannot have another connection. Answers what gives them back. */
  takeConnections(): Promise<() => Promise<void>>;
  /** From now on `shop` may not write. Answers what lets it. */
  readOnly(): Promise<() => Promise<void>>;
}

/** PostgreSQL refuses to run as root. */
const nobody: { readonly uid: number; readonly gid: number } | null =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;
const isRoot = nobody !== null;

const debians = "/usr/lib/postgresql";
const postgresBinaries = existsSync(debians)
  ? readdirSync(debians)
      .map((version) => join(debians, version, "bin"))
      .find((bin) => existsSync(join(bin, "initdb")))
  : undefined;
const isProgram = (name: string): boolean => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;

export type EngineName = "PostgreSQL" | "MariaDB" | "Redis";

/** Why there can be none of this engine here; null: there can. */
export const whyNoOwn: { readonly [engine in EngineName]: string | null } = {
  PostgreSQL: postgresBinaries ? null : `no initdb in ${debians}`,
  MariaDB: isProgram("mariadbd") && isProgram("mariadb-install-db") ? null : "no mariadbd",
  Redis: isProgram("redis-server") ? null : "no redis-server",
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** The process and those that it has started, of which PostgreSQL has one for each connection. */
const family = (pid: number): readonly number[] => [
  pid,
  ...readdirSync("/proc")
    .map(Number)
    .filter((other) => {
      try {
        return other > 0 && Number(/^\d+ \(.*\) \w (\d+)/.exec(readFileSync(`/proc/${other}/stat`, "utf8"))?.[1]) === pid;
      } catch {
        return false;
      }
    }),
];

async function until(condition: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    try {
      await condition();
      return;
    } catch {
      await pause(25);
    }
  }
  await condition();
}

/** A disk of so many megabytes in this folder; false: none can be mounted here. */
function mount(folder: string, megabytes: number): boolean {
  return isRoot && spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=777`, "tmpfs", folder]).status === 0;
}

/** What differs from engine to engine. */
interface Engine {
  readonly make: (folder: string) => void;
  readonly command: (folder: string, port: number) => readonly [program: string, ...args: string[]];
  readonly asNobody: boolean;
  readonly url: (user: string, password: string, port: number) => string;
  /** Asks the server as its administrator. */
  readonly ask: (url: string, ...statements: string[]) => Promise<unknown>;
  /** Makes `shop`. */
  readonly setUp: readonly string[];
  readonly spaces: (url: string) => Promise<readonly string[]>;
  readonly connect: (url: string) => Promise<() => Promise<unknown>>;
  readonly fewConnections: readonly [few: string, many: string] | null;
  readonly reading: readonly [only: string, writing: string];
}

const askPostgres = async (url: string, ...statements: string[]) => {
  const client = new pg.Client(url);
  client.on("error", () => {});
  await client.connect();
  try {
    let last: pg.QueryResult | undefined;
    for (const text of statements) last = await client.query(text);
    return last?.rows;
  } finally {
    await client.end();
  }
};
const askMysql = async (url: string, ...statements: string[]) => {
  const client = await mysql.createConnection(url);
  client.on("error", () => {});
  try {
    let last: unknown;
    for (const text of statements) [last] = await client.query(text);
    return last;
  } finally {
    await client.end();
  }
};
const redisClient = async (url: string): Promise<Redis> => {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on("error", () => {});
  await client.connect();
  await client.ping();
  return client;
};
const askRedis = async (url: string, ...commands: string[]) => {
  const client = await redisClient(url);
  try {
    let last: unknown;
    for (const text of commands) {
      const [name = "", ...args] = text.split(" ");
      last = await client.call(name, ...args);
    }
    return last;
  } finally {
    client.disconnect();
  }
};

const engines: { readonly [name in EngineName]: Engine } = {
  PostgreSQL: {
    make(folder) {
      const options = { ...nobody, cwd: folder, stdio: "ignore" } as const;
      execFileSync(
        join(postgresBinaries!, "initdb"),
        ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync"],
        options,
      );
      // Only the administrator needs none.
      const hba = "local all all trust\nhost all shop 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n";
      execFileSync("sh", ["-c", `printf '${hba.replaceAll("\n", "\\n")}' > data/pg_hba.conf`], options);
    },
    command: (folder, port) => [
      join(postgresBinaries!, "postgres"),
      ...["-D", join(folder, "data"), "-k", folder, "-p", String(port)],
      ...["listen_addresses=127.0.0.1", "fsync=off", "max_connections=60", "max_wal_size=64MB", "wal_recycle=off"].flatMap(
        (setting) => ["-c", setting],
      ),
    ],
    asNobody: true,
    url: (user, password, port) => `postgres://${user}${password && `:${password}`}@127.0.0.1:${port}/postgres`,
    ask: askPostgres,
    setUp: [
      `create role shop login password '${SECRET}'`,
      "grant create on database postgres to shop",
      "grant all on schema public to shop",
    ],
    async spaces(url) {
      const rows = (await askPostgres(url, "select nspname as name from pg_namespace where nspname like 'racelab%'")) ?? [];
      return rows.map(({ name }) => name as string);
    },
    async connect(url) {
      const client = new pg.Client(url);
      client.on("error", () => {});
      await client.connect();
      return () => client.end();
    },
    fewConnections: null,
    reading: ["alter role shop set default_transaction_read_only = on", "alter role shop reset default_transaction_read_only"],
  },
  MariaDB: {
    make(folder) {
      execFileSync(
        "mariadb-install-db",
        [`--datadir=${join(folder, "data")}`, "--auth-root-authentication-method=normal", "--skip-test-db", ...smallMysql],
        { cwd: folder, stdio: "ignore" },
      );
    },
    command: (folder, port) => [
      "mariadbd",
      "--no-defaults",
      ...[`--datadir=${join(folder, "data")}`, `--socket=${join(folder, "socket")}`, `--port=${port}`],
      ...["--bind-address=127.0.0.1", "--skip-log-bin", ...smallMysql],
      ...(isRoot ? ["--user=root"] : []),
    ],
    asNobody: false,
    url: (user, password, port) => `mysql://${user}${password && `:${password}`}@127.0.0.1:${port}`,
    ask: askMysql,
    setUp: [`create user shop@'%' identified by '${SECRET}'`, "grant all on `racelab\\_%`.* to shop@'%'"],
    async spaces(url) {
      const rows = (await askMysql(url, "show databases like 'racelab%'")) as readonly object[];
      return rows.map((row) => String(Object.values(row)[0]));
    },
    async connect(url) {
      const client = await mysql.createConnection(url);
      client.on("error", () => {});
      return () => client.end();
    },
    fewConnections: ["set global max_connections = 10", "set global max_connections = 150"],
    reading: ["set global read_only = 1", "set global read_only = 0"],
  },
  Redis: {
    make: (folder) => mkdirSync(join(folder, "data")),
    // It keeps what was written, so that what racelab left is there after a kill.
    command: (folder, port) => [
      "redis-server",
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", join(folder, "data"), "--save", "", "--appendonly", "yes"],
      ...[
        "--maxmemory-policy",
        "noeviction",
        "--protected-mode",
        "no",
        "--user",
        "shop",
        "on",
        `>${SECRET}`,
        "~*",
        "&*",
        "+@all",
      ],
    ],
    asNobody: false,
    url: (user, password, port) => `redis://${password && `${user}:${password}@`}127.0.0.1:${port}/0`,
    ask: askRedis,
    setUp: [],
    spaces: async (url) => ((await askRedis(url, "keys racelab*")) as readonly string[]) ?? [],
    async connect(url) {
      const client = await redisClient(url);
      return async () => client.disconnect();
    },
    fewConnections: ["config set maxclients 10", "config set maxclients 10000"],
    reading: ["replicaof 127.0.0.1 1", "replicaof no one"],
  },
};

const smallMysql = ["--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M", "--innodb-flush-log-at-trx-commit=0"];

/** Where each of them is unless it is asked for elsewhere. */
const LOCAL = "127.0.0.1";

/** Megabytes of its disk, if it has one of its own. */
const DISK: { readonly [name in EngineName]: number } = { PostgreSQL: 160, MariaDB: 256, Redis: 32 };

/**
 * `onDisk`: on a small disk of its own, which can be filled; Redis has memory instead. `host`: the address of this machine at which
 * it is reached.
 */
export async function ownServer(
  name: EngineName,
  { onDisk = false, host = "127.0.0.1" }: { onDisk?: boolean; host?: string } = {},
): Promise<OwnServer> {
  const engine = engines[name];
  const folder = mkdtempSync(join(tmpdir(), `own-${name.toLowerCase()}-`));
  chmodSync(folder, 0o755);
  const isMounted = onDisk && name !== "Redis" && mount(folder, DISK[name]);
  if (onDisk && name !== "Redis" && !isMounted) {
    rmSync(folder, { recursive: true });
    throw new Error("no disk can be mounted here");
  }
  if (engine.asNobody && nobody) chownSync(folder, nobody.uid, nobody.gid);
  engine.make(folder);
  const port = await freePort();
  const url = engine.url(name === "PostgreSQL" ? "postgres" : "root", "", port).replace(LOCAL, host);
  const shopUrl = engine.url("shop", SECRET, port).replace(LOCAL, host);
  let child: ChildProcess | undefined;
  const signal = (what: NodeJS.Signals) => {
    for (const pid of child?.pid === undefined ? [] : family(child.pid))
      try {
        process.kill(pid, what);
      } catch {
        // It has ended meanwhile.
      }
  };
  const ballast = join(folder, "ballast");
  const server: OwnServer = {
    url,
    shopUrl,
    kill: () => signal("SIGKILL"),
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    async start() {
      if (child && child.exitCode === null && child.signalCode === null) {
        const over = new Promise((resolve) => child?.once("exit", resolve));
        signal("SIGKILL");
        await over;
      }
      const [program, ...args] = engine.command(folder, port).map((word) => word.replace(LOCAL, host)) as [string, ...string[]];
      child = spawn(program, args, { ...(engine.asNobody && nobody), cwd: folder, stdio: "ignore" });
      await until(() => engine.ask(url, name === "Redis" ? "ping" : "select 1"));
    },
    stop() {
      process.off("exit", server.stop);
      signal("SIGKILL");
      if (isMounted) spawnSync("umount", ["-l", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
    spaces: () => engine.spaces(url),
    async fill() {
      if (name === "Redis") return void (await askRedis(url, "config set maxmemory 1"));
      if (!isMounted) throw new Error("it has no disk of its own");
      // To the last byte, and again: the server may have given some back meanwhile.
      for (const block of ["64k", "1k", "1k"])
        spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, `bs=${block}`, "oflag=append", "conv=notrunc"]);
    },
    async makeRoom() {
      if (name === "Redis") await askRedis(url, "config set maxmemory 0");
      else rmSync(ballast, { force: true });
    },
    async takeConnections() {
      // Before there are none.
      const admin = await engine.connect(url);
      if (engine.fewConnections) await engine.ask(url, engine.fewConnections[0]);
      const taken: (() => Promise<unknown>)[] = [admin];
      try {
        for (;;) taken.push(await engine.connect(shopUrl));
      } catch {}
      return async () => {
        await Promise.all(taken.map((leave) => leave().catch(() => {})));
        if (engine.fewConnections) await until(() => engine.ask(url, engine.fewConnections![1]));
      };
    },
    async readOnly() {
      await engine.ask(url, engine.reading[0]);
      return async () => void (await engine.ask(url, engine.reading[1]));
    },
  };
  process.on("exit", server.stop);
  await server.start();
  if (engine.setUp.length > 0) await engine.ask(url, ...engine.setUp);
  return server;
}
