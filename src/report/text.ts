import type { Language } from "../core/lesson.js";
import type { Tier } from "./glyphs.js";
import { inTier, type TextRow } from "./span.js";

/** The tier of what is read aloud or goes through a pipe: plain ASCII, where the language is written in that. */
export const spokenIn = (language: Language): Tier => (language === "ko" ? "unicode" : "ascii");

/** A row as text without its roles. ASCII unless asked otherwise: for pipes, files and what is read aloud. */
export const rowText = (row: TextRow, tier: Tier = "ascii"): string =>
  inTier(row, tier)
    .map(({ text }) => text)
    .join("")
    .trimEnd();

export const rowsText = (rows: readonly TextRow[], tier: Tier = "ascii"): string =>
  rows.map((row) => rowText(row, tier)).join("\n");
