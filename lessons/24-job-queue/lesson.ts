import {
  type Json,
  type Key,
  lesson,
  ok,
  type Row,
  type Rows,
  rejected,
  type Select,
  type Session,
  strategy,
  type Work,
} from "racelab";

const QUEUE: Key = "queue/mail";
const OPEN: Select = { table: "job", where: ["=", "status", { text: "open" }], limit: 1 };

/** Is there an open job? Read it, do it, and note that it is done. Written as if there were one worker. */
const work = (): Work => ({
  name: "take a job",
  who: { en: "worker", ko: "워커" },
  keys: [QUEUE],
  async body({ read, select, call, write }) {
    await read(QUEUE);
    const [job] = await select(OPEN);
    if (!job) return rejected("nothing to do");
    const text = await read(keyOf(job));
    await call("mail", { job: job["id"]! });
    await write(keyOf(job), { ...text, status: "done" });
    return ok();
  },
});

const keyOf = (job: Row): Key => `job/${job["id"]}`;
/** A job has its number from its key. */
const jobs = (rows: Rows): readonly { readonly id: string; readonly status: Json }[] =>
  Object.entries(rows).flatMap(([key, row]) =>
    key.startsWith("job/") ? [{ id: key.slice("job/".length), status: row["status"] ?? null }] : [],
  );
const done = (rows: Rows): number => jobs(rows).filter(({ status }) => status === "done").length;
/** The job of every mail that has gone out. */
const mails = (rows: Rows): readonly string[] =>
  Object.entries(rows).flatMap(([key, row]) =>
    key.startsWith("service/mail/") ? [String((row["request"] as { readonly job: unknown }).job)] : [],
  );

const told = (outcomes: readonly ({ readonly status: string } | null | undefined)[]): number =>
  outcomes.filter((outcome) => outcome?.status === "ok").length;

/** Takes an open job by a locking read, does it, and commits: a worker that dies gives the job back. */
const taking =
  (ifLocked: "wait" | "skip", send: (session: Session, job: Row) => Promise<unknown>) => (_: Work, session: Session) =>
    session.transaction("read committed", async () => {
      const [job] = await session.select({ ...OPEN, lock: "update", ifLocked });
      if (!job) return rejected("nothing to do");
      await send(session, job);
      await session.write(keyOf(job), { ...job, status: "done" });
      return ok();
    });
const mail = (session: Session, job: Row) => session.call("mail", { job: job["id"]! });

const forUpdate = strategy({
  summary: "a transaction; SELECT … LIMIT 1 FOR UPDATE",
  cost: "all workers wait at the same job: two are as fast as one",
  requires: ["transactions", "row-locks"],
  run: taking("wait", mail),
});

const skipLocked = strategy({
  summary: "a transaction; SELECT … LIMIT 1 FOR UPDATE SKIP LOCKED",
  cost: "the transaction is open while the job is done; a worker that dies after the mail sends it again",
  requires: ["transactions", "row-locks"],
  run: taking("skip", mail),
});

const skipLockedWithKey = strategy({
  summary: "SKIP LOCKED, and the job's number goes along as the key of the mail",
  cost: "the mail service has to remember the numbers",
  requires: ["transactions", "row-locks"],
  run: taking("skip", (session, job) => session.call("mail", { job: job["id"]!, idempotencyKey: `job-${job["id"]}` })),
});

/** The job is taken in a statement of its own, and done afterwards. */
const claimFirst = strategy({
  summary: "UPDATE … SET status = taken WHERE status = open, then do the job, then note it",
  cost: "a worker that dies leaves a job that is taken for ever: somebody has to look for old ones",
  requires: ["conditional-update"],
  async run(_, session) {
    const open = await session.select({ table: "job", where: ["=", "status", { text: "open" }] });
    for (const job of open) {
      const where = ["=", "status", { text: "open" }] as const;
      if ((await session.updateWhere({ key: keyOf(job), where, set: { status: { text: "taken" } } })) === 0) continue;
      await mail(session, job);
      await session.write(keyOf(job), { ...job, status: "done" });
      return ok();
    }
    return rejected("nothing to do");
  },
});

