import { type Json, type Key, lesson, type Outcome, ok, type Rows, rejected, type Session, strategy, type Work } from "racelab";

type Order = { paid: boolean; [column: string]: Json };
type Charge = { readonly order: Key; readonly amount: number };

const PRICE = 30;

/** Ask for the card, then note it on the order. Written as if a client never asked twice. */
const pay = (order: Key, amount: number): Work => ({
  name: "pay",
  who: { en: "request", ko: "요청" },
  keys: [order],
  request: { idempotencyKey: `checkout-${order.split("/")[1]}`, payload: { order, amount } },
  async body({ read, write, call }) {
    const { paid, ...rest } = await read<Order>(order);
    if (paid) return rejected("already paid");
    await call("payments", { order, amount });
    await write(order, { ...rest, paid: true });
    return ok(`paid ${amount}`);
  },
});

/** What the payment gateway has really taken. */
const charges = (rows: Rows): readonly Charge[] =>
  Object.entries(rows).flatMap(([key, row]) =>
    key.startsWith("service/payments/") ? [row["request"] as unknown as Charge] : [],
  );

/**
 * Charges that our own database knows nothing of: the order is not paid, and there is no pending request for it. A job that
 * looks for pending rows (a reconciler) finds the others and asks the gateway again, with the same key.
 */
const unrecorded = (rows: Rows): readonly Charge[] =>
  charges(rows).filter(({ order }) => !rows[order]?.["paid"] && !pending(rows).includes(order));

/** The orders of the requests that are on record and without an answer. */
const pending = (rows: Rows): readonly Key[] =>
  Object.entries(rows).flatMap(([key, { payload, answer }]) =>
    key.startsWith("requests/") && answer === null ? [(payload as unknown as Charge).order] : [],
  );

/** Two requests for each order. With two `amounts`, the second comes with the same key and asks for more. */
const requests = (tasks: number, amounts: number) => {
  const works = new Map<string, Work>();
  return Array.from({ length: tasks }, (_, i) => {
    const order = `order/${Math.floor(i / 2) + 1}`;
    const amount = PRICE + (i % 2) * (amounts - 1);
    const known = works.get(`${order} ${amount}`) ?? pay(order, amount);
    works.set(`${order} ${amount}`, known);
    return known;
  });
};

/** Which key, for the variants below. */
const keyOf = ({ request }: Work) => ({ key: `requests/${request!.idempotencyKey}`, payload: request!.payload });

