/** What the exercise says, in the languages of the course. */
import type { Text } from "../../../core/language.js";
import { grouped } from "../../../report/number.js";

export const exerciseWords = {
  title: { en: "Exercise", ko: "연습" },
  noExercise: { en: "this lesson has no exercise", ko: "이 레슨에는 연습이 없습니다" },
  readingFile: { en: "looking at your file", ko: "파일을 보는 중" },
  fileGone: (file: string): Text => ({
    en: `${file} is not there any more: it is checked when it comes back. :reset writes it anew.`,
    ko: `${file} 파일이 없습니다. 다시 생기면 검사합니다. :reset으로 새로 시작할 수 있습니다.`,
  }),
  savedAt: (time: string): Text => ({ en: `saved ${time}`, ko: `${time} 저장` }),
  asFound: { en: "as it is", ko: "지금 그대로" },
  tryNumber: (n: number): Text => ({ en: `try ${n}`, ko: `${n}번째 시도` }),
  everyScheduleOnSave: { en: "Every schedule, checked on save", ko: "저장할 때마다 모든 스케줄 검사" },
  checking: { en: "checking", ko: "검사 중" },
  checkStopped: { en: "stopped: save again to check", ko: "멈춤. 다시 저장하면 검사합니다" },
  tasksOf: (n: number): Text => ({ en: n === 1 ? "1 task" : `${n} tasks`, ko: `작업 ${n}개` }),
  schedulesOf: (n: string): Text => ({ en: n === "1" ? "1 schedule" : `${n} schedules`, ko: `스케줄 ${n}개` }),
  /** "0": wrong is a schedule that was not followed to its end. */
  wrongOf: (n: string): Text => (n === "0" ? { en: "wrong", ko: "잘못됨" } : { en: `${n} wrong`, ko: `${n}개 잘못됨` }),
  notAllSeen: { en: "not everything could be looked at", ko: "전부 볼 수는 없었습니다" },
  notRun: { en: "not run yet", ko: "아직 안 함" },
  shortestFailing: { en: "Shortest failing schedule", ko: "가장 작은 반례" },
  isRight: (schedules: string): Text => ({
    en: schedules === "1" ? "Right in the one schedule" : `Right in all ${schedules} schedules`,
    ko: `스케줄 ${schedules}개 모두에서 맞았습니다`,
  }),
  whyRight: { en: "Why it is right, and what it costs", ko: "왜 맞고 무엇을 내주는지" },
  looksLike: (what: string): Text => ({
    en: `Looks like: ${what}. It does the same, operation by operation.`,
    ko: `흔한 오답과 같습니다: ${what}. 연산 하나하나까지 똑같이 움직입니다.`,
  }),
  printed: { en: "your code printed", ko: "내 코드의 출력" },
  brokenProperty: (property: string): Text => ({ en: `broken: ${property}`, ko: `깨진 규칙: ${property}` }),
  tries: { en: "Tries", ko: "시도" },
  noTries: { en: "Each save adds a line here and keeps a copy.", ko: "저장할 때마다 한 줄이 생기고 사본이 남습니다." },
  tryHead: { en: ["try", "saved", "result", "wrong", "steps"], ko: ["시도", "저장", "결과", "잘못됨", "단계"] },
  rightTry: { en: "right", ko: "맞음" },
  rightTooMuch: { en: "right, but it does more than it has to", ko: "맞음, 필요 이상으로 보호함" },
  wrongCounts: { en: "wrong schedules", ko: "잘못된 스케줄" },
  hintOf: (n: number, all: number): Text => ({ en: `Hint ${n} of ${all}`, ko: `힌트 ${n} / ${all}` }),
  hintKey: (n: number, all: number): Text => ({ en: `hint (${n} of ${all})`, ko: `힌트 (${n}/${all})` }),
  hints: { en: "Hints", ko: "힌트" },
  noHintYet: {
    en: "i gives the first one; each says more than the one before.",
    ko: "i로 첫 힌트를 봅니다. 갈수록 더 많이 알려 줍니다.",
  },
  allHintsGiven: { en: "these are all the hints", ko: "힌트는 이것이 전부입니다" },
  changedSince: { en: "Changed since the last try", ko: "지난 시도와 달라진 것" },
  diffKey: { en: "diff with last try", ko: "지난 시도와 비교" },
  noTryBefore: { en: "there is no earlier try that is different", ko: "다른 이전 시도가 없습니다" },
  solution: { en: "Solution", ko: "풀이" },
  solutionKey: { en: "solution", ko: "풀이" },
  askSolution: { en: "Show the solution?", ko: "풀이를 볼까요?" },
  resetKey: { en: "reset file", ko: "파일 되돌리기" },
  askReset: (file: string): Text => ({
    en: `Write ${file} anew? What is in it is kept as a try.`,
    ko: `${file} 파일을 처음 상태로 되돌릴까요? 지금 내용은 시도로 남습니다.`,
  }),
  resetDone: {
    en: "the file is as it was in the beginning; the old one is among the tries",
    ko: "처음 상태로 되돌렸습니다. 이전 내용은 시도에 있습니다",
  },
  editKey: { en: "open editor", ko: "편집기 열기" },
  editAt: (line: number): Text => ({ en: `open editor at line ${line}`, ko: `${line}줄에서 편집기 열기` }),
  noFailure: { en: "there is no failing schedule to step through", ko: "따라가 볼 반례가 없습니다" },
  nextFailing: { en: "next failing schedule", ko: "다음 반례" },
  failingSchedule: { en: "Failing schedule", ko: "반례" },
  failingOf: (n: number, shown: number, all: bigint): Text => {
    const every = grouped(all);
    return BigInt(shown) < all
      ? { en: `${n} of ${shown} shown, ${every} in all`, ko: `보여 주는 ${shown}개 중 ${n}번째, 모두 ${every}개` }
      : { en: `${n} of ${shown}`, ko: `${shown}개 중 ${n}번째` };
  },
  nextLesson: (number: number, title: string): Text => ({ en: `lesson ${number}: ${title}`, ko: `레슨 ${number}: ${title}` }),
  allLessons: { en: "all lessons", ko: "모든 레슨" },
  showPanes: { en: "answer, diff, hints", ko: "판정, 비교, 힌트" },
  methods: { en: "What a session can do: await each", ko: "세션이 할 수 있는 일: await를 붙입니다" },
  otherMethods: { en: "Not used by this lesson's strategies:", ko: "이 레슨의 전략이 쓰지 않는 것:" },
  methodsKey: { en: "cheat sheet", ko: "메서드 목록" },
  saveToCheck: { en: "Save the file to have it checked.", ko: "파일을 저장하면 검사합니다." },
  verdicts: {
    right: { en: "right", ko: "맞음" },
    wrong: { en: "wrong", ko: "잘못됨" },
    incomplete: { en: "incomplete", ko: "일부만 탐색" },
    error: { en: "error", ko: "오류" },
  },
  /** For the closing line. */
  done: (tries: number, last: string): Text => ({
    en: `${tries === 1 ? "1 try" : `${tries} tries`}, the last one ${last}`,
    ko: `시도 ${tries}번, 마지막은 ${last}`,
  }),
} as const;
