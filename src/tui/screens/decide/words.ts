/** What "you decide" says, in the languages of the course. */
import { builtInNames } from "../../../core/exploration.js";
import { particle, towards } from "../../../core/korean.js";
import type { Text } from "../../../core/language.js";
import { count, grouped } from "../../../report/number.js";

const times = (switches: number): string => `${switches} ${switches === 1 ? "switch" : "switches"}`;

export const decideWords = {
  title: { en: "You decide", ko: "내가 스케줄러" },

  goal: { en: "goal", ko: "목표" },
  goalBreak: (property: string): Text => ({ en: `make it break: "${property}"`, ko: `깨뜨리기: "${property}"` }),
  /** Of the properties that every exploration tests. */
  goals: {
    [builtInNames.deadlock]: { en: "Let somebody wait for ever", ko: "누군가를 영원히 기다리게 하기" },
    [builtInNames.livelock]: { en: "Let nobody ever get through", ko: "아무도 끝내지 못하게 하기" },
    [builtInNames["wrongful rejection"]]: { en: "Turn somebody away wrongly", ko: "누군가를 부당하게 거절하기" },
    [builtInNames.error]: { en: "Show somebody an error", ko: "누군가에게 에러 보여 주기" },
  } as Readonly<Record<string, Text>>,
  goalHolds: { en: "try to break it: no schedule does", ko: "깨뜨려 보기: 어떤 스케줄도 깨뜨리지 못합니다" },
  /** Of the second round. */
  goalAgain: (strategy: string): Text => ({
    en: `now it runs under ${strategy}: try to break it again`,
    ko: `이제 ${particle(strategy, "이", "가")} 보호합니다. 다시 깨뜨려 보세요`,
  }),
  secondRound: (strategy: string): Text => ({ en: `the same under ${strategy}: try again`, ko: `${strategy}로 다시 해 보기` }),
  held: (strategy: string): Text => ({ en: `${strategy} has held`, ko: `${particle(strategy, "이", "가")} 지켜 냈습니다` }),
  decided: (step: number): Text => ({
    en: `Decided at step ${step}: whoever goes next, it ends broken.`,
    ko: `${step}단계에서 결정되었습니다. 다음이 누구든 깨진 채 끝납니다.`,
  }),
  /** What one can do once it is decided. */
  decidedKeys: { en: "Enter plays the rest   u: go on yourself", ko: "Enter 나머지 재생   u 직접 계속하기" },
  finishIt: { en: "finish", ko: "끝까지 재생" },
  goOnYourself: { en: "go on yourself", ko: "직접 계속하기" },
  stars: {
    broken: { en: "broken", ko: "깨뜨림" },
    worst: (labels: readonly string[]): Text => ({
      en: labels.length === 0 ? "the worst end" : `the worst end: ${labels.join(" or ")}`,
      ko: labels.length === 0 ? "최악의 결과" : `최악의 결과: ${labels.join(" 또는 ")}`,
    }),
    switches: (best: number | null): Text => ({
      en: best === null ? "fewest switches" : `fewest switches: ${best}`,
      ko: best === null ? "가장 적은 전환" : `가장 적은 전환: ${best}번`,
    }),
    states: {
      got: { en: "", ko: "" },
      possible: { en: "", ko: "" },
      missed: { en: "missed", ko: "놓침" },
      unknown: { en: "not known", ko: "알 수 없음" },
    },
    told: (got: number): Text => ({ en: `${got} of 3 stars`, ko: `별 3개 중 ${got}개` }),
  },
  nothingYet: {
    en: "Nothing has happened yet: choose who goes first.",
    ko: "아직 아무 일도 없었습니다. 누가 먼저 갈지 고르세요.",
  },
  whoGoesNext: { en: "who goes next", ko: "다음 차례 고르기" },
  whoGoesNextAsked: { en: "Who goes next?", ko: "다음은 누구 차례인가요?" },
  theMarkedOne: { en: "the marked one", ko: "표시된 것 고르기" },
  mark: { en: "mark", ko: "표시 옮기기" },
  undo: { en: "undo", ko: "되돌리기" },
  redo: { en: "redo", ko: "다시 하기" },
  nothingToUndo: { en: "nothing has been chosen yet", ko: "아직 고른 것이 없습니다" },
  nothingToRedo: { en: "nothing was undone", ko: "되돌린 것이 없습니다" },
  peek: { en: "peek: what each choice leads to", ko: "엿보기: 고르면 어떻게 되나" },
  finishByItself: { en: "finish by itself", ko: "나머지 자동으로" },
  restart: { en: "restart", ko: "처음부터" },
  bookmarkHere: { en: "keep this point", ko: "이 지점에 책갈피 남기기" },
  takeBookmark: { en: "remove the bookmark at this point", ko: "이 지점의 책갈피 빼기" },
  bookmarks: { en: "bookmarks", ko: "책갈피" },
  bookmarksKey: (n: number): Text => ({ en: `bookmarks (${n})`, ko: `책갈피 (${n}개)` }),
  bookmarked: { en: "bookmarked", ko: "책갈피 있음" },
  bookmarkKept: (n: number): Text => ({
    en: `kept: b lists ${n === 1 ? "this point" : `all ${n} points`} and leads back`,
    ko: `남겨 두었습니다. b로 ${n}개 지점을 보고 돌아옵니다`,
  }),
  bookmarkTaken: { en: "the bookmark is gone", ko: "책갈피를 뺐습니다" },
  nothingBreaksIt: { en: "no schedule breaks it", ko: "깨뜨리는 스케줄이 없습니다" },
  offTheBest: {
    en: "you have left the smallest counterexample; p shows which choices still lead there, u goes back",
    ko: "가장 작은 반례에서 벗어났습니다. p로 엿보거나 u로 되돌리세요",
  },
  bestGoesOn: (choice: string): Text => ({
    en: `the smallest counterexample goes on with ${choice}`,
    ko: `가장 작은 반례는 다음이 ${choice}입니다`,
  }),
  toSchedules: { en: "every schedule", ko: "모든 스케줄" },
  youBrokeIt: { en: "You broke it", ko: "깨뜨렸습니다" },
  itIsOver: { en: "It is over", ko: "끝났습니다" },
  free: { en: "free", ko: "가능" },
  hasEnded: { en: "has ended", ko: "끝났음" },
  notItsTurn: { en: "something else has to happen first", ko: "먼저 다른 일이 있어야 합니다" },
  blockedBy: (names: readonly string[], since: number | null): Text => {
    const who = names.join(", ");
    return who === ""
      ? { en: "blocked: nothing is there to go on with", ko: "막힘: 나아갈 것이 없습니다" }
      : {
          en: `blocked: waits until ${who} lets go${since === null ? "" : `, since step ${since}`}`,
          ko: `막힘: ${particle(who, "이", "가")} 락을 풀 때까지 기다림${since === null ? "" : `, ${since}단계부터`}`,
        };
  },
  cannotGo: (key: number, why: string, able: readonly string[]): Text => ({
    en: `${key} cannot go (${why}).${able.length > 0 ? ` Press ${able.join(" or ")}.` : ""}`,
    ko: `${particle(`${key}`, "은", "는")} 갈 수 없습니다(${why}).${able.length > 0 ? ` ${particle(able.join(" 또는 "), "을", "를")} 누르세요.` : ""}`,
  }),
  noChoice: (key: string): Text => ({ en: `there is no choice ${key}`, ko: `${key}번은 없습니다` }),
  taken: (steps: number, switches: number): Text => ({
    en: `${steps} ${steps === 1 ? "step" : "steps"}, ${times(switches)}`,
    ko: `${steps}단계, 전환 ${switches}번`,
  }),
  best: (switches: number, exact: boolean): Text => ({
    en: `best possible ${times(switches)}${exact ? "" : " or fewer"}`,
    ko: `최선은 전환 ${switches}번${exact ? "" : " 이하"}`,
  }),
  /** `several`: a schedule may go wrong in another way than the goal. */
  leads: ({ wrong, schedules, exact }: { wrong: bigint; schedules: bigint; exact: boolean }, several: boolean): Text => {
    const [some, every] = [grouped(wrong), grouped(schedules)];
    return {
      en: `peek: ${some} of ${every} ${several ? "go wrong" : "reach the goal"}${exact ? "" : ", as far as the search got"}`,
      ko: `엿보기: ${exact ? "" : "탐색한 데까지는 "}${every}개 중 ${some}개가 ${several ? "틀립니다" : "목표에 이릅니다"}`,
    };
  },
  otherBroken: (property: string): Text => ({
    en: `That is another property than your goal, "${property}": u goes back, o changes the goal.`,
    ko: `목표인 "${property}" 대신 다른 속성이 깨졌습니다. u로 되돌리거나 o로 목표를 바꾸세요.`,
  }),
  otherGoal: { en: "other goal", ko: "다른 목표" },
  endedRight: (label: string): Text => ({
    en: `It ends at ${label}: right. There are orders that break it: u goes back, i gives a hint.`,
    ko: `${towards(label)} 올바르게 끝났습니다. 깨뜨리는 순서가 있습니다. u로 되돌리거나 i로 힌트를 보세요.`,
  }),
  endedRightAlways: (label: string): Text => ({
    en: `It ends at ${label}: right, as in every schedule.`,
    ko: `${towards(label)} 올바르게 끝났습니다. 어떤 스케줄에서도 그렇습니다.`,
  }),
  yourScore: (yours: number, best: number, exact: boolean): Text =>
    yours === best
      ? {
          en: `Goal reached with ${times(yours)}: nobody can do it with fewer.`,
          ko: `전환 ${yours}번으로 목표 달성. 더 적게는 불가능합니다.`,
        }
      : {
          en: `Goal reached with ${times(yours)}; the best possible is ${best}${exact ? "" : " or fewer"}.`,
          ko: `전환 ${yours}번으로 목표 달성. 최선은 ${best}번${exact ? "" : " 이하"}입니다.`,
        },
  sameOrderElsewhere: { en: "The same order under the other strategies", ko: "같은 순서를 다른 전략으로" },
  yourTries: { en: "Your tries", ko: "내 시도" },
  /** For the closing line. */
  done: (orders: number, wrong: number): Text => ({
    en: `decided ${count(orders, "order")}, ${wrong} of them wrong`,
    ko: `직접 고른 순서 ${grouped(orders)}개, 그중 ${wrong}개 잘못됨`,
  }),
} as const;
