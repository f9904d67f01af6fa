import {
  type Access,
  access,
  backOff,
  builtInNames,
  Conflict,
  cas,
  type Json,
  jitter,
  type Key,
  lesson,
  type Monitor,
  ok,
  type Row,
  rejected,
  rowLock,
  type Session,
  StoreError,
  strategy,
  type Text,
  type Work,
} from "racelab";

type Stock = { left: number; [column: string]: Json };

const PIECES = 100;
const ATTEMPTS = 3;
// Not a bare number: in a condition an id of digits is a number, and text is not equal to it.
const product = (n: number): Key => `product/p${n + 1}`;

/** Read what is left, take one, save it. How many others want the same product is all that changes here. */
const buyOne = (key: Key): Work => ({
  name: `buy one of ${key}`,
  who: { en: "buyer", ko: "손님" },
  keys: [key],
  async body({ read, write }) {
    const stock = await read<Stock>(key);
    if (stock.left < 1) return rejected("sold out");
    await write(key, { ...stock, left: stock.left - 1 });
    return ok();
  },
  atomic: { key, where: [">=", "left", 1], set: { left: ["-", "left", 1] }, otherwise: "sold out" },
});

const afterAPause = {
  ...cas({ attempts: ATTEMPTS, pause: backOff(50) }),
  summary: "compare-and-set, three attempts, a pause that doubles: 50, 100 ms",
  cost: "slower for the losers; those who lost together come back together",
};

const afterALot = {
  ...cas({ attempts: ATTEMPTS, pause: jitter(backOff(50)) }),
  summary: "the same, and each pause is drawn by lot: up to 50, up to 100 ms",
  cost: "nobody can say any more how long a request takes",
};

const untilItIsSaved = {
  ...cas({ attempts: Number.POSITIVE_INFINITY }),
  summary: "compare-and-set at once again, until it is saved",
  cost: "in a crowd, nearly all work is thrown away, and a slow buyer loses again and again",
};

/** A shared lock to read, the exclusive one to write. Two readers stand in each other's way, and both step back. */
const shareThenUpgrade = strategy({
  summary: "FOR SHARE to read, FOR UPDATE NOWAIT to write; if refused, again",
  cost: "polite people in a doorway",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    const [key = ""] = work.keys;
    const [table = "", id = ""] = key.split("/");
    const one = { kind: "select", table, where: ["=", "id", { text: id }] } as const;
    for (;;) {
      try {
        return await session.transaction("read committed", async () => {
          await session.perform({ ...one, lock: "share" });
          const write = async (key: Key, row: Row) => {
            await session.perform({ ...one, lock: "update", ifLocked: "nowait" });
            await session.write(key, row);
          };
          return work.body(access({ ...session, write }));
        });
      } catch (error) {
        if (!(error instanceof StoreError && error.code === "55P03")) throw error;
      }
    }
  },
});

const oneLockForAll = strategy({
  summary: "one mutex for the whole shop",
  cost: "the buyer of milk waits for the buyer of bread",
  requires: ["locks"],
  async run(work, session) {
    await session.acquire("shop", "server");
    try {
      return await work.body(session);
    } finally {
      await session.release("shop", "server");
    }
  },
});

/**
 * A buyer had to wait, and all buyers who released something meanwhile wanted another product: an umbrella on a dry day. Kept
 * for each buyer: null, it goes on; "", it waits, and nobody has released; the product of a stranger who has; true, a buyer of
 * the same product has.
 */
const needlessWait = (works: readonly Work[]): Monitor<Text> => {
  const keysOf = (task: number): readonly Key[] => works[task - 1]!.keys;
  return {
    start: (tasks) => ({ own: Array.from({ length: tasks }, () => null) }),
    waits: ({ own }, task) => ({ own: own.with(task - 1, own[task - 1] ?? "") }),
    step({ own }, { task, operation: { kind } }) {
      const [who, whom] = [keysOf(task).join(", "), own[task - 1]];
      if (whom && whom !== true)
        return {
          broken: {
            en: `the buyer of ${who} waited for the buyer of ${whom}`,
            ko: `${who} 손님이 ${whom} 손님을 기다렸습니다`,
          },
        };
      const releases = kind === "release" || kind === "commit" || kind === "rollback";
      const kept = own.map((one, i): Json => {
        if (i === task - 1) return null;
        if (!releases || typeof one !== "string") return one;
        return keysOf(i + 1).some((key) => keysOf(task).includes(key)) || one || who;
      });
      return { own: kept };
    },
  };
};

