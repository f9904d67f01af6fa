/**
 * Where commands speak. Results go to standard output, as one JSON object or as plain text; everything else goes to
 * standard error. Text that came from data or files never reaches the terminal with its control characters.
 */
import { inspect } from "node:util";
import wrapAnsi from "wrap-ansi";
import { withoutCredentials } from "../core/credentials.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import { messageIn } from "../core/messages.js";
import { seen } from "../core/unseen.js";

export { count, grouped } from "../report/number.js";

/**
 * The exit codes of the command line. `violated`: something wrong was found, or the run or check failed. `misuse`: the
 * command cannot be carried out as it was typed. `incomplete`: nothing wrong was found, but not everything was looked at. `unwritten`: the answer
 * could not be written to standard output, as on a full disk (EX_IOERR of sysexits.h): nobody may take it for a verdict.
 */
export const exit = { right: 0, violated: 1, misuse: 2, incomplete: 3, unwritten: 74, interrupted: 130 } as const;

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

/** `write` takes the result, `complain` everything else; without them they go to standard output and standard error. */
export function out(
  readers: Readers,
  write: (text: string) => void = (text) => void process.stdout.write(text),
  complain: (text: string) => void = (text) => void process.stderr.write(text),
): Out {
  const say = (text: Text): string => inLanguage(text, readers.language);
  return {
    ...readers,
    say,
    line: (text = "") => write(`${clean(say(text))}\n`),
    paragraph: (text, indent) => write(`${paragraph(say(text), indent)}\n`),
    object: (value) =>
      write(
        `${seen(
          JSON.stringify(value, (_, field) => fieldText(field)),
          inJson,
        )}\n`,
      ),
    // What is noted quotes stores and files, whose sentences travel as English.
    note: (text) => complain(`${clean(messageIn(say(text), readers.language))}\n`),
  };
}

/** The escape of JSON, which means the character itself. */
const inJson = (character: string): string =>
  Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join("");

const fieldText = (field: unknown): unknown =>
  typeof field === "bigint" ? `${field}` : typeof field === "string" ? withoutCredentials(field) : field;

/** Without credentials, and with an escape for each character that is not seen; the newline stays. */
export const clean = (text: string): string =>
  seen(withoutCredentials(text), (character) => (character === "\n" ? character : escaped(character)));

/** `\\x1B`, `\\t`, `\\u202E`. */
function escaped(character: string): string {
  const [code, shown] = [character.codePointAt(0)!, inspect(character).slice(1, -1)];
  if (shown !== character) return shown;
  const digits = code.toString(16).toUpperCase();
  return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
}

/** The text in lines of at most 80 columns, each indented by so many columns. Control characters are made visible. */
export const paragraph = (text: string, indent = 0): string => {
  const margin = " ".repeat(indent);
  const columns = WIDTH - indent;
  return clean(text)
    .split("\n")
    .map(
      (line) => margin + (wrappedPlain(line, columns) ?? wrapAnsi(line, columns, { hard: true })).replaceAll("\n", `\n${margin}`),
    )
    .join("\n");
};

/** What wrap-ansi answers for words of plain ASCII, without loading it; null: it has to be asked. */
function wrappedPlain(line: string, columns: number): string | null {
  if (!/^[!-~]+( [!-~]+)*$/.test(line)) return line === "" ? "" : null;
  const lines: string[] = [];
  let last = "";
  for (const word of line.split(" ")) {
    if (word.length > columns) return null;
    if (last !== "" && last.length + 1 + word.length > columns) {
      lines.push(last);
      last = word;
    } else last = last === "" ? word : `${last} ${word}`;
  }
  return [...lines, last].join("\n");
}

/** Microseconds as a person reads them. */
export const timeText = (micros: number): string =>
  micros < 1000
    ? `${Math.round(micros)} us`
    : micros < 1_000_000
      ? `${(micros / 1000).toFixed(1)} ms`
      : `${(micros / 1_000_000).toFixed(1)} s`;

/** Is a switch of the environment on, as in ACCESSIBLE=1? */
export const isSet = (value: string | undefined): boolean => value !== undefined && !["", "0", "false"].includes(value);
