/** The schedule on the screen, played on a real database by one key. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { conducted } from "../../src/conduct/view.js";
import { inTier, rowWidth } from "../../src/report/span.js";
import { rowsText } from "../../src/report/text.js";
import type { ConductedView, Site } from "../../src/report/views.js";
import { openStore } from "../../src/stores/open.js";
import { openAccessible } from "../../src/tui/accessible.js";
import { hints } from "../../src/tui/keys.js";
import { frame } from "../../src/tui/parts/frame.js";
import type { Services } from "../../src/tui/services.js";
import { main } from "../program.js";
import { whyNot } from "../stores/local-servers.js";
import { play } from "./play.js";
import { inTerminal } from "./pseudo-terminal.js";
import { type Recording, recordingFile, recordings, withRecordedConducted } from "./recorded-conducted.js";
import { typing } from "./typing.js";

const size = { columns: 100, rows: 30 };
const sizes = [{ columns: 60, rows: 18 }, { columns: 80, rows: 24 }, size, { columns: 160, rows: 48 }] as const;

/** Keys from the list to what a database did: with the first picture, and under the next strategy, which waits. */
const scenes = {
  "on-database": ["enter", "3", "right", "right", "r"],
  "on-database-waits": ["enter", "3", "s", "down", "enter", "r"],
} as const;

const open = async (given: Services = withRecordedConducted()) => {
  // Of a learner who has predicted: only then the first lesson shows which ends are still possible.
  given.remember.set("lost-update.predict", { answers: [[1], [3], [2]], sure: 1, scores: [] });
  const screen = await play(size, given);
  await screen.press("enter", "3");
  return screen;
};
const hintOf = (model: Parameters<typeof hints>[0]) => hints(model).find(({ shown }) => shown === "r")?.text;

describe("what a database did, on the screen", () => {
  for (const scene of Object.keys(scenes) as (keyof typeof scenes)[])
    for (const { columns, rows } of sizes)
      it(`${scene} at ${columns} x ${rows}`, async () => {
        const screen = await play({ columns, rows }, withRecordedConducted());
        await screen.press(...scenes[scene]);
        await expect(`${screen.text()}\n`).toMatchFileSnapshot(`frames/${scene}-${columns}x${rows}.txt`);
      });

  it("is as wide in ASCII, and is ASCII", async () => {
    const screen = await play(size, withRecordedConducted());
    await screen.press(...scenes["on-database-waits"]);
    for (const row of frame(screen.model)) expect(rowWidth(inTier(row, "ascii"))).toBe(size.columns);
    expect(rowsText(frame(screen.model), "ascii")).toMatch(/^[ -~\n]*$/);
  });

  it("goes back to the model's with the same key, where one was", async () => {
    const screen = await open();
    await screen.press("right", "right");
    const before = screen.text();
    expect(hintOf(screen.model)).toBe("on a real database");
    await screen.press("r");
    expect(screen.text()).toContain("PostgreSQL did the same, step by step.   postgres:embedded");
    expect(screen.text()).not.toContain("can still end at");
    expect(hintOf(screen.model)).toBe("back to the model's");
    await screen.press("r");
    expect(screen.text()).toBe(before);
  });

  it("says why what only the model can be asked cannot be done on it", async () => {
    const screen = await open();
    await screen.press("r", "d");
    expect(screen.model.notice?.text).toBe("not now: this is what the database did: r goes back to the model's");
  });

  it("is gone when another schedule comes up", async () => {
    const screen = await open();
    await screen.press("r", "s", "esc");
    expect(screen.text()).not.toContain("PostgreSQL");
    expect(hintOf(screen.model)).toBe("on a real database");
  });

  const cases: readonly (readonly [ConductedView["compared"], string, string])[] = [
    [{ kind: "race", ways: 2 }, "one of the 2 ways that the model allows: this is a race.", "2가지 가운데 하나를"],
    [
      { kind: "differs", step: 3, model: "read count/1: 0", database: "read count/1: 1" },
      "first at step 3. The model: read count/1: 0. PostgreSQL: read count/1: 1.",
      "3단계에서 처음 달라졌습니다. 모델: read count/1: 0.",
    ],
    [
      { kind: "differs", step: null, model: "{}", database: "[]" },
      "other rows in the end. The model: {}. PostgreSQL: []",
      "마지막 행이 다릅니다",
    ],
    [
      { kind: "older", reason: "it lacks a correction" },
      "did something else than the model, and may: it lacks a correction.",
      "모델과 다르게 했고, 그럴 수 있습니다: it lacks a correction.",
    ],
    [
      { kind: "not compared", reason: "a circle" },
      "It is not compared with the model: a circle.",
      "비교하지 않습니다: a circle.",
    ],
  ];
  it.each(cases)("says in a sentence how it compares with the model: %o", async (compared, english, korean) => {
    for (const [language, sentence] of [
      ["en", english],
      ["ko", korean],
    ] as const) {
      const screen = await open({ ...withRecordedConducted({ compared }), language });
      await screen.press("r");
      expect(screen.text().replace(/\s+/g, " ")).toContain(sentence);
    }
  });

  it("is a sentence where it cannot be played, and the model's picture stays", async () => {
    const refusing: Services = {
      ...withRecordedConducted(),
      conduct: async () => {
        throw new Error("PostgreSQL at 127.0.0.1:1: nobody answers (connection refused).");
      },
    };
    const screen = await open(refusing);
    await screen.press("r");
    expect(screen.text()).toContain("nobody answers (connection refused).");
    expect(screen.text()).toContain("can still end at");
    expect(hintOf(screen.model)).toBe("on a real database");
  });

  it("can be heard", async () => {
    const said: string[] = [];
    const options = { store: "memory:", workers: 4, command: "npm start" };
    await openAccessible(withRecordedConducted(), options, {
      typed: typing(["3", "r", "right", "r", "q"], said),
      say: (line) => said.push(line),
    });
    await expect(`${said.join("\n")}\n`).toMatchFileSnapshot("frames/accessible-on-database.txt");
  });
});

