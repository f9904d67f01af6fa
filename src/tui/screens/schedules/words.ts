/** What the screen of every schedule says, in the languages of the course. */
import { towards } from "../../../core/korean.js";
import type { Text } from "../../../core/language.js";

export const schedulesWords = {
  title: { en: "Every schedule", ko: "모든 스케줄" },

  toThreads: { en: "real threads", ko: "실제 스레드로" },
  pickEnd: { en: "pick an end", ko: "결과 고르기" },
  nextOfIt: { en: "next schedule of it", ko: "같은 결과의 다음 스케줄" },
  ofThem: (n: number, all: string | null): Text =>
    all === null ? { en: `number ${n}`, ko: `${n}번째` } : { en: `${n} of ${all}`, ko: `${all}개 중 ${n}번째` },
  scheduleTo: (label: string): Text => ({ en: `Schedule that ends at ${label}`, ko: `${towards(label)} 끝나는 스케줄` }),
  realRuns: { en: "real runs", ko: "실제 실행" },
  realRunsOf: (runs: string): Text => ({ en: `${runs} real runs`, ko: `실제 실행 ${runs}번` }),
  noFaultsOnThreads: { en: "threads run without faults", ko: "스레드 실행에는 장애를 넣을 수 없습니다" },
  otherStrategy: { en: "strategy…", ko: "전략…" },
  howItGrows: { en: "how it grows", ko: "규모별 증가" },
  fairWalk: { en: "random walk", ko: "랜덤 워크" },
  randomWalk: (shares: string): Text => ({
    en: `A random walk, where at each step every ready task is equally likely to go on, ends at: ${shares}.`,
    ko: `랜덤 워크(매 단계에서 진행할 수 있는 작업을 똑같은 확률로 고름)의 결과: ${shares}.`,
  }),
  notCounted: { en: "too many to count here", ko: "너무 많아 세지 않음" },
  cannotRun: { en: "cannot be run here", ko: "여기서는 쓸 수 없음" },
  wrongShort: (wrong: string, all: string): Text => ({ en: `${wrong} of ${all} wrong`, ko: `${all}개 중 ${wrong}개 잘못됨` }),
  allRight: (all: string): Text => ({ en: `all ${all} right`, ko: `${all}개 모두 맞음` }),
  neverEnds: { en: "some never end", ko: "끝나지 않는 것이 있음" },
  notAllSeen: { en: "nothing wrong so far, not all seen", ko: "아직 잘못된 것 없음, 일부만 탐색" },
  allOfSchedules: (n: string): Text => ({ en: `${n} schedules, all of them`, ko: `스케줄 ${n}개, 전부` }),
  incomplete: (limits: string): Text => ({
    en: `incomplete (${limits}): more can be found`,
    ko: `일부만 탐색(${limits}): 더 있을 수 있습니다`,
  }),
  wrongOfAll: (wrong: string, all: string, share: string): Text => ({
    en: `${wrong} of ${all} schedules are wrong (${share}).`,
    ko: `${all}개 중 ${wrong}개에서 결과가 잘못됩니다(${share}).`,
  }),
  wrongUnfollowed: (followed: string): Text => ({
    en: `A schedule is wrong that was not followed to its end; ${followed} ${followed === "1" ? "was" : "were"} followed.`,
    ko: `끝까지 따라가지 않은 스케줄이 틀립니다. 끝까지 따라간 것은 ${followed}개입니다.`,
  }),
  othersNeverEnd: (wrong: string, all: string): Text => ({
    en: `Of the ${all} schedules that end ${wrong} are wrong; others never end.`,
    ko: `끝나는 스케줄 ${all}개 중 ${wrong}개가 틀리고, 끝나지 않는 스케줄도 있습니다.`,
  }),
  holdsInAll: (all: string): Text => ({
    en: `It holds in every one of ${all} schedules.`,
    ko: `${all}개 스케줄 모두에서 규칙이 지켜집니다.`,
  }),
  realRight: (right: string, all: string, share: string): Text => ({
    en: `Real threads were right ${right} of ${all} times (${share}).`,
    ko: `실제 스레드는 ${all}번 중 ${right}번 올바르게 끝났습니다(${share}).`,
  }),
  possibleUnseen: (ends: string): Text => ({
    en: `Never seen, and possible: ${ends}.`,
    ko: `본 적 없지만 가능한 결과: ${ends}.`,
  }),
  countedNotLikely: { en: "Schedules are counted, not how likely they are.", ko: "스케줄의 수이지, 일어날 확률이 아닙니다." },
  you: { en: "you", ko: "내 예측" },
  youSaid: { en: "said it", ko: "예측" },
  youMissed: { en: "missed", ko: "놓침" },
  smallestWrong: { en: "Smallest way to go wrong", ko: "가장 작은 반례" },
  smallestTo: (label: string): Text => ({
    en: `Smallest schedule that ends at ${label}`,
    ko: `${towards(label)} 끝나는 가장 짧은 스케줄`,
  }),
  statesWord: { en: "states", ko: "상태" },
  wrong: { en: "wrong", ko: "잘못됨" },
  right: { en: "right", ko: "맞음" },
  complete: { en: "complete", ko: "완전 탐색" },
  stoppedEarly: { en: "stopped early", ko: "중간에 멈춤" },
  standFor: (states: string, all: string): Text => ({
    en: `${states} states stand for ${all} schedules`,
    ko: `스케줄 ${all}개를 상태 ${states}개로 모두 확인`,
  }),
  longestHas: (steps: number): Text => ({ en: `longest ${steps} steps`, ko: `가장 긴 것 ${steps}단계` }),
  /** For the closing line. */
  done: (schedules: string): Text => ({ en: `saw all ${schedules} schedules`, ko: `스케줄 ${schedules}개를 모두 봄` }),
} as const;
