/** What a lesson's texts must be: there, in both languages, with three tiers of hints, and code that is taken from the code. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One sentence about a text, and where. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly says: string;
}

const texts = ["README.md", "README.ko.md", "hints.md", "hints.ko.md"] as const;

/** `sources`: the TypeScript that an excerpt may be taken from, beside the lesson's own. */
export function* complaints(folder: string, sources: readonly string[]): Generator<Complaint> {
  const code = [...typescriptIn(folder), ...sources].map((file) => plain(readFileSync(file, "utf8")));
  for (const name of texts) {
    const file = join(folder, name);
    if (!existsSync(file)) {
      yield { file, line: 1, says: `${name} is missing` };
      continue;
    }
    const lines = readFileSync(file, "utf8").split("\n");
    if (name.startsWith("hints")) yield* tiers(file, lines);
    yield* excerpts(file, lines, code);
  }
}

/** `## 1`, `## 2`, `## 3`, each with words under it. */
function* tiers(file: string, lines: readonly string[]): Generator<Complaint> {
  for (const tier of [1, 2, 3]) {
    const at = lines.indexOf(`## ${tier}`);
    if (at < 0) yield { file, line: lines.length, says: `there is no hint ${tier}: write it under "## ${tier}"` };
    else if (
      !lines
        .slice(at + 1)
        .find((line) => line.trim())
        ?.match(/^[^#]/)
    )
      yield { file, line: at + 1, says: `hint ${tier} says nothing` };
  }
}

/** A block marked `ts` is an excerpt: it must stand, line for line, in the lesson or in a strategy. */
function* excerpts(file: string, lines: readonly string[], code: readonly string[]): Generator<Complaint> {
  for (let from = 0; from < lines.length; from++) {
    if (!/^```ts\b/.test(lines[from]!)) continue;
    const length = lines.slice(from + 1).findIndex((line) => line.startsWith("```"));
    const to = length < 0 ? lines.length : from + 1 + length;
    const excerpt = plain(lines.slice(from + 1, to).join("\n"));
    if (!code.some((source) => source.includes(excerpt)))
      yield { file, line: from + 1, says: "this excerpt is in no file of the lesson and in no strategy: copy it from the code" };
    from = to;
  }
}

/** Indentation and blank lines are not what an excerpt is judged by. */
const plain = (source: string): string =>
  `\n${source
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join("\n")}\n`;

const typescriptIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
