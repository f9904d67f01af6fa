/** Rows as text with escape sequences, for recordings. The screens have themes of their own (tui/theme.ts). */
import type { Role, TextRow } from "./span.js";

/** SGR parameters: the 256 colours of the dark theme. */
const looks: Readonly<Record<Role, string>> = {
  text: "",
  dim: "38;5;247",
  strong: "1",
  title: "1",
  read: "38;5;111",
  write: "38;5;220",
  lock: "38;5;175",
  wait: "2;38;5;175",
  bad: "1;38;5;202",
  good: "1;38;5;49",
  retry: "1;38;5;111",
  cursor: "1;7",
  key: "1",
};

export const ansi = (row: TextRow): string =>
  row.map(({ text, role }) => (role && looks[role] ? `\x1b[${looks[role]}m${text}\x1b[0m` : text)).join("");
