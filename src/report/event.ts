/** One step in a few letters for a lane, and in words for a sentence or a table. */
import type { Event } from "../core/history.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Note } from "../core/note.js";
import type { Json, Row } from "../core/operation.js";
import { operationName } from "../core/operation-names.js";
import type { Role } from "./span.js";
import { type Named, unnamed } from "./step-names.js";
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
export function stepLooks(
  step: Step,
  language: Language = "en",
  { named = unnamed, isAccident = false }: InPicture = {},
): StepLooks {
  const seen = plainLooks(step, language, named);
  return isAccident ? { ...seen, role: "bad", marks: seen.marks.map((mark) => `${mark}!`) } : seen;
}

/** What a picture knows of its steps together: how it calls their rows, and whether this one has its `!`. */
interface InPicture {
  readonly named?: Named;
  readonly isAccident?: boolean;
}

function plainLooks({ event, note, shown, other = "?" }: Step, language: Language, named: Named): StepLooks {
  if (event) return looks(event, note, language, named, shown);
  const say = (text: Text): string => inLanguage(text, language);
  if (other === "waits")
    return {
      role: "wait",
      marks: ["░ waits", "░"],
      words: say({ en: "has to wait, and takes its place in the queue", ko: "락을 기다리며 줄 서기" }),
    };
  return {
    role: "bad",
    marks: [`✗ ${other}`, "*"],
    words: say({ en: `is hit by what nobody chose: ${other}`, ko: `외부에서 일어난 일: ${other}` }),
  };
}

/** The test of a compare-and-set, a conditional update or an insert failed, so nothing was written. */
const missed = ({ reply }: Event): boolean => "value" in reply && (reply.value === false || reply.value === 0);

/** What an event shows: its marks without the name of its row, and its words. */
interface Shown {
  readonly role: Role;
  /** The operation as a word, where there is room; absent: `letter` is one, or the operation has no other name. */
  readonly word?: string;
  /** The letter of the operation, or its name, which `brief` replaces where there is no room. */
  readonly letter: string;
  readonly brief?: string;
  /** What it read or wrote, or that it did not; empty: nothing to say. */
  readonly what?: readonly string[];
  readonly words: Text;
}

/** `named`: the name of the row, lock or topic, where the picture has more than one. */
export function looks(
  event: Event,
  note: Note = {},
  language: Language = "en",
  named: Named = unnamed,
  inWords: string | undefined = undefined,
): StepLooks {
  const { operation, reply } = event;
  const name = named(operation);
  if ("error" in reply)
    return {
      role: "bad",
      marks: [
        ...(name ? [`error ${name} ${reply.error}`, `E ${name} ${reply.error}`] : []),
        `error ${reply.error}`,
        `E ${reply.error}`,
        "E",
      ],
      words: inLanguage(
        {
          en: `${operation.kind}${name && ` ${name}`}: error ${reply.error}`,
          ko: `${name && `${name} `}${operationName(operation.kind, "ko")}: 오류 ${reply.error}`,
        },
        language,
      ),
    };
  const { role, word, letter, brief, what = [], words } = shown(event, reply.value, note, inWords);
  const [full] = what;
  const refused = full?.startsWith("✗") ?? false;
  const called = [...(word ? [word] : []), letter];
  const withName = name
    ? [...(full ? called.map((by) => `${by} ${name} ${full}`) : []), ...called.map((by) => `${by} ${name}${refused ? " ✗" : ""}`)]
    : [];
  const withValue = what.flatMap((each) => called.map((by) => `${by} ${each}`));
  const bare = [...(word && !full ? [word] : []), refused ? `${letter}✗` : letter, ...(brief ? [brief] : [])];
  const marks = [...withName, ...withValue, ...bare].map((mark) => (note.retry ? `↻${mark}` : mark));
  return { role, marks: [...new Set(marks)], words: `${name && `${name}: `}${inLanguage(words, language)}` };
}

function shown(event: Event, answer: Json, note: Note, inWords: string | undefined): Shown {
  const { operation } = event;
  switch (operation.kind) {
    case "read":
    case "select-for-update":
    case "read-versioned":
      return readShown(operation.kind, answer, note, inWords);
    case "write":
    case "compare-and-set":
    case "insert":
    case "insert-row":
    case "update-where":
    case "update-rows":
    case "delete":
    case "delete-rows":
      return writeShown(event, answer, note, inWords);
    case "select":
      return selectShown(operation.aggregate !== undefined, answer);
    case "acquire":
    case "advisory-lock":
    case "release":
    case "advisory-unlock":
      return lockShown(operation.kind, String(operation.lock), answer);
    default:
      return otherShown(event, answer);
  }
}

