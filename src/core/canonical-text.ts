/** JSON with sorted keys: one text per value, for any order of its properties. Hot: the innermost loop of an exploration. */
export function canonicalText(value: unknown): string {
  if (typeof value === "number") return Number.isFinite(value) ? `${value}` : "null";
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "undefined";
  let text = "";
  if (Array.isArray(value)) {
    for (const one of value as readonly unknown[]) text += text === "" ? canonicalText(one) : `,${canonicalText(one)}`;
    return `[${text}]`;
  }
  if (value instanceof Map || value instanceof Set)
    throw new TypeError("a machine's state, an operation and a reply are plain objects and arrays, not Map or Set");
  const fields = value as { readonly [key: string]: unknown };
  for (const key of sorted(Object.keys(fields))) {
    const field = fields[key];
    if (field !== undefined) text += `${text === "" ? "" : ","}${quoted(key)}:${canonicalText(field)}`;
  }
  return `{${text}}`;
}

/** In place. Most lists are short, and many are in order already. */
function sorted(keys: string[]): readonly string[] {
  if (keys.length > 20) return keys.sort();
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!;
    let to = i;
    for (; to > 0 && keys[to - 1]! > key; to--) keys[to] = keys[to - 1]!;
    keys[to] = key;
  }
  return keys;
}

const quotes = new Map<string, string>();
/** JSON of a field's name, kept: the same few names come again and again. Keys of rows are names here, too. */
function quoted(key: string): string {
  let text = quotes.get(key);
  if (text === undefined) {
    text = JSON.stringify(key);
    if (quotes.size < 10_000) quotes.set(key, text);
  }
  return text;
}
