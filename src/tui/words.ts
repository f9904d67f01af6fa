/** The screens' own words, in the languages of the course. What a lesson, a checker or a strategy says is theirs. */
import { particle, towards } from "../core/korean.js";
import { inLanguage, type Language, type Text } from "../core/lesson.js";
import { count, grouped } from "../report/number.js";

/** What a run of real threads is like. */
interface Circumstances {
  readonly strategy: string;
  readonly workers: number;
  readonly requests: number;
  readonly think: number;
}

export const say = (text: Text, { language }: { readonly language: Language }): string => inLanguage(text, language);

export const screenWords = {
  // Screens
  lessons: { en: "Lessons", ko: "레슨" },
  story: { en: "Story", ko: "이야기" },
  predict: { en: "Predict", ko: "예측" },
  interleaving: { en: "Interleaving", ko: "인터리빙" },
  decide: { en: "You decide", ko: "내가 스케줄러" },
  schedules: { en: "Every schedule", ko: "모든 스케줄" },
  threads: { en: "Real threads", ko: "진짜 스레드" },
  keys: { en: "Keys", ko: "키" },
  commands: { en: "Commands", ko: "명령" },

  // Moving about
  chooseLesson: { en: "choose a lesson", ko: "레슨 고르기" },
  firstLesson: { en: "first lesson", ko: "첫 레슨" },
  lastLesson: { en: "last lesson", ko: "마지막 레슨" },
  lessonNumber: { en: "lesson with that number", ko: "그 번호의 레슨" },
  open: { en: "open it", ko: "열기" },
  goOn: { en: "go on", ko: "계속" },
  back: { en: "lessons", ko: "레슨 목록" },
  quit: { en: "quit", ko: "끝내기" },
  allKeys: { en: "all keys", ko: "모든 키" },
  palette: { en: "commands", ko: "명령" },
  find: { en: "find", ko: "찾기" },
  nextFound: { en: "next, previous found", ko: "다음, 이전 찾은 것" },
  close: { en: "close", ko: "닫기" },
  scroll: { en: "scroll", ko: "스크롤" },
  choose: { en: "choose", ko: "고르기" },
  chooseNumber: { en: "the one with that number", ko: "그 번호의 것" },
  doIt: { en: "do it", ko: "실행" },
  typeToFind: { en: "type to find", ko: "입력해서 찾기" },
  repaint: { en: "draw the screen again", ko: "화면 다시 그리기" },
  themeKey: { en: "colours: dark, light, 16, plain", ko: "색: 어두움, 밝음, 16색, 없음" },
  themes: {
    dark: { en: "colours for a dark background", ko: "어두운 배경의 색" },
    light: { en: "colours for a light background", ko: "밝은 배경의 색" },
    either: { en: "colours for any background", ko: "어느 배경에나 맞는 색" },
    "16": { en: "your terminal's own 16 colours", ko: "터미널의 16색" },
    plain: { en: "no colours", ko: "색 없음" },
  },
  noColours: {
    en: "there are no colours here: NO_COLOR, --color never, or a terminal without",
    ko: "여기에는 색이 없습니다: NO_COLOR, --color never, 또는 색이 없는 터미널",
  },
  suspend: { en: "suspend; fg comes back", ko: "잠시 멈춤, fg로 돌아오기" },
  interrupt: { en: "stop what is under way, else quit", ko: "하던 일 멈추기, 없으면 끝내기" },
  scrollText: { en: "scroll the text", ko: "글 스크롤" },
  nothingToFind: { en: "there is nothing to look through here", ko: "여기에는 찾아볼 것이 없습니다" },
  notNow: (why: string): Text => ({ en: `not now: ${why}`, ko: `지금은 안 됩니다: ${why}` }),
  notFound: (what: string): Text => ({ en: `"${what}" is not here`, ko: `${particle(`"${what}"`, "은", "는")} 여기 없습니다` }),
  foundAt: (n: number, all: number, what: string): Text => ({
    en: `${n} of ${all} with "${what}"   n/N next, previous   Esc ends the search`,
    ko: `"${what}" ${all}개 중 ${n}번째   n/N 다음, 이전   Esc 찾기 끝`,
  }),
  lessonsOf: (n: number): Text => ({ en: count(n, "lesson"), ko: `레슨 ${n}개` }),
  noLessons: { en: "No lessons", ko: "레슨이 없습니다" },
  noScreen: (id: string): Text => ({ en: `there is no screen ${id}`, ko: `${id} 화면은 없습니다` }),
  linesSeen: (from: number, to: number, all: number): Text => ({
    en: `${from}-${to} of ${all}, PgDn`,
    ko: `${from}-${to} / ${all}, PgDn`,
  }),
  tooSmall: (columns: number, rows: number, is: { readonly columns: number; readonly rows: number }): Text => ({
    en: `racelab needs ${columns} x ${rows}, this window is ${is.columns} x ${is.rows}.`,
    ko: `racelab에는 ${columns} x ${rows} 창이 필요합니다. 이 창은 ${is.columns} x ${is.rows}입니다.`,
  }),
  makeItLarger: {
    en: "Make it larger: everything is kept. Until then all keys are off but one.",
    ko: "창을 키우세요. 모두 그대로 남아 있습니다. 그때까지는 키 하나만 됩니다.",
  },
  /** `2 tasks`; in Korean other sizes than tasks, and faults, go by the names that are typed. */
  sized: (name: string, n: number): Text => ({
    en: `${n} ${n === 1 ? name.replace(/s$/, "") : name}`,
    ko: name === "tasks" ? `작업 ${n}개` : `${name} ${n}`,
  }),
  noLesson: (key: string): Text => ({ en: `there is no lesson ${key}`, ko: `${key}번 레슨은 없습니다` }),
  noCommand: { en: "no command has these words", ko: "그런 명령은 없습니다" },
  nothingUnderWay: { en: "nothing is under way", ko: "하던 일이 없습니다" },
  stopped: { en: "stopped: what was done until then is not counted", ko: "멈췄습니다. 그때까지 한 것은 세지 않습니다" },

  // Story
  storyOrCode: { en: "story, code", ko: "이야기, 코드" },

  // What every screen of the explorer says
  search: { en: "Search", ko: "탐색" },
  searching: { en: "searching every schedule", ko: "모든 스케줄 탐색 중" },
  stillSearching: { en: "the search is not over yet", ko: "탐색이 아직 끝나지 않았습니다" },
  states: (n: string): Text => ({ en: `${n} states`, ko: `상태 ${n}개` }),
  stopHint: { en: "Ctrl+C stops it; all other keys go on working.", ko: "Ctrl+C로 멈춥니다. 다른 키는 그대로 됩니다." },
  nothingToShow: { en: "There is nothing to show.", ko: "보여 줄 것이 없습니다." },
  code: { en: "Code", ko: "코드" },
  why: { en: "Why", ko: "왜" },
  steps: { en: "Steps", ko: "단계" },
  atTheStart: { en: "Before the first step", ko: "첫 단계 전" },
  stateAfter: (n: number): Text => ({ en: `State after step ${n}`, ko: `${n}단계 뒤의 상태` }),
  stepOf: (n: number, all: number): Text => ({ en: `Step ${n} of ${all}`, ko: `${all}단계 중 ${n}단계` }),
  wasBefore: (value: string): Text => ({ en: `was ${value} before this step`, ko: `이 단계 전에는 ${value}` }),
  lost: (n: number): Text => ({ en: `${n} lost`, ko: `${n} 사라짐` }),
  lostName: { en: "lost", ko: "사라짐" },
  canStillEnd: { en: "can still end at", ko: "아직 가능한 결과" },
  canEnd: { en: "can end at", ko: "가능한 결과" },
  noReturnSince: (step: number): Text => ({
    en: `no right end can be reached since step ${step}`,
    ko: `${step}단계부터는 옳은 결과에 이를 수 없습니다`,
  }),
  lastChance: {
    en: "This was the last chance: from here on every order ends wrong, though nothing looks wrong yet.",
    ko: "여기가 마지막 기회였습니다. 이제 어떤 순서로 가도 틀리지만, 아직 아무도 모릅니다.",
  },
  endsRight: (label: string): Text => ({
    en: `It ends at ${label}, as it should.`,
    ko: `${towards(label)} 끝납니다. 옳은 결과입니다.`,
  }),
  nothingYet: { en: "Nothing has happened yet. → takes the first step.", ko: "아직 아무 일도 없었습니다. →로 첫 단계를 봅니다." },
  line: { en: "line", ko: "줄" },
  next: { en: "next:", ko: "다음:" },
  cutOff: { en: "cut off", ko: "끊김" },
  waitsFor: (tasks: readonly number[]): Text => {
    const who = tasks.map((task) => `w${task}`);
    return {
      en: `waits${who.length > 0 ? ` for ${who.join(" and ")}` : ""}`,
      ko: `${who.length > 0 ? `${who.join(", ")} ` : ""}기다림`,
    };
  },
  holds: (value: string): Text => ({ en: `holds ${value}`, ko: `${value} 들고 있음` }),
  holdsStale: (value: string, since: number): Text => ({
    en: `holds ${value}, stale since step ${since}`,
    ko: `${value} 들고 있음, ${since}단계부터 낡음`,
  }),
  problem: { en: "problem", ko: "문제" },
  noProblem: { en: "nothing goes wrong in this schedule", ko: "이 스케줄에는 문제가 없습니다" },
  notOver: { en: "not everybody has ended", ko: "아직 모두 끝나지 않았습니다" },
  decideFromHere: { en: "decide from here", ko: "여기서부터 내가 고르기" },
  sameOrder: { en: "same order, other strategy", ko: "같은 순서를 다른 전략으로" },
  onDatabase: { en: "on a real database", ko: "진짜 데이터베이스에서" },
  backToModel: { en: "back to the model's", ko: "모델의 것으로" },
  playingOnDatabase: {
    en: "playing it on a real database; r stops it",
    ko: "진짜 데이터베이스에서 재생하는 중입니다. r로 멈춥니다",
  },
  onlyOfTheModel: {
    en: "this is what the database did: r goes back to the model's",
    ko: "데이터베이스가 한 것입니다. r로 모델의 것으로 돌아가세요",
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
  databaseNotCompared: (reason: string): Text => ({
    en: `PostgreSQL did this. It is not compared with the model: ${reason}.`,
    ko: `PostgreSQL은 이렇게 했습니다. 모델과는 비교하지 않습니다: ${reason}.`,
  }),
  modelAgain: { en: "the model again", ko: "다시 모델" },
  otherSchedule: { en: "other schedule", ko: "다른 스케줄" },
  play: { en: "play", ko: "재생" },
  pace: { en: "slower, faster", ko: "느리게, 빠르게" },
  followTask: { en: "follow that task", ko: "그 작업 따라가기" },
  following: (task: number): Text => ({ en: `following w${task}`, ko: `w${task} 따라가는 중` }),
  followingAll: { en: "following every task", ko: "모든 작업을 따라갑니다" },
  noTask: (key: string): Text => ({ en: `there is no task ${key}`, ko: `${particle(`작업 ${key}`, "은", "는")} 없습니다` }),
  switchOfTask: { en: "where another task goes on", ko: "작업이 바뀌는 곳" },
  toDecide: { en: "decide yourself", ko: "직접 고르기" },

  openingOf: (number: number, title: string, setting: string, schedule: string): Text => ({
    en: `Lesson ${number}, ${title}. Interleaving, ${setting}, schedule ${schedule}.`,
    ko: `레슨 ${number}, ${title}. 인터리빙, ${setting}, 스케줄 ${schedule}.`,
  }),

  // Marks of the lanes
  marks: {
    read: { en: "read", ko: "읽기" },
    write: { en: "write", ko: "쓰기" },
    compare: { en: "compare and write", ko: "비교하고 쓰기" },
    test: { en: "test and write in one", ko: "한 번에 검사하고 쓰기" },
    insert: { en: "insert", ko: "추가" },
    lock: { en: "lock, unlock", ko: "락 잡기, 놓기" },
    copy: { en: "holds a fresh copy", ko: "새 사본" },
    stale: { en: "a stale copy", ko: "낡은 사본" },
    holds: { en: "holds a lock", ko: "락 들고 있음" },
    waits: { en: "waits", ko: "기다림" },
    waitsForIt: { en: "waits for it", ko: "기다림" },
    lost: { en: "lost update", ko: "갱신 손실" },
    isLost: { en: "an update is lost", ko: "쓰기가 사라짐" },
    conflict: { en: "conflict", ko: "충돌" },
    nothingWritten: { en: "conflict, nothing written", ko: "충돌, 안 씀" },
    again: { en: "again", ko: "다시" },
    chancePassed: { en: "last chance passed", ko: "마지막 기회 지남" },
    others: { en: "steps of others in between", ko: "그 사이 다른 요청의 단계" },
  },

  // Predict
  markOption: { en: "mark or choose", ko: "고르기" },
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
  seeIt: { en: "step through it", ko: "한 단계씩 보기" },
  answerAgain: { en: "answer again", ko: "다시 답하기" },
  notAnswered: { en: "nothing has been answered yet", ko: "아직 답하지 않았습니다" },
  alreadyAnswered: { en: "you have answered: u answers again", ko: "이미 답했습니다. u로 다시 답합니다" },
  answerFirst: { en: "choose an answer with its number first", ko: "먼저 번호로 답을 고르세요" },
  noOption: (key: string): Text => ({ en: `there is no answer ${key}`, ko: `${key}번 답은 없습니다` }),
  noQuestions: { en: "This lesson asks nothing.", ko: "이 레슨에는 질문이 없습니다." },
  beingWrong: {
    en: "Your answer is kept and compared with the exact result. Being wrong costs nothing.",
    ko: "답은 저장되어 정확한 결과와 비교됩니다. 틀려도 손해는 없습니다.",
  },
  yourAnswer: { en: "Your answer, and what every schedule says", ko: "내 답과 모든 스케줄의 답" },
  youSaid: { en: "you said", ko: "내 답" },
  exact: { en: "exact", ko: "정답" },
  possible: { en: "possible", ko: "가능" },
  endsAt: { en: "ends at", ko: "결과" },
  schedulesWord: { en: "schedules", ko: "스케줄" },
  share: { en: "share", ko: "비율" },
  yes: { en: "yes", ko: "예" },
  no: { en: "no", ko: "아니요" },
  chosen: { en: "Chosen", ko: "고른 답" },
  missedIt: { en: "you missed it", ko: "놓쳤습니다" },
  impossible: { en: "it cannot happen", ko: "일어날 수 없습니다" },
  scored: (right: number, all: number): Text => ({ en: `${right} of ${all} right`, ko: `${all}개 중 ${right}개 맞음` }),
  allRight: { en: "Nothing escaped you.", ko: "하나도 놓치지 않았습니다." },
  seeMissed: { en: "What you missed is what is worth seeing.", ko: "놓친 것이 바로 볼 만한 것입니다." },
  howCanItEnd: (label: string): Text => ({ en: `How can it end at ${label}?`, ko: `어떻게 ${towards(label)} 끝날까?` }),
  amounts: {
    all: { en: "all", ko: "전부" },
    most: { en: "most", ko: "대부분" },
    half: { en: "about half", ko: "절반쯤" },
    few: { en: "few", ko: "조금" },
    none: { en: "none", ko: "없음" },
  },
  rightOfAll: (right: bigint, all: bigint): Text => {
    const [some, every] = [grouped(right), grouped(all)];
    const share = all === 0n ? "" : ` (${(Number((right * 10000n) / all) / 100).toFixed(1)}%)`;
    return { en: `${some} of ${every}${share}`, ko: `${every}개 중 ${some}개${share}` };
  },

  // You decide
  goal: { en: "goal", ko: "목표" },
  goalBreak: (property: string): Text => ({ en: `make it break: "${property}"`, ko: `깨뜨리기: "${property}"` }),
  goalHolds: { en: "try to break it: no schedule does", ko: "깨뜨려 보기: 어떤 스케줄도 깨뜨리지 못합니다" },
  whoGoesNext: { en: "who goes next", ko: "다음 차례 고르기" },
  whoGoesNextAsked: { en: "Who goes next?", ko: "다음은 누구?" },
  theMarkedOne: { en: "the marked one", ko: "표시된 것 고르기" },
  mark: { en: "mark", ko: "표시 옮기기" },
  undo: { en: "undo", ko: "되돌리기" },
  redo: { en: "redo", ko: "다시 하기" },
  nothingToUndo: { en: "nothing has been chosen yet", ko: "아직 고른 것이 없습니다" },
  nothingToRedo: { en: "nothing was undone", ko: "되돌린 것이 없습니다" },
  peek: { en: "peek: what each choice leads to", ko: "엿보기: 고르면 어떻게 되나" },
  finishByItself: { en: "finish by itself", ko: "나머지 자동으로" },
  restart: { en: "restart", ko: "처음부터" },
  hint: { en: "hint", ko: "힌트" },
  bookmark: { en: "bookmark this point", ko: "이 지점 책갈피" },
  bookmarkHere: { en: "bookmark", ko: "책갈피 남기기" },
  takeBookmark: { en: "remove bookmark", ko: "책갈피 빼기" },
  bookmarks: { en: "bookmarks", ko: "책갈피" },
  bookmarksKey: (n: number): Text => ({ en: `bookmarks (${n})`, ko: `책갈피 (${n}개)` }),
  bookmarked: { en: "bookmarked", ko: "책갈피 있음" },
  bookmarkKept: (n: number): Text => ({
    en: `kept: B lists ${n === 1 ? "this point" : `all ${n} points`} and leads back`,
    ko: `남겨 두었습니다. B로 ${n}개 지점을 보고 돌아옵니다`,
  }),
  bookmarkTaken: { en: "the bookmark is gone", ko: "책갈피를 뺐습니다" },
  noBookmarks: {
    en: "no point is kept yet: b keeps the one you are at",
    ko: "남겨 둔 지점이 없습니다. b로 지금 지점을 남깁니다",
  },
  nothingBreaksIt: { en: "no schedule breaks it", ko: "깨뜨리는 스케줄이 없습니다" },
  offTheBest: {
    en: "you have left the smallest order that breaks it; p shows which choices still lead there, u goes back",
    ko: "가장 작은 깨지는 순서에서 벗어났습니다. p로 엿보거나 u로 되돌리세요",
  },
  bestGoesOn: (choice: string): Text => ({
    en: `the smallest order that breaks it goes on with ${choice}`,
    ko: `가장 작은 깨지는 순서는 다음이 ${choice}입니다`,
  }),
  toSchedules: { en: "every schedule", ko: "모든 스케줄" },
  itIsOver: { en: "It is over", ko: "끝났습니다" },
  deadlock: { en: "deadlock: nobody can go on", ko: "교착: 아무도 나아가지 못합니다" },
  free: { en: "free", ko: "가능" },
  hasEnded: { en: "has ended", ko: "끝났음" },
  notItsTurn: { en: "something else has to happen first", ko: "먼저 다른 일이 있어야 합니다" },
  blockedBy: (tasks: readonly number[], since: number | null): Text => {
    const who = tasks.map((task) => `w${task}`).join(", ");
    return who === ""
      ? { en: "blocked: nothing is there to go on with", ko: "막힘: 나아갈 것이 없습니다" }
      : {
          en: `blocked: waits until ${who} lets go${since === null ? "" : `, since step ${since}`}`,
          ko: `막힘: ${particle(who, "이", "가")} 놓을 때까지 기다림${since === null ? "" : `, ${since}단계부터`}`,
        };
  },
  cannotGo: (key: number, why: string, able: readonly string[]): Text => ({
    en: `${key} cannot go (${why}).${able.length > 0 ? ` Press ${able.join(" or ")}.` : ""}`,
    ko: `${particle(`${key}`, "은", "는")} 갈 수 없습니다(${why}).${able.length > 0 ? ` ${particle(able.join(" 또는 "), "을", "를")} 누르세요.` : ""}`,
  }),
  noChoice: (key: string): Text => ({ en: `there is no choice ${key}`, ko: `${key}번은 없습니다` }),
  taken: (steps: number, switches: number): Text => ({
    en: `${steps} ${steps === 1 ? "step" : "steps"}, ${switches} ${switches === 1 ? "switch" : "switches"}`,
    ko: `${steps}단계, 전환 ${switches}번`,
  }),
  switches: (n: number): Text => ({ en: `${n} ${n === 1 ? "switch" : "switches"}`, ko: `전환 ${n}번` }),
  best: (switches: number, exact: boolean): Text => ({
    en: `best possible ${switches} switches${exact ? "" : " or fewer"}`,
    ko: `최선은 전환 ${switches}번${exact ? "" : " 이하"}`,
  }),
  leads: (wrong: bigint, all: bigint): Text => {
    const [some, every] = [grouped(wrong), grouped(all)];
    return { en: `peek: ${some} of ${every} reach the goal`, ko: `엿보기: ${every}개 중 ${some}개가 목표에 이릅니다` };
  },
  endedRight: (label: string): Text => ({
    en: `It ends at ${label}: right. There are orders that break it: u goes back, i gives a hint.`,
    ko: `${towards(label)} 옳게 끝났습니다. 깨뜨리는 순서가 있습니다. u로 되돌리거나 i로 힌트를 보세요.`,
  }),
  endedRightAlways: (label: string): Text => ({
    en: `It ends at ${label}: right, as in every schedule.`,
    ko: `${towards(label)} 옳게 끝났습니다. 어떤 스케줄에서도 그렇습니다.`,
  }),
  yourScore: (yours: number, best: number, exact: boolean): Text =>
    yours === best
      ? {
          en: `Goal reached with ${yours} switches: nobody can do it with fewer.`,
          ko: `전환 ${yours}번으로 목표 달성. 더 적게는 불가능합니다.`,
        }
      : {
          en: `Goal reached with ${yours} switches; the best possible is ${best}${exact ? "" : " or fewer"}.`,
          ko: `전환 ${yours}번으로 목표 달성. 최선은 ${best}번${exact ? "" : " 이하"}입니다.`,
        },
  sameOrderElsewhere: { en: "The same order under the other strategies", ko: "같은 순서를 다른 전략으로" },
  doesNotApply: { en: "does not apply here", ko: "여기에는 맞지 않습니다" },
  timesWaited: (n: number): Text => ({ en: `${n} ${n === 1 ? "turn" : "turns"} waiting`, ko: `${n}번 기다림` }),
  conflicts: (n: number): Text => ({ en: `${n} ${n === 1 ? "conflict" : "conflicts"}, redone`, ko: `충돌 ${n}번, 다시 함` }),
  yourTries: { en: "Your tries", ko: "내 시도" },

  // How good an end is
  grades: {
    expected: { en: "expected", ko: "기대한 결과" },
    acceptable: { en: "acceptable", ko: "받아들일 만함" },
    interesting: { en: "interesting", ko: "눈여겨볼 것" },
    forbidden: { en: "forbidden", ko: "있으면 안 됨" },
  },

  // Every schedule
  pickEnd: { en: "pick an end", ko: "결과 고르기" },
  nextOfIt: { en: "next schedule of it", ko: "같은 결과의 다음 스케줄" },
  firstOfThem: { en: "this is the first of them", ko: "이것이 첫 번째입니다" },
  lastOfThem: { en: "this is the last of them", ko: "이것이 마지막입니다" },
  ofThem: (n: number, all: string | null): Text =>
    all === null ? { en: `number ${n}`, ko: `${n}번째` } : { en: `${n} of ${all}`, ko: `${all}개 중 ${n}번째` },
  scheduleTo: (label: string): Text => ({ en: `Schedule that ends at ${label}`, ko: `${towards(label)} 끝나는 스케줄` }),
  realRuns: { en: "real runs", ko: "실제 실행" },
  realRunsOf: (runs: string): Text => ({ en: `${runs} real runs`, ko: `실제 실행 ${runs}번` }),
  noFaultsOnThreads: { en: "threads run without faults", ko: "스레드 실행에는 장애를 넣을 수 없습니다" },
  otherStrategy: { en: "other strategy", ko: "다른 전략" },
  howItGrows: { en: "how it grows", ko: "얼마나 커지나" },
  fairWalk: { en: "fair walk", ko: "공평하게" },
  neverSeen: { en: "never seen", ko: "본 적 없음" },
  allOfSchedules: (n: string): Text => ({ en: `${n} schedules, all of them`, ko: `스케줄 ${n}개, 전부` }),
  incomplete: (limits: string): Text => ({ en: `incomplete (${limits}): more may be found`, ko: `일부만 탐색(${limits})` }),
  wrongOfAll: (wrong: string, all: string, share: string): Text => ({
    en: `${wrong} of ${all} schedules are wrong (${share}).`,
    ko: `${all}개 중 ${wrong}개가 틀립니다(${share}).`,
  }),
  holdsInAll: (all: string): Text => ({
    en: `It holds in every one of ${all} schedules.`,
    ko: `${all}개 스케줄 모두에서 옳습니다.`,
  }),
  realRight: (right: string, all: string, share: string): Text => ({
    en: `Real threads were right ${right} of ${all} times (${share}).`,
    ko: `실제 스레드는 ${all}번 중 ${right}번 옳았습니다(${share}).`,
  }),
  possibleUnseen: (ends: string): Text => ({
    en: `Never seen, and possible: ${ends}.`,
    ko: `본 적 없지만 가능한 결과: ${ends}.`,
  }),
  countedNotLikely: { en: "Schedules are counted, not how likely they are.", ko: "스케줄의 수이지, 일어날 확률이 아닙니다." },
  youPredicted: { en: "You predicted", ko: "내 예측" },
  youMissed: { en: "you missed", ko: "놓친 것" },
  smallestWrong: { en: "Smallest way to go wrong", ko: "가장 작게 틀리는 길" },
  smallestTo: (label: string): Text => ({
    en: `Smallest schedule that ends at ${label}`,
    ko: `${towards(label)} 끝나는 가장 작은 스케줄`,
  }),
  statesWord: { en: "states", ko: "상태" },
  wrong: { en: "wrong", ko: "틀림" },
  complete: { en: "complete", ko: "완전 탐색" },
  stoppedEarly: { en: "stopped early", ko: "중간에 멈춤" },
  standFor: (states: string, all: string): Text => ({
    en: `${states} states stand for ${all} schedules`,
    ko: `상태 ${states}개가 스케줄 ${all}개를 대신합니다`,
  }),
  longestHas: (steps: number): Text => ({ en: `longest ${steps} steps`, ko: `가장 긴 것 ${steps}단계` }),

  // Real threads
  /** For those who listen. */
  spoken: {
    course: (lessons: number): Text => ({ en: `racelab, ${count(lessons, "lesson")}.`, ko: `racelab, 레슨 ${lessons}개.` }),
    howToOpen: (title: string): Text => ({
      en: `Chosen: ${title}. Enter alone opens it, a number chooses, question mark lists all keys, q quits.`,
      ko: `고른 레슨: ${title}. Enter만 누르면 열기, 번호는 고르기, 물음표는 모든 키, q는 끝내기입니다.`,
    }),
    lesson: (number: number, title: string): Text => ({ en: `Lesson ${number}, ${title}.`, ko: `레슨 ${number}, ${title}.` }),
    howToGoOn: {
      en: "Enter alone goes on, tab reads the code, question mark lists all keys.",
      ko: "Enter만 누르면 계속, Tab은 코드 읽기, 물음표는 모든 키입니다.",
    },
    typeCommand: { en: "Type words of a command and press Enter.", ko: "명령의 낱말을 입력하고 Enter를 누르세요." },
    typeSearch: { en: "Type what to look for and press Enter.", ko: "찾을 것을 입력하고 Enter를 누르세요." },
    yesOrNo: (question: string): Text => ({ en: `${question} y or n.`, ko: `${question} y는 예, n은 아니요.` }),
    closed: { en: "Closed.", ko: "닫았습니다." },
    keysHere: { en: "Keys; type one and press Enter.", ko: "키 목록입니다. 하나를 입력하고 Enter를 누르세요." },
    key: (keys: readonly string[], does: string, why: string | null): Text => ({
      en: `${keys.join(" or ")}: ${does}${why ? `. Not now: ${why}` : ""}`,
      ko: `${keys.join(" 또는 ")}: ${does}${why ? `. 지금은 안 됩니다: ${why}` : ""}`,
    }),
    noSuspending: {
      en: "Not here: your shell's own key suspends.",
      ko: "여기서는 안 됩니다. 셸의 키로 잠시 멈추세요.",
    },
    openFile: (name: string, line: number | null): Text => ({
      en: `open ${name}${line === null ? "" : ` at line ${line}`} in your editor and save it`,
      ko: `편집기로 ${name} 파일을 열어${line === null ? "" : ` ${line}줄을`} 고치고 저장하세요`,
    }),
    noKey: (key: string): Text => ({
      en: `"${key}" is no key here; question mark lists them.`,
      ko: `"${key}" 키는 여기에 없습니다. 물음표로 모든 키를 볼 수 있습니다.`,
    }),
    opening: (number: number, title: string): Text => ({
      en: `Real threads. Lesson ${number}, ${title}.`,
      ko: `진짜 스레드. 레슨 ${number}, ${title}.`,
    }),
    keys: {
      en: "Enter alone runs it, a number chooses a strategy, tab reads the next text, question mark lists all keys.",
      ko: "Enter만 누르면 실행, 번호는 전략 고르기, Tab은 다음 글 읽기, 물음표는 모든 키입니다.",
    },
    thinkTime: (ms: number): Text => ({
      en: `Think time ${ms} milliseconds between reading and writing.`,
      ko: `읽기와 쓰기 사이에 생각하는 시간 ${ms}밀리초.`,
    }),
    workers: (n: number): Text => ({ en: `${count(n, "worker thread")}.`, ko: `워커 스레드 ${n}개.` }),
    chosen: (id: string, summary: string, cost: string): Text => ({
      en: `Chosen: ${id}. ${summary}. It gives up: ${cost}.`,
      ko: `고른 전략: ${id}. ${summary}. 그 대가: ${cost}.`,
    }),
    notRun: { en: "Not run yet.", ko: "아직 실행하지 않았습니다." },
    running: ({ strategy, workers, requests, think }: Circumstances): Text => ({
      en: `Running ${strategy}: ${count(workers, "worker thread")}, ${count(requests, "request")}, ${think} milliseconds between reading and writing.`,
      ko: `${strategy} 실행 중: 워커 스레드 ${workers}개, 요청 ${requests}개, 읽기와 쓰기 사이 ${think}밀리초.`,
    }),
    doneOf: (done: number, all: number): Text => ({
      en: `${done} of ${all} requests done.`,
      ko: `요청 ${all}개 중 ${done}개 끝남.`,
    }),
    resultOf: (strategy: string): Text => ({ en: `Result of ${strategy}.`, ko: `${strategy} 결과.` }),
    figures: (perSecond: string, p50: string, p99: string, retries: number, waits: number): Text => ({
      en: `${perSecond} operations a second. A request took ${p50} in the middle and ${p99} at the slow end. ${count(retries, "retry", "retries")}, ${count(waits, "wait")} for locks.`,
      ko: `초당 연산 ${perSecond}개. 요청 하나에 중간값 ${p50}, 느린 쪽 끝은 ${p99}. 재시도 ${retries}번, 락 대기 ${waits}번.`,
    }),
    noSteps: { en: "No steps.", ko: "단계가 없습니다." },
    step: (n: number, nth: number, all: number): Text => ({
      en: `Step ${n}, ${nth} of ${all} steps of these requests.`,
      ko: `${n}단계, 이 요청들의 ${all}단계 중 ${nth}번째.`,
    }),
    damage: (done: number, lost: number): Text => ({
      en: `${done} done, ${lost} lost.`,
      ko: `끝난 것 ${done}, 사라진 것 ${lost}.`,
    }),
    lines: (file: string, from: number, to: number): Text => ({
      en: `${file}, lines ${from} to ${to}.`,
      ko: `${file}, ${from}줄부터 ${to}줄까지.`,
    }),
    served: (strategy: string, perSecond: string, p50: string, p99: string): Text => ({
      en: `${strategy}: ${perSecond} requests served a second, ${p50} in the middle, ${p99} at the slow end`,
      ko: `${strategy}: 초당 처리한 요청 ${perSecond}개, 중간값 ${p50}, 느린 쪽 끝 ${p99}`,
    }),
    prices: (lost: string, conflicts: number, retries: number, waits: number): Text => ({
      en: `${lost} lost, ${count(conflicts, "conflict")}, ${count(retries, "retry", "retries")}, ${count(waits, "wait")}`,
      ko: `사라짐 ${lost}, 충돌 ${grouped(conflicts)}번, 재시도 ${grouped(retries)}번, 락 대기 ${grouped(waits)}번`,
    }),
    nothingRun: { en: "Interleaving: nothing has run yet.", ko: "인터리빙: 아직 실행하지 않았습니다." },
  },
  nothingToDraw: { en: "Nothing happened that could be drawn.", ko: "그릴 수 있는 일이 없었습니다." },
  requestNamed: (n: number): Text => ({ en: `Request ${n}`, ko: `요청 ${n}` }),
  stepOfRequests: (n: number, all: number, tasks: readonly number[]): Text => ({
    en: `step ${n} of ${all}, ${
      tasks.length === 1 ? `request ${tasks[0]}` : `requests ${tasks.slice(0, -1).join(", ")} and ${tasks.at(-1)}`
    } only`,
    ko: `${all}단계 중 ${n}단계, 요청 ${tasks.join(", ")}만`,
  }),
  notYet: [
    { en: "Nothing has run under ", ko: "아직 실행하지 않은 전략입니다: " },
    {
      en: " yet. Enter runs it; here you will see who read and who wrote when.",
      ko: ". Enter로 실행하면 누가 언제 읽고 썼는지 여기에 보입니다.",
    },
  ],
  running: { en: "running", ko: "실행 중" },
  doneOf: (requests: number): Text => ({
    en: `of ${count(requests, "request")} done`,
    ko: `/ 요청 ${requests}개`,
  }),
  underWay: (operations: string, running: number): Text => ({
    en: `${operations} operations, ${running} requests under way. Ctrl+C stops it.`,
    ko: `연산 ${operations}개, 진행 중인 요청 ${running}개. Ctrl+C로 멈춥니다.`,
  }),
  givesUp: (cost: string): Text => ({ en: ` gives up: ${cost}.`, ko: `의 대가: ${cost}.` }),
  nextRun: (threads: number, requests: number, think: number): Text => ({
    en: `${count(threads, "thread")}, ${count(requests, "request")}${think > 0 ? `; ${think} ms between reading and writing widens the race` : ""}.`,
    ko: `스레드 ${threads}개, 요청 ${requests}개${think > 0 ? `. 읽기와 쓰기 사이의 ${think}ms가 경쟁의 틈을 넓힙니다` : ""}.`,
  }),
  thinks: (ms: number): Text => ({ en: `think ${ms} ms`, ko: `생각 ${ms}ms` }),
  nextRunIn: (threads: number, requests: number, think: number): readonly Text[] => [
    { en: `${count(threads, "thread")}`, ko: `스레드 ${threads}개` },
    { en: `${count(requests, "request")}`, ko: `요청 ${requests}개` },
    screenWords.thinks(think),
  ],
  runIt: { en: "run it", ko: "실행" },
  runStrategy: (id: string): Text => ({ en: `run ${id}`, ko: `${id} 실행` }),
  strategy: { en: "strategy", ko: "전략" },
  strategyNumber: { en: "strategy with that number", ko: "그 번호의 전략" },
  step: { en: "step", ko: "한 단계" },
  place: { en: "next, previous place", ko: "다음, 이전 지점" },
  placeWord: { en: "place", ko: "지점" },
  nextPlace: (what: string): Text => ({ en: `next/previous ${what}`, ko: `다음/이전 ${what}` }),
  panes: { en: "story, code, lanes", ko: "이야기, 코드, 레인" },
  otherWay: { en: "the other way", ko: "거꾸로" },
  firstStep: { en: "first step", ko: "첫 단계" },
  lastStep: { en: "last step", ko: "마지막 단계" },
  backSwitch: { en: "back to where another request went on", ko: "다른 요청으로 바뀐 이전 지점" },
  nextSwitch: { en: "on to where another request goes on", ko: "다른 요청으로 바뀌는 다음 지점" },
  table: { en: "table", ko: "표" },
  thinkTime: { en: "think time", ko: "생각하는 시간" },
  moreThreads: { en: "more/fewer threads", ko: "스레드 늘리기/줄이기" },
  zoom: { en: "zoom", ko: "확대·축소" },
  zoomFit: { en: "zoom so that it fits", ko: "화면에 맞추기" },
  runUnderWay: { en: "a run is under way: Ctrl+C stops it", ko: "실행 중입니다. Ctrl+C로 멈춥니다" },
  runFirst: { en: "run it first (Enter)", ko: "먼저 실행하세요(Enter)" },
  nowhereElse: { en: "there is nothing else to go to", ko: "더 갈 곳이 없습니다" },
  allOnScreen: { en: "everything is on screen already", ko: "이미 모두 보입니다" },
  noStrategy: (key: string): Text => ({ en: `there is no strategy ${key}`, ko: `${key}번 전략은 없습니다` }),
  allOfThem: { en: "that is all of them", ko: "이것이 전부입니다" },

  // Exercise
  exercise: { en: "Exercise", ko: "연습" },
  noExercise: { en: "this lesson has no exercise", ko: "이 레슨에는 연습이 없습니다" },
  readingFile: { en: "looking at your file", ko: "파일을 보는 중" },
  fileGone: (file: string): Text => ({
    en: `${file} is not there any more: it is checked when it comes back. R begins anew.`,
    ko: `${file} 파일이 없습니다. 다시 생기면 검사합니다. R로 새로 시작할 수 있습니다.`,
  }),
  savedAt: (time: string): Text => ({ en: `saved ${time}`, ko: `${time} 저장` }),
  asFound: { en: "as it is", ko: "지금 그대로" },
  tryNumber: (n: number): Text => ({ en: `try ${n}`, ko: `${n}번째 시도` }),
  everyScheduleOnSave: { en: "Every schedule, checked on save", ko: "저장할 때마다 모든 스케줄 검사" },
  checking: { en: "checking", ko: "검사 중" },
  checkStopped: { en: "stopped: save again to check", ko: "멈춤. 다시 저장하면 검사합니다" },
  tasksOf: (n: number): Text => ({ en: n === 1 ? "1 task" : `${n} tasks`, ko: `작업 ${n}개` }),
  schedulesOf: (n: string): Text => ({ en: n === "1" ? "1 schedule" : `${n} schedules`, ko: `스케줄 ${n}개` }),
  wrongOf: (n: string): Text => ({ en: `${n} wrong`, ko: `${n}개 틀림` }),
  notAllSeen: { en: "not everything could be looked at", ko: "전부 볼 수는 없었습니다" },
  notRun: { en: "not run: first what failed above", ko: "안 함. 위에서 틀린 것부터" },
  shortestFailing: { en: "Shortest failing schedule", ko: "가장 짧은 실패 스케줄" },
  stepsOf: (n: number): Text => ({ en: n === 1 ? "1 step" : `${n} steps`, ko: `${n}단계` }),
  isRight: (schedules: string): Text => ({
    en: `Right: it holds in every one of ${schedules} schedules.`,
    ko: `맞았습니다. 스케줄 ${schedules}개 모두에서 옳습니다.`,
  }),
  protectsTooMuch: (work: string, left: string, possible: string): Text => ({
    en: `But it protects too much: "${work}" and the same on rows of its own have nothing to do with each other. Their steps can be mixed in ${possible} ways, of which yours leaves ${left}. Lock what a request touches, and no more.`,
    ko: `하지만 너무 많이 막습니다. ${particle(`"${work}"`, "과", "와")} 다른 행에서 하는 같은 일은 서로 상관이 없습니다. 단계를 섞는 방법 ${possible}가지 중 ${left}가지만 남았습니다. 요청이 건드리는 것만 잠그세요.`,
  }),
  looksLike: (what: string): Text => ({
    en: `looks like: ${what}. It does the same, operation by operation.`,
    ko: `닮은 오답: ${what}. 연산 하나하나까지 똑같이 움직입니다.`,
  }),
  printed: { en: "your code printed", ko: "내 코드의 출력" },
  brokenProperty: (property: string): Text => ({ en: `broken: ${property}`, ko: `깨진 것: ${property}` }),
  inThisOrder: (schedule: string): Text => ({ en: `in this order: ${schedule}`, ko: `이 순서에서: ${schedule}` }),
  tries: { en: "Tries", ko: "시도" },
  noTries: { en: "Each save adds a line here and keeps a copy.", ko: "저장할 때마다 한 줄이 생기고 사본이 남습니다." },
  tryHead: { en: ["try", "saved", "result", "wrong", "steps"], ko: ["시도", "저장", "결과", "틀림", "단계"] },
  rightTry: { en: "right", ko: "맞음" },
  rightTooMuch: { en: "right, but it does more than it has to", ko: "맞음, 하지만 너무 많이 막음" },
  wrongCounts: { en: "wrong schedules", ko: "틀린 스케줄" },
  hintOf: (n: number, all: number): Text => ({ en: `Hint ${n} of ${all}`, ko: `힌트 ${n} / ${all}` }),
  hintKey: (n: number, all: number): Text => ({ en: `hint (${n} of ${all})`, ko: `힌트 (${n}/${all})` }),
  hints: { en: "Hints", ko: "힌트" },
  noHintYet: {
    en: "i gives the first one; each says more than the one before.",
    ko: "i로 첫 힌트를 봅니다. 갈수록 더 많이 알려 줍니다.",
  },
  allHintsGiven: { en: "these are all the hints", ko: "힌트는 이것이 전부입니다" },
  nextHint: { en: "next hint", ko: "다음 힌트" },
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
  noFailure: { en: "nothing has gone wrong that could be stepped through", ko: "따라가 볼 실패가 없습니다" },
  nextFailing: { en: "next failing schedule", ko: "다음 실패 스케줄" },
  failingSchedule: { en: "Failing schedule", ko: "실패하는 스케줄" },
  failingOf: (n: number, shown: number, all: bigint): Text => {
    const every = grouped(all);
    return BigInt(shown) < all
      ? { en: `${n} of ${shown} shown, ${every} in all`, ko: `보여 주는 ${shown}개 중 ${n}번째, 모두 ${every}개` }
      : { en: `${n} of ${shown}`, ko: `${shown}개 중 ${n}번째` };
  },
  nextLesson: { en: "next lesson", ko: "다음 레슨" },
  showPanes: { en: "file, diff, hints", ko: "파일, 비교, 힌트" },
  toExercise: { en: "back to your file", ko: "내 파일로" },
  onlyOfTheCourse: {
    en: "this is your own file: only strategies of the course can be asked that",
    ko: "내 파일의 스케줄입니다. 과정의 전략에만 물을 수 있습니다",
  },
  saveToCheck: { en: "Save the file to have it checked.", ko: "파일을 저장하면 검사합니다." },

  // What is kept
  standings: {
    new: { en: "", ko: "" },
    opened: { en: "opened", ko: "열어 봄" },
    predicted: { en: "predicted", ko: "예측함" },
    tried: { en: "tried", ko: "시도함" },
    solved: { en: "solved", ko: "풀었음" },
  },
  solvedTooMuch: { en: "solved, with more protection than needed", ko: "풀었음, 필요 이상으로 막음" },
  predictedOf: (right: number, all: number): Text => ({ en: `predicted ${right} of ${all}`, ko: `예측 ${all}개 중 ${right}개` }),
  triesOf: (n: number): Text => ({ en: n === 1 ? "1 try" : `${n} tries`, ko: `시도 ${n}번` }),
  nextUp: { en: "next", ko: "다음" },
  solvedOf: (n: number, all: number): Text => ({ en: `${n} of ${all} solved`, ko: `${all}개 중 ${n}개 풀었음` }),

  // Export
  export: { en: "export", ko: "내보내기" },
  exportTitle: (schedule: string): Text => ({ en: `Export ${schedule}`, ko: `${schedule} 내보내기` }),
  exportFormats: {
    html: { en: "a page to present, works without a network", ko: "발표용 페이지, 네트워크 없이 열림" },
    svg: { en: "a picture of the lanes", ko: "레인 그림" },
    md: { en: "text for a wiki or a pull request", ko: "위키나 풀 리퀘스트에 붙일 글" },
    txt: { en: "what racelab trace prints", ko: "racelab trace 출력 그대로" },
    json: { en: "the trace as data", ko: "데이터로 된 트레이스" },
    cast: { en: "a recording for asciinema", ko: "asciinema 녹화" },
  },

  // The line that is left when the screens are gone
  did: {
    nothing: (command: string): Text => ({
      en: `Nothing was run. Come back with: ${command}`,
      ko: `실행한 것이 없습니다. 다시 오려면: ${command}`,
    }),
    all: (title: string, what: string, command: string): Text => ({
      en: `${title}: ${what}. Go on with: ${command}`,
      ko: `${title}: ${what}. 이어서 하려면: ${command}`,
    }),
    predicted: (right: number, all: number): Text => ({
      en: `predicted ${right} of ${all}`,
      ko: `예측 ${all}개 중 ${right}개 맞음`,
    }),
    looked: (schedule: string): Text => ({ en: `looked at schedule ${schedule}`, ko: `스케줄 ${schedule} 살펴봄` }),
    decided: (orders: number, wrong: number): Text => ({
      en: `decided ${count(orders, "order")}, ${wrong} of them wrong`,
      ko: `직접 고른 순서 ${grouped(orders)}개, 그중 ${wrong}개 틀림`,
    }),
    sawAll: (schedules: string): Text => ({ en: `saw all ${schedules} schedules`, ko: `스케줄 ${schedules}개를 모두 봄` }),
    lost: (strategy: string, lost: number, requests: number): Text => ({
      en: `${strategy} lost ${lost} of ${count(requests, "request")}`,
      ko: `${strategy} 요청 ${grouped(requests)}개 중 ${lost} 사라짐`,
    }),
    compared: (strategies: number, rounds: number): Text => ({
      en: `compared ${count(strategies, "strategy", "strategies")} in ${count(rounds, "round")}`,
      ko: `전략 ${grouped(strategies)}개를 ${grouped(rounds)}라운드 비교`,
    }),
    verdicts: {
      right: { en: "right", ko: "맞음" },
      wrong: { en: "wrong", ko: "틀림" },
      incomplete: { en: "incomplete", ko: "다 보지 못함" },
      error: { en: "error", ko: "오류" },
    },
    tried: (tries: number, last: string): Text => ({
      en: `${tries === 1 ? "1 try" : `${tries} tries`}, the last one ${last}`,
      ko: `시도 ${tries}번, 마지막은 ${last}`,
    }),
  },

  // The terminal
  copy: { en: "copy the screen", ko: "화면 복사" },
  copied: (taken: boolean, file: string | null): Text => {
    const where = file === null ? { en: "", ko: "" } : { en: `in ${file}`, ko: file };
    if (!taken)
      return file === null
        ? { en: "too much to copy", ko: "복사하기에는 너무 큽니다" }
        : { en: `copied: it is ${where.en}`, ko: `복사했습니다: ${where.ko}` };
    return file === null
      ? { en: "copied, if your terminal takes it", ko: "터미널이 지원하면 복사되었습니다" }
      : {
          en: `copied; if your terminal does not take it, it is ${where.en}`,
          ko: `복사했습니다. 터미널이 지원하지 않으면 여기에 있습니다: ${where.ko}`,
        };
  },
  // Compare
  compare: { en: "Compare", ko: "비교" },
  strategies: { en: "Strategies", ko: "전략" },
  whereTimeGoes: { en: "Where the time goes", ko: "시간을 쓴 곳" },
  whatMayBeSaid: { en: "What may be said", ko: "말할 수 있는 것" },
  overWhat: {
    workers: { en: "More workers", ko: "워커를 늘리면" },
    keys: { en: "More keys", ko: "키를 늘리면" },
    "in-flight": { en: "More at once", ko: "동시 요청을 늘리면" },
    think: { en: "More thinking", ko: "생각하는 시간을 늘리면" },
  },
  holdNumbers: { en: "hold the numbers", ko: "숫자 멈춰 두기" },
  goOnNumbers: { en: "live again", ko: "다시 실시간으로" },
  held: { en: "held: measuring goes on", ko: "멈춰 둠: 측정은 계속됩니다" },
  compareNow: { en: "compare again", ko: "다시 비교" },
  stop: { en: "stop", ko: "멈추기" },
  inOrOut: { en: "in or out", ko: "넣기, 빼기" },
  inOrOutNumber: { en: "the strategy with that number in or out", ko: "그 번호의 전략 넣기, 빼기" },
  leftOut: { en: "left out", ko: "빠짐" },
  oneAtLeast: { en: "one strategy at least has to take part", ko: "전략이 하나는 있어야 합니다" },
  sweepNow: { en: "sweep workers and keys", ko: "워커와 키 바꿔 가며" },
  comparePanes: { en: "figures, time, charts", ko: "수치, 시간, 그래프" },
  moreKeys: { en: "fewer/more keys", ko: "키 줄이기/늘리기" },
  moreInFlight: { en: "more/fewer in flight", ko: "동시 요청 늘리기/줄이기" },
  noKeys: { en: "this lesson has no keys to spread its requests over", ko: "이 레슨에는 요청을 나눌 키가 없습니다" },
  copyFigures: { en: "copy", ko: "복사" },
  notMeasured: { en: "nothing has been measured yet", ko: "아직 잰 것이 없습니다" },
  warmingUp: { en: "warming up", ko: "준비 운동" },
  startingThreads: { en: "starting threads", ko: "스레드 시작" },
  roundOf: (round: number, all: number): Text => ({ en: `round ${round} of ${all}`, ko: `${all}라운드 중 ${round}` }),
  figuresOf: (rounds: number, warmUp: number, requests: number): Text => ({
    en: `${rounds} rounds of ${requests} requests in turn, ${warmUp} to warm up dropped`,
    ko: `요청 ${requests}개씩 번갈아 ${rounds}라운드, 준비 ${warmUp}라운드 제외`,
  }),
  moreThanCores: (workers: number, cores: number): Text => ({
    en: `${workers} workers on ${cores} cores: times include waiting for a core.`,
    ko: `코어 ${cores}개에 워커 ${workers}개: 코어를 기다린 시간도 들어 있습니다.`,
  }),
  pressF: { en: "f measures it, every strategy at each of these values.", ko: "f를 누르면 값마다 모든 전략을 잽니다." },
  cores: (n: number): Text => ({ en: count(n, "core"), ko: `코어 ${n}개` }),
  workers: (n: number): Text => ({ en: count(n, "worker"), ko: `워커 ${n}개` }),
  inFlightEach: (n: number): Text => ({ en: `${n} in flight each`, ko: `각각 동시에 ${n}개` }),
  keysOf: (n: number): Text => ({ en: count(n, "key"), ko: `키 ${n}개` }),
  partOf: (n: number, all: number): Text => ({ en: `${n} of ${all}`, ko: `${n}/${all}` }),
  firstValue: { en: "The first value is being measured.", ko: "첫 값을 재는 중입니다." },
} as const;
