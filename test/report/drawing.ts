import type { Event } from "../../src/core/history.js";
import type { Note } from "../../src/core/note.js";
import type { Trace } from "../../src/report/trace.js";

/** The history of schedule 122221121112 (two workers, three increments each), written by hand. */
const told: readonly [task: number, kind: "R" | "W", value: number, note?: Note][] = [
  [1, "R", 0],
  [2, "R", 0],
  [2, "W", 1],
  [2, "R", 1],
  [2, "W", 2],
  [
    1,
    "W",
    1,
    {
      stale: { read: 1, since: 3, by: 2 },
      overwrites: [
        { n: 3, task: 2 },
        { n: 5, task: 2 },
      ],
    },
  ],
  [1, "R", 1],
  [2, "R", 1],
  [1, "W", 2],
  [1, "R", 2],
  [1, "W", 3],
  [
    2,
    "W",
    2,
    {
      stale: { read: 8, since: 9, by: 1 },
      overwrites: [
        { n: 9, task: 1 },
        { n: 11, task: 1 },
      ],
    },
  ],
];

export function drawing(): Trace {
  let [actual, done] = [0, 0];
  const tallies = told.map(([, kind, value]) => {
    if (kind === "W") [actual, done] = [value, done + 1];
    return { actual, expected: done, done };
  });
  const events = told.map(
    ([task, kind, value], index): Event => ({
      n: index + 1,
      task,
      asked: index,
      waited: false,
      ...(kind === "R"
        ? { operation: { kind: "read", key: "count/1" }, reply: { value: { count: value } } }
        : { operation: { kind: "write", key: "count/1", row: { count: value } }, reply: { value: null } }),
    }),
  );
  return {
    history: {
      before: { "count/1": { count: 0 } },
      events,
      outcomes: [undefined, undefined],
      after: { "count/1": { count: 2 } },
    },
    notes: told.map(([, , , note]) => note ?? {}),
    tallies,
  };
}
