import {
  isSerializationFailure,
  type Json,
  type Key,
  lesson,
  ok,
  type Rows,
  rejected,
  type Session,
  type Strategy,
  strategy,
  type Work,
} from "racelab";

type Courier = { onCall: boolean; [column: string]: Json };

/** Two couriers to a district, and a shift that belongs to both. */
const couriersOf = (district: number): [Key, Key] => [`courier/${district}a`, `courier/${district}b`];
const shiftOf = ({ keys }: Work): Key => `shift/${Number.parseInt(keys[0]!.slice("courier/".length), 10)}`;

/** Look who is on call; if both are, `me` may go home. Written as if nobody else were there. */
const goHome = (me: Key, other: Key): Work => ({
  name: "go home",
  who: { en: "courier", ko: "라이더" },
  keys: [me, other],
  async body({ read, write }) {
    const team = new Map<Key, Courier>();
    for (const key of [me, other].sort()) team.set(key, await read<Courier>(key));
    if (!team.get(other)!.onCall) return rejected("you are the last one on call");
    await write(me, { ...team.get(me)!, onCall: false });
    return ok();
  },
});

const onCall = (rows: Rows): number => Object.values(rows).filter((row) => row["onCall"] === true).length;

/** A snapshot for each transaction, begun again on 40001: what "repeatable read" is in PostgreSQL. */
const inSnapshot = (first: (work: Work, session: Session) => Promise<unknown>): Strategy["run"] =>
  async function run(work, session) {
    for (let attempt = 1; attempt <= 4; attempt++) {
      try {
        return await session.transaction("repeatable read", async () => {
          await first(work, session);
          return work.body(session);
        });
      } catch (error) {
        if (!isSerializationFailure(error)) throw error;
      }
    }
    return rejected("gave up after 4 conflicts");
  };

const variants = {
  "repeatable-read": strategy({
    summary: "a snapshot for the whole transaction, begun again on a conflict",
    cost: "a copy of the past: it sees no conflict where two write different rows",
    requires: ["transactions", "snapshots"],
    run: inSnapshot(async () => {}),
  }),
  "lock-my-row": strategy({
    summary: "SELECT … FOR UPDATE, on the row that will be written only",
    cost: "both couriers hold a lock, each a different one: nobody waits",
    requires: ["transactions", "row-locks"],
    run: (work, session) =>
      session.transaction("read committed", async () => {
        await session.selectForUpdate(work.keys[0]!);
        return work.body(session);
      }),
  }),
  "materialised-conflict": strategy({
    summary: "a snapshot, and everybody also writes the one row of the shift",
    cost: "a row that means nothing, and everybody has to remember to write it",
    requires: ["transactions", "snapshots", "conditional-update"],
    run: inSnapshot((work, { updateWhere }) => updateWhere({ key: shiftOf(work), set: { changes: ["+", "changes", 1] } })),
  }),
} satisfies Record<string, Strategy>;

