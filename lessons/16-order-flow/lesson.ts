import {
  type Access,
  access,
  builtInNames,
  type End,
  type Json,
  type Key,
  lesson,
  type Outcome,
  ok,
  type Row,
  type Rows,
  rejected,
  type SagaStep,
  type Session,
  type Strategy,
  strategy,
  type Text,
  type Work,
} from "racelab";

type Stock = { left: number; [column: string]: Json };
type Courier = { comes: boolean; [column: string]: Json };
type Card = { good: boolean; [column: string]: Json };
type Shipment = { status: "waiting" | "registered"; [column: string]: Json };
type Payment = { readonly order: number; readonly amount: number };

const STOCK = "stock/1";
const COURIER = "courier/1";
const PRICE = 30;

/** What a parcel's scanners say, in the order in which it happens and not always in that in which it arrives. */
const stages = ["picked up", "delivered"] as const;
const inKorean = ["집화됨", "배달됨"] as const;

/** Check and hold a piece, pay, register the shipment. Three services; each step commits on its own. */
const order = (id: number): Work => {
  const [held, card, shipment] = [`hold/${id}`, `card/${id}`, `shipment/${id}`];
  const hold: SagaStep = {
    name: "hold",
    async do({ find, read, insert, write }) {
      if (await find(held)) return ok();
      const { left } = await read<Stock>(STOCK);
      if (left < 1) return rejected("sold out");
      await write(STOCK, { left: left - 1 });
      await insert(held, { order: id });
      return ok();
    },
    async undo({ find, read, write }) {
      const row = await find(held);
      if (!row || row["released"]) return ok();
      const { left } = await read<Stock>(STOCK);
      await write(STOCK, { left: left + 1 });
      await write(held, { order: id, released: true });
      return ok();
    },
  };
  const pay: SagaStep = {
    name: "pay",
    async do({ read, call }) {
      const { good } = await read<Card>(card);
      if (!good) return rejected("the card was refused");
      await call("payments", { order: id, amount: PRICE, idempotencyKey: `pay-${id}` });
      return ok();
    },
    async undo({ call }) {
      await call("payments", { order: id, amount: -PRICE, idempotencyKey: `refund-${id}` });
      return ok();
    },
  };
  const ship: SagaStep = {
    name: "ship",
    async do({ find, read, write }) {
      // The courier's row first, and then the parcel's, as the courier does it: in the other order, each waits for the other.
      const { comes } = await read<Courier>(COURIER);
      if ((await find<Shipment>(shipment))?.status === "registered") return ok();
      if (!comes) return rejected("no courier today");
      await write(shipment, { status: "registered" });
      return ok();
    },
  };
  return {
    name: "order",
    who: { en: "customer", ko: "손님" },
    keys: [STOCK, card],
    request: { idempotencyKey: `${id}`, payload: { order: id } },
    steps: [hold, pay, ship],
    async body({ find, read, insert, write, call }) {
      if (await find(shipment)) return ok();
      const { left } = await read<Stock>(STOCK);
      if (left < 1) return rejected("sold out");
      const { good } = await read<Card>(card);
      if (!good) return rejected("the card was refused");
      await call("payments", { order: id, amount: PRICE, idempotencyKey: `pay-${id}` });
      const { comes } = await read<Courier>(COURIER);
      await write(STOCK, { left: left - 1 });
      await insert(held, { order: id });
      await insert(shipment, { status: comes ? "registered" : "waiting" });
      return ok();
    },
  };
};

/** Work that is one step, also for a saga. */
const oneStep = (name: string, who: Text, key: Key, body: Work["body"]): Work => ({
  name,
  who,
  keys: [key],
  steps: [{ name, do: body }],
  body,
});

/** The courier comes at last, and takes what is on the list. */
const courier = (orders: number): Work =>
  oneStep("courier comes", { en: "courier", ko: "기사" }, COURIER, async ({ find, write }) => {
    await write(COURIER, { comes: true });
    for (let id = 1; id <= orders; id++)
      if ((await find<Shipment>(`shipment/${id}`))?.status === "waiting") await write(`shipment/${id}`, { status: "registered" });
    return ok("came");
  });

