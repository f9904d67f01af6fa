/**
 * Statements per second of racelab's threads on a PostgreSQL beside `pgbench` with the same statements, as many
 * clients, in turns; and beside the bare client of Node, without racelab: what is lost between the two is Node's.
 * pgbench is asked twice: as it comes (`-M simple`, the server parses and plans each statement anew), and with
 * `-M prepared`, as racelab does. It comes with the server. After a build:
 *
 *     npx tsx test/bench/postgres.bench.ts [URL] [THREADS] [CLIENTS OF EACH]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Operation } from "../../src/core/operation.js";
import { relation } from "../../src/core/relation.js";
import { hammer } from "../../src/hammer/hammer.js";
import { openStore } from "../../src/stores/open.js";
import { type PostgresStatement, postgresDialect } from "../../src/stores/postgres/statements.js";

const url = process.argv[2] ?? process.env.RACELAB_POSTGRES ?? "postgres://postgres@localhost:5432/postgres";
const [WORKERS, IN_FLIGHT] = [Number(process.argv[3] ?? 2), Number(process.argv[4] ?? 4)] as [number, number];
const CLIENTS = WORKERS * IN_FLIGHT;
/** V8 compiles what is hot over the first three seconds or so; pgbench has nothing to warm up. */
const REQUESTS = 20_000;
const ROUNDS = 3;
const key = "stock/1";
const rows = { [key]: { left: 1_000_000 } };

const row = { left: 999_999 };
/** Stands where the version belongs that was read. */
const VERSION = 424_242;

/** What a request asks for under each strategy. */
const operations: Record<"row-lock" | "cas", readonly (Operation | string)[]> = {
  "row-lock": ["begin isolation level read committed", { kind: "select-for-update", key }, { kind: "write", key, row }, "commit"],
  cas: [
    { kind: "read-versioned", key },
    { kind: "compare-and-set", key, row, version: VERSION },
  ],
};
type Strategy = keyof typeof operations;

/** The same as a script of pgbench's, with the parameters written in. */
const script = (strategy: Strategy): readonly string[] =>
  operations[strategy].map((operation) => {
    if (typeof operation === "string") return `${operation};`;
    const { text, values } = postgresDialect.statementOf(operation, relation({}, "stock")) as PostgresStatement;
    const written = text.replace(/\$(\d+)(?=::)/g, (_, n) => `'${values[Number(n) - 1]}'`).replace(/\s+/g, " ");
    if (operation.kind !== "read-versioned") return `${written.replace(`'${VERSION}'`, ":version")};`;
    return `${written.replace('"$row", "$version"', '"$row" as row, "$version" as version')} \\gset`;
  });

async function racelab(strategy: Strategy): Promise<number> {
  const { history, ms } = await hammer({
    ...{ lesson: "lost-update", strategy, requires: [], store: url, rows, seed: 1, think: 0, deadline: 60_000 },
    ...{ workers: WORKERS, inFlight: IN_FLIGHT, requests: REQUESTS, size: { tasks: REQUESTS }, servers: 1 },
  });
  return history.events.length / (ms / 1000);
}

