/**
 * Where racelab's own files are: the code that runs, and the TypeScript and texts that people read. Found from this file,
 * so that the built program and the source (tests, `tsx`) both work.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** `src` or `dist/src`: the code that runs. */
export const codeFolder = fileURLToPath(new URL("..", import.meta.url));
/** Of the code that runs: `.ts` or `.js`. */
export const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
/** The root of the clone or of the package: `src`, `lessons` and `dist` are in it. */
export const rootFolder = extension === ".ts" ? join(codeFolder, "..") : join(codeFolder, "..", "..");

/** The module of a thread or a process, by its path below `src`. Always from the last build, also when the source runs. */
export const builtModule = (path: string): URL => pathToFileURL(join(rootFolder, "dist", "src", path));

/**
 * The flags of threads that Piscina starts. It asks for their module with `require` before it imports it, and Node 20 aborts the whole
 * process when a thread is stopped while it links a module that was asked for so ("v8::Module::IsGraphAsync must be used on
 * an instantiated module": once in 130 runs whose database was killed, on a busy machine). With the flag `require` refuses.
 */
export const importingFlags: readonly string[] = process.allowedNodeEnvironmentFlags.has("--experimental-require-module")
  ? ["--no-experimental-require-module"]
  : [];

/** The script and the style of an exported page, from the last build. */
export const pageAssets = () => {
  const folder = join(rootFolder, "dist", "src", "export", "page");
  const read = (file: string) => readFileSync(join(folder, file), "utf8").trim();
  return { script: read("browser.js"), style: read("style.css") };
};

/** What `racelab new lesson` copies, and the types that an author's lesson is written against. */
export const skeleton = {
  folder: join(rootFolder, "lessons", "skeleton"),
  types: join(codeFolder, "api", extension === ".ts" ? "index.ts" : "index.d.ts"),
};