export default lesson({
  title: { en: "A job queue in a table", ko: "테이블로 만든 작업 큐" },
  summary: {
    en: "Two workers ask a table for the next job. Both get the same one; or one waits for it, and two are as fast as one.",
    ko: "워커 둘이 테이블에 다음 작업을 묻습니다. 같은 작업을 둘 다 받거나, 한쪽이 기다리느라 둘이 하나만큼만 빠릅니다.",
  },
  size: { tasks: 2 },
  load: { requests: 20, think: 1 },

  // One job for each worker.
  scenario: ({ tasks, jobs: count = tasks }) => {
    const worker = work();
    return {
      rows: {
        [QUEUE]: { name: "mail" },
        ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`job/${i + 1}`, { status: "open" }])),
      },
      tasks: Array.from({ length: tasks }, () => worker),
      tally: {
        name: "mails",
        done: "done",
        off: { above: { en: "N sent twice", ko: "N통 두 번 나감" }, below: { en: "N not sent", ko: "N통 안 나감" } },
        actual: (rows) => mails(rows).length,
        expected: ({ outcomes }) => told(outcomes),
      },
      properties: [
        {
          name: "no mail is sent twice",
          kind: "outcome",
          test({ rows }) {
            const sent = mails(rows);
            const twice = sent.find((job, i) => sent.indexOf(job) !== i);
            return twice === undefined
              ? null
              : { en: `the mail of job ${twice} went out twice`, ko: `작업 ${twice}의 메일이 두 번 나갔습니다` };
          },
        },
        {
          name: "a job that is called done is done",
          kind: "outcome",
          test({ rows, outcomes }) {
            const unsent = jobs(rows).find(({ id, status }) => status === "done" && !mails(rows).includes(id));
            if (unsent)
              return {
                en: `job ${unsent.id} is done, and no mail went out`,
                ko: `작업 ${unsent.id}은(는) 완료인데 메일이 나가지 않았습니다`,
              };
            const said = told(outcomes);
            return said <= done(rows)
              ? null
              : {
                  en: `${said} workers have done a job, and ${done(rows)} are done`,
                  ko: `워커 ${said}명이 작업을 했다는데 완료는 ${done(rows)}건입니다`,
                };
          },
        },
        {
          name: "no job is left in somebody's hand",
          kind: "outcome",
          test({ rows }) {
            const stuck = jobs(rows).find(({ status }) => status === "taken");
            return stuck
              ? {
                  en: `job ${stuck.id} is taken, and nobody is doing it`,
                  ko: `작업 ${stuck.id}은(는) '맡음' 상태인데 하는 사람이 없습니다`,
                }
              : null;
          },
        },
      ],
    };
  },

  label({ rows, outcomes }) {
    const idle = outcomes.filter((outcome) => outcome?.status === "rejected").length;
    const taken = jobs(rows).filter(({ status }) => status === "taken").length;
    const sent = [...mails(rows)].sort().join(" ");
    return `${done(rows)} done, mail ${sent || "-"}${taken ? `, ${taken} taken` : ""}${idle ? `, ${idle} idle` : ""}`;
  },

  variants: {
    "for-update": forUpdate,
    "skip-locked": skipLocked,
    "skip-locked-with-key": skipLockedWithKey,
    "claim-first": claimFirst,
  },

  claims: [
    {
      strategy: "none",
      breaks: "no mail is sent twice",
      because: {
        en: "Both look before either has noted that the job is done, and both get the first one.",
        ko: "어느 쪽도 '완료'라고 적기 전에 둘 다 조회하고, 둘 다 첫 작업을 받습니다.",
      },
    },
    {
      strategy: "for-update",
      holds: true,
      because: {
        en: "The second worker waits for the first job, finds it done, and goes on to the next: right, and no faster than one worker.",
        ko: "두 번째 워커는 첫 작업을 기다렸다가 '완료'를 보고 다음 작업으로 넘어갑니다. 맞지만 워커 하나보다 빠르지 않습니다.",
      },
    },
    {
      strategy: "skip-locked",
      holds: true,
      because: {
        en: "A job that somebody has locked is passed over, and the next one is free.",
        ko: "누가 잠근 작업은 건너뛰고, 다음 작업은 비어 있습니다.",
      },
    },
    {
      strategy: "skip-locked",
      faults: { crash: 1 },
      breaks: "no mail is sent twice",
      because: {
        en: "The worker dies after the mail and before the commit. The job is open again, the mail is not.",
        ko: "메일을 보낸 뒤, 커밋하기 전에 워커가 죽습니다. 작업은 다시 열리지만 메일은 이미 나갔습니다.",
      },
    },
    {
      strategy: "skip-locked-with-key",
      faults: { crash: 1 },
      holds: true,
      because: {
        en: "The job is done a second time, and the mail service knows its number.",
        ko: "작업은 두 번 실행되지만 메일 서비스가 그 번호를 알아봅니다.",
      },
    },
    {
      strategy: "skip-locked-with-key",
      size: { tasks: 3 },
      holds: true,
      because: { en: "Three workers, three jobs: nobody waits.", ko: "워커 셋, 작업 셋: 아무도 기다리지 않습니다." },
    },
    {
      strategy: "claim-first",
      holds: true,
      because: {
        en: "Only one UPDATE finds the job open; the other worker takes the next.",
        ko: "작업이 열려 있는 것을 본 UPDATE는 하나뿐이고, 다른 워커는 다음 작업을 맡습니다.",
      },
    },
    {
      strategy: "claim-first",
      faults: { crash: 1 },
      breaks: "no job is left in somebody's hand",
      because: {
        en: "The worker dies with the job in its hand. Nothing gives it back: that needs a deadline in the row.",
        ko: "워커가 작업을 맡은 채 죽습니다. 돌려줄 것이 없습니다. 행에 기한을 적어 두어야 합니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "One worker at a time asks the queue, and works meanwhile: right, and no faster than one worker.",
        ko: "한 번에 워커 하나만 큐에 묻고, 일하는 동안 쥐고 있습니다. 맞지만 워커 하나보다 빠르지 않습니다.",
      },
    },
  ],

  goals: {
    "no mail is sent twice": { en: "Send one mail twice", ko: "메일 하나를 두 번 보내기" },
    "a job that is called done is done": { en: "Call a job done that is not", ko: "하지 않은 작업을 끝났다고 하기" },
    "no job is left in somebody's hand": { en: "Leave a job in a worker's hand", ko: "작업 하나를 워커 손에 남겨 두기" },
  },

  questions: [
    {
      kind: "choice",
      ask: {
        en: "PostgreSQL: job 1 is locked by another worker, job 2 is open. SELECT … LIMIT 1 FOR UPDATE waits; the other commits job 1 as done. What comes back?",
        ko: "PostgreSQL: 작업 1은 다른 워커가 잠갔고 작업 2는 열려 있습니다. SELECT … LIMIT 1 FOR UPDATE가 기다리는 사이 상대가 작업 1을 완료로 커밋합니다. 무엇이 돌아올까요?",
      },
      options: [
        { en: "job 1, as it was", ko: "원래대로의 작업 1" },
        { en: "no row at all", ko: "아무 행도 없음" },
        { en: "error 40001", ko: "오류 40001" },
        { en: "job 2", ko: "작업 2" },
      ],
      answer: 3,
      because: {
        en: "The row that it waited for is tested again and no longer fits. A row that was passed over does not count for LIMIT, so the search goes on. The wait was for nothing all the same.",
        ko: "기다리던 행을 다시 검사하니 조건에 맞지 않습니다. 지나친 행은 LIMIT에 세지 않으므로 조회가 이어집니다. 그래도 기다린 시간은 헛되었습니다.",
      },
    },
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "No lock, two workers, two jobs. How can it end?",
        ko: "락 없이 워커 둘, 작업 둘. 어떻게 끝날 수 있을까요?",
      },
      also: ["2 done, mail 1 1", "1 done, mail 1, 1 idle"],
    },
    {
      kind: "how-many",
      strategy: "skip-locked",
      faults: { crash: 1 },
      ask: {
        en: "SKIP LOCKED, and one worker may die where it stands: how many of all interleavings end right?",
        ko: "SKIP LOCKED이고 워커 하나가 아무 데서나 죽을 수 있습니다. 모든 순서 중 맞게 끝나는 것은?",
      },
    },
  ],

  exercise: {
    asks: {
      en: "a locking read that lets nobody wait, and a job that is given back when its worker dies: without a named lock",
      ko: "이름 붙인 락 없이: 아무도 기다리게 하지 않는 잠금 읽기, 그리고 워커가 죽으면 작업이 되돌아올 것",
    },
    ways: [
      {
        uses: ["transactions", "row-locks"],
        because: {
          en: "The lock on the job's row ends with its worker, and the others pass the row over.",
          ko: "작업 행의 락은 워커와 함께 끝나고, 다른 워커들은 그 행을 건너뜁니다.",
        },
      },
    ],
    without: ["locks", "leases", "serializable"],
  },

  cost: {
    en: "A transaction stays open as long as a job takes: keep jobs short, or take the job with a deadline and look for old ones. Done jobs that stay in the table make the search slower: the index should cover open ones only. Nobody promises an order.",
    ko: "작업하는 동안 트랜잭션이 열려 있습니다. 작업을 짧게 하거나, 기한을 적어 맡고 오래된 것을 찾으세요. 끝난 작업이 테이블에 남으면 조회가 느려지니 인덱스는 열린 것만 담아야 합니다. 순서는 보장되지 않습니다.",
  },
});
