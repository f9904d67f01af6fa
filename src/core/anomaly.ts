/** The names of anomalies for readers. In data an anomaly's English name is its id, in every language. */
import type { Language } from "./language.js";

const inKorean = {
  "lost update": "갱신 손실",
  "dirty write": "더티 쓰기",
  "dirty read": "더티 읽기",
  "aborted read": "롤백된 값 읽기",
  "intermediate read": "중간 값 읽기",
  "read skew": "읽기 스큐",
  "write skew": "쓰기 스큐",
  phantom: "팬텀",
  "unwritten read": "쓰지 않은 값 읽기",
  "future read": "아직 쓰지 않은 값 읽기",
  "own write not seen": "자기 쓰기를 못 봄",
  "the end is not the history's": "기록과 맞지 않는 끝",
  "fuzzy read": "반복되지 않는 읽기",
  "long fork": "긴 갈래",
  "read-only anomaly": "읽기 전용 이상",
  "circular information flow": "돌고 도는 정보",
  ABA: "ABA",
  "stale write under an expired lease": "만료된 락으로 쓰기",
  "stuck lock": "해제되지 않은 락",
  "double effect": "중복 실행",
  "orphaned payment": "고아 결제",
  "wrongful rejection": "부당한 거절",
  "check then act": "확인 후 실행",
  "act then check": "실행 후 확인",
  "repeated by its own retry": "재시도가 되풀이한 쓰기",
  "lock of one server": "서버 하나의 락",
  "lock released too early": "너무 일찍 놓은 락",
  "lock taken after the look": "보고 나서 잡은 락",
  "lock inside an older snapshot": "락보다 오래된 스냅샷",
  "published before the commit": "커밋 전 메시지",
  "ignored answer": "무시한 답",
  "duplicate key": "중복 키",
  "serialization failure": "직렬화 실패",
  "failed transaction": "실패한 트랜잭션",
  "lock not available": "얻지 못한 락",
  "lost reply": "사라진 답",
  error: "오류",
  crash: "크래시",
  deadlock: "데드락",
  livelock: "라이브락",
  G0: "쓰기 순환(G0)",
  G1a: "롤백된 값 읽기(G1a)",
  G1b: "중간 값 읽기(G1b)",
  G1c: "돌고 도는 정보(G1c)",
  "G-single": "읽기 스큐(G-single)",
  "G2-item": "쓰기 스큐(G2-item)",
  G2: "조건을 거친 쓰기 스큐(G2)",
} as const;

/**
 * The name of what was found in a history: "lost update". The letters for the shape of a cycle ("G-single") stand where the
 * literature has no other name.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":2}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":2,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":2}},"reply":{"value":null}}`);
 * const first: Anomaly | null | undefined = anomalies(history)[0]?.anomaly;
 * console.log(first); // lost update
 * ```
 */
export type Anomaly = keyof typeof inKorean;

/** The kinds of cycles have letters in the literature, which tell a reader nothing. */
const inEnglish: { readonly [anomaly in Anomaly]?: string } = {
  G0: "write cycle (G0)",
  G1a: "aborted read (G1a)",
  G1b: "intermediate read (G1b)",
  G1c: "circular information flow (G1c)",
  "G-single": "read skew (G-single)",
  "G2-item": "write skew (G2-item)",
  G2: "write skew over a condition (G2)",
};

export const anomalyIds = Object.keys(inKorean) as readonly Anomaly[];
export const isAnomaly = (name: string): name is Anomaly => Object.hasOwn(inKorean, name);

/** An anomaly's name as a heading: "write skew"; "쓰기 스큐". */
export const anomalyName = (anomaly: Anomaly, language: Language): string =>
  language === "ko" ? inKorean[anomaly] : (inEnglish[anomaly] ?? anomaly);
