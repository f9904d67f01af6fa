import { describe, expect, it } from "vitest";
import "../../src/api/vitest.js";
import {
  type Access,
  builtInNames,
  type ExploreOptions,
  explore,
  type Json,
  model,
  type Outcome,
  ok,
  type Property,
  type Row,
  randomWalk,
  rejected,
  replay,
  type Session,
  saga,
  sample,
  type Work,
} from "racelab";

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
    expect(says).toMatch(/task 1 +read 10─+▴~+write 9!/);
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

describe("a question about nothing", () => {
  const touch = async (s: Session) => void (await s.write("a/1", { n: 1 }));
  const asks = (options: object) => explore(options as ExploreOptions);

  it("is refused: no task, no step, a strategy that does not apply", async () => {
    await expect(asks({ tasks: [] })).rejects.toThrow("there are no tasks");
    await expect(asks({})).rejects.toThrow("there are no tasks");
    await expect(asks({ tasks: [touch({} as Session).catch(() => {})] })).rejects.toThrow(
      "task 1 is neither a function nor a work",
    );
    await expect(asks({ tasks: [async () => "x", async () => "y"] })).rejects.toThrow(/no task takes a step.*their session/);
    const early = async () => Promise.reject(new Error("too early"));
    await expect(asks({ tasks: [early] })).rejects.toThrow("task 1 fails at once: too early");
    const work: Work = { name: "buy", keys: ["a/1"], body: async (s) => touch(s as Session).then(() => ok()) };
    await expect(asks({ tasks: [work, touch], strategy: saga })).rejects.toThrow('does not apply to task 1: "buy" is not cut');
    await expect(sample({ tasks: [touch] }, randomWalk(1), 0)).rejects.toThrow("tries nothing");
  });

  it("is not green without properties, unless something happened that is always tested", async () => {
    const found = await explore({ tasks: [touch, touch] });
    expect(found).toMatchObject({ verdict: "nothing asked", schedules: 2n, violations: [] });
    expect(() => expect(found).toHold()).toThrow("nothing was asked, so nothing holds: give `properties`");
    expect(() => expect(found).not.toHold()).toThrow("nothing was asked");
    expect(found).toHold(builtInNames.deadlock);
    const locked = async (s: Session) => s.acquire("a").then(() => s.release("a"));
    const held = await explore({ tasks: [locked, locked] });
    expect(held.verdict).toBe("holds");
    expect(held).toHold();
  });

  it("is not decided where a limit was hit and nothing was found, also behind not", async () => {
    const found = await explore({ ...shop([buy, buy]), properties: [never], limits: { states: 2 } });
    expect(found.verdict).toBe("inconclusive");
    for (const matched of [
      () => expect(found).toHold(),
      () => expect(found).not.toHold(),
      () => expect(found).toBreak(),
      () => expect(found).not.toBreak("never"),
    ])
      expect(matched).toThrow("not decided: nothing was found, but not everything was looked at");
    const unawaited = explore(shop([buy]));
    expect(() => expect(unawaited).toHold()).toThrow("write expect(await explore({ … }))");
    // No two explorations at once with the rest of the file: each watches the clock while its tasks run.
    await unawaited;
  });
});

const never: Property = { name: "never", kind: "outcome", test: () => null };

describe("a misspelt word", () => {
  const refused = (more: object) => expect(explore({ ...shop([buy, buy]), ...more } as ExploreOptions)).rejects;

  it("of the options is refused, with those that there are", async () => {
    await refused({ tabels: {} }).toThrow('there is no option called "tabels": did you mean tables?');
    await refused({ depth: 3 }).toThrow(/there is no option called "depth": there is rows, tables, model, .*cancelled/);
    await refused({ limits: { second: 1 } }).toThrow("did you mean seconds?");
    await refused({ tables: { user: { uniqe: [["email"]] } } }).toThrow(
      'word in the table "user" called "uniqe": did you mean unique?',
    );
    await refused({ tables: {}, model }).toThrow("exclude each other");
    await refused({ faults: { crsh: 1 } }).toThrow('there is no fault called "crsh": did you mean crash?');
    await refused({ faults: { crash: 0.5 } }).toThrow("give a whole number");
  });

  it("of a property is refused, and so is one that answers no sentence", async () => {
    const one = (property: object) => refused({ properties: [property] });
    await one({ ...never, kind: "outcomes" }).toThrow(
      'there is no kind of property ("never") called "outcomes": did you mean outcome?',
    );
    await one({ name: "p", kind: "outcome" }).toThrow('property "p" has no test');
    await one({ ...never, name: builtInNames.deadlock }).toThrow("is always tested");
    await refused({ properties: [never, never] }).toThrow('two properties are called "never"');
    for (const kind of ["outcome", "invariant", "history"])
      for (const [answer, said] of [
        [true, "true"],
        [undefined, "undefined"],
        [Promise.resolve(null), "a promise"],
        ["", "an empty string"],
      ])
        await one({ name: "p", kind, test: () => answer }).toThrow(
          `property "p" answers ${said}: its test answers null where it holds`,
        );
  });

  it("of a matcher is refused, with the properties that there are", async () => {
    const found = await explore(shop([buy, buy]));
    for (const matched of [
      () => expect(found).not.toBreak("every sale is conted"),
      () => expect(found).toBreak("every sale is conted"),
      () => expect(found).toHold("every sale is conted"),
    ])
      expect(matched).toThrow('no property called "every sale is conted": did you mean every sale is counted?');
    expect(() => expect(found).not.toBreak("lost money")).toThrow(/there is every sale is counted, nobody waits for ever/);
    expect(found).not.toHold("every sale is counted");
    expect(found).toHold(builtInNames.deadlock);
  });
});

