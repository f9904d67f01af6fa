/**
 * Messages that travel as English text: through replies, errors, histories and other processes, where nobody knows who will
 * read them. Each has its Korean beside it, and is found by its English where it is shown, also within a longer sentence.
 */
import { failures, failuresInKorean } from "./failure.js";
import type { Language } from "./language.js";
import { capabilities, capabilitiesInKorean } from "./store.js";
import { storeMessages } from "./store-messages.js";

/** `{1}` is what differs: a name, a number, or another message. */
const messages: readonly (readonly [en: string, ko: string])[] = [
  // Of the model
  [
    'several rows of {1} are changed by one statement, and the order in which it locks them depends on their physical order: declare the table with "heap: true", so that the model keeps that order',
    '{1}의 여러 행을 한 문장이 바꾸는데, 잠그는 순서는 행이 놓인 물리적 순서에 달려 있습니다. 테이블을 "heap: true"로 선언하면 모델이 그 순서를 지킵니다',
  ],
  [
    "{1} has no unique key ({2}) that ON CONFLICT could name: declare it in its table",
    "{1}에는 ON CONFLICT가 가리킬 유니크 키({2})가 없습니다. 테이블에 선언하세요",
  ],
  [
    "a circle of mutexes, which wait for ever; PostgreSQL's advisory locks notice it (40P01)",
    "뮤텍스들이 서로를 영원히 기다립니다. PostgreSQL의 어드바이저리 락은 이것을 알아챕니다(40P01)",
  ],
  ["the model does not know what the server would do ({1})", "서버가 어떻게 할지 모델이 알지 못합니다({1})"],
  ["the strategy does not apply", "전략이 해당하지 않음"],
  ["the store cannot ", "저장소가 하지 못함: "],
  [
    "the statement was cancelled: it took longer than the statement_timeout that the server sets for this user or database (alter role … reset statement_timeout)",
    "SQL 문이 취소되었습니다. 서버가 이 사용자나 데이터베이스에 정한 statement_timeout보다 오래 걸렸습니다(alter role … reset statement_timeout)",
  ],
  // Of real threads
  ["still waiting for {1} after {2} ms", "{2}ms가 지나도록 기다리는 중({1})"],
  ["neither finished nor asked for anything after {1} ms", "{1}ms가 지나도록 끝나지도, 무엇을 요청하지도 않음"],
  [
    "its thread was busy for {1} ms without a pause, as in an endless loop, and was ended",
    "스레드가 끝없는 반복문에서처럼 {1}ms 동안 한 번도 쉬지 않아 끝냄",
  ],
  ["its thread ended before it told the outcome", "결과를 알리기 전에 스레드가 끝남"],
  ["never begun: no worker was left", "시작하지 못함. 남은 워커가 없음"],
  ["worker exited with code: {1}", "워커가 코드 {1}로 끝남"],
  ["Worker terminated due to reaching memory limit: JS heap out of memory", "메모리 한도를 넘어 워커가 끝남"],
  ["the run was stopped", "실행이 중단됨"],
  ["the store has gone", "저장소가 사라짐"],
  [
    "strategy {1} needs a store that can {2}; {3} cannot. memory: can.",
    "전략 {1}에 필요한 것을 {3}에서는 할 수 없습니다: {2}. memory:에서는 됩니다.",
  ],
  ...Object.entries(capabilities).map(([name, en]) => [en, capabilitiesInKorean[name as keyof typeof capabilities]] as const),
  ...Object.entries(failures).map(([code, en]) => [en, failuresInKorean[code as keyof typeof failures]] as const),
  ...storeMessages,
];

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const patternOf = ([en, ko]: (typeof messages)[number]) => {
  const parts = en.split(/\{\d\}/);
  const source = parts.map(escaped).join("(.+?)");
  const longest = parts.reduce((one, other) => (other.length > one.length ? other : one));
  // Where the message ends with what differs, that is one word.
  return { longest, pattern: new RegExp(source.replace(/\(\.\+\?\)$/, "(\\S+)"), "g"), ko };
};
let patterns: readonly ReturnType<typeof patternOf>[] | undefined;

/** The text in this language, as far as it is made of such messages. */
export function messageIn(text: string, language: Language): string {
  if (language === "en") return text;
  let said = text;
  patterns ??= messages.map(patternOf);
  for (const { longest, pattern, ko } of patterns)
    if (said.includes(longest))
      said = said.replace(pattern, (_, ...values: string[]) =>
        ko.replace(/\{(\d)\}/g, (_, n: string) => messageIn(values[Number(n) - 1]!, language).replaceAll(" and ", ", ")),
      );
  return said;
}
