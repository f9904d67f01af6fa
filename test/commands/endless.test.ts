/** Whatever code of an author's lesson loops for ever, each command hears SIGINT and SIGTERM, and leaves nothing running. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { main, racelab } from "../program.js";
import { inTerminal } from "../tui/pseudo-terminal.js";

const skeleton = new URL("../../lessons/skeleton/", import.meta.url).pathname;

/** Where the code of an author stands in the skeleton of a lesson, and the same with the loop in it. */
const into = (head: RegExp) => (loop: string) => [head, (before: string) => before + loop] as const;
const instead = (head: RegExp, name: string) => (loop: string) =>
  [head, () => `${name} {${loop}  return undefined as never; },\n`] as const;
const heads = {
  rule: into(/async body\(.*\) \{\n/),
  property: into(/test\(\{ rows, outcomes \}\) \{\n/),
  scenario: (loop: string) => [/rows: \{ \[THING\]/, () => `rows: (() => {${loop}  return {}; })() ?? { [THING]`] as const,
  tally: instead(/actual: .*\n/, "actual()"),
  "what is expected": instead(/expected: .*\n/, "expected()"),
  label: instead(/ {2}label: .*\n/, "label()"),
  grade: instead(/(?= {2}label: )/, "grade()"),
  size: instead(/ {2}size: .*\n/, "get size()"),
  title: instead(/ {2}title: .*\n/, "get title()"),
  questions: (loop: string) => [/ {2}questions: \[/, () => `get questions() {${loop}  return []; },\n  more: [`] as const,
  variant: (loop: string) =>
    [
      / {2}questions: \[/,
      (before: string) =>
        `variants: { own: { summary: "s", cost: "c", requires: [], async run(work, session) {${loop}  return work.body(session); } } },\n${before}`,
    ] as const,
} as const;
type Place = "top level" | keyof typeof heads;

/**
 * A folder with one lesson, whose code says the id of its process and then loops for ever, at this place. A patient loop
 * comes back as little as any other, and leaves the core to others: for a test that waits until racelab has had enough.
 */
function endless(place: Place, pace: "busy" | "patient" = "busy"): string {
  const folder = mkdtempSync(join(tmpdir(), "racelab-endless-"));
  cpSync(skeleton, join(folder, "31-endless"), { recursive: true });
  const file = join(folder, "31-endless", "lesson.ts");
  const text = readFileSync(file, "utf8");
  // Nothing is printed over a screen.
  const says = place === "property" ? "" : 'console.log("looping in " + process.pid + ".");';
  const round = pace === "busy" ? ";" : " Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);";
  const loop = `\n${says}\nfor (;;)${round}\n`;
  const changed = place === "top level" ? text + loop : text.replace(...heads[place](loop));
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
  return folder;
}
const folders = { "top level": endless("top level"), rule: endless("rule") };

async function looping(args: readonly string[], place: Place) {
  const folder = (folders as { readonly [place: string]: string })[place] ?? endless(place);
  const child = spawn(process.execPath, [main, ...args, "--lessons", folder], { stdio: ["ignore", "pipe", "pipe"] });
  let [said, noted] = ["", ""];
  child.stderr.on("data", (chunk) => (noted += chunk));
  const closed = once(child, "close");
  const pid = await new Promise<number>((resolve) => {
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const [, id] = /looping in (\d+)\./.exec(said) ?? [];
      if (id) resolve(Number(id));
    });
  });
  return { child, pid, closed, noted: () => noted };
}

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.concurrent("a lesson that loops for ever", () => {
  it.each([
    [["list"], "top level", "SIGTERM"],
    [["explore", "endless"], "top level", "SIGINT"],
    [["explore", "endless"], "rule", "SIGTERM"],
    [["trace", "endless", "1"], "rule", "SIGINT"],
    [["predict", "endless"], "top level", "SIGTERM"],
    [["decide", "endless"], "rule", "SIGTERM"],
    [["export", "endless", "12", "--to", "x.svg"], "rule", "SIGTERM"],
    [["run", "endless"], "top level", "SIGINT"],
    [["compare", "endless"], "top level", "SIGTERM"],
    [["explore", "endless"], "scenario", "SIGINT"],
    [["explore", "endless"], "tally", "SIGTERM"],
    [["explore", "endless"], "label", "SIGINT"],
    [["explore", "endless"], "grade", "SIGTERM"],
    [["explore", "endless"], "size", "SIGINT"],
    [["explore", "endless", "--strategy", "own"], "variant", "SIGTERM"],
    [["predict", "endless"], "questions", "SIGINT"],
    [["list"], "title", "SIGTERM"],
    [["trace", "endless", "1122"], "what is expected", "SIGINT"],
    [["run", "endless", "--requests", "5"], "scenario", "SIGTERM"],
    [["run", "endless", "--requests", "5"], "tally", "SIGINT"],
    [["check", "--matrix"], "rule", "SIGINT"],
    [["stack", "mutex", "--lesson", "endless"], "rule", "SIGTERM"],
  ] as const)("%j with the loop at its %s hears %s", async (args, place, signal) => {
    const { child, pid, closed, noted } = await looping(args, place);
    child.kill(signal);
    expect(await closed).toEqual([130, null]);
    expect(noted()).toContain("interrupted: the code of a lesson did not come back");
    expect(isThere(pid)).toBe(false);
  });

  it("ends by itself in a sentence, where nobody is there to end it", { timeout: 240_000 }, async () => {
    const { code, stderr } = await racelab(["explore", "endless", "--lessons", endless("rule", "patient")]);
    expect(stderr).toMatch(/^racelab: the code of a lesson in \S+ did not come back within 60 s: a loop without end\. [^\n]*\n$/);
    expect(code).toBe(2);
  });

  it("and one that awaits for ever at its top ends in a sentence, with the name of the file", { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "racelab-awaiting-"));
    cpSync(skeleton, join(folder, "31-endless"), { recursive: true });
    appendFileSync(join(folder, "31-endless", "lesson.ts"), "\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});\n");
    const { code, stderr } = await racelab(["explore", "endless", "--lessons", folder]);
    expect(stderr).toMatch(
      /^racelab: \S+lesson\.ts: it cannot be loaded\. Error: An await outside of functions [^\n]* after 10 s\n$/,
    );
    expect(code).toBe(2);
  });

  it("and one that awaits for ever is left at once by Ctrl-C, also by a command that would go on without it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "racelab-awaiting-"));
    cpSync(skeleton, join(folder, "31-endless"), { recursive: true });
    const waits = '\nconsole.log("waiting.");\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});\n';
    appendFileSync(join(folder, "31-endless", "lesson.ts"), waits);
    const child = spawn(process.execPath, [main, "list", "--lessons", folder], { stdio: ["ignore", "pipe", "pipe"] });
    const closed = once(child, "close");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    expect(await closed).toEqual([130, null]);
  });

  it("and so does an answer that loops only where nobody judges it: its export hears Ctrl-C", async () => {
    const folder = mkdtempSync(join(tmpdir(), "racelab-sneaky-"));
    const file = join(folder, "sneaky.ts");
    const loop = 'console.log("looping in " + process.pid + "."); for (;;);';
    writeFileSync(
      file,
      `import { strategy } from "racelab";\nif (!(process as any).permission) { ${loop} }\nexport default strategy({ summary: "s", cost: "c", requires: [], run: (work, session) => work.body(session) });\n`,
    );
    const args = ["export", "lost-update", "112332", "--file", file, "--to", join(folder, "x.svg")];
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const closed = once(child, "close");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    expect(await closed).toEqual([130, null]);
  });

  it("is not left behind when the command is killed", async () => {
    const { child, pid, closed } = await looping(["explore", "endless"], "rule");
    expect(pid).not.toBe(child.pid);
    child.kill("SIGKILL");
    await closed;
    while (isThere(pid)) await delay(20);
  });
});

