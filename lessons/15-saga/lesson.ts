import {
  access,
  builtInNames,
  type End,
  type Json,
  type Key,
  lesson,
  ok,
  type Row,
  type Rows,
  rejected,
  type SagaStep,
  type Session,
  strategy,
  type Work,
} from "racelab";

type Order = { paid: boolean; held: boolean; status: string; [column: string]: Json };
type Stock = { left: number; [column: string]: Json };
type Payment = { readonly order: string; readonly amount: number; readonly refund?: true };

const STOCK = "stock/1";
const PRICE = 30;

/** What does not work for one customer: the card, the way back of the money, the way back of the piece. */
type Trouble = { readonly declined: boolean; readonly closed: boolean; readonly full: boolean };

/** Pay, confirm the stock, complete the order: three services, three commits. */
const buy = (id: number, { declined, closed, full }: Trouble): Work => {
  const order = `order/${id}`;
  const pay: SagaStep = {
    name: "pay",
    async do({ read, write, call }) {
      const row = await read<Order>(order);
      if (declined) return rejected("the card was declined");
      await call("payments", { order, amount: PRICE, idempotencyKey: `pay-${id}` });
      await write(order, { ...row, paid: true });
      return ok();
    },
    async undo({ read, write, call }) {
      const row = await read<Order>(order);
      if (closed) return rejected("the customer's account is closed");
      await call("payments", { order, amount: -PRICE, idempotencyKey: `refund-${id}` });
      await write(order, { ...row, paid: false });
      return ok();
    },
  };
  const confirmStock: SagaStep = {
    name: "confirm stock",
    async do({ read, write }) {
      const stock = await read<Stock>(STOCK);
      if (stock.left < 1) return rejected("sold out");
      await write(STOCK, { ...stock, left: stock.left - 1 });
      await write(order, { ...(await read<Order>(order)), held: true });
      return ok();
    },
    async undo({ read, write }) {
      const stock = await read<Stock>(STOCK);
      const row = await read<Order>(order);
      if (row.held && full) return rejected("the warehouse takes nothing back");
      if (row.held) await write(STOCK, { ...stock, left: stock.left + 1 });
      await write(order, { ...row, held: false });
      return ok();
    },
  };
  const complete: SagaStep = {
    name: "complete",
    async do({ read, write }) {
      const row = await read<Order>(order);
      if (row.status === "cancelled") return rejected("cancelled");
      await write(order, { ...row, status: "complete" });
      return ok();
    },
  };
  return {
    name: "buy",
    who: { en: "customer", ko: "손님" },
    keys: [order, STOCK],
    request: { idempotencyKey: `buy-${id}`, payload: { order } },
    steps: [pay, confirmStock, complete],
    async body({ read, write, call }) {
      const [row, stock] = [await read<Order>(order), await read<Stock>(STOCK)];
      if (declined) return rejected("the card was declined");
      if (stock.left < 1) return rejected("sold out");
      if (row.status === "cancelled") return rejected("cancelled");
      await call("payments", { order, amount: PRICE, idempotencyKey: `pay-${id}` });
      await write(STOCK, { ...stock, left: stock.left - 1 });
      await write(order, { ...row, paid: true, held: true, status: "complete" });
      return ok();
    },
  };
};

const taken = (rows: Rows, order: string): number =>
  Object.entries(rows).reduce((sum, [key, row]) => {
    if (!key.startsWith("service/payments/")) return sum;
    const payment = row["request"] as unknown as Payment;
    return payment.order === order ? sum + payment.amount : sum;
  }, 0);

/**
 * Begun, not done and not answered: a job that looks for such logs goes on with the order, forward or back. Once there is an
 * answer, the log is no excuse: what could not be done then is for a person.
 */
const pending = ({ rows, outcomes }: Omit<End, "before">, id: number): boolean =>
  !outcomes[id - 1] && rows[`sagas/buy-${id}`]?.["done"] === false;

