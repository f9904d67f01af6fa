import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anomalies } from "../../src/checkers/anomalies.js";
import { checkSerializable } from "../../src/checkers/serializable.js";
import { event, history, type Line, rowOf } from "./notation.js";

const before = { x: 0, y: 0 };
const name = (line: Line, rows: Parameters<typeof history>[0] = before) => {
  const answer = checkSerializable(history(rows, line));
  return answer.serializable === true ? `order ${answer.order.map(({ task }) => task).join(" ")}` : answer.name;
};
const tx = (task: number, level = "") => `${task} begin ${level}`;

describe("the cycles, by their names", () => {
  it("G0: writes that cross", () => expect(name("1 w x 1 | 2 w x 2 | 2 w y 2 | 1 w y 1")).toBe("G0"));
  it("G1a: a read of what is rolled back", () => expect(name(`${tx(1)} | 1 w x 1 | 2 r x 1 | 1 rollback`)).toBe("G1a"));
  it("G1b: a read of what is replaced", () => expect(name(`${tx(1)} | 1 w x 1 | 2 r x 1 | 1 w x 2 | 1 commit`)).toBe("G1b"));
  it("G1c: each reads the other's write", () => expect(name("1 w x 1 | 2 w y 1 | 2 r x 1 | 1 r y 1")).toBe("G1c"));
  it("G-single: half of it, or one row read twice", () => {
    expect(name("1 r x 0 | 2 w x 1 | 2 w y 1 | 1 r y 1")).toBe("G-single");
    expect(name(`${tx(1)} | 1 r x 0 | 2 w x 1 | 1 r x 1 | 1 commit`)).toBe("G-single");
  });
  it("lost update", () => expect(name("1 r x 0 | 2 r x 0 | 2 w x 1 | 1 w x 1")).toBe("G-single"));
  it("G2-item: write skew", () => {
    expect(name("1 r x 0 | 1 r y 0 | 2 r x 0 | 2 r y 0 | 1 w x 1 | 2 w y 1")).toBe("G2-item");
    expect(name("1 r x 0 | 2 r y 0 | 3 r z 0 | 1 w y 1 | 2 w z 1 | 3 w x 1", { x: 0, y: 0, z: 0 })).toBe("G2-item");
  });
  it("G2: through a condition", () => {
    const count = (task: number) => event(task, { kind: "select", table: "t" }, [rowOf("n=1")!]);
    expect(name([count(1), count(2), "1 ins t/2 n=2 | 2 ins t/3 n=3"], { "t/1": "n=1" })).toBe("G2");
  });
});

describe("no cycle", () => {
  it("gives the order, which need not be that of the clock", () => {
    expect(name("1 r x 0 | 1 w x 1 | 2 r x 1 | 2 w x 2")).toBe("order 1 2");
    expect(name("1 r y 0 | 2 r x 0 | 1 w x 1")).toBe("order 2 1");
    expect(name("1 w x 1 | 1 w y 1 | 2 r y 1 | 3 r x 1")).toBe("order 1 2 3");
    expect(name(`${tx(1, "rr")} | 1 r y 0 | 2 w x 1 | 1 r x 0 | 1 commit`)).toBe("order 1 2");
  });
  it("is found when what collided was rolled back, refused or looked at again", () => {
    expect(name(`${tx(1)} | 1 r x 0 | 2 r x 0 | 2 w x 1 | 1 w x 1 | 1 rollback`)).toBe("order 2");
    expect(name("1 rv x 0 0 | 2 rv x 0 0 | 2 cas x 0 1 | 1 cas x 0 ?1 | 1 rv x 1 1 | 1 cas x 1 2")).toBe("order 2 1");
    expect(name("1 r x 0 | 2 w x 1 | 2 w y 1 | 1 r y 1 | 1 r x 1")).toBe("order 2 1");
  });
});

it("gives the shortest cycle, edge by edge", () => {
  const answer = checkSerializable(history(before, "1 r x 0 | 2 r x 0 | 2 w x 1 | 1 w x 2 | 3 r x 2 | 3 w y 1"));
  expect(
    answer.serializable === true
      ? []
      : answer.cycle.map(({ kind, from, to, key, events }) => [kind, from.task, to.task, key, ...events]),
  ).toEqual([
    ["rw", 1, 2, "x", 1, 3],
    ["ww", 2, 1, "x", 3, 4],
  ]);
});

