/** What a person reads uses the field's words: the private ones of this course are listed here, each with what to write. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

const privateWords: readonly (readonly [RegExp, string])[] = [
  [/\bworks? (?:it |them )?off\b/i, "processes"],
  [/\bdear\b/i, "expensive"],
  [/\bfull shelf\b/i, "although there was stock left"],
  [/\balso (?:when|if|in a)\b/i, "even if"],
  [/\bfair walk\b/i, "random walk"],
  [/\bmeets? (?:a|the|its|another) (?:new |newer )?(?:lock|version|key|row|conflict)\b/i, "finds"],
  [/\b(?:right|wrong) ends?\b/i, "correct outcome, wrong outcome"],
  [/\bwhich ends\b/i, "which outcomes"],
  [/\b(?:of all (?:the )?|in how many |of [\d,]+ )orders\b(?! (?:are|is|on|that))/i, "interleavings"],
  [/\bclos(?:e|es|ing) (?:a|the) circle\b|\bin a circle\b/i, "cycle"],
  [/\b(?:What|Which|How)\b[^.?!"]*\bmay\b[^.?!"]*\?/, "can"],
];

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
/** The English sentences of a source file: `en: "…"`. Its comments are for those who work on racelab. */
const english = (source: string): string =>
  [...source.matchAll(/\ben: (["`])((?:\\.|(?!\1)[^\\])*)\1/g)].map(([, , said]) => said).join("\n");

/** By file, what a person reads of it. Of a lesson that is all: learners see its code, comments included. */
const read = new Map<string, string>([["README.md", textOf("README.md")]]);
for (const file of filesIn("lessons")) if (/\.(?:ts|md)$/.test(file) && !file.endsWith(".ko.md")) read.set(file, textOf(file));
for (const file of filesIn("src")) if (/\.tsx?$/.test(file)) read.set(file, english(textOf(file)));

test.each(privateWords)("nothing that a person reads says %s: it is %s", (word) => {
  const found = [...read].flatMap(([file, text]) => {
    const match = word.exec(text);
    return match ? [`${file}: ${match[0]}`] : [];
  });
  expect(found).toEqual([]);
});

test("the English of a source file is found, and all files are read", () => {
  expect(english('a: { en: "one", ko: "…" }, b: { en: `three` } // en: no text')).toBe("one\nthree");
  expect(read.size).toBeGreaterThan(300);
});
