/** A password that is in a URL is in nothing that is printed, whatever becomes of the command. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import { afterAll, describe, expect, it } from "vitest";
import { withoutCredentials } from "../../src/core/credentials.js";
import { rowsText } from "../../src/report/text.js";
import { openAccessible } from "../../src/tui/accessible.js";
import { frame } from "../../src/tui/parts/frame.js";
import { answered, type Ended, racelab, resident } from "../program.js";
import { localMysql, localRedis, localServer, whyNot } from "../stores/local-servers.js";
import { inProcess, tellingTime } from "../tui/in-process.js";
import { play } from "../tui/play.js";

const SECRET = "hunter2-s3cr3t";
/** Nobody answers there. */
const nowhere = `postgres://pw:${SECRET}@127.0.0.1:1/shop`;
/** The server's own URL with a password, which it may take or not. */
const withPassword = (url: string): string => {
  const at = new URL(url);
  at.username ||= "default";
  at.password = SECRET;
  return at.href;
};

const folder = mkdtempSync(join(tmpdir(), "racelab-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

const keptBack = ({ stdout, stderr }: Pick<Ended, "stdout" | "stderr">): void => {
  expect(`${stdout}${stderr}`).not.toBe("");
  expect(`${stdout}${stderr}`).not.toContain(SECRET);
};

describe("a URL loses its user and its password", () => {
  it.each([
    ["postgres://u:p@host/shop", "postgres://host/shop"],
    ["postgres://u:p@ss/w@host:5/db?sslmode=no-verify", "postgres://host:5/db?sslmode=no-verify"],
    ["postgres://u:a b'c@host/db", "postgres://host/db"],
    ["redis://:p@host/0", "redis://host/0"],
    ["postgres://host/db?user=u&password=p", "postgres://host/db"],
    ["postgres://host/db?password=p&sslmode=require", "postgres://host/db?sslmode=require"],
    ["cannot reach redis://:p@one, nor mysql://u:p@other.", "cannot reach redis://one, nor mysql://other."],
    ['option "postgres://u:p@host"', 'option "postgres://host"'],
    ["postgres:u:p%40@host/db", "postgres:host/db"],
    ["postgres:embedded?password=p", "postgres:embedded"],
    ["mysql://host/db?passwd=p&x=1", "mysql://host/db?x=1"],
  ])("%s", (text, shown) => expect(withoutCredentials(text)).toBe(shown));

  it("and the path of a file keeps its @", () => {
    const path = "at file:///work/node_modules/@scope/name/index.js:3:5";
    expect(withoutCredentials(path)).toBe(path);
  });

  it("and an example keeps the words that it has in their place", () => {
    const example = "use postgres://user:password@localhost:5432/database or redis://user:password@localhost:6379/0";
    expect(withoutCredentials(example)).toBe(example);
  });
});

describe("a password in a URL is not printed", () => {
  const verbs = [
    "learn",
    "present",
    "list",
    "predict",
    "explore",
    "trace",
    "decide",
    "export",
    "run",
    "join",
    "compare",
    "verify",
    "check",
    "stack",
    "doctor",
  ];
  // A process, because `--lessons` is the process's: not taken from there, it is passed over, and the command runs.
  const program = resident({ env: {} });
  afterAll(() => program.leave());
  it.each(verbs)("by %s, where it is given as an argument or to any option", async (verb) => {
    const { stdout: help } = await program.racelab([verb, "--help"]);
    const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+) [<[]/gm)].map(([, name]) => name!);
    for (const given of [
      [nowhere],
      ["lost-update", nowhere],
      [`--${nowhere}`],
      ...options.map((name) => ["lost-update", name, nowhere]),
    ])
      for (const form of [[], ["--json"]]) keptBack(await program.racelab([verb, ...given, ...form]));
  });

  it("where the first word is no command, nor a lesson", async () => {
    keptBack(await racelab([nowhere]));
    keptBack(await racelab(["explore", "--lessons", nowhere]));
  });

  describe.each([
    ["PostgreSQL", localServer],
    ["MariaDB", localMysql],
    ["Redis", localRedis],
  ])("on %s, whether it takes the password or not", (_, url) => {
    const store = withPassword(url);
    const quick = ["--store", store, "--requests", "10", "--workers", "2"];
    it.each([
      ["run", "lost-update", "--strategy", "atomic-update", ...quick],
      ["run", "lost-update", "--strategy", "atomic-update", ...quick, "--history", join(folder, "history.jsonl")],
      ["run", "lost-update", "--strategy", "atomic-update", ...quick, "--servers", "2"],
      ["run", "lost-update", "--strategy", "row-lock", ...quick, "--lang", "ko"],
      ["compare", "lost-update", "--strategies", "atomic-update,row-lock", ...quick, "--rounds", "1"],
      ["compare", "lost-update", "--strategies", "atomic-update", ...quick, "--rounds", "1", "--sweep", "workers=1,2"],
      ["run", "lost-update", "--strategy", "atomic-update", ...quick, "--json"],
      ["compare", "lost-update", "--strategies", "atomic-update,row-lock", ...quick, "--rounds", "1", "--json"],
      ["trace", "lost-update", "1122", "--store", store],
      ["check", "lost-update", "--fidelity", store, "--schedules", "1"],
    ])("%s %s", async (...args) => {
      keptBack(await answered(args.filter((arg) => arg !== undefined)));
      for (const file of readdirSync(folder)) {
        expect(readFileSync(join(folder, file), "utf8")).not.toContain(SECRET);
        rmSync(join(folder, file));
      }
    });
  });

  it("by doctor, which looks at the usual servers", async () => {
    const env = {
      RACELAB_POSTGRES: nowhere,
      RACELAB_REDIS: `redis://:${SECRET}@127.0.0.1:1`,
      RACELAB_MYSQL: `mysql://u:${SECRET}@127.0.0.1:1`,
    };
    for (const form of [[], ["--json"]]) keptBack(await racelab(["doctor", ...form], { env }));
  });

  it("and need not be in the URL: Redis' and MariaDB's are taken from the environment", async ({ skip }) => {
    for (const url of [localRedis, localMysql]) {
      const why = await whyNot(url);
      skip(why !== null, `${why}`);
    }
    const user = "racelab-secret";
    const redis = new Redis(localRedis);
    const { hostname: host, port, username, password } = new URL(localMysql);
    const admin = await mysql.createConnection({ host, port: Number(port || 3306), user: username, password });
    try {
      await redis.call("ACL", "SETUSER", user, "on", `>${SECRET}`, "~*", "&*", "+@all");
      await admin.query(`create or replace user '${user}'@'%' identified by '${SECRET}'`);
      await admin.query(`grant all on *.* to '${user}'@'%'`);
      for (const [url, name] of [
        [localRedis, "REDISCLI_AUTH"],
        [localMysql, "MYSQL_PWD"],
      ] as const) {
        const store = new URL(url);
        [store.username, store.password] = [user, ""];
        const args = ["run", "lost-update", "--strategy", "atomic-update", "--requests", "10", "--store", store.href];
        const without = await racelab(args);
        expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("is not let in")]);
        const given = await racelab(args, { env: { [name]: SECRET } });
        expect([given.code, given.stderr]).toEqual([0, ""]);
        keptBack(given);
      }
    } finally {
      await redis.call("ACL", "DELUSER", user);
      await admin.query(`drop user if exists '${user}'@'%'`);
      redis.disconnect();
      await admin.end();
    }
  });

  it("on a screen, in what is copied, or read aloud", async () => {
    const kept: string[] = [];
    const services = {
      ...inProcess(tellingTime()),
      keepCopy: (text: string) => {
        kept.push(text);
        return "copied.txt";
      },
    };
    const screen = await play({ columns: 160, rows: 48 }, services);
    await screen.press("enter", "7", "enter", "y", "6", "y");
    const model = { ...screen.model, store: nowhere, notice: { text: `${nowhere} does not answer`, bad: true } };
    expect(rowsText(frame(model), "unicode")).toContain("does not answer");
    const said: string[] = [];
    const typed = (async function* () {
      yield* ["6", "7", "", "q"];
    })();
    await openAccessible(services, { store: nowhere, workers: 1, command: "racelab" }, { typed, say: (line) => said.push(line) });
    keptBack({ stdout: rowsText(frame(model), "unicode"), stderr: [...kept, ...said].join("\n") });
  });
});
