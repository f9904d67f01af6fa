/**
 * The one table of commands. Key presses, the two hint rows, `?` and the tests all read it, so none of them
 * can promise what another does not do.
 */
import { chosenStrategy, type Model, panesFor, type Screen, shownResult, tooSmall } from "./state.js";

/** `small`: the window is too small for anything else. */
export type Where = Screen | "help" | "small";

export interface Command {
  readonly id: string;
  /** Names as `keyName` gives them. */
  readonly keys: readonly string[];
  /** The keys as a hint shows them; without it, the first key. */
  readonly shown: string;
  readonly text: string;
  readonly where: readonly Where[];
  /** Null: it can be done now. Else why not, in a sentence. */
  readonly off?: (model: Model) => string | null;
  /** Stays in the hint rows whatever else has to go. */
  readonly stays?: true;
  /** Listed by `?` but not in the hint rows: what everybody tries anyway. */
  readonly quiet?: true;
}

const running = ({ lesson }: Model): string | null => (lesson?.running ? "a run is under way: Ctrl+C stops it" : null);
const needsResult = ({ lesson }: Model): string | null => (lesson && shownResult(lesson) ? null : "run it first (Enter)");
const needsPlaces = (model: Model): string | null =>
  needsResult(model) ??
  (((model.lesson && shownResult(model.lesson)?.places.length) ?? 0) > 1 ? null : "there is nothing else to go to");
const needsPanes = ({ size }: Model): string | null => (panesFor(size).length > 1 ? null : "everything is on screen already");

const lessons: readonly Where[] = ["lessons"];
const lesson: readonly Where[] = ["lesson"];
const both: readonly Where[] = ["lessons", "lesson"];
const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export const commands: readonly Command[] = [
  { id: "lesson-up", keys: ["up", "k"], shown: "↑↓", text: "choose a lesson", where: lessons },
  { id: "lesson-down", keys: ["down", "j"], shown: "↑↓", text: "choose a lesson", where: lessons },
  { id: "lesson-first", keys: ["home", "g"], shown: "g", text: "first lesson", where: lessons, quiet: true },
  { id: "lesson-last", keys: ["end", "G"], shown: "G", text: "last lesson", where: lessons, quiet: true },
  { id: "lesson-number", keys: digits, shown: "1-9", text: "lesson with that number", where: lessons, quiet: true },
  { id: "open", keys: ["enter"], shown: "Enter", text: "open it", where: lessons },

  { id: "run", keys: ["enter", "r"], shown: "Enter", text: "run it", where: lesson, off: running },
  { id: "strategy-up", keys: ["up", "k"], shown: "↑↓", text: "strategy", where: lesson },
  { id: "strategy-down", keys: ["down", "j"], shown: "↑↓", text: "strategy", where: lesson },
  { id: "strategy-number", keys: digits, shown: "1-9", text: "strategy with that number", where: lesson, quiet: true },
  { id: "back-step", keys: ["left", "h"], shown: "←→", text: "step", where: lesson, off: needsResult },
  { id: "step", keys: ["right", "l"], shown: "←→", text: "step", where: lesson, off: needsResult },
  { id: "next-place", keys: ["n"], shown: "n/N", text: "next, previous place", where: lesson, off: needsPlaces },
  { id: "previous-place", keys: ["N", "p"], shown: "n/N", text: "next, previous place", where: lesson, off: needsPlaces },
  { id: "pane", keys: ["tab"], shown: "Tab", text: "story, code, lanes", where: lesson, off: needsPanes },
  {
    id: "pane-back",
    keys: ["shift+tab"],
    shown: "Shift+Tab",
    text: "the other way",
    where: lesson,
    off: needsPanes,
    quiet: true,
  },
  { id: "first-step", keys: ["home", "g"], shown: "g", text: "first step", where: lesson, off: needsResult, quiet: true },
  { id: "last-step", keys: ["end", "G"], shown: "G", text: "last step", where: lesson, off: needsResult, quiet: true },
  {
    id: "back-switch",
    keys: ["shift+left", "H"],
    shown: "H",
    text: "back to where another request went on",
    where: lesson,
    off: needsResult,
    quiet: true,
  },
  {
    id: "switch",
    keys: ["shift+right", "L"],
    shown: "L",
    text: "on to where another request goes on",
    where: lesson,
    off: needsResult,
    quiet: true,
  },
  { id: "table", keys: ["v"], shown: "v", text: "table", where: lesson, off: needsResult },
  { id: "think", keys: ["t"], shown: "t", text: "think time", where: lesson, off: running },
  { id: "more-workers", keys: ["w"], shown: "w/W", text: "more/fewer threads", where: lesson, off: running },
  { id: "fewer-workers", keys: ["W"], shown: "w/W", text: "more/fewer threads", where: lesson, off: running },
  { id: "zoom-in", keys: ["+", "="], shown: "+ -", text: "zoom", where: lesson, off: needsResult },
  { id: "zoom-out", keys: ["-"], shown: "+ -", text: "zoom", where: lesson, off: needsResult },
  { id: "zoom-fit", keys: ["0"], shown: "0", text: "zoom so that it fits", where: lesson, off: needsResult, quiet: true },
  { id: "page-down", keys: ["pagedown", "d"], shown: "PgDn PgUp", text: "scroll the text", where: lesson, quiet: true },
  { id: "page-up", keys: ["pageup", "u"], shown: "PgUp", text: "scroll the text", where: lesson, quiet: true },

  { id: "repaint", keys: ["ctrl+l"], shown: "Ctrl+L", text: "draw the screen again", where: both, quiet: true },
  { id: "suspend", keys: ["ctrl+z"], shown: "Ctrl+Z", text: "suspend; fg comes back", where: both, quiet: true },
  {
    id: "interrupt",
    keys: ["ctrl+c"],
    shown: "Ctrl+C",
    text: "stop the run, else quit",
    where: ["lessons", "lesson", "help", "small"],
    quiet: true,
  },
  { id: "help", keys: ["?"], shown: "?", text: "all keys", where: both, stays: true },
  { id: "help-down", keys: ["down", "j", "pagedown"], shown: "↑↓", text: "scroll", where: ["help"] },
  { id: "help-up", keys: ["up", "k", "pageup"], shown: "↑↓", text: "scroll", where: ["help"] },
  { id: "close-help", keys: ["?", "esc", "q", "enter"], shown: "? Esc", text: "close", where: ["help"], stays: true },
  { id: "back", keys: ["q", "esc"], shown: "q", text: "lessons", where: lesson, stays: true },
  { id: "quit", keys: ["q"], shown: "q", text: "quit", where: ["lessons", "small"], stays: true },
];

