/** `racelab join` on another host: a network namespace of the test's own, which reaches this one by an address and by nothing else. */
import { spawn, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../program.js";
import { type OwnServer, ownServer, SECRET, whyNoOwn } from "../stores/own-servers.js";

const number = process.pid % 250;
const name = `racelab${process.pid}`;
const [here, there] = [`10.213.${number}.1`, `10.213.${number}.2`];
const ip = (...words: string[]) => spawnSync("ip", words, { stdio: "ignore" }).status === 0;

const hasHost =
  process.platform === "linux" &&
  ip("netns", "add", name) &&
  ip("link", "add", `rl${number}a`, "type", "veth", "peer", "name", `rl${number}b`, "netns", name) &&
  ip("addr", "add", `${here}/24`, "dev", `rl${number}a`) &&
  ip("link", "set", `rl${number}a`, "up") &&
  ip("-n", name, "addr", "add", `${there}/24`, "dev", `rl${number}b`) &&
  ip("-n", name, "link", "set", `rl${number}b`, "up");
if (!hasHost) ip("netns", "del", name);
const skipped = whyNoOwn.Redis ?? (hasHost ? null : "no network namespace can be made here");

afterAll(() => {
  ip("netns", "del", name);
});

function begin(command: string, ...words: string[]) {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (said.out += chunk));
  child.stderr.on("data", (chunk) => (said.err += chunk));
  return { said, ended: new Promise<number | null>((resolve) => child.on("close", resolve)) };
}

describe.skipIf(skipped !== null)(`a server on another host${skipped ? ` (${skipped})` : ""}`, () => {
  let redis: OwnServer;
  beforeAll(async () => {
    redis = await ownServer("Redis", { host: here });
  });
  afterAll(() => redis.stop());

  it("joins, works to the end beside the one here, and shows no password", { timeout: 120_000 }, async () => {
    const { shopUrl } = redis;
    const elsewhere = begin("ip", "netns", "exec", name, process.execPath, main, "join", shopUrl);
    const run = ["run", "lost-update", "--strategy", "cas", "--requests", "40", "--servers", "2", "--join", "1"];
    const started = begin(process.execPath, main, ...run, "--store", shopUrl, "--json");
    expect([await started.ended, await elsewhere.ended], started.said.err + elsewhere.said.err).toEqual([0, 0]);
    const seen = JSON.parse(started.said.out);
    expect(seen).toMatchObject({ servers: 2, requests: 40, unknown: 0, observation: "not-observed" });
    expect(seen.together.processes).toHaveLength(2);
    expect(elsewhere.said.out).toMatch(/^done: 20 requests/);
    expect(JSON.stringify([started.said, elsewhere.said])).not.toContain(SECRET);
    expect(await redis.spaces()).toEqual([]);
  });
});
