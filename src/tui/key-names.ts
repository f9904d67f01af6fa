/** Which keys were pressed, as names. */

/** Ink's key event, as one name. */
interface InkKey {
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
  readonly backspace?: boolean;
  readonly delete?: boolean;
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
  // What terminals send for the key above Enter is one or the other.
  ["backspace", "backspace"],
  ["delete", "backspace"],
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
    if (code === 0x7f) return "backspace";
    return code < 0x20 ? `ctrl+${String.fromCharCode(code + 0x60)}` : character;
  });
}

const labels: Readonly<Record<string, string>> = {
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
  enter: "Enter",
  tab: "Tab",
  esc: "Esc",
  home: "Home",
  end: "End",
  pagedown: "PgDn",
  pageup: "PgUp",
};
/** A key as it is printed on it. */
export const keyLabel = (key: string): string =>
  labels[key] ??
  key.replace(/^(ctrl|shift)\+(.*)$/, (_, held: string, rest: string) =>
    held === "ctrl" ? `Ctrl+${rest.toUpperCase()}` : `Shift+${labels[rest] ?? rest}`,
  );
