import {
  access,
  type Condition,
  Conflict,
  type End,
  type Expression,
  type Json,
  type Key,
  lesson,
  ok,
  type Row,
  type Rows,
  rejected,
  retry,
  type Session,
  type Strategy,
  strategy,
  type Work,
} from "racelab";

type Order = { status: string; address: string; [column: string]: Json };
type Lines = { pizzas: number; [column: string]: Json };

const OVEN = 5;
const PARTY = 10;
const OLD = "1 Main Street";
const NEW = "2 High Street";
const ATTEMPTS = 3;

const orderKey = (n: number): Key => `order/${8 + n}`;
const linesKey = (n: number): Key => `lines/${8 + n}`;

/** The kitchen: looks whether the order is open and fits into the oven, then says yes. */
const accept = (n: number): Work => ({
  name: "accept the order",
  who: { en: "kitchen", ko: "주방" },
  keys: [orderKey(n), linesKey(n)],
  async body({ read, write }) {
    const order = await read<Order>(orderKey(n));
    if (order.status !== "pending") return rejected(`not now: ${order.status}`);
    const { pizzas } = await read<Lines>(linesKey(n));
    if (pizzas > OVEN) return rejected(`${pizzas} are too many for the oven`);
    await write(orderKey(n), { ...order, status: "accepted" });
    return ok();
  },
});

/** The customer: takes the order back, makes it a party, sends it again. The status goes there and back. */
const change = (n: number): Work => ({
  name: "change the order",
  who: { en: "customer", ko: "손님" },
  keys: [orderKey(n), linesKey(n)],
  async body({ read, write }) {
    const order = await read<Order>(orderKey(n));
    if (order.status === "accepted") return rejected("too late: accepted");
    await write(orderKey(n), { ...order, status: "editing" });
    const lines = await read<Lines>(linesKey(n));
    await write(linesKey(n), { ...lines, pizzas: PARTY });
    const edited = await read<Order>(orderKey(n));
    await write(orderKey(n), { ...edited, status: "pending" });
    return ok();
  },
});

/** The one who moved house, on another phone: another column of the same row. */
const move = (n: number): Work => ({
  name: "change the address",
  who: { en: "phone", ko: "휴대폰" },
  keys: [orderKey(n)],
  async body({ read, write }) {
    const order = await read<Order>(orderKey(n));
    await write(orderKey(n), { ...order, address: NEW });
    return ok();
  },
});

const requests = [accept, change, move];
const isYes = ({ outcomes }: Pick<End, "outcomes">, n: number, request: (n: number) => Work): boolean =>
  outcomes[3 * n + requests.indexOf(request)]?.status === "ok";

const isUnaccepted = (end: End, n: number): boolean => isYes(end, n, accept) && end.rows[orderKey(n)]!["status"] !== "accepted";
const isUnmoved = (end: End, n: number): boolean => isYes(end, n, move) && end.rows[orderKey(n)]!["address"] !== NEW;
const isTakenBack = (end: End, n: number): boolean => isUnaccepted(end, n) || isUnmoved(end, n);

const literal = (value: Json): Expression => (typeof value === "string" ? { text: value } : (value as number));

/** These columns still are what they were. */
const unchanged = (row: Row, columns: readonly string[]): Condition =>
  columns.map((column): Condition => ["=", column, literal(row[column]!)]).reduce((all, one): Condition => ["and", all, one]);

/** Optimistic, three attempts; `save` says false when what was seen is not there any more. */
const optimistic =
  (save: (session: Session, key: Key, row: Row, seen: ReadonlyMap<Key, Row>) => Promise<boolean>) =>
  (work: Work, session: Session) =>
    retry(session, { attempts: ATTEMPTS, when: (error) => error instanceof Conflict }, () => {
      const seen = new Map<Key, Row>();
      const find = async <R extends Row>(key: Key) => {
        const row = await session.find<R>(key);
        if (row) seen.set(key, row);
        return row;
      };
      const write = async (key: Key, row: Row) => {
        if (!(await save(session, key, row, seen))) throw new Conflict();
        seen.set(key, row);
      };
      return work.body(access({ ...session, find, write }));
    });

