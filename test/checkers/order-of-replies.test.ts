import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anomalies } from "../../src/checkers/anomalies.js";
import { checkSerializable } from "../../src/checkers/serializable.js";
import { rowsAfter } from "../../src/checkers/versions.js";
import type { Event, History } from "../../src/core/history.js";
import { event, history, type Line } from "./notation.js";

const before = { x: 0, y: 0 };
const rows = (x: number, y: number) => ({ x: { value: x }, y: { value: y } });
const told = (one: History) => {
  const answer = checkSerializable(one);
  if (answer.serializable === true) return `order ${answer.order.map(({ task }) => task).join(" ")}`;
  return `${answer.serializable ? "possibly " : ""}${answer.name}`;
};

describe("the order in which transactions' writes took effect", () => {
  const crossed: Line = "1 begin | 2 begin | 1 w x 1 | 2 w x 2 | 2 w y 2 | 1 w y 1 | 1 commit | 2 commit";
  const ending = (x: number, y: number): History => ({ ...history(before, crossed), after: rows(x, y) });
  it("is that of the commits, unless the rows at the end say that it was that of the writes: G0", () => {
    expect(told(ending(2, 2))).toBe("order 1 2");
    expect(told(ending(2, 1))).toBe("G0");
    expect(told(ending(1, 1))).toBe("order 2 1");
    expect(rowsAfter(ending(2, 1)).at(-1)).toEqual(rows(2, 1));
    expect(told(ending(2, 0)), "nobody left it so").toBe("the end is not the history's");
  });
  it("is that of the versions which a server counts", () => {
    const one = ending(2, 1);
    const versions: { readonly [n: number]: number } = { 3: 1, 4: 2, 5: 1, 6: 2 };
    const counted = (one: History, of = versions): History => ({
      ...one,
      events: one.events.map((event) => (of[event.n] === undefined ? event : { ...event, version: of[event.n]! })),
    });
    expect(told(counted(one))).toBe("G0");
    expect(told(counted(ending(1, 1), { 3: 2, 4: 1, 5: 1, 6: 2 }))).toBe("order 2 1");
  });
  it("is certain where transactions do not overlap, whatever the rows at the end are", () => {
    const line = "1 begin | 1 w x 1 | 1 commit | 2 begin | 2 w x 2 | 2 commit";
    expect(told({ ...history(before, line), after: rows(1, 0) })).toBe("the end is not the history's");
  });
});

/** The events in the order of replies: each as it is, but asked when so many had been answered. */
const replies = (line: Line, asked: readonly number[], after: History["after"]): History => {
  const { events, ...rest } = history(before, line);
  return { ...rest, after, order: "replies", events: events.map((event, i): Event => ({ ...event, asked: asked[i]! })) };
};

describe("in the order of replies", () => {
  const crossed = "1 w x 1 | 2 w x 2 | 2 w y 2 | 1 w y 1";
  it("writers that overlap are crossed only possibly, and certainly where they did not overlap", () => {
    expect(told(replies(crossed, [0, 0, 1, 1], rows(2, 1)))).toBe("possibly G0");
    expect(checkSerializable(replies(crossed, [0, 0, 1, 1], rows(2, 1)))).toMatchObject({
      serializable: "possibly",
      reason: "the order of overlapping steps is not known",
      cycle: { length: 2 },
    });
    expect(told(replies(crossed, [0, 1, 2, 3], rows(2, 1)))).toBe("G0");
    expect(told(replies(crossed, [0, 0, 1, 1], rows(2, 2)))).toBe("order 1 2");
  });
  it("a read may have seen a write that was answered later, and no anomaly is made of it", () => {
    const one = replies("1 r x 5 | 2 w x 5", [0, 0], rows(5, 0));
    expect(told(one)).toBe("order 2 1");
    expect(anomalies(one)).toEqual([]);
    expect(told(replies("1 r x 5 | 2 w x 5", [0, 1], rows(5, 0)))).toBe("future read");
  });
  it("a read before a commit is answered is not dirty, because the commit may have come first", () => {
    const one = replies("1 begin | 1 w x 1 | 2 r x 1 | 1 commit", [0, 1, 2, 2], rows(1, 0));
    expect(anomalies(one)).toEqual([]);
    expect(told(one)).toBe("order 1 2");
  });
});

