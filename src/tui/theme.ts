/**
 * How each role looks in each theme. Colour only repeats what letters and marks say, so nothing is lost without it. The
 * colours were checked for colour blindness and contrast. "either" can be read on dark and on light: it is for terminals
 * that do not tell which they are.
 */
import chalk from "chalk";
import type { Role } from "../report/span.js";

interface Look {
  /** A number of the 256 colours, or the name of one of the sixteen. */
  readonly color?: number | "cyan" | "yellow" | "magenta";
  readonly bold?: boolean;
  readonly dimColor?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
}
export type Theme = Readonly<Record<Role, Look>>;
export const themes = ["dark", "light", "either", "16", "plain"] as const;
export type ThemeName = (typeof themes)[number];

/** Attributes without colour: for NO_COLOR. */
const plain: Theme = {
  text: {},
  dim: { dimColor: true },
  strong: { bold: true },
  title: { bold: true },
  read: {},
  write: { bold: true },
  lock: { underline: true },
  wait: {},
  bad: { bold: true, inverse: true },
  good: { bold: true },
  retry: { bold: true },
  cursor: { inverse: true, bold: true },
  key: { bold: true },
};

const coloured = (dim: number, read: number, write: number, lock: number, bad: number, good: number): Theme => {
  const colour = (code: number): Look => ({ color: code });
  return {
    ...plain,
    dim: colour(dim),
    read: colour(read),
    write: colour(write),
    lock: colour(lock),
    wait: colour(lock),
    bad: { ...colour(bad), bold: true },
    good: { ...colour(good), bold: true },
    retry: { ...colour(read), bold: true },
    key: { bold: true },
  };
};

const sixteen: Theme = {
  ...plain,
  read: { color: "cyan" },
  write: { color: "yellow" },
  lock: { color: "magenta" },
  wait: { color: "magenta" },
  retry: { color: "cyan", bold: true },
};

export const theme = (name: ThemeName): Theme =>
  ({
    dark: coloured(247, 111, 220, 175, 202, 49),
    light: coloured(242, 27, 130, 54, 88, 23),
    either: coloured(243, 63, 130, 132, 161, 29),
    "16": sixteen,
    plain,
  })[name];

/** The text with escape codes, as far as `chalk.level` allows them. */
export function paint(text: string, { color, bold, dimColor, underline, inverse }: Look): string {
  let brush = chalk;
  if (typeof color === "number") brush = brush.ansi256(color);
  else if (color) brush = brush[color];
  if (dimColor) brush = brush.dim;
  if (bold) brush = brush.bold;
  if (underline) brush = brush.underline;
  if (inverse) brush = brush.inverse;
  return brush(text);
}
