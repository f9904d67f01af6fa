import { describe, expect, it } from "vitest";
import type { Language } from "../../src/core/language.js";
import { openAccessible } from "../../src/tui/accessible.js";
import { inProcess, tellingTime, withCounter } from "./in-process.js";
import { typing } from "./typing.js";

/** Types the lines, each one when no more output comes, and returns all output. */
async function listen(
  lines: readonly string[],
  lesson?: string,
  language: Language = "en",
): Promise<{ code: number; said: string[] }> {
  const said: string[] = [];
  const code = await openAccessible(
    { ...withCounter(inProcess(tellingTime())), language },
    { store: "memory:", workers: 4, command: "npm start", lesson },
    { typed: typing(lines, said), say: (line) => said.push(line) },
  );
  return { code, said };
}

describe("the accessible mode", () => {
  it("tells the whole lesson in lines", async () => {
    const { code, said } = await listen(["esc", "", "6", "", "<", "n", "down", "", "q"]);
    const text = said.join("\n");
    expect(code).toBe(0);
    expect(text).toContain("1. Lost update. Two buyers read the same stock.");
    expect(text).toContain("One minute to nine");
    expect(text).toContain("1. none: no protection: read, decide, write.");
    expect(text).toContain("Running none: 4 worker threads, 100 requests, 1 milliseconds between reading and writing.");
    expect(text).toMatch(/Result of none\. stock \d+, should be 0: \d+ lost\./);
    expect(text).toMatch(/Lost update 1 of \d+\. Request \d+ read stock \d+ at step \d+\./);
    expect(text).toMatch(/Step \d+, \d+ of \d+ steps of these requests\./);
    expect(text).toMatch(/Lost update 2 of \d+/);
    expect(text).toContain("Chosen: mutex.");
    expect(text).toContain("Result of mutex. stock 0, as it should be.");
    expect(said.at(-1)).toMatch(/^Lost update: none: \d+ lost, 100 requests; mutex: as it should be, 100/);
    await expect(`${text}\n`).toMatchFileSnapshot("frames/accessible.txt");
  });

  it("never moves the cursor, and is ASCII but for what the lesson's author wrote", async () => {
    const { said } = await listen(["1", "tab", "6", "tab", "tab", "tab", "?", "esc", "q"], "lost-update");
    for (const line of said) expect(line).toMatch(/^[ -~\t]*$/);
  });

  it("tells the stages of the explorer: questions, steps, choices, counts", async () => {
    const { said } = await listen([
      "2",
      "2",
      "3",
      "4",
      "",
      "4",
      "",
      "3",
      "4",
      "5",
      "6",
      "",
      "",
      "n",
      "d",
      "p",
      "2",
      "g",
      "5",
      "down",
      ":",
      "lessons",
      "q",
    ]);
    const text = said.join("\n");
    expect(text).toContain("1 / 3. 100 pieces, three buyers");
    expect(text).toContain("Chosen: stock 97, stock 98, stock 99.");
    expect(text).toContain("count 2: you said no, exact yes, 8: you missed it.");
    expect(text).toContain("11 of 12 right.");
    expect(text).toMatch(/Step 6 of 12\. Worker 1 writes count 1\. .* 2 lost\. Can end at 2, 3, 4\./);
    expect(text).toMatch(/Who goes|You decide\. goal: make it break/);
    expect(text).toMatch(/2\. worker 2: .*free\. peek: \d+ of \d+ reach the goal\./);
    expect(text).toContain("count 6: 20 schedules, 2.16%, random walk 6.64%: ok.");
    await expect(`${text}\n`).toMatchFileSnapshot("frames/accessible-explorer.txt");
  });

  it("in Korean has no English sentence but the lesson's own", async () => {
    const { said } = await listen(["esc", "x", "?", "esc", ":", "esc", "/", "esc", "", "1", "tab", "q"], undefined, "ko");
    const from = said.indexOf("> esc");
    const story = said.findIndex((line, index) => index > from && line.startsWith("레슨 1"));
    const before = said.slice(from, story).filter((line) => !line.startsWith("> ") && !line.startsWith("1. Lost update."));
    expect(before.length).toBeGreaterThan(20);
    for (const line of before) expect(line).toMatch(/[가-힣]/);
    for (const line of before) expect(line.replace("Lost update", "")).not.toMatch(/[A-Za-z]{3,}[.,]? [a-z]{3,}/);
    expect(said).toContain("Enter만 누르면 계속, Tab은 코드 읽기, 물음표는 단축키 목록입니다.");
    expect(said).toContainEqual(expect.stringMatching(/^lessons\/01-lost-update\/lesson\.ts, \d+줄부터 \d+줄까지\.$/));
    expect(said.at(-1)).toBe("실행한 것이 없습니다. 다시 오려면: npm start");
  });

  it("says what it does not know", async () => {
    const { said } = await listen(["x", "q"]);
    expect(said).toContain('"x" is no key here; question mark lists them.');
  });

  it("ends when there is nothing more to hear from", async () => {
    expect((await listen([])).code).toBe(0);
  });
});
