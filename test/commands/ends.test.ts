/** How runs end on real servers that refuse, freeze or die, on a full disk and in a closed terminal: with a sentence and an exit code, and with nothing left behind. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { spawn as inPty } from "@lydell/node-pty";
import { Redis } from "ioredis";
import mysql, { type RowDataPacket } from "mysql2/promise";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../src/stores/open.js";
import { main, racelab } from "../program.js";
import { whyNot } from "../stores/local-servers.js";

/** A database server that this file starts for itself. */
interface Own {
  readonly url: string;
  /** What racelab has left on the server: keys, databases or schemas. */
  left(): Promise<readonly string[]>;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

const folder = mkdtempSync(join(tmpdir(), "racelab-ends-"));
const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;
const isThere = {
  redis: has("redis-server"),
  mysql: has("mariadbd") && has("mariadb-install-db"),
  postgres: (await whyNot("postgres:embedded")) === null,
};

async function freePort(): Promise<number> {
  const free = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => free.once("listening", listening));
  const { port } = free.address() as { port: number };
  await new Promise((closed) => free.close(closed));
  return port;
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await over;
}

async function ownRedis(): Promise<Own> {
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--requirepass", "s3cret", "--dir", folder];
  const server = spawn("redis-server", args, { stdio: "ignore" });
  const url = `redis://:s3cret@127.0.0.1:${port}/0`;
  while ((await whyNot(url)) !== null) await delay(20);
  return {
    url,
    async left() {
      const client = new Redis(url);
      const keys = await client.keys("racelab*");
      client.disconnect();
      return keys;
    },
    signal: (signal) => server.kill(signal),
    stop: () => gone(server),
  };
}

async function ownMysql(): Promise<Own> {
  const port = await freePort();
  const data = join(folder, "mysql");
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  spawnSync("mariadb-install-db", [
    ...["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db"],
    ...user,
  ]);
  const args = ["--no-defaults", `--datadir=${data}`, `--socket=${join(folder, "my")}`, `--port=${port}`, "--skip-name-resolve"];
  const quick = ["--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M"];
  const server = spawn("mariadbd", [...args, ...quick, ...user], { stdio: "ignore" });
  const url = `mysql://root@127.0.0.1:${port}`;
  while ((await whyNot(url)) !== null) await delay(50);
  return {
    url,
    async left() {
      const client = await mysql.createConnection(url);
      const [rows] = await client.query<RowDataPacket[]>("show databases like 'racelab\\_%'");
      await client.end();
      return rows.map((row) => Object.values(row)[0] as string);
    },
    signal: (signal) => server.kill(signal),
    stop: () => gone(server),
  };
}

async function ownPostgres(): Promise<Own> {
  const kept = await openStore("postgres:embedded");
  const url = kept.address!.replace(/&racelab_schema=\w+/, "");
  const mine = /racelab_schema=(\w+)/.exec(kept.address!)![1];
  const at = new URL(url).searchParams.get("host")!;
  return {
    url,
    async left() {
      const client = new pg.Client(url);
      await client.connect();
      const { rows } = await client.query("select nspname as name from pg_namespace where nspname like 'racelab%'");
      await client.end();
      return rows.map(({ name }) => name as string).filter((name) => name !== mine);
    },
    signal(signal) {
      const postmaster = readFileSync(join(at, "data", "postmaster.pid"), "utf8").split("\n")[0]!;
      const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", postmaster], { encoding: "utf8" });
      for (const pid of [postmaster, ...stdout.split("\n")].map(Number)) if (pid > 0) process.kill(pid, signal);
    },
    stop: () => kept.close(),
  };
}

/** A disk of 64 KB, where we may mount one. */
const disk = join(folder, "disk");
mkdirSync(disk);
const DISK_BYTES = 64 * 1024;
const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", disk]).status === 0;
const engines = [
  ["PostgreSQL", "postgres", ownPostgres],
  ["Redis", "redis", ownRedis],
  ["MariaDB", "mysql", ownMysql],
] as const;
const servers = new Map<string, Own>();
const at = (name: string): Own => servers.get(name)!;
const here = engines.filter(([, id]) => isThere[id]).map(([name]) => name);

