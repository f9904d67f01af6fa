import { type Key, lesson, ok, type Row, type Rows, strategy, type Work } from "racelab";

type Payload = { readonly customer: string; readonly order: number; readonly points: number };

/** Points for each order. */
const POINTS = 10;
const CUSTOMER = "sora";

/** Who is it? Is there a wallet? Add the points to it; if not, make one with them. Written as if nobody else were looking. */
const earn = (order: number): Work => ({
  name: `order ${order}`,
  who: { en: "order", ko: "주문" },
  keys: [`customer/${CUSTOMER}`],
  request: { idempotencyKey: `order-${order}`, payload: { customer: CUSTOMER, order, points: POINTS } },
  async body({ read, select, insert, write }) {
    const { name } = await read<{ name: string }>(`customer/${CUSTOMER}`);
    const [wallet] = await select({ table: "wallet", where: ["=", "owner", { text: CUSTOMER }] });
    if (wallet) await write(keyOf(wallet), { ...wallet, points: Number(wallet["points"]) + POINTS });
    else await insert(`wallet/${order}`, { owner: CUSTOMER, points: POINTS });
    return ok(`${POINTS} points for ${name}`);
  },
});

const keyOf = (wallet: Row): Key => `wallet/${wallet["id"]}`;
const payloadOf = (work: Work) => work.request!.payload as unknown as Payload;
const wallets = (rows: Rows): readonly Row[] =>
  Object.entries(rows).flatMap(([key, row]) => (key.startsWith("wallet/") ? [row] : []));
const points = (rows: Rows): number => wallets(rows).reduce((sum, wallet) => sum + Number(wallet["points"]), 0);
const earned = (outcomes: readonly ({ readonly status: string } | null | undefined)[]): number =>
  POINTS * outcomes.filter((outcome) => outcome?.status === "ok").length;

/** A wallet is called by its owner, so there cannot be a second one. Who comes second is told so by an error. */
const keyAlone = strategy({
  summary: "the owner is the key: look for the wallet, add to it or insert it",
  cost: "who comes second is shown error 23505, and the order has no points",
  requires: ["conditional-update"],
  async run(work, session) {
    const { customer, points } = payloadOf(work);
    if (!(await session.find(`wallet/${customer}`))) {
      await session.insertRow({ table: "wallet", row: { id: customer, owner: customer, points } });
      return ok(`${points} points`);
    }
    await session.updateWhere({ key: `wallet/${customer}`, where: true, set: { points: ["+", "points", points] } });
    return ok(`${points} points`);
  },
});

/** What an ORM's get-or-create does when it is called within a transaction: catch, and look again. */
const caughtInside = strategy({
  summary: "the owner is the key; in a transaction: insert, catch the error, add to the wallet that is there",
  cost: "error 25P02: after an error PostgreSQL refuses every further statement of the transaction",
  requires: ["transactions", "conditional-update"],
  run: (work, session) =>
    session.transaction("read committed", async () => {
      const { customer, points } = payloadOf(work);
      try {
        await session.insertRow({ table: "wallet", row: { id: customer, owner: customer, points } });
      } catch {
        await session.updateWhere({ key: `wallet/${customer}`, where: true, set: { points: ["+", "points", points] } });
      }
      return ok(`${points} points`);
    }),
});

/** The upsert of a form: it saves what it was given. */
const overwritingUpsert = strategy({
  summary: "INSERT … ON CONFLICT DO UPDATE SET points = the points of this order",
  cost: "the wallet that was there is set back to its first value",
  requires: [],
  async run(work, session) {
    const { customer, points } = payloadOf(work);
    const row = { id: customer, owner: customer, points };
    await session.insertRow({ table: "wallet", row, onConflict: { key: ["id"], set: { points } } });
    return ok(`${points} points`);
  },
});

/** Two statements, each of which is right whoever comes first: make it if it is not there, then add. */
const insertThenAdd = strategy({
  summary: "INSERT an empty wallet ON CONFLICT DO NOTHING, then UPDATE points = points + 10",
  cost: "a second round trip, also for the many who have a wallet",
  requires: ["conditional-update"],
  async run(work, session) {
    const { customer, points } = payloadOf(work);
    const row = { id: customer, owner: customer, points: 0 };
    await session.insertRow({ table: "wallet", row, onConflict: "nothing" });
    await session.updateWhere({ key: `wallet/${customer}`, where: true, set: { points: ["+", "points", points] } });
    return ok(`${points} points`);
  },
});

