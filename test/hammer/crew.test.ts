import { describe, expect, it } from "vitest";
import { muster } from "../../src/hammer/hammer.js";
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

describe("a crew", () => {
  it("runs one strategy after the other on the same threads, each from new rows and with a history of its own", async () => {
    const crew = await muster(request);
    try {
      const runs = [];
      for (const strategy of ["mutex", "cas", "mutex"])
        runs.push(await crew.strike((await prepareRun({ ...request, strategy })).blow));
      const [first] = runs;
      for (const { threads, history, ms, spent } of runs) {
        expect([...threads].sort()).toEqual([...first!.threads].sort());
        expect(history.outcomes).toHaveLength(20);
        expect(history.events[0]?.n).toBe(1);
        const sold = history.outcomes.filter((outcome) => outcome?.status === "ok").length;
        expect(history.after).toEqual({ "stock/1": { left: 100 - sold } });
        expect(ms).toBeGreaterThan(0);
        for (const [index, one] of spent.entries()) {
          const events = history.events.filter(({ task }) => task === index + 1);
          expect(one?.operations).toHaveLength(events.length * 3);
        }
      }
      expect(runs[0]!.history.events.some(({ operation }) => operation.kind === "acquire")).toBe(true);
      expect(runs[1]!.history.events.some(({ operation }) => operation.kind === "acquire")).toBe(false);
    } finally {
      await crew.dismiss();
    }
  });

  it("goes on after a strategy that the store cannot run", async () => {
    const crew = await muster(request);
    try {
      const { blow } = await prepareRun({ ...request, strategy: "mutex" });
      await expect(crew.strike({ ...blow, requires: ["no such thing"] as never })).rejects.toThrow("needs a store that can");
      expect((await crew.strike(blow)).failures).toEqual([]);
    } finally {
      await crew.dismiss();
    }
  });
});