export const whereAmI = (model: Model): Where => (tooSmall(model.size) ? "small" : model.help ? "help" : model.screen);

/** What a key does here; undefined: nothing. */
export const commandFor = (model: Model, key: string): Command | undefined =>
  commands.find(({ keys, where }) => keys.includes(key) && where.includes(whereAmI(model)));

/** The hints that hold right now, most used first, each once: what is off is not promised. */
export function hints(model: Model): Command[] {
  const here = commands.filter(
    ({ where, quiet, off }) => where.includes(whereAmI(model)) && !quiet && (off?.(model) ?? null) === null,
  );
  return here.filter(({ shown, text }, index) => here.findIndex((one) => one.shown === shown && one.text === text) === index);
}

/** What a hint says for the command under the circumstances. */
export const hintText = (model: Model, { id, text }: Command): string => {
  if (!model.lesson) return text;
  if (id === "run") return `run ${chosenStrategy(model.lesson)?.id ?? ""}`;
  const shown = shownResult(model.lesson);
  return id === "next-place" ? `next/previous ${shown?.places[shown.place]?.what ?? "place"}` : text;
};

/** Ink's key event, as one name. */
export interface InkKey {
  readonly upArrow?: boolean;
  readonly downArrow?: boolean;
  readonly leftArrow?: boolean;
  readonly rightArrow?: boolean;
  readonly pageUp?: boolean;
  readonly pageDown?: boolean;
  readonly home?: boolean;
  readonly end?: boolean;
  readonly return?: boolean;
  readonly escape?: boolean;
  readonly tab?: boolean;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
  readonly meta?: boolean;
}

const named: readonly (readonly [keyof InkKey, string])[] = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "esc"],
  ["tab", "tab"],
];

/** What a terminal answers to a question, or a mouse says: it may come late, and it is nobody's key press. */
const answer = /^\[[\d;?<>]+[A-Za-z~]$|\d+;rgba?:/;

/**
 * The keys in one input event. What is typed fast, pasted or sent over a slow line arrives in one piece,
 * and Ink then sets no flags: `"\r \u0004"` is Enter, space and Ctrl+D.
 */
export function keyNames(input: string, key: InkKey): string[] {
  const special = named.find(([flag]) => key[flag]);
  if (special) return [`${key.shift && special[0] !== "escape" ? "shift+" : ""}${special[1]}`];
  if (key.ctrl) return [`ctrl+${input}`];
  if (key.meta || answer.test(input)) return [];
  return [...input].map((character) => {
    const code = character.charCodeAt(0);
    if (character === "\r" || character === "\n") return "enter";
    if (character === "\t") return "tab";
    if (character === "\u001b") return "esc";
    if (character === " ") return "space";
    return code < 0x20 ? `ctrl+${String.fromCharCode(code + 0x60)}` : character;
  });
}
