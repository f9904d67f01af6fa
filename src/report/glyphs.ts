/**
 * Each mark of the pictures that is not ASCII, and its replacement for terminals without Unicode. Both are one column
 * wide, so that a whole frame can be translated without moving anything.
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
  "★": "*",
  "☆": "o",
  "◉": "@",
  "◌": "o",
  "⊘": "%",
  "▸": ">",
  "◂": "<",
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
/** Text of characters that are all known to be one column wide, so that nothing has to be measured. */
export const plainWidth = new RegExp(`^[ -~${known}]*$`);
const notAscii = /[^ -~]/g;

let made: Intl.Segmenter | undefined;
/** What is one character to a reader. Made once and when it is needed: making it is a tenth of a start. */
export const segmented = (text: string): Intl.Segments => {
  made ??= new Intl.Segmenter();
  return made.segment(text);
};

/** The text in ASCII: an arrow between two names is no key; marks by their replacements, each other character as `?`, as wide as it was. */
export const toAscii = (text: string, width: (character: string) => number): string =>
  /^[ -~]*$/.test(text)
    ? text
    : [...segmented(text.replace(/(?<=\w) → (?=\w)/g, " > "))]
        .map(({ segment }) => ascii[segment] ?? segment.replace(notAscii, "").padEnd(width(segment), "?"))
        .join("");
