/**
 * Where commands speak. Results go to standard output, as one JSON object or as plain text; everything else goes to
 * standard error. Text that came from data or files never reaches the terminal with its control characters.
 */
import { inspect } from "node:util";
import wrapAnsi from "wrap-ansi";
import { inLanguage, type Language, type Text } from "../core/language.js";

export { count, grouped } from "../report/number.js";

/**
 * The exit codes of the command line. `violated`: something wrong was found, or the run or check failed. `misuse`: the
 * command cannot be carried out as it was typed. `incomplete`: nothing wrong was found, but not everything was looked at.
 */
export const exit = { right: 0, violated: 1, misuse: 2, incomplete: 3, interrupted: 130 } as const;

/** Wrong use, in one sentence that says what is wrong and what to do. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}

/** What a command knows of those who read its output; main.ts finds it out once. */
interface Readers {
  /** The result is one JSON object instead of text. */
  readonly json: boolean;
  readonly language: Language;
  /** The environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Out extends Readers {
  /** The text in the language of the readers. */
  say(text: Text): string;
  /** One line of the result. */
  line(text?: Text): void;
  /** A paragraph of the result, as `paragraph` sets it. */
  paragraph(text: Text, indent?: number): void;
  /** The whole result as one JSON object; big integers become strings of digits. */
  object(value: unknown): void;
  /** Progress and notes, to standard error. */
  note(text: Text): void;
}

const WIDTH = 80;

/** `write` takes the result; without it, the result goes to standard output. */
export function out(readers: Readers, write: (text: string) => void = (text) => void process.stdout.write(text)): Out {
  const say = (text: Text): string => inLanguage(text, readers.language);
  return {
    ...readers,
    say,
    line: (text = "") => write(`${clean(say(text))}\n`),
    paragraph: (text, indent) => write(`${paragraph(say(text), indent)}\n`),
    object: (value) => write(`${JSON.stringify(value, (_, field) => (typeof field === "bigint" ? `${field}` : field))}\n`),
    note: (text) => void process.stderr.write(`${clean(say(text))}\n`),
  };
}

/** Control characters made visible; the newline stays. */
export const clean = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) =>
    inspect(character).slice(1, -1),
  );

/** The text in lines of at most 80 columns, each indented by so many columns. Control characters are made visible. */
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

/** Is a switch of the environment on, as in ACCESSIBLE=1? */
export const isSet = (value: string | undefined): boolean => value !== undefined && !["", "0", "false"].includes(value);
