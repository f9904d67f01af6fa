import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import stringWidth from "string-width";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitOfConducted } from "../../src/commands/conducted.js";
import { withoutCredentials } from "../../src/core/credentials.js";
import { openStore } from "../../src/stores/open.js";
import { answered, main } from "../program.js";
import { whyNot } from "../stores/local-servers.js";

const skipped = await whyNot("postgres:embedded");

describe("a URL of a store", () => {
  it("is shown without the password, also one with @ and /", () => {
    for (const url of [
      "postgres://me:p@ss/w@host/shop",
      "postgres://me:word@host/shop",
      "postgres://host/shop?user=me&password=word",
    ])
      expect(withoutCredentials(url)).toBe("postgres://host/shop");
  });
});

describe("a server that is not there", () => {
  it("is reported in one sentence with what to do, without the password, with exit code 2", async () => {
    for (const command of [
      ["run", "lost-update", "--store"],
      ["trace", "lost-update", "1122", "--store"],
      ["check", "lost-update", "--fidelity"],
    ]) {
      const { code, stderr, stdout } = await answered([...command, "postgres://me:hunter2@127.0.0.1:1/shop"]);
      expect(stderr).toMatch(/^racelab: PostgreSQL at 127\.0\.0\.1:1: nobody answers .*Start the server.*\n$/);
      expect(stderr + stdout).not.toContain("hunter2");
      expect(code).toBe(2);
    }
  });
});

