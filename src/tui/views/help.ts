import { left, type Row, row, span } from "../../report/span.js";
import { commands } from "../keys.js";
import type { Model } from "../state.js";
import { breadcrumb, filled, hintRows, rule } from "./parts.js";

/** Every key of the screen behind it, from the one table; what cannot be done now says why. */
export function helpView(model: Model): Row[] {
  const { columns, rows } = model.size;
  const height = rows - 3;
  const here = commands.filter(({ where }) => where.includes(model.screen));
  const lines = here.map((command): Row => {
    const why = command.off?.(model) ?? null;
    return row(
      "   ",
      span(left(command.keys.map(keyLabel).join(" "), 20), "key"),
      span(command.text, why ? "dim" : undefined),
      span(why ? `   not now: ${why}` : "", "dim"),
    );
  });
  return [
    breadcrumb(columns, ["racelab", "Keys"]),
    ...filled(twoColumns([rule(columns, `Keys: ${model.screen}`), ...lines], height, columns), height),
    ...hintRows(model, 1),
  ];
}

/** All of them on one screen: in two columns when one is not high enough. */
function twoColumns([title, ...lines]: readonly Row[], height: number, columns: number): Row[] {
  if (lines.length < height) return [title ?? [], ...lines];
  const half = Math.floor(columns / 2);
  const rows = height - 1;
  return [title ?? [], ...filled(lines, rows).map((line, y) => row(pad(line, half), lines[y + rows] ?? []))];
}

const pad = (line: Row, width: number): Row => {
  const words = line.map(({ text }) => text).join("");
  return row(line.slice(0, 3), span(left("", Math.max(0, width - words.length))));
};

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
