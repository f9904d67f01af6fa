import { describe, expect, it } from "vitest";
import { anomalies } from "../../src/checkers/anomalies.js";
import { formatHistory, parseHistory } from "../../src/checkers/history-text.js";
import { callsOn } from "../../src/checkers/linearizable.js";
import { checkSerializable } from "../../src/checkers/serializable.js";
import type { Event, History } from "../../src/core/history.js";
import { history } from "./notation.js";

const one = history(
  { x: 0, y: 0 },
  "1 begin ser | 1 r x 0 | 2 rv y 0 1 | 2 cas y 1 ?5 | 1 w x 1 | 2 wait r x 0 | 1 err 40001 commit",
);

describe("a history as text", () => {
  it("is read back as it was, as lines and as one object", () => {
    const whole: History = { ...one, outcomes: [{ status: "ok", detail: "1" }, undefined], order: "replies", servers: [0, 1] };
    for (const text of [formatHistory(whole), JSON.stringify(whole), JSON.stringify(whole, null, 2)])
      expect(parseHistory(text)).toEqual(whole);
    expect(formatHistory(whole).split("\n")).toHaveLength(one.events.length + 2);
  });
  it("need not say what follows from its place", () => {
    const events = one.events.map(({ n: _, asked, waited, ...event }) => (waited ? { ...event, asked, waited } : event));
    expect(parseHistory(JSON.stringify({ before: one.before, after: one.after, events }))).toEqual({ ...one, outcomes: [] });
  });
  it("is refused where it is cut off or no JSON, with the line", () => {
    const lines = formatHistory(one);
    expect(() => parseHistory(lines.slice(0, -2))).toThrow(/^line 8 is no JSON/);
    expect(() => parseHistory(lines.split("\n").slice(0, 5).join("\n"))).toThrow(
      "the first line says 7 events, and there are 4: the file is not whole",
    );
    expect(() => parseHistory("")).toThrow("before is missing: give the rows by key, {} for none");
    expect(() => parseHistory('{"before":{}}')).toThrow("after is missing");
  });
});

const change = (n: number, by: object): History => ({
  ...one,
  events: one.events.map((event): Event => (event.n === n ? ({ ...event, ...by } as Event) : event)),
});
const replied = (n: number, value: unknown) => change(n, { reply: { value } });

describe("a history that cannot be right is refused by every checker, with the event's number", () => {
  it.each<[unknown, string]>([
    [change(2, { operation: { kind: "put", key: "x" } }), 'event 2: there is no operation "put": write write'],
    [change(2, { operation: { kind: "look", key: "x" } }), 'event 2: there is no operation "look"'],
    [change(2, { operation: { kind: "read" } }), "event 2: read: key is missing"],
    [change(5, { operation: { kind: "write", key: "x" } }), "event 5: write: row is missing"],
    [change(2, { operation: undefined }), "event 2: operation is missing, not an object"],
    [change(2, { reply: undefined }), "event 2: reply is missing, not { value } or { error }"],
    [change(2, { reply: {} }), 'event 2: reply has neither value nor error: write { "error": "08006" } where no answer came'],
    [change(2, { reply: { error: "1213" } }), 'event 2: reply.error is "1213", which is none of the codes that racelab knows'],
    [replied(2, 0), "event 2: read cannot answer 0: its value is a row, or null where there is none"],
    [
      replied(3, { value: 0 }),
      'event 3: read-versioned cannot answer {"value":0}: its value is { row, version }, or null where there is no row',
    ],
    [replied(4, null), "event 4: compare-and-set cannot answer null: its value is true, or false where nothing was written"],
    [change(5, { reply: { value: true } }), "event 5: write cannot answer true: its value is null"],
    [change(7, { reply: { value: true } }), 'event 7: commit cannot answer true: its value is "commit", or "rollback"'],
    [change(2, { n: 3 }), "event 2: n is 3, and it is event 2 of the list: number events from 1, without a gap"],
    [change(2, { task: 0 }), "event 2: task is 0, not a number from 1 on"],
    [change(2, { asked: 2 }), "event 2: asked is 2: give how many events had taken effect when it was asked, from 0 to 1"],
    [change(2, { asked: undefined }), "event 2: asked is undefined"],
    [change(2, { waited: undefined }), "event 2: waited is undefined, not true or false"],
    [{ ...one, events: [...one.events, null] }, "event 8: it is null, not an object"],
    [{ ...one, events: undefined }, "events is missing, not a list"],
    [{ ...one, before: undefined }, "before is missing: give the rows by key, {} for none"],
    [{ ...one, after: { x: 5 } }, "after: the row of x is 5, not an object of columns"],
    [
      { ...one, outcomes: [{ status: "fine" }] },
      'the outcome of task 1 is {"status":"fine"}: its status is ok, rejected, failed, unknown',
    ],
    [{ ...one, order: "time" }, 'order is "time": write "replies", or leave it out'],
    [null, "a history is an object with before, events, outcomes and after, not null"],
  ])("%#: %s", (bad, says) => {
    for (const check of [checkSerializable, anomalies, (history: History) => callsOn(history, "x")]) {
      expect(() => check(bad as History)).toThrow(TypeError);
      expect(() => check(bad as History)).toThrow(says);
    }
  });
  it("and one that is right is not", () => {
    expect(checkSerializable(one).serializable).toBe(true);
    expect(callsOn(one, "y")).toHaveLength(2);
  });
});
