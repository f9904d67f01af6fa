import { left, type Row, row, span } from "../../report/span.js";
import { type Command, commands } from "../keys.js";
import type { Model } from "../state.js";
import { breadcrumb, filled, hintRows, rule } from "./parts.js";

/** Every key of the screen behind it, from the one table; what cannot be done now says why. */
export function helpView(model: Model): Row[] {
  const { columns, rows } = model.size;
  const height = rows - 4;
  const lines = helpLines(model);
  const first = Math.min(model.helpScroll, Math.max(0, lines.length - height));
  const more = lines.length > height ? `${first + 1}-${Math.min(lines.length, first + height)} of ${lines.length}` : "";
  return [
    breadcrumb(columns, ["racelab", "Keys"]),
    rule(columns, model.screen === "lesson" ? "Keys in a lesson" : "Keys in the list of lessons", more),
    ...filled(lines.slice(first, first + height), height),
    ...hintRows(model, 1),
  ];
}

/** Commands that belong together (`n` and `N`) have one line: that is what equal hints say. */
export function helpLines(model: Model): Row[] {
  const here = commands.filter(({ where }) => where.includes(model.screen));
  const groups = new Map<string, Command[]>();
  for (const command of here) groups.set(command.text, [...(groups.get(command.text) ?? []), command]);
  return [...groups.values()].map((group) => {
    const why = group[0]?.off?.(model) ?? null;
    const keys = group.flatMap(({ keys }) => keys).map(keyLabel);
    return row(
      "   ",
      span(left(keys.join(" ").replace("1 2 3 4 5 6 7 8 9", "1-9"), 18), why ? "dim" : "key"),
      span(left(group[0]?.text ?? "", 37), why ? "dim" : undefined),
      span(why ?? "", "dim"),
    );
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
