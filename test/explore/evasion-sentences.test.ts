/** What is said of an answer that evades a lesson names what that answer did. */
import { describe, expect, it } from "vitest";
import { access, anomalies, explore, ok, parseHistory, type Session } from "../../src/api/index.js";
import { happeningText } from "../../src/report/happening.js";

const STOCK = "stock/1";
type Task = (session: Session) => Promise<unknown>;

/** The sentences on the smallest counterexample of "a yes is a piece". */
async function said(tasks: readonly Task[], more: object = {}): Promise<string> {
  const found = await explore({
    rows: { [STOCK]: { left: 9 } },
    tasks,
    properties: [
      {
        name: "a yes is a piece",
        kind: "outcome",
        test: ({ rows, outcomes }) => {
          const yes = outcomes.filter((outcome) => outcome?.status === "ok").length;
          return 9 - Number(rows[STOCK]!["left"]) < yes ? "a yes without a piece" : null;
        },
      },
    ],
    ...more,
  });
  return found.explained.map(({ sentences }) => sentences).join(" ");
}

const buy = async ({ read, write }: Pick<Session, "read" | "write">) => {
  const { left } = await read<{ left: number }>(STOCK);
  await write(STOCK, { left: left - 1 });
  return ok();
};

describe("the sentence names", () => {
  it("a compare-and-set whose no is not heard, although it is the last that the task does", async () => {
    const deaf: Task = async (session) => {
      let version = 0;
      const find = async (key: string) => {
        const seen = await session.readVersioned(key);
        version = seen!.version;
        return seen!.row as never;
      };
      const write = async (key: string, row: { left: number }) => void (await session.compareAndSet(key, row, version));
      return buy(access({ ...session, find, write: write as Session["write"] }));
    };
    expect(await said([deaf, deaf])).toContain("was answered false: no row was changed. It went on all the same and ended ok.");
  });

  it("a yes for nothing", async () => {
    const impatient: Task = async (session) => {
      if (!(await session.tryAcquire("door"))) return ok();
      const outcome = await buy(session);
      await session.release("door");
      return outcome;
    };
    expect(await said([impatient, impatient])).toContain(
      "ended ok and had done nothing: no row was read or changed. Its acquire at",
    );
  });

  it("a lock that stays when its holder has crashed", async () => {
    const lasting: Task = async (session) => {
      await session.acquireLasting("door");
      const outcome = await buy(session);
      await session.release("door");
      return outcome;
    };
    expect(await said([lasting, lasting], { faults: { crash: 1 } })).toContain(
      "took it at step 1 and crashed, and this lock stays when its holder has gone",
    );
  });

  it("no lock that is never given back, where a lease ends by itself or its holder has begun again", () => {
    const history = (...operations: readonly object[]) =>
      parseHistory(
        [
          { before: {}, after: {}, outcomes: [{ status: "ok" }] },
          ...operations.map((operation) => ({ task: 1, operation, reply: { value: 1 } })),
        ]
          .map((line) => JSON.stringify(line))
          .join("\n"),
      );
    const [take, release] = [
      { kind: "acquire", lock: "a", scope: "shared" },
      { kind: "release", lock: "a", scope: "shared" },
    ];
    const names = (...operations: readonly object[]) => anomalies(history(...operations)).map(({ anomaly }) => anomaly);
    expect(names(take)).toEqual(["stuck lock"]);
    expect(names({ ...take, lease: true })).toEqual([]);
    expect(names(take, take, release)).toEqual([]);
  });

  it("no lease where several could have run out", () => {
    const leases = ["a", "b"].map((lock, i) => ({
      ...{ n: i + 1, task: 1, asked: i, operation: { kind: "acquire", lock, scope: "shared", lease: true } as const },
      ...{ reply: { value: 1 }, waited: false },
    }));
    const text = (what: string, events: typeof leases) =>
      happeningText({
        what,
        task: null,
        next: null,
        blockedBy: [],
        events,
        stepOf: (n) => n,
        name: (n) => `task ${n}`,
        language: "en",
      });
    expect(text("expire-2", leases)).toBe("A lease runs out: another task can take its lock now, and the holder is not told.");
    expect(text("expire", leases.slice(0, 1))).toContain("The lease on a runs out, which task 1 took at step 1");
  });
});
