/** How a history is spoken of: "request 7", "stock 93", "step 41". Every sentence of every checker says it this way. */
import type { Json, Key, Row } from "../core/operation.js";
import type { Trace, Version } from "./versions.js";

export interface Wording {
  /** "request 7" */
  task(task: number): string;
  /** "request 7", "requests 7, 12 and 15" */
  tasks(tasks: readonly number[]): string;
  /** "Request 7": where a sentence starts. */
  Task(task: number): string;
  /** "stock", or "stock/1" where the table has several rows in this history. */
  key(key: Key): string;
  /** "stock 93": the row's name and the columns asked for, by default those that ever change. */
  row(version: Version, columns?: readonly string[]): string;
  /** "92": the same without the row's name, for the second time it is mentioned. */
  value(version: Version, columns?: readonly string[]): string;
}

export function wording(trace: Trace, who = "request"): Wording {
  const rowsOf = new Map<string, number>();
  for (const key of trace.chains.keys()) rowsOf.set(table(key), (rowsOf.get(table(key)) ?? 0) + 1);
  const key = (key: Key) => (rowsOf.get(table(key)) === 1 ? table(key) : key);
  const changing = new Map<Key, readonly string[]>();
  const columnsOf = (version: Version): readonly string[] => {
    const known = changing.get(version.key) ?? differing(trace.chains.get(version.key) ?? []);
    changing.set(version.key, known);
    return known;
  };
  const value = (version: Version, columns: readonly string[] = columnsOf(version)): string => {
    const { row } = version;
    if (!row) return "nothing";
    const shown = columns.length > 0 ? columns : Object.keys(row).slice(0, 3);
    return shown.length === 1 ? text(row[shown[0]!]) : shown.map((column) => `${column} ${text(row[column])}`).join(", ");
  };
  return {
    task: (task) => `${who} ${task}`,
    tasks: (tasks) => `${who}${tasks.length === 1 ? "" : "s"} ${list(tasks.map(String))}`,
    Task: (task) => `${who[0]!.toUpperCase()}${who.slice(1)} ${task}`,
    key,
    value,
    row(version, columns = columnsOf(version)) {
      if (!version.row) return `no ${key(version.key)}`;
      const names = Object.keys(version.row);
      const [only] = columns.length === 1 && names.length > 1 ? columns : [];
      return `${key(version.key)} ${only ? `${only} ` : ""}${value(version, columns)}`;
    },
  };
}

const table = (key: Key): string => key.split("/", 1)[0]!;
const text = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

/** The columns in which these versions are not all alike. */
export function differing(versions: readonly Version[]): readonly string[] {
  const rows = versions.flatMap(({ row }): Row[] => (row ? [row] : []));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return columns.filter((column) => new Set(rows.map((row) => JSON.stringify(row[column]))).size > 1);
}

/** "a", "a and b", "a, b and c", "a, b, c and 4 more". */
export function list(words: readonly string[], most = 3): string {
  const shown = words.length > most + 1 ? [...words.slice(0, most), `${words.length - most} more`] : words;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