/** UPDATE … SET every column WHERE these columns are what was read. */
const comparing = (columns: (row: Row) => readonly string[]): Strategy["run"] =>
  optimistic(async ({ updateWhere }, key, row, seen) => {
    const before = seen.get(key)!;
    const set = Object.fromEntries(Object.entries(row).map(([column, value]) => [column, literal(value)]));
    return (await updateWhere({ key, where: unchanged(before, columns(before)), set })) === 1;
  });

const variants = {
  "compare-values": strategy({
    summary: "save WHERE every column of the row still is what was read",
    cost: "it sees that the row looks the same, not that it is the same",
    requires: ["conditional-update"],
    run: comparing((row) => Object.keys(row)),
  }),
  "partial-etag": strategy({
    summary: "an ETag made of the status: save WHERE status is what was read",
    cost: "a column that is not in the tag can be overwritten without notice",
    requires: ["conditional-update"],
    run: comparing((row) => ("status" in row ? ["status"] : Object.keys(row))),
  }),
  "hash-of-all-that-was-read": strategy({
    summary: "a hash of every row that was read, compared under a lock when saving",
    cost: "everything is read twice, and forgetting one row brings the bug back",
    requires: ["locks"],
    run: optimistic(async (session, key, row, seen) => {
      const lock = key.slice(key.indexOf("/") + 1);
      await session.acquire(lock, "server");
      try {
        for (const [read, before] of seen) if (hash(await session.find(read)) !== hash(before)) return false;
        await session.write(key, row);
        return true;
      } finally {
        await session.release(lock, "server");
      }
    }),
  }),
} satisfies Record<string, Strategy>;

/** Long enough to be its own hash: what counts is what goes in. */
function hash(row: Row | null): string {
  return JSON.stringify(Object.entries(row ?? {}).sort());
}

