import {
  type Access,
  builtInNames,
  type End,
  type Json,
  type Key,
  lesson,
  type Outcome,
  ok,
  type Rows,
  strategy,
  type Work,
} from "racelab";

/** The file is one row: all orders are in it, and it is read and written as a whole. */
const FILE: Key = "files/orders.json";

/** Parse the file, add one order, save the file: what `db.update(({ orders }) => …)` does. */
async function add(data: Json, { read, write }: Access): Promise<Outcome> {
  const orders = await read(FILE);
  await write(FILE, { ...orders, [data as string]: "new" });
  return ok();
}

const addOrder = (order: string): Work => ({
  name: `add ${order}`,
  who: { en: "process", ko: "프로세스" },
  keys: [FILE],
  body: (access) => add(order, access),
  message: { data: order, handle: add },
});

const OLD = "order-0";
const orderOf = (task: number) => `order-${task + 1}`;
const isThere = (rows: Rows, order: string) => rows[FILE]?.[order] !== undefined;
const count = (rows: Rows) => Object.keys(rows[FILE] ?? {}).length;
const added = ({ outcomes }: Pick<End, "outcomes">) => outcomes.filter((outcome) => outcome?.status === "ok").length;

/** orders.json.lock, made with O_EXCL and deleted afterwards. Nobody asks whose it is, or how old. */
const lockFile = strategy({
  summary: "a lock file that is made before reading and deleted after writing",
  cost: "it does not know whether its owner is alive",
  requires: ["leases"],
  async run(work, session) {
    await session.acquireLasting(FILE);
    try {
      return await work.body(session);
    } finally {
      await session.release(FILE, "shared");
    }
  },
});

/**
 * flock(2), or a lock file with a process id and a look whether that process is alive: gone with its owner. Node's own library
 * has no flock: the package fs-ext has it, and so has the command flock(1).
 */
const flock = strategy({
  summary: "a lock of the operating system, which knows who is alive",
  cost: "on this machine only: over NFS it depends on the kernel and the mount options",
  requires: ["locks"],
  async run(work, session) {
    await session.acquire(FILE, "shared");
    try {
      return await work.body(session);
    } finally {
      await session.release(FILE, "shared");
    }
  },
});

const KEPT = "nobody's order is lost";