export default lesson({
  title: { en: "Get or create", ko: "없으면 만들기" },
  summary: {
    en: "Two first orders at once. Both look for a wallet, both find none, both make one.",
    ko: "첫 주문 두 개가 동시에 들어옵니다. 둘 다 지갑을 찾고, 둘 다 못 찾고, 둘 다 만듭니다.",
  },
  size: { tasks: 2 },
  load: { requests: 60, think: 1 },

  scenario: ({ tasks }) => ({
    rows: { [`customer/${CUSTOMER}`]: { name: "Sora" } },
    tasks: Array.from({ length: tasks }, (_, i) => earn(i + 1)),
    tally: {
      name: "points",
      done: "earned",
      off: { above: { en: "N too many", ko: "N점 많음" }, below: { en: "N lost", ko: "N점 사라짐" } },
      actual: points,
      expected: ({ outcomes }) => earned(outcomes),
    },
    properties: [
      {
        name: "a customer has one wallet",
        kind: "outcome",
        test({ rows }) {
          const made = wallets(rows).length;
          return made <= 1
            ? null
            : {
                en: `${CUSTOMER} has ${made} wallets, and the app shows one of them`,
                ko: `${CUSTOMER}의 지갑이 ${made}개인데, 앱은 그중 하나만 보여 줍니다`,
              };
        },
      },
      {
        name: "no points vanish",
        kind: "outcome",
        test({ rows, outcomes }) {
          const [there, promised] = [points(rows), earned(outcomes)];
          return there === promised
            ? null
            : {
                en: `${promised} points were promised, and the wallets hold ${there}`,
                ko: `${promised}점을 약속했는데 지갑에는 ${there}점이 있습니다`,
              };
        },
      },
    ],
  }),

  label({ rows, outcomes }) {
    const failed = outcomes.filter((outcome) => outcome?.status === "failed").length;
    const made = wallets(rows).length;
    return `${made} ${made === 1 ? "wallet" : "wallets"}, ${points(rows)} points${failed ? `, ${failed} shown an error` : ""}`;
  },

  variants: {
    "key-alone": keyAlone,
    "caught-inside": caughtInside,
    "overwriting-upsert": overwritingUpsert,
    "insert-then-add": insertThenAdd,
  },

  claims: [
    {
      strategy: "none",
      breaks: "a customer has one wallet",
      because: {
        en: "Both look before either has inserted. There is no row yet that one could lock, and no key that would refuse the second.",
        ko: "어느 쪽도 넣기 전에 둘 다 찾아봅니다. 잠글 행이 아직 없고, 두 번째를 막을 키도 없습니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "It locks the customer, a row that is there: who comes second looks for the wallet once the first has committed.",
        ko: "이미 있는 행, 곧 고객을 잠급니다. 두 번째 요청은 첫 번째가 커밋한 뒤에 지갑을 찾습니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "One order of a customer at a time, on one server.",
        ko: "서버 한 대 안에서 한 고객의 주문은 한 번에 하나씩.",
      },
    },
    {
      strategy: "key-alone",
      breaks: "nobody is shown an error",
      because: {
        en: "The key keeps the second wallet out, and the second order gets error 23505 instead of points.",
        ko: "키가 두 번째 지갑을 막아 주지만, 두 번째 주문은 포인트 대신 23505 오류를 받습니다.",
      },
    },
    {
      strategy: "caught-inside",
      breaks: "nobody is shown an error",
      because: {
        en: "The error is caught, and the transaction is failed all the same: the next statement gets 25P02. A savepoint before the insert would help; MySQL goes on.",
        ko: "오류를 잡아도 트랜잭션은 이미 실패한 상태라 다음 문장이 25P02를 받습니다. INSERT 앞에 세이브포인트를 두면 됩니다. MySQL은 그냥 계속합니다.",
      },
    },
    {
      strategy: "overwriting-upsert",
      breaks: "no points vanish",
      because: {
        en: "One statement, no error, one wallet; and the second order sets it back to what a new wallet has.",
        ko: "한 문장, 오류 없음, 지갑 하나. 그런데 두 번째 주문이 지갑을 새 지갑의 값으로 되돌립니다.",
      },
    },
    {
      strategy: "insert-then-add",
      holds: true,
      because: {
        en: "The insert is right whoever comes first, and the addition is one statement on a row that is there by then.",
        ko: "INSERT는 누가 먼저든 맞고, 더하기는 그때 이미 있는 행에 대한 한 문장입니다.",
      },
    },
    {
      strategy: "insert-then-add",
      size: { tasks: 3 },
      holds: true,
      because: { en: "Three first orders are no more than two.", ko: "첫 주문이 셋이어도 둘일 때와 같습니다." },
    },
  ],

  goals: {
    "a customer has one wallet": { en: "Make two wallets for one customer", ko: "손님 한 명에게 지갑 두 개 만들기" },
    "no points vanish": { en: "Make points vanish", ko: "포인트 사라지게 하기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "Two first orders of one customer, ten points each, no unique key. How can it end?",
        ko: "한 고객의 첫 주문 두 개, 각각 10점, 유니크 키 없음. 어떻게 끝날 수 있을까요?",
      },
      also: ["1 wallet, 10 points", "2 wallets, 10 points"],
    },
    {
      kind: "choice",
      ask: {
        en: "PostgreSQL, in one transaction: the insert fails with 23505, the code catches it and looks for the wallet again. What does it get?",
        ko: "PostgreSQL, 트랜잭션 하나 안에서: INSERT가 23505로 실패하고, 코드가 잡아서 지갑을 다시 찾습니다. 무엇을 받을까요?",
      },
      options: [
        { en: "the wallet that the other order made", ko: "다른 주문이 만든 지갑" },
        { en: "no wallet: the other has not committed", ko: "지갑 없음: 상대가 아직 커밋하지 않아서" },
        { en: "another error: the transaction is failed", ko: "또 다른 오류: 트랜잭션이 이미 실패해서" },
        { en: "23505 once more", ko: "다시 23505" },
      ],
      answer: 2,
      because: {
        en: "25P02: after an error every statement is refused until ROLLBACK, or ROLLBACK TO a savepoint. That the insert failed says that the other one has committed.",
        ko: "25P02입니다. 오류 뒤에는 ROLLBACK이나 세이브포인트로의 ROLLBACK TO 전까지 모든 문장이 거부됩니다. INSERT가 실패했다는 것은 상대가 이미 커밋했다는 뜻입니다.",
      },
    },
    {
      kind: "how-many",
      strategy: "none",
      ask: {
        en: "Without protection, two orders: how many of all interleavings end right?",
        ko: "보호 없이 주문 두 개: 모든 순서 중 맞게 끝나는 것은?",
      },
    },
  ],

  exercise: {
    asks: {
      en: "without a lock that is taken first and without a retry: the key decides who makes the wallet, and everybody's points are added",
      ko: "먼저 잡는 락도 재시도도 없이, 누가 지갑을 만들지는 키가 정하고 모두의 포인트가 더해져야 합니다",
    },
    ways: [
      {
        uses: [],
        because: {
          en: "One statement makes the wallet or adds to it: there is no moment between looking and inserting.",
          ko: "한 문장이 지갑을 만들거나 더합니다. 찾는 것과 넣는 것 사이에 틈이 없습니다.",
        },
      },
    ],
    without: ["locks", "row-locks", "leases", "serializable", "versions"],
  },

  cost: {
    en: "The key needs an index, and every insert looks it up. ON CONFLICT uses up a number of the sequence even when nothing is inserted: ids have gaps. In MySQL it is ON DUPLICATE KEY UPDATE, and it fires on every unique key of the table.",
    ko: "키에는 인덱스가 필요하고, INSERT마다 확인합니다. ON CONFLICT는 아무것도 넣지 않아도 시퀀스 번호를 하나 써서 id에 빈 번호가 생깁니다. MySQL에서는 ON DUPLICATE KEY UPDATE이고, 테이블의 모든 유니크 키에 반응합니다.",
  },
});
