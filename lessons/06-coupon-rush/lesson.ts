import { type End, type Json, type Key, lesson, ok, type Rows, rejected, strategy, type Work } from "racelab";

type Coupon = { left: number; [column: string]: Json };

const COUPON = "coupon/1";

/**
 * The natural key: the row's own name says that a user has one. There is no second row of that name. With more than one kind of
 * coupon it is the pair (coupon, user).
 */
const issuedTo = (user: string): Key => `issued/${user}`;

/** Are there any left? Has this user got one? Then count one off and write it down. */
const claim = (user: string): Work => ({
  name: `${user} wants a coupon`,
  who: { en: "click", ko: "클릭" },
  keys: [COUPON],
  async body({ read, find, write, insert }) {
    const coupon = await read<Coupon>(COUPON);
    if (await find(issuedTo(user))) return rejected("you have one already");
    if (coupon.left < 1) return rejected("all gone");
    await write(COUPON, { ...coupon, left: coupon.left - 1 });
    return (await insert(issuedTo(user), { user })) ? ok() : rejected("you have one already");
  },
  request: { idempotencyKey: `claim/${user}`, payload: { user } },
});

const issued = (rows: Rows) => Object.entries(rows).flatMap(([key, row]) => (key.startsWith("issued/") ? [row["user"]] : []));
const left = (rows: Rows) => Number(rows[COUPON]?.["left"]);
const yes = ({ outcomes }: Pick<End, "outcomes">) => outcomes.filter((outcome) => outcome?.status === "ok").length;

/** The user who asks, as a strategy of this lesson knows it. */
const userOf = (work: Work) => (work.request!.payload as { user: string }).user;

/** BEGIN, the rule with its natural key, COMMIT. Nobody locks the counter. */
const keyWithoutLock = strategy({
  summary: "a transaction and the unique key, but no lock on the counter",
  cost: "more coupons than the budget has",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});

/** Coupons are numbered, and the user is only a column. "Has he got one?" is asked at the door, before the lock. */
const lockWithoutKey = strategy({
  summary: "the counter is locked, but no key says one per user",
  cost: "a double click is two coupons",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    const user = userOf(work);
    const mine = await session.select({ table: "issued", where: ["=", "user", { text: user }] });
    if (mine.length > 0) return rejected("you have one already");
    return session.transaction("read committed", async () => {
      const coupon = await session.selectForUpdate(COUPON);
      const number = Number(coupon?.["left"]);
      if (number < 1) return rejected("all gone");
      await session.write(COUPON, { left: number - 1 });
      await session.insert(`issued/no-${number}`, { user });
      return ok();
    });
  },
});

/** The same without the key, but the question is asked once the lock is held. */
const questionUnderTheLock = strategy({
  summary: "no key either, but the question is asked under the lock",
  cost: "right only as long as every code path takes this lock: the key would not depend on that",
  requires: ["transactions", "row-locks"],
  run: (work, session) =>
    session.transaction("read committed", async () => {
      const user = userOf(work);
      const coupon = await session.selectForUpdate(COUPON);
      const number = Number(coupon?.["left"]);
      const mine = await session.select({ table: "issued", where: ["=", "user", { text: user }] });
      if (mine.length > 0) return rejected("you have one already");
      if (number < 1) return rejected("all gone");
      await session.write(COUPON, { left: number - 1 });
      await session.insert(`issued/no-${number}`, { user });
      return ok();
    }),
});