describe("while it is played", () => {
  /** A database that answers when the test says so, or rejects when it is stopped. */
  const slow = () => {
    let stopped = false;
    const conduct: Services["conduct"] = (_, signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          stopped = true;
          reject(new Error("stopped"));
        }),
      );
    return { services: { ...withRecordedConducted(), conduct }, isStopped: () => stopped };
  };
  const begun = async () => {
    const { services, isStopped } = slow();
    const screen = await open(services);
    screen.send({ kind: "key", key: "r" });
    return { screen, isStopped };
  };

  it("the screen says so, and steps go on", async () => {
    const { screen } = await begun();
    expect(screen.text()).toContain("playing it on a real database; r stops it");
    screen.send({ kind: "key", key: "right" });
    expect(screen.text()).toContain("step 2 of 12");
    expect(hintOf(screen.model)).toBe("stop");
    screen.send({ kind: "key", key: "r" });
  });

  it("the same key stops it, and so does another schedule", async () => {
    const { screen, isStopped } = await begun();
    screen.send({ kind: "key", key: "r" });
    await new Promise((wake) => setTimeout(wake, 5));
    expect(isStopped()).toBe(true);
    expect(screen.text()).not.toContain("playing it");
    const other = await begun();
    other.screen.send({ kind: "key", key: "s" });
    for (let turn = 0; turn < 200 && !other.isStopped(); turn++) await new Promise((wake) => setTimeout(wake, 10));
    expect(other.isStopped()).toBe(true);
    expect(other.screen.text()).not.toContain("playing it");
  });
});

const skipped = await whyNot("postgres:embedded");
const why = skipped ? ` (${skipped})` : "";

