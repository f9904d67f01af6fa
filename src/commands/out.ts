/**
 * Where commands speak. Results go to standard output, one JSON object or plain text; everything else goes
 * to standard error. Nothing that came from data or files reaches the terminal with its control characters.
 */
import { inspect } from "node:util";
import wrapAnsi from "wrap-ansi";

export { count, grouped } from "../report/number.js";

/** The exit codes of the command line (cli.md). */
export const exit = { right: 0, violated: 1, misuse: 2, incomplete: 3, interrupted: 130 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** Wrong use, in one sentence that says what is wrong and what to do. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}

export interface Out {
  readonly json: boolean;
  /** One line of the result. */
  line(text?: string): void;
  /** The whole result as one JSON object; big integers become strings of digits. */
  object(value: unknown): void;
  /** Progress and notes, to standard error. */
  note(text: string): void;
}

const WIDTH = 80;

export const out = (json: boolean): Out => ({
  json,
  line: (text = "") => void process.stdout.write(`${clean(text)}\n`),
  object: (value) =>
    void process.stdout.write(`${JSON.stringify(value, (_, field) => (typeof field === "bigint" ? `${field}` : field))}\n`),
  note: (text) => void process.stderr.write(`${clean(text)}\n`),
});

/** Control characters made visible; the newline stays. */
export const clean = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) =>
    inspect(character).slice(1, -1),
  );

/** A paragraph of at most 80 columns, its lines indented. */
export const paragraph = (text: string, indent = 0): string => {
  const margin = " ".repeat(indent);
  return wrapAnsi(clean(text), WIDTH - indent, { hard: true }).replace(/^/gm, margin);
};

/** Microseconds as a person reads them. */
export const timeText = (micros: number): string =>
  micros < 1000
    ? `${Math.round(micros)} us`
    : micros < 1_000_000
      ? `${(micros / 1000).toFixed(1)} ms`
      : `${(micros / 1_000_000).toFixed(1)} s`;
