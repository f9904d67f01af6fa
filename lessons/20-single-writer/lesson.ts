import {
  type Access,
  builtInNames,
  type Delivery,
  type End,
  type Json,
  type Key,
  lesson,
  type Message,
  type Outcome,
  ok,
  type Row,
  type Rows,
  rejected,
  rowLock,
  singleWriter,
  strategy,
  type Work,
} from "racelab";

/** The balance and what was paid from it, in one row: so a payment is one write, and one that comes twice is known. */
type Account = { balance: number; paid: readonly string[]; [column: string]: Json };
type Payment = { account: Key; order: string; amount: number };

const PRICE = 700;

/** Paid already: yes. Enough points: take them off. The task that processes this need not be the one that asked for it. */
async function pay(data: Json, { read, write }: Access): Promise<Outcome> {
  const { account, order, amount } = data as Payment;
  const { balance, paid, ...rest } = await read<Account>(account);
  if (!Number.isInteger(amount)) throw new Error(`the amount of ${order} is "${amount}"`);
  if (paid.includes(order)) return ok();
  if (balance < amount) return rejected("not enough points");
  await write(account, { ...rest, balance: balance - amount, paid: [...paid, order] });
  return ok();
}

const request = (account: Key, order: string, amount: Json): Work => {
  const data = { account, order, amount };
  const who = { en: "payment", ko: "결제" };
  return { name: order, who, keys: [account], message: { data, handle: pay }, body: (access) => pay(data, access) };
};

const orderOf = (task: number) => `order-${task + 1}`;
const accountsIn = (rows: Rows) =>
  Object.entries(rows).flatMap(([key, row]) => (key.startsWith("points/") ? [{ key, account: row as Account }] : []));
const balances = (rows: Rows) => accountsIn(rows).reduce((sum, { account }) => sum + account.balance, 0);
const said = (outcomes: End["outcomes"]) => outcomes.filter((outcome) => outcome?.status === "ok").length;

/** What waits in the queue of an account, or is being worked on: the place in the queue, and which order. */
const waiting = (rows: Rows, account: Key) =>
  Object.entries(rows).flatMap(([key, row]) => {
    const place = Number(key.slice(`queue/${account}/`.length));
    const { data } = (row as { message: { data: Payment } }).message ?? {};
    return key.startsWith(`queue/${account}/`) && data ? [{ place, order: data.order }] : [];
  });

const queue = singleWriter({ fenced: false });
/** The same work, with the rule in the message run another way. */
const handled = (work: Work, handle: (message: Message) => Message["handle"]): Work => ({
  ...work,
  ...(work.message && { message: { ...work.message, handle: handle(work.message) } }),
});

const fencedWriter = singleWriter({ fenced: true });

/** One queue and many workers: each message goes to one of them, and they go on side by side. */
const manyConsumers = strategy({
  summary: "one queue per account, and every worker takes from it",
  cost: "the queue is orderly, what comes out of it is not",
  requires: ["queues"],
  run: (work, session) =>
    queue.run(work, {
      ...session,
      receiveInTurn: async (topic, replyTo = "") => (await session.perform({ kind: "receive", topic, replyTo })) as Delivery,
    }),
});

/** Now nothing is lost. But the first to get the lock need not be the first who came. */
const manyConsumersLocked = strategy({
  summary: "every worker takes from the queue, and locks the row",
  cost: "a queue and a lock, and the order of neither",
  requires: ["queues", "transactions", "row-locks"],
  run: (work, session) =>
    manyConsumers.run(
      handled(
        work,
        ({ handle }) =>
          (data) =>
            rowLock.run({ ...work, body: (access) => handle(data, access) }, session),
      ),
      session,
    ),
});

/** "It will work next time." */
const retryForEver = strategy({
  summary: "a message that fails is tried until it does not",
  cost: "one bad message, and the account is closed",
  requires: ["queues"],
  run: (work, session) =>
    queue.run(
      handled(work, ({ handle }) => async (data, access) => {
        for (;;)
          try {
            return await handle(data, access);
          } catch {
            // Again.
          }
      }),
      session,
    ),
});