it("gives the shortest of several", () => {
  const rows = { x: 0, y: 0, z: 0, p: 0, q: 0 };
  const three = "1 r x 0 | 2 r y 0 | 3 r z 0 | 1 w y 1 | 2 w z 1 | 3 w x 1";
  const two = "4 r p 0 | 5 r q 0 | 4 w q 1 | 5 w p 1";
  for (const line of [`${three} | ${two}`, `${two} | ${three}`])
    expect(checkSerializable(history(rows, line))).toMatchObject({ cycle: { length: 2 } });
});

/** Random programs on two rows; tasks read and write either, and each value shows its writer. */
const program = fc.array(
  fc.array(fc.tuple(fc.constantFrom("r", "w"), fc.constantFrom("x", "y")), { minLength: 1, maxLength: 3 }),
  {
    minLength: 1,
    maxLength: 4,
  },
);

/** Plays the tasks in this order of turns, on a store that carries out each operation at once. */
function play(program: readonly (readonly (readonly [string, string])[])[], turns: readonly number[]): string {
  const rows: Record<string, number> = { x: 0, y: 0 };
  const at = program.map(() => 0);
  return turns
    .flatMap((task, turn) => {
      const step = program[task]![at[task]!++];
      if (!step) return [];
      if (step[0] === "w") rows[step[1]] = turn + 1;
      return [`${task + 1} ${step[0]} ${step[1]} ${rows[step[1]]}`];
    })
    .join(" | ");
}
const turns = (program: readonly (readonly unknown[])[]) => program.flatMap((steps, task) => steps.map(() => task));

describe("properties", () => {
  it("a serial history is serializable and has no anomaly", () => {
    fc.assert(
      fc.property(program, (program) => {
        const serial = history(before, play(program, turns(program)));
        expect(checkSerializable(serial).serializable).toBe(true);
        expect(anomalies(serial)).toEqual([]);
      }),
    );
  });

  it("agrees with trying every order, on histories without blind loops", () => {
    let no = 0;
    fc.assert(
      fc.property(
        program.chain((program) =>
          fc.tuple(fc.constant(program), fc.shuffledSubarray(turns(program), { minLength: turns(program).length })),
        ),
        ([program, turns]) => {
          // One transaction per task, all in one snapshotless store: every read and write counts.
          const line = play(program, turns);
          const one = history(before, line);
          // Only when no task loops: a loop is two units, and brute force below knows tasks only.
          fc.pre(
            program.every(
              (steps) =>
                !steps.some(([verb, key], i) => verb === "r" && steps.slice(0, i).some((s) => s[0] === "r" && s[1] === key)),
            ),
          );
          const expected = everyOrder(program.map((_, task) => task)).some((order) => explains(one, line, order));
          if (!expected) no++;
          // Conflict serializability is stricter than what can be explained by values (view): yes implies yes.
          if (checkSerializable(one).serializable) expect(expected).toBe(true);
          else if (
            program.every((steps) =>
              steps.every(([verb, key], i) => verb === "r" || steps.slice(0, i).some((s) => s[0] === "r" && s[1] === key)),
            )
          )
            expect(expected).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
    expect(no).toBeGreaterThan(20);
  });
});

const everyOrder = (tasks: readonly number[]): number[][] =>
  tasks.length === 0
    ? [[]]
    : tasks.flatMap((task) => everyOrder(tasks.filter((other) => other !== task)).map((rest) => [task, ...rest]));

/** Do the tasks, one after the other in this order, read what they read and leave what they left? */
function explains(one: ReturnType<typeof history>, line: string, order: readonly number[]): boolean {
  const rows: Record<string, string> = { x: "0", y: "0" };
  const steps = line.split(" | ").map((part) => part.split(" "));
  for (const task of order)
    for (const [, verb, key, value] of steps.filter(([by]) => by === String(task + 1))) {
      if (verb === "w") rows[key!] = value!;
      else if (rows[key!] !== value) return false;
    }
  return Object.entries(rows).every(([key, value]) => String(one.after[key]?.["value"]) === value);
}
