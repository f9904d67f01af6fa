/** What the screen of real threads says, in the languages of the course. */
import type { Text } from "../../../core/language.js";
import { count, grouped } from "../../../report/number.js";
import type { ScreenRunRequest } from "../../services.js";
import { screenWords } from "../../words.js";

export const threadsWords = {
  moreStrategies: (n: number): Text => ({ en: `${n} more, ↑↓`, ko: `${n}개 더, ↑↓` }),
  title: { en: "Real threads", ko: "실제 스레드" },
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
  givesUp: (cost: string): Text => ({ en: ` gives up: ${cost}.`, ko: `의 비용: ${cost}.` }),
  nextRun: (threads: number, requests: number, think: number): Text => ({
    en: `${count(threads, "thread")}, ${count(requests, "request")}${think > 0 ? `; ${think} ms between reading and writing widens the race` : ""}.`,
    ko: `스레드 ${threads}개, 요청 ${requests}개${think > 0 ? `. 읽기와 쓰기 사이의 ${think}ms가 경쟁 상태가 생길 틈을 넓힙니다` : ""}.`,
  }),
  nextRunIn: (threads: number, requests: number, think: number): readonly Text[] => [
    { en: `${count(threads, "thread")}`, ko: `스레드 ${threads}개` },
    { en: `${count(requests, "request")}`, ko: `요청 ${requests}개` },
    screenWords.thinks(think),
  ],
  runIt: { en: "run it", ko: "실행" },
  runOrGoOn: { en: "run it, then go on", ko: "실행, 그다음 계속" },
  toCompare: { en: "compare all", ko: "모두 비교" },
  runStrategy: (id: string): Text => ({ en: `run ${id}`, ko: `${id} 실행` }),
  place: { en: "next, previous place", ko: "다음, 이전 지점" },
  placeWord: { en: "place", ko: "지점" },
  nextPlace: (what: string): Text => ({ en: `next/previous ${what}`, ko: `다음/이전 ${what}` }),
  panes: { en: "story, code, lanes", ko: "이야기, 코드, 레인" },
  backSwitch: { en: "back to where another request went on", ko: "다른 요청으로 바뀐 이전 지점" },
  nextSwitch: { en: "on to where another request goes on", ko: "다른 요청으로 바뀌는 다음 지점" },
  runFirst: { en: "run it first (Enter)", ko: "먼저 실행하세요(Enter)" },
  allOfThem: { en: "that is all of them", ko: "이것이 전부입니다" },
  /** For the closing line. */
  done: (strategy: string, off: string, requests: number): Text => ({
    en: `${strategy}: ${off || "as it should be"}, ${count(requests, "request")}`,
    ko: `${strategy}: ${off || "기대한 대로"}, 요청 ${grouped(requests)}개`,
  }),
  /** Read aloud. */
  spoken: {
    opening: (number: number, title: string): Text => ({
      en: `Real threads. Lesson ${number}, ${title}.`,
      ko: `실제 스레드. 레슨 ${number}, ${title}.`,
    }),
    keys: {
      en: "Enter alone runs it and then goes on, up and down choose a strategy, tab reads the next text, question mark lists all keys.",
      ko: "Enter만 누르면 실행하고 계속, up과 down은 전략 고르기, Tab은 다음 글 읽기, 물음표는 단축키 목록입니다.",
    },
    thinkTime: (ms: number): Text => ({
      en: `Think time ${ms} milliseconds between reading and writing.`,
      ko: `읽기와 쓰기 사이에 생각 시간 ${ms}밀리초.`,
    }),
    workers: (n: number): Text => ({ en: `${count(n, "worker thread")}.`, ko: `워커 스레드 ${n}개.` }),
    chosen: (id: string, summary: string, cost: string): Text => ({
      en: `Chosen: ${id}. ${summary}. It gives up: ${cost}.`,
      ko: `고른 전략: ${id}. ${summary}. 비용: ${cost}.`,
    }),
    notRun: { en: "Not run yet.", ko: "아직 실행하지 않았습니다." },
    running: ({ strategy, workers, requests, think }: ScreenRunRequest): Text => ({
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
    damage: (done: number, off: string): Text => ({
      en: `${done} done${off && `, ${off}`}.`,
      ko: `끝난 것 ${done}${off && `, ${off}`}.`,
    }),
    nothingRun: { en: "Interleaving: nothing has run yet.", ko: "인터리빙: 아직 실행하지 않았습니다." },
  },
} as const;