beforeAll(async () => {
  await Promise.all(engines.map(async ([name, id, own]) => isThere[id] && servers.set(name, await own())));
}, 60_000);
afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.stop()));
  if (isMounted) spawnSync("umount", ["-l", disk]);
  rmSync(folder, { recursive: true, force: true });
});

/** A run that would go on for minutes, some requests of which have ended. */
async function underWay(url: string, ...more: string[]) {
  const args = ["run", "lost-update", "--strategy", "mutex", "--workers", "2", "--requests", "4000", "--in-flight", "1"];
  const child = spawn(process.execPath, [main, ...args, "--think", "100", "--metrics", ":0", "--store", url, ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      said += chunk;
    });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const metrics = async () => {
    const where = /metrics at (\S+)/.exec(said)?.[1];
    return where ? (await fetch(where)).text() : "";
  };
  while (
    !/^racelab_operations_total\{.*\} [1-9]/m.test(await metrics().catch(() => "")) &&
    child.exitCode === null &&
    child.signalCode === null
  )
    await delay(20);
  return { child, ended, said: () => said.replace(/metrics at .*\n(.*ends\n)?/, "").replace(/\s+/g, " ") };
}

/** One sentence on standard error, wrong use, and no password anywhere. */
async function refused(args: readonly string[], sentence: RegExp | string): Promise<void> {
  const { code, stdout, stderr } = await racelab(args);
  expect(stderr).toMatch(sentence);
  expect(stderr.split("\n")).toHaveLength(2);
  expect(stdout + stderr).not.toMatch(/hunter2|hunt%40er2|hunt@er2|s3cret/);
  expect(code).toBe(2);
}

describe.concurrent("a port that takes connections and never answers", () => {
  let silent: Server;
  let port: number;
  beforeAll(async () => {
    silent = createServer((socket) => socket.on("error", () => {}).resume()).listen(0, "127.0.0.1");
    await new Promise((listening) => silent.once("listening", listening));
    port = (silent.address() as { port: number }).port;
  });
  afterAll(() => void silent.close());

  it.each([
    ["postgres", "PostgreSQL"],
    ["redis", "Redis"],
    ["mysql", "MariaDB"],
  ])("is given up after five seconds, in one sentence: %s", async (scheme, name) => {
    await refused(
      ["run", "lost-update", "--store", `${scheme}://me:hunter2@127.0.0.1:${port}/0`],
      new RegExp(`^racelab: ${name} at 127\\.0\\.0\\.1:${port}: no answer within 5 seconds\\. Is it a ${name}\\?`),
    );
  });
});

describe.skipIf(!isThere.postgres)("PostgreSQL", () => {
  it("tells a user who may not create anything, with every command, which GRANT to run, and tells a read-only user apart", async () => {
    const { url } = at("PostgreSQL");
    const client = new pg.Client(url);
    await client.connect();
    await client.query(
      'create role "o\'dd one" login; create role careful login; alter role careful set default_transaction_read_only = on',
    );
    await client.end();
    const odd = url.replace("postgres@", "o'dd%20one:hunter2@");
    const grant = /may not create anything in database "postgres" .*: GRANT CREATE ON DATABASE postgres TO "o'dd one"\n$/;
    await refused(["run", "lost-update", "--store", odd], grant);
    await refused(["run", "lost-update", "--servers", "2", "--store", odd], grant);
    await refused(["compare", "lost-update", "--json", "--store", odd], grant);
    await refused(["trace", "lost-update", "1122", "--store", odd], grant);
    await refused(["check", "lost-update", "--fidelity", odd], grant);
    await refused(["join", odd], grant);
    const readOnly = /it takes no writes from user "careful" .*Name the primary in the URL/;
    await refused(["run", "lost-update", "--store", url.replace("postgres@", "careful@")], readOnly);
  });
});

