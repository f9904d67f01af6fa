import { type Key, lesson, ok, type Row, type Rows, rejected, type Select, type Session, strategy, type Work } from "racelab";

/** In half hours of the day: 20 is ten o'clock. A meeting that begins when another one ends does not overlap it. */
type Meeting = { readonly id: number; readonly from: number; readonly to: number };

const ROOM: Key = "room/1";
/** 10:00 to 11:00, 10:30 to 11:30, 11:00 to 12:00, and so on: each overlaps the next one only. */
const meeting = (n: number): Meeting => ({ id: n, from: 19 + n, to: 21 + n });

const overlapping = ({ from, to }: Meeting): Select => ({
  table: "booking",
  where: ["and", ["<", "from", to], [">", "to", from]],
});
const rowOf = ({ id, from, to }: Meeting): Row => ({ id, from, to });

/** Which room is it? Is it free then? Book it. Written as if nobody else were looking at the calendar. */
const book = (wanted: Meeting): Work => ({
  name: `book ${clock(wanted.from)} to ${clock(wanted.to)}`,
  who: { en: "booking", ko: "예약" },
  keys: [ROOM],
  request: { idempotencyKey: `meeting-${wanted.id}`, payload: wanted },
  async body({ read, select, insert }) {
    await read(ROOM);
    const others = await select(overlapping(wanted));
    if (others.length > 0) return rejected("taken");
    await insert(`booking/${wanted.id}`, { from: wanted.from, to: wanted.to });
    return ok();
  },
});

const clock = (half: number): string => `${Math.floor(half / 2)}:${half % 2 === 0 ? "00" : "30"}`;
const wantedBy = (work: Work) => work.request!.payload as Meeting;
const booked = (rows: Rows): readonly Meeting[] =>
  Object.entries(rows).flatMap(([key, row]) => (key.startsWith("booking/") ? [row as unknown as Meeting] : []));
/** Pairs of bookings for the same time. */
const clashes = (rows: Rows): readonly (readonly [Meeting, Meeting])[] =>
  booked(rows).flatMap((one, i, all) =>
    all.slice(i + 1).flatMap((other) => (one.from < other.to && other.from < one.to ? [[one, other] as const] : [])),
  );

/** The overlapping rows are locked. There are none. */
const lockWhatIsThere = strategy({
  summary: "a transaction; SELECT the overlapping bookings FOR UPDATE; insert",
  cost: "a free room has no booking that one could lock: both find nothing, and both insert",
  requires: ["transactions", "row-locks"],
  run: (work, session) =>
    session.transaction("read committed", async () => {
      const wanted = wantedBy(work);
      const others = await session.select({ ...overlapping(wanted), lock: "update" });
      return others.length > 0 ? rejected("taken") : insertedBy(session, wanted);
    }),
});

/** Both see the calendar as it was when they began. */
const snapshot = strategy({
  summary: "a transaction at repeatable read",
  cost: "the snapshot never shows the other booking, and no row is written by both",
  requires: ["transactions", "snapshots"],
  run: (work, session) => session.transaction("repeatable read", () => work.body(session)),
});

/** A row for each half hour, whose key is the time: the second row of that name is refused. */
const halfHours = strategy({
  summary: "one row for each half hour, keyed by room and time, all in one transaction",
  cost: "a meeting of a day is sixteen rows, and nobody can begin at a quarter past",
  requires: ["transactions"],
  async run(work, session) {
    const wanted = wantedBy(work);
    await session.begin("read committed");
    for (let half = wanted.from; half < wanted.to; half++) {
      const row = { id: half, meeting: wanted.id };
      if ((await session.insertRow({ table: "half-hour", row, onConflict: "nothing" })) === 1) continue;
      await session.rollback();
      return rejected("taken");
    }
    await session.insertRow({ table: "booking", row: rowOf(wanted) });
    await session.commit();
    return ok();
  },
});

async function insertedBy(session: Session, wanted: Meeting) {
  await session.insertRow({ table: "booking", row: rowOf(wanted) });
  return ok();
}

