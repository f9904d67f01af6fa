/**
 * What strategies say of themselves, in the learner's language. A strategy's file has the English, and is shown to learners
 * of any language as it is; its Korean lies beside it, in `src/strategies/<id>.ko.json`.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Language } from "../core/language.js";
import type { Lesson } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import { strategyIds, strategyOf } from "./catalog.js";
import { strategyFiles } from "./sources.js";

type Texts = Pick<Strategy, "summary" | "cost">;

/** The file with the Korean of a strategy of the course. */
export const koreanFile = (id: string): string => strategyFiles()[strategyIds().indexOf(id)]!.replace(/\.ts$/, ".ko.json");

/** Null: there is no Korean yet. */
export const koreanOf = (id: string): Texts | null =>
  existsSync(koreanFile(id)) ? (JSON.parse(readFileSync(koreanFile(id), "utf8")) as Texts) : null;

/** A lesson's own variant is told as its author wrote it, also where it has the name of a strategy of the course. */
export async function strategyTexts(lesson: Lesson, id: string, language: Language): Promise<Texts> {
  const { summary, cost } = await strategyOf(lesson, id);
  const korean = language === "ko" && !lesson.variants?.[id] ? koreanOf(id) : null;
  return korean ?? { summary, cost };
}
