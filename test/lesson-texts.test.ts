import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findLesson, strategyFiles } from "../src/catalog.js";
import { complaints } from "../src/lesson-texts.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "racelab-texts-"));
  cpSync(findLesson("lost-update").folder, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: (old: string) => string) =>
  writeFileSync(join(folder, name), text(readFileSync(join(folder, name), "utf8")));
const found = () =>
  [...complaints(folder, strategyFiles())].map(({ file, line, says }) => [file.slice(folder.length + 1), line, says]);

describe("the texts of a lesson", () => {
  it("are right as they are", () => expect(found()).toEqual([]));

  it("must be there, in both languages", () => {
    rmSync(join(folder, "hints.ko.md"));
    expect(found()).toEqual([["hints.ko.md", 1, "hints.ko.md is missing"]]);
  });

  it("give hints in three tiers, none of them empty", () => {
    writeFileSync(join(folder, "hints.md"), "## 1\n\nLook.\n\n## 2\n\n## 3\n");
    expect(found()).toEqual([
      ["hints.md", 5, "hint 2 says nothing"],
      ["hints.md", 7, "hint 3 says nothing"],
    ]);
  });

  it("show code that stands in the lesson or in a strategy, whatever its indentation, and no other", () => {
    write("README.md", (old) => `${old}\n\`\`\`ts\nfor (const lock of locks) await session.acquire(lock, "server");\n\`\`\`\n`);
    expect(found()).toEqual([]);
    write("README.md", (old) => `${old}\n\`\`\`ts\nawait session.acquire("made up");\n\`\`\`\n`);
    const lines = readFileSync(join(folder, "README.md"), "utf8").split("\n");
    expect(found()).toEqual([["README.md", lines.lastIndexOf("```ts") + 1, expect.stringContaining("copy it from the code")]]);
  });
});
