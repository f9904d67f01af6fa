import {
  builtInNames,
  type Json,
  type Key,
  lesson,
  ok,
  type Row,
  type Rows,
  rejected,
  type Session,
  strategy,
  type Work,
} from "racelab";

type Points = { balance: number; [column: string]: Json };
type Payment = { readonly payment: string; readonly user: Key };

const AMOUNT = 10;

/** The payment went through: add the points, write the ledger. Written as if "confirm" were pressed once. */
const confirm = (page: number, payment: string, user: Key): Work => {
  const entry = `ledger/${payment}`;
  return {
    name: "confirm",
    who: { en: "page", ko: "페이지" },
    keys: [user],
    // Every page that is opened makes itself a key. Back opens a new page.
    request: { idempotencyKey: `page-${page}`, payload: { payment, user } },
    async body({ find, read, write, insert }) {
      if (await find(entry)) return rejected("already added");
      const points = await read<Points>(user);
      await write(user, { ...points, balance: points.balance + AMOUNT });
      await insert(entry, { payment, amount: AMOUNT });
      return ok("added");
    },
  };
};

/** What a variant below has to know of a confirmation. */
const asked = ({ request }: Work) => ({ page: request!.idempotencyKey, ...(request!.payload as unknown as Payment) });

const rowsOf = (rows: Rows, table: string): readonly Row[] =>
  Object.entries(rows).flatMap(([key, row]) => (key.startsWith(`${table}/`) ? [row] : []));
const sum = (rows: readonly Row[], column: string) => rows.reduce((total, row) => total + Number(row[column]), 0);

/** Adds the points, with the user's row locked: for inside a transaction. */
async function add(session: Session, user: Key) {
  const { balance } = (await session.selectForUpdate(user)) as Points;
  await session.write(user, { balance: balance + AMOUNT });
  return ok("added");
}

