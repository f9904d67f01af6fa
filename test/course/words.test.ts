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

/** One Korean word for one thing: what is written no more, and what stands for it. */
const oldKorean: readonly (readonly [RegExp, string])[] = [
  [/임대/, "리스"],
  [/일꾼/, "워커"],
  [/결제사/, "PG사"],
  [/행 잠금/, "행 락"],
  [/돌아올 지점/, "세이브포인트"],
  [/교착(?! 상태)/, "데드락"],
  [/진짜 (?:스레드|데이터베이스)/, "실제"],
  [/가장 작게 틀리는|실패(?:하는)? 스케줄/, "반례"],
  [/공평 선택|공평하게/, "랜덤 워크"],
  [/옳은 결과|옳게/, "올바른, 올바르게"],
  [/된다는 답/, "성공 응답"],
  [/[49]\d\d를 듣/, "받습니다"],
];

const korean = new Map<string, string>();
for (const file of [...filesIn("lessons"), ...filesIn("src")])
  if (/\.ko\.(?:md|json)$/.test(file)) korean.set(file, textOf(file));
  else if (/\.tsx?$/.test(file))
    korean.set(file, (textOf(file).match(/(["`])(?:(?!\1)[^\n])*[\uac00-\ud7a3](?:(?!\1)[^\n])*\1/g) ?? []).join("\n"));

test.each(oldKorean)("no Korean text says %s: it is %s", (word) => {
  const found = [...korean].flatMap(([file, text]) => {
    const match = word.exec(text);
    return match ? [`${file}: ${match[0]}`] : [];
  });
  expect(found).toEqual([]);
});
