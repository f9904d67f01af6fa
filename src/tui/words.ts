/**
 * What several screens say, in the languages of the course. The words of one screen are in its folder
 * (`screens/<name>/words.ts`), words that commands say as well in `report/words.ts`. Lessons, checkers and strategies
 * have their own.
 */
import { particle, towards } from "../core/korean.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import { reportWords } from "../report/words.js";

/** The text in the language of the learner. */
export const say = (text: Text, { language }: { readonly language: Language }): string => inLanguage(text, language);

/** Names of the stages on the rail; short ones for narrow windows. */
const stageNames = {
  story: { en: "story", ko: "이야기" },
  predict: { en: "predict", ko: "예측" },
  watch: { en: "watch", ko: "보기" },
  decide: { en: "you decide", ko: "내가 고르기" },
  decideShort: { en: "decide", ko: "고르기" },
  schedules: { en: "every order", ko: "모든 순서" },
  schedulesShort: { en: "orders", ko: "순서" },
  threads: { en: "threads", ko: "스레드" },
  compare: { en: "compare", ko: "비교" },
  exercise: { en: "fix it", ko: "고치기" },
  exerciseShort: { en: "fix", ko: "고치기" },
} as const;

export const screenWords = {
  // Names of screens and panes
  story: { en: "Story", ko: "이야기" },
  interleaving: { en: "Interleaving", ko: "인터리빙" },
  search: { en: "Search", ko: "탐색" },
  strategies: { en: "Strategies", ko: "전략" },
  code: { en: "Code", ko: "코드" },
  why: { en: "Why", ko: "왜" },
  commands: { en: "Commands", ko: "명령" },
  keys: { en: "Keys", ko: "키" },

  mouseKey: { en: "mouse on or off", ko: "마우스 켜기, 끄기" },
  mouse: {
    on: {
      en: "the mouse is on: the wheel steps, a click on a stage opens it; Shift selects text; m turns it off",
      ko: "마우스를 켰습니다. 휠로 한 단계씩, 스테이지를 누르면 열립니다. 글을 선택할 때는 Shift를 누르세요. m으로 끕니다",
    },
    off: { en: "the mouse is off: text can be selected as usual", ko: "마우스를 껐습니다. 글을 그대로 선택할 수 있습니다" },
    none: { en: "there is no mouse here", ko: "여기에는 마우스가 없습니다" },
  },
  // Keys of every screen, and of what lies over one
  back: { en: "lessons", ko: "레슨 목록" },
  oneBack: { en: "back", ko: "뒤로" },
  stage: { en: "stage", ko: "스테이지 이동" },
  present: { en: "present this lesson to a room", ko: "이 레슨을 발표하기" },
  stageList: { en: "stages of the lesson", ko: "레슨의 스테이지" },
  complete: { en: "complete", ko: "완성" },
  /** What `:` takes with a word behind it. */
  phrases: {
    lesson: { en: "open a lesson", ko: "레슨 열기" },
    with: { en: "under another strategy", ko: "다른 전략으로" },
    size: (name: string): Text => ({ en: `number of ${name}`, ko: `${name} 수` }),
    fault: { en: "let a fault happen once", ko: "장애를 한 번 넣기" },
    order: { en: "this order", ko: "이 순서로" },
    threads: { en: "worker threads", ko: "워커 스레드 수" },
    think: { en: "milliseconds between reading and writing", ko: "읽기와 쓰기 사이의 밀리초" },
  },
  stages: stageNames,
  wayThrough: { en: "The way through this lesson", ko: "이 레슨의 길" },
  itsStrategies: { en: "The strategies of this lesson", ko: "이 레슨의 전략" },
  whatTheyCost: { en: "and what they cost", ko: "그리고 그 대가" },
  keysEverywhere: { en: "Keys everywhere", ko: "어디서나 쓰는 키" },
  everyKey: [
    { key: "Enter", does: { en: "goes on", ko: "계속" } },
    {
      key: "1-8",
      does: { en: "the stages; where digits choose, g comes first", ko: "스테이지. 숫자로 고르는 화면에서는 g를 먼저" },
    },
    { key: "Esc", does: { en: "one level up", ko: "한 단계 위로" } },
    {
      key: ":",
      does: {
        en: "commands with a word: lesson 9, with mutex, order 1221",
        ko: "낱말을 붙이는 명령: lesson 9, with mutex, order 1221",
      },
    },
    { key: "/", does: { en: "find while you type", ko: "입력하면서 찾기" } },
    { key: "?", does: { en: "all keys, and what the marks mean", ko: "단축키와 기호의 뜻" } },
  ],
  /** By the id of the stage's screen. */
  way: [
    {
      id: "story",
      name: stageNames.story,
      says: { en: "who wants what, and the code that does it", ko: "누가 무엇을 원하는지, 그리고 그 코드" },
    },
    {
      id: "predict",
      name: stageNames.predict,
      says: { en: "say what can happen, before it is shown", ko: "보기 전에 무슨 일이 가능한지 말해 보기" },
    },
    {
      id: "interleaving",
      name: stageNames.watch,
      says: { en: "one order that goes wrong, step by step", ko: "틀리는 순서 하나를 한 단계씩" },
    },
    {
      id: "decide",
      name: stageNames.decide,
      says: { en: "you choose who goes next, and break it yourself", ko: "다음 차례를 직접 골라 깨뜨리기" },
    },
    {
      id: "schedules",
      name: stageNames.schedules,
      says: { en: "how many orders there are, and how many go wrong", ko: "순서가 몇 개이고 몇 개가 틀리는지" },
    },
    { id: "threads", name: stageNames.threads, says: { en: "the same code on real threads", ko: "같은 코드를 실제 스레드에서" } },
    { id: "compare", name: stageNames.compare, says: { en: "what each protection costs", ko: "보호마다 드는 대가" } },
    {
      id: "exercise",
      name: stageNames.exercise,
      says: { en: "write the protection, and have every order checked", ko: "보호를 직접 쓰고 모든 순서로 검사받기" },
    },
  ],
  groups: {
    screen: { en: "This screen", ko: "이 화면" },
    move: { en: "Move", ko: "움직이기" },
    go: { en: "Go to", ko: "가기" },
    everywhere: { en: "Everywhere", ko: "어디서나" },
  },
  doneOf: (done: number, all: number): Text => ({ en: `${done} of ${all} done`, ko: `${all}개 중 ${done}개 마침` }),
  quit: { en: "quit", ko: "끝내기" },
  allKeys: { en: "all keys", ko: "단축키" },
  keysAndMarks: { en: "keys, marks", ko: "키·기호" },
  marks: { en: "Marks in the picture", ko: "그림의 기호" },
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
  suspend: { en: "suspend; fg comes back", ko: "잠시 멈춤, fg로 돌아오기" },
  interrupt: { en: "stop what is under way, else quit", ko: "하던 일 멈추기, 없으면 끝내기" },
  copy: { en: "copy the screen", ko: "화면 복사" },
  yes: { en: "yes", ko: "예" },
  no: { en: "no", ko: "아니요" },

  // Keys of several screens
  goOn: { en: "go on", ko: "계속" },
  seeIt: { en: "step through it", ko: "한 단계씩 보기" },
  hint: { en: "hint", ko: "힌트" },
  stop: { en: "stop", ko: "멈추기" },
  scrollText: { en: "scroll the text", ko: "글 스크롤" },
  otherWay: { en: "the other way", ko: "거꾸로" },
  step: { en: "step", ko: "한 단계" },
  nextStep: { en: "next step", ko: "다음 단계" },
  firstStep: { en: "first step", ko: "첫 단계" },
  lastStep: { en: "last step", ko: "마지막 단계" },
  table: { en: "table", ko: "표" },
  zoom: { en: "zoom", ko: "확대·축소" },
  zoomFit: { en: "zoom so that it fits", ko: "화면에 맞추기" },
  thinkTime: { en: "think time", ko: "생각 시간" },
  thinks: (ms: number): Text => ({ en: `think ${ms} ms`, ko: `생각 시간 ${ms}ms` }),
  moreThreads: { en: "how many threads", ko: "스레드 몇 개" },

  // One of several broken properties
  otherProperty: { en: "other broken property", ko: "깨진 다른 속성" },
  noOtherProperty: { en: "no other property is broken", ko: "깨진 속성이 더 없습니다" },
  breaks: (property: string): Text => ({ en: `Breaks: ${property}`, ko: `깨짐: ${property}` }),
  brokenOf: (n: number, all: number): Text => ({ en: `property ${n} of ${all} broken`, ko: `깨진 속성 ${all}개 중 ${n}번째` }),

  // Why a key does nothing
  notNow: (why: string): Text => ({ en: `not now: ${why}`, ko: `지금은 안 됩니다: ${why}` }),
  stillSearching: { en: "the search is not over yet", ko: "탐색이 아직 끝나지 않았습니다" },
  runUnderWay: { en: "a run is under way: Ctrl+C stops it", ko: "실행 중입니다. Ctrl+C로 멈춥니다" },
  nowhereElse: { en: "there is nothing else to go to", ko: "더 갈 곳이 없습니다" },
  allOnScreen: { en: "everything is on screen already", ko: "이미 모두 보입니다" },
  firstOfThem: { en: "this is the first of them", ko: "이것이 첫 번째입니다" },
  lastOfThem: { en: "this is the last of them", ko: "이것이 마지막입니다" },
  nothingToFind: { en: "there is nothing to look through here", ko: "여기에는 찾아볼 것이 없습니다" },

  // Notices
  noCommand: { en: "no command has these words", ko: "그런 명령은 없습니다" },
  noScreen: (id: string): Text => ({ en: `there is no screen ${id}`, ko: `${id} 화면은 없습니다` }),
  notFound: (what: string): Text => ({ en: `"${what}" is not here`, ko: `${particle(`"${what}"`, "은", "는")} 여기 없습니다` }),
  foundAt: (n: number, all: number, what: string): Text => ({
    en: `${n} of ${all} with "${what}"   n p next, previous   Esc ends the search`,
    ko: `"${what}" ${all}개 중 ${n}번째   n p 다음, 이전   Esc 찾기 끝`,
  }),
  stopped: { en: "stopped: what was done until then is not counted", ko: "멈췄습니다. 그때까지 한 것은 세지 않습니다" },
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

  // What does not fit into the window
  tooSmall: (columns: number, rows: number, is: { readonly columns: number; readonly rows: number }): Text => ({
    en: `racelab needs ${columns} x ${rows}, this window is ${is.columns} x ${is.rows}.`,
    ko: `racelab에는 ${columns} x ${rows} 창이 필요합니다. 이 창은 ${is.columns} x ${is.rows}입니다.`,
  }),
  makeItLarger: {
    en: "Make it larger: everything is kept. Until then all keys are off but one.",
    ko: "창을 키우세요. 모두 그대로 남아 있습니다. 그때까지는 키 하나만 됩니다.",
  },
  linesSeen: (from: number, to: number, all: number): Text => ({
    en: `${from}-${to} of ${all}, PgDn`,
    ko: `${from}-${to} / ${all}, PgDn`,
  }),
  moreInState: (n: number): Text => ({ en: `${n} more`, ko: `${n}개 더` }),
  moreRows: (n: number): Text => ({ en: `${n} more in a taller window`, ko: `${n}개 더 있습니다. 창을 높이면 보입니다` }),

  // Counts
  /** `2 tasks`. In Korean, sizes other than tasks, and faults, have the names that are typed. */
  sized: (name: string, n: number): Text => ({
    en: `${n} ${n === 1 ? name.replace(/s$/, "") : name}`,
    ko: name === "tasks" ? `작업 ${n}개` : `${name} ${n}`,
  }),
  states: (n: string): Text => ({ en: `${n} states`, ko: `상태 ${n}개` }),
  stepsOf: (n: number): Text => ({ en: n === 1 ? "1 step" : `${n} steps`, ko: `${n}단계` }),
  switches: (n: number): Text => ({ en: `${n} ${n === 1 ? "switch" : "switches"}`, ko: `전환 ${n}번` }),

  // One order under several strategies
  replays: {
    doesNotApply: { en: "does not apply here", ko: "여기에는 맞지 않습니다" },
    timesWaited: (n: number): Text => ({ en: `${n} ${n === 1 ? "turn" : "turns"} waiting`, ko: `${n}번 기다림` }),
    conflicts: (n: number): Text => ({ en: `${n} ${n === 1 ? "conflict" : "conflicts"}, redone`, ko: `충돌 ${n}번, 다시 함` }),
    deadlock: { en: "deadlock: nobody can go on", ko: "데드락: 아무도 나아가지 못합니다" },
  },
  faults: {
    crash: { en: "a process crashes once", ko: "프로세스가 한 번 죽음" },
    restart: { en: "a process crashes and starts again", ko: "프로세스가 죽고 다시 시작함" },
    "lost-reply": { en: "a reply is lost once", ko: "응답이 한 번 사라짐" },
    expire: { en: "a lease expires once", ko: "리스가 한 번 만료됨" },
    redeliver: { en: "a message comes twice", ko: "메시지가 두 번 옴" },
    elapse: { en: "a lock timeout runs out", ko: "락 대기 시간이 다 됨" },
  } as Readonly<Record<string, Text>>,

  // A search under way
  searching: { en: "searching every schedule", ko: "모든 스케줄 탐색 중" },
  stopHint: { en: "Ctrl+C stops it; all other keys go on working.", ko: "Ctrl+C로 멈춥니다. 다른 키는 그대로 됩니다." },
  nothingToShow: { en: "There is nothing to show.", ko: "보여 줄 것이 없습니다." },

  // The state after a step
  atTheStart: { en: "Before the first step", ko: "첫 단계 전" },
  stateAfter: (n: number): Text => ({ en: `State after step ${n}`, ko: `${n}단계 뒤의 상태` }),
  stepOf: (n: number, all: number): Text => ({ en: `Step ${n} of ${all}`, ko: `${all}단계 중 ${n}단계` }),
  wasBefore: (value: string): Text => ({ en: `was ${value} before this step`, ko: `이 단계 전에는 ${value}` }),
  canStillEnd: { en: "can still end at", ko: "아직 가능한 결과" },
  canEnd: { en: "can end at", ko: "가능한 결과" },
  noReturnSince: (step: number): Text => ({
    en: `since step ${step} it can no longer end right`,
    ko: `${step}단계부터는 올바른 결과에 이를 수 없습니다`,
  }),
  next: { en: "next:", ko: "다음:" },
  waitsFor: (who: readonly string[]): Text => {
    return {
      en: `waits${who.length > 0 ? ` for ${who.join(" and ")}` : ""}`,
      ko: `${who.length > 0 ? `${who.join(", ")} ` : ""}기다림`,
    };
  },
  holds: (value: string): Text => ({ en: `holds ${value}`, ko: `사본 ${value}` }),
  holdsStale: (value: string, since: number): Text => ({
    en: `holds ${value}, stale since step ${since}`,
    ko: `사본 ${value}, ${since}단계부터 낡음`,
  }),

  // What a step means
  nothingYet: { en: "Nothing has happened yet. → takes the first step.", ko: "아직 아무 일도 없었습니다. →로 첫 단계를 봅니다." },
  lastChance: {
    en: "This was the last chance: from here on every order ends wrong, though nothing looks wrong yet.",
    ko: "여기가 마지막 기회였습니다. 이제 어떤 순서로 가도 결과가 잘못되지만, 겉으로는 아직 멀쩡해 보입니다.",
  },
  endsRight: (label: string): Text => ({
    en: `It ends at ${label}, as it should.`,
    ko: `${towards(label)} 끝납니다. 올바른 결과입니다.`,
  }),

  standstill: { en: "nobody can go on", ko: "아무도 나아갈 수 없습니다" },

  // How far the learner is with a lesson
  standings: {
    new: { en: "", ko: "" },
    opened: reportWords.opened,
    predicted: { en: "predicted", ko: "예측함" },
    tried: { en: "tried", ko: "시도함" },
    solved: reportWords.solved,
  },
  solvedTooMuch: { en: "solved, with more protection than needed", ko: "풀었음, 필요 이상으로 보호함" },
  predictedOf: (right: number, all: number): Text => ({
    en: `predicted ${right} of ${all}`,
    ko: `예측 ${all}개 중 ${right}개 맞음`,
  }),
  triesOf: (n: number): Text => ({ en: n === 1 ? "1 try" : `${n} tries`, ko: `시도 ${n}번` }),

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

  /** The line on the normal screen after the end. */
  closing: {
    nothing: (command: string): Text => ({
      en: `Nothing was run. Come back with: ${command}`,
      ko: `실행한 것이 없습니다. 다시 오려면: ${command}`,
    }),
    all: (title: string, what: string, command: string): Text => ({
      en: `${title}: ${what}. Go on with: ${command}`,
      ko: `${title}: ${what}. 이어서 하려면: ${command}`,
    }),
  },

  /** Read aloud. */
  spoken: {
    typeCommand: { en: "Type words of a command and press Enter.", ko: "명령의 낱말을 입력하고 Enter를 누르세요." },
    typeSearch: { en: "Type what to look for and press Enter.", ko: "찾을 것을 입력하고 Enter를 누르세요." },
    yesOrNo: (question: string): Text => ({ en: `${question} y or n.`, ko: `${question} y는 예, n은 아니요.` }),
    closed: { en: "Closed.", ko: "닫았습니다." },
    keysHere: { en: "Keys; type one and press Enter.", ko: "단축키 목록입니다. 하나를 입력하고 Enter를 누르세요." },
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
      ko: `"${key}" 단축키는 여기에 없습니다. 물음표로 단축키 목록을 볼 수 있습니다.`,
    }),
    lines: (file: string, from: number, to: number): Text => ({
      en: `${file}, lines ${from} to ${to}.`,
      ko: `${file}, ${from}줄부터 ${to}줄까지.`,
    }),
  },
} as const;