describe("a property that throws, as an expect in it does,", () => {
  for (const kind of ["outcome", "invariant", "history"] as const)
    it(`is broken, with its message, place and schedule (${kind})`, async () => {
      const test = () => expect(1).toBe(2) as unknown as null;
      const found = await explore({ ...shop([buy, buy]), properties: [{ name: "one is two", kind, test }] });
      expect(found).toBreak("one is two");
      expect(found.violations[0]?.explanation).toMatch(
        /its test threw AssertionError: expected 1 to be 2.*explore\.test\.ts:\d+/,
      );
      expect(found.violations[0]?.counterexample?.schedule).toMatch(/^1*2*1*$/);
      expect(found.explained[0]?.sentences).toContain("ts test threw AssertionError: expected 1 to be 2");
      const korean = await explore({ ...shop([buy, buy]), language: "ko", properties: [{ name: "one is two", kind, test }] });
      expect(korean.violations[0]?.explanation).toContain("속성의 test가 예외를 던졌습니다: AssertionError: expected 1 to be 2");
    });

  it("a counterexample is played once, also where several properties break in it", async () => {
    let played = 0;
    const counted = async (session: Session) => {
      played++;
      await buy(session);
    };
    const [sale] = shop([counted, counted]).properties;
    const both = [sale!, { ...sale!, name: "every sale is counted twice" }];
    const of = async (properties: readonly Property[]) => {
      played = 0;
      const { violations, explained } = await explore({ ...shop([counted, counted]), properties });
      expect(explained.map(({ schedule }) => schedule)).toEqual(violations.map(({ counterexample }) => counterexample?.schedule));
      return played;
    };
    expect(await of(both)).toBe(await of([sale!]));
  });
});

it("tables are an option of explore itself", async () => {
  const create = (id: number) => async (s: Session) =>
    (await s.insertRow({ table: "user", row: { id, email: "a" }, onConflict: "nothing" })) === 1 ? "created" : rejected("taken");
  const one: Property = {
    name: "one user",
    kind: "outcome",
    test: ({ rows }) => (Object.keys(rows).length === 1 ? null : "two"),
  };
  const options = { tasks: [create(1), create(2)], properties: [one] };
  expect(await explore({ ...options, tables: { user: { unique: [["email"]] } } })).toHold();
  expect(await explore(options)).toBreak("one user");
});

describe("a task that throws", () => {
  const messageOf = (found: Awaited<ReturnType<typeof explore>>) => {
    try {
      expect(found).toHold();
    } catch (error) {
      return (error as Error).message;
    }
    return "it holds";
  };
  const shopOf = (task: (s: Session) => Promise<unknown>) => explore({ ...shop([task, task]), properties: [never] });

  it("is no green test: the message names task, error, line and schedule", async () => {
    const typo = await shopOf(async (s) => {
      const row = await s.read<Row & { left: { value: { n: number } } }>("stock/1");
      return row.left.value.n;
    });
    expect(messageOf(typo)).toMatch(
      /nobody is shown an error: task 1 ends with an error that nothing catches: Cannot read .*'n'\) \(.*explore\.test\.ts:\d+\)/,
    );
    expect(messageOf(typo)).toContain("the smallest, 12 (1 switch, 0 preemptions)");
    const key = messageOf(await shopOf(async (s) => s.read("stocks/1")));
    expect(key).toContain("task 1 ends with an error that nothing catches: 02000 there is no row stocks/1");
    expect(key).toMatch(/step 1 {2}task 1 {2}read {2}.*explore\.test\.ts:\d+/);
  });

  it("breaks nothing where its code is an answer; an error of its own always does", async () => {
    const misses = async (s: Session) => s.read("stocks/1");
    const own = async (s: Session) => s.read("stock/1").then(() => Promise.reject(new Error("no")));
    const asked = (task: (s: Session) => Promise<unknown>, more: object) =>
      explore({ ...shop([task]), properties: [never], ...more });
    expect(await asked(misses, {})).toBreak(builtInNames.error);
    expect(await asked(misses, { failures: ["02000"] })).toHold();
    expect(await asked(own, { failures: ["02000"] })).toBreak(builtInNames.error);
    expect(await asked(own, { unchecked: [builtInNames.error] })).toHold();
    await expect(asked(own, { failures: ["2000"] })).rejects.toThrow('no failure code called "2000": did you mean');
    await expect(asked(own, { unchecked: ["errors"] })).rejects.toThrow("no built-in property called");
  });
});
