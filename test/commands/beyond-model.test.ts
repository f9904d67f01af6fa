/** A lesson with a state in which the model has no answer, as somebody who uses the program meets it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { racelab } from "../program.js";

const home = mkdtempSync(join(tmpdir(), "racelab-beyond-model-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
mkdirSync(join(home, "01-raise-all"));
writeFileSync(
  join(home, "01-raise-all", "lesson.ts"),
  `import { lesson, ok } from "racelab";
const raiseAll = {
  name: "raise all", keys: ["a/1", "a/2"],
  async body({ perform }) {
    await perform({ kind: "update-rows", table: "a", where: [">", "n", 1], set: { n: ["+", "n", 1] } });
    return ok();
  },
};
const raiseOne = { name: "raise one", keys: ["a/1"], async body({ write }) { await write("a/1", { n: 5 }); return ok(); } };
export default lesson({
  title: "raise all", summary: "one statement, several rows",
  size: { tasks: 2, most: 3 }, load: { requests: 10, think: 1 },
  scenario: ({ tasks, most }) => ({
    rows: { "a/1": { n: 1 }, "a/2": { n: 2 } },
    tasks: Array.from({ length: tasks }, (_, i) => (i === 0 ? raiseAll : raiseOne)),
    tally: { name: "n", done: "raised", actual: () => 0, expected: () => 0 },
    properties: [{
      name: "row 2 is small", kind: "outcome",
      test: ({ rows }) => (rows["a/2"].n <= most ? null : "row 2 is large"),
    }],
  }),
  label: ({ rows }) => "row 2 is " + rows["a/2"].n,
  claims: [{ strategy: "none", holds: true, because: "it is so" }],
  questions: [], cost: "nothing",
});
`,
);

const explore = (...args: string[]) =>
  racelab(["explore", "raise-all", "--strategy", "none", "--lessons", home, ...args], { env: { LANG: "C", LC_ALL: "" } });
const inOneLine = (text: string): string => text.replace(/\s+/g, " ");
const sentence = "in 1 state the model does not know what the server would do (";

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
    expect(inOneLine(stdout)).toContain("결론 없음: 상태 1개에서 서버가 어떻게 할지 모델이 알지 못합니다(");
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
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "inconclusive", limits: [{ limit: "model", value: 1 }] });
    expect(code).toBe(3);
  });

  it.each(["uniform", "walk", "pct"])("is said of a sample (%s)", async (scheduler) => {
    const { code, stdout } = await explore("--sample", "20", "--scheduler", scheduler, "--seed", "3");
    expect(inOneLine(stdout)).toContain(sentence);
    expect(stdout).not.toContain("stopped (");
    expect(code).toBe(3);
  });

  it("is what check finds for a claim", async () => {
    const { code, stdout } = await racelab(["check", "raise-all", "--lessons", home], { env: { LANG: "C", LC_ALL: "" } });
    expect(inOneLine(stdout)).toContain(`found: inconclusive: ${sentence}`);
    expect(code).toBe(1);
  });
});
