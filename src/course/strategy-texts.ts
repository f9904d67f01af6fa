/**
 * Summary and cost of each strategy in Korean. It is the only Korean that does not stand beside its English: the files of
 * the strategies are code that the panes show to learners of every language, from the first line on.
 */
import type { Language, Lesson } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import { strategyOf } from "./catalog.js";

type Texts = Pick<Strategy, "summary" | "cost">;

export const inKorean: Readonly<Record<string, Texts>> = {
  none: {
    summary: "보호 없음: 읽고, 판단하고, 쓰기",
    cost: "아무것도 없음, 진실만 빼고",
  },
  "atomic-update": {
    summary: "조건 있는 UPDATE 하나: 검사와 쓰기가 같은 문장",
    cost: "규칙이 한 행에 대한 문장 하나에 들어가야 함",
  },
  cas: {
    summary: "행의 버전을 비교하고 쓰기, 3번까지 시도",
    cost: "한 일을 버리고 다시 함, 남은 것이 있는데 포기하기도 함",
  },
  "fenced-lease": {
    summary: "행이 번호를 확인하는 만료되는 락: 늦은 주인은 거절",
    cost: "저장소가 쓸 때마다 행 하나씩 번호를 확인함: 두 행이면 반만 저장될 수 있음",
  },
  idempotency: {
    summary: "요청의 키부터 차지하고 일하기, 되풀이된 요청은 저장된 답을 받음",
    cost: "요청마다 행 하나, 호출하는 동안 열려 있는 트랜잭션, 클라이언트가 되풀이하는 한 남겨 둘 키",
  },
  "lease-lock": {
    summary: "만료되는 공유 락, 아직 내 것일 때만 돌려줌",
    cost: "만료 시간보다 오래 멈춘 쪽은 락 없이 계속하고, 그 사실을 모름",
  },
  mutex: {
    summary: "규칙 전체를 감싼 뮤텍스: 한 번에 하나",
    cost: "안에 있는 쪽을 모두가 기다림, 서버 한 대만 지킴",
  },
  outbox: {
    summary: "이벤트를 같은 트랜잭션의 행으로 쓰고 나중에 보냄, 인박스가 사본을 버림",
    cost: "이벤트가 늦게, 때로는 두 번, 뒤섞인 순서로 옴, 치워야 할 테이블이 둘 늘어남",
  },
  "row-lock": {
    summary: "읽은 행을 커밋할 때까지 잠그는 트랜잭션",
    cost: "다음에 읽는 쪽이 커밋을 기다리고, 그 뒤에 선 모두도 기다림",
  },
  saga: {
    summary: "단계마다 따로 커밋, 거절되면 앞선 단계를 거꾸로 되돌림",
    cost: "반쯤 된 일이 남에게 보임, 단계마다 되풀이해도 되고 지켜볼 수 있는 되돌리기가 필요함",
  },
  serializable: {
    summary: "직렬화 가능 트랜잭션, 둘의 순서를 정할 수 없으면 처음부터 다시",
    cost: "어떤 트랜잭션이든 다시 시작할 수 있어야 함, 한 행에 몰리면 대부분 포기함",
  },
  "single-writer": {
    summary: "키마다 큐 하나, 한 번에 주인 하나, 순서대로",
    cost: "규칙은 키 하나만 건드릴 수 있음, 몰리는 키는 한 줄, 주인이 바뀌면 메시지가 두 번 옴",
  },
};

/** Of a variant of the lesson: as its author wrote them, also where a strategy of the course has the same name. */
export async function strategyTexts(lesson: Lesson, id: string, language: Language): Promise<Texts> {
  const { summary, cost } = await strategyOf(lesson, id);
  const korean = language === "ko" && !lesson.variants?.[id] ? inKorean[id] : undefined;
  return korean ?? { summary, cost };
}
