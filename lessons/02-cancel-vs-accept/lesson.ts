import { access, type End, type Json, type Key, lesson, ok, type Row, rejected, strategy, type Text, type Work } from "racelab";

type Order = { status: string; [column: string]: Json };

/** Order 8 and its neighbours. Each is wanted by two people at once: the customer and the restaurant. */
const orderKey = (n: number): Key => `order/${8 + n}`;

/** Read the order, check that it is still open, save the whole row. */
const decide = (key: Key, name: string, status: string, who: Text): Work => ({
  name,
  who,
  keys: [key],
  async body({ read, write }) {
    const order = await read<Order>(key);
    if (order.status !== "pending") return rejected(`too late: already ${order.status}`);
    await write(key, { ...order, status });
    return ok(status);
  },
  atomic: {
    key,
    where: ["=", "status", { text: "pending" }],
    set: { status: { text: status } },
    otherwise: "too late: already decided",
  },
});

/** What the clients of order `n` were told. Tasks come in pairs: cancel, accept. */
const told = ({ outcomes }: Pick<End, "outcomes">, n: number) => [
  ...(outcomes[2 * n]?.status === "ok" ? ["cancelled"] : []),
  ...(outcomes[2 * n + 1]?.status === "ok" ? ["preparing"] : []),
];

const orders = ({ outcomes }: Pick<End, "outcomes">) => Array.from({ length: Math.ceil(outcomes.length / 2) }, (_, n) => n);
const statusOf = (end: Pick<End, "rows">, n: number) => String(end.rows[orderKey(n)]?.["status"]);

/** The order has a status that nobody was told, or is not what somebody was told. */
const isUnsaid = (end: End, n: number) =>
  ![...told(end, n), ...(told(end, n).length ? [] : ["pending"])].includes(statusOf(end, n));

/** The check twice: once more right before saving. The second look is as old as the first by the time it counts. */
const lookTwice = strategy({
  summary: "look again right before saving, and refuse if it has changed",
  cost: "one more read, and a smaller window that is still open",
  requires: [],
  async run(work, session) {
    let late = false;
    const write = async (key: Key, row: Row) => {
      const now = await session.read<Order>(key);
      late = now.status !== "pending";
      if (!late) await session.write(key, row);
    };
    const outcome = await work.body(access({ ...session, write }));
    return late ? rejected("too late: already decided") : outcome;
  },
});

/** The version is compared, even under a lock, but only the reply depends on it. */
const answerAfterSaving = strategy({
  summary: "save under a lock, then answer 412 if the version had moved on",
  cost: "the loser is told no, and wins",
  requires: ["locks", "versions"],
  async run(work, session) {
    let seen = 0;
    let stale = false;
    const find = async <R extends Row>(key: Key) => {
      const order = await session.readVersioned(key);
      seen = order?.version ?? 0;
      return (order?.row ?? null) as R | null;
    };
    const write = async (key: Key, row: Row) => {
      await session.acquire(key);
      stale = (await session.readVersioned(key))?.version !== seen;
      await session.write(key, row);
      await session.release(key);
    };
    const outcome = await work.body(access({ ...session, find, write }));
    return stale ? rejected("412: the order has changed since you looked") : outcome;
  },
});

/** If-Match: the version that was read must be the version that is replaced. No second attempt: 412. */
const ifMatch = strategy({
  summary: "ETag and If-Match: a stale save is refused with 412",
  cost: "the loser gets 412, has to look again and decide anew",
  requires: ["versions"],
  async run(work, session) {
    let fits = true;
    let version = 0;
    const find = async <R extends Row>(key: Key) => {
      const seen = await session.readVersioned(key);
      version = seen?.version ?? 0;
      return (seen?.row ?? null) as R | null;
    };
    const outcome = await work.body(
      access({
        ...session,
        find,
        async write(key: Key, row: Row) {
          fits = await session.compareAndSet(key, row, version);
        },
      }),
    );
    return fits ? outcome : rejected("412: the order has changed since you looked");
  },
});

