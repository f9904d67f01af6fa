const parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar for a share from 0 to 1, `columns` long at 1. A share above 0 gets at least an eighth of a column, a share of 0 none. */
export function bar(share: number, columns: number): string {
  if (!(share > 0)) return "";
  const eighths = Math.max(1, Math.round(Math.min(1, share) * columns * 8));
  return "█".repeat(Math.floor(eighths / 8)) + parts[eighths % 8];
}
