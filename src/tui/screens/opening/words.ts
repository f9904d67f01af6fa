/** What the first minute of the course says, in the languages of the course. */
import { particle } from "../../../core/korean.js";
import type { Text } from "../../../core/language.js";

export const openingWords = {
  title: { en: "The shop", ko: "가게" },
  beats: {
    run: { en: "open the shop", ko: "가게 열기" },
    how: { en: "how?", ko: "어떻게?" },
    step: { en: "and then?", ko: "그다음은?" },
    on: { en: "your turn: what is possible?", ko: "이제 맞혀 보기: 무엇이 가능할까?" },
  },
  again: { en: "open the shop again", ko: "가게 다시 열기" },
  runFirst: { en: "open the shop first (Enter)", ko: "먼저 가게를 여세요(Enter)" },
  opened: { en: "The shop is open: real threads, everybody at once", ko: "가게를 열었습니다: 실제 스레드, 손님이 한꺼번에" },
  running: (done: number, all: number): Text => ({
    en: `${done} of ${all} buyers were told "ok"`,
    ko: `손님 ${all}명 중 ${done}명이 "ok"를 받음`,
  }),
  result: (told: number, left: number): Text => ({
    en: `${told} buyers were told "ok". The shelf still shows ${left}. Nothing crashed.`,
    ko: `손님 ${told}명이 "ok"를 받았습니다. 재고는 아직 ${left}개입니다. 아무것도 죽지 않았습니다.`,
  }),
  luck: {
    en: "This time no sale was lost: that happens, too. r opens the shop again.",
    ko: "이번에는 판매가 하나도 사라지지 않았습니다. 그럴 때도 있습니다. r로 가게를 다시 엽니다.",
  },
  two: (of: number): Text => ({
    en: `Two of these ${of} buyers; the others are not drawn`,
    ko: `손님 ${of}명 중 두 사람만 그렸습니다`,
  }),
  buyer: (n: number): Text => ({ en: `buyer ${n}`, ko: `손님 ${n}` }),
  reads: (who: string, left: string): Text => ({
    en: `${who} reads: ${left} are left.`,
    ko: `${particle(who, "이", "가")} 읽습니다. ${left}개 남았습니다.`,
  }),
  readsToo: (who: string, left: string): Text => ({
    en: `${who} reads, too: ${left} are left. Nobody has saved anything yet.`,
    ko: `${who}도 읽습니다. ${left}개 남았습니다. 아직 아무도 저장하지 않았습니다.`,
  }),
  saves: (who: string, left: string, other: string, believed: string): Text => ({
    en: `${who} saves ${left} and is told "ok". ${other} still believes in ${believed}.`,
    ko: `${particle(who, "이", "가")} ${particle(left, "을", "를")} 저장하고 "ok"를 받습니다. ${particle(other, "은", "는")} 아직 ${believed}개라고 믿습니다.`,
  }),
  overwrites: (who: string, left: string, other: string): Text => ({
    en: `${who} saves ${left}, too, and is told "ok". Two pieces are sold, one is gone from the shelf: the sale of ${other} is lost.`,
    ko: `${who}도 ${particle(left, "을", "를")} 저장하고 "ok"를 받습니다. 두 개를 팔았는데 재고는 하나만 줄었습니다. ${other}의 판매가 사라졌습니다.`,
  }),
  /** Read aloud. */
  spoken: {
    lesson: (number: number, title: string): Text => ({ en: `Lesson ${number}, ${title}.`, ko: `레슨 ${number}, ${title}.` }),
    howToOpen: {
      en: "Enter alone opens the shop, question mark lists all keys.",
      ko: "Enter만 누르면 가게를 엽니다. 물음표는 단축키 목록입니다.",
    },
    how: { en: "Enter alone: how?", ko: "Enter만 누르면: 어떻게?" },
    on: { en: "Enter alone goes on to the questions.", ko: "Enter만 누르면 질문으로 갑니다." },
  },
} as const;
