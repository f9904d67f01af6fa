/** Whatever code of an author's lesson loops for ever, each command hears SIGINT and SIGTERM, and leaves nothing running. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { main, racelab } from "../program.js";

const skeleton = new URL("../../lessons/skeleton/", import.meta.url).pathname;

/** A folder with one lesson, whose code says the id of its process and then loops for ever, at this place. */
function endless(place: "top level" | "rule"): string {
  const folder = mkdtempSync(join(tmpdir(), "racelab-endless-"));
  cpSync(skeleton, join(folder, "31-endless"), { recursive: true });
  const file = join(folder, "31-endless", "lesson.ts");
  const text = readFileSync(file, "utf8");
  const loop = '\nconsole.log("looping in " + process.pid + ".");\nfor (;;);\n';
  const changed = place === "top level" ? text + loop : text.replace(/async body\(.*\) \{\n/, (head) => head + loop);
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
  return folder;
}
const folders = { "top level": endless("top level"), rule: endless("rule") };

async function looping(args: readonly string[], place: keyof typeof folders) {
  const child = spawn(process.execPath, [main, ...args, "--lessons", folders[place]], { stdio: ["ignore", "pipe", "pipe"] });
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
  ] as const)("%j with the loop at its %s hears %s", async (args, place, signal) => {
    const { child, pid, closed, noted } = await looping(args, place);
    child.kill(signal);
    expect(await closed).toEqual([130, null]);
    expect(noted()).toContain("interrupted: the code of a lesson did not come back");
    expect(isThere(pid)).toBe(false);
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
