import { describe, expect, it } from "vitest";
import { orderOfAsking } from "../../src/conduct/order-of-asking.js";
import { formatSchedule } from "../../src/core/schedule.js";
import { exploreLesson, prepareLesson, traceExplored } from "../../src/explore/explore.js";
import { bodiesOf, prepare, tracesOf } from "../../src/simulator/index.js";

/** The order without the turns that are there in case somebody has more to do than the schedule says. */
async function order(lesson: string, strategy: string, schedule: string): Promise<string> {
  const { options } = await prepareLesson({ lesson, strategy, language: "en" });
  const tasks = bodiesOf(options).length;
  const whole = await orderOfAsking(options, schedule);
  const spare = tasks * tasks * schedule.length;
  return formatSchedule(whole.slice(0, whole.length > spare ? -spare : undefined));
}

describe("a schedule of the explorer's as an order of asking", () => {
  it("is itself where nobody waits", async () => {
    expect(await order("lost-update", "none", "122331")).toBe("122331");
    expect(await order("lost-update", "none", "1223")).toBe("1223");
  });

  it("has whoever waits ask when the wait begins, in the order in which they go on", async () => {
    expect(await order("lost-update", "mutex", "111122223333")).toBe("112311222333");
    expect(await order("lost-update", "mutex", "111133332222")).toBe("113211333222");
  });

  it("has whoever is overtaken ask after the other has come first", async () => {
    expect(await order("lost-update", "lock-around-the-write", "112113333222")).toBe("112113332322");
  });

  it("asks once where beginning to wait is a step", async () => {
    expect(await order("lost-update", "transaction-only", "1111222333233")).toBe("111122233323");
    expect(await order("deadlock", "row-lock", "11222112222")).toBe("1122211222");
  });

  it("has whoever is blocked in the end ask as well", async () => {
    expect(await order("deadlock", "mutex-in-cart-order", "12")).toBe("1212");
  });

  it("leads the model to the end of the schedule, in one of its traces", async () => {
    for (const [strategy, schedule] of [
      ["mutex", "111133332222"],
      ["transaction-only", "1111222333233"],
      ["lock-around-the-write", "112113333222"],
    ] as const) {
      const { options } = await prepareLesson({ lesson: "lost-update", strategy, language: "en" });
      const asked = await orderOfAsking(options, schedule);
      const traces = await tracesOf(await prepare({ ...options, faults: {} }, { symmetry: false }), asked);
      const traced = await traceExplored(await exploreLesson({ lesson: "lost-update", strategy, language: "en" }), schedule);
      expect(traces.map(({ rows }) => rows)).toContainEqual(traced.stepper.history.after);
    }
  });
});
