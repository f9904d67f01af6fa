/** What this terminal can show, as far as the environment and the terminal itself tell. */
import type { Tier } from "../report/glyphs.js";
import { type ThemeName, themes } from "./theme.js";

export type Environment = Readonly<Record<string, string | undefined>>;
/** chalk's levels: 0 no escape codes, 1 sixteen colours, 2 256 colours, 3 all colours. */
type ColourLevel = 0 | 1 | 2 | 3;

interface TerminalLooks {
  readonly level: ColourLevel;
  readonly theme: ThemeName;
  readonly tier: Tier;
  /** Themes that `T` goes through; empty: no colours here. */
  readonly choice: readonly ThemeName[];
  /** It makes links of OSC 8, so that `file:line` can be clicked. */
  readonly links: boolean;
  /** It shows that work is under way (OSC 9;4). */
  readonly progress: boolean;
}

export interface LookOptions {
  readonly color?: "always" | "never" | "auto" | undefined;
  readonly theme?: string | undefined;
  readonly ascii?: boolean | undefined;
}

/**
 * The first that is given decides. Colour: `--color`, NO_COLOR, FORCE_COLOR, the kind of terminal. Theme: `--theme`,
 * RACELAB_THEME, the `saved` one if this terminal can show it, the background. Without colour, bold and underline stay.
 */
export function looksOf(
  env: Environment,
  wishes: LookOptions,
  background: "dark" | "light" | null,
  saved?: unknown,
): TerminalLooks {
  const level = depth(env, wishes);
  const colour = wishes.color === "always" || (wishes.color !== "never" && !env["NO_COLOR"] && env["FORCE_COLOR"] !== "0");
  const coloured = colour && level > 0;
  const choice = coloured ? choices.filter((name) => level >= 2 || name === "16" || name === "plain") : [];
  const asked = themes.find((name) => name === (wishes.theme ?? env["RACELAB_THEME"])) ?? choice.find((name) => name === saved);
  const guessed: ThemeName = level >= 2 ? (background ?? "either") : background === "dark" ? "16" : "plain";
  return {
    level,
    theme: coloured ? (asked ?? guessed) : "plain",
    tier: tier(env, wishes),
    choice,
    links: knowsLinks(env),
    progress: knowsProgress(env),
  };
}

/**
 * Terminals that are known to make links: others mostly ignore OSC 8, and a few print it. tmux and screen pass it on only where
 * they are told to.
 */
function knowsLinks(env: Environment): boolean {
  const { TERM = "", TERM_PROGRAM = "", VTE_VERSION = "0", FORCE_HYPERLINK } = env;
  if (FORCE_HYPERLINK) return FORCE_HYPERLINK !== "0";
  if (/^(dumb|linux|screen|tmux)/.test(TERM)) return false;
  return (
    /^(iTerm\.app|WezTerm|vscode|ghostty|Hyper|rio|zed)$/.test(TERM_PROGRAM) ||
    /kitty|alacritty|foot|ghostty|wezterm/.test(TERM) ||
    Number(VTE_VERSION) >= 5000 ||
    ["WT_SESSION", "KONSOLE_VERSION", "DOMTERM"].some((name) => Boolean(env[name]))
  );
}

/**
 * Terminals that are known to show progress in their tab or in the task bar (OSC 9;4). Others take OSC 9 for a notification, one
 * for each report.
 */
function knowsProgress(env: Environment): boolean {
  const { TERM_PROGRAM = "", VTE_VERSION = "0", ConEmuANSI = "" } = env;
  return (
    Boolean(env["WT_SESSION"]) || ConEmuANSI === "ON" || /^(ghostty|WezTerm)$/.test(TERM_PROGRAM) || Number(VTE_VERSION) >= 7900
  );
}

/** The order of `T`. "either" is only a guess and cannot be chosen. */
const choices: readonly ThemeName[] = ["dark", "light", "16", "plain"];

/** The theme after this one; null: no colours here. */
export const nextTheme = (now: ThemeName, { choice }: Pick<TerminalLooks, "choice">): ThemeName | null =>
  choice[(choice.indexOf(now) + 1) % choice.length] ?? null;

function depth(env: Environment, { color }: LookOptions): ColourLevel {
  if (env["TERM"] === "dumb") return 0;
  const forced = Number(env["FORCE_COLOR"]);
  if (color !== "never" && !env["NO_COLOR"] && forced >= 1 && forced <= 3) return forced as ColourLevel;
  if (/^(truecolor|24bit)$/.test(env["COLORTERM"] ?? "")) return 3;
  // Terminals of these names have had 256 colours for twenty years; many of them say "xterm" and no more.
  return /256|direct|^(xterm|screen|tmux|rxvt|alacritty|foot|ghostty|wezterm)/.test(env["TERM"] ?? "") ? 2 : 1;
}

/** ASCII where the locale or the terminal has no UTF-8. Without any locale Node writes UTF-8. */
function tier(env: Environment, { ascii }: LookOptions): Tier {
  if (ascii !== undefined) return ascii ? "ascii" : "unicode";
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  const other = locale !== "" && !/utf-?8/i.test(locale);
  return other || env["TERM"] === "linux" || env["TERM"] === "dumb" ? "ascii" : "unicode";
}

/** From COLORFGBG, which some terminals set: `15;0` is light text on black. */
export function backgroundOf(env: Environment): "dark" | "light" | null {
  const back = /;(\d+)$/.exec(env["COLORFGBG"] ?? "")?.[1];
  if (back === undefined) return null;
  return Number(back) < 7 || Number(back) === 8 ? "dark" : "light";
}

/** From the answer to OSC 11, `rgb:RRRR/GGGG/BBBB`; null: there is none in it. */
export function backgroundIn(answer: string): "dark" | "light" | null {
  const found = /\]11;rgba?:([0-9a-f]+)\/([0-9a-f]+)\/([0-9a-f]+)/i.exec(answer);
  if (!found) return null;
  const [red = 0, green = 0, blue = 0] = found.slice(1).map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5 ? "dark" : "light";
}

/**
 * Asks the terminal for its background (OSC 11). Every terminal answers the second question (DA1), so that answer ends
 * the wait; a terminal that answers nothing costs 200 ms.
 */
export function askBackground(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Promise<"dark" | "light" | null> {
  return new Promise((resolve) => {
    let answer = "";
    const done = (): void => {
      clearTimeout(timer);
      stdin.off("data", heard);
      stdin.setRawMode(false);
      stdin.pause();
      resolve(backgroundIn(answer));
    };
    const heard = (chunk: Buffer | string): void => {
      answer += String(chunk);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what terminals answer
      if (/\u001b\[\?[\d;]*c/.test(answer)) done();
    };
    const timer = setTimeout(done, 200);
    stdin.setRawMode(true);
    stdin.on("data", heard);
    stdin.resume();
    stdout.write("\u001b]11;?\u0007\u001b[c");
  });
}
