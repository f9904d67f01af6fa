/** The SQL that learners are shown is sent to real servers, with a column for each value: it leaves the rows that the lesson's store has. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json, Key, Row, Rows } from "../../src/core/operation.js";
import { keyColumns, keyOf, relation, tableOf } from "../../src/core/relation.js";
import { session } from "../../src/core/session.js";
import { runWork, type Strategy } from "../../src/core/strategy.js";
import type { Tables } from "../../src/core/table.js";
import { courseEntries, exerciseOf, loadLesson, loadStrategy, strategyIds } from "../../src/course/catalog.js";
import { stepsAlone } from "../../src/stacks/sent.js";
import { memoryStore } from "../../src/stores/memory.js";
import type { PlainDialect } from "../../src/stores/plain-sql.js";
import { localMysql, localServer, whyNot } from "../stores/local-servers.js";

type Ask = (text: string) => Promise<readonly { readonly [column: string]: unknown }[]>;
interface Server {
  readonly ask: Ask;
  readonly close: () => Promise<unknown>;
}

const space = `racelab_plain_${process.pid}`;

async function postgres(): Promise<Server> {
  const { Client } = (await import("pg")).default;
  const client = new Client(localServer);
  await client.connect();
  // Nothing here has to be there after a power cut.
  await client.query(`create schema ${space}; set search_path to ${space}; set synchronous_commit to off`);
  return {
    ask: async (text) => (await client.query(text)).rows ?? [],
    close: async () => {
      await client.query(`drop schema ${space} cascade`);
      await client.end();
    },
  };
}

async function mysql(): Promise<Server> {
  const { createConnection } = await import("mysql2/promise");
  const client = await createConnection(localMysql);
  await client.query(`create database ${space}`);
  await client.query(`use ${space}`);
  return {
    ask: async (text) => (await client.query(text))[0] as never,
    close: async () => {
      await client.query(`drop database ${space}`);
      await client.end();
    },
  };
}

const quote = (dialect: PlainDialect, name: string) => (dialect === "mysql" ? `\`${name}\`` : `"${name}"`);
const text = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
const literal = (value: Json): string =>
  value === null || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : `'${text(value).replaceAll("'", "''")}'`;
const typeOf = (value: Json | undefined): string =>
  typeof value === "number" ? "integer" : typeof value === "boolean" ? "boolean" : "varchar(200)";

/** A table for each one that has rows before or after, with a column for each value that any row has there. */
async function makeTables(
  ask: Ask,
  dialect: PlainDialect,
  {
    before,
    written,
    asked,
    tables,
  }: { before: Rows; written: readonly (readonly [Key, Row])[]; asked: readonly string[]; tables: Tables },
) {
  const names = new Set([...[...Object.keys(before), ...Object.keys(tables)].map(tableOf), ...asked]);
  for (const name of names) {
    const table = relation(tables, name);
    const keys = table.keys[0]!;
    const rowsOf = (rows: readonly (readonly [Key, Row])[]) =>
      rows.flatMap(([key, row]) => (tableOf(key) === name ? [{ ...keyColumns(table, key), ...row } as Row] : []));
    const all = [...rowsOf(Object.entries(before)), ...rowsOf(written)];
    const values = new Map<string, Json>();
    for (const row of all)
      for (const [column, value] of Object.entries(row)) if (!values.has(column) || value !== null) values.set(column, value);
    for (const column of keys) if (!values.has(column)) values.set(column, "");
    for (const own of ["version", "row_version", "token"]) if (!values.has(own)) values.set(own, 0);
    const columns = [...values].map(([column, value]) => {
      const isOwn = ["version", "row_version", "token"].includes(column) && !all.some((row) => column in row);
      return `${quote(dialect, column)} ${typeOf(value)}${isOwn ? " default 0" : ""}`;
    });
    await ask(`drop table if exists ${quote(dialect, name)}`);
    await ask(
      `create temporary table ${quote(dialect, name)} (${columns.join(", ")}, primary key (${keys.map((key) => quote(dialect, key)).join(", ")}))`,
    );
    for (const row of rowsOf(Object.entries(before)))
      await ask(
        `insert into ${quote(dialect, name)} (${Object.keys(row)
          .map((column) => quote(dialect, column))
          .join(", ")}) values (${Object.values(row).map(literal).join(", ")})`,
      );
  }
  return names;
}

