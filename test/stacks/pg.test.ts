/** What the snippets for node-postgres do, on a real server. */
import { Mutex } from "async-mutex";
import pgLibrary from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pg } from "../../src/stacks/pg.js";
import { localServer, whyNot } from "../stores/local-servers.js";
import { functionOf } from "./code.js";

const skipped = await whyNot(localServer);
const space = `racelab_stack_${process.pid}`;

describe.skipIf(skipped !== null)(`node-postgres${skipped === null ? "" : `: ${skipped}`}`, () => {
  const pool = new pgLibrary.Pool({
    connectionString: localServer,
    max: 8,
    options: `-c search_path=${space} -c synchronous_commit=off`,
  });
  beforeAll(async () => {
    await pool.query(`create schema ${space}`);
    await pool.query(`
      create table stock (id int primary key, pieces int not null, version int not null default 0, token int not null default 0);
      create table request (id text primary key, answer text);
      create table event (id serial primary key, body json not null);
      create table job (id serial primary key, key text not null);
      create table saga (id int, step int, state text not null, primary key (id, step));
      create table lease (name text primary key, owner text, token int not null, until timestamptz not null)`);
  });
  beforeEach(async () => {
    await pool.query("truncate stock, request, event, job, saga, lease");
    await pool.query("insert into stock (id, pieces) values (1, 20)");
  });
  afterAll(async () => {
    if (skipped === null) await pool.query(`drop schema ${space} cascade`);
    await pool.end();
  });

  /** Runs the snippet on a connection of its own. */
  async function run(strategy: string, given: Record<string, unknown>): Promise<unknown> {
    const client = await pool.connect();
    try {
      return await functionOf(pg[strategy]!.code, { client, ...given });
    } finally {
      client.release();
    }
  }
  const atOnce = <T>(times: number, one: (n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: times }, (_, n) => one(n)));
  const pieces = async () => (await pool.query("select pieces from stock")).rows[0].pieces as number;

  it.each(["mutex", "cas", "row-lock", "atomic-update", "serializable"])(
    "%s sells 20 pieces to 20 of 30 who ask at once",
    async (strategy) => {
      const mutex = new Mutex();
      const answers = await atOnce(30, () => run(strategy, { id: 1, mutex }).catch(() => "gave up"));
      const sold = answers.filter((answer) => answer === true).length;
      expect(await pieces()).toBe(20 - sold);
      // Only compare-and-set gives up, and then there may be pieces left.
      if (strategy !== "cas") expect([sold, answers.filter((answer) => answer === false).length]).toEqual([20, 10]);
    },
  );

  it("none loses a sale when both have read before either writes", async () => {
    expect(await run("none", { id: 1 })).toBe(true);
    expect(await pieces()).toBe(19);
    let readers = 0;
    let open = () => {};
    const both = new Promise<void>((resolve) => {
      open = resolve;
    });
    await atOnce(2, async () => {
      const client = await pool.connect();
      // The statements of the snippet, and between them the pause in which another request is served.
      const paused = {
        async query(text: string, values: unknown[]) {
          const found = await client.query(text, values);
          if (text.startsWith("select") && ++readers === 2) open();
          if (text.startsWith("select")) await both;
          return found;
        },
      };
      await functionOf(pg["none"]!.code, { client: paused, id: 1 });
      client.release();
    });
    expect(await pieces()).toBe(18);
  });

  it("idempotency gives three who repeat one answer, and works once", async () => {
    let times = 0;
    const effect = async () => `paid ${++times}`;
    expect(await atOnce(3, () => run("idempotency", { key: "k", effect }))).toEqual(["paid 1", "paid 1", "paid 1"]);
  });

  it("outbox publishes each event of a committed effect", async () => {
    const published: unknown[] = [];
    const publish = async (body: unknown) => published.push(body);
    await atOnce(3, () => run("outbox", { id: 1, publish }));
    expect(published).toEqual([{ sold: 1 }, { sold: 1 }, { sold: 1 }]);
    expect(await pieces()).toBe(17);
    expect((await pool.query("select * from event")).rows).toEqual([]);
  });

  it("saga lets one of three compensate", async () => {
    await pool.query("insert into saga values (1, 2, 'done')");
    const undone: unknown[] = [];
    const answers = await atOnce(3, () => run("saga", { id: 1, step: 2, undo: async (...what: unknown[]) => undone.push(what) }));
    expect(answers.sort()).toEqual([false, false, true]);
    expect(undone).toEqual([[1, 2]]);
    expect((await pool.query("select state from saga")).rows).toEqual([{ state: "undone" }]);
  });

  it("single-writer handles each job of a key once, in order", async () => {
    await pool.query("insert into job (key) select 'k' from generate_series(1, 10)");
    const handled: number[] = [];
    const handle = async (_: unknown, job: { id: number }) => handled.push(job.id);
    await atOnce(3, () => run("single-writer", { key: "k", handle }));
    expect(handled).toHaveLength(10);
    expect(handled).toEqual([...handled].sort((a, b) => a - b));
  });

  it("lease-lock gives the lease to one of three, and its token grows", async () => {
    await pool.query("insert into lease values ('k', null, 0, now() - interval '1 s')");
    const ask = () => atOnce(3, (n) => run("lease-lock", { key: "k", owner: `worker ${n}` }));
    expect((await ask()).filter((token) => token !== null)).toEqual([1]);
    await pool.query("update lease set until = now() - interval '1 s'");
    expect((await ask()).filter((token) => token !== null)).toEqual([2]);
  });

  it("fenced-lease refuses the write of an older holder", async () => {
    await run("fenced-lease", { id: 1, pieces: 19, token: 2 });
    await expect(run("fenced-lease", { id: 1, pieces: 5, token: 1 })).rejects.toThrow("the lease has ended");
    expect(await pieces()).toBe(19);
  });
});
