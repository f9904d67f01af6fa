/** A recording for asciinema: asciicast v2 (docs.asciinema.org), because old players read it, too. */
import { ansi } from "./ansi.js";
import { type TextRow, visible } from "./span.js";

export interface Frame {
  readonly rows: readonly TextRow[];
  /** How long the frame stays, in seconds. */
  readonly seconds: number;
  /** The name of a point that a viewer can jump to. */
  readonly marker?: string | undefined;
}

/** The recording as text, `width` columns wide. It has no date, so the same frames give the same bytes. */
export function cast(frames: readonly Frame[], title: string, width: number): string {
  const height = Math.max(...frames.map(({ rows }) => rows.length)) + 1;
  const header = { version: 2, width, height, title: visible(title), env: { TERM: "xterm-256color" } };
  const events: (readonly [number, "o" | "m", string])[] = [[0, "o", "\x1b[?25l\x1b[2J"]];
  let time = 0;
  for (const { rows, seconds, marker } of frames) {
    events.push([time, "o", `\x1b[H${rows.map((row) => `${ansi(row)}\x1b[K\r\n`).join("")}\x1b[J`]);
    if (marker !== undefined) events.push([time, "m", visible(marker)]);
    time = Math.round((time + seconds) * 1000) / 1000;
  }
  events.push([time, "o", "\x1b[?25h"]);
  return `${[header, ...events].map((line) => JSON.stringify(line)).join("\n")}\n`;
}
