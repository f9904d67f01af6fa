const parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar of a share between 0 and 1, `columns` long at 1. What is not nothing is never rounded to nothing; nothing draws nothing. */
export function bar(share: number, columns: number): string {
  if (!(share > 0)) return "";
  const eighths = Math.max(1, Math.round(Math.min(1, share) * columns * 8));
  return "█".repeat(Math.floor(eighths / 8)) + parts[eighths % 8];
}