export default lesson({
  title: { en: "Double top-up", ko: "이중 충전" },
  summary: {
    en: "Back, then confirm again. One payment, and the points arrive twice.",
    ko: "뒤로 가기, 그리고 다시 확인. 결제는 한 번인데 포인트는 두 번 들어옵니다.",
  },
  size: { tasks: 2, payments: 1 },
  load: { requests: 100, think: 2 },

  scenario({ tasks, payments = 1 }) {
    const works = Array.from({ length: tasks }, (_, i) => {
      const user = Math.floor(i / 2) + 1;
      return confirm(i + 1, `payment-${user}-${(i % 2) % payments}`, `points/user-${user}`);
    });
    const paid = works.map((work) => asked(work).payment);
    const users = [...new Set(works.map((work) => asked(work).user))];
    return {
      rows: {
        ...Object.fromEntries(users.map((user) => [user, { balance: 0 }])),
        // The gateway has taken the money; a job compares these rows with the ledger, and finds what is missing there.
        ...Object.fromEntries(works.map(asked).map(({ payment, user }) => [`payments/${payment}`, { user, amount: AMOUNT }])),
      },
      tasks: works,
      tally: {
        name: "points",
        done: "added",
        off: { above: { en: "added N too many", ko: "N점 더 들어옴" }, below: { en: "N never added", ko: "N점 안 들어옴" } },
        actual: (rows) => sum(rowsOf(rows, "points"), "balance"),
        expected: ({ before, outcomes }) =>
          sum(rowsOf(before, "points"), "balance") + AMOUNT * new Set(paid.filter((_, i) => outcomes[i]?.status === "ok")).size,
      },
      properties: [
        {
          name: "a payment is added at most once",
          kind: "outcome",
          test({ rows }) {
            for (const user of users) {
              const due = AMOUNT * new Set(works.map(asked).flatMap((one) => (one.user === user ? [one.payment] : []))).size;
              const has = Number(rows[user]?.["balance"]);
              if (has > due)
                return {
                  en: `${user} paid for ${due} points and has ${has}`,
                  ko: `결제는 ${due}점인데 ${user}에는 ${has}점이 있습니다`,
                };
            }
            return null;
          },
        },
        {
          name: "every payment is on record: added or pending",
          kind: "outcome",
          test({ rows }) {
            const added = new Set(rowsOf(rows, "ledger").map(({ payment }) => payment));
            for (const user of users) {
              const due = [...new Set(works.map(asked).flatMap((one) => (one.user === user ? [one.payment] : [])))];
              const open = AMOUNT * due.filter((payment) => !added.has(payment)).length;
              const missing = AMOUNT * due.length - Number(rows[user]?.["balance"]);
              if (missing > open)
                return {
                  en: `${user} has ${missing} points too few, and the ledger has only ${open} left to add`,
                  ko: `${user}에 ${missing}점이 모자라는데, 원장에 아직 없는 것은 ${open}점뿐입니다`,
                };
            }
            return null;
          },
        },
        {
          name: "a customer who is told ok has the points",
          kind: "outcome",
          test({ rows, outcomes }) {
            const added = rowsOf(rows, "ledger").map(({ payment }) => payment);
            const fooled = paid.find((payment, i) => outcomes[i]?.status === "ok" && !added.includes(payment));
            return fooled === undefined
              ? null
              : {
                  en: `the customer of ${fooled} was told ok, and the ledger does not know this payment`,
                  ko: `${fooled}의 고객은 ok를 받았는데 원장에 그 결제가 없습니다`,
                };
          },
        },
        {
          name: "the ledger explains the points",
          kind: "outcome",
          test({ rows }) {
            const [points, booked] = [sum(rowsOf(rows, "points"), "balance"), sum(rowsOf(rows, "ledger"), "amount")];
            return points === booked
              ? null
              : {
                  en: `the ledger says ${booked} points were added, the balance says ${points}`,
                  ko: `원장에는 ${booked}점이 들어왔다고 적혀 있는데 잔액은 ${points}점입니다`,
                };
          },
        },
      ],
    };
  },

  label: ({ rows, outcomes }) => {
    const failed = outcomes.filter((outcome) => outcome?.status === "failed").length;
    return `points ${sum(rowsOf(rows, "points"), "balance")}, ledger ${rowsOf(rows, "ledger").length}${failed ? `, ${failed} shown an error` : ""}`;
  },

  grade({ rows }) {
    const [points, booked] = [sum(rowsOf(rows, "points"), "balance"), sum(rowsOf(rows, "ledger"), "amount")];
    const payments = new Set(rowsOf(rows, "ledger").map(({ payment }) => payment)).size;
    if (points !== booked)
      return {
        grade: "forbidden",
        says: {
          en: "The ledger cannot explain the balance.",
          ko: "원장으로는 잔액을 설명할 수 없습니다.",
        },
      };
    if (points > AMOUNT * payments)
      return {
        grade: "forbidden",
        says: {
          en: "The books agree with each other, and both are wrong: one payment, added twice.",
          ko: "장부끼리는 맞는데 둘 다 틀렸습니다. 결제 하나가 두 번 들어왔습니다.",
        },
      };
    return points > 0
      ? { grade: "expected", says: { en: "Each payment once, in both books.", ko: "결제마다 한 번씩, 두 장부 모두에 있습니다." } }
      : null;
  },

  claims: [
    {
      strategy: "none",
      breaks: "a payment is added at most once",
      because: {
        en: "Both look into the ledger before either has written to it.",
        ko: "둘 다 원장에 쓰기 전에 원장을 확인합니다.",
      },
    },
    {
      strategy: "cas",
      breaks: "a payment is added at most once",
      because: {
        en: "The version of the points says nothing about a ledger row that is not there yet.",
        ko: "포인트 행의 버전은 아직 없는 원장 행에 대해 아무것도 말해 주지 않습니다.",
      },
    },
    {
      strategy: "row-lock",
      failures: ["23505"],
      holds: true,
      because: {
        en: "A row that is not there cannot be locked. What saves us is the ledger's key: the second insert fails and takes its points back, if 23505 is an answer that the page understands.",
        ko: "없는 행은 잠글 수 없습니다. 우리를 구한 것은 원장의 키입니다. 두 번째 INSERT가 실패하면서 포인트까지 되돌립니다. 단, 화면이 23505를 답으로 알아들을 때만입니다.",
      },
    },
    {
      strategy: "row-lock",
      breaks: builtInNames.error,
      because: {
        en: 'The books are right, and the customer who confirms again is shown an error instead of "already added".',
        ko: "장부는 맞습니다. 하지만 다시 확인한 고객은 '이미 충전됨' 대신 에러를 봅니다.",
      },
    },
    {
      strategy: "natural-key",
      holds: true,
      because: {
        en: "One payment, one id, one row: however often somebody confirms.",
        ko: "결제 하나, id 하나, 행 하나. 몇 번을 확인해도 같습니다.",
      },
    },
    {
      strategy: "natural-key",
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "The ledger row and the points commit together, or not at all.",
        ko: "원장 행과 포인트는 함께 커밋되거나, 둘 다 안 됩니다.",
      },
    },
    {
      strategy: "natural-key",
      size: { tasks: 1 },
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "It dies, and the customer does not come back. The payment has no ledger row: the nightly comparison finds it.",
        ko: "죽었고 고객은 돌아오지 않습니다. 원장 행이 없는 결제이니, 밤마다 하는 대조에서 찾아냅니다.",
      },
    },
    {
      strategy: "natural-key",
      size: { payments: 2 },
      holds: true,
      because: {
        en: "Two payments are two ids. Both arrive, and the row lock keeps both.",
        ko: "결제가 둘이면 id도 둘입니다. 둘 다 들어오고, 행 락이 둘 다 지킵니다.",
      },
    },
    {
      strategy: "natural-key-in-two-commits",
      faults: { restart: 1 },
      breaks: "the ledger explains the points",
      because: {
        en: "It dies after the ledger row. The repeat hears already added, and the points never come.",
        ko: "원장 행만 남기고 죽습니다. 재시도는 '이미 충전됨' 응답을 받고, 포인트는 영영 안 옵니다.",
      },
    },
    {
      strategy: "natural-key-in-two-commits",
      size: { tasks: 1 },
      faults: { crash: 1 },
      breaks: "every payment is on record: added or pending",
      because: {
        en: "The ledger says that it was added, so the comparison finds nothing to do. The customer has no points.",
        ko: "원장에는 들어왔다고 적혀 있으니 대조해도 할 일이 없습니다. 고객에게는 포인트가 없습니다.",
      },
    },
    {
      strategy: "next-id",
      breaks: "a payment is added at most once",
      because: {
        en: "Every confirmation gets a number of its own, so the unique key has nothing to refuse.",
        ko: "확인할 때마다 새 번호를 받으니, 유니크 키가 막을 것이 없습니다.",
      },
    },
    {
      strategy: "next-id-unlocked",
      size: { payments: 2 },
      breaks: "nobody is turned away wrongly",
      because: {
        en: "Two payments read the same last number, and one of them is refused as a repeat of the other.",
        ko: "서로 다른 결제 둘이 같은 마지막 번호를 읽고, 하나가 다른 하나의 재시도로 몰려 거절됩니다.",
      },
    },
    {
      strategy: "page-key",
      breaks: "a payment is added at most once",
      because: {
        en: "The key is made by the page, and back makes a new page. Name what must be unique: the payment.",
        ko: "키는 페이지가 만들고, 뒤로 가면 새 페이지입니다. 유일해야 하는 것, 즉 결제에 이름을 붙이세요.",
      },
    },
    {
      strategy: "expiring-key",
      breaks: "a payment is added at most once",
      because: {
        en: "The customer came back after the key was cleaned up. An expired key is a new key.",
        ko: "키가 정리된 뒤에 고객이 돌아왔습니다. 만료된 키는 새 키나 다름없습니다.",
      },
    },
  ],

  variants: {
    "natural-key": strategy({
      summary: "the payment's id is the ledger's key, inserted first, in one transaction",
      cost: "every effect needs something that names it once and for all",
      requires: ["transactions", "row-locks"],
      run(work, session) {
        const { payment, user } = asked(work);
        return session.transaction("read committed", async () => {
          const row = { id: payment, payment, amount: AMOUNT };
          if ((await session.insertRow({ table: "ledger", row, onConflict: "nothing" })) === 0) return rejected("already added");
          return add(session, user);
        });
      },
    }),
    "natural-key-in-two-commits": strategy({
      summary: "the payment's id is the ledger's key, committed before the points",
      cost: "points that the ledger has and the customer has not",
      requires: ["transactions", "row-locks"],
      async run(work, session) {
        const { payment, user } = asked(work);
        if (!(await session.insert(`ledger/${payment}`, { payment, amount: AMOUNT }))) return rejected("already added");
        return session.transaction("read committed", () => add(session, user));
      },
    }),
    "next-id": strategy({
      summary: "the ledger's key is the last number plus one, under the user's lock",
      cost: "a number that says nothing about the payment",
      requires: ["transactions", "row-locks"],
      run(work, session) {
        const { payment, user } = asked(work);
        return session.transaction("read committed", async () => {
          const added = await add(session, user);
          const last = (await session.select({ table: "ledger" })).length;
          await session.insert(`ledger/${last + 1}`, { payment, amount: AMOUNT });
          return added;
        });
      },
    }),
    "next-id-unlocked": strategy({
      summary: "the ledger's key is the last number plus one, and a taken number is a repeat",
      cost: "somebody's points",
      requires: ["transactions", "row-locks"],
      run(work, session) {
        const { payment, user } = asked(work);
        return session.transaction("read committed", async () => {
          const id = `${(await session.select({ table: "ledger" })).length + 1}`;
          const row = { id, payment, amount: AMOUNT };
          if ((await session.insertRow({ table: "ledger", row, onConflict: "nothing" })) === 0) return rejected("already added");
          return add(session, user);
        });
      },
    }),
    "page-key": strategy({
      summary: "the key that the page made is the ledger's key",
      cost: "a top-up for every page that was opened",
      requires: ["transactions", "row-locks"],
      run(work, session) {
        const { page, payment, user } = asked(work);
        return session.transaction("read committed", async () => {
          const row = { id: page, payment, amount: AMOUNT };
          if ((await session.insertRow({ table: "ledger", row, onConflict: "nothing" })) === 0) return rejected("already added");
          return add(session, user);
        });
      },
    }),
    "expiring-key": strategy({
      summary: "the payment's id is a request key that is cleaned up after a day",
      cost: "a second top-up for every customer who comes back tomorrow",
      requires: ["transactions", "row-locks"],
      async run(work, session) {
        const { page, payment, user } = asked(work);
        const away = await session.choose("when does the customer confirm?", ["today", "tomorrow"]);
        if (away === "tomorrow") await session.delete(`requests/${payment}`);
        return session.transaction("read committed", async () => {
          const row = { id: payment };
          if ((await session.insertRow({ table: "requests", row, onConflict: "nothing" })) === 0) return ok("added before");
          await session.insert(`ledger/${page}`, { payment, amount: AMOUNT });
          return add(session, user);
        });
      },
    }),
  },

  goals: {
    "a payment is added at most once": { en: "Add one payment twice", ko: "결제 하나를 두 번 충전하기" },
    "every payment is on record: added or pending": { en: "Leave a payment without a record", ko: "결제 하나를 기록 없이 두기" },
    "a customer who is told ok has the points": { en: "Say ok without the points", ko: "포인트 없이 ok라고 답하기" },
    "the ledger explains the points": {
      en: "Make points that the ledger cannot explain",
      ko: "원장으로 설명할 수 없는 포인트 만들기",
    },
  },

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "One payment of 10, confirmed twice at the same time, ledger looked at first. How can it end?",
        ko: "10포인트 결제 하나를 동시에 두 번 확인합니다. 원장은 먼저 확인합니다. 어떻게 끝날 수 있을까요?",
      },
      also: ["points 0, ledger 1", "points 20, ledger 2"],
    },
    {
      kind: "how-many",
      strategy: "next-id",
      ask: {
        en: "Everything in one transaction, user locked, ledger numbered 1, 2, 3. How many interleavings end right?",
        ko: "전부 한 트랜잭션, 사용자 행 락, 원장 번호는 1, 2, 3. 올바르게 끝나는 순서는 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "Which of these is the natural key of a top-up?",
        ko: "다음 중 충전의 자연 키는 무엇일까요?",
      },
      options: [
        { en: "The id of its payment", ko: "근거가 된 결제의 id" },
        { en: "A UUID that the page makes when it opens", ko: "페이지가 열릴 때 만드는 UUID" },
        { en: "The user and the time", ko: "사용자와 시각" },
      ],
      answer: 0,
      because: {
        en: "It is the same however often, from wherever and whenever somebody confirms.",
        ko: "언제, 어디서, 몇 번을 확인해도 같은 값이기 때문입니다.",
      },
    },
  ],

  exercise: {
    asks: {
      en: "the ledger row is named after what must exist only once, and both books commit together",
      ko: "원장 행의 이름은 한 번만 있어야 하는 것의 이름이고, 두 장부는 함께 커밋됩니다",
    },
    ways: [
      {
        uses: ["transactions"],
        because: {
          en: "The key refuses the second one. It may be asked first, or begin again when it was refused, and then look.",
          ko: "두 번째는 키가 막습니다. 먼저 물어도 되고, 막힌 뒤에 다시 시작해 확인해도 됩니다.",
        },
      },
    ],
  },

  cost: {
    en: "You need an id that exists before the effect and never changes, and the rows that carry it may never be cleaned up. Where there is none, make one on the first page and carry it along.",
    ko: "처리하기 전에 이미 있고 절대 바뀌지 않는 id가 필요하고, 그 id를 담은 행은 지울 수 없습니다. 없다면 첫 페이지에서 만들어 끝까지 들고 다니세요.",
  },
});
