import {
  type End,
  type Json,
  type Key,
  lesson,
  type Monitor,
  type Outcome,
  ok,
  type Row,
  rejected,
  type Session,
  StoreError,
  type Strategy,
  strategy,
  type Text,
  type Work,
} from "racelab";

type Product = { left: number; [column: string]: Json };

const SHELF: readonly Key[] = ["product/kimchi", "product/ramen", "product/egg", "product/tofu"];
const PIECES = 100;

/** One of each product in the cart, all or none, in the order in which they lie in it. */
const reserve = (cart: readonly Key[]): Work => ({
  name: `reserve ${cart.map(short).join(", ")}`,
  who: { en: "customer", ko: "손님" },
  keys: cart,
  async body({ read, write }) {
    const products = new Map<Key, Product>();
    for (const item of cart) products.set(item, await read<Product>(item));
    for (const [item, { left }] of products) if (left < 1) return rejected(`${short(item)} is sold out`);
    for (const [item, product] of products) await write(item, { ...product, left: product.left - 1 });
    return ok();
  },
});

const short = (key: Key): string => key.slice("product/".length);

/** A transaction at read committed in which reads lock, one after the other, in the order of the cart. */
const lockingReads = (work: Work, session: Session, ifLocked?: "nowait") => {
  async function read<R extends Row>(key: Key) {
    return (await session.selectForUpdate(key, ifLocked)) as R;
  }
  return session.transaction("read committed", () => work.body({ ...session, read }));
};

/** The same, and after a refusal it first waits for the row that was refused, with empty hands. */
const waitingFirst = (work: Work, session: Session) => {
  let refused: Key | undefined;
  async function read<R extends Row>(key: Key) {
    refused = key;
    return (await session.selectForUpdate(key)) as R;
  }
  return () =>
    session.transaction("read committed", async () => {
      if (refused) await session.selectForUpdate(refused);
      return work.body({ ...session, read });
    });
};

/** Begins again on these codes, three attempts in all. */
const againOn = async (codes: readonly StoreError["code"][], attempt: () => Promise<Outcome>) => {
  for (let n = 1; n <= 3; n++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreError && codes.includes(error.code))) throw error;
    }
  }
  return rejected("gave up after 3 attempts");
};

const variants = {
  "mutex-in-cart-order": strategy({
    summary: "a mutex for each product, taken in the order of the cart",
    cost: "two carts can wait for each other, and nobody is there to notice",
    requires: ["locks"],
    async run(work, session) {
      for (const lock of work.keys) await session.acquire(lock, "server");
      try {
        return await work.body(session);
      } finally {
        for (const lock of work.keys) await session.release(lock, "server");
      }
    },
  }),
  "one-mutex-for-all": strategy({
    summary: "one mutex for all carts",
    cost: "carts wait for carts with other products",
    requires: ["locks"],
    async run(work, session) {
      await session.acquire("carts", "server");
      try {
        return await work.body(session);
      } finally {
        await session.release("carts", "server");
      }
    },
  }),
  "row-lock-retry-at-once": strategy({
    summary: "row locks in any order; a cart that is told 40P01 begins again at once",
    cost: "work is thrown away, and the other cart is perhaps no further meanwhile",
    requires: ["transactions", "row-locks"],
    run: (work, session) => againOn(["40P01"], () => lockingReads(work, session)),
  }),
  "row-lock-retry": strategy({
    summary: "on 40P01 begin again, with the row that was refused first",
    cost: "the database has to wait, look for the cycle, and throw somebody's work away",
    requires: ["transactions", "row-locks"],
    run: (work, session) => againOn(["40P01"], waitingFirst(work, session)),
  }),
  "row-lock-sorted": strategy({
    summary: "first lock every row of the cart, sorted by its key",
    cost: "the rows must be known before the first is locked",
    requires: ["transactions", "row-locks"],
    run: (work, session) =>
      session.transaction("read committed", async () => {
        for (const key of [...work.keys].sort()) await session.selectForUpdate(key);
        return work.body(session);
      }),
  }),
  "row-lock-nowait": strategy({
    summary: "FOR UPDATE NOWAIT: a cart that finds a lock begins again, three times",
    cost: "nobody waits, so two carts can be in each other's way every time",
    requires: ["transactions", "row-locks"],
    run: (work, session) => againOn(["55P03"], () => lockingReads(work, session, "nowait")),
  }),
  "row-lock-timeout": strategy({
    summary: "row-lock-retry, and nobody waits for a lock longer than a second",
    cost: "a timeout cannot tell a cycle from a queue: it also turns away carts that only had to wait",
    requires: ["transactions", "row-locks"],
    async run(work, session) {
      await session.perform({ kind: "lock-timeout", ms: 1000 });
      return againOn(["40P01", "55P03"], waitingFirst(work, session));
    },
  }),
} satisfies Record<string, Strategy>;

