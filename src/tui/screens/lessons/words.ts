/** What the list of lessons says, in the languages of the course. */
import type { Text } from "../../../core/language.js";
import { count } from "../../../report/number.js";

export const lessonsWords = {
  title: { en: "Lessons", ko: "레슨" },

  chooseLesson: { en: "choose a lesson", ko: "레슨 고르기" },
  firstLesson: { en: "first lesson", ko: "첫 레슨" },
  lastLesson: { en: "last lesson", ko: "마지막 레슨" },
  lessonNumber: { en: "lesson by its number", ko: "번호로 고르기" },
  forgetNumber: { en: "forget what was typed of a number", ko: "입력하던 번호 지우기" },
  typedNumber: (typed: string): Text => ({
    en: `number ${typed}: another digit goes on with it, Esc forgets it`,
    ko: `번호 ${typed}: 숫자를 더 누르면 이어지고 Esc로 지웁니다`,
  }),
  open: { en: "open it", ko: "열기" },
  lessonsOf: (n: number): Text => ({ en: count(n, "lesson"), ko: `레슨 ${n}개` }),
  noLessons: { en: "No lessons", ko: "레슨이 없습니다" },
  noLesson: (key: string): Text => ({ en: `there is no lesson ${key}`, ko: `${key}번 레슨은 없습니다` }),
  nextUp: { en: "next", ko: "다음" },
  solvedOf: (n: number, all: number): Text => ({ en: `${n} of ${all} solved`, ko: `${all}개 중 ${n}개 풀었음` }),
  /** Read aloud. */
  spoken: {
    course: (lessons: number): Text => ({ en: `racelab, ${count(lessons, "lesson")}.`, ko: `racelab, 레슨 ${lessons}개.` }),
    howToOpen: (title: string): Text => ({
      en: `Chosen: ${title}. Enter alone opens it, a number chooses, question mark lists all keys, q quits.`,
      ko: `고른 레슨: ${title}. Enter만 누르면 열고, 번호로 고르고, 물음표로 단축키 목록을 보고, q로 끝냅니다.`,
    }),
  },
} as const;
