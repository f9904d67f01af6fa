import { fileURLToPath } from "node:url";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { builtInNames } from "../../src/core/exploration.js";
import { findLesson, lessonEntries, loadLesson, strategyIds } from "../../src/course/catalog.js";
import { answered, racelab } from "../program.js";

const inKorean = async (args: readonly string[]) => (await answered([...args, "--lang", "ko"])).stdout;

const told: readonly (readonly [args: string[], sentence: string])[] = [
  [["list"], "racelab 레슨"],
  [["predict", "lost-update"], "질문 사이에는 세미콜론"],
  [["predict", "lost-update", "--answers", "1;1;1"], "12개 중 "],
  [["explore", "torn-order"], "조금 일렀을 뿐입니다"],
  [["explore", "lost-update"], "갱신 손실: 작업 2가 3단계에서 stock 99를 읽었습니다"],
  [["explore", "lost-update", "--strategy", "mutex"], "모두에서 규칙이 지켜집니다"],
  [["trace", "write-skew", "112221"], "마지막 기회가 지나갔습니다"],
  [["decide", "lost-update", "--moves", "12"], "이 번호 중 하나를 고르세요"],
  [["decide", "lost-update", "--moves", "112332"], "같은 순서를 다른 전략으로"],
  [["run", "lost-update", "--strategy", "mutex", "--requests", "5"], "스레드는 반증할 수는 있어도"],
  [["compare", "1", "--strategies", "cas,mutex", "--requests", "20", "--rounds", "2"], "틀린 것을 보지 못했습니다: cas, mutex"],
  [["check", "spend-points-twice"], "실패 0, 건너뜀"],
  [["check", "lost-update", "--matrix"], "레슨 그대로"],
  [
    ["compare", "1", "--strategies", "cas,mutex", "--requests", "20", "--rounds", "2", "--sweep", "workers=1,2"],
    "우열이 갈리는 전략들의 순위는 바뀌지 않습니다",
  ],
];

/** What comes from elsewhere: a store's errors, threads that end, the model's limits, wrong answers, tables, checks. */
const fromElsewhere: readonly (readonly string[])[] = [
  ["explore", "deadlock", "--strategy", "row-lock"],
  ["explore", "deadlock", "--strategy", "row-lock-retry-at-once"],
  ["explore", "double-payment", "--faults", "crash=1"],
  ["trace", "deadlock", "11222112222", "--strategy", "row-lock"],
  ["run", "deadlock", "--strategy", "row-lock", "--requests", "10"],
  ["run", "deadlock", "--strategy", "mutex-in-cart-order", "--requests", "10", "--deadline", "500"],
  ["compare", "deadlock", "--strategies", "mutex-in-cart-order,mutex", "--requests", "10", "--deadline", "500", "--rounds", "1"],
  ["verify", "lost-update", "lessons/01-lost-update/exercise/wrong/fresh-version.ts"],
  ["verify", "double-payment", "lessons/12-double-payment/exercise/wrong/one-commit.ts"],
  ["check", "deadlock"],
  ["check", "spend-points-twice", "--matrix"],
  ["check", "spend-points-twice", "--solutions"],
  ["run", "exits", "--workers", "2", "--deadline", "500"],
  ["run", "hangs", "--workers", "2", "--deadline", "500"],
  ["run", "spins", "--workers", "2", "--deadline", "500"],
];

/** Three English words in a row. Quoted names, names of properties, and commands are no words of the sentence. */
function inEnglish(text: string, names: readonly string[]): readonly string[] {
  let sentences = text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/racelab [^\uac00-\ud7a3]*/g, "");
  for (const name of names) sentences = sentences.replaceAll(name, ";");
  // Ids, which have hyphens or are one word, are names. So are "ok", what is SQL, and the words of labels.
  sentences = sentences.replaceAll(/\b(ok|repeatable read|read committed|select for update|off record)\b|[\w(]+(-\w+)+/g, ";");
  return sentences.match(/\b[a-z]{2,}(?: [a-z]{2,}){2,}/g) ?? [];
}

