import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type CheckResult, checkLesson } from "../../src/check/check.js";
import type { Claim, Lesson } from "../../src/core/lesson.js";
import type { Work } from "../../src/core/work.js";
import { findLesson, lessonEntries, loadLesson } from "../../src/course/catalog.js";
import { answered, racelab } from "../program.js";

async function results(id: string, given?: Lesson): Promise<CheckResult[]> {
  const found: CheckResult[] = [];
  for await (const result of checkLesson(findLesson(id), given)) found.push(result);
  return found;
}
const faults = (found: readonly CheckResult[]) =>
  found.filter(({ status }) => status === "fail").map(({ kind, strategy, message }) => `${kind} ${strategy}: ${message}`);

describe("check of the whole course", () => {
  /** One process for all lessons: what the explorer costs here, it costs once. */
  let seen: { readonly passed: number; readonly failed: number; readonly results: readonly CheckResult[] };
  beforeAll(async () => {
    seen = JSON.parse((await racelab(["check", "--json"])).stdout);
  }, 300_000);

  it.each(lessonEntries())("proves lesson $number $id", ({ id }) => {
    const found = seen.results.filter(({ lesson }) => lesson === id);
    expect(faults(found)).toEqual([]);
    for (const kind of ["explore", "start", "solution", "wrong"]) expect(found.map((result) => result.kind)).toContain(kind);
  });

  it("counts what it has found", () => {
    const passed = seen.results.filter(({ status }) => status === "pass");
    expect(seen).toMatchObject({ passed: passed.length, failed: 0 });
  });
});

describe("check", () => {
  it("fails and names the claim when any one expectation is turned round", async () => {
    const lesson = await loadLesson(findLesson("lost-update"), "en");
    const claims = lesson.claims ?? [];
    for (const [i, { strategy, because, ...claim }] of claims.entries()) {
      const { size } = claim;
      const flipped = ("holds" in claim ? { breaks: "every sale is counted" } : { holds: true }) as { holds: true };
      const turned: Claim = { strategy, because, ...(size && { size }), ...flipped };
      const found = faults(await results("lost-update", { ...lesson, claims: claims.with(i, turned) }));
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(`explore ${strategy}`);
    }
  });

  it("fails when a variant is claimed to do nothing, or a strategy is not there", async () => {
    const lesson = await loadLesson(findLesson("lost-update"), "en");
    const [first] = lesson.claims ?? [];
    expect(faults(await results("lost-update", { ...lesson, claims: [] })).join()).toContain("is claimed to do nothing");
    const unknown = await results("lost-update", { ...lesson, claims: [{ ...first!, strategy: "nun" }] });
    expect(faults(unknown).join()).toContain("no strategy is called");
  });

  it("fails when a strategy does not apply to one of the tasks, whatever the others do", async () => {
    const lesson = await loadLesson(findLesson("order-flow"), "en");
    const claims = (lesson.claims ?? []).filter(({ strategy, size }) => strategy === "saga" && size?.["vans"] === 1);
    const scenario: typeof lesson.scenario = (size) => {
      const { tasks, ...rest } = lesson.scenario(size);
      const uncut = ({ steps: _, ...work }: Work): Work => work;
      return { ...rest, tasks: tasks.map((work) => (work.name === "courier comes" ? uncut(work) : work)) };
    };
    const found = faults(await results("order-flow", { ...lesson, claims, scenario })).join();
    expect(found).toContain('strategy saga does not apply to order-flow at this size: "courier comes" is not cut into steps');
  });

  it("fails when an end is called forbidden that breaks nothing", async () => {
    const lesson = await loadLesson(findLesson("lost-update"), "en");
    const found = faults(await results("lost-update", { ...lesson, grade: () => ({ grade: "forbidden", says: "no" }) }));
    expect(found.join("\n")).toContain('explore mutex: grade calls the end "stock 97" forbidden, but it breaks no property');
  });

  it("fails when right and wrong ends share a label, and names label, claim, property and line", async () => {
    const lesson = await loadLesson(findLesson("lost-update"), "en");
    const found = (await results("lost-update", { ...lesson, label: () => "an end" })).filter(({ status }) => status === "fail");
    expect(found.map(({ strategy }) => strategy)).toContain("none");
    const of = found.find(({ strategy }) => strategy === "none");
    expect(of?.message).toBe(
      'label calls right and wrong ends of none "an end", and the wrong ones break "every sale is counted": add a word to label that tells them apart',
    );
    expect(readFileSync(of!.file, "utf8").split("\n")[of!.line! - 1]).toMatch(/^ {2}label\b/);
  });

  it("speaks text, JSON, TAP, JUnit and GitHub, and exits 0 when all is right", async () => {
    const text = await racelab(["check", "lost-update"]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/\n\d+ passed, 0 failed, 0 skipped\n$/);
    for (const line of text.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const json = JSON.parse((await answered(["check", "1", "--json"])).stdout);
    expect(json).toMatchObject({ command: "check", failed: 0, skipped: 0 });
    const tap = (await answered(["check", "1", "--reporter", "tap"])).stdout;
    expect(tap).toContain(`1..${json.passed}\nok 1 - lost-update explore none`);
    const junit = (await answered(["check", "1", "--reporter", "junit"])).stdout;
    expect(junit).toContain(`<testsuites tests="${json.passed}" failures="0">`);
  });
});