export default lesson({
  title: { en: "ABA and versions", ko: "ABA와 버전" },
  summary: {
    en: "Pending when the kitchen looked, pending when it said yes. In between the order became a party of ten.",
    ko: "주방이 봤을 때도 pending, 접수할 때도 pending. 그 사이에 주문은 피자 열 판이 되었습니다.",
  },
  size: { tasks: 3 },
  load: { requests: 99, think: 3 },
  variants,

  // In threes: kitchen, customer, and the customer's other phone.
  scenario: ({ tasks }) => ({
    rows: Object.fromEntries(
      Array.from({ length: Math.ceil(tasks / 3) }, (_, n) => [
        [orderKey(n), { status: "pending", address: OLD }],
        [linesKey(n), { pizzas: 1 }],
      ]).flat(),
    ),
    tasks: Array.from({ length: tasks }, (_, i) => requests[i % 3]!(Math.floor(i / 3))),
    tally: {
      name: "accepted",
      done: "answered yes",
      off: {
        above: { en: "accepted N without a yes", ko: "답 없이 N건 수락됨" },
        below: { en: "said yes N too often", ko: "N번 잘못 승낙함" },
      },
      actual: (rows) => orders(rows).filter((n) => rows[orderKey(n)]!["status"] === "accepted").length,
      expected: ({ before, ...end }) => orders(before).filter((n) => isYes(end, n, accept)).length,
    },
    properties: [
      {
        name: "nothing is accepted that does not fit into the oven",
        kind: "invariant",
        test(rows) {
          const n = orders(rows).find(
            (n) => rows[orderKey(n)]!["status"] === "accepted" && Number(rows[linesKey(n)]?.["pizzas"]) > OVEN,
          );
          return n === undefined
            ? null
            : {
                en: `${orderKey(n)} is accepted with ${rows[linesKey(n)]!["pizzas"]} pizzas, the oven takes ${OVEN}`,
                ko: `접수된 ${orderKey(n)}의 피자는 ${rows[linesKey(n)]!["pizzas"]}판인데, 오븐에는 ${OVEN}판까지 들어갑니다`,
              };
        },
      },
      {
        name: "a yes to the kitchen stands",
        kind: "outcome",
        test(end) {
          const n = orders(end.rows).find((n) => isUnaccepted(end, n));
          return n === undefined
            ? null
            : {
                en: `the kitchen was told yes, but ${orderKey(n)} is ${end.rows[orderKey(n)]!["status"]}`,
                ko: `주방은 성공 응답을 받았는데 ${orderKey(n)}의 상태는 ${end.rows[orderKey(n)]!["status"]}입니다`,
              };
        },
      },
      {
        name: "the new address is kept",
        kind: "outcome",
        test(end) {
          const n = orders(end.rows).find((n) => isUnmoved(end, n));
          return n === undefined
            ? null
            : {
                en: `the customer of ${orderKey(n)} was told yes, but the courier drives to ${OLD}`,
                ko: `${orderKey(n)}의 손님은 성공 응답을 받았는데 라이더는 옛 주소로 갑니다(${OLD})`,
              };
        },
      },
    ],
  }),

  label: (end) =>
    orders(end.rows)
      .map((n) => {
        const { status, address } = end.rows[orderKey(n)] as Order;
        const { pizzas } = end.rows[linesKey(n)] as Lines;
        const said = isUnaccepted(end, n) ? ", yes taken back" : "";
        return `${status}, ${pizzas} ${pizzas === 1 ? "pizza" : "pizzas"}, ${address === NEW ? "new" : "old"} address${said}`;
      })
      .join("; "),

  grade(end) {
    const { rows } = end;
    const burnt = orders(rows).some(
      (n) => rows[orderKey(n)]!["status"] === "accepted" && Number(rows[linesKey(n)]?.["pizzas"]) > OVEN,
    );
    if (burnt)
      return {
        grade: "forbidden",
        says: {
          en: "The kitchen said yes to one pizza and has to bake ten.",
          ko: "주방은 피자 한 판을 보고 접수했는데 열 판을 구워야 합니다.",
        },
      };
    if (orders(rows).some((n) => isTakenBack(end, n)))
      return {
        grade: "forbidden",
        says: {
          en: "A change that was confirmed is gone: somebody saved the whole row as it was before.",
          ko: "저장됐다고 답한 변경이 사라졌습니다. 누군가 예전 행을 통째로 다시 저장했습니다.",
        },
      };
    return {
      grade: "expected",
      says: {
        en: "Either the kitchen was first, and the customer was told so; or the party is still open.",
        ko: "주방이 먼저여서 손님이 늦었다는 응답을 받았거나, 열 판짜리 주문이 아직 접수 전입니다.",
      },
    };
  },

  claims: [
    {
      strategy: "none",
      breaks: "nothing is accepted that does not fit into the oven",
      because: {
        en: "What the kitchen read is old when it says yes.",
        ko: "주방이 접수할 때, 읽은 내용은 이미 낡았습니다.",
      },
    },
    {
      strategy: "compare-values",
      breaks: "nothing is accepted that does not fit into the oven",
      because: {
        en: "Pending, editing, pending: the row is equal in every column to what was read. What changed is in another row.",
        ko: "pending, editing, 다시 pending. 모든 컬럼이 읽은 값과 같습니다. 달라진 것은 다른 행에 있습니다.",
      },
    },
    {
      strategy: "partial-etag",
      breaks: "the new address is kept",
      because: {
        en: "The address is not in the tag, so a change of address does not change the tag. The whole row is saved, the old address with it. A weak tag (W/…) would fail otherwise: If-Match compares strongly, so every save would get 412.",
        ko: "주소는 태그에 들어 있지 않으니 주소가 바뀌어도 태그는 그대로입니다. 그런데 저장은 행 전체, 옛 주소까지 합니다. 약한 태그(W/…)라면 다르게 실패합니다. If-Match는 강한 비교만 하므로 모든 저장이 412를 받습니다.",
      },
    },
    {
      strategy: "partial-etag",
      breaks: "nothing is accepted that does not fit into the oven",
      because: {
        en: "And the status goes there and back here as well.",
        ko: "상태가 갔다가 돌아오는 것도 물론 알아채지 못합니다.",
      },
    },
    {
      strategy: "hash-of-all-that-was-read",
      holds: true,
      because: {
        en: "Values are enough if all that was decided on is among them: the lines, too.",
        ko: "판단에 쓴 모든 것이, 품목까지 들어 있다면 값 비교로도 충분합니다.",
      },
    },
    {
      strategy: "cas",
      holds: true,
      because: {
        en: "The version went from 1 to 3 while the status came back. Every change to the order goes through its head, so one number stands for all of it.",
        ko: "상태는 돌아왔지만 버전은 1에서 3이 되었습니다. 주문의 모든 변경이 이 행을 거치니 숫자 하나가 전체를 대표합니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "Nothing can go there and back while the row is held.",
        ko: "행을 잡고 있는 동안에는 갔다가 돌아올 수 없습니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: { en: "One at a time, on one server.", ko: "한 번에 한 명씩, 서버가 한 대라면." },
    },
  ],

  goals: {
    "nothing is accepted that does not fit into the oven": {
      en: "Accept ten pizzas for an oven of five",
      ko: "다섯 판 오븐에 열 판 받기",
    },
    "a yes to the kitchen stands": { en: "Overturn a yes that the kitchen got", ko: "주방이 받은 승인 뒤집기" },
    "the new address is kept": { en: "Lose the new address", ko: "새 주소 사라지게 하기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "compare-values",
      ask: {
        en: "Each save compares every column of the row with what was read, three attempts. Which outcomes are possible?",
        ko: "저장할 때마다 행의 모든 컬럼을 읽은 값과 비교하고, 세 번까지 시도합니다. 어떤 결과가 가능할까요?",
      },
      also: ["pending, 1 pizza, new address", "editing, 10 pizzas, new address", "accepted, 1 pizza, old address"],
    },
    {
      kind: "how-many",
      strategy: "compare-values",
      ask: {
        en: "In how many of all interleavings does comparing values end right?",
        ko: "값을 비교하는 방식은 모든 순서 가운데 얼마나 맞게 끝날까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "The kitchen read version 1. The customer took the order back, changed it and sent it again. Which version does the kitchen's If-Match find?",
        ko: "주방은 버전 1을 읽었습니다. 손님이 주문을 물렸다가 고쳐서 다시 보냈습니다. 주방의 If-Match는 어떤 버전과 만날까요?",
      },
      options: ["1", "2", "3"],
      answer: 2,
      because: {
        en: "There and back are two saves. A status can come back; a number that only grows cannot.",
        ko: "갔다가 돌아오면 저장이 두 번입니다. 상태는 돌아올 수 있어도, 늘기만 하는 숫자는 돌아오지 못합니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "A colleague changes lines without touching the order's head, to save a write. Does cas still protect the kitchen?",
        ko: "동료가 쓰기를 줄이려고 주문 행은 건드리지 않고 품목만 고칩니다. cas는 여전히 주방을 지켜 줄까요?",
      },
      options: [
        { en: "no: it accepts what it has not seen", ko: "아니다: 보지 못한 것을 접수한다" },
        { en: "yes: every row has a version of its own", ko: "그렇다: 행마다 자기 버전이 있으니까" },
        { en: "yes: the colleague's save gets 412", ko: "그렇다: 동료의 저장이 412를 받으니까" },
      ],
      answer: 0,
      because: {
        en: "Only the version of the row that is written is compared. It stands for the lines as long as everybody who changes them moves it.",
        ko: "비교하는 것은 쓰는 행의 버전뿐입니다. 품목을 고치는 모두가 그 버전을 올릴 때만 품목까지 대표합니다.",
      },
    },
  ],

  exercise: {
    asks: { en: "without a lock: replace only the version that was read", ko: "락 없이, 읽은 버전만 바꿔 씁니다" },
    ways: [
      {
        uses: ["versions"],
        because: {
          en: "A version moves with every save and never comes back.",
          ko: "버전은 저장할 때마다 바뀌고 되돌아오지 않습니다.",
        },
      },
    ],
    without: ["locks", "row-locks", "leases", "snapshots", "serializable"],
  },

  cost: {
    en: "A version column costs a column, and the discipline that every change moves it. A hash needs no column, and has to be made of everything: what is left out is not protected.",
    ko: "버전은 컬럼 하나와, 모든 변경이 그 값을 올린다는 규율을 요구합니다. 해시는 컬럼이 필요 없지만 빠짐없이 넣어야 합니다. 빠진 것은 보호받지 못합니다.",
  },
});

/** Orders by number, from 0. */
function orders(rows: Rows): readonly number[] {
  return Object.keys(rows)
    .filter((key) => key.startsWith("order/"))
    .map((_, n) => n);
}