async function namesOf(id: string): Promise<readonly string[]> {
  const ids = [...Object.values(builtInNames), ...strategyIds()];
  if (!lessonEntries().some((entry) => entry.id === id)) return ids;
  const { claims = [], scenario, size } = await loadLesson(findLesson(id), "ko");
  return [...claims.flatMap((claim) => ("breaks" in claim ? [claim.breaks] : [])), scenario(size).tally.name, ...ids];
}

describe("the commands in Korean", () => {
  it.each(fromElsewhere.map((args) => [args]))("%j has no sentence in which English is mixed", async (args) => {
    const env = { RACELAB_LESSONS: fileURLToPath(new URL("../hammer/misbehaving", import.meta.url)) };
    const ask = ["exits", "hangs", "spins"].includes(args[1]!) ? racelab : answered;
    const { stdout } = await ask([...args, "--lang", "ko"], { env });
    expect(stdout).toMatch(/[\uac00-\ud7a3]/);
    expect(inEnglish(stdout, await namesOf(args[1]!))).toEqual([]);
  });

  it.each(told)("%j prints Korean, in lines of 80 columns", async (args, sentence) => {
    const text = await inKorean(args);
    expect(text.replace(/\s+/g, " ")).toContain(sentence);
    for (const line of text.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(80);
  });

  it("the table of ends has the same figures in the same columns as in English", async () => {
    const figures = (text: string) => text.split("\n").filter((line) => /%\s+\d+\.\d%/.test(line));
    const english = await racelab(["explore", "torn-order", "--lang", "en"]);
    expect(figures(await inKorean(["explore", "torn-order"]))).toEqual(figures(english.stdout));
  });

  it("the table of steps has Korean words, and its figures and ends in the same order as in English", async () => {
    const steps = (text: string) => text.split("\n").filter((line) => /^ {3}\d {2}/.test(line));
    const [korean, english] = [
      steps(await inKorean(["trace", "lost-update", "112332"])),
      steps((await answered(["trace", "lost-update", "112332", "--lang", "en"])).stdout),
    ];
    expect(korean[0]).toContain("100 읽기");
    expect(korean[5]).toContain("98 쓰기 낡음");
    const figures = (line: string) => {
      const [, upTo = "", ...there] = /^(.*\s(\d+)\s+(\d+)\s+(\d+)) {2}(\d[\d ]*)$/.exec(line) ?? [];
      return { there, column: stringWidth(upTo) };
    };
    expect(korean.map((line) => figures(line).there)).toEqual(english.map((line) => figures(line).there));
    expect(new Set(korean.map((line) => figures(line).column)).size).toBe(1);
    expect(korean.map((line) => line.slice(7)).join("\n")).not.toMatch(/[A-Za-z]/);
    for (const line of korean) expect(stringWidth(line), line).toBeLessThanOrEqual(80);
  });

  it("JSON has the same fields, names and figures as in English; only explanations and grades are Korean", async () => {
    const json = async (language: string) => {
      const told: string[] = [];
      const { ms: _, ...rest } = JSON.parse(
        (await answered(["explore", "torn-order", "--json", "--lang", language])).stdout,
        (name, value) => {
          if (!["says", "explanation"].includes(name)) return value;
          told.push(value);
          return name;
        },
      );
      return { rest, told };
    };
    const [english, korean] = [await json("en"), await json("ko")];
    expect(korean.rest).toEqual(english.rest);
    expect(english.told).toContain("A moment too early. Old, but true.");
    expect(korean.told).toContain("조금 일렀을 뿐입니다. 낡았지만 사실입니다.");
    expect(english.told.join()).toContain("Task 1 changed both");
    expect(korean.told.join()).toContain("작업 1이 두 행을 모두 바꿨습니다");
    expect(english.told).toContain("a page showed: points gone, nothing in the ledger");
    expect(korean.told).toContain('화면에 나온 것은 "포인트는 빠졌는데 원장에는 없음"입니다');
  });
});
