import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** A row of the table in src/README.md: what a folder of src may import. Folders stand without quotes, packages with; `node` stands for every `node:` module. */
interface Room {
  readonly name: string;
  readonly may: ReadonlySet<string>;
}

/** The table, in its order: from the ground floor up. */
function rooms(map: string): Room[] {
  const rows = [...map.matchAll(/^\| `(\w+)\/` \|[^|]*\| ([^|]*) \|$/gm)];
  const above: string[] = [];
  return rows.map(([, name = "", cell = ""]) => {
    const listed = [...cell.replace(/ \([^)]*\)/g, "").matchAll(/`?([\w-]+)`?(?:, |$)/g)].map(([, one]) => one!);
    const may = cell.startsWith("nothing") ? [] : cell.startsWith("all of the above") ? [...above, "node", ...listed] : listed;
    above.push(name);
    return { name, may: new Set(may) };
  });
}

const table = rooms(readFileSync(join(root, "src/README.md"), "utf8"));
const names = table.map(({ name }) => name);
/** The loose files of src: the program itself and its version. */
const loose = ["main.ts", "version.ts"];

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(folder, file));

const importsOf = (file: string, text = readFileSync(join(root, file), "utf8")): Import[] =>
  [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s+(?:type\s)?[^;"']*?from\s*["']([^"']+)["']|import\(\s*["']([^"']+)["']|(?:^|\n)import\s+["']([^"']+)["']/g,
    ),
  ].map(([, from, dynamic, bare]) => ({ file, specifier: (from ?? dynamic ?? bare)! }));

/** The file that a relative specifier leads to, from the root of the repository. */
const targetOf = ({ file, specifier }: Import): string => relative(root, resolve(root, dirname(file), specifier));

/** What a specifier leads to: a folder of src, `node`, or a package. */
function roomOf(given: Import): string {
  const { specifier } = given;
  if (specifier.startsWith("node:")) return "node";
  if (!specifier.startsWith(".")) return specifier.startsWith("@") ? specifier : specifier.split("/")[0]!;
  const [top, room = ""] = targetOf(given).split("/");
  return top === "src" ? room.replace(/\.js$/, "") : top!;
}

