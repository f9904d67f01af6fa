/** The public names of racelab, as TypeScript's declaration emit gives them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** The compiler, as a file for Node. */
export const tsc = join(root, "node_modules/typescript/bin/tsc");

export interface PublicName {
  readonly name: string;
  readonly kind: "class" | "const" | "function" | "interface" | "type";
  /** It has no value at run time, or is exported without it. */
  readonly isType: boolean;
  /** Its declaration without comments, under its public name. */
  readonly signature: string;
  /** Its doc comments: at the declaration, and at the export in `src/api/`. Empty: none. */
  readonly doc: string;
}

/** A statement at the left margin of a declaration file, and the doc comment before it. */
interface Statement {
  readonly doc: string;
  readonly text: string;
}

function statements(file: string): readonly Statement[] {
  const found: { doc: string; text: string }[] = [];
  let [doc, isDoc] = ["", false];
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.startsWith("/**")) [doc, isDoc] = ["", true];
    if (isDoc) {
      doc += `${line}\n`;
      isDoc = !line.includes("*/");
    } else if (/^[a-z]/.test(line)) {
      found.push({ doc, text: `${line}\n` });
      doc = "";
    } else if (found.length > 0) found.at(-1)!.text += `${line}\n`;
  }
  return found;
}

/** The names that a file exports from others: public name, name there, file, doc comment of the export, as a type only. */
const exportsFrom = (file: string) =>
  statements(file).flatMap(({ doc, text }) => {
    const [, names, from] = /^export (?:type )?\{([^}]*)\} from "([^"]+)"/.exec(text) ?? [];
    if (!names || !from) return [];
    const parts = names.split(",").map((part) => part.trim());
    return parts.filter(Boolean).map((part) => {
      const [there = "", name = there] = part.replace(/^type /, "").split(" as ");
      const isType = text.startsWith("export type") || part.startsWith("type ");
      return { name, there, file: join(dirname(file), from.replace(/\.js$/, ".d.ts")), doc, isType };
    });
  });

const kindOf = (text: string) => /\b(class|const|function|interface|type)\b/.exec(text)![1] as PublicName["kind"];

/** A declaration in its shortest form: no comments, no modules in front of types, two spaces a level. */
const plain = (text: string): string =>
  text
    .replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, "")
    .replace(/import\("[^"]+"\)\./g, "")
    .replace(/^(export )?(declare )?/, "")
    .replace(/^( {4})+/gm, (indent) => indent.slice(indent.length / 2))
    .trimEnd();

function declarationOf({ name, there, file, doc, isType }: ReturnType<typeof exportsFrom>[number]): PublicName {
  const further = exportsFrom(file).find((one) => one.name === there);
  if (further) return declarationOf({ ...further, name, doc: `${further.doc}${doc}`, isType: isType || further.isType });
  const local = there === "default" ? "_default" : there;
  const own = statements(file).find(({ text }) =>
    new RegExp(`^(export )?(declare )?(class|const|function|interface|type) ${local}\\b`).test(text),
  );
  if (!own) throw new Error(`${file} declares no ${there}`);
  const kind = kindOf(own.text);
  const signature = plain(own.text).replace(new RegExp(`\\b${local}\\b`), name);
  return { name, kind, isType: isType || kind === "interface" || kind === "type", signature, doc: `${own.doc}${doc}`.trim() };
}

/** The names of "racelab", sorted, and the declarations of "racelab/vitest". Types are emitted anew, so no build is needed. */
export function publicSurface(): { readonly names: readonly PublicName[]; readonly matchers: string } {
  const folder = mkdtempSync(join(tmpdir(), "racelab-types-"));
  try {
    const emit = { emitDeclarationOnly: true, sourceMap: false, rootDir: root, outDir: folder };
    const compilerOptions = { ...emit, typeRoots: [join(root, "node_modules/@types")] };
    const files = ["index.ts", "vitest.ts"].map((file) => join(root, "src/api", file));
    const config = { extends: join(root, "src/tsconfig.json"), compilerOptions, files, include: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    execFileSync(process.execPath, [tsc, "-p", folder], { stdio: "inherit" });
    const names = exportsFrom(join(folder, "src/api/index.d.ts"))
      .map(declarationOf)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const matchers = statements(join(folder, "src/api/vitest.d.ts")).filter(({ text }) => !/^(import|export)/.test(text));
    return { names, matchers: matchers.map(({ text }) => plain(text)).join("\n\n") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
