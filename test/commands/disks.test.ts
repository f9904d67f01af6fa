/** Full disks, folders that cannot be written into, pipes and devices: one sentence, an exit code that is no verdict, and nothing half made. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answered, type Ended, main, racelab } from "../program.js";

const solution = "lessons/01-lost-update/exercise/solution.ts";
const folder = mkdtempSync(join(tmpdir(), "racelab-disks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const one = (stderr: string): void => {
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).not.toMatch(/mistake of its own/);
};

const pipe = join(folder, "pipe.ts");
const lessons = join(folder, "lessons");
beforeAll(async () => {
  // A racelab of root starts its PostgreSQL as nobody.
  chmodSync(folder, 0o755);
  execFileSync("mkfifo", [pipe, join(folder, "pipe.svg")]);
  expect((await racelab(["new", "lesson", "gift-card", "--in", lessons])).code).toBe(0);
});

/** Standard output goes to /dev/full, which takes nothing, as a full disk does. */
function full(args: readonly string[]): Promise<Ended> {
  const sink = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", sink, "pipe"] });
  closeSync(sink);
  let stderr = "";
  child.stderr!.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout: "", stderr })));
}

const quick = ["--requests", "10", "--workers", "2"];

describe.skipIf(!existsSync("/dev/full"))("standard output on a full disk", () => {
  it.each([
    ["--help"],
    ["--version"],
    ["list"],
    ["list", "--json"],
    ["predict", "lost-update"],
    ["explore", "lost-update"],
    ["explore", "gift-card", "--lessons", lessons],
    ["trace", "lost-update", "112332"],
    ["decide", "lost-update"],
    ["export", "lost-update", "112332", "--to", join(folder, "page.svg")],
    ["run", "lost-update", ...quick],
    ["compare", "lost-update", "--strategies", "mutex", ...quick, "--rounds", "1"],
    ["watch", "lost-update", "--file", join(folder, "watched.ts")],
    ["verify", "lost-update", solution],
    ["check", "spend-points-twice"],
    ["new", "lesson", "spare", "--in", join(folder, "spare")],
    ["stack", "mutex"],
    ["present", "lost-update"],
    ["doctor"],
  ])("is one sentence and the exit code 74: racelab %s %s", async (...args) => {
    const { code, stderr } = await full(args);
    expect(stderr).toBe("racelab: the answer could not be written to standard output: the disk is full\n");
    expect(code).toBe(74);
  });
});

describe("a temporary folder that is not there, or takes nothing", () => {
  it.each([
    ["verify", "lost-update", solution],
    ["explore", "gift-card", "--lessons", lessons],
    ["run", "lost-update", "--store", "postgres:embedded", ...quick],
  ])("is the fault of nobody's file: racelab %s", async (...args) => {
    for (const nowhere of [join(folder, "nowhere"), "/proc"]) {
      const { code, stderr } = await racelab(args, { env: { TMPDIR: nowhere } });
      one(stderr);
      expect(stderr).toContain(`the folder for temporary files, ${nowhere}, cannot be used: there is no such file or folder.`);
      expect(stderr).toContain("TMPDIR");
      expect(code).toBe(2);
    }
  });
});

