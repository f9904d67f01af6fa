import {
  builtInNames,
  type ConditionalUpdate,
  type End,
  type Json,
  lesson,
  type Monitor,
  type Outcome,
  ok,
  type Rows,
  rejected,
  type Session,
  type Strategy,
  strategy,
  type Text,
  type WatchedEvent,
  type Work,
} from "racelab";

type Counter = { left: number | null; [column: string]: Json };

/** The truth is in the database. The cache in front of it has no transactions, and forgets when it restarts. */
const STOCK = "stock/1";
const CACHE = "cache/stock";
const REPAIRED = "repaired";
const EMPTIED = "empty";

/** The rule, as if there were no cache: asked twice with the same order, it sells once. */
const buy = (id: number): Work => ({
  name: "buy",
  who: { en: "customer", ko: "손님" },
  keys: [STOCK, `order/${id}`, CACHE],
  request: { idempotencyKey: `${id}`, payload: { piece: 1 } },
  async body({ find, read, write, insert }) {
    if (await find(`order/${id}`)) return ok("bought before");
    const { left } = await read<Counter>(STOCK);
    if (left === null || left < 1) return rejected("sold out");
    await insert(`order/${id}`, { piece: 1 });
    await write(STOCK, { left: left - 1 });
    return ok();
  },
});

/** The nightly job, in the middle of the rush: put the database's number into the cache. */
const repair: Work = {
  name: "repair the cache",
  who: { en: "repair", ko: "복구" },
  keys: [STOCK],
  async body({ read, write }) {
    const { left } = await read<Counter>(STOCK);
    await write(CACHE, { left });
    return ok(REPAIRED);
  },
};

const forget = async (session: Session): Promise<Outcome> => {
  for (const { id } of await session.select({ table: "sales" })) await session.delete(`sales/${id}`);
  await session.write(CACHE, { left: null });
  return ok(EMPTIED);
};

/** The cache restarts: its counter is gone, and so are the sales that were noted there only. */
const restart: Work = {
  name: "restart the cache",
  who: { en: "cache", ko: "캐시" },
  keys: [],
  async body({ write }) {
    await write(CACHE, { left: null });
    return ok(EMPTIED);
  },
};

const oneLess = (key: string, where?: ConditionalUpdate["where"]): ConditionalUpdate => ({
  key,
  set: { left: ["-", "left", 1] },
  ...(where && { where }),
});
const ifAny = [">=", "left", 1] as const;

/**
 * A conditional DECR, one atomic step: in Redis a Lua script. DECR alone has no floor: it makes -1 of 0, and creates a key that
 * is not there.
 */
const takeFromCache = async (session: Session): Promise<boolean> => (await session.updateWhere(oneLess(CACHE, ifAny))) === 1;

/** The sale in the database. With `decides`, the database has the last word; without, the cache has had it. */
const sell = (session: Session, id: string, decides: boolean): Promise<Outcome> =>
  session.transaction("read committed", async () => {
    if (await session.find(`order/${id}`)) return ok("bought before");
    const taken = await session.updateWhere(oneLess(STOCK, decides ? ifAny : undefined));
    if (taken === 0) return rejected("sold out");
    await session.insert(`order/${id}`, { piece: 1 });
    return ok();
  });

/** How a customer buys; the other tasks run their own rule. */
const cached = (summary: string, cost: string, purchase: (session: Session, id: string) => Promise<Outcome>): Strategy =>
  strategy({
    summary,
    cost,
    requires: ["transactions", "row-locks", "conditional-update"],
    run(work, session) {
      if (work === restart) return forget(session);
      return work.request ? purchase(session, work.request.idempotencyKey) : work.body(session);
    },
  });

/** Does this step take the piece, or wait for the task that takes it? A plain read does neither. */
const isAtTheRow = ({ operation }: WatchedEvent): boolean => keyOf(operation) === STOCK && !looks.has(operation.kind);
const looks: ReadonlySet<string> = new Set(["read", "find"]);
const keyOf = (operation: WatchedEvent["operation"]): string | null => ("key" in operation ? operation.key : null);

const left = (rows: Rows, key: string): number => Number(rows[key]?.["left"]);
const count = (rows: Rows, table: string): number => Object.keys(rows).filter((key) => key.startsWith(`${table}/`)).length;

