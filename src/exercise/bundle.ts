/**
 * A learner's file as a module: TypeScript as it was written, types stripped and never checked. What it imports
 * from files of its own comes along; `racelab` in it is the program that runs.
 */
import { dirname, extname } from "node:path";
import type { BuildFailure, Loader, Plugin } from "esbuild";
import type { Problem } from "../report/judgement.js";

const RACELAB = new URL("../api/index.js", import.meta.url).href;

const racelab: Plugin = {
  name: "racelab is the program that runs",
  setup: ({ onResolve }) => onResolve({ filter: /^racelab$/ }, () => ({ path: RACELAB, external: true })),
};

/** Writes the module to `outfile`, with a source map to the lines that the learner sees; or says what cannot be read. */
export async function bundle(file: string, text: string, outfile: string): Promise<Problem | null> {
  // Loaded here, so that no other command waits for it.
  const { build } = await import("esbuild");
  const loader: Loader = /^\.[cm]?jsx?$/.test(extname(file)) ? "js" : "ts";
  try {
    await build({
      stdin: { contents: text, loader, sourcefile: file, resolveDir: dirname(file) },
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "inline",
      sourcesContent: false,
      // A tsconfig.json nearby is for the editor; it does not change what runs.
      tsconfigRaw: {},
      logLevel: "silent",
      plugins: [racelab],
    });
    return null;
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (!first) throw error;
    return { kind: "syntax", sentence: cleaned(first.text), line: first.location?.line ?? null };
  }
}

/** esbuild's words without its advice on esbuild. */
function cleaned(text: string): string {
  const [, missing] = /^Could not resolve "(.*)"/.exec(text) ?? [];
  if (missing) return `there is no "${missing}": an exercise imports from "racelab" and from files of its own`;
  return text;
}
