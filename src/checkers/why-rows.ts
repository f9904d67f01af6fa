/**
 * What an event does with rows, in sentences: what a task reads, from which copy it writes, whether that copy is still
 * true, and what is lost when it is not.
 */
import { particle } from "../core/korean.js";
import type { Note } from "../core/note.js";
import type { Operation } from "../core/operation.js";
import { same } from "./shown.js";
import type { VersionStep, VersionTrace } from "./versions.js";
import { differing, object, subject, type Wording } from "./wording.js";

/** A history that is told: its versions, and how it is spoken of. */
export interface Telling {
  readonly trace: VersionTrace;
  readonly words: Wording;
}

/** The sentences for an operation on rows that succeeded; null for any other operation. */
export function rowSentences(telling: Telling, step: VersionStep, note: Note): string | null {
  const { words } = telling;
  const { operation, reply, task } = step.event;
  const [who, doing] = [words.Task(task), subject(words, task)];
  if ("error" in reply) return null;
  switch (operation.kind) {
    case "read":
    case "read-versioned":
    case "select-for-update":
      return read(telling, step, note);
    case "write":
    case "delete":
      return `${written(words, step)} ${basis(telling, step, note)}`;
    case "compare-and-set":
      return reply.value ? compared(words, step, operation.version) : conflict(words, step, note, operation.version);
    case "insert":
      return inserted(words, step);
    case "update-where":
      return updated(telling, step);
    case "select":
      return words.say({
        en: `${who} asks for rows of ${operation.table} and gets ${counted(reply.value)}.`,
        ko: `${doing} ${operation.table}의 행을 조회해 ${countedInKorean(reply.value)}.`,
      });
    case "insert-row":
    case "update-rows":
    case "delete-rows": {
      const isOne = Number(reply.value) === 1;
      return words.say({
        en: `${who} changes ${isOne ? "one row" : `${reply.value} rows`} of ${operation.table} in one statement.`,
        ko: `${doing} 한 문장으로 ${operation.table}의 행 ${isOne ? "하나" : `${reply.value}개`}를 바꿉니다.`,
      });
    }
    default:
      return null;
  }
}

function written(words: Wording, { event: { task, operation, reply }, writes }: VersionStep): string {
  const [who, doing] = [words.Task(task), subject(words, task)];
  const key = "key" in operation ? words.key(operation.key) : "";
  if (operation.kind === "write") {
    const row = words.row(writes[0]!);
    return words.say({ en: `${who} writes ${row}.`, ko: `${doing} ${object(row)} 씁니다.` });
  }
  return words.say(
    "value" in reply && reply.value
      ? { en: `${who} deletes ${key}.`, ko: `${doing} ${object(key)} 지웁니다.` }
      : { en: `${who} finds no ${key} to delete.`, ko: `${doing} ${object(key)} 지우려 하지만 없습니다.` },
  );
}

function inserted(words: Wording, { event: { task, operation, reply }, writes }: VersionStep): string {
  const [who, doing] = [words.Task(task), subject(words, task)];
  if ("value" in reply && reply.value) {
    const row = words.row(writes[0]!);
    return words.say({
      en: `${who} inserts ${row}: the key was free, and looking and writing was one step.`,
      ko: `${doing} ${object(row)} 삽입합니다. 비어 있던 키이고, 확인과 쓰기가 한 단계였습니다.`,
    });
  }
  const key = "key" in operation ? words.key(operation.key) : "";
  return words.say({
    en: `${who} wants to insert ${key}, but the key is taken: nothing is written, and it is told.`,
    ko: `${doing} ${object(key)} 삽입하려 하지만 이미 있는 키입니다. 아무것도 쓰지 않고, 그렇다는 답을 받습니다.`,
  });
}

