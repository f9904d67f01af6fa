import type { Language } from "../core/language.js";

/** The misconceptions of the course, by their English names. Each wrong answer of an exercise names one of them. */
const inKorean = {
  "checking is protecting": "확인했으니 안전하다",
  "a transaction alone prevents lost updates": "트랜잭션만 쓰면 갱신 손실이 없다",
  "locking after reading": "읽은 다음에 잠그기",
  "locking a copy or the wrong key": "사본이나 엉뚱한 키를 잠그기",
  "unlocking before the write": "쓰기 전에 락 해제",
  "fresh version with a stale value": "버전은 새것, 값은 낡은 것",
  "retrying without re-reading": "다시 읽지 않고 재시도하기",
  "retrying for ever": "끝없이 재시도하기",
  "a mutex guards all servers": "뮤텍스 하나가 모든 서버를 지킨다",
  "a unique key makes the external effect happen once": "유니크 키가 있으면 외부 효과도 한 번만 일어난다",
  "storing the key after the effect": "효과를 낸 다음에 키 저장하기",
  "one key for different payloads": "내용이 다른 요청에 같은 키",
  "releasing someone else's lease": "남의 리스를 풀어 주기",
  "a longer lease instead of a fence": "펜싱 대신 리스를 길게 잡기",
  "compensating in forward order": "한 순서 그대로 보상하기",
  "compensating twice": "두 번 보상하기",
  "publishing inside the transaction": "트랜잭션 안에서 메시지 보내기",
  "one global lock": "전체에 락 하나",
  'reading outside the lock "because it is only a read"': '"읽기만 하니까" 락 밖에서 읽기',
  "sleeping as synchronisation": "잠깐 기다리는 것으로 동기화하기",
  "catching the conflict and reporting success": "충돌을 잡아 놓고 성공이라고 답하기",
  "comparing values instead of versions": "버전 대신 값 비교하기",
  "a tag that leaves something out": "빠뜨린 것이 있는 태그",
  "a query in a loop": "반복문 안의 쿼리",
} as const;

export const misconceptions = Object.keys(inKorean) as readonly (keyof typeof inKorean)[];

/** Its name for readers; one that is not of the course has only its own. */
export const misconceptionName = (name: string, language: Language): string =>
  language === "ko" ? ((inKorean as Readonly<Record<string, string>>)[name] ?? name) : name;
