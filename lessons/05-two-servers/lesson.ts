import { type End, type Json, type Key, lesson, ok, type Rows, rejected, strategy, type Work } from "racelab";

type Points = { balance: number; [column: string]: Json };

const POINTS = 1000;
const PRICE = 700;
const SORA: Key = "points/sora";

/** Nothing here has changed since there was one server: are there enough points? Take them off. */
const pay: Work = {
  name: "pay 700",
  who: { en: "payment", ko: "결제" },
  keys: [SORA],
  async body({ read, write }) {
    const points = await read<Points>(SORA);
    if (points.balance < PRICE) return rejected("not enough points");
    await write(SORA, { ...points, balance: points.balance - PRICE });
    return ok();
  },
  atomic: {
    key: SORA,
    where: [">=", "balance", PRICE],
    set: { balance: ["-", "balance", PRICE] },
    otherwise: "not enough points",
  },
};

const balance = (rows: Rows) => Number(rows[SORA]?.["balance"]);
const paid = ({ outcomes }: Pick<End, "outcomes">) => outcomes.filter((outcome) => outcome?.status === "ok").length;

/** The same lock as `mutex`, asked of the store instead of the process. */
const sharedMutex = strategy({
  summary: "a lock in the store that every server asks for",
  cost: "a round trip for the lock, and its store must be there",
  requires: ["locks"],
  async run(work, session) {
    await session.acquire(SORA, "shared");
    try {
      return await work.body(session);
    } finally {
      await session.release(SORA, "shared");
    }
  },
});

/** In a big run there are points for all but the last payment, so that a lost one shows. */
const pointsFor = (tasks: number) => Math.max(POINTS, PRICE * (tasks - 1));

const PAID = "nobody pays with points that are gone";

