import { createRequire } from "node:module";

/** Of racelab itself. */
export const packageVersion = (): string =>
  (createRequire(import.meta.url)("racelab/package.json") as { version: string }).version;
