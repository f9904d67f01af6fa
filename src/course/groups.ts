/**
 * The course: its lessons in the order in which they are best learned, in groups. A lesson keeps its number, by which people
 * find it, so the numbers on the list do not go up one by one.
 */
import type { Text } from "../core/language.js";

/** Lessons with one idea behind them. */
interface LessonGroup {
  readonly title: Text;
  /** One sentence: what these lessons have in common. */
  readonly says: Text;
  /** The ids of its lessons, in order. */
  readonly lessons: readonly string[];
}

export const lessonGroups: readonly LessonGroup[] = [
  {
    title: { en: "Two requests, one row", ko: "요청 둘, 행 하나" },
    says: {
      en: "A request reads, decides, then writes, and another request writes in between.",
      ko: "요청은 읽고, 판단하고, 씁니다. 그 사이에 다른 요청이 먼저 씁니다.",
    },
    lessons: ["lost-update", "cancel-vs-accept", "spend-points-twice"],
  },
  {
    title: { en: "Several servers, one lock", ko: "서버 여러 대, 락 하나" },
    says: {
      en: "A lock protects only those who ask for the same lock, and its holder can die or come back too late.",
      ko: "락은 같은 락을 잡으려는 쪽끼리만 지켜 줍니다. 락 소유자는 죽을 수도, 너무 늦게 돌아올 수도 있습니다.",
    },
    lessons: ["two-servers", "lease-and-fencing", "file-store"],
  },
  {
    title: { en: "A crowd", ko: "몰려드는 요청" },
    says: {
      en: "Many requests want a few pieces: sell none of them twice, leave none over, and let no request wait for nothing.",
      ko: "몇 개 안 되는 재고에 요청이 몰립니다. 두 번 팔려도, 남아도 안 되고, 쓸데없이 기다리게 해서도 안 됩니다.",
    },
    lessons: ["coupon-rush", "stock-reservation", "umbrella"],
  },
  {
    title: { en: "More than one row", ko: "여러 행에 걸친 규칙" },
    says: {
      en: "A rule that covers several rows breaks although every single row is protected.",
      ko: "행 하나하나를 지켜도 여러 행에 걸친 규칙은 깨집니다.",
    },
    lessons: [
      "deadlock",
      "torn-order",
      "write-skew",
      "get-or-create",
      "double-booking",
      "no-optimistic-lock",
      "aba-and-versions",
    ],
  },
  {
    title: { en: "The same request twice", ko: "두 번 오는 요청" },
    says: {
      en: "A client that gets no answer asks again, because it cannot know whether its first request took effect.",
      ko: "응답을 받지 못한 클라이언트는 다시 요청합니다. 첫 요청이 처리됐는지 알 수 없기 때문입니다.",
    },
    lessons: ["double-payment", "double-top-up", "three-lines-of-defence"],
  },
  {
    title: { en: "More than one system", ko: "여러 시스템에 걸친 작업" },
    says: {
      en: "No transaction covers the payment gateway, the warehouse and the message broker: each step can fail alone.",
      ko: "PG사, 창고, 메시지 브로커를 한 트랜잭션으로 묶을 수는 없습니다. 단계마다 따로 실패합니다.",
    },
    lessons: ["saga", "order-flow", "outbox"],
  },
  {
    title: { en: "Around the database", ko: "데이터베이스 곁에서" },
    says: {
      en: "Caches, queues and lists make a service fast, and each brings a new way to be wrong.",
      ko: "캐시, 큐, 목록 조회는 서비스를 빠르게 하지만, 저마다 새로운 방식으로 잘못됩니다.",
    },
    lessons: ["cached-stock", "single-writer", "job-queue", "n-plus-one"],
  },
];

/** The group of a lesson of the course; null: it is in none. */
export const groupOf = (id: string): LessonGroup | null => lessonGroups.find(({ lessons }) => lessons.includes(id)) ?? null;

const order: readonly string[] = lessonGroups.flatMap(({ lessons }) => lessons);

/** The place of a lesson in the course; a lesson without a group comes last. */
export const placeOf = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);
