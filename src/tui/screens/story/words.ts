/** What the screen of the story says, in the languages of the course. */
import type { Text } from "../../../core/language.js";

export const storyWords = {
  storyOrCode: { en: "story, code", ko: "이야기, 코드" },
  /** Read aloud. */
  spoken: {
    lesson: (number: number, title: string): Text => ({ en: `Lesson ${number}, ${title}.`, ko: `레슨 ${number}, ${title}.` }),
    howToGoOn: {
      en: "Enter alone goes on, tab reads the code, question mark lists all keys.",
      ko: "Enter만 누르면 계속, Tab은 코드 읽기, 물음표는 단축키 목록입니다.",
    },
  },
} as const;
