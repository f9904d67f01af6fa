import { type Json, lesson, ok, rejected, type Session, StoreError, type Strategy, strategy, type Work } from "racelab";

type Stock = { left: number; [column: string]: Json };

const STOCK = "stock/1";
const PIECES = 100;

/** Read what is left, take one, save it. Any server may do it; the lock is in a store that all of them share. */
const buyOne: Work = {
  name: "buy one",
  who: { en: "server", ko: "서버" },
  keys: [STOCK],
  async body({ read, write }) {
    const stock = await read<Stock>(STOCK);
    if (stock.left < 1) return rejected("sold out");
    await write(STOCK, { ...stock, left: stock.left - 1 });
    return ok();
  },
  atomic: {
    key: STOCK,
    where: [">=", "left", 1],
    set: { left: ["-", "left", 1] },
    otherwise: "sold out",
  },
};

/** A lease, and every write shows its number. 55000: too late, so a new lease and another look, three times in all. */
const withNumber = (beforeWriting: (session: Session, token: number) => Promise<unknown>): Strategy["run"] =>
  async function run(work, session) {
    for (let attempt = 1; attempt <= 3; attempt++) {
      const token = await session.lease(STOCK);
      try {
        return await work.body({
          ...session,
          async write(key, row) {
            await beforeWriting(session, token);
            await session.perform({ kind: "write", key, row, token });
          },
        });
      } catch (error) {
        if (!(error instanceof StoreError && error.code === "55000")) throw error;
      } finally {
        await session.release(STOCK, "shared");
      }
    }
    return rejected("gave up after 3 leases ran out");
  };

const variants = {
  "number-at-the-write": strategy({
    summary: "a lease whose number goes along with the write, and nowhere else",
    cost: "the row learns of the new holder only when that one writes: too late for what it has read before",
    requires: ["leases", "fencing"],
    run: withNumber(async () => {}),
  }),
  "fence-after-reading": strategy({
    summary: "a lease; the number is shown to the row after reading, just before writing",
    cost: "the stable door is shut after the horse has bolted: the copy was read before",
    requires: ["leases", "fencing"],
    run: withNumber((session, token) => session.raiseFence(STOCK, token)),
  }),
} satisfies Record<string, Strategy>;

