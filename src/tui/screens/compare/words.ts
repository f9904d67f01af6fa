/** What the comparison says, in the languages of the course. */
import type { Text } from "../../../core/language.js";
import { count, grouped } from "../../../report/number.js";

export const compareWords = {
  nothingUnderWay: { en: "nothing is under way", ko: "하던 일이 없습니다" },
  /** For the closing line. */
  done: (strategies: number, rounds: number): Text => ({
    en: `compared ${count(strategies, "strategy", "strategies")} in ${count(rounds, "round")}`,
    ko: `전략 ${grouped(strategies)}개를 ${grouped(rounds)}라운드 비교`,
  }),

  title: { en: "Compare", ko: "비교" },
  whereTimeGoes: { en: "Where the time goes", ko: "시간 사용 내역" },
  whatMayBeSaid: { en: "What was seen", ko: "실행에서 본 것" },
  whoIsFaster: { en: "Who is faster", ko: "누가 더 빠른가" },
  soon: { en: "The first figures come in a moment.", ko: "곧 첫 수치가 나옵니다." },
  pressEnter: {
    en: "Enter runs every strategy in turn, three short rounds in about 10 seconds; f runs ten full rounds.",
    ko: "Enter를 누르면 모든 전략을 번갈아 3라운드, 10초쯤 실행합니다. f는 10라운드 전체입니다.",
  },
  fewRounds: (rounds: number): Text => ({
    en: `${count(rounds, "round")} cannot tell speed from luck: f runs ten full rounds.`,
    ko: `${rounds}라운드로는 속도와 운을 구별할 수 없습니다. f를 누르면 10라운드를 실행합니다.`,
  }),
  secondsLeft: (n: number): Text => ({ en: `${n} s left`, ko: `${n}초 남음` }),
  fullNow: { en: "ten full rounds", ko: "10라운드 전체" },
  overWhat: {
    workers: { en: "More workers", ko: "워커를 늘리면" },
    keys: { en: "More keys", ko: "키를 늘리면" },
    "in-flight": { en: "More at once", ko: "동시 요청을 늘리면" },
    think: { en: "More thinking", ko: "생각 시간을 늘리면" },
  },
  holdNumbers: { en: "hold the numbers", ko: "화면 갱신 멈추기" },
  goOnNumbers: { en: "live again", ko: "다시 실시간으로" },
  held: { en: "held: measuring goes on", ko: "화면만 멈춤: 측정은 계속됩니다" },
  compareNow: { en: "compare", ko: "비교" },
  compareOrGoOn: { en: "compare, then go on", ko: "비교, 그다음 계속" },
  toExercise: { en: "fix it yourself", ko: "직접 고치기" },
  inOrOut: { en: "in or out", ko: "넣기, 빼기" },
  leftOut: { en: "left out", ko: "빠짐" },
  oneAtLeast: { en: "one strategy at least has to take part", ko: "전략이 하나는 있어야 합니다" },
  sweepNow: { en: "sweep workers and keys", ko: "워커·키 수를 바꿔 가며 측정" },
  comparePanes: { en: "figures, time, charts", ko: "수치, 시간, 그래프" },
  moreKeys: { en: "fewer/more keys", ko: "키 줄이기/늘리기" },
  moreInFlight: { en: "more/fewer in flight", ko: "동시 요청 늘리기/줄이기" },
  noKeys: { en: "this lesson has no keys to spread its requests over", ko: "이 레슨에는 요청을 나눌 키가 없습니다" },
  copyFigures: { en: "copy", ko: "복사" },
  notMeasured: { en: "nothing has been measured yet", ko: "아직 잰 것이 없습니다" },
  warmingUp: { en: "warming up", ko: "워밍업" },
  startingThreads: { en: "starting threads", ko: "스레드 시작" },
  figuresOf: (rounds: number, warmUp: number, requests: number): Text => ({
    en: `${rounds} rounds of ${requests} requests in turn, ${warmUp} to warm up dropped`,
    ko: `요청 ${requests}개씩 번갈아 ${rounds}라운드, 워밍업 ${warmUp}라운드 제외`,
  }),
  moreThanCores: (workers: number, cores: number): Text => ({
    en: `${workers} workers on ${cores} cores: times include waiting for a core.`,
    ko: `코어 ${cores}개에 워커 ${workers}개: 코어를 기다린 시간도 들어 있습니다.`,
  }),
  pressF: { en: "v measures it, every strategy at each of these values.", ko: "v를 누르면 값마다 모든 전략을 잽니다." },
  cores: (n: number): Text => ({ en: count(n, "core"), ko: `코어 ${n}개` }),
  workers: (n: number): Text => ({ en: count(n, "worker"), ko: `워커 ${n}개` }),
  inFlightEach: (n: number): Text => ({ en: `${n} in flight each`, ko: `워커당 동시 ${n}개` }),
  keysOf: (n: number): Text => ({ en: count(n, "key"), ko: `키 ${n}개` }),
  partOf: (n: number, all: number): Text => ({ en: `${n} of ${all}`, ko: `${n}/${all}` }),
  firstValue: { en: "The first value is being measured.", ko: "첫 값을 재는 중입니다." },
  /** Read aloud. */
  spoken: {
    served: (strategy: string, perSecond: string, p50: string, p99: string): Text => ({
      en: `${strategy}: ${perSecond} requests served a second, ${p50} in the middle, ${p99} at the slow end`,
      ko: `${strategy}: 초당 처리한 요청 ${perSecond}개, 중간값 ${p50}, 느린 쪽 끝 ${p99}`,
    }),
    prices: (off: string, conflicts: number, retries: number, waits: number): Text => ({
      en: `off by ${off}, ${count(conflicts, "conflict")}, ${count(retries, "retry", "retries")}, ${count(waits, "wait")}`,
      ko: `차이 ${off}, 충돌 ${grouped(conflicts)}번, 재시도 ${grouped(retries)}번, 락 대기 ${grouped(waits)}번`,
    }),
  },
} as const;
