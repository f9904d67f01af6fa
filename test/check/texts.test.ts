import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import lostUpdate from "../../lessons/01-lost-update/lesson.js";
import { environments } from "../../src/check/ladder.js";
import { shortcuts } from "../../src/check/refusals.js";
import { complaints } from "../../src/check/texts.js";
import type { Language, Text } from "../../src/core/language.js";
import type { Lesson, Size } from "../../src/core/lesson.js";
import { lessonIn } from "../../src/core/lesson-in.js";
import type { Monitor } from "../../src/core/monitor.js";
import type { Property } from "../../src/core/property.js";
import { courseEntries, exerciseOf, findLesson, strategyOf } from "../../src/course/catalog.js";
import { strategyFiles } from "../../src/course/sources.js";
import { explorationOf } from "../../src/explore/explore.js";

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

/** A listener on a lesson's properties: all that they answer, as the author wrote it, by their names. */
function listening(lesson: Lesson<Text>) {
  const answers = new Map<string, Text[]>();
  const listen = (property: Property<Text>): Property<Text> => {
    const known = answers.get(property.name) ?? [];
    answers.set(property.name, known);
    if (property.kind === "monitor") {
      const step: Monitor<Text>["step"] = (...given) => {
        const after = property.monitor.step(...given);
        if ("broken" in after) known.push(after.broken);
        return after;
      };
      return { ...property, monitor: { ...property.monitor, step } };
    }
    const test = (...given: readonly unknown[]): Text | null => {
      const text = (property.test as (...given: readonly unknown[]) => Text | null)(...given);
      if (text !== null) known.push(text);
      return text;
    };
    return { ...property, test } as Property<Text>;
  };
  const scenario = (size: Size) => {
    const scenario = lesson.scenario(size);
    return { ...scenario, properties: scenario.properties.map(listen) };
  };
  return { answers, lesson: lessonIn("en", { ...lesson, scenario }) };
}

/** What is not said in both languages, and with the same figures in both. */
const unlike = (text: Text): boolean => {
  if (typeof text === "string") return true;
  const figures = (said: string) => (said.match(/-?\d+/g) ?? []).sort().join();
  return !/\p{Script=Hangul}/u.test(text.ko) || /\p{Script=Hangul}/u.test(text.en) || figures(text.en) !== figures(text.ko);
};

describe("what a property of a lesson answers", () => {
  const answering = (text: Text | null, language: Language) => {
    const { scenario, ...lesson } = lostUpdate;
    const properties = [{ name: "a rule", kind: "outcome" as const, test: () => text }];
    const given = lessonIn(language, { ...lesson, scenario: (size) => ({ ...scenario(size), properties }) });
    const [property] = given.scenario(lesson.size).properties;
    return () => (property?.kind === "outcome" ? property.test({ before: {}, rows: {}, outcomes: [] }) : null);
  };

  it("is one sentence in the language that was asked for, and null stays null", () => {
    for (const language of ["en", "ko"] as const) {
      expect(answering({ en: "wrong", ko: "틀림" }, language)()).toBe(language === "ko" ? "틀림" : "wrong");
      expect(answering("English only", language)()).toBe("English only");
      expect(answering(null, language)()).toBeNull();
    }
  });

  it("is refused in every language when one is missing: without a sentence the rule would seem to hold", () => {
    for (const language of ["en", "ko"] as const)
      expect(answering({ en: "wrong" } as unknown as Text, language)).toThrow(
        'property "a rule" answers in one language only: it is { en: "…", ko: "…" }, or a bare "…"',
      );
  });
});

describe("what the properties of the course answer", () => {
  it.each(courseEntries())("is in Korean as well, with the same figures: $id", async (entry) => {
    const file = join(entry.folder, "lesson.ts");
    const { answers, lesson } = listening(((await import(file)) as { default: Lesson<Text> }).default);
    const broken = lesson.claims?.filter((claim) => "breaks" in claim) ?? [];
    const asked = lesson.questions?.filter((question) => question.kind !== "choice") ?? [];
    for (const place of [...broken, ...asked]) await explorationOf(lesson, await strategyOf(lesson, place.strategy), place);
    // No claim of the course is about a yes for nothing.
    const { solution } = (await exerciseOf(entry))!;
    for (const strategy of Object.values(shortcuts(solution)))
      for (const place of environments(lesson)) await explorationOf(lesson, strategy, place);
    // Nor about an error that reaches a client.
    const { rows, tasks, properties } = lesson.scenario(lesson.size);
    const outcomes = tasks.map(() => ({ status: "failed" as const, error: "Error", detail: "out of order" }));
    for (const property of properties) if (property.kind === "outcome") property.test({ before: rows, rows, outcomes });

    const lines = readFileSync(file, "utf8").split("\n");
    const complaints = [...answers].flatMap(([name, texts]) => {
      const at = `${file}:${1 + lines.findIndex((line) => line.includes(`"${name}"`))}: property "${name}"`;
      return texts.length === 0
        ? [`${at} was never broken`]
        : texts.filter(unlike).map((text) => `${at}: ${JSON.stringify(text)}`);
    });
    expect([...new Set(complaints)]).toEqual([]);
  });
});
