/** "did you mean …" where a known name is near, otherwise "there is" and the list. */
export function suggest(name: string, known: readonly string[]): string {
  const near = nearName(name, known);
  return near ? `did you mean ${near}?` : `there is ${known.join(", ")}`;
}

/** A known name for which `name` may have been meant. */
export const nearName = (name: string, known: readonly string[]): string | undefined =>
  known.find((id) => distance(name, id) <= 2 || (name.length > 2 && id.startsWith(name)));

/** Levenshtein's edit distance; ids are short. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