/** Right, and too much: everybody stands behind everybody. */
const oneQueueForAll = strategy({
  summary: "one queue for all accounts",
  cost: "a million users, one lane",
  requires: ["queues"],
  run: (work, session) => queue.run({ ...work, keys: ["payments"] }, session),
});

const LOST = "whoever was told yes has paid";
const IN_TURN = "first come, first served";

export default lesson({
  title: { en: "Single writer", ko: "단일 라이터" },
  summary: {
    en: "No lock at all: each account has a queue, and one worker at a time processes it.",
    ko: "락이 없습니다. 계정마다 큐가 하나, 한 번에 워커 하나가 순서대로 처리합니다.",
  },
  size: { tasks: 2, users: 1, poison: 0 },
  load: { requests: 100, think: 1 },

  // Every account has points for all its payments, and more. The first `poison` messages are broken.
  scenario({ tasks, users = 1, poison = 0 }) {
    const account = (user: number): Key => `points/user-${(user % users) + 1}`;
    const points = 1000 * Math.ceil(tasks / users);
    return {
      rows: Object.fromEntries(Array.from({ length: users }, (_, i): [Key, Row] => [account(i), { balance: points, paid: [] }])),
      tasks: Array.from({ length: tasks }, (_, i) => request(account(i), orderOf(i), i < poison ? "seven hundred" : PRICE)),
      tally: {
        name: "points",
        done: "paid",
        off: { above: { en: "N never taken", ko: "N 안 빠짐" }, below: { en: "N taken too many", ko: "N 더 빠짐" } },
        actual: balances,
        expected: ({ before, outcomes }) => balances(before) - PRICE * said(outcomes),
      },
      properties: [
        {
          name: LOST,
          kind: "outcome",
          test({ rows, outcomes }) {
            const paid = accountsIn(rows).flatMap(({ account }) => account.paid);
            const isWrong = (outcome: End["outcomes"][number], i: number) =>
              outcome && (outcome.status === "ok") !== paid.includes(orderOf(i));
            const task = outcomes.findIndex(isWrong);
            if (task < 0) return null;
            const isYes = outcomes[task]?.status === "ok";
            const [many, few] = [paid.length > 3, paid.join(", ")];
            return {
              en: `${orderOf(task)} was told ${isYes ? "yes" : "no"}, and the account says otherwise: it knows of ${many ? `${paid.length} orders` : few || "nothing"}`,
              ko: `${orderOf(task)}에는 ${isYes ? "성공" : "거절"} 응답을 보냈는데 계정의 기록은 다릅니다. 결제된 주문: ${many ? `${paid.length}건` : few || "없음"}`,
            };
          },
        },
        {
          // Tested after every step: the order that has just been served is still in the queue, and so is the one that was passed over.
          name: IN_TURN,
          kind: "invariant",
          test(rows) {
            for (const { key, account } of accountsIn(rows)) {
              const inLine = waiting(rows, key);
              const served = inLine.find(({ order }) => account.paid.includes(order));
              const passed = inLine.find(({ place, order }) => served && place < served.place && !account.paid.includes(order));
              if (served && passed)
                return {
                  en: `${served.order} was served while ${passed.order}, who came before, still waits`,
                  ko: `먼저 온 ${passed.order}보다 ${served.order}의 결제가 먼저 처리되었습니다`,
                };
            }
            return null;
          },
        },
      ],
    };
  },

  label: ({ rows, outcomes }) => `${balances(rows)} points, ${said(outcomes)} paid`,

  grade({ rows, outcomes }) {
    const paid = accountsIn(rows).flatMap(({ account }) => account.paid);
    if (outcomes.some((outcome, i) => outcome?.status === "ok" && !paid.includes(orderOf(i))))
      return {
        grade: "forbidden",
        says: {
          en: "Told yes, and forgotten: somebody saved the account from an older copy.",
          ko: "결제됐다고 답했는데 기록이 없습니다. 누군가 옛 사본으로 계정을 덮어썼습니다.",
        },
      };
    return outcomes.some((outcome) => outcome?.status === "rejected" && outcome.detail.startsWith("parked"))
      ? {
          grade: "acceptable",
          says: {
            en: "The broken message lies where people look; nobody behind it had to wait.",
            ko: "망가진 메시지는 사람이 보는 곳으로 치워 두었고, 뒤에 있던 사람은 아무도 기다리지 않았습니다.",
          },
        }
      : null;
  },

  variants: {
    "fenced-writer": fencedWriter,
    "many-consumers": manyConsumers,
    "many-consumers-locked": manyConsumersLocked,
    "retry-for-ever": retryForEver,
    "one-queue-for-all": oneQueueForAll,
  },

  claims: [
    {
      strategy: "none",
      breaks: LOST,
      because: {
        en: "Both read 2000 points and nothing paid, both save their own order. The second save forgets the first.",
        ko: "둘 다 2000점, 결제 내역 없음을 읽고 각자 자기 주문만 저장합니다. 나중 저장이 앞의 것을 지웁니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "It holds, and two transactions meet at the row. Nothing promises which of them goes first.",
        ko: "지켜집니다. 다만 두 트랜잭션이 행 앞에서 만날 뿐, 누가 먼저일지는 아무도 약속하지 않았습니다.",
      },
    },
    {
      strategy: "single-writer",
      holds: true,
      because: {
        en: "No lock: the second message is not handed out before the first is done. And the order is that of arrival.",
        ko: "락이 없습니다. 첫 메시지가 끝나기 전에는 두 번째를 아무에게도 주지 않습니다. 순서는 도착한 순서입니다.",
      },
    },
    {
      strategy: "many-consumers",
      breaks: LOST,
      because: {
        en: "A queue hands each message to one worker. That does not make the workers take turns.",
        ko: "큐는 메시지 하나를 워커 하나에게 줄 뿐, 워커들을 줄 세우지는 않습니다.",
      },
    },
    {
      strategy: "many-consumers-locked",
      breaks: IN_TURN,
      because: {
        en: "Nothing is lost any more. But the worker with the second message was quicker at the lock.",
        ko: "이제 사라지는 것은 없습니다. 그런데 두 번째 메시지를 받은 워커가 락을 더 빨리 잡았습니다.",
      },
    },
    {
      strategy: "single-writer",
      size: { poison: 1 },
      holds: true,
      because: {
        en: "The message that cannot be read is parked, its sender is told, and the next one is served.",
        ko: "읽을 수 없는 메시지는 따로 치우고 보낸 쪽에 알린 뒤, 다음 사람을 처리합니다.",
      },
    },
    {
      strategy: "single-writer",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "The owner dies with the message in its hands: it was never acknowledged, so the next owner gets it. The row knows if it was done.",
        ko: "주인이 메시지를 쥔 채 죽어도 확인 응답이 없었으니 다음 주인이 받습니다. 이미 처리했는지는 행이 압니다.",
      },
    },
    {
      strategy: "retry-for-ever",
      size: { poison: 1 },
      breaks: builtInNames.livelock,
      because: {
        en: "It fails, and fails again, at the head of the only queue. Order kept means: everybody behind it waits.",
        ko: "하나뿐인 줄의 맨 앞에서 실패하고 또 실패합니다. 순서를 지킨다는 건 뒤의 모두가 기다린다는 뜻입니다.",
      },
    },
    {
      strategy: "single-writer",
      faults: { redeliver: 1 },
      breaks: LOST,
      because: {
        en: "The owner is slow, its message goes to a new one, and for a moment there are two. The old one saves last, from its old copy.",
        ko: "주인이 느려지자 메시지가 새 주인에게 갑니다. 잠깐 동안 주인이 둘. 옛 주인이 마지막에, 옛 사본으로 저장합니다.",
      },
    },
    {
      strategy: "fenced-writer",
      faults: { redeliver: 1 },
      holds: true,
      because: {
        en: "Every delivery has a number, and the row refuses the older owner. That the order is in the row makes the repeat harmless. Your queue will not give you such a number; a version in the row does the same.",
        ko: "넘겨줄 때마다 번호가 오르고, 행은 옛 소유자를 거절합니다. 주문이 행에 적혀 있으니 두 번 와도 해롭지 않습니다. 실제 큐는 이런 번호를 주지 않습니다. 행의 버전이 같은 일을 합니다.",
      },
    },
    {
      strategy: "one-queue-for-all",
      size: { users: 2 },
      holds: true,
      because: {
        en: "It holds, and user 2 waits for user 1 for no reason: more workers cannot help where there is one lane.",
        ko: "지켜지긴 합니다. 하지만 2번 사용자가 이유 없이 1번을 기다립니다. 줄이 하나면 워커를 늘려도 소용없습니다.",
      },
    },
  ],

  goals: {
    [IN_TURN]: { en: "Serve a later payment first", ko: "나중 결제를 먼저 처리하기" },
    [LOST]: { en: "Say yes without taking the points", ko: "포인트를 빼지 않고 된다고 답하기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "many-consumers",
      ask: {
        en: "2,000 points, two payments of 700 in one queue, two workers taking from it. Which outcomes are possible?",
        ko: "2,000점, 큐 하나에 700점 결제 둘, 워커 둘이 함께 꺼내 갑니다. 어떤 결과가 가능할까요?",
      },
      also: ["600 points, 1 paid", "1300 points, 1 paid", "2000 points, 2 paid"],
    },
    {
      kind: "how-many",
      strategy: "single-writer",
      ask: {
        en: "One worker at a time, no lock, no version. How many of all interleavings end right?",
        ko: "한 번에 워커 하나, 락도 버전도 없습니다. 모든 순서 중에서 올바르게 끝나는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "At worst: one message in the queue of one account can never be read. Which clients get no answer, if it is tried until it works?",
        ko: "최악의 경우: 한 계정의 큐에 절대 읽을 수 없는 메시지가 하나 있습니다. 될 때까지 다시 하면 누가 답을 못 받을까요?",
      },
      options: [
        { en: "everybody with that account", ko: "그 계정을 쓰는 모두" },
        { en: "its sender only: the others are served", ko: "보낸 사람만: 나머지는 처리된다" },
        { en: "everybody in the shop: all of them wait", ko: "가게의 모두: 다 같이 기다린다" },
      ],
      answer: 0,
      because: {
        en: "The queue keeps its order, so nobody gets past. Other accounts have other queues: a reason to have many.",
        ko: "큐는 순서를 지키니 아무도 앞지르지 못합니다. 다른 계정은 다른 큐라서 괜찮습니다. 큐를 나누는 이유입니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "A message comes again when its owner says nothing for 30 seconds. What if you make that 10 minutes?",
        ko: "주인이 30초 동안 말이 없으면 메시지가 다시 나갑니다. 10분으로 늘리면 어떻게 될까요?",
      },
      options: [
        { en: "there are never two owners at the same moment", ko: "소유자가 동시에 둘이 되는 일은 없어진다" },
        { en: "two owners are rarer, a crash costs more", ko: "드물어지지만, 죽으면 더 오래 멈춘다" },
        { en: "nothing: it is still a guess", ko: "달라지지 않는다: 여전히 짐작일 뿐이다" },
      ],
      answer: 1,
      because: {
        en: "No length is longer than every pause, and after a crash the account waits 10 minutes. Only the row can refuse the old owner.",
        ko: "모든 멈춤보다 긴 시간은 없고, 워커가 죽으면 그 계정은 10분을 기다립니다. 옛 소유자를 거절할 수 있는 것은 행뿐입니다.",
      },
    },
  ],

  exercise: {
    asks: {
      en: "without a lock: a queue for each key, one owner at a time, and a number that the row checks",
      ko: "락 없이, 키마다 큐 하나, 한 번에 주인 하나, 그리고 행이 확인하는 번호",
    },
    ways: [
      {
        uses: ["queues", "fencing"],
        because: {
          en: "One worker processes what is first in line; a late owner's number is too old.",
          ko: "맨 앞의 것을 한 명이 처리하고, 늦은 주인의 번호는 너무 낡았습니다.",
        },
      },
    ],
    without: ["locks", "row-locks", "leases", "versions", "conditional-update", "snapshots", "serializable"],
  },

  cost: {
    en: "A hot key is one lane, however many workers there are, and a rule may touch one key only. The answer comes later, by another way. And at-least-once delivery makes idempotent rules and fences your job.",
    ko: "요청이 몰리는 키(핫 키)는 워커가 아무리 많아도 한 줄이고, 규칙은 키 하나만 건드릴 수 있습니다. 답은 나중에 다른 경로로 옵니다. 메시지는 두 번 올 수 있으니 멱등성과 펜싱은 우리 몫입니다.",
  },
});
