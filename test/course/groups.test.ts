import { expect, test } from "vitest";
import { courseEntries, findLesson } from "../../src/course/catalog.js";
import { groupOf, lessonGroups } from "../../src/course/groups.js";

test("the course is in the order of its groups, and every lesson is in one of them", () => {
  expect(courseEntries().map(({ id }) => id)).toEqual(lessonGroups.flatMap(({ lessons }) => lessons));
  expect(new Set(courseEntries().map(({ id }) => id)).size).toBe(courseEntries().length);
});

test("what a lesson is built on comes before it: leases after two servers, a torn order after the deadlock", () => {
  const place = (number: number): number => courseEntries().findIndex((entry) => entry.number === number);
  for (const [before, after] of [
    [1, 2],
    [5, 18],
    [18, 21],
    [9, 3],
    [12, 14],
    [15, 16],
    [17, 20],
  ] as const)
    expect(place(before), `${before} before ${after}`).toBeLessThan(place(after));
});

test("a lesson is found by its id and by its old number, wherever it stands", () => {
  for (const { number, id } of courseEntries()) {
    expect(findLesson(String(number)).id).toBe(id);
    expect(findLesson(id).number).toBe(number);
  }
  expect(findLesson("03").id).toBe("torn-order");
});

test("a lesson outside the course is in no group", () => {
  expect(groupOf("gift-card")).toBeNull();
});
