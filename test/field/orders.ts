/**
 * Orders, coupons, points and payments as they are written in the trade, each wrong in the way in which it is found wrong in
 * reviews, beside the same code mended. Like `hostile.ts`, and by the same laws; the mended code must hold.
 */
import { type ExploreOptions, ok, type Row, rejected, type Session, StoreError, type Tables } from "racelab";
import { atMost, type Hostile, outcome, under } from "./hostile.js";

interface Program extends Hostile {
  /** The same with the mistake mended: nothing goes wrong in any interleaving. */
  readonly mended: ExploreOptions;
}

type Task = (s: Session) => Promise<unknown>;
type Setting = Omit<ExploreOptions, "tasks">;

const program = (
  name: string,
  setting: Setting,
  wrong: readonly Task[],
  told: Hostile["told"],
  right: readonly Task[],
  also: Setting = {},
): Program => ({
  name,
  options: { ...setting, tasks: [...wrong] },
  told,
  mended: { ...setting, ...also, tasks: [...right] },
});

const twice = (task: Task): readonly Task[] => [task, task];
const committed = <T>(s: Session, body: () => Promise<T>): Promise<T> => s.transaction("read committed", body);
const sum = (rows: readonly Row[], column: string): number => rows.reduce((total, row) => total + Number(row[column]), 0);
const text = (value: string) => ({ text: value });

// 1. Two clerks refund parts of one order, and each looks at what was refunded so far.
const refundsOf = (s: Session) => s.select({ table: "refund", where: ["=", "order", 1] });
const refundLooking = (id: string) => async (s: Session) => {
  const { paid } = await s.read<{ paid: number }>("order/1");
  if (sum(await refundsOf(s), "amount") + 60 > paid) return rejected("more than was paid");
  await s.insertRow({ table: "refund", row: { id, order: 1, amount: 60 } });
  await s.call("gateway", { refund: 60 });
  return ok();
};
const refundLocked = (id: string) => async (s: Session) => {
  const isSaved = await committed(s, async () => {
    const order = (await s.selectForUpdate("order/1")) as { paid: number } | null;
    if (!order || sum(await refundsOf(s), "amount") + 60 > order.paid) return false;
    await s.insertRow({ table: "refund", row: { id, order: 1, amount: 60 } });
    return true;
  });
  if (!isSaved) return rejected("more than was paid");
  await s.call("gateway", { refund: 60 });
  return ok();
};
const doubleRefund = program(
  "a partial refund, twice",
  {
    rows: { "order/1": { paid: 100 } },
    properties: [
      outcome("no more is refunded than was paid", ({ rows }) => {
        const refunded = sum(under(rows, "refund/"), "amount");
        return refunded > 100 ? `${refunded} refunded of 100` : null;
      }),
    ],
  },
  [refundLooking("a"), refundLooking("b")],
  { "no more is refunded than was paid": "phantom" },
  [refundLocked("a"), refundLocked("b")],
);

// 2. An order is paid with a gift card as far as it goes, the rest with a card.
const splitReading = async (s: Session) => {
  const gift = await s.read<{ balance: number }>("gift/1");
  const part = Math.min(gift.balance, 40);
  await s.write("gift/1", { balance: gift.balance - part });
  if (part < 40) await s.call("card", { charge: 40 - part });
  return ok(`${part} from the gift card`);
};
const splitLocked = async (s: Session) => {
  const part = await committed(s, async () => {
    const gift = (await s.selectForUpdate("gift/1")) as { balance: number };
    const taken = Math.min(gift.balance, 40);
    await s.write("gift/1", { balance: gift.balance - taken });
    return taken;
  });
  if (part < 40) await s.call("card", { charge: 40 - part });
  return ok(`${part} from the gift card`);
};
const splitPayment = program(
  "a gift card pays a part of two orders",
  {
    rows: { "gift/1": { balance: 50 } },
    properties: [
      outcome("80 are paid with 50 and the card", ({ rows }) => {
        const charged = sum(
          under(rows, "service/card/").map(({ request }) => request as Row),
          "charge",
        );
        const given = 50 - Number(rows["gift/1"]!["balance"]);
        return given + charged === 80 ? null : `${given} from the gift card and ${charged} from the card for 80`;
      }),
    ],
  },
  twice(splitReading),
  { "80 are paid with 50 and the card": "lost update" },
  twice(splitLocked),
);

