/**
 * What the commands of learners say, in the languages of the course. Lessons, checkers and strategies have their own
 * words. The names of JSON fields and all names that are typed (ids, options, schedules, sizes, faults, properties) are the
 * same in both languages, and so are the names and labels that a lesson gives its ends. Wrong use and faults of a lesson, which
 * its author reads, are whole sentences in English. No sentence mixes both (`core/messages.ts` for what comes from elsewhere).
 */

import { withoutCredentials } from "../core/credentials.js";
import { particle, towards } from "../core/korean.js";
import { inLanguage, type Text } from "../core/language.js";
import { messageIn } from "../core/messages.js";
import type { Both } from "../report/limits.js";
import { reportWords } from "../report/words.js";
import { count, grouped } from "./out.js";

type Number = number | bigint;
const g = grouped;

/** "PostgreSQL 15.20 (postgres://localhost/shop)"; the URL alone where the server does not tell. */
const serverAt = (server: string | null, url: string): string =>
  server === null ? withoutCredentials(url) : `${server} (${withoutCredentials(url)})`;

/** A number of something. */
export const counted = {
  schedules: (n: Number): Text => ({ en: count(n, "schedule"), ko: `스케줄 ${g(n)}개` }),
  traces: (n: Number): Text => ({ en: count(n, "trace"), ko: `트레이스 ${g(n)}개` }),
  states: (n: Number): Text => ({ en: count(n, "state"), ko: `상태 ${g(n)}개` }),
  steps: (n: Number): Text => ({ en: count(n, "step"), ko: `${g(n)}단계` }),
  tasks: (n: Number): Text => ({ en: count(n, "task"), ko: `작업 ${g(n)}개` }),
  switches: (n: Number): Text => ({ en: count(n, "switch", "switches"), ko: `전환 ${g(n)}번` }),
  preemptions: (n: Number): Text => ({ en: count(n, "preemption"), ko: `선점 ${g(n)}번` }),
  executions: (n: Number): Text => ({ en: count(n, "execution"), ko: `실행 ${g(n)}번` }),
  tries: (n: Number): Text => ({ en: count(n, "try", "tries"), ko: `시도 ${g(n)}번` }),
  turnsWaiting: (n: Number): Text => ({ en: count(n, "turn waiting", "turns waiting"), ko: `${g(n)}번 기다림` }),
  conflicts: (n: Number): Text => ({ en: count(n, "conflict"), ko: `충돌 ${g(n)}번` }),
  lines: (n: Number): Text => ({ en: count(n, "line"), ko: `${g(n)}줄` }),
  hints: (n: Number): Text => ({ en: count(n, "hint"), ko: `힌트 ${g(n)}개` }),
  threads: (n: Number): Text => ({ en: count(n, "worker thread"), ko: `워커 스레드 ${g(n)}개` }),
  requests: (n: Number): Text => ({ en: count(n, "request"), ko: `요청 ${g(n)}개` }),
};

/** What an exploration counts: with `--verdict-only` one schedule stands for all of its trace. */
type Counted = "schedule" | "trace";
const countedInKorean: { readonly [what in Counted]: string } = { schedule: "스케줄", trace: "트레이스" };