it("is possible only, where a count tells another number of rows than the moment, and not which", () => {
  const count = (n: number) => event(1, { kind: "select", table: "t", aggregate: ["count", "*"] }, [{ count: n }]);
  const of = (n: number) => checkSerializable(history({ "t/1": "n=1" }, ["2 ins t/2 n=2", count(n)]));
  expect(of(2)).toMatchObject({ serializable: true });
  expect(of(1)).toMatchObject({ serializable: "possibly", reason: "it is not known what was read or written", cycle: [] });
});

it("is possible only, where a commit without an answer was seen or is there at the end, and yes where it was not", () => {
  const lost = "1 begin | 1 w x 1 | 1 err 08006 commit";
  const of = (line: string, x: number) => told({ ...history(before, line), after: rows(x, 0) });
  expect(of(lost, 0)).toBe("order ");
  expect(of(`${lost} | 2 r x 0`, 0)).toBe("order 2");
  expect(of(lost, 1)).toBe("possibly null");
  expect(of(`${lost} | 2 r x 1`, 1)).toBe("possibly null");
});

/** Tasks that read and write two rows, one step after another, each step within the time from its question to its answer. */
const steps = fc.array(
  fc.record({
    task: fc.integer({ min: 1, max: 3 }),
    verb: fc.constantFrom("r", "w"),
    key: fc.constantFrom("x", "y"),
    early: fc.nat(3),
    late: fc.nat(3),
  }),
  { minLength: 1, maxLength: 8 },
);
type Steps = readonly { task: number; verb: string; key: string; early: number; late: number }[];

/** What happened, in the order of effects and in that of replies. */
function executed(steps: Steps): { exact: History; replied: History } {
  const state: Record<string, number> = { x: 0, y: 0 };
  const parts = steps.map(({ task, verb, key }, i) => {
    if (verb === "w") state[key] = i + 1;
    return `${task} ${verb} ${key} ${state[key]}`;
  });
  const exact = history(before, parts.join(" | "));
  const free = new Map<number, number>();
  const timed = steps.map(({ task, early, late }, i) => {
    const own = steps.findIndex((step, j) => j > i && step.task === task);
    const asked = Math.max(free.get(task) ?? -1, i - early - 0.25);
    const answered = Math.min(i + late + 0.5, own < 0 ? Number.POSITIVE_INFINITY : own - 0.5);
    free.set(task, answered);
    return { event: exact.events[i]!, asked, answered };
  });
  const sorted = timed.toSorted((a, b) => a.answered - b.answered);
  const events = sorted.map(({ event, asked }, i): Event => {
    const known = sorted.filter(({ answered }) => answered <= asked).length;
    return { ...event, n: i + 1, asked: known };
  });
  return { exact, replied: { ...exact, events, order: "replies" } };
}

/** Brute force: do the tasks, one after another in some order, read what they read and leave what there is? */
function isExplained({ events, after }: History): boolean {
  const tasks = [...new Set(events.map(({ task }) => task))];
  return everyOrder(tasks).some((order) => {
    const state: Record<string, unknown> = { x: 0, y: 0 };
    return (
      order.every((task) =>
        events
          .filter((event) => event.task === task)
          .every(({ operation, reply }) => {
            if (operation.kind === "write") state[operation.key] = operation.row["value"];
            const read = operation.kind === "read" ? (reply as { value: { value: number } }).value.value : null;
            return operation.kind !== "read" || state[operation.key] === read;
          }),
      ) && Object.entries(state).every(([key, value]) => after[key]?.["value"] === value)
    );
  });
}
const everyOrder = (tasks: readonly number[]): number[][] =>
  tasks.length === 0
    ? [[]]
    : tasks.flatMap((task) => everyOrder(tasks.filter((one) => one !== task)).map((rest) => [task, ...rest]));