describe.skipIf(!isThere.mysql)("MariaDB", () => {
  it("says that a password is wrong or missing, that a user may not write, or that a server is read-only", async () => {
    const { url } = at("MariaDB");
    const client = await mysql.createConnection(url);
    for (const text of [
      "create user me@'%' identified by 's3cret'",
      "create user reader@'%' identified by 'pw'",
      "create user plain@'%' identified by 'pw'",
      "grant select on *.* to reader@'%'",
      "grant all on `racelab\\_%`.* to plain@'%'",
    ])
      await client.query(text);
    const run = (user: string) => ["run", "lost-update", "--store", url.replace("root@", `${user}@`)];
    await refused(run("me:hunt%40er2"), 'user "me" is not let in (wrong password, or not allowed)');
    await refused(run("me"), 'user "me" is not let in (wrong password, or not allowed)');
    await refused(run("reader:pw"), "GRANT ALL ON `racelab\\_%`.* TO 'reader'");
    await client.query("set global read_only = 1");
    await refused(run("plain:pw"), /it takes no writes \(.*read-only.*\)\. Name the primary in the URL/);
    await client.query("set global read_only = 0");
    await client.end();
  });
});

describe.skipIf(!isThere.redis)("Redis", () => {
  it("refuses a user who may not run scripts before it writes anything", async () => {
    const { url, left } = at("Redis");
    const client = new Redis(url);
    await client.call("ACL", "SETUSER", "plain", "on", ">pw", "~*", "&*", "+@all", "-@scripting");
    client.disconnect();
    for (const more of [[], ["--servers", "2"]])
      await refused(
        ["run", "lost-update", ...more, "--store", url.replace(":s3cret@", "plain:pw@")],
        /user "plain" may not do what racelab needs .*: ACL SETUSER plain ~racelab\* &racelab\* \+@all\n$/,
      );
    // Nothing was written, so there is nothing to drop.
    expect((await left()).filter((key) => key !== "racelab:open")).toEqual([]);
  });

  it("keeps the meeting of a run that was killed until the next start, which drops it and says so", async () => {
    const { url, left } = at("Redis");
    const { child, ended } = await underWay(url, "--servers", "2");
    child.kill("SIGKILL");
    await ended;
    expect((await left()).some((key) => key.startsWith("racelab-queue:run_"))).toBe(true);
    let stdout = "";
    for (let tries = 0; tries < 10 && !stdout.includes("were dropped"); tries++) {
      await delay(300);
      ({ stdout } = await racelab(["run", "lost-update", "--strategy", "atomic-update", "--store", url]));
    }
    expect(stdout.replace(/\s+/g, " ")).toMatch(/earlier runs that were killed were dropped \(.*racelab-queue:run_/);
    expect(await left()).toEqual([]);
  });
});

describe("a run", () => {
  it.each(here)("that is interrupted says how far it came, never says ok, exits 130 and leaves nothing: %s", async (name) => {
    const { url, left } = at(name);
    const { child, ended, said } = await underWay(url);
    child.kill(name === "Redis" ? "SIGTERM" : "SIGHUP");
    expect(await ended).toBe(130);
    expect(said()).toMatch(/interrupted after [1-9]\d* of 4,000 requests: .* nothing is concluded from them/);
    expect(said()).not.toMatch(/\bok\b/);
    expect(await left()).toEqual([]);
  });

  it.runIf(isThere.redis)("whose terminal is closed prints nothing and leaves nothing", async () => {
    const { url, left } = at("Redis");
    const errors = join(folder, "errors");
    const command = `exec "$0" "$@" 2>"${errors}"`;
    const args = ["compare", "lost-update", "--strategies", "atomic-update", "--rounds", "1000", "--store", url];
    const env = { ...process.env, CI: "", TERM: "xterm", RACELAB_STATE: join(folder, "state"), RACELAB_THEME: "dark" };
    const terminal = inPty("sh", ["-c", command, process.execPath, main, ...args], { cols: 100, rows: 30, env });
    while (!(await left()).some((key) => key.includes(":row:"))) await delay(20);
    // Closes the other end of the terminal, as closing a window does.
    (terminal as unknown as { destroy(): void }).destroy();
    while ((await left()).length > 0) await delay(20);
    const isOver = () => !existsSync(`/proc/${terminal.pid}`);
    while (!isOver()) await delay(20);
    expect(readFileSync(errors, "utf8").replace("\u001b[?25h", "").trim()).toBe("");
  });
});

describe("the temporary folder of a check", () => {
  it("is removed by the next start when its process was killed, while folders of living processes and of others stay", async () => {
    const temporary = join(folder, "tmp");
    const theirs = [`racelab-exercise-${process.pid}-living`, "racelab-exercise-notes", "racelab-exercise-999999999-dead"];
    for (const name of theirs) mkdirSync(join(temporary, name), { recursive: true });
    const exercise = join(folder, "exercise.ts");
    writeFileSync(exercise, "export default 1;\n");
    await racelab(["verify", "lost-update", exercise], { env: { TMPDIR: temporary, RACELAB_STATE: join(folder, "state") } });
    expect(
      readdirSync(temporary)
        .filter((name) => name.startsWith("racelab-exercise"))
        .sort(),
    ).toEqual(theirs.slice(0, 2).sort());
  });
});

describe.skipIf(!isMounted)("lowdb on a full disk", () => {
  const fill = () => {
    const { blocks, bsize } = statfsSync(disk);
    // If the small disk is no longer mounted, this is the machine's own disk, which must not be filled.
    if (blocks * bsize > DISK_BYTES) return;
    spawnSync("dd", ["if=/dev/zero", `of=${join(disk, "fill")}`, "bs=4k", "count=32", "oflag=append", "conv=notrunc"]);
  };

  it("is reported once, in a sentence, and leaves neither a lock nor half a file", async () => {
    const file = join(disk, "shop.json");
    const { ended, said } = await underWay(`lowdb:${file}`, "--requests", "100");
    // Fills the disk repeatedly, because each write of the store frees the room of the file before it.
    const filling = setInterval(fill, 50);
    const code = await ended.finally(() => clearInterval(filling));
    expect(code).toBe(2);
    expect(said()).toMatch(/not everything could be written .*nothing can be said of the strategy\. Make room/);
    expect(said()).not.toMatch(/\bok\b|ENOSPC/);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ rows: { "stock/1": {} } });
    await refused(["run", "lost-update", "--store", `lowdb:${join(disk, "new.json")}`], /the disk is full; make room/);
    expect(readdirSync(disk).sort()).toEqual(["fill", "shop.json"]);
  });
});

