import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as racelab from "racelab";
import { beforeAll, describe, expect, it } from "vitest";
import * as authoring from "../../src/api/authoring.js";
import { strategyIds } from "../../src/course/catalog.js";
import { publicSurface, root } from "./surface.js";

const HOW = "npx vitest run --config test/vitest.config.ts test/api/surface.test.ts -u";

describe("the public entry", () => {
  let surface: ReturnType<typeof publicSurface>;
  beforeAll(() => {
    surface = publicSurface();
  }, 60_000);

  it("is what test/api/surface.txt records", async () => {
    const text = [
      `# Recorded by: ${HOW}`,
      '# import … from "racelab"',
      ...surface.names.map(({ signature }) => signature),
      '# import "racelab/vitest"',
      surface.matchers,
    ].join("\n\n");
    const says = `the public entry has changed. If it should, record it anew: ${HOW}`;
    await expect(`${text}\n`, says).toMatchFileSnapshot("surface.txt");
  });

  it("has a doc comment on every name, and an example on every function", () => {
    expect(surface.names.filter(({ doc }) => doc === "").map(({ name }) => name)).toEqual([]);
    const values = new Map<string, unknown>(Object.entries(racelab));
    const functions = surface.names.filter(({ name, kind }) => typeof values.get(name) === "function" && kind !== "class");
    expect(functions.length).toBeGreaterThan(20);
    expect(functions.filter(({ doc }) => !doc.includes("```ts")).map(({ name }) => name)).toEqual([]);
  });

  it("mentions no type that it does not export, except inner parts of what racelab makes", () => {
    const inner = ["ExplorerInput", "Line", "Stored", "WalkOption", "Walker"];
    const utilities = ["Omit", "Partial", "Pick", "Readonly", "Record"];
    const known = new Set([...surface.names.map(({ name }) => name), ...utilities, ...Object.getOwnPropertyNames(globalThis)]);
    const types = (text: string) => [...text.replace(/"[^"]*"/g, "").matchAll(/\b[A-Z]\w+/g)].map(([type]) => type);
    const foreign = surface.names.flatMap(({ signature }) => {
      const parameters = types(/^[\w ]+(?:: )?<([^>]*)>/.exec(signature)?.[1] ?? "");
      return types(signature).filter((type) => !known.has(type) && !parameters.includes(type));
    });
    expect([...new Set(foreign)].sort()).toEqual(inner);
  });

  it("exports by name only: no `export *`", () => {
    for (const file of ["index.ts", "authoring.ts"])
      expect(readFileSync(join(root, "src/api", file), "utf8")).not.toContain("export *");
  });

  it("has all that lessons are written with", () => {
    const missing = Object.keys(authoring).filter((name) => !(name in racelab));
    expect(missing, `list ${missing.join(", ")} in src/api/index.ts, among the names of "./authoring.js"`).toEqual([]);
  });

  it.each(strategyIds())("has the strategy %s, under its id in camel case", (id) => {
    const name = id.replace(/-\w/g, (letter) => letter[1]!.toUpperCase());
    const line = `export { default as ${name} } from "../strategies/${id}.js";`;
    expect(Object.keys(authoring), `write in src/api/authoring.ts: ${line}`).toContain(name);
    expect(Object.keys(racelab), `list ${name} in src/api/index.ts, among the names of "./authoring.js"`).toContain(name);
  });
});
