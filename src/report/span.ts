/**
 * Every picture is made of rows of spans. A span is text with a role; the role says what kind of thing it is, and a theme
 * how that looks. Screens, text files and recordings use the same rows.
 */
import stringWidth from "string-width";
import { withoutCredentials } from "../core/credentials.js";
import { seen } from "../core/unseen.js";
import { plainWidth, segmented, type Tier, toAscii } from "./glyphs.js";

/** The kinds of things in a picture. Colour only repeats what a letter or mark says. */
export const roles = [
  "text",
  "dim",
  "strong",
  "title",
  "read",
  "write",
  "lock",
  "wait",
  "bad",
  "good",
  "retry",
  "cursor",
  "key",
] as const;
export type Role = (typeof roles)[number];

export interface Span {
  readonly text: string;
  readonly role?: Role;
  /** Where a click leads, in terminals that know links (OSC 8): a URL. */
  readonly link?: string;
}
export type TextRow = readonly Span[];

/**
 * The text with a sign for each character that is not seen, and without credentials. Data is drawn as it is, and a row may hold
 * `ESC[2J`, so all text for the terminal has to pass through here.
 */
export const visible = (text: string): string =>
  seen(withoutCredentials(text), (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\u2426";
  });

/** The columns that a text takes in a terminal. */
export const width = (text: string): number => (plainWidth.test(text) ? text.length : stringWidth(text));
export const rowWidth = (row: TextRow): number => row.reduce((sum, { text }) => sum + width(text), 0);

/** A row from strings and spans. */
export const row = (...parts: readonly (string | Span | TextRow)[]): TextRow =>
  parts.flatMap((part): TextRow => {
    if (typeof part === "string") return [{ text: visible(part) }];
    if ("text" in part) return [{ ...part, text: visible(part.text) }];
    return part;
  });
export const span = (text: string, role?: Role): Span => ({ text: visible(text), ...(role && { role }) });

/** The first `columns` columns of a text, without a wide character that would not fit. */
export function cut(text: string, columns: number): string {
  if (plainWidth.test(text)) return text.slice(0, Math.max(0, columns));
  let [out, used] = ["", 0];
  for (const { segment } of segmented(text)) {
    const more = width(segment);
    if (used + more > columns) break;
    out += segment;
    used += more;
  }
  return out;
}

/** Of a line that is cut, at least this share is kept: then a word is cut inside, a number still is not. */
const KEPT = 0.6;
/** What a number goes on with. The date, time or schedule that it is part of is kept or left out as a whole, too. */
const ofNumber = /[\d.,:]/;

/**
 * The text in at most `columns` columns. One that is too long ends in `…`, between two words where that leaves most of it,
 * and never inside a number: what is left of 1,230,592 would be another number.
 */
export function clip(text: string, columns: number): string {
  const clean = visible(text);
  if (width(clean) <= columns) return clean;
  if (columns < 1) return "";
  let kept = cut(clean, columns - 1);
  const next = clean[kept.length] ?? "";
  if (/\S/.test(next) && /\S$/.test(kept)) {
    const space = kept.lastIndexOf(" ");
    if (space > 0 && width(kept.slice(0, space)) >= columns * KEPT) kept = kept.slice(0, space);
    else if (/\d/.test(clean.slice(kept.length).match(/^[\d.,:]*/)?.[0] ?? "") && ofNumber.test(kept.at(-1) ?? ""))
      kept = kept.replace(/-?[\d.,:]+$/, "");
  }
  return `${kept.trimEnd()}…`;
}

/** The text at the left of exactly `columns` columns, clipped. */
export const left = (text: string, columns: number): string => {
  const kept = clip(text, columns);
  return kept + " ".repeat(Math.max(0, columns - width(kept)));
};
/** The same for a line of code, cut anywhere but inside a number: half of `await read<Stock>(STOCK)` says more than `await` alone. */
export const leftOfCode = (line: string, columns: number): string =>
  width(line) <= columns ? left(line, columns) : left(`${cut(line, columns - 1).replace(/\d+$/, "")}…`, columns);