/** Values as a client of either database tells them, in one form. */
const told = (value: unknown): string => {
  const plain = typeof value === "boolean" ? Number(value) : value;
  return plain === null || plain === undefined ? "null" : typeof plain === "object" ? JSON.stringify(plain) : String(plain);
};

/** What the memory store has after the first request, alone. */
async function rowsAfter(lesson: Awaited<ReturnType<typeof loadLesson>>, strategy: Strategy): Promise<Rows> {
  const { rows, tables, tasks } = lesson.scenario(lesson.size);
  const store = memoryStore();
  await store.reset(rows, tables);
  const connection = await store.connect();
  await runWork(
    tasks[0]!,
    session((operation) =>
      operation.kind === "choose" ? Promise.resolve(operation.options[0] as never) : connection.perform(operation),
    ),
    strategy,
  );
  const after = await store.state();
  await connection.close();
  await store.close();
  return after;
}

const pairs: { readonly name: string; readonly lesson: Awaited<ReturnType<typeof loadLesson>>; readonly strategy: Strategy }[] =
  [];
for (const entry of courseEntries()) {
  const lesson = await loadLesson(entry, "en");
  const exercise = await exerciseOf(entry);
  const strategies: (readonly [string, Strategy])[] = exercise ? [["solution", exercise.solution]] : [];
  for (const id of strategyIds()) strategies.push([id, await loadStrategy(id)]);
  for (const [id, strategy] of strategies) pairs.push({ name: `${entry.id} ${id}`, lesson, strategy });
}

for (const [dialect, url, open] of [
  ["postgres", localServer, postgres],
  ["mysql", localMysql, mysql],
] as const) {
  const skipped = await whyNot(url);
  describe.skipIf(skipped !== null)(`SQL for ${dialect}`, () => {
    let server: Server;
    beforeAll(async () => {
      server = await open();
    });
    afterAll(() => server?.close());

    it("leaves the rows that the lesson's store has, for every lesson under every strategy that can be run alone", async () => {
      let statements = 0;
      for (const { name, lesson, strategy } of pairs) {
        const steps = await stepsAlone(lesson, strategy, dialect).catch(() => null);
        const hasMessages = steps?.some(({ operation }) => operation.kind === "receive");
        if (!steps?.length || hasMessages) continue;
        const { rows, tables = {} } = lesson.scenario(lesson.size);
        const after = await rowsAfter(lesson, strategy).catch(() => null);
        if (!after) continue;
        const written = steps.flatMap(({ operation }): (readonly [Key, Row])[] => {
          if (operation.kind === "insert-row") {
            const key = keyOf(relation(tables, operation.table), operation.row);
            return key ? [[key, operation.row]] : [];
          }
          return "row" in operation ? [[operation.key, operation.row]] : [];
        });
        const asked = steps.flatMap(({ operation }) =>
          "table" in operation ? [operation.table] : "key" in operation ? [tableOf(operation.key)] : [],
        );
        const names = await makeTables(server.ask, dialect, { before: rows, written, asked, tables });
        for (const { shown } of steps)
          for (const statement of "sql" in shown ? shown.sql : []) {
            await server.ask(statement).catch((error: Error) => expect.fail(`${name}: ${statement}: ${error.message}`));
            statements++;
          }
        for (const table of names) {
          const expected = Object.entries(after).filter(([key]) => tableOf(key) === table);
          const found = await server.ask(`select * from ${quote(dialect, table)}`);
          expect(found.length, `${name}, rows of ${table}`).toBe(expected.length);
          for (const [key, row] of expected) {
            const keyed = keyColumns(relation(tables, table), key);
            const there = found.find((one) =>
              Object.entries(keyed).every(([column, value]) => told(one[column]) === told(value)),
            );
            for (const [column, value] of Object.entries(row))
              expect(told(there?.[column]), `${name}: ${column} of ${key}`).toBe(
                told(typeof value === "object" && value ? JSON.stringify(value) : value),
              );
          }
        }
      }
      expect(statements).toBeGreaterThan(300);
    });
  });
}
