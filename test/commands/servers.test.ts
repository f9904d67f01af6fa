/** Runs on a Redis or a MariaDB: what is said, which exit code, and that nothing is left behind. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import mysql, { type RowDataPacket } from "mysql2/promise";
import { describe, expect, it } from "vitest";
import { answered, main } from "../program.js";
import { localMysql, localRedis, whyNot } from "../stores/local-servers.js";

const run = (store: string, ...more: string[]) =>
  answered(["run", "lost-update", "--requests", "20", "--workers", "2", ...more, "--store", store]);

async function redisKeys(url = localRedis): Promise<readonly string[]> {
  const client = new Redis(url);
  const keys: string[] = [];
  for await (const some of client.scanStream({ match: "racelab:*" })) keys.push(...(some as string[]));
  client.disconnect();
  return keys.filter((key) => key !== "racelab:open").sort();
}

async function databases(): Promise<readonly string[]> {
  const client = await mysql.createConnection(localMysql);
  const [rows] = await client.query<RowDataPacket[]>("show databases like 'racelab\\_%'");
  await client.end();
  return rows.map((row) => Object.values(row)[0] as string).sort();
}

/** Waits until what is new on the server has gone. Other tests use the same servers, so some of it may be theirs. */
async function gone(names: () => Promise<readonly string[]>, before: readonly string[]): Promise<void> {
  const fresh = (await names()).filter((name) => !before.includes(name));
  await expect
    .poll(async () => (await names()).filter((name) => fresh.includes(name)), { timeout: 50_000, interval: 200 })
    .toEqual([]);
}

describe("a server that is not there", () => {
  for (const [url, name] of [
    ["redis://me:hunter2@127.0.0.1:1/0", "Redis"],
    ["mysql://me:hunter2@127.0.0.1:1/shop", "MariaDB"],
  ] as const)
    it(`is reported in one sentence with what to do, without the password, with exit code 2: ${name}`, async () => {
      const { code, stderr, stdout } = await run(url);
      expect(stderr).toMatch(new RegExp(`^racelab: ${name} at 127\\.0\\.0\\.1:1: nobody answers .*Start the server.*\\n$`));
      expect(stderr + stdout).not.toContain("hunter2");
      expect(code).toBe(2);
    });
});

const withoutRedis = await whyNot(localRedis);
describe.skipIf(withoutRedis !== null)(`on Redis${withoutRedis ? ` (${withoutRedis})` : ""}`, () => {
  it.each(["cas", "atomic-update", "lease-lock", "fenced-lease", "mutex"])("%s holds, and leaves nothing", async (strategy) => {
    const before = await redisKeys();
    const { code, stdout } = await run(localRedis, "--strategy", strategy);
    expect(stdout).toContain("nothing wrong was observed");
    expect(code).toBe(0);
    await gone(redisKeys, before);
  });

  it("row-lock is refused in one sentence that names a store which has it, and leaves nothing", async () => {
    const before = await redisKeys();
    const { code, stderr } = await run(localRedis, "--strategy", "row-lock");
    expect(stderr).toMatch(
      /^racelab: strategy row-lock needs a store that can run transactions.*; redis:.* cannot\. memory: can\.\n$/,
    );
    expect(code).toBe(2);
    await gone(redisKeys, before);
  });

  it("a database that is not there is refused in one sentence", async () => {
    const { code, stderr } = await run(localRedis.replace(/\/\d*$/, "/99999"));
    expect(stderr).toContain("there is no database 99999");
    expect(code).toBe(2);
  });
});

