/** What the prediction says, in the languages of the course. */
import { towards } from "../../../core/korean.js";
import type { Text } from "../../../core/language.js";
import { grouped } from "../../../report/number.js";

export const predictWords = {
  title: { en: "Predict", ko: "예측" },

  markOption: { en: "mark", ko: "표시" },
  chooseOption: { en: "choose", ko: "고르기" },
  toWatch: { en: "watch it happen", ko: "어떻게 되는지 보기" },
  commitAnswer: { en: "commit", ko: "제출" },
  nextQuestion: { en: "next question", ko: "다음 질문" },
  previousQuestion: { en: "previous question", ko: "이전 질문" },
  howSure: { en: "how sure", ko: "확신" },
  howSureAreYou: { en: "How sure are you?", ko: "얼마나 확신하나요?" },
  surenesses: [
    { en: "a guess", ko: "찍었음" },
    { en: "fairly sure", ko: "꽤 확신" },
    { en: "sure", ko: "확신" },
  ],
  skip: { en: "skip", ko: "건너뛰기" },
  answerAgain: { en: "answer again", ko: "다시 답하기" },
  notAnswered: { en: "nothing has been answered yet", ko: "아직 답하지 않았습니다" },
  alreadyAnswered: { en: "you have answered: u answers again", ko: "이미 답했습니다. u로 다시 답합니다" },
  noOption: (key: string): Text => ({ en: `there is no answer ${key}`, ko: `${key}번 답은 없습니다` }),
  noQuestions: { en: "This lesson asks nothing.", ko: "이 레슨에는 질문이 없습니다." },
  beingWrong: {
    en: "Your answer is kept and compared with the exact result. Being wrong costs nothing.",
    ko: "답은 저장되어 정확한 결과와 비교됩니다. 틀려도 손해는 없습니다.",
  },
  yourAnswer: { en: "Your answer, and what every schedule says", ko: "내 답과 모든 스케줄의 답" },
  youSaid: { en: "you said", ko: "내 답" },
  exact: { en: "exact", ko: "정답" },
  chosen: { en: "Chosen", ko: "고른 답" },
  missedIt: { en: "you missed it", ko: "놓쳤습니다" },
  impossible: { en: "it cannot happen", ko: "일어날 수 없습니다" },
  scored: (right: number, all: number): Text => ({ en: `${right} of ${all} right`, ko: `${all}개 중 ${right}개 맞음` }),
  allRight: { en: "You missed nothing.", ko: "하나도 놓치지 않았습니다." },
  seeMissed: { en: "What you missed is what is worth seeing.", ko: "놓친 결과부터 직접 확인해 보세요." },
  howCanItEnd: (label: string): Text => ({ en: `How can it end at ${label}?`, ko: `어떻게 ${towards(label)} 끝날 수 있을까요?` }),
  rightOfAll: (right: bigint, all: bigint): Text => {
    const [some, every] = [grouped(right), grouped(all)];
    const share = all === 0n ? "" : ` (${(Number((right * 10000n) / all) / 100).toFixed(1)}%)`;
    return { en: `${some} of ${every}${share}`, ko: `${every}개 중 ${some}개${share}` };
  },
} as const;