/** Rules inside a folder, which a row cannot say. */
const inside: readonly { readonly from: RegExp; readonly to: RegExp; readonly why: string }[] = [
  { from: /^src\/strategies\//, to: /^src\/strategies\//, why: "strategies may not import each other" },
  { from: /^src\/tui\//, to: /^node:fs/, why: "files arrive in the screens as services" },
  { from: /^src\/stores\/(?!memory\.ts)/, to: /^src\/model\//, why: "only the memory store is the model" },
];

/** `stores/redis/store.ts` → "redis"; a file of the folder itself is of no engine. */
const engineOf = (path: string): string | null => /^src\/stores\/(\w+)\//.exec(path)?.[1] ?? null;

/** The client library of each engine is loaded in its folder and nowhere else. */
const clients: Readonly<Record<string, readonly string[]>> = {
  lowdb: ["lowdb"],
  postgres: ["pg", "pg-protocol"],
  redis: ["ioredis"],
  mysql: ["mysql2"],
};

/** The verbs: files of commands/ that export `register`. What two of them share is in a file that is none. */
const verbs = new Set(
  files("src/commands").filter((file) => /^export const register\b/m.test(readFileSync(join(root, file), "utf8"))),
);

/** What is wrong with an import, in a sentence; null: nothing. */
function fault(given: Import): string | null {
  const { file, specifier } = given;
  const says = (why: string) => `${file} imports ${specifier}, but ${why}`;
  const [top, second = ""] = file.split("/");
  const to = roomOf(given);
  if (top === "lessons") return to === "racelab" || to === "lessons" ? null : says("lessons may import only racelab");
  if (loose.includes(second)) return null;
  if (file !== "src/commands/command-line.ts" && specifier.startsWith(".") && verbs.has(targetOf(given).replace(/\.js$/, ".ts")))
    return says(
      "a verb is imported by command-line.ts only: what verbs share goes to a file of commands/ that exports no register",
    );
  const room = table.find(({ name }) => name === second);
  if (!room) return `src/${second} has no row in src/README.md: say there what it is for and what it may import`;
  if (to !== room.name && !room.may.has(to))
    return says(`${room.name} may import ${room.may.size > 0 ? `only ${[...room.may].join(", ")}` : "nothing"}`);
  const target = specifier.startsWith(".") ? targetOf(given) : specifier;
  const [own, other] = [engineOf(file), engineOf(target)];
  if (other !== null && own !== other && file !== "src/stores/open.ts" && file.startsWith("src/stores/"))
    return says("a store's folder imports no other");
  const engine = Object.keys(clients).find((name) => clients[name]!.includes(to));
  // Servers of a run meet in Redis, so that is the one place besides the store that speaks to it.
  if (engine && own !== engine && file !== "src/servers/meeting-place.ts")
    return says(`the client of ${engine} is loaded by its store only`);
  const rule = inside.find(({ from, to }) => from.test(file) && to.test(target));
  return rule ? says(rule.why) : null;
}

const all = [...files("src"), ...files("lessons")].flatMap((file) => importsOf(file));

describe("the architecture", () => {
  it("is kept by every import: each folder imports what its row in src/README.md names", () => {
    expect(all.length).toBeGreaterThan(500);
    expect(all.map(fault).filter(Boolean)).toEqual([]);
  });
  it("has no cycle: a row names only rows above it", () => {
    const uphill = table.flatMap(({ name, may }, at) =>
      names
        .filter((other, place) => place >= at && may.has(other))
        .map((other) => `${name} may import ${other}, which is not above it`),
    );
    expect(uphill).toEqual([]);
  });
  it("has a row for each folder, and no row for a folder that is not there", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect([...names].sort()).toEqual(folders.map(({ name }) => name).sort());
  });
  it("leaves nothing loose in src but the program, its version, its build and the map", () => {
    const found = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(found.map(({ name }) => name).sort()).toEqual(["README.md", "build.mjs", "main.ts", "tsconfig.json", "version.ts"]);
  });
  it("says in a row no more than is used", () => {
    const used = (room: string, what: string) => all.some((one) => one.file.startsWith(`src/${room}/`) && roomOf(one) === what);
    const idle = table
      .filter(({ name }) => name !== "services" && name !== "commands")
      .flatMap(({ name, may }) => [...may].filter((what) => !used(name, what)).map((what) => `${name}: ${what}`));
    expect(idle).toEqual([]);
  });

  it("fails with a sentence when core imports anything at all", () => {
    for (const specifier of ["node:fs", "../model/model.js", "async-mutex"]) {
      const [given] = importsOf("src/core/session.ts", `import { x } from "${specifier}";`);
      expect(fault(given!)).toBe(`src/core/session.ts imports ${specifier}, but core may import nothing`);
    }
  });
  it("fails with a sentence when a screen asks for a store, a command's room is unknown, or an engine is reached past its folder", () => {
    expect(fault({ file: "src/tui/screens/story/view.ts", specifier: "../../../stores/open.js" })).toMatch(
      /^src\/tui\/screens\/story\/view\.ts imports .*open\.js, but tui may import only core, report/,
    );
    expect(fault({ file: "src/attic/box.ts", specifier: "../core/work.js" })).toMatch(
      /^src\/attic has no row in src\/README\.md/,
    );
    expect(fault({ file: "src/stores/lowdb/store.ts", specifier: "../redis/store.js" })).toMatch(
      /a store's folder imports no other/,
    );
    expect(fault({ file: "src/stores/open.ts", specifier: "ioredis" })).toMatch(
      /the client of redis is loaded by its store only/,
    );
  });
  it("fails with a sentence when a command imports another command's verb", () => {
    expect([...verbs]).toContain("src/commands/verify.ts");
    const says =
      /a verb is imported by command-line\.ts only: what verbs share goes to a file of commands\/ that exports no register$/;
    expect(fault({ file: "src/commands/watch.ts", specifier: "./verify.js" })).toMatch(says);
    expect(fault({ file: "src/services/services.ts", specifier: "../commands/export.js" })).toMatch(says);
    expect(fault({ file: "src/commands/watch.ts", specifier: "./scenario.js" })).toBeNull();
    expect(fault({ file: "src/commands/command-line.ts", specifier: "./verify.js" })).toBeNull();
  });
  it("loads no explorer with a lesson: every thread of a run loads one", () => {
    const reached = new Set<string>(["src/api/authoring.ts"]);
    for (const file of reached)
      for (const one of importsOf(file)) if (one.specifier.startsWith(".")) reached.add(targetOf(one).replace(/\.js$/, ".ts"));
    expect([...reached].filter((file) => !/^src\/(api\/authoring\.ts|core\/|strategies\/)/.test(file))).toEqual([]);
  });
  it("loads no explorer into the process that has a learner's code: each judgement waits for it, and so does the learner", () => {
    // As it is built, without imports of types.
    const reached = new Set<string>(["dist/src/exercise/host.js"]);
    for (const file of reached)
      for (const [, specifier] of readFileSync(join(root, file), "utf8").matchAll(
        /^(?:import|export)\b[^;"']*["'](\.[^"']+)["'];$/gm,
      ))
        reached.add(targetOf({ file, specifier: specifier! }));
    expect(reached.size).toBeGreaterThan(20);
    const rooms =
      /^dist\/src\/(api\/authoring|core\/|strategies\/|exercise\/(host|protocol)|check\/(twin|origin)|simulator\/(run|site|drain))/;
    expect([...reached].filter((file) => !rooms.test(file))).toEqual([]);
  });
  it("lets no lesson import anything but racelab", () => {
    expect(fault({ file: "lessons/01-lost-update/lesson.ts", specifier: "node:timers" })).toMatch(
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