export const commandWords = {
  wrongOf: (wrong: Number, all: Number): Text => ({ en: `${g(wrong)} of ${g(all)}`, ko: `${g(all)}개 중 ${g(wrong)}개` }),
  next: (command: string): Text => ({ en: `next: ${command}`, ko: `다음: ${command}` }),
  task: (n: number): Text => ({ en: `task ${n}`, ko: `작업 ${n}` }),
  tasks: (ns: readonly number[]): Text => ({ en: `task ${ns.join(" and ")}`, ko: `작업 ${ns.join(", ")}` }),
  heading: (command: string, lesson: string, strategy: string, size: string): Text => ({
    en: `${command}: ${lesson}, strategy ${strategy}, ${size}`,
    ko: `${command}: ${lesson}, 전략 ${strategy}, ${size}`,
  }),

  // list
  lessons: (all: number, solved: number): Text => ({
    en: `racelab lessons: ${all}, solved: ${solved}`,
    ko: `racelab 레슨 ${all}개, 푼 것 ${solved}개`,
  }),
  predicted: reportWords.predicted,
  solved: reportWords.solved,
  solvedTooMuch: { en: "solved, with more protection than needed", ko: "풀었음, 필요 이상으로 보호함" },
  opened: reportWords.opened,
  nextOne: (said: string): Text => ({ en: `next: ${said}`, ko: `다음: ${said}` }),
  allSolved: { en: "all solved", ko: "모두 풀었습니다" },
  openOne: (command: string): Text => ({ en: `open one: ${command}`, ko: `하나 열기: ${command}` }),

  // stack
  stacksOf: (names: readonly string[]): Text => ({
    en: `sql, and: ${names.join(", ")}`,
    ko: `sql, 그리고: ${names.join(", ")}`,
  }),
  cost: (cost: string): Text => ({ en: `cost: ${cost}`, ko: `비용: ${cost}` }),
  sqlFor: (database: string, lesson: string | null): Text =>
    lesson === null
      ? { en: database, ko: database }
      : { en: `${database}: one request of ${lesson}`, ko: `${database}: ${lesson}의 요청 하나` },
  solutionInSql: (lesson: string): Text => ({
    en: `the solution of ${lesson}, as SQL: one request, alone`,
    ko: `${lesson}의 모범 답안을 SQL로: 요청 하나, 혼자일 때`,
  }),
  alsoHold: { en: "strategies that hold here, in your stack:", ko: "여기서 성립하는 전략, 여러분의 스택으로:" },
  snippetKnown: (stack: string, known: "test" | "ran" | "read"): Text => ({
    en: `${stack} (${{ test: "run by racelab's tests", ran: "run by hand", read: "from the documentation, not run" }[known]})`,
    ko: `${stack} (${{ test: "racelab의 테스트가 실행함", ran: "직접 실행해 봄", read: "문서에서 읽음, 실행하지 않음" }[known]})`,
  }),
  sessionMethods: {
    en: "what a strategy can ask of its session, with an example and its SQL (PostgreSQL)",
    ko: "전략이 세션에 요청할 수 있는 것, 예와 그 SQL(PostgreSQL)",
  },
  methodNeeds: (call: string, needs: readonly string[]): Text =>
    needs.length === 0
      ? { en: call, ko: call }
      : { en: `${call}  needs ${needs.join(", ")}`, ko: `${call}  필요한 것: ${needs.join(", ")}` },
  refusedBy: (what: string): Text => ({ en: `refused: ${what}`, ko: `거절: ${what}` }),
  trap: (what: string): Text => ({ en: `trap: ${what}`, ko: `함정: ${what}` }),
  noSnippet: (strategy: string, stack: string): Text => ({
    en: `${strategy} has nothing of its own in ${stack}. next: racelab stack ${strategy}`,
    ko: `${strategy} 전략은 ${stack}에서 따로 쓰는 것이 없습니다. 다음: racelab stack ${strategy}`,
  }),

  // predict
  questions: (lesson: string, n: number): Text => ({
    en: `predict: ${lesson}, ${count(n, "question")}`,
    ko: `predict: ${lesson}, 질문 ${n}개`,
  }),
  asksNothing: (lesson: string): Text => ({
    en: `this lesson asks nothing. next: racelab decide ${lesson}`,
    ko: `이 레슨에는 질문이 없습니다. 다음: racelab decide ${lesson}`,
  }),
  howToAnswer: (command: string): Text => ({
    en: `answer: ${command} (the numbers of what you choose: a semicolon between two questions, commas between several answers to one)`,
    ko: `답하기: ${command} (고른 것의 번호. 질문 사이에는 세미콜론, 한 질문에 답이 여럿이면 쉼표)`,
  }),
  manyMayBeRight: reportWords.manyMayBeRight,
  scored: (right: number, all: number, command: string): Text => ({
    en: `${right} of ${all} right. next: ${command}`,
    ko: `${all}개 중 ${right}개 맞음. 다음: ${command}`,
  }),
  right: { en: "ok", ko: "맞음" },
  missed: { en: "MISSED", ko: "놓침" },
  impossible: { en: "IMPOSSIBLE", ko: "불가능" },
  possible: reportWords.possible,
  said: { en: "said", ko: "고름" },

  // explore
  complete: (schedules: string, states: string, longest: string): Text => ({
    en: `complete: ${schedules}, ${states}, the longest has ${longest}`,
    ko: `완전 탐색: ${schedules}, ${states}, 가장 긴 것은 ${longest}`,
  }),
  incomplete: (limits: string, share: string): Text => ({
    en: `incomplete (${limits}): ${share} was looked at; more can be found beyond`,
    ko: `일부만 탐색(${limits}): ${share}를 봤습니다. 그 밖에서 더 나올 수 있습니다`,
  }),
  incompleteTraces: (limits: string, traces: string, steps: string): Text => ({
    en: `incomplete (${limits}): ${traces} were followed to their end, ${steps}; more can be found beyond`,
    ko: `일부만 탐색(${limits}): ${traces}를 끝까지 따라갔습니다(${steps}). 그 밖에서 더 나올 수 있습니다`,
  }),
  endsAt: reportWords.endsAt,
  schedulesColumn: reportWords.schedules,
  tracesColumn: { en: "traces", ko: "트레이스" },
  share: reportWords.share,
  fairWalk: { en: "random walk", ko: "랜덤 워크" },
  more: (n: number): Text => ({ en: `and ${n} more, see --json`, ko: `그 밖에 ${n}개는 --json으로` }),
  grades: reportWords.grades,
  breaks: (property: string): Text => ({ en: `it breaks: ${property}`, ko: `깨지는 것: ${property}` }),
  smallest: (schedule: string, how: string): Text => ({
    en: `smallest way to go wrong: ${schedule} (${how})`,
    ko: `가장 작은 반례: ${schedule} (${how})`,
  }),
  brokenEndlessly: { en: "in schedules without end", ko: "끝나지 않는 스케줄에서" },
  brokenIn: (wrong: Number, all: Number, what: Counted): Text => ({
    en: `in ${g(wrong)} of ${count(all, what)}`,
    ko: `${countedInKorean[what]} ${g(all)}개 중 ${g(wrong)}개에서`,
  }),
  goWrong: (wrong: Number, all: Number, what: Counted): Text => ({
    en: `${count(wrong, what)} of ${g(all)} ${Number(wrong) === 1 ? "goes" : "go"} wrong`,
    ko: `${countedInKorean[what]} ${g(all)}개 중 ${g(wrong)}개에서 결과가 잘못됩니다`,
  }),
  brokenUnfollowed: {
    en: "in a schedule that was not followed to its end",
    ko: "끝까지 따라가지 않은 스케줄에서",
  },
  goWrongUnfollowed: (followed: Number): Text => ({
    en: `a schedule goes wrong that was not followed to its end; ${g(followed)} ${Number(followed) === 1 ? "was" : "were"} followed`,
    ko: `끝까지 따라가지 않은 스케줄이 틀립니다. 끝까지 따라간 것은 ${g(followed)}개입니다`,
  }),
  goWrongOrOnForEver: (wrong: Number, all: Number): Text => ({
    en: `of the ${count(all, "schedule")} that end, ${g(wrong)} go wrong; others never end`,
    ko: `끝나는 스케줄 ${g(all)}개 중 ${g(wrong)}개가 틀리고, 끝나지 않는 스케줄도 있습니다`,
  }),
  holdsInAll: (all: string): Text => ({
    en: `ok   it holds in every one of ${all}`,
    ko: `ok   ${all} 모두에서 규칙이 지켜집니다`,
  }),
  sampled: (executions: string, scheduler: string, seed: number): Text => ({
    en: `${executions} by ${scheduler}, seed ${seed}: a sample only`,
    ko: `${towards(scheduler)} ${executions}, 시드 ${seed}: 전부가 아닙니다`,
  }),
  sampleStopped: (limits: string, done: Number, asked: Number): Text => ({
    en: `stopped (${limits}) after ${g(done)} of ${g(asked)}`,
    ko: `${g(asked)}번 중 ${g(done)}번에서 멈췄습니다(${limits})`,
  }),
  sampledFail: (wrong: Number, all: Number, example: string): Text => ({
    en: `in ${g(wrong)} of ${g(all)}, for example ${example}`,
    ko: `${g(all)}번 중 ${g(wrong)}번, 예를 들면 ${example}`,
  }),
  nothingSeen: {
    en: "inconclusive: nothing wrong was seen in these",
    ko: "결론 없음: 이 실행들에서는 틀린 것을 보지 못했습니다",
  },
  progress: (share: string, states: string, rate: string): Text => ({
    en: `${share} of all schedules, ${states} states${rate && `, ${rate} states a second`}`,
    ko: `전체 스케줄의 ${share}, 상태 ${states}개${rate && `, 초당 ${rate}개`}`,
  }),

  // trace
  schedule: (schedule: string, steps: string): Text => ({
    en: `schedule ${schedule} (${steps})`,
    ko: `스케줄 ${schedule} (${steps})`,
  }),
  step: reportWords.step,
  line: reportWords.line,
  stale: { en: "STALE", ko: "낡음" },
  endsAtSuffix: (shared: string): Text => ({ en: `ends at ${shared}`, ko: `가능: ${shared}` }),
  waitsFor: (tasks: readonly number[]): Text => ({ en: `waits for ${tasks.join(",")}`, ko: `${tasks.join(",")} 기다림` }),
  beginsToWait: { en: "begins to wait", ko: "기다리기 시작" },
  waits: { en: "waits", ko: "기다림" },
  spokenStep: (n: number, task: number | null, what: string, line: number | null): Text => ({
    en: `Step ${n}. ${task === null ? "" : `Task ${task} `}${what}.${line === null ? "" : ` Line ${line}.`}`,
    ko: `${n}단계. ${task === null ? "" : `작업 ${task}: `}${what}.${line === null ? "" : ` ${line}번째 줄.`}`,
  }),
  wroteStale: (step: number, task: number, read: number, since: number): Text => ({
    en: `step ${step}: task ${task} wrote from its step ${read} copy; stale since step ${since}`,
    ko: `${step}단계: ${particle(`작업 ${task}`, "이", "가")} ${read}단계에서 읽은 사본으로 썼습니다. ${since}단계부터 낡은 값입니다`,
  }),
  lastChance: (step: number): Text => ({
    en: `step ${step}: the last chance is gone: it can no longer end right`,
    ko: `${step}단계: 마지막 기회가 지나갔습니다. 이제 올바른 결과에 이를 수 없습니다`,
  }),
  unknownEnds: (limits: string): Text => ({
    en: `?: the search stopped (${limits}), so there other outcomes can follow`,
    ko: `?: 탐색이 멈췄으므로(${limits}) 거기서는 다른 결과도 있을 수 있습니다`,
  }),
  open: (command: string): Text => ({
    en: `open: the schedule stops before everybody has ended. next: ${command}`,
    ko: `미완: 모두 끝나기 전에 스케줄이 멈췄습니다. 다음: ${command}`,
  }),
  openEnd: (unknown: Both): Text => ({ en: `open: here ${unknown.en}`, ko: `미완: 여기서 ${unknown.ko}` }),
  endsAtLabel: (label: string): Text => ({ en: `ok   ends at ${label}`, ko: `ok   결과: ${label}` }),
  itEndsAt: (property: string, label: string): Text => ({
    en: `FAIL ${property}: it ends at ${label}`,
    ko: `FAIL ${property}: 결과는 ${label}`,
  }),
  everyWayWrong: { en: "FAIL every way on from here is wrong", ko: "FAIL 여기서부터는 어떤 순서로 가도 잘못됩니다" },

  // trace, on a database
  conductedOn: (server: string | null, store: string, schedule: string, steps: number): Text => ({
    en: `conducted on ${serverAt(server, store)}: schedule ${schedule} (${steps} steps)`,
    ko: `${serverAt(server, store)}에서 재생: 스케줄 ${schedule} (${steps}단계)`,
  }),
  hasNotEnded: { en: "has not ended", ko: "끝나지 않음" },
  allHoldHere: { en: "ok   every property holds at this end", ko: "ok   이 결과에서는 모든 규칙이 지켜집니다" },
  stopsEarly: {
    en: "open: the schedule stops before everybody has ended",
    ko: "미완: 모두 끝나기 전에 스케줄이 멈췄습니다",
  },
  afterStep: (n: number): Text => ({ en: ` (after step ${n})`, ko: ` (${n}단계 뒤)` }),
  unseen: (properties: string): Text => ({
    en: `not looked at before everybody has ended: ${properties}`,
    ko: `모두 끝나기 전이라 보지 않은 규칙: ${properties}`,
  }),
  notCompared: (why: string): Text => ({
    en: `not compared with the model: ${why}`,
    ko: `모델과 비교하지 않습니다: ${why}`,
  }),
  modelRace: (ways: number): Text => ({
    en: `the model allows ${ways} ways for this to go (a race), and this is one of them`,
    ko: `모델이 허용하는 ${ways}가지 결과(경쟁 상태) 가운데 하나입니다`,
  }),
  modelSame: { en: "the model says the same, step by step", ko: "모델도 한 단계씩 똑같습니다" },
  modelOtherRows: {
    en: "the model says the same, step by step, but other rows in the end",
    ko: "단계는 모델과 똑같지만 마지막 행이 다릅니다",
  },
  modelDiffers: (step: number): Text => ({
    en: `the model says otherwise, first at step ${step}:`,
    ko: `모델과 다릅니다. 처음 다른 곳은 ${step}단계:`,
  }),
  modelAllowed: (why: Both): Text => ({ en: `the difference is allowed: ${why.en}`, ko: `허용된 차이: ${why.ko}` }),
  theModel: (said: string): Text => ({ en: `the model:    ${said}`, ko: `모델:         ${said}` }),
  theDatabase: (said: string): Text => ({ en: `the database: ${said}`, ko: `데이터베이스: ${said}` }),

  // decide
  goal: { en: "goal: make it go wrong", ko: "목표: 규칙 깨뜨리기" },
  ended: (how: string): Text => ({ en: `ended: ${how}`, ko: `끝남: ${how}` }),
  cutOff: reportWords.cutOff,
  blockedBy: (tasks: string): Text => ({ en: `blocked: waits for ${tasks}`, ko: `막힘: ${tasks} 기다림` }),
  deadlock: { en: "nobody can go on: deadlock", ko: "아무도 나아갈 수 없습니다: 데드락" },
  goalReached: (steps: string, best: number | null): Text => ({
    en: `goal reached in ${steps}${best === null ? "" : ` (best possible ${best})`}`,
    ko: `${steps} 만에 목표 달성${best === null ? "" : ` (최선은 ${best}단계)`}`,
  }),
  nothingWrong: {
    en: "everybody has ended, and nothing is wrong: undo, and try another order",
    ko: "모두 끝났고 틀린 것이 없습니다. 되돌려서 다른 순서를 시도해 보세요",
  },
  leads: (wrong: Number, all: Number, exact: boolean): Text => ({
    en: `${g(wrong)} of ${g(all)} schedules from there go wrong${exact ? "" : ", as far as the search got"}`,
    ko: `${exact ? "" : "탐색한 데까지는 "}그다음 스케줄 ${g(all)}개 중 ${g(wrong)}개에서 결과가 잘못됩니다`,
  }),
  goOnWith: (command: string): Text => ({
    en: `next: choose one of these numbers: ${command}`,
    ko: `다음: 이 번호 중 하나를 고르세요: ${command}`,
  }),
  elsewhere: { en: "the same order under the other strategies:", ko: "같은 순서를 다른 전략으로:" },
  doesNotApply: { en: "skip it does not apply here", ko: "skip 여기에는 맞지 않음" },
  nobodyCanGoOn: { en: "FAIL nobody can go on", ko: "FAIL 아무도 나아가지 못함" },
  whoGoesOn: {
    en: "who goes on (u undo, U redo, r restart, q quit)? ",
    ko: "다음은 누구 차례인가요? (u 되돌리기, U 다시 하기, r 처음부터, q 끝내기) ",
  },
  comeBack: (command: string): Text => ({ en: `come back with: ${command}`, ko: `다시 오려면: ${command}` }),

  // verify, watch
  verifying: (command: string, file: string, lesson: string): Text => ({
    en: `${command}: ${file}, lesson ${lesson}`,
    ko: `${command}: ${file}, 레슨 ${lesson}`,
  }),
  inForce: (by: string): Text => ({
    en: `isolated: it reads no file, writes none, starts no process and no thread, has no environment (Node's permissions), no network and sees no other process (${by})`,
    ko: `격리됨: 파일을 읽거나 쓰지 못하고, 프로세스와 스레드를 만들지 못하며, 환경 변수가 없습니다(Node 권한 모델). 네트워크와 다른 프로세스도 보이지 않습니다(${by})`,
  }),
  noNamespaces: {
    en: "--isolated: this system gives neither bwrap nor unshare a network and processes of their own. Install bubblewrap, or leave --isolated out: then the code has no files, processes or environment, but the network",
    ko: "--isolated: 이 시스템에서는 bwrap과 unshare 모두 네트워크와 프로세스를 분리하지 못합니다. bubblewrap을 설치하거나 --isolated를 빼세요. 그래도 파일, 프로세스, 환경 변수는 쓰지 못하지만 네트워크는 열려 있습니다",
  },
  wouldWrite: (sentence: string, command: string): Text => ({
    en: `${sentence}. next: ${command} writes one to begin with`,
    ko: `${sentence}. 다음: ${command} 명령이 시작 파일을 만들어 줍니다`,
  }),
  noScreen: {
    en: "no terminal to draw on: racelab run, list and doctor need none",
    ko: "화면을 그릴 터미널이 없습니다. racelab run, list, doctor는 터미널 없이도 됩니다",
  },
  readAloudInstead: {
    en: "this terminal (TERM=dumb) cannot be drawn on: racelab learn --accessible is the same course, line by line",
    ko: "이 터미널(TERM=dumb)에는 화면을 그릴 수 없습니다. racelab learn --accessible을 쓰면 같은 과정을 한 줄씩 볼 수 있습니다",
  },
  noExercise: (lesson: string): Text => ({
    en: `lesson ${lesson} has no exercise: racelab learn ${lesson} shows it`,
    ko: `레슨 ${lesson}에는 연습이 없습니다. ${towards(`racelab learn ${lesson}`)} 볼 수 있습니다`,
  }),
  hasHints: (lesson: string, hints: string): Text => ({
    en: `lesson ${lesson} has ${hints}`,
    ko: `레슨 ${lesson}에는 ${hints}가 있습니다`,
  }),
  wentWrong: (wrong: Number, ends: readonly string[], broken: readonly string[]): Text => ({
    en: `${Number(wrong) === 0 ? "wrong" : `${g(wrong)} go wrong`}: ${ends.length > 0 ? `ends at ${ends.join("; ")}` : broken.join(", ")}`,
    ko: `${Number(wrong) === 0 ? "잘못됨" : `${g(wrong)}개에서 잘못됨`}: ${ends.length > 0 ? `결과 ${ends.join("; ")}` : broken.join(", ")}`,
  }),
  notAllLookedAt: { en: "not everything could be looked at", ko: "전부 보지는 못했습니다" },
  firstAbove: { en: "fix what failed above first", ko: "위에서 실패한 것부터" },
  printed: { en: "your code printed (nothing is judged by that):", ko: "내 코드의 출력(판정과는 상관없습니다):" },
  andMore: (what: string): Text => ({ en: `and ${what} more`, ko: `그 밖에 ${what}` }),
  incompleteWord: { en: "incomplete", ko: "일부만 탐색" },
  inThisOrder: reportWords.inThisOrder,
  isRight: (schedules: string, seconds: string): Text => ({
    en: `right: it holds in every one of ${schedules} (${seconds} s)`,
    ko: `정답: ${schedules} 모두에서 규칙이 지켜집니다 (${seconds}초)`,
  }),
  yourWay: (because: string): Text => ({ en: `your way: ${because}`, ko: `이 방법이 맞는 이유: ${because}` }),
  decidedSooner: (again: string): Text => ({
    en: `nothing is known to be wrong. An answer with fewer steps or attempts is decided sooner; then ${again}`,
    ko: `잘못됐다고 밝혀진 것은 없습니다. 단계나 시도 횟수가 적을수록 빨리 판정됩니다. 그다음 ${again}`,
  }),
  decidedWithout: (again: string): Text => ({
    en: `nothing is known to be wrong. An answer without that statement is decided; then ${again}`,
    ko: `잘못됐다고 밝혀진 것은 없습니다. 그 문장 없이 쓴 답은 판정됩니다. 그다음 ${again}`,
  }),
  changeAndAgain: (line: number | null, again: string): Text => ({
    en: `next: change ${line === null ? "it" : `line ${line}`}, then ${again}`,
    ko: `다음: ${line === null ? "파일을" : `${line}번째 줄을`} 고치고 ${again}`,
  }),
  saveIt: { en: "save it", ko: "저장하세요" },
  stuck: (command: string): Text => ({ en: `stuck? ${command}`, ko: `막혔나요? ${command}` }),
  moreHelp: (command: string): Text => ({ en: `still stuck? ${command}`, ko: `그래도 막히나요? ${command}` }),
  why: (text: string): Text => ({ en: `why: ${text}`, ko: `왜: ${text}` }),
  broken: (property: string): Text => ({ en: `broken: ${property}`, ko: `깨진 규칙: ${property}` }),
  looksLike: (misconception: string): Text => ({
    en: `looks like: ${misconception}. It does the same, operation by operation`,
    ko: `흔한 오답과 같습니다: ${misconception}. 연산 하나하나가 같습니다`,
  }),
  writtenJustNow: { en: " (written just now)", ko: " (방금 만들었습니다)" },
  howToWatch: (file: string): Text => ({
    en: `open ${file} in your editor and change it; each save is checked over every interleaving. Ctrl-C ends`,
    ko: `편집기로 ${file} 파일을 열어 고치세요. 저장할 때마다 모든 인터리빙에서 검사합니다. Ctrl-C로 끝냅니다`,
  }),
  isGone: (file: string): Text => ({
    en: `${file} is not there any more: it is checked when it comes back`,
    ko: `${file} 파일이 없어졌습니다. 다시 생기면 검사합니다`,
  }),
  asItIs: { en: "as it is", ko: "지금 상태" },
  saved: { en: "saved", ko: "저장됨" },
  cannotBeWritten: (file: string, why: string): Text => ({
    en: `${file} cannot be written: ${why}. Name another place with --file`,
    ko: `${file} 파일을 쓸 수 없습니다: ${why}. --file로 다른 곳을 지정하세요`,
  }),

  // run
  ran: (lesson: string, strategy: string, store: string): Text => ({
    en: `run: ${lesson}, strategy ${strategy}, store ${store}`,
    ko: `run: ${lesson}, 전략 ${strategy}, 저장소 ${store}`,
  }),
  onServers: (servers: number): Text => ({ en: ` on ${servers} servers`, ko: `(서버 ${servers}대)` }),
  atOnce: (threads: string, requests: string, most: number, seed: number): Text => ({
    en: `${threads}, ${requests}, up to ${most} at once, seed ${seed}`,
    ko: `${threads}, ${requests}, 한 번에 최대 ${most}개, 시드 ${seed}`,
  }),
  note: (text: string): Text => ({ en: `note: ${text}`, ko: `참고: ${messageIn(text, "ko")}` }),
  thinks: (ms: number): Text => ({
    en: `each request thinks about ${ms} ms after it reads, as a real service would; that widens the race. --think 0 turns it off`,
    ko: `요청마다 읽은 뒤 실제 서비스처럼 약 ${ms}ms를 흘려보냅니다(생각 시간). 그만큼 경쟁 상태가 생길 틈이 넓어집니다. --think 0으로 끌 수 있습니다`,
  }),
  orderOfReplies: {
    en: "the server keeps the order of effects to itself. What is wrong is judged by the rows in the end, and explained only by steps whose order is certain",
    ko: "서버는 연산이 일어난 순서를 알려 주지 않습니다. 틀렸는지는 마지막 행으로 판정하고, 순서가 확실한 단계로만 설명합니다",
  },
  succeeded: { en: "succeeded", ko: "성공" },
  rejectedFailed: (rejected: number, failed: number, unknown: number): Text => ({
    en: `rejected ${g(rejected)}   failed ${g(failed)}${unknown === 0 ? "" : `   unknown ${g(unknown)}`}`,
    ko: `거절 ${g(rejected)}   실패 ${g(failed)}${unknown === 0 ? "" : `   알 수 없음 ${g(unknown)}`}`,
  }),
  expectedOff: (expected: number, off: string): Text => ({
    en: `expected ${g(expected)}${off && `: ${off}`}`,
    ko: `기대값 ${g(expected)}${off && `: ${off}`}`,
  }),
  expectedWithout: (expected: number, unknown: number): Text => ({
    en: `expected ${g(expected)} without the ${count(unknown, "unknown request")}`,
    ko: `알 수 없는 요청 ${g(unknown)}개를 빼면 기대값 ${g(expected)}`,
  }),
  operations: { en: "operations", ko: "연산" },
  aSecond: (n: number): Text => ({ en: `${g(n)} a second`, ko: `초당 ${g(n)}` }),
  conflicts: { en: "conflicts", ko: "충돌" },
  retriesWaits: (retries: number, waits: number): Text => ({
    en: `retries ${g(retries)}   lock waits ${g(waits)}`,
    ko: `재시도 ${g(retries)}   락 대기 ${g(waits)}`,
  }),
  time: reportWords.time,
  aRequest: (p50: string, p99: string): Text => ({
    en: `a request: p50 ${p50}, p99 ${p99}`,
    ko: `요청 하나: p50 ${p50}, p99 ${p99}`,
  }),
  turnedAway: (n: number): Text => ({
    en: `${count(n, "request")} ${n === 1 ? "was" : "were"} turned away although the rule, asked again at the end, says yes. Nothing is wrong in the store; this is the price of giving up.`,
    ko: `요청 ${g(n)}개가 거절당했지만, 끝난 뒤에 다시 확인하면 받아 줄 수 있는 요청이었습니다. 저장된 값은 올바릅니다. 재시도를 포기한 대가입니다.`,
  }),
  failed: (what: string): Text => ({ en: `failed: ${what}`, ko: `실패: ${what}` }),
  unknown: (what: string): Text => ({ en: `unknown: ${what}`, ko: `알 수 없음: ${what}` }),
  tookEffect: (n: number, of: number): Text => ({
    en: `${of === 1 ? "It" : "They"} had sent a write or a commit, and no answer came. The rows are as if ${n === 0 ? (of === 1 ? "it" : "none of them") : of === 1 ? "it" : `${g(n)} of them`} had ${n === 0 && of === 1 ? "not taken" : "taken"} effect.`,
    ko: `쓰기나 커밋을 보냈는데 답이 오지 않았습니다. 마지막 행은 ${of === 1 ? (n === 0 ? "그 요청이 반영되지 않은" : "그 요청이 반영된") : `그 가운데 ${g(n)}개가 반영된`} 것과 같습니다.`,
  }),
  whateverTheyDid: (n: number): Text => ({
    en: `${n === 1 ? "This request" : "These requests"} had sent a write or a commit, and no answer came. What is said below is true whether or not ${n === 1 ? "it" : "they"} took effect.`,
    ko: "쓰기나 커밋을 보냈는데 답이 오지 않았습니다. 아래 결론은 그 요청이 무엇을 했든 같습니다.",
  }),
  notJudged: (n: number): Text => ({
    en: `not judged: ${inLanguage(reportWords.effectsUnknown(n), "en")}, and the rows do not tell what they did. Nothing else that is wrong was observed.`,
    ko: `판정하지 않음: ${inLanguage(reportWords.effectsUnknown(n), "ko")}. 마지막 행으로도 무엇을 했는지 알 수 없습니다. 그 밖에 잘못된 결과는 관찰되지 않았습니다.`,
  }),
  andOthers: (first: string, n: number): Text => ({
    en: `${first} (and ${g(n)} more like it)`,
    ko: `${first} (같은 이유로 ${g(n)}개 더)`,
  }),
  moreOfThem: (n: number): Text => ({ en: `${g(n)} more`, ko: `그 밖에 ${g(n)}개` }),
  interrupted: (done: number, of: number, violated: boolean): Text => ({
    en: `interrupted after ${g(done)} of ${count(of, "request")}: the figures are of what had been done by then${violated ? "" : ", and nothing is concluded from them"}`,
    ko: `요청 ${g(of)}개 가운데 ${g(done)}개에서 중단됨: 그때까지 처리한 것의 수치입니다${violated ? "" : ". 여기서 결론을 내리지 않습니다"}`,
  }),
  nothingElse: {
    en: "nothing else that is wrong was observed. Threads can refute, they cannot prove.",
    ko: "그 밖에 잘못된 결과는 관찰되지 않았습니다. 스레드는 반증할 수는 있어도 증명할 수는 없습니다.",
  },
  nothingObserved: {
    en: "ok   nothing wrong was observed. Threads can refute, they cannot prove.",
    ko: "ok   잘못된 결과는 관찰되지 않았습니다. 스레드는 반증할 수는 있어도 증명할 수는 없습니다.",
  },

  // compare
  comparing: (lesson: string, store: string, workers: number, cores: number, seed: number): Text => ({
    en: `compare: ${lesson}, store ${store}, ${count(workers, "worker")} on ${count(cores, "core")}, seed ${seed}`,
    ko: `compare: ${lesson}, 저장소 ${store}, 코어 ${g(cores)}개에 워커 ${g(workers)}개, 시드 ${seed}`,
  }),
  slicesOf: (requests: number, most: number, think: number): Text => ({
    en: `slices of ${count(requests, "request")}, up to ${most} at once${think > 0 ? `, thinking about ${think} ms` : ""}`,
    ko: `측정 구간마다 요청 ${g(requests)}개, 한 번에 최대 ${most}개${think > 0 ? `, 생각 시간 약 ${think}ms` : ""}`,
  }),
  inTurn: (rounds: number, strategies: number, warmUp: number): Text => ({
    en: `${count(rounds, "round")} of ${count(strategies, "strategy", "strategies")} in turn, after ${warmUp} to warm up`,
    ko: `워밍업 ${warmUp}라운드 뒤, 전략 ${g(strategies)}개가 번갈아 ${g(rounds)}라운드`,
  }),
  atEachValue: (values: number, over: string): Text => ({
    en: `all of it at each of ${count(values, "value")} of ${over}`,
    ko: `${over} 값 ${g(values)}개마다 이 모두를 한 번씩`,
  }),
  crowded: {
    en: "more workers than cores; times include waiting for a core. Every range is of the slices.",
    ko: "워커가 코어보다 많습니다. 코어를 기다린 시간도 들어 있습니다. 최소와 최대는 측정 구간별 값입니다.",
  },
  beforeFirstRound: {
    en: "interrupted before the first round was complete: nothing to report",
    ko: "첫 라운드가 끝나기 전에 중단됨: 말할 것이 없습니다",
  },
  beforeFirstValue: {
    en: "interrupted before the first value was complete: nothing to report",
    ko: "첫 값을 다 재기 전에 중단됨: 말할 것이 없습니다",
  },
  brokeIn: (property: string, violated: number, slices: number): Text => ({
    en: `"${property}" is broken in ${violated} of ${count(slices, "slice")}`,
    ko: `"${property}" 깨짐, ${g(slices)}번 중 ${violated}번`,
  }),
  requestsFailed: reportWords.requestsFailed,
  nothingWrongIn: (strategies: string): Text => ({
    en: `ok   nothing wrong was observed: ${strategies}`,
    ko: `ok   틀린 것을 보지 못했습니다: ${strategies}`,
  }),
  strategyTurnedAway: (strategy: string, n: number): Text => ({
    en: `${strategy} turned ${count(n, "request")} away although the rule says yes: the price of giving up`,
    ko: `받아 줄 수 있는 요청 ${g(n)}개를 ${particle(strategy, "이", "가")} 거절했습니다. 포기한 대가입니다`,
  }),
  notOver: {
    en: "interrupted: the figures are of what was complete by then; not having failed yet does not mean passed",
    ko: "중단됨: 그때까지 끝난 것의 수치입니다. 실패하지 않았다고 통과한 것은 아닙니다",
  },
  passedFailed: (passed: number, failed: number, open: number): Text => ({
    en: `${passed} passed, ${failed} failed${open === 0 ? "" : `, ${open} not judged`}`,
    ko: `통과 ${passed}, 실패 ${failed}${open === 0 ? "" : `, 판정하지 않음 ${open}`}`,
  }),
  roundOf: reportWords.roundOf,

  historyWritten: (file: string, events: number): Text => ({
    en: `history: wrote ${file}, ${count(events, "event")}`,
    ko: `기록: ${file}에 이벤트 ${g(events)}개를 썼습니다`,
  }),

  // check
  schedulesCounted: (n: Number): Text => ({ en: `${g(n)} schedules`, ko: `스케줄 ${g(n)}개` }),
  checksOver: (checks: number, interleavings: Number): Text => ({
    en: `${count(checks, "check")} over ${count(interleavings, "interleaving")}`,
    ko: `검사 ${g(checks)}개, 인터리빙 ${g(interleavings)}개`,
  }),
  passedFailedSkipped: (passed: number, failed: number, skipped: number): Text => ({
    en: `${passed} passed, ${failed} failed, ${skipped} skipped`,
    ko: `통과 ${passed}, 실패 ${failed}, 건너뜀 ${skipped}`,
  }),
  interruptedAfter: (checks: number): Text => ({
    en: `interrupted after ${count(checks, "check")}`,
    ko: `검사 ${g(checks)}개 뒤에 중단됨`,
  }),
  tablesWritten: (file: string): Text => ({
    en: `the tables in ${file} are as computed`,
    ko: `${file}의 표는 계산한 그대로입니다`,
  }),
  strategiesInPlaces: (lesson: string, strategies: number, places: number): Text => ({
    en: `${lesson}: ${count(strategies, "strategy", "strategies")} in ${count(places, "place")}`,
    ko: `${lesson}: 전략 ${g(strategies)}개, 조건 ${g(places)}가지`,
  }),
  strategyBy: (what: "anomaly" | "lesson"): Text => ({
    en: `strategy by ${what}`,
    ko: `${{ anomaly: "이상 현상", lesson: "레슨" }[what]}별 전략`,
  }),

  // check --fidelity
  fidelityOf: (server: string | null, store: string, subjects: number): Text => ({
    en: `fidelity: the model against ${serverAt(server, store)}, ${count(subjects, "subject")}`,
    ko: `fidelity: 모델과 ${serverAt(server, store)}, 대상 ${g(subjects)}개`,
  }),
  fidelitySum: (conducted: number, aSecond: number, races: number, again: number, skipped: number): Text => ({
    en: `${count(conducted, "schedule")} conducted and compared step by step, ${aSecond} a second; ${g(races)} of them are races, where the model has several traces and the database gave one of them; ${g(again)} agreed only when played again, more slowly; ${g(skipped)} skipped, for the reasons above`,
    ko: `스케줄 ${g(conducted)}개를 재생해 한 단계씩 비교, 초당 ${aSecond}개. 그중 ${g(races)}개는 경쟁 상태: 모델에 트레이스가 여럿이고 데이터베이스는 그 가운데 하나를 했습니다. ${g(again)}개는 더 천천히 다시 재생해서야 같았고, ${g(skipped)}개는 위의 이유로 건너뛰었습니다`,
  }),
  interruptedAt: (done: number, subjects: number): Text => ({
    en: `interrupted after ${done} of ${count(subjects, "subject")}`,
    ko: `대상 ${g(subjects)}개 가운데 ${done}개 뒤에 중단됨`,
  }),
  noDifference: { en: "ok   no difference", ko: "ok   차이 없음" },
  allowedOnly: (n: number): Text => ({
    en: `ok   no difference but ${g(n)} that ${n === 1 ? "is" : "are"} allowed, for the reasons above`,
    ko: `ok   위의 이유로 허용된 ${g(n)}개 말고는 차이 없음`,
  }),
  allowedFor: (n: number, why: Both): Text => ({ en: `${g(n)} allowed: ${why.en}`, ko: `${g(n)}개 허용: ${why.ko}` }),
  differences: (n: number): Text => ({ en: `FAIL ${count(n, "difference")}`, ko: `FAIL 차이 ${g(n)}건` }),
  ordersOf: (subject: string, complete: boolean, orders: number, races: number): Text => ({
    en: `${subject}: ${complete ? "all" : "a sample of"} ${count(orders, "order")}${races > 0 ? `, ${count(races, "race")}` : ""}`,
    ko: `${subject}: 순서 ${g(orders)}개(${complete ? "전부" : "표본"})${races > 0 ? `, 경쟁 상태 ${g(races)}개` : ""}`,
  }),
  otherVictims: (n: number): Text => ({
    en: `${g(n)} equal but for the victim of a deadlock: several sessions closed a circle at once, and the server's timers chose`,
    ko: `${g(n)}개는 데드락의 희생자만 다름: 여러 세션이 한꺼번에 원을 닫아, 누가 물러날지 서버의 타이머가 골랐습니다`,
  }),
  skippedFor: (n: number, reason: string): Text => ({
    en: `${g(n)} skipped: ${reason}`,
    ko: `${g(n)}개 건너뜀: ${messageIn(reason, "ko")}`,
  }),
  moreDifferences: (n: number): Text => ({
    en: `and ${count(n, "more difference")}, see --json`,
    ko: `차이 ${g(n)}건은 --json으로`,
  }),
  order: (order: string): Text => ({ en: `order ${order}`, ko: `순서 ${order}` }),
  rowsInTheEnd: (expected: string, actual: string): Text => ({
    en: `rows in the end: ${expected} and ${actual}`,
    ko: `마지막 행: ${expected}, 그리고 ${actual}`,
  }),
  nothing: { en: "nothing", ko: "없음" },
  modelSide: { en: "the model", ko: "모델" },
  databaseSide: { en: "the database", ko: "데이터베이스" },
  stepAndTask: { en: "step task", ko: "단계 작업" },
} as const;
