/** What a terminal obeys, does not show or reorders reaches it from no lesson, file name, answer or argument. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { clean } from "../../src/commands/out.js";
import { visible } from "../../src/report/span.js";
import { answered, type Ended, racelab, resident } from "../program.js";

/** A title, a bell, colours, right to left and back, isolates, zero width, a byte order mark, a line separator, a blank of Hangul, a tag. */
const EVIL = "\u001b]0;evil\u0007\u001b[31m\u202eabc\u202c\u2066x\u2069\u200b\u200f\ufeff\u2028\u3164\u{e0041}<script>";
const raw = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\u3164]/u;

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours, and places of the cursor
const OWN = /\u001b\[[\d;?]*[A-Za-z]/g;

const folder = mkdtempSync(join(tmpdir(), "racelab-unseen-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "90-evil"));
writeFileSync(
  join(folder, "90-evil", "lesson.js"),
  `import { lesson, ok } from "racelab";
const EVIL = ${JSON.stringify(EVIL)};
const work = { name: EVIL, keys: ["stock/" + EVIL], async body({ read, write }) {
  const stock = await read("stock/" + EVIL);
  await write("stock/" + EVIL, { left: stock.left - 1, [EVIL]: EVIL });
  return ok(EVIL);
} };
export default lesson({
  title: EVIL,
  summary: EVIL,
  size: { tasks: 2 },
  load: { requests: 10, think: 0 },
  scenario: ({ tasks }) => ({
    rows: { ["stock/" + EVIL]: { left: 99 } },
    tasks: Array.from({ length: tasks }, () => work),
    tally: { name: EVIL, done: EVIL, actual: (rows) => rows["stock/" + EVIL].left, expected: ({ outcomes }) => 99 - outcomes.filter((one) => one?.status === "ok").length },
    properties: [{ name: "sold " + EVIL, kind: "outcome", test: ({ rows, outcomes }) => (rows["stock/" + EVIL].left === 97 && outcomes.length === 2 ? null : EVIL) }],
  }),
  label: ({ rows }) => EVIL + rows["stock/" + EVIL].left,
  claims: ["none", "mutex"].map((strategy) => ({ strategy, breaks: "sold " + EVIL, because: EVIL })),
  questions: [{ kind: "choice", ask: EVIL, options: [EVIL, "b"], answer: 0, because: EVIL }],
  picture: { strategy: "none", schedule: "1212" },
});
`,
);

for (const file of ["README.md", "README.ko.md"]) writeFileSync(join(folder, "90-evil", file), `# ${EVIL}\n\n${EVIL}\n`);

/** One process for what is answered about the lesson; only `list` is started as people start it. */
const program = resident({ env: {} });
afterAll(() => program.leave());

const isClean = ({ stdout, stderr }: Pick<Ended, "stdout" | "stderr">): void => {
  expect(`${stdout}${stderr}`).not.toBe("");
  expect(raw.exec(`${stdout}${stderr}`)?.[0]).toBe(undefined);
};

describe("a character that is not seen", () => {
  it("is shown by an escape in plain commands, and by a sign on screens", () => {
    expect(clean("a\u202eb\u200bc\u001b[1m\td\u{e0041}\n")).toBe("a\\u202Eb\\u200Bc\\x1B[1m\\td\\u{E0041}\n");
    expect(visible("a\u202eb\u200bc\u001b[1m\u3164\u{e0041}")).toBe("a␦b␦c␛[1m␦␦");
  });

  it("stays where an emoji is made with it", () => {
    for (const text of ["👩‍💻 ❤️ 🧑🏽‍🚀", "한글, 日本語"]) expect([clean(text), visible(text)]).toEqual([text, text]);
  });

  it.each([
    ["list"],
    ["explore", "evil"],
    ["explore", "evil", "--json"],
    ["trace", "evil", "1212"],
    ["decide", "evil"],
    ["predict", "evil"],
    ["run", "evil", "--workers", "2"],
    ["compare", "evil", "--strategies", "none", "--rounds", "1"],
    ["check", "evil"],
    ["check", "evil", "--reporter", "junit"],
    ["check", "evil", "--reporter", "tap"],
    ["check", "evil", "--reporter", "github"],
    ["check", "evil", "--json"],
  ])("of a lesson is not printed by %s %s", async (...args) => {
    const { racelab: ask } = args[0] === "list" ? { racelab } : program;
    const ended = await ask([...args.filter((arg) => arg !== undefined), "--lessons", folder]);
    isClean(ended);
    // Its text was there.
    expect(ended.stdout).toMatch(/(\\x1B|␛|\\u001b)\]0/);
  });

  it("of a lesson is not in an exported page, nor a tag", async () => {
    const page = async (lesson: string, ...more: string[]) => {
      const file = join(folder, `${lesson}.html`);
      expect((await racelab(["export", lesson, "1212", "--to", file, ...more])).code).toBe(0);
      return readFileSync(file, "utf8");
    };
    const [sound, evil] = [await page("lost-update"), await page("evil", "--lessons", folder)];
    // The page's own code looks for some of them.
    const all = (text: string) => text.match(new RegExp(raw, "gu")) ?? [];
    expect(all(evil)).toEqual(all(sound));
    expect(evil.split("<script").length).toBe(sound.split("<script").length);
  });

  it("of a lesson is not in a recording, neither in its head nor in its frames", async () => {
    const file = join(folder, "page.cast");
    expect((await racelab(["export", "evil", "1212", "--to", file, "--lessons", folder])).code).toBe(0);
    const [head, ...frames] = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const said of Object.values(head)) expect(raw.exec(String(said))?.[0]).toBe(undefined);
    expect(frames.length).toBeGreaterThan(0);
    for (const [, , shown] of frames) {
      // Colours and places of the cursor are racelab's own.
      const plain = String(shown).replace(OWN, "").replaceAll("\r", "");
      expect(raw.exec(plain)?.[0]).toBe(undefined);
    }
  });

  it.each(["md", "txt", "svg"])("of a lesson is not in an exported .%s, nor a tag", async (format) => {
    const file = join(folder, `page.${format}`);
    const { code, stderr } = await program.racelab(["export", "evil", "1212", "--to", file, "--lessons", folder]);
    expect([code, stderr]).toEqual([0, ""]);
    const text = readFileSync(file, "utf8");
    expect(raw.exec(text)?.[0]).toBe(undefined);
    if (format === "svg") return expect(text).not.toContain("<script");
    // In a fence a tag is text.
    const fenced = format === "txt" ? [] : text.split(/^```.*$/m).filter((_, i) => i % 2 === 0);
    expect(fenced.join()).not.toContain("<script");
  });

  it.each([
    [[`--${EVIL}`]],
    [[EVIL]],
    [["run", EVIL]],
    [["run", "lost-update", "--workers", EVIL]],
    [["run", "lost-update", "--strategy", EVIL]],
    [["run", "lost-update", "--store", EVIL]],
    [["explore", "lost-update", "--size", EVIL]],
    [["trace", "lost-update", EVIL]],
    [["verify", "lost-update", EVIL]],
    [["export", "lost-update", "1212", "--to", EVIL]],
    [["check", "lost-update", "--reporter", EVIL]],
  ])("of an argument is not printed back: %j", async (args) => {
    for (const form of [[], ["--json"]]) isClean(await answered([...args, ...form]));
  });

  it("of an exercise's error or file name is not printed by verify", async () => {
    const file = join(folder, "\u202eevil.ts");
    writeFileSync(
      file,
      `import { strategy } from "racelab";
export default strategy({ summary: "x", cost: "y", requires: [], run: () => { console.log(${JSON.stringify(EVIL)}); throw new Error(${JSON.stringify(EVIL)}); } });`,
    );
    for (const form of [[], ["--json"]]) isClean(await racelab(["verify", "lost-update", file, ...form]));
  });
});
