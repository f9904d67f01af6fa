/**
 * PostgreSQL: four requests in flight on each of two threads, beside the same statements, prepared, from as many
 * connections of the bare client, and from pgbench, which is in C and comes with the server. All of them want one row.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreUnavailable } from "../../src/core/failure.js";
import type { Operation } from "../../src/core/operation.js";
import { relation } from "../../src/core/relation.js";
import { openStore } from "../../src/stores/open.js";
import { type PostgresStatement, postgresDialect } from "../../src/stores/postgres/statements.js";
import { Absent, type Contender, type Contest } from "./contest.js";
import { bareThreads, hammering, rows } from "./hammering.js";

const url = process.env["RACELAB_POSTGRES"] ?? "postgres://postgres@localhost:5432/postgres";
const [WORKERS, IN_FLIGHT] = [2, 4];
const CLIENTS = WORKERS * IN_FLIGHT;
const REQUESTS = 2_000;
const key = "stock/1";
const row = { left: 999_999 };
/** Stands where the version belongs that was read. */
const VERSION = 424_242;

/** What a request asks for; a text is sent as it is. */
const operations: { readonly [strategy: string]: readonly (Operation | string)[] } = {
  "row-lock": ["begin isolation level read committed", { kind: "select-for-update", key }, { kind: "write", key, row }, "commit"],
  cas: [
    { kind: "read-versioned", key },
    { kind: "compare-and-set", key, row, version: VERSION },
  ],
};

const statementOf = (operation: Operation) => postgresDialect.statementOf(operation, relation({}, "stock")) as PostgresStatement;

/** A schema of its own, with the row in it, until it is closed. */
async function place() {
  const store = await openStore(url).catch((error) => {
    throw error instanceof StoreUnavailable ? new Absent(error.message) : error;
  });
  await store.reset(rows);
  return { schema: /racelab_schema=(\w+)/.exec(store.address as string)?.[1], close: () => store.close() };
}

async function bare(strategy: string): Promise<Contender> {
  const { schema, close } = await place();
  const statements = operations[strategy]!.map((operation, i) => {
    if (typeof operation === "string") return { text: operation };
    const { text, values } = statementOf(operation);
    return { name: `s${i}`, text, values: values.map((value) => (value === VERSION ? "version" : value)) };
  });
  const threads = await bareThreads("pg, prepared, pipelined", {
    workers: WORKERS,
    operations: REQUESTS * statements.length,
    data: { url, schema, statements, deep: IN_FLIGHT },
    code: `
      const { default: pg } = await import("pg");
      const { url, schema, statements, deep } = data;
      const clients = await Promise.all(Array.from({ length: deep }, async () => {
        const client = new pg.Client({ connectionString: url, pipeline: true });
        await client.connect();
        await client.query("set search_path to " + schema);
        return client;
      }));
      return async (count) => {
        let left = count / statements.length;
        await Promise.all(clients.map(async (client) => {
          while (left-- > 0) {
            let version;
            for (const { text, values, name } of statements) {
              if (text.startsWith("begin")) { client.query(text).catch(() => {}); continue; }
              const { rows } = await client.query(name ? { name, text, values: values.map((value) => value === "version" ? version : value) } : text);
              version = rows[0]?.$version ?? version;
            }
          }
        }));
      };`,
  });
  return {
    ...threads,
    async close() {
      await threads.close();
      await close();
    },
  };
}

/** The same as a script of pgbench's, with the parameters written in. */
const script = (strategy: string): readonly string[] =>
  operations[strategy]!.map((operation) => {
    if (typeof operation === "string") return `${operation};`;
    const { text, values } = statementOf(operation);
    const written = text.replace(/\$(\d+)(?=::)/g, (_, n) => `'${values[Number(n) - 1]}'`).replace(/\s+/g, " ");
    if (operation.kind !== "read-versioned") return `${written.replace(`'${VERSION}'`, ":version")};`;
    return `${written.replace('"$row", "$version"', '"$row" as row, "$version" as version')} \\gset`;
  });

async function pgbench(strategy: string): Promise<Contender> {
  if (spawnSync("pgbench", ["--version"]).error) throw new Absent("pgbench is not installed");
  const { schema, close } = await place();
  const folder = mkdtempSync(join(tmpdir(), "racelab-bench-"));
  const file = join(folder, "script.sql");
  writeFileSync(file, `${script(strategy).join("\n")}\n`);
  const { hostname, port, username, pathname, password } = new URL(url);
  const flags = ["-n", "-M", "prepared", "-c", CLIENTS, "-j", WORKERS, "-t", Math.ceil(REQUESTS / CLIENTS), "-f", file];
  const where = ["-h", hostname, "-p", port || 5432, "-U", username || "postgres", pathname.slice(1)];
  const env = { ...process.env, PGPASSWORD: password, PGOPTIONS: `-c search_path=${schema}` };
  return {
    name: "pgbench -M prepared",
    async round() {
      const text = execFileSync("pgbench", [...flags, ...where].map(String), {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      }).toString();
      const [, transactions] = /tps = ([\d.]+) \(without initial/.exec(text) as RegExpExecArray;
      return Number(transactions) * operations[strategy]!.length;
    },
    async close() {
      rmSync(folder, { recursive: true });
      await close();
    },
  };
}

const on = (strategy: string): Contest => ({
  what: `PostgreSQL, ${strategy}, ${CLIENTS} in flight`,
  unit: "statements/s",
  async ours(root) {
    await (await place()).close();
    return hammering(root, { store: url, strategy, workers: WORKERS, inFlight: IN_FLIGHT, requests: REQUESTS });
  },
  peers: [() => bare(strategy), () => pgbench(strategy)],
});

export const contests: readonly Contest[] = [on("row-lock"), on("cas")];
