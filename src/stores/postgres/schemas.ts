/**
 * Schemas of racelab's own, each of which lives as long as a process uses it: that process holds an advisory lock on
 * its name. A schema with our comment whose lock can be taken belongs to a dead run, and is dropped.
 */
import { createHash } from "node:crypto";
import type { Client } from "pg";
import { droppedNotices, Keeper } from "../keeper.js";
import type { SharedSpace } from "../shared-space.js";
import { postgresAt } from "./server.js";
import { postgresDialect } from "./statements.js";

/** The comment on each schema of racelab's. */
const MARK = "racelab: the rows of one run; the process that holds its advisory lock is alive";

/** A name as the key of an advisory lock: 64 bits of a hash, so that two names practically never have the same key. */
export const lockNumber = (name: string): string => createHash("sha256").update(name).digest().readBigInt64BE().toString();

const marked = (schema: string): string => `comment on schema "${schema}" is '${MARK}'`;

/** Makes the schema of a store, and drops those of dead runs. Answers with what a person should know. */
export async function makeSchema(keeper: Client, schema: string): Promise<readonly string[]> {
  await keeper.query("select pg_advisory_lock($1)", [lockNumber(schema)]);
  await keeper.query(`begin; create schema "${schema}"; ${marked(schema)}; ${postgresDialect.ownTables.join("; ")}; commit`);
  const { rows } = await keeper.query(
    `select nspname as name from pg_namespace where nspname like 'racelab\\_%' and nspname <> $1
       and obj_description(oid, 'pg_namespace') = $2 and pg_has_role(nspowner, 'usage')`,
    [schema, MARK],
  );
  const dropped: string[] = [];
  for (const { name } of rows) if (await dropIfUnused(keeper, name)) dropped.push(name);
  return droppedNotices(dropped);
}

async function dropIfUnused(client: Client, schema: string): Promise<boolean> {
  const key = [lockNumber(schema)];
  if (!(await client.query("select pg_try_advisory_lock($1) as free", key)).rows[0].free) return false;
  await client.query(`drop schema if exists "${schema}" cascade`);
  await client.query("select pg_advisory_unlock($1)", key);
  return true;
}

/** A schema that several processes use, made by the first of them. All hold the advisory lock on its name, shared. */
export async function shareSchema(url: string, schema: string, isGuest: boolean): Promise<SharedSpace> {
  const server = await postgresAt(url);
  const keeper = await Keeper.open({
    server,
    where: `PostgreSQL at ${server.name}, where the servers meet`,
    left: "What it keeps of the meeting goes at the next start",
    isGuest,
  });
  const { client, lost } = keeper;
  await keeper.opening(async () => {
    await client.query("select pg_advisory_lock_shared($1)", [lockNumber(schema)]);
    // Two processes that find it missing at the same time take turns.
    await client.query(
      `begin; select pg_advisory_xact_lock(${lockNumber(`${schema} is being made`)});
       create schema if not exists "${schema}"; ${marked(schema)}; commit`,
    );
  });
  return {
    url: server.url,
    name: server.name,
    notices: [],
    lost,
    async now() {
      const { rows } = await client.query("select (extract(epoch from clock_timestamp()) * 1000000)::float8 as now");
      return rows[0].now;
    },
    async leave() {
      try {
        if (!lost.aborted) {
          await client.query("select pg_advisory_unlock_shared($1)", [lockNumber(schema)]);
          await dropIfUnused(client, schema);
        }
      } catch {
        // The server has gone. The next start on it drops the schema.
      }
      await keeper.close();
    },
  };
}
