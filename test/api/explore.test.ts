import { describe, expect, it } from "vitest";
import "../../src/api/vitest.js";
import { type Access, explore, type Json, type Outcome, ok, type Row, rejected, replay, type Session, type Work } from "racelab";

type Stock = Row & { left: number };

const buy = async ({ read, write }: Access) => {
  const stock = await read<Stock>("stock/1");
  await write("stock/1", { left: stock.left - 1 });
};
const shop = (tasks: ((session: Session) => Promise<unknown>)[]) => ({
  rows: { "stock/1": { left: 10 } },
  tasks,
  properties: [
    {
      name: "every sale is counted",
      kind: "outcome" as const,
      test: ({ rows }: { rows: Record<string, Row> }) =>
        rows["stock/1"]?.["left"] === 10 - tasks.length ? null : "a sale is missing",
    },
  ],
});

describe("an engineer's own async functions", () => {
  it("are explored in a test of ten lines, and the counterexample is printed as lanes", async () => {
    const result = await explore(shop([buy, buy]));
    expect(result).toMatchObject({ verdict: "violated", schedules: 6n, violating: 4n });
    expect(result).toBreak("every sale is counted");
    const says = await Promise.resolve()
      .then(() => expect(result).toHold())
      .catch((error: Error) => error.message);
    expect(says).toContain("4 of 6 interleavings go wrong");
    expect(says).toMatch(/task 1 +R 10─+▴~+W 9!/);
    expect(says).toContain("lost update: Task 1 read stock");
    expect(says).toMatch(/explore\.test\.ts:\d+/);
  });

  it("hold when they take a lock, over every interleaving", async () => {
    const careful = async (session: Session) => {
      await session.acquire("stock");
      await buy(session);
      await session.release("stock");
    };
    expect(await explore(shop([careful, careful, careful]))).toHold();
  });

  it("are refused with file and line when they wait for something that no schedule controls", async () => {
    const impatient = async (session: Session) => {
      await buy(session);
      await new Promise((wake) => setTimeout(wake, 1));
      await buy(session);
    };
    await expect(explore(shop([impatient]))).rejects.toThrow(/explore\.test\.ts:\d+.*setTimeout.*session\.sleep/s);
  });

  it("replay a printed schedule to the same failure", async () => {
    const options = shop([buy, buy]);
    const { counterexample, history } = await explore(options);
    expect(await replay(options, counterexample!.schedule)).toEqual(history);
  });
});

describe("what a task returns", () => {
  const told = async (task: (session: Session) => Promise<unknown>) =>
    (await explore({ rows: { "order/1": { status: "rejected", n: 1 } }, tasks: [task] })).outcomes[0]?.outcomes[0];

  it("is an outcome if ok() or rejected() made it", async () => {
    expect(await told(async (s) => s.read("order/1").then(() => rejected("sold out")))).toEqual(rejected("sold out"));
    expect(await told(async (s) => s.read("order/1").then(() => ok("7")))).toEqual(ok("7"));
    expect(await told(async (s) => void (await s.read("order/1")))).toEqual(ok());
  });

  it("is otherwise the detail of ok, whatever its fields are called", async () => {
    expect(await told((s) => s.read("order/1"))).toEqual(ok('{"status":"rejected","n":1}'));
    expect(await told(async (s) => ({ ...(await s.read("order/1")), status: "ok" }))).toEqual(ok('{"status":"ok","n":1}'));
    const bodies = [{ status: 409, body: "x" }, { status: "rejected", detail: "in words" }, { ok: true }, 429, null, [1]];
    for (const body of bodies) expect(await told((s) => s.read("order/1").then(() => body))).toEqual(ok(JSON.stringify(body)));
    const loop: unknown[] = [];
    loop.push(loop);
    for (const odd of [1n, Number.NaN, new Error("no"), loop])
      expect(await told((s) => s.read("order/1").then(() => odd))).toMatchObject({ status: "ok" });
  });

  it("is an outcome for a work too if it was saved and read again, as idempotency keys do", async () => {
    const work: Work = {
      name: "repeat",
      keys: [],
      body: async (s) => {
        await s.write("answer/1", { answer: rejected("sold out") as Json });
        return (await s.read("answer/1"))["answer"] as Outcome;
      },
    };
    const { outcomes } = await explore({ tasks: [work] });
    expect(outcomes[0]?.outcomes).toEqual([rejected("sold out")]);
  });
});
