import { access, type End, type Json, type Key, lesson, ok, type Row, rejected, strategy, type Work } from "racelab";

type Points = { balance: number; entries: number; [column: string]: Json };
type Amount = { amount: number; [column: string]: Json };
type Entry = { before: number; amount: number; after: number; [column: string]: Json };

const POINTS = 100;
const PRICES = [10, 20];
const TOTAL = 30;
const SHOW = "show the order";

const WHOLE = "the whole order";
const NOTHING = "no order yet";
const HALF = "half an order";
const NO_ENTRY = "points gone, nothing in the ledger";
const UNPAID = "an order nobody paid";
const NO_ORDER = "paid, and no order";
const EMPTY = "an empty page";
/** No page shows it: the ledger is written after the points, and read after them. Whoever predicts it has the order turned round. */
const NOT_TAKEN = "in the ledger, points not taken";
const inKorean: Readonly<Record<string, string>> = {
  [HALF]: "반쪽짜리 주문",
  [NO_ENTRY]: "포인트는 빠졌는데 원장에는 없음",
  [UNPAID]: "아무도 결제하지 않은 주문",
  [NO_ORDER]: "결제는 됐는데 주문이 없음",
  [EMPTY]: "빈 화면",
  [NOT_TAKEN]: "원장에는 있는데 포인트는 그대로",
};

/** Everything that belongs to one customer's order, in five or more rows of four tables. */
const rowsOf = (n: number) => ({
  order: `order/${8 + n}`,
  lines: PRICES.map((_, i): Key => `line/${8 + n}-${i + 1}`),
  points: `points/${8 + n}`,
  entry: (number: number): Key => `ledger/${8 + n}-${number}`,
});

/** Head, lines, points, ledger: one after the other, as if nobody were looking. */
const place = (n: number): Work => {
  const { order, lines, points, entry } = rowsOf(n);
  return {
    name: "place the order",
    who: { en: "customer", ko: "손님" },
    keys: [points, order],
    async body({ read, write, insert }) {
      const { balance, entries, ...rest } = await read<Points>(points);
      if (balance < TOTAL) return rejected("not enough points");
      await insert(order, { amount: TOTAL });
      for (const [i, line] of lines.entries()) await insert(line, { amount: PRICES[i]! });
      await write(points, { ...rest, balance: balance - TOTAL, entries: entries + 1 });
      await insert(entry(entries + 1), { before: balance, amount: -TOTAL, after: balance - TOTAL });
      return ok();
    },
  };
};

/** The page of the order: it writes nothing, it only tells what it sees. */
const show = (n: number): Work => {
  const { order, lines, points, entry } = rowsOf(n);
  return {
    name: SHOW,
    who: { en: "page", ko: "화면" },
    keys: [points, order],
    async body({ read, find }) {
      const head = await find<Amount>(order);
      let sum = 0;
      for (const line of lines) sum += (await find<Amount>(line))?.amount ?? 0;
      const { balance, entries } = await read<Points>(points);
      const last = await find<Entry>(entry(entries));
      if ((head?.amount ?? 0) !== sum) return ok(HALF);
      if (last?.after !== balance) return ok(NO_ENTRY);
      if (head) return ok(entries > 0 ? WHOLE : UNPAID);
      return ok(entries > 0 ? NO_ORDER : NOTHING);
    },
  };
};

const isPage = (index: number): boolean => index % 2 === 1;
const pages = ({ outcomes }: Pick<End, "outcomes">): readonly string[] =>
  outcomes.flatMap((outcome, i) => (isPage(i) && outcome?.status === "ok" ? [outcome.detail ?? EMPTY] : []));

/** A lock from the first write to the end. Reads go by: they change nothing. */
const lockAroundTheWrites = strategy({
  summary: "a lock from the first write to the last; reads pass by it",
  cost: "the writer waits for other writers, and everybody looks over its shoulder",
  requires: ["locks"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    let held = false;
    const hold = async () => {
      if (!held) await session.acquire(lock, "server");
      held = true;
    };
    const write = async (key: Key, row: Row) => {
      await hold();
      await session.write(key, row);
    };
    const insert = async (key: Key, row: Row) => {
      await hold();
      return session.insert(key, row);
    };
    try {
      return await work.body(access({ ...session, write, insert }));
    } finally {
      if (held) await session.release(lock, "server");
    }
  },
});

const readCommitted = strategy({
  summary: "a transaction for writer and reader, read committed",
  cost: "the writer is all or nothing; the reader looks at a new moment with every statement",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});

