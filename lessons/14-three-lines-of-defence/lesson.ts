import {
  type Access,
  access,
  type End,
  type Json,
  type Key,
  lesson,
  type Outcome,
  ok,
  type Row,
  type Rows,
  rejected,
  type Session,
  type Strategy,
  strategy,
  type Work,
} from "racelab";

type Order = { status: string; total: number; version: number; [column: string]: Json };

/**
 * `POST /orders/{id}`, which pays it: its body, and the If-Match header; null where the client sends none. The address is the
 * order's own, because If-Match names an ETag of what is addressed.
 */
type Asked = { readonly order: Key; readonly amount: number; readonly card: string; readonly ifMatch: number | null };
type Charge = Pick<Asked, "order" | "amount" | "card">;

/** The three lines, and three ways in which a line is there and does not hold. */
type Line = "key" | "if-match" | "state";
type Flaw = "any payload" | "key optional" | "header optional" | "version stands still";
/** What stands for the key of a client that sends none. */
const NO_KEY = "";
/** A state in between, committed before the card is charged. */
type Between = "paying";

const KEYLESS = "400: send an Idempotency-Key";
const TOTAL = 30;
const LATER = 45;

/** What the server does with a payment, behind the key: If-Match, then the state, then the card. */
async function pay(
  { order, amount, card, ifMatch }: Asked,
  { read, write, call }: Access,
  lines: readonly (Line | Flaw | Between)[],
): Promise<Outcome> {
  const row = await read<Order>(order);
  if (lines.includes("if-match")) {
    if (ifMatch === null && !lines.includes("header optional")) return rejected("428: say which version you have seen");
    if (ifMatch !== null && ifMatch !== row.version) return rejected(`412: the order has ETag "${row.version}" by now`);
  }
  if (lines.includes("state") && row.status !== "open") return rejected(`409: the order is ${row.status}`);
  await call("payments", { order, amount, card });
  const version = lines.includes("version stands still") ? row.version : row.version + 1;
  await write(order, { ...row, status: "paid", version });
  return ok(`paid, ETag "${version}"`);
}

const payment = (asked: Asked, idempotencyKey: string): Work => ({
  name: "pay",
  who: { en: "request", ko: "요청" },
  keys: [asked.order],
  request: { idempotencyKey, payload: asked },
  body: async (access) => (idempotencyKey === NO_KEY ? rejected(KEYLESS) : pay(asked, access, ["if-match", "state"])),
});

/** The restaurant adds a dish: another total, another version. */
const change = (order: Key): Work => ({
  name: "change",
  who: { en: "restaurant", ko: "식당" },
  keys: [order],
  async body({ read, write }) {
    const row = await read<Order>(order);
    if (row.status !== "open") return rejected(`409: the order is ${row.status}`);
    await write(order, { ...row, total: LATER, version: row.version + 1 });
    return ok(`changed, ETag "${row.version + 1}"`);
  },
});

/** The handler with these lines; every row that it reads stays locked until the commit. */
const handler = (summary: string, cost: string, ...lines: (Line | Flaw | Between)[]): Strategy =>
  strategy({
    summary,
    cost,
    requires: ["transactions", "row-locks"],
    async run(work, session) {
      const { request } = work;
      if (request && request.idempotencyKey !== NO_KEY && lines.includes("key")) {
        // Pending, and committed before the card is charged: after a crash this row says that something was begun.
        const row = { id: request.idempotencyKey, payload: request.payload, answer: null };
        await session.insertRow({ table: "requests", row, onConflict: "nothing" });
      }
      const used = request && lines.includes("paying") ? payingFirst(session, request.idempotencyKey) : session;
      return session.transaction("read committed", () => answer(work, used, lines));
    },
  });

/** The order says `paying`, in a commit of its own, before the card is charged; a repeat under the same key goes on there. */
function payingFirst(session: Session, id: string): Session {
  const orders = new Map<Key, Row>();
  return {
    ...session,
    async selectForUpdate(key) {
      const row = await session.selectForUpdate(key);
      if (!row || !key.startsWith("order/")) return row;
      const { by, ...rest } = row;
      const seen = by === id ? { ...rest, status: "open" } : row;
      orders.set(key, seen);
      return seen;
    },
    async call(service, asked) {
      for (const [order, row] of orders) await session.write(order, { ...row, status: "paying", by: id });
      await session.commit();
      const reply = await session.call(service, asked);
      await session.begin("read committed");
      // In the same order as before: first the key, then the order.
      await session.selectForUpdate(`requests/${id}`);
      return reply;
    },
  };
}

