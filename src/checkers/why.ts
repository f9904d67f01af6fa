/**
 * Every event in plain words, for the "Why" pane and for those who listen instead of looking: what the task
 * does, what comes of it, whether the copy it works from is still true, whom it waited for, what a
 * conflict means.
 */

import { anomalyName } from "../core/anomaly.js";
import { failureText } from "../core/failure.js";
import type { History } from "../core/history.js";
import { particle } from "../core/korean.js";
import type { Language, Text } from "../core/language.js";
import type { Note } from "../core/note.js";
import type { Operation } from "../core/operation.js";
import { operationName } from "../core/operation-names.js";
import type { Violation } from "../core/verdict.js";
import { outcomeText } from "../core/work.js";
import { anomalies } from "./anomalies.js";
import { notes } from "./notes.js";
import { isConflict } from "./operations.js";
import { type VersionStep, type VersionTrace, versions } from "./versions.js";
import { differing, listText, type Manner, object, subject, type Wording, wording } from "./wording.js";

interface Told {
  readonly trace: VersionTrace;
  readonly notes: readonly Note[];
  readonly words: Wording;
  readonly found: readonly Violation[];
}

/** By manner and history: whoever asks for every event of a history asks in one manner. */
const told = new WeakMap<Manner, WeakMap<History, Told>>();

const usual: Manner = {};

/** The sentences for `history.events[index]`. */
export function why(history: History, index: number, manner: Manner = usual): string {
  const trace = versions(history);
  const known = told.get(manner) ?? new WeakMap<History, Told>();
  const one = known.get(history) ?? {
    ...{ trace, notes: notes(history), words: wording(trace, manner), found: anomalies(history, { manner }) },
  };
  told.set(manner, known.set(history, one));
  const step = trace.steps[index];
  if (!step) return "";
  const note = one.notes[index]!;
  return [waited(one, step, note), done(one, step, note), aftermath(one, step, note), completes(one, step), ended(one, step)]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function waited({ words }: Told, { event }: VersionStep, { waitedFor }: Note): string {
  if (!waitedFor) return "";
  const { task, n, since } = waitedFor;
  const asked = words.step(since);
  if (task === undefined || n === undefined)
    return words.say({
      en: `${words.Task(event.task)} asked after ${asked} and had to wait until it was free.`,
      ko: `${subject(words, event.task)} ${asked} 뒤에 시도했지만 비워질 때까지 기다려야 했습니다.`,
    });
  return words.say({
    en: `${words.Task(event.task)} asked after ${asked} and had to wait for ${words.task(task)}, who let go at ${words.step(n)}.`,
    ko: `${subject(words, event.task)} ${asked} 뒤에 시도했지만 ${subject(words, task)} ${words.step(n)}에서 놓을 때까지 기다려야 했습니다.`,
  });
}

function done(all: Told, step: VersionStep, note: Note): string {
  const { words } = all;
  const { event, unit } = step;
  const { operation, reply, task } = event;
  const [who, doing] = [words.Task(task), subject(words, task)];
  if ("error" in reply) return failed(all, step, note);
  switch (operation.kind) {
    case "read":
    case "read-versioned":
    case "select-for-update":
      return read(all, step, note);
    case "write":
    case "delete":
      return `${written(words, step)} ${basis(all, step, note)}`;
    case "compare-and-set":
      return reply.value ? compared(all, step, operation.version) : conflict(all, step, note, operation.version);
    case "insert":
      return inserted(words, step);
    case "update-where":
      return updated(all, step);
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
    case "acquire":
      return words.say(
        reply.value
          ? waiters(all, operation, task)
          : {
              en: `${who} does not get the lock ${operation.lock}, which somebody else holds, and does not wait for it.`,
              ko: `${doing} 락 ${object(operation.lock)} 얻지 못합니다. 다른 누군가가 들고 있고, 기다리지도 않습니다.`,
            },
      );
    case "release":
      return words.say(
        reply.value
          ? { en: `${who} lets go of the lock ${operation.lock}.`, ko: `${doing} 락 ${object(operation.lock)} 놓습니다.` }
          : {
              en: `${who} wants to let go of the lock ${operation.lock}, but does not hold it.`,
              ko: `${doing} 락 ${object(operation.lock)} 놓으려 하지만, 들고 있지 않습니다.`,
            },
      );
    case "commit":
      return committed(words, step, reply.value === "rollback");
    case "rollback":
      return words.say(
        unit.steps.some(({ writes }) => writes.length > 0)
          ? {
              en: `${who} rolls back: what it wrote in this transaction never was.`,
              ko: `${doing} 롤백합니다. 이 트랜잭션에서 쓴 것은 없던 일이 됩니다.`,
            }
          : { en: `${who} rolls back; it had written nothing.`, ko: `${doing} 롤백합니다. 쓴 것은 없었습니다.` },
      );
    default: {
      const { en, ko } = plain(operation, reply.value);
      return words.say({ en: `${who} ${en}.`, ko: `${doing} ${ko}.` });
    }
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
      ko: `${doing} ${object(row)} 추가합니다. 비어 있던 키이고, 확인과 쓰기가 한 단계였습니다.`,
    });
  }
  const key = "key" in operation ? words.key(operation.key) : "";
  return words.say({
    en: `${who} wants to insert ${key}, but the key is taken: nothing is written, and it is told.`,
    ko: `${doing} ${object(key)} 추가하려 하지만 이미 있는 키입니다. 아무것도 쓰지 않고, 그렇다는 답을 받습니다.`,
  });
}

