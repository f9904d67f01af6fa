/** A lesson with a state in which the model has no answer, as somebody who uses the program meets it. */
import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { beyondModelLessons } from "../beyond-model.js";
import { resident } from "../program.js";

const { home, answer } = beyondModelLessons();
const { racelab, leave } = resident({ env: { RACELAB_LESSONS: home, LANG: "C", LC_ALL: "" } });
afterAll(() => {
  leave();
  rmSync(home, { recursive: true, force: true });
});

const explore = (...args: string[]) => racelab(["explore", "raise-all", "--strategy", "none", ...args]);
const inOneLine = (text: string): string => text.replace(/\s+/g, " ");
const sentence = "the model does not know what the server would do (";

describe.concurrent("an exploration that meets a state in which the model has no answer", () => {
  it("is inconclusive with the reason, and does not ask for a higher limit", async () => {
    const { code, stdout } = await explore();
    expect(inOneLine(stdout)).toContain(`inconclusive: ${sentence}`);
    expect(inOneLine(stdout)).toContain('"heap: true"');
    expect(stdout).not.toMatch(/model=|raise the limit/);
    expect(code).toBe(3);
  });

  it("says so in Korean", async () => {
    const { code, stdout } = await explore("--lang", "ko");
    expect(inOneLine(stdout)).toContain("결론 없음: 서버가 어떻게 할지 모델이 알지 못합니다(");
    expect(code).toBe(3);
  });

  it("is violated where something else goes wrong, and names the state all the same", async () => {
    const { code, stdout } = await explore("--size", "most=2");
    expect(stdout).toContain("FAIL row 2 is small");
    expect(inOneLine(stdout)).toContain(sentence);
    expect(code).toBe(1);
  });

  it.each([
    ["--cores", "1"],
    ["--cores", "2"],
  ])("is the same for a verdict only (%s %s)", async (...cores) => {
    const { code, stdout } = await explore("--verdict-only", ...cores, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "inconclusive", limits: [{ limit: "model", value: 0 }] });
    expect(code).toBe(3);
  });

  it.each(["uniform", "walk", "pct"])("is said of a sample (%s)", async (scheduler) => {
    const { code, stdout } = await explore("--sample", "20", "--scheduler", scheduler, "--seed", "3");
    expect(inOneLine(stdout)).toContain(sentence);
    expect(stdout).not.toContain("stopped (");
    expect(code).toBe(3);
  });

  it("is what check finds for a claim", async () => {
    const { code, stdout } = await racelab(["check", "raise-all"]);
    expect(inOneLine(stdout)).toContain(`found: inconclusive: ${sentence}`);
    expect(code).toBe(1);
  });

  it.each([
    ["en", `open: here ${sentence}`, /ends at \?\s*$/m],
    ["ko", "미완: 여기서 서버가 어떻게 할지 모델이 알지 못합니다(", /ok {3}결과/],
  ])("is no end of a trace: %s", async (lang, says, never) => {
    const { code, stdout } = await racelab(["trace", "raise-all", "2", "--lang", lang]);
    expect(inOneLine(stdout)).toContain(says);
    expect(stdout).not.toMatch(never);
    expect(code).toBe(3);
  });

  it("is said where somebody decides to go there, and asks for no next move", async () => {
    const { stdout } = await racelab(["decide", "raise-all", "--moves", "2"]);
    expect(inOneLine(stdout)).toContain(`open: here ${sentence}`);
    expect(stdout).not.toMatch(/next:|nothing is wrong/);
  });

  it.each([
    ["en", `not decided: nothing wrong was found in 2 schedules, and ${sentence}`, /FAIL|\bchange|fewer steps/],
    ["ko", "잘못된 것은 없었지만, 서버가 어떻게 할지 모델이 알지 못합니다(", /FAIL|고치|시도 횟수/],
  ])("leaves an answer to the exercise undecided, and does not call it wrong or long: %s", async (lang, says, never) => {
    const { code, stdout } = await racelab(["verify", "raise-all", answer, "--lang", lang]);
    expect(inOneLine(stdout)).toContain(says);
    expect(stdout.replace(/are\s+changed by one/, "")).not.toMatch(never);
    expect(code).toBe(3);
  });
});