/** Does no task look again at a row after it wrote? Then a task is one unit, which is what brute force knows. */
const isOneUnit = (steps: Steps): boolean =>
  steps.every(
    ({ task, verb, key }, i) =>
      verb !== "r" ||
      !steps
        .slice(0, i)
        .some(
          (one, j) =>
            one.task === task &&
            one.verb === "w" &&
            steps.slice(0, j).some((look) => look.task === task && look.verb === "r" && look.key === key),
        ),
  ) &&
  steps.every(
    ({ task, verb, key }, i) =>
      verb !== "r" || !steps.slice(0, i).some((one) => one.task === task && one.verb === "r" && one.key === key),
  );

describe("laws, against trying every order", () => {
  const seen = { yes: 0, no: 0, possibly: 0 };
  it("the order of replies: yes only if some order explains it, no only if the true order says no, and no contradiction", () => {
    fc.assert(
      fc.property(steps, (steps) => {
        fc.pre(isOneUnit(steps));
        const { exact, replied } = executed(steps);
        const answer = checkSerializable(replied);
        expect(answer).not.toHaveProperty("contradiction");
        if (answer.serializable === true) expect(isExplained(exact)).toBe(true);
        if (answer.serializable === false) expect(checkSerializable(exact).serializable).toBe(false);
        seen[answer.serializable === true ? "yes" : answer.serializable ? "possibly" : "no"]++;
      }),
      { numRuns: 4000 },
    );
    expect(Math.min(seen.yes, seen.no, seen.possibly)).toBeGreaterThan(50);
  });

  it("yes only if some order explains it, also where a read got another row; and what is not serializable has a name", () => {
    let changed = 0;
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(8), (steps, which, value) => {
        fc.pre(isOneUnit(steps));
        const { exact } = executed(steps);
        const reads = exact.events.filter(({ operation }) => operation.kind === "read");
        const target = reads[which % Math.max(1, reads.length)];
        const events = exact.events.map((event) => (event === target ? { ...event, reply: { value: { value } } } : event));
        const one = { ...exact, events };
        const { serializable } = checkSerializable(one);
        if (serializable === true) expect(isExplained(one)).toBe(true);
        else expect(anomalies(one).length).toBeGreaterThan(0);
        if (!isExplained(one)) changed++;
      }),
      { numRuns: 4000 },
    );
    expect(changed).toBeGreaterThan(200);
  });
});

describe("a cycle that no anomaly is named after", () => {
  const names = (line: Line, rows: Parameters<typeof history>[0] = before) =>
    anomalies(history(rows, line)).map(({ anomaly }) => anomaly);
  it("has the name that the literature gives it", () => {
    expect(names("1 begin | 1 r x 0 | 2 w x 1 | 1 r x 1 | 1 commit")).toEqual(["fuzzy read"]);
    expect(names("3 r y 0 | 4 r x 0 | 1 w x 1 | 2 w y 1 | 3 r x 1 | 4 r y 1")).toEqual(["long fork"]);
    expect(names("2 begin rr | 2 r x 0 | 2 r y 0 | 1 r y 0 | 1 w y 20 | 3 r x 0 | 3 r y 20 | 2 w x -11 | 2 commit")).toEqual([
      "read-only anomaly",
    ]);
    expect(names("1 w x 1 | 2 w y 1 | 2 r x 1 | 1 r y 1")).toEqual(["circular information flow"]);
  });
  it("else the name that Adya gives it", () => {
    expect(names("1 r x 0 | 2 r y 0 | 3 r z 0 | 1 w y 1 | 2 w z 1 | 3 w x 1", { x: 0, y: 0, z: 0 })).toEqual(["G2-item"]);
    expect(names("1 r x 0 | 2 w x 1 | 2 w y 1 | 1 w y 2")).toEqual(["G-single"]);
  });
  it("is told edge by edge", () => {
    expect(anomalies(history(before, "1 begin | 1 r x 0 | 2 w x 1 | 1 r x 1 | 1 commit"))[0]).toMatchObject({
      events: [2, 3, 4],
      tasks: [1, 2],
      explanation:
        "Request 1 read x at step 2, and request 2 replaced it at step 3. Request 2 wrote x at step 3, and request 1 read it at step 4. " +
        "Each of them comes before the next and the last before the first, so no serial order explains it.",
    });
  });
  it("is not told again where an anomaly between its tasks has a name", () => {
    expect(names("1 r x 0 | 2 r x 0 | 2 w x 1 | 1 w x 1")).toEqual(["lost update"]);
  });
});
