/**
 * Answers that evade a lesson, and answers that solve it in another way than its author did: what they come to is kept here.
 * An evasion holds, or seems to, by something that it only pretends not to use, or never asks what the lesson is about.
 */
import { describe, expect, it } from "vitest";
import { cas } from "../../src/api/authoring.js";
import { answer } from "../../src/check/answer.js";
import { isSerializationFailure } from "../../src/core/failure.js";
import { Conflict, retry } from "../../src/core/retry.js";
import { access, type Session } from "../../src/core/session.js";
import type { Strategy } from "../../src/core/strategy.js";
import { ok, rejected } from "../../src/core/work.js";
import { exerciseOf, findLesson, loadLesson } from "../../src/course/catalog.js";

type Run = Strategy["run"];
const named = (run: Run): Strategy => ({ summary: "", cost: "", requires: [], run });

/** What the answer comes to, and the sentence that is said of it: the broken property, or the judge's own. */
async function judged(id: string, run: Run): Promise<string> {
  const entry = findLesson(id);
  const lesson = await loadLesson(entry, "en");
  const { solution } = (await exerciseOf(entry))!;
  const found = await answer({ lesson, names: { lesson: id, strategy: "" }, strategy: named(run), solution, language: "en" });
  if (found.kind === "broken") return `broken: ${found.found.exploration.violations.map(({ property }) => property).join("; ")}`;
  if (found.kind === "alone" || found.kind === "other") return `${found.kind}: ${(found.says as { en: string }).en}`;
  return found.kind === "right" ? `right: ${found.way?.uses.join("+") ?? ""}` : found.kind;
}

const locking = (session: Session) => access({ ...session, find: (key) => session.selectForUpdate(key) as Promise<never> });
const rowLock: Run = (work, session) => session.transaction("read committed", () => work.body(locking(session)));
const locked =
  (run: Run, lock?: string): Run =>
  async (work, session) => {
    const name = lock ?? work.keys[0]!;
    await session.acquire(name);
    try {
      return await run(work, session);
    } finally {
      await session.release(name);
    }
  };
const inTransaction: Run = (work, session) => session.transaction("read committed", () => work.body(session));
const serializable: Run = (work, session) => session.transaction("serializable", () => work.body(session));
const snapshot: Run = (work, session) => session.transaction("repeatable read", () => work.body(session));
const orYes =
  (run: Run): Run =>
  (work, session) =>
    run(work, session).catch(() => ok());

