import {
  access,
  backOff,
  cas,
  type End,
  type Json,
  type Key,
  lesson,
  ok,
  type Row,
  rejected,
  strategy,
  type Work,
} from "racelab";

type Stock = { total: number; available: number; reserved: number; sold: number; [column: string]: Json };

const STOCK = "stock/1";

/** Put one piece on hold until it is paid: out of available, into reserved. */
const reserveOne: Work = {
  name: "reserve one",
  who: { en: "customer", ko: "손님" },
  keys: [STOCK],
  async body({ read, write }) {
    const stock = await read<Stock>(STOCK);
    if (stock.available < 1) return rejected("sold out");
    await write(STOCK, { ...stock, available: stock.available - 1, reserved: stock.reserved + 1 });
    return ok();
  },
  atomic: {
    key: STOCK,
    where: [">=", "available", 1],
    set: { available: ["-", "available", 1], reserved: ["+", "reserved", 1] },
    otherwise: "sold out",
  },
};

/** The customer has paid: her piece goes out of reserved, into sold. Too late, if the hold has run out. */
const payOne: Work = {
  name: "pay for one",
  who: { en: "buyer", ko: "손님" },
  keys: [STOCK],
  async body({ read, write }) {
    const stock = await read<Stock>(STOCK);
    if (stock.reserved < 1) return rejected("the hold has run out");
    await write(STOCK, { ...stock, reserved: stock.reserved - 1, sold: stock.sold + 1 });
    return ok();
  },
  atomic: {
    key: STOCK,
    where: [">=", "reserved", 1],
    set: { reserved: ["-", "reserved", 1], sold: ["+", "sold", 1] },
    otherwise: "the hold has run out",
  },
};

/** The sweeper: a hold that is ten minutes old goes back from reserved into available. */
const expireOne: Work = {
  name: "end one hold",
  who: { en: "sweeper", ko: "정리 작업" },
  keys: [STOCK],
  async body({ read, write }) {
    const stock = await read<Stock>(STOCK);
    if (stock.reserved < 1) return rejected("nothing is on hold");
    await write(STOCK, { ...stock, reserved: stock.reserved - 1, available: stock.available + 1 });
    return ok();
  },
  atomic: {
    key: STOCK,
    where: [">=", "reserved", 1],
    set: { reserved: ["-", "reserved", 1], available: ["+", "available", 1] },
    otherwise: "nothing is on hold",
  },
};

/** Nothing is lost, because the database does the sum. But whether there was a piece left was asked earlier. */
const checkThenTake = strategy({
  summary: "check first, then UPDATE … SET available = available - 1",
  cost: "promises that nobody can keep",
  requires: ["conditional-update"],
  run: (work, session) =>
    work.body(access({ ...session, write: async (key) => void (await session.updateWhere({ key, set: work.atomic!.set })) })),
});

/** The service as it was built: three retries, 50, 100 and 200 ms later. */
const casBackOff = cas({ attempts: 4, pause: backOff(50) });

/** Lock the row, but do not stand in line for it. */
const noWait = strategy({
  summary: "row lock with NOWAIT: busy is a no",
  cost: "nobody waits, and buyers are turned away although there is stock left",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    const find = async <R extends Row>(key: Key) => (await session.selectForUpdate(key, "nowait")) as R | null;
    try {
      return await session.transaction("read committed", () => work.body(access({ ...session, find })));
    } catch {
      return rejected("busy: please try again");
    }
  },
});

/** The tasks of a scenario: buyers; with `expiring`, by turns a customer who pays and the sweeper. */
const worksOf = (tasks: number, expiring: number): readonly Work[] =>
  Array.from({ length: tasks }, (_, i) => (expiring ? [payOne, expireOne][i % 2]! : reserveOne));

const countOk = (outcomes: End["outcomes"], works: readonly Work[], work: Work): number =>
  outcomes.filter((outcome, i) => outcome?.status === "ok" && works[i] === work).length;

/** The pieces that must be on hold or sold: those of the beginning and the new ones, without those whose hold has ended. */
const onHoldOrSold = ({ before, outcomes }: Pick<End, "before" | "outcomes">, works: readonly Work[]): number =>
  Number(before[STOCK]?.["reserved"]) + countOk(outcomes, works, reserveOne) - countOk(outcomes, works, expireOne);

