/** Schemas of racelab's own, which live as long as somebody who uses them: an advisory lock on the name says so. */
import { createHash } from "node:crypto";
import type { Client } from "pg";
import { farewell } from "../farewell.js";
import { lifeline } from "../lifeline.js";
import type { SharedPlace } from "../shared-place.js";
import { cutClient, serverAt, unavailable } from "./server.js";
import { ownTables } from "./statements.js";

/** What a schema of racelab's says of itself, so that one left behind can be known. */
const MARK = "racelab: the rows of one run; whoever holds its advisory lock is alive";

/** A name as the key of an advisory lock: 64 bits, so that two names practically never meet. */
export const lockNumber = (name: string): string => createHash("sha256").update(name).digest().readBigInt64BE().toString();

const marked = (schema: string): string => `comment on schema "${schema}" is '${MARK}'`;

/** Makes the schema of a store, and drops those that were left behind: nobody holds their lock any more. */
export async function makeSchema(keeper: Client, schema: string): Promise<readonly string[]> {
  await keeper.query("select pg_advisory_lock($1)", [lockNumber(schema)]);
  await keeper.query(`begin; create schema "${schema}"; ${marked(schema)}; ${ownTables} commit`);
  const { rows } = await keeper.query(
    `select nspname as name from pg_namespace where nspname like 'racelab\\_%' and nspname <> $1
       and obj_description(oid, 'pg_namespace') = $2 and pg_has_role(nspowner, 'usage')`,
    [schema, MARK],
  );
  const dropped: string[] = [];
  for (const { name } of rows) if (await dropIfUnused(keeper, name)) dropped.push(name);
  return dropped.length > 0 ? [`rows of earlier runs that were killed were dropped (${dropped.join(", ")})`] : [];
}

async function dropIfUnused(client: Client, schema: string): Promise<boolean> {
  const key = [lockNumber(schema)];
  if (!(await client.query("select pg_try_advisory_lock($1) as free", key)).rows[0].free) return false;
  await client.query(`drop schema if exists "${schema}" cascade`);
  await client.query("select pg_advisory_unlock($1)", key);
  return true;
}

/** A schema that several processes use, made by the first of them. */
export async function shareSchema(url: string, schema: string, isGuest: boolean): Promise<SharedPlace> {
  const server = await serverAt(url);
  const keeper = await server.connect();
  const life = lifeline({
    ask: () => keeper.query("select 1"),
    askAnew: async () => farewell((await server.connect()).end()),
    cut: () => cutClient(keeper),
    where: `PostgreSQL at ${server.name}, where the servers meet`,
    left: "What it keeps of the meeting goes at the next start",
    isGuest,
  });
  for (const event of ["error", "end"] as const) keeper.on(event, life.broke);
  const close = async () => {
    life.end();
    await farewell(keeper.end());
    cutClient(keeper);
  };
  try {
    await keeper.query("select pg_advisory_lock_shared($1)", [lockNumber(schema)]);
    // Two who find it missing at the same time take turns.
    await keeper.query(
      `begin; select pg_advisory_xact_lock(${lockNumber(`${schema} is being made`)});
       create schema if not exists "${schema}"; ${marked(schema)}; commit`,
    );
  } catch (error) {
    await close();
    throw life.lost.aborted ? life.lost.reason : unavailable(error, server.address);
  }
  return {
    url: server.url,
    name: server.name,
    notices: [],
    lost: life.lost,
    async now() {
      const { rows } = await keeper.query("select (extract(epoch from clock_timestamp()) * 1000000)::float8 as now");
      return rows[0].now;
    },
    async leave() {
      try {
        if (!life.lost.aborted) {
          await keeper.query("select pg_advisory_unlock_shared($1)", [lockNumber(schema)]);
          await dropIfUnused(keeper, schema);
        }
      } catch {
        // The server has gone; the next start on it drops what was left.
      }
      await close();
    },
  };
}
