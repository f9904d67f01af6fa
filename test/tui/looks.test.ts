import { describe, expect, it } from "vitest";
import { roles } from "../../src/report/span.js";
import { rowsText } from "../../src/report/text.js";
import { keyNames } from "../../src/tui/keys.js";
import { backgroundIn, backgroundOf, looksOf } from "../../src/tui/terminal.js";
import { theme, themes } from "../../src/tui/theme.js";
import { markdown } from "../../src/tui/views/markdown.js";

const xterm = { TERM: "xterm-256color", LANG: "en_US.UTF-8" };

describe("what a terminal can show", () => {
  it.each([
    ["256 colours, dark", xterm, {}, "dark", { level: 2, theme: "dark", tier: "unicode" }],
    ["it does not say which background", xterm, {}, null, { level: 2, theme: "either" }],
    ["NO_COLOR keeps attributes", { ...xterm, NO_COLOR: "1" }, {}, "dark", { level: 2, theme: "plain" }],
    ["an empty NO_COLOR means nothing", { ...xterm, NO_COLOR: "" }, {}, "dark", { theme: "dark" }],
    ["--color wins over NO_COLOR", { ...xterm, NO_COLOR: "1" }, { color: "always" }, "light", { theme: "light" }],
    ["--color never", xterm, { color: "never" }, "dark", { theme: "plain" }],
    ["--theme wins over the background", xterm, { theme: "light" }, "dark", { theme: "light" }],
    ["RACELAB_THEME", { ...xterm, RACELAB_THEME: "16" }, {}, "dark", { theme: "16" }],
    ["16 colours, unknown background: attributes", { TERM: "xterm", LANG: "C.UTF-8" }, {}, null, { level: 1, theme: "plain" }],
    ["dumb", { TERM: "dumb" }, {}, null, { level: 0, theme: "plain", tier: "ascii" }],
    ["a locale that is not UTF-8", { ...xterm, LC_ALL: "ko_KR.EUC-KR" }, {}, null, { tier: "ascii" }],
    ["--ascii", xterm, { ascii: true }, null, { tier: "ascii" }],
  ] as const)("%s", (_, env, wishes, background, expected) => {
    expect(looksOf(env, wishes, background)).toMatchObject(expected);
  });

  it("knows a background from its answer and from the environment", () => {
    expect(backgroundIn("\u001b]11;rgb:1e1e/1e1e/2e2e\u0007\u001b[?62;c")).toBe("dark");
    expect(backgroundIn("\u001b]11;rgb:ff/ff/fa\u001b\\")).toBe("light");
    expect(backgroundIn("\u001b[?1;2c")).toBeNull();
    expect([backgroundOf({ COLORFGBG: "15;0" }), backgroundOf({ COLORFGBG: "0;15" }), backgroundOf({})]).toEqual([
      "dark",
      "light",
      null,
    ]);
  });

  it("is not taken for keys when it answers late", () => {
    expect(keyNames("]11;rgb:1e1e/1e1e/2e2e\u0007", {})).toEqual([]);
    expect(keyNames("[?62;22c", {})).toEqual([]);
  });
});

describe("themes", () => {
  it.each(themes)("%s has a look for every role, and never blinks or fills a background", (name) => {
    for (const role of roles) expect(theme(name)[role]).toBeDefined();
    expect(JSON.stringify(theme(name))).not.toMatch(/background|blink/);
  });
  it("without colour still tells problems from the rest", () => {
    expect(JSON.stringify(theme("plain"))).not.toContain('color":"');
    expect(theme("plain").bad).toMatchObject({ bold: true, inverse: true });
  });
});

describe("a story", () => {
  it("is paragraphs, code and strong words; its own heading is left out", () => {
    expect(rowsText(markdown("# Title\n\nOne `left`\nand **two**.\n\n- a\n- b", 30))).toBe("One left and two.\n\n- a\n- b");
    expect(markdown("`left`", 30)[0]?.[0]).toEqual({ text: "left", role: "read" });
  });
});