/** Customers who were told ok, and neither an order nor a noted sale is theirs. */
const fooledIn = ({ rows, outcomes }: Pick<End, "rows" | "outcomes">): readonly number[] =>
  outcomes.flatMap((outcome, i) => {
    const isCustomer = outcome?.detail !== REPAIRED && outcome?.detail !== EMPTIED;
    const id = i + 1;
    return outcome?.status === "ok" && isCustomer && !rows[`order/${id}`] && !rows[`sales/${id}`] ? id : [];
  });

/**
 * The first customer who comes to the row of the stock without having come through the cache; with `late`, both were empty from
 * the start. Kept for each customer: has it asked the cache?
 */
const behindTheDoor = (late: boolean): Monitor<Text> => ({
  start: (tasks) => ({ own: Array.from({ length: tasks }, () => false) }),
  step({ own }, event) {
    const { task, operation } = event;
    const asked = own.with(task - 1, own[task - 1] || keyOf(operation) === CACHE);
    if (!isAtTheRow(event) || (!late && asked[task - 1])) return { own: asked };
    return {
      broken: late
        ? {
            en: `cache and database were empty, and customer ${task} went to the row of the stock all the same`,
            ko: `캐시도 데이터베이스도 비었는데 ${task}번 손님은 재고 행까지 갔습니다`,
          }
        : {
            en: `customer ${task} went to the row of the stock without asking the cache`,
            ko: `${task}번 손님은 캐시에 묻지 않고 재고 행으로 갔습니다`,
          },
    };
  },
});