const snapshotForThePage = strategy({
  summary: "a snapshot for the page; the writer commits row by row",
  cost: "a sharp photograph of a half-finished order",
  requires: ["transactions", "snapshots"],
  run: (work, session) =>
    work.name === SHOW ? session.transaction("repeatable read", () => work.body(session)) : work.body(session),
});

const repeatableRead = strategy({
  summary: "a transaction each, repeatable read: the page sees one moment",
  cost: "the page can be a moment old; two writers of one row: the second starts again",
  requires: ["transactions", "snapshots"],
  run: (work, session) => session.transaction("repeatable read", () => work.body(session)),
});

const lockTheCustomer = strategy({
  summary: "FOR UPDATE on the customer's points first, by writer and reader",
  cost: "every page waits for the writer, and pages wait for each other",
  requires: ["transactions", "row-locks"],
  run: (work, session) =>
    session.transaction("read committed", async () => {
      await session.selectForUpdate(work.keys[0]!);
      return work.body(session);
    }),
});

export default lesson({
  title: { en: "Torn order", ko: "반쪽 주문" },
  summary: {
    en: "An order is five rows, written one after the other. A page that reads in between sees half of it.",
    ko: "주문 하나는 다섯 행이고, 한 행씩 차례로 저장됩니다. 그 사이에 읽은 화면은 반쪽을 봅니다.",
  },
  size: { tasks: 2 },
  load: { requests: 100, think: 50 },

  // In pairs: one who places an order, one who looks at it.
  scenario: ({ tasks }) => ({
    rows: Object.fromEntries(
      Array.from({ length: Math.ceil(tasks / 2) }, (_, n) => [
        [rowsOf(n).points, { balance: POINTS, entries: 0 }],
        [rowsOf(n).entry(0), { before: 0, amount: POINTS, after: POINTS }],
      ]).flat(),
    ),
    tasks: Array.from({ length: tasks }, (_, i) => (isPage(i) ? show : place)(Math.floor(i / 2))),
    tally: {
      name: "points",
      done: "answered",
      actual: (rows) => sum(rows, "points/", "balance"),
      expected: ({ before, outcomes }) =>
        sum(before, "points/", "balance") - TOTAL * outcomes.filter((one, i) => !isPage(i) && one?.status === "ok").length,
    },
    properties: [
      {
        name: "a page shows all of an order or nothing of it",
        kind: "outcome",
        test(end) {
          const torn = pages(end).find((page) => page !== WHOLE && page !== NOTHING);
          return torn === undefined ? null : { en: `a page showed: ${torn}`, ko: `화면에 나온 것은 "${inKorean[torn]}"입니다` };
        },
      },
      {
        name: "a customer whoever is told ok has an order",
        kind: "outcome",
        test({ rows, outcomes }) {
          const fooled = outcomes.findIndex(
            (outcome, i) => !isPage(i) && outcome?.status === "ok" && !rows[rowsOf(Math.floor(i / 2)).order],
          );
          return fooled < 0
            ? null
            : {
                en: `task ${fooled + 1} was told ok, and there is no order`,
                ko: `작업 ${fooled + 1}은 ok를 받았는데 주문이 없습니다`,
              };
        },
      },
      {
        name: "the books agree at the end",
        kind: "outcome",
        test({ rows }) {
          const { heads, lines, points, ledger } = booksOf(rows);
          if (heads !== lines)
            return {
              en: `orders for ${heads} points have lines for ${lines}`,
              ko: `주문은 ${heads}점인데 품목의 합은 ${lines}점입니다`,
            };
          return points === ledger
            ? null
            : {
                en: `customers have ${points} points, the ledger adds up to ${ledger}`,
                ko: `손님들의 포인트는 ${points}점인데 원장의 합은 ${ledger}점입니다`,
              };
        },
      },
    ],
  }),

  label(end) {
    const { heads, lines, points, ledger } = booksOf(end.rows);
    const shown = [...new Set(pages(end))].join("; ") || "no page was shown";
    return heads === lines && points === ledger ? shown : `${shown}; books differ`;
  },

  grade(end) {
    const seen = pages(end);
    if (seen.some((page) => page !== WHOLE && page !== NOTHING))
      return {
        grade: "forbidden",
        says: {
          en: "The page shows a state that never was: neither before the order nor after it.",
          ko: "화면에 나온 것은 한 번도 존재한 적 없는 상태입니다. 주문 전도 아니고 주문 후도 아닙니다.",
        },
      };
    return seen.includes(NOTHING)
      ? {
          grade: "acceptable",
          says: { en: "A moment too early. Old, but true.", ko: "조금 일렀을 뿐입니다. 낡았지만 사실입니다." },
        }
      : { grade: "expected", says: { en: "The order as it is.", ko: "주문이 있는 그대로 보입니다." } };
  },

  variants: {
    "lock-around-the-writes": lockAroundTheWrites,
    "read-committed": readCommitted,
    "snapshot-for-the-page": snapshotForThePage,
    "repeatable-read": repeatableRead,
    "lock-the-customer": lockTheCustomer,
  },

  claims: [
    {
      strategy: "none",
      breaks: "a page shows all of an order or nothing of it",
      because: {
        en: "Five rows are written at five moments, and the page reads at five moments of its own.",
        ko: "다섯 행이 다섯 순간에 저장되고, 화면도 저마다 다른 다섯 순간에 읽습니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "The page takes the lock too: it comes before the whole order or after it.",
        ko: "화면도 락을 잡습니다. 주문 전체보다 앞이거나 뒤입니다.",
      },
    },
    {
      strategy: "mutex",
      faults: { crash: 1 },
      breaks: "the books agree at the end",
      because: {
        en: "A lock keeps others out; it does not take back what a dead writer has half done.",
        ko: "락은 남을 막을 뿐, 죽은 쓰기가 반쯤 해 놓은 일을 되돌리지는 못합니다.",
      },
    },
    {
      strategy: "lock-around-the-writes",
      breaks: "a page shows all of an order or nothing of it",
      because: {
        en: "A lock stops only those who ask for it. The page never asks.",
        ko: "락은 잡으려는 사람만 막습니다. 화면은 락을 잡지 않습니다.",
      },
    },
    {
      strategy: "cas",
      breaks: "a page shows all of an order or nothing of it",
      because: {
        en: "Versions are compared when a row is written. The page writes nothing, so nothing is compared.",
        ko: "버전은 쓰는 쪽이 비교합니다. 화면은 아무것도 쓰지 않으니 비교할 일이 없습니다.",
      },
    },
    {
      strategy: "read-committed",
      breaks: "a page shows all of an order or nothing of it",
      because: {
        en: "Only committed rows are seen, but each statement sees its own moment: the order before the commit, the points after it.",
        ko: "커밋된 행만 보이지만, 문장마다 다른 순간을 봅니다. 주문은 커밋 전, 포인트는 커밋 후를 읽습니다.",
      },
    },
    {
      strategy: "read-committed",
      faults: { crash: 1 },
      breaks: "a page shows all of an order or nothing of it",
      because: {
        en: "The crashed writer leaves nothing behind, and still the page is torn: atomic is not the same as isolated.",
        ko: "쓰다가 죽어도 남는 것이 없습니다. 그래도 화면은 찢어집니다. 원자성과 격리성은 다른 것입니다.",
      },
    },
    {
      strategy: "row-lock",
      breaks: "a page shows all of an order or nothing of it",
      because: {
        en: "The page locks the order first, and there is no order yet: a row that is not there cannot be locked.",
        ko: "화면은 주문 행부터 잠그려 하지만 아직 행이 없습니다. 없는 행은 잠글 수 없습니다.",
      },
    },
    {
      strategy: "lock-the-customer",
      holds: true,
      because: {
        en: "The points row is always there, and both lock it before they look at anything else.",
        ko: "포인트 행은 언제나 있고, 양쪽 모두 다른 것을 보기 전에 그 행부터 잠급니다.",
      },
    },
    {
      strategy: "snapshot-for-the-page",
      breaks: "a page shows all of an order or nothing of it",
      because: {
        en: "The page sees a single moment, but at that moment half the order was committed. The writer needs a transaction, too.",
        ko: "한 순간을 보기는 하는데, 바로 그 순간에 주문이 반만 커밋되어 있습니다. 양쪽이 다 지켜야 합니다.",
      },
    },
    {
      strategy: "repeatable-read",
      holds: true,
      because: {
        en: "The order appears with one commit, and the page reads all its rows from one snapshot. Nobody waits.",
        ko: "주문은 커밋 한 번에 통째로 나타나고, 화면은 모든 행을 한 스냅샷에서 읽습니다. 아무도 기다리지 않습니다.",
      },
    },
    {
      strategy: "repeatable-read",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "A writer that dies before its commit has written nothing.",
        ko: "커밋 전에 죽은 쓰기는 아무것도 쓰지 않은 것과 같습니다.",
      },
    },
    {
      strategy: "serializable",
      holds: true,
      because: {
        en: "A snapshot, and more than this page needs: no decision is made here that could go stale.",
        ko: "스냅샷에 더해 이 화면에 필요한 것 이상을 줍니다. 여기에는 낡을 수 있는 결정이 없습니다.",
      },
    },
  ],

  goals: {
    "a page shows all of an order or nothing of it": { en: "Show half an order on the page", ko: "화면에 주문 반쪽만 보여 주기" },
    "a customer whoever is told ok has an order": { en: "Say ok without an order", ko: "주문 없이 ok라고 답하기" },
    "the books agree at the end": { en: "Leave books that do not agree", ko: "장부가 서로 맞지 않게 하기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "No transaction. The page reads in the same order in which the order is written: head, lines, points, ledger. What can it show?",
        ko: "트랜잭션이 없습니다. 화면은 저장되는 순서 그대로 읽습니다. 주문, 품목, 포인트, 원장. 무엇이 보일 수 있을까요?",
      },
      also: [UNPAID, NO_ORDER, NOT_TAKEN],
    },
    {
      kind: "ends",
      strategy: "read-committed",
      ask: {
        en: "Now both run in a transaction at read committed: the whole order appears with one commit. What can the page show?",
        ko: "이제 둘 다 read committed 트랜잭션입니다. 주문은 커밋 한 번에 통째로 나타납니다. 화면에는 무엇이 보일 수 있을까요?",
      },
      also: [HALF, UNPAID, NO_ENTRY],
    },
    {
      kind: "how-many",
      strategy: "none",
      ask: {
        en: "In how many of all interleavings of these steps does the page show something true?",
        ko: "모든 실행 순서 가운데 화면이 사실을 보여 주는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "What is the weakest protection that is enough for this page?",
        ko: "이 화면에 충분한 것 중 가장 약한 것은?",
      },
      options: [
        {
          en: "a transaction at read committed, for the writer and for the page",
          ko: "쓰는 쪽과 화면 모두 read committed 트랜잭션",
        },
        { en: "a snapshot for the page alone", ko: "화면에만 스냅샷" },
        { en: "a transaction for the writer, a snapshot for the page", ko: "쓰기에는 트랜잭션, 화면에는 스냅샷" },
        { en: "serializable isolation, for the writer and for the page", ko: "쓰는 쪽과 화면 모두 serializable 트랜잭션" },
      ],
      answer: 2,
      because: {
        en: "One commit makes it appear at once, one snapshot looks at once. Each alone leaves the other half torn.",
        ko: "커밋 하나가 한꺼번에 나타나게 하고, 스냅샷 하나가 한꺼번에 보게 합니다. 하나만으로는 나머지 반쪽이 여전히 어긋납니다.",
      },
    },
  ],

  exercise: {
    asks: {
      en: "without a lock: one commit for the writer, and one snapshot for all that the page reads",
      ko: "락 없이, 쓰는 쪽은 커밋 한 번, 화면이 읽는 것은 모두 스냅샷 하나",
    },
    ways: [
      {
        uses: ["snapshots"],
        because: {
          en: "Repeatable read looks once. There is one writer, so nobody is sent back and nothing has to be begun again.",
          ko: "repeatable read는 한 번만 봅니다. 쓰는 쪽이 하나라 돌려보낼 일도 다시 할 일도 없습니다.",
        },
      },
      {
        uses: ["serializable"],
        because: {
          en: "Serializable is a snapshot, too. It remembers what was read as well, which this page does not need.",
          ko: "serializable도 스냅샷입니다. 무엇을 읽었는지까지 기억하는데, 이 화면에는 거기까지는 필요 없습니다.",
        },
      },
    ],
    without: ["locks", "row-locks", "leases"],
  },

  cost: {
    en: "A snapshot is a look at the past, and the database keeps old rows for as long as it is open. PostgreSQL and MySQL both give a page one at repeatable read; do not compute a write from it in MySQL, where UPDATE acts on the latest row without an error. A lock shows the present, and every page waits for it.",
    ko: "스냅샷은 과거를 보는 것이고, 열려 있는 동안 DB는 옛 행을 지우지 못합니다. 화면이라면 PostgreSQL도 MySQL도 repeatable read로 충분합니다. 다만 MySQL의 UPDATE는 에러 없이 최신 행을 고치므로, 스냅샷에서 읽은 값으로 쓸 값을 계산하면 안 됩니다. 락은 현재를 보여 주지만 모든 화면이 기다립니다.",
  },
});

/** What the four tables add up to. */
function booksOf(rows: End["rows"]) {
  return {
    heads: sum(rows, "order/", "amount"),
    lines: sum(rows, "line/", "amount"),
    points: sum(rows, "points/", "balance"),
    ledger: sum(rows, "ledger/", "amount"),
  };
}

function sum(rows: End["rows"], table: string, column: string): number {
  return Object.entries(rows).reduce((total, [key, row]) => total + (key.startsWith(table) ? Number(row[column]) : 0), 0);
}
