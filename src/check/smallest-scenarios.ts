/**
 * The smallest scenario of each anomaly: the few clients that it needs, and nothing else. What a strategy does to an
 * anomaly is found by exploring its scenario. Lost update to write skew have the names of Berenson et al. (1995) and of
 * Kleppmann's Hermitage; the others come from services.
 */
import { builtInNames } from "../core/exploration.js";
import type { Lesson } from "../core/lesson.js";
import type { Rows } from "../core/operation.js";
import type { End, Property } from "../core/property.js";
import { type Outcome, ok, rejected, type Work } from "../core/work.js";
import type { FaultBudget } from "../simulator/index.js";

interface SmallestScenario extends Pick<Lesson, "scenario" | "size" | "label"> {
  readonly anomaly: string;
  /** Broken when the anomaly has happened: a property of the scenario, or one that the explorer checks by itself. */
  readonly property: string;
  /** The faults that it needs. */
  readonly faults?: FaultBudget;
}

type Count = { n: number };

const [X, Y] = ["row/x", "row/y"];
const n = (rows: Rows, key: string) => Number(rows[key]?.["n"]);
const saidYes = (outcomes: readonly (Outcome | undefined)[]) => outcomes.filter((outcome) => outcome?.status === "ok");

/** Each client sends a request of its own; with `more.request` it may repeat another. */
const client = (name: string, keys: Work["keys"], body: Work["body"], more: Partial<Work> = {}): Work => ({
  name,
  keys,
  request: { idempotencyKey: name, payload: null },
  body,
  ...more,
});

const increment: Work["body"] = async ({ read, write }) => {
  await write(X, { n: (await read<Count>(X)).n + 1 });
  return ok();
};

const addOne = (who: string) =>
  client(who, [X], increment, {
    atomic: { key: X, set: { n: ["+", "n", 1] }, otherwise: "there is no row" },
    message: { data: null, handle: (_, access) => increment(access) },
  });

const readTwice = (first: string, second: string) =>
  client("read", [X, Y], async ({ read }) => {
    const one = await read<Count>(first);
    const other = await read<Count>(second);
    return ok(`${one.n}, ${other.n}`);
  });

const addToBoth = (who: string, keys: readonly [string, string]) =>
  client(who, keys, async ({ read, write }) => {
    for (const key of keys) await write(key, { n: (await read<Count>(key)).n + 1 });
    return ok();
  });

/** Two are on call, and one of them must stay. Each reads both rows and changes its own. */
const leave = (mine: string) =>
  client(mine, [X, Y], async ({ read, write }) => {
    const on = (await read<Count>(X)).n + (await read<Count>(Y)).n;
    if (on < 2) return rejected("somebody must stay");
    await write(mine, { n: 0 });
    return ok();
  });

const writeThenCorrect = client("correct", [X], async ({ write }) => {
  await write(X, { n: 1 });
  await write(X, { n: 2 });
  return ok();
});

const move: Work = client(
  "move",
  [X, Y],
  async ({ read, write }) => {
    const [from, to] = [await read<Count>(X), await read<Count>(Y)];
    await write(X, { n: from.n - 1 });
    await write(Y, { n: to.n + 1 });
    return ok();
  },
  {
    steps: [add(X, -1), add(Y, 1)],
  },
);

function add(key: string, change: number) {
  const by = (change: number) => async (access: Parameters<Work["body"]>[0]) => {
    await access.write(key, { n: (await access.read<Count>(key)).n + change });
    return ok();
  };
  return { name: `${key} ${change}`, do: by(change), undo: by(-change) };
}

/** One request that the client sends twice, because the reply was slow. */
const pay = client(
  "pay",
  [X],
  async ({ read, write, call }) => {
    if ((await read<Count>(X)).n > 0) return rejected("already paid");
    await call("payments", { order: 1 });
    await write(X, { n: 1 });
    return ok();
  },
  { request: { idempotencyKey: "pay", payload: { order: 1 } } },
);