// 3. A reservation is confirmed at the moment at which a job lets it expire.
const confirmReading = async (s: Session) => {
  const { state } = await s.read("hold/1");
  if (state !== "held") return rejected("expired");
  await s.updateWhere({ key: "hold/1", set: { state: text("sold") } });
  return ok();
};
const expireReading = async (s: Session) => {
  const { state } = await s.read("hold/1");
  if (state !== "held") return ok("nothing to do");
  await s.updateWhere({ key: "stock/1", set: { left: ["+", "left", 1] } });
  await s.updateWhere({ key: "hold/1", set: { state: text("expired") } });
  return ok();
};
const confirmHeld = async (s: Session) =>
  (await s.updateWhere({ key: "hold/1", where: ["=", "state", text("held")], set: { state: text("sold") } })) === 1
    ? ok()
    : rejected("expired");
const expireHeld = (s: Session) =>
  committed(s, async () => {
    const changed = await s.updateWhere({
      key: "hold/1",
      where: ["=", "state", text("held")],
      set: { state: text("expired") },
    });
    if (changed === 1) await s.updateWhere({ key: "stock/1", set: { left: ["+", "left", 1] } });
    return ok();
  });
const reservation = program(
  "a reservation is confirmed while it expires",
  {
    rows: { "hold/1": { state: "held" }, "stock/1": { left: 0 } },
    properties: [
      outcome("a piece that is sold is not put back", ({ rows, outcomes }) =>
        outcomes[0]?.status === "ok" && rows["stock/1"]!["left"] === 1 ? "the buyer has it, and it is in stock again" : null,
      ),
    ],
  },
  [confirmReading, expireReading],
  { "a piece that is sold is not put back": "lost update" },
  [confirmHeld, expireHeld],
);

// 4. The referrer of two friends gets a bonus once.
const bonusReading = async (s: Session) => {
  const { rewarded } = await s.read("referrer/1");
  if (!rewarded) {
    await s.updateWhere({ key: "points/1", set: { total: ["+", "total", 500] } });
    await s.updateWhere({ key: "referrer/1", set: { rewarded: true } });
  }
  return ok();
};
const bonusOnce = (s: Session) =>
  committed(s, async () => {
    const first = await s.updateWhere({ key: "referrer/1", where: ["=", "rewarded", false], set: { rewarded: true } });
    if (first === 1) await s.updateWhere({ key: "points/1", set: { total: ["+", "total", 500] } });
    return ok();
  });
const referral = program(
  "a referral bonus for two friends",
  {
    rows: { "referrer/1": { rewarded: false }, "points/1": { total: 0 } },
    properties: [
      outcome("the bonus is given once", ({ rows }) =>
        rows["points/1"]!["total"] === 500 ? null : `${rows["points/1"]!["total"]} points instead of 500`,
      ),
    ],
  },
  twice(bonusReading),
  { "the bonus is given once": "check then act" },
  twice(bonusOnce),
);

// 5. An order is cancelled and shipped.
const cancelReading = (s: Session) =>
  committed(s, async () => {
    const { status } = await s.read("order/1");
    if (status !== "paid") return rejected("too late");
    await s.updateWhere({ key: "order/1", set: { status: text("cancelled") } });
    await s.call("refund", { order: 1 });
    return ok();
  });
const shipReading = (s: Session) =>
  committed(s, async () => {
    const { status } = await s.read("order/1");
    if (status !== "paid") return rejected("not paid");
    await s.updateWhere({ key: "order/1", set: { status: text("shipped") } });
    await s.call("carrier", { order: 1 });
    return ok();
  });
