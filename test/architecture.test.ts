import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Who may import whom (src/README.md). A part may always import itself; `node` stands for every `node:` module. */
const may: Record<string, readonly string[]> = {
  core: [],
  authoring: ["core", "strategies"],
  model: ["core"],
  strategies: ["core"],
  checkers: ["core"],
  simulator: ["core"],
  report: ["core", "string-width"],
  page: ["core", "checkers", "report"],
  lessons: ["racelab"],
  machines: ["core", "hammer", "stores", "version", "node", "bullmq"],
  metrics: ["core", "node", "prom-client"],
  stores: ["core", "model", "node", "lowdb", "async-mutex", "pg", "pg-protocol", "ioredis", "mysql2"],
  hammer: ["core", "course", "stores", "node", "piscina"],
  tui: ["core", "simulator", "report", "node", "react", "ink", "chalk", "string-width"],
};

/** Rules that a folder name cannot say. */
const never: readonly { from: RegExp; to: RegExp; why: string }[] = [
  {
    from: /^src\/stores\/(?!open\.ts|postgres-embedded\.ts)/,
    to: /^src\/stores\/(?!lowdb-|postgres-|redis-|mysql-|sql\.|pool\.|place\.|lifeline\.|farewell\.)/,
    why: "stores may not import each other",
  },
  { from: /^src\/stores\/(?!lowdb)/, to: /^src\/stores\/lowdb-/, why: "lowdb-*.ts are parts of lowdb.ts" },
  {
    from: /^src\/stores\/(?!postgres|open\.ts)/,
    to: /^src\/stores\/postgres-/,
    why: "postgres-*.ts are parts of postgres.ts",
  },
  { from: /^src\/stores\/(?!redis)/, to: /^src\/stores\/redis-/, why: "redis-*.ts are parts of redis.ts" },
  { from: /^src\/stores\/(?!mysql)/, to: /^src\/stores\/mysql-/, why: "mysql-*.ts are parts of mysql.ts" },
  {
    from: /^src\/(?!stores\/redis|machines\/place)/,
    to: /^ioredis$/,
    why: "the client of Redis is loaded by its store, and where servers meet",
  },
  { from: /^src\/(?!stores\/mysql)/, to: /^mysql2/, why: "the client of MariaDB is loaded by its store only" },
  { from: /^src\/(?!stores\/postgres)/, to: /^pg$/, why: "the client of PostgreSQL is loaded by its store only" },
  { from: /^src\/stores\/(?!memory\.ts)/, to: /^src\/model\//, why: "only the memory store is the model" },
  { from: /^src\/strategies\//, to: /^src\/strategies\//, why: "strategies may not import each other" },
  { from: /^src\/tui\//, to: /^fs/, why: "files arrive in the screen as services" },
];

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(folder, file));

const importsOf = (file: string, text = readFileSync(join(root, file), "utf8")): Import[] =>
  [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^;"']*?from\s*["']([^"']+)["']|import\(\s*["']([^"']+)["']|(?:^|\n)import\s+["']([^"']+)["']/g,
    ),
  ].map(([, typeOnly, from, dynamic, bare]) => ({ file, specifier: (from ?? dynamic ?? bare)!, typeOnly: Boolean(typeOnly) }));

/** The part that a specifier leads to: a folder of src, `node`, or a package. */
function partOf({ file, specifier }: Import): string {
  if (specifier.startsWith("node:")) return "node";
  if (!specifier.startsWith(".")) return ["lowdb", "mysql2"].find((name) => specifier.startsWith(`${name}/`)) ?? specifier;
  const target = relative(root, resolve(root, dirname(file), specifier));
  return target.startsWith("src/") ? target.split("/")[1]!.replace(/\.js$/, "") : target.split("/")[0]!;
}

/** What is wrong with an import, in a sentence; null: nothing. */
function fault(given: Import): string | null {
  const part = given.file.startsWith("lessons") ? "lessons" : given.file.split("/")[1]!.replace(/\.tsx?$/, "");
  const allowed = may[part];
  const to = partOf(given);
  const list = allowed && allowed.length > 0 ? `only ${allowed.join(", ")}` : "nothing";
  if (allowed && to !== part && !allowed.includes(to))
    return `${given.file} imports ${given.specifier}, but ${part} may import ${list}`;
  const target = given.specifier.startsWith(".")
    ? relative(root, resolve(root, dirname(given.file), given.specifier))
    : given.specifier.replace("node:", "");
  const rule = never.find(({ from, to }) => from.test(given.file) && to.test(target));
  return rule ? `${given.file} imports ${given.specifier}, but ${rule.why}` : null;
}

const all = [...files("src"), ...files("lessons")].flatMap((file) => importsOf(file));

describe("the architecture", () => {
  it("is kept by every import", () => {
    expect(all.length).toBeGreaterThan(50);
    expect(all.map(fault).filter(Boolean)).toEqual([]);
  });
  it("fails with a sentence when core imports anything at all", () => {
    for (const specifier of ["node:fs", "../model/model.js", "async-mutex"]) {
      const [given] = importsOf("src/core/session.ts", `import { x } from "${specifier}";`);
      expect(fault(given!)).toBe(`src/core/session.ts imports ${specifier}, but core may import nothing`);
    }
  });
  it("loads no explorer with a lesson: every thread of a run loads one", () => {
    const [given] = importsOf("src/authoring.ts", 'export * from "./simulator/index.js";');
    expect(fault(given!)).toBe("src/authoring.ts imports ./simulator/index.js, but authoring may import only core, strategies");
  });
  it("lets no store reach for another, and no lesson for anything but racelab", () => {
    expect(fault({ file: "src/stores/lowdb.ts", specifier: "./memory.js", typeOnly: false })).toMatch(
      /may not import each other/,
    );
    expect(fault({ file: "lessons/01-lost-update/lesson.ts", specifier: "node:timers", typeOnly: false })).toMatch(
      /lessons may import only racelab/,
    );
  });
});

describe("tests", () => {
  /** They share the modules and the process of a worker (`isolate: false`). */
  const shared = /process\.env(\.\w+|\["\w+"\]) \??=[^=]|delete process\.env|\.chdir\(|\bvi\.(mock|stub|spy|use|set)/;
  it("change nothing that another file sees: environment, working directory, mocks", () => {
    const tests = files("test").filter((file) => file !== "test/setup.ts" && file !== "test/architecture.test.ts");
    expect(tests.length).toBeGreaterThan(80);
    expect(tests.filter((file) => shared.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
    for (const line of ['process.env["LANG"] = "ko";', "process.chdir(folder)", 'vi.mock("pg")']) expect(line).toMatch(shared);
  });
});