/** Is there an alarm that names this step and this request, in its key or in a column? */
const hasAlarm = (rows: Rows, step: string, id: number): boolean =>
  Object.entries(rows).some(
    ([key, row]) =>
      key.startsWith("alarms/") && [step, `buy-${id}`].every((name) => `${key} ${JSON.stringify(row)}`.includes(name)),
  );

/** What was taken too much (or, below zero, given away) for an order, where no row says so: no alarm, no pending log. */
function unrecorded(end: Omit<End, "before">, id: number): number {
  const { rows } = end;
  if (pending(end, id) || hasAlarm(rows, "pay", id)) return 0;
  return taken(rows, `order/${id}`) - (rows[`order/${id}`]?.["status"] === "complete" ? PRICE : 0);
}

/** One step in a transaction of its own, with every row that it reads locked. */
const alone = (session: Session, act: SagaStep["do"]) =>
  session.transaction("read committed", () =>
    act(access({ ...session, find: async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null })),
  );

/** Each step as it comes, no log; what happens to the steps already done is up to `undo`. */
async function forward({ steps = [] }: Work, session: Session, undo: (done: readonly SagaStep[]) => Promise<void>) {
  const done: SagaStep[] = [];
  for (const step of steps) {
    const outcome = await alone(session, step.do);
    if (outcome.status !== "ok") {
      await undo(done);
      return outcome;
    }
    done.push(step);
  }
  return ok();
}

/** Each step commits with its line in a log; the steps that are done are undone in the order that `order` says. */
async function logged(
  { steps = [], request }: Work,
  session: Session,
  order: (done: readonly SagaStep[]) => readonly SagaStep[],
) {
  const log = `sagas/${request!.idempotencyKey}`;
  type Log = { standing: number; refused: string | null };
  const noted = (step: SagaStep["do"] | undefined, standing: number, refused: string | null) =>
    alone(session, async (access) => {
      const outcome = step ? await step(access) : ok();
      if (outcome.status === "ok") await access.write(log, { standing, refused });
      return outcome;
    });
  let { standing, refused } = (await session.find<Log>(log)) ?? { standing: 0, refused: null };
  while (standing < steps.length && refused === null) {
    const outcome = await noted(steps[standing]!.do, standing + 1, null);
    if (outcome.status === "ok") standing++;
    else refused = outcome.detail;
  }
  if (refused === null) return ok();
  for (const { undo } of order(steps.slice(0, standing))) await noted(undo, --standing, refused);
  return rejected(refused);
}

const CALM = "no alarm is raised where every compensation works";

/** An alarm for a person is for what the code cannot undo, not in place of undoing it. */
const noAlarm = {
  name: CALM,
  kind: "outcome",
  test({ rows }: Pick<End, "rows">) {
    const alarm = Object.keys(rows).find((key) => key.startsWith("alarms/"));
    return alarm
      ? {
          en: `a person has to look at ${alarm}, and nothing had failed`,
          ko: `실패한 것이 없는데 사람이 ${alarm} 행을 봐야 합니다`,
        }
      : null;
  },
} as const;

