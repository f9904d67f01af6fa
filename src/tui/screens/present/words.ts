/** What a presentation says, in the languages of the course. */
import type { Text } from "../../../core/language.js";
import { grouped } from "../../../report/number.js";

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;

export const presentWords = {
  title: { en: "Presentation", ko: "발표" },
  notes: { en: "Speaker's notes", ko: "발표자 노트" },
  on: { en: "next beat", ko: "다음 장면" },
  back: { en: "beat before", ko: "이전 장면" },
  blank: { en: "blank the screen, and back", ko: "화면 비우기, 되돌리기" },
  first: { en: "first beat", ko: "첫 장면" },
  last: { en: "last beat", ko: "마지막 장면" },
  live: { en: "a stage of the lesson, live (Esc comes back)", ko: "레슨의 스테이지를 직접 열기 (Esc로 돌아옴)" },
  reveal: { en: "the steps so far", ko: "지금까지의 단계" },
  beatOf: (beat: number, beats: number): Text => ({ en: `${beat} of ${beats}`, ko: `${beats}개 중 ${beat}` }),
  isBlank: {
    en: "The screen is blank. B or a full stop shows it again.",
    ko: "화면이 비어 있습니다. b나 마침표를 누르면 다시 보입니다.",
  },
  lesson: (number: number): Text => ({ en: `racelab, lesson ${number}`, ko: `racelab 레슨 ${number}` }),
  question: { en: "What do you think?", ko: "어떻게 생각하세요?" },
  rightOf: (right: bigint, all: bigint): Text => ({
    en: `${grouped(right)} of ${grouped(all)} orders end right`,
    ko: `순서 ${grouped(all)}가지 중 ${grouped(right)}가지가 바르게 끝납니다`,
  }),
  everyOrder: { en: "Every order of these steps", ko: "이 단계들의 모든 순서" },
  underStrategies: { en: "The same requests, protected", ko: "같은 요청, 보호했을 때" },
  unknown: { en: "not decided", ko: "판정하지 못함" },
  undecidedYet: { en: "?", ko: "?" },
  holds: (all: bigint): Text => ({ en: `✓ right in all ${grouped(all)} orders`, ko: `✓ 순서 ${grouped(all)}가지 모두 올바름` }),
  breaks: (wrong: bigint, all: bigint): Text => ({
    en: `✗ wrong in ${grouped(wrong)} of ${grouped(all)} orders`,
    ko: `✗ 순서 ${grouped(all)}가지 중 ${grouped(wrong)}가지에서 틀림`,
  }),
  tryIt: { en: "Now you:", ko: "이제 직접 해 보세요:" },
  /** The speaker's. */
  onScreen: { en: "On the screen", ko: "화면" },
  toSay: { en: "To say", ko: "할 말" },
  next: { en: "Next", ko: "다음" },
  elapsed: (seconds: number): Text => ({ en: `${clock(seconds)} since the start`, ko: `시작한 지 ${clock(seconds)}` }),
  letThemRead: { en: "Let the room read it.", ko: "청중이 읽을 시간을 주세요." },
  askTheRoom: { en: "Let the room answer first. The right answer:", ko: "청중의 답을 먼저 들으세요. 정답:" },
  askHolds: {
    en: (name: string): string => `${name}: does it hold? Ask before the next beat.`,
    ko: (name: string): string => `${name}: 지켜질까요? 다음 장면 전에 물어보세요.`,
  },
  itsPrice: (cost: string): Text => ({ en: `Its price: ${cost}.`, ko: `대가: ${cost}.` }),
  smallest: (schedule: string): Text => ({
    en: `The smallest order that goes wrong is ${schedule}.`,
    ko: `잘못되는 가장 짧은 순서는 ${schedule}입니다.`,
  }),
  liveHere: {
    en: "1 to 8 open a stage of the lesson, live; Esc comes back here.",
    ko: "1~8을 누르면 레슨의 스테이지가 바로 열리고, Esc로 여기로 돌아옵니다.",
  },
  kinds: {
    title: { en: "the title", ko: "제목" },
    story: { en: "the story goes on", ko: "이야기가 이어집니다" },
    rule: { en: "the code that everybody runs", ko: "모두가 실행하는 코드" },
    question: { en: "a question", ko: "질문" },
    answer: { en: "the answer", ko: "답" },
    steps: (n: number): Text => ({ en: `step ${n} of the picture`, ko: `그림의 ${n}단계` }),
    count: { en: "the counts of every order", ko: "모든 순서의 수" },
    strategies: { en: "the strategies, still without a verdict", ko: "전략 목록, 아직 판정 없이" },
    verdict: (name: string): Text => ({ en: `the verdict on ${name}`, ko: `${name}의 판정` }),
    end: { en: "what they can try", ko: "직접 해 볼 것" },
    nothing: { en: "that was the last one", ko: "마지막 장면이었습니다" },
  },
} as const;
