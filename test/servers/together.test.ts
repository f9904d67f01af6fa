import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Observation } from "../../src/core/verdict.js";
import { type JobNews, JobQueue } from "../../src/servers/job-queue.js";
import { openStore } from "../../src/stores/open.js";
import { answered, main, racelab } from "../program.js";
import { localRedis, whyNot } from "../stores/local-servers.js";

const noPostgres = await whyNot("postgres:embedded");
const noRedis = await whyNot(localRedis);

/** Starts a racelab, and collects what it prints. */
function begin(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "", flat: () => said.err.replace(/\s+/g, " ") };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, said, ended };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}

const isAlive = (id: number): boolean => {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
};

/** The processes that a racelab has started and that still run. */
async function childrenOf({ pid }: ChildProcess): Promise<readonly number[]> {
  const listing = spawn("ps", ["-o", "pid=", "--ppid", String(pid)], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  for await (const chunk of listing.stdout) text += chunk;
  return text
    .split("\n")
    .map(Number)
    .filter((id) => id > 0 && id !== listing.pid);
}

it("servers of their own are refused in a sentence where the store lives in one process", async () => {
  const { code, stderr } = await answered(["run", "two-servers", "--join", "1"]);
  expect(stderr.replace(/\s+/g, " ")).toBe(
    "racelab: memory: lives in one process: servers of their own need a store that they all reach, such as postgres://… (--store) ",
  );
  expect(code).toBe(2);
});

it("a meeting place that does not answer is refused in a sentence", async () => {
  for (const url of ["redis://:hunter2@127.0.0.1:1", "postgres://me:hunter2@127.0.0.1:1/shop"]) {
    const { code, stderr } = await answered(["join", url]);
    expect(stderr).toMatch(
      /^racelab: .* at 127\.0\.0\.1:1: nobody answers .*\n$|^racelab: .*127\.0\.0\.1:1: nobody answers\. .*\n$/,
    );
    expect(stderr).not.toContain("hunter2");
    expect(code).toBe(2);
  }
});

describe.skipIf(noPostgres !== null)(`servers that are processes, on a PostgreSQL${noPostgres ? ` (${noPostgres})` : ""}`, () => {
  let close: () => Promise<void>;
  let url: string;
  /** The schemas of racelab's in the database. */
  let schemas: () => Promise<readonly string[]>;

  beforeAll(async () => {
    const kept = await openStore("postgres:embedded");
    url = kept.address!.replace(/&racelab_schema=\w+/, "");
    close = () => kept.close();
    schemas = async () => {
      const client = new pg.Client(url);
      await client.connect();
      const { rows } = await client.query("select nspname as name from pg_namespace where nspname like 'racelab%'");
      await client.end();
      return rows.map(({ name }) => name as string);
    };
  });
  afterAll(() => close());

  const load = ["--requests", "60", "--think", "1"];
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await answered([
      "run",
      "two-servers",
      "--workers",
      "2",
      "--store",
      url,
      ...load,
      "--json",
      ...args,
    ]);
    expect(stderr).toBe("");
    return { code, seen: JSON.parse(stdout) as Observation };
  };

  it("hear what is lasting, and what has become of a part, where the event was passed over", async () => {
    const [host, guest] = [await JobQueue.open(url, "run_heard"), await JobQueue.open(url, "run_heard", { isGuest: true })];
    try {
      const [job = ""] = await host.add([{ part: 1 }]);
      const heard: JobNews[] = [];
      host.listen((one) => heard.push(one));
      host.follow([job]);
      // No event is sent for the log, and the one for the end is not listened to.
      await guest.queue.addJobLog(job, JSON.stringify({ ready: true }));
      await until(() => heard.some((one) => "message" in one));
      host.events.removeAllListeners("completed");
      await guest.takeOne(async () => null, new AbortController().signal);
      await until(() => heard.some((one) => "done" in one));
      expect(heard).toEqual(
        expect.arrayContaining([
          { job, message: { ready: true } },
          { job, done: true },
        ]),
      );
    } finally {
      await guest.leave();
      await host.leave({ forGood: true });
    }
  });

  it("each with a mutex lose money, and with the database's row lock none", async () => {
    const before = await schemas();
    const mutex = await run("--strategy", "mutex", "--servers", "2");
    expect(mutex.seen).toMatchObject({ servers: 2, failed: 0, succeeded: 60, observation: "violated" });
    expect(mutex.code).toBe(1);
    const lock = await run("--strategy", "row-lock", "--servers", "3", "--workers", "3");
    expect(lock.seen).toMatchObject({ servers: 3, failed: 0, succeeded: 59, rejected: 1, observation: "not-observed" });
    expect(lock.code).toBe(0);
    for (const { seen } of [mutex, lock]) {
      const { processes } = seen.together!;
      expect(processes.map(({ server }) => server)).toEqual(Array.from({ length: seen.servers }, (_, i) => i + 1));
      expect(new Set(processes.map(({ process }) => process)).size).toBe(seen.servers);
      for (const { clockUs } of processes) expect(clockUs).toBeGreaterThan(0);
    }
    expect(await schemas()).toEqual(before);
  });

  it("hold under a mutex when there is one of them, which is a process too if it joins", async () => {
    const { child, said, ended } = begin(
      "run",
      "two-servers",
      "--strategy",
      "mutex",
      "--servers",
      "1",
      "--join",
      "1",
      "--store",
      url,
      ...load,
    );
    const joined = await racelab(["join", url, "--json"]);
    expect(JSON.parse(joined.stdout)).toEqual({ command: "join", lesson: "two-servers", server: 1, requests: 60 });
    expect(joined.stderr.replace(/\s+/g, " ")).toContain(
      "server 1 of 1: two-servers, strategy mutex. 60 requests on 4 worker threads",
    );
    expect(await ended).toBe(0);
    expect(said.out).toContain("ok   nothing wrong was observed");
    expect(said.flat()).toContain("waiting for 1 of 1 servers: racelab join postgres://");
    expect(child.exitCode).toBe(0);
  });

  it("say who has gone when one is killed, and nothing is left behind", async () => {
    const before = await schemas();
    const { child, said, ended } = begin(
      "run",
      "two-servers",
      "--strategy",
      "row-lock",
      "--store",
      url,
      "--requests",
      "60",
      "--think",
      "300",
    );
    const client = new pg.Client(url);
    await client.connect();
    await until(
      async () =>
        (await client.query("select 1 from pg_stat_activity where state = 'idle in transaction' and query ilike '%for update%'"))
          .rows.length > 0,
    );
    await client.end();
    const [victim, ...others] = (await childrenOf(child)).filter((id) => id !== child.pid);
    process.kill(victim!, "SIGKILL");
    expect(await ended).toBe(1);
    expect(said.err).toMatch(
      new RegExp(
        `^racelab: server \\d \\(process ${victim} on \\S+\\) was ended by SIGKILL in the middle of the run: .* not judged\\n$`,
      ),
    );
    expect(said.out).toBe("");
    expect(others.filter(isAlive)).toEqual([]);
    expect(await schemas()).toEqual(before);
  });

  it("are missed, too, when they came from elsewhere", async () => {
    const before = await schemas();
    const { said, ended } = begin(
      "run",
      "two-servers",
      "--strategy",
      "row-lock",
      "--join",
      "1",
      "--store",
      url,
      "--requests",
      "60",
      "--think",
      "300",
    );
    const { child, said: told } = begin("join", url);
    await until(() => told.flat().includes("worker threads"));
    child.kill("SIGKILL");
    expect(await ended).toBe(1);
    expect(said.flat()).toMatch(new RegExp(`server \\d \\(process ${child.pid} on \\S+\\) has gone silent .* not judged $`));
    expect(await schemas()).toEqual(before);
  });

  it("end with the run when that is killed, and the next start clears away", async () => {
    const before = await schemas();
    const { child, ended } = begin(
      "run",
      "two-servers",
      "--strategy",
      "row-lock",
      "--store",
      url,
      "--requests",
      "60",
      "--think",
      "300",
    );
    await until(async () => (await childrenOf(child)).length === 2);
    const servers = await childrenOf(child);
    child.kill("SIGKILL");
    await ended;
    await until(() => !servers.some(isAlive));
    await until(async () => {
      await answered(["run", "lost-update", "--requests", "4", "--store", url]);
      return (await schemas()).length === before.length;
    });
    expect(await schemas()).toEqual(before);
  });

  it("are waited for until Ctrl-C, on both sides", async () => {
    const before = await schemas();
    const waiting = begin("run", "two-servers", "--servers", "2", "--join", "2", "--store", url, ...load);
    await until(() => waiting.said.flat().includes("waiting for 2 of 2 servers"));
    waiting.child.kill("SIGINT");
    expect(await waiting.ended).toBe(130);
    const joining = begin("join", url);
    await until(() => joining.said.flat().includes("Ctrl-C ends it"));
    joining.child.kill("SIGINT");
    expect(await joining.ended).toBe(130);
    expect(joining.said.err).toContain("nobody was waited for any longer");
    expect(await schemas()).toEqual(before);
  });

  it.skipIf(noRedis !== null)("on a Redis: a mutex each loses money; a version, a lease and a fenced lease do not", async () => {
    for (const [strategy, observation] of [
      ["mutex", "violated"],
      ["cas", "not-observed"],
      ["lease-lock", "not-observed"],
      ["fenced-lease", "not-observed"],
    ] as const) {
      const { seen } = await run("--strategy", strategy, "--store", localRedis);
      expect(seen).toMatchObject({ strategy, servers: 2, failed: 0, observation });
      expect(seen.together?.meeting).toMatch(/^Redis at /);
    }
  });

  it.skipIf(noRedis !== null)(`meet at a Redis as well${noRedis ? ` (${noRedis})` : ""}`, async () => {
    const { seen } = await run("--strategy", "row-lock", "--servers", "2", "--coordinate", localRedis);
    expect(seen).toMatchObject({ servers: 2, failed: 0, succeeded: 59, observation: "not-observed" });
    expect(seen.together?.meeting).toMatch(/^Redis at /);
  });
});