interface Setup {
  readonly rows: Rows;
  readonly tasks: readonly Work[];
  readonly servers?: number;
  readonly faults?: FaultBudget;
}

/**
 * `wrong`: the sentence about an end in which the anomaly happened, null for another end; or the name of a property that the
 * explorer checks by itself.
 */
const smallest = (
  anomaly: string,
  { rows, tasks, servers = 1, faults }: Setup,
  wrong: string | ((end: End) => string | null),
): SmallestScenario => {
  const own: Property[] = typeof wrong === "string" ? [] : [{ name: `no ${anomaly}`, kind: "outcome", test: wrong }];
  return {
    anomaly,
    property: typeof wrong === "string" ? wrong : `no ${anomaly}`,
    ...(faults && { faults }),
    size: { tasks: tasks.length, servers },
    scenario: () => ({
      rows,
      tasks,
      properties: own,
      tally: { name: "x", done: "done", actual: (rows) => n(rows, X), expected: () => 0 },
    }),
    label: ({ rows }) => JSON.stringify(rows),
  };
};

const lost = ({ rows, outcomes }: End) => {
  const yes = saidYes(outcomes).length;
  return n(rows, X) >= yes ? null : `${yes} were told yes, and x is ${n(rows, X)}`;
};
const read =
  (wrong: string[]) =>
  ({ outcomes }: End) => {
    const seen = saidYes(outcomes).find(({ detail }) => wrong.includes(detail ?? ""));
    return seen ? `somebody read ${seen.detail}` : null;
  };
const gaveUp = ({ outcomes }: End) => {
  const failed = outcomes.find((outcome) => outcome === undefined || outcome.status === "failed");
  return outcomes.every((outcome) => outcome && outcome.status !== "failed")
    ? null
    : (failed?.detail ?? "somebody waits for ever");
};

const zero = { [X]: { n: 0 }, [Y]: { n: 0 } };
const [kim, lee] = [addOne("kim"), addOne("lee")];

export const smallestScenarios: readonly SmallestScenario[] = [
  smallest("lost update", { rows: zero, tasks: [kim, lee] }, lost),
  smallest("lost update, two servers", { rows: zero, tasks: [kim, lee], servers: 2 }, lost),
  smallest("intermediate read", { rows: zero, tasks: [writeThenCorrect, readTwice(X, X)] }, read(["0, 1", "1, 1", "1, 2"])),
  smallest("fuzzy read", { rows: zero, tasks: [kim, readTwice(X, X)] }, read(["0, 1"])),
  smallest("read skew", { rows: zero, tasks: [addToBoth("kim", [X, Y]), readTwice(X, Y)] }, read(["0, 1"])),
  smallest("write skew", { rows: { [X]: { n: 1 }, [Y]: { n: 1 } }, tasks: [leave(X), leave(Y)] }, ({ rows }) =>
    n(rows, X) + n(rows, Y) > 0 ? null : "nobody is on call",
  ),
  smallest("deadlock", { rows: zero, tasks: [addToBoth("kim", [X, Y]), addToBoth("lee", [Y, X])] }, gaveUp),
  smallest("wrongful rejection", { rows: zero, tasks: [kim, kim, kim, kim] }, builtInNames["wrongful rejection"]),
  smallest("double effect", { rows: zero, tasks: [pay, pay] }, ({ rows }) => {
    const paid = Object.keys(rows).filter((key) => key.startsWith("service/payments/")).length;
    return paid < 2 ? null : `the card was charged ${paid} times`;
  }),
  smallest(
    "half done after a crash",
    { rows: { [X]: { n: 1 }, [Y]: { n: 0 } }, tasks: [move], faults: { restart: 1 } },
    ({ rows }) => (n(rows, X) + n(rows, Y) === 1 ? null : `x is ${n(rows, X)} and y is ${n(rows, Y)}`),
  ),
  smallest("late holder of a lease", { rows: zero, tasks: [kim, lee], faults: { expire: 1 } }, lost),
  smallest("late owner of a message", { rows: zero, tasks: [kim, lee], faults: { redeliver: 1 } }, lost),
];
