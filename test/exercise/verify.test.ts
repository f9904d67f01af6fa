import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exerciseOf, findLesson } from "../../src/course/catalog.js";
import { bundle } from "../../src/exercise/bundle.js";
import { answered, complaints, racelab } from "../program.js";

const folder = mkdtempSync(join(tmpdir(), "racelab-verify-"));
const env = { RACELAB_STATE: join(folder, "state") };
const inLesson = (id: string, name: string) => join(findLesson(id).folder, "exercise", `${name}.ts`);
async function verify(lesson: string, file: string) {
  const { code, stdout, stderr } = await answered(["verify", lesson, file, "--json"], { env });
  expect(complaints(stderr)).toBe("");
  return { code, seen: JSON.parse(stdout) };
}

/** Small ones, and one with faults, one with other sizes, one where nobody goes on. */
const lessons = ["lost-update", "deadlock", "double-payment", "lease-and-fencing"];
describe.concurrent.each(lessons)("verify of lesson %s", (id) => {
  it("finds the start wrong, and stops at the first size that is", async () => {
    const { code, seen } = await verify(id, inLesson(id, "start"));
    expect(code).toBe(1);
    expect(seen).toMatchObject({ command: "verify", lesson: id, verdict: "wrong", misconception: null });
    const found = seen.results.map(({ status }: { status: string }) => status);
    expect(found).toEqual([...found].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(found.filter((status: string) => status === "violated")).toHaveLength(1);
  });

  it("finds the solution right everywhere, and not over-protected", async () => {
    const { code, seen } = await verify(id, inLesson(id, "solution"));
    expect(code).toBe(0);
    expect(seen).toMatchObject({ verdict: "right", problem: null, counterexample: null, overProtected: false });
    for (const { status } of seen.results) expect(status).toBe("holds");
  });
});

const wrongAnswers = await Promise.all(
  lessons.map(async (id) =>
    (await exerciseOf(findLesson(id)))!.wrong.map((wrong) => [id, wrong.id, wrong.misconception] as const),
  ),
);

describe.concurrent("verify of a wrong answer", () => {
  it.each(wrongAnswers.flat())("%s %s shows a schedule and a line, and takes it for no other misconception", async (...given) => {
    const [id, name, misconception] = given;
    const { code, seen } = await verify(id, inLesson(id, `wrong/${name}`));
    expect(code).toBe(1);
    expect(seen.verdict).toBe("wrong");
    expect(seen.counterexample.steps.length).toBeGreaterThan(0);
    expect(seen.counterexample.line).toBeGreaterThan(0);
    expect([misconception, null]).toContain(seen.misconception);
  });
});
const order = ["holds", "violated", "skipped"];

describe("verify", () => {
  it("reads no source map that the file names: this one would never end", async () => {
    const text = "export default 1;\n//# sourceMappingURL=/dev/zero\n";
    expect(await bundle(join(folder, "mapped.ts"), text, join(folder, "mapped.mjs"))).toBeNull();
  });

  it("prints the smallest way to go wrong, with the lines of the learner's file, in plain ASCII of at most 80 columns", async () => {
    writeFileSync(join(folder, "mine.ts"), oneLock("work.keys[0]!").replace("await session.acquire(lock);", ""));
    const { code, stdout } = await racelab(["verify", "1", "mine.ts"], { env, cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nsmallest way to go wrong: 122211 \(2 tasks/);
    expect(stdout).toMatch(/\nmine\.ts:\d+\nnext: change line \d+, then racelab verify lost-update mine\.ts\n/);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).not.toMatch(/[^\n\x20-\x7e]/);
  });

  it("says steps as sentences for being read aloud", async () => {
    const { stdout } = await answered(["verify", "1", inLesson("lost-update", "start"), "--accessible"], { env });
    expect(stdout).toContain("  Step 1. Task 1 reads 100. Line 10.\n");
  });

  it("says right, but, when one lock makes strangers wait, and how many orders are left", async () => {
    writeFileSync(join(folder, "global.ts"), oneLock('"everything"'));
    const { code, stdout } = await racelab(["verify", "1", join(folder, "global.ts")], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nright: it holds in every one of 11 schedules/);
    expect(stdout.replaceAll("\n", " ")).toContain("Of 70 ways to interleave them, 2 are left.");
    expect(stdout).toMatch(/\nRound trips to the store for each request: yours 4, mutex 4,/);
    writeFileSync(join(folder, "row.ts"), oneLock("work.keys[0]!"));
    expect((await verify("1", join(folder, "row.ts"))).seen).toMatchObject({ verdict: "right", overProtected: false });
  });

  it.each([
    [["verify", "1", "nowhere.ts"], /^racelab: nowhere\.ts: the file is not there\. next: racelab watch lost-update writes one/],
    [["verify", "1", "--hint", "7"], /has 3 hints/],
    [["verify", "lost-updat"], /no lesson is called "lost-updat": did you mean lost-update\?/],
    [["watch", "1", "--file", "in-the-way/x.ts"], /x\.ts cannot be written: .* Name another place with --file/],
  ])("%j is wrong use in one sentence", async (args, says) => {
    writeFileSync(join(folder, "in-the-way"), "a file where a folder should be");
    const { code, stderr } = await racelab(args, { env, cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("gives the hints of a lesson, one by one, in the learner's language", async () => {
    const [one, three] = await Promise.all(["1", "3"].map((n) => answered(["verify", "1", "--hint", n], { env })));
    expect(one!.stdout).toMatch(/^Look at the two lines/);
    expect(three!.stdout).toContain("Minji");
    const korean = await answered(["verify", "1", "--hint", "1", "--lang", "ko"], { env });
    expect(korean.stdout).toMatch(/[가-힣]/);
  });
});

/** A strategy that puts one lock around everything. */
function oneLock(lock: string): string {
  return `import { strategy } from "racelab";

export default strategy({
  summary: "one lock",
  cost: "waiting",
  requires: ["locks"],
  async run(work, session) {
    const lock = ${lock};
    await session.acquire(lock);
    const told = await work.body(session);
    return told;
  },
});
`.replace("return told;", "await session.release(lock);\n    return told;");
}