export default lesson({
  title: { en: "Double payment", ko: "이중 결제" },
  summary: {
    en: "The reply was slow, so the app asked again. One order, two charges.",
    ko: "응답이 늦어서 앱이 한 번 더 보냈습니다. 주문은 하나, 결제는 두 번.",
  },
  size: { tasks: 2, amounts: 1 },
  load: { requests: 100, think: 2 },

  scenario({ tasks, amounts = 1 }) {
    const works = requests(tasks, amounts);
    const asked = works.map(({ request }) => request!.payload as unknown as Charge);
    const orders = [...new Set(asked.map(({ order }) => order))];
    return {
      rows: Object.fromEntries(orders.map((order) => [order, { paid: false }])),
      tasks: works,
      show: (row) => ("paid" in row ? (row["paid"] ? { en: "paid", ko: "결제됨" } : { en: "unpaid", ko: "미결제" }) : null),
      tally: {
        name: "charges",
        done: "paid",
        off: {
          above: { en: "charged N too often", ko: "N번 더 결제됨" },
          below: { en: "told paid N times without a charge", ko: "결제 없이 N번 '결제됨'" },
        },
        actual: (rows) => charges(rows).length,
        expected: ({ outcomes }) =>
          new Set(outcomes.flatMap((outcome, i) => (outcome?.status === "ok" ? [asked[i]!.order] : []))).size,
      },
      properties: [
        {
          name: "an order is charged at most once",
          kind: "outcome",
          test({ rows }) {
            const twice = orders.find((order) => charges(rows).filter((charge) => charge.order === order).length > 1);
            return twice
              ? { en: `the card was charged twice for ${twice}`, ko: `${twice} 때문에 카드가 두 번 결제되었습니다` }
              : null;
          },
        },
        {
          name: "every charge is on record: paid or pending",
          kind: "outcome",
          test({ rows }) {
            const [lost] = unrecorded(rows);
            return lost
              ? {
                  en: `${lost.amount} was charged for ${lost.order}, which is neither paid nor has a pending request`,
                  ko: `${lost.order}에 ${lost.amount}이 결제됐는데, '결제됨'도 아니고 '처리 중'인 요청도 없습니다`,
                }
              : null;
          },
        },
        {
          name: "whoever is told paid was charged",
          kind: "outcome",
          test({ rows, outcomes }) {
            const fooled = asked.findIndex(
              ({ order, amount }, i) =>
                outcomes[i]?.status === "ok" &&
                !charges(rows).some((charge) => charge.order === order && charge.amount === amount),
            );
            return fooled < 0
              ? null
              : {
                  en: `task ${fooled + 1} was told "paid" for ${asked[fooled]!.amount}, and nobody charged that`,
                  ko: `작업 ${fooled + 1}에는 "결제됨"이라고 답했는데, 그 금액(${asked[fooled]!.amount})은 아무도 결제하지 않았습니다`,
                };
          },
        },
      ],
    };
  },

  label: ({ rows, outcomes }) => {
    const taken = charges(rows).length;
    const told = outcomes.filter((outcome) => outcome?.status === "ok").length;
    const waiting = pending(rows).filter((order) => !rows[order]?.["paid"]).length;
    const unanswered = pending(rows).length - waiting;
    const counted = { pending: waiting, unanswered, "off record": unrecorded(rows).length };
    const rest = Object.entries(counted).map(([what, count]) => (count ? `, ${count} ${what}` : ""));
    return `${taken} ${taken === 1 ? "charge" : "charges"}, ${told} told paid${rest.join("")}`;
  },

  grade({ rows, outcomes }) {
    const [taken, told] = [charges(rows), outcomes.filter((outcome) => outcome?.status === "ok").length];
    const orders = new Set(taken.map(({ order }) => order)).size;
    if (taken.length > orders)
      return {
        grade: "forbidden",
        says: {
          en: "The row says paid, the card says paid twice.",
          ko: "행은 '결제됨', 카드 명세서는 두 번입니다.",
        },
      };
    if (taken.length === 0 && told > 0)
      return {
        grade: "forbidden",
        says: { en: "Told paid, and nobody charged anything.", ko: "'결제됨'이라고 답했지만 아무도 결제하지 않았습니다." },
      };
    if (unrecorded(rows).length > 0)
      return {
        grade: "forbidden",
        says: {
          en: "The money is gone, and no row of ours says so.",
          ko: "돈은 빠져나갔는데 우리 행 어디에도 적혀 있지 않습니다.",
        },
      };
    if (pending(rows).length > 0)
      return {
        grade: "acceptable",
        says: {
          en: "Not finished, and on record: the next look for pending rows finds it.",
          ko: "끝나지는 않았지만 기록은 있습니다. '처리 중'인 행을 찾는 작업이 발견합니다.",
        },
      };
    if (taken.length === 0 || told === 0) return null;
    return told === outcomes.length
      ? {
          grade: "expected",
          says: {
            en: "Charged once, and the repeat heard the same answer.",
            ko: "한 번 결제되었고, 재시도도 같은 응답을 받았습니다.",
          },
        }
      : {
          grade: "acceptable",
          says: {
            en: "Charged once. The other request got no 'paid' and has to ask again.",
            ko: "한 번 결제되었습니다. 다른 쪽은 '결제됨' 응답을 받지 못했으니 다시 물어봐야 합니다.",
          },
        };
  },

  claims: [
    {
      strategy: "none",
      breaks: "an order is charged at most once",
      because: {
        en: "Both requests read the order before either has written that it is paid.",
        ko: "두 요청 모두 '결제됨'이 기록되기 전에 주문을 읽습니다.",
      },
    },
    {
      strategy: "cas",
      breaks: "an order is charged at most once",
      because: {
        en: "The version check guards the row. The card was charged before it could say no.",
        ko: "버전 검사는 행을 지킬 뿐입니다. 안 된다고 말할 때는 카드가 이미 긁힌 뒤입니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "The second request waits, then reads that the order is paid: as long as nothing crashes.",
        ko: "두 번째 요청은 기다렸다가 '결제됨'을 읽습니다. 단, 죽는 프로세스가 없는 동안만입니다.",
      },
    },
    {
      strategy: "row-lock",
      faults: { restart: 1 },
      breaks: "an order is charged at most once",
      because: {
        en: "The crash rolls the row back, not the card. The repeat charges again.",
        ko: "크래시는 행만 되돌리고 카드는 되돌리지 않습니다. 재시도가 또 결제합니다.",
      },
    },
    {
      strategy: "row-lock",
      size: { tasks: 1 },
      faults: { crash: 1 },
      breaks: "every charge is on record: paid or pending",
      because: {
        en: "Charged, crashed, rolled back, and the app does not ask again: no row knows of the money.",
        ko: "결제하고 죽어서 롤백됐고, 앱은 다시 묻지 않습니다. 그 돈을 아는 행이 없습니다.",
      },
    },
    {
      strategy: "idempotency",
      holds: true,
      because: {
        en: "The request that locks the pending row works; the other waits for the commit and hears the same answer.",
        ko: "'처리 중'인 행을 잠근 요청만 일합니다. 다른 요청은 커밋을 기다렸다가 같은 응답을 받습니다.",
      },
    },
    {
      strategy: "idempotency",
      size: { tasks: 1 },
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "The pending row was committed before the call. It outlives the crash: a job finds it and asks the gateway with the same key.",
        ko: "'처리 중'인 행은 호출 전에 커밋됐습니다. 크래시 뒤에도 남아서, 작업이 찾아내 같은 키로 PG사에 묻습니다.",
      },
    },
    {
      strategy: "idempotency",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "The crash ends the lock on the pending row, and the repeat takes it over.",
        ko: "크래시가 '처리 중'인 행의 잠금을 풀고, 재시도가 이어받습니다.",
      },
    },
    {
      strategy: "one-commit",
      holds: true,
      because: {
        en: "While nothing crashes, claim, charge and answer can commit together.",
        ko: "죽는 프로세스가 없는 동안은 키, 결제, 답을 한 번에 커밋해도 됩니다.",
      },
    },
    {
      strategy: "one-commit",
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "The rollback takes the key away, the repeat brings it back, and the gateway knows it.",
        ko: "롤백이 키를 지우지만 재시도가 같은 키를 다시 가져오고, PG사는 그 키를 압니다.",
      },
    },
    {
      strategy: "one-commit",
      size: { tasks: 1 },
      faults: { crash: 1 },
      breaks: "every charge is on record: paid or pending",
      because: {
        en: "The rollback takes the key away, too. If the app does not ask again, nothing of ours remembers the charge.",
        ko: "롤백이 키까지 지웁니다. 앱이 다시 묻지 않으면, 우리 쪽에는 그 결제를 기억하는 것이 없습니다.",
      },
    },
    {
      strategy: "idempotency",
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "The key went along to the gateway: the call that is made again is recognised there.",
        ko: "키가 PG사까지 따라갑니다. 다시 보낸 호출을 PG사가 알아봅니다.",
      },
    },
    {
      strategy: "idempotency",
      size: { amounts: 2 },
      holds: true,
      because: {
        en: "The same key with another amount is refused with 422: it is not a repeat.",
        ko: "같은 키에 다른 금액이면 422로 거절합니다. 재시도가 아니기 때문입니다.",
      },
    },
    {
      strategy: "idempotency",
      faults: { elapse: 1 },
      holds: true,
      because: {
        en: "A repeat that waits too long for the first request gets 409 and can ask again: still one charge.",
        ko: "너무 오래 기다린 쪽은 409(다시 물어보세요)를 받습니다. 그래도 결제는 한 번입니다.",
      },
    },
    {
      strategy: "check-then-insert",
      breaks: "an order is charged at most once",
      because: {
        en: "T1 looks, T2 looks, T1 pays and saves the key, T2 pays and only then hits the unique key.",
        ko: "T1 확인, T2 확인, T1 결제와 키 저장, T2도 결제한 뒤에야 유니크 키에 부딪힙니다.",
      },
    },
    {
      strategy: "done-before-paid",
      holds: true,
      because: {
        en: "Without a crash, the key that is saved too early never lies for long.",
        ko: "아무도 죽지 않으면, 너무 일찍 저장한 키의 거짓말은 오래가지 않습니다.",
      },
    },
    {
      strategy: "done-before-paid",
      faults: { crash: 1 },
      breaks: "whoever is told paid was charged",
      because: {
        en: "The first dies after committing the key and before paying. The repeat is told paid for nothing.",
        ko: "키만 커밋하고 결제 전에 죽으면, 재시도는 결제도 없이 '결제됨' 응답을 받습니다.",
      },
    },
    {
      strategy: "in-progress-for-ever",
      faults: { restart: 1 },
      breaks: "nobody is turned away wrongly",
      because: {
        en: "The claim outlives the crash, and no repeat takes it over: each gets 409.",
        ko: "키가 크래시보다 오래 살아남습니다. 그런데 재시도가 이어받지 못하고 매번 409만 받습니다.",
      },
    },
    {
      strategy: "key-stays-at-home",
      holds: true,
      because: {
        en: "The claim alone orders the two requests.",
        ko: "키 선점만으로도 두 요청의 순서는 정해집니다.",
      },
    },
    {
      strategy: "key-stays-at-home",
      faults: { restart: 1 },
      breaks: "an order is charged at most once",
      because: {
        en: "Our pending row says: ask again. The gateway never saw a key, and charges again.",
        ko: "'처리 중'인 행을 보고 다시 묻습니다. PG사는 키를 본 적이 없으니 또 결제합니다.",
      },
    },
    {
      strategy: "payload-unseen",
      size: { amounts: 2 },
      breaks: "whoever is told paid was charged",
      because: {
        en: "Another amount came under the same key, and heard the answer to the first.",
        ko: "같은 키로 다른 금액이 왔는데, 첫 요청의 응답을 그대로 받았습니다.",
      },
    },
  ],

  variants: {
    "check-then-insert": strategy({
      summary: "look whether the key is there, pay, then save the key",
      cost: "a charge for everybody who looked in time",
      requires: [],
      async run(work, session) {
        const { key, payload } = keyOf(work);
        const seen = await session.find(key);
        if (seen) return seen["answer"] as Outcome;
        const answer = await work.body(session);
        return (await session.insert(key, { payload, answer })) ? answer : rejected("23505: the key is there already");
      },
    }),
    "done-before-paid": strategy({
      summary: "save the key in a commit of its own, answer every repeat with paid",
      cost: "after a crash, paid is a lie",
      requires: [],
      async run(work, session) {
        const { key, payload } = keyOf(work);
        const { amount } = payload as unknown as Charge;
        if (!(await session.insert(key, { payload }))) return ok(`paid ${amount}`);
        return work.body(session);
      },
    }),
    "in-progress-for-ever": strategy({
      summary: "commit the key as in progress, then pay, then mark it as done",
      cost: "after a crash, the key is locked for ever",
      requires: [],
      async run(work, session) {
        const { key, payload } = keyOf(work);
        if (!(await session.insert(key, { payload, answer: null }))) {
          const { answer } = await session.read(key);
          return answer ? (answer as Outcome) : rejected("409: the first request is still running");
        }
        const answer = await work.body(session);
        await session.write(key, { payload, answer });
        return answer;
      },
    }),
    "one-commit": strategy({
      summary: "claim the key, pay and save the answer in one transaction",
      cost: "after a crash, money that no row knows of",
      requires: ["transactions", "row-locks"],
      run: (work, session) =>
        session.transaction("read committed", async () => {
          await insertPending(work, session);
          return claimed(work, session);
        }),
    }),
    "key-stays-at-home": strategy({
      summary: "commit the key as pending, but call the gateway without it",
      cost: "a charge for every crash after the call",
      requires: ["transactions", "row-locks"],
      run: (work, session) => pendingFirst(work, session, { keyGoesAlong: false }),
    }),
    "payload-unseen": strategy({
      summary: "commit the key as pending, replay its answer to any payload",
      cost: "an answer to a question that nobody asked",
      requires: ["transactions", "row-locks"],
      run: (work, session) => pendingFirst(work, session, { payloadCompared: false }),
    }),
  },

  goals: {
    "an order is charged at most once": { en: "Charge the card twice", ko: "카드 두 번 결제하기" },
    "every charge is on record: paid or pending": {
      en: "Charge a card and leave no record",
      ko: "카드를 결제하고 기록 남기지 않기",
    },
    "whoever is told paid was charged": { en: "Say paid without a charge", ko: "결제 없이 결제됨이라고 답하기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "check-then-insert",
      ask: {
        en: "The key is unique, and it is looked up first. How can it end?",
        ko: "키는 유니크하고, 먼저 조회도 합니다. 어떻게 끝날 수 있을까요?",
      },
      also: ["0 charges, 2 told paid", "2 charges, 2 told paid"],
    },
    {
      kind: "how-many",
      strategy: "cas",
      ask: {
        en: "Compare-and-set on the order. How many of all interleavings charge once?",
        ko: "주문 행에 CAS를 씁니다. 모든 순서 가운데 한 번만 결제되는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "The server dies after the gateway charged and before COMMIT. What makes the repeat harmless?",
        ko: "PG사가 결제한 뒤, COMMIT 전에 서버가 죽었습니다. 재시도를 안전하게 하는 것은?",
      },
      options: [
        { en: "Our unique key: it is not inserted twice", ko: "우리 DB의 유니크 키: 두 번 들어가지 않으니까" },
        { en: "The rollback: all is as it was before", ko: "롤백: 모두 전과 같아지니까" },
        {
          en: "The same key at the gateway: it knows the repeat by it",
          ko: "PG사에도 함께 보낸 키: 그것으로 재시도를 알아보니까",
        },
      ],
      answer: 2,
      because: {
        en: "Our rows say no more than that something was begun. Only the gateway knows whether it charged, and by the key it knows the repeat.",
        ko: "우리 행이 말해 주는 것은 무언가 시작했다는 것뿐입니다. 결제했는지는 PG사만 알고, 키로 재시도를 알아봅니다.",
      },
    },
  ],

  exercise: {
    asks: {
      en: "the key is claimed before anything is done, and goes along to the gateway",
      ko: "무엇보다 먼저 키를 잡고, 그 키를 PG사에도 함께 보냅니다",
    },
    ways: [
      {
        uses: ["transactions"],
        because: {
          en: "A request that finds the key taken waits for the first answer, and a lock on the order does no harm.",
          ko: "키가 이미 있으면 첫 답을 기다립니다. 주문 행을 함께 잠가도 해롭지 않습니다.",
        },
      },
    ],
  },

  cost: {
    en: "The transaction stays open until the gateway answers, so a slow gateway holds a connection per payment. A busy service commits before the call instead, gives the key a lease, and lets a job ask the gateway by key about those that stay pending. Keep keys longer than any client repeats. Gateways forget, too: Stripe may remove a key after 24 hours, and its API v1 replays even an error 500.",
    ko: "PG사가 응답할 때까지 트랜잭션이 열려 있어서, 느린 PG사가 결제마다 커넥션 하나를 붙잡습니다. 바쁜 서비스라면 호출 전에 커밋하고, 키에 리스를 두고, '처리 중'으로 남은 키는 작업이 PG사에 그 키로 물어보게 합니다. 키는 클라이언트가 재시도하는 기간보다 오래 보관하세요. PG사도 키를 잊습니다. Stripe는 24시간이 지난 키를 지울 수 있고, API v1은 500 에러까지 그대로 다시 돌려줍니다.",
  },
});