describe.skipIf(skipped !== null)(`a PostgreSQL of its own${why}`, () => {
  let close: () => Promise<void>;
  let url: string;
  beforeAll(async () => {
    const kept = await openStore("postgres:embedded");
    url = kept.address!.replace(/&racelab_schema=\w+/, "");
    close = () => kept.close();
  });
  afterAll(() => close());

  /** The schemas of racelab that are left in the database, without that of the store that keeps the server up. */
  async function schemas(): Promise<readonly string[]> {
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query("select nspname as name from pg_namespace where nspname like 'racelab%'");
    await client.end();
    return rows.map(({ name }) => name as string);
  }

  it.each(Object.keys(recordings) as Recording[])("does what was recorded: %s", async (name) => {
    const { view, compared } = await conducted({ ...recordings[name], store: url }, "en");
    const now: ConductedView = { store: "postgres:embedded", view, compared };
    // This test is on the stack, as an engineer's own code would be; how much of it is seen differs from run to run.
    const notFromHere = (key: string, value: unknown) =>
      key === "sites" ? (value as readonly Site[]).filter(({ file }) => !file.startsWith("test/")) : value;
    await expect(`${JSON.stringify(now, notFromHere, 1)}\n`).toMatchFileSnapshot(recordingFile(name));
  });

  function learn(test: TestContext, args: readonly string[], env: Record<string, string> = {}) {
    const cwd = mkdtempSync(join(tmpdir(), "racelab-screen-"));
    const terminal = inTerminal([main, "learn", "lost-update", ...args], {
      cwd,
      env: { RACELAB_STATE: join(cwd, "state"), ...env },
    });
    test.onTestFinished(() => terminal.child.kill("SIGKILL"));
    return terminal;
  }
  const mutex = ["--strategy", "mutex", "--at", "111122223333"];

  it("plays the schedule on the screen, and nothing is left there", async (test) => {
    const before = await schemas();
    const { child, shows, code } = learn(test, [...mutex, "--store", url]);
    await shows("id 111122223333");
    child.write("r");
    await shows(/PostgreSQL did one of the 2 ways[\s\S]*of 14/);
    await shows(/buyer 2 +░ waits/);
    expect(await schemas()).toEqual(before);
    child.write("r");
    await shows(/of 12/);
    child.write("\u001b");
    await shows("choose a lesson");
    child.write("q");
    expect(await code).toBe(0);
  });

  it("leaves nothing there when it is left in the middle", async (test) => {
    const before = await schemas();
    const { child, shows, code } = learn(test, [...mutex, "--store", url]);
    await shows("id 111122223333");
    child.write("r");
    await shows("playing it on a real database");
    child.write("\u001b");
    await shows("choose a lesson");
    child.write("q");
    expect(await code).toBe(0);
    expect(await schemas()).toEqual(before);
  });

  /** A role that may not set deadlock_timeout: a wait must last three seconds before another task may ask. */
  async function slowly(test: TestContext) {
    const client = new pg.Client(url);
    await client.connect();
    client.on("error", () => {});
    const { rowCount } = await client.query("select 1 from pg_roles where rolname = 'plain'");
    if (rowCount === 0) await client.query("create role plain login; grant create on database postgres to plain");
    const begun = async () => {
      const { rows } = await client.query("select 1 from pg_locks where locktype = 'advisory' and not granted");
      return rows.length > 0;
    };
    const terminal = learn(test, [...mutex, "--store", url.replace("postgres@", "plain@")]);
    await terminal.shows("id 111122223333");
    terminal.child.write("r");
    await terminal.shows("playing it on a real database");
    while (!(await begun())) await new Promise((wake) => setTimeout(wake, 20));
    return { ...terminal, client };
  }

  it("answers other keys meanwhile, and leaves nothing there when it is stopped", async (test) => {
    const { child, shows, client, code } = await slowly(test);
    child.write("lll");
    await shows("step 4 of 12");
    child.write("r");
    await shows("stopped: what was done until then is not counted");
    expect(await schemas()).toHaveLength(1);
    await client.end();
    child.write("q");
    expect(await code).toBe(0);
  });

  it("is racelab's own where no store was given", async (test) => {
    const { child, shows, code } = learn(test, mutex, { NO_COLOR: "1" });
    await shows("id 111122223333");
    child.write("r");
    await shows("postgres:embedded");
    child.write("q");
    expect(await code).toBe(0);
  });

  it("is missed in a sentence when it is killed in the middle", async (test) => {
    const { child, shows, code } = await slowly(test);
    const folder = new URL(url).searchParams.get("host")!;
    process.kill(Number(readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n")[0]), "SIGKILL");
    await shows(/the connection was lost while\s+racelab worked/);
    await shows("r on a real database");
    child.write("q");
    expect(await code).toBe(0);
  });
});

describe("a store on which nothing can be conducted", () => {
  it.each([
    ["lowdb:", "it does not say who waits for whom"],
    ["postgres://me:hunter2@127.0.0.1:1/shop", "nobody answers"],
  ])("is a sentence: %s", async (store, sentence) => {
    const folder = mkdtempSync(join(tmpdir(), "racelab-screen-"));
    const given = { ...recordings.none, store: store === "lowdb:" ? `lowdb:${join(folder, "shop.json")}` : store };
    await expect(conducted(given, "en")).rejects.toThrow(sentence);
    await expect(conducted(given, "en")).rejects.not.toThrow("hunter2");
  });

  it("is one that lacks what the strategy needs", async (test) => {
    if (skipped) return test.skip(skipped);
    const setting = { lesson: "single-writer", strategy: "single-writer" };
    await expect(conducted({ setting, schedule: "", store: "postgres:embedded" }, "en")).rejects.toThrow(
      "strategy single-writer needs a store that can keep queues",
    );
  });
});
