import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { misconceptions } from "../../src/check/misconceptions.js";
import { complaints, racelab, resident } from "../program.js";

/** A place far from any clone, with names that need care, and a temporary folder of its own to see what is left in it. */
const home = mkdtempSync(join(tmpdir(), "racelab outside (내 것) "));
const temporary = join(home, "temporary");
mkdirSync(temporary);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const env = { TMPDIR: temporary, LANG: "C", LC_ALL: "" };
/** A process for these words alone: for what the processes around a lesson of an author's do. */
const alone = (...args: string[]) => racelab(args, { cwd: home, env });
/** One process that stays, for what is answered: with a process for each, most of these tests would be starts. */
let program = resident({ cwd: home, env });
afterAll(() => program.leave());
const at = (...args: string[]) => program.racelab(args);
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await at(...args, "--json");
  expect(complaints(stderr)).toBe("");
  return { code, seen: JSON.parse(stdout) };
};

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile())
    .sort();
const read = (file: string): string => readFileSync(file, "utf8");
const lineOf = (text: string, word: string): number => text.split("\n").findIndex((line) => line.includes(word)) + 1;

const own = "my lessons";
const begun = await alone("new", "lesson", "gift-card", "--in", own);
/** `01-gift-card`: an author's folder is counted by itself. */
const name = readdirSync(join(home, own)).find((name) => name.endsWith("-gift-card")) ?? "";
const number = Number.parseInt(name, 10);
const folder = join(home, own, name);

/** Writes something wherever the skeleton asks for it, as an author would. */
function fillIn(folder: string): void {
  for (const file of files(folder)) {
    let n = 0;
    writeFileSync(
      file,
      read(file).replace(/TODO\b:?[^"\n]*?(?="|\s*\*\/|\n)/g, () => `what its author wrote, number ${++n}`),
    );
  }
}

