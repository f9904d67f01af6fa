import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { type Compared, conductLesson, fidelity, lessonSubjects } from "../../src/conduct/fidelity.js";
import { StoreUnavailable } from "../../src/core/failure.js";
import { main } from "../program.js";
import { localServer, whyNot } from "../stores/local-servers.js";
import { startProxy } from "../stores/proxy.js";

/** A user of the server who may have only so many connections. */
async function withConnections(limit: number, body: (url: string) => Promise<void>): Promise<void> {
  const name = `racelab_test_${randomBytes(6).toString("hex")}`;
  const admin = new pg.Client(localServer);
  await admin.connect();
  const url = new URL(localServer);
  const database = url.pathname.slice(1);
  try {
    await admin.query(`create role ${name} login connection limit ${limit}`);
    await admin.query(`grant create on database ${database} to ${name}`);
    [url.username, url.password] = [name, ""];
    await body(url.href);
  } finally {
    await admin.query(`drop owned by ${name}`);
    await admin.query(`drop role ${name}`);
    await admin.end();
  }
}

const request = { lesson: "lost-update", strategy: "row-lock", size: {}, language: "en" } as const;
const skipped = await whyNot(localServer);

describe.skipIf(skipped !== null)(`a server with few connections${skipped ? ` (${skipped})` : ""}`, () => {
  it("refuses a schedule of more tasks than it has connections, in a sentence, and plays one for which it has enough", async () => {
    // One for the store itself, and one for each of three tasks.
    await withConnections(3, async (url) => {
      const played = conductLesson(url, request, "112233");
      await expect(played).rejects.toThrow(StoreUnavailable);
      await expect(played).rejects.toThrow(
        /all its connections are taken\. Close some, or raise the CONNECTION LIMIT of role racelab_test_\w+\. This takes 3 connections, one for each task/,
      );
    });
    await withConnections(4, async (url) => {
      const { beside } = await conductLesson(url, request, "112233");
      expect(beside.same).toBe(true);
    });
    await withConnections(6, async (url) => {
      const played = conductLesson(url, { ...request, strategy: "mutex" }, "112233");
      await expect(played).rejects.toThrow(/This takes 3 connections, one for each task, beside their transactions/);
    });
  });

  // Such a user may not set deadlock_timeout, and the server says so. Its next message, that it is ready, comes later.
  it("takes no message of an earlier statement for the answer to a task's", async () => {
    await withConnections(6, async (url) => {
      const proxy = await startProxy(url, { afterError: 40 });
      try {
        const { beside } = await conductLesson(proxy.url, request, "112233");
        expect(beside.same).toBe(true);
      } finally {
        await proxy.close();
      }
    });
  });

  it.each([4, 5, 6, 7, 8])("of %i connections is compared with the model in as many schemas as it has them for", async (most) => {
    await withConnections(most, async (store) => {
      const subjects = (await lessonSubjects(["lost-update"])).filter(({ name }) => name === "lost-update none");
      const results: Compared[] = [];
      const asked = { store, subjects, most: 4, lanes: 3, seed: 1 };
      for await (const one of fidelity(asked, new AbortController().signal)) results.push(one);
      expect(results).toMatchObject([{ conducted: 4, differences: [] }]);
    });
  });
});

describe.skipIf(skipped !== null)(`an interrupt while a schedule is played${skipped ? ` (${skipped})` : ""}`, () => {
  it.each([
    ["SIGINT", ["trace", "lost-update", "112233112233", "--strategy", "row-lock", "--store"]],
    ["SIGTERM", ["check", "lost-update", "--schemas", "1", "--fidelity"]],
  ] as const)("%s ends racelab %j with exit code 130, and is no mistake of its own", async (signal, args) => {
    const proxy = await startProxy(localServer, { delay: 40 });
    try {
      const child = spawn(process.execPath, [main, ...args, proxy.url], { stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk) => {
          said += chunk;
        });
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
      // The store puts its rows in place in a transaction of its own; then the tasks begin.
      while (proxy.seen.commits < 1) await pause(5);
      await pause(150);
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(said).toContain("interrupted");
      expect(said).not.toContain("mistake");
    } finally {
      await proxy.close();
    }
  });
});