describe("a lesson that does come back", () => {
  it("is explored as one of the course is: what is printed, and the exit code", async () => {
    const folder = mkdtempSync(join(tmpdir(), "racelab-sound-"));
    cpSync(skeleton, join(folder, "31-sound"), { recursive: true });
    const { code, stdout, stderr } = await racelab(["explore", "sound", "--strategy", "none", "--lessons", folder]);
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("FAIL");
    expect((await racelab(["explore", "sound", "--strategy", "mutex", "--lessons", folder])).code).toBe(0);
    const wrong = await racelab(["explore", "sond", "--lessons", folder]);
    expect([wrong.code, wrong.stderr.match(/racelab:/g)]).toEqual([2, ["racelab:"]]);
  });
});

describe.concurrent("a lesson that loops for ever, on the screens", () => {
  const learn = (folder: string) =>
    inTerminal([main, "learn", "--lessons", folder], {
      cwd: tmpdir(),
      env: { RACELAB_STATE: mkdtempSync(join(tmpdir(), "racelab-endless-state-")) },
    });
  it("hears Ctrl+C, gives the terminal back, and leaves nothing running", { timeout: 60_000 }, async () => {
    const { child, code, shows, bytes } = learn(folders["top level"]);
    await shows(/looping in \d+\./);
    const [, pid] = /looping in (\d+)\./.exec(bytes()) ?? [];
    child.write("\u0003");
    expect(await code).toBe(130);
    expect(bytes()).toContain("interrupted: the code of a lesson did not come back");
    expect(isThere(Number(pid))).toBe(false);
  });
  it("ends by itself in a sentence", { timeout: 120_000 }, async () => {
    const { code, bytes } = learn(endless("rule", "patient"));
    expect(await code).toBe(2);
    expect(bytes().replace(/\s+/g, " ")).toMatch(/did not come back within 15 s: a loop without end\. racelab check --lessons/);
  });
  it("ends the search whose property loops, and answers the next question", { timeout: 120_000 }, async () => {
    const { child, code, shows } = inTerminal([main, "learn", "endless", "--lessons", endless("property", "patient")], {
      cwd: tmpdir(),
      env: { RACELAB_STATE: mkdtempSync(join(tmpdir(), "racelab-endless-state-")) },
    });
    await shows("TODO: the story");
    child.write("3");
    await shows(/the lesson's code did not come back within 15 s: does it loop without end\?/);
    child.write("\u001b");
    await shows(/1 {2}Lost update/);
    child.write("1\r");
    await shows("One minute to nine");
    child.write("3");
    await shows(/step 1 of \d+/);
    child.write("q");
    expect(await code).toBe(0);
  });
});
