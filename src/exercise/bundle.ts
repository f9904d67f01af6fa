/** A learner's file, with the files of their own that it imports, as one module. */
import { existsSync } from "node:fs";
import { basename, dirname, extname, join, sep } from "node:path";
import type { BuildFailure, Loader, Plugin } from "esbuild";
import { bundleSettings, withoutSourceMap } from "../course/bundling.js";
import { builtModule } from "../course/folders.js";
import { writeTemporary } from "../files/temporary-folder.js";
import type { Problem } from "../report/judgement.js";

/** Writes the module to `outfile`, with a source map to the lines that the learner sees. A `Problem`: it cannot be read. */
export async function bundle(file: string, text: string, outfile: string): Promise<Problem | null> {
  // Loaded here, so that no other command waits for it.
  const { build } = await import("esbuild");
  const { plugins, ...settings } = bundleSettings(builtModule("api/index.js").href);
  const loader: Loader = /^\.[cm]?jsx?$/.test(extname(file)) ? "js" : "ts";
  try {
    const { outputFiles } = await build({
      // Judged by the last build, also when the source runs.
      ...settings,
      plugins: [withoutAnswers(file), ...plugins],
      stdin: { contents: withoutSourceMap(text), loader, sourcefile: file, resolveDir: dirname(file) },
      outfile,
      sourcemap: "inline",
    });
    writeTemporary(outputFiles);
    return null;
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (!first) throw error;
    return { kind: "syntax", sentence: sentenceOf(first.text), line: first.location?.line ?? null };
  }
}

/** The answers that lessons bring along are no part of one's own, but for the file itself: an author verifies those. */
const withoutAnswers = (file: string): Plugin => ({
  name: "an answer of one's own",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]exercise[\\/]/ }, ({ path }) => {
      const isAnswer = path !== file && /[\\/]exercise[\\/](solution|wrong[\\/][^\\/]+)\.[cm]?[jt]s$/.test(path);
      const isLessons = existsSync(join(path.slice(0, path.lastIndexOf(`${sep}exercise${sep}`)), `lesson${extname(path)}`));
      return isAnswer && isLessons
        ? { errors: [{ text: `it imports an answer of the lesson, ${basename(path)}: write your own` }] }
        : undefined;
    }),
});

/** esbuild's sentence; for a missing import one of our own, because esbuild advises on esbuild there. */
function sentenceOf(text: string): string {
  const [, missing] = /^Could not resolve "(.*)"/.exec(text) ?? [];
  if (missing) return `there is no "${missing}": an exercise imports from "racelab" and from files of its own`;
  return text;
}
