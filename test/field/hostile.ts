/**
 * Small programs that go wrong as programs of the trade do, for the laws of what is told: each with the name that its first
 * counterexample must bear (null: it has none, and a plain sentence says what was no longer true).
 */
import { type ExploreOptions, ok, type Property, type Rows, rejected, type Session } from "racelab";

export interface Hostile {
  readonly name: string;
  readonly options: ExploreOptions;
  /** By broken property, the name of the finding that is told first. */
  readonly told: { readonly [property: string]: string | null };
}

export const outcome = (name: string, test: Extract<Property, { kind: "outcome" }>["test"]): Property => ({
  name,
  kind: "outcome",
  test,
});
export const under = (rows: Rows, prefix: string): readonly Rows[string][] =>
  Object.entries(rows).flatMap(([key, row]) => (key.startsWith(prefix) ? [row] : []));
export const atMost = (prefix: string, most: number, what: string): Property =>
  outcome(what, ({ rows }) => {
    const { length } = under(rows, prefix);
    return length > most ? `${length}, and ${most} is the most` : null;
  });
const error = "nobody is shown an error";

const lookThenBlindWrite: Hostile = {
  name: "look at one table, then write another without looking",
  options: {
    rows: { "user/1": { role: "admin" }, "door/1": { open: false } },
    tasks: [
      async (s: Session) => {
        const { role } = await s.read("user/1");
        if (role !== "admin") return rejected("403");
        await s.write("door/1", { open: true });
        return ok();
      },
      async (s: Session) => {
        await s.write("user/1", { role: "guest" });
        await s.write("door/1", { open: false });
        return ok();
      },
    ],
    properties: [
      outcome("a guest opens no door", ({ rows }) =>
        rows["door/1"]!["open"] && rows["user/1"]!["role"] === "guest" ? "the door is open for a guest" : null,
      ),
    ],
  },
  told: { "a guest opens no door": "check then act" },
};

const countThenInsert = (id: string) => async (s: Session) => {
  const seats = await s.select({ table: "seat", where: ["=", "room", 1] });
  if (seats.length >= 1) return rejected("full");
  await s.insertRow({ table: "seat", row: { id, room: 1 } });
  return ok();
};
const count: Hostile = {
  name: "select the count, then insert",
  options: {
    tables: { seat: { columns: { id: "text", room: "int" }, primaryKey: ["id"] } },
    tasks: [countThenInsert("a"), countThenInsert("b")],
    properties: [atMost("seat/", 1, "one seat a room")],
  },
  told: { "one seat a room": "phantom" },
};

const unlocksFirst = (s: Session) =>
  s.transaction("read committed", async () => {
    await s.acquire("order");
    const { n } = await s.read<{ n: number }>("order/1");
    await s.write("order/1", { n: n + 1 });
    await s.release("order");
    return ok();
  });
const unlockBeforeCommit: Hostile = {
  name: "unlock, then commit",
  options: {
    rows: { "order/1": { n: 0 } },
    tasks: [unlocksFirst, unlocksFirst],
    properties: [
      outcome("both are counted", ({ rows }) => (rows["order/1"]!["n"] === 2 ? null : `n is ${rows["order/1"]!["n"]}`)),
    ],
  },
  told: { "both are counted": "lock released too early" },
};

const sellsFromTheCache = (id: string) => async (s: Session) => {
  const { left } = await s.read<{ left: number }>("cache/1");
  if (left < 1) return rejected("sold out");
  await s.insert(`order/${id}`, { n: 1 });
  await s.write("cache/1", { left: left - 1 });
  const stock = await s.read<{ left: number }>("stock/1");
  await s.write("stock/1", { left: stock.left - 1 });
  return ok();
};
const cacheBeforeStore: Hostile = {
  name: "the cache is read, the store is written behind",
  options: {
    rows: { "cache/1": { left: 1 }, "stock/1": { left: 1 } },
    tasks: [sellsFromTheCache("a"), sellsFromTheCache("b")],
    properties: [atMost("order/", 1, "one order for one piece")],
  },
  told: { "one order for one piece": "check then act" },
};