describe("racelab new lesson", () => {
  it("says what it has written, and what comes next", () => {
    const { code, stdout } = begun;
    expect(code).toBe(0);
    expect(stdout).toContain(`${own}/${name}/lesson.ts`);
    expect(stdout).toContain(`next: racelab check gift-card --lessons '${own}'`);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("writes a lesson whose check names every TODO by file and line, and nothing else", async () => {
    const asked = files(folder).flatMap((file) =>
      read(file)
        .split("\n")
        .flatMap((line, i) => (line.includes("TODO") ? [`${file.slice(home.length + 1)}:${i + 1}`] : [])),
    );
    expect(asked.length).toBeGreaterThan(20);
    const { code, seen } = await json("check", "gift-card", "--lessons", own);
    expect(code).toBe(1);
    const failed = seen.results.filter(({ status }: { status: string }) => status === "fail");
    expect(failed.map(({ file, line }: { file: string; line: number }) => `${file}:${line}`).sort()).toEqual(asked.sort());
  });

  it("numbers an author's folder by itself, from 1; a number that the course has, too, means the course's lesson", async () => {
    expect(name).toBe("01-gift-card");
    for (const id of ["first", "second"]) expect((await at("new", "lesson", id, "--in", "numbered")).code).toBe(0);
    expect(readdirSync(join(home, "numbered")).sort()).toEqual(["01-first", "02-second", "tsconfig.json"]);
    const lessonOf = async (number: string) => (await json("decide", number, "--lessons", "numbered")).seen.lesson;
    expect(await lessonOf("2")).not.toBe("second");
    renameSync(join(home, "numbered", "02-second"), join(home, "numbered", "61-second"));
    expect(await lessonOf("61")).toBe("second");
    expect((await at("new", "lesson", "third", "--in", "numbered")).stdout).toContain("new: lesson 62 third");
    const listed = (await json("list", "--lessons", "numbered")).seen.lessons.map(({ id }: { id: string }) => id);
    expect(listed.slice(-3)).toEqual(["first", "second", "third"]);
  });

  it("refuses to write over a lesson, of the author's or of the course", async () => {
    const before = files(folder).map(read);
    for (const id of ["gift-card", "lost-update"]) {
      const { code, stderr } = await at("new", "lesson", id, "--in", own);
      expect([code, stderr]).toEqual([2, `racelab: there is a lesson "${id}" already: take another id\n`]);
    }
    expect(files(folder).map(read)).toEqual(before);
  });

  it.each([
    [["new", "lesson", "Gift_Card"], "no id for a lesson"],
    [["new", "lesson", "explore"], "is a command of racelab"],
    [["new", "leson", "gift"], "Allowed choices are lesson"],
  ])("answers %j with one sentence and exit code 2", async (args, sentence) => {
    const { code, stderr } = await at(...args);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });

  it("gives the author's editor the types, without node_modules", () => {
    const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
    const types = () => execFileSync(process.execPath, [tsc, "-p", join(home, own)], { encoding: "utf8", stdio: "pipe" });
    expect(types()).toBe("");
    const lesson = read(join(folder, "lesson.ts"));
    writeFileSync(join(folder, "lesson.ts"), lesson.replace("size: { tasks: 2 }", "size: { people: 2 }"));
    expect(types).toThrow();
    writeFileSync(join(folder, "lesson.ts"), lesson);
  });
});

describe("an author's lesson, its TODOs filled in", () => {
  let before: readonly (readonly [string, number])[] = [];
  const stamps = () => files(join(home, own)).map((file) => [file, statSync(file).mtimeMs] as const);
  beforeAll(() => {
    fillIn(folder);
    before = stamps();
  });

  it("passes check", async () => {
    const { code, stdout } = await alone("check", "--lessons", own);
    expect(stdout).toMatch(/\n[1-9]\d* passed, 0 failed, 0 skipped\n$/);
    expect(stdout).not.toContain("lost-update");
    expect(code).toBe(0);
  });

  it("is explored, on one thread and on several, and played step by step at the author's lines", async () => {
    const { seen: all, code } = await json("explore", "gift-card", "--lessons", own);
    expect([code, all.verdict, all.schedules]).toEqual([1, "violated", "6"]);
    const { seen: parts } = await json("explore", "gift-card", "--verdict-only", "--cores", "2", "--lessons", own);
    expect(parts.verdict).toBe("violated");
    expect(parts.reductions).toContain("2 threads");
    const { seen: steps } = await json("trace", "gift-card", all.counterexample.schedule, "--lessons", own);
    const text = read(join(folder, "lesson.ts"));
    const line = (word: string) => `${own}/${name}/lesson.ts:${lineOf(text, word)}`;
    expect(steps.steps.map(({ at }: { at: string }) => at)).toEqual(
      ["await read", "await read", "await write", "await write"].map(line),
    );
    const { stdout } = await alone("explore", "gift-card", "--lessons", own);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      `next: racelab trace gift-card 1221 --strategy none --size tasks=2 --lessons '${own}'`,
    );
  });

  it.each(["memory:", "lowdb:shop.json"])("runs on real threads against %s", async (store) => {
    const run = (strategy: string) => json("run", "gift-card", "--strategy", strategy, "--store", store, "--lessons", own);
    const none = await run("none");
    expect(none).toMatchObject({ code: 1, seen: { observation: "violated", succeeded: 100, failed: 0 } });
    expect(none.seen.threads.length).toBeGreaterThanOrEqual(2);
    expect(await run("mutex")).toMatchObject({ code: 0, seen: { final: { "thing/1": { left: 0 } } } });
  });

  it("is in the list, can be decided, and is found by the variable as by the option, and without naming learn", async () => {
    const listed = await json("list", "--lessons", own);
    expect(listed.seen.lessons.at(-1)).toMatchObject({
      number,
      id: "gift-card",
      title: "what its author wrote, number 3",
      summary: "what its author wrote, number 5",
    });
    expect((await json("decide", "gift-card", "--moves", "1", "--lessons", own)).seen.from.schedules).toBe("3");
    const byVariable = { cwd: home, env: { RACELAB_LESSONS: ["", own].join(":"), TMPDIR: temporary } };
    const plain = await racelab(["gift-card"], byVariable);
    expect(plain.stdout).toContain("gift-card");
    expect(plain.code).toBe(2);
    const accessible = await racelab(["learn", "gift-card", "--accessible"], byVariable);
    expect(accessible.stdout).toContain("what its author wrote");
    const threads = await racelab(["run", "gift-card", "--requests", "20", "--json"], byVariable);
    expect(JSON.parse(threads.stdout)).toMatchObject({ requests: 20, failures: [] });
  });

  it("has had nothing written into its folder, and nothing is left in the temporary one", async () => {
    await program.leave();
    program = resident({ cwd: home, env });
    expect(stamps()).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("shares racelab's classes with the program, and its own with its exercise, in every thread", async () => {
    const shelf = join(home, "shared");
    const lesson = join(shelf, "50-one-instance");
    cpSync(folder, lesson, { recursive: true });
    writeFileSync(join(shelf, "refusal.ts"), "export class Refusal extends Error {}\n");
    const text = read(join(lesson, "lesson.ts"));
    writeFileSync(
      join(lesson, "lesson.ts"),
      text.replace('} from "racelab";', ', StoreError } from "racelab";\nimport { Refusal } from "../refusal.ts";').replace(
        "if (thing.left < 1)",
        `try { await read("thing/none"); } catch (error) { if (!(error instanceof StoreError)) throw new Refusal("another StoreError"); }
           if (thing.left < 1)`,
      ),
    );
    expect(await json("run", "one-instance", "--requests", "20", "--lessons", shelf)).toMatchObject({
      seen: { succeeded: 20, failures: [] },
    });
    const both = await json("explore", "one-instance", "--lessons", shelf, "--verdict-only", "--cores", "2");
    expect(both.seen.outcomes.flatMap(({ results }: { results: string[] }) => results)).not.toContain(
      "failed: another StoreError",
    );

    writeFileSync(
      join(lesson, "lesson.ts"),
      text
        .replace('"racelab";', '"racelab";\nimport { Refusal } from "../refusal.ts";')
        .replace('return rejected("none left")', 'throw new Refusal("none left")')
        .replace("THINGS = 100", "THINGS = 1")
        .replace("load: { requests: 100", "load: { requests: 2"),
    );
    writeFileSync(
      join(lesson, "exercise", "solution.ts"),
      read(join(folder, "exercise", "solution.ts"))
        .replace('"racelab";', '"racelab";\nimport { Refusal } from "../../refusal.ts";')
        .replace(
          "} finally",
          '} catch (error) {\n      if (!(error instanceof Refusal)) throw new Error("another Refusal");\n      return { status: "rejected", detail: "none left" };\n    } finally',
        ),
    );
    const { seen } = await json("check", "one-instance", "--lessons", shelf);
    expect(seen.results.find(({ kind }: { kind: string }) => kind === "solution")).toMatchObject({ status: "pass" });
  });
});

it("the guide for authors lists every misconception that check accepts", () => {
  const guide = read(fileURLToPath(new URL("../../lessons/README.md", import.meta.url))).replace(/\s+/g, " ");
  for (const misconception of misconceptions) expect(guide).toContain(misconception);
});

describe("an author's mistake is one sentence with file and line, and exit code 2:", () => {
  const shelf = join(home, "mistakes");
  type Mistake = readonly [what: string, from: string | RegExp, to: string, at: string, says: string];
  /** What is put for what, the word that marks the line, and the sentence. */
  const onLoading: readonly Mistake[] = [
    ["a title is missing", /\n {2}title: .*/, "", "export default", "title is missing"],
    ["a text lacks a language", / {2}title: .*/, '  title: { en: "x" },', "title:", "title is missing"],
    ["the size has no tasks", "size: { tasks: 2 }", "size: { people: 2 }", "size:", "size has no tasks"],
    ["the load is missing", /\n {2}load: .*/, "", "export default", "load has to say"],
    ["nothing is exported", "export default", "export const mine =", "import", "there is no lesson here"],
    ["a bracket is missing", "if (thing.left < 1)", "if (thing.left < 1", "if (thing.left", 'Expected ")"'],
    ["racelab has no such export", /\blesson\b(?=[,(])/g, "lessn", "import", '"racelab" exports no lessn; did you mean lesson?'],
    ["a package is not there", /^/, 'import _ from "lodash";\nconsole.log(_);\n', "lodash", 'Could not resolve "lodash"'],
    [
      "it throws when loaded",
      "const THINGS = 100",
      'const THINGS = Number("1");\nthrow new Error("oops")',
      "oops",
      "it cannot be loaded. Error: oops",
    ],
    ["scenario throws", /rows: \{.*/, "rows: (undefined as any).none,", "rows: (undefined", "throws TypeError"],
    ["a claim names no strategy there is", '"mutex"', '"mutexx"', '"mutexx"', "did you mean mutex?"],
    [
      "a claim breaks no property there is",
      'breaks: "every taking is counted"',
      'breaks: "every taking counts"',
      "breaks:",
      "which is no property",
    ],
    ["a property has no name", /name: "every taking.*/, "", "properties", "a property has no name"],
    ["there is no property", /properties: \[[\s\S]*?\n {4}\],/, "properties: [],", "properties", "scenario has no properties"],
    ["a property is of no kind", 'kind: "outcome"', 'kind: "end"', "every taking", "has no kind"],
    ["the tally is off at once", "=> THINGS -", "=> 1 + THINGS -", "tally:", "actual says 100, expected says 101"],
    [
      "there are fewer tasks than asked for",
      "{ length: tasks }",
      "{ length: 1 }",
      "tasks: Array",
      "gives 1 task where it is asked for 2",
    ],
    ["a key names no table", '"thing/1"', '"thing"', '"thing"', 'row "thing" is not table/id'],
    ["the rule throws by itself", "if (thing.left < 1)", "if ((thing as any).none.left)", "none.left", "with nobody else there"],
  ];
  const onExploring: readonly Mistake[] = [
    ["a label throws", /label: .*/, "label: ({ rows }) => (rows as any).none.left,", "none.left", "TypeError"],
    ["a property gives no answer", "? null", "? undefined as any", "every taking", "answers undefined: its test answers null"],
    [
      "a task waits for a timer",
      "if (thing.left < 1)",
      "await new Promise((go) => setTimeout(go, 1));\n    if (thing.left < 1)",
      "setTimeout",
      "calls setTimeout",
    ],
  ];

  let faults: readonly { readonly id: string; readonly fault: string }[] = [];
  const idOf = (what: string): string => what.replaceAll(" ", "-");
  const mistaken = ([what]: Mistake): string => join(shelf, `60-${idOf(what)}`, "lesson.ts");

  beforeAll(async () => {
    for (const mistake of [...onLoading, ...onExploring]) {
      const [, from, to] = mistake;
      const file = mistaken(mistake);
      cpSync(folder, dirname(file), { recursive: true });
      const text = read(file).replace(from, to);
      expect(text).not.toBe(read(file));
      writeFileSync(file, text);
    }
    faults = (await json("list", "--lessons", shelf)).seen.lessons;
  });
  const place = (mistake: Mistake): string => {
    const file = mistaken(mistake);
    return `${file.slice(home.length + 1)}:${lineOf(read(file), mistake[3])}: `;
  };

  it.each(onLoading)("%s", (...mistake) => {
    const found = faults.find(({ id }) => id === idOf(mistake[0]));
    expect(found?.fault.slice(0, place(mistake).length)).toBe(place(mistake));
    expect(found?.fault).toContain(mistake[4]);
    expect(found?.fault).not.toContain("\n");
  });

  it.each([onLoading[0]!, ...onExploring])("%s, when it is explored", async (...mistake) => {
    const { code, stdout, stderr } = await at("explore", idOf(mistake[0]), "--lessons", shelf);
    expect(stderr).toContain(place(mistake));
    expect(stderr).toContain(mistake[4]);
    expect(stderr).toMatch(/^racelab: [^\n]*\n$/);
    expect([code, stdout]).toEqual([2, ""]);
    const parts = await at("explore", idOf(mistake[0]), "--verdict-only", "--cores", "2", "--lessons", shelf);
    expect([parts.code, parts.stderr]).toEqual([code, stderr]);
  });

  it("but a property that throws is violated, with its name, its schedule and the place", async () => {
    const file = join(home, "throwing", "80-throws", "lesson.ts");
    cpSync(folder, dirname(file), { recursive: true });
    writeFileSync(
      file,
      read(file).replace("return taken === counted", 'if (counted < taken) throw new Error("a sale is gone");\n$&'),
    );
    const says = `its test threw Error: a sale is gone (${file}:${lineOf(read(file), "is gone")})`;
    const of = async (...args: string[]) => (await json(...args, "--lessons", "throwing")).seen.violations;
    const parts = await of("explore", "throws", "--verdict-only", "--cores", "2");
    for (const violations of [await of("explore", "throws"), parts])
      expect(violations).toMatchObject([
        { property: "every taking is counted", explanation: says, counterexample: { schedule: "1221" } },
      ]);
    // Two requests collide by chance, a thousand always.
    const run = await of("run", "throws", "--requests", "1000");
    expect(run.find(({ anomaly }: { anomaly: string | null }) => anomaly === null)).toMatchObject({ explanation: says });
    const { stdout } = await at("trace", "throws", "1221", "--lessons", "throwing");
    expect(stdout.replace(/\s+/g, " ")).toContain("Its test threw Error: a sale is gone");
  });

  it("a folder that is none, is empty, or is a lesson itself", async () => {
    mkdirSync(join(home, "empty"));
    for (const [given, says] of [
      ["nowhere", "there is no folder"],
      ["empty", "racelab new lesson my-first --in"],
      [`${own}/${name}`, "is a lesson itself"],
    ] as const) {
      const { code, stderr } = await alone("list", "--lessons", given);
      expect(stderr).toContain(says);
      expect(stderr).toMatch(/^racelab: [^\n]*\n$/);
      expect(code).toBe(2);
    }
  });
});

describe("a broken lesson of an author", () => {
  const shelf = join(home, "some broken");
  beforeAll(() => {
    cpSync(folder, join(shelf, "70-fine"), { recursive: true });
    for (const name of ["71-torn", "72-lost-update", "73-half"]) cpSync(folder, join(shelf, name), { recursive: true });
    writeFileSync(join(shelf, "71-torn", "lesson.ts"), "export default lesson({");
    renameSync(join(shelf, "73-half", "exercise", "solution.ts"), join(shelf, "73-half", "exercise", "solutions.txt"));
    writeFileSync(join(shelf, "73-half", "exercise", "start.ts"), "export default strategy(");
  });
  const results = async (id: string) =>
    (await json("check", id, "--lessons", shelf)).seen.results.filter(({ status }: { status: string }) => status === "fail");

  it("is in the list with its sentence, beside the others", async () => {
    const { code, seen } = await json("list", "--lessons", shelf);
    const faults = seen.lessons.flatMap(({ id, number, fault }: { id: string; number: number; fault?: string }) =>
      number >= 70 && number < 90 ? [[id, fault ?? ""]] : [fault],
    );
    expect(faults.filter(Boolean)).toEqual([
      ["fine", ""],
      ["torn", "some broken/71-torn/lesson.ts:1: Expected identifier but found end of file"],
      ["lost-update", 'some broken/72-lost-update: there is a lesson "lost-update" already, in the course; rename this folder'],
      ["half", ""],
    ]);
    expect(code).toBe(0);
  });

  it("fails its own check with that sentence, and no other lesson's", async () => {
    expect(await results("fine")).toEqual([]);
    expect(await results("torn")).toMatchObject([
      { message: "some broken/71-torn/lesson.ts:1: Expected identifier but found end of file" },
    ]);
    expect((await alone("check", "torn", "--lessons", shelf)).code).toBe(1);
  });

  it("leaves the id to the course's lesson", async () => {
    const { seen } = await json("explore", "lost-update", "--lessons", shelf);
    expect(seen.schedules).toBe("90");
  });

  it("can be explored while only its exercise is broken, and check says so", async () => {
    expect((await json("explore", "half", "--lessons", shelf)).seen.verdict).toBe("violated");
    expect(await results("half")).toMatchObject([
      { kind: "start", message: "some broken/73-half/exercise/start.ts:1: Unexpected end of file" },
    ]);
  });
});

describe("a lesson whose task goes on without an answer, which is an error", () => {
  it.each([
    ["explore", "forgets"],
    ["trace", "forgets", "1"],
    ["decide", "forgets"],
  ])("is told in a sentence by %s", async (...args) => {
    const env = { RACELAB_LESSONS: fileURLToPath(new URL("../hammer/misbehaving", import.meta.url)) };
    const { code, stderr } = await racelab(args, { env });
    expect(code).toBe(2);
    expect(complaints(stderr)).toBe(
      "racelab: there is no row stock/none: nobody waited for this answer. Is an await missing in the lesson's code?\n",
    );
  });
});