/** The text at the right of exactly `columns` columns: for numbers. */
export const right = (text: string, columns: number): string => {
  const kept = left(text, columns).trimEnd();
  return " ".repeat(Math.max(0, columns - width(kept))) + kept;
};

/** The row, exactly `columns` wide. Each row passes through here last, so control characters are replaced here once more. */
export function exactly(given: TextRow, columns: number): TextRow {
  const full = given.map(({ text }) => visible(text)).join("");
  const text = width(full.trimEnd()) > columns ? clip(full, columns) : full;
  const isClipped = text !== full && text.endsWith("…");
  let rest = isClipped ? text.slice(0, -1) : text;
  const out: Span[] = [];
  let room = columns;
  for (const part of given) {
    const piece = cut(visible(part.text).slice(0, rest.length), room);
    rest = rest.slice(piece.length);
    if (piece !== "") out.push({ ...part, text: piece });
    room -= width(piece);
    if (rest === "" || room <= 0) break;
  }
  const last = out.at(-1);
  if (isClipped && room > 0) {
    if (last) out.splice(-1, 1, { ...last, text: `${last.text}…` });
    else out.push({ text: "…" });
    room--;
  }
  return room > 0 ? [...out, { text: " ".repeat(room) }] : out;
}

/** The words in lines of at most `columns` columns, with their roles. A word that is longer than a line is cut. */
export function wrap(given: TextRow, columns: number): TextRow[] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const { text, ...look } of given)
    for (let word of visible(text).match(/ +|[^ ]+/g) ?? []) {
      if (used + width(word) > columns) {
        if (used > 0) lines.push([]);
        used = 0;
        if (word.startsWith(" ")) continue;
        while (width(word) > columns) {
          const piece = cut(word, columns) || word;
          lines.at(-1)?.push({ text: piece, ...look });
          lines.push([]);
          word = word.slice(piece.length);
        }
      }
      if (word === "" || (used === 0 && word.startsWith(" ") && lines.length > 1)) continue;
      lines.at(-1)?.push({ text: word, ...look });
      used += width(word);
    }
  return lines;
}

/** Entries beside each other, each whole, in as few rows as hold them. */
export function packed(entries: readonly TextRow[], columns: number): TextRow[] {
  const rows: TextRow[] = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    if (last && rowWidth(last) + rowWidth(entry) + 3 <= columns) rows[rows.length - 1] = row(last, "   ", entry);
    else rows.push(row(" ", entry));
  }
  return rows;
}

/** The text cut after its sentences and colons. `begins`: letters that a sentence starts with; w is for names of lanes, w2. */
export const inSentences = (text: string, begins: "A-Z" | "A-Zw" = "A-Zw"): string[] =>
  text.split(new RegExp(`(?<=[.:]) (?=[${begins}])|(?<=다\\.) `));

/**
 * As many whole sentences as fit into `lines` lines of `columns` columns; of the first one at least the beginning. The last
 * line ends in `…` where something is left out.
 */
export function sentences(given: readonly TextRow[], columns: number, lines: number): TextRow[] {
  if (lines < 1) return [];
  let kept: TextRow = [];
  for (const sentence of given) {
    const more = kept.length > 0 ? row(kept, " ", sentence) : sentence;
    if (wrap(more, columns).length > lines) return unfinished(wrap(kept.length > 0 ? kept : more, columns), columns, lines);
    kept = more;
  }
  return wrap(kept, columns);
}

function unfinished(all: readonly TextRow[], columns: number, lines: number): TextRow[] {
  const last = all[Math.min(lines, all.length) - 1] ?? [];
  const more = row(last, " …");
  return [...all.slice(0, lines - 1).slice(0, all.length - 1), rowWidth(more) <= columns ? more : exactly(more, columns)];
}

/** The row in another tier, with every column where it was. */
export const inTier = (given: TextRow, tier: Tier): TextRow =>
  tier === "unicode" ? given : given.map((part) => ({ ...part, text: toAscii(part.text, width) }));