async function pgbench(strategy: Strategy, mode: "simple" | "prepared"): Promise<number> {
  const store = await openStore(url);
  try {
    await store.reset(rows);
    const schema = /racelab_schema=(\w+)/.exec(store.address as string)?.[1];
    const file = join(mkdtempSync(join(tmpdir(), "racelab-bench-")), "script.sql");
    writeFileSync(file, `${script(strategy).join("\n")}\n`);
    const each = Math.ceil(REQUESTS / CLIENTS);
    const { hostname, port, username, pathname, password } = new URL(url);
    const text = execFileSync(
      "pgbench",
      [
        "-n",
        "-M",
        mode,
        "-c",
        CLIENTS,
        "-j",
        WORKERS,
        "-t",
        each,
        "-f",
        file,
        "-h",
        hostname,
        "-p",
        port || 5432,
        "-U",
        username || "postgres",
        pathname.slice(1),
      ].map(String),
      { env: { ...process.env, PGPASSWORD: password, PGOPTIONS: `-c search_path=${schema}` }, stdio: ["ignore", "pipe", "pipe"] },
    ).toString();
    const [, transactions] = /tps = ([\d.]+) \(without initial/.exec(text) as RegExpExecArray;
    return Number(transactions) * operations[strategy].length;
  } finally {
    await store.close();
  }
}

/** Threads with as many clients, which send the same and nothing else. `version` stands where the version belongs that was read. */
async function bare(strategy: Strategy): Promise<number> {
  const store = await openStore(url);
  try {
    await store.reset(rows);
    const schema = /racelab_schema=(\w+)/.exec(store.address as string)?.[1];
    const code = `
      const { parentPort, workerData: { url, schema, statements, each, deep } } = require("node:worker_threads");
      import("pg").then(async ({ default: pg }) => {
        const clients = await Promise.all(Array.from({ length: deep }, async () => {
          const client = new pg.Client({ connectionString: url, pipeline: true });
          await client.connect();
          await client.query("set search_path to " + schema);
          return client;
        }));
        parentPort.postMessage("ready");
        await new Promise((go) => parentPort.once("message", go));
        await Promise.all(clients.map(async (client) => {
          for (let i = 0; i < each; i++) {
            let version;
            for (const { text, values, name } of statements) {
              if (text.startsWith("begin")) { client.query(text).catch(() => {}); continue; }
              const { rows } = await client.query(name ? { name, text, values: values.map((value) => value === "version" ? version : value) } : text);
              version = rows[0]?.$version ?? version;
            }
          }
          await client.end();
        }));
        parentPort.postMessage("done");
        parentPort.close();
      });`;
    const statements = operations[strategy].map((operation, i) => {
      if (typeof operation === "string") return { text: operation };
      const { text, values } = postgresDialect.statementOf(operation, relation({}, "stock")) as PostgresStatement;
      return { name: `s${i}`, text, values: values.map((value) => (value === VERSION ? "version" : value)) };
    });
    const each = Math.ceil(REQUESTS / CLIENTS);
    const workerData = { url, schema, statements, each, deep: IN_FLIGHT };
    const workers = Array.from({ length: WORKERS }, () => new Worker(code, { eval: true, workerData }));
    const said = () => Promise.all(workers.map((worker) => new Promise((next) => worker.once("message", next))));
    await said();
    const began = performance.now();
    const done = said();
    for (const worker of workers) worker.postMessage("go");
    await done;
    return (each * CLIENTS * statements.length) / ((performance.now() - began) / 1000);
  } finally {
    await store.close();
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const rate = (n: number) => `${Math.round(n).toLocaleString("en").padStart(7)} statements/s`;

for (const strategy of Object.keys(operations) as Strategy[]) {
  const ours: number[] = [];
  const others = {
    pgbench: () => pgbench(strategy, "simple"),
    "pgbench -M prepared": () => pgbench(strategy, "prepared"),
    "pg in Node": () => bare(strategy),
  };
  const seen = Object.values(others).map(() => [] as number[]);
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await racelab(strategy));
    for (const [i, ask] of Object.values(others).entries()) seen[i]!.push(await ask());
  }
  console.log(`${strategy}, ${CLIENTS} clients of ${WORKERS} threads, ${REQUESTS} requests`);
  console.log(`  ${"racelab".padEnd(20)} ${rate(median(ours))}`);
  for (const [i, name] of Object.keys(others).entries()) {
    const ratios = ours.map((our, round) => our / seen[i]![round]!);
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    console.log(`  ${name.padEnd(20)} ${rate(median(seen[i]!))}   racelab is ${median(ratios).toFixed(2)} (${spread}) of it`);
  }
}