const changesTo = (status: string, service: string) => async (s: Session) => {
  const changed = await s.updateWhere({
    key: "order/1",
    where: ["=", "status", text("paid")],
    set: { status: text(status) },
  });
  if (changed === 0) return rejected("no longer paid");
  await s.call(service, { order: 1 });
  return ok();
};
const cancelAndShip = program(
  "an order is cancelled and shipped",
  {
    rows: { "order/1": { status: "paid" } },
    properties: [
      outcome("what is refunded is not shipped", ({ rows }) =>
        under(rows, "service/refund/").length + under(rows, "service/carrier/").length > 1 ? "refunded and shipped" : null,
      ),
    ],
  },
  [cancelReading, shipReading],
  { "what is refunded is not shipped": "lost update" },
  [changesTo("cancelled", "refund"), changesTo("shipped", "carrier")],
);

// 6. Two posts of one title look for a free slug.
const slugLooking = (id: number) => async (s: Session) => {
  for (const slug of ["sale", "sale-2", "sale-3"]) {
    const taken = await s.select({ table: "post", where: ["=", "slug", text(slug)] });
    if (taken.length > 0) continue;
    await s.insertRow({ table: "post", row: { id, slug } });
    return ok(slug);
  }
  return rejected("no slug is free");
};
const slugInserting = (id: number) => async (s: Session) => {
  for (const slug of ["sale", "sale-2", "sale-3"])
    if ((await s.insertRow({ table: "post", row: { id, slug }, onConflict: "nothing" })) === 1) return ok(slug);
  return rejected("no slug is free");
};
const slugs = program(
  "a free slug is looked for",
  {
    tables: { post: { columns: { id: "int", slug: "text" } } },
    properties: [
      outcome("a slug leads to one post", ({ rows }) => {
        const [one, other] = under(rows, "post/");
        return one?.["slug"] === other?.["slug"] ? `both posts are at ${one?.["slug"]}` : null;
      }),
    ],
  },
  [slugLooking(1), slugLooking(2)],
  { "a slug leads to one post": "phantom" },
  [slugInserting(1), slugInserting(2)],
  { tables: { post: { columns: { id: "int", slug: "text" }, unique: [["slug"]] } } },
);

// 7. The number of comments is kept beside the post.
const commentCounted = (id: string) => (s: Session) =>
  committed(s, async () => {
    await s.insertRow({ table: "comment", row: { id, post: 1 } });
    const comments = await s.select({ table: "comment", where: ["=", "post", 1] });
    await s.updateWhere({ key: "post/1", set: { comments: comments.length } });
    return ok();
  });
const commentAdded = (id: string) => (s: Session) =>
  committed(s, async () => {
    await s.insertRow({ table: "comment", row: { id, post: 1 } });
    await s.updateWhere({ key: "post/1", set: { comments: ["+", "comments", 1] } });
    return ok();
  });
const counterCache = program(
  "a counter cache is counted anew",
  {
    rows: { "post/1": { comments: 0 } },
    properties: [
      outcome("the counter counts the comments", ({ rows }) => {
        const [counted, there] = [rows["post/1"]!["comments"], under(rows, "comment/").length];
        return counted === there ? null : `the counter is ${counted}, and there are ${there}`;
      }),
    ],
  },
  [commentCounted("a"), commentCounted("b")],
  { "the counter counts the comments": "phantom" },
  [commentAdded("a"), commentAdded("b")],
);

// 8. A deleted account is restored while its address signs up anew.
const active = (s: Session) => s.select({ table: "user", where: ["and", ["=", "email", text("mina@shop")], ["=", "slot", 0]] });
const restoreLooking = async (s: Session) => {
  if ((await active(s)).length > 0) return rejected("taken");
  await s.updateWhere({ key: "user/1", set: { slot: 0 } });
  return ok();
};
const signUpLooking = async (s: Session) => {
  if ((await active(s)).length > 0) return rejected("taken");
  await s.insertRow({ table: "user", row: { id: 2, email: "mina@shop", slot: 0 } });
  return ok();
};
const orTaken = (body: Task) => async (s: Session) => {
  try {
    await body(s);
    return ok();
  } catch (error) {
    if (error instanceof StoreError && error.code === "23505") return rejected("taken");
    throw error;
  }
};
const users: Tables = { user: { columns: { id: "int", email: "text", slot: "int" } } };
const softDelete = program(
  "a deleted account is restored while its address signs up",
  {
    tables: users,
    rows: { "user/1": { id: 1, email: "mina@shop", slot: 1 } },
    properties: [
      outcome("an address has one account", ({ rows }) => {
        const { length } = under(rows, "user/").filter(({ slot }) => slot === 0);
        return length > 1 ? `${length} accounts` : null;
      }),
    ],
  },
  [restoreLooking, signUpLooking],
  { "an address has one account": "write skew" },
  [
    orTaken((s) => s.updateWhere({ key: "user/1", set: { slot: 0 } })),
    orTaken((s) => s.insertRow({ table: "user", row: { id: 2, email: "mina@shop", slot: 0 } })),
  ],
  { tables: { user: { ...users["user"]!, unique: [["email", "slot"]] } } },
);

