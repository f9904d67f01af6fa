/** How esbuild bundles the TypeScript of an author or a learner. Types are stripped and never checked. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { whyNoText } from "../files/reading.js";
import { extension } from "./folders.js";

/** What `import … from "racelab"` means: the index of the program that runs, so that `StoreError` is one class for both. */
export const racelabIndex = new URL(`../api/index${extension}`, import.meta.url).href;

/** esbuild reads the map that a source names, whatever that is: of a device or a pipe it would never come back. */
export const withoutSourceMap = (text: string): string => text.replace(/(?<=\/[/*][#@]\s*source)MappingURL=/g, " map: ");

/** `racelab`: the index of the racelab that will run the bundle. */
export const bundleSettings = (racelab: string) =>
  ({
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcesContent: false,
    // A tsconfig.json beside the file is for the editor; it does not change what runs.
    tsconfigRaw: {},
    logLevel: "silent",
    write: false,
    plugins: [
      fromRacelab(racelab),
      {
        name: "a source is a file that ends",
        setup: ({ onLoad }) =>
          onLoad({ filter: /./, namespace: "file" }, ({ path }) => {
            const why = whyNoText(path);
            if (why) return { errors: [{ text: `${basename(path)} cannot be read: ${why}` }] };
            const text = readFileSync(path, "utf8");
            const contents = withoutSourceMap(text);
            return contents === text ? undefined : { contents, loader: "default" };
          }),
      },
    ],
  }) satisfies BuildOptions;

/**
 * Most lessons and answers import names for authors alone. Those are imported from where they are: the index loads the
 * explorer as well, which every process and thread that runs the bundle would wait for.
 */
const fromRacelab = (racelab: string): Plugin => ({
  name: "racelab is the program that runs",
  setup({ onResolve, onEnd }) {
    onResolve({ filter: /^racelab$/ }, () => ({ path: racelab, external: true }));
    onEnd(async ({ outputFiles = [] }) => {
      const authoring = racelab.replace(/index(?=\.\w+$)/, "authoring");
      const known = new Set(Object.keys(await import(authoring)));
      for (const file of outputFiles.filter(({ path }) => /\.m?js$/.test(path))) {
        const lighter = file.text.replace(/(?<=^import \{([^}]*)\} from ")[^"]+(?=";$)/gm, (from: string, names: string) =>
          from === racelab && names.split(",").every((name) => known.has(name.trim().split(" ")[0]!)) ? authoring : from,
        );
        if (lighter !== file.text) file.contents = Buffer.from(lighter);
      }
    });
  },
});
