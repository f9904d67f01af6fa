/** A sentence begins with a capital letter, and a name keeps its spelling: of lanes ("w1"), of rows, columns, locks. */

/** The text with a capital, unless it begins with a name: one of `names`, or what no word looks like ("stock/1", "maxTries"). */
export function capital(text: string, names: ReadonlySet<string> = new Set()): string {
  const [first = ""] = /^\w+(?:[-/.:]\w+)*/.exec(text) ?? [];
  return names.has(first) || /[\d_/.:]|[a-z][A-Z]/.test(first) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
