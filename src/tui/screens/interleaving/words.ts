/** What the screen of one schedule says, in the languages of the course. */
import type { Text } from "../../../core/language.js";

export const interleavingWords = {
  howToStep: {
    en: "Enter or → takes the next step, ← goes back, n jumps to where it goes wrong, d lets you decide from here.",
    ko: "Enter나 →로 다음 단계, ←로 앞 단계, n으로 틀어지는 곳, d로 여기서부터 직접 고릅니다.",
  },
  howElse: {
    en: "s lists the strategies, each with what it makes of this very order, r plays it on a real database, x takes it away as a file.",
    ko: "s로 전략마다 이 순서의 결과를, r로 실제 데이터베이스에서, x로 파일로 내보냅니다.",
  },
  steps: { en: "Steps", ko: "단계" },
  problem: { en: "problem", ko: "문제" },
  noProblem: { en: "nothing goes wrong in this schedule", ko: "이 스케줄에는 문제가 없습니다" },
  notOver: { en: "not everybody has ended", ko: "아직 모두 끝나지 않았습니다" },
  decideFromHere: { en: "decide from here", ko: "여기서부터 직접 고르기" },
  strategies: { en: "strategies, sizes, faults", ko: "전략, 크기, 장애" },
  strategiesTitle: (order: string): Text => ({
    en: order === "" ? "The same order under every strategy" : `The order ${order} under every strategy`,
    ko: order === "" ? "같은 순서를 모든 전략으로" : `${order} 순서를 모든 전략으로`,
  }),
  keep: { en: "keep this", ko: "이것으로" },
  asBefore: { en: "as it was", ko: "원래대로" },
  change: { en: "fewer, more", ko: "줄이기, 늘리기" },
  changesNothing: { en: "only sizes and faults have values", ko: "크기와 장애에만 값이 있습니다" },
  on: { en: "yes", ko: "예" },
  off: { en: "no", ko: "아니요" },
  replaying: { en: "playing the order under every strategy …", ko: "모든 전략으로 재생하는 중 …" },
  asSent: { en: "the SQL of this step", ko: "이 단계의 SQL" },
  codeAgain: { en: "the code again", ko: "다시 코드" },
  sentTitle: (step: string): Text => ({ en: `What each store is sent: ${step}`, ko: `저장소에 보내는 것: ${step}` }),
  sendsNothing: { en: "nothing is sent: it happens", ko: "보내는 것이 없습니다. 그냥 일어납니다" },
  onDatabase: { en: "on a real database", ko: "실제 데이터베이스에서" },
  backToModel: { en: "back to the model's", ko: "모델 결과로 돌아가기" },
  playingOnDatabase: {
    en: "playing it on a real database; r stops it",
    ko: "실제 데이터베이스에서 재생하는 중입니다. r로 멈춥니다",
  },
  onlyOfTheModel: {
    en: "this is what the database did: r goes back to the model's",
    ko: "데이터베이스가 한 것입니다. r로 모델의 결과로 돌아가세요",
  },
  databaseSame: { en: "PostgreSQL did the same, step by step.", ko: "PostgreSQL도 한 단계씩 똑같이 했습니다." },
  databaseRace: (ways: number): Text => ({
    en: `PostgreSQL did one of the ${ways} ways that the model allows: this is a race.`,
    ko: `모델이 허용하는 ${ways}가지 가운데 하나를 PostgreSQL이 했습니다. 경쟁입니다.`,
  }),
  databaseDiffers: (step: number, model: string, database: string): Text => ({
    en: `PostgreSQL did something else, first at step ${step}. The model: ${model}. PostgreSQL: ${database}.`,
    ko: `PostgreSQL은 ${step}단계에서 처음 달라졌습니다. 모델: ${model}. PostgreSQL: ${database}.`,
  }),
  databaseRowsDiffer: (model: string, database: string): Text => ({
    en: `PostgreSQL did the same steps and has other rows in the end. The model: ${model}. PostgreSQL: ${database}.`,
    ko: `PostgreSQL은 단계는 같지만 마지막 행이 다릅니다. 모델: ${model}. PostgreSQL: ${database}.`,
  }),
  databaseOlder: (reason: string): Text => ({
    en: `PostgreSQL did something else than the model, and may: ${reason}.`,
    ko: `PostgreSQL은 모델과 다르게 했고, 그럴 수 있습니다: ${reason}.`,
  }),
  databaseNotCompared: (reason: string): Text => ({
    en: `PostgreSQL did this. It is not compared with the model: ${reason}.`,
    ko: `PostgreSQL은 이렇게 했습니다. 모델과는 비교하지 않습니다: ${reason}.`,
  }),
  modelAgain: { en: "the model again", ko: "다시 모델 결과로" },
  otherSchedule: { en: "other schedule", ko: "다른 스케줄" },
  play: { en: "play", ko: "재생" },
  pace: { en: "slower, faster", ko: "느리게, 빠르게" },
  followTask: { en: "follow one task", ko: "한 작업 따라가기" },
  following: (who: string): Text => ({ en: `following ${who}`, ko: `${who} 따라가는 중` }),
  followingAll: { en: "following every task", ko: "모든 작업을 따라갑니다" },
  switchOfTask: { en: "where another task goes on", ko: "작업이 바뀌는 곳" },
  toDecide: { en: "decide yourself", ko: "직접 고르기" },
  openingOf: (number: number, title: string, setting: string, schedule: string): Text => ({
    en: `Lesson ${number}, ${title}. Interleaving, ${setting}, schedule ${schedule}.`,
    ko: `레슨 ${number}, ${title}. 인터리빙, ${setting}, 스케줄 ${schedule}.`,
  }),
  toExercise: { en: "back to your file", ko: "내 파일로" },
  onlyOfTheCourse: {
    en: "this is your own file: only strategies of the course can be asked that",
    ko: "내 파일의 스케줄입니다. 과정의 전략에만 물을 수 있습니다",
  },
  /** For the closing line. */
  done: (schedule: string): Text => ({ en: `looked at schedule ${schedule}`, ko: `스케줄 ${schedule} 살펴봄` }),
} as const;
