import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

describe("the package, installed into an empty folder", () => {
  const home = mkdtempSync(join(tmpdir(), "racelab-package-"));
  const inHome = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: home, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  beforeAll(() => {
    // The build is there already; making another under the feet of the other tests would break them.
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", home], {
        cwd: root,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );
    writeFileSync(join(home, "package.json"), '{ "type": "module" }');
    inHome("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", join(home, packed.filename));
  }, 120_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("has a racelab that runs real threads", () => {
    const seen = JSON.parse(
      inHome(join(home, "node_modules/.bin/racelab"), "run", "lost-update", "--strategy", "mutex", "--requests", "20", "--json"),
    );
    expect(seen).toMatchObject({ command: "run", succeeded: 20, observation: "not-observed" });
  });

  it("runs a lesson of somebody's own, and names the lines of the course's and of theirs", () => {
    const racelab = (...args: string[]) => JSON.parse(inHome(join(home, "node_modules/.bin/racelab"), ...args, "--json"));
    racelab("new", "lesson", "gift-card", "--in", "own");
    const at = (...args: string[]) => racelab("decide", ...args).tasks[0].at;
    expect(at("gift-card", "--lessons", "own")).toMatch(/\/own\/\d+-gift-card\/lesson\.ts:\d+$/);
    expect(at("lost-update")).toMatch(/\/node_modules\/racelab\/lessons\/01-lost-update\/lesson\.ts:\d+$/);
  });

  it("can be imported, with types", () => {
    writeFileSync(
      join(home, "use.ts"),
      'import { lesson, model, type Row, session } from "racelab";\nconst row: Row = { left: 1 };\nconsole.log(typeof lesson, typeof session, model({ "stock/1": row }).rows(model({}).shared));\n',
    );
    execFileSync(
      process.execPath,
      [
        join(root, "node_modules/typescript/bin/tsc"),
        "--module",
        "nodenext",
        "--target",
        "es2023",
        "--strict",
        "--types",
        "node",
        "--typeRoots",
        join(root, "node_modules/@types"),
        "use.ts",
      ],
      { cwd: home, stdio: "inherit" },
    );
    expect(inHome(process.execPath, "use.js")).toContain("function function {}");
  });
});
