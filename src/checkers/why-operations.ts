/**
 * What an event does apart from rows, in sentences: locks, transactions, calls, messages, and an operation that the store
 * refuses.
 */
import { failureText } from "../core/failure.js";
import type { Language, Text } from "../core/language.js";
import type { Note } from "../core/note.js";
import type { Operation } from "../core/operation.js";
import { operationName } from "../core/operation-names.js";
import { isConflict } from "./operations.js";
import type { VersionStep } from "./versions.js";
import type { Telling } from "./why-rows.js";
import { listText, object, subject, type Wording } from "./wording.js";

/** The sentences for an operation that succeeded and is not about rows. */
export function otherSentences(telling: Telling, step: VersionStep): string {
  const { words } = telling;
  const { event, unit } = step;
  const { operation, reply, task } = event;
  const [who, doing] = [words.Task(task), subject(words, task)];
  const value = "value" in reply ? reply.value : null;
  switch (operation.kind) {
    case "acquire":
      return words.say(
        value
          ? waiters(telling, operation, task)
          : {
              en: `${who} does not get the lock ${operation.lock}, which somebody else holds, and does not wait for it.`,
              ko: `${doing} 락 ${object(operation.lock)} 얻지 못합니다. 다른 쪽이 잡고 있고, 기다리지도 않습니다.`,
            },
      );
    case "release":
      return words.say(
        value
          ? { en: `${who} lets go of the lock ${operation.lock}.`, ko: `${doing} 락 ${object(operation.lock)} 풉니다.` }
          : {
              en: `${who} wants to let go of the lock ${operation.lock}, but does not hold it.`,
              ko: `${doing} 락 ${object(operation.lock)} 풀려 하지만, 잡고 있지 않습니다.`,
            },
      );
    case "commit":
      return committed(words, step, value === "rollback");
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
      const { en, ko } = plain(operation, value);
      return words.say({ en: `${who} ${en}.`, ko: `${doing} ${ko}.` });
    }
  }
}

/** Which tasks a lock keeps out. A lock in the memory of one server does not keep out tasks of another server. */
function waiters({ trace, words }: Telling, { scope, lock }: Extract<Operation, { kind: "acquire" }>, task: number): Text {
  const server = trace.history.servers?.[task - 1];
  const taken = { en: `${words.Task(task)} takes the lock ${lock}`, ko: `${subject(words, task)} 락 ${object(lock)} 잡습니다` };
  return scope === "server" && server !== undefined
    ? {
        en: `${taken.en}. Other tasks on server ${server} that ask for it wait. Tasks on other servers do not see this lock.`,
        ko: `${taken.ko}. 서버 ${server}에서 이 락을 잡으려는 다른 작업은 기다립니다. 다른 서버의 작업에는 이 락이 보이지 않습니다.`,
      }
    : { en: `${taken.en}. Other tasks that ask for it wait.`, ko: `${taken.ko}. 이 락을 잡으려는 다른 작업은 기다립니다.` };
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

/** The sentences for an operation that the store refused; empty for one that it did not. */
export function refusalSentences({ words }: Telling, { event, unit }: VersionStep, { stale }: Note): string {
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

/** "write stock/1", "commit": an operation after "wants to". */
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
        ko: `세이브포인트 ${object(operation.name)} 설정합니다`,
      };
    case "rollback-to":
      return {
        en: `takes back what it wrote since ${operation.name}`,
        ko: `세이브포인트 ${operation.name} 뒤에 쓴 것을 롤백합니다`,
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
        en: `does something else for ${operation.ms} ms; what it has read gets older`,
        ko: `${operation.ms}ms 동안 다른 일을 합니다. 그사이 읽어 둔 것은 낡아 갑니다`,
      };
    case "advisory-lock":
      return value === false
        ? { en: `does not get the lock ${operation.lock}`, ko: `락 ${object(String(operation.lock))} 얻지 못합니다` }
        : { en: `takes the lock ${operation.lock}`, ko: `락 ${object(String(operation.lock))} 잡습니다` };
    case "advisory-unlock":
      return { en: `lets go of the lock ${operation.lock}`, ko: `락 ${object(String(operation.lock))} 풉니다` };
    case "lock-timeout":
      return {
        en: `will wait for a lock ${operation.ms} ms at most`,
        ko: `이제부터 락을 최대 ${operation.ms}ms만 기다립니다`,
      };
    default:
      return { en: plainly(operation), ko: `한 일: ${plainlyInKorean(operation)}` };
  }
}