/** Whom a lock keeps out. One in the memory of a server keeps out nobody on another. */
function waiters({ trace, words }: Told, { scope, lock }: Extract<Operation, { kind: "acquire" }>, task: number): Text {
  const server = trace.history.servers?.[task - 1];
  const taken = { en: `${words.Task(task)} takes the lock ${lock}`, ko: `${subject(words, task)} 락 ${object(lock)} 잡습니다` };
  return scope === "server" && server !== undefined
    ? {
        en: `${taken.en}: whoever else asks for it on server ${server} waits, and on another server nobody notices.`,
        ko: `${taken.ko}. 서버 ${server}에서는 누가 또 잡으려 하면 기다리지만, 다른 서버에서는 아무도 모릅니다.`,
      }
    : { en: `${taken.en}: whoever else asks for it waits.`, ko: `${taken.ko}. 누가 또 잡으려 하면 기다려야 합니다.` };
}

function committed(words: Wording, { event: { task }, installs }: VersionStep, isRolledBack: boolean): string {
  const [who, doing] = [words.Task(task), subject(words, task)];
  if (isRolledBack)
    return words.say({
      en: `${who} commits, but its transaction had failed: everything is rolled back.`,
      ko: `${doing} 커밋하지만 트랜잭션이 이미 실패했습니다. 모두 롤백됩니다.`,
    });
  if (installs.length === 0)
    return words.say({ en: `${who} commits; it had written nothing.`, ko: `${doing} 커밋합니다. 쓴 것은 없었습니다.` });
  const visible = installs.map((version) =>
    words.say({
      en: `${words.row(version)} (written at ${words.step(version.n)})`,
      ko: `${words.row(version)} (${words.step(version.n)}에서 씀)`,
    }),
  );
  const all = listText(visible, words.language);
  return words.say({
    en: `${who} commits: ${all} is there for everybody from now on.`,
    ko: `${doing} 커밋합니다. 이제부터 모두에게 보이는 것: ${all}.`,
  });
}

