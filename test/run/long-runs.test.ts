import { describe, expect, it } from "vitest";
import { formatHistory, historyText } from "../../src/checkers/history-text.js";
import type { Observation } from "../../src/core/verdict.js";
import { hammer } from "../../src/hammer/hammer.js";
import type { HammerRun } from "../../src/hammer/report.js";
import { judgeRun, type PreparedRun } from "../../src/run/judge.js";
import { prepareRun } from "../../src/run/observe.js";

const FIRST = 30;

async function ran(lesson: string, strategy: string, requests: number, size = {}) {
  const prepared = await prepareRun({
    ...{ lesson, strategy, requests, size, store: "memory:", workers: 2, think: 0, seed: 3, deadline: 10_000 },
    language: "en",
  });
  return { prepared, run: await hammer(prepared.hammerRequest) };
}

/** The run as one whose events cannot be made all at once. */
const streamed = (run: HammerRun): HammerRun => ({
  ...run,
  history: Object.defineProperties({} as HammerRun["history"], {
    ...Object.getOwnPropertyDescriptors(run.history),
    events: {
      get() {
        throw new Error("all events at once");
      },
    },
  }),
});

const judgedLong = (prepared: PreparedRun, run: HammerRun) => judgeRun(prepared, streamed(run), FIRST);

const figures = ({ history: _, violations, notices: __, ...rest }: Observation) => ({
  ...rest,
  violations: violations.filter(({ anomaly }) => anomaly === null),
});

describe("a run of more events than are looked at as a whole", () => {
  it.each([
    ["lost-update", "none", {}],
    ["lost-update", "cas", {}],
    ["lost-update", "row-lock", { pieces: 20 }],
    ["spend-points-twice", "none", {}],
    ["write-skew", "none", {}],
    ["stock-reservation", "none", {}],
  ])("is judged as any other, with every figure of all of them: %s, %s", async (lesson, strategy, size) => {
    const { prepared, run } = await ran(lesson, strategy, 60, size);
    expect(run.history.length).toBeGreaterThan(FIRST);
    const long = await judgedLong(prepared, run);
    const whole = await judgeRun(prepared, run);
    expect(figures(long)).toEqual(figures(whole));
    expect(whole.notices).toEqual([]);
  });

  it("says in which events anomalies were looked for, and names none that is not in the whole", async () => {
    const { prepared, run } = await ran("lost-update", "none", 60);
    const long = await judgedLong(prepared, run);
    expect(long.observation).toBe("violated");
    expect(long.notices.join()).toMatch(/^anomalies were looked for in the first 30 of \d+ events\./);
    const all = (await judgeRun(prepared, run)).violations.filter(({ anomaly }) => anomaly);
    for (const { anomaly, events } of long.violations) if (anomaly) expect(all.map((one) => one.events)).toContainEqual(events);
  });

  it("says which property of the way was not judged", async () => {
    const { prepared, run } = await ran("n-plus-one", "none", 20);
    const [watched] = prepared.scenario.properties.filter(({ kind }) => kind === "monitor");
    expect((await judgedLong(prepared, run)).notices.join("\n")).toContain(`not judged: "${watched!.name}"`);
    expect((await judgeRun(prepared, run)).violations.map(({ property }) => property)).toContain(watched!.name);
  });

  it("is written to a file without being in memory as a whole", async () => {
    const { run } = await ran("lost-update", "none", 60);
    const text = [...historyText(streamed(run).history)].join("");
    expect(text).toBe(formatHistory(run.history));
  });
});
