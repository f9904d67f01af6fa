import {
  access,
  type End,
  isSerializationFailure,
  type Json,
  type Key,
  lesson,
  type Outcome,
  ok,
  type Row,
  rejected,
  retry,
  type Select,
  type Session,
  strategy,
  type WatchedEvent,
  type Work,
} from "racelab";

type Order = { id: number; restaurant: string; rider: string; delivered: boolean; [column: string]: Json };
type Rider = { name: string; carries: number; [column: string]: Json };

const MOST = 3;
const ATTEMPTS = 4;
const ONE = "one moment";
const TWO = "two moments on one page";
const EMPTY = "an empty page";
/** No page shows it: every order names a rider, and no rider is ever deleted. */
const NO_RIDER = "an order without a rider";

const orderKey = (n: number): Key => `orders/${n}`;
const numbers = (orders: number) => Array.from({ length: orders }, (_, i) => i + 1);

/** The list of orders, each with its restaurant and its rider. The loop reads well, and asks the database in every round. */
const list = (orders: number): Work => ({
  name: "list the orders",
  who: { en: "page", ko: "화면" },
  keys: numbers(orders).map(orderKey),
  async body({ select, read }) {
    let page = ONE;
    for (const { id, restaurant, rider, delivered } of (await select({ table: "orders" })) as readonly Order[]) {
      await read(`restaurants/${restaurant}`);
      const { carries } = await read<Rider>(`riders/${rider}`);
      if (delivered === (carries === id)) page = TWO;
    }
    return ok(page);
  },
});

/** The rider hands the order over at the door: it is delivered, and the rider carries nothing any more. */
const deliver = (n: number): Work => ({
  name: "deliver an order",
  who: { en: "rider", ko: "라이더" },
  keys: [orderKey(n)],
  async body({ read, write }) {
    const order = await read<Order>(orderKey(n));
    if (order.delivered) return rejected("delivered already");
    const rider = await read<Rider>(`riders/${order.rider}`);
    await write(orderKey(n), { ...order, delivered: true });
    await write(`riders/${order.rider}`, { ...rider, carries: 0 });
    return ok();
  },
});

const isPage = (index: number): boolean => index % 2 === 0;
const pages = ({ outcomes }: Pick<End, "outcomes">): readonly string[] =>
  outcomes.flatMap((outcome, i) => (isPage(i) && outcome?.status === "ok" ? [outcome.detail ?? EMPTY] : []));

/** What a database counts as a query; BEGIN, COMMIT and locks of one's own are none. */
const isQuery = ({ operation: { kind } }: WatchedEvent): boolean => kind.startsWith("read") || kind.startsWith("select");

/** Remembers which rows the list names, and fetches all of a table at once when the first is wanted. */
function sideLoading(session: Session): Session {
  const named = new Map<string, Set<string>>();
  const loaded = new Map<Key, Row>();
  const select = async (asked: Select) => {
    const rows = await session.select(asked);
    for (const row of rows)
      for (const [column, value] of Object.entries(row))
        if (typeof value === "string") named.set(`${column}s`, (named.get(`${column}s`) ?? new Set()).add(value));
    return rows;
  };
  const find = async <R extends Row>(key: Key) => {
    const [table = "", id = ""] = key.split("/");
    const ids = named.get(table);
    if (!ids?.has(id)) return session.find<R>(key);
    if (!loaded.has(key)) {
      const wanted = [...ids].sort().map((text) => ({ text }));
      for (const row of await session.select({ table, where: ["in", "id", wanted] })) loaded.set(`${table}/${row["id"]}`, row);
    }
    return (loaded.get(key) ?? null) as R | null;
  };
  return { ...session, ...access({ ...session, select, find }) };
}

/** One snapshot for everything; a task that finds another writer begins again. */
const inSnapshot = (session: Session, once: () => Promise<Outcome>): Promise<Outcome> =>
  retry(session, { attempts: ATTEMPTS, when: isSerializationFailure }, () => session.transaction("repeatable read", once));

const variants = {
  "side-loading": strategy({
    summary: "all restaurants in one query, all riders in another",
    cost: "three queries are three moments, and the list must fit into memory",
    requires: [],
    run: (work, session) => work.body(sideLoading(session)),
  }),
  "loop-in-a-snapshot": strategy({
    summary: "the loop as it is, in a transaction at repeatable read",
    cost: "one moment, and as many round trips as before",
    requires: ["transactions", "snapshots"],
    run: (work, session) => inSnapshot(session, () => work.body(session)),
  }),
  "side-loading-in-a-snapshot": strategy({
    summary: "three queries, in a transaction at repeatable read",
    cost: "BEGIN and COMMIT are round trips too, and the page can be a moment old",
    requires: ["transactions", "snapshots"],
    run: (work, session) => inSnapshot(session, () => work.body(sideLoading(session))),
  }),
};