export default lesson({
  title: { en: "Double booking", ko: "겹치는 예약" },
  summary: {
    en: "Ten to eleven, and half past ten to half past eleven. Both look at an empty calendar, and both get the room.",
    ko: "10시부터 11시, 10시 반부터 11시 반. 둘 다 빈 달력을 보고, 둘 다 회의실을 얻습니다.",
  },
  size: { tasks: 2 },
  load: { requests: 20, think: 1 },

  scenario: ({ tasks }) => ({
    rows: { [ROOM]: { name: "Han river" } },
    tasks: Array.from({ length: tasks }, (_, i) => book(meeting(i + 1))),
    tally: {
      name: "overlaps",
      done: "booked",
      off: { en: "N at the same time", ko: "N건 겹침" },
      actual: (rows) => clashes(rows).length,
      expected: () => 0,
    },
    properties: [
      {
        name: "no two bookings overlap",
        kind: "outcome",
        test({ rows }) {
          const [clash] = clashes(rows);
          if (!clash) return null;
          const [one, other] = clash.map(({ from, to }) => [clock(from), clock(to)] as const) as [
            readonly [string, string],
            readonly [string, string],
          ];
          return {
            en: `the room is booked from ${one[0]} to ${one[1]} and from ${other[0]} to ${other[1]}`,
            ko: `회의실이 ${one[0]}~${one[1]}, ${other[0]}~${other[1]} 두 번 예약되었습니다`,
          };
        },
      },
      {
        name: "who is told ok has the room",
        kind: "outcome",
        test({ rows, outcomes }) {
          const told = outcomes.filter((outcome) => outcome?.status === "ok").length;
          return told === booked(rows).length
            ? null
            : {
                en: `${told} were told ok, and the calendar has ${booked(rows).length}`,
                ko: `${told}명이 ok를 받았는데 달력에는 ${booked(rows).length}건이 있습니다`,
              };
        },
      },
    ],
  }),

  label: ({ rows }) => {
    const [count, overlaps] = [booked(rows).length, clashes(rows).length];
    return `${count} booked${overlaps > 0 ? `, ${overlaps} overlapping` : ""}`;
  },

  variants: { "lock-what-is-there": lockWhatIsThere, snapshot, "half-hours": halfHours },

  claims: [
    {
      strategy: "none",
      breaks: "no two bookings overlap",
      because: {
        en: "Both look before either has inserted, and each inserts a row of its own: nothing that one writes is written by the other.",
        ko: "어느 쪽도 넣기 전에 둘 다 조회하고, 각자 자기 행을 넣습니다. 한쪽이 쓴 것을 다른 쪽이 쓰는 일은 없습니다.",
      },
    },
    {
      strategy: "lock-what-is-there",
      breaks: "no two bookings overlap",
      because: {
        en: "In PostgreSQL FOR UPDATE locks the rows that it finds. It finds none.",
        ko: "PostgreSQL의 FOR UPDATE는 찾은 행만 잠급니다. 찾은 행이 없습니다.",
      },
    },
    {
      strategy: "snapshot",
      breaks: "no two bookings overlap",
      because: {
        en: "Each sees the calendar as it was at its beginning, and no row is written twice, so the database has nothing to refuse.",
        ko: "각자 시작할 때의 달력만 봅니다. 두 번 쓰인 행이 없으니 데이터베이스가 거절할 것도 없습니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "It locks the room, a row that is always there: who comes second looks at the calendar after the first has committed.",
        ko: "언제나 있는 행, 곧 회의실을 잠급니다. 두 번째는 첫 번째가 커밋한 뒤에 달력을 봅니다.",
      },
    },
    {
      strategy: "row-lock",
      size: { tasks: 3 },
      holds: true,
      because: {
        en: "The third meeting begins when the first one ends: both are booked, in every order.",
        ko: "세 번째 회의는 첫 번째가 끝날 때 시작합니다. 어떤 순서에서도 둘 다 예약됩니다.",
      },
    },
    {
      strategy: "serializable",
      holds: true,
      because: {
        en: "The database notes what each has looked for. One of them is refused with 40001, asks again, and then sees the other booking.",
        ko: "데이터베이스는 각자 무엇을 찾았는지 기억합니다. 한쪽이 40001로 거절되고, 다시 시도하면 상대의 예약이 보입니다.",
      },
    },
    {
      strategy: "half-hours",
      holds: true,
      because: {
        en: "Two meetings at the same time want the same half hour, and its key is taken. All ask in the order of the day, so no cycle of waits can form.",
        ko: "같은 시간의 두 회의는 같은 30분을 원하고, 그 키는 이미 있습니다. 모두 시간 순서로 요청하니 서로 물고 기다리지 않습니다.",
      },
    },
  ],

  goals: {
    "no two bookings overlap": { en: "Let two bookings overlap", ko: "예약 두 개 겹치게 하기" },
    "who is told ok has the room": { en: "Say ok without a room", ko: "방 없이 ok라고 답하기" },
  },

  questions: [
    {
      kind: "choice",
      ask: {
        en: "PostgreSQL, read committed: SELECT … FOR UPDATE finds no overlapping booking. What does it lock?",
        ko: "PostgreSQL, read committed: SELECT … FOR UPDATE가 겹치는 예약을 하나도 못 찾았습니다. 무엇을 잠글까요?",
      },
      options: [
        { en: "the gap between the bookings", ko: "예약 사이의 빈 구간" },
        { en: "the table, until the commit", ko: "커밋할 때까지 테이블 전체" },
        { en: "nothing at all", ko: "아무것도" },
        { en: "the room of the bookings", ko: "예약이 속한 회의실" },
      ],
      answer: 2,
      because: {
        en: "It locks rows that it returns. InnoDB (MySQL) at repeatable read locks the gap as well; there both inserts wait for each other's gap, and one of them is rolled back with error 1213.",
        ko: "돌려준 행만 잠급니다. InnoDB(MySQL)의 repeatable read는 빈 구간도 잠그지만, 두 INSERT가 서로의 구간을 기다리다 한쪽이 1213 오류로 롤백됩니다.",
      },
    },
    {
      kind: "ends",
      strategy: "none",
      size: { tasks: 3 },
      ask: {
        en: "Three meetings, each overlaps the next one. Without protection, how can it end?",
        ko: "회의 셋, 각각 바로 다음 것과 겹칩니다. 보호가 없으면 어떻게 끝날 수 있을까요?",
      },
      also: ["3 booked, 1 overlapping", "3 booked", "0 booked"],
    },
    {
      kind: "how-many",
      strategy: "row-lock",
      ask: {
        en: "With the room's row locked first: how many of all interleavings end right?",
        ko: "회의실 행을 먼저 잠그면 모든 순서 중 맞게 끝나는 것은?",
      },
    },
  ],

  exercise: {
    asks: {
      en: "a row lock, without serializable and without a named lock: lock what is there, so that the other one looks later",
      ko: "serializable도 이름 붙인 락도 없이 행 락 하나로: 이미 있는 것을 잠가서, 상대가 나중에 조회하게 하세요",
    },
    ways: [
      {
        uses: ["transactions", "row-locks"],
        because: {
          en: "The room stands for its calendar: who has locked it is the only one to look and to insert.",
          ko: "회의실 행이 달력 전체를 대신합니다. 그 행을 잠근 쪽만 조회하고 넣습니다.",
        },
      },
    ],
    without: ["locks", "leases", "serializable"],
  },

  cost: {
    en: "The lock on the room lets nobody book another day meanwhile. PostgreSQL has a constraint for this: EXCLUDE USING gist (room WITH =, during WITH &&), which refuses the second booking with 23P01 and makes no other day wait. MySQL has none.",
    ko: "회의실을 잠그면 그동안 다른 날도 예약할 수 없습니다. PostgreSQL에는 이를 위한 제약이 있습니다. EXCLUDE USING gist (room WITH =, during WITH &&)는 두 번째 예약을 23P01로 거절하고 다른 날은 기다리게 하지 않습니다. MySQL에는 없습니다.",
  },
});
