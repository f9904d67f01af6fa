import { cpSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Argument } from "commander";
import { messageOf } from "../core/failure.js";
import { seenFrom } from "../core/source-line.js";
import { courseEntries, shellWord } from "../course/catalog.js";
import { rootFolder, skeleton } from "../course/folders.js";
import { meaningOf } from "../files/faults.js";
import { makeFolder, writeNew } from "../files/writing.js";
import { exit, Misuse, type Out } from "./out.js";
import type { Register } from "./verb.js";

interface NewRequest {
  readonly id: string;
  readonly in: string;
  /** Words that mean a command: no lesson can have such an id. */
  readonly taken: readonly string[];
}

/** `racelab new lesson`: a whole lesson; TODO marks what its author still has to write. */
async function newLesson({ id, in: into, taken }: NewRequest, out: Out): Promise<number> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
    throw new Misuse(`"${id}" is no id for a lesson: small letters and digits, in words joined by "-", as in gift-card`);
  if (taken.includes(id)) throw new Misuse(`"${id}" is a command of racelab: take another id`);
  const parent = resolve(into);
  const own = namesIn(parent);
  if ([...courseEntries(), ...own].some((entry) => entry.id === id))
    throw new Misuse(`there is a lesson "${id}" already: take another id`);
  // An author's folder is counted by itself, from 1. In the course, 90 and more are its appendices.
  const isCourse = parent === join(rootFolder, "lessons");
  const numbers = own.map(({ number }) => number).filter((number) => !isCourse || number < 90);
  const number = Math.max(0, ...numbers) + 1;
  const folder = join(parent, `${String(number).padStart(2, "0")}-${id}`);
  const draft = join(parent, `.racelab-new-${process.pid}`);
  // Beside its place and then renamed: on a full disk there is no half of a lesson, which every command would find at fault.
  try {
    makeFolder(parent);
    cpSync(skeleton.folder, draft, { recursive: true });
    renameSync(draft, folder);
  } catch (error) {
    removeDraft(draft);
    throw cannotBeMade(folder, error);
  }
  const config = join(parent, "tsconfig.json");
  const written = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.(ts|md)$/.test(file));
  const files = written.sort().map((file) => join(folder, file));
  // A lesson of the course has the tsconfig.json of the repository.
  if (!isCourse && !existsSync(config)) {
    try {
      writeNew(config, editorConfig());
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw cannotBeMade(config, error);
    }
    files.push(config);
  }
  const next = `racelab check ${id} --lessons ${shellWord(into)}`;
  if (out.json) {
    out.object({ command: "new", lesson: id, number, folder, files, next });
    return exit.right;
  }
  out.line(`new: lesson ${number} ${id}`);
  out.line();
  for (const file of files) out.line(`  ${seenFrom(process.cwd(), file)}`);
  out.line();
  out.paragraph("It runs as it is. Every TODO in it is yours to write; check says which are left.");
  out.line(`next: ${next}`);
  return exit.right;
}

/** The lessons that the folder has already. The catalog knows them only if the folder was given with --lessons. */
function namesIn(folder: string): readonly { number: number; id: string }[] {
  let names: readonly string[];
  try {
    names = existsSync(folder) ? readdirSync(folder) : [];
  } catch (error) {
    throw cannotBeMade(folder, error);
  }
  return names.flatMap((name) => {
    const [, number, id] = /^(\d+)-(.+)$/.exec(name) ?? [];
    return number && id ? [{ number: Number(number), id }] : [];
  });
}

const cannotBeMade = (path: string, error: unknown): Misuse =>
  new Misuse(`${path} cannot be made: ${meaningOf(error) ?? messageOf(error)}. --in names another folder`);

/** Where the folder above is none, there is no draft. */
function removeDraft(draft: string): void {
  try {
    rmSync(draft, { recursive: true, force: true });
  } catch {}
}

/** A tsconfig.json with which an editor finds the types. Racelab itself compiles lessons without it. */
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

export const register: Register = (program, action, taken) => {
  program
    .command("new")
    .description("begins a lesson of your own")
    .addArgument(new Argument("<what>", "what to begin").choices(["lesson"]))
    .argument("<id>", "what people will type: gift-card")
    .option("--in <dir>", "the folder that your lessons are in", ".")
    .addHelpText("after", "\nExamples:\n  racelab new lesson gift-card\n  racelab new lesson gift-card --in ~/my-lessons\n")
    .action((_: string, id: string, options: Pick<NewRequest, "in">) =>
      action((out) => newLesson({ ...options, id, taken }, out)),
    );
};
