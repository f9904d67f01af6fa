/** Whatever an author's lesson does, its check ends in results, and the lessons after it are checked. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CheckLine } from "../../src/report/check.js";
import { main, racelab } from "../program.js";

const skeleton = new URL("../../lessons/skeleton/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "racelab-apart-"));

/** A lesson as `new lesson` writes it, changed. */
function lesson(name: string, change: (text: string) => string): void {
  cpSync(skeleton, join(folder, name), { recursive: true });
  const file = join(folder, name, "lesson.ts");
  const text = readFileSync(file, "utf8");
  expect(change(text)).not.toBe(text);
  writeFileSync(file, change(text));
}
lesson("31-no-await", (text) => text.replace("await write(", "write("));
lesson("32-never-back", (text) => `${text}\nfor (;;);\n`);
lesson("33-throws", (text) => `setTimeout(() => {\n  throw new Error("too late");\n}, 20);\n${text}`);
lesson("34-sound", (text) => `${text}\n`);
/** A setting in the first claim, on a line of its own. */
const inFirstClaim = (setting: string) => (text: string) =>
  text.replace(/(claims: \[\s*\{\s*strategy: "none",\n)/, `$1      ${setting},\n`);
const misnamed = [
  ["35-fault", "faults: { crsh: 1 }", 'the claim about none names the fault "crsh"; did you mean crash?'],
  [
    "36-size",
    "size: { taskz: 3 }",
    'the claim about none gives the size "taskz", which scenario does not read; did you mean tasks?',
  ],
] as const;
for (const [name, setting] of misnamed) lesson(name, inFirstClaim(setting));

describe.concurrent("check of an author's lessons", () => {
  it("is a failed result for each fault, and goes on", async () => {
    const { code, stdout } = await racelab(["check", "--lessons", folder, "--seconds", "10", "--json"]);
    expect(code).toBe(1);
    const { results } = JSON.parse(stdout) as { readonly results: readonly CheckLine[] };
    const said = (lesson: string) => results.flatMap((result) => (result.lesson === lesson ? result.message : [])).join("\n");
    expect(said("no-await")).toContain("Put `await` before it");
    expect(said("never-back")).toContain("it was not checked within 10 s");
    expect(said("throws")).toContain("nothing catches it: too late");
    for (const [name, setting, says] of misnamed) {
      const file = join(folder, name, "lesson.ts");
      const line =
        readFileSync(file, "utf8")
          .split("\n")
          .findIndex((one) => one.includes(setting)) + 1;
      expect(said(name.slice(3))).toContain(`${file}:${line}: ${says}`);
    }
    expect(results.filter(({ lesson, status }) => lesson === "sound" && status === "pass").length).toBeGreaterThan(5);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("hears %s in the middle of a loop without end", async (signal) => {
    const child = spawn(process.execPath, [main, "check", "never-back", "--lessons", folder], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    // The lesson's name is printed before its code is run.
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await once(child, "close")).toEqual([130, null]);
  });
});
