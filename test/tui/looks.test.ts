import { describe, expect, it } from "vitest";
import { roles } from "../../src/report/span.js";
import { rowsText } from "../../src/report/text.js";
import { keyNames } from "../../src/tui/key-names.js";
import { markdown } from "../../src/tui/parts/markdown.js";
import { backgroundIn, backgroundOf, type Environment, looksOf, nextTheme } from "../../src/tui/terminal.js";
import { type ThemeName, theme, themes } from "../../src/tui/theme.js";

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
    ["xterm without more has 256 colours", { TERM: "xterm", LANG: "C.UTF-8" }, {}, "dark", { level: 2, theme: "dark" }],
    ["16 colours, unknown background: attributes", { TERM: "linux", LANG: "C.UTF-8" }, {}, null, { level: 1, theme: "plain" }],
    ["progress where the terminal is known to show it", { ...xterm, TERM_PROGRAM: "ghostty" }, {}, "dark", { progress: true }],
    ["no progress where it would be a notification", { ...xterm, TERM_PROGRAM: "iTerm.app" }, {}, "dark", { progress: false }],
    ["dumb", { TERM: "dumb" }, {}, null, { level: 0, theme: "plain", tier: "ascii" }],
    ["a locale that is not UTF-8", { ...xterm, LC_ALL: "ko_KR.EUC-KR" }, {}, null, { tier: "ascii" }],
    ["links where the terminal is known to make them", { ...xterm, TERM_PROGRAM: "vscode" }, {}, "dark", { links: true }],
    ["no links in tmux", { TERM: "tmux-256color", TERM_PROGRAM: "vscode" }, {}, "dark", { links: false }],
    ["no links in a terminal that is not known", xterm, {}, "dark", { links: false }],
    ["--ascii", xterm, { ascii: true }, null, { tier: "ascii" }],
  ] as const)("%s", (_, env, wishes, background, expected) => {
    expect(looksOf(env, wishes, background)).toMatchObject(expected);
  });

  it.each([
    ["is taken where nothing else is said", xterm, {}, "16", "16"],
    ["wins over the background", xterm, {}, "light", "light"],
    ["is less than --theme", xterm, { theme: "dark" }, "light", "dark"],
    ["is less than RACELAB_THEME", { ...xterm, RACELAB_THEME: "dark" }, {}, "light", "dark"],
    ["is less than NO_COLOR", { ...xterm, NO_COLOR: "1" }, {}, "light", "plain"],
    ["is passed over by a terminal that cannot show it", { TERM: "linux", LANG: "C.UTF-8" }, {}, "light", "16"],
    ["is passed over when it is no theme", xterm, {}, { theme: "light" }, "dark"],
  ] as const)("a theme that was chosen before %s", (_, env, wishes, saved, expected) => {
    expect(looksOf(env, wishes, "dark", saved).theme).toBe(expected);
  });

  it("gives the themes in turn, those that it can show, and none where nothing may be coloured", () => {
    const turns = (env: Environment, from: ThemeName) => {
      const looks = looksOf(env, {}, "dark");
      const all: (ThemeName | null)[] = [];
      for (let now = nextTheme(from, looks); all.length < 4; now = now && nextTheme(now, looks)) all.push(now);
      return all;
    };
    expect(turns(xterm, "dark")).toEqual(["light", "16", "plain", "dark"]);
    expect(turns(xterm, "either")).toEqual(["dark", "light", "16", "plain"]);
    expect(turns({ TERM: "linux" }, "16")).toEqual(["plain", "16", "plain", "16"]);
    expect(turns({ ...xterm, NO_COLOR: "1" }, "plain")).toEqual([null, null, null, null]);
  });

  it("is never asked to dim what must be read: who waits", () => {
    for (const name of themes) expect(theme(name).wait.dimColor ?? false, name).toBe(false);
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
    expect(JSON.stringify(theme("plain"))).not.toContain('color":');
    expect(theme("plain").bad).toMatchObject({ bold: true, inverse: true });
  });
});

/** WCAG 2 contrast of a colour of the 256 palette against a background. */
function contrast(code: number, background: readonly number[]): number {
  const steps = [0, 95, 135, 175, 215, 255];
  const cube = [36, 6, 1].map((unit) => steps[Math.floor((code - 16) / unit) % 6]!);
  const rgb = code >= 232 ? [8, 8, 8].map((from) => from + (code - 232) * 10) : cube;
  const [light, dark] = [rgb, background].map(luminance).sort((one, other) => other - one) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
const luminance = (rgb: readonly number[]): number => {
  const linear = rgb.map((channel) => (channel <= 10 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
};

describe("the palettes", () => {
  const [black, grey, slate] = [
    [0, 0, 0],
    [0x1e, 0x1e, 0x1e],
    [0x28, 0x2c, 0x34],
  ];
  const [white, paper] = [
    [255, 255, 255],
    [0xfa, 0xfa, 0xfa],
  ];
  it.each([
    ["dark", [black, grey, slate], 4.5],
    ["light", [white, paper], 4.5],
    // For terminals that do not tell their background. A colour halfway between black and white has a contrast of 4.58 to both.
    ["either", [black, white], 4],
  ] as const)("%s can be read on its backgrounds", (name, backgrounds, least) => {
    for (const [role, { color }] of Object.entries(theme(name)))
      for (const background of backgrounds) {
        if (typeof color === "number")
          expect(contrast(color, background), `${role} ${color} on ${background}`).toBeGreaterThanOrEqual(least);
      }
  });
});

describe("a story", () => {
  it("is paragraphs, code and strong words; its own heading is left out", () => {
    expect(rowsText(markdown("# Title\n\nOne `left`\nand **two**.\n\n- a\n- b", 30))).toBe("One left and two.\n\n- a\n- b");
    expect(markdown("`left`", 30)[0]?.[0]).toEqual({ text: "left", role: "read" });
  });
});
