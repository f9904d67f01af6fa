/** One step in a few letters for a lane, and in words for a sentence or a table. */
import type { Event } from "../core/history.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Note } from "../core/note.js";
import type { Json, Row } from "../core/operation.js";
import { operationName } from "../core/operation-names.js";
import type { Role } from "./span.js";
import { loses, type Step } from "./trace.js";

/** A row in as few words as possible: of a row with one column only the value. */
export function value(row: Row | null, language: Language = "en"): string {
  if (row === null) return language === "ko" ? "없음" : "nothing";
  const columns = Object.entries(row);
  const one = columns.length === 1 ? columns[0]?.[1] : undefined;
  return one === undefined ? columns.map(([name, cell]) => `${name} ${text(cell)}`).join(", ") : text(one);
}
const text = (json: Json | undefined): string => (typeof json === "string" ? json : JSON.stringify(json ?? null));

interface StepLooks {
  readonly role: Role;
  /** From the most telling to the shortest: a picture takes the first that fits. */
  readonly marks: readonly string[];
  readonly words: string;
}

/** The looks of a step: an answered operation, the beginning of a wait, or an event of the environment. */
export function stepLooks({ event, note, actual, other = "?", breaks = [] }: Step, language: Language = "en"): StepLooks {
  if (event) {
    const seen = looks(event, note, actual, language);
    return breaks.length === 0 || loses(note) ? seen : { ...seen, role: "bad", marks: seen.marks.map((mark) => `${mark}!`) };
  }
  const say = (text: Text): string => inLanguage(text, language);
  if (other === "waits")
    return {
      role: "wait",
      marks: ["░ waits", "░"],
      words: say({ en: "has to wait, and takes its place in the queue", ko: "기다려야 해서 줄 서기" }),
    };
  return {
    role: "bad",
    marks: [`✗ ${other}`, `✗${other.slice(0, 2)}`, "✗"],
    words: say({ en: `is hit by what nobody chose: ${other}`, ko: `아무도 고르지 않은 일: ${other}` }),
  };
}

/** The test of a compare-and-set, a conditional update or an insert failed, so nothing was written. */
const missed = ({ reply }: Event): boolean => "value" in reply && (reply.value === false || reply.value === 0);

/** `now` is the tally after the event, for statements that compute what they write. The words are short: they go into a column. */
export function looks(event: Event, note: Note = {}, now?: Json, language: Language = "en"): StepLooks {
  const { operation, reply } = event;
  const say = (text: Text): string => inLanguage(text, language);
  if ("error" in reply)
    return {
      role: "bad",
      marks: [`E ${reply.error}`, "E"],
      words: say({
        en: `${operation.kind}: error ${reply.error}`,
        ko: `${operationName(operation.kind, "ko")}: 오류 ${reply.error}`,
      }),
    };
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
      const locks = operation.kind === "select-for-update";
      return {
        role: note.retry ? "retry" : "read",
        marks: [`${again}R ${value(row)}${v}`, `${again}R ${value(row)}`, `${again}R`],
        words: say({
          en: `reads${locks ? " and locks" : ""} ${value(row)}${v && ` at${v}`}${note.retry ? " again" : ""}`,
          ko: `${note.retry ? "다시 " : ""}${value(row, "ko")}${v} ${locks ? "잠그고 " : ""}읽기`,
        }),
      };
    }
    case "write": {
      const row = value(operation.row);
      return {
        role: lost ? "bad" : "write",
        marks: [`W ${row}${lost}`, `W${lost}`],
        words: say({ en: `writes ${row}${lost && " from a stale copy"}`, ko: `${lost && "낡은 사본으로 "}${row} 쓰기` }),
      };
    }
    case "compare-and-set": {
      const [row, v] = [value(operation.row), operation.version];
      return missed(event)
        ? {
            role: "bad",
            marks: [`C ✗ v${v}`, "C ✗", "C✗"],
            words: say({ en: `compares: v${v} is gone, conflict`, ko: `비교: v${v} 아님, 충돌` }),
          }
        : {
            role: "write",
            marks: [`C ${row} v${v + 1}`, `C ${row}`, "C"],
            words: say({ en: `compares v${v} and writes ${row}`, ko: `v${v} 비교, ${row} 쓰기` }),
          };
    }
    case "update-where":
      return missed(event)
        ? { role: "strong", marks: ["A ✗", "A"], words: say({ en: "tests in the statement: no", ko: "문장에서 검사: 아님" }) }
        : {
            role: "write",
            marks: [...(now === undefined ? [] : [`A ${text(now)}`]), "A"],
            words: say({ en: "tests and writes in one statement", ko: "한 문장에서 검사, 쓰기" }),
          };
    case "acquire":
      return reply.value === false
        ? {
            role: "strong",
            marks: ["L ✗", "L✗"],
            words: say({ en: `does not get the lock ${operation.lock}`, ko: `락 ${operation.lock} 못 잡음` }),
          }
        : {
            role: "lock",
            marks: ["L"],
            words: say({ en: `takes the lock ${operation.lock}`, ko: `락 ${operation.lock} 잡기` }),
          };
    case "release":
      return {
        role: "lock",
        marks: ["U"],
        words: say({ en: `lets go of the lock ${operation.lock}`, ko: `락 ${operation.lock} 놓기` }),
      };
    case "begin":
      return { role: "text", marks: ["begin", "B"], words: say({ en: "begins a transaction", ko: "트랜잭션 시작" }) };
    case "commit":
      return { role: "lock", marks: ["commit", "K"], words: say({ en: "commits", ko: "커밋" }) };
    case "rollback":
      return { role: "bad", marks: ["roll back", "rollbk", "X"], words: say({ en: "rolls back", ko: "롤백" }) };
    case "insert":
      return missed(event)
        ? {
            role: "strong",
            marks: ["I ✗", "I✗"],
            words: say({
              en: `does not insert ${operation.key}: it is there`,
              ko: `${operation.key} 추가 못 함: 이미 있음`,
            }),
          }
        : {
            role: "write",
            marks: [`I ${value(operation.row)}`, "I"],
            words: say({ en: `inserts ${operation.key}`, ko: `${operation.key} 추가` }),
          };
    case "delete":
      return { role: "write", marks: ["D"], words: say({ en: `deletes ${operation.key}`, ko: `${operation.key} 삭제` }) };
    default:
      return {
        role: "text",
        marks: [operation.kind, operation.kind.slice(0, 2)],
        words: operationName(operation.kind, language),
      };
  }
}