export default lesson({
  title: { en: "Coupon rush", ko: "선착순 쿠폰" },
  summary: {
    en: "Ten coupons, a hundred clicks, one impatient finger. Never an eleventh, and never two to one user.",
    ko: "쿠폰 10장, 클릭 100번, 성급한 손가락 하나. 열한 번째는 없어야 하고, 한 사람에게 두 장도 없어야 합니다.",
  },
  size: { tasks: 4 },
  load: { requests: 100, think: 1 },

  // User 1 asks twice. Ten coupons for a hundred requests, never fewer than two.
  scenario: ({ tasks, coupons = Math.max(2, Math.floor(tasks / 10)) }) => {
    const twice = claim("user-1");
    const works = Array.from({ length: tasks }, (_, i) => (i < 2 ? twice : claim(`user-${i}`)));
    return {
      rows: { [COUPON]: { left: coupons } },
      tasks: works,
      tally: {
        // What is gone, not what is left: 99 promises of 10 coupons would leave -89.
        name: "coupons gone",
        done: "issued",
        off: {
          above: { en: "N taken and not issued", ko: "발급 없이 N장 빠짐" },
          below: { en: "promised N too many", ko: "N장 초과 약속" },
        },
        actual: (rows) => coupons - left(rows),
        expected: ({ outcomes }) => yes({ outcomes }),
      },
      properties: [
        {
          name: "never more coupons than there are",
          kind: "outcome",
          test({ rows, before }) {
            const out = issued(rows).length;
            return out <= left(before)
              ? null
              : {
                  en: `${out} coupons were issued, and the budget was ${left(before)}`,
                  ko: `쿠폰은 ${left(before)}장뿐인데 ${out}장이 나갔습니다`,
                };
          },
        },
        {
          name: "never two to one user",
          kind: "outcome",
          test({ rows }) {
            const users = issued(rows);
            const twice = users.find((user, i) => users.indexOf(user) !== i);
            return twice === undefined ? null : { en: `${twice} has two coupons`, ko: `${twice}에게 쿠폰이 두 장 나갔습니다` };
          },
        },
        {
          name: "no coupon vanishes",
          kind: "outcome",
          test({ rows, before }) {
            const gone = left(before) - left(rows) - issued(rows).length;
            return gone <= 0
              ? null
              : { en: `${gone} counted off, and nobody has it`, ko: `${gone}장이 줄었는데 가진 사람이 없습니다` };
          },
        },
        {
          name: "a user who is told ok has a coupon",
          kind: "outcome",
          test({ rows, outcomes }) {
            const fooled = works.find((work, i) => outcomes[i]?.status === "ok" && !issued(rows).includes(userOf(work)));
            return fooled
              ? {
                  en: `${userOf(fooled)} was told ok, and no coupon was issued to that user`,
                  ko: `${userOf(fooled)}은 ok를 받았는데 발급된 쿠폰이 없습니다`,
                }
              : null;
          },
        },
      ],
    };
  },

  label({ rows, outcomes }) {
    const failed = outcomes.filter((outcome) => outcome?.status === "failed").length;
    return `${issued(rows).length} issued to ${new Set(issued(rows)).size}, ${left(rows)} left${failed ? `, ${failed} shown an error` : ""}`;
  },

  grade({ before, rows }) {
    const users = issued(rows);
    if (users.length > left(before))
      return {
        grade: "forbidden",
        says: { en: "One coupon more than the budget has.", ko: "예산보다 한 장이 더 나갔습니다." },
      };
    if (new Set(users).size < users.length)
      return {
        grade: "forbidden",
        says: {
          en: "The number is right, and one screenshot goes around: somebody has two.",
          ko: "수량은 맞지만 한 사람이 두 장입니다. 캡처가 또 돌겠습니다.",
        },
      };
    if (left(before) - left(rows) > users.length)
      return {
        grade: "forbidden",
        says: {
          en: "A coupon is counted off, and nobody holds it.",
          ko: "한 장이 줄었는데 가진 사람이 없습니다.",
        },
      };
    if (left(rows) > 0) return null;
    return {
      grade: "expected",
      says: {
        en: "All coupons are gone, each to a different user. Which users were quick enough is luck.",
        ko: "모두 나갔고, 모두 다른 사람에게 갔습니다. 누가 빨랐는지는 운입니다.",
      },
    };
  },

  variants: {
    "key-without-lock": keyWithoutLock,
    "lock-without-key": lockWithoutKey,
    "question-under-the-lock": questionUnderTheLock,
  },

  claims: [
    {
      strategy: "none",
      breaks: "never more coupons than there are",
      because: {
        en: "Three users read 'two left', and all three get one.",
        ko: "세 사람이 '2장 남음'을 읽고, 셋 다 받습니다.",
      },
    },
    {
      strategy: "key-without-lock",
      breaks: "never more coupons than there are",
      because: {
        en: "The key limits coupons per user and knows nothing about the total. Different users never collide on it.",
        ko: "유니크 키는 한 사람이 몇 장인지만 볼 뿐, 모두 몇 장인지는 모릅니다. 서로 다른 사람은 키에서 부딪히지 않습니다.",
      },
    },
    {
      strategy: "lock-without-key",
      breaks: "never two to one user",
      because: {
        en: "Both clicks check at the door, and both truthfully find no coupon. Then they queue for the lock, and each gets one.",
        ko: "두 클릭 모두 문 앞에서 '없어요'라고 사실대로 답합니다. 그러고는 락 앞에 줄을 서서 한 장씩 받습니다.",
      },
    },
    {
      strategy: "question-under-the-lock",
      holds: true,
      because: {
        en: "The request that holds the lock sees every coupon that was issued before. It depends on every code path taking the same lock.",
        ko: "락 안에서는 먼저 발급된 것이 모두 보입니다. 단, 모든 코드 경로가 같은 락을 잡아야만 합니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "The lock guards the number, the key guards the user. Each has its own job.",
        ko: "락은 수량을 지키고 키는 사람을 지킵니다. 각자 맡은 일이 다릅니다.",
      },
    },
    {
      strategy: "mutex",
      holds: true,
      because: {
        en: "One claim at a time, on one server.",
        ko: "서버 한 대 안에서 한 번에 한 명씩.",
      },
    },
    {
      strategy: "cas",
      breaks: "no coupon vanishes",
      because: {
        en: "The counter is compared, but counter and coupon are two writes: the second click counts one off, then finds the key taken and leaves empty-handed.",
        ko: "카운터는 비교하지만 카운터와 발급은 두 번의 쓰기입니다. 두 번째 클릭이 한 장을 줄여 놓고 키에 막혀 빈손으로 나갑니다.",
      },
    },
  ],

  goals: {
    "never more coupons than there are": { en: "Give out one coupon too many", ko: "쿠폰을 하나 더 내주기" },
    "never two to one user": { en: "Give one user two coupons", ko: "한 사람에게 쿠폰 두 장 주기" },
    "no coupon vanishes": { en: "Make a coupon vanish", ko: "쿠폰 하나 사라지게 하기" },
    "a user who is told ok has a coupon": { en: "Say ok without a coupon", ko: "쿠폰 없이 ok라고 답하기" },
  },

  questions: [
    {
      kind: "choice",
      ask: {
        en: "The table has a unique key on (user, coupon). Two coupons, three users, no lock. What is the worst that can happen?",
        ko: "(user, coupon)에 유니크 키가 있습니다. 쿠폰 2장, 세 사람, 락 없음. 최악의 결과는?",
      },
      options: [
        { en: "three are issued", ko: "세 장이 발급된다" },
        { en: "one user gets two", ko: "한 사람이 두 장을 받는다" },
        { en: "nothing: the key protects", ko: "키가 지켜 주니 문제없다" },
      ],
      answer: 0,
      because: {
        en: "The key stops the same user twice. It has never heard of the number two.",
        ko: "키는 같은 사람이 두 번 받는 것만 막습니다. '2장'이라는 숫자는 들어 본 적도 없습니다.",
      },
    },
    {
      kind: "ends",
      strategy: "row-lock",
      ask: {
        en: "With the row lock and the key: which outcomes are possible?",
        ko: "행 락과 유니크 키가 모두 있다면 어떤 결과가 가능할까요?",
      },
      also: ["2 issued to 1, 0 left", "3 issued to 3, 0 left", "1 issued to 1, 1 left"],
    },
    {
      kind: "how-many",
      strategy: "none",
      ask: {
        en: "Without a lock, four requests at once: how many of all interleavings end right?",
        ko: "락 없이 네 요청이 동시에 옵니다. 모든 순서 중 올바르게 끝나는 것은 얼마나 될까요?",
      },
    },
  ],

  exercise: {
    asks: {
      en: "without a lock that is taken first: one conditional statement counts, one key for each user refuses, both in one transaction",
      ko: "먼저 잡는 락 없이, 조건부 문장 하나가 세고 사용자마다 키 하나가 막습니다. 둘은 트랜잭션 하나입니다",
    },
    ways: [
      {
        uses: ["transactions", "conditional-update"],
        because: {
          en: "Each rule has its own statement, and what is refused takes the other back.",
          ko: "규칙마다 자기 문장이 있고, 하나가 거절되면 다른 하나도 되돌립니다.",
        },
      },
    ],
    without: ["locks", "row-locks", "leases", "serializable"],
  },

  cost: {
    en: "Everybody who wants this coupon queues for one row: a hundred thousand clicks are one line. The key costs an index, and nothing else; with more than one kind of coupon it is the pair (coupon, user).",
    ko: "이 쿠폰을 원하는 모두가 행 하나 앞에 줄을 섭니다. 클릭 10만 번도 한 줄입니다. 키의 비용은 인덱스 하나뿐이고, 쿠폰이 여러 종류라면 (쿠폰, 사용자) 쌍이 키입니다.",
  },
});
