import { access, type End, type Json, type Key, lesson, ok, type Row, type Rows, rejected, strategy, type Work } from "racelab";

type Points = { balance: number; [column: string]: Json };

const POINTS = 1000;
const PRICE = 700;

const user = (n: number) => `user-${n + 1}`;
const pointsOf = (user: string): Key => `points/${user}`;
const orderOf = (task: number) => `order-${task + 1}`;

/** Are there enough points? Take them off, and write a line into the ledger: before, amount, after. */
const pay = (user: string, order: string): Work => ({
  name: `${user} pays ${order}`,
  who: { en: "payment", ko: "결제" },
  keys: [pointsOf(user)],
  async body({ read, write, insert }) {
    const points = await read<Points>(pointsOf(user));
    if (points.balance < PRICE) return rejected("not enough points");
    const after = points.balance - PRICE;
    await write(pointsOf(user), { ...points, balance: after });
    await insert(`ledger/${order}`, { user, before: points.balance, amount: PRICE, after });
    return ok();
  },
});

const users = (rows: Rows) =>
  Object.keys(rows).flatMap((key) => (key.startsWith("points/") ? [key.slice("points/".length)] : []));
const balance = (rows: Rows, user: string) => Number(rows[pointsOf(user)]?.["balance"]);
const spent = (rows: Rows, user: string) =>
  Object.entries(rows).reduce(
    (sum, [key, row]) => (key.startsWith("ledger/") && row["user"] === user ? sum + Number(row["amount"]) : sum),
    0,
  );
const total = (rows: Rows) => users(rows).reduce((sum, user) => sum + balance(rows, user), 0);
const paid = ({ outcomes }: Pick<End, "outcomes">) => outcomes.filter((outcome) => outcome?.status === "ok").length;

/** BEGIN … COMMIT: both writes or none. It does not make the read current. */
const transactionOnly = strategy({
  summary: "balance and ledger in one transaction, read committed",
  cost: "one round trip more, and the same coffee on the house",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});

/** The database subtracts, so nothing is overwritten. Whether there is enough was asked before. */
const checkThenSubtract = strategy({
  summary: "check in the code, then SET balance = balance - 700",
  cost: "an account in the red that was never meant to have credit",
  requires: ["conditional-update"],
  run(work, session) {
    let seen = 0;
    const find = async <R extends Row>(key: Key) => {
      const row = await session.find<R>(key);
      seen = Number(row?.["balance"]);
      return row;
    };
    const write = async (key: Key, row: Row) =>
      void (await session.updateWhere({ key, set: { balance: ["+", "balance", Number(row["balance"]) - seen] } }));
    return work.body(access({ ...session, find, write }));
  },
});

/** Right, and too much: users who have nothing to do with each other wait for each other. */
const oneLockForAll = strategy({
  summary: "one lock for all payments of all users",
  cost: "a million users, one cash desk",
  requires: ["locks"],
  async run(work, session) {
    await session.acquire("payments");
    try {
      return await work.body(session);
    } finally {
      await session.release("payments");
    }
  },
});

