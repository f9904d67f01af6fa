/** The difference of two texts, line by line. */

export interface DiffLine {
  readonly kind: "same" | "gone" | "new";
  /** Its number from 1, in the old text if it is gone, else in the new one. */
  readonly line: number;
  readonly text: string;
}

/** Most cells of the table. With more, the middle counts as gone and new as a whole. */
const MOST_CELLS = 4_000_000;

/** As few lines gone and new as possible: a longest common subsequence between the common beginning and end. */
export function diff(before: string, after: string): DiffLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const same = (from: number, to: number): DiffLine[] =>
    now.slice(from, to).map((text, index) => ({ kind: "same", line: from + index + 1, text }));
  const middle = between(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  return [
    ...same(0, head),
    ...middle.map((each) => ({ ...each, line: each.line + head })),
    ...same(now.length - tail, now.length),
  ];
}

const linesOf = (text: string): readonly string[] => text.replace(/\n$/, "").split("\n");

function between(old: readonly string[], now: readonly string[]): DiffLine[] {
  const columns = now.length + 1;
  const gone = (index: number): DiffLine => ({ kind: "gone", line: index + 1, text: old[index] ?? "" });
  const fresh = (index: number): DiffLine => ({ kind: "new", line: index + 1, text: now[index] ?? "" });
  if (old.length * now.length > MOST_CELLS) return [...old.map((_, i) => gone(i)), ...now.map((_, i) => fresh(i))];
  // The length of the longest common subsequence of old[i..] and now[j..].
  const common = new Uint32Array((old.length + 1) * columns);
  const at = (i: number, j: number): number => common[i * columns + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i * columns + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: "same", line: j + 1, text: now[j] ?? "" });
      i++;
      j++;
    } else if (i < old.length && (j === now.length || at(i + 1, j) >= at(i, j + 1))) lines.push(gone(i++));
    else lines.push(fresh(j++));
  }
  return lines;
}
