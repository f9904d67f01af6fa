import type { Language } from "../core/language.js";

/**
 * The language that was asked for: by `--lang`, which main.ts puts into RACELAB_LANG, else by the locale. The entry point
 * of a program asks once; functions, threads and processes are given the answer.
 */
export const languageFromEnvironment = (): Language =>
  /^ko/i.test(process.env["RACELAB_LANG"] || process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"] || "")
    ? "ko"
    : "en";
