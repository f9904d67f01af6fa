import { describe, expect, it } from "vitest";
import { answered, complaints, racelab } from "../program.js";

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await answered([...args, "--json"]);
  expect(complaints(stderr)).toBe("");
  return { code, seen: JSON.parse(stdout) };
};

describe("explore", () => {
  it("counts 12 buyers exactly, beyond 2^53", async () => {
    const { code, seen } = await json("explore", "lost-update", "--strategy", "none", "--size", "tasks=12");
    expect(seen).toMatchObject({
      command: "explore",
      verdict: "violated",
      complete: true,
      limit: null,
      schedules: "151476660579404160000",
      longest: 24,
    });
    expect(seen.outcomes.find(({ label }: { label: string }) => label === "stock 88")).toMatchObject({
      schedules: "479001600",
      violates: [],
    });
    expect(code).toBe(1);
  });

  it("finds that compare-and-set with three attempts is right up to three buyers and turns one of four away", async () => {
    const three = await json("explore", "lost-update", "--strategy", "cas", "--size", "tasks=3");
    expect(three).toMatchObject({ code: 0, seen: { verdict: "holds", schedules: "498", counterexample: null } });
    const { code, seen } = await json("explore", "lost-update", "--strategy", "cas", "--size", "tasks=4");
    expect(code).toBe(1);
    expect(seen).toMatchObject({
      schedules: "1033272",
      violating: "449712",
      counterexample: { switches: 6, preemptions: 3, anomaly: "wrongful rejection" },
    });
    expect(seen.counterexample.explanation).toContain("Everything else holds in every schedule: every sale is counted.");
    expect(seen.violations.map(({ property }: { property: string }) => property)).toEqual(["nobody is turned away wrongly"]);
  });

  it.each(["mutex", "row-lock", "atomic-update"])("holds under %s, exit code 0", async (strategy) => {
    expect(await json("explore", "lost-update", "--strategy", strategy)).toMatchObject({ code: 0, seen: { verdict: "holds" } });
  });

  it.each([
    ["none", 4],
    ["cas", 3],
    ["mutex", 5],
  ])("gives the same verdict and ends for %s on one core and on two, by one schedule a trace", async (strategy, tasks) => {
    const args = ["explore", "lost-update", "--strategy", strategy, "--size", `tasks=${tasks}`];
    const ends = ({ outcomes }: { outcomes: { label: string; violates: string[] }[] }) =>
      outcomes.map(({ label, violates }) => `${label} ${violates}`).sort();
    const [all, one, two] = await Promise.all([
      json(...args),
      json(...args, "--verdict-only", "--cores", "1"),
      json(...args, "--verdict-only", "--cores", "2"),
    ]);
    for (const { code, seen } of [one, two]) {
      expect([code, seen.verdict, ends(seen)]).toEqual([all.code, all.seen.verdict, ends(all.seen)]);
      expect(seen.reductions).toContain("partial-order");
    }
    expect(one.seen.counterexample?.schedule).toBe(all.seen.counterexample?.schedule);
    expect(two.seen.reductions).toContain("2 threads");
  });

  it("samples with a seed, and never says that it holds", async () => {
    const args = ["explore", "lost-update", "--strategy", "cas", "--size", "tasks=4", "--sample", "500"];
    const [uniform, again, walk] = await Promise.all([
      json(...args, "--scheduler", "uniform"),
      json(...args, "--scheduler", "uniform"),
      json(...args),
    ]);
    expect(uniform).toEqual(again);
    expect(uniform.seen).toMatchObject({ verdict: "violated", complete: false, runs: 500 });
    expect(uniform.seen.violating).toBeGreaterThan(3 * walk.seen.violating);
    const safe = await json("explore", "lost-update", "--strategy", "mutex", "--sample", "50", "--scheduler", "pct");
    expect(safe).toMatchObject({ code: 3, seen: { verdict: "inconclusive", violating: 0 } });
  });

  it("names the limit that was hit, and exits 3", async () => {
    const { code, seen } = await json(
      "explore",
      "lost-update",
      "--strategy",
      "mutex",
      "--size",
      "tasks=9",
      "--limit",
      "states=10",
    );
    expect(seen).toMatchObject({ verdict: "inconclusive", complete: false, limit: "states" });
    expect(seen.covered).toBeLessThan(1);
    expect(code).toBe(3);
  });

  it("counts no schedule that goes wrong where it followed none of them to its end, and still says so", async () => {
    const { code, stdout } = await answered(["explore", "write-skew", "--limit", "states=8"]);
    const said = stdout.replace(/\s+/g, " ");
    expect(said).toContain("FAIL somebody stays on call: in a schedule that was not followed to its end.");
    expect(said).toContain("a schedule goes wrong that was not followed to its end; 1 was followed");
    expect(code).toBe(1);
  });

  it.each([
    [["explore", "lost-update", "--size", "tasks"], "name=number"],
    [["explore", "lost-update", "--limit", "apples=3"], "not one of states"],
    [["explore", "lost-update", "--strategy", "saga"], "strategy saga does not apply to lost-update"],
    [["trace", "lost-update", "12?"], 'schedule "12?", character 3'],
    [["trace", "lost-update", "111"], "step 3: task 1 has ended"],
    [["trace", "lost-update", "12", "--strategy", "mutex"], "step 2: task 2 has to wait for task 1"],
  ])("answers %j with one sentence and exit code 2", async (args, sentence) => {
    const { code, stderr } = await answered(args);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it.each([
    [["explore", "1"]],
    [["explore", "1", "--strategy", "cas", "--size", "tasks=4"]],
    [["trace", "1", "122331"]],
    [["decide", "1", "--moves", "12"]],
  ])("%j prints plain ASCII of at most 80 columns, the same bytes twice", async (args) => {
    const [once, twice] = await Promise.all([racelab(args), answered(args)]);
    expect(once.stdout).toBe(twice.stdout);
    for (const line of once.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(once.stdout).not.toMatch(/[^\n\x20-\x7e]/);
  });
});

describe("trace", () => {
  it("says after every step which ends are still possible, and after which step no right end is", async () => {
    const { code, seen } = await json("trace", "lost-update", "122331");
    expect(code).toBe(1);
    expect(seen.steps.map(({ canEndAt }: { canEndAt: string[] }) => canEndAt.length)).toEqual([3, 2, 2, 2, 1, 1]);
    expect(seen).toMatchObject({
      verdict: "violated",
      pointOfNoReturn: 2,
      violates: ["every sale is counted"],
      label: "stock 99",
    });
    expect(seen.steps[5]).toMatchObject({
      n: 6,
      task: 1,
      operation: { kind: "write", row: { left: 99 } },
      marks: ["breaks", "stale", "lost"],
    });
    expect(seen.steps[0].at).toMatch(/lessons\/01-lost-update\/lesson\.ts:\d+$/);
  });

  it("plays the explorer's counterexample to the same end", async () => {
    const { seen: explored } = await json("explore", "lost-update", "--strategy", "cas", "--size", "tasks=4");
    const { seen } = await json(
      "trace",
      "lost-update",
      explored.counterexample.schedule,
      "--strategy",
      "cas",
      "--size",
      "tasks=4",
    );
    expect(seen.violates).toEqual([explored.counterexample.property]);
  });
});

describe("decide", () => {
  it("says who can go on, who cannot and why, and how many schedules go wrong from there", async () => {
    const { seen } = await json("decide", "lost-update", "--moves", "1", "--strategy", "mutex");
    expect(seen.choices.map(({ choice }: { choice: string }) => choice)).toEqual(["1"]);
    expect(seen.blocked).toMatchObject([
      { task: 2, blockedBy: [1] },
      { task: 3, blockedBy: [1] },
    ]);
    const open = await json("decide", "lost-update");
    expect(open.seen).toMatchObject({ from: { schedules: "90", wrong: "84" }, best: { steps: 6 } });
  });
});
