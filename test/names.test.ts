/** One name for one thing. A failing test lists the names and what to do. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const src = resolve(import.meta.dirname, "../src");

/** The names that a file defines and exports; a re-export defines nothing. */
const exportsOf = (text: string): string[] =>
  [
    ...text.matchAll(
      /^export (?:declare )?(?:default )?(?:async )?(?:abstract )?(?:type|interface|class|function\*?|const|let|enum) ([A-Za-z_$][\w$]*)/gm,
    ),
  ].map(([, name]) => name!);

const definitions = new Map<string, string[]>();
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
for (const file of files)
  for (const name of new Set(exportsOf(readFileSync(join(src, file), "utf8"))))
    definitions.set(name, [...(definitions.get(name) ?? []), file]);

describe("an exported name", () => {
  it("is defined in one file: a name with two meanings misleads its readers", () => {
    const twice = [...definitions]
      // Every command of commands/ exports `register`: one meaning, one name.
      .filter(
        ([name, where]) => where.length > 1 && !(name === "register" && where.every((file) => file.startsWith("commands/"))),
      )
      .map(([name, where]) => `${name} is defined in ${where.join(" and ")}: give one of them a name of its own`);
    expect(definitions.size).toBeGreaterThan(500);
    expect(twice).toEqual([]);
  });

  it("is used outside the file that defines it, or is no export", () => {
    const texts = new Map(files.map((file) => [file, readFileSync(join(src, file), "utf8")]));
    const outside = readdirSync(resolve(src, "../test"), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file) && file !== "names.test.ts")
      .map((file) => readFileSync(resolve(src, "../test", file), "utf8"))
      .join("\n");
    const idle = [...definitions].flatMap(([name, where]) => {
      const word = new RegExp(`\\b${name.replace("$", "\\$")}\\b`);
      const elsewhere = files.some((file) => !where.includes(file) && word.test(texts.get(file)!));
      return elsewhere || word.test(outside) ? [] : [`${where[0]} exports ${name}, which only that file uses`];
    });
    expect(idle).toEqual([]);
  });

  it("is seen where it is defined, and not where it is passed on", () => {
    expect(exportsOf('export interface Row {\n}\nexport { a } from "./a.js";\nexport async function b() {}')).toEqual([
      "Row",
      "b",
    ]);
  });
});
