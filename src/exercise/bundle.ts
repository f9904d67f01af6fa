/** A learner's file, with the files of their own that it imports, as one module. */
import { dirname, extname } from "node:path";
import type { BuildFailure, Loader } from "esbuild";
import { bundleSettings } from "../course/bundling.js";
import type { Problem } from "../report/judgement.js";

/** Writes the module to `outfile`, with a source map to the lines that the learner sees. A `Problem`: it cannot be read. */
export async function bundle(file: string, text: string, outfile: string): Promise<Problem | null> {
  // Loaded here, so that no other command waits for it.
  const { build } = await import("esbuild");
  const loader: Loader = /^\.[cm]?jsx?$/.test(extname(file)) ? "js" : "ts";
  try {
    await build({
      ...bundleSettings,
      stdin: { contents: text, loader, sourcefile: file, resolveDir: dirname(file) },
      outfile,
      sourcemap: "inline",
    });
    return null;
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (!first) throw error;
    return { kind: "syntax", sentence: sentenceOf(first.text), line: first.location?.line ?? null };
  }
}

/** esbuild's sentence; for a missing import one of our own, because esbuild advises on esbuild there. */
function sentenceOf(text: string): string {
  const [, missing] = /^Could not resolve "(.*)"/.exec(text) ?? [];
  if (missing) return `there is no "${missing}": an exercise imports from "racelab" and from files of its own`;
  return text;
}