describe("an answer that evades the lesson is refused", () => {
  it.each<readonly [lesson: string, what: string, run: Run, comesTo: RegExp]>([
    [
      "lost-update",
      "a lease that can run out",
      async (work, session) => {
        await session.lease(work.keys[0]!);
        try {
          return await work.body(session);
        } finally {
          await session.release(work.keys[0]!);
        }
      },
      /^other: .*\(yours uses a lease\)$/,
    ],
    [
      "cancel-vs-accept",
      "the first of all orders wins",
      async (work, session) =>
        (await session.insert("first/decision", {})) ? cas({ attempts: 3 }).run(work, session) : rejected("too late"),
      /^broken: nobody is turned away wrongly/,
    ],
    [
      "torn-order",
      "a page that is known by heart",
      (work, session) => (work.name.startsWith("show") ? Promise.resolve(ok("no order yet")) : snapshot(work, session)),
      /^alone: "show the order" should look into the rows of order, line, points, ledger/,
    ],
    [
      "torn-order",
      "a page that looks and says what it always says",
      async (work, session) => {
        const outcome = await snapshot(work, session);
        return work.name.startsWith("show") ? ok("no order yet") : outcome;
      },
      /^alone: after "place the order" is done, .* should be told the whole order, and is told no order yet$/,
    ],
    ["torn-order", "a mutex, and a snapshot beside it", locked(snapshot, "all"), /^other: .*\(yours uses locks\)$/],
    [
      "spend-points-twice",
      "a yes to the one that was sent back",
      orYes(snapshot),
      /^broken: a customer who is told ok has paid$/,
    ],
    [
      "two-servers",
      "one statement, inside the old mutex",
      async (work, session) => {
        const [lock = ""] = work.keys;
        await session.acquire(lock, "server");
        const { otherwise, ...update } = work.atomic!;
        const taken = await session.updateWhere(update);
        await session.release(lock, "server");
        return taken > 0 ? ok() : rejected(otherwise);
      },
      /^other: .*\(yours uses a conditional update\)$/,
    ],
    ["coupon-rush", "a yes to the one that was sent back", orYes(serializable), /^broken: a user who is told ok has a coupon/],
    [
      "umbrella",
      "a lock from the start",
      (work, session) =>
        session.transaction("read committed", async () => {
          await session.selectForUpdate(work.keys[0]!);
          return cas({ attempts: 3 }).run(work, session);
        }),
      /^broken: only a buyer who has lost takes the lock$/,
    ],
    [
      "umbrella",
      "trying for ever, and a lock for show",
      async (work, session) => {
        for (let lost = false; ; lost = true) {
          if (lost) {
            await session.acquire(work.keys[0]!);
            await session.release(work.keys[0]!);
          }
          const outcome = await cas({ attempts: 1 }).run(work, session);
          if (outcome.status === "ok" || outcome.detail === "sold out") return outcome;
        }
      },
      /^broken: only a buyer who has lost takes the lock$/,
    ],
    [
      "deadlock",
      "one lock for all carts",
      locked((work, session) => work.body(session), "carts"),
      /^broken: carts without a common product do not wait for each other$/,
    ],
    ["write-skew", "a yes to the one that was sent back", orYes(serializable), /^broken: a courier who is told ok is at home$/],
    [
      "double-top-up",
      "a yes to the one that was sent back",
      orYes(snapshot),
      /^broken: a customer who is told ok has the points$/,
    ],
    [
      "lease-and-fencing",
      "a row lock, and a lease for show",
      async (work, session) => {
        const token = await session.lease(work.keys[0]!);
        await session.raiseFence(work.keys[0]!, token);
        try {
          return await rowLock(work, session);
        } finally {
          await session.release(work.keys[0]!);
        }
      },
      /^other: .*\(yours uses row locks\)$/,
    ],
    [
      "file-store",
      "compare and set, inside the old mutex",
      (work, session) => locked((_, session) => cas({ attempts: 9 }).run(work, session), "all")(work, session),
      /^other: .*\(yours uses versions\)$/,
    ],
    [
      "n-plus-one",
      "a list that is known by heart",
      (work, session) => (work.name.startsWith("list") ? Promise.resolve(ok("one moment")) : rowLock(work, session)),
      /^alone: "list the orders" should look into the rows of orders, restaurants, riders/,
    ],
  ])("%s: %s", async (lesson, _, run, comesTo) => {
    expect(await judged(lesson, run)).toMatch(comesTo);
  });
});

describe("an answer that solves it in another way is right", () => {
  it.each<readonly [lesson: string, what: string, run: Run, comesTo: string]>([
    ["torn-order", "serializable", serializable, "right: serializable"],
    ["spend-points-twice", "a mutex around the transaction", locked(inTransaction), "right: locks+transactions"],
    [
      "spend-points-twice",
      "a snapshot, begun again",
      (work, session) => retry(session, { attempts: 3, when: isSerializationFailure }, () => snapshot(work, session)),
      "right: snapshots",
    ],
    [
      "spend-points-twice",
      "versions, rolled back on a conflict",
      (work, session) =>
        retry(session, { attempts: 3, when: (error) => error instanceof Conflict }, () =>
          session.transaction("read committed", () => {
            const versions = new Map<string, number>();
            const find = async (key: string) => {
              const seen = await session.readVersioned(key);
              versions.set(key, seen?.version ?? 0);
              return (seen?.row ?? null) as never;
            };
            const write: Session["write"] = async (key, row) => {
              if (!(await session.compareAndSet(key, row, versions.get(key) ?? 0))) throw new Conflict();
            };
            return work.body(access({ ...session, find, write }));
          }),
        ),
      "right: versions+transactions",
    ],
  ])("%s: %s", async (lesson, _, run, comesTo) => {
    expect(await judged(lesson, run)).toBe(comesTo);
  });
});
