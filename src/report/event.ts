/** One event in a few letters, for a lane, and in words, for a sentence or a table. */
import type { Event } from "../core/history.js";
import type { Language } from "../core/lesson.js";
import type { Json, Row } from "../core/operation.js";
import type { Role } from "./span.js";
import { loses, type Note, type Step } from "./trace.js";

/** What a row is, as short as can be: a row with one column is that column's value. */
export function value(row: Row | null): string {
  if (row === null) return "nothing";
  const columns = Object.entries(row);
  const one = columns.length === 1 ? columns[0]?.[1] : undefined;
  return one === undefined ? columns.map(([name, cell]) => `${name} ${text(cell)}`).join(", ") : text(one);
}
const text = (json: Json | undefined): string => (typeof json === "string" ? json : JSON.stringify(json ?? null));

export interface Looks {
  readonly role: Role;
  /** From the most telling to a single letter: a picture takes the first that fits. */
  readonly marks: readonly string[];
  readonly words: string;
}

/** The looks of a step, whether it is an answered operation, the beginning of a wait, or something that just happens. */
export function stepLooks({ event, note, actual, other = "?" }: Step, language: Language = "en"): Looks {
  if (event) return looks(event, note, actual, language);
  if (other === "waits" && language === "ko")
    return { role: "wait", marks: ["░ waits", "░"], words: "기다려야 해서 줄을 섭니다" };
  if (other === "waits") return { role: "wait", marks: ["░ waits", "░"], words: "has to wait, and takes its place in the queue" };
  return { role: "bad", marks: [`✗ ${other}`, `✗${other.slice(0, 2)}`, "✗"], words: `is hit by what nobody chose: ${other}` };
}

/** Did the test in a compare-and-set or a conditional update fail? */
const missed = ({ reply }: Event): boolean => "value" in reply && (reply.value === false || reply.value === 0);

/** `rowAfter`: the row as the store has it now, for statements that compute what they write. */
export function looks(event: Event, note: Note = {}, now?: Json, language: Language = "en"): Looks {
  const { operation, reply } = event;
  void language;
  if ("error" in reply)
    return { role: "bad", marks: [`E ${reply.error}`, "E"], words: `${operation.kind}: error ${reply.error}` };
  const lost = loses(note) ? "!" : "";
  switch (operation.kind) {
    case "read":
    case "select-for-update":
    case "read-versioned": {
      const again = note.retry ? "↻" : "";
      const versioned = operation.kind === "read-versioned" && reply.value !== null;
      const { row, version } = (versioned ? reply.value : { row: reply.value, version: 0 }) as {
        row: Row | null;
        version: number;
      };
      const v = versioned ? ` v${version}` : "";
      const locks = operation.kind === "select-for-update" ? " and locks" : "";
      return {
        role: note.retry ? "retry" : "read",
        marks: [`${again}R ${value(row)}${v}`, `${again}R ${value(row)}`, `${again}R`],
        words: `reads${locks} ${value(row)}${v && ` at${v}`}${note.retry ? " again" : ""}`,
      };
    }
    case "write":
      return {
        role: lost ? "bad" : "write",
        marks: [`W ${value(operation.row)}${lost}`, `W${lost}`],
        words: `writes ${value(operation.row)}${lost && " from a stale copy"}`,
      };
    case "compare-and-set":
      return missed(event)
        ? {
            role: "bad",
            marks: [`C ✗ v${operation.version}`, "C ✗", "C✗"],
            words: `compares: v${operation.version} is gone, conflict`,
          }
        : {
            role: "write",
            marks: [`C ${value(operation.row)} v${operation.version + 1}`, `C ${value(operation.row)}`, "C"],
            words: `compares v${operation.version} and writes ${value(operation.row)}`,
          };
    case "update-where":
      return missed(event)
        ? { role: "strong", marks: ["A ✗", "A"], words: "tests in the statement: no" }
        : {
            role: "write",
            marks: [...(now === undefined ? [] : [`A ${text(now)}`]), "A"],
            words: "tests and writes in one statement",
          };
    case "acquire":
      return reply.value === false
        ? { role: "strong", marks: ["L ✗", "L✗"], words: `does not get the lock ${operation.lock}` }
        : { role: "lock", marks: ["L"], words: `takes the lock ${operation.lock}` };
    case "release":
      return { role: "lock", marks: ["U"], words: `lets go of the lock ${operation.lock}` };
    case "begin":
      return { role: "text", marks: ["begin", "B"], words: "begins a transaction" };
    case "commit":
      return { role: "lock", marks: ["commit", "K"], words: "commits" };
    case "rollback":
      return { role: "bad", marks: ["roll back", "rollbk", "X"], words: "rolls back" };
    case "insert":
      return missed(event)
        ? { role: "strong", marks: ["I ✗", "I✗"], words: `does not insert ${operation.key}: it is there` }
        : { role: "write", marks: [`I ${value(operation.row)}`, "I"], words: `inserts ${operation.key}` };
    case "delete":
      return { role: "write", marks: ["D"], words: `deletes ${operation.key}` };
    default:
      return { role: "text", marks: [operation.kind, operation.kind.slice(0, 2)], words: operation.kind };
  }
}