async function answer({ request, body }: Work, session: Session, lines: readonly (Line | Flaw | Between)[]): Promise<Outcome> {
  const locked = access({ ...session, find: (key) => session.selectForUpdate(key) as Promise<never> });
  if (!request) return body(locked);
  const { idempotencyKey: id, payload } = request;
  const asked = payload as unknown as Asked;
  if (!lines.includes("key")) return pay(asked, locked, lines);
  if (id === NO_KEY) return lines.includes("key optional") ? pay(asked, locked, lines) : rejected(KEYLESS);
  const first = (await session.selectForUpdate(`requests/${id}`))!;
  const same = JSON.stringify(first["payload"]) === JSON.stringify(payload) || lines.includes("any payload");
  if (!same) return rejected("422: this key was used for another request");
  if (first["answer"]) return first["answer"] as Outcome;
  const call: Access["call"] = (service, what) => session.call(service, { ...(what as object), idempotencyKey: id });
  const outcome = await pay(asked, { ...locked, call }, lines);
  await session.write(`requests/${id}`, { payload, answer: outcome });
  return outcome;
}

const asking = ({ request }: Work): Asked | null => (request ? (request.payload as unknown as Asked) : null);

/** What the payment gateway has really taken. */
const charges = (rows: Rows): readonly Charge[] =>
  Object.entries(rows).flatMap(([key, row]) =>
    key.startsWith("service/payments/") ? [row["request"] as unknown as Charge] : [],
  );

/** The orders of the requests that are on record and without an answer: a job finds them, and asks the gateway again. */
const pending = (rows: Rows): readonly Key[] =>
  Object.entries(rows).flatMap(([key, { payload, answer }]) =>
    key.startsWith("requests/") && answer === null ? [(payload as unknown as Asked).order] : [],
  );

/** Charges that our own database knows nothing of. */
const unrecorded = (rows: Rows): readonly Charge[] =>
  charges(rows).filter(({ order }) => rows[order]?.["status"] !== "paid" && !pending(rows).includes(order));

