/**
 * Every mark the pictures use that is not ASCII, and what stands for it where the terminal has no Unicode.
 * One column for one column, so that a whole frame can be translated without moving anything.
 */
export type Tier = "unicode" | "ascii";

export const ascii: Readonly<Record<string, string>> = {
  // rules and lanes
  "─": "-",
  "│": "|",
  "┬": "+",
  "┴": "+",
  "┼": "+",
  "├": "+",
  "┤": "+",
  "═": "=",
  "░": ".",
  "▴": "^",
  "▾": "v",
  // marks
  "✓": "+",
  "✗": "x",
  "↻": "r",
  "◉": "@",
  "◌": "o",
  "⊘": "%",
  "▸": ">",
  "█": "#",
  "▏": "|",
  "▎": "|",
  "▍": "|",
  "▌": "|",
  "▋": "|",
  "▊": "|",
  "▉": "|",
  // words and keys
  "·": ".",
  "…": ".",
  µ: "u",
  "←": "h",
  "→": "l",
  "↑": "k",
  "↓": "j",
};

const known = Object.keys(ascii).join("");
/** Text of which every character is known to be one column wide: no need to measure it. */
export const plainWidth = new RegExp(`^[ -~${known}]*$`);
const notAscii = /[^ -~]/g;

/** Making one takes longer than using it. */
export const segmenter = new Intl.Segmenter();

/** The mark for one character of the picture; anything else that is not ASCII becomes `?`, as wide as it was. */
export const toAscii = (text: string, width: (character: string) => number): string =>
  /^[ -~]*$/.test(text)
    ? text
    : [...segmenter.segment(text)]
        .map(({ segment }) => ascii[segment] ?? segment.replace(notAscii, "").padEnd(width(segment), "?"))
        .join("");