const hasBinary = spawnSync("redis-server", ["--version"]).status === 0;
describe.skipIf(!hasBinary)("a Redis that the test starts", () => {
  /** A server with a password, for one test. */
  async function own<T>(body: (url: string, kill: () => void) => Promise<T>): Promise<T> {
    const free = createServer().listen(0, "127.0.0.1");
    await new Promise((listening) => free.once("listening", listening));
    const { port } = free.address() as { port: number };
    await new Promise((closed) => free.close(closed));
    const folder = mkdtempSync(join(tmpdir(), "racelab-redis-"));
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--requirepass", "secret", "--dir", folder];
    const server = spawn("redis-server", args, { stdio: "ignore" });
    const url = `redis://:secret@127.0.0.1:${port}/0`;
    try {
      while ((await whyNot(url)) !== null) await delay(20);
      return await body(url, () => server.kill("SIGKILL"));
    } finally {
      server.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  }
  async function underWay(url: string) {
    // A mutex of all servers waits in the store; one of a single server would wait in the process.
    const args = ["run", "two-servers", "--servers", "1", "--strategy", "shared-mutex", "--think", "300", "--store", url];
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += chunk;
      });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    while (!(await redisKeys(url)).some((key) => key.includes(":waiting:"))) await delay(20);
    return { child, ended, said: () => said };
  }

  it("is refused in one sentence when the password is wrong or missing, or the user has too few rights", async () => {
    await own(async (url) => {
      const client = new Redis(url);
      await client.call("ACL", "SETUSER", "reader", "on", ">pw", "~*", "&*", "+@read", "+@connection");
      client.disconnect();
      for (const [user, sentence] of [
        [":hunter2@", 'user "default" is not let in'],
        ["", "it wants a password, and the URL has none"],
        ["reader:pw@", 'user "reader" may not do what racelab needs'],
      ] as const) {
        const { code, stderr } = await run(url.replace(":secret@", user));
        expect(stderr).toContain(sentence);
        expect(stderr).not.toContain("hunter2");
        expect(stderr.split("\n")).toHaveLength(2);
        expect(code).toBe(2);
      }
    });
  });

  it("ends the run in one sentence when it is killed in the middle of it", async () => {
    await own(async (url, kill) => {
      const { ended, said } = await underWay(url);
      kill();
      expect(await ended).toBe(2);
      expect(said()).toContain("the connection was lost while racelab worked");
      expect(said()).not.toContain("secret");
    });
  });

  it("has no keys after an interrupted run; the rows of a killed run are dropped by the next start", async () => {
    await own(async (url) => {
      const interrupted = await underWay(url);
      interrupted.child.kill("SIGINT");
      expect(await interrupted.ended).toBe(130);
      expect(await redisKeys(url)).toEqual([]);
      const killed = await underWay(url);
      killed.child.kill("SIGKILL");
      await killed.ended;
      expect(await redisKeys(url)).not.toEqual([]);
      const { stdout } = await run(url, "--strategy", "cas");
      expect(stdout).toContain("rows of earlier runs that were killed were dropped");
      expect(await redisKeys(url)).toEqual([]);
    });
  });
});

const withoutMysql = await whyNot(localMysql);
describe.skipIf(withoutMysql !== null)(`on MariaDB${withoutMysql ? ` (${withoutMysql})` : ""}`, () => {
  it.each(["row-lock", "serializable", "atomic-update"])("%s holds, and leaves nothing", async (strategy) => {
    const before = await databases();
    const { code, stdout } = await run(localMysql, "--strategy", strategy);
    expect(stdout).toContain("nothing wrong was observed");
    expect(code).toBe(0);
    await gone(databases, before);
  });

  it("answers in one sentence when the user or the database does not exist", async () => {
    const at = new URL(localMysql);
    for (const [url, sentence] of [
      [`mysql://ghost:hunter2@${at.host}`, 'user "ghost" is not let in'],
      [`${localMysql.replace(/\/$/, "")}/racelab_no_such`, 'there is no database "racelab_no_such"'],
    ] as const) {
      const { code, stderr } = await run(url);
      expect(stderr).toContain(sentence);
      expect(stderr).not.toContain("hunter2");
      expect(code).toBe(2);
    }
  });

  it("lease-lock is refused in one sentence, and leaves nothing", async () => {
    const before = await databases();
    const { code, stderr } = await run(localMysql, "--strategy", "lease-lock");
    expect(stderr).toMatch(/^racelab: strategy lease-lock needs .*; mysql:.* cannot\. memory: can\.\n$/);
    expect(code).toBe(2);
    await gone(databases, before);
  });
});