function readShown(kind: Event["operation"]["kind"], answer: Json, { retry }: Note, inWords: string | undefined): Shown {
  const versioned = kind === "read-versioned" && answer !== null;
  const { row, version } = (versioned ? answer : { row: answer, version: 0 }) as { row: Row | null; version: number };
  const v = versioned ? ` v${version}` : "";
  const locks = kind === "select-for-update";
  const said = (language: Language): string => inWords ?? value(row, language);
  return {
    role: retry ? "retry" : "read",
    word: "read",
    letter: "R",
    what: [...(v ? [`${said("en")}${v}`] : []), said("en")],
    words: {
      en: `reads${locks ? " and locks" : ""} ${said("en")}${v && ` at${v}`}${retry ? " again" : ""}`,
      ko: `${retry ? "다시 " : ""}${said("ko")}${v} ${locks ? "잠그고 " : ""}읽기`,
    },
  };
}

const rowsCounted = (n: number) => ({ en: `${n} ${n === 1 ? "row" : "rows"}`, ko: `행 ${n}개` });

function selectShown(aggregated: boolean, answer: Json): Shown {
  const rows = (answer ?? []) as readonly Row[];
  const one = rows.length === 1 ? rows[0] : undefined;
  const found = aggregated || one ? value(one ?? null) : rowsCounted(rows.length).en;
  return {
    role: "read",
    word: "read",
    letter: "R",
    what: [found],
    words: { en: `selects ${found}`, ko: `${one ? found : rowsCounted(rows.length).ko} 조회` },
  };
}

function writeShown(event: Event, answer: Json, note: Note, inWords: string | undefined): Shown {
  const { operation } = event;
  const role: Role = loses(note) && operation.kind === "write" ? "bad" : "write";
  // What a statement computed is in its note; of several rows only their number is known.
  const wrote = note.wrote ? value(note.wrote) : typeof answer === "number" && answer > 1 ? rowsCounted(answer).en : "✓";
  const no: Shown["what"] = ["✗"];
  switch (operation.kind) {
    case "write": {
      const row = inWords ?? value(operation.row);
      const stale = loses(note);
      return {
        role,
        word: "write",
        letter: "W",
        what: [row],
        words: { en: `writes ${row}${stale ? " from a stale copy" : ""}`, ko: `${stale ? "낡은 사본으로 " : ""}${row} 쓰기` },
      };
    }
    case "compare-and-set": {
      const [row, v] = [inWords ?? value(operation.row), operation.version];
      return missed(event)
        ? {
            role: "bad",
            word: "compare",
            letter: "C",
            what: [`✗ v${v}`, "✗"],
            words: { en: `compares: v${v} is gone, conflict`, ko: `비교: v${v} 아님, 충돌` },
          }
        : {
            role,
            word: "compare",
            letter: "C",
            what: [`${row} v${v + 1}`, row],
            words: { en: `compares v${v} and writes ${row}`, ko: `v${v} 비교, ${row} 쓰기` },
          };
    }
    case "update-where":
    case "update-rows":
      return missed(event)
        ? {
            role: "strong",
            word: "update",
            letter: "A",
            what: no,
            words: { en: "tests in the statement: no", ko: "문장에서 검사: 아님" },
          }
        : {
            role,
            word: "update",
            letter: "A",
            what: [wrote],
            words: { en: `tests and writes ${wrote} in one statement`, ko: `한 문장에서 검사, ${wrote} 쓰기` },
          };
    case "insert":
    case "insert-row": {
      const row = value(note.wrote ?? operation.row);
      const key = "key" in operation ? operation.key : operation.table;
      return missed(event)
        ? {
            role: "strong",
            word: "insert",
            letter: "I",
            what: no,
            words: { en: `does not insert ${key}: it is there`, ko: `${key} 삽입 못 함: 이미 있음` },
          }
        : { role, word: "insert", letter: "I", what: [row], words: { en: `inserts ${key}: ${row}`, ko: `${key} 추가: ${row}` } };
    }
    default: {
      const key = "key" in operation ? operation.key : "table" in operation ? operation.table : "";
      return missed(event)
        ? {
            role: "strong",
            word: "delete",
            letter: "D",
            what: no,
            words: { en: `deletes nothing from ${key}`, ko: `${key}: 삭제할 것 없음` },
          }
        : { role, word: "delete", letter: "D", words: { en: `deletes ${key}`, ko: `${key} 삭제` } };
    }
  }
}