export default lesson({
  title: { en: "Write skew", ko: "쓰기 스큐" },
  summary: {
    en: "Two couriers see each other on call. Both go home. Nobody wrote the other's row, and nobody is left.",
    ko: "라이더 두 명이 서로 근무 중인 것을 보고 둘 다 퇴근합니다. 남의 행은 아무도 건드리지 않았는데, 남은 사람이 없습니다.",
  },
  size: { tasks: 2 },
  load: { requests: 100, think: 1 },
  variants,

  /** Both couriers of each district; with `apart`, one of each district. */
  scenario({ tasks, apart = 0 }) {
    const districts = apart ? tasks : Math.ceil(tasks / 2);
    const each = Array.from({ length: districts }, (_, i) => couriersOf(i + 1));
    const couriers = each.flatMap(([a, b]) => (apart ? [goHome(a, b)] : [goHome(a, b), goHome(b, a)])).slice(0, tasks);
    return {
      rows: Object.fromEntries([
        ...each.flat().map((key) => [key, { onCall: true }]),
        ...each.map((_, i) => [`shift/${i + 1}`, { changes: 0 }]),
      ]),
      tasks: couriers,
      show: (row) => ("onCall" in row ? (row["onCall"] ? { en: "on call", ko: "근무 중" } : { en: "home", ko: "퇴근" }) : null),
      tally: {
        name: "on call",
        done: "went home",
        off: { above: { en: "N still on call", ko: "N명 아직 대기" }, below: { en: "sent home N too many", ko: "N명 더 퇴근" } },
        actual: onCall,
        // One of each pair may go, either of them, and never the second.
        expected: ({ outcomes }) =>
          each.reduce(
            (sum, pair) =>
              sum + (couriers.some(({ keys: [me] }, i) => pair.includes(me!) && outcomes[i]?.status === "ok") ? 1 : 2),
            0,
          ),
      },
      properties: [
        {
          name: "somebody stays on call",
          kind: "invariant",
          test(rows) {
            const empty = each.findIndex((pair) => pair.every((key) => rows[key]?.["onCall"] === false));
            return empty < 0
              ? null
              : {
                  en: `district ${empty + 1} has nobody on call: each went because the other was there`,
                  ko: `서로 상대가 있다고 보고 퇴근해서, ${empty + 1}번 구역에 근무 중인 라이더가 없습니다`,
                };
          },
        },
        {
          name: "a courier who is told ok is at home",
          kind: "outcome",
          test({ rows, outcomes }) {
            const fooled = couriers.find(
              ({ keys: [me = ""] }, i) => outcomes[i]?.status === "ok" && rows[me]?.["onCall"] !== false,
            );
            return fooled
              ? {
                  en: `${fooled.keys[0]} was told ok, and is still on call`,
                  ko: `${fooled.keys[0]}는 퇴근해도 된다는 응답을 받았는데 아직 근무 중으로 남아 있습니다`,
                }
              : null;
          },
        },
        {
          name: "every courier gets an answer",
          kind: "outcome",
          test({ outcomes }) {
            const failed = outcomes.find((outcome) => outcome?.status === "failed");
            return failed
              ? { en: `a courier was shown an error: ${failed.detail}`, ko: `라이더 화면에 에러가 나왔습니다. ${failed.detail}` }
              : null;
          },
        },
      ],
    };
  },

  label: ({ rows }) => `${onCall(rows)} on call`,

  grade: ({ rows, outcomes }) =>
    Object.entries(rows).some(
      ([key, { onCall }]) => key.endsWith("a") && onCall === false && rows[`${key.slice(0, -1)}b`]?.["onCall"] === false,
    )
      ? {
          grade: "forbidden",
          says: {
            en: "Both rows are as their owners wrote them, and the next order has no courier.",
            ko: "두 행 모두 주인이 쓴 그대로입니다. 그리고 다음 주문을 나를 사람이 없습니다.",
          },
        }
      : outcomes.some((outcome) => outcome?.status === "ok")
        ? {
            grade: "expected",
            says: {
              en: "One is at home, the other was asked to stay. Which of them is luck.",
              ko: "한 명은 집에 갔고, 다른 한 명은 남아 달라는 응답을 받았습니다. 누구인지는 운입니다.",
            },
          }
        : null,

  claims: [
    {
      strategy: "none",
      breaks: "somebody stays on call",
      because: { en: "Both look, both see two, both go.", ko: "둘 다 확인하고, 둘 다 두 명을 보고, 둘 다 퇴근합니다." },
    },
    {
      strategy: "cas",
      breaks: "somebody stays on call",
      because: {
        en: "Each compares the version of the row it writes. The row it only read has changed, and nobody asks.",
        ko: "자기가 쓰는 행의 버전만 비교합니다. 읽기만 한 행이 바뀌었는지는 아무도 묻지 않습니다.",
      },
    },
    {
      strategy: "repeatable-read",
      breaks: "somebody stays on call",
      because: {
        en: "In PostgreSQL a snapshot stops two writers of one row (40001). Here each writes its own row. MySQL does not even stop the two: its REPEATABLE READ reads from a snapshot and updates the latest row, so an update computed from an old read is lost without an error.",
        ko: "PostgreSQL의 스냅샷은 같은 행을 둘이 쓸 때만 막습니다(40001). 여기서는 각자 자기 행을 씁니다. MySQL은 같은 행도 막지 않습니다. REPEATABLE READ에서 SELECT는 스냅샷을 읽고 UPDATE는 최신 행을 고치므로, 읽어 둔 값으로 계산한 변경은 에러 없이 유실됩니다.",
      },
    },
    {
      strategy: "lock-my-row",
      breaks: "somebody stays on call",
      because: {
        en: "Two locks on two rows: neither is in the other's way.",
        ko: "행 두 개에 락 두 개. 서로를 막지 않습니다.",
      },
    },
    {
      strategy: "serializable",
      holds: true,
      because: {
        en: "The database also remembers what was read. One of the two is sent back to BEGIN, looks again, and stays.",
        ko: "DB가 무엇을 읽었는지도 기억합니다. 둘 중 하나는 BEGIN으로 돌아가 다시 읽고, 남습니다.",
      },
    },
    {
      strategy: "serializable",
      size: { apart: 1 },
      holds: true,
      because: {
        en: "Couriers of two districts read different rows: both go home, and neither is sent back.",
        ko: "구역이 다른 라이더는 서로 다른 행을 읽습니다. 둘 다 퇴근하고, 아무도 돌려보내지지 않습니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "Every read locks, also of the row that is not written. The second courier waits, then sees the first gone.",
        ko: "쓰지 않을 행까지 읽을 때 잠급니다. 두 번째 라이더는 기다렸다가, 첫 번째가 퇴근한 것을 봅니다.",
      },
    },
    {
      strategy: "materialised-conflict",
      holds: true,
      because: {
        en: "Both write the shift's row, so the snapshot has a conflict that it can see.",
        ko: "둘 다 근무조 행을 쓰므로, 스냅샷 격리가 알아볼 수 있는 충돌이 생깁니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "Both take the locks of both rows. On one server that is enough.",
        ko: "둘 다 두 행의 락을 모두 잡습니다. 서버가 한 대라면 충분합니다.",
      },
    },
  ],

  goals: {
    "somebody stays on call": { en: "Send both couriers home", ko: "라이더 둘 다 퇴근시키기" },
    "a courier who is told ok is at home": { en: "Say ok to a courier who stays", ko: "남은 라이더에게 ok라고 답하기" },
    "every courier gets an answer": { en: "Leave a courier without an answer", ko: "라이더 한 명에게 답하지 않기" },
  },

  questions: [
    {
      kind: "ends",
      strategy: "repeatable-read",
      ask: {
        en: "Each transaction has its own snapshot, and a conflict starts it again. How many couriers can be on call at the end?",
        ko: "트랜잭션마다 스냅샷이 있고, 충돌하면 처음부터 다시 합니다. 마지막에 근무 중인 라이더는 몇 명일 수 있을까요?",
      },
      also: ["1 on call", "2 on call"],
    },
    {
      kind: "how-many",
      strategy: "cas",
      ask: {
        en: "Now every write checks the row's version. In how many interleavings does a courier stay?",
        ko: "이번에는 쓸 때마다 행의 버전을 확인합니다. 누군가 남는 순서는 얼마나 될까요?",
      },
    },
    {
      kind: "choice",
      ask: {
        en: "Why does the database not notice at repeatable read?",
        ko: "repeatable read에서 DB는 왜 알아채지 못할까요?",
      },
      options: [
        { en: "The two write different rows.", ko: "둘이 서로 다른 행을 쓰기 때문에." },
        { en: "A snapshot does not see its own writes.", ko: "스냅샷은 자기가 쓴 것을 보지 못하기 때문에." },
        { en: "It notices, but only after the commit.", ko: "알아채지만, 커밋한 뒤라서." },
      ],
      answer: 0,
      because: {
        en: "First committer wins is a rule about one row. The rule of the shop is about two.",
        ko: "'먼저 커밋한 쪽이 이긴다'는 행 하나에 대한 규칙입니다. 가게의 규칙은 행 두 개에 대한 것입니다.",
      },
    },
  ],

  exercise: {
    asks: {
      en: "without a lock of your own: the database remembers what was read, and the one that is sent back begins again",
      ko: "직접 잡는 락 없이. 읽은 것은 DB가 기억하고, 돌려보내진 쪽은 처음부터 다시 합니다",
    },
    ways: [
      {
        uses: ["serializable"],
        because: {
          en: "Each read what the other wrote: serializable sees that and sends one of them back.",
          ko: "서로 상대가 쓴 것을 읽었습니다. serializable이 그것을 보고 하나를 돌려보냅니다.",
        },
      },
    ],
    without: ["locks", "row-locks", "leases"],
  },

  cost: {
    en: "Serializable: any transaction can be told to start again, by 40001 in PostgreSQL, and in MySQL by a deadlock (1213), because there it locks what it reads. Locking what you only read: readers wait for readers.",
    ko: "serializable에서는 어떤 트랜잭션이든 다시 시작해야 할 수 있습니다. PostgreSQL은 40001로, 읽은 행을 잠그는 MySQL은 데드락(1213)으로 알려 줍니다. 읽기만 할 행까지 잠그면, 읽는 쪽끼리도 기다립니다.",
  },
});