export default lesson({
  title: { en: "Three lines of defence", ko: "세 겹의 방어선" },
  summary: {
    en: "A key, an ETag and a state guard. Each of them looks superfluous, until you take it away.",
    ko: "멱등키, ETag, 상태 검사. 빼 보기 전까지는 하나쯤 없어도 될 것 같습니다.",
  },
  size: { tasks: 2, tabs: 0, changed: 0, cards: 1, cancelled: 0, blind: 0, keyless: 0 },
  load: { requests: 100, think: 2 },

  /**
   * Two requests for each order. The second is the first again; with `tabs` it has a key of its own, with `cards`
   * the same key and another card, with `changed` it is the restaurant's. `blind`: no If-Match is sent; `keyless`: no key.
   */
  scenario({ tasks, tabs = 0, changed = 0, cards = 1, cancelled = 0, blind = 0, keyless = 0 }) {
    const version = cancelled ? 2 : 1;
    const orders = Array.from({ length: Math.ceil(tasks / 2) }, (_, n): Key => `order/${n + 1}`);
    const works = orders.flatMap((order) => {
      const asked: Asked = { order, amount: TOTAL, card: "A", ifMatch: blind ? null : version };
      const key = keyless ? NO_KEY : `pay-${order.slice(6)}`;
      const first = payment(asked, key);
      if (changed) return [first, change(order)];
      if (tabs) return [first, payment(asked, `${key}-again`)];
      return [first, cards > 1 ? payment({ ...asked, card: "B" }, key) : first];
    });
    return {
      rows: Object.fromEntries(
        orders.map((order) => [order, { status: cancelled ? "cancelled" : "open", total: TOTAL, version }]),
      ),
      tasks: works.slice(0, tasks),
      show: (row) => ("status" in row && "version" in row ? `${row["status"]} v${row["version"]}` : null),
      tally: {
        name: "charges",
        done: "paid",
        off: {
          above: { en: "charged N too often", ko: "N번 더 결제됨" },
          below: { en: "told paid N times without a charge", ko: "결제 없이 N번 '결제됨'" },
        },
        actual: (rows) => charges(rows).length,
        expected: ({ outcomes }) =>
          new Set(works.flatMap((work, i) => (outcomes[i]?.status === "ok" ? (asking(work)?.order ?? []) : []))).size,
      },
      properties: [
        {
          name: "an order is charged at most once",
          kind: "outcome",
          test({ rows }) {
            const twice = orders.find((order) => charges(rows).filter((charge) => charge.order === order).length > 1);
            return twice ? { en: `${twice} was charged twice`, ko: `${twice}에 카드가 두 번 결제되었습니다` } : null;
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
                  ko: `${lost.order}에 ${lost.amount}이 결제됐는데, paid도 아니고 '처리 중'인 요청도 없습니다`,
                }
              : null;
          },
        },
        {
          name: "a repeat hears the first answer",
          kind: "outcome",
          test({ outcomes }) {
            const fooled = works.findIndex(
              (work, i) =>
                outcomes[i]?.status === "rejected" && works.some((other, j) => other === work && outcomes[j]?.status === "ok"),
            );
            if (fooled < 0) return null;
            const { detail } = outcomes[fooled] as { detail: string };
            return {
              en: `one request, sent twice: once it heard "paid", once "${detail}"`,
              ko: `같은 요청을 두 번 보냈는데 답이 다릅니다. 한 번은 "결제됨", 한 번은 "${detail}"`,
            };
          },
        },
        {
          name: "nobody pays for an order that has changed",
          kind: "outcome",
          test({ rows }) {
            const unseen = charges(rows).find(({ order, amount }) => rows[order]?.["total"] !== amount);
            return unseen
              ? {
                  en: `${unseen.amount} was paid, and ${unseen.order} costs ${rows[unseen.order]?.["total"]}`,
                  ko: `결제한 금액은 ${unseen.amount}인데 ${unseen.order}의 금액은 ${rows[unseen.order]?.["total"]}입니다`,
                }
              : null;
          },
        },
        {
          name: "only an open order is paid",
          kind: "outcome",
          test({ before, rows }) {
            const dead = charges(rows).find(({ order }) => before[order]?.["status"] !== "open");
            return dead
              ? { en: `${dead.order} was cancelled, and paid all the same`, ko: `취소된 ${dead.order}에 결제가 되었습니다` }
              : null;
          },
        },
        {
          name: "whoever is told paid was charged",
          kind: "outcome",
          test({ rows, outcomes }) {
            const fooled = works
              .map(asking)
              .find(
                (asked, i) =>
                  asked &&
                  outcomes[i]?.status === "ok" &&
                  !charges(rows).some(({ order, card }) => order === asked.order && card === asked.card),
              );
            return fooled
              ? {
                  en: `"paid" was the answer for card ${fooled.card}, which nobody charged`,
                  ko: `카드 ${fooled.card}에 "결제됨"이라고 답했는데, 그 카드는 아무도 결제하지 않았습니다`,
                }
              : null;
          },
        },
        {
          name: "the answer brings the ETag to send next",
          kind: "outcome",
          test({ rows, outcomes }) {
            const stale = works.find(({ keys: [order] }, i) => {
              const outcome = outcomes[i];
              return outcome?.status === "ok" && asking(works[i]!) && !outcome.detail?.includes(`"${rows[order!]?.["version"]}"`);
            });
            return stale
              ? {
                  en: `the answer for ${stale.keys[0]} brought another ETag than the order has`,
                  ko: `${stale.keys[0]}에 대한 답에 실린 ETag가 주문의 ETag와 다릅니다`,
                }
              : null;
          },
        },
      ],
    };
  },

  label: ({ rows, outcomes }: End) => {
    const told = outcomes.map((outcome) => (outcome?.status === "ok" ? "ok" : ((outcome?.detail ?? "-").split(":")[0] ?? "-")));
    const taken = charges(rows).length;
    const counted = { pending: pending(rows).length, "off record": unrecorded(rows).length };
    const rest = Object.entries(counted).map(([what, count]) => (count ? `, ${count} ${what}` : ""));
    return `${taken} ${taken === 1 ? "charge" : "charges"}, ${told.join(" and ")}${rest.join("")}`;
  },

  variants: {
    "all-three": handler(
      "the key as pending; then key, If-Match, state, in this order, in one transaction",
      "a row for each request, a header that every client must send, and answers that clients must understand",
      "key",
      "if-match",
      "state",
    ),
    "paying-first": handler(
      "all three, and the order says paying in a commit of its own before the card is charged",
      "one more state, which every handler of the order has to know",
      "key",
      "if-match",
      "state",
      "paying",
    ),
    "without-key": handler("If-Match and state", "the answer to a client that asks again", "if-match", "state"),
    "without-if-match": handler("key and state", "the customer's consent to a new total", "key", "state"),
    "without-state": handler("key and If-Match", "money for orders that are no more", "key", "if-match"),
    "key-only": handler("the idempotency key alone", "everything that is not a repeat", "key"),
    "if-match-only": handler("If-Match alone", "repeats, and orders that are no more", "if-match"),
    "state-only": handler("the state guard alone", "repeats, and what the customer has seen", "state"),
    "no-line": handler("a transaction with a row lock, and no question asked", "the customer's money"),
    "any-payload": handler(
      "all three, but a key's answer is replayed for any payload",
      "an answer to a question that nobody asked",
      "key",
      "if-match",
      "state",
      "any payload",
    ),
    "key-optional": handler(
      "all three, but without a key the request is taken for a new one",
      "a client that sends no key cannot repeat",
      "key",
      "if-match",
      "state",
      "key optional",
    ),
    "header-optional": handler(
      "all three, but without If-Match nothing is compared",
      "old clients pay what they have not seen",
      "key",
      "if-match",
      "state",
      "header optional",
    ),
    "version-stands-still": handler(
      "If-Match alone, and paying does not move the version",
      "an ETag that says the same before and after",
      "if-match",
      "version stands still",
    ),
  },

  claims: [
    {
      strategy: "none",
      breaks: "an order is charged at most once",
      because: {
        en: "Every line looks before the other request has written: checks that are not one step with the write.",
        ko: "방어선마다 상대가 쓰기 전에 확인합니다. 쓰기와 한 몸이 아닌 검사일 뿐입니다.",
      },
    },
    {
      strategy: "row-lock",
      breaks: "a repeat hears the first answer",
      because: {
        en: "If-Match and state hold, and the customer who has paid is told 412.",
        ko: "If-Match와 상태 검사는 제 몫을 합니다. 그런데 결제한 고객이 412를 받습니다.",
      },
    },
    {
      strategy: "idempotency",
      holds: true,
      because: {
        en: "A repeat waits for the key and hears the same answer.",
        ko: "재시도는 키를 기다렸다가 같은 응답을 받습니다.",
      },
    },
    {
      strategy: "idempotency",
      size: { tabs: 1 },
      breaks: "an order is charged at most once",
      because: {
        en: "Two tabs have two keys, and both read the order before either writes: the row is not locked.",
        ko: "탭이 둘이면 키도 둘입니다. 주문 행을 잠그지 않아서 둘 다 쓰기 전에 읽습니다.",
      },
    },
    {
      strategy: "all-three",
      holds: true,
      because: {
        en: "The key answers the repeat before If-Match could call it stale.",
        ko: "If-Match가 낡았다고 하기 전에, 키가 먼저 재시도를 알아보고 답합니다.",
      },
    },
    {
      strategy: "all-three",
      size: { tabs: 1 },
      holds: true,
      because: {
        en: "Two keys, one version: the second tab hears 412.",
        ko: "키는 둘이지만 버전은 하나입니다. 두 번째 탭은 412를 받습니다.",
      },
    },
    {
      strategy: "all-three",
      size: { changed: 1 },
      holds: true,
      because: {
        en: "The restaurant was faster: 412, look again. Or the customer was: 409 for the restaurant.",
        ko: "식당이 먼저면 고객이 412, 고객이 먼저면 식당이 409를 받습니다.",
      },
    },
    {
      strategy: "all-three",
      size: { cards: 2 },
      holds: true,
      because: {
        en: "The same key with another card is no repeat: 422.",
        ko: "같은 키에 다른 카드는 재시도가 아닙니다. 422입니다.",
      },
    },
    {
      strategy: "all-three",
      size: { cancelled: 1 },
      holds: true,
      because: {
        en: "The client has seen the cancelled order, so its ETag is fresh. Only the state says no: 409.",
        ko: "취소된 주문을 보고 왔으니 ETag는 최신입니다. 상태만이 409로 막습니다.",
      },
    },
    {
      strategy: "all-three",
      size: { changed: 1, blind: 1 },
      holds: true,
      because: {
        en: "A client that does not say which version it has seen gets 428, which is more precise than a plain 400.",
        ko: "무엇을 봤는지 말하지 않으면 428입니다. 그냥 400보다 무엇이 빠졌는지 분명합니다.",
      },
    },
    {
      strategy: "all-three",
      size: { keyless: 1 },
      holds: true,
      because: {
        en: "No key, no payment: 400, before anything is charged.",
        ko: "키가 없으면 결제도 없습니다. 카드를 긁기 전에 400입니다.",
      },
    },
    {
      strategy: "all-three",
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "The crash rolls the row back; the key that went along tells the gateway that it has charged already.",
        ko: "크래시가 행은 되돌리지만, 함께 보낸 키 덕분에 PG사가 이미 결제했음을 압니다.",
      },
    },
    {
      strategy: "all-three",
      size: { tasks: 1 },
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "The app does not ask again. The pending row does: a job finds it, and asks the gateway with the same key.",
        ko: "앱이 다시 묻지 않아도 '처리 중'인 행이 남습니다. 작업이 찾아내 같은 키로 PG사에 묻습니다.",
      },
    },
    {
      strategy: "all-three",
      size: { tabs: 1 },
      faults: { crash: 1 },
      breaks: "an order is charged at most once",
      because: {
        en: "None of the three lines stops this. The server dies after the call, and the other tab comes before the job has looked: the order still says open.",
        ko: "세 줄 가운데 어느 것도 이것은 막지 못합니다. 호출 뒤에 서버가 죽고, 작업이 살피기 전에 다른 탭이 옵니다. 주문은 아직 open입니다.",
      },
    },
    {
      strategy: "paying-first",
      size: { tabs: 1 },
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "The order has said paying since before the call, so the other tab hears 409. A job finds the pending key and finishes the payment.",
        ko: "호출 전부터 주문이 paying이니 다른 탭은 409를 받습니다. 작업이 '처리 중'인 키를 찾아 결제를 마무리합니다.",
      },
    },
    {
      strategy: "paying-first",
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "The repeat finds its own payment begun, and goes on there with the same key.",
        ko: "재시도는 자기가 시작한 결제를 발견하고, 같은 키로 거기서 이어 갑니다.",
      },
    },
    {
      strategy: "without-key",
      size: { tasks: 1 },
      faults: { crash: 1 },
      breaks: "every charge is on record: paid or pending",
      because: {
        en: "Charged, crashed, rolled back: the order is open, and no row knows of the money.",
        ko: "결제하고 죽어서 롤백됐습니다. 주문은 open이고, 그 돈을 아는 행이 없습니다.",
      },
    },
    {
      strategy: "without-key",
      faults: { restart: 1 },
      breaks: "an order is charged at most once",
      because: {
        en: "Charged, crashed, rolled back: the version has not moved, the order is open, the card is charged again.",
        ko: "결제하고 죽어서 롤백됐습니다. 버전도 상태도 그대로라 카드를 또 긁습니다.",
      },
    },
    {
      strategy: "without-key",
      breaks: "a repeat hears the first answer",
      because: {
        en: "The repeat is stale because its own first copy succeeded: a customer who has paid gets 412. RFC 9110 allows 2xx here, if the server knows that the change is the client's own. The key is how it knows.",
        ko: "재시도를 낡게 만든 것은 자기 자신입니다. 결제한 고객이 412를 받습니다. RFC 9110은 그 변경이 같은 클라이언트의 것임을 서버가 안다면 2xx로 답해도 된다고 합니다. 그것을 알려 주는 것이 키입니다.",
      },
    },
    {
      strategy: "without-if-match",
      size: { changed: 1 },
      breaks: "nobody pays for an order that has changed",
      because: {
        en: "She said yes to 30. By now it is 45, and open.",
        ko: "30을 보고 결제를 눌렀습니다. 지금은 45이고, 상태는 여전히 open입니다.",
      },
    },
    {
      strategy: "without-state",
      size: { cancelled: 1 },
      breaks: "only an open order is paid",
      because: {
        en: "Her ETag is the newest there is: of a cancelled order.",
        ko: "가장 최신 ETag가 맞습니다. 다만 취소된 주문의 것입니다.",
      },
    },
    {
      strategy: "without-state",
      size: { tabs: 1 },
      holds: true,
      because: {
        en: "Against two tabs, If-Match is enough: the first payment moves the version.",
        ko: "두 탭에는 If-Match로 충분합니다. 첫 결제가 버전을 옮깁니다.",
      },
    },
    {
      strategy: "without-if-match",
      size: { tabs: 1 },
      holds: true,
      because: {
        en: "Against two tabs, the state is enough, too.",
        ko: "두 탭에는 상태 검사만으로도 충분합니다.",
      },
    },
    {
      strategy: "key-only",
      size: { tabs: 1 },
      breaks: "an order is charged at most once",
      because: {
        en: "Two tabs are two keys: nothing else is asked.",
        ko: "탭이 둘이면 키도 둘, 다른 것은 묻지 않습니다.",
      },
    },
    {
      strategy: "if-match-only",
      breaks: "a repeat hears the first answer",
      because: {
        en: "It cannot tell a repeat from a latecomer.",
        ko: "재시도와 뒤늦게 온 요청을 구별하지 못합니다.",
      },
    },
    {
      strategy: "if-match-only",
      size: { changed: 1 },
      holds: true,
      because: {
        en: "What has changed since it was seen is not paid.",
        ko: "본 뒤에 바뀐 주문은 결제되지 않습니다.",
      },
    },
    {
      strategy: "state-only",
      size: { changed: 1 },
      breaks: "nobody pays for an order that has changed",
      because: {
        en: "The order is still open, although its price has changed.",
        ko: "얼마가 됐든 open은 open입니다.",
      },
    },
    {
      strategy: "state-only",
      size: { cancelled: 1 },
      holds: true,
      because: {
        en: "A cancelled order is not paid.",
        ko: "취소된 주문은 결제되지 않습니다.",
      },
    },
    {
      strategy: "no-line",
      breaks: "an order is charged at most once",
      because: {
        en: "The lock makes them take turns. Both pay, in turn.",
        ko: "락은 차례를 세워 줄 뿐입니다. 차례대로 둘 다 결제합니다.",
      },
    },
    {
      strategy: "any-payload",
      size: { cards: 2 },
      breaks: "whoever is told paid was charged",
      because: {
        en: "Another card came under the same key and heard the first one's answer.",
        ko: "같은 키로 다른 카드가 왔는데, 첫 카드의 응답을 그대로 받았습니다.",
      },
    },
    {
      strategy: "key-optional",
      size: { keyless: 1 },
      breaks: "a repeat hears the first answer",
      because: {
        en: "A client that sends no key repeats, and the server cannot know it: 412 for a customer who has paid.",
        ko: "키 없이 보낸 클라이언트가 재시도해도 서버는 재시도인 줄 모릅니다. 결제한 고객이 412를 받습니다.",
      },
    },
    {
      strategy: "header-optional",
      size: { changed: 1, blind: 1 },
      breaks: "nobody pays for an order that has changed",
      because: {
        en: "An old client sends no If-Match, and pays what it has not seen.",
        ko: "옛 클라이언트는 If-Match 없이 와서, 못 본 금액을 결제합니다.",
      },
    },
    {
      strategy: "version-stands-still",
      size: { tabs: 1 },
      breaks: "an order is charged at most once",
      because: {
        en: "The second tab's ETag still fits: it names a version of the row, and the row said nothing.",
        ko: "두 번째 탭의 ETag가 여전히 맞습니다. 상태가 바뀌어도 버전이 그대로였기 때문입니다.",
      },
    },
  ],

  goals: {
    "an order is charged at most once": { en: "Charge the card twice", ko: "카드 두 번 결제하기" },
    "every charge is on record: paid or pending": {
      en: "Charge a card and leave no record",
      ko: "카드를 결제하고 기록 남기지 않기",
    },
    "a repeat hears the first answer": {
      en: "Answer the repeat otherwise than the first time",
      ko: "재시도에 첫 응답과 다르게 답하기",
    },
    "nobody pays for an order that has changed": { en: "Take money for an order that has changed", ko: "바뀐 주문에 돈 받기" },
    "only an open order is paid": { en: "Pay an order that is not open", ko: "열려 있지 않은 주문 결제하기" },
    "whoever is told paid was charged": { en: "Say paid without a charge", ko: "결제 없이 결제됨이라고 답하기" },
    "the answer brings the ETag to send next": { en: "Answer without the next ETag", ko: "다음 ETag 없이 답하기" },
  },

  questions: [
    {
      kind: "choice",
      ask: {
        en: "If-Match and a state guard are there. What is the idempotency key still good for?",
        ko: "If-Match와 상태 검사가 있습니다. 멱등키는 왜 더 필요할까요?",
      },
      options: [
        { en: "Nothing: the other two stop a second charge", ko: "필요 없다: 둘이면 두 번 결제되지 않으니까" },
        {
          en: "A repeat gets 'paid', not 412, and a crash is on record",
          ko: "재시도가 412 대신 '결제됨'을 받고, 크래시도 기록에 남는다",
        },
        { en: "The second request is answered faster", ko: "두 번째 요청에 더 빨리 답한다" },
      ],
      answer: 1,
      because: {
        en: "Without it the customer who has paid is told that she has not, and tries another card. And after a crash no row says that a payment was begun.",
        ko: "키가 없으면 결제한 고객이 실패했다는 답을 듣고, 다른 카드를 꺼냅니다. 죽은 뒤에는 결제를 시작했다는 기록조차 없습니다.",
      },
    },
    {
      kind: "ends",
      strategy: "row-lock",
      ask: {
        en: "If-Match, state guard, a row lock, and the app sends its request twice. How can it end?",
        ko: "If-Match, 상태 검사, 행 락. 앱이 같은 요청을 두 번 보냅니다. 어떻게 끝날 수 있을까요?",
      },
      also: ["1 charge, ok and ok", "2 charges, ok and ok", "0 charges, 412 and 412"],
    },
    {
      kind: "choice",
      ask: {
        en: "At worst, how often is the card charged when only the key is left and the customer has three tabs open?",
        ko: "멱등키만 남았고 고객이 탭 세 개를 열어 두었습니다. 최악의 경우 카드는 몇 번 긁힐까요?",
      },
      options: [
        { en: "Once: there is one order", ko: "한 번: 주문이 하나니까" },
        { en: "Twice: the third finds it paid", ko: "두 번: 세 번째는 결제된 주문을 보니까" },
        { en: "Three times", ko: "세 번" },
      ],
      answer: 2,
      because: {
        en: "A key names a request. Three tabs are three requests; that there is one order, only the order's row knows.",
        ko: "키는 요청의 이름입니다. 탭이 셋이면 요청도 셋이고, 주문이 하나라는 것은 주문 행만 압니다.",
      },
    },
  ],

  grade: ({ before, rows, outcomes }) =>
    Object.keys(before).some((order) => charges(rows).filter((charge) => charge.order === order).length > 1)
      ? {
          grade: "forbidden",
          says: { en: "One order, two charges.", ko: "주문은 하나, 결제는 두 번입니다." },
        }
      : outcomes.some((outcome) => outcome?.status === "rejected" && /^4(00|12|22|28)/.test(outcome.detail))
        ? {
            grade: "acceptable",
            says: {
              en: "Turned away with a reason that a client can act on: look again, use a new key, send the header.",
              ko: "거절했지만 이유가 있습니다. 다시 보거나, 새 키를 쓰거나, 헤더를 보내면 됩니다.",
            },
          }
        : null,

  cost: {
    en: "Three checks on every payment, a row per key, a job that looks for pending ones, and clients that know what 400, 409, 412, 422 and 428 ask of them. And a state, paying, that is committed before the call: without it, a crash and a second tab still charge twice.",
    ko: "결제마다 검사 세 번, 키마다 행 하나, '처리 중'인 행을 찾는 작업, 그리고 400, 409, 412, 422, 428의 뜻을 아는 클라이언트가 필요합니다. 호출 전에 커밋하는 상태 paying도 필요합니다. 없으면 크래시와 두 번째 탭이 여전히 두 번 결제합니다.",
  },
});