function lockShown(kind: Event["operation"]["kind"], lock: string, answer: Json): Shown {
  if (kind === "release" || kind === "advisory-unlock")
    return answer === false
      ? {
          role: "strong",
          word: "unlock",
          letter: "U",
          what: ["✗"],
          words: { en: `lets go of the lock ${lock}, which it does not hold`, ko: `쥐지 않은 락 ${lock} 풀기` },
        }
      : { role: "lock", word: "unlock", letter: "U", words: { en: `lets go of the lock ${lock}`, ko: `락 ${lock} 풀기` } };
  return answer === false
    ? {
        role: "strong",
        word: "lock",
        letter: "L",
        what: ["✗"],
        words: { en: `does not get the lock ${lock}`, ko: `락 ${lock} 못 잡음` },
      }
    : { role: "lock", word: "lock", letter: "L", words: { en: `takes the lock ${lock}`, ko: `락 ${lock} 잡기` } };
}

/** What a service answered. Most say whether it was done. */
const callAnswer = (answer: Json): string =>
  answer !== null && typeof answer === "object" && "ok" in answer ? (answer.ok ? "✓" : "✗") : text(answer);

/** Transactions, and what leaves the store. */
function otherShown({ operation }: Event, answer: Json): Shown {
  const { kind } = operation;
  const words = { en: kind, ko: operationName(kind, "ko") };
  const also = (more: string): Text => ({ en: `${words.en} ${more}`, ko: `${words.ko} ${more}` });
  switch (operation.kind) {
    case "begin":
      return { role: "text", word: "begin", letter: "B", words: { en: "begins a transaction", ko: "트랜잭션 시작" } };
    case "commit":
      return answer === "rollback"
        ? { role: "bad", word: "roll back", letter: "X", words: { en: "commits, and is rolled back", ko: "커밋했지만 롤백됨" } }
        : { role: "lock", word: "commit", letter: "K", words: { en: "commits", ko: "커밋" } };
    case "rollback":
      return { role: "bad", word: "roll back", letter: "X", words: { en: "rolls back", ko: "롤백" } };
    case "raise-fence":
      return answer === false
        ? { role: "strong", letter: "fence", brief: "F", what: ["✗"], words: also(`${operation.token}: ✗`) }
        : { role: "lock", letter: "fence", brief: "F", what: [String(operation.token)], words: also(String(operation.token)) };
    case "call": {
      const told = callAnswer(answer);
      return {
        role: told === "✗" ? "strong" : "write",
        letter: "call",
        brief: "@",
        what: [told],
        words: also(`${operation.service}: ${told}`),
      };
    }
    case "choose":
      return { role: "text", letter: "?", what: [text(answer)], words: also(`${operation.question}: ${text(answer)}`) };
    case "publish":
      return {
        role: "write",
        letter: "publish",
        brief: "P",
        what: [text(operation.message)],
        words: also(`${operation.topic}: ${text(operation.message)}`),
      };
    case "receive": {
      if (answer === null)
        return { role: "strong", letter: "receive", brief: "G", what: ["✗"], words: also(`${operation.topic}: ✗`) };
      const { message } = answer as { message: Json };
      return {
        role: "read",
        letter: "receive",
        brief: "G",
        what: [text(message)],
        words: also(`${operation.topic}: ${text(message)}`),
      };
    }
    case "ack":
      return { role: "lock", letter: "ack", brief: "Q", words: also(`${operation.topic} ${operation.id}`) };
    case "savepoint":
    case "rollback-to":
    case "release-savepoint":
      return {
        role: "text",
        word: operation.kind === "rollback-to" ? "roll back to" : operation.kind === "savepoint" ? "savepoint" : "release",
        letter: operation.kind === "rollback-to" ? "X" : "S",
        what: [operation.name],
        words: also(operation.name),
      };
    default:
      return { role: "text", word: kind.replaceAll("-", " "), letter: "T", words };
  }
}