const APART = "carts without a common product do not wait for each other";

/** Where no two carts have a product in common. Kept for each cart: has it had to wait since its last operation? */
const noWait: Monitor<Text> = {
  start: (tasks) => ({ own: Array.from({ length: tasks }, () => false) }),
  waits: ({ own }, task) => ({ own: own.with(task - 1, true) }),
  step: ({ own }, { task }) =>
    own[task - 1]
      ? {
          broken: {
            en: `cart ${task} had to wait, and the other cart has other products`,
            ko: `다른 장바구니에는 다른 상품만 있는데 ${task}번 장바구니가 기다려야 했습니다`,
          },
        }
      : { own },
};

export default lesson({
  title: { en: "Deadlock", ko: "데드락" },
  summary: {
    en: "Two carts, the same two products, opposite orders. Each holds what the other is waiting for.",
    ko: "장바구니 두 개에 같은 상품 두 개, 순서만 반대입니다. 서로가 기다리는 것을 서로가 쥐고 있습니다.",
  },
  size: { tasks: 2, products: 2 },
  load: { requests: 100, think: 1 },
  variants,

  scenario({ tasks, products = 2, pieces = PIECES, apart = 0 }) {
    const shelf = apart ? SHELF : SHELF.slice(0, products);
    // Two neighbours on the shelf in every cart, and the last cart closes the cycle: kimchi, ramen; ramen, kimchi. With
    // `apart`, no two carts have a product in common: kimchi, ramen; egg, tofu.
    const pairs = apart ? [SHELF.slice(0, 2), SHELF.slice(2)] : shelf.map((item, i): Key[] => [item, shelf[(i + 1) % products]!]);
    const carts = pairs.map(reserve);
    const works = Array.from({ length: tasks }, (_, i) => carts[i % carts.length]!);
    const promised = (key: Key, outcomes: End["outcomes"]) =>
      works.filter(({ keys }, i) => keys.includes(key) && outcomes[i]?.status === "ok").length;
    return {
      rows: Object.fromEntries(shelf.map((key) => [key, { left: pieces }])),
      tasks: works,
      tally: {
        name: "on the shelf",
        done: "reserved",
        off: { above: { en: "promised N too many", ko: "N개 초과 약속" }, below: { en: "took N too many", ko: "N개 더 나감" } },
        actual: (rows) => shelf.reduce((sum, key) => sum + Number(rows[key]?.["left"]), 0),
        expected: ({ outcomes }) => shelf.reduce((sum, key) => sum + Math.max(0, pieces - promised(key, outcomes)), 0),
      },
      properties: [
        {
          name: "every cart has what it was promised",
          kind: "outcome",
          test({ rows, outcomes }) {
            const wrong = shelf.find((key) => rows[key]?.["left"] !== pieces - promised(key, outcomes));
            if (!wrong) return null;
            const gone = pieces - Number(rows[wrong]?.["left"]);
            return {
              en: `${short(wrong)} was promised to ${promised(wrong, outcomes)} carts, but ${gone} went off the shelf`,
              ko: `장바구니 ${promised(wrong, outcomes)}개에 약속했는데 ${short(wrong)} 재고는 ${gone}개 줄었습니다`,
            };
          },
        },
        ...(apart ? [{ name: APART, kind: "monitor", monitor: noWait } as const] : []),
        {
          name: "no customer is shown an error",
          kind: "outcome",
          test({ outcomes }) {
            const failed = outcomes.find((outcome) => outcome?.status === "failed");
            return failed
              ? { en: `a customer was shown: ${failed.detail}`, ko: `손님 화면에 에러가 나왔습니다. ${failed.detail}` }
              : null;
          },
        },
      ],
    };
  },

  label: ({ rows, outcomes }) => {
    const shelf = SHELF.filter((key) => rows[key]).map((key) => `${short(key)} ${rows[key]?.["left"]}`);
    const errors = outcomes.filter((outcome) => outcome?.status === "failed").length;
    return [...shelf, ...(errors > 0 ? [errors === 1 ? "an error" : `${errors} errors`] : [])].join(", ");
  },

  grade({ outcomes }) {
    if (outcomes.some((outcome) => !outcome))
      return {
        grade: "forbidden",
        says: {
          en: "Nobody goes on, and nobody says so: no error, no timeout, only silence.",
          ko: "아무도 나아가지 못하고 아무도 알리지 않습니다. 에러도 타임아웃도 없이 조용합니다.",
        },
      };
    if (outcomes.some((outcome) => outcome?.status === "failed"))
      return {
        grade: "forbidden",
        says: {
          en: "The database did its part and chose a victim. Nobody began again for the customer.",
          ko: "DB는 희생자를 골라 할 일을 했습니다. 그런데 손님을 위해 다시 시작해 준 코드가 없습니다.",
        },
      };
    return null;
  },

  claims: [
    {
      strategy: "none",
      breaks: "every cart has what it was promised",
      because: { en: "Without locks nobody waits, and sales are lost.", ko: "락이 없으니 기다리지도 않지만, 판매가 사라집니다." },
    },
    {
      strategy: "mutex-in-cart-order",
      breaks: "nobody waits for ever",
      because: {
        en: "Kimchi in one hand, waiting for ramen; ramen in the other hand, waiting for kimchi.",
        ko: "한쪽은 김치를 쥐고 라면을, 다른 쪽은 라면을 쥐고 김치를 기다립니다.",
      },
    },
    {
      strategy: "mutex-in-cart-order",
      size: { tasks: 3, products: 3 },
      breaks: "nobody waits for ever",
      because: {
        en: "No two of the three are opposite, and still they form a cycle: in 6 of 5,772 interleavings. Try to find that by testing.",
        ko: "어느 둘도 정반대가 아닌데, 셋이 모이면 사이클이 됩니다. 5,772가지 순서 중 6가지. 테스트로는 찾기 어렵습니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "It sorts the locks first: the cart that holds the first one waits for no cart behind it.",
        ko: "락을 먼저 정렬합니다. 같은 방향으로만 기다리면 사이클이 생기지 않습니다.",
      },
    },
    {
      strategy: "mutex",
      size: { tasks: 3, products: 3 },
      holds: true,
      because: {
        en: "One order of locks for everybody: no cycle of any size.",
        ko: "모두가 같은 순서라면, 몇 명이든 사이클이 생기지 않습니다.",
      },
    },
    {
      strategy: "mutex",
      size: { apart: 1 },
      holds: true,
      because: {
        en: "A lock for each product: carts with other products never meet.",
        ko: "락이 상품마다 따로 있으니, 다른 상품을 담은 장바구니와는 부딪히지 않습니다.",
      },
    },
    {
      strategy: "one-mutex-for-all",
      size: { apart: 1 },
      breaks: APART,
      because: {
        en: "No cycle, and one line for the whole shop: a cart waits although nobody wants its products.",
        ko: "사이클은 생기지 않지만 가게 전체가 한 줄입니다. 아무도 원하지 않는 상품인데도 기다립니다.",
      },
    },
    {
      strategy: "mutex",
      size: { pieces: 1 },
      holds: true,
      because: {
        en: "One piece of each: the second cart finds a product sold out, and takes neither.",
        ko: "상품마다 하나뿐이면, 두 번째 장바구니는 품절인 상품을 보고 아무것도 가져가지 않습니다.",
      },
    },
    {
      strategy: "row-lock",
      breaks: "no customer is shown an error",
      because: {
        en: "The database finds the cycle and rolls one transaction back: 40P01. No code caught it.",
        ko: "DB가 사이클을 찾아 트랜잭션 하나를 끝냅니다. 40P01. 아무도 잡지 않았습니다.",
      },
    },
    {
      strategy: "row-lock-retry-at-once",
      breaks: "nobody is turned away wrongly",
      because: {
        en: "The victim is so quick that it takes its first row again, before the cart that waited for it has woken up. The same cycle, three times.",
        ko: "희생된 쪽이 너무 빨라서, 기다리던 장바구니가 깨어나기도 전에 첫 행을 또 잡습니다. 같은 사이클이 세 번.",
      },
    },
    {
      strategy: "row-lock-retry",
      holds: true,
      because: {
        en: "The victim begins again with empty hands, at the row it was refused: it waits there until the other cart is through.",
        ko: "희생된 쪽은 빈손으로, 거절당한 그 행부터 다시 시작합니다. 다른 장바구니가 끝날 때까지 거기서 기다립니다.",
      },
    },
    {
      strategy: "row-lock-sorted",
      holds: true,
      because: { en: "Same locks, one order: there is no cycle to find.", ko: "같은 락, 같은 순서. 찾을 사이클이 없습니다." },
    },
    {
      strategy: "row-lock-nowait",
      breaks: "nobody is turned away wrongly",
      because: {
        en: "No deadlock, for nobody waits. But each finds the other's lock again and again, and gives up although there is stock left.",
        ko: "기다리지 않으니 데드락은 없습니다. 대신 번번이 서로의 락에 부딪혀, 재고가 남았는데 포기할 수 있습니다.",
      },
    },
    {
      strategy: "row-lock-timeout",
      faults: { elapse: 1 },
      holds: true,
      because: {
        en: "One wait that takes too long: that cart begins again and gets through.",
        ko: "한 번쯤 락 대기가 타임아웃되어도, 다시 시작해서 끝냅니다.",
      },
    },
    {
      strategy: "row-lock-timeout",
      faults: { elapse: 3 },
      breaks: "nobody is turned away wrongly",
      because: {
        en: "There is no cycle, the cart in front is only slow. Three times the second runs out, and the customer is turned away.",
        ko: "사이클이 아니라, 앞 장바구니가 느릴 뿐입니다. 1초가 세 번 지나면 손님은 빈손으로 돌아갑니다.",
      },
    },
    {
      strategy: "cas",
      breaks: "every cart has what it was promised",
      because: {
        en: "Two rows, two comparisons: when the second fails, the first is saved already, and is done again.",
        ko: "행이 둘이면 비교도 두 번입니다. 두 번째가 실패해도 첫 번째는 이미 저장되었고, 재시도가 한 번 더 빼 갑니다.",
      },
    },
    {
      strategy: "serializable",
      breaks: "nobody is turned away wrongly",
      because: {
        en: "The shelf is always right. But its writes lock rows too, in the order of the cart, and four attempts can end in four cycles.",
        ko: "재고는 언제나 맞습니다. 하지만 쓰기도 장바구니 순서로 행을 잠그므로, 네 번 시도해 네 번 다 사이클에 걸릴 수 있습니다.",
      },
    },
  ],

  goals: {
    "every cart has what it was promised": {
      en: "Promise a cart something that it does not get",
      ko: "약속한 상품을 장바구니에 주지 않기",
    },
    "no customer is shown an error": { en: "Show a customer an error", ko: "손님에게 에러 보여 주기" },
  },

  questions: [
    {
      kind: "how-many",
      strategy: "mutex-in-cart-order",
      ask: {
        en: "Two carts, opposite orders, one mutex for each product. In how many interleavings do both get through?",
        ko: "순서가 반대인 장바구니 두 개, 상품마다 뮤텍스 하나. 둘 다 무사히 끝나는 실행 순서는 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "PostgreSQL found the cycle and rolled one transaction back. Which one?",
        ko: "PostgreSQL이 사이클을 발견하고 트랜잭션 하나를 롤백했습니다. 어느 쪽일까요?",
      },
      options: [
        { en: "The one that looks for the cycle first.", ko: "먼저 사이클을 찾아본 쪽." },
        { en: "The one that began last.", ko: "나중에 시작한 쪽." },
        { en: "The one that has changed the fewest rows.", ko: "지금까지 행을 가장 적게 바꾼 쪽." },
      ],
      answer: 0,
      because: {
        en: "In PostgreSQL each waiter looks after deadlock_timeout (one second), and the one that finds the cycle is rolled back: a race, too. MySQL (InnoDB) looks at once and tries to pick the smallest transaction, by rows inserted, updated or deleted. In both, either cart must be ready to begin again.",
        ko: "PostgreSQL에서는 기다리는 쪽이 deadlock_timeout(1초) 뒤에 직접 사이클을 찾고, 찾은 쪽이 롤백됩니다. 이것도 경쟁 상태입니다. MySQL(InnoDB)은 바로 찾아서, 삽입·변경·삭제한 행이 가장 적은 트랜잭션을 고르려 합니다. 어느 쪽이든 두 장바구니 모두 다시 시작할 준비가 되어 있어야 합니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "Ten workers take the next job from one table. FOR UPDATE SKIP LOCKED: a good idea here? And for our carts?",
        ko: "워커 열 개가 한 테이블에서 다음 작업을 꺼냅니다. 여기에 FOR UPDATE SKIP LOCKED는 어떨까요? 장바구니에는요?",
      },
      options: [
        { en: "Good for both.", ko: "둘 다 좋다." },
        { en: "Good for the queue, wrong for the carts.", ko: "큐에는 좋고, 장바구니에는 맞지 않는다." },
        { en: "Good for the carts, wrong for the queue.", ko: "장바구니에는 좋고, 큐에는 맞지 않는다." },
      ],
      answer: 1,
      because: {
        en: "Any job will do, so skip the one that is taken. A cart needs this very ramen: skipped means sold without it.",
        ko: "작업은 아무거나 하나면 되니 잠긴 것은 건너뛰면 됩니다. 장바구니는 바로 그 라면이 필요합니다. 건너뛰면 라면 없이 팔게 됩니다.",
      },
    },
  ],

  picture: { strategy: "mutex-in-cart-order", schedule: "12" },

  exercise: {
    asks: {
      en: "a lock for each product, and no cart waits in a cycle",
      ko: "상품마다 락 하나, 그리고 아무도 사이클을 그리며 기다리지 않게",
    },
    ways: [
      {
        uses: ["locks"],
        because: {
          en: "One order for all carts: a cart that waits holds nothing that the others want.",
          ko: "모든 장바구니가 같은 순서로 잡습니다. 기다리는 사람은 남이 원하는 것을 쥐고 있지 않습니다.",
        },
      },
      {
        uses: ["row-locks"],
        because: { en: "The same order, with the locks of the rows themselves.", ko: "같은 순서를 행의 락으로 지킨 것입니다." },
      },
    ],
  },

  cost: {
    en: "All code must take locks in one agreed order. Where that is impossible, catch the deadlock (PostgreSQL 40P01, MySQL 1213) and begin again.",
    ko: "프로그램 전체가 같은 락 순서를 지켜야 하고, 새 코드도 그 순서를 알아야 합니다. 그럴 수 없다면 데드락(PostgreSQL 40P01, MySQL 1213)을 잡아 다시 시작하세요.",
  },
});