export default lesson({
  title: { en: "N + 1", ko: "N+1 쿼리 문제" },
  summary: {
    en: "Five orders, eleven queries. It is slow first, and then it is also wrong.",
    ko: "주문 다섯 건에 쿼리 열한 번. 먼저 느리고, 그다음엔 틀리기까지 합니다.",
  },
  size: { tasks: 2, orders: 3 },
  // No thinking time: what is to be seen is the price of a round trip, not of thinking.
  load: { requests: 100, think: 0 },
  variants,

  // By turns: one who looks at the list, one who delivers an order.
  scenario({ tasks, orders = 3 }) {
    const show = list(orders);
    const works = Array.from({ length: tasks }, (_, i) => (isPage(i) ? show : deliver((((i - 1) / 2) % orders) + 1)));
    return {
      rows: Object.fromEntries(
        numbers(orders).flatMap((n) => [
          [orderKey(n), { restaurant: `r${n}`, rider: `d${n}`, delivered: false }],
          [`restaurants/r${n}`, { name: `Restaurant ${n}` }],
          [`riders/d${n}`, { name: `Rider ${n}`, carries: n }],
        ]),
      ),
      tasks: works,
      show: (row) =>
        "delivered" in row ? (row["delivered"] ? { en: "delivered", ko: "배달됨" } : { en: "on its way", ko: "배달 중" }) : null,
      tally: {
        name: "orders",
        done: "answered",
        actual: (rows) => Object.keys(rows).filter((key) => key.startsWith("orders/")).length,
        expected: ({ before }) => Object.keys(before).filter((key) => key.startsWith("orders/")).length,
      },
      properties: [
        {
          name: `a list takes at most ${MOST} queries`,
          kind: "monitor",
          monitor: {
            start: (tasks) => ({ own: Array.from({ length: tasks }, () => 0) }),
            step({ own }, event) {
              const before = Number(own[event.task - 1]);
              if (!isPage(event.task - 1) || !isQuery(event)) return { own };
              if (before < MOST) return { own: own.with(event.task - 1, before + 1) };
              return {
                broken: {
                  en: `a list of ${orders} orders took more than ${MOST} queries`,
                  ko: `주문 ${orders}건의 목록에 쿼리가 ${MOST}번 넘게 나갔습니다`,
                },
              };
            },
          },
        },
        {
          name: "a rider who is told ok has delivered",
          kind: "outcome",
          test({ rows, outcomes }) {
            const fooled = works.find(
              ({ keys: [key = ""] }, i) => !isPage(i) && outcomes[i]?.status === "ok" && !rows[key]?.["delivered"],
            );
            return fooled
              ? {
                  en: `a rider was told ok, and ${fooled.keys[0]} is not delivered`,
                  ko: `라이더는 ok를 받았는데 ${fooled.keys[0]} 주문은 배달 완료가 아닙니다`,
                }
              : null;
          },
        },
        {
          name: "a list shows the orders",
          kind: "outcome",
          test: (end) =>
            pages(end).includes(EMPTY)
              ? { en: "somebody asked for the list and was shown nothing", ko: "목록을 보려 했는데 빈 화면이 나왔습니다" }
              : null,
        },
        {
          name: "a list shows one moment",
          kind: "outcome",
          test: (end) =>
            pages(end).includes(TWO)
              ? {
                  en: "an order is on its way, and by the same page its rider carries nothing; or the other way round",
                  ko: "주문은 배달 중인데 같은 화면의 라이더는 빈손이거나, 그 반대입니다",
                }
              : null,
        },
      ],
    };
  },

  label: (end) => [...new Set(pages(end))].join("; ") || "no list",

  grade: (end) =>
    pages(end).includes(TWO)
      ? {
          grade: "forbidden",
          says: {
            en: "A rider who carries nothing, on the way with the order: it was never so.",
            ko: "빈손인 라이더가 주문을 나르는 중이라고 합니다. 그런 순간은 없었습니다.",
          },
        }
      : null,

  claims: [
    {
      strategy: "none",
      size: { tasks: 1, orders: 5 },
      breaks: `a list takes at most ${MOST} queries`,
      because: {
        en: "One query for the list, and two for each of five orders: 1 + 2 × 5 = 11. Nobody else is there; it is simply expensive.",
        ko: "목록에 한 번, 주문 다섯 건마다 두 번씩. 1 + 2 × 5 = 11번. 다른 사람은 없습니다. 그냥 비쌀 뿐입니다.",
      },
    },
    {
      strategy: "none",
      breaks: "a list shows one moment",
      because: {
        en: "Many queries are as many moments. An order is delivered between the first and the last.",
        ko: "쿼리가 여러 번이면 순간도 여럿입니다. 첫 쿼리와 마지막 쿼리 사이에 주문 하나가 배달됩니다.",
      },
    },
    {
      strategy: "side-loading",
      size: { tasks: 1, orders: 5 },
      holds: true,
      because: {
        en: "The orders, then all their restaurants, then all their riders: three queries, for five orders or fifty.",
        ko: "주문, 식당 전부, 라이더 전부. 다섯 건이든 쉰 건이든 쿼리는 세 번입니다.",
      },
    },
    {
      strategy: "side-loading",
      size: { tasks: 1, orders: 50 },
      holds: true,
      because: {
        en: "Fifty orders: still three, where the loop needs 101.",
        ko: "쉰 건이어도 세 번. 반복문이라면 101번입니다.",
      },
    },
    {
      strategy: "side-loading",
      breaks: "a list shows one moment",
      because: {
        en: "Fewer moments, but still three: orders from before, riders from after.",
        ko: "순간이 줄었지만 여전히 셋입니다. 주문은 전의 것, 라이더는 후의 것.",
      },
    },
    {
      strategy: "mutex",
      breaks: `a list takes at most ${MOST} queries`,
      because: {
        en: "A lock for each order, and as many queries as before: true, slow, and now others wait for the slow page.",
        ko: "주문마다 락을 잡고, 쿼리 수는 그대로. 맞지만 느리고, 이제 남들까지 느린 화면을 기다립니다.",
      },
    },
    {
      strategy: "loop-in-a-snapshot",
      breaks: `a list takes at most ${MOST} queries`,
      because: {
        en: "A snapshot makes many queries one moment, not one query. With three orders it is seven.",
        ko: "스냅샷은 여러 쿼리를 한 순간으로 만들 뿐, 한 번으로 줄이지는 않습니다. 주문 세 건이면 일곱 번입니다.",
      },
    },
    {
      strategy: "side-loading-in-a-snapshot",
      holds: true,
      because: {
        en: "Three queries, one moment. A join would do it in one statement, and in PostgreSQL and MySQL one statement is one moment by itself.",
        ko: "쿼리 세 번, 순간은 하나. 조인이라면 한 문장으로 되고, PostgreSQL과 MySQL에서 한 문장은 그 자체로 한 순간입니다.",
      },
    },
  ],

  goals: {
    "a list shows one moment": { en: "Show two moments on one page", ko: "한 화면에 두 순간 보여 주기" },
    "a list shows the orders": { en: "Leave an order out of the list", ko: "목록에서 주문 하나 빠뜨리기" },
    "a rider who is told ok has delivered": { en: "Say ok without a delivery", ko: "배달 없이 ok라고 답하기" },
  },

  questions: [
    {
      kind: "choice",
      ask: {
        en: "50 orders on a page, each with its restaurant and its rider, loaded in a loop. How many queries?",
        ko: "한 화면에 주문 50건, 주문마다 식당과 라이더를 반복문으로 불러옵니다. 쿼리는 몇 번?",
      },
      options: ["3", "51", "101", "151"],
      answer: 2,
      because: {
        en: "One for the list, and two for each order. On your machine nobody notices; with 1 ms to the database it is a tenth of a second.",
        ko: "목록에 한 번, 주문마다 두 번. 내 컴퓨터에서는 아무도 모르지만, DB까지 왕복 1ms면 0.1초가 됩니다.",
      },
    },
    {
      kind: "ends",
      strategy: "side-loading",
      ask: {
        en: "Three queries instead of eleven, no transaction. What can the page show while an order is being delivered?",
        ko: "쿼리를 열한 번에서 세 번으로 줄였습니다. 트랜잭션은 없습니다. 주문이 배달되는 순간 화면에는 무엇이 보일까요?",
      },
      also: [ONE, TWO, NO_RIDER],
    },
    {
      kind: "how-many",
      strategy: "side-loading",
      ask: {
        en: "In how many of all interleavings of the steps does the page show a single moment?",
        ko: "모든 실행 순서 가운데 화면이 한 순간을 보여 주는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "Why not simply one join over all three tables?",
        ko: "세 테이블을 그냥 조인 한 번으로 읽으면 안 될까요?",
      },
      options: [
        { en: "It can show two moments as well.", ko: "조인도 두 순간을 섞어 보여 줄 수 있다." },
        { en: "It needs a transaction around it.", ko: "트랜잭션으로 감싸야만 한다." },
        { en: "It is right, and repeats columns.", ko: "그래도 된다. 컬럼이 반복될 뿐." },
      ],
      answer: 2,
      because: {
        en: "In PostgreSQL and MySQL (InnoDB) one statement has one snapshot, even at read committed. In SQL Server it has one only with READ_COMMITTED_SNAPSHOT. The restaurant's columns come with every row; with to-many relations the rows multiply, and then side-loading sends less.",
        ko: "PostgreSQL과 MySQL(InnoDB)에서 한 문장은 read committed에서도 스냅샷 하나로 실행됩니다. SQL Server는 READ_COMMITTED_SNAPSHOT을 켰을 때만 그렇습니다. 식당 컬럼은 행마다 따라옵니다. 일대다 관계에서는 행이 곱으로 늘어나, 그때는 묶어서 불러오는 쪽(side-loading)이 덜 보냅니다.",
      },
    },
  ],

  cost: {
    en: "Side-loading writes down in advance what a page needs, and loads it even if nobody looks. A join repeats what rows share. The loop is the easiest to read, and pays at every round.",
    ko: "묶어서 불러오기(side-loading)는 화면에 필요한 것을 먼저 정해 두어야 하고, 아무도 보지 않을 때도 불러옵니다. 조인은 공통된 값을 행마다 반복합니다. 반복문은 가장 읽기 쉽지만 돌 때마다 값을 치릅니다.",
  },
});