/** A scanner reports where the parcel is: in one row that is changed, or in rows that are added. */
const scan = (stage: number, history: boolean): Work =>
  oneStep(`scan ${stages[stage]}`, { en: "scanner", ko: "스캐너" }, "parcel/1", async ({ read, insert, write }) => {
    if (history) await insert(`scan/${stage}`, { stage });
    else if (stage > Number((await read("parcel/1"))["stage"])) await write("parcel/1", { stage });
    return ok("noted");
  });

const number = (rows: Rows, key: Key, column: string) => Number(rows[key]?.[column]);

const payments = (rows: Rows, id: number): readonly number[] =>
  Object.entries(rows).flatMap(([key, row]) => {
    if (!key.startsWith("service/payments/")) return [];
    const payment = row["request"] as unknown as Payment;
    return payment.order === id ? payment.amount : [];
  });

/** Begun, not done and not answered: a job that looks for such logs goes on with the order. */
const pending = ({ rows, outcomes }: Omit<End, "before">, id: number): boolean =>
  !outcomes[id - 1] && rows[`sagas/${id}`]?.["done"] === false;

const paid = (rows: Rows, id: number): number => payments(rows, id).reduce((sum, amount) => sum + amount, 0);

/** One step in a transaction of its own, with every row that it reads locked. */
const alone = (session: Session, act: (access: Access) => Promise<Outcome>) =>
  session.transaction("read committed", () =>
    act(access({ ...session, find: async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null })),
  );

/** No answer says nothing: the same again, three times in all. */
async function patiently(act: () => Promise<Outcome>): Promise<Outcome> {
  for (let attempt = 1; ; attempt++)
    try {
      return await act();
    } catch (error) {
      if (attempt === 3) throw error;
    }
}

/** The steps in this order, each alone; a refusal undoes the earlier ones in reverse. */
async function inTurn(session: Session, steps: readonly SagaStep[]): Promise<Outcome> {
  for (const [i, { do: act }] of steps.entries()) {
    const outcome = await patiently(() => alone(session, act));
    if (outcome.status === "ok") continue;
    for (const { undo } of steps.slice(0, i).reverse()) if (undo) await patiently(() => alone(session, undo));
    return outcome;
  }
  return ok();
}

/** A way to run the steps; what has none is run alone. */
const flow = (
  summary: string,
  cost: string,
  run: (session: Session, steps: { hold: SagaStep; pay: SagaStep; ship: SagaStep }, id: string) => Promise<Outcome>,
): Strategy =>
  strategy({
    summary,
    cost,
    requires: ["transactions", "row-locks"],
    run({ steps, body, request }, session) {
      const [hold, pay, ship] = steps ?? [];
      return hold && pay && ship ? run(session, { hold, pay, ship }, request!.idempotencyKey) : alone(session, body);
    },
  });

