import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Observation } from "../../src/core/verdict.js";
import { racelab, resident } from "../program.js";
import { localMysql, localRedis, localServer, whyNot } from "../stores/local-servers.js";

const env = { RACELAB_LESSONS: fileURLToPath(new URL("./misbehaving", import.meta.url)) };
/** One program for the runs of each store: a run has threads of its own, and what they do must not reach the program. */
let program: ReturnType<typeof resident>;
const stays = () => {
  beforeAll(() => {
    program = resident({ env });
  });
  afterAll(() => program.leave());
};

async function run(lesson: string, strategy = "none", deadline = "1000", store = "memory:", workers = "2") {
  const { code, stdout, stderr } = await program.racelab(
    ["run", lesson, "--strategy", strategy, "--store", store, "--workers", workers, "--in-flight", workers].concat([
      "--deadline",
      deadline,
      "--json",
    ]),
  );
  expect(stderr).toBe("");
  return { code, seen: JSON.parse(stdout) as Observation };
}

describe("a request that", () => {
  stays();
  it.each([
    ["exits", "code"],
    ["hangs", "neither finished nor asked for anything after 1000 ms"],
    ["spins", "busy for 1000 ms without a pause"],
    ["throws", "Error: the gateway"],
    ["hoards", "memory"],
  ])("%s fails by name, the others get their answer, and the program goes on", async (lesson, says) => {
    const { code, seen } = await run(lesson, "none", lesson === "hoards" ? "20000" : "1000");
    expect(code).toBe(1);
    expect(seen.failed).toBeGreaterThanOrEqual(1);
    expect(seen.failures[0]).toMatch(/^request \d+: /);
    expect(seen.failures.join("\n")).toContain(says);
    expect(seen.succeeded + seen.failed).toBe(20);
    expect(seen.succeeded).toBeGreaterThan(0);
  });

  it("dies while it holds a lock lets go of it, as a client that is gone", async () => {
    const { seen } = await run("exits", "mutex");
    expect(seen.succeeded + seen.failed).toBe(20);
    expect(seen.succeeded).toBeGreaterThan(0);
  });

  it("throws control characters gets them shown, not obeyed", async () => {
    const { stdout } = await racelab(["run", "throws", "--workers", "2", "--deadline", "1000"], { env });
    expect(stdout).toContain("\\x1B[31m");
    expect(stdout).not.toContain("\u001b");
  });
});

describe.each([
  ["memory", "memory:"],
  ["lowdb", "lowdb:"],
  ["PostgreSQL", localServer],
  ["Redis", localRedis],
  ["MariaDB", localMysql],
])("on %s, a request that", (_, url) => {
  stays();
  let folder: string;
  let why: string | null = null;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "racelab-containment-"));
    why = url === "lowdb:" ? null : await whyNot(url);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const rule = (sentence: string, body: (run: (lesson: string) => Promise<Observation>) => Promise<void>) =>
    it(sentence, async ({ skip }) => {
      skip(why !== null, `${why}`);
      const store = url === "lowdb:" ? `lowdb:${join(folder, `${randomUUID()}.json`)}` : url;
      // One request after the other, so that the stock in the end is certain.
      await body(async (lesson) => (await run(lesson, "none", "1000", store, "1")).seen);
    });

  rule("does not wait for what is refused takes no other with it", async (run) => {
    const seen = await run("forgets");
    expect(seen.failures).toEqual([]);
    expect(seen.final["stock/1"]).toEqual({ left: 80 });
  });

  rule("goes on after its deadline gets no answer any more, and keeps no other from its own", async (run) => {
    const seen = await run("insists");
    expect(seen.failures).toHaveLength(1);
    expect(seen.succeeded).toBe(19);
  });

  rule("changes its row after asking has asked for what it was, as in the model", async (run) => {
    expect((await run("scribbles")).failures).toEqual([]);
  });

  rule("writes what is no data hears so, and where", async (run) => {
    const seen = await run("garbles");
    expect(seen.failures).toEqual([expect.stringMatching(/circular structure.*98-garbles/s)]);
    expect(seen.succeeded).toBe(19);
  });
});

describe("a thread that loses its connections to a server that goes on", () => {
  it("loses what it had begun, and leaves everything else to others", async ({ skip }) => {
    const why = await whyNot(localRedis);
    skip(why !== null, `${why}`);
    // A database that no other test uses, so that all connections to it are this run's.
    const url = new URL(localRedis);
    url.pathname = "/9";
    const admin = new Redis(localRedis);
    /** The connection that was made last, if it is at work: the store's host makes its own first, then the threads theirs. */
    const latest = async (): Promise<number> => {
      const there = String(await admin.client("LIST"))
        .split("\n")
        .filter((line) => / db=9 sub=0 /.test(line));
      const [id, line] = there
        .map((line) => [Number(/^id=(\d+)/.exec(line)![1]), line] as const)
        .reduce((one, other) => (other[0] > one[0] ? other : one), [0, ""]);
      return there.length === 3 && / cmd=(evalsha|hgetall) /.test(line) ? id : 0;
    };
    const options = ["--workers", "2", "--in-flight", "1", "--requests", "40", "--think", "50", "--json"];
    const ended = racelab(["run", "lost-update", "--strategy", "lease-lock", "--store", url.href, ...options]);
    let thread = 0;
    while (thread === 0) thread = await latest();
    await admin.client("KILL", "ID", thread);
    admin.disconnect();
    const seen = JSON.parse((await ended).stdout) as Observation;
    expect(seen.failed).toBeLessThanOrEqual(1);
    expect(seen.succeeded + seen.failed).toBe(40);
  });
});