export default lesson({
  title: { en: "Spend points twice", ko: "포인트 두 번 쓰기" },
  summary: {
    en: "1,000 points, two payments of 700 at the same moment. Both shops say thank you.",
    ko: "포인트는 1,000점, 같은 순간에 700점 결제가 두 건. 두 가게 모두 '감사합니다'라고 합니다.",
  },
  size: { tasks: 2 },
  load: { requests: 100, think: 1 },

  // Two payments for each user: in the app, and at the counter.
  scenario: ({ tasks }) => ({
    rows: Object.fromEntries(Array.from({ length: Math.ceil(tasks / 2) }, (_, n) => [pointsOf(user(n)), { balance: POINTS }])),
    tasks: Array.from({ length: tasks }, (_, i) => pay(user(Math.floor(i / 2)), orderOf(i))),
    tally: {
      // What is gone, not what is left: two payments of 700 would leave -400.
      name: "points taken",
      done: "paid",
      off: { above: { en: "N taken too many", ko: "N 더 빠짐" }, below: { en: "N never taken", ko: "N 안 빠짐" } },
      actual: (rows) => POINTS * users(rows).length - total(rows),
      expected: ({ outcomes }) => PRICE * paid({ outcomes }),
    },
    properties: [
      {
        name: "the balance is never negative",
        kind: "invariant",
        test(rows) {
          const red = users(rows).find((user) => balance(rows, user) < 0);
          return red === undefined
            ? null
            : { en: `${red} has ${balance(rows, red)} points`, ko: `${red}의 포인트가 ${balance(rows, red)}점입니다` };
        },
      },
      {
        name: "the ledger adds up",
        kind: "outcome",
        test({ rows, before }) {
          const off = users(rows).find((user) => balance(rows, user) + spent(rows, user) !== balance(before, user));
          return off === undefined
            ? null
            : {
                en: `${off} had ${balance(before, off)}, the ledger says ${spent(rows, off)} were spent, and ${balance(rows, off)} are left`,
                ko: `${off}의 포인트는 ${balance(before, off)}점이었고 원장으로는 ${spent(rows, off)}점을 썼는데, ${balance(rows, off)}점이 남았습니다`,
              };
        },
      },
      {
        name: "a customer who is told ok has paid",
        kind: "outcome",
        test({ rows, outcomes }) {
          const fooled = outcomes.findIndex((outcome, i) => outcome?.status === "ok" && !rows[`ledger/${orderOf(i)}`]);
          return fooled < 0
            ? null
            : {
                en: `the customer of ${orderOf(fooled)} was told ok, and the ledger has no payment for it`,
                ko: `${orderOf(fooled)}의 고객은 ok를 받았는데 원장에 그 결제가 없습니다`,
              };
        },
      },
    ],
  }),

  label: (end) => `${total(end.rows)} points, ${paid(end)} paid`,

  grade({ before, rows }) {
    if (users(rows).some((user) => balance(rows, user) < 0))
      return {
        grade: "forbidden",
        says: {
          en: "Every line of the ledger is right, and the shop has lent points that nobody asked for.",
          ko: "원장은 한 줄도 틀리지 않았는데, 가게가 아무도 빌려 달라 하지 않은 포인트를 빌려준 셈입니다.",
        },
      };
    if (users(rows).some((user) => balance(rows, user) + spent(rows, user) !== balance(before, user)))
      return {
        grade: "forbidden",
        says: {
          en: "Balance and ledger tell two stories, and the accountant cannot say which is true.",
          ko: "잔액과 원장이 서로 다른 이야기를 합니다. 어느 쪽이 맞는지 회계 담당자도 모릅니다.",
        },
      };
    return {
      grade: "expected",
      says: {
        en: "Nobody has spent more than there was, and every point has its line.",
        ko: "가진 것보다 많이 쓴 사람은 없고, 모든 포인트가 원장에 있습니다.",
      },
    };
  },

  variants: {
    "transaction-only": transactionOnly,
    "check-then-subtract": checkThenSubtract,
    "one-lock-for-all": oneLockForAll,
  },

  claims: [
    {
      strategy: "none",
      breaks: "the ledger adds up",
      because: {
        en: "Both read 1000, both write 300. The ledger has two lines of 700, each correct by itself.",
        ko: "둘 다 1000을 읽고 둘 다 300을 씁니다. 원장에는 700이 두 줄, 한 줄씩 보면 둘 다 맞습니다.",
      },
    },
    {
      strategy: "transaction-only",
      breaks: "the ledger adds up",
      because: {
        en: "Each payment is written whole. Both were still decided from the same 1000.",
        ko: "결제 한 건 한 건은 온전히 저장됩니다. 하지만 둘 다 같은 1000을 보고 결정했습니다.",
      },
    },
    {
      strategy: "check-then-subtract",
      breaks: "the balance is never negative",
      because: {
        en: "The ledger adds up to the last point, and the balance is -400: both asked before either subtracted.",
        ko: "원장은 1점까지 맞는데 잔액이 -400입니다. 둘 다 빼기 전에 물어봤기 때문입니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "The second payment reads after the first has written: 300, not enough. On one server.",
        ko: "두 번째 결제는 첫 번째가 쓴 다음에 읽습니다. 300점, 부족합니다. 단, 서버가 한 대일 때의 이야기입니다.",
      },
    },
    {
      strategy: "one-lock-for-all",
      size: { tasks: 4 },
      holds: true,
      because: {
        en: "It holds, and user 2 waits for user 1 for no reason: protection has a right size, too.",
        ko: "지켜지긴 합니다. 하지만 2번 사용자가 이유 없이 1번 사용자를 기다립니다. 보호에도 알맞은 크기가 있습니다.",
      },
    },
    {
      strategy: "cas",
      holds: true,
      because: {
        en: "The second save finds a new version, reads again and sees 300: not enough.",
        ko: "두 번째 저장은 바뀐 버전에 막히고, 다시 읽으니 300점. 부족합니다.",
      },
    },
    {
      strategy: "cas",
      faults: { crash: 1 },
      breaks: "the ledger adds up",
      because: {
        en: "A crash between balance and ledger: 700 points gone, and no line says where. Versions do not make two writes one.",
        ko: "잔액과 원장 사이에서 서버가 죽으면 700점이 사라지고 기록도 없습니다. 버전은 두 번의 쓰기를 하나로 만들어 주지 않습니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "The read locks the balance until the commit: the second payment waits, then reads 300.",
        ko: "읽을 때 잔액을 커밋까지 잠급니다. 두 번째 결제는 기다렸다가 300을 읽습니다.",
      },
    },
    {
      strategy: "row-lock",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "A crash rolls the transaction back: no points taken, no line written, and the lock is gone with it.",
        ko: "서버가 죽으면 트랜잭션이 롤백됩니다. 포인트도 원장도 그대로, 락도 함께 풀립니다.",
      },
    },
  ],

  goals: {
    "the balance is never negative": { en: "Spend points that are not there", ko: "없는 포인트 쓰기" },
    "the ledger adds up": { en: "Make the ledger disagree with the balance", ko: "원장과 잔액이 어긋나게 하기" },
    "a customer who is told ok has paid": { en: "Give a receipt without a payment", ko: "결제 없이 영수증 주기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "1,000 points, two payments of 700, the code checks the balance first. Which outcomes are possible?",
        ko: "1,000점에 700점 결제 두 건, 코드는 먼저 잔액을 확인합니다. 어떤 결과가 가능할까요?",
      },
      also: ["-400 points, 2 paid", "1000 points, 0 paid", "300 points, 0 paid"],
    },
    {
      kind: "how-many",
      strategy: "cas",
      faults: { crash: 1 },
      ask: {
        en: "Every write checks the version of its row, and one server can crash at any step. In how many of all interleavings do points and ledger agree?",
        ko: "쓸 때마다 행의 버전을 비교하고, 서버 하나가 아무 단계에서나 죽을 수 있습니다. 모든 순서 가운데 포인트와 원장이 서로 맞는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "You put both writes into one transaction (read committed). Is the second 700 refused now?",
        ko: "두 번의 쓰기를 트랜잭션 하나로 묶었습니다(read committed). 이제 두 번째 700점은 거절될까요?",
      },
      options: [
        { en: "always: a transaction is all or nothing", ko: "언제나: 트랜잭션은 전부 아니면 전무니까" },
        { en: "only if it reads after the first commit", ko: "첫 번째가 커밋한 뒤에 읽을 때만" },
        { en: "never: both read 1,000 before they write", ko: "절대 아니다: 둘 다 쓰기 전에 1,000을 읽으니까" },
      ],
      answer: 1,
      because: {
        en: "A transaction makes your writes atomic. It does not guarantee that what you read is current, or stays current.",
        ko: "트랜잭션은 쓰기를 하나로 묶어 줍니다. 읽은 값을 최신으로 지켜 주지는 않습니다.",
      },
    },
  ],

  exercise: {
    asks: {
      en: "the balance that you decided on is still the balance when you write, and a crash leaves both writes or neither",
      ko: "판단에 쓴 잔액이 쓸 때까지 그대로여야 하고, 서버가 죽어도 두 쓰기는 함께 남거나 함께 사라져야 합니다",
    },
    ways: [
      {
        uses: ["row-locks"],
        because: {
          en: "The read locks the balance, and both writes are one commit.",
          ko: "읽을 때 잔액이 잠기고, 두 쓰기는 커밋 하나입니다.",
        },
      },
      {
        uses: ["serializable"],
        because: {
          en: "One of the two is sent back and begins again; both writes are one commit.",
          ko: "둘 중 하나는 돌려보내져 다시 시작합니다. 두 쓰기는 커밋 하나입니다.",
        },
      },
      {
        uses: ["snapshots"],
        because: {
          en: "The second writer of the balance is sent back and begins again with a new snapshot; both writes are one commit.",
          ko: "잔액을 두 번째로 쓰는 쪽은 돌려보내져 새 스냅샷으로 다시 시작합니다. 두 쓰기는 커밋 하나입니다.",
        },
      },
      {
        uses: ["locks", "transactions"],
        because: {
          en: "A lock from before the read until after the commit, and both writes are one commit.",
          ko: "읽기 전부터 커밋 뒤까지 락을 쥐고, 두 쓰기는 커밋 하나입니다.",
        },
      },
      {
        uses: ["versions", "transactions"],
        because: {
          en: "A stale balance is refused when it is saved, and the rollback takes the ledger's line back.",
          ko: "낡은 잔액은 저장할 때 거절되고, 롤백이 원장의 한 줄까지 되돌립니다.",
        },
      },
      {
        uses: ["conditional-update", "transactions"],
        because: {
          en: "The statement that subtracts also asks whether there is enough, and the ledger's line is in the same commit.",
          ko: "빼는 문장이 잔액이 충분한지도 묻고, 원장의 한 줄은 같은 커밋에 있습니다.",
        },
      },
    ],
    notAt: [{ size: { tasks: 4 } }],
  },

  cost: {
    en: "One user's payments wait for each other. That is the right size: nobody else's do. And a mutex says nothing about the second server.",
    ko: "한 사용자의 결제끼리는 기다립니다. 그게 알맞은 크기입니다. 다른 사람은 기다리지 않습니다. 다만 뮤텍스는 두 번째 서버를 모릅니다.",
  },
});