export default lesson({
  title: { en: "Saga", ko: "사가" },
  summary: {
    en: "Paid, and then it was sold out. No transaction reaches across three services.",
    ko: "결제했는데 품절입니다. 세 서비스를 한 번에 되돌려 줄 트랜잭션은 없습니다.",
  },
  size: { tasks: 2, pieces: 1, declined: 0, cancelled: 0, closed: 0, full: 0 },
  load: { requests: 60, think: 1 },

  /**
   * So many customers' cards are declined, orders cancelled, accounts closed; for so many the warehouse is full. `calm`: every
   * compensation works, and no answer is lost.
   */
  scenario({ tasks, pieces = 1, declined = 0, cancelled = 0, closed = 0, full = 0, calm = 0 }) {
    const ids = Array.from({ length: tasks }, (_, i) => i + 1);
    const number = (rows: Rows, key: string, column: string) => Number(rows[key]?.[column]);
    return {
      rows: {
        [STOCK]: { left: pieces },
        ...Object.fromEntries(
          ids.map((id) => [`order/${id}`, { paid: false, held: false, status: id <= cancelled ? "cancelled" : "open" }]),
        ),
      },
      tasks: ids.map((id) => buy(id, { declined: id <= declined, closed: id <= closed, full: id <= full })),
      tally: {
        // What is gone, not what is left: 60 sales of one piece would leave -59.
        name: "pieces gone",
        done: "bought",
        off: { above: { en: "N never put back", ko: "N개 안 돌려놓음" }, below: { en: "sold N too many", ko: "N개 초과 판매" } },
        actual: (rows) => pieces - number(rows, STOCK, "left"),
        expected: ({ outcomes }) => outcomes.filter((outcome) => outcome?.status === "ok").length,
      },
      properties: [
        {
          name: "money is kept for completed orders only, or it is on record",
          kind: "outcome",
          test(end) {
            const id = ids.find((id) => unrecorded(end, id) !== 0);
            if (id === undefined) return null;
            const has = taken(end.rows, `order/${id}`);
            const due = has - unrecorded(end, id);
            return {
              en: `order ${id} owes ${due}, and ${has} was taken; there is no alarm and no pending log`,
              ko: `${id}번 주문이 낼 돈은 ${due}, 빠져나간 돈은 ${has}인데 알람도, 처리 중인 로그도 없습니다`,
            };
          },
        },
        {
          name: "a piece is gone for completed orders only, or it is on record",
          kind: "outcome",
          test({ before, rows, outcomes }) {
            const complete = ids.filter((id) => rows[`order/${id}`]?.["status"] === "complete").length;
            const gone = number(before, STOCK, "left") - number(rows, STOCK, "left");
            const alarms = ids.filter((id) => hasAlarm(rows, "confirm stock", id)).length;
            // A pending order has taken its piece, or not yet, or given it back: its log says so.
            const known = complete + alarms;
            return known <= gone && gone <= known + ids.filter((id) => pending({ rows, outcomes }, id)).length
              ? null
              : {
                  en: `${gone} ${gone === 1 ? "piece" : "pieces"} left the stock for ${complete} completed ${complete === 1 ? "order" : "orders"}`,
                  ko: `재고는 ${gone}개 줄었는데 완료된 주문은 ${complete}건입니다`,
                };
          },
        },
        ...(calm ? [noAlarm] : []),
        {
          name: "a customer who is told ok has a completed order",
          kind: "outcome",
          test({ rows, outcomes }) {
            const fooled = ids.find((id) => outcomes[id - 1]?.status === "ok" && rows[`order/${id}`]?.["status"] !== "complete");
            return fooled === undefined
              ? null
              : {
                  en: `customer ${fooled} was told ok, and the order is ${rows[`order/${fooled}`]?.["status"]}`,
                  ko: `${fooled}번 고객은 ok를 받았는데 주문의 상태는 ${rows[`order/${fooled}`]?.["status"]}입니다`,
                };
          },
        },
      ],
    };
  },

  label: ({ rows, outcomes }) => {
    const alarms = Object.keys(rows).filter((key) => key.startsWith("alarms/")).length;
    const ids = outcomes.map((_, i) => i + 1);
    const bought = ids.filter((id) => rows[`order/${id}`]?.["status"] === "complete").length;
    const wrong = ids.map((id) => unrecorded({ rows, outcomes }, id));
    const counted = {
      "for people": alarms,
      pending: ids.filter((id) => pending({ rows, outcomes }, id)).length,
      "taken off record": wrong.reduce((sum, amount) => sum + Math.max(amount, 0), 0),
      "given away": wrong.reduce((sum, amount) => sum + Math.max(-amount, 0), 0),
    };
    const rest = Object.entries(counted).map(([what, count]) => (count ? `, ${count} ${what}` : ""));
    return `stock ${rows[STOCK]?.["left"]}, ${bought} bought${rest.join("")}`;
  },

  claims: [
    {
      strategy: "none",
      breaks: "a piece is gone for completed orders only, or it is on record",
      because: {
        en: "Both read one piece, both pay, both complete: sold twice.",
        ko: "둘 다 재고 하나를 읽고, 둘 다 결제하고, 둘 다 완료합니다. 하나를 두 번 팔았습니다.",
      },
    },
    {
      strategy: "saga",
      holds: true,
      because: {
        en: "A customer who finds the stock empty is refunded: the steps that were done are undone.",
        ko: "재고가 없으면 환불합니다. 끝난 단계를 역순으로 되돌립니다(보상 트랜잭션).",
      },
    },
    {
      strategy: "saga",
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "Any request can crash at any step: the log is there, and the other request sees whole steps only.",
        ko: "누가 어디서 죽든 로그가 남아 있고, 상대가 보는 것은 언제나 온전한 단계입니다.",
      },
    },
    {
      strategy: "saga",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "The customer does not ask again. The log was there before the first step and is not done: a job finds it and goes on.",
        ko: "고객이 다시 묻지 않아도 됩니다. 로그는 첫 단계 전에 적혔고 아직 끝나지 않았으니, 작업이 찾아내 이어 갑니다.",
      },
    },
    {
      strategy: "late-log",
      holds: true,
      because: {
        en: "While nothing crashes, it does not matter when the log begins.",
        ko: "아무것도 죽지 않으면 로그를 언제 시작하든 상관없습니다.",
      },
    },
    {
      strategy: "late-log",
      size: { tasks: 1 },
      faults: { crash: 1 },
      breaks: "money is kept for completed orders only, or it is on record",
      because: {
        en: "Charged, crashed: the log's first line was rolled back with the step. No row says that anything was begun.",
        ko: "결제하고 죽었습니다. 로그의 첫 줄은 그 단계와 함께 롤백됐고, 시작했다는 기록이 어디에도 없습니다.",
      },
    },
    {
      strategy: "saga",
      size: { tasks: 1, declined: 1 },
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "Refused at the first step: there is nothing to undo.",
        ko: "첫 단계에서 거절됐으니 되돌릴 것이 없습니다.",
      },
    },
    {
      strategy: "saga",
      size: { tasks: 1, pieces: 0 },
      faults: { restart: 1, "lost-reply": 1 },
      holds: true,
      because: {
        en: "Refused at the second: the payment is undone, crash and lost answer or not.",
        ko: "두 번째에서 거절되면 결제를 되돌립니다. 죽어도, 응답이 사라져도.",
      },
    },
    {
      strategy: "saga",
      size: { tasks: 1, cancelled: 1 },
      faults: { restart: 1, "lost-reply": 1 },
      holds: true,
      because: {
        en: "Refused at the last. The log says how far it came and which way it goes, and the repeat goes on from there.",
        ko: "마지막에서 거절됩니다. 로그에 어디까지, 어느 방향인지 있어서 재시도가 거기서 이어 갑니다.",
      },
    },
    {
      strategy: "saga",
      size: { tasks: 1, cancelled: 1 },
      faults: { "lost-reply": 3 },
      holds: true,
      because: {
        en: "The bank never answers. It is asked three times with the same key, then a person is.",
        ko: "은행이 끝내 답하지 않습니다. 같은 키로 세 번 묻고, 그다음은 사람에게 맡깁니다.",
      },
    },
    {
      strategy: "saga",
      size: { tasks: 1, cancelled: 1, closed: 1, full: 1 },
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "Neither compensation works. Two alarms wait for a person, also after a crash.",
        ko: "보상 트랜잭션이 둘 다 실패합니다. 죽었다 살아나도 알람 두 줄이 사람을 기다립니다.",
      },
    },
    {
      strategy: "saga",
      size: { cancelled: 1 },
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "No isolation: the other customer saw a piece that was taken, and came back a moment later.",
        ko: "격리가 없습니다. 다른 고객은 곧 돌아올 재고를 품절로 봤습니다.",
      },
    },
    {
      strategy: "saga",
      size: { tasks: 1, cancelled: 1, calm: 1 },
      holds: true,
      because: {
        en: "Refund and return both work, so no person has to look.",
        ko: "환불도 반품도 되니 사람이 볼 일이 없습니다.",
      },
    },
    {
      strategy: "alarm-instead",
      size: { tasks: 1, cancelled: 1, calm: 1 },
      breaks: CALM,
      because: {
        en: "Every refusal wakes a person, although the code could have undone it.",
        ko: "코드가 되돌릴 수 있는데도 거절될 때마다 사람을 깨웁니다.",
      },
    },
    {
      strategy: "no-compensation",
      breaks: "money is kept for completed orders only, or it is on record",
      because: {
        en: "Sold out is an answer, and the money is still here.",
        ko: "품절이라고 답했지만 돈은 그대로 우리에게 있습니다.",
      },
    },
    {
      strategy: "no-compensation",
      size: { tasks: 1, cancelled: 1 },
      breaks: "a piece is gone for completed orders only, or it is on record",
      because: { en: "Nobody gives the piece back.", ko: "아무도 재고를 돌려놓지 않습니다." },
    },
    {
      strategy: "compensate-twice",
      size: { tasks: 1, cancelled: 1 },
      faults: { "lost-reply": 1 },
      breaks: "money is kept for completed orders only, or it is on record",
      because: {
        en: "The refund happened, its answer was lost, and without a key it is made again.",
        ko: "환불은 됐는데 응답만 사라졌고, 키 없이 또 환불합니다.",
      },
    },
    {
      strategy: "forward",
      size: { tasks: 1, cancelled: 1 },
      faults: { restart: 1 },
      breaks: "a piece is gone for completed orders only, or it is on record",
      because: {
        en: "The log says that one step is still done, and means the first. In fact it is the second: nobody gives the piece back.",
        ko: "로그는 '한 단계 남았다'고 하고 그것은 첫 단계를 뜻합니다. 실제로 남은 것은 두 번째라서, 재고는 아무도 돌려놓지 않습니다.",
      },
    },
    {
      strategy: "silent",
      size: { tasks: 1, cancelled: 1, closed: 1, full: 1 },
      breaks: "money is kept for completed orders only, or it is on record",
      because: { en: "The refund failed, and nobody was told.", ko: "환불이 실패했는데 아무에게도 알리지 않았습니다." },
    },
  ],

  variants: {
    "no-compensation": strategy({
      summary: "run the steps, stop at the first that refuses",
      cost: "the customer's money, and a piece that nobody can buy",
      requires: ["transactions", "row-locks"],
      run: (work, session) => forward(work, session, async () => {}),
    }),
    "alarm-instead": strategy({
      summary: "undo nothing, and leave an alarm for each step that was done",
      cost: "a person's time for every refusal",
      requires: ["transactions", "row-locks"],
      run: (work, session) =>
        forward(work, session, async (done) => {
          for (const { name } of done) await session.write(`alarms/${name} ${work.request!.idempotencyKey}`, {});
        }),
    }),
    "compensate-twice": strategy({
      summary: "undo in reverse, repeat an undo without an answer, send no key",
      cost: "every lost answer is a second refund",
      requires: ["transactions", "row-locks"],
      run: (work, session) =>
        forward(work, session, async (done) => {
          const call: Session["call"] = (service, asked) => {
            const { idempotencyKey: _, ...bare } = asked as { [name: string]: Json };
            return session.call(service, bare);
          };
          for (const { undo } of [...done].reverse()) {
            const attempt = async () => void (undo && (await alone({ ...session, call }, undo)));
            await attempt().catch(attempt);
          }
        }),
    }),
    "late-log": strategy({
      summary: "undo in reverse; the log begins with the first step that is done",
      cost: "after a crash, money that no row knows of",
      requires: ["transactions", "row-locks"],
      run: (work, session) => logged(work, session, (done) => [...done].reverse()),
    }),
    forward: strategy({
      summary: "a log, and undo in the order in which it was done",
      cost: "a step that the log takes for undone",
      requires: ["transactions", "row-locks"],
      run: (work, session) => logged(work, session, (done) => done),
    }),
    silent: strategy({
      summary: "undo in reverse, and do not look at how it went",
      cost: "debts that nobody knows of",
      requires: ["transactions", "row-locks"],
      run: (work, session) =>
        forward(work, session, async (done) => {
          for (const { undo } of [...done].reverse()) if (undo) await alone(session, undo);
        }),
    }),
  },

  goals: {
    "money is kept for completed orders only, or it is on record": {
      en: "Keep money for an order that never completes, unnoticed",
      ko: "끝나지 않은 주문의 돈을 모르게 갖기",
    },
    "a piece is gone for completed orders only, or it is on record": {
      en: "Lose a piece without a completed order",
      ko: "끝난 주문 없이 상품 하나 잃기",
    },
    "a customer who is told ok has a completed order": {
      en: "Say ok without a completed order",
      ko: "끝난 주문 없이 ok라고 답하기",
    },
  },

  questions: [
    {
      kind: "choice",
      ask: {
        en: "One piece. Order 1 holds it and is about to be undone; order 2 pays meanwhile. What can order 2 get as an answer?",
        ko: "재고 하나. 주문 1이 잡고 있다가 곧 되돌립니다. 그사이 주문 2가 결제하면 어떤 응답을 받을 수 있을까요?",
      },
      options: [
        { en: "Always ok: the piece comes back in time", ko: "항상 성공: 재고가 제때 돌아오니까" },
        { en: "Sold out, and in the end one is left", ko: "품절, 그런데 끝에는 하나가 남는다" },
        { en: "It waits until order 1 is through, then ok", ko: "주문 1이 끝날 때까지 기다렸다가 성공" },
      ],
      answer: 1,
      because: {
        en: "A saga has no isolation: what is committed halfway is seen by others, even if it is taken back later. Try it: --size cancelled=1.",
        ko: "사가에는 격리가 없습니다. 중간 커밋은 나중에 되돌려도 이미 보입니다. 직접 해 보세요: --size cancelled=1.",
      },
    },
    {
      kind: "ends",
      strategy: "no-compensation",
      ask: {
        en: "One piece, two buyers, every step commits alone. How can it end?",
        ko: "재고 하나, 고객 둘, 단계마다 따로 커밋합니다. 어떻게 끝날 수 있을까요?",
      },
      also: ["stock 1, 0 bought", "stock 0, 0 bought"],
    },
    {
      kind: "choice",
      ask: { en: "The refund gets no answer. What now?", ko: "환불 요청에 응답이 없습니다. 이제 어떻게 할까요?" },
      options: [
        { en: "It failed: tell the customer so", ko: "실패로 보고 고객에게 알린다" },
        { en: "Ask again with the same key", ko: "같은 키로 다시 요청한다" },
        { en: "Refund again, to be safe", ko: "확실하게 한 번 더 환불한다" },
      ],
      answer: 1,
      because: {
        en: "No answer says nothing about what happened. The key makes asking again harmless.",
        ko: "응답이 없다는 것은 아무것도 말해 주지 않습니다. 키가 있으면 다시 물어도 안전합니다.",
      },
    },
  ],

  grade: ({ rows }) =>
    Object.keys(rows).some((key) => key.startsWith("alarms/"))
      ? {
          grade: "acceptable",
          says: {
            en: "Not right, and not silent: a person has been told, and knows which step and why.",
            ko: "바르게 끝나지는 않았지만 침묵하지도 않았습니다. 어느 단계가 왜 안 됐는지 사람이 압니다.",
          },
        }
      : null,

  cost: {
    en: "Others see half-done orders, and can be turned away although the piece comes back a moment later. Every undo must be repeatable, a recovery worker must go on with the logs that are not done, and a person must read the alarms.",
    ko: "남들이 반쯤 끝난 주문을 보고, 곧 돌아올 재고 때문에 거절당할 수 있습니다. 모든 보상은 반복해도 안전해야 하고, 끝나지 않은 로그는 복구 작업이 이어서 처리해야 하고, 알람은 사람이 읽어야 합니다.",
  },
});
