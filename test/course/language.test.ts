import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

it("is asked of the environment where a command begins; everything below is given a language", () => {
  const src = join(import.meta.dirname, "../../src");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const asks = files.filter((file) => /languageFromEnvironment|RACELAB_LANG/.test(readFileSync(join(src, file), "utf8")));
  expect(asks).toContain(join("course", "language.ts"));
  expect(asks.filter((file) => !/^(main\.ts|course.language\.ts|commands.\w+\.ts)$/.test(file))).toEqual([]);
});
