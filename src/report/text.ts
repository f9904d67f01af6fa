import type { Language } from "../core/language.js";
import type { Tier } from "./glyphs.js";
import { inTier, type TextRow } from "./span.js";

/** The tier for text that is read aloud or piped: ASCII, except in Korean. */
export const spokenIn = (language: Language): Tier => (language === "ko" ? "unicode" : "ascii");

/** A row as text without roles and without blanks at its end. */
export const rowText = (row: TextRow, tier: Tier = "ascii"): string =>
  inTier(row, tier)
    .map(({ text }) => text)
    .join("")
    .trimEnd();

export const rowsText = (rows: readonly TextRow[], tier: Tier = "ascii"): string =>
  rows.map((row) => rowText(row, tier)).join("\n");