export default lesson({
  title: { en: "Order flow", ko: "주문 흐름" },
  summary: {
    en: "Stock, payment, shipment. Which can come later, which can be retried, and where is there no way back?",
    ko: "재고, 결제, 배송. 무엇을 미뤄도 되고, 무엇을 재시도하고, 어디부터 돌아갈 수 없을까요?",
  },
  size: { tasks: 2, vans: 0, poor: 0, scans: 0, history: 0 },
  load: { requests: 100, think: 1 },

  /**
   * Half as many pieces as customers. `vans`: the last task is the courier's arrival. `poor`: so many
   * cards are refused. `scans`: the tasks are a parcel's scanners, with `history` in rows of their own.
   */
  scenario({ tasks, vans = 0, poor = 0, scans = 0, history = 0 }) {
    const ids = scans ? [] : Array.from({ length: tasks - vans }, (_, i) => i + 1);
    const pieces = Math.ceil(ids.length / 2);
    const seen = scans ? stages.map((_, stage) => stage).slice(0, tasks) : [];
    const known = (rows: Rows) => (history ? seen.filter((stage) => rows[`scan/${stage}`]) : [number(rows, "parcel/1", "stage")]);
    return {
      rows: {
        [STOCK]: { left: pieces },
        [COURIER]: { comes: vans === 0 },
        ...Object.fromEntries(ids.map((id) => [`card/${id}`, { good: id > poor }])),
        ...(scans && !history && { "parcel/1": { stage: -1 } }),
      },
      tasks: [...ids.map(order), ...seen.map((stage) => scan(stage, history > 0)), ...(vans ? [courier(ids.length)] : [])],
      tally: {
        // What is gone, not what is left: after too many sales, less than nothing would be left.
        name: "pieces gone",
        done: "ordered",
        off: { above: { en: "N never put back", ko: "N개 안 돌려놓음" }, below: { en: "sold N too many", ko: "N개 초과 판매" } },
        actual: (rows) => pieces - number(rows, STOCK, "left"),
        expected: ({ outcomes }) => ids.filter((id) => outcomes[id - 1]?.status === "ok").length,
      },
      properties: [
        {
          name: "every charge is on record: shipped, waiting or pending",
          kind: "outcome",
          test({ rows, outcomes }) {
            const forgotten = ids.find((id) => paid(rows, id) > 0 && !rows[`shipment/${id}`] && !pending({ rows, outcomes }, id));
            return forgotten === undefined
              ? null
              : {
                  en: `order ${forgotten} is paid, and no list knows of its parcel`,
                  ko: `${forgotten}번 주문은 결제됐는데 그 소포가 어느 목록에도 없습니다`,
                };
          },
        },
        {
          name: "nothing is shipped unpaid",
          kind: "outcome",
          test({ rows }) {
            const free = ids.find((id) => rows[`shipment/${id}`] && paid(rows, id) <= 0);
            return free === undefined
              ? null
              : {
                  en: `the parcel of order ${free} is on its way, and nobody has paid`,
                  ko: `${free}번 주문의 소포가 떠났는데 아무도 결제하지 않았습니다`,
                };
          },
        },
        {
          name: "a piece is gone for paid or pending orders only",
          kind: "outcome",
          test({ before, rows, outcomes }) {
            const gone = number(before, STOCK, "left") - number(rows, STOCK, "left");
            const orders = ids.filter((id) => paid(rows, id) > 0).length;
            // A pending order that has not paid holds a piece, or not yet, or not any more.
            const between = ids.filter((id) => paid(rows, id) <= 0 && pending({ rows, outcomes }, id)).length;
            return orders <= gone && gone <= orders + between
              ? null
              : {
                  en: `${gone} ${gone === 1 ? "piece is" : "pieces are"} gone for ${orders} paid ${orders === 1 ? "order" : "orders"}`,
                  ko: `재고는 ${gone}개 줄었는데 결제된 주문은 ${orders}건입니다`,
                };
          },
        },
        {
          name: "nobody pays twice",
          kind: "outcome",
          test({ rows }) {
            const twice = ids.find((id) => paid(rows, id) > PRICE);
            return twice === undefined
              ? null
              : {
                  en: `order ${twice} costs ${PRICE}, and ${paid(rows, twice)} was taken`,
                  ko: `${twice}번 주문의 금액은 ${PRICE}인데 빠져나간 돈은 ${paid(rows, twice)}입니다`,
                };
          },
        },
        {
          name: "nobody is charged and then refunded",
          kind: "outcome",
          test({ rows }) {
            const refunded = ids.find((id) => payments(rows, id).some((amount) => amount < 0));
            return refunded === undefined
              ? null
              : {
                  en: `order ${refunded} was paid, then undone and refunded`,
                  ko: `${refunded}번 주문은 결제됐다가 되돌려지고 환불되었습니다`,
                };
          },
        },
        {
          name: "a customer who is told ok has a parcel",
          kind: "outcome",
          test({ rows, outcomes }) {
            const told = ids.filter((id) => outcomes[id - 1]?.status === "ok");
            const fooled = told.find((id) => !rows[`shipment/${id}`]);
            const stranded = told.find((id) => rows[`shipment/${id}`]?.["status"] === "waiting" && rows[COURIER]?.["comes"]);
            if (fooled === undefined && stranded !== undefined)
              return {
                en: `the parcel of order ${stranded} waits, although the courier has come`,
                ko: `기사가 왔는데 ${stranded}번 주문의 소포는 아직 기다리고 있습니다`,
              };
            return fooled === undefined
              ? null
              : {
                  en: `customer ${fooled} was told ok, and no parcel is on its way or on the list`,
                  ko: `${fooled}번 고객은 ok를 받았는데 떠난 소포도, 목록에 적힌 소포도 없습니다`,
                };
          },
        },
        {
          name: "the parcel is as far as it was seen",
          kind: "outcome",
          test({ rows }) {
            const [was, is] = [Math.max(-1, ...seen), Math.max(-1, ...known(rows))];
            return seen.length === 0 || was === is
              ? null
              : {
                  en: `it was ${stages[was]}, and the status says ${stages[is] ?? "nothing"}`,
                  ko: `실제로는 ${inKorean[was]}인데 상태는 ${inKorean[is] ?? "비어 있음"}입니다`,
                };
          },
        },
        {
          name: "every scan can be looked up",
          kind: "outcome",
          test({ rows }) {
            const lost = seen.find((stage) => !known(rows).includes(stage));
            return lost === undefined
              ? null
              : {
                  en: `when it was ${stages[lost]} cannot be looked up any more`,
                  ko: `"${inKorean[lost]}"이 언제였는지 더는 찾아볼 수 없습니다`,
                };
          },
        },
      ],
    };
  },

  label: ({ rows, outcomes }: End) => {
    const shipments = Object.entries(rows).filter(([key]) => key.startsWith("shipment/"));
    const waiting = shipments.filter(([, { status }]) => status === "waiting").length;
    const bank = Object.entries(rows).flatMap(([key, row]) =>
      key.startsWith("service/payments/") ? [(row["request"] as unknown as Payment).amount] : [],
    );
    const scans = Object.keys(rows).filter((key) => key.startsWith("scan/")).length;
    if (rows["parcel/1"] || scans > 0)
      return rows["parcel/1"] ? `status ${stages[number(rows, "parcel/1", "stage")] ?? "unknown"}` : `${scans} scans`;
    const refunds = bank.filter((amount) => amount < 0).length;
    const begun = outcomes.filter((_, i) => pending({ rows, outcomes }, i + 1)).length;
    return `stock ${number(rows, STOCK, "left")}, ${bank.length - refunds} paid, ${shipments.length} shipped${waiting ? ` (${waiting} waiting)` : ""}${refunds ? `, ${refunds} refunded` : ""}${begun ? `, ${begun} pending` : ""}`;
  },

  variants: {
    pivot: flow(
      "hold, pay; then only forward: the shipment is a line on a list, tried at once and again",
      "a yes before the parcel is registered, and a list that somebody must process",
      async (session, { hold, pay, ship }, id) => {
        const [log, shipment] = [`sagas/${id}`, `shipment/${id}`];
        // Before anything is held or paid: after a crash this row says that something was begun.
        await session.write(log, { done: false });
        const listed: SagaStep["do"] = async (access) => {
          const outcome = await pay.do(access);
          if (outcome.status !== "ok") return outcome;
          if (!(await access.find(shipment))) await access.insert(shipment, { status: "waiting" });
          await access.write(log, { done: true });
          return outcome;
        };
        const outcome = await inTurn(session, [hold, { name: "pay", do: listed }]);
        if (outcome.status !== "ok") {
          await session.write(log, { done: true });
          return outcome;
        }
        await alone(session, ship.do);
        return ok();
      },
    ),
    "stock-later": flow(
      "pay at once, see to the stock in the background",
      "money that goes there and back",
      (session, { hold, pay, ship }) => inTurn(session, [pay, hold, ship]),
    ),
    "ship-first": flow(
      "hold, register the shipment, then pay",
      "parcels of those whose card is refused",
      (session, { hold, pay, ship }) => inTurn(session, [hold, ship, pay]),
    ),
    "fire-and-forget": flow(
      "hold, pay, say ok; try the courier once",
      "parcels that nobody remembers",
      async (session, { hold, pay, ship }) => {
        const outcome = await inTurn(session, [hold, pay]);
        if (outcome.status === "ok") await alone(session, ship.do);
        return outcome;
      },
    ),
    "retry-without-key": flow(
      "hold, pay and repeat it until there is an answer, ship",
      "a second payment for every answer that is lost",
      (session, { hold, pay, ship }) => {
        const call: Access["call"] = (service, asked) => {
          const { idempotencyKey: _, ...bare } = asked as { [name: string]: Json };
          return session.call(service, bare);
        };
        return inTurn(session, [hold, { ...pay, do: (access) => pay.do({ ...access, call }) }, ship]);
      },
    ),
  },

  claims: [
    {
      strategy: "none",
      breaks: "a piece is gone for paid or pending orders only",
      because: {
        en: "Both check the stock, find one piece, and both hold it.",
        ko: "둘 다 재고를 확인하고, 하나를 보고, 둘 다 잡습니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "It would do, if stock, payment and shipping shared one database. They do not.",
        ko: "재고, 결제, 배송이 한 데이터베이스에 있다면 이걸로 됩니다. 하지만 그렇지 않습니다.",
      },
    },
    {
      strategy: "saga",
      holds: true,
      because: {
        en: "The piece is held before anybody pays: a customer who comes too late is turned away before paying.",
        ko: "결제 전에 재고를 잡습니다. 늦은 사람은 돈을 내기 전에 돌아갑니다.",
      },
    },
    {
      strategy: "row-lock",
      faults: { crash: 1 },
      breaks: "every charge is on record: shipped, waiting or pending",
      because: {
        en: "It dies after the call: the rows are rolled back, the payment is not, and no row knows of it.",
        ko: "호출 뒤에 죽었습니다. 행은 롤백되고 결제는 남았는데, 그것을 아는 행이 없습니다.",
      },
    },
    {
      strategy: "saga",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "The log is there before the first step. What is not done there is found by a job, and the order goes on.",
        ko: "로그는 첫 단계 전에 적힙니다. 끝나지 않은 로그는 작업이 찾아내고, 주문은 이어집니다.",
      },
    },
    {
      strategy: "saga",
      size: { vans: 1 },
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "No courier today, so the whole order is undone: for a van that comes tomorrow.",
        ko: "내일이면 차가 오는데, 오늘 배차가 안 됐다고 주문 전체를 되돌립니다.",
      },
    },
    {
      strategy: "pivot",
      holds: true,
      because: {
        en: "Up to the payment everything can be undone; a customer who finds it sold out never pays.",
        ko: "결제까지는 모두 되돌릴 수 있고, 품절이면 결제하지 않습니다.",
      },
    },
    {
      strategy: "pivot",
      size: { vans: 1 },
      holds: true,
      because: {
        en: "After the payment there is only forward: the parcel waits on a list, and the courier takes it from there.",
        ko: "결제 뒤에는 앞으로만 갑니다. 소포는 목록에서 기다리고, 기사가 와서 처리합니다.",
      },
    },
    {
      strategy: "pivot",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "An order that dies and is not sent again leaves a pending line. By it a job finds the held piece and the payment.",
        ko: "죽은 뒤 다시 보내지 않아도 처리 중인 한 줄이 남고, 작업이 그것으로 잡아 둔 재고와 결제를 찾아냅니다.",
      },
    },
    {
      strategy: "pivot",
      size: { vans: 1 },
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "The repeat finds its hold, its key at the bank and its line on the list.",
        ko: "다시 시작해도 잡아 둔 재고, PG사의 키, 목록의 한 줄을 찾아냅니다.",
      },
    },
    {
      strategy: "pivot",
      faults: { "lost-reply": 1 },
      holds: true,
      because: {
        en: "No answer from the bank: asked again with the same key, not more than three times.",
        ko: "PG사가 답이 없으면 같은 키로 다시 묻습니다. 많아야 세 번.",
      },
    },
    {
      strategy: "pivot",
      size: { tasks: 1, poor: 1 },
      holds: true,
      because: {
        en: "The card is refused before the pivot: the piece goes back.",
        ko: "카드 거절은 피벗 앞의 일입니다. 재고를 돌려놓습니다.",
      },
    },
    {
      strategy: "pivot",
      size: { poor: 1 },
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "A hold that is given back has turned somebody away meanwhile. That is the price of holding first.",
        ko: "잡았다가 돌려놓는 사이에 누군가 품절이라는 응답을 받았습니다. 먼저 잡는 것의 대가입니다.",
      },
    },
    {
      strategy: "stock-later",
      breaks: "nobody is charged and then refunded",
      because: {
        en: "Stock is asked after the payment, in the background: it gains nothing, and a customer pays for a piece that is not there.",
        ko: "결제하고 나서 백그라운드에서 재고를 확인합니다. 얻는 것은 없고, 누군가는 빈 선반 값을 냅니다.",
      },
    },
    {
      strategy: "ship-first",
      size: { tasks: 1, poor: 1 },
      breaks: "nothing is shipped unpaid",
      because: {
        en: "The parcel is on its way when the card is refused. What cannot be undone comes last.",
        ko: "카드가 거절됐을 때 소포는 이미 떠났습니다. 되돌릴 수 없는 일은 뒤에 둬야 합니다.",
      },
    },
    {
      strategy: "fire-and-forget",
      size: { vans: 1 },
      breaks: "every charge is on record: shipped, waiting or pending",
      because: {
        en: "Shipping can come later, but a row has to remember it: the only note was in memory.",
        ko: "배송은 나중이어도 되지만 누군가는 기억해야 합니다. 기록은 메모리에만 있었습니다.",
      },
    },
    {
      strategy: "retry-without-key",
      faults: { "lost-reply": 1 },
      breaks: "nobody pays twice",
      because: {
        en: "The payment went through and its answer did not. The retry pays again.",
        ko: "결제는 됐고 응답만 사라졌습니다. 재시도가 또 결제합니다.",
      },
    },
    {
      strategy: "none",
      size: { scans: 1 },
      breaks: "the parcel is as far as it was seen",
      because: {
        en: "Two scanners read the row, the slower one writes: delivered is picked up again.",
        ko: "스캐너 둘이 같은 행을 읽고, 늦은 쪽이 씁니다. '배달됨'이 다시 '집화됨'이 됩니다.",
      },
    },
    {
      strategy: "row-lock",
      size: { scans: 1 },
      breaks: "every scan can be looked up",
      because: {
        en: "A lock keeps the status from going back. Where the parcel was on Tuesday, one row cannot tell.",
        ko: "잠그면 상태가 뒤로 가지는 않습니다. 하지만 화요일에 어디 있었는지, 행 하나로는 알 수 없습니다.",
      },
    },
    {
      strategy: "none",
      size: { scans: 1, history: 1 },
      holds: true,
      because: {
        en: "Rows that are only ever added need no lock: the status is the furthest of them.",
        ko: "추가만 하는 행에는 락이 필요 없습니다. 상태는 그중 가장 많이 진행된 것입니다.",
      },
    },
  ],

  goals: {
    "every charge is on record: shipped, waiting or pending": {
      en: "Charge a card and leave no record",
      ko: "카드를 결제하고 기록 남기지 않기",
    },
    "nothing is shipped unpaid": { en: "Ship a parcel that nobody paid for", ko: "결제되지 않은 소포 보내기" },
    "a piece is gone for paid or pending orders only": {
      en: "Lose a piece without a paid order",
      ko: "결제된 주문 없이 상품 하나 잃기",
    },
    "nobody pays twice": { en: "Charge a customer twice", ko: "손님에게 두 번 결제시키기" },
    "nobody is charged and then refunded": { en: "Charge a customer for nothing", ko: "아무것도 못 받을 손님에게 결제시키기" },
    "a customer who is told ok has a parcel": { en: "Say ok without a parcel", ko: "소포 없이 ok라고 답하기" },
    "the parcel is as far as it was seen": { en: "Move the parcel back", ko: "소포를 뒤로 돌리기" },
    "every scan can be looked up": { en: "Lose a scan", ko: "스캔 하나 잃어버리기" },
  },

  questions: [
    {
      kind: "choice",
      ask: {
        en: "Stock, payment, shipment: which of them can happen in the background, after the customer was told yes?",
        ko: "재고, 결제, 배송. 고객에게 '주문됐다'고 답한 뒤 백그라운드에서 처리해도 되는 것은?",
      },
      options: [
        {
          en: "Shipment: the courier can come tomorrow, until it works",
          ko: "배송: 오늘 못 보내면 내일 다시 하면 되니까, 될 때까지",
        },
        { en: "Stock: the check is the slowest of the three", ko: "재고: 셋 중 확인이 가장 느리니까" },
        { en: "All three: the customer is answered at once", ko: "셋 다: 고객에게 바로 답할 수 있으니까" },
      ],
      answer: 0,
      because: {
        en: "A shipment that fails today is made tomorrow. If the stock turns out to be gone you owe a refund, so asking later gains nothing.",
        ko: "오늘 안 된 배송은 내일 하면 됩니다. 나중에 보니 없는 재고는 환불이 될 뿐, 미뤄서 얻는 것이 없습니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "Which step is the pivot: before it everything is undone, after it everything is done until it works?",
        ko: "피벗은 어느 단계일까요? 앞에서는 모두 되돌리고, 뒤에서는 될 때까지 합니다.",
      },
      options: [
        { en: "The hold", ko: "재고 잡기" },
        { en: "The payment", ko: "결제" },
        { en: "The shipment", ko: "배송" },
      ],
      answer: 1,
      because: {
        en: "A hold can be undone and a shipment can be retried. With the payment we begin to owe a parcel. A refund exists, but it is a new deal, not an undo. Card payments split the step: an authorisation can be voided, and the capture is the pivot.",
        ko: "재고 잡기는 되돌릴 수 있고 배송은 다시 할 수 있습니다. 결제부터는 물건을 보낼 의무가 생깁니다. 환불은 되돌리기가 아니라 새 거래입니다. 카드 결제는 이 단계를 둘로 나눕니다. 승인은 취소할 수 있고, 매입(capture)이 피벗입니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "Two scanners report one parcel at the same moment. What keeps both reports, without a lock?",
        ko: "스캐너 둘이 같은 소포를 동시에 보고합니다. 락 없이 두 보고를 모두 남기는 것은?",
      },
      options: [
        { en: "a status row that checks its version", ko: "버전을 비교하는 상태 행" },
        { en: "a row for every scan", ko: "스캔마다 행 하나" },
        { en: "a status row that the later scanner writes", ko: "나중 스캐너가 덮어쓰는 상태 행" },
      ],
      answer: 1,
      because: {
        en: "Rows that are only ever added do not overwrite each other, and the status is the furthest of them. One status row, however protected, forgets where the parcel was on Tuesday. Try it: --size scans=1, then --size scans=1,history=1.",
        ko: "추가만 하는 행은 서로 덮어쓰지 않고, 상태는 그중 가장 많이 진행된 것입니다. 상태 행 하나는 아무리 지켜도 화요일에 어디 있었는지를 잊습니다. 직접 해 보세요: --size scans=1, 그다음 --size scans=1,history=1.",
      },
    },
    {
      kind: "ends",
      strategy: "stock-later",
      ask: {
        en: "One piece, two customers, payment first and stock in the background. How can it end?",
        ko: "재고 하나, 고객 둘. 결제가 먼저, 재고는 백그라운드에서. 어떻게 끝날 수 있을까요?",
      },
      also: ["stock 0, 1 paid, 1 shipped", "stock -1, 2 paid, 2 shipped", "stock 1, 2 paid, 0 shipped, 2 refunded"],
    },
  ],

  grade: ({ rows }) =>
    Object.entries(rows).some(([key, { status }]) => key.startsWith("shipment/") && status === "waiting")
      ? {
          grade: "acceptable",
          says: {
            en: "Paid, and the parcel waits on the list: late, and not lost.",
            ko: "결제됐고 소포는 목록에서 기다립니다. 늦을 뿐, 잃어버린 것은 아닙니다.",
          },
        }
      : null,

  cost: {
    en: "The customer is told yes before the parcel is registered, a person must watch the list, and decide when a shipment fails for good: send another, or refund, which is a new deal; and a held piece turns others away even if it is given back.",
    ko: "소포가 등록되기 전에 '주문됐다'고 답하게 됩니다. 목록이 쌓이는지 사람이 봐야 하고, 끝내 배송할 수 없으면 다시 보낼지, 새 거래인 환불을 할지 사람이 정해야 합니다. 잡아 둔 재고는 나중에 돌려놓더라도 그사이 다른 사람을 돌려보냅니다.",
  },
});