export default lesson({
  title: { en: "Cached stock", ko: "캐시에 둔 재고" },
  summary: {
    en: "A counter in the cache, the truth in the database, and a crash between the two.",
    ko: "카운터는 캐시에, 진실은 데이터베이스에. 그리고 그 사이의 크래시.",
  },
  size: { tasks: 2, repair: 0, wiped: 0 },
  load: { requests: 100, think: 1 },

  /**
   * Half as many pieces as tasks: 1 for 2, 50 for 100. With `repair` or `wiped`, the last task is that instead of a customer.
   * `door` asks, too, that the cache keeps people from the row: asked apart, because a shop without a cache is right, too.
   */
  scenario({ tasks, pieces = Math.max(1, Math.floor(tasks / 2)), repair: repairs = 0, wiped = 0, door = 0 }) {
    const works = Array.from({ length: tasks }, (_, i) => buy(i + 1));
    if (repairs) works[tasks - 1] = repair;
    if (wiped) works[tasks - 1] = restart;
    return {
      rows: { [STOCK]: { left: pieces }, [CACHE]: { left: pieces } },
      tasks: works,
      tally: {
        // What is gone, not what is left: 100 sales of 50 pieces would leave -50.
        name: "pieces gone",
        done: "sold",
        off: {
          above: { en: "N taken and not sold", ko: "안 팔린 N개 빠짐" },
          below: { en: "sold N too many", ko: "N개 초과 판매" },
        },
        actual: (rows) => pieces - left(rows, STOCK),
        expected: ({ outcomes }) => outcomes.filter((outcome, i) => works[i]?.request && outcome?.status === "ok").length,
      },
      properties: [
        {
          name: "never more orders than pieces",
          kind: "outcome",
          test({ before, rows }) {
            const [orders, had] = [count(rows, "order"), left(before, STOCK)];
            return orders <= had
              ? null
              : {
                  en: `${orders} orders for ${had} ${had === 1 ? "piece" : "pieces"}`,
                  ko: `상품은 ${had}개인데 주문은 ${orders}건입니다`,
                };
          },
        },
        {
          name: "whoever is told ok has an order",
          kind: "outcome",
          test(end) {
            const [fooled] = fooledIn(end);
            return fooled === undefined
              ? null
              : {
                  en: `customer ${fooled} was told ok, and there is no order`,
                  ko: `${fooled}번 손님은 ok를 받았는데 주문이 없습니다`,
                };
          },
        },
        {
          name: "the database counts what was sold",
          kind: "outcome",
          test({ before, rows }) {
            const [gone, orders] = [left(before, STOCK) - left(rows, STOCK), count(rows, "order")];
            return gone === orders
              ? null
              : {
                  en: `${gone} ${gone === 1 ? "piece" : "pieces"} left the stock for ${orders} ${orders === 1 ? "order" : "orders"}`,
                  ko: `재고는 ${gone}개 줄었는데 주문은 ${orders}건입니다`,
                };
          },
        },
        ...(door
          ? [{ name: "the cache keeps people from the row", kind: "monitor", monitor: behindTheDoor(pieces < 1) } as const]
          : []),
      ],
    };
  },

  label(last: End) {
    const { rows } = last;
    const fooled = fooledIn(last).length;
    const failed = last.outcomes.filter((outcome) => outcome?.status === "failed").length;
    const end = `cache ${rows[CACHE]?.["left"] ?? "empty"}, database ${left(rows, STOCK)}, ${count(rows, "order")} sold`;
    return `${end}${fooled ? `, ${fooled} fooled` : ""}${failed ? `, ${failed} shown an error` : ""}`;
  },

  variants: {
    "get-then-set": cached(
      "GET the counter, SET it one lower, then write to the database",
      "a piece that is sold once for everybody who looked in time",
      async (session, id) => {
        const { left } = await session.read<Counter>(CACHE);
        if (left === null || left < 1) return rejected("sold out");
        await session.write(CACHE, { left: left - 1 });
        return sell(session, id, false);
      },
    ),
    decrement: cached(
      "a conditional DECR in the cache decides; the database writes down what the cache said",
      "each error of the cache is sold",
      async (session, id) => ((await takeFromCache(session)) ? sell(session, id, false) : rejected("sold out")),
    ),
    "write-behind": cached(
      "a conditional DECR and a note in the cache; the database is told when there is time",
      "sales that exist only in a memory that restarts",
      async (session, id) => {
        if (!(await takeFromCache(session))) return rejected("sold out");
        await session.insert(`sales/${id}`, { piece: 1 });
        for (const { id } of await session.select({ table: "sales" })) {
          await sell(session, `${id}`, false);
          await session.delete(`sales/${id}`);
        }
        return ok();
      },
    ),
    doorman: cached(
      "a conditional DECR lets in, the database decides: UPDATE … WHERE left >= 1",
      "a piece that the cache has lost is lost for everybody until the repair",
      async (session, id) => ((await takeFromCache(session)) ? sell(session, id, true) : rejected("sold out")),
    ),
    "database-decides": cached(
      "the same, and before anybody is sent away the database is read",
      "a read for everybody who comes too late: cheaper than a lock, more expensive than nothing",
      async (session, id) => {
        if (!(await takeFromCache(session))) {
          const { left } = await session.read<Counter>(STOCK);
          if (left === null || left < 1) return (await session.find(`order/${id}`)) ? ok("bought before") : rejected("sold out");
          await session.write(CACHE, { left: left - 1 });
        }
        return sell(session, id, true);
      },
    ),
  },

  claims: [
    {
      strategy: "none",
      breaks: "never more orders than pieces",
      because: {
        en: "Both read one piece in the database and write zero. No cache is needed for that.",
        ko: "둘 다 데이터베이스에서 하나를 읽고 0을 씁니다. 이 실수에는 캐시도 필요 없습니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "The database alone is right, and the whole rush stands in line for one row. That is why there is a cache.",
        ko: "데이터베이스만으로도 맞습니다. 다만 몰려든 모두가 행 하나 앞에 줄을 섭니다. 그래서 캐시를 둡니다.",
      },
    },
    {
      strategy: "row-lock",
      size: { door: 1 },
      breaks: "the cache keeps people from the row",
      because: {
        en: "It asks no cache. Right, and everybody waits for the row.",
        ko: "캐시에 묻지 않습니다. 결과는 맞지만 모두가 행을 기다립니다.",
      },
    },
    {
      strategy: "get-then-set",
      breaks: "never more orders than pieces",
      because: {
        en: "GET and SET are two steps, even in a cache.",
        ko: "캐시에서도 GET과 SET은 두 단계입니다.",
      },
    },
    {
      strategy: "decrement",
      holds: true,
      because: {
        en: "One atomic step in the cache: one piece, one yes. As long as nothing crashes.",
        ko: "캐시의 원자적 감소 한 번. 죽는 프로세스가 없는 동안은, 재고 하나에 성공 응답도 하나입니다.",
      },
    },
    {
      strategy: "decrement",
      faults: { crash: 1 },
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "It dies between the cache and the database. The database has the piece, the cache says sold out, to everybody.",
        ko: "캐시와 데이터베이스 사이에서 죽습니다. 재고는 데이터베이스에 있는데 캐시는 모두에게 품절이라고 합니다.",
      },
    },
    {
      strategy: "decrement",
      faults: { restart: 1 },
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "The request starts again, finds its own piece taken, and goes home.",
        ko: "다시 시작한 요청이, 자기가 줄여 놓은 카운터를 보고 돌아섭니다.",
      },
    },
    {
      strategy: "decrement",
      size: { tasks: 3, repair: 1 },
      breaks: "never more orders than pieces",
      because: {
        en: "The repair reads 1 while a sale is on its way, and puts it back into the cache: sold again.",
        ko: "판매가 진행되는 사이 복구가 1을 읽어 캐시에 되돌려 놓습니다. 한 번 더 팔립니다.",
      },
    },
    {
      strategy: "write-behind",
      holds: true,
      because: {
        en: "Fast and right, until the memory is gone.",
        ko: "메모리가 날아가기 전까지는 빠르고 맞습니다.",
      },
    },
    {
      strategy: "write-behind",
      size: { wiped: 1 },
      breaks: "whoever is told ok has an order",
      because: {
        en: "Told ok, noted in the cache, and the cache restarts before the database has heard of it.",
        ko: "성공이라고 답하고 캐시에 적었는데, 데이터베이스가 알기 전에 캐시가 재시작됩니다.",
      },
    },
    {
      strategy: "write-behind",
      size: { tasks: 3, repair: 1 },
      breaks: "never more orders than pieces",
      because: {
        en: "The database is behind, so what the repair copies from it is old news.",
        ko: "데이터베이스가 뒤처져 있으니, 복구가 베껴 오는 값은 이미 옛날 값입니다.",
      },
    },
    {
      strategy: "doorman",
      holds: true,
      because: {
        en: "The cache turns most people away, the database decides about the rest.",
        ko: "대부분은 캐시가 돌려보내고, 나머지는 데이터베이스가 결정합니다.",
      },
    },
    {
      strategy: "doorman",
      size: { tasks: 3, repair: 1 },
      holds: true,
      because: {
        en: "A cache that is too high costs a wasted trip and never a piece: so a careless repair does no harm.",
        ko: "캐시의 숫자가 실제보다 크면 헛걸음이 생길 뿐 초과 판매는 없습니다. 그래서 복구가 조금 어긋나도 됩니다.",
      },
    },
    {
      strategy: "doorman",
      faults: { crash: 1 },
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "A cache that is too low still hides a piece.",
        ko: "캐시의 숫자가 실제보다 작으면 여전히 재고 하나가 숨습니다.",
      },
    },
    {
      strategy: "doorman",
      size: { wiped: 1 },
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "An empty cache does not mean sold out.",
        ko: "캐시가 비었다고 품절은 아닙니다.",
      },
    },
    {
      strategy: "database-decides",
      holds: true,
      because: {
        en: "In both directions the last word is the database's.",
        ko: "팔 때도 돌려보낼 때도 데이터베이스가 마지막에 결정합니다.",
      },
    },
    {
      strategy: "database-decides",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "A customer who finds that the cache is too low repairs it at once.",
        ko: "캐시의 숫자가 너무 작다는 것을 발견한 사람이 바로 고칩니다.",
      },
    },
    {
      strategy: "database-decides",
      faults: { restart: 1 },
      holds: true,
      because: {
        en: "The repeat asks the database, finds its piece still there, or its order.",
        ko: "다시 시작한 요청은 데이터베이스에 묻고, 남은 재고나 자기 주문을 찾습니다.",
      },
    },
    {
      strategy: "database-decides",
      size: { tasks: 3, repair: 1 },
      holds: true,
      because: {
        en: "The repair can only be wrong about the door, not about the stock.",
        ko: "복구가 틀려 봐야 문 앞의 숫자이지 재고가 아닙니다.",
      },
    },
    {
      strategy: "database-decides",
      size: { tasks: 3, wiped: 1 },
      holds: true,
      because: {
        en: "An empty cache is treated like zero: the database is asked, and that customer fills the cache.",
        ko: "비어 있으면 0처럼 데이터베이스에 묻고, 그 손님이 캐시를 채웁니다.",
      },
    },
    {
      strategy: "database-decides",
      size: { door: 1 },
      holds: true,
      because: {
        en: "Nobody comes to the row without having asked the cache.",
        ko: "캐시에 묻지 않고 행까지 가는 손님은 없습니다.",
      },
    },
    {
      strategy: "database-decides",
      size: { door: 1, pieces: 0 },
      holds: true,
      because: {
        en: "A customer who comes too late learns it from a read, and waits for nobody.",
        ko: "늦게 온 손님은 읽기 한 번으로 답을 듣고, 아무도 기다리지 않습니다.",
      },
    },
  ],

  goals: {
    "never more orders than pieces": { en: "Sell one piece twice", ko: "상품 하나를 두 번 팔기" },
    "whoever is told ok has an order": { en: "Say ok without an order", ko: "주문 없이 ok라고 답하기" },
    "the database counts what was sold": { en: "Sell without counting it in the database", ko: "데이터베이스에 세지 않고 팔기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "get-then-set",
      ask: {
        en: "One piece, two customers, GET and SET in the cache. How can it end?",
        ko: "재고 하나, 손님 둘, 캐시에 GET과 SET. 어떻게 끝날 수 있을까요?",
      },
      also: ["cache 0, database -1, 2 sold", "cache -1, database -1, 2 sold", "cache 1, database 0, 1 sold"],
    },
    {
      kind: "choice",
      ask: {
        en: "A conditional DECR is atomic. When is a customer told 'sold out' although a piece is left?",
        ko: "조건부 DECR은 원자적입니다. 그런데도 재고가 남았는데 품절이라고 하게 되는 것은 언제일까요?",
      },
      options: [
        { en: "when two decrement at the same moment", ko: "두 손님이 동시에 카운터를 줄일 때" },
        { en: "when a server dies after its DECR", ko: "서버가 DECR 뒤에 죽을 때" },
        { en: "when the repair runs during a sale", ko: "판매 도중에 복구가 돌 때" },
      ],
      answer: 1,
      because: {
        en: "The counter went down for a sale that never was. A repair during a sale errs the other way: it sells twice.",
        ko: "일어나지 않은 판매 때문에 카운터가 줄었습니다. 판매 도중의 복구는 반대로 어긋나서 두 번 팝니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "At worst, how many of 50 pieces are oversold when the cache decides and a repair runs in mid-rush?",
        ko: "캐시가 결정하고, 한창 몰릴 때 복구가 한 번 돕니다. 재고 50개에서 최악의 경우 몇 개나 초과 판매될까요?",
      },
      options: [
        { en: "One: the repair ran once", ko: "하나: 복구가 한 번 돌았으니까" },
        { en: "One for each server, however busy it is", ko: "서버마다 하나씩, 얼마나 바쁘든" },
        { en: "One for each sale under way", ko: "진행 중이던 판매마다 하나씩" },
      ],
      answer: 2,
      because: {
        en: "Each of them is in the cache already and not yet in the number that was read. With write-behind that can be all 50.",
        ko: "캐시에서는 이미 줄었지만 읽은 숫자에는 아직 없는 판매들입니다. 모아 두었다가 나중에 쓰는 방식(write-behind)이라면 50개 전부일 수도 있습니다.",
      },
    },
  ],

  grade: ({ rows }) =>
    rows[CACHE]?.["left"] === rows[STOCK]?.["left"]
      ? null
      : {
          grade: "interesting",
          says: {
            en: "Cache and database have drifted apart. Who notices, and who is in the right?",
            ko: "캐시와 데이터베이스가 어긋났습니다. 누가 알아챌까요? 그리고 어느 쪽이 맞을까요?",
          },
        },

  exercise: {
    asks: {
      en: "the cache lets in, and one conditional statement of the database decides: no row is locked before, and nobody whom the cache and the database turn away comes to the row of the stock",
      ko: "캐시가 문을 열고, DB의 조건부 문장 하나가 결정합니다. 미리 잠그는 행은 없고, 캐시와 DB가 돌려보낸 손님은 재고 행까지 가지 않습니다",
    },
    ways: [
      {
        uses: ["transactions", "conditional-update"],
        because: {
          en: "Late customers learn it from a read, and only those with a piece in the cache reach the row.",
          ko: "늦은 사람은 읽기 한 번으로 답을 듣고, 캐시에서 하나를 얻은 사람만 행까지 갑니다.",
        },
      },
    ],
    without: ["locks", "row-locks", "leases", "snapshots", "serializable"],
  },

  cost: {
    en: "The database is asked about every sale and every doubtful no, so the cache saves only the trips of those who come far too late. Somebody must watch the drift.",
    ko: "모든 판매와 의심스러운 거절마다 데이터베이스에 묻습니다. 캐시가 아껴 주는 것은 한참 늦게 온 손님들의 요청입니다. 얼마나 어긋났는지는 누군가 지켜봐야 합니다.",
  },
});
