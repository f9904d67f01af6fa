import type { Tier } from "./glyphs.js";
import { inTier, type Row } from "./span.js";

/** A row as text without its roles. ASCII unless asked otherwise: for pipes, files and what is read aloud. */
export const rowText = (row: Row, tier: Tier = "ascii"): string =>
  inTier(row, tier)
    .map(({ text }) => text)
    .join("")
    .trimEnd();

export const rowsText = (rows: readonly Row[], tier: Tier = "ascii"): string => rows.map((row) => rowText(row, tier)).join("\n");