export default lesson({
  title: { en: "File store", ko: "파일 저장소" },
  summary: {
    en: "Two processes, one orders.json. Each writes the whole file, with the orders that it knows of.",
    ko: "프로세스 둘, orders.json 하나. 저마다 자기가 아는 주문만으로 파일 전체를 다시 씁니다.",
  },
  size: { tasks: 2, servers: 2 },
  load: { requests: 100, think: 1 },

  scenario: ({ tasks }) => ({
    rows: { [FILE]: { [OLD]: "delivered" } },
    tasks: Array.from({ length: tasks }, (_, i) => addOrder(orderOf(i))),
    tally: {
      name: "orders",
      done: "added",
      off: { above: { en: "N too many", ko: "N 많음" }, below: { en: "N lost", ko: "유실 N" } },
      actual: count,
      expected: ({ before, outcomes }) => count(before) + added({ outcomes }),
    },
    properties: [
      {
        name: KEPT,
        kind: "outcome",
        test({ rows, outcomes }) {
          const promised = [OLD, ...outcomes.flatMap((outcome, i) => (outcome?.status === "ok" ? [orderOf(i)] : []))];
          const lost = promised.filter((order) => !isThere(rows, order));
          const more = lost.length - 1;
          return lost.length === 0
            ? null
            : {
                en: `the file knows nothing of ${lost[0]}${more > 0 ? ` and ${more} more` : ""}, and its sender was told yes`,
                ko: `파일에 ${lost[0]}${more > 0 ? ` 외 ${more}건` : ""}의 기록이 없는데, 보낸 사람은 성공 응답을 받았습니다`,
              };
        },
      },
    ],
  }),

  label: (end) => `${count(end.rows)} ${count(end.rows) === 1 ? "order" : "orders"}, ${added(end)} added`,

  grade({ rows, outcomes }) {
    if (!isThere(rows, OLD) || outcomes.some((outcome, i) => outcome?.status === "ok" && !isThere(rows, orderOf(i))))
      return {
        grade: "forbidden",
        says: {
          en: "A receipt, and no order: the last save brought along the file as it had been.",
          ko: "영수증은 있는데 주문이 없습니다. 마지막 저장이 예전 파일을 통째로 가져왔습니다.",
        },
      };
    return outcomes.some((outcome, i) => !outcome && isThere(rows, orderOf(i)))
      ? {
          grade: "acceptable",
          says: {
            en: "The process died after saving and before answering. The order is there, and its client does not know: it has to ask, or send it again under the same id.",
            ko: "저장한 뒤 답하기 전에 프로세스가 죽었습니다. 주문은 있는데 손님은 모릅니다. 확인하거나 같은 id로 다시 보내야 합니다.",
          },
        }
      : null;
  },

  variants: { "lock-file": lockFile, flock },

  claims: [
    {
      strategy: "none",
      breaks: KEPT,
      because: {
        en: "They add different orders, and still one is gone: a process that saves the file saves all orders as they were when it read them.",
        ko: "서로 다른 주문을 넣었는데도 하나가 사라집니다. 파일을 저장한다는 건 내가 읽었을 때의 모두의 주문을 저장한다는 뜻입니다.",
      },
    },
    {
      strategy: "mutex",
      size: { servers: 1 },
      holds: true,
      because: {
        en: "One process, one mutex: this is how lowdb is meant to be used.",
        ko: "프로세스 하나, 뮤텍스 하나. lowdb는 원래 이렇게 쓰는 것입니다.",
      },
    },
    {
      strategy: "mutex",
      breaks: KEPT,
      because: {
        en: "The second process has a mutex of its own. And a copy of the file of its own.",
        ko: "두 번째 프로세스에는 자기만의 뮤텍스가 있습니다. 파일 사본도 자기 것입니다.",
      },
    },
    {
      strategy: "lock-file",
      holds: true,
      because: {
        en: "Making a file that must not be there yet is one step for the operating system: one of them gets it.",
        ko: "'아직 없어야 하는 파일 만들기'는 운영체제에서 한 단계입니다. 둘 중 하나만 성공합니다.",
      },
    },
    {
      strategy: "lock-file",
      faults: { crash: 1 },
      breaks: builtInNames.deadlock,
      because: {
        en: "Its owner is dead and the file is still there. Everybody waits, for ever, for a file that nobody will delete.",
        ko: "주인은 죽었는데 락 파일은 남았습니다. 아무도 지우지 않을 파일을 모두가 영원히 기다립니다.",
      },
    },
    {
      strategy: "lease-lock",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "A lock file that is older than ten seconds counts as stale: the process that waits takes it over.",
        ko: "10초가 넘은 락 파일은 버려진 것으로 보고, 기다리던 쪽이 가져갑니다.",
      },
    },
    {
      strategy: "lease-lock",
      faults: { expire: 1 },
      breaks: KEPT,
      because: {
        en: "Old is not dead. The owner was slow, another process took its lock over, and now both write the file. A heartbeat (proper-lockfile renews the file, and takes 10 seconds of silence for death) makes it rarer: a paused owner cannot renew.",
        ko: "오래된 것과 죽은 것은 다릅니다. 소유자는 느렸을 뿐인데 다른 프로세스가 락을 가져갔고, 이제 둘 다 파일을 씁니다. 하트비트(proper-lockfile은 파일 시각을 갱신하고, 10초 동안 소식이 없으면 죽은 것으로 봅니다)를 쓰면 드물어집니다. 하지만 멈춘 소유자는 갱신도 하지 못합니다.",
      },
    },
    {
      strategy: "flock",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "The operating system knows when a process has died, and releases its lock then. Only a child process that has inherited the open file keeps it. In Node: the package fs-ext, or the command flock(1).",
        ko: "운영체제는 프로세스가 죽은 것을 알고, 그때 락을 풉니다. 열린 파일을 물려받은 자식 프로세스가 있을 때만 락이 남습니다. Node라면 fs-ext 패키지나 flock(1) 명령을 씁니다.",
      },
    },
    {
      strategy: "flock",
      faults: { expire: 1 },
      holds: true,
      because: {
        en: "It does not go by age, so nothing can run out.",
        ko: "얼마나 오래됐는지로 판단하지 않으니 만료될 것도 없습니다.",
      },
    },
    {
      strategy: "single-writer",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "One process owns the file, the others send it messages. If it dies another takes over, and adding the same order twice changes nothing.",
        ko: "파일의 주인은 프로세스 하나, 나머지는 메시지를 보냅니다. 주인이 죽으면 다음 주인이 이어받고, 같은 주문을 두 번 넣어도 달라지지 않습니다.",
      },
    },
  ],

  goals: {
    [KEPT]: { en: "Lose an order from the file", ko: "파일에서 주문 하나 사라지게 하기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "One order in the file. Two processes add one each. Which outcomes are possible?",
        ko: "파일에 주문 하나. 프로세스 둘이 하나씩 추가합니다. 어떤 결과가 가능할까요?",
      },
      also: ["1 order, 2 added", "3 orders, 1 added", "1 order, 0 added"],
    },
    {
      kind: "how-many",
      strategy: "none",
      ask: {
        en: "How many of all interleavings of two reads and two writes end right?",
        ko: "읽기 둘, 쓰기 둘의 모든 순서 중에서 올바르게 끝나는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "At worst: the other process reads the file with one order, pauses, and saves after you have added a hundred. How many are left?",
        ko: "최악의 경우: 다른 프로세스가 주문 하나일 때 파일을 읽고 멈췄다가, 내가 100건을 넣은 뒤에 저장합니다. 몇 건이 남을까요?",
      },
      options: [
        { en: "2: what it had read, and its own", ko: "2건: 읽었던 하나와 자기 것" },
        { en: "101: only the order that it adds is lost", ko: "101건: 그쪽이 넣은 것만 유실된다" },
        { en: "102: they are different orders", ko: "102건: 서로 다른 주문이니까" },
      ],
      answer: 0,
      because: {
        en: "A file has no rows for the disk: the last save wins, and replaces everything with what it had read.",
        ko: "디스크가 보기에 파일에는 행이 없습니다. 마지막 저장이 이기고, 자기가 아는 세상을 통째로 가져옵니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "A process dies and leaves its lock file behind. Which check never mistakes a slow process for a dead one?",
        ko: "프로세스가 락 파일을 남기고 죽었습니다. 느리지만 살아 있는 주인을 오해하지 않는 방법은?",
      },
      options: [
        { en: "the file is older than ten seconds", ko: "파일이 10초보다 오래됐는지 본다" },
        { en: "the operating system says it is gone", ko: "그 프로세스가 살아 있는지 운영체제에 묻는다" },
        { en: "the file is older than the slowest save ever seen", ko: "파일이 지금까지 가장 느렸던 저장보다 오래됐는지 본다" },
      ],
      answer: 1,
      because: {
        en: "Any age limit is a guess. On one machine you can ask whether the owner lives. Over a network you cannot, and you need a fence.",
        ko: "기준이 몇 초든 오래됐다는 것은 짐작일 뿐입니다. 한 서버 안에서는 물어볼 수 있습니다. 네트워크 너머라면 물을 곳이 없으니 펜스가 필요합니다.",
      },
    },
  ],

  exercise: {
    asks: {
      en: "one lock for all processes of the machine, that goes when its owner goes",
      ko: "이 서버의 모든 프로세스가 함께 쓰고, 주인이 사라지면 함께 사라지는 락 하나",
    },
    ways: [
      {
        uses: ["locks"],
        because: {
          en: "The operating system, or the service that keeps the lock, knows when its owner has gone.",
          ko: "운영 체제든, 모두를 위해 락을 맡은 쪽이든, 주인이 사라진 때를 압니다.",
        },
      },
    ],
    without: ["transactions", "leases", "versions", "conditional-update"],
  },

  cost: {
    en: "Whole file in, whole file out: each order costs as much as all of them, and all wait for each other, even if they change different orders. That is what a database is for.",
    ko: "파일 전체를 읽고 전체를 씁니다. 주문 하나가 전체만큼 비싸고, 무엇을 바꾸든 모두가 서로를 기다립니다. 데이터베이스가 있는 이유입니다.",
  },
});