describe.skipIf(skipped !== null)(`a PostgreSQL that racelab starts${skipped ? ` (${skipped})` : ""}`, () => {
  let close: () => Promise<void>;
  let url: string;
  let folder: string;

  /** Racelab's schemas in the database. */
  async function schemas(): Promise<readonly string[]> {
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query("select nspname as name from pg_namespace where nspname like 'racelab%'");
    await client.end();
    return rows.map(({ name }) => name as string);
  }
  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await delay(20);
  }
  /** A run whose requests think for long; resolves when the first of them has begun a transaction. */
  async function underWay(...more: string[]) {
    const child = spawn(
      process.execPath,
      [main, "run", "lost-update", "--strategy", "row-lock", "--think", "300", "--requests", "60", "--store", url, ...more],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += chunk;
      });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const client = new pg.Client(url);
    client.on("error", () => {});
    await client.connect();
    await until(async () => {
      const { rows } = await client.query("select 1 from pg_stat_activity where state = 'idle in transaction'");
      return rows.length > 0;
    });
    await client.end();
    return { child, ended, said: () => said };
  }

  beforeAll(async () => {
    const kept = await openStore("postgres:embedded");
    url = kept.address!.replace(/&racelab_schema=\w+/, "");
    folder = new URL(url).searchParams.get("host")!;
    close = () => kept.close();
  });
  afterAll(() => close());

  it("has the same schemas after a run as before", async () => {
    const before = await schemas();
    const { code, stdout } = await answered(["run", "lost-update", "--strategy", "row-lock", "--requests", "40", "--store", url]);
    expect(stdout).toContain("nothing wrong was observed");
    expect(code).toBe(0);
    expect(await schemas()).toEqual(before);
  });

  it.each(["none", "row-lock"])(
    "says in Korean what it says in English of a schedule under %s, figure by figure",
    async (strategy) => {
      const told = async (language: string) => {
        const args = ["trace", "lost-update", "112332", "--strategy", strategy, "--store", url, "--lang", language];
        // The sentence of a property comes from the lesson, and may have its figures in another order in each language.
        return (await answered(args)).stdout.replace(/^(FAIL|not looked at|모두 끝나기 전이라).*/ms, "");
      };
      const [english, korean] = [await told("en"), await told("ko")];
      const figures = (text: string) => text.match(/\d+/g);
      expect(figures(korean)).toEqual(figures(english));
      const ids = /begin|null|select-for-update|read|write|stock|sold|left|\b[RW]\b/g;
      expect(korean.slice(korean.indexOf("\n\n")).replaceAll(ids, "")).not.toMatch(/[A-Za-z]/);
      expect(korean).toContain(strategy === "none" ? "모델도 한 단계씩 똑같습니다" : "작업 1 기다림, 아직 기다리는 중");
      for (const line of korean.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(80);
    },
  );

  it("looks at properties of every kind after a schedule, and exits 1 for one that is broken", async () => {
    const trace = (...args: string[]) => answered(["trace", ...args, "--store", url, "--json"]);
    const invariant = await trace("write-skew", "112221");
    expect(JSON.parse(invariant.stdout)).toMatchObject({ verdict: "violated", violates: ["somebody stays on call"] });
    expect(invariant.code).toBe(1);
    const rejected = await trace("stock-reservation", "1223341");
    expect(JSON.parse(rejected.stdout)).toMatchObject({
      violates: ["every yes is a piece on hold"],
      unseen: [],
    });
    expect(rejected.code).toBe(1);
    const open = await trace("stock-reservation", "12");
    expect(JSON.parse(open.stdout)).toMatchObject({ verdict: "open", violates: [] });
    expect(JSON.parse(open.stdout).unseen).toContain("every yes is a piece on hold");
    expect(open.code).toBe(0);
  });

  it("exits 1 where the database did something else than the model, whatever the properties say", () => {
    const asked = { notCompared: null, allowed: null };
    const answers = { as: { same: true, ...asked }, other: { same: false, ...asked } };
    expect(exitOfConducted({ verdict: "holds" }, answers.as)).toBe(0);
    expect(exitOfConducted({ verdict: "holds" }, answers.other)).toBe(1);
    expect(exitOfConducted({ verdict: "open" }, answers.other)).toBe(1);
    expect(exitOfConducted({ verdict: "holds" }, { ...answers.other, notCompared: "a circle of mutexes" })).toBe(0);
    expect(exitOfConducted({ verdict: "holds" }, { ...answers.other, allowed: "on-conflict-reads" })).toBe(0);
  });

  it("tells which two requests collided, although the server does not tell the order of effects", async () => {
    const { code, stdout } = await answered(["run", "lost-update", "--strategy", "none", "--requests", "60", "--store", url]);
    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, " ")).toMatch(
      /lost update: Request (\d+) read stock (\d+) at step \d+\. Request (\d+) wrote \d+ at step \d+, so request \1's copy went stale\./,
    );
  });

  it("has the same schemas after an interrupted run as before", async () => {
    const before = await schemas();
    const { child, ended, said } = await underWay();
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(said().replace(/\s+/g, " ")).toMatch(
      /interrupted after \d+ of 60 requests: the figures are of what had been done by then/,
    );
    expect(await schemas()).toEqual(before);
  });

  it("keeps the rows of a run that was killed until the next start, which drops them and says so", async () => {
    const before = await schemas();
    const { child, ended } = await underWay();
    child.kill("SIGKILL");
    await ended;
    const left = (await schemas()).filter((name) => !before.includes(name));
    expect(left).toHaveLength(1);
    let stdout = "";
    // The server finds out a while after the kill that nobody is there any more.
    for (let tries = 0; tries < 10 && !stdout.includes("were dropped"); tries++) {
      await delay(600);
      ({ stdout } = await answered(["run", "lost-update", "--requests", "4", "--store", url]));
    }
    expect(stdout.replace(/\s+/g, " ")).toContain(`rows of earlier runs that were killed were dropped (${left[0]})`);
    expect(await schemas()).toEqual(before);
  });

  it("answers in one sentence when the database, the right to create, the user or TLS is missing", async () => {
    const client = new pg.Client(url);
    await client.connect();
    await client.query("create role reader login");
    await client.end();
    const cases = [
      [url.replace("/postgres?", "/shop?"), 'there is no database "shop"'],
      [url.replace("postgres@", "reader@"), 'user "reader" may not create anything in database "postgres"'],
      [url.replace("postgres@", "ghost:hunter2@"), 'user "ghost" is not let in'],
      [`${url}&sslmode=require`, "it has no TLS, and the URL asks for it"],
    ] as const;
    for (const [given, sentence] of cases) {
      const { code, stderr } = await answered(["run", "lost-update", "--store", given]);
      expect(stderr).toContain(sentence);
      expect(stderr.split("\n")).toHaveLength(2);
      expect(stderr).not.toContain("hunter2");
      expect(code).toBe(2);
    }
  });

  it("ends the run in one sentence when it is killed in the middle of it", async () => {
    const { ended, said } = await underWay();
    process.kill(Number(readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n")[0]), "SIGKILL");
    expect(await ended).toBe(2);
    expect(said()).toContain("the connection was lost while racelab worked");
  });
});