const TURNS = "only a buyer who has lost takes the lock";

/** The first buyer who takes a lock without having lost, or who has lost and tries again without a lock. */
const lockOutOfTurn: Monitor<Text> = {
  start: (tasks) => ({ own: Array.from({ length: tasks }, () => ({ lost: false, locked: false })) }),
  step({ own }, { task, operation, reply }) {
    const { kind } = operation;
    let { lost, locked } = own[task - 1] as { lost: boolean; locked: boolean };
    const takes =
      kind === "acquire" || kind === "advisory-lock" || kind === "select-for-update" || (kind === "select" && operation.lock);
    if (takes && !lost)
      return {
        broken: {
          en: `buyer ${task} took a lock, and had lost to nobody`,
          ko: `${task}번 손님은 아무에게도 밀리지 않았는데 락을 잡았습니다`,
        },
      };
    if (takes) locked = true;
    if (kind === "release" || kind === "commit" || kind === "rollback") locked = false;
    const saves = kind === "compare-and-set" || kind === "write" || kind === "update-where";
    if (saves && lost && !locked)
      return {
        broken: {
          en: `buyer ${task} had lost, and tried again without the lock`,
          ko: `${task}번 손님은 밀린 뒤에 락 없이 다시 시도했습니다`,
        },
      };
    if (saves && "value" in reply && !reply.value && kind !== "write") lost = true;
    return { own: own.with(task - 1, { lost, locked }) };
  },
};

/** An umbrella at the first drop: one attempt without a lock, and after a conflict a turn at the row. */
const lockAfterLosing = strategy({
  summary: "try once without a lock; on a conflict, take the row's lock",
  cost: "two ways through the code, and in a crowd one attempt each is lost",
  requires: ["versions", "transactions", "row-locks"],
  async run(work, session) {
    try {
      return await work.body(comparing(session));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return rowLock.run(work, session);
    }
  },
});

/** Each row is saved only if it still has the version that was read. */
function comparing(session: Session): Access {
  const versions = new Map<Key, number>();
  return access({
    ...session,
    async find<R extends Row>(key: Key) {
      const seen = await session.readVersioned(key);
      versions.set(key, seen?.version ?? 0);
      return (seen?.row ?? null) as R | null;
    },
    async write(key, row) {
      if (!(await session.compareAndSet(key, row, versions.get(key) ?? 0))) throw new Conflict();
    },
  });
}

