import { describe, expect, it } from "vitest";
import { startThreadPool } from "../../src/hammer/hammer.js";
import { prepareRun } from "../../src/run/observe.js";

const request = {
  lesson: "lost-update",
  store: "memory:",
  workers: 2,
  requests: 20,
  think: 0,
  seed: 1,
  deadline: 10_000,
  language: "en",
} as const;

describe("a thread pool", () => {
  it("runs one strategy after the other on the same threads, each from new rows and with a history of its own", async () => {
    const pool = await startThreadPool(request);
    try {
      const runs = [];
      for (const strategy of ["mutex", "cas", "mutex"])
        runs.push(await pool.run({ ...(await prepareRun({ ...request, strategy })).hammerRequest, spent: true }));
      const [first] = runs;
      for (const { threads, history, ms, spent } of runs) {
        expect([...threads].sort()).toEqual([...first!.threads].sort());
        expect(history.outcomes).toHaveLength(20);
        expect(history.events[0]?.n).toBe(1);
        const sold = history.outcomes.filter((outcome) => outcome?.status === "ok").length;
        expect(history.after).toEqual({ "stock/1": { left: 100 - sold } });
        expect(ms).toBeGreaterThan(0);
        for (const [index] of history.outcomes.entries()) {
          const events = history.events.filter(({ task }) => task === index + 1);
          expect(spent(index)).toHaveLength(events.length * 3);
        }
      }
      expect(runs[0]!.history.events.some(({ operation }) => operation.kind === "acquire")).toBe(true);
      expect(runs[1]!.history.events.some(({ operation }) => operation.kind === "acquire")).toBe(false);
    } finally {
      await pool.close();
    }
  });

  it("goes on after a strategy that the store cannot run", async () => {
    const pool = await startThreadPool(request);
    try {
      const { hammerRequest } = await prepareRun({ ...request, strategy: "mutex" });
      await expect(pool.run({ ...hammerRequest, requires: ["no such thing"] as never })).rejects.toThrow(
        "needs a store that can",
      );
      expect((await pool.run(hammerRequest)).failures).toEqual([]);
    } finally {
      await pool.close();
    }
  });
});