function read({ words, trace }: Told, { event, reads, unit }: VersionStep, { retry, goesStale }: Note): string {
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

/** What becomes of the copy. */
function fate({ words, trace }: Pick<Told, "words" | "trace">, goesStale: Note["goesStale"]): string {
  if (!goesStale) return "";
  const { at, by } = goesStale;
  const isCommit = trace.steps[at - 1]!.event.operation.kind === "commit";
  return words.say({
    en: `Its copy goes stale at ${words.step(at)}, when ${words.task(by)} ${isCommit ? "commits" : "writes"}.`,
    ko: `이 사본은 ${words.step(at)}에서 ${subject(words, by)} ${isCommit ? "커밋하면서" : "쓰면서"} 낡은 값이 됩니다.`,
  });
}

/** From which copy a write was made, and what that means. */
function basis({ words, trace }: Told, { event, held, unit, writes }: VersionStep, { stale, overwrites }: Note): string {
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
      `It worked that out from ${copy}, when it was ${row}. ` +
      `That went stale at ${words.step(stale.since)}, when ${words.task(stale.by)} wrote.`,
    ko:
      `${object(copy)} 바탕으로 정한 값이고, 그때는 ${particle(row, "이었", "였")}습니다. ` +
      `그 사본은 ${words.step(stale.since)}에서 ${subject(words, stale.by)} 쓰면서 낡은 값이 되었습니다.`,
  });
  if (!overwrites) {
    const never = writes.every(({ installed }) => installed === null);
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

function compared({ words }: Told, { event: { task }, writes, held }: VersionStep, version: number): string {
  const [who, row] = [words.task(task), words.row(writes[0]!)];
  const since = held ? words.step(held.n) : "";
  return words.say({
    en: `The version is still ${version}${held ? `, as ${who} read it at ${since}` : ""}: ${who} writes ${row}, and comparing and writing was one step.`,
    ko: `버전이 ${held ? `${since}에서 읽은 그대로 ` : ""}아직 ${version}입니다. ${subject(words, task)} ${object(row)} 씁니다. 비교와 쓰기가 한 단계였습니다.`,
  });
}

function conflict({ words }: Told, { event: { task } }: VersionStep, { stale }: Note, version: number): string {
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

function updated({ words, trace }: Told, { event, writes }: VersionStep): string {
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

function failed({ words }: Told, { event, unit }: VersionStep, { stale }: Note): string {
  const { reply, operation, task } = event;
  if (!("error" in reply)) return "";
  const why = failureText(reply.error, words.language);
  const sentences: Text[] = [
    {
      en: `${words.Task(task)} wants to ${plainly(operation)}, and the store says no (${reply.error}): ${why}.`,
      ko: `${words.Task(task)}의 ${object(plainlyInKorean(operation))} 저장소가 거절합니다(${reply.error}). ${why}.`,
    },
  ];
  if (stale)
    sentences.push({
      en: `It had read the row at ${words.step(stale.read)}, and ${words.task(stale.by)} changed it at ${words.step(stale.since)}.`,
      ko: `${words.step(stale.read)}에서 읽은 행을 ${subject(words, stale.by)} ${words.step(stale.since)}에서 바꿨습니다.`,
    });
  if (isConflict(event))
    sentences.push({
      en: "Nothing of this transaction is kept: it has to begin again, with a fresh look.",
      ko: "이 트랜잭션에서 한 일은 하나도 남지 않습니다. 새로 읽는 것부터 다시 시작해야 합니다.",
    });
  else if (unit.transaction)
    sentences.push({ en: "The transaction can only be rolled back.", ko: "이 트랜잭션은 이제 롤백밖에 할 수 없습니다." });
  return sentences.map((text) => words.say(text)).join(" ");
}

/** What others have of it, and what the task does next. */
function aftermath({ words, trace, notes }: Told, { event }: VersionStep, { makesStale, conflict }: Note): string {
  const sentences: string[] = [];
  if (makesStale) {
    const holders = words.tasks(makesStale);
    sentences.push(
      words.say({
        en: `From now on ${holders} ${makesStale.length === 1 ? "holds a stale copy" : "hold stale copies"}.`,
        ko: `이제부터 ${particle(holders, "이", "가")} 든 사본은 낡은 값입니다.`,
      }),
    );
  }
  if (conflict) {
    const again = trace.steps.find(
      (later) => later.event.n > event.n && later.event.task === event.task && notes[later.event.n - 1]!.retry,
    );
    if (again) {
      const at = words.step(again.event.n);
      sentences.push(
        words.say({
          en: `It looks again at ${at} and does its work a second time: that is the price of not waiting.`,
          ko: `${at}에서 다시 읽고 같은 일을 한 번 더 합니다. 기다리지 않은 대가입니다.`,
        }),
      );
    }
  }
  return sentences.join(" ");
}

/** The anomalies that this event completes; a lost update has been told with the write. */
const completes = ({ found, words }: Told, { event: { n } }: VersionStep): string =>
  found
    .filter(({ anomaly, events }) => anomaly !== "lost update" && Math.max(...events) === n)
    .map(({ anomaly, explanation }) =>
      words.say({
        en: `${/^[aio]/i.test(anomaly ?? "") ? "An" : "A"} ${anomaly}: ${explanation}`,
        ko: `${anomalyName(anomaly ?? "", "ko")}: ${explanation}`,
      }),
    )
    .join(" ");

function ended({ trace, words }: Told, { event: { task, n } }: VersionStep): string {
  const outcome = trace.history.outcomes[task - 1];
  const last = trace.history.events.findLast((event) => event.task === task);
  if (!outcome || last?.n !== n) return "";
  const how = outcomeText(outcome, words.language);
  return words.say({ en: `${words.Task(task)} is done: ${how}.`, ko: `${subject(words, task)} 끝났습니다: ${how}.` });
}

const counted = (value: unknown): string =>
  Array.isArray(value) ? (value.length === 1 ? "one row" : `${value.length || "no"} rows`) : String(value);
const countedInKorean = (value: unknown): string => {
  if (!Array.isArray(value)) return `${object(String(value))} 받습니다`;
  if (value.length === 0) return "한 행도 받지 못합니다";
  return `${value.length === 1 ? "한 행" : `${value.length}행`}을 받습니다`;
};

/** "write stock/1", "commit": an operation as something that one may want. */
const plainly = (operation: Operation): string => {
  const kind = operation.kind.replaceAll("-", " ");
  return "key" in operation ? `${kind} ${operation.key}` : "table" in operation ? `${kind} (${operation.table})` : kind;
};
const plainlyInKorean = (operation: Operation): string => {
  const of = "key" in operation ? `${operation.key} ` : "table" in operation ? `${operation.table} ` : "";
  return `${of}${operationName(operation.kind, "ko")}`;
};

function plain(operation: Operation, value: unknown): { readonly [language in Language]: string } {
  switch (operation.kind) {
    case "begin":
      return {
        en: `begins a transaction (${operation.isolation})`,
        ko: `트랜잭션을 시작합니다(${operation.isolation})`,
      };
    case "savepoint":
      return {
        en: `marks a point to come back to, ${operation.name}`,
        ko: `돌아올 지점 ${object(operation.name)} 표시합니다`,
      };
    case "rollback-to":
      return {
        en: `takes back what it wrote since ${operation.name}`,
        ko: `지점 ${operation.name} 뒤에 쓴 것을 되돌립니다`,
      };
    case "call": {
      const answer = JSON.stringify(value);
      return {
        en: `calls ${operation.service} and is answered ${answer}: no rollback undoes that`,
        ko: `${object(operation.service)} 호출하고 답을 받습니다: ${answer}. 이것은 롤백해도 되돌릴 수 없습니다`,
      };
    }
    case "choose":
      return {
        en: `finds out: ${operation.question} ${String(value)}`,
        ko: `알게 됩니다: ${operation.question} ${String(value)}`,
      };
    case "publish":
      return {
        en: `publishes to ${operation.topic}: it cannot be called back`,
        ko: `${operation.topic}에 메시지를 보냅니다. 다시 거둘 수 없습니다`,
      };
    case "sleep":
      return {
        en: `does something else for ${operation.ms} ms; whatever it has read gets older`,
        ko: `${operation.ms}ms 동안 다른 일을 합니다. 그사이 읽어 둔 것은 낡아 갑니다`,
      };
    case "advisory-lock":
      return value === false
        ? { en: `does not get the lock ${operation.lock}`, ko: `락 ${object(String(operation.lock))} 얻지 못합니다` }
        : { en: `takes the lock ${operation.lock}`, ko: `락 ${object(String(operation.lock))} 잡습니다` };
    case "advisory-unlock":
      return { en: `lets go of the lock ${operation.lock}`, ko: `락 ${object(String(operation.lock))} 놓습니다` };
    case "lock-timeout":
      return {
        en: `will wait for a lock ${operation.ms} ms at most`,
        ko: `이제부터 락을 최대 ${operation.ms}ms만 기다립니다`,
      };
    default:
      return { en: plainly(operation), ko: `한 일: ${plainlyInKorean(operation)}` };
  }
}