export default lesson({
  title: { en: "The umbrella", ko: "우산" },
  summary: {
    en: "Lock first, or try and be ready to do it again? It depends on how often it rains.",
    ko: "먼저 잠글까요, 일단 해 보고 부딪히면 다시 할까요? 비가 얼마나 자주 오느냐에 달렸습니다.",
  },
  size: { tasks: 4, keys: 1 },
  load: { requests: 100, think: 1 },

  // Buyers spread evenly over the products: with as many products as buyers, nobody meets anybody.
  scenario({ tasks, keys = 1, pieces = PIECES, turns = 0 }) {
    const products = Array.from({ length: keys }, (_, n) => product(n));
    const buys = products.map(buyOne);
    const works = Array.from({ length: tasks }, (_, i) => buys[i % keys]!);
    return {
      rows: Object.fromEntries(products.map((key) => [key, { left: pieces }])),
      tasks: works,
      tally: {
        name: "stock",
        done: "sold",
        off: { en: "N lost", ko: "유실 N" },
        actual: (rows) => Object.values(rows).reduce((sum, { left }) => sum + Number(left), 0),
        expected: ({ before, outcomes }) =>
          Math.max(
            0,
            Object.values(before).reduce((sum, { left }) => sum + Number(left), 0) -
              outcomes.filter((outcome) => outcome?.status === "ok").length,
          ),
      },
      properties: [
        {
          name: "every sale is counted",
          kind: "outcome",
          test({ rows, outcomes }) {
            for (const key of products) {
              const sold = works.filter(({ keys: [wanted] }, i) => wanted === key && outcomes[i]?.status === "ok").length;
              const gone = pieces - Number(rows[key]?.["left"]);
              if (gone !== sold)
                return {
                  en: `${sold} buyers of ${key} were told "ok", but its stock went down by ${gone}`,
                  ko: `${key} 손님 ${sold}명이 "ok"를 받았는데 재고는 ${gone}개 줄었습니다`,
                };
            }
            return null;
          },
        },
        // With one product everybody wants the same, and every wait is for a reason.
        ...(keys > 1
          ? [
              {
                name: "nobody waits for a buyer of another product",
                kind: "monitor",
                monitor: needlessWait(works),
              } as const,
            ]
          : []),
        // Asked apart, at size `turns`: a lock from the start is right, too, and so is trying without end.
        ...(turns ? [{ name: TURNS, kind: "monitor", monitor: lockOutOfTurn } as const] : []),
      ],
    };
  },

  label({ rows, outcomes }) {
    const gone = outcomes.filter((outcome) => outcome?.status === "rejected").length;
    const left = Object.values(rows).map((row) => row["left"]);
    return `${left.join(" and ")} left, ${gone === 0 ? "nobody" : gone} gave up`;
  },

  grade({ before, rows, outcomes }) {
    const told = (status: string) => outcomes.filter((outcome) => outcome?.status === status).length;
    const gone = Object.keys(rows).reduce((sum, key) => sum + Number(before[key]?.["left"]) - Number(rows[key]?.["left"]), 0);
    if (gone < told("ok"))
      return {
        grade: "forbidden",
        says: {
          en: "Everybody got wet, and nobody noticed: a sale is lost.",
          ko: "모두 비를 맞았는데 아무도 몰랐습니다. 판매 하나가 사라졌습니다.",
        },
      };
    if (told("rejected") > 0 && Object.values(rows).some(({ left }) => Number(left) > 0))
      return {
        grade: "forbidden",
        says: {
          en: "No sale is lost, but a customer ran out of attempts although there was stock left.",
          ko: "잃은 것은 손님뿐입니다. 재고가 충분한데 시도 횟수가 바닥났습니다.",
        },
      };
    return { grade: "expected", says: { en: "Everybody is served.", ko: "모두 샀습니다." } };
  },

  variants: {
    "back-off": afterAPause,
    jitter: afterALot,
    "until-it-is-saved": untilItIsSaved,
    "share-then-upgrade": shareThenUpgrade,
    "one-lock-for-all": oneLockForAll,
    "lock-after-losing": lockAfterLosing,
  },

  claims: [
    {
      strategy: "none",
      breaks: "every sale is counted",
      because: {
        en: "No umbrella, and nobody notices the rain.",
        ko: "우산도 없고, 비가 오는 줄도 모릅니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "Everybody carries the umbrella: there is always some waiting, and no work is ever repeated.",
        ko: "모두 매일 우산을 듭니다. 괜한 기다림은 있어도 같은 일을 두 번 하지는 않습니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "The same, in the database: four buyers, four turns.",
        ko: "같은 일을 DB가 합니다. 손님 넷에 차례 넷.",
      },
    },
    {
      strategy: "cas",
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "Four want one product. The one who loses to each of the other three has no attempt left, and 97 pieces lie there.",
        ko: "넷이 한 상품을 원합니다. 나머지 셋에게 한 번씩 진 손님은 시도가 남지 않았는데, 재고는 97개입니다.",
      },
    },
    {
      strategy: "cas",
      size: { keys: 2 },
      holds: true,
      because: {
        en: "Two products, two buyers each: nobody can lose more than once. The same code, less rain.",
        ko: "상품 둘에 손님이 둘씩. 두 번 질 수가 없습니다. 같은 코드인데 비가 덜 올 뿐입니다.",
      },
    },
    {
      strategy: "cas",
      size: { tasks: 3 },
      holds: true,
      because: {
        en: "Three attempts are enough for three buyers: to lose, somebody else has to win, and there are two others.",
        ko: "손님 셋이면 시도 세 번으로 충분합니다. 내가 지려면 누가 이겨야 하는데, 남은 사람은 둘뿐입니다.",
      },
    },
    {
      strategy: "back-off",
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "A pause makes it less likely to lose again. Only measurements can tell how likely; the explorer shows that it is possible.",
        ko: "쉬었다 오면 또 질 확률이 줄어듭니다. 얼마나 줄지는 시계만 알고, 질 수 있다는 사실은 모든 순서가 보여 줍니다.",
      },
    },
    {
      strategy: "jitter",
      breaks: builtInNames["wrongful rejection"],
      because: {
        en: "Drawn by lot, the losers no longer come back all at once. They still can.",
        ko: "쉬는 시간을 추첨하면 진 사람들이 한꺼번에 돌아오지 않습니다. 그래도 한꺼번에 올 수는 있습니다.",
      },
    },
    {
      strategy: "until-it-is-saved",
      holds: true,
      because: {
        en: "A buyer loses only to a buyer who is done. So the crowd gets smaller with every failure, and everybody gets through.",
        ko: "내가 졌다면 누군가는 끝낸 것입니다. 실패할 때마다 경쟁자가 줄어드니 결국 모두 끝냅니다.",
      },
    },
    {
      strategy: "share-then-upgrade",
      size: { tasks: 2 },
      breaks: builtInNames.livelock,
      because: {
        en: "Each holds the shared lock that keeps the other from writing; both step back, both come again. Busy, and nobody ever done.",
        ko: "서로의 공유 락이 서로의 쓰기를 막습니다. 둘 다 물러섰다가 둘 다 다시 옵니다. 바쁘기만 하고 아무도 끝내지 못합니다.",
      },
    },
    {
      strategy: "one-lock-for-all",
      size: { tasks: 2, keys: 2 },
      breaks: "nobody waits for a buyer of another product",
      because: {
        en: "Right, and an umbrella for the whole town: they would never have met.",
        ko: "결과는 맞지만 온 동네가 우산 하나를 씁니다. 어차피 마주칠 일도 없던 사람들입니다.",
      },
    },
    {
      strategy: "mutex",
      size: { tasks: 2, keys: 2 },
      holds: true,
      because: {
        en: "A lock for each product: here nobody waits at all.",
        ko: "상품마다 락이 따로 있으니, 여기서는 아무도 기다리지 않습니다.",
      },
    },
    {
      strategy: "row-lock",
      size: { tasks: 2, keys: 2 },
      holds: true,
      because: {
        en: "Two rows, two locks. The umbrella is carried, and it does not rain.",
        ko: "행이 둘이니 락도 둘. 우산을 들었는데 비가 오지 않은 날입니다.",
      },
    },
    {
      strategy: "row-lock",
      size: { tasks: 2, pieces: 1 },
      holds: true,
      because: {
        en: "One piece, two buyers: the second one waits, reads 0 and is told so.",
        ko: "재고 하나에 손님 둘. 두 번째 손님은 기다렸다가 0을 읽고 품절이라는 응답을 받습니다.",
      },
    },
    {
      strategy: "lock-after-losing",
      size: { tasks: 2, turns: 1 },
      holds: true,
      because: {
        en: "No lock on a dry day. After a lost attempt the buyer takes the row's lock, and loses to nobody any more.",
        ko: "맑은 날에는 락을 잡지 않습니다. 한 번 밀리면 행의 락을 잡고, 그 뒤로는 밀리지 않습니다.",
      },
    },
    {
      strategy: "row-lock",
      size: { tasks: 2, turns: 1 },
      breaks: TURNS,
      because: {
        en: "The umbrella is carried every day: also a buyer who meets nobody takes the lock.",
        ko: "날마다 우산을 듭니다. 아무와도 부딪히지 않는 손님까지 락을 잡습니다.",
      },
    },
    {
      strategy: "until-it-is-saved",
      size: { tasks: 2, turns: 1 },
      breaks: TURNS,
      because: {
        en: "No umbrella at all: a buyer who has lost runs out into the same rain again.",
        ko: "우산이 아예 없습니다. 밀린 손님이 같은 비 속으로 다시 뛰어듭니다.",
      },
    },
    {
      strategy: "atomic-update",
      holds: true,
      because: {
        en: "Read and write in one statement: so short that hardly anybody gets wet. If your rule fits in one.",
        ko: "규칙이 한 문장에 들어간다면, 읽기와 쓰기가 한 문장이라 비 맞을 틈이 거의 없습니다.",
      },
    },
  ],

  goals: {
    "every sale is counted": { en: "Lose a sale", ko: "판매 하나 사라지게 하기" },
    "nobody waits for a buyer of another product": {
      en: "Make a buyer wait for a buyer of something else",
      ko: "다른 상품을 사는 손님을 기다리게 하기",
    },
  },

  questions: [
    {
      kind: "ends",
      strategy: "cas",
      ask: {
        en: "Four buyers, one product, 100 pieces, three attempts each. Which outcomes are possible?",
        ko: "손님 넷, 상품 하나, 재고 100개, 시도는 세 번씩. 어떤 결과가 가능할까요?",
      },
      also: ["98 left, 2 gave up", "97 left, nobody gave up"],
    },
    {
      kind: "how-many",
      strategy: "cas",
      ask: {
        en: "In how many of all interleavings is everybody served?",
        ko: "모든 순서 가운데 모두가 사는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "Four buyers, no limit of attempts, no pause. At worst, how many attempts are made in all?",
        ko: "손님 넷, 시도 제한 없음, 쉬지도 않음. 최악의 경우 모두 합쳐 몇 번 시도할까요?",
      },
      options: ["4", "7", "10", { en: "no bound", ko: "끝이 없다" }],
      answer: 2,
      because: {
        en: "All four read, one wins. The other three read again, one wins… 4 + 3 + 2 + 1. With 100 buyers it is 5,050: the work grows with the square of the crowd.",
        ko: "넷이 읽고 하나가 이깁니다. 남은 셋이 다시 읽고 하나가 이기고… 4 + 3 + 2 + 1. 손님이 100명이면 5,050번. 사람 수의 제곱으로 늘어납니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "No protection at all, and sales are lost. Which metric of the service goes up?",
        ko: "보호가 전혀 없어 판매가 유실됩니다. 서비스의 어떤 지표가 올라갈까요?",
      },
      options: [
        { en: "none of them", ko: "아무것도 올라가지 않는다" },
        { en: "conflicts and retries", ko: "충돌과 재시도 횟수" },
        { en: "requests that ended in an error", ko: "에러로 끝난 요청 수" },
      ],
      answer: 0,
      because: {
        en: "Every request is told ok: only the number of ok answers beside the stock shows the loss. Conflicts and retries show optimism in a crowd, lock waits show locks, rejections rise when attempts run out, errors (40P01) with deadlocks.",
        ko: "모든 요청이 ok를 받습니다. 성공 응답 수를 재고와 맞춰 봐야만 유실이 보입니다. 충돌과 재시도는 몰린 낙관적 락을, 락 대기는 락을 보여 줍니다. 거절은 시도가 바닥났을 때, 에러(40P01)는 데드락이 날 때 늘어납니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "You add back-off with jitter to three attempts. What can the explorer find now?",
        ko: "시도 세 번에 지터 있는 백오프를 더했습니다. 이제 탐색기는 무엇을 찾을까요?",
      },
      options: [
        { en: "the same outcomes, only the wrong ones more rarely", ko: "전과 똑같은 결과들, 잘못된 것이 드물어질 뿐" },
        { en: "fewer outcomes that are wrong", ko: "잘못된 결과의 종류가 줄어든다" },
        { en: "no outcome that is wrong any more", ko: "이제 잘못된 결과는 하나도 없다" },
      ],
      answer: 0,
      because: {
        en: "A pause changes how often, never whether. Frequencies need real threads and a clock.",
        ko: "쉬는 시간은 '얼마나 자주'를 바꿀 뿐 '가능한가'를 바꾸지 못합니다. 빈도는 실제 스레드와 시계로 재야 합니다.",
      },
    },
  ],

  picture: { strategy: "cas", schedule: "122113311441" },

  exercise: {
    asks: {
      en: "try once without a lock; a buyer who has lost takes the lock of the row and waits for a turn",
      ko: "한 번은 락 없이 해 보고, 진 사람은 그 행의 락을 잡고 차례를 기다립니다",
    },
    ways: [
      {
        uses: ["versions", "row-locks"],
        because: {
          en: "Nobody waits on a dry day, and nobody loses twice.",
          ko: "비가 오지 않는 날에는 아무도 기다리지 않고, 두 번 지는 사람도 없습니다.",
        },
      },
      {
        uses: ["versions", "locks"],
        because: {
          en: "The same with a lock beside the row, as long as all who have lost ask for it.",
          ko: "행 옆의 락으로도 같습니다. 진 사람이 모두 그 락을 찾기만 하면 됩니다.",
        },
      },
    ],
    without: ["leases"],
    notAt: [{ size: { keys: 2 } }],
  },

  cost: {
    en: "Locking costs waiting, even when nobody else was there. Trying costs repeated work, but only after a collision. So ask how often requests collide, and how expensive the work is. Try it: racelab run umbrella --size keys=64, then keys=1.",
    ko: "락은 아무도 오지 않을 때도 기다림으로 값을 치릅니다. 일단 해 보기는 누가 왔을 때만, 다시 하는 일로 치릅니다. 그러니 물어볼 것은 둘. 얼마나 자주 부딪히나, 일이 얼마나 비싼가. 재 보세요: racelab run umbrella --size keys=64, 그다음 keys=1.",
  },
});