describe.skipIf(process.getuid?.() !== 0)("lowdb in a folder that may not be written", () => {
  it("is refused in one sentence", () => {
    const locked = join(folder, "locked");
    mkdirSync(locked);
    chmodSync(folder, 0o755);
    const args = [main, "run", "lost-update", "--store", `lowdb:${join(locked, "shop.json")}`];
    const { status, stderr } = spawnSync(process.execPath, args, { uid: 65_534, gid: 65_534, encoding: "utf8", env: {} });
    expect(stderr).toBe(
      `racelab: cannot open ${join(locked, "shop.json")}: no permission; name another file with lowdb:<file>\n`,
    );
    expect(status).toBe(2);
  });
});

describe("a server", () => {
  it("that freezes in the middle of a run ends it in one sentence, and the next start drops what the run has left", async () => {
    const freeze = async (name: string) => {
      const { url, left, signal } = at(name);
      const { ended, said } = await underWay(url);
      signal("SIGSTOP");
      try {
        expect(await ended, name).toBe(2);
      } finally {
        signal("SIGCONT");
      }
      expect(said()).toMatch(/^racelab: .*it gave no answer for \d\d seconds while racelab worked\. Its .* at the next start $/);
      expect(said()).not.toContain("s3cret");
      // It takes a while until the server has noticed that its clients have gone.
      const next = async () => (await racelab(["run", "lost-update", "--strategy", "atomic-update", "--store", url])).stdout;
      await expect.poll(next, { timeout: 20_000, interval: 500 }).toContain("dropped");
      expect(await left(), name).toEqual([]);
    };
    await Promise.all(here.map(freeze));
  }, 90_000);

  // The last test, because it kills the servers.
  it("that is killed in the middle of a run ends it in one sentence", async () => {
    const kill = async (name: string) => {
      const { url, signal } = at(name);
      const { ended, said } = await underWay(url);
      signal("SIGKILL");
      expect(await ended, name).toBe(2);
      expect(said()).toMatch(/^racelab: .*the connection was lost while racelab worked\. Its .* at the next start $/);
    };
    await Promise.all(here.map(kill));
  });
});
