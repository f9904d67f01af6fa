import { describe, expect, it } from "vitest";
import type { Comparison } from "../../src/core/comparison.js";
import type { Observation } from "../../src/core/verdict.js";
import { redisScripts } from "../../src/stores/redis/scripts.js";
import { answered } from "../program.js";
import { localMysql, localRedis, localServer, whyNot } from "../stores/local-servers.js";
import { type ProxyOptions, startProxy } from "../stores/proxy.js";

/** A right strategy on a server whose answers are late, or lost: it is never called broken. */

const flat = (text: string): string => text.replace(/\s+/g, " ");

async function through<T>(url: string, options: ProxyOptions, body: (url: string) => Promise<T>): Promise<T> {
  const proxy = await startProxy(url, options);
  try {
    const result = await body(proxy.url);
    expect(proxy.seen.isLost).toBe(options.lose !== undefined);
    return result;
  } finally {
    await proxy.close();
  }
}

const run = (strategy: string, ...more: readonly string[]) =>
  ["run", "lost-update", "--strategy", strategy, "--workers", "2", "--requests", "40", ...more] as const;

async function observed(args: readonly string[]): Promise<{ readonly code: number | null; readonly seen: Observation }> {
  const { code, stdout } = await answered([...args, "--json"]);
  return { code, seen: JSON.parse(stdout) as Observation };
}

const servers = [
  { name: "postgres", url: localServer, strategy: "row-lock", script: undefined },
  { name: "mysql", url: localMysql, strategy: "row-lock", script: undefined },
  { name: "redis", url: localRedis, strategy: "atomic-update", script: redisScripts.updateWhere.sha },
];

for (const { name, url, strategy, script } of servers) {
  const skipped = await whyNot(url);
  describe.skipIf(skipped !== null)(`${name}${skipped ? ` (${skipped})` : ""}`, () => {
    const losing = (what: "answer" | "question") => ({ lose: 20, what, ...(script !== undefined && { script }) });

    it("a commit whose answer is lost is an unknown request, named with its number, and the rows explain it", async () => {
      const { code, stdout } = await through(url, losing("answer"), (there) => answered([...run(strategy), "--store", there]));
      expect(flat(stdout)).toMatch(/unknown: request \d+: StoreError: the connection to the store was lost/);
      expect(flat(stdout)).toMatch(/The rows are as if (it|\d+ of them) had taken effect/);
      expect(stdout).toContain("nothing wrong was observed");
      expect(stdout).not.toMatch(/FAIL|dirty|lost update:/);
      expect(code).toBe(0);
    });

    it("a commit that never arrives is one, too", async () => {
      const args = (there: string) => observed([...run(strategy), "--store", there]);
      const { seen } = await through(url, losing("question"), args);
      expect(seen).toMatchObject({ observation: "not-observed", violations: [] });
      expect(seen.unknown).toBeGreaterThan(0);
      expect(seen.tookEffect).toBeLessThan(seen.unknown);
      expect(seen.tally.actual).toBe(seen.tally.expected);
      expect(seen.unanswered).toHaveLength(seen.unknown);
    });
  });
}

const skipped = await whyNot(localServer);
describe.skipIf(skipped !== null)(`a slow PostgreSQL${skipped ? ` (${skipped})` : ""}`, () => {
  it("50 ms away, under a deadline: whose commit was under way is unknown, and nothing is broken", async () => {
    const { code, seen } = await through(localServer, { delay: 50 }, (there) =>
      observed([...run("row-lock", "--requests", "8", "--deadline", "700"), "--store", there]),
    );
    expect(seen).toMatchObject({ observation: "not-observed", violations: [] });
    expect(seen.succeeded + seen.failed + seen.unknown).toBe(8);
    expect(seen.failed + seen.unknown).toBeGreaterThan(0);
    expect(code).toBe(seen.failed > 0 ? 1 : 0);
  });

  it("a deadline that many requests pass under load breaks nothing", async () => {
    const { seen } = await observed([...run("row-lock", "--requests", "200", "--deadline", "150"), "--store", localServer]);
    expect(seen).toMatchObject({ observation: "not-observed", violations: [] });
    expect(seen.failed + seen.unknown).toBeGreaterThan(0);
  });

  it("compare shows no password of the store", async () => {
    const url = new URL(localServer);
    url.password = "hunter2";
    const args = ["compare", "lost-update", "--strategies", "row-lock", "--workers", "1", "--requests", "4", "--rounds", "1"];
    for (const more of [[], ["--json"]]) {
      const { stdout, stderr } = await answered([...args, "--store", url.href, ...more]);
      expect(stdout).toContain(url.host);
      expect(stdout + stderr).not.toContain("hunter2");
    }
  });

  it("compare tells of the lost commit, and calls no slice broken", async () => {
    const args = ["compare", "lost-update", "--strategies", "row-lock", "--workers", "2", "--requests", "20", "--rounds", "2"];
    const lost = await through(localServer, { lose: 50 }, (there) => answered([...args, "--store", there, "--json"]));
    const [contender] = (JSON.parse(lost.stdout) as Comparison).strategies;
    expect(contender).toMatchObject({ unknown: 1, violated: 0, notJudged: 0, lost: 0, failed: 0 });
    expect(lost.code).toBe(0);
  });
});
