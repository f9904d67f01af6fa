import {
  type Access,
  access,
  type Delivery,
  type Json,
  lesson,
  ok,
  type Rows,
  rejected,
  type Session,
  strategy,
  type Work,
} from "racelab";

type Event = { readonly id: string; readonly order: number; readonly change: number };
type Board = { rings: number; shows: number; [column: string]: Json };

const TOPIC = "orders";
const eventOf = (message: Json): Event => message as unknown as Event;

/** Save the order, tell the kitchen; then, as often as the customer changes it, the same again. */
const placeOrder = (order: number, changes: number): Work => ({
  name: "place order",
  who: { en: "shop", ko: "가게" },
  keys: [`order/${order}`],
  async body({ find, insert, write, publish }) {
    if (await find(`order/${order}`)) return ok("placed before");
    for (let change = 1; change <= changes; change++) {
      if (change === 1) await insert(`order/${order}`, { change });
      else await write(`order/${order}`, { change });
      await publish(TOPIC, { id: `order-${order}-${change}`, order, change });
    }
    return ok("placed");
  },
});

/** The kitchen hears the next event: ring the bell, put it on the board. */
const hear: Work = {
  name: "hear",
  who: { en: "kitchen", ko: "주방" },
  keys: [],
  async body({ read, write, poll, ack }) {
    const next = await poll(TOPIC);
    if (!next) return rejected("nothing to hear");
    const { order, change } = eventOf(next.message);
    const { rings } = await read<Board>(`board/${order}`);
    await write(`board/${order}`, { rings: rings + 1, shows: change });
    await ack(TOPIC, next.id);
    return ok("rang");
  },
};

const number = (rows: Rows, key: string, column: string): number => Number(rows[key]?.[column] ?? 0);
const sum = (rows: Rows, table: string, column: string): number =>
  Object.keys(rows).reduce((total, key) => (key.startsWith(`${table}/`) ? total + number(rows, key, column) : total), 0);

