import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { towards } from "../../src/core/korean.js";

const source = resolve(import.meta.dirname, "../../src");

describe("a Korean particle", () => {
  it("of where something leads is short after a vowel and after an l", () => {
    const long = ["stock 96", "count 3", "none", "row-lock", "값", "수량 10"];
    const short = ["stock 97", "stock 98", "count 1", "count 2", "cas", "결과", "행렬", "serializable"];
    expect(long.map(towards)).toEqual(long.map((word) => `${word}으로`));
    expect(short.map(towards)).toEqual(short.map((word) => `${word}로`));
  });

  it("is chosen, never left to the reader", () => {
    const texts = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
    const undecided = texts.filter((file) =>
      /\(으\)로|[은을]\([는를]\)|이\(가\)|와\(과\)/.test(readFileSync(join(source, file), "utf8")),
    );
    expect(undecided).toEqual([]);
  });
});
