/** How esbuild bundles the TypeScript of an author or a learner. Types are stripped and never checked. */
import type { BuildOptions } from "esbuild";
import { extension } from "./folders.js";

/** What `import … from "racelab"` means: the index of the program that runs, so that `StoreError` is one class for both. */
export const racelabIndex = new URL(`../api/index${extension}`, import.meta.url).href;

export const bundleSettings = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  sourcesContent: false,
  // A tsconfig.json beside the file is for the editor; it does not change what runs.
  tsconfigRaw: {},
  logLevel: "silent",
  plugins: [
    {
      name: "racelab is the program that runs",
      setup: ({ onResolve }) => onResolve({ filter: /^racelab$/ }, () => ({ path: racelabIndex, external: true })),
    },
  ],
} satisfies BuildOptions;
