/** What the snippets for ioredis do, on a real server. */
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { redis as snippets } from "../../src/stacks/redis.js";
import { localRedis, whyNot } from "../stores/local-servers.js";
import { functionOf } from "./code.js";

const skipped = await whyNot(localRedis);
const key = `racelab-stack-${process.pid}`;

describe.skipIf(skipped !== null)(`ioredis${skipped === null ? "" : `: ${skipped}`}`, () => {
  let connections: Redis[] = [];
  const [first] = [() => connections[0]!];
  beforeAll(() => {
    connections = Array.from({ length: 6 }, () => new Redis(localRedis));
  });
  const clean = async () => {
    const keys = await first().keys(`*${key}*`);
    if (keys.length > 0) await first().del(keys);
  };
  beforeEach(async () => {
    await clean();
    await first().set(key, 20);
  });
  afterAll(async () => {
    if (skipped === null) await clean();
    for (const connection of connections) connection.disconnect();
  });
  const run = (strategy: string, given: Record<string, unknown>, redis = first()) =>
    functionOf(snippets[strategy]!.code, { redis, ...given });
  /** Each of six connections asks five times, one after the other. */
  const thirty = async (strategy: string) => {
    const answers = await Promise.all(
      connections.map(async (connection) => {
        const own: unknown[] = [];
        for (let i = 0; i < 5; i++) own.push(await run(strategy, { id: key }, connection));
        return own;
      }),
    );
    return answers.flat();
  };

  it("none takes one", async () => {
    expect(await run("none", { id: key })).toBe(true);
    expect(await first().get(key)).toBe("19");
  });

  it.each(["atomic-update", "cas"])("%s sells 20 pieces to 20 of 30", async (strategy) => {
    const answers = await thirty(strategy);
    expect(answers.filter((answer) => answer === true)).toHaveLength(20);
    expect(answers.filter((answer) => answer === false)).toHaveLength(10);
    expect(await first().get(key)).toBe("0");
  });

  it("cas on one shared connection sells a piece twice, as its trap says", async () => {
    await first().set(key, 1);
    const answers = await Promise.all([1, 2].map(() => run("cas", { id: key })));
    expect(answers).toEqual([true, true]);
  });

  it("idempotency lets one of three through", async () => {
    const answers = await Promise.all(connections.slice(0, 3).map((connection) => run("idempotency", { key }, connection)));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it("lease-lock keeps others out while it works, and does not delete the lock of the next holder", async () => {
    await first().del(key);
    const inside: unknown[] = [];
    const work = async () => {
      inside.push(await run("lease-lock", { key, owner: "b", work: async () => {} }, connections[1]));
    };
    expect(await run("lease-lock", { key, owner: "a", work })).toBe(true);
    expect(inside).toEqual([false]);
    expect(await first().exists(key)).toBe(0);
    await run("lease-lock", { key, owner: "a", work: () => first().set(key, "the next holder") });
    expect(await first().get(key)).toBe("the next holder");
  });

  it("fenced-lease gives tokens that grow", async () => {
    await first().del(key);
    expect(await run("fenced-lease", { key, owner: "a" })).toBe(1);
    expect(await run("fenced-lease", { key, owner: "b" })).toBe(null);
    await first().del(key);
    expect(await run("fenced-lease", { key, owner: "b" })).toBe(2);
  });

  it("single-writer handles the jobs in order, each once", async () => {
    await first().del(key);
    await first().rpush(key, "a", "b", "c");
    const handled: string[] = [];
    await run("single-writer", { key, handle: async (job: string) => handled.push(job) });
    expect(handled).toEqual(["a", "b", "c"]);
    expect(await first().llen(`${key}:busy`)).toBe(0);
  });
});