export default lesson({
  title: { en: "Lease and fencing", ko: "리스와 펜싱 토큰" },
  summary: {
    en: "A lock that expires, and a pause that is longer. Two servers hold it, and only one of them knows.",
    ko: "만료되는 락, 그리고 그보다 긴 멈춤. 락을 쥔 서버는 둘인데, 한쪽만 그 사실을 압니다.",
  },
  size: { tasks: 2 },
  load: { requests: 100, think: 1 },
  variants,

  scenario: ({ tasks, pieces = PIECES }) => ({
    rows: { [STOCK]: { left: pieces } },
    tasks: Array.from({ length: tasks }, () => buyOne),
    tally: {
      name: "stock",
      done: "sold",
      off: { en: "N lost", ko: "유실 N" },
      actual: (rows) => Number(rows[STOCK]?.["left"]),
      expected: ({ outcomes }) => Math.max(0, pieces - outcomes.filter((outcome) => outcome?.status === "ok").length),
    },
    properties: [
      {
        name: "every sale is counted",
        kind: "outcome",
        test({ rows, outcomes }) {
          const sold = outcomes.filter((outcome) => outcome?.status === "ok").length;
          const gone = pieces - Number(rows[STOCK]?.["left"]);
          return gone === sold
            ? null
            : {
                en: `${sold} buyers were told "ok", but the stock went down by ${gone}${gone < sold ? " only" : ""}`,
                ko: `손님 ${sold}명이 "ok"를 받았는데 재고는 ${gone}개${gone < sold ? "만" : ""} 줄었습니다`,
              };
        },
      },
    ],
  }),

  label: ({ rows }) => `stock ${rows[STOCK]?.["left"]}`,

  grade: ({ before, rows, outcomes }) =>
    Number(before[STOCK]?.["left"]) - Number(rows[STOCK]?.["left"]) <
    outcomes.filter((outcome) => outcome?.status === "ok").length
      ? {
          grade: "forbidden",
          says: {
            en: "Two held the lock, and each was sure to be alone.",
            ko: "락을 쥔 서버가 둘이었고, 둘 다 자기뿐이라고 믿었습니다.",
          },
        }
      : {
          grade: "expected",
          says: {
            en: "Every sale is counted: a late write was refused, or there was none.",
            ko: "판매가 모두 반영되었습니다. 늦은 쪽은 거절당했거나, 늦지 않았습니다.",
          },
        },

  claims: [
    {
      strategy: "none",
      breaks: "every sale is counted",
      because: { en: "No lock, no turns.", ko: "락이 없으면 차례도 없습니다." },
    },
    {
      strategy: "lease-lock",
      holds: true,
      because: {
        en: "As long as no lease ever runs out early, it is a mutex for all servers. That is why it passes every test.",
        ko: "리스가 도중에 만료되지만 않으면, 모든 서버가 함께 쓰는 뮤텍스입니다. 그래서 테스트는 늘 통과합니다.",
      },
    },
    {
      strategy: "lease-lock",
      faults: { expire: 1 },
      breaks: "every sale is counted",
      because: {
        en: "It paused between reading and writing. The lease went to another server; the late write arrived anyway.",
        ko: "읽고 쓰는 사이에 멈췄습니다. 락은 다른 서버로 넘어갔는데, 늦은 쓰기는 그대로 도착했습니다.",
      },
    },
    {
      strategy: "number-at-the-write",
      faults: { expire: 1 },
      breaks: "every sale is counted",
      because: {
        en: "The new holder has read, and not yet written. The row has seen no higher number, so it takes the late write.",
        ko: "새 주인은 읽기만 하고 아직 쓰지 않았습니다. 행은 더 높은 번호를 본 적이 없으니, 늦은 쓰기를 받아 줍니다.",
      },
    },
    {
      strategy: "fence-after-reading",
      faults: { expire: 1 },
      breaks: "every sale is counted",
      because: {
        en: "Between its reading and its showing the number there is still room for one late write.",
        ko: "읽은 뒤 번호를 보여 주기까지, 늦은 쓰기 하나가 끼어들 틈이 남아 있습니다.",
      },
    },
    {
      strategy: "fenced-lease",
      faults: { expire: 1 },
      holds: true,
      because: {
        en: "First show the number, then read: from then on nobody older can change what was read.",
        ko: "번호를 먼저 보여 주고 나서 읽습니다. 그 뒤로는 옛 주인이 읽은 값을 바꿀 수 없습니다.",
      },
    },
    {
      strategy: "fenced-lease",
      faults: { expire: 2 },
      holds: true,
      because: {
        en: "However often a lease runs out: a late write is refused, and its server starts over.",
        ko: "몇 번을 만료되든, 늦으면 거절되고 다시 읽습니다.",
      },
    },
    {
      strategy: "fenced-lease",
      size: { pieces: 1 },
      faults: { expire: 1 },
      holds: true,
      because: {
        en: "One piece, two buyers: the second one reads 0 and is told that it is sold out, even if a lease ran out.",
        ko: "재고 하나에 손님 둘. 팔린 뒤에 온 손님은 리스가 만료됐더라도 0을 읽고 품절이라는 응답을 받습니다.",
      },
    },
    {
      strategy: "cas",
      faults: { expire: 1 },
      holds: true,
      because: {
        en: "It holds no lock that could run out: the version is the fence.",
        ko: "만료될 락이 아예 없습니다. 버전이 곧 펜스입니다.",
      },
    },
  ],

  goals: {
    "every sale is counted": { en: "Lose a sale", ko: "판매 하나 사라지게 하기" },
  },

  questions: [
    {
      kind: "choice",
      ask: {
        en: "A lease of ten seconds was too short once. With how long a lease is the lock safe?",
        ko: "10초짜리 리스가 한 번 모자랐습니다. 얼마로 늘리면 안전할까요?",
      },
      options: [
        { en: "No length is enough.", ko: "얼마로 해도 부족하다." },
        { en: "One minute.", ko: "1분." },
        { en: "Longer than the longest request ever measured.", ko: "지금까지 측정한 가장 긴 요청보다 길게." },
      ],
      answer: 0,
      because: {
        en: "A paused process, a sleeping laptop, a packet on its way: nothing bounds how late a write can come. A longer lease makes it rarer, and makes a crash cost more. A watchdog that renews the lease is paused with its process.",
        ko: "멈춘 프로세스, 잠든 가상 머신, 아직 날아오는 패킷. 쓰기가 얼마나 늦을지 정해 주는 것은 없습니다. 리스를 늘리면 드물어질 뿐이고, 서버가 죽었을 때 더 오래 기다립니다. 리스를 갱신하는 워치독도 프로세스와 함께 멈춥니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "Every lease has a number, and the row refuses a lower one than it has seen. When must a new holder show its number?",
        ko: "리스마다 번호가 있고, 행은 자기가 본 것보다 낮은 번호를 거절합니다. 새 주인은 번호를 언제 보여 줘야 할까요?",
      },
      options: [
        { en: "With the write.", ko: "쓸 때 함께." },
        { en: "After reading, before writing.", ko: "읽은 뒤, 쓰기 전에." },
        { en: "Before reading.", ko: "읽기 전에." },
      ],
      answer: 2,
      because: {
        en: "The old holder can still change what was read before the row knows the new number.",
        ko: "행이 번호를 알기 전에 읽은 값은, 옛 주인이 아직 바꿀 수 있습니다.",
      },
    },
    {
      kind: "ends",
      strategy: "fenced-lease",
      ask: {
        en: "Two buyers, 100 pieces, numbers shown before reading. What can the stock be at the end?",
        ko: "손님 둘, 재고 100개, 번호는 읽기 전에 보여 줍니다. 마지막 재고는 얼마일 수 있을까요?",
      },
      also: ["stock 100", "stock 99", "stock 98"],
    },
  ],

  picture: { strategy: "lease-lock", faults: { expire: 1 }, schedule: "11.expire.222211" },

  exercise: {
    asks: {
      en: "a lease that can end at any moment, and a number that the row checks: nothing else protects the row",
      ko: "언제든 끝날 수 있는 리스, 그리고 행이 확인하는 번호. 다른 것으로는 행을 지키지 않습니다",
    },
    ways: [
      {
        uses: ["leases", "fencing"],
        because: {
          en: "The number of a later lease is on the row before it is read, so the late one is refused.",
          ko: "다음 리스의 번호가 읽기 전에 행에 적히니, 늦은 쪽은 거절됩니다.",
        },
      },
    ],
    without: ["locks", "row-locks", "versions", "conditional-update", "snapshots", "serializable"],
  },

  cost: {
    en: "The store itself must check the number, at every write. Where it can do that, it could often compare versions instead, without a lock.",
    ko: "저장소가 쓸 때마다 번호를 직접 확인해야 합니다. 그럴 수 있는 저장소라면, 락 없이 버전만 비교해도 되는 경우가 많습니다.",
  },
});
