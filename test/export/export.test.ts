import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { answered, racelab } from "../program.js";
import { exportText, exportTo, folder } from "./exporting.js";

const LOST = ["lost-update", "122331"] as const;
const formats = ["html", "svg", "md", "txt", "json", "cast"] as const;
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");

describe("racelab export", () => {
  it.each(formats)("writes the same bytes of .%s for the same input", async (format) => {
    const [one, other] = await Promise.all([exportText(`page.${format}`, ...LOST), exportText(`page.${format}`, ...LOST)]);
    expect(other).toBe(one);
    expect(one.length).toBeGreaterThan(500);
  });

  it("says in .txt what racelab trace prints, and in .json what it prints with --json", async () => {
    const [text, json] = await Promise.all([exportText("a.txt", ...LOST), exportText("a.json", ...LOST)]);
    expect(text).toBe((await racelab(["trace", ...LOST])).stdout);
    expect(json).toBe((await answered(["trace", ...LOST, "--json"])).stdout);
  });

  it("leaves a file that is there alone, unless --force is given", async () => {
    const path = join(folder(), "mine.svg");
    writeFileSync(path, "mine");
    const refused = await answered(["export", ...LOST, "--to", path]);
    expect(refused.stderr).toContain("add --force");
    expect(refused.code).toBe(2);
    expect(readFileSync(path, "utf8")).toBe("mine");
    expect((await answered(["export", ...LOST, "--to", path, "--force"])).code).toBe(0);
    expect(readFileSync(path, "utf8")).toContain("<svg");
    expect(readdirSync(dirname(path))).toEqual(["mine.svg"]);
  });

  it("exports a schedule of a learner's own file, with its lines beside the lesson's", async () => {
    const file = "lessons/01-lost-update/exercise/wrong/fresh-version.ts";
    const own = ["lost-update", "122211", "--file", file, "--size", "tasks=2"];
    const [page, text] = await Promise.all([exportText("own.html", ...own), exportText("own.txt", ...own)]);
    expect(page).toContain("compareAndSet");
    expect(page).toContain("fresh-version.ts:18");
    expect(text).toContain("strategy fresh-version.ts, 2 tasks");
  });

  it("refuses a file that is missing or never ends, in one sentence", async () => {
    const loop = join(folder(), "loop.ts");
    writeFileSync(loop, "export default { summary: '', cost: '', requires: [], async run() { for (;;); } };\n");
    const [missing, endless] = await Promise.all(
      ["nowhere.ts", loop].map((file) => answered(["export", ...LOST, "--file", file, "--to", join(folder(), "own.html")])),
    );
    expect(missing).toMatchObject({ code: 2, stderr: "racelab: nowhere.ts: the file is not there\n" });
    expect(endless?.stderr).toMatch(/loop\.ts.*: it does not come back: a loop without end/);
    expect(endless?.code).toBe(2);
  });

  it("has help with two examples in at most 80 columns", async () => {
    const { code, stdout } = await answered(["export", "--help"]);
    expect(code).toBe(0);
    expect(stdout.split("Examples:")[1]?.match(/^ {2}racelab/gm)).toHaveLength(2);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it.each([
    [["--to", "/nowhere/at/all.html"], "cannot be written (ENOENT)"],
    [["--to", "page.pdf"], ".html, .svg, .md, .txt, .json, .cast"],
    [["--to", "page"], ".html, .svg"],
    [["--to", "page.html", "--against", "mutexx"], "did you mean mutex?"],
    [[], "--to <file>"],
  ])("answers wrong use %j with one sentence and exit code 2", async (args, sentence) => {
    const { code, stdout, stderr } = await racelab(["export", ...LOST, ...args], { cwd: folder() });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

describe("the page", () => {
  it("allows one script and one style, by their hashes, and refers to nothing outside", async () => {
    const page = await exportText("page.html", ...LOST);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    const script = /<script>(.*)<\/script>\n<\/body>/s.exec(page)?.[1] ?? "";
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? "";
    expect(policy).toBe(
      `default-src 'none'; script-src 'sha256-${sha256(script)}'; style-src 'sha256-${sha256(style)}'; base-uri 'none'; form-action 'none'`,
    );
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|@import|url\(|\ssrc=|\sstyle=|\son[a-z]+="/);
  });

  it("takes less than 155 KB besides its data", async () => {
    const page = await exportText("page.html", ...LOST);
    const data = /id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
    expect(data.length).toBeGreaterThan(1000);
    expect(page.length - data.length).toBeLessThan(155_000);
  });

  it("does not contain the path of the folder in which it was made", async () => {
    const page = await exportText("page.html", ...LOST, "--against", "cas");
    expect(page).not.toContain(process.cwd());
    expect(page).toContain("lessons/01-lost-update/lesson.ts");
  });

  it("has two executions of the same order with --against", async () => {
    const page = await exportText("page.html", ...LOST, "--against", "mutex");
    expect(page).toContain("--against mutex:111122223333");
    expect(page.match(/class="steps"/g)).toHaveLength(2);
  });
});

describe("the recording", () => {
  it("is asciicast v2 whose time never goes back, with a marker where an update is lost", async () => {
    const [header, ...events] = (await exportText("a.cast", ...LOST))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ version: 2, width: 100 });
    const times = events.map(([time]) => time as number);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(events.filter(([, kind]) => kind === "m").map(([, , says]) => says)).toEqual([
      "step 2: last chance",
      "step 6: breaks, stale, lost",
    ]);
    for (const [, kind, text] of events)
      if (kind === "o") expect((text as string).split("\r\n").length).toBeLessThanOrEqual(header.height);
  });
});

describe("a picture with letters", () => {
  it.each(["md", "cast", "svg", "html"] as const)("has its legend in .%s", async (format) => {
    const text = await exportText(`saga.${format}`, "saga", "1112222211");
    for (const says of ["read", "write", "call a service", "the copy is stale", "this step breaks the property"])
      expect(text).toContain(says);
  });
  it("has it in Korean, too", async () => {
    expect(await exportText("ko.svg", "saga", "1112222211", "--lang", "ko")).toContain("서비스 호출");
  });
});

describe("the picture", () => {
  it("is complete in one file, in the theme that was asked for", async () => {
    const light = readFileSync(await exportTo("a.svg", ...LOST), "utf8");
    const dark = readFileSync(await exportTo("a.svg", ...LOST, "--theme", "dark"), "utf8");
    expect(light).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(light).not.toContain("var(");
    expect(dark).not.toBe(light);
  });
});