// 9. Settings are one JSON column, and two handlers change a field each.
const settingSaved = (name: string) => async (s: Session) => {
  const { settings } = await s.read<{ settings: Row }>("user/1");
  await s.write("user/1", { settings: { ...settings, [name]: true } });
  return ok();
};
const settingLocked = (name: string) => (s: Session) =>
  committed(s, async () => {
    const { settings } = (await s.selectForUpdate("user/1")) as { settings: Row };
    await s.write("user/1", { settings: { ...settings, [name]: true } });
    return ok();
  });
const jsonColumn = program(
  "two fields of a JSON column",
  {
    rows: { "user/1": { settings: { mail: false, dark: false } } },
    properties: [
      outcome("both settings are kept", ({ rows }) => {
        const { mail, dark } = rows["user/1"]!["settings"] as Row;
        return mail && dark ? null : `mail is ${mail}, dark is ${dark}`;
      }),
    ],
  },
  [settingSaved("mail"), settingSaved("dark")],
  { "both settings are kept": "lost update" },
  [settingLocked("mail"), settingLocked("dark")],
);

// 10. A transfer between wallets in two statements, and the process may die between them.
const move = async (s: Session) => {
  const taken = await s.updateWhere({
    key: "wallet/1",
    where: [">=", "balance", 30],
    set: { balance: ["-", "balance", 30] },
  });
  if (taken === 0) return rejected("too little");
  await s.updateWhere({ key: "wallet/2", set: { balance: ["+", "balance", 30] } });
  return ok();
};
const transfer = program(
  "a transfer in two steps",
  {
    rows: { "wallet/1": { balance: 50 }, "wallet/2": { balance: 0 } },
    faults: { crash: 1 },
    properties: [
      outcome("no money is lost", ({ rows }) => {
        const total = sum(under(rows, "wallet/"), "balance");
        return total === 50 ? null : `${total} of 50 are left`;
      }),
    ],
  },
  twice(move),
  { "no money is lost": "crash" },
  twice((s) => committed(s, () => move(s))),
);

// 11. Two transfers in opposite directions.
const between = (from: number, to: number, order: readonly number[]) => (s: Session) =>
  committed(s, async () => {
    for (const wallet of order)
      await s.updateWhere({ key: `wallet/${wallet}`, set: { balance: [wallet === from ? "-" : "+", "balance", 10] } });
    return ok(`${from} to ${to}`);
  });
const opposite = program(
  "two transfers in opposite directions",
  { rows: { "wallet/1": { balance: 50 }, "wallet/2": { balance: 50 } } },
  [between(1, 2, [1, 2]), between(2, 1, [2, 1])],
  { "nobody is shown an error": "deadlock" },
  [between(1, 2, [1, 2]), between(2, 1, [1, 2])],
);

