import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { strategyIds } from "../../src/course/catalog.js";
import { publicSurface, root, tsc } from "./surface.js";

describe("the package, installed into an empty folder", () => {
  const home = mkdtempSync(join(tmpdir(), "racelab-package-"));
  const inHome = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: home, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  beforeAll(() => {
    // The build is there already; a new one would break other tests that run now.
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

  it("has each strategy as people read it, with its Korean beside it", () => {
    const files = readdirSync(join(home, "node_modules/racelab/src/strategies"));
    expect(files.sort()).toEqual(
      strategyIds()
        .flatMap((id) => [`${id}.ko.json`, `${id}.ts`])
        .sort(),
    );
  });

  it("runs a lesson of somebody's own, and names the lines of the course's and of theirs", () => {
    const racelab = (...args: string[]) => JSON.parse(inHome(join(home, "node_modules/.bin/racelab"), ...args, "--json"));
    racelab("new", "lesson", "gift-card", "--in", "own");
    const at = (...args: string[]) => racelab("decide", ...args).tasks[0].at;
    expect(at("gift-card", "--lessons", "own")).toMatch(/\/own\/\d+-gift-card\/lesson\.ts:\d+$/);
    expect(at("lost-update")).toMatch(/\/node_modules\/racelab\/lessons\/01-lost-update\/lesson\.ts:\d+$/);
  });

  it("gives an empty project all its names, with strict types that need no other package", () => {
    const { names } = publicSurface();
    const list = names.map(({ name, isType }) => (isType ? `type ${name}` : name));
    const uses = 'import { model, type Row } from "racelab";\nconst row: Row = { left: 1 };\n';
    writeFileSync(join(home, "all.ts"), `export { ${list.join(", ")} } from "racelab";\n`);
    writeFileSync(join(home, "use.ts"), `${uses}console.log(model({ "stock/1": row }).rows(model({}).shared));\n`);
    const options = ["--module", "nodenext", "--target", "es2023", "--strict", "--skipLibCheck", "false", "--types", ""];
    execFileSync(process.execPath, [tsc, ...options, "all.ts", "use.ts"], { cwd: home, stdio: "inherit" });
    expect(inHome(process.execPath, "use.js")).toBe("{}\n");
    const values = "console.log(Object.keys(await import('./all.js')).length)";
    expect(Number(inHome(process.execPath, "--input-type=module", "--eval", values))).toBeGreaterThan(40);
  });
});