function read({ words, trace }: Telling, { event, reads, unit }: VersionStep, { retry, goesStale }: Note): string {
  const { operation, reply, task } = event;
  const [who, doing] = [words.Task(task), subject(words, task)];
  const version = reads[0]?.version;
  const again = retry ? words.say({ en: ` again (retry ${retry})`, ko: ` 다시(재시도 ${retry})` }) : "";
  if (!version) {
    const value = JSON.stringify("value" in reply ? reply.value : null);
    return words.say({
      en: `${who} reads${again} ${value}, which nobody in this history wrote.`,
      ko: `${doing}${again} ${object(value)} 읽습니다. 이 기록에서는 아무도 쓰지 않은 값입니다.`,
    });
  }
  const number =
    operation.kind === "read-versioned" && "value" in reply && reply.value !== null
      ? (reply.value as { version: number }).version
      : null;
  const isOfOther = version.by !== 0 && version.by !== task;
  const dirty = version.unit && version.unit !== unit && (version.installed ?? Number.POSITIVE_INFINITY) > event.n;
  const [by, at] = [version.by, words.step(version.n)];
  const from = isOfOther ? `, as ${words.task(by)} wrote it at ${at}` : "";
  const looks = version.row
    ? `reads${again} ${words.row(version)}`
    : `looks${again} for ${words.key(version.key)} and finds nothing`;
  const seen = version.row ? `${object(words.row(version))} 읽습니다` : `${object(words.key(version.key))} 찾지만 없습니다`;
  const about = [
    ...(number === null ? [] : [`버전은 ${number}입니다.`]),
    ...(isOfOther ? [`${subject(words, by)} ${at}에서 쓴 그대로입니다.`] : []),
    ...(dirty ? ["아직 커밋되지 않은 것입니다."] : []),
  ];
  const told = words.say({
    en: `${who} ${looks}${number === null ? "" : ` at version ${number}`}${from}${dirty ? ", which is not committed" : ""}.`,
    ko: [`${doing}${again} ${seen}.`, ...about].join(" "),
  });
  return [told, locked(words, operation, task, unit.transaction), fate({ words, trace }, goesStale)]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function locked(words: Wording, { kind }: Operation, task: number, inTransaction: boolean): string {
  if (kind !== "select-for-update") return "";
  return words.say(
    inTransaction
      ? {
          en: `It locks the row: nobody else changes it before ${words.task(task)} commits.`,
          ko: `행을 잠급니다. ${subject(words, task)} 커밋할 때까지 다른 누구도 바꾸지 못합니다.`,
        }
      : {
          en: "No transaction is open, so the lock is over at once.",
          ko: "열린 트랜잭션이 없어서 락은 바로 끝납니다.",
        },
  );
}

/** When the copy that was read goes out of date, if it does. */
function fate({ words, trace }: Telling, goesStale: Note["goesStale"]): string {
  if (!goesStale) return "";
  const { at, by } = goesStale;
  const isCommit = trace.steps[at - 1]!.event.operation.kind === "commit";
  return words.say({
    en: `Its copy goes stale at ${words.step(at)}, when ${words.task(by)} ${isCommit ? "commits" : "writes"}.`,
    ko: `이 사본은 ${words.step(at)}에서 ${subject(words, by)} ${isCommit ? "커밋하면서" : "쓰면서"} 낡은 값이 됩니다.`,
  });
}

/** Which copy a write was computed from, and what that means. */
function basis({ words, trace }: Telling, { event, held, unit, writes }: VersionStep, { stale, overwrites }: Note): string {
  const hidden = unit.transaction
    ? words.say({
        en: " Nobody else sees it before the commit.",
        ko: " 커밋하기 전에는 다른 누구에게도 보이지 않습니다.",
      })
    : "";
  if (!held) return `${words.say({ en: "It had not looked at it before.", ko: "그 전에 읽어 보지는 않았습니다." })}${hidden}`;
  const own = held.version.by === event.task && held.version.n === held.n;
  const since = words.step(held.n);
  const copy = words.say(
    own
      ? { en: `what it wrote itself at ${since}`, ko: `${since}에서 직접 쓴 것` }
      : { en: `the copy it read at ${since}`, ko: `${since}에서 읽은 사본` },
  );
  if (!stale)
    return `${words.say({
      en: `It worked from ${copy}, which is still true: nothing is lost.`,
      ko: `${object(copy)} 바탕으로 했고, 그 값은 아직 그대로입니다. 사라지는 것은 없습니다.`,
    })}${hidden}`;
  const row = words.row(held.version, differing([held.version, ...writes]));
  const was = words.say({
    en:
      `It computed that from ${copy}, when it was ${row}. ` +
      `That went stale at ${words.step(stale.since)}, when ${words.task(stale.by)} wrote.`,
    ko:
      `${object(copy)} 바탕으로 정한 값이고, 그때는 ${particle(row, "이었", "였")}습니다. ` +
      `그 사본은 ${words.step(stale.since)}에서 ${subject(words, stale.by)} 쓰면서 낡은 값이 되었습니다.`,
  });
  if (!overwrites) {
    const never = writes.every(({ installed }) => installed === null);
    const [made] = writes;
    const replaced = made && made.place > 0 ? trace.chains.get(made.key)![made.place - 1] : undefined;
    if (made && replaced && same(replaced.row, made.row))
      return `${was} ${words.say({
        en: "By now the row holds just that, so the write changes nothing.",
        ko: "지금 행이 이미 그 값이라서, 이 쓰기로 바뀌는 것은 없습니다.",
      })}`;
    return `${was} ${words.say(
      never
        ? { en: "But this write never takes effect.", ko: "하지만 이 쓰기는 끝내 반영되지 않습니다." }
        : {
            en: "By now the row looks as it did then, so nothing is lost that can be seen.",
            ko: "지금 행은 그때와 같은 모습이라서, 눈에 보이게 사라지는 것은 없습니다.",
          },
    )}`;
  }
  const before = words.value(trace.chains.get(held.version.key)![writes[0]!.place - 1]!);
  const after = words.value(writes[0]!);
  const tasks = [...new Set(overwrites.map(({ task }) => task))];
  const { length } = overwrites;
  const gone = length === 1 ? `${words.task(tasks[0]!)}'s write is gone` : `${length} writes of ${words.tasks(tasks)} are gone`;
  return `${was} ${words.say({
    en: `The row goes from ${before} to ${after}: ${gone}, and nobody can tell.`,
    ko: `행이 ${before}에서 ${particle(after, "이", "가")} 됩니다. ${words.tasks(tasks)}의 쓰기${length === 1 ? "가" : ` ${length}개가`} 사라지고, 아무도 알아채지 못합니다.`,
  })}`;
}

function compared(words: Wording, { event: { task }, writes, held }: VersionStep, version: number): string {
  const [who, row] = [words.task(task), words.row(writes[0]!)];
  const since = held ? words.step(held.n) : "";
  return words.say({
    en: `The version is still ${version}${held ? `, as ${who} read it at ${since}` : ""}: ${who} writes ${row}, and comparing and writing was one step.`,
    ko: `버전이 ${held ? `${since}에서 읽은 그대로 ` : ""}아직 ${version}입니다. ${subject(words, task)} ${object(row)} 씁니다. 비교와 쓰기가 한 단계였습니다.`,
  });
}

function conflict(words: Wording, { event: { task } }: VersionStep, { stale }: Note, version: number): string {
  const who = words.task(task);
  const since = words.say(
    stale
      ? {
          en: `${who} read version ${version} at ${words.step(stale.read)}, and ${words.task(stale.by)} has changed the row since, at ${words.step(stale.since)}`,
          ko: `${subject(words, task)} ${words.step(stale.read)}에서 읽은 것은 버전 ${version}인데, 그 뒤 ${words.step(stale.since)}에서 ${subject(words, stale.by)} 행을 바꿨습니다`,
        }
      : {
          en: `${who} asks for version ${version}, and the row has another by now`,
          ko: `${subject(words, task)} 찾는 것은 버전 ${version}인데, 행은 이제 다른 버전입니다`,
        },
  );
  return words.say({
    en: `The store compares versions: ${since}. So nothing is written, ${who} is told, and nobody's write is lost.`,
    ko: `저장소가 버전을 비교합니다. ${since}. 그래서 아무것도 쓰지 않고 ${who}에게 알립니다. 누구의 쓰기도 사라지지 않습니다.`,
  });
}

function updated({ words, trace }: Telling, { event, writes }: VersionStep): string {
  const { task, operation } = event;
  const key = "key" in operation ? words.key(operation.key) : words.say({ en: "the row", ko: "행" });
  const asks = {
    en: `${words.Task(task)} has the store test ${key} and change it in one step`,
    ko: `${subject(words, task)} 저장소에 ${object(key)} 검사하고 바꾸는 일을 한 단계로 맡깁니다`,
  };
  const [version] = writes;
  if (!version)
    return words.say({
      en: `${asks.en}; the test says no, so nothing is written.`,
      ko: `${asks.ko}. 검사를 통과하지 못해서 아무것도 쓰지 않습니다.`,
    });
  const before = version.place > 0 ? trace.chains.get(version.key)![version.place - 1]! : null;
  const [was, is] = [before?.row ? words.value(before) : null, words.value(version)];
  return words.say({
    en: `${asks.en}: ${was === null ? "it" : was} becomes ${is}. There is no copy that could go stale.`,
    ko: `${asks.ko}. ${was === null ? "값은" : `${was}에서`} ${particle(is, "이", "가")} 됩니다. 낡을 수 있는 사본이 없습니다.`,
  });
}

const counted = (value: unknown): string =>
  Array.isArray(value) ? (value.length === 1 ? "one row" : `${value.length || "no"} rows`) : String(value);
const countedInKorean = (value: unknown): string => {
  if (!Array.isArray(value)) return `${object(String(value))} 받습니다`;
  if (value.length === 0) return "한 행도 받지 못합니다";
  return `${value.length === 1 ? "한 행" : `${value.length}행`}을 받습니다`;
};