/** Events that are still under way: in the broker, or in the outbox for the next sender. */
const underWay = (rows: Rows): readonly Event[] =>
  Object.entries(rows).flatMap(([key, row]) => {
    if (!/^(queue|outbox)\//.test(key)) return [];
    const event = eventOf(row["message"]!);
    // A sender that looks above this number only will never send it.
    return key.startsWith("outbox/") && event.order <= number(rows, "sender/1", "last") ? [] : [event];
  });

/** Everything about this order is delivered, and the board does not show its last change. */
const isBehind = (rows: Rows, order: number): boolean =>
  underWay(rows).every((event) => event.order !== order) &&
  number(rows, `board/${order}`, "shows") < number(rows, `order/${order}`, "change");

/** One transaction around the rule, its rows locked; a message is acknowledged after the commit. The rest is up to `over`. */
async function together(work: Work, session: Session, over: Partial<Access>) {
  let received: number | undefined;
  const find: Access["find"] = (key) => session.selectForUpdate(key) as Promise<never>;
  const ack: Access["ack"] = async (_, id) => {
    received = id;
    return true;
  };
  const outcome = await session.transaction("read committed", () => work.body(access({ ...session, find, ack, ...over })));
  if (received !== undefined) await session.ack(TOPIC, received);
  return outcome;
}

/** Into the outbox, not to the broker. */
const note =
  (session: Session): Access["publish"] =>
  async (_, message) =>
    void (await session.insert(`outbox/${eventOf(message).id}`, { message }));

/** Events are rows of the same transaction, sent after it; how the next message is found is up to `poll`. */
async function throughOutbox(work: Work, session: Session, poll: Access["poll"] = session.poll) {
  const outcome = await together(work, session, { publish: note(session), poll });
  for (const { id, message } of await session.select({ table: "outbox" })) {
    await session.publish(TOPIC, message!);
    await session.delete(`outbox/${id}`);
  }
  return outcome;
}

/** Its id can still be noted: nobody has heard this event. */
const isNoCopy = async (session: Session, { id }: Event) =>
  (await session.insertRow({ table: "inbox", row: { id }, onConflict: "nothing" })) === 1;

/** The board, locked until the bell has rung, shows an earlier change. */
const isNewer = async (session: Session, { order, change }: Event) =>
  change > ((await session.selectForUpdate(`board/${order}`)) as Board).shows;

/** The next message that `isNew` lets through; the others are done with. */
async function nextThat(session: Session, isNew: typeof isNoCopy): Promise<Delivery | null> {
  for (let next = await session.poll(TOPIC); next; next = await session.poll(TOPIC)) {
    if (await isNew(session, eventOf(next.message))) return next;
    await session.ack(TOPIC, next.id);
  }
  return null;
}

export default lesson({
  title: { en: "Outbox", ko: "아웃박스" },
  summary: {
    en: "Save the order, tell the kitchen. Two writes, and one crash between them.",
    ko: "주문을 저장하고 주방에 알립니다. 쓰기는 두 번, 크래시는 그 사이에 한 번.",
  },
  size: { tasks: 2, kitchens: 1, changes: 1 },
  load: { requests: 200, think: 1 },

  scenario({ tasks, kitchens = 1, changes = 1 }) {
    // On real threads half of the requests are orders and half are the kitchen's.
    const listeners = tasks > 4 ? Math.floor(tasks / 2) : Math.min(kitchens, tasks - 1);
    const orders = Array.from({ length: tasks - listeners }, (_, i) => i + 1);
    const works = orders.flatMap((order, i) => [placeOrder(order, changes), ...(i < listeners ? [hear] : [])]);
    while (works.length < tasks) works.push(hear);
    return {
      rows: Object.fromEntries(orders.map((order) => [`board/${order}`, { rings: 0, shows: 0 }])),
      tasks: works,
      tally: {
        name: "bell rings",
        done: "rung",
        off: { above: { en: "rang N too often", ko: "N번 더 울림" }, below: { en: "N never rung", ko: "N번 안 울림" } },
        actual: (rows) => sum(rows, "board", "rings"),
        expected: ({ outcomes }) => outcomes.filter((outcome, i) => works[i] === hear && outcome?.status === "ok").length,
      },
      properties: [
        {
          name: "no order is forgotten",
          kind: "outcome",
          test({ rows }) {
            const known = (order: number) =>
              number(rows, `board/${order}`, "rings") > 0 || underWay(rows).some((event) => event.order === order);
            const forgotten = orders.find((order) => rows[`order/${order}`] && !known(order));
            return forgotten === undefined
              ? null
              : {
                  en: `order ${forgotten} is saved, and no event of it is anywhere`,
                  ko: `${forgotten}번 주문은 저장됐는데 그 이벤트가 어디에도 없습니다`,
                };
          },
        },
        {
          name: "the kitchen hears of real orders only",
          kind: "outcome",
          test({ rows }) {
            const heard = [
              ...orders.filter((order) => number(rows, `board/${order}`, "rings") > 0),
              ...underWay(rows).map(({ order }) => order),
            ];
            const unreal = heard.find((order) => !rows[`order/${order}`]);
            return unreal === undefined
              ? null
              : {
                  en: `the kitchen is told of order ${unreal}, which does not exist`,
                  ko: `주방에 ${unreal}번 주문이 전해졌는데 그런 주문은 없습니다`,
                };
          },
        },
        {
          name: "the bell rings once for each event",
          kind: "outcome",
          test({ rows }) {
            const twice = orders.find(
              (order) => number(rows, `board/${order}`, "rings") > Math.max(1, number(rows, `order/${order}`, "change")),
            );
            if (twice === undefined) return null;
            const [rings, events] = [number(rows, `board/${twice}`, "rings"), number(rows, `order/${twice}`, "change")];
            return {
              en: `the bell rang ${rings} times for the ${events} ${events === 1 ? "event" : "events"} of order ${twice}`,
              ko: `${twice}번 주문의 이벤트는 ${events}건인데 벨은 ${rings}번 울렸습니다`,
            };
          },
        },
        {
          name: "a client whoever is told ok has an order",
          kind: "outcome",
          test({ rows, outcomes }) {
            const fooled = orders.find(
              (order) =>
                outcomes[works.findIndex(({ name, keys }) => name === "place order" && keys[0] === `order/${order}`)]?.status ===
                  "ok" && !rows[`order/${order}`],
            );
            return fooled === undefined
              ? null
              : {
                  en: `the client of order ${fooled} was told ok, and there is no such order`,
                  ko: `${fooled}번 주문의 고객은 ok를 받았는데 그 주문이 없습니다`,
                };
          },
        },
        {
          name: "a kitchen that says it rang has rung the bell",
          kind: "outcome",
          test({ rows, outcomes }) {
            const [rings, said] = [
              sum(rows, "board", "rings"),
              outcomes.filter((outcome, i) => works[i] === hear && outcome?.status === "ok").length,
            ];
            return rings >= said
              ? null
              : {
                  en: `rings that the kitchen claims: ${said}, rings of the bell: ${rings}`,
                  ko: `주방은 벨을 ${said}번 울렸다고 하는데 실제로는 ${rings}번 울렸습니다`,
                };
          },
        },
        {
          name: "the board shows the last change",
          kind: "outcome",
          test({ rows }) {
            const stale = orders.find((order) => isBehind(rows, order));
            if (stale === undefined) return null;
            const [shows, change] = [number(rows, `board/${stale}`, "shows"), number(rows, `order/${stale}`, "change")];
            return {
              en: `everything is delivered, and the board shows change ${shows} of ${change} for order ${stale}`,
              ko: `메시지는 모두 도착했는데, 주방 화면에는 ${stale}번 주문의 변경 ${change}건 중 ${shows}건까지만 나옵니다`,
            };
          },
        },
      ],
    };
  },

  label: ({ rows }) => {
    const [orders, waiting] = [Object.keys(rows).filter((key) => key.startsWith("order/")).length, underWay(rows).length];
    const behind = Object.keys(rows).some(
      (key) => key.startsWith("board/") && isBehind(rows, Number(key.slice("board/".length))),
    );
    return `${orders} saved, bell ${sum(rows, "board", "rings")}${waiting ? `, ${waiting} under way` : ""}${behind ? ", board behind" : ""}`;
  },

  claims: [
    {
      strategy: "none",
      holds: true,
      because: {
        en: "As long as nothing crashes, saving and then telling is enough.",
        ko: "죽는 프로세스가 없는 동안은, 저장하고 알리는 것으로 충분합니다.",
      },
    },
    {
      strategy: "none",
      faults: { restart: 1 },
      breaks: "no order is forgotten",
      because: {
        en: "It dies between the two writes. The repeat finds the order saved and tells nobody.",
        ko: "두 쓰기 사이에서 죽습니다. 재시도는 저장된 주문을 보고 아무에게도 알리지 않습니다.",
      },
    },
    {
      strategy: "commit-then-publish",
      faults: { crash: 1 },
      breaks: "no order is forgotten",
      because: {
        en: "Committed, then dead. The transaction ends where the broker begins.",
        ko: "커밋하고 죽습니다. 트랜잭션은 브로커 앞에서 끝납니다.",
      },
    },
    {
      strategy: "publish-then-commit",
      faults: { crash: 1 },
      breaks: "the kitchen hears of real orders only",
      because: {
        en: "The event is out, the order is rolled back: a meal that nobody ordered.",
        ko: "이벤트는 나갔고 주문은 롤백됩니다. 아무도 시키지 않은 음식입니다.",
      },
    },
    {
      strategy: "row-lock",
      faults: { crash: 1 },
      breaks: "the kitchen hears of real orders only",
      because: {
        en: "The same: a lock guards rows, and the broker is no row.",
        ko: "마찬가지입니다. 락은 행을 지키는데, 브로커는 행이 아닙니다.",
      },
    },
    {
      strategy: "outbox",
      holds: true,
      because: {
        en: "Order and event are two rows of one transaction; the next request sends the events that lie there.",
        ko: "주문과 이벤트가 한 트랜잭션의 두 행이고, 누구든 아웃박스를 보는 쪽이 남은 것을 보냅니다.",
      },
    },
    {
      strategy: "outbox",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "A crash before the commit loses both, after it none: the row waits to be sent.",
        ko: "커밋 전에 죽으면 둘 다 없고, 후에 죽으면 둘 다 있습니다. 행은 보내질 때까지 기다립니다.",
      },
    },
    {
      strategy: "outbox",
      size: { tasks: 3, kitchens: 2 },
      faults: { redeliver: 1 },
      holds: true,
      because: {
        en: "The inbox row and the bell commit together, so a copy finds the row exactly when the bell has rung.",
        ko: "인박스 행과 벨이 함께 커밋됩니다. 벨이 울렸을 때만 중복 메시지가 그 행을 만납니다.",
      },
    },
    {
      strategy: "outbox",
      faults: { restart: 1, redeliver: 1 },
      holds: true,
      because: {
        en: "A kitchen that dies halfway has neither rung the bell nor noted the event, and the message comes again.",
        ko: "중간에 죽으면 벨도 기록도 없던 일이 되고, 메시지는 다시 옵니다.",
      },
    },
    {
      strategy: "outbox",
      size: { tasks: 3, kitchens: 2, changes: 2 },
      breaks: "the board shows the last change",
      because: {
        en: "Two kitchens take change 1 and change 2, and the slower one has change 1. An inbox removes copies, not disorder.",
        ko: "두 주방이 변경 1과 2를 하나씩 가져갔고, 1을 가진 쪽이 늦었습니다. 인박스는 중복을 없앨 뿐, 순서는 모릅니다.",
      },
    },
    {
      strategy: "in-order",
      size: { tasks: 3, kitchens: 2, changes: 2 },
      holds: true,
      because: {
        en: "Each order remembers the last change that was heard; what is not newer is dropped, copies too.",
        ko: "주문마다 마지막으로 들은 변경을 기억하고, 더 새롭지 않으면 버립니다. 중복도 함께 버려집니다.",
      },
    },
    {
      strategy: "outbox",
      size: { tasks: 2, kitchens: 0 },
      holds: true,
      because: {
        en: "Two orders can commit in any sequence: a row is sent because it is there, not because its number is next.",
        ko: "주문 둘이 어떤 순서로 커밋되든, 행은 번호 차례가 와서가 아니라 거기 있어서 보내집니다.",
      },
    },
    {
      strategy: "highest-id",
      size: { tasks: 2, kitchens: 0 },
      breaks: "no order is forgotten",
      because: {
        en: "Order 2 commits first and is sent. Order 1 commits below the highest number, where nobody looks.",
        ko: "주문 2가 먼저 커밋되어 나갑니다. 주문 1은 가장 높은 번호 아래에 커밋되고, 거기는 아무도 보지 않습니다.",
      },
    },
    {
      strategy: "no-inbox",
      size: { tasks: 3, kitchens: 2 },
      faults: { redeliver: 1 },
      breaks: "the bell rings once for each event",
      because: {
        en: "At least once means sometimes twice.",
        ko: "'최소 한 번'은 가끔 두 번이라는 뜻입니다.",
      },
    },
    {
      strategy: "ack-first",
      faults: { crash: 1 },
      breaks: "no order is forgotten",
      because: {
        en: "Acknowledged, then dead: the broker believes it was done.",
        ko: "확인 응답을 먼저 보내고 죽었습니다. 브로커는 끝난 줄 압니다.",
      },
    },
    {
      strategy: "inbox-in-its-own-commit",
      faults: { restart: 1, redeliver: 1 },
      breaks: "no order is forgotten",
      because: {
        en: "Noted as heard, then dead. The message comes again, and is thrown away as a copy.",
        ko: "들었다고 적어 놓고 죽었습니다. 다시 온 메시지는 중복으로 버려집니다.",
      },
    },
  ],

  variants: {
    "commit-then-publish": strategy({
      summary: "one transaction for the rows, and the events after its commit",
      cost: "an order that nobody cooks, for every crash in between",
      requires: ["transactions", "row-locks"],
      async run(work, session) {
        const events: Json[] = [];
        const outcome = await together(work, session, { publish: async (_, message) => void events.push(message) });
        for (const message of events) await session.publish(TOPIC, message);
        return outcome;
      },
    }),
    "publish-then-commit": strategy({
      summary: "everything between BEGIN and COMMIT, the events too",
      cost: "a meal that nobody ordered, for every crash or rollback before the commit",
      requires: ["transactions", "row-locks"],
      run: (work, session) => together(work, session, {}),
    }),
    "highest-id": strategy({
      summary: "an outbox, and a sender that remembers the highest number it has sent",
      cost: "every event whose transaction commits after a higher one",
      requires: ["transactions", "row-locks"],
      async run(work, session) {
        const outcome = await together(work, session, { publish: note(session) });
        const last = Number((await session.find("sender/1"))?.["last"] ?? 0);
        for (const { message } of await session.select({ table: "outbox" })) {
          if (eventOf(message!).order <= last) continue;
          await session.publish(TOPIC, message!);
          await session.write("sender/1", { last: eventOf(message!).order });
        }
        return outcome;
      },
    }),
    "no-inbox": strategy({
      summary: "an outbox, and receivers that believe every message",
      cost: "a second meal for every message that comes twice",
      requires: ["transactions", "row-locks"],
      run: (work, session) => throughOutbox(work, session),
    }),
    "ack-first": strategy({
      summary: "an outbox, and receivers that acknowledge before they work",
      cost: "at most once: a crash after the acknowledgement is an order that nobody cooks",
      requires: ["transactions", "row-locks"],
      run: (work, session) =>
        throughOutbox(work, session, async (topic) => {
          const next = await session.poll(topic);
          if (next) await session.ack(topic, next.id);
          return next;
        }),
    }),
    "inbox-in-its-own-commit": strategy({
      summary: "an outbox, and an inbox whose row is committed before the work",
      cost: "after a crash in between, the message that comes again is taken for a copy",
      requires: ["transactions", "row-locks"],
      async run(work, session) {
        const next = work === hear ? await nextThat(session, isNoCopy) : null;
        return throughOutbox(work, session, async () => next);
      },
    }),
    "in-order": strategy({
      summary: "an outbox, and receivers that drop what is not newer than what they know",
      cost: "a change that was overtaken is never heard, so every event has to say everything",
      requires: ["transactions", "row-locks"],
      run: (work, session) => throughOutbox(work, session, () => nextThat(session, isNewer)),
    }),
  },

  goals: {
    "no order is forgotten": { en: "Forget an order", ko: "주문 하나 잊기" },
    "the kitchen hears of real orders only": {
      en: "Let the kitchen cook an order that does not exist",
      ko: "없는 주문을 주방에 알리기",
    },
    "the bell rings once for each event": { en: "Ring the bell twice for one event", ko: "이벤트 하나에 벨 두 번 울리기" },
    "a client whoever is told ok has an order": { en: "Say ok without an order", ko: "주문 없이 ok라고 답하기" },
    "a kitchen that says it rang has rung the bell": {
      en: "Say that the bell rang when it did not",
      ko: "울리지 않은 벨을 울렸다고 하기",
    },
    "the board shows the last change": { en: "Leave an old change on the board", ko: "주방 화면에 옛 변경 남기기" },
  },

  questions: [
    {
      kind: "choice",
      ask: {
        en: "Save, then tell. Or tell, then save. Which order survives a crash in between?",
        ko: "저장하고 알리기, 알리고 저장하기. 그 사이에 죽어도 괜찮은 순서는?",
      },
      options: [
        { en: "Save, then tell", ko: "저장하고 알리기" },
        { en: "Tell, then save", ko: "알리고 저장하기" },
        { en: "Neither", ko: "둘 다 아니다" },
      ],
      answer: 2,
      because: {
        en: "One forgets orders, the other invents them. Two systems have no common commit, so one of them must hold both facts.",
        ko: "하나는 주문을 잊고, 하나는 주문을 지어냅니다. 두 시스템에 공통 커밋은 없으니, 둘 다 한쪽에 적어야 합니다.",
      },
    },
    {
      kind: "ends",
      strategy: "outbox",
      ask: {
        en: "One order, one kitchen that looks once, an outbox, no crash. How can it end?",
        ko: "주문 하나, 한 번만 확인하는 주방 하나, 아웃박스, 크래시 없음. 어떻게 끝날 수 있을까요?",
      },
      also: ["0 saved, bell 1", "1 saved, bell 2", "1 saved, bell 0"],
    },
    {
      kind: "choice",
      ask: {
        en: "The billing service wants the events, too, from yesterday on. Which broker can give them?",
        ko: "정산 서비스도 이벤트를 받으려 합니다. 어제 것부터요. 어떤 브로커가 줄 수 있을까요?",
      },
      options: [
        { en: "a message broker: billing takes from the kitchen's queue", ko: "메시지 브로커: 정산도 주방의 큐에서 꺼내 간다" },
        {
          en: "an event broker: billing reads its log at an offset of its own",
          ko: "이벤트 브로커: 정산은 자기 오프셋으로 로그를 되감아 읽는다",
        },
        { en: "both: what was acknowledged can be asked for again", ko: "둘 다: 확인 응답한 것도 다시 달라고 하면 된다" },
      ],
      answer: 1,
      because: {
        en: "A queue (RabbitMQ, SQS) hands each message to one consumer and deletes it at the acknowledgement; a second subscriber needs a queue of its own, from now on. A log (Kafka) keeps the events: each subscriber reads at its own offset, and can go back to replay them.",
        ko: "큐(RabbitMQ, SQS)는 메시지를 소비자 하나에게 주고 확인 응답을 받으면 지웁니다. 두 번째 구독자에게는 큐가 하나 더 필요하고, 받는 것도 그때부터입니다. 로그(Kafka)는 이벤트를 보관합니다. 구독자마다 자기 오프셋에서 읽고, 되감아 다시 읽을 수 있습니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "At the very worst, how often does a message arrive that was put into the outbox once?",
        ko: "아웃박스에 한 번 넣은 메시지는 최악의 경우 몇 번 도착할까요?",
      },
      options: [
        { en: "Once: it was put there once", ko: "한 번: 한 번 넣었으니까" },
        { en: "Twice: once more after a crash", ko: "두 번: 죽은 뒤 한 번 더" },
        { en: "There is no limit", ko: "정해진 한도가 없다" },
      ],
      answer: 2,
      because: {
        en: "Every crash between sending an event and deleting it, and every message that times out, sends it once more. Exactly-once has to be built at the receiver.",
        ko: "보내고 지우는 사이에 죽을 때마다, 메시지가 타임아웃될 때마다 또 보냅니다. '정확히 한 번'은 받는 쪽에서 만듭니다.",
      },
    },
  ],

  grade: ({ rows }) =>
    underWay(rows).length > 0
      ? {
          grade: "acceptable",
          says: {
            en: "Not there yet. The row or the message is, and somebody will come by.",
            ko: "아직 도착하지 않았을 뿐입니다. 행이나 메시지가 남아 있으니 누군가 이어 갑니다.",
          },
        }
      : null,

  cost: {
    en: "The event comes later than the commit and sometimes twice, so every receiver needs an inbox. Somebody must send what lies in the outbox, sweep both tables, and notice when it grows.",
    ko: "이벤트는 커밋보다 늦게, 가끔 두 번 옵니다. 받는 쪽마다 인박스가 필요하고, 누군가는 아웃박스를 보내고 두 테이블을 정리하고 쌓이는지 지켜봐야 합니다.",
  },
});
