import { expect, it } from "vitest";
import { capital } from "../../src/core/capital.js";

it("a sentence begins with a capital, and a name at its beginning keeps its spelling", () => {
  expect(capital("task 1 waits")).toBe("Task 1 waits");
  expect(capital("read-only anomaly")).toBe("Read-only anomaly");
  expect(capital("task 1's write, order/2 after it")).toBe("Task 1's write, order/2 after it");
  for (const name of ["w1 waits", "stock/1 is gone", "maxTries is 3", "sold_at is null", "cas, twice", "row-lock holds"])
    expect(capital(name, new Set(["cas", "row-lock"]))).toBe(name);
  expect(capital("")).toBe("");
  expect(capital("작업 1이 기다립니다")).toBe("작업 1이 기다립니다");
});