const increments = async (s: Session) => {
  const row = await s.find<{ n: number }>("hits/1");
  await s.write("hits/1", { n: (row?.n ?? 0) + 1 });
  return ok();
};
const twoStepIncrement: Hostile = {
  name: "INCR in two steps",
  options: {
    tasks: [increments, increments],
    properties: [
      outcome("every hit counts", ({ rows }) => (rows["hits/1"]!["n"] === 2 ? null : `${rows["hits/1"]!["n"]} of 2 hits`)),
    ],
  },
  told: { "every hit counts": "lost update" },
};

const retriesAndSendsAgain = async (s: Session) => {
  for (let i = 0; i < 3; i++) {
    const seen = (await s.readVersioned("order/1"))!;
    await s.publish("mail", { order: 1, by: "server" });
    if (await s.compareAndSet("order/1", { n: (seen.row["n"] as number) + 1 }, seen.version)) return ok();
  }
  return rejected("busy");
};
const resend: Hostile = {
  name: "a retry that sends the message again",
  options: {
    rows: { "order/1": { n: 0 } },
    tasks: [
      retriesAndSendsAgain,
      async (s: Session) => {
        const seen = (await s.readVersioned("order/1"))!;
        return (await s.compareAndSet("order/1", { n: 10 }, seen.version)) ? ok() : rejected("busy");
      },
    ],
    unchecked: ["nobody is turned away wrongly"],
    properties: [atMost("queue/mail/", 1, "one mail")],
  },
  told: { "one mail": "double effect" },
};

const paysUnderALease = async (s: Session) => {
  await s.lease("acc");
  const { n } = await s.read<{ n: number }>("acc/1");
  await s.write("acc/1", { n: n - 1 });
  const { m } = await s.read<{ m: number }>("log/1");
  await s.write("log/1", { m: m + 1 });
  await s.release("acc");
  return ok();
};
const expiredLease: Hostile = {
  name: "an expired lease and two writes",
  options: {
    rows: { "acc/1": { n: 9 }, "log/1": { m: 0 } },
    tasks: [paysUnderALease, paysUnderALease],
    faults: { expire: 1 },
    properties: [
      outcome("the books agree", ({ rows }) =>
        9 - (rows["acc/1"]!["n"] as number) === rows["log/1"]!["m"] && rows["log/1"]!["m"] === 2
          ? null
          : `${rows["acc/1"]!["n"]} left of 9, ${rows["log/1"]!["m"]} written down`,
      ),
    ],
  },
  told: { "the books agree": "stale write under an expired lease" },
};

const nested = (one: string, two: string) => async (s: Session) => {
  await s.acquire(one);
  await s.acquire(two);
  await s.write(`${one}/1`, { by: two });
  await s.release(two);
  await s.release(one);
  return ok();
};
const threeLocks: Hostile = {
  name: "nested locks of three tasks",
  options: { tasks: [nested("a", "b"), nested("b", "c"), nested("c", "a")] },
  told: { "nobody waits for ever": "deadlock" },
};

const claims = (by: string) => async (s: Session) => {
  try {
    await s.insertRow({ table: "claim", row: { id: 1, by } });
  } catch {
    // A duplicate is "somebody has it", and the code goes on as if it were its own.
  }
  await s.call("ship", { parcel: 1 });
  return ok();
};
const swallowed: Hostile = {
  name: "23505 is swallowed, and the work is done all the same",
  options: {
    tables: { claim: { columns: { id: "int", by: "text" }, primaryKey: ["id"] } },
    tasks: [claims("a"), claims("b")],
    properties: [atMost("service/ship/", 1, "one parcel")],
  },
  told: { "one parcel": "double effect" },
};

const swallowsInside = (s: Session) =>
  s.transaction("read committed", async () => {
    try {
      await s.insertRow({ table: "claim", row: { id: 1, by: "x" } });
    } catch {
      // The transaction has failed, and the code does not know it.
    }
    await s.write("seen/1", { by: "x" });
    return ok();
  });
const failedTransaction: Hostile = {
  name: "25P02 after a swallowed error",
  options: {
    tables: { claim: { columns: { id: "int", by: "text" }, primaryKey: ["id"] } },
    rows: { "seen/1": { by: "nobody" } },
    tasks: [swallowsInside, swallowsInside],
  },
  told: { [error]: "failed transaction" },
};

const compensates = async (s: Session) => {
  const { status } = await s.read("order/1");
  if (status === "refunded") return ok();
  await s.call("refund", { order: 1 });
  await s.write("order/1", { status: "refunded" });
  return ok();
};
const compensatesTwice: Hostile = {
  name: "a saga compensates twice",
  options: {
    rows: { "order/1": { status: "failed" } },
    tasks: [compensates, compensates],
    properties: [atMost("service/refund/", 1, "one refund")],
  },
  told: { "one refund": "double effect" },
};

