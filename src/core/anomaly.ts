/** The names of anomalies for readers. In data an anomaly's English name is its id, in every language. */
import type { Language } from "./language.js";

const inKorean: { readonly [anomaly: string]: string } = {
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
  "stuck lock": "돌려주지 않은 락",
  "double effect": "이중 실행",
  "orphaned payment": "주인 없는 결제",
  "wrongful rejection": "잘못된 거절",
  deadlock: "데드락",
  livelock: "라이브락",
};

/** An anomaly's name as a heading: "write skew"; "쓰기 스큐". */
export const anomalyName = (anomaly: string, language: Language): string => (language === "ko" && inKorean[anomaly]) || anomaly;
