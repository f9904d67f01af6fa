import fc from "fast-check";
import { type Choice, formatSchedule, parseSchedule } from "racelab";
import { expect, test } from "vitest";

const event = fc.constantFrom("crash", "restart", "lost-reply", "expire", "expire-2");
const choice: fc.Arbitrary<Choice> = fc.oneof(
  fc.integer({ min: 1, max: 50 }),
  fc.record({ event }),
  fc.record({ event, task: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ event: fc.constant("choose"), task: fc.integer({ min: 1, max: 40 }), option: fc.integer({ min: 1, max: 12 }) }),
);

test("a schedule survives being written down, with and without runs", () => {
  fc.assert(
    fc.property(fc.array(choice), (schedule) => {
      expect(parseSchedule(formatSchedule(schedule))).toEqual(schedule);
      expect(parseSchedule(formatSchedule(schedule, true))).toEqual(schedule);
    }),
  );
});

test("the text form", () => {
  expect(parseSchedule("122221121112")).toEqual([1, 2, 2, 2, 2, 1, 1, 2, 1, 1, 1, 2]);
  expect(parseSchedule("1.crash:2.1")).toEqual([1, { event: "crash", task: 2 }, 1]);
  expect(parseSchedule("1*3, 2 a")).toEqual([1, 1, 1, 2, 10]);
  expect(formatSchedule([1, 1, 2, 10, 36], true)).toBe("1*2 2 a .36.");
});

test.each([
  ["12x-1", 'character 4 ("-"): a task is written 1 to 9 or a to z'],
  ["1.crash:2", "character 2"],
  ["1.Crash.", '"Crash" is no environment choice'],
  ["1*", "a run needs a number from 1"],
  ["102", 'character 2 ("0")'],
])("%s cannot be read: %s", (text, why) => {
  expect(() => parseSchedule(text)).toThrow(why);
});