type Left = { readonly keyGoesAlong?: boolean; readonly payloadCompared?: boolean };

/** The protection, with what is left out: the key at the gateway, or the look at the payload. */
async function pendingFirst(work: Work, session: Session, left: Left): Promise<Outcome> {
  await insertPending(work, session);
  return session.transaction("read committed", () => claimed(work, session, left));
}

const insertPending = ({ request }: Work, session: Session) =>
  session.insertRow({
    table: "requests",
    row: { id: request!.idempotencyKey, payload: request!.payload, answer: null },
    onConflict: "nothing",
  });

/** In a transaction: with the request's row locked, replays its answer, or pays and saves it. */
async function claimed(work: Work, session: Session, { keyGoesAlong = true, payloadCompared = true }: Left = {}) {
  const { key, payload } = keyOf(work);
  const { idempotencyKey } = work.request!;
  const first = (await session.selectForUpdate(key))!;
  if (payloadCompared && JSON.stringify(first["payload"]) !== JSON.stringify(payload)) return rejected("422: another request");
  if (first["answer"]) return first["answer"] as Outcome;
  const call: Session["call"] = (service, asked) =>
    session.call(service, keyGoesAlong ? { ...(asked as object), idempotencyKey } : asked);
  const answer = await work.body({ ...session, call });
  await session.write(key, { payload, answer });
  return answer;
}
