/** Words that screens and commands share, in the languages of the course. They are here once, so that both say the same. */
import type { Text } from "../core/language.js";
import type { Grade } from "../core/lesson.js";
import { messageIn } from "../core/messages.js";
import { count, grouped } from "./number.js";
import type { Amount } from "./score.js";
import { stepName } from "./trace.js";

const amounts: Readonly<Record<Amount, Text>> = {
  all: { en: "all", ko: "전부" },
  most: { en: "most", ko: "대부분" },
  half: { en: "about half", ko: "절반쯤" },
  few: { en: "few", ko: "조금" },
  none: { en: "none", ko: "없음" },
};

/** How good an end is. */
const grades: Readonly<Record<Grade, Text>> = {
  expected: { en: "expected", ko: "기대" },
  acceptable: { en: "acceptable", ko: "허용" },
  interesting: { en: "interesting", ko: "주목" },
  forbidden: { en: "forbidden", ko: "금지" },
};

export const reportWords = {
  /** Of the options of a question. */
  manyMayBeRight: { en: "several may be right", ko: "답이 여럿일 수 있습니다" },
  amounts,
  grades,

  // Heads of columns, names of rows
  step: stepName,
  line: { en: "line", ko: "줄" },
  time: { en: "time", ko: "시간" },
  waitsInCircle: (names: readonly string[]): Text => ({
    en: `${names.join(" waits for ")}: deadlock`,
    ko: `${names.join(" → ")}: 서로 기다림(데드락)`,
  }),
  endsAt: { en: "ends at", ko: "결과" },
  schedules: { en: "schedules", ko: "스케줄" },
  share: { en: "share", ko: "비율" },
  possible: { en: "possible", ko: "가능" },
  strategy: { en: "strategy", ko: "전략" },

  // Results
  cutOff: { en: "cut off", ko: "중단됨" },
  noAnswer: { en: "the model has no answer", ko: "모델이 답을 모름" },
  requestsFailed: (n: number): Text => ({ en: `${count(n, "request")} failed`, ko: `요청 ${grouped(n)}개 실패` }),
  /** "request 4: …", as a run tells why it has no answer. */
  ofRequest: (reason: string): Text => ({ en: reason, ko: messageIn(reason.replace(/^request (?=\d+: )/, "요청 "), "ko") }),
  effectsUnknown: (n: number): Text => ({
    en: `the ${n === 1 ? "effect" : "effects"} of ${count(n, "request")} ${n === 1 ? "is" : "are"} unknown`,
    ko: `요청 ${grouped(n)}개의 결과를 알 수 없음`,
  }),
  /** What an exercise asks for. */
  asked: (asks: string): Text => ({ en: `asked: ${asks}`, ko: `문제: ${asks}` }),
  inThisOrder: (schedule: string): Text => ({ en: `in this order: ${schedule}`, ko: `이 순서에서: ${schedule}` }),
  /** Of a right answer that makes requests wait without need. */
  tooMuch: (work: string, possible: bigint, left: bigint): Text => ({
    en:
      `It protects too much: two requests "${work}" that share no row now wait for each other. ` +
      `Of ${count(possible, "way")} to interleave them, ${grouped(left)} ${left === 1n ? "is" : "are"} left. ` +
      "Lock only what a request touches (work.keys).",
    ko:
      `너무 많이 막습니다. 같은 행을 쓰지 않는 "${work}" 요청 두 개가 이제 서로 기다립니다. ` +
      `두 요청을 섞는 방법 ${grouped(possible)}가지 중 ${grouped(left)}가지만 남았습니다. ` +
      "요청이 건드리는 것(work.keys)만 잠그세요.",
  }),
  /** The cost of a right answer where nobody collides, beside the lesson's strategies. */
  roundTrips: (own: number, book: readonly { readonly id: string; readonly steps: number }[]): Text => ({
    en: `Round trips to the store for each request: yours ${own}${book.map(({ id, steps }) => `, ${id} ${steps}`).join("")}`,
    ko: `요청 하나가 저장소를 오가는 횟수: 내 코드 ${own}번${book.map(({ id, steps }) => `, ${id} ${steps}번`).join("")}`,
  }),
  /** Why a strategy takes part in a comparison no more. */
  withdrawn: {
    unable: { en: "the store cannot run it", ko: "이 저장소에서는 할 수 없음" },
    failed: { en: "no request was answered", ko: "답을 받은 요청이 없음" },
    fault: { en: "what it left cannot be judged", ko: "남긴 것을 판정할 수 없음" },
  },
  roundOf: (round: number, all: number): Text => ({ en: `round ${round} of ${all}`, ko: `${all}라운드 중 ${round}번째` }),
  opened: { en: "opened", ko: "열어 봄" },
  solved: { en: "solved", ko: "풀었음" },
  predicted: (right: number, all: number): Text => ({
    en: `predicted ${right} of ${all}`,
    ko: `예측 ${all}개 중 ${right}개 맞음`,
  }),
} as const;
