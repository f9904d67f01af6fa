/** The words of the page, in the languages of the course. The sentences about steps come from the checkers. */
import type { Language } from "../../core/language.js";
import { stepName } from "../../report/trace.js";

const words = {
  code: { en: "Code", ko: "코드" },
  start: { en: "Before the first step", ko: "첫 단계 전" },
  after: { en: "After step", ko: "지금까지 진행한 단계:" },
  of: { en: "of", ko: "/" },
  next: { en: "next", ko: "다음" },
  waits: { en: "waits for task", ko: "기다리는 작업:" },
  ended: { en: "has ended", ko: "끝남" },
  ok: { en: "ok", ko: "성공" },
  rejected: { en: "rejected", ko: "거절" },
  failed: { en: "failed", ko: "실패" },
  unknown: { en: "unknown", ko: "알 수 없음" },
  nothing: { en: "nothing", ko: "없음" },
  ends: { en: "Can still end at", ko: "아직 가능한 결과" },
  share: { en: "share of", ko: "전체 스케줄" },
  schedule: { en: "schedule", ko: "개 중 비율" },
  schedules: { en: "schedules", ko: "개 중 비율" },
  gone: { en: "impossible now", ko: "이제 불가능" },
  lanes: { en: "Lanes", ko: "레인" },
  step: { en: "Step", ko: "단계" },
  laneStep: stepName,
  nthStep: { en: "Step N.", ko: "N단계." },
  task: { en: "task", ko: "작업" },
  endsAt: { en: "ends at", ko: "결과" },
  countOf: { en: "N of ALL", ko: "ALL개 중 N개" },
  who: { en: "Who", ko: "작업" },
  what: { en: "What happens", ko: "일어난 일" },
  line: { en: "Line", ko: "줄" },
  every: { en: "Every step", ko: "모든 단계" },
  plain: { en: "As racelab trace prints it", ko: "racelab trace 출력 그대로" },
  story: { en: "Notes for the speaker", ko: "발표자 노트" },
  cost: { en: "What it costs", ko: "비용" },
  broken: { en: "it ends at", ko: "결과:" },
  holds: { en: "right: it ends at", ko: "올바름. 결과:" },
  open: { en: "not over yet", ko: "아직 끝나지 않음" },
  lost: { en: "it can no longer end right", ko: "이제 올바른 결과에 이를 수 없습니다" },
  back: { en: "Back", ko: "뒤로" },
  on: { en: "Next", ko: "다음" },
  decide: { en: "You are the scheduler: who goes on?", ko: "여러분이 스케줄러입니다. 다음은 누구 차례일까요?" },
  decideKey: { en: "Decide from here", ko: "여기서부터 직접 고르기" },
  leave: { en: "Back to the recorded order", ko: "기록된 순서로 돌아가기" },
  odds: { en: "WRONG of ALL go wrong", ko: "ALL가지 중 WRONG가지가 잘못됨" },
  undo: { en: "Undo", ko: "되돌리기" },
  beyond: { en: "The model does not know what the server would do here:", ko: "여기서 서버가 어떻게 할지 모델이 알지 못합니다:" },
  over: { en: "Nobody can go on.", ko: "더 진행할 수 있는 작업이 없습니다." },
  ask: { en: "What will NAME be after this step?", ko: "이 단계가 끝나면 NAME 값은?" },
  yes: { en: "Yes:", ko: "맞습니다:" },
  no: { en: "No, it is", ko: "아닙니다. 답:" },
  copy: { en: "Copy as text", ko: "텍스트로 복사" },
  save: { en: "Save SVG", ko: "SVG로 저장" },
  keys: { en: "Keys", ko: "키" },
  property: { en: "Next broken property", ko: "다음 깨진 속성" },
} as const;

type Word = keyof typeof words;
export type Words = (word: Word) => string;
export const inWords =
  (language: Language): Words =>
  (word) =>
    words[word][language];

/** All keys of the page, for its help and for the tests that press them. */
export const keys: readonly { readonly keys: string; readonly en: string; readonly ko: string }[] = [
  { keys: "→ PageDown Space", en: "one step on", ko: "한 단계 앞으로" },
  { keys: "← PageUp", en: "one step back", ko: "한 단계 뒤로" },
  { keys: "Home End", en: "first, last step", ko: "처음, 끝" },
  { keys: "n N", en: "next, previous problem", ko: "다음 문제 지점, 이전 문제 지점" },
  { keys: "o", en: "next broken property, by its own schedule", ko: "다음 깨진 속성, 그 속성만의 스케줄로" },
  { keys: "1-9", en: "follow that task; in decide mode: it goes on", ko: "그 작업만 보기. 직접 정할 때는 그 작업을 진행" },
  { keys: "p", en: "play, pause", ko: "재생, 멈춤" },
  { keys: "d u", en: "decide from here; undo", ko: "직접 정하기, 되돌리기" },
  { keys: "+ -", en: "larger, smaller text", ko: "글자 크게, 작게" },
  { keys: "t", en: "theme: light, dark, high contrast", ko: "테마: 밝게, 어둡게, 고대비" },
  { keys: "v", en: "table instead of lanes", ko: "레인 대신 표" },
  { keys: "w", en: "speaker notes in a window of their own", ko: "발표자 노트를 새 창에" },
  { keys: "f", en: "full screen", ko: "전체 화면" },
  { keys: "b .", en: "blank the screen", ko: "화면 가리기" },
  { keys: "?", en: "these keys", ko: "이 도움말" },
];
