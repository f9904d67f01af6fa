/** The SQL that a strategy sends for one request of a lesson, found by running it: alone, on the model, from the first rows. */
import { getOrInsert } from "../core/get-or-insert.js";
import type { Text } from "../core/language.js";
import type { Lesson, Size } from "../core/lesson.js";
import type { Key, Operation, Perform, Rows } from "../core/operation.js";
import { keyOf, relation } from "../core/relation.js";
import { scenarioAt } from "../core/scenario-at.js";
import { serverOf } from "../core/server.js";
import { session } from "../core/session.js";
import { runWork, type Strategy } from "../core/strategy.js";
import type { Tables } from "../core/table.js";
import { model } from "../model/model.js";
import { alone, macrotask } from "../simulator/index.js";
import { type PlainDialect, type PlainStep, plainStep, sqlDialects } from "../stores/plain-sql.js";
import { type ShownLine, shownLine } from "../stores/redis/shown.js";

interface SentStep {
  readonly operation: Operation;
  readonly shown: PlainStep;
}

/** The operations of one execution as SQL of a database, one after the other: a later one is shown by what was done before. */
function sqlShower(rows: Rows, tables: Tables, dialect: PlainDialect): (operation: Operation, task: number) => PlainStep {
  const there = new Set<Key>(Object.keys(rows));
  const taken = new Map<string, "lock" | "lease" | "file">();
  return (operation, task) => {
    if (operation.kind === "acquire")
      taken.set(`${task} ${operation.lock}`, operation.lease ? "lease" : operation.lasting ? "file" : "lock");
    const shown = plainStep(operation, {
      dialect,
      tables,
      isThere: (key) => there.has(key),
      taken: (lock) => taken.get(`${task} ${lock}`) ?? "lock",
    });
    if (operation.kind === "write" || operation.kind === "insert") there.add(operation.key);
    if (operation.kind === "delete") there.delete(operation.key);
    const key = operation.kind === "insert-row" && keyOf(relation(tables, operation.table), operation.row);
    if (key) there.add(key);
    return shown;
  };
}

/** What the first request of the lesson asks for, in order, until it has ended or waits for another one. */
export async function stepsAlone(
  lesson: Pick<Lesson, "scenario" | "size">,
  strategy: Strategy,
  dialect: PlainDialect,
): Promise<readonly SentStep[]> {
  const { rows, tables = {}, tasks } = scenarioAt(lesson, lesson.size, {});
  const [work] = tasks;
  const steps: SentStep[] = [];
  const show = sqlShower(rows, tables, dialect);
  const note = (operation: Operation) => {
    if (operation.kind !== "sleep") steps.push({ operation, shown: show(operation, 1) });
  };
  const body = (given: Parameters<Parameters<typeof alone>[0]>[0]) => {
    const perform: Perform = (operation) => {
      note(operation);
      // The schedule chooses, and here there is none.
      if (operation.kind === "choose") return Promise.resolve(operation.options[0] as never);
      return given.perform(operation);
    };
    return runWork(work!, session(perform), strategy);
  };
  await alone(body, model(rows, tables), macrotask);
  return steps;
}

/** One operation of an execution. */
interface Asked {
  readonly task: number;
  readonly operation: Operation;
}

/** What a store is sent for one operation: lines, or what happens beside it. */
interface SentTo {
  readonly store: string;
  readonly lines: readonly string[];
  readonly beside: Text | null;
}

const databases = { postgres: "PostgreSQL", mysql: "MySQL, MariaDB" } as const;

/** Each operation of an execution as every store sends it. */
export async function sentInAll(
  lesson: Pick<Lesson, "scenario" | "size">,
  size: Readonly<Record<string, number>>,
  asked: readonly Asked[],
): Promise<readonly (readonly SentTo[])[]> {
  const whole: Size = { ...lesson.size, ...size };
  const { rows, tables = {} } = scenarioAt(lesson, whole, size);
  const servers = whole["servers"] ?? 1;
  const shows = sqlDialects.map((dialect) => ({ store: databases[dialect], show: sqlShower(rows, tables, dialect) }));
  const lines = new Map<number, ShownLine>();
  const all: SentTo[][] = [];
  for (const { task, operation } of asked) {
    const line = getOrInsert(lines, task, () => shownLine(tables, `task-${task}`, serverOf(task - 1, servers)));
    const onRedis = await line.of(operation);
    all.push([
      ...shows.map(({ store, show }): SentTo => {
        const shown = show(operation, task);
        return "sql" in shown ? { store, lines: shown.sql, beside: null } : { store, lines: [], beside: shown.says };
      }),
      "sent" in onRedis
        ? { store: "Redis", lines: onRedis.sent, beside: null }
        : { store: "Redis", lines: [], beside: { en: onRedis.refused, ko: onRedis.refused } },
    ]);
  }
  return all;
}
