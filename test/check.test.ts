import { describe, expect, it } from "vitest";
import { findLesson, lessonEntries, loadLesson } from "../src/catalog.js";
import { type CheckResult, checkLesson } from "../src/check.js";
import type { Claim, Lesson } from "../src/core/lesson.js";
import { racelab } from "./program.js";

async function results(id: string, given?: Lesson): Promise<CheckResult[]> {
  const found: CheckResult[] = [];
  for await (const result of checkLesson(findLesson(id), given)) found.push(result);
  return found;
}
const faults = (found: readonly CheckResult[]) =>
  found.filter(({ status }) => status === "fail").map(({ kind, strategy, message }) => `${kind} ${strategy}: ${message}`);

describe("check", () => {
  it.each(lessonEntries())("proves lesson $number $id", async ({ id }) => {
    const found = await results(id);
    expect(faults(found)).toEqual([]);
    for (const kind of ["explore", "start", "solution", "wrong"]) expect(found.map((result) => result.kind)).toContain(kind);
  });

  it("fails and names the claim when any one expectation is turned round", async () => {
    const lesson = await loadLesson(findLesson("lost-update"));
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
    const lesson = await loadLesson(findLesson("lost-update"));
    const [first] = lesson.claims ?? [];
    expect(faults(await results("lost-update", { ...lesson, claims: [] })).join()).toContain("is claimed to do nothing");
    await expect(results("lost-update", { ...lesson, claims: [{ ...first!, strategy: "nun" }] })).rejects.toThrow(
      "no strategy is called",
    );
  });

  it("speaks text, JSON, TAP, JUnit and GitHub, and exits 0 when all is right", async () => {
    const text = await racelab(["check", "lost-update"]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/\n\d+ passed, 0 failed, 0 skipped\n$/);
    for (const line of text.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const json = JSON.parse((await racelab(["check", "1", "--json"])).stdout);
    expect(json).toMatchObject({ command: "check", failed: 0, skipped: 0 });
    const tap = (await racelab(["check", "1", "--reporter", "tap"])).stdout;
    expect(tap).toContain(`1..${json.passed}\nok 1 - lost-update explore none`);
    const junit = (await racelab(["check", "1", "--reporter", "junit"])).stdout;
    expect(junit).toContain(`<testsuites tests="${json.passed}" failures="0">`);
  });

  it("prints what every strategy does to every lesson, computed", async () => {
    const { stdout } = await racelab(["check", "1", "--matrix", "--json"]);
    expect(JSON.parse(stdout).matrix).toMatchObject({ none: { "lost-update": "breaks" }, mutex: { "lost-update": "holds" } });
  });
});