export default lesson({
  title: { en: "Two servers", ko: "서버 두 대" },
  summary: {
    en: "The mutex has worked for a year. On Friday somebody adds a second server.",
    ko: "뮤텍스는 1년 동안 잘 돌았습니다. 금요일, 누군가 서버를 한 대 더 붙입니다.",
  },
  // Requests go to the servers in turn: the first to server 1, the second to server 2.
  size: { tasks: 2, servers: 2 },
  load: { requests: 100, think: 1 },

  scenario: ({ tasks }) => ({
    rows: { [SORA]: { balance: pointsFor(tasks) } },
    tasks: Array.from({ length: tasks }, () => pay),
    tally: {
      // What is gone, not what is left: one payment too many would leave -700.
      name: "points taken",
      done: "paid",
      off: { above: { en: "N taken too many", ko: "N 더 빠짐" }, below: { en: "N never taken", ko: "N 안 빠짐" } },
      actual: (rows) => pointsFor(tasks) - balance(rows),
      expected: ({ outcomes }) => PRICE * paid({ outcomes }),
    },
    properties: [
      {
        name: PAID,
        kind: "outcome",
        test(end) {
          // A request that crashed was told nothing: it has paid, or not.
          const silent = end.outcomes.filter((outcome) => !outcome).length;
          const spent = (balance(end.before) - balance(end.rows)) / PRICE;
          return spent >= paid(end) && spent <= paid(end) + silent
            ? null
            : {
                en: `${paid(end)} payments of ${PRICE} were made from ${balance(end.before)} points, and ${balance(end.rows)} are left`,
                ko: `${balance(end.before)}점에서 ${PRICE}점씩 ${paid(end)}번 결제했는데 ${balance(end.rows)}점이 남았습니다`,
              };
        },
      },
    ],
  }),

  label: (end) => `${balance(end.rows)} points, ${paid(end)} paid`,

  grade: (end) =>
    balance(end.before) - balance(end.rows) < PRICE * paid(end)
      ? {
          grade: "forbidden",
          says: {
            en: "Two receipts, one payment: neither server has done anything wrong, by its own lock.",
            ko: "영수증은 두 장, 빠진 포인트는 한 번. 각자의 락으로 보면 어느 서버도 잘못이 없습니다.",
          },
        }
      : { grade: "expected", says: { en: "As much is gone as was paid.", ko: "결제된 만큼 빠졌습니다." } },

  variants: { "shared-mutex": sharedMutex },

  claims: [
    {
      strategy: "mutex",
      size: { servers: 1 },
      holds: true,
      because: {
        en: "One server, one lock: this is what all your tests have seen.",
        ko: "서버 한 대, 락 하나. 지금까지의 테스트는 모두 이 상황이었습니다.",
      },
    },
    {
      strategy: "mutex",
      breaks: PAID,
      because: {
        en: "Each server has its own lock, and each is free. Nobody waits for anybody.",
        ko: "서버마다 자기 락이 있고, 둘 다 비어 있습니다. 서로 기다릴 일이 없습니다.",
      },
    },
    {
      strategy: "mutex",
      size: { tasks: 3 },
      breaks: PAID,
      because: {
        en: "Requests 1 and 3 are on server 1 and do wait for each other. It takes one on server 2 to spoil it.",
        ko: "1번과 3번 요청은 1번 서버에 있어 서로 기다립니다. 2번 서버의 요청 하나면 충분히 망가집니다.",
      },
    },
    {
      strategy: "shared-mutex",
      holds: true,
      because: {
        en: "The lock is where the data is: both servers ask the same one.",
        ko: "락이 데이터가 있는 곳에 있습니다. 두 서버가 같은 락을 잡으려 합니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "A pessimistic lock: the database has locked the row, whichever server asks for it.",
        ko: "비관적 락입니다. 데이터베이스가 행을 잠갔습니다. 누가 어디서 묻는지는 상관없습니다.",
      },
    },
    {
      strategy: "row-lock",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "When a server process dies its connection closes: the database rolls the transaction back and releases the lock.",
        ko: "서버 프로세스가 죽으면 커넥션이 닫힙니다. 데이터베이스가 트랜잭션을 롤백하고 락도 풉니다.",
      },
    },
    {
      strategy: "cas",
      holds: true,
      because: {
        en: "Optimistic locking: no lock at all, the version is in the row, and a row is in one place.",
        ko: "낙관적 락입니다. 락이 아예 없습니다. 버전은 행에 있고, 행은 한 곳에 있습니다.",
      },
    },
    {
      strategy: "atomic-update",
      holds: true,
      because: {
        en: "Test and subtraction are one statement in the database, from however many servers.",
        ko: "검사와 뺄셈이 데이터베이스 안의 문장 하나입니다. 서버가 몇 대든.",
      },
    },
    {
      strategy: "lease-lock",
      holds: true,
      because: {
        en: "A distributed lock, as with SET NX PX in Redis: both servers ask one store for it, and the lease lasts long enough. So far.",
        ko: "Redis의 SET NX PX 같은 분산 락입니다. 두 서버가 함께 쓰는 저장소의 락이고, 필요한 동안은 잡고 있습니다. 아직까지는.",
      },
    },
    {
      strategy: "lease-lock",
      faults: { expire: 1 },
      breaks: PAID,
      because: {
        en: "The lease runs out while server 1 still works. Two holders, as with two mutexes.",
        ko: "1번 서버가 아직 일하는데 리스가 만료됩니다. 락 소유자가 둘. 뮤텍스 두 개와 다를 게 없습니다.",
      },
    },
    {
      strategy: "fenced-lease",
      faults: { expire: 1 },
      holds: true,
      because: {
        en: "The row has seen the newer number and refuses the late server.",
        ko: "행이 더 새로운 번호를 봤으니 늦은 서버를 거절합니다.",
      },
    },
  ],

  goals: {
    [PAID]: { en: "Pay with points that are gone", ko: "이미 쓴 포인트로 결제하기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "mutex",
      ask: {
        en: "1,000 points, two payments of 700, a mutex on each of two servers. Which outcomes are possible?",
        ko: "1,000점, 700점 결제 두 건, 서버 두 대에 뮤텍스가 하나씩. 어떤 결과가 가능할까요?",
      },
      also: ["-400 points, 2 paid", "1000 points, 0 paid"],
    },
    {
      kind: "how-many",
      strategy: "mutex",
      ask: {
        en: "Two servers with a mutex each. How many of all interleavings end right?",
        ko: "뮤텍스가 하나씩 있는 서버 두 대. 모든 순서 중에서 올바르게 끝나는 것은 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "At worst: 1,000 points, ten payments of 700 at once, ten servers with a mutex each. How many go through?",
        ko: "최악의 경우: 1,000점에 700점 결제 10건이 한꺼번에, 뮤텍스가 있는 서버 10대. 몇 건이 통과할까요?",
      },
      options: [
        { en: "one: the balance is checked under a lock", ko: "1건: 락을 잡고 잔액을 확인하니까" },
        { en: "two: the servers wait for each other", ko: "2건: 서버끼리는 서로 기다리니까" },
        { en: "all ten", ko: "10건 모두" },
      ],
      answer: 2,
      because: {
        en: "Ten locks, ten free doors: all read 1,000. With one server it would be one.",
        ko: "락이 열 개면 문도 열 개, 모두 1,000을 읽습니다. 서버가 한 대였다면 1건입니다.",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "The load balancer now sends each user always to the same server (sticky sessions). Is the mutex enough again?",
        ko: "이제 로드 밸런서가 같은 사용자를 늘 같은 서버로 보냅니다(sticky session). 뮤텍스로 다시 충분할까요?",
      },
      options: [
        { en: "only while no server is added, replaced or restarted", ko: "서버가 늘거나, 교체되거나, 재시작하지 않는 동안만" },
        { en: "yes: one user, one server, one lock", ko: "그렇다: 사용자 하나에 서버도 락도 하나니까" },
        { en: "no: there are still as many locks as servers", ko: "아니다: 락은 여전히 서버 수만큼 있으니까" },
      ],
      answer: 0,
      because: {
        en: "While users move, the old server can still be working for a user whom the new one serves already. Every deployment is such a moment.",
        ko: "사용자가 옮겨 가는 동안 옛 서버가 아직 일하고 있을 수 있습니다. 배포할 때마다 그런 순간이 옵니다.",
      },
    },
  ],

  exercise: {
    asks: { en: "without a transaction: one lock that both servers ask for", ko: "트랜잭션 없이, 두 서버가 함께 찾는 락 하나" },
    ways: [
      {
        uses: ["locks"],
        because: {
          en: "The lock is where both servers look: in the store, or in the file system of the machine that they share.",
          ko: "락이 두 서버가 함께 보는 곳에 있습니다. 저장소든, 같이 쓰는 기계의 파일 시스템이든.",
        },
      },
    ],
    without: ["transactions", "leases", "versions", "conditional-update"],
  },

  cost: {
    en: "A lock outside the process is a round trip, and one more thing that can be down. Where the data is anyway, a row lock or a version costs least. A machine or a network that vanishes closes no connection: the lock stays until the database notices, by default after two hours (Linux, TCP keepalive). Set idle_in_transaction_session_timeout and tcp_user_timeout (PostgreSQL).",
    ko: "프로세스 밖의 락은 왕복 한 번이고, 멈출 수 있는 것이 하나 더 느는 일입니다. 데이터가 이미 있는 곳에서 행 락이나 버전을 쓰는 쪽이 가장 쌉니다. 서버나 네트워크가 통째로 사라지면 커넥션이 닫히지 않습니다. 데이터베이스가 알아챌 때까지 락이 남고, 리눅스의 TCP keepalive 기본값이면 두 시간입니다. PostgreSQL이라면 idle_in_transaction_session_timeout과 tcp_user_timeout을 설정하세요.",
  },
});
