import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Observation } from "../../src/core/verdict.js";
import { answered } from "../program.js";

async function run(...args: string[]) {
  const common = ["run", "lost-update", "--workers", "4", "--requests", "100", "--think", "1", "--json"];
  const { code, stdout, stderr } = await answered([...common, ...args]);
  return { code, stderr, seen: JSON.parse(stdout) as Observation };
}

const temporary = (): string => `lowdb:${join(mkdtempSync(join(tmpdir(), "racelab-")), "shop.json")}`;

describe.each([
  { store: "memory:", url: () => "memory:" },
  { store: "lowdb:", url: temporary },
])("four workers on $store", ({ url }) => {
  it("lose nothing under a mutex on one server, and lose updates on two", async () => {
    const one = await run("--strategy", "mutex", "--store", url(), "--servers", "1");
    expect(one.seen).toMatchObject({ servers: 1, observation: "not-observed", failed: 0 });
    const two = await run("--strategy", "mutex", "--store", url(), "--servers", "2");
    expect(two.seen).toMatchObject({ servers: 2, observation: "violated", failed: 0, succeeded: 100 });
    expect(two.code).toBe(1);
  });
  it("lose nothing on four servers under a lock of the store", async () => {
    const { seen } = await run("--strategy", "row-lock", "--store", url(), "--servers", "4");
    expect(seen).toMatchObject({ servers: 4, observation: "not-observed", failed: 0, succeeded: 100 });
  });
});

it("more servers than workers is refused in one sentence", async () => {
  const { code, stderr } = await run("--servers", "5");
  expect(code).toBe(2);
  expect(stderr).toBe("racelab: 5 servers need at least 5 worker threads, not 4: give each server one with --workers 5\n");
});
