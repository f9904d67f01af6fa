/** Colours of SVG and HTML. The contrast of text is 7:1 or better. Colour only repeats what a letter or a shape says. */
export interface Palette {
  readonly ground: string;
  readonly ink: string;
  /** Numbers, names, steps that come later. */
  readonly dim: string;
  readonly rule: string;
  /** Behind the current step. */
  readonly band: string;
  /** Ground and edge of the marks, by role; their text is `ink`. */
  readonly read: string;
  readonly readEdge: string;
  readonly write: string;
  readonly writeEdge: string;
  readonly lock: string;
  readonly lockEdge: string;
  /** Ground of what went wrong; its text is `onBad`. */
  readonly bad: string;
  readonly onBad: string;
  readonly good: string;
}

export const light: Palette = {
  ground: "#ffffff",
  ink: "#16181d",
  dim: "#4b4f58",
  rule: "#c9ccd3",
  band: "#fff3b8",
  read: "#e3ecff",
  readEdge: "#0047c2",
  write: "#ffe9cf",
  writeEdge: "#8a4300",
  lock: "#f0e2ff",
  lockEdge: "#5f0087",
  bad: "#870000",
  onBad: "#ffffff",
  good: "#00524c",
};

export const dark: Palette = {
  ground: "#101216",
  ink: "#f4f5f7",
  dim: "#b4b8c2",
  rule: "#3d424d",
  band: "#3a3410",
  read: "#14284f",
  readEdge: "#87afff",
  write: "#43300a",
  writeEdge: "#ffd700",
  lock: "#3a1f3c",
  lockEdge: "#d787af",
  bad: "#ff8552",
  onBad: "#101216",
  good: "#00ffaf",
};

/** Black, white and yellow, for a weak projector. */
export const contrast: Palette = {
  ground: "#000000",
  ink: "#ffffff",
  dim: "#e0e0e0",
  rule: "#9a9a9a",
  band: "#4a4400",
  read: "#000000",
  readEdge: "#ffffff",
  write: "#000000",
  writeEdge: "#ffe600",
  lock: "#000000",
  lockEdge: "#ffffff",
  bad: "#ffe600",
  onBad: "#000000",
  good: "#ffffff",
};

/** The same names as variables of a style sheet, for a page with several themes. */
export const variables = Object.fromEntries(Object.keys(light).map((name) => [name, `var(--${name})`])) as unknown as Palette;
