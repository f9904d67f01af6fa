import {
  access,
  type End,
  type Json,
  type Key,
  lesson,
  ok,
  type Row,
  type Rows,
  rejected,
  type Scenario,
  strategy,
  type Text,
  type Work,
} from "racelab";

type Stock = { left: number; [column: string]: Json };
type Counter = { count: number };

const STOCK = "stock/1";
const PIECES = 100;
const COUNT = "count/1";
const BUYER = { en: "buyer", ko: "손님" };
const WORKER = { en: "worker", ko: "워커" };

/** Read what is left, take one, save it. Written as if nobody else were there. */
const buyOne: Work = {
  name: "buy one",
  who: BUYER,
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

/** Read the count, add one, save it; and that several times. The same mistake, with more room for it. */
const addOne = (times: number): Work => ({
  name: `add one, ${times} times`,
  who: WORKER,
  keys: [COUNT],
  async body({ read, write }) {
    for (let i = 0; i < times; i++) {
      const { count } = await read<Counter>(COUNT);
      await write(COUNT, { count: count + 1 });
    }
    return ok();
  },
});

/** Two workers and a counter instead of a shelf: the picture of the lesson, at size `each`. */
function counting(tasks: number, each: number): Scenario<Text> {
  const work = addOne(each);
  const done = ({ outcomes }: Pick<End, "outcomes">) => each * outcomes.filter((outcome) => outcome?.status === "ok").length;
  const count = (rows: Rows) => Number(rows[COUNT]?.["count"]);
  return {
    rows: { [COUNT]: { count: 0 } },
    tasks: Array.from({ length: tasks }, () => work),
    tally: {
      name: "count",
      done: "done",
      off: { en: "N lost", ko: "유실 N" },
      actual: count,
      expected: (end, pieces = done(end)) => pieces,
      finishes: ({ operation }) => operation.kind === "write" || operation.kind === "compare-and-set",
    },
    properties: [
      {
        name: "every increment is counted",
        kind: "outcome",
        test: (end) =>
          count(end.rows) === done(end)
            ? null
            : {
                en: `${done(end)} increments are done, and the count is ${count(end.rows)}`,
                ko: `더하기를 ${done(end)}번 마쳤는데 카운터는 ${count(end.rows)}입니다`,
              },
      },
    ],
  };
}

/** BEGIN … COMMIT around the rule, and nothing else. */
const transactionOnly = strategy({
  summary: "a transaction around read and write, read committed",
  cost: "one more round trip, and the same lost sale",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});

/** The write is safely locked; what it writes was read before. */
const lockAroundTheWrite = strategy({
  summary: "read freely, take the lock for the write alone",
  cost: "everybody queues up to save a stale number",
  requires: ["locks"],
  run: (work, session) =>
    work.body(
      access({
        ...session,
        async write(key: Key, row: Row) {
          await session.acquire(key);
          await session.write(key, row);
          await session.release(key);
        },
      }),
    ),
});

export default lesson({
  title: { en: "Lost update", ko: "갱신 손실" },
  summary: {
    en: "Two buyers read the same stock. Both write what is left. One sale vanishes.",
    ko: "두 손님이 같은 재고를 읽고, 둘 다 남은 수량을 저장합니다. 판매 하나가 사라집니다.",
  },
  size: { tasks: 3 },
  load: { requests: 100, think: 1 },

  scenario: ({ tasks, each = 0, pieces = PIECES }) =>
    each > 0
      ? counting(tasks, each)
      : {
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
                const missing = Number(rows[STOCK]?.["left"]) - (pieces - sold);
                return missing === 0
                  ? null
                  : {
                      en: `${sold} buyers were told "ok", but the stock went down by ${sold - missing}${missing > 0 ? " only" : ""}`,
                      ko: `손님 ${sold}명이 "ok"를 받았는데 재고는 ${sold - missing}개${missing > 0 ? "만" : ""} 줄었습니다`,
                    };
              },
            },
          ],
        },

  grade({ before, rows, outcomes }) {
    if (!rows[STOCK]) return null;
    const told = (status: string) => outcomes.filter((outcome) => outcome?.status === status).length;
    const gone = Number(before[STOCK]?.["left"]) - Number(rows[STOCK]["left"]);
    if (gone < told("ok"))
      return {
        grade: "forbidden",
        says: {
          en: "A buyer has a receipt for a piece that is still on the shelf and will be sold again.",
          ko: "영수증은 나갔는데, 그 상품은 재고에 남아 또 팔립니다.",
        },
      };
    if (told("rejected") > 0 && Number(rows[STOCK]["left"]) > 0)
      return {
        grade: "forbidden",
        says: {
          en: "Every sale is counted, but a buyer was turned away although there was stock left.",
          ko: "판매는 모두 세었지만, 재고가 충분한데 손님 하나가 빈손으로 돌아갔습니다.",
        },
      };
    return { grade: "expected", says: { en: "As many are gone as were sold.", ko: "판 만큼 줄었습니다." } };
  },

  variants: { "transaction-only": transactionOnly, "lock-around-the-write": lockAroundTheWrite },

  claims: [
    {
      strategy: "none",
      breaks: "every sale is counted",
      because: {
        en: "Both read 100, both write 99: the second write does not know of the first.",
        ko: "둘 다 100을 읽고 둘 다 99를 씁니다. 두 번째 쓰기는 첫 번째 쓰기를 모릅니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "Nobody reads while somebody else is between reading and writing.",
        ko: "누군가 읽고 나서 다 쓸 때까지 아무도 읽지 못합니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "The read takes the row's lock, and the commit gives it back: the next reader sees what was written.",
        ko: "읽을 때 행 락을 잡고 커밋할 때 풉니다(비관적 락). 다음 사람은 반드시 저장된 값을 읽습니다.",
      },
    },
    {
      strategy: "row-lock",
      size: { tasks: 2, pieces: 1 },
      holds: true,
      because: {
        en: "One piece, two buyers: the second one reads 0 and is told that it is sold out.",
        ko: "재고 하나에 손님 둘. 두 번째 손님은 0을 읽고 품절이라는 응답을 받습니다.",
      },
    },
    {
      strategy: "cas",
      holds: true,
      because: {
        en: "A stale copy is refused when it is saved, and the buyer reads again. With three buyers, the third attempt always fits.",
        ko: "낡은 사본은 저장할 때 거절되고, 다시 읽어 시도합니다. 세 명이라면 세 번째 시도는 반드시 성공합니다.",
      },
    },
    {
      strategy: "cas",
      size: { tasks: 4 },
      breaks: "nobody is turned away wrongly",
      because: {
        en: "No sale is lost, but a fourth buyer can lose three times in a row and give up although there is stock left.",
        ko: "판매는 하나도 사라지지 않지만, 네 번째 손님은 세 번 연속으로 밀려 재고가 충분한데도 포기할 수 있습니다.",
      },
    },
    {
      strategy: "atomic-update",
      holds: true,
      because: {
        en: "Test and write are one statement: there is no in-between in which a copy could go stale.",
        ko: "검사와 쓰기가 한 문장입니다. 사본이 낡을 '사이'가 없습니다.",
      },
    },
    {
      strategy: "transaction-only",
      breaks: "every sale is counted",
      because: {
        en: "At read committed, BEGIN locks nothing: both transactions read 100 before either commits.",
        ko: "read committed에서 BEGIN은 아무것도 잠그지 않습니다. 둘 다 커밋 전에 100을 읽습니다.",
      },
    },
    {
      strategy: "lock-around-the-write",
      breaks: "every sale is counted",
      because: {
        en: "The writes come one after the other, but each was decided from a copy read outside the lock.",
        ko: "쓰기는 한 줄로 서지만, 쓸 값은 락 밖에서 읽은 사본으로 이미 정해졌습니다.",
      },
    },
  ],

  goals: {
    "every sale is counted": { en: "Lose a sale", ko: "판매 하나 사라지게 하기" },
    "every increment is counted": { en: "Lose an increment", ko: "더하기 하나 사라지게 하기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "100 pieces, three buyers, all are told ok. What can the stock be afterwards?",
        ko: "재고 100개, 손님 세 명, 모두 ok를 받았습니다. 재고로 나올 수 있는 숫자는?",
      },
      also: ["stock 100", "stock 96"],
    },
    {
      kind: "how-many",
      strategy: "none",
      ask: {
        en: "Of all interleavings of three buyers' reads and writes, how many end right?",
        ko: "세 손님이 읽고 쓰는 모든 순서 중에서 결과가 맞는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "ends",
      strategy: "none",
      size: { tasks: 2, each: 3 },
      ask: {
        en: "Two workers each add 1 to a counter three times (read, then write). It starts at 0. Which final counts are possible?",
        ko: "워커 둘이 카운터에 1을 세 번씩 더합니다(읽고, 쓰고). 0에서 시작하면 나올 수 있는 결과를 모두 고르세요.",
      },
      also: ["count 1"],
    },
  ],

  picture: { strategy: "none", schedule: "122331" },

  exercise: {
    asks: {
      en: "read and write are one: by a lock, a version, one statement or a transaction that notices",
      ko: "읽기와 쓰기를 하나로 만드세요. 락, 버전, 한 문장, 알아채는 트랜잭션 중 무엇이든 됩니다",
    },
    ways: [
      {
        uses: ["locks"],
        because: {
          en: "A lock from before the read until after the write: nobody reads in between.",
          ko: "읽기 전부터 쓴 뒤까지 락을 쥐면 그 사이에 아무도 읽지 못합니다.",
        },
      },
      {
        uses: ["row-locks"],
        because: {
          en: "The read locks the row until the commit, on every server.",
          ko: "읽을 때 행을 잠그고 커밋할 때 풉니다. 서버가 여럿이어도 됩니다.",
        },
      },
      {
        uses: ["versions"],
        because: {
          en: "A stale copy is refused when it is saved, and the buyer reads again.",
          ko: "낡은 사본은 저장할 때 거절되고, 손님은 다시 읽습니다.",
        },
      },
      {
        uses: ["conditional-update"],
        because: { en: "Test and write are one statement: there is no copy.", ko: "검사와 쓰기가 한 문장이라 사본이 없습니다." },
      },
      {
        uses: ["serializable"],
        because: {
          en: "The database sends one of the two back, and that one begins again.",
          ko: "DB가 둘 중 하나를 돌려보내고, 그쪽이 처음부터 다시 합니다.",
        },
      },
      {
        uses: ["snapshots"],
        because: {
          en: "The second writer of a snapshot is refused, and begins again with a new one.",
          ko: "스냅샷의 두 번째 쓰기는 거절되고, 새 스냅샷으로 다시 시작합니다.",
        },
      },
      {
        uses: ["leases", "fencing"],
        because: {
          en: "A lease whose number the row checks: more than one server needs, and right.",
          ko: "행이 번호를 확인하는 리스입니다. 서버 한 대에는 과하지만 맞습니다.",
        },
      },
    ],
  },

  cost: {
    en: "A lock makes others wait, even when nobody would have collided. Comparing makes some do their work twice, and perhaps give up.",
    ko: "락은 부딪히지 않았을 사람까지 기다리게 합니다. 비교는 같은 일을 두 번 하게 하고, 때로는 포기하게 합니다.",
  },

  label: ({ rows }) => (rows[COUNT] ? `count ${rows[COUNT]["count"]}` : `stock ${rows[STOCK]?.["left"]}`),
});
