/** Names of keys: from Ink's events, and as labels on screen. */

/** Ink's key event. */
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
  // Terminals send one or the other for the key above Enter.
  ["backspace", "backspace"],
  ["delete", "backspace"],
];

/** A terminal's late answer to a query, or a mouse event: input that is no key press. */
const answer = /^\[[\d;?<>]+[A-Za-z~]$|\d+;rgba?:/;

/** A mouse event as SGR mode reports it (xterm, 1006): button, column and row from 1, `M` pressed, `m` let go. */
const mouseEvent = /\[<(\d+);(\d+);(\d+)([Mm])/g;
/** The wheel is ↑ and ↓, as terminals send it themselves where the mouse is off. Other buttons do nothing. */
const mouseName = (button: number, at: string, end: string | undefined): string[] =>
  end === "m" ? [] : button === 64 ? ["up"] : button === 65 ? ["down"] : button === 0 ? [`click ${at}`] : [];

/**
 * The keys in one input event. Keys that are typed fast, pasted or sent over a slow line arrive in one event, and Ink
 * then sets no flags: `"\r \u0004"` is Enter, space and Ctrl+D.
 */
export function keyNames(input: string, key: InkKey): string[] {
  const mouse = [...input.matchAll(mouseEvent)];
  if (mouse.length > 0)
    return mouse.flatMap(([, button, column, row, end]) => mouseName(Number(button), `${column} ${row}`, end));
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
/** The label of a key, as on the keyboard. */
export const keyLabel = (key: string): string =>
  labels[key] ??
  key.replace(/^(ctrl|shift)\+(.*)$/, (_, held: string, rest: string) =>
    held === "ctrl" ? `Ctrl+${rest.toUpperCase()}` : `Shift+${labels[rest] ?? rest}`,
  );
