import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publicSurface, root, tsc } from "./surface.js";

/** An example as it stands in a doc comment; it need not import what racelab exports. */
interface Example {
  readonly file: string;
  readonly code: string;
  /** The comment behind each `console.log(…);` */
  readonly prints: readonly string[];
}

const blocks = (text: string): readonly string[] => [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);

function examplesOf(): readonly Example[] {
  const { names } = publicSurface();
  return names.flatMap(({ name, doc }) =>
    blocks(doc.replace(/^ \* ?/gm, "")).map((block, i) => {
      const used = names.filter((one) => new RegExp(`\\b${one.name}\\b`).test(block));
      const list = used.map((one) => (one.isType ? `type ${one.name}` : one.name));
      return {
        file: `${name}-${i + 1}`,
        code: `import { ${list.join(", ")} } from "racelab";\n${block}`,
        prints: [...block.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text!),
      };
    }),
  );
}

/** Imports each example in turn, and says what it printed. */
const DRIVER = `import { format } from "node:util";
const printed = {};
for (const file of process.argv.slice(2)) {
  const lines = (printed[file] = []);
  console.log = (...values) => lines.push(...format(...values).split("\\n"));
  await import("./" + file + ".js").catch((error) => lines.push(String(error)));
}
process.stdout.write(JSON.stringify(printed));
`;

describe("the examples of the public entry", () => {
  const home = mkdtempSync(join(tmpdir(), "racelab-examples-"));
  const examples = examplesOf();
  let printed: { readonly [file: string]: readonly string[] } = {};
  const compile = (...files: readonly string[]) => {
    const options = ["--module", "nodenext", "--target", "es2023", "--strict", "--skipLibCheck", "--types", ""];
    return spawnSync(process.execPath, [tsc, ...options, ...files], { cwd: home, encoding: "utf8" }).stdout;
  };

  beforeAll(() => {
    mkdirSync(join(home, "node_modules"));
    symlinkSync(root, join(home, "node_modules/racelab"));
    symlinkSync(join(root, "node_modules/vitest"), join(home, "node_modules/vitest"));
    writeFileSync(join(home, "package.json"), '{ "type": "module" }');
    for (const { file, code } of examples) writeFileSync(join(home, `${file}.ts`), code);
    writeFileSync(join(home, "driver.mjs"), DRIVER);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("are right for the compiler, with strict types", () => {
    expect(examples.length).toBeGreaterThan(20);
    expect(compile(...examples.map(({ file }) => `${file}.ts`))).toBe("");
    const files = examples.map(({ file }) => file);
    printed = JSON.parse(execFileSync(process.execPath, ["driver.mjs", ...files], { cwd: home, encoding: "utf8" }));
  });

  it.each(examples)("of $file prints what its comments say", ({ file, prints }) => {
    expect(prints.length).toBeGreaterThan(0);
    expect(printed[file]).toEqual(prints);
  });

  it.each([
    ["Check a history of your own", 0],
    ["Your own code", 1],
  ])("in README.md, %s, block %i, prints what its comments say", (heading, block) => {
    const [, section = ""] = readFileSync(join(root, "README.md"), "utf8").split(`\n## ${heading}\n`);
    const code = blocks(section)[block]!;
    writeFileSync(join(home, `readme-${block}.ts`), code);
    expect(compile(`readme-${block}.ts`)).toBe("");
    const run = [`readme-${block}.js`];
    const says = execFileSync(process.execPath, run, { cwd: home, encoding: "utf8" }).trimEnd().split("\n");
    expect(says).toEqual([...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text));
    expect(says).toHaveLength(2);
  });

  it("in README.md, a test of one's own, fails with two lanes", () => {
    const [, section = ""] = readFileSync(join(root, "README.md"), "utf8").split("\n## Your own code\n");
    const [code = ""] = blocks(section);
    writeFileSync(join(home, "own.test.ts"), code);
    expect(compile("own.test.ts")).toBe("");
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, "run", "own.test.ts"], {
      cwd: home,
      encoding: "utf8",
    });
    expect(status).toBe(1);
    const says = `${stdout}${stderr}`;
    expect(says).toContain("interleavings go wrong");
    expect(says).toMatch(/task 1 +read 100/);
    expect(says).toMatch(/own\.test\.ts:\d+/);
  });
});