// 12. A transaction is tried again, and what it has sent is sent again.
const again = async (body: () => Promise<unknown>): Promise<void> => {
  for (let left = 2; ; left--)
    try {
      await body();
      return;
    } catch (error) {
      if (left === 0 || !(error instanceof StoreError) || error.code !== "40001") throw error;
    }
};
const spend = async (s: Session) => {
  const { points } = await s.read<{ points: number }>("user/1");
  await s.write("user/1", { points: points - 10 });
};
const smsInside = async (s: Session) => {
  await again(() =>
    s.transaction("repeatable read", async () => {
      const { points } = await s.read<{ points: number }>("user/1");
      await s.call("sms", { left: points - 10 });
      await s.write("user/1", { points: points - 10 });
    }),
  );
  return ok();
};
const smsAfter = async (s: Session) => {
  await again(() => s.transaction("repeatable read", () => spend(s)));
  await s.call("sms", { spent: 10 });
  return ok();
};
const retriedCall = program(
  "a retried transaction sends a text message",
  { rows: { "user/1": { points: 100 } }, properties: [atMost("service/sms/", 2, "one message a purchase")] },
  twice(smsInside),
  { "one message a purchase": "double effect" },
  twice(smsAfter),
);

// 13. The lock of the daily bonus is released in a finally, and the transaction is around it.
const bonusOf = async (s: Session, id: string) => {
  const today = await s.select({ table: "bonus", where: ["=", "user", 1] });
  if (today.length > 0) return rejected("already given");
  await s.insertRow({ table: "bonus", row: { id, user: 1 } });
  return ok();
};
const lockInside = (id: string) => (s: Session) =>
  committed(s, async () => {
    await s.acquire("bonus-1");
    try {
      return await bonusOf(s, id);
    } finally {
      await s.release("bonus-1");
    }
  });
const lockAround = (id: string) => async (s: Session) => {
  await s.acquire("bonus-1");
  try {
    return await committed(s, () => bonusOf(s, id));
  } finally {
    await s.release("bonus-1");
  }
};
const dailyBonus = program(
  "the lock of a daily bonus is released before the commit",
  { properties: [atMost("bonus/", 1, "one bonus a day")] },
  [lockInside("a"), lockInside("b")],
  { "one bonus a day": "lock released too early" },
  [lockAround("a"), lockAround("b")],
);

// 14. The version is compared in the code and not in the statement.
const saveComparing = (title: string) => async (s: Session) => {
  const { version } = await s.read<{ version: number }>("product/1");
  if (version !== 1) return rejected("409");
  await s.updateWhere({ key: "product/1", set: { title: text(title), version: ["+", "version", 1] } });
  return ok();
};
const saveWhere = (title: string) => async (s: Session) => {
  const changed = await s.updateWhere({
    key: "product/1",
    where: ["=", "version", 1],
    set: { title: text(title), version: ["+", "version", 1] },
  });
  return changed === 1 ? ok() : rejected("409");
};
const comparedInCode = program(
  "the version is compared in the code",
  {
    rows: { "product/1": { version: 1, title: "" } },
    properties: [
      outcome("of two editors of version 1 one saves", ({ outcomes }) =>
        outcomes.every((one) => one?.status === "ok") ? "both saved over version 1" : null,
      ),
    ],
  },
  [saveComparing("a"), saveComparing("b")],
  { "of two editors of version 1 one saves": "lost update" },
  [saveWhere("a"), saveWhere("b")],
);

// 15. A cron job runs on two servers.
const cronReading = async (s: Session) => {
  const { day } = await s.read<{ day: number }>("cron/billing");
  if (day === 5) return ok("already run");
  await s.call("billing", { day: 5 });
  await s.write("cron/billing", { day: 5 });
  return ok();
};
const cronClaiming = async (s: Session) => {
  const first = await s.updateWhere({ key: "cron/billing", where: ["<", "day", 5], set: { day: 5 } });
  if (first === 1) await s.call("billing", { day: 5 });
  return ok();
};
const cron = program(
  "a cron job on two servers",
  {
    rows: { "cron/billing": { day: 4 } },
    servers: 2,
    properties: [atMost("service/billing/", 1, "customers are billed once a day")],
  },
  twice(cronReading),
  { "customers are billed once a day": "double effect" },
  twice(cronClaiming),
);

export const orders: readonly Program[] = [
  doubleRefund,
  splitPayment,
  reservation,
  referral,
  cancelAndShip,
  slugs,
  counterCache,
  softDelete,
  jsonColumn,
  transfer,
  opposite,
  retriedCall,
  dailyBonus,
  comparedInCode,
  cron,
];