export default lesson({
  title: { en: "Stock reservation", ko: "재고 예약" },
  summary: {
    en: "Never oversell is one promise. Sell everything is another. Three retries keep the first and break the second.",
    ko: "초과 판매를 하지 않는 것과 다 파는 것은 다른 약속입니다. 재시도 세 번은 앞의 것만 지킵니다.",
  },
  size: { tasks: 4, expiring: 0 },
  load: { requests: 100, think: 1 },

  // Half as many pieces as buyers: 2 for 4, 50 for 100. With `expiring`, every piece is on hold: by turns one customer pays, and
  // the sweeper ends one hold.
  scenario: ({ tasks, stock = Math.floor(tasks / 2), expiring = 0 }) => ({
    rows: { [STOCK]: { total: stock, available: expiring ? 0 : stock, reserved: expiring ? stock : 0, sold: 0 } },
    tasks: worksOf(tasks, expiring),
    tally: {
      // What is set aside, not what is left: 100 promises of 50 pieces would leave -50.
      name: "set aside",
      done: "reserved",
      off: {
        above: { en: "set aside N too many", ko: "N개 더 잡아 둠" },
        below: { en: "promised N too many", ko: "N개 초과 약속" },
      },
      actual: (rows) => stock - Number(rows[STOCK]?.["available"]),
      expected: ({ before, outcomes }) => onHoldOrSold({ before, outcomes }, worksOf(tasks, expiring)),
    },
    properties: [
      {
        name: "never more than there is",
        kind: "invariant",
        test(rows) {
          const { available, reserved, sold, total } = rows[STOCK] as Stock;
          if (reserved < 0)
            return {
              en: `reserved is ${reserved}: one piece was sold, and put back on the shelf`,
              ko: `reserved가 ${reserved}입니다. 팔린 상품 하나가 재고로도 돌아갔습니다`,
            };
          if (available < 0)
            return {
              en: `available is ${available}: ${reserved} pieces are promised and there are ${total}`,
              ko: `available이 ${available}입니다. ${total}개뿐인데 ${reserved}개를 약속했습니다`,
            };
          const sum = available + reserved + sold;
          return sum <= total
            ? null
            : {
                en: `available ${available} + reserved ${reserved} + sold ${sold} is more than ${total}`,
                ko: `available ${available} + reserved ${reserved} + sold ${sold}, 모두 더하면 ${total}개를 넘습니다`,
              };
        },
      },
      {
        name: "every yes is a piece on hold",
        kind: "outcome",
        test({ before, rows, outcomes }) {
          const yes = onHoldOrSold({ before, outcomes }, worksOf(tasks, expiring));
          const reserved = (rows[STOCK] as Stock).reserved + (rows[STOCK] as Stock).sold;
          return yes === reserved
            ? null
            : {
                en: `${yes} buyers were told yes, but ${reserved} ${reserved === 1 ? "piece is" : "pieces are"} on hold`,
                ko: `손님 ${yes}명이 성공 응답을 받았는데 잡아 둔 상품은 ${reserved}개입니다`,
              };
        },
      },
      {
        name: "a customer who has paid has a piece",
        kind: "outcome",
        test({ rows, outcomes }) {
          const paid = countOk(outcomes, worksOf(tasks, expiring), payOne);
          const { sold } = rows[STOCK] as Stock;
          return paid <= sold
            ? null
            : {
                en: `${paid} ${paid === 1 ? "customer" : "customers"} paid, and sold is ${sold}: the hold ran out meanwhile`,
                ko: `손님 ${paid}명이 결제했는데 sold는 ${sold}입니다. 그사이 재고 잡기가 풀렸습니다`,
              };
        },
      },
    ],
  }),

  label: ({ rows, outcomes }) =>
    `${outcomes.filter((outcome) => outcome?.status === "ok").length} told yes, ${rows[STOCK]?.["available"]} left`,

  grade({ before, rows, outcomes }) {
    const { available, reserved, sold } = rows[STOCK] as Stock;
    const told = (status: string) => outcomes.filter((outcome) => outcome?.status === status).length;
    // The holds with which an `expiring` scenario begins.
    if (Number(before[STOCK]?.["reserved"]) > 0) return null;
    if (available < 0 || told("ok") > reserved + sold)
      return {
        grade: "forbidden",
        says: {
          en: "More was promised than there is: somebody gets a letter of apology instead of a mug.",
          ko: "있는 것보다 많이 약속했습니다. 누군가는 머그컵 대신 사과문을 받습니다.",
        },
      };
    if (available > 0 && told("rejected") > 0)
      return {
        grade: "forbidden",
        says: {
          en: "Safe, and not done: nothing is oversold, and a buyer was sent away from a piece that is still there.",
          ko: "안전하지만 끝까지 가지는 못했습니다. 초과 판매는 없는데, 남은 상품을 두고 돌아간 손님이 있습니다.",
        },
      };
    return {
      grade: "expected",
      says: {
        en: "Sold out, or everybody served; and every yes is a piece on hold.",
        ko: "다 팔렸거나 모두가 받았습니다. 성공 응답마다 잡아 둔 상품이 있습니다.",
      },
    };
  },

  variants: { "check-then-take": checkThenTake, "cas-back-off": casBackOff, "no-wait": noWait },

  claims: [
    {
      strategy: "none",
      breaks: "every yes is a piece on hold",
      because: {
        en: "Stale rows overwrite each other. The columns still add up, which is why no report ever complains: only the buyers do.",
        ko: "낡은 행이 서로 덮어씁니다. 컬럼의 합은 여전히 맞아서 어떤 리포트도 불평하지 않습니다. 불평은 손님만 합니다.",
      },
    },
    {
      strategy: "check-then-take",
      breaks: "never more than there is",
      because: {
        en: "No subtraction is lost, but the last piece is checked by two before either takes it: available goes to -1.",
        ko: "뺄셈은 하나도 사라지지 않지만, 마지막 하나를 둘이 확인한 뒤 둘 다 가져갑니다. available이 -1이 됩니다.",
      },
    },
    {
      strategy: "cas",
      holds: true,
      because: {
        en: "With two pieces nobody can lose three times: a buyer loses only when somebody else wins, and there are two wins.",
        ko: "두 개뿐이면 세 번 질 수 없습니다. 내가 지려면 누군가 이겨야 하는데, 이길 기회가 두 번뿐입니다.",
      },
    },
    {
      strategy: "cas",
      size: { stock: 4 },
      breaks: "nobody is turned away wrongly",
      because: {
        en: "Four pieces, four buyers: the fourth loses to the other three, gives up, and one piece stays on the shelf. Never oversold, not all sold.",
        ko: "네 개, 네 명. 네 번째 손님이 세 번 연속 밀려 포기하고 하나가 남습니다. 초과 판매는 없지만, 다 팔지도 못합니다.",
      },
    },
    {
      strategy: "cas-back-off",
      size: { stock: 4 },
      holds: true,
      because: {
        en: "One more attempt covers one more rival. The limit is moved, not removed.",
        ko: "시도를 한 번 늘리면 경쟁자 한 명을 더 견딥니다. 한계를 옮긴 것이지 없앤 게 아닙니다.",
      },
    },
    {
      strategy: "cas-back-off",
      size: { tasks: 5, stock: 5 },
      breaks: "nobody is turned away wrongly",
      because: {
        en: "Back-off makes it rare, not impossible: after every pause the other four can come first again.",
        ko: "백오프는 드물게 만들 뿐 불가능하게 만들지 못합니다. 얼마를 쉬든 매번 다른 네 명이 먼저일 수 있습니다.",
      },
    },
    {
      strategy: "atomic-update",
      size: { tasks: 5, stock: 5 },
      holds: true,
      because: {
        en: "The same five buyers, and no attempts to count.",
        ko: "같은 다섯 명인데, 세어야 할 시도가 없습니다.",
      },
    },
    {
      strategy: "none",
      size: { tasks: 2, expiring: 1 },
      breaks: "a customer who has paid has a piece",
      because: {
        en: "She pays while the sweeper ends her hold. Both read one piece on hold, and the sweeper saves last: paid, and back on the shelf.",
        ko: "손님이 결제하는 사이 정리 작업이 재고 잡기를 풉니다. 둘 다 잡아 둔 하나를 읽고, 정리 작업이 나중에 저장합니다. 결제됐는데 재고로 돌아갔습니다.",
      },
    },
    {
      strategy: "check-then-take",
      size: { tasks: 2, expiring: 1 },
      breaks: "never more than there is",
      because: {
        en: "Both checked that one piece was on hold, then both moved it: one into sold, one back into available.",
        ko: "둘 다 잡아 둔 하나를 확인한 뒤 둘 다 옮깁니다. 하나는 sold로, 하나는 다시 available로.",
      },
    },
    {
      strategy: "atomic-update",
      size: { tasks: 2, expiring: 1 },
      holds: true,
      because: {
        en: "WHERE reserved >= 1 in both statements: the first takes the hold, the other is told that it is too late.",
        ko: "두 문장 모두 WHERE reserved >= 1입니다. 먼저 온 쪽이 가져가고, 다른 쪽은 늦었다는 응답을 받습니다.",
      },
    },
    {
      strategy: "cas",
      size: { tasks: 2, expiring: 1 },
      holds: true,
      because: {
        en: "Whoever saves second finds a newer version, reads again, and sees that the hold is gone.",
        ko: "나중에 저장하는 쪽은 새 버전을 만나 다시 읽고, 잡아 둔 것이 없음을 봅니다.",
      },
    },
    {
      strategy: "no-wait",
      breaks: "nobody is turned away wrongly",
      because: {
        en: "A buyer who finds the row locked is sent home, although the holder takes only one of two pieces.",
        ko: "락을 만나면 그냥 돌아갑니다. 정작 락을 잡은 사람은 둘 중 하나만 가져갔습니다.",
      },
    },
    {
      strategy: "row-lock",
      size: { stock: 4 },
      holds: true,
      because: {
        en: "Everybody gets a turn: a buyer who asks while a piece is left gets it, in every interleaving.",
        ko: "모두에게 차례가 옵니다. 남아 있을 때 물어본 사람은 어떤 순서에서든 받습니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "Two pieces, four buyers: exactly two yes, in every interleaving. With 50 and 100: exactly 50.",
        ko: "두 개, 네 명이면 어떤 순서에서든 정확히 두 명. 50개, 100명이면 정확히 50명.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "One at a time, as long as there is one server.",
        ko: "한 번에 한 명씩. 단, 서버가 한 대일 때만 그렇습니다.",
      },
    },
    {
      strategy: "atomic-update",
      size: { stock: 4 },
      holds: true,
      because: {
        en: "One statement asks and takes. Nothing to retry, so nobody gives up.",
        ko: "한 문장이 묻고 가져갑니다. 재시도가 없으니 포기도 없습니다.",
      },
    },
  ],

  goals: {
    "never more than there is": { en: "Promise a mug that does not exist", ko: "없는 머그잔 약속하기" },
    "every yes is a piece on hold": { en: "Say yes without a mug on hold", ko: "잡아 둔 머그잔 없이 된다고 답하기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "Two pieces, four buyers, no protection. Which outcomes are possible?",
        ko: "재고 두 개, 손님 네 명, 보호 없음. 어떤 결과가 가능할까요?",
      },
      also: ["2 told yes, 1 left", "1 told yes, 1 left", "2 told yes, -1 left"],
    },
    {
      kind: "how-many",
      strategy: "row-lock",
      ask: {
        en: "With a row lock: in how many of all interleavings are exactly two sold?",
        ko: "행 락이 있다면: 모든 순서 중 정확히 두 개가 팔리는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "50 pieces, 100 buyers, version check, three retries with back-off. What is guaranteed?",
        ko: "재고 50개, 손님 100명, 버전 검사, 백오프와 재시도 세 번. 보장되는 것은?",
      },
      options: [
        { en: "exactly 50 succeed", ko: "정확히 50명이 성공한다" },
        { en: "at most 50 succeed", ko: "많아야 50명이 성공한다" },
        { en: "at least 50 succeed", ko: "적어도 50명이 성공한다" },
      ],
      answer: 1,
      because: {
        en: "Safety is guaranteed: never 51. Progress is not: a buyer can lose every attempt and leave while pieces remain.",
        ko: "안전성은 보장됩니다. 51명은 절대 없습니다. 하지만 활동성(liveness)은 아닙니다. 재고가 남았는데 매번 밀려 포기하는 사람이 생길 수 있습니다.",
      },
    },
  ],

  exercise: {
    asks: {
      en: "without a lock, and still nobody is turned away while there is stock",
      ko: "락 없이, 그래도 남은 상품을 두고 돌아가는 손님이 없어야 합니다",
    },
    ways: [
      {
        uses: ["versions"],
        because: {
          en: "A buyer loses only to a buyer who is done: one of them always gets on. Who counts attempts needs one for each buyer: five are enough for five, and a sixth buyer would be sent away.",
          ko: "내가 졌다면 누군가는 끝낸 것입니다. 늘 누군가는 앞으로 갑니다. 횟수를 센다면 손님 수만큼 필요합니다. 다섯 번은 다섯 명까지이고, 여섯째 손님은 돌려보내게 됩니다.",
        },
      },
      {
        uses: ["conditional-update"],
        because: { en: "One statement asks and takes, so nobody can lose.", ko: "한 문장이 묻고 가져가니 질 일이 없습니다." },
      },
    ],
    without: ["locks", "row-locks", "leases", "snapshots", "serializable"],
  },

  cost: {
    en: "Row lock: all buyers of a hot product stand in one line. Version check: no line, but work thrown away, and a test that demands 'exactly 50' will fail one day.",
    ko: "행 락: 인기 상품의 손님이 모두 한 줄에 섭니다. 버전 검사: 줄은 없지만 일을 버리고, '정확히 50'을 요구하는 테스트는 언젠가 깨집니다.",
  },
});