describe("a path that leads to no file or folder of a person", () => {
  it.each([
    ["a pipe as exercise", () => ["verify", "lost-update", pipe], "this is a pipe or a device, not a file"],
    ["a device as exercise", () => ["verify", "lost-update", "/dev/zero"], "this is a pipe or a device, not a file"],
    ["a folder as exercise", () => ["verify", "lost-update", folder], "this is a folder, not a file"],
    ["a pipe that is watched", () => ["watch", "lost-update", "--file", pipe], "this is a pipe or a device, not a file"],
    ["a pipe as lowdb file", () => ["run", "lost-update", ...quick, "--store", `lowdb:${pipe}`], "it is a pipe or a device"],
    ["a pipe as page", () => ["check", "lost-update", "--matrix", "--into", pipe], "this is a pipe or a device, not a file"],
    ["no page", () => ["check", "lost-update", "--matrix", "--into", join(folder, "no/x.md")], "there is no such file or folder"],
    ["a folder as page", () => ["check", "lost-update", "--matrix", "--into", folder], "this is a folder, not a file"],
    // A pipe stands for /dev/null: to rename a draft over it would take it from the whole machine.
    [
      "a pipe to export to",
      () => ["export", "1", "112332", "--to", join(folder, "pipe.svg"), "--force"],
      "is a pipe or a device, not a file",
    ],
    ["/proc for a new lesson", () => ["new", "lesson", "q", "--in", "/proc"], "cannot be made: there is no such file or folder"],
    ["/proc/self/x for a new lesson", () => ["new", "lesson", "q", "--in", "/proc/self/x/y"], "cannot be made"],
    ["a device for a new lesson", () => ["new", "lesson", "q", "--in", "/dev/null"], "a part of this path is a file"],
  ])("is told in one sentence, with exit code 2: %s", async (_, args, sentence) => {
    const { code, stderr } = await answered(args());
    one(stderr);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });

  it("is told of a file that an exercise imports, with its line", async () => {
    const importing = join(folder, "importing.ts");
    writeFileSync(importing, `import "./pipe.ts";\nexport default 1;\n`);
    const { code, stdout } = await answered(["verify", "lost-update", importing]);
    expect(stdout).toMatch(/importing\.ts:1: pipe\.ts cannot be read: this is a\s+pipe or a device/);
    expect(code).toBe(1);
  });

  it("changes no verdict as the folder of what is remembered", async () => {
    const { code, stderr } = await racelab(["verify", "lost-update", solution], { env: { RACELAB_STATE: "/proc/self/x" } });
    expect(stderr).toMatch(/^nothing is saved in \/proc\/self\/x: [^\n]+\n$/);
    expect(code).toBe(0);
  });
});

const disk = join(folder, "disk");
mkdirSync(disk);
/** A disk of 64 KB; only root may mount one. */
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status === 0;
afterAll(() => mounted && spawnSync("umount", ["-l", disk]));

describe.skipIf(!mounted)(`a full disk${mounted ? "" : " (none can be mounted here)"}`, () => {
  beforeAll(() => spawnSync("dd", ["if=/dev/zero", `of=${join(disk, "rest")}`, "bs=1k"]));
  const left = () => readdirSync(disk, { recursive: true, encoding: "utf8" }).filter((name) => name !== "rest");

  it("has no half of a lesson", async () => {
    const { code, stderr } = await answered(["new", "lesson", "q", "--in", disk]);
    one(stderr);
    expect(stderr).toContain("the disk is full");
    expect([code, left()]).toEqual([2, []]);
  });

  it("has no empty file of an exercise, which would never be written over", async () => {
    const { code, stderr } = await answered(["watch", "lost-update", "--file", join(disk, "mine.ts")]);
    one(stderr);
    expect(stderr).toContain("the disk is full");
    expect([code, left()]).toEqual([2, []]);
  });

  it.each([
    ["verify", "lost-update", solution],
    ["explore", "gift-card", "--lessons", lessons],
    ["run", "lost-update", "--store", "postgres:embedded", ...quick],
  ])("is not the fault of a learner's or an author's file where it holds temporary ones: racelab %s", async (...args) => {
    const { code, stderr } = await racelab(args, { env: { TMPDIR: disk } });
    one(stderr);
    expect(stderr).toContain(`the folder for temporary files, ${disk}, cannot be used: the disk is full.`);
    expect([code, left()]).toEqual([2, []]);
  });

  it("leaves the verdict and what was saved before as they are", async () => {
    const { code, stderr } = await racelab(["verify", "lost-update", solution], { env: { RACELAB_STATE: join(disk, "state") } });
    expect(stderr).toMatch(/^nothing is saved in [^\n]+: the disk is full\.[^\n]+\n$/);
    expect(code).toBe(0);
  });
});
