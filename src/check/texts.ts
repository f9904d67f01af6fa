/**
 * What a lesson's texts must have: both languages, three hints, and excerpts that stand in the code. And nothing that
 * `racelab new lesson` left for the author to write.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A sentence about a text, and where it applies. */
interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly says: string;
}

const texts = ["README.md", "README.ko.md", "hints.md", "hints.ko.md"] as const;

/** `sources`: TypeScript files that excerpts may be taken from, besides the lesson's own. */
export function* complaints(folder: string, sources: readonly string[]): Generator<Complaint> {
  const code = [...typescriptIn(folder), ...sources].map((file) => plain(readFileSync(file, "utf8")));
  for (const name of texts) {
    const file = join(folder, name);
    if (!existsSync(file)) {
      yield { file, line: 1, says: `${name} is missing` };
      continue;
    }
    const lines = readFileSync(file, "utf8").split("\n");
    if (name.startsWith("hints")) yield* hints(file, lines);
    yield* excerpts(file, lines, code);
  }
}

/** `## 1`, `## 2`, `## 3`, each with words under it. */
function* hints(file: string, lines: readonly string[]): Generator<Complaint> {
  for (const tier of [1, 2, 3]) {
    const at = lines.indexOf(`## ${tier}`);
    const [text = "#"] = lines.slice(at + 1).filter((line) => line.trim());
    if (at < 0) yield { file, line: lines.length, says: `there is no hint ${tier}: write it under "## ${tier}"` };
    else if (text.startsWith("#")) yield { file, line: at + 1, says: `hint ${tier} says nothing` };
  }
}

/** A block marked `ts` is an excerpt: it must stand, line by line, in the lesson or in a strategy. */
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

/** Without indentation and blank lines, which an excerpt may change. */
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

/** The TODOs in a lesson's files that are the author's. `file`: its path below the lesson's folder. */
export const todos = (folder: string): readonly Complaint[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|js|md)$/.test(file))
    .sort()
    .flatMap((file) =>
      readFileSync(join(folder, file), "utf8")
        .split("\n")
        .flatMap((line, i) => {
          // This one is the learner's: it marks the place where their code belongs.
          if (file === join("exercise", "start.ts") && /^\s*\/\/ TODO: /.test(line)) return [];
          const [says] = /\bTODO\b.*?(?="|\s*\*\/|$)/.exec(line) ?? [];
          return says === undefined ? [] : [{ file, line: i + 1, says }];
        }),
    );