const keyAfterEffect = async (s: Session) => {
  await s.updateWhere({ key: "points/1", set: { n: ["+", "n", 10] } });
  return (await s.insert("key/1", { done: true })) ? ok() : ok("already done");
};
const lateKey: Hostile = {
  name: "the idempotency key is written after the effect",
  options: {
    rows: { "points/1": { n: 0 } },
    tasks: [keyAfterEffect, keyAfterEffect],
    properties: [
      outcome("added once", ({ rows }) => (rows["points/1"]!["n"] === 10 ? null : `${rows["points/1"]!["n"]} points for 10`)),
    ],
  },
  told: { "added once": "act then check" },
};

const withdraw = (s: Session) =>
  s.transaction("repeatable read", async () => {
    const [x, y] = [await s.read<{ n: number }>("acc/x"), await s.read<{ n: number }>("acc/y")];
    await s.write("acc/x", { n: x.n - 10 - (x.n + y.n < 10 ? 1 : 0) });
    return ok();
  });
const report: Hostile = {
  name: "a report that only reads",
  options: {
    rows: { "acc/x": { n: 0 }, "acc/y": { n: 0 } },
    tasks: [
      withdraw,
      (s: Session) =>
        s.transaction("repeatable read", async () => {
          const y = await s.read<{ n: number }>("acc/y");
          await s.write("acc/y", { n: y.n + 20 });
          return ok();
        }),
      (s: Session) =>
        s.transaction("repeatable read", async () => {
          const [x, y] = [await s.read<{ n: number }>("acc/x"), await s.read<{ n: number }>("acc/y")];
          return ok(`${x.n} ${y.n}`);
        }),
    ],
    properties: [
      outcome("no fee after the report said 20", ({ outcomes, rows }) =>
        outcomes[2]?.status === "ok" && outcomes[2].detail === "0 20" && rows["acc/x"]!["n"] === -11
          ? "the report said 0 and 20, and a fee was taken"
          : null,
      ),
    ],
  },
  told: { "no fee after the report said 20": "read-only anomaly" },
};

const takesAJob = async (s: Session) => {
  const job = await s.transaction("read committed", async () => {
    const [one] = await s.select({ table: "job", where: ["=", "state", { text: "open" }], lock: "update", ifLocked: "skip" });
    return one;
  });
  if (!job) return ok("nothing");
  await s.call("run", { job: job["id"] as number });
  await s.updateWhere({ key: "job/1", set: { state: { text: "done" } } });
  return ok();
};
const skipLocked: Hostile = {
  name: "SKIP LOCKED, and the lock ends before the work",
  options: {
    tables: { job: { columns: { id: "int", state: "text" }, primaryKey: ["id"] } },
    rows: { "job/1": { id: 1, state: "open" } },
    tasks: [takesAJob, takesAJob],
    properties: [atMost("service/run/", 1, "a job runs once")],
  },
  told: { "a job runs once": "double effect" },
};

const saves = (text: string) => async (s: Session) => {
  const page = await s.read<{ version: number; text: string }>("page/1");
  const changed = await s.updateWhere({ key: "page/1", where: ["=", "version", page.version], set: { text: { text } } });
  return changed === 1 ? ok(`after "${page.text}"`) : rejected("409");
};
const versionNotWritten: Hostile = {
  name: "the version is compared and never raised",
  options: {
    rows: { "page/1": { version: 1, text: "" } },
    tasks: [saves("a"), saves("b")],
    properties: [
      outcome("nobody saves over what he has not seen", ({ outcomes }) =>
        outcomes.every((one) => one?.status === "ok" && one.detail === 'after ""') ? "both saved after the empty page" : null,
      ),
    ],
  },
  told: { "nobody saves over what he has not seen": "lost update" },
};

export const hostile: readonly Hostile[] = [
  lookThenBlindWrite,
  count,
  unlockBeforeCommit,
  cacheBeforeStore,
  twoStepIncrement,
  resend,
  expiredLease,
  threeLocks,
  swallowed,
  failedTransaction,
  compensatesTwice,
  lateKey,
  report,
  skipLocked,
  versionNotWritten,
];
