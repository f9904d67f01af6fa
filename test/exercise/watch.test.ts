import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, type TestContext } from "vitest";
import { main } from "../program.js";

const exercise = new URL("../../lessons/01-lost-update/exercise/", import.meta.url);
const [start, solution, wrong] = ["start.ts", "solution.ts", "wrong/fresh-version.ts"].map((name) =>
  readFileSync(new URL(name, exercise), "utf8"),
) as [string, string, string];
const endless = solution.replace("return await", "for (;;);\n      return await");
if (endless === solution) throw new Error("the solution has no such line: the endless one would be right");

/** `racelab watch 1` in a new folder; `says` waits for something new to be printed. */
function watch({ onTestFinished }: TestContext, args: readonly string[] = [], given?: string) {
  const folder = mkdtempSync(join(tmpdir(), "racelab-watch-"));
  const file = join(folder, "mine.ts");
  if (given !== undefined) writeFileSync(file, given);
  const env = { ...process.env, RACELAB_STATE: join(folder, "state") };
  const child = spawn(process.execPath, [main, "watch", "1", ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [text, seen] = ["", 0];
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  return {
    child,
    folder,
    file,
    text: () => text,
    ended: new Promise<number | null>((resolve) => child.on("close", resolve)),
    async says(what: RegExp): Promise<void> {
      for (let i = 0; i < 2500; i++) {
        const at = text.slice(seen).search(what);
        if (at >= 0) {
          seen += at + 1;
          return;
        }
        await delay(20);
      }
      throw new Error(`${what} was not said:\n${text.slice(seen)}`);
    },
  };
}
const mine = ["--file", "mine.ts"];

describe.concurrent("watch", () => {
  it("writes where the learner begins, says where that is, and does not overwrite it the next time", async (test) => {
    const { child, folder, says, ended } = watch(test);
    await says(/^watch: racelab\/lost-update\.ts, lesson lost-update \(written just now\)\n/);
    await says(/FAIL 2 tasks/);
    const file = join(folder, "racelab/lost-update.ts");
    expect(readFileSync(file, "utf8")).toBe(start);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    const again = watch(test, mine, "// mine, not finished\n");
    await again.says(/^watch: mine\.ts, lesson lost-update\n/);
    await again.says(/FAIL mine\.ts: there is no default export/);
    expect(readFileSync(again.file, "utf8")).toBe("// mine, not finished\n");
  });

  it("checks each save, however an editor saves", async (test) => {
    const { file, says, folder, text } = watch(test, mine, start);
    await says(/next: change line/);
    writeFileSync(file, solution);
    await says(/saved, \d\d:\d\d:\d\d\n(?:ok {3}.*\n)+right: it holds/);
    // Beside it, and renamed.
    writeFileSync(`${file}~`, wrong);
    renameSync(`${file}~`, file);
    await says(/saved[\s\S]*looks like: fresh version with a stale value/);
    // Deleted, and made again.
    rmSync(file);
    await delay(100);
    writeFileSync(file, solution);
    await says(/saved[\s\S]*right: it holds/);
    // Emptied, half written, whole: within ten milliseconds.
    writeFileSync(file, "");
    await delay(3);
    writeFileSync(file, wrong.slice(0, 200));
    await delay(3);
    writeFileSync(file, wrong);
    await says(/saved[\s\S]*looks like: fresh version/);
    const tries = readdirSync(join(folder, "state/lost-update/tries")).filter((name) => name.endsWith(".json"));
    const kept = tries.map((name) => JSON.parse(readFileSync(join(folder, "state/lost-update/tries", name), "utf8")));
    expect(kept.map(({ verdict }) => verdict).filter((verdict) => verdict !== "error")).toEqual([
      "right",
      "wrong",
      "right",
      "wrong",
    ]);
    expect(text()).not.toMatch(/[^\n\x20-\x7e]/);
  });

  it("says in a sentence that the file is gone, and goes on when it is back", async (test) => {
    const { file, says } = watch(test, mine, solution);
    await says(/right/);
    rmSync(file);
    await says(/mine\.ts is not there any more: it is checked when it comes back\n/);
    writeFileSync(file, solution);
    await says(/saved[\s\S]*right/);
  });

  it("gives up a check that the next save overtakes, and checks that as if nothing had been", async (test) => {
    const { file, says, text } = watch(test, mine, endless);
    await says(/as it is/);
    await delay(500);
    writeFileSync(file, solution);
    await says(/saved[\s\S]*right/);
    expect(text()).not.toContain("does not come back");
  });

  it("goes on after an answer that never came back", async (test) => {
    const { file, says } = watch(test, mine, endless);
    await says(/FAIL mine\.ts: it does not come back/);
    writeFileSync(file, solution);
    await says(/saved[\s\S]*right/);
  });

  it("leaves nobody running behind, neither after Ctrl-C nor when it is killed", async (test) => {
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGKILL", null],
    ] as const) {
      const { child, says, ended } = watch(test, mine, endless);
      await says(/as it is/);
      let judge = childOf(child.pid!);
      for (; !judge; judge = childOf(child.pid!)) await delay(5);
      child.kill(signal);
      expect(await ended).toBe(code);
      while (existsSync(`/proc/${judge}`) && isRunning(judge)) await delay(20);
    }
  });

  it("prints one JSON object a check with --json", async (test) => {
    const { file, says, text } = watch(test, [...mine, "--json"], start);
    await says(/"verdict":"wrong"/);
    writeFileSync(file, solution);
    await says(/"verdict":"right"/);
    const objects = text()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(objects.map(({ command, verdict }) => [command, verdict])).toEqual([
      ["watch", "wrong"],
      ["watch", "right"],
    ]);
  });
});

/** The process in which the answer is judged; Linux lists the children of a process. */
function childOf(pid: number): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return children.map(Number).find((child) => child && readFileSync(`/proc/${child}/cmdline`, "utf8").includes("judge-process"));
}
const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};