export default lesson({
  title: { en: "Cancel against accept", ko: "취소 대 접수" },
  summary: {
    en: "The customer cancels while the restaurant accepts. Both are told yes. The order can be only one of the two.",
    ko: "손님은 취소를, 식당은 접수를 누릅니다. 둘 다 성공 응답을 받지만, 주문은 둘 중 하나일 수밖에 없습니다.",
  },
  size: { tasks: 2 },
  load: { requests: 100, think: 3 },

  scenario: ({ tasks }) => ({
    rows: Object.fromEntries(Array.from({ length: Math.ceil(tasks / 2) }, (_, n) => [orderKey(n), { status: "pending" }])),
    tasks: Array.from({ length: tasks }, (_, i) => {
      const key = orderKey(Math.floor(i / 2));
      return i % 2 === 0
        ? decide(key, "cancel", "cancelled", { en: "customer", ko: "손님" })
        : decide(key, "accept", "preparing", { en: "kitchen", ko: "주방" });
    }),
    tally: {
      name: "orders decided",
      done: "told yes",
      off: {
        above: { en: "decided N without a yes", ko: "답 없이 N건 결정됨" },
        below: { en: "told yes N too often", ko: "N번 잘못 승낙함" },
      },
      actual: (rows) => Object.values(rows).filter(({ status }) => status !== "pending").length,
      expected: ({ outcomes }) => outcomes.filter((outcome) => outcome?.status === "ok").length,
    },
    properties: [
      {
        name: "at most one of the two is told yes",
        kind: "outcome",
        test(end) {
          const both = orders(end).find((n) => told(end, n).length === 2);
          return both === undefined
            ? null
            : {
                en: `customer and restaurant were both told yes, but ${orderKey(both)} is ${statusOf(end, both)}`,
                ko: `손님도 식당도 성공 응답을 받았는데 ${orderKey(both)}의 상태는 ${statusOf(end, both)}입니다`,
              };
        },
      },
      {
        name: "the order has the status that was confirmed",
        kind: "outcome",
        test(end) {
          const wrong = orders(end).find((n) => isUnsaid(end, n));
          return wrong === undefined
            ? null
            : {
                en: `${orderKey(wrong)} is ${statusOf(end, wrong)}, and nobody was told so`,
                ko: `${orderKey(wrong)}의 상태는 ${statusOf(end, wrong)}인데, 그렇게 들은 사람이 없습니다`,
              };
        },
      },
    ],
  }),

  label(end) {
    const unsaid = orders(end).flatMap((n) => (isUnsaid(end, n) ? told(end, n) : []));
    const yes = end.outcomes.filter((outcome) => outcome?.status === "ok").length;
    return `${statusOf(end, 0)}, ${yes} told yes${unsaid.length ? `: ${unsaid.join(", ")}` : ""}`;
  },

  grade(end) {
    if (orders(end).some((n) => told(end, n).length === 2))
      return {
        grade: "forbidden",
        says: {
          en: "The kitchen cooks, the customer's money goes back: somebody was lied to.",
          ko: "주방은 요리하고 손님은 환불을 기다립니다. 둘 중 한 명은 거짓말을 들었습니다.",
        },
      };
    if (orders(end).some((n) => isUnsaid(end, n)))
      return {
        grade: "forbidden",
        says: {
          en: "The one who was told no has saved anyway; the one who was told yes has lost the order.",
          ko: "거절당한 쪽의 변경이 저장됐고, 성공 응답을 받은 쪽의 변경은 지워졌습니다.",
        },
      };
    return {
      grade: "expected",
      says: {
        en: "One was first, and the other was told so. It is luck which one was first, and that is fine.",
        ko: "한쪽이 먼저였고, 다른 쪽은 늦었다는 응답을 받았습니다. 누가 먼저인지는 운이고, 그래도 괜찮습니다.",
      },
    };
  },

  variants: { "look-twice": lookTwice, "answer-after-saving": answerAfterSaving, "if-match": ifMatch },

  claims: [
    {
      strategy: "none",
      breaks: "at most one of the two is told yes",
      because: {
        en: "Both see pending before either saves: a check tells what was true when it was made. The later save replaces the whole row, the other's status included.",
        ko: "둘 다 저장 전에 pending을 봅니다. 검사는 검사하던 순간의 사실만 말해 줍니다. 그리고 나중 저장이 상대가 쓴 상태까지 행 전체를 덮어씁니다.",
      },
    },
    {
      strategy: "look-twice",
      breaks: "at most one of the two is told yes",
      because: {
        en: "Between the second look and the save there is still room for one save.",
        ko: "두 번째 확인과 저장 사이에도 저장 하나가 끼어들 틈은 남습니다.",
      },
    },
    {
      strategy: "answer-after-saving",
      breaks: "the order has the status that was confirmed",
      because: {
        en: "The loser is told 412, politely and too late: its save has already replaced the winner's.",
        ko: "진 쪽은 412를 받지만 이미 늦었습니다. 그 저장이 이긴 쪽의 상태를 벌써 덮어썼습니다.",
      },
    },
    {
      strategy: "if-match",
      holds: true,
      because: {
        en: "Check and save are one step on the version: the second one gets 412.",
        ko: "버전 확인과 저장이 한 단계입니다. 늦은 쪽은 412를 받습니다.",
      },
    },
    {
      strategy: "if-match",
      size: { tasks: 3 },
      holds: true,
      because: {
        en: "Another order has a version of its own: its customer always hears yes.",
        ko: "다른 주문에는 다른 버전이 있습니다. 이쪽에서 누가 먼저였든, 그 주문의 손님은 된다는 응답을 받습니다.",
      },
    },
    {
      strategy: "cas",
      holds: true,
      because: {
        en: "The loser reads again, sees that the order is decided, and is told so.",
        ko: "진 쪽은 다시 읽고, 이미 결정된 주문임을 알고, 그렇게 답합니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "The first reader decides; the other one's read waits for the commit and sees the decision.",
        ko: "먼저 읽은 쪽이 결정합니다. 다른 쪽의 읽기는 커밋을 기다렸다가 그 결정을 봅니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "One at a time, and the check is inside the lock.",
        ko: "한 번에 한 명, 그리고 검사가 락 안에 있습니다.",
      },
    },
    {
      strategy: "atomic-update",
      holds: true,
      because: {
        en: "UPDATE … WHERE status = 'pending' changes one row for one of them, and none for the other.",
        ko: "UPDATE … WHERE status = 'pending'은 한쪽에서는 한 행을, 다른 쪽에서는 0행을 바꿉니다.",
      },
    },
  ],

  goals: {
    "at most one of the two is told yes": {
      en: "Say yes to both: to the customer and to the kitchen",
      ko: "손님과 주방, 둘 다에게 된다고 답하기",
    },
    "the order has the status that was confirmed": {
      en: "Save something else than what a yes has promised",
      ko: "된다고 답한 것과 다르게 저장하기",
    },
  },

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "Both handlers check that the order is pending before they save. Which outcomes are possible?",
        ko: "두 핸들러 모두 저장 전에 pending인지 확인합니다. 어떤 결과가 가능할까요?",
      },
      also: ["pending, 0 told yes", "cancelled, 0 told yes"],
    },
    {
      kind: "how-many",
      strategy: "none",
      ask: {
        en: "Two readers, two writers: how many of all interleavings end right?",
        ko: "읽기 두 번, 쓰기 두 번. 모든 순서 중에서 올바르게 끝나는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "You add a second check right before the save. What changes?",
        ko: "저장 바로 앞에 검사를 하나 더 넣었습니다. 무엇이 달라질까요?",
      },
      options: [
        {
          en: "it goes wrong more rarely: check and save are still two steps",
          ko: "드물게 잘못된다: 확인과 저장은 여전히 두 단계니까",
        },
        { en: "it is safe: nothing fits in between now", ko: "안전하다: 이제 그 사이에 끼어들 틈이 없다" },
        { en: "nothing: it goes wrong as often as before", ko: "그대로다: 전과 같은 만큼 잘못된다" },
      ],
      answer: 0,
      because: {
        en: "A smaller window is still a window, and now your tests will not find it.",
        ko: "틈은 작아져도 틈입니다. 이제 테스트로는 잘 잡히지도 않습니다.",
      },
    },
  ],

  exercise: {
    asks: {
      en: "without a lock: the save itself must notice that the order has changed",
      ko: "락 없이, 저장하는 순간 주문이 바뀌었다는 것을 알아채야 합니다",
    },
    ways: [
      {
        uses: ["versions"],
        because: {
          en: "The version that was read exists only once, so only one of the two can replace it.",
          ko: "읽은 버전은 하나뿐이라, 둘 중 하나만 그것을 바꿀 수 있습니다.",
        },
      },
      {
        uses: ["conditional-update"],
        because: {
          en: "WHERE status = 'pending': check and save are one statement.",
          ko: "WHERE status = 'pending'. 검사와 저장이 한 문장입니다.",
        },
      },
    ],
    without: ["locks", "row-locks", "leases"],
  },

  cost: {
    en: "Somebody has to be told no, and the screen must show it: 412 or 'too late' is part of the product, not an error.",
    ko: "누군가는 '안 됩니다'라는 답을 들어야 하고 화면도 그걸 보여 줘야 합니다. 412나 '늦었습니다'는 오류가 아니라 제품의 일부입니다.",
  },
});
