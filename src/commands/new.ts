import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Argument, type Command } from "commander";
import { seenFrom } from "../core/source-line.js";
import { courseEntries, skeleton, word } from "../course/catalog.js";
import { exit, Misuse, type Out, paragraph } from "./out.js";

interface NewRequest {
  readonly id: string;
  readonly in: string;
  /** Words that `racelab` itself understands: no lesson can be called that. */
  readonly verbs: readonly string[];
}

/** `racelab new lesson`: a whole lesson, with what its author still has to write marked as such. */
export async function newLesson({ id, in: into, verbs }: NewRequest, out: Out): Promise<number> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
    throw new Misuse(`"${id}" is no id for a lesson: small letters and digits, in words joined by "-", as in gift-card`);
  if (verbs.includes(id)) throw new Misuse(`"${id}" is a command of racelab: take another id`);
  const parent = resolve(into);
  const numbered = [...courseEntries(), ...namesIn(parent)];
  if (numbered.some((entry) => entry.id === id)) throw new Misuse(`there is a lesson "${id}" already: take another id`);
  const number = Math.max(...numbered.map(({ number }) => number)) + 1;
  const folder = join(parent, `${String(number).padStart(2, "0")}-${id}`);
  mkdirSync(parent, { recursive: true });
  cpSync(skeleton.folder, folder, { recursive: true, errorOnExist: true, force: false });
  const config = join(parent, "tsconfig.json");
  const written = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.(ts|md)$/.test(file));
  const files = written.sort().map((file) => join(folder, file));
  if (!existsSync(config)) {
    writeFileSync(config, editorConfig());
    files.push(config);
  }
  const next = `racelab check ${id} --lessons ${word(into)}`;
  if (out.json) {
    out.object({ command: "new", lesson: id, number, folder, files, next });
    return exit.right;
  }
  out.line(`new: lesson ${number} ${id}`);
  out.line();
  for (const file of files) out.line(`  ${seenFrom(process.cwd(), file)}`);
  out.line();
  out.line(paragraph("It runs as it is. Every TODO in it is yours to write; check says which are left."));
  out.line(`next: ${next}`);
  return exit.right;
}

/** Lessons that lie there already, although nobody has said --lessons. */
const namesIn = (folder: string): readonly { number: number; id: string }[] =>
  (existsSync(folder) ? readdirSync(folder) : []).flatMap((name) => {
    const [, number, id] = /^(\d+)-(.+)$/.exec(name) ?? [];
    return number && id ? [{ number: Number(number), id }] : [];
  });

/** So that an editor finds the types. It is for the editor alone: what runs is compiled without it. */
const editorConfig =
  (): string => `// Written by "racelab new lesson", for your editor. "paths" is where racelab is on this machine; in a folder
// with racelab in its node_modules (npm install --save-dev racelab) that line can go.
${JSON.stringify(
  {
    compilerOptions: {
      target: "es2023",
      module: "nodenext",
      strict: true,
      noUncheckedIndexedAccess: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      paths: { racelab: [skeleton.types] },
    },
  },
  null,
  2,
)}
`;

export const register = (
  program: Command,
  action: (run: (out: Out) => Promise<number>) => Promise<void>,
  verbs: readonly string[],
): void => {
  program
    .command("new")
    .description("begins a lesson of your own")
    .addArgument(new Argument("<what>", "what to begin").choices(["lesson"]))
    .argument("<id>", "what people will type: gift-card")
    .option("--in <dir>", "the folder that your lessons are in", ".")
    .addHelpText("after", "\nExamples:\n  racelab new lesson gift-card\n  racelab new lesson gift-card --in ~/my-lessons\n")
    .action((_: string, id: string, options: Pick<NewRequest, "in">) => {
      return action((out) => newLesson({ ...options, id, verbs }, out));
    });
};
