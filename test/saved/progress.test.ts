import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { nothingPrinted, type Verification } from "../../src/report/judgement.js";
import { Folder, stateFolder } from "../../src/saved/folder.js";
import { LearnerProgress, lessonState } from "../../src/saved/progress.js";
import { memory } from "../../src/services/remember.js";
import { answered } from "../program.js";

const fresh = () => join(mkdtempSync(join(tmpdir(), "racelab-saved-")), "state");
const progressIn = (path: string) => new LearnerProgress(new Folder(path));

const verification = (verdict: Verification["verdict"], text = "// mine\n"): Verification => ({
  lesson: "lost-update",
  file: "/home/somebody/racelab/lost-update.ts",
  text,
  verdict,
  results: [],
  problem: null,
  failure: null,
  looksLike: null,
  others: [],
  overProtected: null,
  roundTrips: null,
  way: null,
  printed: nothingPrinted,
  ms: 1,
});

/** Runs the code in a process of its own, where `progress` is a LearnerProgress on that folder. */
const elsewhere = (path: string, code: string) =>
  spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { LearnerProgress } from ${JSON.stringify(new URL("../../dist/src/saved/progress.js", import.meta.url).href)};
       const progress = new LearnerProgress(); const verification = ${JSON.stringify(verification("wrong"))};\n${code}`,
    ],
    { env: { ...process.env, RACELAB_STATE: path }, stdio: ["ignore", "ignore", "inherit"] },
  );
const ended = (child: ReturnType<typeof elsewhere>) => new Promise<number | null>((resolve) => child.on("close", resolve));

describe("what is saved", () => {
  it("is there for the next racelab: place, answers, tries with a copy of the file, and when it was solved", () => {
    const path = fresh();
    const progress = progressIn(path);
    expect(lessonState(progress.load("lost-update"))).toBe("new");
    progress.opened("lost-update");
    expect(lessonState(progress.load("lost-update"))).toBe("opened");
    progress.savePosition("lost-update", { screen: "scheduler", step: 3, schedule: "122" });
    progress.recordAnswer("lost-update", { question: 1, given: [2], score: 0, of: 1 });
    progress.recordAnswer("lost-update", { question: 1, given: [0], score: 1, of: 1 });
    expect(lessonState(progress.load("lost-update"))).toBe("predicted");
    progress.recordTry(verification("wrong", "// first\n"));
    expect(lessonState(progress.load("lost-update"))).toBe("tried");
    progress.recordTry(verification("right", "// second\n"));
    const known = progressIn(path).load("lost-update");
    expect(known).toMatchObject({
      position: { screen: "scheduler", step: 3, schedule: "122" },
      answers: [{ question: 1, given: [0], score: 1 }],
      tries: [{ verdict: "wrong" }, { verdict: "right" }],
      solved: known.tries[1]!.at,
    });
    expect(lessonState(known)).toBe("solved");
    expect(known.tries.map(({ copy }) => readFileSync(copy, "utf8"))).toEqual(["// first\n", "// second\n"]);
    expect(progress.notices()).toEqual([]);
  });

  it("keeps each bookmark once, the oldest first, and forgets what is taken away", () => {
    const path = fresh();
    const remembered = memory(progressIn(path));
    const [one, two] = ["12", "122"].map((schedule) => ({ setting: { lesson: "saga", strategy: "none" }, schedule }));
    remembered.set("saga.bookmarks", [one]);
    remembered.set("saga.bookmarks", [one, two]);
    expect(memory(progressIn(path)).get("saga.bookmarks")).toEqual([one, two]);
    remembered.set("saga.bookmarks", [two]);
    expect(remembered.get("saga.bookmarks")).toEqual([two]);
    expect(memory(progressIn(path)).get("saga.bookmarks")).toEqual([two]);
    expect(readdirSync(join(path, "saga/bookmarks"))).toHaveLength(1);
  });

  it("loses no bookmark that another racelab has kept meanwhile", () => {
    const path = fresh();
    const [mine, theirs] = [memory(progressIn(path)), memory(progressIn(path))];
    const point = (schedule: string, size?: { tasks: number }) => ({
      setting: { lesson: "saga", strategy: "none", ...(size && { size }) },
      schedule,
    });
    expect([mine.get("saga.bookmarks"), theirs.get("saga.bookmarks")]).toEqual([[], []]);
    mine.set("saga.bookmarks", [point("1")]);
    theirs.set("saga.bookmarks", [point("1", { tasks: 2 })]);
    mine.set("saga.bookmarks", [point("1"), point("12")]);
    expect(memory(progressIn(path)).get("saga.bookmarks")).toHaveLength(3);
  });

  it("has every bookmark from the moment it is kept: SIGKILL comes right after", async () => {
    const path = fresh();
    const child = elsewhere(
      path,
      `for (const schedule of ["1", "12", "122"]) progress.keepBookmark("saga", { strategy: "none", schedule });
       process.kill(process.pid, "SIGKILL");`,
    );
    await ended(child);
    expect(child.signalCode).toBe("SIGKILL");
    const { bookmarks } = progressIn(path).load("saga");
    expect(bookmarks.map(({ schedule }) => schedule).sort()).toEqual(["1", "12", "122"]);
  });

  it("keeps when a lesson was first opened", () => {
    const path = fresh();
    progressIn(path).opened("saga");
    const { opened } = progressIn(path).load("saga");
    progressIn(path).opened("saga");
    expect(progressIn(path).load("saga").opened).toBe(opened);
  });

  it.each([
    ["is cut off", '{"format": "racelab 1", "screen'],
    ["is empty", ""],
    ["is somebody else's", '{"screen": "story"}'],
    ["is of a later racelab", '{"format": "racelab 2", "screen": "story"}'],
    ["has another shape", '{"format": "racelab 1", "screen": 7}'],
    ["is no object", "null"],
  ])("lies aside with one sentence, and is never deleted, when it %s", (_, text) => {
    const path = fresh();
    progressIn(path).opened("saga");
    writeFileSync(join(path, "saga/place.json"), text);
    const progress = progressIn(path);
    expect(progress.load("saga")).toMatchObject({ position: null, opened: expect.any(String) });
    expect(progress.notices()).toEqual([expect.stringMatching(/place\.json .* and lies aside as .*place\.json\.set-aside-\d+$/)]);
    const [aside] = readdirSync(join(path, "saga")).filter((name) => name.includes("set-aside"));
    expect(readFileSync(join(path, "saga", aside!), "utf8")).toBe(text);
    expect(progressIn(path).load("saga").position).toBeNull();
    expect(progress.notices()).toEqual([]);
  });

  it.each([
    ["verdict", "zzz"],
    ["summary", 7],
    ["schedules", "many"],
    ["violating", 3],
    ["steps", "4"],
    ["overProtected", null],
    ["copy", undefined],
    ["at", "yesterday"],
  ])("lies aside when it is a try whose %s is unknown to this racelab, and the screens go on", (field, value) => {
    const path = fresh();
    const progress = progressIn(path);
    progress.recordTry(verification("right"));
    progress.recordTry(verification("wrong"));
    const tries = join(path, "lost-update/tries");
    const [first] = readdirSync(tries).filter((name) => name.endsWith(".json"));
    const saved = JSON.parse(readFileSync(join(tries, first!), "utf8"));
    writeFileSync(join(tries, first!), JSON.stringify({ ...saved, [field]: value }));
    const known = progress.load("lost-update");
    expect(known.tries.map(({ verdict }) => verdict)).toEqual(["wrong"]);
    expect(known.solved).toBeNull();
    expect(progress.notices()).toEqual([expect.stringMatching(/was not written by this racelab and lies aside as/)]);
  });

  it.each([
    ["place.json", { screen: "story", size: { tasks: "2" } }],
    ["place.json", { screen: "story", step: "3" }],
    ["answers/0.json", { question: 0, given: "0", score: 1, of: 1, at: "2026-01-01T00:00:00Z" }],
    ["bookmarks/00.json", { strategy: "none", schedule: "12", faults: [], at: "2026-01-01T00:00:00Z" }],
  ])("lies aside when a field of it has another shape: %s %j", (name, fact) => {
    const path = fresh();
    const file = join(path, "saga", name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, JSON.stringify({ format: "racelab 1", ...fact }));
    const progress = progressIn(path);
    expect(progress.load("saga")).toMatchObject({ position: null, answers: [], bookmarks: [] });
    expect(progress.notices()).toHaveLength(1);
  });

  it("is given up with one sentence where nothing can be written, and everything goes on", async () => {
    const path = fresh();
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "a file in the way");
    const progress = progressIn(path);
    progress.opened("saga");
    progress.savePosition("saga", { screen: "story" });
    progress.recordTry(verification("right"));
    expect(progress.notices()).toEqual([
      expect.stringMatching(/^nothing is saved in .*: a file is in the way\. Everything else works/),
    ]);
    expect(lessonState(progress.load("saga"))).toBe("new");
    const answer = new URL("../../lessons/01-lost-update/exercise/solution.ts", import.meta.url).pathname;
    const { code, stderr } = await answered(["verify", "1", answer], { env: { RACELAB_STATE: path } });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^nothing is saved in [^\n]*\n$/);
    expect(readFileSync(path, "utf8")).toBe("a file in the way");
  });

  it("loses nothing when two racelabs save at once", async () => {
    const path = fresh();
    const save = (from: number) =>
      `for (let i = 0; i < 60; i++) {
         progress.recordTry(verification);
         progress.recordAnswer("lost-update", { question: ${from} + i, given: [0], score: 1, of: 1 });
         progress.savePosition("lost-update", { screen: "story", step: ${from} + i });
       }`;
    expect(await Promise.all([ended(elsewhere(path, save(0))), ended(elsewhere(path, save(60)))])).toEqual([0, 0]);
    const progress = progressIn(path);
    const known = progress.load("lost-update");
    expect(known.tries).toHaveLength(120);
    expect(known.answers.map(({ question }) => question)).toEqual(Array.from({ length: 120 }, (_, i) => i));
    expect([59, 119]).toContain(known.position?.step);
    expect(progress.notices()).toEqual([]);
  });

  it("can be read after each of 40 kills with SIGKILL in the middle of saving, and half-written drafts are swept", async () => {
    const path = fresh();
    const saved = () => (existsSync(join(path, "lost-update/tries")) ? readdirSync(join(path, "lost-update/tries")).length : 0);
    for (let round = 0; round < 40; round++) {
      const before = saved();
      const child = elsewhere(
        path,
        `for (let i = 0; ; i++) progress.savePosition("saga", { screen: "story".repeat(2000), step: i }), progress.recordTry(verification);`,
      );
      const gone = ended(child);
      while (saved() <= before) await delay(2);
      await delay((round * 7) % 20);
      child.kill("SIGKILL");
      await gone;
      const progress = progressIn(path);
      expect(progress.load("saga").position).toMatchObject({ screen: "story".repeat(2000), step: expect.any(Number) });
      expect(progress.notices()).toEqual([]);
    }
    const progress = progressIn(path);
    const { tries } = progress.load("lost-update");
    expect(tries.length).toBeGreaterThan(0);
    for (const { copy } of tries) expect(readFileSync(copy, "utf8")).toBe("// mine\n");
    expect(progress.notices()).toEqual([]);
    for (const folder of ["saga", "lost-update/tries"])
      expect(readdirSync(join(path, folder)).filter((name) => name.endsWith(".draft"))).toEqual([]);
  });
});

describe("where it is saved", () => {
  it.each([
    [{ RACELAB_STATE: "/here" }, "linux", /^\/here$/],
    [{ XDG_STATE_HOME: "/xdg" }, "linux", /^\/xdg\/racelab$/],
    [{ XDG_STATE_HOME: "relative" }, "linux", /\/\.local\/state\/racelab$/],
    [{}, "linux", /\/\.local\/state\/racelab$/],
    [{}, "darwin", /\/Library\/Application Support\/racelab$/],
    [{ LOCALAPPDATA: "/data" }, "win32", /^\/data\/racelab$/],
  ] as const)("with %j on %s is the system's own place", (env, platform, where) => {
    expect(stateFolder(env, platform)).toMatch(where);
  });
});

describe("list", () => {
  it("shows how far the learner is with each lesson, and what is next", async () => {
    const path = fresh();
    const progress = progressIn(path);
    progress.recordTry(verification("right"));
    progress.recordAnswer("cancel-vs-accept", { question: 0, given: [1], score: 1, of: 2 });
    const { stdout } = await answered(["list"], { env: { RACELAB_STATE: path } });
    expect(stdout).toContain("solved: 1");
    expect(stdout).toContain("\n     solved, 1 try\n");
    expect(stdout).toContain("\n     next: predicted 1 of 2\n");
    expect(stdout).toMatch(/next: racelab learn cancel-vs-accept\n$/);
    const json = JSON.parse((await answered(["list", "--json"], { env: { RACELAB_STATE: path } })).stdout);
    expect(json.next).toBe("cancel-vs-accept");
    expect(json.lessons[0]).toMatchObject({ id: "lost-update", state: "solved", tries: 1, solved: expect.any(String) });
    expect(json.lessons[1]).toMatchObject({ state: "predicted", score: { points: 1, of: 2 } });
  });
});
